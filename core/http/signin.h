// SPDX-License-Identifier: Apache-2.0
/* The facts of one sign-in, kept for every completion that its connection carries. */
#ifndef CORE_HTTP_SIGNIN_H
#define CORE_HTTP_SIGNIN_H

#include <tenon/http.h>

#include "core/base/arena.h"

/* Counted; one thread. */
struct signin {
  unsigned refs;
  tenon_http_signin abi;
  struct arena arena; /* its text */
};

TENON_NODISCARD struct signin *signin_create(void); /* NULL: no memory */
struct signin *signin_ref(struct signin *);
void signin_unref(struct signin *); /* NULL is fine */
/* Sets one text; "" and NULL leave it as it is. */
void signin_set(struct signin *, const char **member, const char *text);

#endif
