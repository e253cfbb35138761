// SPDX-License-Identifier: Apache-2.0
//
// The service's promises are held here as strictly as the real one's: a completion is given back once,
// nothing is started while another is in flight for the same mailbox or on the same channel, no more than
// 256 at a time.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#define FLYING_MAX 256

struct flight {
  tenon_http_completion completion;
  struct fake_answer answer;
  char address[512];
  bool taken;
  tenon_http_signin signin;
  struct tenon_http_channel *channel; // NULL: pooled
};

struct tenon_http_channel {
  tenon_http_identity identity;
  bool signed_in, busy;
};

static struct flight *flights[FLYING_MAX];
static size_t n_flights;
static struct flight *held[FLYING_MAX * 2]; // by the plugin
static size_t n_held;

static const tenon_http_completion *
hold(struct flight *f)
{
  ck_assert_uint_lt(n_held, sizeof held / sizeof *held);
  f->taken = true;
  held[n_held++] = f;
  return &f->completion;
}

static const tenon_http_certificate certificate = {
    .size = sizeof certificate,
    .subject = "CN=lab",
    .issuer = "CN=Lab CA",
    .names = "localhost",
    .pem = "-----",
    .sha256 = "ab",
    .pin = "sha256//x",
    .not_before = 0,
    .not_after = INT64_MAX / 2,
};
static const tenon_http_certificate *const chain[] = {&certificate};

static void
cut(const char *body, const char *from, const char *to, char *ret, size_t size)
{
  const char *start = strstr(body, from);
  const char *end = start != NULL ? strstr(start + strlen(from), to) : NULL;
  ret[0] = 0;
  if (end != NULL)
    snprintf(ret, size, "%.*s", (int)(end - start - (long)strlen(from)), start + strlen(from));
}

static void
read_request(const tenon_http_request *request, struct fake_request *ret)
{
  size_t n = 0;
  *ret =
      (struct fake_request){.label = request->label,
                            .url = request->url,
                            .user = request->auth == TENON_HTTP_AUTH_BASIC ? request->user : NULL};
  if (request->auth == TENON_HTTP_AUTH_BEARER)
    ret->user = (const char *)request->secret;
  for (size_t i = 0; i < request->n_body; i++) {
    ck_assert_uint_lt(n + request->body[i].text.len, sizeof ret->body);
    if (request->body[i].secret != NULL)
      continue;
    memcpy(ret->body + n, request->body[i].text.ptr, request->body[i].text.len);
    n += request->body[i].text.len;
  }
  ret->body[n] = 0;
  static const char *const elements[][2] = {{"<t:EmailAddress>", "<"},
                                            {"<t:SmtpAddress>", "<"},
                                            {"<t:PrincipalName>", "<"},
                                            {"<t:SID>", "<"},
                                            {"<m:UnresolvedEntry>", "<"}};
  for (size_t i = 0; i < sizeof elements / sizeof *elements && ret->address[0] == 0; i++)
    cut(ret->body, elements[i][0], elements[i][1], ret->address, sizeof ret->address);
  for (size_t i = 0; i < request->n_headers; i++)
    if (strcmp(request->headers[i].key, "X-AnchorMailbox") == 0)
      ret->anchor = request->headers[i].value.ptr;
}

static tenon_status
status_of(uint32_t fault)
{
  switch (fault) {
  case TENON_HTTP_FAULT_NONE: return TENON_OK;
  case TENON_HTTP_FAULT_TLS:
  case TENON_HTTP_FAULT_CERTIFICATE: return TENON_E_TLS;
  case TENON_HTTP_FAULT_SLOW: return TENON_E_TIMEOUT;
  default: return TENON_E_NETWORK;
  }
}

