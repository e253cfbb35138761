// SPDX-License-Identifier: Apache-2.0
/* What GSSAPI's two numbers mean. The minor one is libkrb5's own where the mechanism is Kerberos; those that have an
 * error code of RFC 4120 section 7.5.9 keep its order. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

#include "core/base/utf8.h"
#include "core/http/login.h"

static const struct {
  krb5_error_code code;
  uint32_t fault;
} faults[] = {
    {KRB5KDC_ERR_NAME_EXP, TENON_HTTP_SIGNIN_ACCOUNT_LOCKED},
    {KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, TENON_HTTP_SIGNIN_ACCOUNT_UNKNOWN},
    {KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, TENON_HTTP_SIGNIN_SERVICE_UNKNOWN},
    {KRB5KDC_ERR_ETYPE_NOSUPP, TENON_HTTP_SIGNIN_ENCRYPTION},
    {KRB5KDC_ERR_CLIENT_REVOKED, TENON_HTTP_SIGNIN_ACCOUNT_LOCKED},
    {KRB5KDC_ERR_KEY_EXP, TENON_HTTP_SIGNIN_PASSWORD_EXPIRED},
    {KRB5KDC_ERR_PREAUTH_FAILED, TENON_HTTP_SIGNIN_PASSWORD},
    {KRB5KRB_AP_ERR_BAD_INTEGRITY, TENON_HTTP_SIGNIN_PASSWORD},
    {KRB5KRB_AP_ERR_TKT_EXPIRED, TENON_HTTP_SIGNIN_TICKET_EXPIRED},
    {KRB5KRB_AP_ERR_SKEW, TENON_HTTP_SIGNIN_CLOCK},
    {KRB5_KDCREP_SKEW, TENON_HTTP_SIGNIN_CLOCK},
    {KRB5_PROG_ETYPE_NOSUPP, TENON_HTTP_SIGNIN_ENCRYPTION},
    {KRB5_CONFIG_ETYPE_NOSUPP, TENON_HTTP_SIGNIN_ENCRYPTION},
    {KRB5_KDC_UNREACH, TENON_HTTP_SIGNIN_NO_KDC},
    {KRB5_REALM_CANT_RESOLVE, TENON_HTTP_SIGNIN_NO_KDC},
    {KRB5_REALM_UNKNOWN, TENON_HTTP_SIGNIN_NO_REALM},
    {KRB5_CONFIG_NODEFREALM, TENON_HTTP_SIGNIN_NO_REALM},
    {KRB5_CONFIG_CANTOPEN, TENON_HTTP_SIGNIN_NO_REALM},
    {KRB5_ERR_HOST_REALM_UNKNOWN, TENON_HTTP_SIGNIN_NO_REALM},
    {KRB5_ERR_BAD_HOSTNAME, TENON_HTTP_SIGNIN_SERVICE_UNKNOWN},
    {KRB5_PARSE_MALFORMED, TENON_HTTP_SIGNIN_NAME},
    {KRB5_FCC_NOFILE, TENON_HTTP_SIGNIN_NO_TICKET},
    {KRB5_FCC_PERM, TENON_HTTP_SIGNIN_NO_TICKET},
    {KRB5_CC_NOTFOUND, TENON_HTTP_SIGNIN_NO_TICKET},
    {KRB5_CC_FORMAT, TENON_HTTP_SIGNIN_NO_TICKET},
    {KRB5_CC_UNKNOWN_TYPE, TENON_HTTP_SIGNIN_NO_TICKET},
    {KRB5_KT_NOTFOUND, TENON_HTTP_SIGNIN_NO_TICKET},
    {KRB5_KT_NAME_TOOLONG, TENON_HTTP_SIGNIN_NO_TICKET},
    {KRB5_KEYTAB_BADVNO, TENON_HTTP_SIGNIN_NO_TICKET},
    {ENOENT, TENON_HTTP_SIGNIN_NO_TICKET},
    {EACCES, TENON_HTTP_SIGNIN_NO_TICKET},
};

static gss_OID_desc ntlm_oid = {10, (char[]){"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"}};

gss_OID
login_mech_oid(enum login_mech mech)
{
  return mech == LOGIN_NTLM ? &ntlm_oid : (gss_OID)(uintptr_t)gss_mech_krb5;
}

bool
login_mech_there(enum login_mech mech)
{
  gss_OID_set all = GSS_C_NO_OID_SET;
  OM_uint32 minor;
  int there = 0;
  if (GSS_ERROR(gss_indicate_mechs(&minor, &all)))
    return false;
  (void)gss_test_oid_set_member(&minor, login_mech_oid(mech), all, &there);
  (void)gss_release_oid_set(&minor, &all);
  return there != 0;
}

extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

void
login_leaks_begin(enum login_mech mech)
{
  if (mech == LOGIN_NTLM && __lsan_disable)
    __lsan_disable();
}

void
login_leaks_end(enum login_mech mech)
{
  if (mech == LOGIN_NTLM && __lsan_enable)
    __lsan_enable();
}

void
login_show_name(gss_name_t name, char *to, size_t size)
{
  gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor;
  to[0] = '\0';
  if (name == GSS_C_NO_NAME || GSS_ERROR(gss_display_name(&minor, name, &text, NULL)))
    return;
  size_t n = text.length < size ? text.length : size - 1;
  if (utf8_printable(text.value, n)) {
    memcpy(to, text.value, n);
    to[n] = '\0';
  }
  (void)gss_release_buffer(&minor, &text);
}

static bool
display(char *to, size_t size, OM_uint32 status, int type, gss_OID mech)
{
  gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor, more = 0;
  if (GSS_ERROR(gss_display_status(&minor, status, type, mech, &more, &text)))
    return false;
  (void)snprintf(to, size, "%.*s", (int)(text.length < size ? text.length : size),
                 text.length ? (const char *)text.value : "");
  (void)gss_release_buffer(&minor, &text);
  return *to && utf8_printable(to, strlen(to)) && strcmp(to, "Unknown error") != 0 &&
         strcmp(to, "Success") != 0;
}

static uint32_t
fault_of(enum login_mech mech, OM_uint32 major, OM_uint32 minor)
{
  for (size_t i = 0; mech == LOGIN_KERBEROS && i < sizeof faults / sizeof *faults; i++)
    if (faults[i].code == (krb5_error_code)minor)
      return faults[i].fault;
  switch (GSS_ROUTINE_ERROR(major)) {
  case GSS_S_BAD_MECH: return TENON_HTTP_SIGNIN_NO_MECHANISM;
  case GSS_S_CREDENTIALS_EXPIRED: return TENON_HTTP_SIGNIN_TICKET_EXPIRED;
  case GSS_S_NO_CRED: return TENON_HTTP_SIGNIN_NO_TICKET;
  case GSS_S_BAD_NAME:
  case GSS_S_BAD_NAMETYPE: return TENON_HTTP_SIGNIN_NAME;
  case GSS_S_DEFECTIVE_TOKEN:
  case GSS_S_BAD_MIC:
  case GSS_S_BAD_BINDINGS: return TENON_HTTP_SIGNIN_PROTOCOL;
  default: return TENON_HTTP_SIGNIN_OTHER;
  }
}

void
login_explain(struct login_outcome *out, enum login_mech mech, OM_uint32 major, OM_uint32 minor)
{
  out->fault = fault_of(mech, major, minor);
  if (minor != 0 &&
      display(out->reason, sizeof out->reason, minor, GSS_C_MECH_CODE, login_mech_oid(mech)))
    return;
  if (!display(out->reason, sizeof out->reason, major, GSS_C_GSS_CODE, GSS_C_NO_OID))
    (void)snprintf(out->reason, sizeof out->reason, "GSSAPI status %08x, %08x", major, minor);
}
