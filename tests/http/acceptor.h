// SPDX-License-Identifier: Apache-2.0
/* The other side of a sign-in, for the test server: GSSAPI's acceptor (gss-ntlmssp, MIT krb5), which notes what came. */
#ifndef TESTS_HTTP_ACCEPTOR_H
#define TESTS_HTTP_ACCEPTOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define ACCEPTOR_HEADERS_SIZE 90000
#define ACCEPTOR_CLOSE        (-1)

/* Fill in what is wanted before the server starts. */
struct acceptor {
  const char *scheme; /* of the header: "NTLM", "Negotiate", "Kerberos" */
  bool ntlm;          /* inside it; else Kerberos */
  const char *offers; /* WWW-Authenticate of an anonymous answer; NULL: the scheme */
  unsigned
      close_after; /* closes the connection instead of an answer to this message of a sign-in; 0: never */
  bool close_anonymous; /* ends the connection behind the first 401 */
  bool forgetful;       /* wants a sign-in for every request */
  bool drop_next;       /* closes the connection instead of the next answer to who is signed in */
  bool deaf;            /* refuses the last message, whatever it is */
  bool mute;            /* has no message of its own: bare 401 */
  const char *token;    /* this instead of its own first message */
  unsigned anonymous_code;      /* everybody gets this and nobody is asked; 0: 401 */
  const unsigned char *binding; /* the right application data; NULL: none is looked for */
  size_t n_binding;

  /* what came */
  atomic_uint anonymous, messages, signed_in, refused,
      bodies_early;                         /* bodies_early: before the last message */
  atomic_uint bound;                        /* sign-ins whose bindings were right */
  char user[256], domain[256], source[256]; /* of the last NTLM type 3; of the last context */
  char last_token[65536];                   /* base64 of the last message */
};

struct acceptor_reply {
  int code; /* 0: go on, 401, ACCEPTOR_CLOSE */
  bool close;
  const char *headers; /* lines; lives until the next one */
  char *body;          /* of a path of ours; for the caller to free; or NULL */
  size_t n_body;
};

/* One connection. */
struct acceptor_peer;
struct acceptor_peer *acceptor_peer_create(struct acceptor *);
void acceptor_peer_destroy(struct acceptor_peer *);
/* A request: head and body. /seal: the body is a length of two bytes (little-endian), so much signature, sealed bytes;
 * the answer is of the same kind and holds the plain text twice. */
void acceptor_handle(struct acceptor_peer *, const char *request, size_t n_head, size_t n,
                     struct acceptor_reply *);

#endif
