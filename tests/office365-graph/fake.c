// SPDX-License-Identifier: Apache-2.0
//
// The host, the sink and the source; and what the tests compose answers of.
#include "fake.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct fake fake;

const struct fake_option fake_as_app[] = {
    {"admin", "anna@contoso.example"},
    {"tenant", FAKE_TENANT},
    {"client_id", FAKE_CLIENT},
    {"client_secret", "s3cr3t~value-that-is-long"},
    {NULL, NULL},
};
// A refresh token in the vault stands for the person who has signed in.
const struct fake_option fake_as_person[] = {
    {"admin", "anna@contoso.example"},
    {"tenant", FAKE_TENANT},
    {"client_id", FAKE_CLIENT},
    {"grant", "device-code"},
    {NULL, NULL},
};

// ---- host ---------------------------------------------------------------------------------------

#define SECRETS_MAX 64

struct tenon_secret {
  char text[8192];
  size_t len;
};

static struct tenon_secret secrets[SECRETS_MAX];
static size_t n_secrets;

static tenon_secret *
make_secret(const char *text, size_t len)
{
  struct tenon_secret *secret = &secrets[n_secrets++ % SECRETS_MAX];
  ck_assert_uint_lt(len, sizeof secret->text);
  memcpy(secret->text, text, len);
  secret->text[len] = 0;
  secret->len = len;
  return secret;
}

static void
host_log(const tenon_host *host, int32_t level, const char *message)
{
  (void)host, (void)level, (void)message;
}

static int64_t
host_now(const tenon_host *host)
{
  (void)host;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + fake.now_ns;
}

static const char *
option(const char *key)
{
  for (const struct fake_option *o = fake.options; o->key != NULL; o++)
    if (strcmp(o->key, key) == 0)
      return o->value;
  return NULL;
}

static tenon_status
host_value(const tenon_host *host, const char *key, tenon_text *ret)
{
  (void)host;
  const char *value = option(key);
  *ret = (tenon_text){value, value != NULL ? strlen(value) : 0};
  return TENON_OK;
}

static tenon_status
host_secret(const tenon_host *host, const char *key, tenon_secret **ret)
{
  (void)host;
  const char *value = option(key);
  if (value == NULL)
    return TENON_E_CONFIG;
  *ret = make_secret(value, strlen(value));
  return TENON_OK;
}

static tenon_status
host_reveal(const tenon_host *host, tenon_secret *secret, tenon_text *ret)
{
  (void)host;
  *ret = (tenon_text){secret->text, secret->len};
  return TENON_OK;
}

static void
host_conceal(const tenon_host *host, tenon_secret *secret)
{
  (void)host, (void)secret;
}

static tenon_status
host_remember(const tenon_host *host, tenon_text bytes, tenon_secret **ret)
{
  (void)host;
  *ret = make_secret(bytes.ptr, bytes.len);
  return TENON_OK;
}

static tenon_status
host_keep(const tenon_host *host, uint32_t scope, const char *key, tenon_secret *secret)
{
  (void)host, (void)scope, (void)key, (void)secret;
  return TENON_OK;
}

// Refresh tokens are there for a person; tokens of other sessions never.
static tenon_status
host_kept(const tenon_host *host, const tenon_call *call, const char *key, tenon_secret **ret)
{
  (void)host, (void)call;
  if (fake.scopes == NULL || strstr(key, "refresh") == NULL)
    return TENON_E_CONFIG;
  static const char value[] = "{\"refresh_token\":\"a-refresh-token-of-some-length\"}";
  *ret = make_secret(value, sizeof value - 1);
  return TENON_OK;
}

static tenon_status
host_signin_begin(const tenon_host *host, const tenon_call *call, const char *resource)
{
  (void)host, (void)call, (void)resource;
  return TENON_OK;
}

static void
host_signin_end(const tenon_host *host, const char *resource)
{
  (void)host, (void)resource;
}

