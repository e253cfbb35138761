// SPDX-License-Identifier: Apache-2.0
/* The connector that tests of sign-ins run: it sends people to pages, listens for their browser and keeps tokens, all as
 * its answers say. The field `script` is a list of words separated by blanks; verify obeys them in their order:
 *   device:MS       a page and a code, on the screen for that long, of 15 minutes
 *   expire:MS       a code that runs out, then a new one
 *   ignore:MS       a code that runs out, which it does not look at
 *   hold            a page and a code, until the call is over; the question is left where it is
 *   browser         a page without a code, and a browser that comes back from it
 *   quiet           waits for a browser that nobody was sent
 *   stop:MS         the same, and stops listening after that long
 *   twice flood     listens where it listens already; listens and stops 1000 times
 *   state:TEXT      listens with that state
 *   rotate          the token kept last, and keeps the next one
 *   big:N           keeps a token of N bytes
 *   share:KEY have:KEY   keeps for the process; looks whether it is there
 *   close           stops listening
 *   busy            a failed check that may pass by itself
 * browse and impersonate obey the same script. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/browser.h>
#include <tenon/plugin.h>

TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"visitor\",\"version\":\"1.0.0\","
    "\"name\":\"Visitor\",\"summary\":\"Sends people to pages\",\"family\":\"visit/1\","
    "\"roles\":[\"source\",\"target\"]}]}");

#define STATE  "state-of-the-test-0123456789"
#define MS     1000000
#define TOKEN  "refresh-token-of-the-test-"
#define MINUTE (60000LL * MS)

struct tenon_session {
  const tenon_host *host;
  const tenon_browser *browser;
};

struct run {
  tenon_session *s;
  const tenon_call *call;
  const tenon_sink *sink;
};

static void
tell(const struct run *r, bool good, const char *id, const char *detail)
{
  tenon_check c = {.size = sizeof c,
                   .state = good ? TENON_PASS : TENON_FAIL,
                   .level = TENON_LEVEL_REQUIRED,
                   .id = id,
                   .title = "A visit",
                   .detail = detail,
                   .remedy = good ? NULL : "Look into the test.",
                   .cause = good ? TENON_OK : TENON_E_PROTOCOL};

  r->sink->begin(r->sink, id, c.title);
  r->sink->check(r->sink, &c);
}

static void
tell_status(const struct run *r, const char *id, tenon_status status, tenon_status wanted)
{
  char detail[64];

  (void)snprintf(detail, sizeof detail, "status %d", (int)status);
  tell(r, status == wanted, id, detail);
}

/* ---- pages and codes ------------------------------------------------------------------------------------------- */

static tenon_status
send_off(const struct run *r, const char *url, const char *code, int64_t ms, uint64_t *ret)
{
  tenon_ask ask = {.size = sizeof ask,
                   .kind = TENON_ASK_VISIT,
                   .id = "visitor.signin",
                   .title = "Sign in to the test",
                   .body = "The test wants to know who you are.",
                   .url = url,
                   .code = code};

  ask.expires_ns = ms ? r->s->host->now(r->s->host) + ms * MS : 0;
  return r->s->host->ask(r->s->host, r->call, &ask, ret);
}

static tenon_status
stay(const struct run *r, uint64_t ticket, int64_t ms)
{
  tenon_text text;
  int64_t until = r->s->host->now(r->s->host) + ms * MS;
  tenon_status status = TENON_E_TRANSIENT;

  for (int64_t left; status == TENON_E_TRANSIENT && !r->call->cancelled(r->call) &&
                     (left = until - r->s->host->now(r->s->host)) > 0;)
    status = r->s->host->answer(r->s->host, r->call, ticket, left, &text, NULL);
  return status;
}

static void
device(const struct run *r, int64_t ms)
{
  uint64_t ticket = 0;
  tenon_status status =
      send_off(r, "https://login.example/device", "ABCD-EFGH", 15 * 60000, &ticket);

  if (status == TENON_OK)
    status = stay(r, ticket, ms);
  r->s->host->withdraw(r->s->host, ticket);
  if (r->call->cancelled(r->call))
    return;
  tenon_check c = {.size = sizeof c,
                   .state = status == TENON_E_TRANSIENT ? TENON_PASS : TENON_FAIL,
                   .level = TENON_LEVEL_REQUIRED,
                   .id = "visitor.device",
                   .title = "Device code",
                   .remedy = "Be there.",
                   .cause = status == TENON_E_TRANSIENT ? TENON_OK : status};
  r->sink->check(r->sink, &c);
}

