// SPDX-License-Identifier: Apache-2.0
/* tenon doctor, signing in: which mechanisms there are, and Kerberos as this user has it. Peers' tools fail here without
 * a word; this says what will be asked for before anybody asks. */
#include <ctype.h>
#include <string.h>

#include "core/cli/doctor.h"

static void
say_mechanisms(struct doctor *d)
{
  const cJSON *gss = json_object(d->facts, "gssapi");
  bool ntlm = json_bool(gss, "ntlmssp"), krb5 = json_bool(gss, "krb5"),
       spnego = json_bool(gss, "spnego");

  doctor_say(d, krb5 && spnego ? TENON_PASS : TENON_WARN, "doctor.kerberos", "Kerberos, Negotiate",
             krb5 && spnego ? "can be used" : "GSSAPI does not have both mechanisms",
             "Install MIT Kerberos: `apt-get install libgssapi-krb5-2`");
  doctor_say(d, ntlm ? TENON_PASS : TENON_WARN, "doctor.ntlm", "NTLM",
             ntlm ? "can be used (gss-ntlmssp)" : "cannot be used: GSSAPI has no such mechanism",
             "Run: `apt-get install gss-ntlmssp`");
  doctor_say(d, TENON_PASS, "doctor.bindings", "Channel bindings",
             "tenon sends them itself (tls-server-end-point), whatever libcurl does", NULL);
}

/* What the packages of MIT Kerberos write where nobody named a realm. */
#define REALM_OF_THE_EXAMPLE "ATHENA.MIT.EDU"

/* ---- configuration -------------------------------------------------------------------------------------------------- */

static void
say_configuration(struct doctor *d, const cJSON *krb5)
{
  const char *why = json_text(krb5, "why"), *realm = json_text(krb5, "realm");
  CLEANUP_BUF struct buf b = BUF_INIT(CLI_LINE_MAX);
  const cJSON *file;

  cJSON_ArrayForEach(file, json_array(krb5, "files"))(void)
      buf_printf(&b, "%s%s", json_text(file, "path"),
                 !json_bool(file, "there")      ? " (not there), "
                 : !json_bool(file, "readable") ? " (closed to you), "
                                                : ", ");
  bool is_example = realm && strcmp(realm, REALM_OF_THE_EXAMPLE) == 0;
  (void)buf_printf(&b, "%s%s%s",
                   why     ? why
                   : realm ? "default realm "
                           : "no default realm",
                   why     ? ""
                   : realm ? realm
                           : "",
                   is_example ? ": the example of MIT Kerberos, no realm of yours" : "");
  doctor_say(d, why ? TENON_FAIL : TENON_PASS, "doctor.krb5", "Kerberos configuration",
             buf_text(&b),
             "Kerberos cannot be used until this file is mended: restore it, or correct its line, "
             "or name another one in KRB5_CONFIG.");
}

/* "false" in any of the spellings that MIT Kerberos takes. */
static bool
says_no(const char *value)
{
  static const char *const words[] = {"n", "no", "false", "off", "0", "nil"};

  for (size_t i = 0; value && i < sizeof words / sizeof *words; i++)
    if (strcasecmp(value, words[i]) == 0)
      return true;
  return false;
}

/* DNS may turn the host's name into another one, and then the ticket asked for is another server's. */
static void
say_names(struct doctor *d, const cJSON *krb5)
{
  const char *rdns = json_text(krb5, "rdns"),
             *canonical = json_text(krb5, "dns_canonicalize_hostname");
  bool good =
      says_no(canonical) || (says_no(rdns) && canonical && strcasecmp(canonical, "fallback") == 0);
  bool matters = d->host || json_text(json_object(krb5, "cache"), "principal");
  CLEANUP_FREE char *detail =
      text_printf("rdns %s, dns_canonicalize_hostname %s%s", rdns ? rdns : "not set (true)",
                  canonical ? canonical : "not set (true)",
                  good ? "" : ": DNS may change the host that a ticket is asked for");

  doctor_say(d, good || !matters ? TENON_PASS : TENON_WARN, "doctor.krb5_names", "Kerberos and DNS",
             detail,
             "Under [libdefaults] of krb5.conf set rdns = false and dns_canonicalize_hostname = "
             "false.");
}

