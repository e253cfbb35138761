// SPDX-License-Identifier: Apache-2.0
/* The connector that tests of host and wizard run: well-behaved, without network, and told by its answers what to do.
 * The field `script` is a list of words separated by blanks; verify obeys the words in their order:
 *   pass:ID fail:ID warn:ID skip:ID  one check    network         returns that status
 *   ask:ID  secret:ID  visit:ID      a question   keep:KEY vault:KEY kept:KEY   host->keep, host->kept
 *   signin:RESOURCE                  the lock     slow            waits for cancel (or 30 s)
 *   cause:CAUSE                      a failed check of that cause
 *   print[:TEXT]                     to stdout    log:TEXT        host->log
 *   moved:NAME                       a failed check that says what `server` should be
 * Sign-in is good with the password "right". suggest fills `mailbox`, browse offers mailboxes, configure has two steps
 * that stay done as long as the session (script: plan:done plan:half plan:network plan:many plan:optional kind:nobody
 * kind:probe; of the second step apply:die apply:slow apply:silent apply:denied), impersonate answers by name: ok-*
 * deny-* slow-* flood-* (a check without a subject before it) stop-* (returns early). */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/plugin.h>

TENON_NOTE("{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"testconnector\","
           "\"version\":\"1.0.0\","
           "\"name\":\"Test\",\"summary\":\"Obeys its answers\",\"family\":\"test/1\","
           "\"roles\":[\"source\",\"target\"],\"requirements\":["
           "{\"title\":\"The role Actor\",\"detail\":\"It lets the account act as others.\","
           "\"needs\":\"Director\"},"
           "{\"title\":\"A stage\",\"when\":\"auth == 'basic' && server != ''\"}]}]}");

struct tenon_session {
  const tenon_host *host;
  bool done[2]; /* steps of configure */
};

static const char *
value_of(const tenon_session *s, const char *key)
{
  tenon_text text = {0};

  return s->host->value(s->host, key, &text) == TENON_OK && text.ptr ? text.ptr : "";
}

static tenon_check
check_of(uint32_t state, const char *id, const char *title)
{
  tenon_check c = {
      .size = sizeof c, .state = state, .level = TENON_LEVEL_REQUIRED, .id = id, .title = title};

  if (state == TENON_FAIL) {
    c.cause = TENON_E_NETWORK;
    c.detail = "It was told to fail.";
    c.remedy = "Tell it otherwise.";
  }
  return c;
}

static void
tell(const tenon_sink *sink, uint32_t state, const char *id)
{
  tenon_check c = check_of(state, id, "A check");

  c.because = state == TENON_SKIP ? "auth.basic" : NULL;
  sink->begin(sink, id, c.title);
  sink->check(sink, &c);
}

/* ---- open and close -------------------------------------------------------------------------------------------- */

static tenon_status
hook_open(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
          tenon_session **ret)
{
  tenon_session *s = calloc(1, sizeof *s);
  tenon_check c = check_of(TENON_FAIL, "testconnector.server", "Server");

  (void)call;
  if (!s)
    return TENON_E_NOMEM;
  s->host = host;
  if (strcmp(value_of(s, "server"), "wrong") == 0) {
    c.cause = TENON_E_CONFIG;
    c.field = "server";
    c.detail = "The server \"wrong\" cannot be right.";
    c.remedy = "Type another server.";
    sink->check(sink, &c);
    free(s);
    return TENON_E_CONFIG;
  }
  *ret = s;
  return TENON_OK;
}

static void
hook_close(tenon_session *s)
{
  free(s);
}

/* The server that "moved:NAME" says it should be. */
static void
moved(const tenon_sink *sink, const char *to)
{
  const tenon_pair data[] = {{"answer", {to, strlen(to)}}};
  tenon_check c = check_of(TENON_FAIL, "testconnector.moved", "Moved");

  c.cause = TENON_E_CONFIG;
  c.field = "server";
  c.detail = "The server is called otherwise.";
  c.remedy = "Type its new name.";
  c.data = data;
  c.n_data = 1;
  sink->check(sink, &c);
}

/* ---- verify ---------------------------------------------------------------------------------------------------- */

