// SPDX-License-Identifier: Apache-2.0
//
// The service's promises are held here as strictly as the real one's: a completion is given back once, a bearer token goes to
// Graph alone, and no more is in flight than Graph would answer.
#include "fake.h"

#include <cjson/cJSON.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <time.h>

#define FLYING_MAX 64

struct flight {
  tenon_http_completion completion;
  tenon_pair header;
  char *body;
  size_t weight;
  bool taken, graph;
  char users[20][400];
  size_t n_users;
};

static struct flight *flights[FLYING_MAX];
static size_t n_flights;
static struct flight *tokens[FLYING_MAX]; // the host takes them back when the hook ends
static size_t n_tokens;

static const tenon_http_certificate certificate = {
    .size = sizeof certificate,
    .subject = "CN=graph",
    .issuer = "CN=DigiCert",
    .names = "graph.microsoft.com",
    .pem = "-----",
    .sha256 = "ab",
    .pin = "sha256//x",
    .not_after = INT64_MAX / 2,
};
static const tenon_http_certificate *const chain[] = {&certificate};
static const tenon_http_tls tls = {
    .size = sizeof tls, .protocol = "TLSv1.3", .cipher = "X", .chain = chain, .n_chain = 1};

// ---- Entra ID -------------------------------------------------------------------------------------

static void
put_base64url(char *to, const char *text)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  size_t n = strlen(text);
  for (size_t i = 0; i < n; i += 3) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; k++)
      bits = bits << 8 | (i + k < n ? (unsigned char)text[i + k] : 0);
    for (size_t k = 0; k < 4 && i + k <= n; k++)
      *to++ = digits[bits >> (18 - 6 * k) & 63];
  }
  *to = 0;
}

static void
put_words(char *to, size_t size, const char *words)
{
  snprintf(to, size, "[\"");
  for (; *words != 0; words++) {
    size_t n = strlen(to);
    snprintf(to + n, size - n, *words == ' ' ? "\",\"" : "%c", *words);
  }
  size_t n = strlen(to);
  snprintf(to + n, size - n, "\"]");
}

// Where a domain is at home, told to anybody; only one cloud knows it.
static void
tell_tenant(struct flight *f, const char *url)
{
  f->completion.code = 400;
  snprintf(f->body, FAKE_BODY_MAX, "{\"error\":\"invalid_tenant\",\"error_codes\":[90002]}");
  if (fake.home == NULL || strstr(url, fake.home) == NULL || strstr(url, "contoso.example") == NULL)
    return;
  f->completion.code = 200;
  snprintf(f->body, FAKE_BODY_MAX,
           "{\"issuer\":\"%s/" FAKE_TENANT "/v2.0\",\"token_endpoint\":\"%s/" FAKE_TENANT
           "/oauth2/v2.0/token\",\"tenant_region_scope\":\"EU\"}",
           fake.home, fake.home);
}

static void
give_token(struct flight *f)
{
  char claims[4096], rights[2048], encoded[6000];
  fake.tokens++;
  if (fake.token_busy > 0) {
    fake.token_busy--;
    f->body[0] = 0;
    f->completion.code = 503;
    return;
  }
  if (fake.token_body != NULL) {
    snprintf(f->body, FAKE_BODY_MAX, "%s", fake.token_body);
    f->completion.code = fake.token_code;
    return;
  }
  if (fake.scopes != NULL)
    snprintf(rights, sizeof rights, "\"scp\":\"%s\",\"upn\":\"anna@contoso.example\"", fake.scopes);
  else if (fake.roles != NULL) {
    char list[1024];
    put_words(list, sizeof list, fake.roles);
    snprintf(rights, sizeof rights, "\"roles\":%s,\"idtyp\":\"app\"", list);
  } else
    snprintf(rights, sizeof rights, "\"idtyp\":\"app\"");
  long long now = (long long)time(NULL);
  snprintf(claims, sizeof claims,
           "{\"aud\":\"%s\",\"tid\":\"%s\",\"appid\":\"" FAKE_CLIENT
           "\",\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld,%s}",
           fake.audience != NULL ? fake.audience : FAKE_ROOT,
           fake.tenant != NULL ? fake.tenant : FAKE_TENANT, now, now, now + 3600, rights);
  put_base64url(encoded, claims);
  snprintf(f->body, FAKE_BODY_MAX,
           "{\"token_type\":\"Bearer\",\"expires_in\":%u,\"access_token\":\"eyJhbGciOiJSUzI1NiJ9.%s"
           ".number%u\"%s}",
           fake.expires_s != 0 ? fake.expires_s : 3599, encoded, fake.tokens,
           fake.scopes != NULL ? ",\"refresh_token\":\"another-refresh-token\"" : "");
  f->completion.code = 200;
}

