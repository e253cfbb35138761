// SPDX-License-Identifier: Apache-2.0
//
// Rules of the ABI are held here: what is revealed is concealed, a lock is not taken twice, a question that stands is
// answered or withdrawn, and a secret never comes where it can be read.
#include "oauth_fake.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct world world;

struct tenon_secret {
  char *text;
  bool revealed;
};

static struct tenon_secret secrets[WORLD_SECRETS_MAX];
static size_t n_secrets;

struct kept {
  uint32_t scope;
  char key[200];
  char *text;
};
static struct kept kept[WORLD_KEPT_MAX];
static int always[2];

// ---- secrets ----------------------------------------------------------------------------------

static tenon_secret *
add_secret(const char *text, size_t len)
{
  ck_assert_uint_lt(n_secrets, WORLD_SECRETS_MAX);
  struct tenon_secret *s = &secrets[n_secrets++];
  *s = (struct tenon_secret){.text = strndup(text, len)};
  ck_assert_uint_eq(strlen(s->text), len);
  return s;
}

tenon_secret *
world_secret(const char *text)
{
  return add_secret(text, strlen(text));
}

const char *
world_text(const tenon_secret *secret)
{
  return secret != NULL ? secret->text : NULL;
}

static tenon_status
host_remember(const tenon_host *host, tenon_text bytes, tenon_secret **ret)
{
  (void)host;
  *ret = add_secret(bytes.ptr, bytes.len);
  return TENON_OK;
}

static tenon_status
host_reveal(const tenon_host *host, tenon_secret *secret, tenon_text *ret)
{
  (void)host;
  ck_assert(!secret->revealed);
  secret->revealed = true;
  world.revealed++;
  *ret = (tenon_text){secret->text, strlen(secret->text)};
  return TENON_OK;
}

static void
host_conceal(const tenon_host *host, tenon_secret *secret)
{
  (void)host;
  ck_assert(secret->revealed);
  secret->revealed = false;
  world.revealed--;
}

// ---- what is kept -----------------------------------------------------------------------------

static struct kept *
find_kept(const char *key, uint32_t scope)
{
  for (size_t i = 0; i < WORLD_KEPT_MAX; i++)
    if (strcmp(kept[i].key, key) == 0 && kept[i].scope == scope)
      return &kept[i];
  return NULL;
}

static void
forget_kept(struct kept *k)
{
  if (k == NULL)
    return;
  free(k->text);
  *k = (struct kept){.scope = 0};
}

static tenon_status
host_keep(const tenon_host *host, uint32_t scope, const char *key, tenon_secret *secret)
{
  (void)host;
  ck_assert(world.locked > 0 || world.tangled);
  ck_assert_uint_lt(strlen(key), 200);
  if (world.no_keep)
    return TENON_E_NOMEM;
  forget_kept(find_kept(key, TENON_KEEP_PROCESS)); // what is kept later counts, whichever the scope
  struct kept *k = find_kept(key, scope);
  if (k == NULL)
    k = find_kept("", 0);
  ck_assert_ptr_nonnull(k);
  free(k->text);
  *k = (struct kept){.scope = scope, .text = strdup(secret->text)};
  snprintf(k->key, sizeof k->key, "%s", key);
  return TENON_OK;
}

static tenon_status
host_kept(const tenon_host *host, const tenon_call *call, const char *key, tenon_secret **ret)
{
  (void)host, (void)call;
  struct kept *k = find_kept(key, TENON_KEEP_PROCESS);
  if (k == NULL)
    k = find_kept(key, TENON_KEEP_CONNECTION);
  if (k == NULL)
    return TENON_E_CONFIG;
  *ret = world_secret(k->text);
  return TENON_OK;
}

const char *
world_vault(const char *prefix)
{
  for (size_t i = 0; i < WORLD_KEPT_MAX; i++)
    if (kept[i].scope == TENON_KEEP_CONNECTION && strncmp(kept[i].key, prefix, strlen(prefix)) == 0)
      return kept[i].text;
  return NULL;
}

void
world_spoil(const char *prefix, const char *text)
{
  for (size_t i = 0; i < WORLD_KEPT_MAX; i++)
    if (kept[i].scope != 0 && strncmp(kept[i].key, prefix, strlen(prefix)) == 0) {
      free(kept[i].text);
      kept[i].text = strdup(text);
    }
}

void
world_restart(void)
{
  for (size_t i = 0; i < WORLD_KEPT_MAX; i++)
    if (kept[i].scope == TENON_KEEP_PROCESS)
      forget_kept(&kept[i]);
}

