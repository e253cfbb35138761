// SPDX-License-Identifier: Apache-2.0
/* Answers that are paths. A worker builds its sandbox before it loads the plugin, so it has to be told then which ticket
 * cache and which keytab it will need; but which answers are paths only the plugin says, once it is loaded. So a worker
 * that is opened with such answers is started anew and told of them; the lines of open wait for the second one. The
 * program sees one worker. Threads have no sandbox, and are not. */
#include "core/host/internal.h"

#include <errno.h>
#include <string.h>

static void
free_paths(tenon_worker *w)
{
  for (char **path = w->paths; path && *path; path++)
    free(*path);
  free(w->paths);
  w->paths = NULL;
}

void
paths_finish(tenon_worker *w)
{
  free_paths(w);
  wire_queue_finish(&w->held);
  arena_finish(&w->open_values);
  w->answers_held = NULL;
  w->n_answers_held = 0;
  w->holding = false;
}

/* The answers to fields of type PATH; NULL: there are none. -ENOMEM. */
static int
take_paths(tenon_worker *w, const tenon_pair *values, size_t n_values)
{
  size_t n = 0;
  char **paths = calloc(n_values + 1, sizeof *paths);

  if (!paths)
    return -ENOMEM;
  w->paths = paths;
  for (size_t i = 0; i < n_values; i++) {
    const tenon_field *field = connector_field(w->connector, values[i].key);
    if (!field || field->type != TENON_PATH || values[i].value.len == 0)
      continue;
    paths[n] = strndup(values[i].value.ptr, values[i].value.len);
    if (!paths[n++])
      return -ENOMEM;
  }
  if (n == 0)
    free_paths(w);
  return 0;
}

/* The process that is there has done nothing but say what it is. */
static int
start_anew(tenon_worker *w)
{
  worker_release(w, 0);
  wire_reader_finish(&w->reader);
  wire_queue_finish(&w->queue);
  w->holding = false;
  int err = worker_start(w);
  w->holding = true;
  return err;
}

/* Until it is ready nobody knows which answers are paths. */
static int
hold_answers(tenon_worker *w, const tenon_settings *s)
{
  tenon_pair *copy = arena_alloc(&w->open_values, (s->n_values + 1) * sizeof *copy);

  for (size_t i = 0; copy && i < s->n_values; i++) {
    copy[i].key = arena_text(&w->open_values, s->values[i].key);
    const tenon_text *value = &s->values[i].value;
    const char *bytes = arena_bytes(&w->open_values, value->ptr ? value->ptr : "", value->len);
    copy[i].value = (tenon_text){bytes, value->len};
    if (!copy[i].key || !copy[i].value.ptr)
      return -ENOMEM;
  }
  w->answers_held = copy;
  w->n_answers_held = s->n_values;
  w->holding = true;
  return copy ? 0 : -ENOMEM;
}

int
paths_before_open(tenon_worker *w, const tenon_settings *s)
{
  if (w->has_thread || w->paths)
    return 0;
  if (w->state == WORKER_STARTING)
    return hold_answers(w, s);
  int err = take_paths(w, s->values, s->n_values);
  return err || !w->paths ? err : start_anew(w);
}

/* Off they go, behind what is on its way already. */
static void
send_held(tenon_worker *w)
{
  const char *line = w->held.ptr ? w->held.ptr + w->held.start : NULL;
  const char *end = w->held.ptr ? w->held.ptr + w->held.end : NULL;
  int err = 0;

  for (const char *next; line < end && !err; line = next) {
    size_t n = (size_t)((const char *)memchr(line, '\n', (size_t)(end - line)) - line);
    next = line + n + 1;
    err = wire_queue_put(&w->queue, line, n);
  }
  wire_queue_finish(&w->held);
  w->holding = false;
  send_flush(w);
}

static void
cannot_start(tenon_worker *w)
{
  struct finding f = {
      .id = "plugin.crashed", .cause = TENON_E_CRASHED, .title = "The plugin cannot be started"};

  finding_say(&f, "%s", w->ctx->error);
  finding_mend(&f, "See what is wrong here: tenon doctor");
  worker_die(w, &f, TENON_E_CRASHED);
}

bool
paths_at_ready(tenon_worker *w)
{
  if (!w->holding)
    return false;
  if (!w->paths && w->answers_held) {
    int err = take_paths(w, w->answers_held, w->n_answers_held);
    if (!err && w->paths)
      err = start_anew(w);
    if (err)
      cannot_start(w);
    if (err || w->paths)
      return true;
  }
  send_held(w);
  return false;
}