// ---- Graph ----------------------------------------------------------------------------------------

static unsigned
number_of(tenon_secret *secret)
{
  tenon_text text = {NULL, 0};
  fake.host.reveal(&fake.host, secret, &text);
  const char *at = strstr(text.ptr, ".number");
  return at != NULL ? (unsigned)strtoul(at + 7, NULL, 10) : 0;
}

static void
set_header(struct flight *f, const char *key, const char *value)
{
  if (key == NULL)
    return;
  f->header = (tenon_pair){key, {value, strlen(value)}};
  f->completion.headers = &f->header;
  f->completion.n_headers = 1;
}

static cJSON *
answer_part(struct flight *f, const cJSON *request)
{
  static struct fake_answer a;
  const char *path = cJSON_GetObjectItem(request, "url")->valuestring;
  a = (struct fake_answer){.code = 404};
  fake.parts++;
  ck_assert_str_eq(cJSON_GetObjectItem(request, "method")->valuestring, "GET");
  ck_assert_msg(path[0] == '/' && strncmp(path, "/v1.0", 5) != 0, "not relative: %s", path);
  f->weight += fake_path_has(path, "/mail");
  fake_user_of(path, f->users[f->n_users++], sizeof f->users[0]);
  fake.graph(path, &a);
  cJSON *part = cJSON_CreateObject(), *headers = cJSON_AddObjectToObject(part, "headers");
  cJSON_AddStringToObject(part, "id", cJSON_GetObjectItem(request, "id")->valuestring);
  cJSON_AddNumberToObject(part, "status", a.code);
  if (a.header != NULL)
    cJSON_AddStringToObject(headers, a.header, a.value);
  cJSON *body = cJSON_Parse(a.body);
  cJSON_AddItemToObject(part, "body", body != NULL ? body : cJSON_CreateNull());
  return part;
}

// The same question twice in one batch is one mailbox twice at a time.
static bool
is_doubled(const cJSON *requests, const cJSON *request)
{
  const char *url = cJSON_GetObjectItem(request, "url")->valuestring;
  const cJSON *other = NULL;
  cJSON_ArrayForEach(other, requests)
  {
    if (other == request)
      return false;
    if (strcasecmp(cJSON_GetObjectItem(other, "url")->valuestring, url) == 0)
      return true;
  }
  return false;
}

static void
shape(cJSON *responses, size_t n)
{
  static bool halved;
  halved = fake.batches > 1 && halved;
  if (fake.batch == FAKE_BATCH_HALF && !halved) {
    for (size_t i = n; i-- > n / 2;)
      cJSON_DeleteItemFromArray(responses, (int)i);
    halved = true;
  } else if (fake.batch == FAKE_BATCH_SHORT) {
    cJSON_DeleteItemFromArray(responses, 0); // reversed: the last one
  } else if (fake.batch == FAKE_BATCH_TWICE) {
    for (size_t i = 0; i < n; i++) {
      cJSON *copy = cJSON_Duplicate(cJSON_GetArrayItem(responses, (int)i), 1);
      cJSON_SetNumberValue(cJSON_GetObjectItem(copy, "status"), 500);
      cJSON_AddItemToArray(responses, copy);
    }
  }
}

