// SPDX-License-Identifier: Apache-2.0
//
// Credentials of the libraries, and the environment from which they take what an acceptor cannot tell
// them.
#include "signin_acceptor.h"

#include <gssapi/gssapi_ext.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static char ntlm_bytes[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"; // MS-NLMP 1.9
static char kerberos_bytes[] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"; // RFC 4121
static char spnego_bytes[] = "\x2b\x06\x01\x05\x05\x02";               // RFC 4178
gss_OID_desc signin_ntlm = {sizeof(ntlm_bytes) - 1, ntlm_bytes};
gss_OID_desc signin_kerberos = {sizeof(kerberos_bytes) - 1, kerberos_bytes};
static gss_OID_desc spnego = {sizeof(spnego_bytes) - 1, spnego_bytes};

extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

void
signin_library_enter(void)
{
  if (__lsan_disable)
    __lsan_disable();
}

void
signin_library_leave(void)
{
  if (__lsan_enable)
    __lsan_enable();
}

static gss_cred_id_t
acquire(gss_OID mechanisms, size_t count)
{
  gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
  gss_OID_set_desc set = {count, mechanisms};
  OM_uint32 minor;
  signin_library_enter();
  OM_uint32 status = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &set, GSS_C_ACCEPT,
                                      &credential, NULL, NULL);
  signin_library_leave();
  return GSS_ERROR(status) ? GSS_C_NO_CREDENTIAL : credential;
}

// Negotiate carries SPNEGO, or a mechanism's messages as they are: MS-SPNG and Windows allow both.
static gss_cred_id_t
acquire_negotiate(const struct signin_acceptor *acceptor)
{
  gss_OID_desc mechanisms[3];
  size_t count = 0;
  if (acceptor->kerberos != GSS_C_NO_CREDENTIAL)
    mechanisms[count++] = signin_kerberos;
  if (acceptor->ntlm != GSS_C_NO_CREDENTIAL && !acceptor->settings.scenario->refuses_ntlm)
    mechanisms[count++] = signin_ntlm;
  if (count == 0)
    return GSS_C_NO_CREDENTIAL;
  gss_OID_set_desc within = {count, mechanisms};
  mechanisms[count] = spnego;
  gss_cred_id_t credential = acquire(mechanisms, count + 1);
  OM_uint32 minor;
  if (credential != GSS_C_NO_CREDENTIAL &&
      GSS_ERROR(gss_set_neg_mechs(&minor, credential, &within)))
    gss_release_cred(&minor, &credential);
  return credential;
}

// The libraries take from the environment what an acceptor cannot tell them.
static bool
set_environment(const struct signin_acceptor_settings *settings)
{
  char replay[PATH_MAX];
  snprintf(replay, sizeof(replay), "file2:%.4000s", settings->replay_file);
  return setenv("NTLM_USER_FILE", settings->users_file, 1) == 0 &&
         setenv("NETBIOS_COMPUTER_NAME", LAB_FRONT_END, 1) == 0 &&
         setenv("NETBIOS_DOMAIN_NAME", DIRECTORY_NETBIOS, 1) == 0 &&
         setenv("KRB5RCACHENAME", replay, 1) == 0 &&
         (settings->keytab == NULL || setenv("KRB5_KTNAME", settings->keytab, 1) == 0);
}

struct signin_acceptor *
signin_acceptor_create(const struct signin_acceptor_settings *settings, const char **ret_why)
{
  struct signin_acceptor *acceptor = calloc(1, sizeof(*acceptor));
  if (acceptor == NULL || !set_environment(settings) ||
      !signin_binding_make(settings->certificate, &acceptor->binding)) {
    free(acceptor);
    *ret_why = "no memory, or no digest of the certificate";
    return NULL;
  }
  acceptor->settings = *settings;
  pthread_mutex_init(&acceptor->lock, NULL);
  acceptor->ntlm = acquire(&signin_ntlm, 1);
  if (settings->keytab != NULL) {
    acceptor->kerberos = acquire(&signin_kerberos, 1);
    if (acceptor->kerberos == GSS_C_NO_CREDENTIAL) {
      signin_acceptor_destroy(acceptor);
      *ret_why = "it holds no key, or cannot be read";
      return NULL;
    }
  }
  acceptor->negotiate = acquire_negotiate(acceptor);
  return acceptor;
}

void
signin_acceptor_destroy(struct signin_acceptor *acceptor)
{
  if (acceptor == NULL)
    return;
  OM_uint32 minor;
  (void)gss_release_cred(&minor, &acceptor->ntlm);
  (void)gss_release_cred(&minor, &acceptor->kerberos);
  (void)gss_release_cred(&minor, &acceptor->negotiate);
  pthread_mutex_destroy(&acceptor->lock);
  free(acceptor);
}