static tenon_status
host_signin_begin(const tenon_host *host, const tenon_call *call, const char *resource)
{
  (void)host, (void)call;
  ck_assert_uint_lt(strlen(resource), 200);
  ck_assert_uint_eq(world.locked, 0);
  world.locks++;
  if (world.tangled)
    return TENON_E_TRANSIENT;
  world.locked++;
  return TENON_OK;
}

static void
host_signin_end(const tenon_host *host, const char *resource)
{
  (void)host, (void)resource;
  ck_assert_uint_eq(world.locked, 1);
  world.locked--;
}

// ---- people -----------------------------------------------------------------------------------

static void
take(char *to, size_t size, const char *from)
{
  snprintf(to, size, "%s", from != NULL ? from : "");
}

static tenon_status
host_ask(const tenon_host *host, const tenon_call *call, const tenon_ask *ask, uint64_t *ret)
{
  (void)host, (void)call;
  ck_assert_uint_eq(ask->size, sizeof *ask);
  ck_assert_uint_eq(ask->kind, TENON_ASK_VISIT);
  ck_assert(!world.on_screen);
  world.asked++;
  if (world.people == WORLD_NOBODY)
    return TENON_E_NOANSWER;
  take(world.ask_id, sizeof world.ask_id, ask->id);
  take(world.ask_title, sizeof world.ask_title, ask->title);
  take(world.ask_body, sizeof world.ask_body, ask->body);
  take(world.ask_url, sizeof world.ask_url, ask->url);
  take(world.ask_code, sizeof world.ask_code, ask->code);
  world.ask_expires_ns = ask->expires_ns;
  world.on_screen = true;
  world.looks = 0;
  *ret = 7;
  return TENON_OK;
}

static int32_t
call_cancelled(const tenon_call *call)
{
  (void)call;
  return world.cancel_at_ns != 0 && world.now_ns >= world.cancel_at_ns;
}

static tenon_status
host_answer(const tenon_host *host, const tenon_call *call, uint64_t ticket, int64_t wait_ns,
            tenon_text *ret, tenon_secret **ret_secret)
{
  (void)host;
  ck_assert_uint_eq(ticket, 7);
  ck_assert(world.on_screen);
  ck_assert_ptr_null(ret_secret);
  world.looks++;
  if (world.people == WORLD_DECLINES && world.looks == 2) {
    world.on_screen = false;
    return TENON_E_CANCELLED;
  }
  if (world.people == WORLD_SEEN) {
    world.on_screen = false;
    *ret = (tenon_text){"done", 4};
    return TENON_OK;
  }
  if (world.people == WORLD_LEAVES) {
    world.on_screen = false;
    return TENON_E_NOANSWER;
  }
  world.now_ns += wait_ns;
  if (call->cancelled(call))
    return TENON_E_CANCELLED;
  if (world.ask_expires_ns == 0 || world.now_ns < world.ask_expires_ns)
    return TENON_E_TRANSIENT;
  world.on_screen = false; // a question that has run out is taken off the screen by the host
  return TENON_E_NOANSWER;
}

static void
host_withdraw(const tenon_host *host, uint64_t ticket)
{
  (void)host;
  ck_assert_uint_eq(ticket, 7);
  ck_assert(world.on_screen);
  world.on_screen = false;
  world.withdrawn++;
}

// ---- the endpoint -----------------------------------------------------------------------------

struct transaction {
  tenon_http_completion c; // first
  tenon_pair headers[8];
  char *lines, *body;
  bool open;
};
static struct transaction transactions[WORLD_REQUESTS_MAX];

static void
put_encoded(char *to, size_t size, const char *text)
{
  size_t n = strlen(to);
  for (; *text != 0; text++) {
    unsigned char c = (unsigned char)*text;
    bool plain = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", c);
    n += (size_t)snprintf(to + n, size - n, plain ? "%c" : "%%%02X", c);
  }
}

static void
note_body(struct world_request *to, const tenon_http_request *request)
{
  for (size_t i = 0; i < request->n_body; i++) {
    const tenon_http_part *part = &request->body[i];
    size_t n = strlen(to->body);
    if (part->secret == NULL) {
      snprintf(to->body + n, sizeof to->body - n, "%.*s", (int)part->text.len, part->text.ptr);
      continue;
    }
    ck_assert_uint_eq(part->encoding, TENON_HTTP_FORM);
    ck_assert(strncmp(request->url, "https://", 8) == 0);
    put_encoded(to->body, sizeof to->body, part->secret->text);
  }
}

