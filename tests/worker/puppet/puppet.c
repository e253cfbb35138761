// SPDX-License-Identifier: Apache-2.0
/* A connector that does what its field "mode" says, good or bad: the plugin side of the worker's tests. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tenon/dns.h>
#include <tenon/http.h>
#include <tenon/plugin.h>

#define GREEDY 8

extern char **environ;

TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"puppet\",\"version\":\"1.0.0\","
    "\"name\":\"Puppet\",\"summary\":\"Does what mode says\",\"roles\":[\"source\"]}]}");

static const tenon_page page = {.size = sizeof page, .id = "strings", .title = "Strings"};
static const tenon_field mode = {
    .size = sizeof mode, .type = TENON_TEXT, .page = "strings", .key = "mode", .label = "Mode"};
static const tenon_field level = {.size = sizeof level,
                                  .type = TENON_INT,
                                  .page = "strings",
                                  .key = "level",
                                  .label = "Level",
                                  .preset = "7",
                                  .min = 1,
                                  .max = 9};
static const tenon_field hidden = {.size = sizeof hidden,
                                   .type = TENON_TEXT,
                                   .page = "strings",
                                   .key = "hidden",
                                   .label = "Hidden",
                                   .preset = "seen",
                                   .when = "mode == 'never'"};
static const tenon_field file = {
    .size = sizeof file, .type = TENON_FILE, .page = "strings", .key = "file", .label = "File"};
static const tenon_field cache = {
    .size = sizeof cache, .type = TENON_PATH, .page = "strings", .key = "cache", .label = "Cache"};
static const tenon_field password = {.size = sizeof password,
                                     .type = TENON_SECRET,
                                     .page = "strings",
                                     .key = "password",
                                     .label = "Password"};
static const tenon_page *const pages[] = {&page, NULL};
static const tenon_field *const fields[] = {&mode, &level, &hidden, &file, &cache, &password, NULL};
static const char *const asks[] = {"puppet.sure", "puppet.code", NULL};

struct tenon_session {
  const tenon_host *host;
  tenon_text mode;
};

static void
report(const tenon_sink *sink, const char *id, uint32_t state, const char *detail,
       const tenon_pair *data, size_t n)
{
  const tenon_check c = {.size = sizeof c,
                         .state = state,
                         .level = TENON_LEVEL_INFO,
                         .id = id,
                         .title = id,
                         .detail = detail,
                         .remedy = state == TENON_FAIL ? "Pull another string." : NULL,
                         .data = data,
                         .n_data = n};
  sink->check(sink, &c);
}

static tenon_text
text_of(const char *text)
{
  return (tenon_text){text, strlen(text)};
}

static int
is(const tenon_session *s, const char *name)
{
  return strcmp(s->mode.ptr, name) == 0;
}

/* ---- verify: one function a string ------------------------------------------------------------------------------- */

static tenon_status
verify_values(tenon_session *s, const tenon_sink *sink)
{
  tenon_text got, bytes = {0}, none = {0};
  tenon_secret *secret;
  char length[32], undeclared[32], plain[32];
  s->host->value(s->host, "file", &bytes);
  s->host->value(s->host, "hidden", &none);
  s->host->value(s->host, "level", &got);
  snprintf(length, sizeof length, "%zu", bytes.len);
  snprintf(undeclared, sizeof undeclared, "%d", (int)s->host->value(s->host, "nothing", &none));
  snprintf(plain, sizeof plain, "%d %d", (int)s->host->value(s->host, "password", &none),
           (int)s->host->secret(s->host, "password", &secret));
  const tenon_pair data[] = {{"level", got},
                             {"file", text_of(length)},
                             {"undeclared", text_of(undeclared)},
                             {"secret", text_of(plain)},
                             {"hidden", text_of(none.ptr ? none.ptr : "none")}};
  report(sink, "puppet.values", TENON_PASS, NULL, data, sizeof data / sizeof *data);
  return TENON_OK;
}

/* Shows the secret everywhere it can be shown, and forgets to conceal it. */
static tenon_status
verify_echo(tenon_session *s, const tenon_sink *sink)
{
  tenon_secret *secret, *minted;
  tenon_text plain;
  char detail[256];
  if (s->host->secret(s->host, "password", &secret) != TENON_OK ||
      s->host->reveal(s->host, secret, &plain) != TENON_OK)
    return TENON_E_CONFIG;
  snprintf(detail, sizeof detail, "signed in with %s and minted-token-0815", plain.ptr);
  s->host->remember(s->host, text_of("minted-token-0815"), &minted);
  s->host->log(s->host, TENON_LOG_INFO, detail);
  sink->begin(sink, "puppet.echo", detail);
  const tenon_pair data[] = {{"plain", plain}};
  report(sink, "puppet.echo", TENON_FAIL, detail, data, 1);
  return TENON_OK;
}

