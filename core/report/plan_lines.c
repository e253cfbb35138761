// SPDX-License-Identifier: Apache-2.0
/* Commands are shown as they are; what they must not do is drive the terminal they are shown on. */
#include "core/report/plan_lines.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/report/flow.h"

static bool
is_url(const char *text, size_t len)
{
  size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;

  if (scheme == 0 || len <= scheme)
    return false;
  for (size_t i = scheme; i < len; i++)
    if (text[i] <= ' ' || text[i] >= 0x7f || strchr("<>\"`", text[i]))
      return false;
  return true;
}

bool
plan_line_next(const char **text, struct plan_line *ret)
{
  size_t n = strcspn(*text, "\n");

  if (!**text)
    return false;
  *ret = (struct plan_line){*text, n, is_url(*text, n)};
  *text += n + ((*text)[n] == '\n');
  return true;
}

void
plan_line_put(struct buf *b, const struct plan_line *line)
{
  CLEANUP_FREE char *copy = strndup(line->text, line->len);

  (void)text_put_safe(b, copy ? copy : "");
}
