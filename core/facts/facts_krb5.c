// SPDX-License-Identifier: Apache-2.0
/* Kerberos as this user has it: its configuration, its tickets, and what would be asked for to reach a host. */
#include <dlfcn.h>
#include <errno.h>
#include <krb5.h>
#include <profile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/facts/facts.h"

#define LIBRARY_MAX (16u << 20)
#define BRAND       "KRB5_BRAND: krb5-"
#define USUAL_FILE  "/etc/krb5.conf"

/* The library has no call that tells its version; it carries it as text. */
static void
put_version(cJSON *to)
{
  CLEANUP_BUF struct buf file = BUF_INIT(LIBRARY_MAX);
  CLEANUP_CLOSE int root = -1;
  Dl_info info;

  if (dladdr((void *)(uintptr_t)krb5_init_context, &info) == 0 || !info.dli_fname)
    return;
  CLEANUP_FREE char *path = realpath(info.dli_fname, NULL);
  if (!path || dir_open("/", &root) < 0 || file_read(root, path + 1, &file, NULL) < 0)
    return;
  const char *brand = memmem(file.ptr, file.len, BRAND, sizeof BRAND - 1);
  char version[64] = "";
  if (brand)
    (void)snprintf(version, sizeof version, "%.*s", (int)strcspn(brand + sizeof BRAND - 1, " -"),
                   brand + sizeof BRAND - 1);
  if (*version)
    cJSON_AddStringToObject(to, "version", version);
}

static void
put_error(krb5_context ctx, cJSON *to, const char *key, krb5_error_code code)
{
  const char *text = krb5_get_error_message(ctx, code);

  cJSON_AddStringToObject(to, key, text);
  krb5_free_error_message(ctx, text);
}

/* ---- configuration -------------------------------------------------------------------------------------------------- */

/* As the library looks for them: KRB5_CONFIG's list, or the usual one. */
static void
put_files(cJSON *to)
{
  cJSON *list = cJSON_AddArrayToObject(to, "files");
  const char *told = secure_getenv("KRB5_CONFIG");
  CLEANUP_FREE char *paths = strdup(told && *told ? told : USUAL_FILE);
  char *rest = paths, *path;

  for (size_t i = 0; (path = strsep(&rest, ":")) && i < FACTS_FILES_MAX; i++) {
    cJSON *file = cJSON_CreateObject();
    cJSON_AddItemToArray(list, file);
    cJSON_AddStringToObject(file, "path", path);
    cJSON_AddBoolToObject(file, "there", access(path, F_OK) == 0);
    cJSON_AddBoolToObject(file, "readable", access(path, R_OK) == 0);
  }
}

/* Absent: the configuration does not say it. */
static void
put_setting(cJSON *to, profile_t profile, const char *name)
{
  char *value = NULL;

  if (profile_get_string(profile, "libdefaults", name, NULL, NULL, &value) == 0 && value)
    cJSON_AddStringToObject(to, name, value);
  profile_release_string(value);
}

static void
put_settings(krb5_context ctx, cJSON *to)
{
  profile_t profile = NULL;
  char *realm = NULL;

  if (krb5_get_profile(ctx, &profile) == 0) {
    put_setting(to, profile, "rdns");
    put_setting(to, profile, "dns_canonicalize_hostname");
    profile_abandon(profile);
  }
  krb5_error_code code = krb5_get_default_realm(ctx, &realm);
  if (code)
    put_error(ctx, to, "realm_why", code);
  else
    cJSON_AddStringToObject(to, "realm", realm);
  krb5_free_default_realm(ctx, realm);
}

/* ---- tickets -------------------------------------------------------------------------------------------------------- */

static void
put_principal(krb5_context ctx, cJSON *to, const char *key, krb5_const_principal principal)
{
  char *name = NULL;

  if (principal && krb5_unparse_name(ctx, principal, &name) == 0)
    cJSON_AddStringToObject(to, key, name);
  krb5_free_unparsed_name(ctx, name);
}