static void
expire(const struct run *r, int64_t ms)
{
  uint64_t first = 0, second = 0;
  tenon_status status = send_off(r, "https://login.example/device", "OLDC-CODE", ms, &first);

  if (status == TENON_OK)
    status = stay(r, first, 20000);
  tell_status(r, "visitor.expired", status, TENON_E_NOANSWER);
  if (send_off(r, "https://login.example/device", "NEWC-CODE", 15 * 60000, &second) == TENON_OK)
    (void)stay(r, second, ms);
  r->s->host->withdraw(r->s->host, first);
  r->s->host->withdraw(r->s->host, second);
}

static tenon_status
hold(const struct run *r, int64_t ms)
{
  uint64_t ticket = 0;
  struct pollfd cancel = {.fd = r->call->cancel_fd, .events = POLLIN};

  if (send_off(r, "https://login.example/device", "HOLD-HOLD", ms, &ticket) != TENON_OK)
    return TENON_E_NOANSWER;
  (void)poll(&cancel, 1, 30000);
  return r->call->cancelled(r->call) ? TENON_E_CANCELLED : TENON_OK;
}

/* ---- browsers -------------------------------------------------------------------------------------------------- */

static tenon_status
await_query(const struct run *r, int64_t ms)
{
  const tenon_host *h = r->s->host;
  tenon_secret *query = NULL;
  tenon_text text;
  char detail[64];
  tenon_status status = r->s->browser->wait(r->s->browser, r->call, ms * MS, &query);

  if (status == TENON_OK && h->reveal(h, query, &text) == TENON_OK) {
    (void)snprintf(detail, sizeof detail, "%zu bytes, %s", text.len,
                   strstr(text.ptr, "code=") ? "a code" : "no code");
    h->conceal(h, query);
    tell(r, true, "visitor.browser", detail);
  }
  return status;
}

static tenon_status
browser(const struct run *r, bool quiet)
{
  const char *redirect = "";
  char url[256];
  uint64_t ticket = 0;

  if (!r->s->browser) {
    tell(r, false, "visitor.browser", "no service");
    return TENON_OK;
  }
  tenon_status status = r->s->browser->listen(r->s->browser, r->call, STATE, &redirect);
  if (status == TENON_OK) {
    (void)snprintf(url, sizeof url,
                   "https://login.example/authorize?state=" STATE "&redirect_uri=%s", redirect);
    if (quiet)
      r->s->host->log(r->s->host, TENON_LOG_WARN, url);
    else
      status = send_off(r, url, NULL, 15 * 60000, &ticket);
  }
  if (status == TENON_OK)
    status = await_query(r, 30000);
  if (ticket)
    r->s->host->withdraw(r->s->host, ticket);
  if (status != TENON_OK && status != TENON_E_CANCELLED)
    tell_status(r, "visitor.browser", status, TENON_OK);
  return status == TENON_E_CANCELLED ? status : TENON_OK;
}

static void
stop(const struct run *r, int64_t ms)
{
  const char *redirect = "";

  if (r->s->browser->listen(r->s->browser, r->call, STATE, &redirect) != TENON_OK)
    return;
  r->s->host->log(r->s->host, TENON_LOG_WARN, redirect);
  tenon_status status = await_query(r, ms);
  while (status == TENON_OK)
    status = await_query(r, ms); /* there is no second one */
  if (status == TENON_E_CANCELLED)
    return;
  tell_status(r, "visitor.stopped", status, TENON_E_TRANSIENT);
  r->s->browser->close(r->s->browser);
  tenon_secret *query = NULL;
  tell_status(r, "visitor.closed", r->s->browser->wait(r->s->browser, r->call, 0, &query),
              TENON_E_CONFIG);
}

