// SPDX-License-Identifier: Apache-2.0
//
// What a verdict says of a sign-in: names in the form that the next attempt needs, so that a command can
// be copied as it stands.
#include "verdict_text.h"

#include <ctype.h>
#include <string.h>

static const tenon_http_signin *
signin_of(const struct verdict_evidence *e)
{
  return e->completion != NULL ? e->completion->signin : NULL;
}

static const char *
or_else(const char *text, const char *otherwise)
{
  return text != NULL && text[0] != 0 ? text : otherwise;
}

static void
put_upper(struct kit_text *to, const char *text)
{
  for (; *text != 0; text++) {
    char upper = (char)toupper((unsigned char)*text);
    kit_text_put_n(to, &upper, 1);
  }
}

static const char *
user_of(const struct verdict_evidence *e)
{
  const tenon_http_signin *s = signin_of(e);
  return or_else(s != NULL ? s->user : NULL, or_else(e->account, "the account"));
}

static void
put_realm(struct kit_text *to, const struct verdict_evidence *e)
{
  const tenon_http_signin *s = signin_of(e);
  const char *at = e->account != NULL ? strrchr(e->account, '@') : NULL;
  if (s != NULL && s->realm != NULL && s->realm[0] != 0)
    kit_text_put(to, s->realm);
  else if (at != NULL)
    put_upper(to, at + 1);
  else
    kit_text_put(to, "the realm");
}

// name@REALM, as kinit takes it.
static void
put_principal(struct kit_text *to, const struct verdict_evidence *e)
{
  const char *user = user_of(e);
  const char *slash = strchr(user, '\\');
  if (slash != NULL)
    user = slash + 1;
  const char *at = strrchr(user, '@');
  if (at == NULL) {
    kit_text_put(to, user);
    return;
  }
  kit_text_put_n(to, user, (size_t)(at - user + 1));
  put_upper(to, at + 1);
}

static const char *
domain_of(const struct verdict_evidence *e)
{
  const tenon_http_signin *s = signin_of(e);
  return s != NULL ? s->netbios_domain : NULL;
}

// DOMAIN\name, with the domain as the server's own challenge names it.
static void
put_login(struct kit_text *to, const struct verdict_evidence *e)
{
  const char *account = or_else(e->account, "name");
  const char *slash = strchr(account, '\\');
  const char *name = slash != NULL ? slash + 1 : account;
  kit_text_printf(to, "%s\\", or_else(domain_of(e), "DOMAIN"));
  kit_text_put_n(to, name, strcspn(name, "@"));
}

// The form of the user name that was not tried.
static void
put_other(struct kit_text *to, const struct verdict_evidence *e)
{
  if ((e->seen & (SEEN_DOMAIN | SEEN_OTHER_DOMAIN)) == SEEN_DOMAIN)
    kit_text_put(to, "the UPN (name@domain)");
  else
    put_login(to, e);
}

static void
put_service(struct kit_text *to, const struct verdict_evidence *e)
{
  const tenon_http_signin *s = signin_of(e);
  if (s != NULL && s->service != NULL) {
    kit_text_put(to, s->service);
    return;
  }
  kit_text_put(to, "HTTP/");
  kit_text_put_n(to, e->server, strcspn(e->server, ":"));
}

// As setspn takes it: without the realm.
static void
put_spn(struct kit_text *to, const struct verdict_evidence *e)
{
  const tenon_http_signin *s = signin_of(e);
  if (s != NULL && s->service != NULL)
    kit_text_put_n(to, s->service, strcspn(s->service, "@"));
  else
    put_service(to, e);
}

static void
put_skew(struct kit_text *to, const struct verdict_evidence *e)
{
  int64_t skew = e->skew_s < 0 ? -e->skew_s : e->skew_s;
  if (skew == 0) {
    kit_text_put(to, "By how much they differ was not to be seen.");
    return;
  }
  // To the nearest minute, where a duration alone is rounded up, as a wait is.
  if (skew >= 120)
    skew = (skew + 30) / 60 * 60;
  kit_text_put(to, "The server's clock is ");
  kit_text_put_duration(to, skew * 1000000000);
  kit_text_put(to, e->skew_s > 0 ? " ahead of this machine's." : " behind this machine's.");
}

