// SPDX-License-Identifier: Apache-2.0
//
// Authorization code with PKCE (RFC 7636) to a redirect on loopback (RFC 8252 7.3): the host listens, this side makes
// what only it and the endpoint know.
#include "oauth_parts.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define RANDOM_BYTES                                                                               \
  32 // of state and of the verifier: 43 characters, the least that RFC 7636 4.1 takes
#define RANDOM_SIZE 44

// What one sign-in consists of.
struct attempt {
  const tenon_browser *browser;
  const char *redirect;
  char state[RANDOM_SIZE], verifier[RANDOM_SIZE];
  tenon_secret *code, *verifier_secret;
  struct oauth_visit visit;
};

static bool
make_random(char to[RANDOM_SIZE])
{
  unsigned char bytes[RANDOM_BYTES];
  struct kit_text text;
  if (RAND_bytes(bytes, sizeof bytes) != 1)
    return false;
  kit_text_init(&text, to, RANDOM_SIZE);
  jwt_encode(&text, bytes, sizeof bytes);
  OPENSSL_cleanse(bytes, sizeof bytes);
  return !text.cut;
}

// ---- the URL ----------------------------------------------------------------------------------

static void
put(struct kit_text *to, const char *name, const char *value)
{
  kit_text_put(to, strchr(to->ptr, '?') != NULL ? "&" : "?");
  kit_text_put(to, name);
  kit_text_put(to, "=");
  kit_text_put_url(to, value, strlen(value));
}

static bool
put_url(const struct oauth *o, const char *scopes, const struct attempt *a, struct kit_text *to)
{
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  char challenge[RANDOM_SIZE];
  struct kit_text text;
  if (EVP_Digest(a->verifier, strlen(a->verifier), hash, &n, EVP_sha256(), NULL) != 1)
    return false;
  kit_text_init(&text, challenge, sizeof challenge);
  jwt_encode(&text, hash, n);
  oauth_put_endpoint(o, "/oauth2/v2.0/authorize", to);
  put(to, "client_id", o->settings.client_id);
  put(to, "response_type", "code");
  put(to, "response_mode", "query");
  put(to, "redirect_uri", a->redirect);
  put(to, "scope", scopes);
  put(to, "state", a->state);
  put(to, "code_challenge", challenge);
  put(to, "code_challenge_method", "S256");
  put(to, "prompt", "select_account");
  if (o->settings.login_hint[0] != 0)
    put(to, "login_hint", o->settings.login_hint);
  return !to->cut && !text.cut;
}

static bool
show(struct oauth *o, const tenon_call *call, struct oauth_slot *slot, const char *url,
     int64_t ends_ns, struct attempt *a)
{
  char body[OAUTH_BODY_MAX];
  struct kit_text to;
  kit_text_init(&to, body, sizeof body);
  oauth_visit_put_body(o, "Open the page in a browser on this machine", &to);
  const tenon_ask ask = {.size = sizeof ask,
                         .kind = TENON_ASK_VISIT,
                         .id = OAUTH_ASK_BROWSER,
                         .title = "Sign in to Microsoft 365",
                         .body = body,
                         .url = url,
                         .expires_ns = ends_ns};
  return oauth_visit_begin(o, call, slot, &ask, &a->visit);
}

// ---- the redirect -----------------------------------------------------------------------------

static int
hex_of(char c)
{
  const char *at =
      c != 0 ? strchr("0123456789abcdef", c | ('A' <= c && c <= 'F' ? 0x20 : 0)) : NULL;
  return at != NULL ? (int)(at - "0123456789abcdef") : -1;
}

// In place; a zero byte in it ends it.
static void
decode(char *text)
{
  char *to = text;
  for (const char *p = text; *p != 0; p++) {
    int high = *p == '%' ? hex_of(p[1]) : -1;
    int low = high >= 0 ? hex_of(p[2]) : -1;
    *to++ = low >= 0 ? (char)(high * 16 + low) : *p == '+' ? ' ' : *p;
    p += low >= 0 ? 2 : 0;
  }
  *to = 0;
}

struct redirect {
  char *code, *state, *error, *description, *suberror;
};

static void
take_pair(char *pair, struct redirect *ret)
{
  const struct {
    const char *name;
    char **to;
  } names[] = {{"code", &ret->code},
               {"state", &ret->state},
               {"error", &ret->error},
               {"error_description", &ret->description},
               {"error_subcode", &ret->suberror},
               {"suberror", &ret->suberror}};
  char *value = strchr(pair, '=');
  if (value == NULL)
    return;
  *value++ = 0;
  decode(value);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(pair, names[i].name) == 0 && *names[i].to == NULL)
      *names[i].to = value;
}

static tenon_status
judge_redirect(struct oauth *o, struct oauth_slot *slot, const struct redirect *r,
               struct attempt *a)
{
  if (r->state == NULL || strcmp(r->state, a->state) != 0)
    return oauth_fail(slot, TENON_E_PROTOCOL, "authorize",
                      "The browser came back from another sign-in than this one: verify again.");
  if (r->error != NULL) {
    oauth_error_put(&slot->result.error, r->error, r->description, r->suberror);
    return oauth_fail(slot, TENON_E_AUTH, "authorize", NULL);
  }
  if (r->code == NULL || r->code[0] == 0)
    return oauth_fail(slot, TENON_E_PROTOCOL, "authorize",
                      "The browser came back with neither a code nor an error: verify again.");
  return oauth_remember(o, r->code, strlen(r->code), &a->code);
}