static void
listen_badly(const struct run *r, const char *word, const char *state)
{
  const char *redirect = NULL;
  const tenon_browser *b = r->s->browser;
  tenon_status status;

  if (strcmp(word, "flood") == 0) {
    for (int i = 0; i < 1000 && b->listen(b, r->call, STATE, &redirect) == TENON_OK; i++)
      b->close(b);
    return;
  }
  if (strcmp(word, "state") == 0) {
    tell_status(r, "visitor.state", b->listen(b, r->call, state, &redirect), TENON_E_CONFIG);
    return;
  }
  status = b->listen(b, r->call, STATE, &redirect);
  if (status == TENON_OK)
    status = b->listen(b, r->call, STATE, &redirect);
  tell_status(r, "visitor.twice", status, TENON_E_TRANSIENT);
}

/* ---- tokens ---------------------------------------------------------------------------------------------------- */

static int
number_of(const struct run *r, const char *key)
{
  const tenon_host *h = r->s->host;
  tenon_secret *secret = NULL;
  tenon_text text;
  int n = 0;

  if (h->kept(h, r->call, key, &secret) != TENON_OK || h->reveal(h, secret, &text) != TENON_OK)
    return 0;
  if (strncmp(text.ptr, TOKEN, strlen(TOKEN)) == 0)
    n = (int)strtol(text.ptr + strlen(TOKEN), NULL, 10);
  h->conceal(h, secret);
  return n;
}

static bool
keep(const struct run *r, uint32_t scope, const char *key, const char *bytes, size_t n)
{
  tenon_secret *secret = NULL;

  return r->s->host->remember(r->s->host, (tenon_text){bytes, n}, &secret) == TENON_OK &&
         r->s->host->keep(r->s->host, scope, key, secret) == TENON_OK;
}

static void
rotate(const struct run *r)
{
  int n = number_of(r, "refresh");
  char token[64], detail[32];

  (void)snprintf(token, sizeof token, TOKEN "%d", n + 1);
  (void)snprintf(detail, sizeof detail, "had %d", n);
  tell(r, keep(r, TENON_KEEP_CONNECTION, "refresh", token, strlen(token)), "visitor.rotated",
       detail);
}

static void
busy(const struct run *r)
{
  tenon_check c = {.size = sizeof c,
                   .state = TENON_FAIL,
                   .level = TENON_LEVEL_REQUIRED,
                   .id = "visitor.busy",
                   .title = "Busy",
                   .remedy = "Wait.",
                   .cause = TENON_E_TRANSIENT,
                   .retry_ns = 200 * MS};

  r->sink->check(r->sink, &c);
}

static void
keep_big(const struct run *r, size_t n)
{
  char *token = malloc(n + 1);

  if (!token)
    return;
  memset(token, 'b', n);
  tell(r, keep(r, TENON_KEEP_CONNECTION, "big", token, n), "visitor.big", "kept");
  free(token);
}

/* ---- hooks ----------------------------------------------------------------------------------------------------- */

static tenon_status
obey(const struct run *r, const char *word, const char *what)
{
  if (strcmp(word, "device") == 0)
    device(r, (int)strtol(what, NULL, 10));
  else if (strcmp(word, "expire") == 0)
    expire(r, (int)strtol(what, NULL, 10));
  else if (strcmp(word, "hold") == 0)
    return hold(r, 15 * 60000);
  else if (strcmp(word, "ignore") == 0)
    return hold(r, strtol(what, NULL, 10));
  else if (strcmp(word, "browser") == 0 || strcmp(word, "quiet") == 0)
    return browser(r, *word == 'q');
  else if (strcmp(word, "stop") == 0)
    stop(r, (int)strtol(what, NULL, 10));
  else if (strcmp(word, "close") == 0)
    r->s->browser->close(r->s->browser);
  else if (strcmp(word, "rotate") == 0)
    rotate(r);
  else if (strcmp(word, "busy") == 0)
    busy(r);
  else if (strcmp(word, "big") == 0)
    keep_big(r, (size_t)strtoul(what, NULL, 10));
  else if (strcmp(word, "share") == 0)
    tell(r, keep(r, TENON_KEEP_PROCESS, what, TOKEN "7", strlen(TOKEN) + 1), "visitor.share", NULL);
  else if (strcmp(word, "have") == 0)
    tell(r, number_of(r, what) > 0, "visitor.have", NULL);
  else
    listen_badly(r, word, what);
  return TENON_OK;
}

