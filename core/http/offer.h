// SPDX-License-Identifier: Apache-2.0
/* What a WWW-Authenticate header offers (RFC 9110 section 11.6.1): one challenge or several in a line, each with a
 * token or with parameters, whose quoted values may hold commas. Pure; the bytes come from the network. */
#ifndef CORE_HTTP_OFFER_H
#define CORE_HTTP_OFFER_H

#include <stdbool.h>
#include <stddef.h>

struct offer {
  bool offered;
  const char *token; /* base64, points into the header; NULL: none */
  size_t n_token;
};

/* Looks for the scheme in one header's value. What is in *offer already stays, unless this header has more to say. */
void offer_read(struct offer *offer, const char *value, size_t n, const char *scheme);

#endif
