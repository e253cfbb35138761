// SPDX-License-Identifier: Apache-2.0
//
// The host, the sink and the source; and what the tests compose answers of.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct fake fake;
static const char *const verdict_names[] = {
    TENON_VERDICT_OK,        TENON_VERDICT_REFUSED,  TENON_VERDICT_NO_MAILBOX,
    TENON_VERDICT_ELSEWHERE, TENON_VERDICT_DISABLED, TENON_VERDICT_INVALID,
    TENON_VERDICT_THROTTLED, TENON_VERDICT_ERROR,    TENON_VERDICT_OUT_OF_SCOPE,
};

// ---- host -------------------------------------------------------------------------------------

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

static tenon_status
host_value(const tenon_host *host, const char *key, tenon_text *ret)
{
  (void)host;
  *ret = (tenon_text){NULL, 0};
  for (const struct fake_option *o = fake.options; o->key != NULL; o++)
    if (strcmp(o->key, key) == 0)
      *ret = (tenon_text){o->value, strlen(o->value)};
  return TENON_OK;
}

static tenon_status
host_secret(const tenon_host *host, const char *key, tenon_secret **ret)
{
  (void)host, (void)key;
  if (fake.no_secret)
    return TENON_E_CONFIG;
  *ret = (tenon_secret *)&fake;
  return TENON_OK;
}

// Secrets of the form have one text; those that were minted their own.
static tenon_status
host_reveal(const tenon_host *host, tenon_secret *secret, tenon_text *ret)
{
  (void)host;
  const char *text = (void *)secret == (void *)&fake ? "s3cr3t" : (const char *)secret;
  *ret = (tenon_text){text, strlen(text)};
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
  ck_assert_uint_lt(fake.n_secrets, FAKE_SECRETS_MAX);
  ck_assert_uint_lt(bytes.len, sizeof fake.secrets[0]);
  char *to = fake.secrets[fake.n_secrets++];
  memcpy(to, bytes.ptr, bytes.len);
  to[bytes.len] = 0;
  *ret = (tenon_secret *)to;
  return TENON_OK;
}

static tenon_status
host_keep(const tenon_host *host, uint32_t scope, const char *key, tenon_secret *secret)
{
  (void)host, (void)scope, (void)key, (void)secret;
  return TENON_OK;
}

static tenon_status
host_kept(const tenon_host *host, const tenon_call *call, const char *key, tenon_secret **ret)
{
  (void)host, (void)call, (void)key, (void)ret;
  return TENON_E_CONFIG;
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

static const void *
host_extension(const tenon_host *host, const char *id)
{
  (void)host;
  return strcmp(id, TENON_HTTP_ID) == 0 ? &fake.http : NULL;
}

// ---- sink -------------------------------------------------------------------------------------

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
  size_t n = strlen(fake.begun);
  snprintf(fake.begun + n, sizeof fake.begun - n, "%s\n", title);
}