/* ---- tickets -------------------------------------------------------------------------------------------------------- */

static void
say_tickets(struct doctor *d, const cJSON *krb5)
{
  const cJSON *cache = json_object(krb5, "cache"), *ticket;
  const char *name = json_text(cache, "name"), *why = json_text(cache, "why"),
             *principal = json_text(cache, "principal");
  CLEANUP_BUF struct buf b = BUF_INIT(CLI_LINE_MAX);
  size_t n = 0, expired = 0;

  (void)buf_printf(&b, "%s in %s", principal ? principal : "none", name ? name : "no cache");
  cJSON_ArrayForEach(ticket, json_array(cache, "tickets"))
  {
    bool old = json_bool(ticket, "expired");
    (void)buf_printf(&b, "; %s until %s%s", json_text(ticket, "for"), json_text(ticket, "until"),
                     old ? ", expired" : "");
    expired += old;
    n++;
  }
  if (why)
    (void)buf_printf(&b, ": %s", why);
  doctor_say(d,
             !principal               ? TENON_SKIP
             : n == 0 || expired == n ? TENON_WARN
                                      : TENON_PASS,
             "doctor.tickets", "Kerberos tickets", buf_text(&b),
             "Sign in anew: `kinit`. Or let tenon use the connection's password.");
}

static void
say_keytab(struct doctor *d, const cJSON *krb5)
{
  const cJSON *keytab = json_object(krb5, "client_keytab");
  const char *name = json_text(keytab, "name");

  if (name) {
    bool is_there = json_bool(keytab, "there");
    CLEANUP_FREE char *detail = text_printf("%s%s", is_there ? "" : "none in ", name);
    doctor_say(d, is_there ? TENON_PASS : TENON_SKIP, "doctor.keytab", "Client keytab", detail,
               NULL);
  }
}

/* ---- the host asked after ------------------------------------------------------------------------------------------- */

/* alice@corp.example, CORP\alice and alice become a name of Kerberos; the realm is in capitals by custom. */
static char *
principal_of(const char *user, const char *realm)
{
  const char *slash = strchr(user, '\\'), *at = strchr(user, '@');
  CLEANUP_FREE char *upper = strdup(at ? at + 1 : realm ? realm : "");
  const char *from = slash ? slash + 1 : user;

  for (char *c = upper; c && *c; c++)
    *c = (char)toupper((unsigned char)*c);
  return upper && *upper
             ? text_printf("%.*s@%s", (int)(at ? (size_t)(at - from) : strlen(from)), from, upper)
             : NULL;
}

static void
say_target(struct doctor *d, const cJSON *krb5)
{
  const cJSON *target = json_object(krb5, "target");
  const char *spn = json_text(target, "spn"), *how = json_text(target, "realm_is"),
             *realm = json_text(target, "realm");
  CLEANUP_FREE char *detail =
      text_printf("%s (%s)", spn ? spn : "not known",
                  !how ? "the realm is asked of the user's own"
                  : strcmp(how, "mapped") == 0
                      ? "the realm stands in krb5.conf"
                      : "the realm is guessed from the name; the user's own is asked first");

  doctor_say(d, spn ? TENON_PASS : TENON_SKIP, "doctor.spn", "Service asked for", detail, NULL);
  CLEANUP_FREE char *principal =
      d->user ? principal_of(d->user, realm ? realm : json_text(krb5, "realm")) : NULL;
  if (principal)
    doctor_say(d, TENON_PASS, "doctor.principal", "Signs in as", principal, NULL);
}

void
doctor_signin(struct doctor *d)
{
  const cJSON *krb5 = d->facts ? json_object(d->facts, "krb5") : NULL;

  if (!krb5)
    return;
  say_mechanisms(d);
  say_configuration(d, krb5);
  if (json_text(krb5, "why"))
    return;
  say_names(d, krb5);
  say_tickets(d, krb5);
  say_keytab(d, krb5);
  if (d->host)
    say_target(d, krb5);
}
