// SPDX-License-Identifier: Apache-2.0
/* Checking tenon_http_options member by member. Each refusal names the member and says what to write instead, because
 * the plugin shows it beside the field that a person filled in. */
#include "core/http/settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/utf8.h"

static bool
copy_text(char **to, const char *from)
{
  free(*to);
  *to = from ? strdup(from) : NULL;
  return *to || !from;
}

/* ---- defaults and environment ---- */

static const char *
environment_proxy(const char *text, struct proxy *ret)
{
  return text && *text ? proxy_parse(text, ret) : NULL;
}

/* One that cannot be sent is none: the proxy says what it wants. */
static bool
environment_account(struct proxy *proxy, struct proxy_account *account, const char *user,
                    const tenon_secret *secret, struct credentials *credentials)
{
  const char *why;
  if (!proxy->url || !secret)
    return true;
  account->line = credentials_line(credentials, CREDENTIAL_PROXY, user, secret, &why);
  account->header.data = account->line;
  account->secret = secret;
  proxy->account = account->line ? account : NULL;
  return copy_text(&account->user, user ? user : "");
}

/* Both variables may name one proxy, and one of them its account. */
static bool
is_same(const struct proxy *a, const struct proxy *b)
{
  return a->url && b->url && strcmp(a->url, b->url) == 0;
}

static void
share_account(struct proxy *a, struct proxy *b)
{
  if (!is_same(a, b))
    return;
  a->account = a->account ? a->account : b->account;
  b->account = b->account ? b->account : a->account;
}

int
settings_init(struct settings *s, const struct http_config *config, struct credentials *credentials)
{
  const struct http_environment *env = &config->environment;
  *s = (struct settings){
      .by_environment = true,
      .connect_timeout_ns = SETTINGS_CONNECT_TIMEOUT,
      .timeout_ns = SETTINGS_TIMEOUT,
      .connections = SETTINGS_CONNECTIONS,
  };
  s->http_why = environment_proxy(env->http_proxy, &s->http);
  s->https_why = environment_proxy(env->https_proxy, &s->https);
  bool ok = environment_account(&s->http, &s->http_account, env->http_user, env->http_secret,
                                credentials) &&
            environment_account(&s->https, &s->https_account, env->https_user, env->https_secret,
                                credentials);
  share_account(&s->http, &s->https);
  if (!ok || !copy_text(&s->no_proxy, env->no_proxy) ||
      !copy_text(&s->tls.ca_bundle, config->ca_bundle) ||
      !copy_text(&s->proxy_tls.ca_bundle, config->ca_bundle) ||
      !copy_text(&s->user_agent,
                 config->user_agent ? config->user_agent : "tenon/" TENON_VERSION)) {
    settings_finish(s);
    return -ENOMEM;
  }
  return 0;
}

void
settings_finish(struct settings *s)
{
  tls_policy_finish(&s->tls);
  tls_policy_finish(&s->proxy_tls);
  free(s->fixed_account.user);
  free(s->http_account.user);
  free(s->https_account.user);
  proxy_finish(&s->fixed);
  proxy_finish(&s->http);
  proxy_finish(&s->https);
  free(s->no_proxy);
  free(s->user_agent);
  ways_finish(&s->ways);
  *s = (struct settings){0};
}

const struct proxy *
settings_route(const struct settings *s, bool tls, const char *host, unsigned port,
               uint32_t *ret_by, const char **ret_why)
{
  *ret_why = NULL;
  *ret_by = TENON_HTTP_ROUTE_SET;
  if (!s->by_environment)
    return s->fixed.url ? &s->fixed : NULL;
  const struct proxy *proxy = tls ? &s->https : &s->http;
  const char *why = tls ? s->https_why : s->http_why;
  bool named = proxy->url || why, exempt = named && proxy_exempt(s->no_proxy, host, port);
  *ret_by = exempt  ? TENON_HTTP_ROUTE_EXEMPT
            : named ? TENON_HTTP_ROUTE_ENVIRONMENT
                    : TENON_HTTP_ROUTE_DIRECT;
  if (!named || exempt)
    return NULL;
  *ret_why = why;
  return proxy;
}

/* ---- the members ---- */

static bool
host_char(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != 0 && strchr(".-_", c));
}

static const char *
set_proxy(struct settings *s, const tenon_http_options *o)
{
  s->by_environment = false;
  if (strcmp(o->proxy, "none") == 0 || strcmp(o->proxy, "direct") == 0)
    return NULL;
  return proxy_parse(o->proxy, &s->fixed);
}

/* Which proxy an account without one is meant for: the one that stands before servers. */
static struct proxy *
proxy_asked_for(struct settings *s)
{
  return !s->by_environment ? &s->fixed : s->https.url ? &s->https : &s->http;
}

static const char *
set_proxy_account(struct settings *s, const tenon_http_options *o, struct secret_table *secrets,
                  struct credentials *credentials)
{
  const char *why = NULL;
  if (!secret_table_owns(secrets, o->proxy_secret))
    return "the handle is none of this session";
  struct proxy_account *account = &s->fixed_account;
  account->line =
      credentials_line(credentials, CREDENTIAL_PROXY, o->proxy_user, o->proxy_secret, &why);
  account->secret = o->proxy_secret;
  account->header.data = account->line;
  if (account->line)
    proxy_asked_for(s)->account = account;
  if (account->line && s->by_environment && is_same(&s->http, &s->https))
    s->http.account = account; /* what a person says of it counts more than either variable */
  return why || copy_text(&account->user, o->proxy_user) ? why : "memory is out";
}