static tenon_status
host_ask(const tenon_host *host, const tenon_call *call, const tenon_ask *ask, uint64_t *ret)
{
  (void)host, (void)call, (void)ask, (void)ret;
  return TENON_E_NOANSWER;
}

static void
host_withdraw(const tenon_host *host, uint64_t ticket)
{
  (void)host, (void)ticket;
}

static const void *
host_extension(const tenon_host *host, const char *id)
{
  (void)host;
  return strcmp(id, TENON_HTTP_ID) == 0 ? &fake.http : NULL;
}

// ---- sink ---------------------------------------------------------------------------------------

static void
take(char *to, size_t size, const char *from)
{
  snprintf(to, size, "%s", from != NULL ? from : "");
}

static void
sink_begin(const tenon_sink *sink, const char *id, const char *title)
{
  (void)sink;
  ck_assert_ptr_nonnull(id);
  ck_assert_ptr_nonnull(title);
}

static void
take_data(struct fake_check *to, const tenon_check *check)
{
  struct {
    const char *key;
    char *to;
    size_t size;
  } wanted[] = {
      {TENON_DATA_VERDICT, to->verdict, sizeof to->verdict},
      {"symptom", to->symptom, sizeof to->symptom},
      {TENON_DATA_EXISTENCE, to->existence, sizeof to->existence},
      {TENON_DATA_MISSING, to->missing, sizeof to->missing},
      {TENON_DATA_MEND, to->mend, sizeof to->mend},
      {TENON_DATA_TRIED, to->tried, sizeof to->tried},
  };
  for (size_t i = 0; i < check->n_data; i++) {
    const tenon_pair *pair = &check->data[i];
    ck_assert_ptr_nonnull(pair->value.ptr);
    ck_assert_uint_eq(strlen(pair->value.ptr), pair->value.len);
    for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++)
      if (strcmp(wanted[k].key, pair->key) == 0)
        take(wanted[k].to, wanted[k].size, pair->value.ptr);
  }
}

static void
sink_check(const tenon_sink *sink, const tenon_check *check)
{
  (void)sink;
  ck_assert_uint_eq(check->size, sizeof *check);
  ck_assert_ptr_nonnull(check->id);
  ck_assert_ptr_nonnull(check->title);
  if (check->state == TENON_FAIL)
    ck_assert_ptr_nonnull(check->remedy);
  if (check->state == TENON_SKIP)
    ck_assert_ptr_nonnull(check->because);
  struct fake_check *to = &fake.checks[fake.n_checks++ % FAKE_CHECKS_MAX];
  *to = (struct fake_check){.state = check->state,
                            .level = check->level,
                            .cause = check->cause,
                            .retry_ns = check->retry_ns};
  take(to->id, sizeof to->id, check->id);
  take(to->title, sizeof to->title, check->title);
  take(to->detail, sizeof to->detail, check->detail);
  take(to->remedy, sizeof to->remedy, check->remedy);
  take(to->field, sizeof to->field, check->field);
  take(to->because, sizeof to->because, check->because);
  take(to->subject, sizeof to->subject, check->subject);
  take_data(to, check);
  fake.passed += check->state == TENON_PASS;
  fake.failed += check->state == TENON_FAIL;
}

static void
sink_offer(const tenon_sink *sink, const tenon_offer *offer)
{
  (void)sink;
  ck_assert_uint_lt(fake.n_offers, FAKE_OFFERS_MAX);
  struct fake_offer *to = &fake.offers[fake.n_offers++];
  take(to->value, sizeof to->value, offer->value);
  take(to->label, sizeof to->label, offer->label);
  take(to->detail, sizeof to->detail, offer->detail);
}

static void
sink_patch(const tenon_sink *sink, const char *key, const tenon_text *text)
{
  (void)sink;
  size_t n = strlen(fake.patches);
  snprintf(fake.patches + n, sizeof fake.patches - n, "%s=%s\n", key, text->ptr);
}