static void *
nothing(void *user)
{
  return user;
}

static tenon_status
verify_escape(tenon_session *s, const tenon_sink *sink)
{
  char *argv[] = {(char *)(uintptr_t) "true", NULL};
  char executed[32], spawned[32], forked[32], wrote[32], read_[32], packet[32], thread[32];
  pthread_t t;
  pid_t pid;
  snprintf(spawned, sizeof spawned, "%d",
           posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ));
  snprintf(executed, sizeof executed, "%d", execve("/bin/true", argv, environ) != 0 ? errno : 0);
  pid = fork();
  if (pid == 0)
    _exit(0);
  snprintf(forked, sizeof forked, "%d", pid < 0 ? errno : 0);
  int fd = open("/tmp/tenon-puppet-escaped", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  snprintf(wrote, sizeof wrote, "%d", fd < 0 ? errno : 0);
  fd = open("/etc/shadow", O_RDONLY | O_CLOEXEC);
  snprintf(read_, sizeof read_, "%d", fd < 0 ? errno : 0);
  fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  snprintf(packet, sizeof packet, "%d", fd < 0 ? errno : 0);
  int err = pthread_create(&t, NULL, nothing, NULL);
  if (err == 0)
    pthread_join(t, NULL);
  snprintf(thread, sizeof thread, "%d", err);
  const tenon_pair data[] = {{"execute", text_of(executed)}, {"spawn", text_of(spawned)},
                             {"fork", text_of(forked)},      {"write", text_of(wrote)},
                             {"read", text_of(read_)},       {"packet", text_of(packet)},
                             {"thread", text_of(thread)}};
  (void)s;
  report(sink, "puppet.escape", TENON_PASS, NULL, data, sizeof data / sizeof *data);
  return TENON_OK;
}

static tenon_status
verify_wait(const tenon_call *call)
{
  struct pollfd fd = {.fd = call->cancel_fd, .events = POLLIN};
  while (!call->cancelled(call))
    poll(&fd, 1, 50);
  return TENON_E_CANCELLED;
}

static tenon_status
verify_ask(tenon_session *s, const tenon_call *call, const tenon_sink *sink, uint32_t kind)
{
  const tenon_choice choices[] = {{"yes", NULL, NULL}, {NULL, NULL, NULL}};
  const tenon_ask ask = {.size = sizeof ask,
                         .kind = kind,
                         .title = "Sure?",
                         .choices = choices,
                         .id = kind == TENON_ASK_SECRET ? "puppet.code" : "puppet.sure"};
  tenon_text text = {0}, plain = {0};
  tenon_secret *secret = NULL;
  uint64_t ticket;
  tenon_status status = s->host->ask(s->host, call, &ask, &ticket);
  if (status != TENON_OK)
    return status;
  do
    status = s->host->answer(s->host, call, ticket, 20000000, &text, &secret);
  while (status == TENON_E_TRANSIENT);
  if (secret)
    s->host->reveal(s->host, secret, &plain);
  char detail[128];
  snprintf(detail, sizeof detail, "status %d text %s length %zu over %d", (int)status,
           text.ptr ? text.ptr : "-", plain.len, (int)call->cancelled(call));
  report(sink, "puppet.asked", TENON_PASS, detail, NULL, 0);
  return TENON_OK;
}

static tenon_status
verify_keep(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  tenon_secret *token = NULL;
  tenon_status locked = s->host->signin_begin(s->host, call, "https://sts.example/");
  tenon_status found = s->host->kept(s->host, call, "refresh", &token);
  tenon_status kept = TENON_OK, again = TENON_OK;
  if (found != TENON_OK) {
    s->host->remember(s->host, text_of("refresh-token-4711"), &token);
    kept = s->host->keep(s->host, TENON_KEEP_CONNECTION, "refresh", token);
  }
  again = s->host->signin_begin(s->host, call, "https://sts.example/"); /* held already */
  s->host->signin_end(s->host, "https://sts.example/");
  char detail[128];
  snprintf(detail, sizeof detail, "locked %d found %d kept %d again %d", (int)locked, (int)found,
           (int)kept, (int)again);
  report(sink, "puppet.kept", TENON_PASS, detail, NULL, 0);
  return TENON_OK;
}

static tenon_status
verify_dns(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  const tenon_dns *dns = s->host->extension(s->host, TENON_DNS_ID);
  const tenon_dns_answer *answer = NULL;
  if (!dns || dns->lookup(dns, call, NULL, TENON_DNS_ADDRESS, "localhost", &answer) != TENON_OK)
    return TENON_E_INTERNAL;
  report(sink, "puppet.dns", answer->n_records ? TENON_PASS : TENON_FAIL, answer->name, NULL, 0);
  return TENON_OK; /* the answer is the host's to take back */
}

