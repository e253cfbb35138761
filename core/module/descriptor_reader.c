// SPDX-License-Identifier: Apache-2.0
/* Sizes and strings: the two things that every part of a descriptor consists of. */
#include "core/module/descriptor_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/module/descriptor.h"
#include "core/module/rules.h"

#define SENTENCE_MAX 512u

int
descriptor_wrong(struct descriptor_reader *d, const char *rule, const char *remedy, const char *fmt,
                 ...)
{
  char sentence[SENTENCE_MAX];
  va_list ap;
  va_start(ap, fmt);
  (void)vsnprintf(sentence, sizeof sentence, fmt, ap);
  va_end(ap);
  (void)refusal_say(d->r, rule, "%s: %s.", d->place, sentence);
  return refusal_mend(d->r, "%s", remedy);
}

int
descriptor_struct(struct descriptor_reader *d, const char *what, const void *from, size_t floor,
                  void *to, size_t size)
{
  static const char remedy[] =
      "Set its size to sizeof, and build against the installed tenon/plugin.h.";
  uint32_t theirs;
  if (!from)
    return descriptor_wrong(d, TR_SIZE, remedy, "%s is NULL", what);
  memcpy(&theirs, from, sizeof theirs);
  if (theirs < floor || theirs > TENON_STRUCT_SIZE_MAX)
    return descriptor_wrong(d, TR_SIZE, remedy, "the size of %s is %u; it must be %zu to %u", what,
                            theirs, floor, TENON_STRUCT_SIZE_MAX);
  memset(to, 0, size);
  memcpy(to, from, theirs < size ? theirs : size);
  return 0;
}

int
descriptor_text(struct descriptor_reader *d, const char *what, const char *text, bool needed,
                bool (*good)(const char *), const char **ret)
{
  if (!text && !needed)
    return 0;
  size_t n = text ? strnlen(text, DESCRIPTOR_TEXT_MAX + 1) : 0;
  if (n == 0 && needed)
    return descriptor_wrong(d, TR_TEXT, "Fill it in.", "%s is missing", what);
  if (n > DESCRIPTOR_TEXT_MAX)
    return descriptor_wrong(d, TR_TEXT, "Shorten it.", "%s is longer than %u bytes", what,
                            DESCRIPTOR_TEXT_MAX);
  if (!utf8_printable(text, n))
    return descriptor_wrong(d, TR_TEXT, "Write UTF-8 without control characters.",
                            "%s is not printable UTF-8", what);
  if (good && !good(text))
    return descriptor_wrong(d, TR_GRAMMAR,
                            "docs/abi.md has the grammar of ids, keys, versions, dates and links.",
                            "%s '%.80s' is not well-formed", what, text);
  *ret = arena_bytes(d->arena, text, n);
  return *ret ? 0
              : descriptor_wrong(d, TR_SIZE, "Free some memory.", "there is no memory to read %s",
                                 what);
}