static void
sink_step(const tenon_sink *sink, const tenon_step *step)
{
  (void)sink;
  ck_assert_uint_lt(fake.n_steps, FAKE_STEPS_MAX);
  struct fake_step *to = &fake.steps[fake.n_steps++];
  to->state = step->state;
  take(to->id, sizeof to->id, step->id);
  take(to->title, sizeof to->title, step->title);
  take(to->kind, sizeof to->kind, step->kind);
  take(to->body, sizeof to->body, step->body);
  take(to->undo, sizeof to->undo, step->undo);
  take(to->needs, sizeof to->needs, step->needs);
}

// ---- source and call ------------------------------------------------------------------------------

static int32_t
source_next(const tenon_source *source, tenon_text *ret)
{
  static char made_up[64];
  static bool said_later;
  (void)source;
  if (fake.given == fake.n_subjects)
    return TENON_NEXT_END;
  bool later = fake.later_every != 0 && fake.given % fake.later_every == 0;
  later = later || (fake.later_at != 0 && fake.given == fake.later_at);
  if (later && !said_later) {
    said_later = true;
    return TENON_NEXT_LATER;
  }
  said_later = false;
  const char *subject = made_up;
  if (fake.subjects != NULL)
    subject = fake.subjects[fake.given];
  else
    snprintf(made_up, sizeof made_up, "user%zu@contoso.example", fake.given);
  fake.given++;
  *ret = (tenon_text){subject, strlen(subject)};
  return TENON_NEXT_SUBJECT;
}

static int32_t
call_cancelled(const tenon_call *call)
{
  eventfd_t value;
  (void)call;
  fake.now_ns += fake.busy_ns;
  if (eventfd_read(fake.cancel_event, &value) != 0)
    return 0;
  eventfd_write(fake.cancel_event, value);
  return 1;
}

// ---- for the tests --------------------------------------------------------------------------------

void
fake_init(const struct fake_option *options, fake_graph_fn *graph)
{
  memset(&fake, 0, sizeof fake);
  n_secrets = 0;
  fake.options = options;
  fake.graph = graph;
  fake.roles = FAKE_ALL;
  if (options == fake_as_person)
    fake.scopes = "User.Read User.ReadBasic.All Mail.ReadBasic Mail.Read.Shared";
  fake.cancel_event = eventfd(0, EFD_NONBLOCK);
  fake.http_event = eventfd(0, EFD_NONBLOCK);
  fake_http_init();
  ck_assert_int_eq(pipe(fake.ready_pipe), 0);
  ck_assert_int_eq(write(fake.ready_pipe[1], "x", 1), 1);
  fake.host = (tenon_host){.size = sizeof fake.host,
                           .name = "fake",
                           .version = "0",
                           .log = host_log,
                           .now = host_now,
                           .value = host_value,
                           .secret = host_secret,
                           .reveal = host_reveal,
                           .conceal = host_conceal,
                           .remember = host_remember,
                           .keep = host_keep,
                           .kept = host_kept,
                           .signin_begin = host_signin_begin,
                           .signin_end = host_signin_end,
                           .ask = host_ask,
                           .withdraw = host_withdraw,
                           .extension = host_extension};
  fake.sink = (tenon_sink){.size = sizeof fake.sink,
                           .begin = sink_begin,
                           .check = sink_check,
                           .offer = sink_offer,
                           .patch = sink_patch,
                           .step = sink_step};
  fake.call = (tenon_call){
      .size = sizeof fake.call, .cancel_fd = fake.cancel_event, .cancelled = call_cancelled};
  fake.source = (tenon_source){
      .size = sizeof fake.source, .jobs = 4, .ready_fd = fake.ready_pipe[0], .next = source_next};
}

void
fake_finish(void)
{
  fake_http_finish();
  close(fake.cancel_event);
  close(fake.http_event);
  close(fake.ready_pipe[0]);
  close(fake.ready_pipe[1]);
}

