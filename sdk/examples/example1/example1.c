// SPDX-License-Identifier: Apache-2.0
/* The smallest connector: a form of two fields, and two checks. It shows what every connector has - the note, the form,
 * the session, a check that passes and one that fails with its remedy - and the HTTP that the host lends. README.md
 * beside it says how to build and run it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/http.h>
#include <tenon/plugin.h>

/* Who we are, for hosts that only look: the same words stand in the connector at the end of this file. */
TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"example1\",\"version\":\"1.0.0\","
    "\"name\":\"Example 1\",\"summary\":\"The smallest connector: an address and a web server\","
    "\"family\":\"example/1\",\"roles\":[\"source\",\"target\"]}]}");

static const tenon_page page = {.size = sizeof page,
                                .id = "server",
                                .title = "Server",
                                .help = "Who you are, and which server to look for."};

static const tenon_field address = {.size = sizeof address,
                                    .type = TENON_TEXT,
                                    .flags = TENON_REQUIRED,
                                    .page = "server",
                                    .key = "address",
                                    .label = "Your address",
                                    .help = "A mail address, like anna@example.com."};

static const tenon_field url = {.size = sizeof url,
                                .type = TENON_URL,
                                .flags = TENON_REQUIRED,
                                .page = "server",
                                .key = "url",
                                .label = "Server",
                                .help = "Its address: https://www.example.com/"};

static const tenon_page *const pages[] = {&page, NULL};
static const tenon_field *const fields[] = {&address, &url, NULL};

/* What open makes and close ends. What the host lends stays valid in between, so pointers will do. */
struct tenon_session {
  tenon_text address, url;
  const tenon_http *http;
};

static tenon_status
open_session(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
             tenon_session **ret)
{
  tenon_session *s = calloc(1, sizeof *s);
  (void)call;
  (void)
      sink; /* the host has held the answers to the form; here one would report what only we can know */
  if (!s)
    return TENON_E_NOMEM;
  s->http = host->extension(host, TENON_HTTP_ID);
  if (!s->http || host->value(host, "address", &s->address) != TENON_OK ||
      host->value(host, "url", &s->url) != TENON_OK || !s->address.ptr || !s->url.ptr) {
    free(s);
    return TENON_E_CONFIG;
  }
  *ret = s;
  return TENON_OK;
}

static void
close_session(tenon_session *s)
{
  free(s);
}

/* Begin, look, report: the shape of every check. */
static void
check_address(const tenon_session *s, const tenon_sink *sink)
{
  const char *at = strchr(s->address.ptr, '@');
  tenon_check c = {.size = sizeof c,
                   .level = TENON_LEVEL_REQUIRED,
                   .id = "example1.address",
                   .title = "Address",
                   .state = TENON_PASS,
                   .detail = "It has a name and a domain."};
  sink->begin(sink, c.id, c.title);
  if (!at || at == s->address.ptr || !strchr(at, '.')) {
    c.state = TENON_FAIL;
    c.cause = TENON_E_CONFIG;
    c.field = "address";
    c.detail = "It is not of the form name@domain.";
    c.remedy = "Type the whole address, like anna@example.com.";
  }
  sink->check(sink, &c);
}

static tenon_status
check_server(const tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  const tenon_http_request request = {
      .size = sizeof request, .label = "example1.get", .url = s->url.ptr};
  const tenon_http_completion *done;
  char detail[200];
  tenon_check c = {.size = sizeof c,
                   .level = TENON_LEVEL_REQUIRED,
                   .id = "example1.server",
                   .title = "Server answers",
                   .state = TENON_PASS,
                   .detail = detail};

  sink->begin(sink, c.id, c.title);
  tenon_status status = s->http->perform(s->http, call, &request, &done);
  if (status != TENON_OK)
    return status;
  if (done->status == TENON_E_CANCELLED) {
    s->http->release(s->http, done);
    return TENON_E_CANCELLED;
  }
  snprintf(detail, sizeof detail, "HTTP status %d from %s.", (int)done->code,
           done->address ? done->address : "it");
  if (done->status != TENON_OK) {
    c.state = TENON_FAIL;
    c.cause = done->status;
    c.field = "url";
    c.detail = done->reason; /* the host's words name the server and port */
    c.remedy = "Check the server's name, and that it can be reached from here.";
  }
  c.elapsed_ns = done->total_ns;
  sink->check(sink, &c);
  s->http->release(s->http, done);
  return TENON_OK;
}

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  check_address(s, sink);
  return check_server(s, call, sink);
}

static const tenon_connector example1 = {
    .size = sizeof example1,
    .id = "example1",
    .version = "1.0.0",
    .name = "Example 1",
    .summary = "The smallest connector: an address and a web server",
    .family = "example/1",
    .roles = TENON_SOURCE | TENON_TARGET,
    .schema = 1,
    .pages = pages,
    .fields = fields,
    .open = open_session,
    .close = close_session,
    .verify = verify,
};

TENON_MODULE(&example1);
