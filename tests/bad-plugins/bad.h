// SPDX-License-Identifier: Apache-2.0
/* All of a connector but what is bad about it: BAD("id", .verify = ...) at the end of the file. */
#ifndef TESTS_BAD_PLUGINS_BAD_H
#define TESTS_BAD_PLUGINS_BAD_H

#include <poll.h>
#include <stdlib.h>

#include <tenon/plugin.h>

struct tenon_session {
  const tenon_host *host;
};

static inline tenon_status
good_open(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
          tenon_session **ret)
{
  (void)call;
  (void)sink;
  *ret = calloc(1, sizeof **ret);
  if (!*ret)
    return TENON_E_NOMEM;
  (*ret)->host = host;
  return TENON_OK;
}

static inline void
good_close(tenon_session *s)
{
  free(s);
}

static inline tenon_status
good_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  (void)s;
  (void)call;
  (void)sink;
  return TENON_OK;
}

static inline tenon_check
check_of(uint32_t state, const char *id)
{
  return (tenon_check){.size = sizeof(tenon_check),
                       .state = state,
                       .level = TENON_LEVEL_REQUIRED,
                       .id = id,
                       .title = "A check"};
}

/* The next subject, waited for. */
static inline int
take(const tenon_source *source, tenon_text *ret)
{
  int32_t got;

  while ((got = source->next(source, ret)) == TENON_NEXT_LATER) {
    struct pollfd ready = {.fd = source->ready_fd, .events = POLLIN};
    (void)poll(&ready, 1, 1000);
  }
  return got == TENON_NEXT_SUBJECT;
}

static const tenon_page *const no_pages[] = {NULL};
static const tenon_field *const no_fields[] = {NULL};

#define BAD_NOTE(id_)                                                                              \
  TENON_NOTE("{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"" id_                   \
             "\",\"version\":\"1.0.0\","                                                           \
             "\"name\":\"Bad\",\"summary\":\"Does not behave\",\"roles\":[\"source\"]}]}")

#define BAD_CONNECTOR(id_, ...)                                                                    \
  static const tenon_connector bad = {.size = sizeof bad,                                          \
                                      .id = id_,                                                   \
                                      .version = "1.0.0",                                          \
                                      .name = "Bad",                                               \
                                      .summary = "Does not behave",                                \
                                      .vendor = "Bad Plugins Ltd",                                 \
                                      .docs_url = "https://bad.example/",                          \
                                      .roles = TENON_SOURCE,                                       \
                                      .schema = 1,                                                 \
                                      .pages = no_pages,                                           \
                                      .fields = no_fields,                                         \
                                      .close = good_close,                                         \
                                      __VA_ARGS__};                                                \
  TENON_MODULE(&bad)

#define BAD(id_, ...)                                                                              \
  BAD_NOTE(id_);                                                                                   \
  BAD_CONNECTOR(id_, __VA_ARGS__)

#endif
