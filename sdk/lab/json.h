// SPDX-License-Identifier: Apache-2.0
//
// JSON of clients, looked at before cJSON reads it, and JSON of the lab as an answer.
#ifndef TENON_LAB_JSON_H
#define TENON_LAB_JSON_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "http.h"

// `bytes` end in a zero byte behind `length`. NULL: it is no JSON, or nested too deeply, or something
// stands behind it.
cJSON *json_read(const char *bytes, size_t length);

// Takes the object and makes it the answer's body. `type` NULL: application/json; charset=utf-8.
void json_answer(struct http_answer *answer, unsigned int status, cJSON *object, const char *type);

#endif