static bool
password_is(const tenon_session *s, const char *wanted)
{
  tenon_secret *secret = NULL;
  tenon_text text = {0};
  bool is;

  if (s->host->secret(s->host, "password", &secret) != TENON_OK ||
      s->host->reveal(s->host, secret, &text) != TENON_OK)
    return false;
  is = strcmp(text.ptr, wanted) == 0;
  s->host->conceal(s->host, secret);
  return is;
}

static void
sign_in(const tenon_session *s, const tenon_sink *sink)
{
  tenon_check c = check_of(TENON_PASS, "auth.basic", "Sign-in");

  sink->begin(sink, c.id, c.title);
  if (!password_is(s, "right")) {
    c = check_of(TENON_FAIL, "auth.basic", "Sign-in");
    c.cause = TENON_E_AUTH;
    c.field = "password";
    c.detail = "The server refused the password.";
    c.remedy = "Type the right one.";
  }
  sink->check(sink, &c);
}

/* Waits for the answer; "" when there is none. */
static void
await(const tenon_session *s, const tenon_call *call, uint64_t ticket, bool secret, char ret[64])
{
  tenon_text text = {0};
  tenon_secret *handle = NULL;
  tenon_status status;

  do
    status = s->host->answer(s->host, call, ticket, 1000000000, &text, secret ? &handle : NULL);
  while (status == TENON_E_TRANSIENT && !call->cancelled(call));
  (void)snprintf(ret, 64, "(%d)", (int)status);
  if (status == TENON_OK && handle && s->host->reveal(s->host, handle, &text) == TENON_OK) {
    (void)snprintf(ret, 64, "%s", strcmp(text.ptr, "123456") == 0 ? "the code" : "another code");
    s->host->conceal(s->host, handle);
  } else if (status == TENON_OK)
    (void)snprintf(ret, 64, "%s", text.ptr);
  if (status == TENON_E_TRANSIENT)
    s->host->withdraw(s->host, ticket);
}

static void
question(const tenon_session *s, const tenon_call *call, const tenon_sink *sink, const char *id,
         uint32_t kind)
{
  static const tenon_choice choices[] = {
      {"red", "Red", NULL}, {"blue", "Blue", NULL}, {NULL, NULL, NULL}};
  tenon_ask ask = {
      .size = sizeof ask, .kind = kind, .id = id, .title = "A question", .choices = choices};
  tenon_check c = check_of(TENON_PASS, "testconnector.answer", "Answer");
  uint64_t ticket = 0;
  char answer[64];

  if (kind == TENON_ASK_VISIT) {
    ask.url = "https://login.example/device";
    ask.code = "ABCD-EFGH";
  }
  (void)snprintf(answer, sizeof answer, "(nobody)");
  if (s->host->ask(s->host, call, &ask, &ticket) == TENON_OK) {
    if (kind == TENON_ASK_VISIT) {
      s->host->withdraw(s->host, ticket);
      (void)snprintf(answer, sizeof answer, "seen");
    } else
      await(s, call, ticket, kind == TENON_ASK_SECRET, answer);
  }
  c.detail = answer;
  sink->check(sink, &c);
}

static void
keep(const tenon_session *s, const tenon_sink *sink, const char *key, uint32_t scope)
{
  tenon_secret *secret = NULL;
  tenon_text bytes = {"token-of-the-test", 17};
  bool kept = s->host->remember(s->host, bytes, &secret) == TENON_OK &&
              s->host->keep(s->host, scope, key, secret) == TENON_OK;

  tell(sink, kept ? TENON_PASS : TENON_FAIL, "testconnector.keep");
}

static bool
has_kept(const tenon_session *s, const tenon_call *call, const char *key)
{
  tenon_secret *secret = NULL;
  tenon_text text = {0};
  bool is;

  if (s->host->kept(s->host, call, key, &secret) != TENON_OK ||
      s->host->reveal(s->host, secret, &text) != TENON_OK)
    return false;
  is = strcmp(text.ptr, "token-of-the-test") == 0;
  s->host->conceal(s->host, secret);
  return is;
}

/* Signs in once over all sessions: the others find the token. */
static void
shared_sign_in(const tenon_session *s, const tenon_call *call, const tenon_sink *sink,
               const char *resource)
{
  tenon_status status = s->host->signin_begin(s->host, call, resource);

  if (status != TENON_OK) {
    tell(sink, TENON_FAIL, "testconnector.lock");
    return;
  }
  if (has_kept(s, call, resource))
    tell(sink, TENON_PASS, "testconnector.found");
  else {
    struct pollfd cancel = {.fd = call->cancel_fd, .events = POLLIN};
    (void)poll(&cancel, 1, 100);
    keep(s, sink, resource, TENON_KEEP_PROCESS);
  }
  s->host->signin_end(s->host, resource);
}

