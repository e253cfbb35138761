// SPDX-License-Identifier: Apache-2.0
//
// What is asked: who signs in and to what, as by every connector with tokens, how mailboxes are named, and where EWS is.
#include "session.h"

// A person's request names an address; an application's may name a user principal name too.
static const tenon_choice identity_choices[] = {
    {"smtp", "Mail address", "any address of the mailbox"},
    {"upn", "User principal name", "name@domain, where that is not the mail address"},
    {NULL, NULL, NULL},
};

static const tenon_field field_identity = {
    .size = sizeof field_identity,
    .type = TENON_CHOICE,
    .flags = TENON_ADVANCED | TENON_SHARED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_IDENTITY,
    .label = "Mailboxes are named by",
    .preset = "smtp",
    .choices = identity_choices,
};

static const tenon_field field_ews_url = {
    .size = sizeof field_ews_url,
    .type = TENON_URL,
    .flags = TENON_ADVANCED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_EWS_URL,
    .label = "Address of EWS",
    .help = "https://HOST instead of the cloud's own. Whoever it belongs to is sent the token.",
    .max = CLOUD_URL_MAX - 1,
};

const tenon_page *const cloudews_pages[] = {&oauth_page_credentials, &oauth_page_application, NULL};

const tenon_field *const cloudews_fields[] = {
    OAUTH_FIELDS, &field_identity, &field_ews_url, OAUTH_FIELDS_OF_THE_WAY, NULL,
};

const char *const cloudews_asks[] = {OAUTH_ASK_DEVICE, OAUTH_ASK_BROWSER, NULL};