static void
put_ended(struct kit_text *to, const struct verdict_evidence *e)
{
  const tenon_http_signin *s = signin_of(e);
  if (s == NULL || s->ticket_ends == 0)
    return;
  kit_text_put(to, " on ");
  kit_text_put_date(to, s->ticket_ends);
}

static void
put_between(struct kit_text *to, const struct verdict_evidence *e)
{
  tenon_text via = verdict_header(e->completion, "Via");
  if (via.ptr != NULL)
    kit_text_printf(to, "The answer came through a gateway (Via: %.64s).", via.ptr);
  else
    kit_text_put(to, (e->seen & SEEN_INSPECTED) != 0
                         ? "That authority signs for programs that look into TLS."
                         : "It was made minutes ago, as programs that look into TLS do.");
}

// The path out of "keytab /etc/svc.keytab".
static const char *
place_of(const struct verdict_evidence *e, const char *kind)
{
  const tenon_http_signin *s = signin_of(e);
  const char *source = s != NULL && s->source != NULL ? s->source : "";
  size_t n = strlen(kind);
  return strncmp(source, kind, n) == 0 ? source + n : source;
}

static void
put_plain(struct kit_text *to, const struct verdict_evidence *e, const char *name)
{
  const tenon_http_signin *s = signin_of(e);
  if (strcmp(name, "user") == 0)
    kit_text_put(to, user_of(e));
  else if (strcmp(name, "way") == 0)
    kit_text_put(to, or_else(e->way, "this sign-in"));
  else if (strcmp(name, "domain") == 0)
    kit_text_put(to, or_else(domain_of(e), "one that it did not tell"));
  else if (strcmp(name, "source") == 0)
    kit_text_put(to, or_else(s != NULL ? s->source : NULL, "ticket cache"));
  else if (strcmp(name, "keytab") == 0)
    kit_text_put(to, place_of(e, "keytab "));
  else if (strcmp(name, "cache") == 0)
    kit_text_put(to, place_of(e, "ticket cache "));
  else if (strcmp(name, "cause") == 0)
    kit_text_put(to, or_else(s != NULL ? s->reason : NULL, "it does not say why"));
  else
    kit_text_put(to, or_else(e->before, "an earlier sign-in failed"));
}

static const struct {
  const char *name;
  void (*put)(struct kit_text *, const struct verdict_evidence *);
} places[] = {
    {"realm", put_realm},
    {"principal", put_principal},
    {"login", put_login},
    {"other", put_other},
    {"service", put_service},
    {"spn", put_spn},
    {"skew", put_skew},
    {"ended", put_ended},
    {"between", put_between},
    {"chain", verdict_put_chain},
    {"inspector", verdict_put_inspector},
    {"fitting", verdict_put_fitting},
    {"sha256", verdict_put_sha256},
    {"proxy", verdict_put_proxy},
    {"proxyaddress", verdict_put_proxy_address},
    {"proxyhttp", verdict_put_proxy_http},
    {"user", NULL},
    {"way", NULL},
    {"domain", NULL},
    {"source", NULL},
    {"keytab", NULL},
    {"cache", NULL},
    {"cause", NULL},
    {"before", NULL},
};

bool
verdict_is_word(const char *name)
{
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (strcmp(places[i].name, name) == 0)
      return true;
  return verdict_is_cloud_word(name);
}

bool
verdict_put_word(struct kit_text *to, const struct verdict_evidence *e, const char *name)
{
  if (verdict_is_cloud_word(name)) {
    verdict_put_cloud(to, e, name);
    return true;
  }
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (strcmp(places[i].name, name) == 0) {
      if (places[i].put != NULL)
        places[i].put(to, e);
      else
        put_plain(to, e, name);
      return true;
    }
  return false;
}
