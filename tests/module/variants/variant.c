// SPDX-License-Identifier: Apache-2.0
/* One connector, built many times, each time with one thing wrong: VARIANT_... says which. */
#include <stddef.h>

#include <tenon/plugin.h>

#define NOTE_BROKEN    "{\"abi\":[1,0]"
#define NOTE_OTHER_ABI "{\"abi\":[2,0]}"
#define NOTE_NO_NEEDS  "{\"abi\":[1,0]}"
#define NOTE_REQUIRES                                                                              \
  "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"variant\",\"version\":\"1.0.0\","  \
  "\"name\":\"Variant\",\"summary\":\"One thing is wrong\",\"roles\":[\"target\"],"                \
  "\"requirements\":[{\"title\":\"Fine\",\"when\":\"first == '1'\"},"                              \
  "{\"title\":\"Not\",\"when\":\"first != '' && third == '1'\"}]}]}"
#define LABEL_BELL "bell\a"

#ifndef VARIANT_ENTRY
#define VARIANT_ENTRY tenon_entry_1
#endif
#ifndef VARIANT_VERSION
#define VARIANT_VERSION "1.0.0"
#endif
#ifndef VARIANT_PRESET
#define VARIANT_PRESET NULL
#endif
#ifndef VARIANT_WHEN
#define VARIANT_WHEN NULL
#endif
#ifndef VARIANT_KEY
#define VARIANT_KEY "name"
#endif
#ifndef VARIANT_LABEL
#define VARIANT_LABEL "Name"
#endif
#ifndef VARIANT_PATTERN
#define VARIANT_PATTERN NULL
#endif
#ifndef VARIANT_TYPE
#define VARIANT_TYPE TENON_TEXT
#endif
#ifndef VARIANT_SIZE
#define VARIANT_SIZE sizeof(tenon_connector)
#endif
#ifndef VARIANT_CHOICES
#define VARIANT_CHOICES NULL
#endif
#ifndef VARIANT_PAGE
#define VARIANT_PAGE "page"
#endif
#ifndef VARIANT_VERIFY
#define VARIANT_VERIFY verify
#endif
#ifndef VARIANT_MAJOR
#define VARIANT_MAJOR TENON_ABI_MAJOR
#endif
#ifndef VARIANT_NOTE
#define VARIANT_NOTE                                                                               \
  "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"variant\",\"version\":\"1.0.0\","  \
  "\"name\":\"Variant\",\"summary\":\"One thing is wrong\",\"roles\":[\"target\"]}]}"
#endif

#ifndef VARIANT_NO_NOTE
TENON_NOTE(VARIANT_NOTE);
#endif
#ifdef VARIANT_TWO_NOTES
__attribute__((section(".note.tenon"), used, aligned(4))) static const struct {
  uint32_t owner_size, json_size, type;
  char owner[8], text[4];
} second = {6, 3, TENON_NOTE_TYPE, "tenon", "{}"};
#endif

#ifdef VARIANT_TLS
__thread __attribute__((tls_model("initial-exec"))) int variant_tls;
#endif

#ifdef VARIANT_CALLS
extern void VARIANT_CALLS(void);
#endif

static tenon_status
open_session(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
             tenon_session **ret)
{
  (void)host;
  (void)call;
  (void)sink;
  (void)ret;
#ifdef VARIANT_CALLS
  VARIANT_CALLS();
#endif
#ifdef VARIANT_TLS
  variant_tls++;
#endif
  return TENON_E_INTERNAL;
}

static void
close_session(tenon_session *s)
{
  (void)s;
}

__attribute__((unused)) static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  (void)s;
  (void)call;
  (void)sink;
  return TENON_OK;
}

__attribute__((unused)) static const tenon_choice one_twice[] = {
    {"a", NULL, NULL}, {"a", NULL, NULL}, {NULL, NULL, NULL}};

static const tenon_page page = {.size = sizeof page, .id = "page", .title = "Page"};
static const tenon_field first = {
    .size = sizeof first, .type = TENON_TEXT, .page = "page", .key = "first", .label = "First"};
static const tenon_field field = {.size = sizeof field,
                                  .type = VARIANT_TYPE,
                                  .page = VARIANT_PAGE,
                                  .key = VARIANT_KEY,
                                  .label = VARIANT_LABEL,
                                  .preset = VARIANT_PRESET,
                                  .when = VARIANT_WHEN,
                                  .pattern = VARIANT_PATTERN,
                                  .choices = VARIANT_CHOICES};
static const tenon_page *const pages[] = {&page, NULL};
static const tenon_field *const fields[] = {&first, &field, NULL};

static const tenon_connector variant = {.size = VARIANT_SIZE,
                                        .id = "variant",
                                        .version = VARIANT_VERSION,
                                        .name = "Variant",
                                        .summary = "One thing is wrong",
                                        .roles = TENON_TARGET,
                                        .schema = 1,
                                        .pages = pages,
                                        .fields = fields,
                                        .open = open_session,
                                        .close = close_session,
                                        .verify = VARIANT_VERIFY};

TENON_EXPORT const tenon_module *VARIANT_ENTRY(void);

const tenon_module *
VARIANT_ENTRY(void)
{
  static const tenon_connector *const list[] = {&variant, NULL};
  static const tenon_module module = {sizeof module, VARIANT_MAJOR, TENON_ABI_MINOR, 0, list};
  return &module;
}
