// SPDX-License-Identifier: Apache-2.0
//
// What the web server around Exchange says: its headers, its pages, its refusals.
#ifndef TENON_LAB_IIS_H
#define TENON_LAB_IIS_H

#include "ews.h"

// The headers of every answer of the front end, a fresh request-id among them.
void iis_head(const struct lab *lab, const struct http_request *request,
              struct http_answer *answer);

// 401, with the schemes that the scenario offers.
void iis_unauthorized(const struct lab *lab, struct http_answer *answer);

// 401 in the middle of a sign-in by `scheme`, whose message is in the answer already.
void iis_challenge(const struct lab *lab, struct http_answer *answer, const char *scheme);

// A page of HTML with the status.
void iis_page(struct http_answer *answer, unsigned int status, const char *title,
              const char *sentence);

#endif
