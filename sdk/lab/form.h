// SPDX-License-Identifier: Apache-2.0
//
// Fields by name: the body of a form (application/x-www-form-urlencoded) or what stands behind the '?'.
#ifndef TENON_LAB_FORM_H
#define TENON_LAB_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "http.h"

struct form {
  char *bytes; // NULL: of a request's query, which libmicrohttpd holds
  size_t count;
  struct {
    const char *name;
    const char *value;
  } fields[FORM_FIELDS_MAX];
};

// false: it has too many fields, is too long, or there is no memory; nothing is to be finished then.
bool form_read(const char *text, size_t length, struct form *ret_form);
bool form_query(const struct http_request *request, struct form *ret_form);
void form_finish(struct form *form);

// The first field of that name; NULL: there is none. `form_text` has "" for that.
const char *form_field(const struct form *form, const char *name);
const char *form_text(const struct form *form, const char *name);

// Decodes %XX and, where `plus`, '+' in place; returns the new length.
size_t form_decode(char *text, bool plus);

// Appends `piece` so that it may stand in a query.
void form_encode(struct text *to, const char *piece);

#endif
