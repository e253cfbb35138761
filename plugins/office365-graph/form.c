// SPDX-License-Identifier: Apache-2.0
//
// What is asked: who signs in and to what, as by every connector with tokens, and where Graph is.
#include "session.h"

static const tenon_field field_graph_url = {
    .size = sizeof field_graph_url,
    .type = TENON_URL,
    .flags = TENON_ADVANCED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_GRAPH_URL,
    .label = "Address of Graph",
    .help = "https://HOST instead of the cloud's own, without /v1.0. Whoever it belongs to is sent "
            "the token.",
    .max = CLOUD_URL_MAX - 1,
};

const tenon_page *const msgraph_pages[] = {&oauth_page_credentials, &oauth_page_application, NULL};

const tenon_field *const msgraph_fields[] = {OAUTH_FIELDS, &field_graph_url,
                                             OAUTH_FIELDS_OF_THE_WAY, NULL};

const char *const msgraph_asks[] = {OAUTH_ASK_DEVICE, OAUTH_ASK_BROWSER, NULL};