// No secret in what is not one: text of the body, URL.
static void
hold_secrets(const tenon_http_request *request)
{
  for (size_t i = 0; i < n_secrets; i++)
    for (size_t k = 0; k < request->n_body; k++) {
      const tenon_http_part *part = &request->body[k];
      if (part->secret == NULL && strlen(secrets[i].text) > 7)
        ck_assert_ptr_null(
            memmem(part->text.ptr, part->text.len, secrets[i].text, strlen(secrets[i].text)));
    }
}

static struct world_request *
note(const tenon_http_request *request)
{
  ck_assert_uint_lt(world.n_requests, WORLD_REQUESTS_MAX);
  ck_assert_uint_eq(request->size, sizeof *request);
  ck_assert_uint_eq(request->auth, TENON_HTTP_AUTH_NONE);
  ck_assert_ptr_nonnull(request->label);
  struct world_request *to = &world.requests[world.n_requests++];
  memset(to, 0, sizeof *to);
  take(to->method, sizeof to->method, request->n_body > 0 ? "POST" : "GET");
  take(to->url, sizeof to->url, request->url);
  take(to->label, sizeof to->label, request->label);
  to->flags = request->flags;
  to->timeout_ns = request->timeout_ns;
  to->at_ns = world.now_ns;
  for (size_t i = 0; i < request->n_headers; i++) {
    size_t n = strlen(to->headers);
    snprintf(to->headers + n, sizeof to->headers - n, "%s: %.*s\n", request->headers[i].key,
             (int)request->headers[i].value.len, request->headers[i].value.ptr);
  }
  note_body(to, request);
  hold_secrets(request);
  return to;
}

static void
put_headers(struct transaction *t, const char *headers)
{
  t->lines = strdup(headers != NULL ? headers : "");
  char *rest = t->lines;
  for (char *line = strsep(&rest, "\n"); line != NULL && line[0] != 0; line = strsep(&rest, "\n")) {
    char *value = strstr(line, ": ");
    ck_assert_ptr_nonnull(value);
    *value = 0;
    ck_assert_uint_lt(t->c.n_headers, 8);
    t->headers[t->c.n_headers++] = (tenon_pair){line, {value + 2, strlen(value + 2)}};
  }
}

static tenon_status
http_perform(const tenon_http *http, const tenon_call *call, const tenon_http_request *request,
             const tenon_http_completion **ret)
{
  (void)http;
  struct world_reply reply = {.code = 200, .body = ""};
  const struct world_request *noted = note(request);
  struct transaction *t = &transactions[world.n_requests - 1];
  world.now_ns += 1000000;
  world.endpoint(noted, &reply);
  if (call->cancelled(call))
    reply = (struct world_reply){.status = TENON_E_CANCELLED, .body = ""};
  else if (reply.code == 0 && reply.status == TENON_OK)
    reply.status = TENON_E_NETWORK;
  *t = (struct transaction){.open = true, .body = strdup(reply.body)};
  put_headers(t, reply.headers);
  t->c = (tenon_http_completion){.size = sizeof t->c,
                                 .status = reply.status,
                                 .code = reply.status == TENON_OK ? reply.code : 0,
                                 .fault = reply.status != TENON_OK ? TENON_HTTP_FAULT_OTHER : 0,
                                 .label = "",
                                 .url = noted->url,
                                 .reason = "no way there",
                                 .route = "direct",
                                 .headers = t->headers,
                                 .n_headers = t->c.n_headers,
                                 .body = {t->body, strlen(t->body)}};
  world.open_completions++;
  *ret = &t->c;
  return TENON_OK;
}

static void
http_release(const tenon_http *http, const tenon_http_completion *c)
{
  (void)http;
  struct transaction *t = (struct transaction *)(uintptr_t)c;
  if (t == NULL)
    return;
  ck_assert(t->open);
  t->open = false;
  free(t->lines);
  free(t->body);
  world.open_completions--;
}

// ---- the browser ------------------------------------------------------------------------------

static tenon_status
browser_listen(const tenon_browser *browser, const tenon_call *call, const char *state,
               const char **ret)
{
  (void)browser, (void)call;
  size_t n = strlen(state);
  ck_assert(n >= TENON_BROWSER_STATE_MIN && n <= TENON_BROWSER_STATE_MAX);
  take(world.state, sizeof world.state, state);
  if (world.listens != TENON_OK)
    return world.listens;
  world.listening = true;
  *ret = "http://localhost:40123/";
  return TENON_OK;
}

