// SPDX-License-Identifier: Apache-2.0
//
// NTLM, Negotiate and Kerberos: the sign-in that a TCP connection carries.
#ifndef TENON_LAB_SIGNIN_GSS_H
#define TENON_LAB_SIGNIN_GSS_H

#include <stdbool.h>
#include <stddef.h>

#include "signin_acceptor.h"

// The sign-in of one connection, used by one thread at a time. destroy takes NULL.
struct signin_session;
void *signin_session_create(void);
void signin_session_destroy(void *session);
bool signin_session_signed_in(const struct signin_session *session);
void signin_session_forget(struct signin_session *session); // nobody is signed in; takes NULL

enum signin_scheme { SIGNIN_SCHEME_NTLM, SIGNIN_SCHEME_NEGOTIATE, SIGNIN_SCHEME_KERBEROS };

enum signin_step {
  SIGNIN_CONTINUES, // *ret_reply goes to the client, which answers it
  SIGNIN_ACCEPTED,  // *ret_reply, where it is not empty, proves the server to the client
  SIGNIN_WRONG,     // the administrator's name with a wrong password
  SIGNIN_REFUSED,   // another one, an unwanted mechanism, a broken message
  SIGNIN_NOT_BOUND, // the right one, but Extended Protection is not content
};

struct signin_token {
  unsigned char *bytes;
  size_t length;
};

// Takes the connection's sign-in one message further, or starts a new one with it. The reply's bytes
// are the caller's to free.
enum signin_step signin_gss_step(struct signin_acceptor *acceptor, struct signin_session *session,
                                 enum signin_scheme scheme, struct signin_token token,
                                 struct signin_token *ret_reply);

#endif
