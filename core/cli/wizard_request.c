// SPDX-License-Identifier: Apache-2.0
/* The request for a wizard's plan: there may be no connection yet, so all of it comes from the session. */
#include "core/cli/configure_request.h"
#include "core/json/shapes.h"
#include "core/wizard/wizard.h"

static const char *
answer_of(void *user, const char *key)
{
  return json_text(user, key);
}

static size_t
read_steps(struct arena *a, const cJSON *plan, const tenon_step *ret[static WIZARD_STEPS_MAX])
{
  const cJSON *step;
  size_t n = 0;

  cJSON_ArrayForEach(step, plan)
  {
    const tenon_step *read = n < WIZARD_STEPS_MAX ? shape_read_step(a, step) : NULL;
    if (read)
      ret[n++] = read;
  }
  return n;
}

void
request_put_session(struct buf *page, const cJSON *session, const char *name)
{
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  struct connector *shape = shape_read_connector(json_object(session, "shape"));
  const tenon_step *steps[WIZARD_STEPS_MAX];
  struct plan_request r = {.connection = name, .steps = steps};

  if (shape)
    request_take_form(&r, &a, &shape->d, answer_of,
                      (void *)(uintptr_t)json_object(session, "answers"));
  request_take_now(&r, &a);
  request_take_checks(&r, &a, json_array(json_object(session, "report"), "checks"), r.date);
  r.n_steps = read_steps(&a, json_array(json_object(session, "plan"), "steps"), steps);
  plan_put_request(page, &r);
  connector_destroy(shape);
}