static tenon_status
wait_for_cancel(const tenon_call *call)
{
  struct pollfd cancel = {.fd = call->cancel_fd, .events = POLLIN};

  (void)poll(&cancel, 1, 30000);
  return call->cancelled(call) ? TENON_E_CANCELLED : TENON_OK;
}

static bool
is_state(const char *word, uint32_t *ret)
{
  static const char *const names[] = {"", "pass", "warn", "fail", "skip"};

  for (*ret = TENON_PASS; *ret <= TENON_SKIP; ++*ret)
    if (strcmp(word, names[*ret]) == 0)
      return true;
  return false;
}

/* A failed check of that cause. */
static void
fail_with(const tenon_sink *sink, const char *cause)
{
  static const char *const names[] = {
      "ok",        "config",    "auth",     "denied",      "network", "tls",     "protocol",
      "transient", "cancelled", "noanswer", "unsupported", "nomem",   "internal"};
  char id[64];
  tenon_check c = check_of(TENON_FAIL, id, "A cause");

  (void)snprintf(id, sizeof id, "testconnector.%s", cause);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(names[i], cause) == 0)
      c.cause = -(tenon_status)i;
  c.retry_ns = c.cause == TENON_E_TRANSIENT ? 200000000 : 0;
  sink->check(sink, &c);
}

static tenon_status
obey(tenon_session *s, const tenon_call *call, const tenon_sink *sink, const char *word,
     const char *what)
{
  uint32_t state;

  if (is_state(word, &state))
    tell(sink, state, what);
  else if (strcmp(word, "cause") == 0)
    fail_with(sink, what);
  else if (strcmp(word, "ask") == 0)
    question(s, call, sink, what, TENON_ASK_CHOICE);
  else if (strcmp(word, "secret") == 0)
    question(s, call, sink, what, TENON_ASK_SECRET);
  else if (strcmp(word, "visit") == 0)
    question(s, call, sink, what, TENON_ASK_VISIT);
  else if (strcmp(word, "keep") == 0)
    keep(s, sink, what, TENON_KEEP_PROCESS);
  else if (strcmp(word, "vault") == 0)
    keep(s, sink, what, TENON_KEEP_CONNECTION);
  else if (strcmp(word, "kept") == 0)
    tell(sink, has_kept(s, call, what) ? TENON_PASS : TENON_WARN, "testconnector.kept");
  else if (strcmp(word, "signin") == 0)
    shared_sign_in(s, call, sink, what);
  else if (strcmp(word, "log") == 0)
    s->host->log(s->host, TENON_LOG_INFO, what);
  else if (strcmp(word, "moved") == 0)
    moved(sink, what);
  else if (strcmp(word, "print") == 0)
    (void)(puts(what[0] ? what : "a line on stdout") < 0 || fflush(stdout));
  else if (strcmp(word, "network") == 0)
    return TENON_E_NETWORK;
  else if (strcmp(word, "slow") == 0)
    return wait_for_cancel(call);
  return TENON_OK;
}

static tenon_status
hook_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  char script[512], *save = NULL;
  tenon_status status = TENON_OK;

  tell(sink, TENON_PASS, "net.connect");
  sign_in(s, sink);
  (void)snprintf(script, sizeof script, "%s", value_of(s, "script"));
  for (char *word = strtok_r(script, " ", &save); word && status == TENON_OK;
       word = strtok_r(NULL, " ", &save)) {
    char *what = strchr(word, ':');
    if (what)
      *what++ = '\0';
    status = obey(s, call, sink, word, what ? what : "");
  }
  return status;
}

/* ---- the other hooks ------------------------------------------------------------------------------------------- */

static const char *const mailboxes[] = {"anna@contoso.example", "ben@contoso.example",
                                        "carla@contoso.example", NULL};

