// SPDX-License-Identifier: Apache-2.0
//
// What is asked: who signs in and to what, as of every connector with tokens, and the mailbox to test with.
#include "session.h"

static const tenon_field field_mailbox = {
    .size = sizeof field_mailbox,
    .type = TENON_TEXT,
    .flags = TENON_SHARED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_MAILBOX,
    .label = "Mailbox to test with",
    .help = "Somebody's mailbox that the connection is meant for. Opening it is the proof that the "
            "permissions are there; without one they can only be read off the token.",
    .max = MSGRAPH_ADDRESS_MAX,
    .browse = "mailbox",
};

static const tenon_field field_graph_url = {
    .size = sizeof field_graph_url,
    .type = TENON_URL,
    .flags = TENON_ADVANCED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_GRAPH_URL,
    .label = "Address of Graph",
    .help = "Where the cloud's Graph is reached instead: https://HOST, without /v1.0. Whoever it "
            "belongs to is sent the tokens.",
    .max = CLOUD_URL_MAX - 1,
};

const tenon_page *const msgraph_pages[] = {&oauth_page_credentials, &oauth_page_application, NULL};

const tenon_field *const msgraph_fields[] = {OAUTH_FIELDS, &field_mailbox, &field_graph_url,
                                             OAUTH_FIELDS_OF_THE_WAY, NULL};

const char *const msgraph_asks[] = {OAUTH_ASK_DEVICE, OAUTH_ASK_BROWSER, NULL};