static tenon_status
run_script(const struct run *r)
{
  tenon_text text = {0};
  char script[512], *save = NULL;
  tenon_status status = r->s->host->value(r->s->host, "script", &text);

  (void)snprintf(script, sizeof script, "%s", text.ptr ? text.ptr : "");
  for (char *word = strtok_r(script, " ", &save); word && status == TENON_OK;
       word = strtok_r(NULL, " ", &save)) {
    char *what = strchr(word, ':');
    if (what)
      *what++ = '\0';
    status = obey(r, word, what ? what : "");
  }
  return status;
}

static tenon_status
hook_open(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
          tenon_session **ret)
{
  tenon_session *s = calloc(1, sizeof *s);

  (void)call;
  (void)sink;
  if (!s)
    return TENON_E_NOMEM;
  s->host = host;
  s->browser = host->extension(host, TENON_BROWSER_ID);
  *ret = s;
  return TENON_OK;
}

static void
hook_close(tenon_session *s)
{
  free(s);
}

static tenon_status
hook_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  struct run r = {s, call, sink};

  tell(&r, true, "visitor.begun", NULL);
  return run_script(&r);
}

static tenon_status
hook_browse(tenon_session *s, const tenon_call *call, const char *what, const char *typed,
            const tenon_sink *sink)
{
  tenon_offer offer = {.size = sizeof offer, .value = "anna@contoso.example"};
  struct run r = {s, call, sink};

  (void)what;
  (void)typed;
  tenon_status status = run_script(&r);
  if (status == TENON_OK)
    sink->offer(sink, &offer);
  return status;
}

static tenon_status
hook_impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
                 const tenon_sink *sink)
{
  struct run r = {s, call, sink};
  struct pollfd fds[2] = {{.fd = source->ready_fd, .events = POLLIN},
                          {.fd = call->cancel_fd, .events = POLLIN}};
  tenon_status status = run_script(&r);

  while (status == TENON_OK && !call->cancelled(call)) {
    tenon_text subject;
    int32_t got = source->next(source, &subject);
    tenon_check c = {.size = sizeof c,
                     .state = TENON_PASS,
                     .level = TENON_LEVEL_REQUIRED,
                     .id = "visitor.mailbox",
                     .title = "Mailbox",
                     .subject = subject.ptr};
    if (got == TENON_NEXT_END)
      return TENON_OK;
    if (got == TENON_NEXT_LATER)
      (void)poll(fds, 2, -1);
    else
      sink->check(sink, &c);
  }
  return status == TENON_OK ? TENON_E_CANCELLED : status;
}

/* ---- the form -------------------------------------------------------------------------------------------------- */

static const tenon_page page = {.size = sizeof page, .id = "login", .title = "Who signs in"};
static const tenon_page *const pages[] = {&page, NULL};

#define FIELD(key_, label_, type_, flags_)                                                         \
  .size = sizeof(tenon_field), .type = (type_), .flags = (flags_), .page = "login", .key = (key_), \
  .label = (label_)
static const tenon_field field_admin = {FIELD("admin", "Administrator", TENON_TEXT, TENON_REQUIRED),
                                        .preset = "root@contoso.example"};
static const tenon_field field_script = {FIELD("script", "Script", TENON_TEXT, TENON_ADVANCED)};
static const tenon_field field_authority = {
    FIELD("authority", "Authority", TENON_URL, TENON_ADVANCED)};
static const tenon_field field_mailbox = {FIELD("mailbox", "Mailbox to test with", TENON_TEXT, 0),
                                          .browse = "mailbox"};
static const tenon_field *const fields[] = {&field_admin, &field_script, &field_authority,
                                            &field_mailbox, NULL};
static const char *const asks[] = {"visitor.signin", NULL};

static const tenon_connector connector = {
    .size = sizeof connector,
    .id = "visitor",
    .version = "1.0.0",
    .name = "Visitor",
    .summary = "Sends people to pages",
    .vendor = "The tests",
    .docs_url = "https://test.example/",
    .family = "visit/1",
    .roles = TENON_SOURCE | TENON_TARGET,
    .schema = 1,
    .asks = asks,
    .pages = pages,
    .fields = fields,
    .open = hook_open,
    .close = hook_close,
    .verify = hook_verify,
    .impersonate = hook_impersonate,
    .browse = hook_browse,
};

TENON_MODULE(&connector);