static tenon_status
hook_suggest(tenon_session *s, const tenon_call *call, const char *page, const tenon_sink *sink)
{
  tenon_text text = {mailboxes[0], strlen(mailboxes[0])};

  (void)call;
  if (strcmp(page, "server") != 0)
    return TENON_OK;
  if (strcmp(value_of(s, "script"), "slow") == 0)
    return wait_for_cancel(call);
  sink->patch(sink, "mailbox", &text);
  sink->patch(sink, "script", NULL);
  for (size_t i = 0; mailboxes[i]; i++) {
    tenon_offer offer = {
        .size = sizeof offer, .field = "mailbox", .value = mailboxes[i], .label = "A mailbox"};
    sink->offer(sink, &offer);
  }
  return TENON_OK;
}

static tenon_status
hook_browse(tenon_session *s, const tenon_call *call, const char *what, const char *typed,
            const tenon_sink *sink)
{
  (void)s;
  (void)call;
  for (size_t i = 0; mailboxes[i]; i++) {
    tenon_offer offer = {.size = sizeof offer, .value = mailboxes[i], .detail = what};
    if (strncmp(mailboxes[i], typed, strlen(typed)) == 0)
      sink->offer(sink, &offer);
  }
  return TENON_OK;
}

static void
answer_subject(const tenon_sink *sink, const tenon_call *call, const char *subject)
{
  tenon_check c = check_of(TENON_PASS, "testconnector.mailbox", "Mailbox");
  struct pollfd cancel = {.fd = call->cancel_fd, .events = POLLIN};

  if (strncmp(subject, "slow-", 5) == 0)
    (void)poll(&cancel, 1, 20);
  if (strncmp(subject, "flood-", 6) == 0)
    tell(sink, TENON_PASS, "testconnector.extra");
  if (strncmp(subject, "deny-", 5) == 0) {
    c = check_of(TENON_FAIL, "testconnector.mailbox", "Mailbox");
    c.cause = TENON_E_DENIED;
  }
  c.subject = subject;
  sink->check(sink, &c);
}

static tenon_status
hook_impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
                 const tenon_sink *sink)
{
  struct pollfd fds[2] = {{.fd = source->ready_fd, .events = POLLIN},
                          {.fd = call->cancel_fd, .events = POLLIN}};

  (void)s;
  while (!call->cancelled(call)) {
    tenon_text subject;
    char copy[4200];
    int32_t got = source->next(source, &subject);

    if (got == TENON_NEXT_END)
      return TENON_OK;
    if (got == TENON_NEXT_LATER) {
      (void)poll(fds, 2, -1);
      continue;
    }
    (void)snprintf(copy, sizeof copy, "%s", subject.ptr);
    answer_subject(sink, call, copy);
    if (strncmp(copy, "stop-", 5) == 0)
      return TENON_E_AUTH;
  }
  return TENON_E_CANCELLED;
}

#define KIND "test.cmdlet/1"

static const tenon_step steps[] = {
    {.size = sizeof steps[0],
     .state = TENON_STEP_MISSING,
     .id = "role.create",
     .title = "Create the role",
     .kind = KIND,
     .body = "New-Role test",
     .undo = "Remove-Role test",
     .needs = "Organization Management"},
    {.size = sizeof steps[0],
     .state = TENON_STEP_MISSING,
     .id = "role.assign",
     .title = "Assign the role",
     .kind = KIND,
     .body = "Add-Role test\nSet-Role test",
     .undo = "Drop-Role test"},
};

static int
step_index(const char *id)
{
  for (int i = 0; i < 2; i++)
    if (strcmp(steps[i].id, id) == 0)
      return i;
  return -1;
}

static bool
told(const tenon_session *s, const char *word)
{
  return strstr(value_of(s, "script"), word);
}

static void
plan(const tenon_session *s, const tenon_sink *sink)
{
  for (int i = 0; i < 300 && told(s, "plan:many"); i++) {
    char id[32];
    tenon_step step = steps[0];
    (void)snprintf(id, sizeof id, "role.%d", i);
    step.id = id;
    sink->step(sink, &step);
  }
  for (int i = 0; i < 2; i++) {
    tenon_step step = steps[i];
    bool is_done = s->done[i] || told(s, "plan:done") || (i == 0 && told(s, "plan:half"));
    step.state = is_done ? TENON_STEP_DONE : TENON_STEP_MISSING;
    step.kind = told(s, "kind:nobody")            ? "nobody.cmdlet/1"
                : i == 0 && told(s, "kind:probe") ? "probe.cmdlet/1"
                                                  : KIND;
    step.flags = i == 1 && told(s, "plan:optional") ? TENON_STEP_OPTIONAL : 0;
    sink->step(sink, &step);
  }
}

