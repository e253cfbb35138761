// SPDX-License-Identifier: Apache-2.0
//
// The services of a host, answered from the table.
#include "discover_net.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct network net;
struct discover found;

struct reply {
  tenon_http_completion c; // first
  tenon_pair headers[HEADERS_MAX];
  char text[512], url[512];
};

static const tenon_http_completion *
answer(const char *url, bool credential, void *tag)
{
  static const struct row nobody = {.fault = TENON_HTTP_FAULT_RESOLVE};
  const struct row *row = net.rows;
  while (row->url != NULL &&
         (strncmp(url, row->url, strlen(row->url)) != 0 || row->signed_in != credential))
    row++;
  if (row->url == NULL)
    row = &nobody;
  struct reply *reply = calloc(1, sizeof *reply);
  ck_assert_ptr_nonnull(reply);
  snprintf(reply->url, sizeof reply->url, "%s", url);
  snprintf(reply->text, sizeof reply->text, "%s", row->headers != NULL ? row->headers : "");
  reply->c = (tenon_http_completion){.size = sizeof reply->c,
                                     .fault = row->fault,
                                     .status = row->code != 0 ? TENON_OK : TENON_E_NETWORK,
                                     .code = row->code,
                                     .tag = tag,
                                     .url = reply->url,
                                     .reason = row->code != 0 ? NULL : "no way there",
                                     .route = "direct",
                                     .headers = reply->headers,
                                     .body = {"", 0}};
  if (row->body != NULL)
    reply->c.body = (tenon_text){row->body, strlen(row->body)};
  char *rest = reply->text;
  for (char *line = strsep(&rest, "\n"); line != NULL && line[0] != 0; line = strsep(&rest, "\n")) {
    char *value = strstr(line, ": ");
    ck_assert_ptr_nonnull(value);
    *value = 0;
    reply->headers[reply->c.n_headers++] = (tenon_pair){line, {value + 2, strlen(value + 2)}};
  }
  net.opened++;
  return &reply->c;
}

static void
note(const tenon_http_request *request)
{
  ck_assert_uint_lt(net.n_asked, REQUESTS_MAX);
  struct asked *asked = &net.asked[net.n_asked++];
  snprintf(asked->url, sizeof asked->url, "%s", request->url);
  asked->credential = request->auth != TENON_HTTP_AUTH_NONE;
  net.n_credentials += asked->credential;
}

static tenon_status
http_perform(const tenon_http *http, const tenon_call *call, const tenon_http_request *request,
             const tenon_http_completion **ret)
{
  (void)http, (void)call;
  note(request);
  *ret = answer(request->url, request->auth != TENON_HTTP_AUTH_NONE, NULL);
  return TENON_OK;
}

static tenon_status
http_start(const tenon_http *http, const tenon_call *call, const tenon_http_request *request,
           void *tag)
{
  (void)http, (void)call;
  note(request);
  ck_assert_uint_eq(request->auth, TENON_HTTP_AUTH_NONE);
  snprintf(net.flying_urls[net.n_flying], sizeof net.flying_urls[0], "%s", request->url);
  net.flying[net.n_flying++] = tag;
  return TENON_OK;
}

static tenon_status
http_next(const tenon_http *http, const tenon_call *call, int64_t wait_ns,
          const tenon_http_completion **ret)
{
  (void)http, (void)call;
  for (size_t i = 0; i < net.n_flying; i++) {
    if (net.hangs != NULL && strncmp(net.flying_urls[i], net.hangs, strlen(net.hangs)) == 0)
      continue;
    *ret = answer(net.flying_urls[i], false, net.flying[i]);
    net.n_flying--;
    memmove(&net.flying[i], &net.flying[i + 1], (net.n_flying - i) * sizeof net.flying[0]);
    memmove(&net.flying_urls[i], &net.flying_urls[i + 1],
            (net.n_flying - i) * sizeof net.flying_urls[0]);
    return TENON_OK;
  }
  net.now += wait_ns;
  return TENON_E_TRANSIENT;
}

static void
http_abort(const tenon_http *http)
{
  (void)http;
  net.n_flying = 0;
  net.hangs = NULL; // it answers the next time
}