static tenon_status
browser_wait(const tenon_browser *browser, const tenon_call *call, int64_t wait_ns,
             tenon_secret **ret)
{
  char query[1024];
  (void)browser;
  ck_assert(world.listening);
  world.now_ns += wait_ns;
  if (call->cancelled(call))
    return TENON_E_CANCELLED;
  if (world.query == NULL)
    return TENON_E_TRANSIENT;
  snprintf(query, sizeof query, world.query, world.state);
  *ret = world_secret(query);
  return TENON_OK;
}

static void
browser_close(const tenon_browser *browser)
{
  (void)browser;
  world.listening = false;
}

// ---- the rest of the host ---------------------------------------------------------------------

static void
host_log(const tenon_host *host, int32_t level, const char *message)
{
  (void)host, (void)level;
  size_t n = strlen(world.log);
  snprintf(world.log + n, sizeof world.log - n, "%s\n", message);
}

// A poll that nothing wakes has waited.
static int64_t
host_now(const tenon_host *host)
{
  (void)host;
  return world.now_ns += 1000000;
}

static const void *
host_extension(const tenon_host *host, const char *id)
{
  (void)host;
  if (strcmp(id, TENON_BROWSER_ID) == 0 && !world.no_browser)
    return &world.browser;
  return NULL;
}

void
world_set_up(world_endpoint *endpoint)
{
  memset(&world, 0, sizeof world);
  world.endpoint = endpoint;
  world.now_ns = INT64_C(1000000000000);
  ck_assert_int_eq(pipe(always), 0); // readable: no wait of a test takes time
  ck_assert_int_eq(write(always[1], "x", 1), 1);
  world.host = (tenon_host){.size = sizeof world.host,
                            .name = "world",
                            .version = "0",
                            .log = host_log,
                            .now = host_now,
                            .reveal = host_reveal,
                            .conceal = host_conceal,
                            .remember = host_remember,
                            .keep = host_keep,
                            .kept = host_kept,
                            .signin_begin = host_signin_begin,
                            .signin_end = host_signin_end,
                            .ask = host_ask,
                            .answer = host_answer,
                            .withdraw = host_withdraw,
                            .extension = host_extension};
  world.http =
      (tenon_http){.size = sizeof world.http, .perform = http_perform, .release = http_release};
  world.browser = (tenon_browser){.size = sizeof world.browser,
                                  .listen = browser_listen,
                                  .wait = browser_wait,
                                  .close = browser_close};
  world.call =
      (tenon_call){.size = sizeof world.call, .cancel_fd = always[0], .cancelled = call_cancelled};
}

void
world_end_hook(void)
{
  ck_assert_uint_eq(world.revealed, 0);
  ck_assert_uint_eq(world.locked, 0);
  ck_assert(!world.on_screen);
  ck_assert(!world.listening);
  for (size_t i = 0; i < WORLD_REQUESTS_MAX; i++)
    if (transactions[i].open)
      http_release(&world.http, &transactions[i].c);
}

void
world_tear_down(void)
{
  world_end_hook();
  for (size_t i = 0; i < n_secrets; i++) {
    if (strlen(secrets[i].text) > 7)
      ck_assert_ptr_null(strstr(world.log, secrets[i].text));
    free(secrets[i].text);
  }
  n_secrets = 0;
  for (size_t i = 0; i < WORLD_KEPT_MAX; i++)
    free(kept[i].text);
  memset(kept, 0, sizeof kept);
  close(always[0]);
  close(always[1]);
}

const struct world_request *
world_last(void)
{
  ck_assert_uint_gt(world.n_requests, 0);
  return &world.requests[world.n_requests - 1];
}

size_t
world_count(const char *in_url)
{
  size_t n = 0;
  for (size_t i = 0; i < world.n_requests; i++)
    n += strstr(world.requests[i].url, in_url) != NULL;
  return n;
}

const char *
world_field(const struct world_request *request, const char *name)
{
  static char value[8192];
  size_t n = strlen(name), to = 0;
  const char *p = request->body;
  while (strncmp(p, name, n) != 0 || p[n] != '=') {
    p = strchr(p, '&');
    if (p == NULL)
      return NULL;
    p++;
  }
  for (p += n + 1; *p != 0 && *p != '&'; p++) {
    unsigned code = 0;
    if (*p == '%' && sscanf(p + 1, "%2x", &code) == 1)
      p += 2;
    value[to++] = code != 0 ? (char)code : *p;
  }
  value[to] = 0;
  return value;
}