static tenon_status
carry_out(tenon_session *s, const tenon_call *call, const tenon_step *step, bool apply,
          const tenon_sink *sink)
{
  int i = step_index(step->id);
  tenon_check c = check_of(TENON_FAIL, step->id, step->title);

  if (i == 1 && told(s, "apply:die"))
    abort();
  if (i == 1 && told(s, "apply:slow"))
    return wait_for_cancel(call);
  if (i == 1 && told(s, "apply:silent"))
    return TENON_OK;
  if (i < 0 || (i == 1 && told(s, "apply:denied"))) {
    c.cause = TENON_E_DENIED;
    sink->check(sink, &c);
    return TENON_OK;
  }
  s->done[i] = apply;
  c = check_of(TENON_PASS, step->id, step->title);
  sink->check(sink, &c);
  return TENON_OK;
}

static tenon_status
hook_configure(tenon_session *s, const tenon_call *call, uint32_t phase,
               const tenon_step *const *given, const tenon_sink *sink)
{
  tenon_status status = TENON_OK;

  if (phase == TENON_PLAN && told(s, "plan:network"))
    return TENON_E_NETWORK;
  if (phase == TENON_PLAN)
    plan(s, sink);
  for (; phase != TENON_PLAN && *given && status == TENON_OK; given++)
    status = carry_out(s, call, *given, phase == TENON_APPLY, sink);
  return status;
}

/* ---- the form -------------------------------------------------------------------------------------------------- */

static const tenon_page page_server = {
    .size = sizeof page_server, .id = "server", .title = "Server connection"};
static const tenon_page page_login = {.size = sizeof page_login,
                                      .id = "login",
                                      .title = "Admin's credentials",
                                      .help = "Who signs in."};
static const tenon_page *const pages[] = {&page_server, &page_login, NULL};

static const tenon_choice auths[] = {
    {"basic", "Name and password", NULL}, {"none", "Nothing", NULL}, {NULL, NULL, NULL}};

#define FIELD(page_, key_, label_, type_, flags_)                                                  \
  .size = sizeof(tenon_field), .type = (type_), .flags = (flags_), .page = (page_), .key = (key_), \
  .label = (label_)
static const tenon_field field_server = {
    FIELD("server", "server", "Server", TENON_TEXT, TENON_REQUIRED | TENON_SHARED),
    .preset = "mail.contoso.example"};
static const tenon_field field_script = {
    FIELD("server", "script", "Script", TENON_TEXT, TENON_ADVANCED)};
static const tenon_field field_auth = {
    FIELD("login", "auth", "Sign-in", TENON_CHOICE, TENON_SHARED), .preset = "basic",
    .choices = auths};
static const tenon_field field_admin = {
    FIELD("login", "admin", "Administrator", TENON_TEXT, TENON_SHARED), .when = "auth == 'basic'"};
static const tenon_field field_password = {
    FIELD("login", "password", "Password", TENON_SECRET, TENON_SHARED), .when = "auth == 'basic'"};
static const tenon_field field_mailbox = {
    FIELD("login", "mailbox", "Mailbox to test with", TENON_TEXT, TENON_SHARED),
    .browse = "mailbox"};
static const tenon_field *const fields[] = {
    &field_server, &field_script, &field_auth, &field_admin, &field_password, &field_mailbox, NULL};

static const char *const runs[] = {KIND, NULL};
static const char *const asks[] = {"test.color", "test.code", "test.device", NULL};

static const tenon_connector connector = {
    .size = sizeof connector,
    .id = "testconnector",
    .version = "1.0.0",
    .name = "Test",
    .summary = "Obeys its answers",
    .vendor = "The tests",
    .docs_url = "https://test.example/",
    .family = "test/1",
    .roles = TENON_SOURCE | TENON_TARGET,
    .schema = 1,
    .runs = runs,
    .asks = asks,
    .pages = pages,
    .fields = fields,
    .open = hook_open,
    .close = hook_close,
    .verify = hook_verify,
    .suggest = hook_suggest,
    .impersonate = hook_impersonate,
    .browse = hook_browse,
    .configure = hook_configure,
};

TENON_MODULE(&connector);
