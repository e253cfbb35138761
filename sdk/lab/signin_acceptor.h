// SPDX-License-Identifier: Apache-2.0
//
// What accepts NTLM, Negotiate and Kerberos, for all connections of the lab: gss-ntlmssp, and MIT krb5
// where there is a keytab.
#ifndef TENON_LAB_SIGNIN_ACCEPTOR_H
#define TENON_LAB_SIGNIN_ACCEPTOR_H

#include <gssapi/gssapi.h>
#include <pthread.h>
#include <stdbool.h>

#include "scenario.h"
#include "signin_binding.h"

struct signin_acceptor_settings {
  const struct scenario *scenario;
  const char *password;    // of the administrator
  const char *certificate; // PEM, what clients bind to
  const char *users_file;  // a path for the user file of gss-ntlmssp
  const char *replay_file; // a path for Kerberos' replay cache
  const char *keytab;      // NULL: no Kerberos
};

struct signin_acceptor {
  struct signin_acceptor_settings settings; // the texts live as long as the acceptor
  struct signin_binding binding;
  gss_cred_id_t ntlm; // GSS_C_NO_CREDENTIAL: this machine cannot accept it
  gss_cred_id_t kerberos;
  gss_cred_id_t negotiate;
  pthread_mutex_t lock; // the user file
};

extern gss_OID_desc signin_ntlm, signin_kerberos;

// Around calls into the libraries: gss-ntlmssp never frees some of what it allocates, and a leak
// sanitizer shall not look at it.
void signin_library_enter(void);
void signin_library_leave(void);

// It sets the program's environment: before any thread is there. NULL: *ret_why says why.
struct signin_acceptor *signin_acceptor_create(const struct signin_acceptor_settings *settings,
                                               const char **ret_why);
void signin_acceptor_destroy(struct signin_acceptor *acceptor);

#endif