// Signs the channel in; false: that is what the request ends with.
static bool
sign_in(struct flight *f)
{
  struct tenon_http_channel *channel = f->channel;
  f->signin = (tenon_http_signin){.size = sizeof f->signin, .scheme = "NTLM", .mechanism = "NTLM"};
  if (channel->identity.scheme == TENON_HTTP_SIGNIN_NEGOTIATE ||
      channel->identity.scheme == TENON_HTTP_SIGNIN_KERBEROS)
    f->signin.mechanism = "Kerberos";
  f->signin.user = channel->identity.user;
  f->completion.signin = &f->signin;
  if (channel->signed_in)
    return true;
  fake.tried++;
  fake.signin(&channel->identity, &f->signin);
  channel->signed_in = f->signin.fault == TENON_HTTP_SIGNIN_OK;
  fake.signins += channel->signed_in || f->signin.legs > 1;
  if (channel->signed_in)
    return true;
  if (f->signin.fault == TENON_HTTP_SIGNIN_REJECTED)
    fake_challenge(&f->answer, "Negotiate, NTLM");
  else
    f->completion.status = TENON_E_AUTH;
  return false;
}

static void
answer_flight(struct flight *f, const struct fake_request *read)
{
  if (f->channel != NULL && !sign_in(f))
    return;
  if (read->user == NULL && fake.door) {
    fake.knocks++;
    fake_challenge(&f->answer, fake.door_schemes != NULL ? fake.door_schemes : "Basic");
    return;
  }
  fake.requests++;
  fake.signed_requests += read->user != NULL;
  fake.last_scheme = read->scheme;
  fake.answer(read, &f->answer);
}

static struct flight *
answer_request(const tenon_http_request *request, struct tenon_http_channel *channel, void *tag)
{
  static tenon_http_tls tls = {.protocol = "TLSv1.3", .cipher = "X", .chain = chain, .n_chain = 1};
  struct fake_request read;
  struct flight *f = calloc(1, sizeof *f);
  ck_assert_ptr_nonnull(f);
  read_request(request, &read);
  f->answer.code = 200;
  f->channel = channel;
  if (channel != NULL) {
    ck_assert_uint_eq(request->auth, TENON_HTTP_AUTH_NONE);
    read.scheme = channel->identity.scheme;
    read.user = channel->identity.user != NULL ? channel->identity.user : "whose ticket it is";
  }
  answer_flight(f, &read);
  snprintf(f->address, sizeof f->address, "%s", read.address);
  tls.size = sizeof tls;
  tls.verdict = f->answer.tls;
  tls.complaints = f->answer.tls != 0 ? 1u << f->answer.tls : 0;
  tenon_status failed = f->completion.status;
  f->completion = (tenon_http_completion){
      .size = sizeof f->completion,
      .fault = f->answer.fault,
      .code = f->answer.fault == 0 && failed == TENON_OK ? f->answer.code : 0,
      .status = failed != TENON_OK ? failed : status_of(f->answer.fault),
      .signin = f->completion.signin,
      .tag = tag,
      .label = request->label,
      .url = "https://localhost/EWS/Exchange.asmx",
      .reason = f->answer.fault == 0 && failed == TENON_OK ? NULL : "it failed",
      .address = "127.0.0.1:443",
      .route = "direct",
      .headers = f->answer.headers,
      .n_headers = f->answer.n_headers,
      .body = {f->answer.body, strlen(f->answer.body)},
      .tls = f->answer.shown != NULL ? f->answer.shown : &tls,
  };
  fake.opened++;
  if (fake.cancel_after != 0 && fake.requests >= fake.cancel_after)
    eventfd_write(fake.cancel_event, 1);
  return f;
}

static tenon_status
http_options(const tenon_http *http, const tenon_http_options *options, const char **ret_field,
             const char **ret_why)
{
  (void)http;
  if (options->proxy == NULL || strcmp(options->proxy, "bad") != 0)
    return TENON_OK;
  *ret_field = "proxy";
  *ret_why = "\"bad\" is no proxy";
  return TENON_E_CONFIG;
}

static tenon_status
http_perform(const tenon_http *http, const tenon_call *call, const tenon_http_request *request,
             const tenon_http_completion **ret)
{
  (void)http, (void)call;
  struct flight *f = answer_request(request, NULL, NULL);
  *ret = hold(f);
  return TENON_OK;
}

