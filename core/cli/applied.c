// SPDX-License-Identifier: Apache-2.0
/* Lines of the history: {"time":...,"applied":[step...]}, which the wizard's line has too, and {"time":...,
 * "undone":[id...]}. Read from the oldest on, they leave what still stands. */
#include "core/cli/applied.h"

#include <string.h>

#include "core/json/json.h"
#include "core/json/shapes.h"

#define LINE_BYTES (STORE_HISTORY_MAX / 2)

struct standing {
  const tenon_step *steps[SESSION_STEPS_MAX]; /* the oldest first */
  size_t n;
};

static void
forget(struct standing *st, const char *id)
{
  size_t kept = 0;

  for (size_t i = 0; i < st->n; i++)
    if (strcmp(st->steps[i]->id, id) != 0)
      st->steps[kept++] = st->steps[i];
  st->n = kept;
}

static void
take_line(struct standing *st, struct arena *a, const char *line, size_t len)
{
  const char *why = NULL;
  CLEANUP_JSON cJSON *entry = json_parse(line, len, NULL, &why);
  const cJSON *item;

  cJSON_ArrayForEach(item, json_array(entry, "applied"))
  {
    const tenon_step *step = shape_read_step(a, item);
    if (!step)
      continue;
    forget(st, step->id);
    if (st->n < SESSION_STEPS_MAX)
      st->steps[st->n++] = step;
  }
  cJSON_ArrayForEach(item, json_array(entry, "undone"))
  {
    if (cJSON_IsString(item))
      forget(st, item->valuestring);
  }
}

int
applied_read(struct cli *cli, const char *name, struct arena *a,
             const tenon_step *ret[static SESSION_STEPS_MAX + 1], size_t *ret_n)
{
  CLEANUP_BUF struct buf text = BUF_INIT(2 * STORE_HISTORY_MAX), why = BUF_INIT(STORE_WHY_MAX);
  struct store *store = cli_store(cli);
  struct standing st = {.n = 0};

  if (!store)
    return STATUS_ENVIRONMENT;
  if (store_history_read(store, name, &text, &why) < 0) {
    cli_error(cli, "%s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  for (const char *line = buf_text(&text); *line;) {
    size_t n = strcspn(line, "\n");
    take_line(&st, a, line, n);
    line += n + (line[n] == '\n');
  }
  for (size_t i = 0; i < st.n; i++)
    ret[i] = st.steps[st.n - 1 - i];
  ret[st.n] = NULL;
  *ret_n = st.n;
  return 0;
}

bool
applied_note(struct cli *cli, const char *name, uint32_t phase, const tenon_step *step)
{
  CLEANUP_BUF struct buf line = BUF_INIT(LINE_BYTES), why = BUF_INIT(STORE_WHY_MAX);
  struct store *store = cli_store(cli);
  char now[CLOCK_TEXT_SIZE];

  clock_text(now);
  (void)buf_putc(&line, '{');
  (void)json_put_member(&line, "time", now);
  (void)json_put_key(&line, phase == TENON_UNDO ? "undone" : "applied");
  (void)buf_putc(&line, '[');
  if (phase == TENON_UNDO)
    (void)json_put_text(&line, step->id, strlen(step->id));
  else
    (void)shape_put_step(&line, step);
  (void)buf_puts(&line, "]}\n");
  if (store && !buf_failed(&line) &&
      store_history_append(store, name, line.ptr, line.len, &why) == 0)
    return true;
  cli_error(cli, "\"%s\" was %s, but that could not be noted: %s", step->title,
            phase == TENON_UNDO ? "taken back" : "carried out",
            buf_failed(&line) ? "it is too long." : buf_text(&why));
  return false;
}
