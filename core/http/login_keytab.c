// SPDX-License-Identifier: Apache-2.0
/* What is wrong with a keytab. GSSAPI says of every keytab that is of no use that there is no cache of tickets. */
#include <stdio.h>
#include <string.h>

#include <krb5.h>

#include "core/base/utf8.h"
#include "core/http/login.h"

static krb5_error_code
look(krb5_context context, krb5_keytab keytab, const char *principal)
{
  krb5_principal name = NULL;
  krb5_keytab_entry entry;
  krb5_error_code e = krb5_kt_have_content(context, keytab);
  if (e != 0 || !principal)
    return e;
  e = krb5_parse_name(context, principal, &name);
  if (e == 0)
    e = krb5_kt_get_entry(context, keytab, name, 0, 0, &entry);
  if (e == 0)
    (void)krb5_free_keytab_entry_contents(context, &entry);
  krb5_free_principal(context, name);
  return e;
}

bool
login_keytab_lacks(const char *path, const char *principal, struct login_outcome *out)
{
  krb5_context context;
  krb5_keytab keytab = NULL;
  if (krb5_init_context(&context) != 0)
    return false;
  krb5_error_code e = krb5_kt_resolve(context, path, &keytab);
  if (e == 0)
    e = look(context, keytab, principal);
  if (e != 0) {
    const char *text = krb5_get_error_message(context, e);
    out->fault = TENON_HTTP_SIGNIN_NO_TICKET;
    (void)snprintf(out->reason, sizeof out->reason, "%s",
                   utf8_printable(text, strlen(text)) ? text : "it cannot be read");
    krb5_free_error_message(context, text);
  }
  if (keytab)
    (void)krb5_kt_close(context, keytab);
  krb5_free_context(context);
  return e != 0;
}
