// SPDX-License-Identifier: Apache-2.0
/* Connectors that a connection of tests/host/testconnector.c can be swapped to, or cannot: "modern" of the same family,
 * "sunset" likewise but retired long ago with modern as successor, "dusk" whose successor is sunset, and "stranger" of
 * another family. Verify obeys the answer to `mood`: good, bad (a required check fails), ask (a question), slow (waits
 * to be cancelled), keep (a secret is kept). The password has to be "right", as with the testconnector. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/plugin.h>

#define TWO    "\"roles\":[\"source\",\"target\"]"
#define TEST   "\"family\":\"test/1\","
#define OTHER  "\"family\":\"other/1\","
#define PAST   ",\"retires\":\"2020-01-01\",\"successor\":\"modern\""
#define FUTURE ",\"retires\":\"2999-12-31\",\"successor\":\"sunset\""
#define OF(id, name, rest)                                                                         \
  "{\"id\":\"" id "\",\"version\":\"2.0.0\",\"name\":\"" name "\",\"summary\":\"A test\"," rest "}"
TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[" OF("modern", "Modern", TEST TWO) "," OF(
        "sunset", "Sunset",
        TEST "\"roles\":[\"source\"]" PAST) "," OF("dusk", "Dusk",
                                                   TEST TWO FUTURE) "," OF("stranger", "Stranger",
                                                                           OTHER TWO) "]}");

struct tenon_session {
  const tenon_host *host;
};

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
  *ret = s;
  return TENON_OK;
}

static void
hook_close(tenon_session *s)
{
  free(s);
}

static int
mood_is(const tenon_session *s, const char *mood)
{
  tenon_text text = {0};

  return s->host->value(s->host, "mood", &text) == TENON_OK && text.ptr &&
         strcmp(text.ptr, mood) == 0;
}

static int
secret_is(const tenon_session *s, const char *key, const char *wanted)
{
  tenon_secret *secret = NULL;
  tenon_text text = {0};

  if (s->host->secret(s->host, key, &secret) != TENON_OK ||
      s->host->reveal(s->host, secret, &text) != TENON_OK)
    return 0;
  int is = strcmp(text.ptr, wanted) == 0;
  s->host->conceal(s->host, secret);
  return is;
}

static void
tell(const tenon_sink *sink, const char *id, const char *title, int ok, tenon_status cause)
{
  tenon_check c = {.size = sizeof c,
                   .state = ok ? TENON_PASS : TENON_FAIL,
                   .level = TENON_LEVEL_REQUIRED,
                   .id = id,
                   .title = title,
                   .cause = ok ? TENON_OK : cause,
                   .detail = ok ? NULL : "It was not right.",
                   .remedy = ok ? NULL : "Make it right."};

  sink->begin(sink, id, title);
  sink->check(sink, &c);
}

static void
keep(const tenon_session *s)
{
  tenon_secret *secret = NULL;
  tenon_text bytes = {"token-of-modern", 15};

  if (s->host->remember(s->host, bytes, &secret) == TENON_OK)
    (void)s->host->keep(s->host, TENON_KEEP_CONNECTION, "token", secret);
}

static tenon_status
hook_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  tell(sink, "auth.basic", "Sign-in", secret_is(s, "password", "right"), TENON_E_AUTH);
  tell(sink, "modern.pin", "Pin", secret_is(s, "pin", "1234"), TENON_E_DENIED);
  tell(sink, "modern.mood", "Mood", !mood_is(s, "bad"), TENON_E_NETWORK);
  if (mood_is(s, "keep"))
    keep(s);
  if (mood_is(s, "slow")) {
    struct pollfd cancel = {.fd = call->cancel_fd, .events = POLLIN};
    sink->begin(sink, "modern.slow", "Slow");
    (void)poll(&cancel, 1, 30000);
    return call->cancelled(call) ? TENON_E_CANCELLED : TENON_OK;
  }
  if (mood_is(s, "ask")) {
    tenon_ask ask = {
        .size = sizeof ask, .kind = TENON_ASK_CONFIRM, .id = "modern.sure", .title = "Sure?"};
    uint64_t ticket = 0;
    tenon_text text = {0};
    if (s->host->ask(s->host, call, &ask, &ticket) != TENON_OK ||
        s->host->answer(s->host, call, ticket, 30000000000, &text, NULL) != TENON_OK)
      tell(sink, "modern.sure", "Sure", 0, TENON_E_NOANSWER);
  }
  return TENON_OK;
}

static const tenon_choice moods[] = {{"good", "Good", NULL},  {"bad", "Bad", NULL},
                                     {"ask", "Asks", NULL},   {"slow", "Slow", NULL},
                                     {"keep", "Keeps", NULL}, {NULL, NULL, NULL}};
static const tenon_choice auths[] = {
    {"token", "Token", NULL}, {"none", "Nothing", NULL}, {NULL, NULL, NULL}};

static const tenon_page page_all = {.size = sizeof page_all, .id = "all", .title = "All of it"};
static const tenon_page *const pages[] = {&page_all, NULL};

#define FIELD(key_, label_, type_, flags_)                                                         \
  .size = sizeof(tenon_field), .page = "all", .type = (type_), .flags = (flags_), .key = (key_),   \
  .label = (label_)
static const tenon_field field_server = {FIELD("server", "Server", TENON_TEXT, TENON_SHARED)};
static const tenon_field field_auth = {FIELD("auth", "Sign-in", TENON_CHOICE, TENON_SHARED),
                                       .preset = "token", .choices = auths};
static const tenon_field field_admin = {FIELD("admin", "Administrator", TENON_TEXT, TENON_SHARED)};
static const tenon_field field_mailbox = {FIELD("mailbox", "Mailbox", TENON_TEXT, TENON_SHARED),
                                          .when = "auth == 'none'"};
static const tenon_field field_password = {
    FIELD("password", "Password", TENON_SECRET, TENON_SHARED)};
static const tenon_field field_tenant = {FIELD("tenant", "Tenant", TENON_TEXT, TENON_REQUIRED)};
static const tenon_field field_pin = {FIELD("pin", "Pin", TENON_SECRET, TENON_REQUIRED)};
static const tenon_field field_mood = {FIELD("mood", "Mood", TENON_CHOICE, 0), .preset = "good",
                                       .choices = moods};
static const tenon_field *const fields[] = {&field_server,  &field_auth,     &field_admin,
                                            &field_mailbox, &field_password, &field_tenant,
                                            &field_pin,     &field_mood,     NULL};

static const char *const asks[] = {"modern.sure", NULL};

#define CONNECTOR                                                                                  \
  .size = sizeof(tenon_connector), .version = "2.0.0", .summary = "A test", .schema = 1,           \
  .asks = asks, .pages = pages, .fields = fields, .open = hook_open, .close = hook_close,          \
  .verify = hook_verify
static const tenon_connector modern = {CONNECTOR, .id = "modern", .name = "Modern",
                                       .family = "test/1", .roles = TENON_SOURCE | TENON_TARGET};
static const tenon_connector sunset = {CONNECTOR,
                                       .id = "sunset",
                                       .name = "Sunset",
                                       .family = "test/1",
                                       .roles = TENON_SOURCE,
                                       .retires = "2020-01-01",
                                       .successor = "modern"};
static const tenon_connector dusk = {CONNECTOR,
                                     .id = "dusk",
                                     .name = "Dusk",
                                     .family = "test/1",
                                     .roles = TENON_SOURCE | TENON_TARGET,
                                     .retires = "2999-12-31",
                                     .successor = "sunset"};
static const tenon_connector stranger = {CONNECTOR, .id = "stranger", .name = "Stranger",
                                         .family = "other/1", .roles = TENON_SOURCE | TENON_TARGET};

TENON_MODULE(&modern, &sunset, &dusk, &stranger);
