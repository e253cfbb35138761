// SPDX-License-Identifier: Apache-2.0
/* The mechanisms that GSSAPI finds here. NTLM is one only where gss-ntlmssp is installed. */
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/facts/facts.h"

static const struct {
  const char *oid; /* as gss_oid_to_str has it */
  const char *key;
} known[] = {{"{ 1 2 840 113554 1 2 2 }", "krb5"},       /* RFC 4121 */
             {"{ 1 3 6 1 5 5 2 }", "spnego"},            /* RFC 4178 */
             {"{ 1 3 6 1 4 1 311 2 2 10 }", "ntlmssp"}}; /* MS-NLMP 1.9 */

static bool
is_oid(gss_OID oid, const char *text)
{
  gss_buffer_desc said = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor = 0;
  bool same = gss_oid_to_str(&minor, oid, &said) == GSS_S_COMPLETE && said.value &&
              strncmp(said.value, text, strlen(text)) == 0;

  (void)gss_release_buffer(&minor, &said);
  return same;
}

void
facts_put_gss(cJSON *to)
{
  cJSON *gss = cJSON_AddObjectToObject(to, "gssapi");
  gss_OID_set mechanisms = GSS_C_NO_OID_SET;
  OM_uint32 minor = 0;

  if (gss_indicate_mechs(&minor, &mechanisms) != GSS_S_COMPLETE)
    cJSON_AddStringToObject(gss, "why", "GSSAPI could not tell its mechanisms");
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    bool there = false;
    for (size_t j = 0; mechanisms && j < mechanisms->count && !there; j++)
      there = is_oid(&mechanisms->elements[j], known[i].oid);
    cJSON_AddBoolToObject(gss, known[i].key, there);
  }
  (void)gss_release_oid_set(&minor, &mechanisms);
}