const tenon_connector *
fake_connector(void)
{
  return tenon_entry_1()->connectors[0];
}

tenon_session *
fake_open(void)
{
  tenon_session *session = NULL;
  tenon_status status = fake_connector()->open(&fake.host, &fake.call, &fake.sink, &session);
  ck_assert_msg(status == TENON_OK, "open: %d, %s", status, fake.checks[0].title);
  return session;
}

const struct fake_check *
fake_check_of(const char *id)
{
  for (size_t i = fake.n_checks; i-- > 0;)
    if (strcmp(fake.checks[i % FAKE_CHECKS_MAX].id, id) == 0)
      return &fake.checks[i % FAKE_CHECKS_MAX];
  return NULL;
}

const struct fake_check *
fake_check_of_subject(const char *subject)
{
  for (size_t i = fake.n_checks; i-- > 0;)
    if (strcmp(fake.checks[i % FAKE_CHECKS_MAX].subject, subject) == 0)
      return &fake.checks[i % FAKE_CHECKS_MAX];
  return NULL;
}

const struct fake_step *
fake_step_of(const char *id)
{
  for (size_t i = 0; i < fake.n_steps; i++)
    if (strcmp(fake.steps[i].id, id) == 0)
      return &fake.steps[i];
  return NULL;
}

void
fake_json(struct fake_answer *a, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  vsnprintf(a->body, sizeof a->body, format, args);
  va_end(args);
  a->code = 200;
}

void
fake_error(struct fake_answer *a, int code, const char *name)
{
  fake_json(a,
            "{\"error\":{\"code\":\"%s\",\"message\":\"words\",\"innerError\":{\"request-id\":"
            "\"0b0b0b0b\",\"date\":\"2026-11-22T06:00:00\"}}}",
            name);
  a->code = code;
}

bool
fake_path_has(const char *path, const char *what)
{
  return strstr(path, what) != NULL;
}

void
fake_user_of(const char *path, char *to, size_t size)
{
  to[0] = 0;
  if (strncmp(path, "/users/", 7) == 0)
    snprintf(to, size, "%.*s", (int)strcspn(path + 7, "/?"), path + 7);
}

void
fake_all_well(const char *path, struct fake_answer *a)
{
  char user[400];
  fake_user_of(path, user, sizeof user);
  if (strncmp(path, "/organization?", 14) == 0)
    fake_json(a,
              "{\"value\":[{\"id\":\"" FAKE_TENANT
              "\",\"displayName\":\"Contoso\",\"verifiedDomains\":[{\"name\":\"contoso.example\","
              "\"isDefault\":true}],\"assignedPlans\":[{\"service\":\"exchange\","
              "\"capabilityStatus\":\"Enabled\"}]}]}");
  else if (strncmp(path, "/users?", 7) == 0)
    fake_json(a, "{\"value\":[{\"id\":\"10a1d484-cd1a-4162-a5a4-832370bac356\",\"displayName\":"
                 "\"Lynne\",\"mail\":\"lynne@contoso.example\"}]}");
  else if (fake_path_has(path, "/mailFolders/inbox"))
    fake_json(a, "{\"id\":\"AAMk\",\"totalItemCount\":60}");
  else if (fake_path_has(path, "/mailboxSettings"))
    fake_json(a, "{\"status\":\"disabled\"}");
  else if (strncmp(user, "tenon-nobody", 12) == 0)
    fake_error(a, 404, "Request_ResourceNotFound");
  else
    fake_json(a,
              "{\"id\":\"10a1d484-cd1a-4162-a5a4-832370bac356\",\"mail\":\"%s\",\"userType\":"
              "\"Member\"}",
              user);
  if (strncmp(user, "tenon-nobody", 12) == 0)
    fake_error(a, 404,
               fake_path_has(path, "/mail") ? "ErrorInvalidUser" : "Request_ResourceNotFound");
}
