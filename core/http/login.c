// SPDX-License-Identifier: Apache-2.0
/* Getting a credential. What is got by a password or a keytab lies in a cache in memory: nothing of it reaches a disk. */
#include "core/http/login.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

#include "core/secret/handle.h"
#include "core/secret/memory.h"

gss_OID_desc login_spnego = {6, (char[]){"\x2b\x06\x01\x05\x05\x02"}};

/* ---- life ---- */

static bool
copy_text(char **to, const char *from)
{
  *to = from ? strdup(from) : NULL;
  return !from || *to;
}

static struct login *
make(enum login_mech mech, const char *user, const char *ticket_cache, const char *keytab,
     const char *secret, size_t n_secret)
{
  struct login *l = calloc(1, sizeof *l);
  if (!l)
    return NULL;
  atomic_init(&l->refs, 1);
  l->mech = mech;
  bool ok = copy_text(&l->user, user) && copy_text(&l->ticket_cache, ticket_cache) &&
            copy_text(&l->keytab, keytab);
  if (ok && secret) {
    l->secret = secret_memory_alloc(n_secret + 1);
    l->n_secret = n_secret;
    ok = l->secret != NULL;
    if (ok && n_secret > 0)
      memcpy(l->secret, secret, n_secret);
  }
  if (ok)
    return l;
  login_unref(l);
  return NULL;
}

struct login *
login_create(enum login_mech mech, const char *user, const tenon_secret *secret,
             const char *ticket_cache, const char *keytab)
{
  struct login_form forms[2];
  const char *why;
  tenon_text plain = secret ? secret_plaintext(secret) : (tenon_text){NULL, 0};
  struct login *l = make(mech, user, ticket_cache, keytab, plain.ptr, plain.len);
  if (!l)
    return NULL;
  l->handle = secret;
  bool named = user && login_forms(mech, user, forms, &why) > 0;
  const char *at = named && mech == LOGIN_KERBEROS ? strchr(forms[0].text, '@') : NULL;
  if (at)
    l->realm = strdup(at + 1);
  return l;
}

struct login *
login_renew(const struct login *old)
{
  struct login *l =
      make(old->mech, old->user, old->ticket_cache, old->keytab, old->secret, old->n_secret);
  if (!l)
    return NULL;
  l->handle = old->handle;
  l->realm = old->realm ? strdup(old->realm) : NULL;
  return l;
}

struct login *
login_ref(struct login *l)
{
  atomic_fetch_add(&l->refs, 1);
  return l;
}

/* GSSAPI lets go of it and leaves it in the process. */
static void
destroy_cache(const char *name)
{
  krb5_context context;
  krb5_ccache cache;
  if (krb5_init_context(&context) != 0)
    return;
  if (krb5_cc_resolve(context, name, &cache) == 0)
    (void)krb5_cc_destroy(context, cache);
  krb5_free_context(context);
}

void
login_forget(struct login *l)
{
  OM_uint32 minor;
  if (l->cred != GSS_C_NO_CREDENTIAL)
    (void)gss_release_cred(&minor, &l->cred);
  if (*l->cache)
    destroy_cache(l->cache);
  l->cache[0] = '\0';
}

void
login_retire(struct login *l)
{
  OM_uint32 minor;
  if (l->retired != GSS_C_NO_CREDENTIAL)
    (void)gss_release_cred(&minor, &l->retired); /* a ticket's life older than any conversation */
  l->retired = TAKE_PTR(l->cred);
  login_forget(l);
}

void
login_unref(struct login *l)
{
  if (!l || atomic_fetch_sub(&l->refs, 1) > 1)
    return;
  login_forget(l);
  login_retire(l);
  secret_memory_free(l->secret);
  free(l->user);
  free(l->ticket_cache);
  free(l->keytab);
  free(l->realm);
  free(l);
}

static bool
same(const char *a, const char *b)
{
  return a == b || (a && b && strcmp(a, b) == 0);
}

bool
login_is(const struct login *l, enum login_mech mech, const char *user, const tenon_secret *secret,
         const char *ticket_cache, const char *keytab)
{
  return l->mech == mech && l->handle == secret && same(l->user, user) &&
         same(l->ticket_cache, ticket_cache) && same(l->keytab, keytab);
}

/* ---- acquiring ---- */

