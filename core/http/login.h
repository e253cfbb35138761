// SPDX-License-Identifier: Apache-2.0
/* Who signs in: a user in the form that the mechanism wants, and the credential that GSSAPI makes of the secret, the
 * ticket cache or the keytab. All channels of a session with the same identity share one, and with it what the KDC
 * gave. */
#ifndef CORE_HTTP_LOGIN_H
#define CORE_HTTP_LOGIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <gssapi/gssapi.h>

#include <tenon/http.h>

#include "core/base/cleanup.h"
#include "core/dns/dns.h"

#define LOGIN_TEXT_MAX   1024u /* bytes of a user name, a path, a service */
#define LOGIN_REASON_MAX 512u
#define LOGINS_MAX       64u  /* of a session, in use or kept for the next channel */
#define LOGIN_DNS_MS     3000 /* for a name server to say anything of a realm */

enum login_mech { LOGIN_KERBEROS, LOGIN_NTLM };

/* What became of a call of the library. */
struct login_outcome {
  uint32_t fault; /* TENON_HTTP_SIGNIN_... */
  char reason[LOGIN_REASON_MAX];
};

/* One way to write a user's name for GSSAPI. */
struct login_form {
  char text[2 * LOGIN_TEXT_MAX + 8]; /* for gss_import_name */
  char shown[2 * LOGIN_TEXT_MAX + 4];
  bool
      enterprise; /* an AD UPN whose suffix is no realm: the KDC finds the account (RFC 6806 section 5) */
};

/* login_forms.c: the forms of a name, the likelier first: 1 or 2, or 0, and *ret_why says what is wrong with it. */
unsigned login_forms(enum login_mech, const char *user, struct login_form ret[static 2],
                     const char **ret_why);

/* Counted: the session has it, and each errand that uses it. Everything below `cred` belongs to the errand that the
 * login is busy with, else to the session. */
struct login {
  atomic_uint refs;
  struct login *next; /* of the session's */
  enum login_mech mech;
  const tenon_secret *handle; /* only compared */
  char *user, *ticket_cache, *keytab;
  char *secret; /* secret memory; or NULL */
  size_t n_secret;
  char *realm; /* before the KDC has said: what the name says; or NULL */
  const void *busy;

  gss_cred_id_t cred, retired; /* retired: the one before, which a conversation may still have */
  char cache[32];              /* in memory, of a keytab's tickets; "": none */
  char name[2 * LOGIN_TEXT_MAX + 4]; /* in words: as sent */
  char source[LOGIN_TEXT_MAX + 32];
};

/* NULL: no memory. A name that no mechanism can use is found out by login_acquire. */
TENON_NODISCARD struct login *login_create(enum login_mech, const char *user,
                                           const tenon_secret *secret, const char *ticket_cache,
                                           const char *keytab);
/* One that knows nothing yet, for the same identity. NULL: no memory. */
TENON_NODISCARD struct login *login_renew(const struct login *);
struct login *login_ref(struct login *);
void login_unref(struct login *); /* NULL is fine */
TENON_NODISCARD bool login_is(const struct login *, enum login_mech, const char *user,
                              const tenon_secret *secret, const char *ticket_cache,
                              const char *keytab);

/* Gets the credential, where it is not there yet; asks the KDC. Blocks. */
void login_acquire(struct login *, struct login_outcome *);
/* The credential is of no use any more. */
void login_forget(struct login *);
/* Likewise, but conversations that have it end with it. */
void login_retire(struct login *);

/* SPNEGO's own credential, of what login_acquire got and with this mechanism alone in it: given one of a mechanism, it
 * would take whatever lies about by default (tried). The caller's to release; GSS_C_NO_CREDENTIAL: *out says why. */
TENON_NODISCARD gss_cred_id_t login_within(struct login *, struct login_outcome *out);

/* login_keytab.c: is there no key of this principal (NULL: of any) in it? *out says why it is of no use. */
TENON_NODISCARD bool login_keytab_lacks(const char *path, const char *principal,
                                        struct login_outcome *out);
/* login_realm.c: would libkrb5 wait for name servers that keep silent? Blocks, LOGIN_DNS_MS at most. server: as for
 * dns_create. */
TENON_NODISCARD bool login_realm_silent(const char *realm, const struct dns_server *server);
/* The realm of names without one. false: there is none, or it is the example that the packages of MIT Kerberos come
 * with, whose KDCs are to hear nothing of other people's accounts. */
TENON_NODISCARD bool login_realm_default(char *to, size_t size);

/* gss_fault.c: what a failed call means. */
void login_explain(struct login_outcome *, enum login_mech, OM_uint32 major, OM_uint32 minor);
/* Is there such a mechanism on this machine? */
TENON_NODISCARD bool login_mech_there(enum login_mech);
gss_OID login_mech_oid(enum login_mech);
extern gss_OID_desc login_spnego; /* RFC 4178 section 3.2 */
/* gss-ntlmssp (1.2.0) never gives back some of what OpenSSL gives it: whoever looks for leaks is told to look away for
 * a call, on this thread. */
void login_leaks_begin(enum login_mech);
void login_leaks_end(enum login_mech);
/* A GSSAPI name in words, cut to size; "" when it has none. */
void login_show_name(gss_name_t, char *to, size_t size);

#endif
