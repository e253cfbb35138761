// SPDX-License-Identifier: Apache-2.0
/* A plugin whose impersonate says yes to everybody without asking anyone: what remains is the way of a subject to the
 * worker and of its check to the host. */
#include <poll.h>
#include <stdlib.h>

#include <tenon/plugin.h>

TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"chatty\",\"version\":\"1.0.0\","
    "\"name\":\"Chatty\",\"summary\":\"Says yes\",\"roles\":[\"source\"]}]}");

struct tenon_session {
  const tenon_host *host;
};

static tenon_status
begin(const tenon_host *host, const tenon_call *call, const tenon_sink *sink, tenon_session **ret)
{
  (void)call, (void)sink;
  *ret = calloc(1, sizeof **ret);
  if (!*ret)
    return TENON_E_NOMEM;
  (*ret)->host = host;
  return TENON_OK;
}

static void
end(tenon_session *s)
{
  free(s);
}

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  (void)s, (void)call, (void)sink;
  return TENON_OK;
}

static tenon_status
impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
            const tenon_sink *sink)
{
  (void)s;
  tenon_check c = {.size = sizeof c,
                   .state = TENON_PASS,
                   .level = TENON_LEVEL_REQUIRED,
                   .id = "chatty.yes",
                   .title = "Yes"};
  while (!call->cancelled(call)) {
    tenon_text subject = {0};
    int32_t got = source->next(source, &subject);
    if (got == TENON_NEXT_LATER) {
      struct pollfd ready = {.fd = source->ready_fd, .events = POLLIN};
      (void)poll(&ready, 1, 1000);
    } else if (got == TENON_NEXT_SUBJECT) {
      c.subject = subject.ptr;
      sink->check(sink, &c);
    } else {
      return TENON_OK;
    }
  }
  return TENON_E_CANCELLED;
}

static const tenon_page *const pages[] = {NULL};
static const tenon_field *const fields[] = {NULL};

static const tenon_connector chatty = {.size = sizeof chatty,
                                       .id = "chatty",
                                       .version = "1.0.0",
                                       .name = "Chatty",
                                       .summary = "Says yes",
                                       .vendor = "tenon",
                                       .docs_url = "https://bench.example/",
                                       .roles = TENON_SOURCE,
                                       .schema = 1,
                                       .pages = pages,
                                       .fields = fields,
                                       .open = begin,
                                       .close = end,
                                       .verify = verify,
                                       .impersonate = impersonate};
TENON_MODULE(&chatty);