static tenon_status
start_flight(const tenon_http_request *request, struct tenon_http_channel *channel, void *tag)
{
  if (n_flights == FLYING_MAX)
    return TENON_E_TRANSIENT;
  struct flight *f = answer_request(request, channel, tag);
  for (size_t i = 0; i < n_flights; i++)
    fake.doubled += f->address[0] != 0 && strcmp(flights[i]->address, f->address) == 0;
  flights[n_flights++] = f;
  if (n_flights > fake.most_in_flight)
    fake.most_in_flight = (unsigned)n_flights;
  eventfd_write(fake.http_event, 1);
  return TENON_OK;
}

static tenon_status
http_start(const tenon_http *http, const tenon_call *call, const tenon_http_request *request,
           void *tag)
{
  (void)http, (void)call;
  return start_flight(request, NULL, tag);
}

static tenon_status
channel_open(const tenon_http *http, const tenon_call *call, const char *url,
             const tenon_http_identity *identity, tenon_http_channel **ret)
{
  (void)http, (void)call, (void)url;
  if (fake.signin == NULL)
    return TENON_E_UNSUPPORTED;
  if (fake.channels_open == TENON_HTTP_CHANNELS_MAX)
    return TENON_E_TRANSIENT;
  struct tenon_http_channel *channel = calloc(1, sizeof *channel);
  ck_assert_ptr_nonnull(channel);
  channel->identity = *identity;
  fake.channels++;
  fake.channels_open++;
  *ret = channel;
  return TENON_OK;
}

static tenon_status
channel_perform(tenon_http_channel *channel, const tenon_call *call,
                const tenon_http_request *request, const tenon_http_completion **ret)
{
  (void)call;
  ck_assert(!channel->busy);
  struct flight *f = answer_request(request, channel, NULL);
  *ret = hold(f);
  return TENON_OK;
}

static tenon_status
channel_start(tenon_http_channel *channel, const tenon_call *call,
              const tenon_http_request *request, void *tag)
{
  (void)call;
  ck_assert(!channel->busy);
  tenon_status status = start_flight(request, channel, tag);
  channel->busy = status == TENON_OK;
  return status;
}

static void
channel_close(tenon_http_channel *channel)
{
  if (channel == NULL)
    return;
  ck_assert(!channel->busy);
  fake.channels_open--;
  free(channel);
}

static tenon_status
http_next(const tenon_http *http, const tenon_call *call, int64_t wait_ns,
          const tenon_http_completion **ret)
{
  (void)http, (void)wait_ns;
  if (n_flights == 0)
    return TENON_E_CONFIG;
  if (call->cancelled(call))
    return TENON_E_CANCELLED;
  struct flight *f = flights[0];
  memmove(flights, flights + 1, --n_flights * sizeof *flights);
  if (f->channel != NULL)
    f->channel->busy = false;
  *ret = hold(f);
  return TENON_OK;
}

static void
http_abort(const tenon_http *http)
{
  (void)http;
  while (n_flights > 0) {
    if (flights[n_flights - 1]->channel != NULL)
      flights[n_flights - 1]->channel->busy = false;
    free(flights[--n_flights]);
    fake.released++;
  }
}

static void
http_release(const tenon_http *http, const tenon_http_completion *completion)
{
  (void)http;
  if (completion == NULL)
    return;
  struct flight *f = (struct flight *)(uintptr_t)completion;
  ck_assert(f->taken);
  for (size_t i = 0; i < n_held; i++)
    if (held[i] == f) {
      held[i] = held[--n_held];
      break;
    }
  fake.released++;
  free(f);
}

void
fake_http_finish(void)
{
  while (n_held > 0)
    free(held[--n_held]);
}

void
fake_http_init(void)
{
  n_flights = n_held = 0;
  fake.http = (tenon_http){.size = sizeof fake.http,
                           .ready_fd = fake.http_event,
                           .options = http_options,
                           .perform = http_perform,
                           .start = http_start,
                           .next = http_next,
                           .abort = http_abort,
                           .release = http_release,
                           .channel_open = channel_open,
                           .channel_perform = channel_perform,
                           .channel_start = channel_start,
                           .channel_close = channel_close};
}
