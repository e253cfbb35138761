// SPDX-License-Identifier: Apache-2.0
/* The text of a refusal quotes paths and strings of files that nobody trusts yet, so it is made printable here. */
#include "core/module/refusal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"

static void
make_printable(char *text, size_t size)
{
  size_t len = strlen(text);
  if (len == size - 1)
    text[len = utf8_cut(text, len, len)] = '\0';
  if (utf8_printable(text, len))
    return;
  for (size_t i = 0; i < len; i++)
    if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7f)
      text[i] = '?';
}

int
refusal_say(struct refusal *r, const char *rule, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  (void)vsnprintf(r->detail, sizeof r->detail, fmt, ap);
  va_end(ap);
  make_printable(r->detail, sizeof r->detail);
  r->rule = rule;
  r->remedy[0] = '\0';
  return -EPERM;
}

int
refusal_mend(struct refusal *r, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  (void)vsnprintf(r->remedy, sizeof r->remedy, fmt, ap);
  va_end(ap);
  make_printable(r->remedy, sizeof r->remedy);
  return -EPERM;
}