static void
answer_batch(struct flight *f)
{
  cJSON *json = cJSON_Parse(f->body);
  const cJSON *requests = cJSON_GetObjectItem(json, "requests"), *request = NULL;
  ck_assert_ptr_nonnull(requests);
  size_t n = (size_t)cJSON_GetArraySize(requests);
  ck_assert_uint_gt(n, 0);
  ck_assert_uint_le(n, 20);
  fake.batches++;
  fake.most_parts = n > fake.most_parts ? (unsigned)n : fake.most_parts;
  cJSON *answer = cJSON_CreateObject(), *responses = cJSON_AddArrayToObject(answer, "responses");
  cJSON_ArrayForEach(request, requests)
  {
    fake.doubled += is_doubled(requests, request);
    cJSON_InsertItemInArray(responses, 0, answer_part(f, request));
  }
  shape(responses, n);
  char *text = cJSON_PrintUnformatted(answer);
  snprintf(f->body, FAKE_BODY_MAX, "%s", text);
  if (fake.batch == FAKE_BATCH_CUT)
    f->body[strlen(text) / 2] = 0;
  f->completion.code = 200;
  free(text);
  cJSON_Delete(answer);
  cJSON_Delete(json);
}

static void
answer_get(struct flight *f, const char *url)
{
  static struct fake_answer a;
  a = (struct fake_answer){.code = 404};
  fake.graph(url + strlen(FAKE_ROOT "/v1.0"), &a);
  snprintf(f->body, FAKE_BODY_MAX, "%s", a.body);
  f->completion.code = a.code;
  f->completion.fault = a.fault;
  set_header(f, a.header, a.value);
}

static void
answer_graph(struct flight *f, const tenon_http_request *request)
{
  ck_assert_uint_eq(request->auth, TENON_HTTP_AUTH_BEARER);
  ck_assert_ptr_nonnull(request->secret);
  fake.requests++;
  snprintf(fake.last_url, sizeof fake.last_url, "%s", request->url);
  size_t n = strlen(fake.bodies);
  snprintf(fake.bodies + n, sizeof fake.bodies - n, "%s\n", f->body);
  bool batch = strstr(request->url, "/$batch") != NULL;
  if (fake.always_401 || number_of(request->secret) < fake.refused_below) {
    snprintf(f->body, FAKE_BODY_MAX, "{\"error\":{\"code\":\"InvalidAuthenticationToken\"}}");
    f->completion.code = 401;
  } else if (fake.fault != 0) {
    f->completion.fault = fake.fault;
  } else if (batch && fake.outer_times > 0) {
    fake.outer_times--;
    snprintf(f->body, FAKE_BODY_MAX, "<html>busy</html>");
    f->completion.code = fake.outer_code;
    if (fake.outer_after != NULL)
      set_header(f, "Retry-After", fake.outer_after);
  } else if (batch)
    answer_batch(f);
  else
    answer_get(f, request->url);
}

// ---- the service ----------------------------------------------------------------------------------

static void
read_body(struct flight *f, const tenon_http_request *request)
{
  size_t n = 0;
  for (size_t i = 0; i < request->n_body; i++) {
    const tenon_http_part *part = &request->body[i];
    ck_assert_uint_lt(n + part->text.len, FAKE_BODY_MAX);
    if (part->secret == NULL)
      memcpy(f->body + n, part->text.ptr, part->text.len), n += part->text.len;
  }
  f->body[n] = 0;
}

