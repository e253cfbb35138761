// SPDX-License-Identifier: Apache-2.0
/* The table of events. Each row says when its event may come; what does not fit is answered with a sentence and
 * changes nothing. */
#include "core/wizard/state.h"

#include <errno.h>
#include <string.h>

static const struct event_row *
find_event(const char *name)
{
  static const struct event_row *const tables[] = {form_events, run_events, hook_events, ask_events,
                                                   finish_events};

  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
    for (const struct event_row *row = tables[t]; row->name; row++)
      if (strcmp(row->name, name) == 0)
        return row;
  return NULL;
}

/* Events of hooks carry the generation they belong to; of another one they come too late. */
static bool
is_stale(const struct wizard *w, const cJSON *event)
{
  int64_t of_event = 0, running = -1;

  if (!cJSON_HasObjectItem(event, "generation"))
    return false;
  (void)json_int(json_object(w->s, "busy"), "generation", &running);
  return !json_int(event, "generation", &of_event) || of_event != running;
}

static bool
is_over(const struct wizard *w)
{
  return is_at(w, AT_DONE) || is_at(w, AT_ERROR);
}

static bool
begins_anew(const char *name)
{
  return strcmp(name, "start") == 0 || strcmp(name, "resume") == 0;
}

static void
dispatch(struct wizard *w, const cJSON *event)
{
  const char *name = json_text(event, "event");
  const struct event_row *row = name ? find_event(name) : NULL;

  if (is_stale(w, event))
    return;
  drop(w->s, "problem");
  if (!row)
    say(w, "There is no event \"%.64s\".", name ? name : "");
  else if (busy_hook(w) && !row->while_busy)
    say(w, "\"%s\" has to wait: %s is running. Cancel it, or wait for its end.", name,
        busy_hook(w));
  else if (is_over(w) && !begins_anew(name) && !row->while_busy)
    say(w, "The wizard is at its end; \"%s\" changes nothing.", name);
  else if (row->needs_shape && !w->shape)
    say(w, "Choose a target server first.");
  else
    row->handle(w, event);
}

cJSON *
wizard_create(void)
{
  CLEANUP_JSON cJSON *session = cJSON_CreateObject();

  if (!session || !cJSON_AddNumberToObject(session, "tenon_wizard", WIZARD_VERSION) ||
      !cJSON_AddStringToObject(session, "at", AT_CHOOSE))
    return NULL;
  return TAKE_PTR(session);
}

int
wizard_step(cJSON *session, const cJSON *event, cJSON **ret_effects)
{
  CLEANUP_JSON cJSON *effects = cJSON_CreateArray();
  struct wizard w;

  if (!effects)
    return -ENOMEM;
  state_init(&w, session, effects);
  dispatch(&w, event);
  state_finish(&w);
  if (w.nomem)
    return -ENOMEM;
  *ret_effects = TAKE_PTR(effects);
  return 0;
}