static OM_uint32
import(const struct login_form *form, enum login_mech mech, gss_name_t *ret, OM_uint32 *minor)
{
  gss_buffer_desc text = {strlen(form->text), (void *)(uintptr_t)form->text};
  gss_OID type = mech == LOGIN_NTLM ? GSS_C_NT_USER_NAME
                 : form->enterprise ? (gss_OID)GSS_KRB5_NT_ENTERPRISE_NAME
                                    : (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME;
  return gss_import_name(minor, &text, type, ret);
}

static OM_uint32
by_password(struct login *l, gss_name_t name, gss_OID_set mechs, OM_uint32 *minor)
{
  gss_buffer_desc password = {l->n_secret, l->secret};
  return gss_acquire_cred_with_password(minor, name, &password, GSS_C_INDEFINITE, mechs,
                                        GSS_C_INITIATE, &l->cred, NULL, NULL);
}

/* The tickets of a keytab go to a cache in memory that nobody else has or has had. */
static OM_uint32
by_keytab(struct login *l, gss_name_t name, gss_OID_set mechs, OM_uint32 *minor)
{
  static atomic_uint number;
  (void)snprintf(l->cache, sizeof l->cache, "MEMORY:tenon-%u", atomic_fetch_add(&number, 1));
  gss_key_value_element_desc elements[] = {{"client_keytab", l->keytab}, {"ccache", l->cache}};
  gss_key_value_set_desc store = {2, elements};
  return gss_acquire_cred_from(minor, name, GSS_C_INDEFINITE, mechs, GSS_C_INITIATE, &store,
                               &l->cred, NULL, NULL);
}

static OM_uint32
by_cache(struct login *l, gss_name_t name, gss_OID_set mechs, OM_uint32 *minor)
{
  gss_key_value_element_desc element = {"ccache", l->ticket_cache};
  gss_key_value_set_desc store = {1, &element};
  return gss_acquire_cred_from(minor, name, GSS_C_INDEFINITE, mechs, GSS_C_INITIATE,
                               l->ticket_cache ? &store : NULL, &l->cred, NULL, NULL);
}

static void
note_source(struct login *l)
{
  OM_uint32 minor;
  const char *cache = l->ticket_cache;
  if (l->secret)
    (void)snprintf(l->source, sizeof l->source, "password");
  else if (l->keytab)
    (void)snprintf(l->source, sizeof l->source, "keytab %s", l->keytab);
  else if (cache || gss_krb5_ccache_name(&minor, NULL, &cache) == GSS_S_COMPLETE)
    (void)snprintf(l->source, sizeof l->source, "ticket cache %s", cache ? cache : "");
}

/* libkrb5 may put the question to the KDC off; this asks for what only the KDC can tell. In two steps, since of a
 * credential that has expired the name is never given back (tried). */
static OM_uint32
resolve(struct login *l, OM_uint32 *minor)
{
  OM_uint32 lifetime = 0;
  OM_uint32 major = gss_inquire_cred(minor, l->cred, NULL, &lifetime, NULL, NULL);
  if (GSS_ERROR(major))
    return major;
  if (l->mech == LOGIN_KERBEROS && lifetime == 0)
    return GSS_S_CREDENTIALS_EXPIRED;
  gss_name_t name = GSS_C_NO_NAME;
  major = gss_inquire_cred(minor, l->cred, &name, NULL, NULL, NULL);
  if (GSS_ERROR(major))
    return major;
  if (l->mech == LOGIN_KERBEROS)
    login_show_name(name, l->name, sizeof l->name);
  return gss_release_name(minor, &name);
}

static OM_uint32
acquire(struct login *l, gss_name_t name, OM_uint32 *minor)
{
  gss_OID_set_desc mechs = {1, login_mech_oid(l->mech)};
  return l->secret   ? by_password(l, name, &mechs, minor)
         : l->keytab ? by_keytab(l, name, &mechs, minor)
                     : by_cache(l, name, &mechs, minor);
}

/* ---- for SPNEGO ---- */

static void
put_be32(char *to, size_t n)
{
  for (int i = 0; i < 4; i++)
    to[i] = (char)(n >> (24 - 8 * i));
}

/* A credential that was exported is a list of mechanisms, each with its name and its own part; SPNEGO's part is such a
 * list. So the list is put into one of SPNEGO's: tickets and all, and the KDC is not asked again. */
static OM_uint32
enclose(gss_cred_id_t cred, OM_uint32 *minor, gss_cred_id_t *ret)
{
  gss_buffer_desc list = GSS_C_EMPTY_BUFFER, whole;
  OM_uint32 ignored, major = gss_export_cred(minor, cred, &list);
  if (GSS_ERROR(major))
    return major;
  size_t n_oid = login_spnego.length;
  whole = (gss_buffer_desc){4 + n_oid + 4 + list.length, malloc(4 + n_oid + 4 + list.length)};
  char *to = whole.value;
  if (to) {
    put_be32(to, n_oid);
    memcpy(to + 4, login_spnego.elements, n_oid);
    put_be32(to + 4 + n_oid, list.length);
    memcpy(to + 4 + n_oid + 4, list.value, list.length);
    major = gss_import_cred(minor, &whole, ret);
    secret_memory_wipe(whole.value, whole.length);
    free(whole.value);
  }
  secret_memory_wipe(list.value, list.length);
  (void)gss_release_buffer(&ignored, &list);
  return to ? major : GSS_S_FAILURE;
}

/* gss-ntlmssp cannot import what it exports (1.2.0), but takes a password from a credential store. The other mechanisms
 * that SPNEGO tries find an empty cache there, and ask nobody. */
static OM_uint32
acquire_ntlm_within(struct login *l, OM_uint32 *minor, gss_cred_id_t *ret)
{
  struct login_form forms[2];
  const char *why;
  gss_OID_set_desc mechs = {1, &login_spnego};
  gss_key_value_element_desc elements[] = {{"ntlmssp_password", l->secret},
                                           {"ccache", "MEMORY:tenon-none"},
                                           {"client_keytab", "MEMORY:tenon-none"}};
  gss_key_value_set_desc store = {3, elements};
  gss_name_t name = GSS_C_NO_NAME;
  OM_uint32 ignored;
  if (login_forms(l->mech, l->user, forms, &why) == 0)
    return GSS_S_BAD_NAME;
  OM_uint32 major = import(&forms[0], l->mech, &name, minor);
  if (GSS_ERROR(major))
    return major;
  major = gss_acquire_cred_from(minor, name, GSS_C_INDEFINITE, &mechs, GSS_C_INITIATE, &store, ret,
                                NULL, NULL);
  (void)gss_release_name(&ignored, &name);
  return major;
}

gss_cred_id_t
login_within(struct login *l, struct login_outcome *out)
{
  gss_OID_set_desc alone = {1, login_mech_oid(l->mech)};
  gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
  OM_uint32 minor = 0, ignored;
  OM_uint32 major = l->mech == LOGIN_NTLM ? acquire_ntlm_within(l, &minor, &cred)
                                          : enclose(l->cred, &minor, &cred);
  if (!GSS_ERROR(major))
    major = gss_set_neg_mechs(&minor, cred, &alone);
  if (!GSS_ERROR(major))
    return cred;
  login_explain(out, l->mech, major, minor);
  if (cred != GSS_C_NO_CREDENTIAL)
    (void)gss_release_cred(&ignored, &cred);
  return GSS_C_NO_CREDENTIAL;
}

/* ---- for the mechanism ---- */

/* Its realm: what stands behind the @, but for a name that the KDC is to find. */
static bool
realm_of(const struct login_form *form, char *to, size_t size)
{
  const char *at = form->enterprise ? NULL : strrchr(form->text, '@');
  if (!at)
    return login_realm_default(to, size);
  return (size_t)snprintf(to, size, "%s", at + 1) < size;
}

/* Nobody would tell libkrb5 where the realm's KDCs are. */
static bool
realm_is_silent(const struct login *l, const struct login_form *form, struct login_outcome *out)
{
  char realm[LOGIN_TEXT_MAX + 1];
  if (!form || l->mech != LOGIN_KERBEROS || (!l->secret && !l->keytab) ||
      !realm_of(form, realm, sizeof realm) || !login_realm_silent(realm, NULL))
    return false;
  out->fault = TENON_HTTP_SIGNIN_NO_REALM;
  (void)snprintf(out->reason, sizeof out->reason,
                 "krb5.conf does not name a KDC of %.200s, and DNS does not answer", realm);
  return true;
}

/* A cache that was named has tickets of one principal: whose are they, where they are not the account's? */
static void
tell_owner(struct login *l, struct login_outcome *out)
{
  gss_OID_set_desc mechs = {1, login_mech_oid(l->mech)};
  char owner[LOGIN_TEXT_MAX + 1] = "";
  gss_name_t name = GSS_C_NO_NAME;
  OM_uint32 minor;
  if (!GSS_ERROR(by_cache(l, GSS_C_NO_NAME, &mechs, &minor)) &&
      !GSS_ERROR(gss_inquire_cred(&minor, l->cred, &name, NULL, NULL, NULL)))
    login_show_name(name, owner, sizeof owner);
  if (name != GSS_C_NO_NAME)
    (void)gss_release_name(&minor, &name);
  if (!*owner)
    return;
  out->fault = TENON_HTTP_SIGNIN_OTHER_TICKET;
  (void)snprintf(out->reason, sizeof out->reason, "its tickets are those of %.200s", owner);
}

static void
acquire_as(struct login *l, const struct login_form *form, struct login_outcome *out)
{
  gss_name_t name = GSS_C_NO_NAME;
  OM_uint32 minor = 0, ignored;
  *out = (struct login_outcome){.fault = TENON_HTTP_SIGNIN_OK};
  const char *principal = form && !form->enterprise ? form->text : NULL;
  if (l->keytab && !l->secret && login_keytab_lacks(l->keytab, principal, out))
    return;
  if (realm_is_silent(l, form, out))
    return;
  OM_uint32 major = form ? import(form, l->mech, &name, &minor) : GSS_S_COMPLETE;
  if (!GSS_ERROR(major))
    major = acquire(l, name, &minor);
  if (!GSS_ERROR(major))
    major = resolve(l, &minor);
  if (GSS_ERROR(major)) {
    login_explain(out, l->mech, major, minor);
    if (out->fault == TENON_HTTP_SIGNIN_NO_TICKET && form && l->ticket_cache && !l->secret &&
        !l->keytab) {
      login_forget(l);
      tell_owner(l, out);
    }
    login_forget(l);
  }
  if (name != GSS_C_NO_NAME)
    (void)gss_release_name(&ignored, &name);
}

/* Was this name the reason, so that another form of it is worth a try? */
static bool
wrong_form(const struct login_outcome *out)
{
  return out->fault == TENON_HTTP_SIGNIN_NO_REALM ||
         out->fault == TENON_HTTP_SIGNIN_ACCOUNT_UNKNOWN;
}

/* Did a KDC find the account, whatever it then said of it? */
static bool
account_found(const struct login_outcome *out)
{
  switch (out->fault) {
  case TENON_HTTP_SIGNIN_OK:
  case TENON_HTTP_SIGNIN_PASSWORD:
  case TENON_HTTP_SIGNIN_PASSWORD_EXPIRED:
  case TENON_HTTP_SIGNIN_ACCOUNT_LOCKED:
  case TENON_HTTP_SIGNIN_CLOCK:
  case TENON_HTTP_SIGNIN_ENCRYPTION: return true;
  default: return false;
  }
}

/* A second form is looked up in the default realm. What that has to say of a name that it does not know, or why it
 * cannot be asked, is not the failure of the realm that somebody named. */
static void
acquire_second(struct login *l, const struct login_form *form, struct login_outcome *out)
{
  char realm[LOGIN_TEXT_MAX + 1];
  struct login_outcome second;
  if (!login_realm_default(realm, sizeof realm))
    return;
  acquire_as(l, form, &second);
  if (account_found(&second))
    *out = second;
}

void
login_acquire(struct login *l, struct login_outcome *out)
{
  struct login_form forms[2];
  const char *why = NULL;
  *out = (struct login_outcome){.fault = TENON_HTTP_SIGNIN_OK};
  if (l->cred != GSS_C_NO_CREDENTIAL)
    return;
  note_source(l);
  unsigned n = l->user ? login_forms(l->mech, l->user, forms, &why) : 0;
  if (n > 0)
    (void)snprintf(l->name, sizeof l->name, "%s", forms[0].shown);
  acquire_as(l, n > 0 ? &forms[0] : NULL, out);
  if (n == 2 && wrong_form(out))
    acquire_second(l, &forms[1], out);
}
