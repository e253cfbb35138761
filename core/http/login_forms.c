// SPDX-License-Identifier: Apache-2.0
/* The forms of a user's name. People have one name and type it in three ways; each mechanism takes another. */
#include <stdio.h>
#include <string.h>

#include "core/http/login.h"

static bool
name_char_ok(const char *text)
{
  for (; *text; text++)
    if ((unsigned char)*text < 0x20 || *text == 0x7f)
      return false;
  return true;
}

static void
upper(char *text)
{
  for (; *text; text++)
    if (*text >= 'a' && *text <= 'z')
      *text -= 'a' - 'A';
}

static void
put(struct login_form *form, const char *fmt, const char *a, const char *b)
{
  (void)snprintf(form->shown, sizeof form->shown, fmt, a, b);
  (void)snprintf(form->text, sizeof form->text, "%s", form->shown);
}

/* An alternate UPN suffix is no realm, and only the KDC knows whose it is. */
static unsigned
kerberos_forms(const char *domain, const char *name, bool upn, struct login_form ret[static 2])
{
  char realm[LOGIN_TEXT_MAX + 1];
  (void)snprintf(realm, sizeof realm, "%s", domain);
  upper(realm);
  if (!*domain || (!upn && !strchr(domain, '.'))) { /* a NetBIOS name is no realm */
    put(&ret[0], "%s%s", name, "");
    return 1;
  }
  put(&ret[0], "%s@%s", name, realm);
  if (!upn)
    return 1;
  put(&ret[1], "%s@%s", name, domain);
  ret[1].enterprise = true;
  return 2;
}

/* gss-ntlmssp takes a name apart at the @, unless there is a backslash before it; the server is to get the UPN whole,
 * without a domain. */
static unsigned
ntlm_forms(const char *domain, const char *name, bool upn, struct login_form ret[static 2])
{
  if (!*domain) {
    put(&ret[0], "%s%s", name, "");
    return 1;
  }
  put(&ret[0], upn ? "%s@%s" : "%s\\%s", upn ? name : domain, upn ? domain : name);
  if (upn)
    (void)snprintf(ret[0].text, sizeof ret[0].text, "%s\\@%s", name, domain);
  return 1;
}

unsigned
login_forms(enum login_mech mech, const char *user, struct login_form ret[static 2],
            const char **ret_why)
{
  char copy[LOGIN_TEXT_MAX + 1];
  memset(ret, 0, 2 * sizeof *ret);
  *ret_why = NULL;
  if (strlen(user) > LOGIN_TEXT_MAX)
    *ret_why = "the user name is too long";
  else if (!name_char_ok(user))
    *ret_why = "the user name holds a control character";
  if (*ret_why)
    return 0;
  memcpy(copy, user, strlen(user) + 1);
  char *slash = strchr(copy, '\\'), *at = strchr(copy, '@');
  const char *domain = "", *name = copy;
  if (slash) {
    *slash = '\0';
    domain = copy;
    name = slash + 1;
  } else if (at) {
    *at = '\0';
    domain = at + 1;
  }
  if (!*name || (slash && (!*domain || strchr(name, '\\') || at)) ||
      (!slash && at && (!*domain || strchr(domain, '@')))) {
    *ret_why = "a user name is name@domain, DOMAIN\\name or name";
    return 0;
  }
  return mech == LOGIN_NTLM ? ntlm_forms(domain, name, !slash, ret)
                            : kerberos_forms(domain, name, !slash, ret);
}
