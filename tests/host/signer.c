// SPDX-License-Identifier: Apache-2.0
/* The connector that tests of the host's gate run: signs in by Basic where and as its answers say. verify and browse
 * obey the words of `script` in their order:
 *   get:PATH    one request, waited for         start:PATH  one that is not; drain waits for all of them
 *   begin:RESOURCE  end:RESOURCE  the lock      keep:KEY    host->keep; until:KEY waits for another one's
 * Each get, each completion of drain and each begin is a check, "signer.1" and so on: pass, fail (401), skip (unsent:
 * refused before; the lock is somebody's who waits for us) or warn. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/http.h>

TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"signer\","
    "\"version\":\"1.0.0\",\"name\":\"Signer\",\"summary\":\"Signs in\",\"family\":\"test/1\","
    "\"roles\":[\"source\"]}]}");

#define POLL_MS 10

struct tenon_session {
  const tenon_host *host;
  const tenon_http *http;
  tenon_secret *password;
  const char *url, *user;
  unsigned checks, started;
};

static const char *
value_of(const tenon_host *host, const char *key)
{
  tenon_text text = {0};
  return host->value(host, key, &text) == TENON_OK && text.ptr ? text.ptr : "";
}

static tenon_status
hook_open(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
          tenon_session **ret)
{
  tenon_http_options options = {.size = sizeof options};
  tenon_session *s = calloc(1, sizeof *s);
  const char *field, *why;

  (void)call, (void)sink;
  if (!s)
    return TENON_E_NOMEM;
  s->host = host;
  s->http = host->extension(host, TENON_HTTP_ID);
  s->url = value_of(host, "url");
  s->user = value_of(host, "user");
  (void)host->secret(host, "password", &s->password);
  (void)host->value(host, "ca", &options.ca_pem);
  if (s->http->options(s->http, &options, &field, &why) != TENON_OK)
    host->log(host, TENON_LOG_ERROR, why);
  *ret = s;
  return TENON_OK;
}

static void
hook_close(tenon_session *s)
{
  free(s);
}

static void
tell(tenon_session *s, const tenon_sink *sink, uint32_t state, const char *detail)
{
  char id[32];
  tenon_check c = {.size = sizeof c,
                   .state = state,
                   .level = TENON_LEVEL_REQUIRED,
                   .id = id,
                   .title = "A request",
                   .detail = detail};

  (void)snprintf(id, sizeof id, "signer.%u", ++s->checks);
  if (state == TENON_FAIL) {
    c.cause = TENON_E_AUTH;
    c.remedy = "Type another password.";
  }
  sink->check(sink, &c);
}

static void
tell_completion(tenon_session *s, const tenon_sink *sink, const tenon_http_completion *c)
{
  uint32_t state = c->fault == TENON_HTTP_FAULT_GATE ? TENON_SKIP
                   : c->status != TENON_OK           ? TENON_WARN
                   : c->code == 200                  ? TENON_PASS
                   : c->code == 401                  ? TENON_FAIL
                                                     : TENON_WARN;

  tell(s, sink, state, c->reason ? c->reason : "answered");
  s->http->release(s->http, c);
}

static tenon_status
request(tenon_session *s, const tenon_call *call, const tenon_sink *sink, const char *path,
        bool waits)
{
  char url[512];
  const tenon_http_completion *c = NULL;
  tenon_http_request r = {.size = sizeof r,
                          .auth = TENON_HTTP_AUTH_BASIC,
                          .label = "signer.get",
                          .url = url,
                          .user = s->user,
                          .secret = s->password};

  (void)snprintf(url, sizeof url, "%s%s", s->url, path);
  if (!waits) {
    s->started++;
    return s->http->start(s->http, call, &r, NULL);
  }
  tenon_status status = s->http->perform(s->http, call, &r, &c);
  if (status == TENON_OK)
    tell_completion(s, sink, c);
  return status;
}

static tenon_status
drain(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  for (; s->started > 0; s->started--) {
    const tenon_http_completion *c = NULL;
    tenon_status status;
    do
      status = s->http->next(s->http, call, 1000000000, &c);
    while (status == TENON_E_TRANSIENT && !call->cancelled(call));
    if (status != TENON_OK)
      return status;
    tell_completion(s, sink, c);
  }
  return TENON_OK;
}

static tenon_status
keep(const tenon_session *s, const char *key)
{
  tenon_secret *secret = NULL;
  tenon_text bytes = {"a word to the other one", 23};
  tenon_status status = s->host->remember(s->host, bytes, &secret);
  return status == TENON_OK ? s->host->keep(s->host, TENON_KEEP_PROCESS, key, secret) : status;
}

static tenon_status
wait_until(const tenon_session *s, const tenon_call *call, const char *key)
{
  struct pollfd cancel = {.fd = call->cancel_fd, .events = POLLIN};
  tenon_secret *secret = NULL;

  while (!call->cancelled(call)) {
    if (s->host->kept(s->host, call, key, &secret) == TENON_OK)
      return TENON_OK;
    (void)poll(&cancel, 1, POLL_MS);
  }
  return TENON_E_CANCELLED;
}

static tenon_status
begin(tenon_session *s, const tenon_call *call, const tenon_sink *sink, const char *resource)
{
  tenon_status status = s->host->signin_begin(s->host, call, resource);

  tell(s, sink,
       status == TENON_OK            ? TENON_PASS
       : status == TENON_E_TRANSIENT ? TENON_SKIP
                                     : TENON_WARN,
       resource);
  return status == TENON_E_TRANSIENT ? TENON_OK : status;
}

static tenon_status
obey(tenon_session *s, const tenon_call *call, const tenon_sink *sink, const char *word,
     const char *what)
{
  if (strcmp(word, "get") == 0)
    return request(s, call, sink, what, true);
  if (strcmp(word, "start") == 0)
    return request(s, call, sink, what, false);
  if (strcmp(word, "drain") == 0)
    return drain(s, call, sink);
  if (strcmp(word, "begin") == 0)
    return begin(s, call, sink, what);
  if (strcmp(word, "end") == 0)
    s->host->signin_end(s->host, what);
  else if (strcmp(word, "keep") == 0)
    return keep(s, what);
  else if (strcmp(word, "until") == 0)
    return wait_until(s, call, what);
  return TENON_OK;
}

static tenon_status
hook_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  char script[512], *save = NULL;
  tenon_status status = TENON_OK;
  tenon_check c = {.size = sizeof c, .state = TENON_PASS, .id = "signer.done", .title = "Done"};

  s->checks = s->started = 0;
  c.level = TENON_LEVEL_REQUIRED;
  (void)snprintf(script, sizeof script, "%s", value_of(s->host, "script"));
  for (char *word = strtok_r(script, " ", &save); word && status == TENON_OK;
       word = strtok_r(NULL, " ", &save)) {
    char *what = strchr(word, ':');
    if (what)
      *what++ = '\0';
    status = obey(s, call, sink, word, what ? what : "");
  }
  if (status == TENON_OK)
    sink->check(sink, &c);
  return status;
}

static tenon_status
hook_browse(tenon_session *s, const tenon_call *call, const char *what, const char *typed,
            const tenon_sink *sink)
{
  (void)what, (void)typed;
  return hook_verify(s, call, sink);
}

static const tenon_page page = {.size = sizeof page, .id = "server", .title = "Server"};
static const tenon_page *const pages[] = {&page, NULL};

#define FIELD(key_, type_)                                                                         \
  {                                                                                                \
    .size = sizeof(tenon_field), .type = (type_), .page = "server", .key = (key_), .label = (key_) \
  }
static const tenon_field field_url = FIELD("url", TENON_TEXT);
static const tenon_field field_ca = FIELD("ca", TENON_FILE);
static const tenon_field field_user = FIELD("user", TENON_TEXT);
static const tenon_field field_password = FIELD("password", TENON_SECRET);
static const tenon_field field_script = FIELD("script", TENON_TEXT);
static const tenon_field *const fields[] = {&field_url,      &field_ca,     &field_user,
                                            &field_password, &field_script, NULL};

static const tenon_connector connector = {
    .size = sizeof connector,
    .id = "signer",
    .version = "1.0.0",
    .name = "Signer",
    .summary = "Signs in",
    .family = "test/1",
    .roles = TENON_SOURCE,
    .schema = 1,
    .pages = pages,
    .fields = fields,
    .open = hook_open,
    .close = hook_close,
    .verify = hook_verify,
    .browse = hook_browse,
};

TENON_MODULE(&connector);
