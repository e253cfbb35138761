// SPDX-License-Identifier: Apache-2.0
/* The connector that tests of the sandbox's paths run: tries to read and to write what its answers name, and says what it
 * could as "rw", "r", "w" or "-". Built twice: with net+krb5 as "kerberos", and with net as "plain". */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tenon/plugin.h>

TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"" READER_NEEDS "\"],\"connectors\":[{\"id\":\"" READER_ID
    "\",\"version\":\"1.0.0\",\"name\":\"Reader\",\"summary\":\"Reads\",\"roles\":[\"source\"]}]}");

struct tenon_session {
  const tenon_host *host;
};

static tenon_status
hook_open(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
          tenon_session **ret)
{
  (void)call, (void)sink;
  *ret = calloc(1, sizeof **ret);
  if (!*ret)
    return TENON_E_NOMEM;
  (*ret)->host = host;
  return TENON_OK;
}

static void
hook_close(tenon_session *s)
{
  free(s);
}

static int
opens(const char *path, int flags)
{
  int fd = open(path, flags | O_CLOEXEC);
  if (fd >= 0)
    (void)close(fd);
  return fd >= 0;
}

static void
try(const tenon_session *s, const tenon_sink *sink, const char *key, const char *id)
{
  static const char *const words[] = {"-", "r", "w", "rw"};
  tenon_check c = {
      .size = sizeof c, .state = TENON_PASS, .level = TENON_LEVEL_INFO, .id = id, .title = id};
  tenon_text text = {0};

  if (s->host->value(s->host, key, &text) != TENON_OK || !text.ptr)
    return;
  const char *path = strchr(text.ptr, '/');
  c.detail = path ? words[opens(path, O_RDONLY) + 2 * opens(path, O_WRONLY)] : "no path";
  sink->check(sink, &c);
  c.id = strcmp(key, "cache") == 0 ? "reader.typed" : "";
  c.detail = text.ptr;
  if (*c.id)
    sink->check(sink, &c);
}

static tenon_status
hook_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  (void)call;
  try(s, sink, "cache", "reader.cache");
  try(s, sink, "keytab", "reader.keytab");
  try(s, sink, "other", "reader.other");
  return TENON_OK;
}

static const tenon_page page = {.size = sizeof page, .id = "files", .title = "Files"};
static const tenon_page *const pages[] = {&page, NULL};

#define FIELD(key_, type_)                                                                         \
  {                                                                                                \
    .size = sizeof(tenon_field), .type = (type_), .page = "files", .key = (key_), .label = (key_)  \
  }
static const tenon_field field_cache = FIELD("cache", TENON_PATH);
static const tenon_field field_keytab = FIELD("keytab", TENON_PATH);
static const tenon_field field_other = FIELD("other", TENON_TEXT);
static const tenon_field *const fields[] = {&field_cache, &field_keytab, &field_other, NULL};

static const tenon_connector connector = {
    .size = sizeof connector,
    .id = READER_ID,
    .version = "1.0.0",
    .name = "Reader",
    .summary = "Reads",
    .roles = TENON_SOURCE,
    .schema = 1,
    .pages = pages,
    .fields = fields,
    .open = hook_open,
    .close = hook_close,
    .verify = hook_verify,
};

TENON_MODULE(&connector);
