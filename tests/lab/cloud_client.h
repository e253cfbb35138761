// SPDX-License-Identifier: Apache-2.0
//
// What tests of the lab's cloud ask again and again: forms, tokens, JSON.
#ifndef TENON_TESTS_CLOUD_CLIENT_H
#define TENON_TESTS_CLOUD_CLIENT_H

#include "lab_client.h"

#define EXCHANGE     "https://outlook.office365.com"
#define GRAPH        "https://graph.microsoft.com"
#define GRANT_DEVICE "urn:ietf:params:oauth:grant-type:device_code"

// Starts the scenario.
struct lab_run cloud_play(const char *scenario);

// Appends "&name=value", the value escaped. The caller frees what is returned; `form` is consumed.
char *cloud_field(char *form, const char *name, const char *value);

// Posts the form to a page of the tenant ("oauth2/v2.0/token"); consumes the form.
struct lab_answer cloud_post(const struct lab_run *lab, const char *page, char *form);

// GET of a path, with a token or without.
struct lab_answer cloud_get(const struct lab_run *lab, const char *path, const char *token);

// A form with grant_type, client_id and scope.
char *cloud_form(const struct lab_run *lab, const char *grant, const char *scope);

// Client credentials by the secret.
struct lab_answer cloud_ask(const struct lab_run *lab, const char *resource);

// Their token; fails the test when there is none. The caller frees it.
char *cloud_token(const struct lab_run *lab, const char *resource);

// The answer's body as JSON; fails the test when it is none. The caller deletes it.
cJSON *cloud_json(const struct lab_answer *answer);

// A member by its path ("error.innerError.date", "value.0.id"); "" where it is not there or no text.
const char *cloud_text(const cJSON *json, const char *path);
const cJSON *cloud_item(const cJSON *json, const char *path);

// The claims of a token; the caller deletes them.
cJSON *cloud_claims(const char *token);

// Checks status, `error` and the one AADSTS number, and finishes the answer.
void cloud_assert_refused(struct lab_answer *answer, long status, const char *error, int code);

// A device code; `ret_user_code` is what people type. The caller frees both.
char *cloud_device(const struct lab_run *lab, const char *scope, char **ret_user_code);
struct lab_answer cloud_poll(const struct lab_run *lab, const char *device_code);
void cloud_decide(const struct lab_run *lab, const char *user_code, const char *answer);

#endif