static void
put_ticket(krb5_context ctx, cJSON *list, const krb5_creds *creds)
{
  const time_t end = (time_t)(uint32_t)creds->times.endtime; /* good until 2106 */
  char text[CLOCK_TEXT_SIZE];
  struct tm tm = {0};
  cJSON *ticket = cJSON_CreateObject();

  cJSON_AddItemToArray(list, ticket);
  put_principal(ctx, ticket, "for", creds->server);
  (void)gmtime_r(&end, &tm);
  (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
  cJSON_AddStringToObject(ticket, "until", text);
  cJSON_AddBoolToObject(ticket, "expired", end <= time(NULL));
}

static void
put_tickets(krb5_context ctx, cJSON *to, krb5_ccache cache)
{
  cJSON *list = cJSON_AddArrayToObject(to, "tickets");
  krb5_cc_cursor cursor;
  krb5_creds creds;

  if (krb5_cc_start_seq_get(ctx, cache, &cursor) != 0)
    return;
  for (size_t i = 0; i < FACTS_TICKETS_MAX && krb5_cc_next_cred(ctx, cache, &cursor, &creds) == 0;
       i++) {
    if (!krb5_is_config_principal(ctx, creds.server))
      put_ticket(ctx, list, &creds);
    krb5_free_cred_contents(ctx, &creds);
  }
  (void)krb5_cc_end_seq_get(ctx, cache, &cursor);
}

static void
put_cache(krb5_context ctx, cJSON *to)
{
  cJSON *cache = cJSON_AddObjectToObject(to, "cache");
  const char *configured = krb5_cc_default_name(ctx);
  krb5_ccache cc = NULL;
  krb5_principal owner = NULL;
  char *name = NULL;

  krb5_error_code code = krb5_cc_default(ctx, &cc);
  if (code == 0 && krb5_cc_get_full_name(ctx, cc, &name) == 0)
    cJSON_AddStringToObject(cache, "name", name);
  else if (configured)
    cJSON_AddStringToObject(cache, "name", configured);
  krb5_free_string(ctx, name);
  code = code ? code : krb5_cc_get_principal(ctx, cc, &owner);
  if (code)
    put_error(ctx, cache, "why", code);
  else {
    put_principal(ctx, cache, "principal", owner);
    put_tickets(ctx, cache, cc);
  }
  krb5_free_principal(ctx, owner);
  if (cc)
    (void)krb5_cc_close(ctx, cc);
}

static void
put_keytab(krb5_context ctx, cJSON *to)
{
  cJSON *keytab = cJSON_AddObjectToObject(to, "client_keytab");
  char name[FACTS_NAME_MAX] = "";
  krb5_keytab kt = NULL;

  if (krb5_kt_client_default(ctx, &kt) != 0)
    return;
  if (krb5_kt_get_name(ctx, kt, name, sizeof name) == 0)
    cJSON_AddStringToObject(keytab, "name", name);
  cJSON_AddBoolToObject(keytab, "there", krb5_kt_have_content(ctx, kt) == 0);
  (void)krb5_kt_close(ctx, kt);
}

/* ---- a host --------------------------------------------------------------------------------------------------------- */

/* The first realm the configuration maps the host to, else what the library would guess. No question to DNS unless
 * dns_lookup_realm asks for it. */
static const char *
find_realm(krb5_context ctx, const char *host, char ***ret_list)
{
  krb5_data data = {.data = (char *)(uintptr_t)host, .length = (unsigned)strlen(host)};

  if (krb5_get_host_realm(ctx, host, ret_list) == 0 && *ret_list && **ret_list && ***ret_list)
    return "mapped";
  krb5_free_host_realm(ctx, *ret_list);
  *ret_list = NULL;
  if (krb5_get_fallback_host_realm(ctx, &data, ret_list) == 0 && *ret_list && **ret_list &&
      ***ret_list)
    return "guessed";
  return NULL;
}

static void
put_host(krb5_context ctx, cJSON *krb5, const char *host)
{
  cJSON *target = cJSON_AddObjectToObject(krb5, "target");
  char **realms = NULL;
  const char *how = find_realm(ctx, host, &realms);

  CLEANUP_FREE char *spn = text_printf("HTTP/%s@%s", host, how ? *realms : "");
  if (spn)
    cJSON_AddStringToObject(target, "spn", spn);
  if (how) {
    cJSON_AddStringToObject(target, "realm", *realms);
    cJSON_AddStringToObject(target, "realm_is", how);
  }
  krb5_free_host_realm(ctx, realms);
}

void
facts_put_krb5(cJSON *to, const char *host)
{
  cJSON *krb5 = cJSON_AddObjectToObject(to, "krb5");
  krb5_context ctx = NULL;

  put_version(krb5);
  put_files(krb5);
  krb5_error_code code = krb5_init_context(&ctx);
  if (code) {
    put_error(NULL, krb5, "why", code);
    return;
  }
  put_settings(ctx, krb5);
  put_cache(ctx, krb5);
  put_keytab(ctx, krb5);
  if (host)
    put_host(ctx, krb5, host);
  krb5_free_context(ctx);
}