static struct flight *
answer_request(const tenon_http_request *request, void *tag)
{
  struct flight *f = calloc(1, sizeof *f);
  ck_assert_ptr_nonnull(f);
  f->body = malloc(FAKE_BODY_MAX);
  ck_assert_ptr_nonnull(f->body);
  read_body(f, request);
  f->completion = (tenon_http_completion){
      .size = sizeof f->completion,
      .tag = tag,
      .label = request->label,
      .url = "https://localhost/",
      .address = "127.0.0.1:443",
      .route = "direct",
      .tls = &tls,
  };
  if (strncmp(request->url, FAKE_ROOT "/", sizeof FAKE_ROOT) == 0) {
    f->graph = true;
    fake.eventual = false;
    for (size_t i = 0; i < request->n_headers; i++)
      fake.eventual |= strcmp(request->headers[i].key, "ConsistencyLevel") == 0;
    answer_graph(f, request);
  } else {
    ck_assert_uint_eq(request->auth, TENON_HTTP_AUTH_NONE);
    ck_assert(strncmp(request->url, "https://login.", 14) == 0 ||
              strncmp(request->url, "http://169.254.169.254/", 23) == 0);
    ck_assert_uint_lt(n_tokens, FLYING_MAX);
    tokens[n_tokens++] = f;
    if (strstr(request->url, "/.well-known/") != NULL ||
        strstr(request->url, "/userrealm/") != NULL)
      tell_tenant(f, request->url);
    else
      give_token(f);
  }
  if (f->completion.fault != 0) {
    f->completion.code = 0;
    f->completion.status = TENON_E_NETWORK;
    f->completion.reason = "connection refused";
  }
  f->completion.body = (tenon_text){f->body, strlen(f->body)};
  fake.opened += f->graph;
  if (fake.cancel_after != 0 && fake.requests >= fake.cancel_after)
    eventfd_write(fake.cancel_event, 1);
  return f;
}

static tenon_status
http_options(const tenon_http *http, const tenon_http_options *options, const char **ret_field,
             const char **ret_why)
{
  (void)http, (void)options, (void)ret_field, (void)ret_why;
  return TENON_OK;
}

static tenon_status
http_perform(const tenon_http *http, const tenon_call *call, const tenon_http_request *request,
             const tenon_http_completion **ret)
{
  (void)http, (void)call;
  struct flight *f = answer_request(request, NULL);
  f->taken = true;
  *ret = &f->completion;
  return TENON_OK;
}

static bool
in_common(const struct flight *one, const struct flight *other)
{
  for (size_t i = 0; i < one->n_users; i++)
    for (size_t k = 0; k < other->n_users; k++)
      if (one->users[i][0] != 0 && strcasecmp(one->users[i], other->users[k]) == 0)
        return true;
  return false;
}

static tenon_status
http_start(const tenon_http *http, const tenon_call *call, const tenon_http_request *request,
           void *tag)
{
  (void)http, (void)call;
  ck_assert_uint_lt(n_flights, FLYING_MAX);
  struct flight *f = answer_request(request, tag);
  size_t weight = f->weight < 4 ? f->weight : 4;
  for (size_t i = 0; i < n_flights; i++) {
    fake.doubled += in_common(f, flights[i]);
    weight += flights[i]->weight < 4 ? flights[i]->weight : 4;
  }
  fake.most_weight = weight > fake.most_weight ? (unsigned)weight : fake.most_weight;
  flights[n_flights++] = f;
  eventfd_write(fake.http_event, 1);
  return TENON_OK;
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
  if (fake.slow > 0) {
    fake.slow--;
    return TENON_E_TRANSIENT;
  }
  struct flight *f = flights[0];
  memmove(flights, flights + 1, --n_flights * sizeof *flights);
  f->taken = true;
  *ret = &f->completion;
  return TENON_OK;
}

static void
drop(struct flight *f)
{
  for (size_t i = 0; i < n_tokens; i++)
    if (tokens[i] == f)
      tokens[i] = tokens[--n_tokens];
  fake.released += f->graph;
  free(f->body);
  free(f);
}

static void
http_abort(const tenon_http *http)
{
  (void)http;
  while (n_flights > 0)
    drop(flights[--n_flights]);
}

static void
http_release(const tenon_http *http, const tenon_http_completion *completion)
{
  (void)http;
  if (completion == NULL)
    return;
  struct flight *f = (struct flight *)(uintptr_t)completion;
  ck_assert(f->taken);
  drop(f);
}

void
fake_http_finish(void)
{
  while (n_tokens > 0)
    drop(tokens[0]);
}

void
fake_http_init(void)
{
  n_flights = 0;
  fake.http = (tenon_http){.size = sizeof fake.http,
                           .ready_fd = fake.http_event,
                           .options = http_options,
                           .perform = http_perform,
                           .start = http_start,
                           .next = http_next,
                           .abort = http_abort,
                           .release = http_release};
}
