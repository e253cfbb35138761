// SPDX-License-Identifier: Apache-2.0
/* A probe of testconnector's family: adds one check to every verification of it. It shares two of the connector's
 * fields, and the word probe:fail or probe:die in `script` makes it fail or die; probe:slow keeps it busy. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/plugin.h>

TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"wizardprobe\",\"version\":\"1.0."
    "0\","
    "\"name\":\"Probe\",\"summary\":\"Looks beside\",\"family\":\"test/1\",\"kind\":\"probe\","
    "\"roles\":[\"source\",\"target\"]}]}");

struct tenon_session {
  tenon_text server, script;
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
  (void)host->value(host, "server", &s->server);
  (void)host->value(host, "script", &s->script);
  *ret = s;
  return TENON_OK;
}

static void
hook_close(tenon_session *s)
{
  free(s);
}

static tenon_status
hook_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  const char *script = s->script.ptr ? s->script.ptr : "";
  tenon_check c = {.size = sizeof c,
                   .state = TENON_PASS,
                   .level = TENON_LEVEL_RECOMMENDED,
                   .id = "wizardprobe.shell",
                   .title = "Shell",
                   .detail = s->server.ptr};
  struct pollfd cancel = {.fd = call->cancel_fd, .events = POLLIN};

  sink->begin(sink, c.id, c.title);
  if (strstr(script, "probe:die"))
    (void)raise(SIGKILL);
  if (strstr(script, "probe:slow")) {
    (void)poll(&cancel, 1, 30000);
    return TENON_E_CANCELLED;
  }
  if (strstr(script, "probe:fail")) {
    c.state = TENON_FAIL;
    c.cause = TENON_E_NETWORK;
    c.remedy = "Open the port.";
  }
  sink->check(sink, &c);
  return TENON_OK;
}

static tenon_status
hook_configure(tenon_session *s, const tenon_call *call, uint32_t phase,
               const tenon_step *const *steps, const tenon_sink *sink)
{
  (void)s;
  (void)call;
  for (; phase != TENON_PLAN && *steps; steps++) {
    tenon_check c = {.size = sizeof c,
                     .state = TENON_PASS,
                     .level = TENON_LEVEL_REQUIRED,
                     .id = (*steps)->id,
                     .title = (*steps)->title};
    sink->check(sink, &c);
  }
  return TENON_OK;
}

static const tenon_page page = {.size = sizeof page, .id = "server", .title = "Server"};
static const tenon_page *const pages[] = {&page, NULL};
static const tenon_field server = {.size = sizeof server,
                                   .type = TENON_TEXT,
                                   .flags = TENON_REQUIRED | TENON_SHARED,
                                   .page = "server",
                                   .key = "server",
                                   .label = "Server"};
static const tenon_field script = {.size = sizeof script,
                                   .type = TENON_TEXT,
                                   .flags = TENON_ADVANCED,
                                   .page = "server",
                                   .key = "script",
                                   .label = "Script"};
static const tenon_field *const fields[] = {&server, &script, NULL};
static const char *const runs[] = {"probe.cmdlet/1", NULL};

static const tenon_connector probe = {
    .size = sizeof probe,
    .flags = TENON_PROBE,
    .id = "wizardprobe",
    .version = "1.0.0",
    .name = "Probe",
    .summary = "Looks beside",
    .family = "test/1",
    .roles = TENON_SOURCE | TENON_TARGET,
    .schema = 1,
    .runs = runs,
    .pages = pages,
    .fields = fields,
    .open = hook_open,
    .close = hook_close,
    .verify = hook_verify,
    .configure = hook_configure,
};

TENON_MODULE(&probe);
