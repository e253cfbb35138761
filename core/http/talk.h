// SPDX-License-Identifier: Apache-2.0
/* One conversation with a server by GSSAPI: messages out and in until both know each other, then sealing what goes
 * between them. Of one thread at a time. */
#ifndef CORE_HTTP_TALK_H
#define CORE_HTTP_TALK_H

#include "core/http/binding.h"
#include "core/http/login.h"

#define TALK_TOKEN_MAX 65536u                /* bytes of a message, either way */
#define TALK_SEAL_MAX  (16u * 1024u * 1024u) /* bytes of one piece that is sealed or opened */

struct talk {
  enum login_mech mech;
  bool spnego;
  gss_cred_id_t within; /* SPNEGO's; else none */
  struct login *login;  /* held: whose `cred` is */
  gss_cred_id_t cred;   /* it goes on with the one that it began with */
  gss_ctx_id_t ctx;
  gss_name_t target;
  struct binding binding;
  bool complete; /* both sides are through with their messages */
  bool mutual;
  unsigned messages;                /* made so far */
  OM_uint32 lifetime;               /* seconds; of the ticket */
  char service[LOGIN_TEXT_MAX + 2]; /* in words */
  gss_buffer_desc sealed;           /* the last piece */
};

/* service: "HTTP@host". NULL: no memory, or no such name (*out says). */
TENON_NODISCARD struct talk *talk_create(enum login_mech, bool spnego, const char *service,
                                         const struct binding *, struct login_outcome *out);
void talk_destroy(struct talk *); /* NULL is fine */

/* Takes the server's message (none: n 0) and makes the next one; *ret with n 0: nothing is to be sent. The first one may
 * ask the KDC, and blocks. Free *ret with gss_release_buffer. */
void talk_step(struct talk *, struct login *, const void *in, size_t n, gss_buffer_t ret,
               struct login_outcome *out);

/* Both borrow until the next of them. false: it cannot be done. The signature may be longer than the plain text's
 * growth: read both lengths. */
TENON_NODISCARD bool talk_wrap(struct talk *, tenon_text plain, tenon_text *ret_signature,
                               tenon_text *ret);
TENON_NODISCARD bool talk_unwrap(struct talk *, tenon_text signature, tenon_text sealed,
                                 tenon_text *ret);

#endif