static tenon_status
read_redirect(struct oauth *o, struct oauth_slot *slot, tenon_secret *query, struct attempt *a)
{
  tenon_text text;
  struct redirect r = {.code = NULL};
  if (o->host->reveal(o->host, query, &text) != TENON_OK)
    return oauth_fail(slot, TENON_E_INTERNAL, "authorize", "The redirect cannot be read.");
  size_t size = text.len < TENON_BROWSER_QUERY_MAX ? text.len : TENON_BROWSER_QUERY_MAX;
  char *copy = malloc(size + 1), *rest = copy;
  if (copy != NULL) {
    memcpy(copy, text.ptr, size);
    copy[size] = 0;
  }
  o->host->conceal(o->host, query);
  if (copy == NULL)
    return TENON_E_NOMEM;
  for (char *pair = strsep(&rest, "&"); pair != NULL; pair = strsep(&rest, "&"))
    take_pair(pair, &r);
  tenon_status status = judge_redirect(o, slot, &r, a);
  OPENSSL_cleanse(copy, size + 1);
  free(copy);
  return status;
}

static tenon_status
await_redirect(struct oauth *o, const tenon_call *call, struct oauth_slot *slot, int64_t ends_ns,
               struct attempt *a)
{
  while (o->host->now(o->host) < ends_ns) {
    tenon_secret *query = NULL;
    tenon_status status = a->browser->wait(a->browser, call, OAUTH_LOOK_NS, &query);
    if (status == TENON_E_CANCELLED || call->cancelled(call))
      return TENON_E_CANCELLED;
    if (status == TENON_OK)
      return read_redirect(o, slot, query, a);
    if (status != TENON_E_TRANSIENT)
      return oauth_fail(slot, status, "authorize", "This host cannot wait for the browser.");
    status = oauth_visit_wait(o, call, &a->visit, 0);
    if (status != TENON_OK)
      return status;
    if (a->visit.declined || a->visit.absent)
      return oauth_visit_fail(slot, &a->visit);
  }
  return oauth_fail(slot, TENON_E_NOANSWER, "authorize",
                    "Nobody has signed in within 10 minutes: verify again.");
}

// ---- the whole --------------------------------------------------------------------------------

static tenon_status
authorize(struct oauth *o, const tenon_call *call, struct oauth_slot *slot, const char *scopes,
          struct attempt *a)
{
  char url[OAUTH_URL_MAX];
  struct kit_text to;
  int64_t ends = o->host->now(o->host) + OAUTH_BROWSER_MAX_S * INT64_C(1000000000);
  tenon_status status = a->browser->listen(a->browser, call, a->state, &a->redirect);
  if (status == TENON_E_CANCELLED)
    return status;
  if (status != TENON_OK)
    return oauth_fail(slot, status, "authorize",
                      "No port could be opened on this machine for the browser to come back to: "
                      "sign in with a device code instead.");
  kit_text_init(&to, url, sizeof url);
  if (!put_url(o, scopes, a, &to))
    return oauth_fail(slot, TENON_E_CONFIG, "authorize", "The request is too long to be sent.");
  if (!show(o, call, slot, url, ends, a))
    return TENON_OK;
  return await_redirect(o, call, slot, ends, a);
}

static tenon_status
redeem(struct oauth *o, const tenon_call *call, struct oauth_slot *slot, const char *scopes,
       const struct attempt *a)
{
  struct oauth_post post;
  enum oauth_got got;
  oauth_post_init(&post);
  oauth_post_text(&post, "grant_type", "authorization_code");
  oauth_post_text(&post, "client_id", o->settings.client_id);
  oauth_post_text(&post, "scope", scopes);
  oauth_post_text(&post, "redirect_uri", a->redirect);
  oauth_post_secret(&post, "code", a->code);
  oauth_post_secret(&post, "code_verifier", a->verifier_secret);
  int64_t sent = o->host->now(o->host);
  tenon_status status =
      oauth_post_send(o, call, slot, &post, "/oauth2/v2.0/token", "authorization code");
  if (status == TENON_OK && slot->result.completion != NULL)
    status = oauth_read(o, slot, "token", sent, &got);
  return status;
}

tenon_status
oauth_by_browser(struct oauth *o, const tenon_call *call, struct oauth_slot *slot)
{
  char scopes[OAUTH_SCOPES_MAX + CLOUD_URL_MAX];
  struct kit_text to;
  struct attempt a = {.browser = o->host->extension(o->host, TENON_BROWSER_ID)};
  if (a.browser == NULL)
    return oauth_visit_fail(slot, &(struct oauth_visit){.step = "authorize", .absent = true});
  if (!make_random(a.state) || !make_random(a.verifier))
    return TENON_E_NOMEM;
  kit_text_init(&to, scopes, sizeof scopes);
  oauth_put_scopes(o, slot, &to);
  tenon_status status = oauth_remember(o, a.verifier, strlen(a.verifier), &a.verifier_secret);
  if (status == TENON_OK)
    status = authorize(o, call, slot, scopes, &a);
  oauth_visit_end(o, &a.visit);
  if (status == TENON_OK && a.code != NULL)
    status = redeem(o, call, slot, scopes, &a);
  a.browser->close(a.browser); // not before: the redirect URI is borrowed until then
  OPENSSL_cleanse(&a, sizeof a);
  return status;
}