/* Each breaks one rule. */
static tenon_status
verify_misuse(tenon_session *s, const tenon_sink *sink)
{
  tenon_check c = {
      .size = sizeof c, .state = TENON_FAIL, .id = "puppet.bad", .title = "Bad", .remedy = "Do."};
  const tenon_offer offer = {.size = sizeof offer, .value = "x"};
  if (is(s, "bad-remedy"))
    c.remedy = NULL;
  if (is(s, "bad-id"))
    c.id = "Puppet Bad";
  if (is(s, "bad-text"))
    c.detail = "bell \a";
  if (is(s, "bad-utf8"))
    c.detail = "\xc3(";
  if (is(s, "bad-size"))
    c.size = 8;
  if (is(s, "bad-subject"))
    c.subject = "nobody@example.com";
  if (is(s, "bad-field"))
    c.field = "nothing";
  if (is(s, "bad-hook"))
    sink->offer(sink, &offer);
  if (is(s, "bad-twice"))
    sink->check(sink, &c);
  sink->check(sink, &c);
  sink->check(sink, is(s, "bad-null") ? NULL
                                      : &(tenon_check){.size = sizeof c,
                                                       .state = 77,
                                                       .id = "puppet.after",
                                                       .title = "After",
                                                       .remedy = "Do."});
  return TENON_OK;
}

// Changes the file after a question, or without one; and leaves the rest to the next verification.
static tenon_status
verify_patch(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  const tenon_ask ask = {
      .size = sizeof ask, .kind = TENON_ASK_CONFIRM, .id = "puppet.sure", .title = "Sure?"};
  tenon_text text = {0};
  uint64_t ticket;
  sink->begin(sink, "puppet.begun", "Begun");
  if (!is(s, "patch-unasked")) {
    if (s->host->ask(s->host, call, &ask, &ticket) != TENON_OK)
      return TENON_E_NOANSWER;
    if (s->host->answer(s->host, call, ticket, INT64_MAX, &text, NULL) != TENON_OK)
      return TENON_E_NOANSWER;
  }
  int secret = is(s, "patch-secret");
  const tenon_text bytes = {secret ? "so correct-horse-battery" : "P\0M", secret ? 24 : 3};
  sink->patch(sink, "file", &bytes);
  return TENON_OK;
}

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  if (is(s, "values"))
    return verify_values(s, sink);
  if (is(s, "echo"))
    return verify_echo(s, sink);
  if (is(s, "escape"))
    return verify_escape(s, sink);
  if (is(s, "wait") || is(s, "hang"))
    sink->begin(sink, "puppet.waits", "Waits");
  if (is(s, "wait"))
    return verify_wait(call);
  if (is(s, "hang"))
    for (;;)
      pause();
  if (is(s, "ask"))
    return verify_ask(s, call, sink, TENON_ASK_CONFIRM);
  if (is(s, "ask-secret"))
    return verify_ask(s, call, sink, TENON_ASK_SECRET);
  if (is(s, "patch-asked") || is(s, "patch-secret") || is(s, "patch-unasked"))
    return verify_patch(s, call, sink);
  if (is(s, "keep"))
    return verify_keep(s, call, sink);
  if (is(s, "dns"))
    return verify_dns(s, call, sink);
  if (strncmp(s->mode.ptr, "bad-", 4) == 0)
    return verify_misuse(s, sink);
  if (is(s, "mute") || is(s, "mute-denied"))
    return is(s, "mute") ? TENON_OK : TENON_E_DENIED;
  if (is(s, "half")) {
    report(sink, "puppet.whole", TENON_PASS, NULL, NULL, 0);
    sink->begin(sink, "puppet.half", "Half");
    return TENON_OK;
  }
  if (is(s, "stdout")) {
    printf("{\"type\":\"ended\",\"call\":2,\"status\":\"ok\"}\n");
    fflush(stdout);
  }
  sink->begin(sink, "puppet.fine", "Fine");
  report(sink, "puppet.fine", TENON_PASS, NULL, NULL, 0);
  return TENON_OK;
}

/* ---- impersonate, browse, suggest, configure ---------------------------------------------------------------- */

static void
close_subject(const tenon_sink *sink, const char *subject)
{
  const tenon_check c = {.size = sizeof c,
                         .state = TENON_PASS,
                         .level = TENON_LEVEL_REQUIRED,
                         .id = "puppet.subject",
                         .title = "Subject",
                         .subject = subject};
  sink->check(sink, &c);
}