static const char *
set_expected_name(struct settings *s, const char *name)
{
  if (!*name)
    return "the name is empty: leave it out or give a host name";
  for (const char *c = name; *c; c++)
    if (!host_char(*c) && *c != ':')
      return "it is no host name: give just the name, without scheme or path";
  return copy_text(&s->tls.expected_name, name) ? NULL : "memory is out";
}

/* What is wrong with the password is told under its own member. */
static const char *
set_client_certificate(struct settings *s, const tenon_http_options *o,
                       struct secret_table *secrets, const char **field)
{
  tenon_text password = {NULL, 0};
  bool is_password = false;
  if (o->client_certificate_secret && !secret_table_owns(secrets, o->client_certificate_secret)) {
    *field = "client_certificate_secret";
    return "the handle is none of this session";
  }
  if (o->client_certificate_secret)
    password = secret_plaintext(o->client_certificate_secret);
  const char *why = tls_client_read(&s->tls.client, o->client_certificate, password, &is_password);
  if (is_password)
    *field = "client_certificate_secret";
  return why;
}

static const char *
set_dns(struct settings *s, const char *server)
{
  const char *why = dns_server_parse(server, &s->dns);
  s->has_dns = !why;
  return why;
}

static const char *
set_user_agent(struct settings *s, const char *agent)
{
  for (const char *c = agent; *c; c++)
    if (*c < 0x20 || *c == 0x7f)
      return "it holds a character that cannot stand in a header";
  return copy_text(&s->user_agent, agent) ? NULL : "memory is out";
}

static const char *
set_time(int64_t *to, int64_t ns)
{
  if (ns < 0 || ns > SETTINGS_TIMEOUT_MAX_NS)
    return "it must lie between 1 ns and a day";
  if (ns > 0)
    *to = ns;
  return NULL;
}

static const char *
set_connections(struct settings *s, uint32_t n)
{
  if (n > SETTINGS_CONNECTIONS_MAX)
    return "more than 256 connections to one host are not allowed";
  if (n > 0)
    s->connections = n;
  return NULL;
}

static const char *
too_long(const char *text)
{
  return text && strlen(text) > SETTINGS_TEXT_MAX ? "it is longer than 4096 bytes" : NULL;
}

tenon_status
settings_apply(struct settings *s, const tenon_http_options *o, struct secret_table *secrets,
               struct credentials *credentials, const char **ret_field, const char **ret_why)
{
  const char *why = NULL, *field = NULL;
#define CHECK(name, given, set)                                                                    \
  if (!why && (given)) {                                                                           \
    field = (name);                                                                                \
    why = (set);                                                                                   \
  }
  CHECK("tls_pin", o->tls_pin, too_long(o->tls_pin))
  CHECK("expected_name", o->expected_name, too_long(o->expected_name))
  CHECK("proxy", o->proxy, too_long(o->proxy))
  CHECK("resolve", o->resolve, too_long(o->resolve))
  CHECK("dns", o->dns, too_long(o->dns))
  CHECK("user_agent", o->user_agent, too_long(o->user_agent))
  CHECK("ca_pem", o->ca_pem.ptr, tls_policy_add_ca(&s->tls, o->ca_pem))
  CHECK("ca_pem", o->ca_pem.ptr, tls_policy_add_ca(&s->proxy_tls, o->ca_pem))
  CHECK("tls_pin", o->tls_pin, tls_policy_set_pin(&s->tls, o->tls_pin))
  CHECK("expected_name", o->expected_name, set_expected_name(s, o->expected_name))
  CHECK("client_certificate", o->client_certificate.ptr,
        set_client_certificate(s, o, secrets, &field))
  CHECK("proxy", o->proxy, set_proxy(s, o))
  CHECK("proxy_user", o->proxy_secret && (!o->proxy_user || !*o->proxy_user),
        "the proxy's user is missing: a password alone signs nobody in")
  CHECK("proxy_secret", o->proxy_user && *o->proxy_user && !o->proxy_secret,
        "the proxy's password is missing: a user alone signs nobody in")
  CHECK("proxy_secret", o->proxy_secret, set_proxy_account(s, o, secrets, credentials))
  CHECK("resolve", o->resolve, ways_parse(&s->ways, o->resolve))
  CHECK("dns", o->dns, set_dns(s, o->dns))
  CHECK("user_agent", o->user_agent, set_user_agent(s, o->user_agent))
  CHECK("connect_timeout_ns", true, set_time(&s->connect_timeout_ns, o->connect_timeout_ns))
  CHECK("timeout_ns", true, set_time(&s->timeout_ns, o->timeout_ns))
  CHECK("connections_max", true, set_connections(s, o->connections_max))
#undef CHECK
  if (!why)
    return TENON_OK;
  *ret_field = field;
  *ret_why = why;
  return TENON_E_CONFIG;
}