static void
http_release(const tenon_http *http, const tenon_http_completion *c)
{
  (void)http;
  if (c != NULL)
    net.opened--;
  free((void *)c);
}

static int64_t
host_now(const tenon_host *host)
{
  (void)host;
  return net.now += net.tick;
}

static tenon_status
host_ask(const tenon_host *host, const tenon_call *call, const tenon_ask *ask, uint64_t *ret)
{
  (void)host, (void)call;
  ck_assert_str_eq(ask->id, DISCOVER_ASK_REDIRECT);
  net.questions++;
  *ret = 1;
  return net.answer != NULL ? TENON_OK : TENON_E_NOANSWER;
}

static tenon_status
host_answer(const tenon_host *host, const tenon_call *call, uint64_t ticket, int64_t wait_ns,
            tenon_text *ret, tenon_secret **ret_secret)
{
  (void)host, (void)call, (void)ticket, (void)wait_ns, (void)ret_secret;
  *ret = (tenon_text){net.answer, strlen(net.answer)};
  return TENON_OK;
}

static tenon_status
dns_lookup(const tenon_dns *dns, const tenon_call *call, const char *server, uint32_t type,
           const char *name, const tenon_dns_answer **ret)
{
  static tenon_dns_answer answers[2];
  static const tenon_dns_record *list[2];
  (void)dns, (void)call, (void)server;
  size_t at = type == TENON_DNS_SRV ? 0 : 1;
  const tenon_dns_record *record = at == 0 ? net.srv : net.mx;
  list[at] = record;
  answers[at] = (tenon_dns_answer){.size = sizeof answers[at],
                                   .fault = record != NULL ? 0 : TENON_DNS_FAULT_NO_NAME,
                                   .name = name,
                                   .reason = "there is no such name",
                                   .records = &list[at],
                                   .n_records = record != NULL};
  *ret = &answers[at];
  return TENON_OK;
}

static void
dns_release(const tenon_dns *dns, const tenon_dns_answer *a)
{
  (void)dns, (void)a;
}

static int32_t
not_cancelled(const tenon_call *call)
{
  (void)call;
  return 0;
}

static const struct signin_account account = {
    .policy = SIGNIN_ONLY_BASIC, .user = "svc@contoso.example", .secret = (tenon_secret *)&account};

struct discover_settings
net_settings(void)
{
  return (struct discover_settings){.host = &net.host,
                                    .http = &net.http,
                                    .dns = &net.dns,
                                    .address = "svc@contoso.example",
                                    .account = &account,
                                    .may_ask = true};
}

enum discover_end
net_run_with(const struct row *rows, const struct discover_settings *how)
{
  net.rows = rows;
  ck_assert_int_eq(discover_run(&found, how, &net.call), TENON_OK);
  discover_finish(&found, how);
  ck_assert_uint_eq(net.opened, 0);
  return found.end;
}

enum discover_end
net_run(const struct row *rows)
{
  const struct discover_settings how = net_settings();
  return net_run_with(rows, &how);
}

void
net_set_up(void)
{
  memset(&net, 0, sizeof net);
  net.tick = 1000;
  net.http = (tenon_http){.size = sizeof net.http,
                          .perform = http_perform,
                          .start = http_start,
                          .next = http_next,
                          .abort = http_abort,
                          .release = http_release};
  net.host = (tenon_host){
      .size = sizeof net.host, .now = host_now, .ask = host_ask, .answer = host_answer};
  net.dns = (tenon_dns){.size = sizeof net.dns, .lookup = dns_lookup, .release = dns_release};
  net.call = (tenon_call){.size = sizeof net.call, .cancel_fd = -1, .cancelled = not_cancelled};
}

bool
net_was_asked(const char *url)
{
  for (size_t i = 0; i < net.n_asked; i++)
    if (strncmp(net.asked[i].url, url, strlen(url)) == 0)
      return true;
  return false;
}

const struct discover_try *
net_try(const char *url)
{
  for (size_t i = 0; i < found.n_tries; i++)
    if (strncmp(found.tries[i].url, url, strlen(url)) == 0)
      return &found.tries[i];
  ck_abort_msg("%s was not tried", url);
}