/* Takes all it is given before it reports any: what it holds is the host's limit. */
static tenon_status
impersonate_greedy(const tenon_call *call, const tenon_source *source, const tenon_sink *sink)
{
  char held[GREEDY * 16][64];
  size_t n = 0;
  for (;;) {
    tenon_text subject;
    int32_t got = source->next(source, &subject);
    if (got == TENON_NEXT_SUBJECT) {
      snprintf(held[n++], sizeof held[0], "%s", subject.ptr);
      continue;
    }
    char detail[64];
    snprintf(detail, sizeof detail, "held %zu of %u", n, source->jobs);
    report(sink, "puppet.held", TENON_PASS, detail, NULL, 0);
    if (got == TENON_NEXT_END && n == 0)
      return call->cancelled(call) ? TENON_E_CANCELLED : TENON_OK;
    if (n == 0) {
      struct pollfd fds[2] = {{.fd = source->ready_fd, .events = POLLIN},
                              {.fd = call->cancel_fd, .events = POLLIN}};
      poll(fds, 2, -1);
    }
    while (n > 0)
      close_subject(sink, held[--n]);
  }
}

static tenon_status
impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
            const tenon_sink *sink)
{
  tenon_text subject;
  if (is(s, "greedy"))
    return impersonate_greedy(call, source, sink);
  for (;;) {
    int32_t got = source->next(source, &subject);
    if (got == TENON_NEXT_END)
      return call->cancelled(call) ? TENON_E_CANCELLED : TENON_OK;
    if (got == TENON_NEXT_SUBJECT) {
      if (is(s, "drop"))
        return TENON_OK;
      close_subject(sink, subject.ptr);
      continue;
    }
    struct pollfd fds[2] = {{.fd = source->ready_fd, .events = POLLIN},
                            {.fd = call->cancel_fd, .events = POLLIN}};
    poll(fds, 2, -1);
  }
}

static tenon_status
browse(tenon_session *s, const tenon_call *call, const char *what, const char *typed,
       const tenon_sink *sink)
{
  (void)s;
  (void)call;
  const tenon_offer offer = {.size = sizeof offer, .value = typed, .label = what};
  sink->offer(sink, &offer);
  return TENON_OK;
}

static tenon_status
suggest(tenon_session *s, const tenon_call *call, const char *from, const tenon_sink *sink)
{
  (void)call;
  const tenon_text text = text_of(from);
  sink->patch(sink,
              is(s, "bad-patch")    ? "password"
              : is(s, "path-patch") ? "cache"
                                    : "mode",
              &text);
  sink->patch(sink, "level", NULL);
  return TENON_OK;
}

static tenon_status
configure(tenon_session *s, const tenon_call *call, uint32_t phase, const tenon_step *const *steps,
          const tenon_sink *sink)
{
  (void)s;
  (void)call;
  const tenon_step step = {.size = sizeof step,
                           .state = TENON_STEP_MISSING,
                           .id = "puppet.step",
                           .title = "A step",
                           .kind = "puppet.cmd/1",
                           .body = "do it"};
  if (phase == TENON_PLAN)
    sink->step(sink, &step);
  for (; steps && *steps; steps++)
    report(sink, (*steps)->id, TENON_PASS, (*steps)->body, NULL, 0);
  return TENON_OK;
}

/* ---- open and close ------------------------------------------------------------------------------------------ */

static tenon_status
open_session(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
             tenon_session **ret)
{
  tenon_session *s = calloc(1, sizeof *s);
  (void)call;
  (void)sink;
  if (!s || host->value(host, "mode", &s->mode) != TENON_OK || !s->mode.ptr) {
    free(s);
    return TENON_E_CONFIG;
  }
  s->host = host;
  *ret = s;
  if (strcmp(s->mode.ptr, "bad-open") == 0) {
    free(s);
    *ret = NULL;
  }
  return TENON_OK;
}

static void
close_session(tenon_session *s)
{
  s->host->log(s->host, TENON_LOG_INFO, "the puppet closes");
  free(s);
}

static const tenon_connector puppet = {.size = sizeof puppet,
                                       .id = "puppet",
                                       .version = "1.0.0",
                                       .name = "Puppet",
                                       .summary = "Does what mode says",
                                       .roles = TENON_SOURCE,
                                       .schema = 1,
                                       .asks = asks,
                                       .pages = pages,
                                       .fields = fields,
                                       .open = open_session,
                                       .close = close_session,
                                       .verify = verify,
                                       .suggest = suggest,
                                       .impersonate = impersonate,
                                       .browse = browse,
                                       .configure = configure};

TENON_MODULE(&puppet);