static void
take_data(struct fake_check *to, const tenon_check *check)
{
  for (size_t i = 0; i < check->n_data; i++) {
    const tenon_pair *pair = &check->data[i];
    ck_assert_ptr_nonnull(pair->value.ptr);
    ck_assert_uint_eq(strlen(pair->value.ptr), pair->value.len);
    if (strcmp(pair->key, TENON_DATA_VERDICT) == 0)
      take(to->verdict, sizeof to->verdict, pair->value.ptr);
    if (strcmp(pair->key, TENON_DATA_EXISTENCE) == 0)
      take(to->existence, sizeof to->existence, pair->value.ptr);
    if (strcmp(pair->key, TENON_DATA_PROVE) == 0)
      take(to->prove, sizeof to->prove, pair->value.ptr);
    if (strcmp(pair->key, "passed") == 0)
      take(to->passed, sizeof to->passed, pair->value.ptr);
    if (strcmp(pair->key, "binding") == 0)
      take(to->binding, sizeof to->binding, pair->value.ptr);
    if (strcmp(pair->key, TENON_DATA_LIKELY) == 0)
      take(to->likely, sizeof to->likely, pair->value.ptr);
    if (strcmp(pair->key, TENON_DATA_DAYS_LEFT) == 0)
      take(to->days_left, sizeof to->days_left, pair->value.ptr);
    if (strcmp(pair->key, TENON_DATA_SUCCESSOR) == 0)
      take(to->successor, sizeof to->successor, pair->value.ptr);
    if (strcmp(pair->key, TENON_DATA_PERMISSIONS) == 0)
      take(to->permissions, sizeof to->permissions, pair->value.ptr);
    if (strcmp(pair->key, TENON_DATA_MISSING) == 0)
      take(to->missing, sizeof to->missing, pair->value.ptr);
    if (strcmp(pair->key, "symptom") == 0)
      take(to->symptom, sizeof to->symptom, pair->value.ptr);
    if (strcmp(pair->key, TENON_DATA_MEND) == 0)
      take(to->mend, sizeof to->mend, pair->value.ptr);
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
  for (size_t i = 0; i < sizeof verdict_names / sizeof *verdict_names; i++)
    fake.by_verdict[i] += strcmp(verdict_names[i], to->verdict) == 0;
}

static void
sink_offer(const tenon_sink *sink, const tenon_offer *offer)
{
  (void)sink;
  ck_assert_uint_lt(fake.n_offers, FAKE_OFFERS_MAX);
  take(fake.offers[fake.n_offers++], sizeof fake.offers[0], offer->value);
}

static tenon_status
host_ask(const tenon_host *host, const tenon_call *call, const tenon_ask *ask, uint64_t *ret)
{
  (void)host, (void)call;
  fake.asked++;
  ck_assert_str_eq(ask->id, "tls.trust");
  take(fake.ask_title, sizeof fake.ask_title, ask->title);
  take(fake.ask_body, sizeof fake.ask_body, ask->body);
  *ret = 1;
  return fake.reply != NULL ? TENON_OK : TENON_E_NOANSWER;
}

static tenon_status
host_answer(const tenon_host *host, const tenon_call *call, uint64_t ticket, int64_t wait_ns,
            tenon_text *ret, tenon_secret **ret_secret)
{
  (void)host, (void)call, (void)ticket, (void)wait_ns, (void)ret_secret;
  *ret = (tenon_text){fake.reply, strlen(fake.reply)};
  return strcmp(fake.reply, "declined") == 0 ? TENON_E_CANCELLED : TENON_OK;
}

static void
sink_patch(const tenon_sink *sink, const char *key, const tenon_text *text)
{
  (void)sink;
  ck_assert_uint_lt(text->len, sizeof fake.patch);
  take(fake.patch_key, sizeof fake.patch_key, key);
  size_t n = strlen(fake.patched);
  snprintf(fake.patched + n, sizeof fake.patched - n, "%s=%s;", key, text->ptr);
  memcpy(fake.patch, text->ptr, text->len);
  fake.patch[text->len] = 0;
}

static void
sink_step(const tenon_sink *sink, const tenon_step *step)
{
  (void)sink;
  if (fake.n_steps < FAKE_STEPS_MAX) {
    struct fake_step *to = &fake.steps[fake.n_steps++];
    to->state = step->state;
    take(to->id, sizeof to->id, step->id);
    take(to->kind, sizeof to->kind, step->kind);
    take(to->body, sizeof to->body, step->body);
    take(to->undo, sizeof to->undo, step->undo);
  }
  fake.step = *step;
  take(fake.step_body, sizeof fake.step_body, step->body);
}

// ---- source and call --------------------------------------------------------------------------

static int32_t
source_next(const tenon_source *source, tenon_text *ret)
{
  static char made_up[64];
  static bool said_later;
  (void)source;
  if (fake.given == fake.n_subjects)
    return TENON_NEXT_END;
  if (fake.later_every != 0 && fake.given % fake.later_every == 0 && !said_later) {
    said_later = true;
    fake.now_ns += fake.later_ns;
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
  if (eventfd_read(fake.cancel_event, &value) != 0)
    return 0;
  eventfd_write(fake.cancel_event, value);
  return 1;
}

// ---- for the tests ----------------------------------------------------------------------------

void
fake_init(const struct fake_option *options, fake_answer_fn *answer)
{
  memset(&fake, 0, sizeof fake);
  fake.options = options;
  fake.answer = answer;
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
                           .extension = host_extension,
                           .ask = host_ask,
                           .answer = host_answer};
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

#define ENVELOPE                                                                                   \
  "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\" xmlns:t=\"" SOAP_NS_TYPES                          \
  "\" xmlns:m=\"" SOAP_NS_MESSAGES                                                                 \
  "\"><s:Header><t:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"2\" "                      \
  "MajorBuildNumber=\"2562\" MinorBuildNumber=\"17\"/></s:Header><s:Body>%s</s:Body></s:Envelope>"

static void
write_message(struct fake_answer *a, const char *operation, const char *class, const char *inside)
{
  char message[4096];
  snprintf(message, sizeof message,
           "<m:%sResponse><m:ResponseMessages><m:%sResponseMessage ResponseClass=\"%s\">%s"
           "</m:%sResponseMessage></m:ResponseMessages></m:%sResponse>",
           operation, operation, class, inside, operation, operation);
  a->code = 200;
  snprintf(a->body, sizeof a->body, ENVELOPE, message);
}

void
fake_success(struct fake_answer *a, const char *operation)
{
  write_message(a, operation, "Success", "<m:ResponseCode>NoError</m:ResponseCode>");
}

void
fake_error(struct fake_answer *a, const char *operation, const char *name)
{
  char inside[256];
  snprintf(inside, sizeof inside, "<m:ResponseCode>%s</m:ResponseCode>", name);
  write_message(a, operation, "Error", inside);
}

void
fake_fault(struct fake_answer *a, int code, const char *name)
{
  char fault[512];
  snprintf(fault, sizeof fault, "<s:Fault><faultcode>%s</faultcode></s:Fault>", name);
  a->code = code;
  snprintf(a->body, sizeof a->body, ENVELOPE, fault);
}

void
fake_found(struct fake_answer *a, const char *address, const char *type)
{
  char inside[1024];
  snprintf(inside, sizeof inside,
           "<m:ResponseCode>NoError</m:ResponseCode><m:ResolutionSet "
           "IncludesLastItemInRange=\"true\"><t:Resolution><t:Mailbox><t:Name>N</t:Name>"
           "<t:EmailAddress>%s</t:EmailAddress><t:MailboxType>%s</t:MailboxType></t:Mailbox>"
           "</t:Resolution></m:ResolutionSet>",
           address, type);
  write_message(a, "ResolveNames", "Success", inside);
}

void
fake_challenge(struct fake_answer *a, const char *schemes)
{
  static tenon_pair header = {"WWW-Authenticate", {NULL, 0}};
  header.value = (tenon_text){schemes, strlen(schemes)};
  a->code = 401;
  a->headers = &header;
  a->n_headers = 1;
}
