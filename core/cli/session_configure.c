// SPDX-License-Identifier: Apache-2.0
/* Configure in two acts. In the first the connector plans, while everybody else only says who they are and what they
 * run. In the second each step goes to the seat that runs its kind, one seat after the other, in the sessions that are
 * open already: what was planned is what is carried out. */
#include <errno.h>
#include <string.h>

#include "core/cli/seat.h"

bool
session_only_meets(const struct seat *seat)
{
  const struct session *s = seat->session;

  return s->job->hook == HOOK_CONFIGURE && !s->acting && (seat->index || s->job->unplanned);
}

int
session_configure(struct seat *seat, uint64_t *ret_call)
{
  if (!seat->session->acting)
    return tenon_worker_configure(seat->worker, TENON_PLAN, NULL, 0, ret_call);
  return tenon_worker_configure(seat->worker, seat->phase, seat->steps, 0, ret_call);
}

static bool
runs(const struct seat *seat, const char *kind)
{
  const char *const *list = seat->connector ? seat->connector->d.runs : NULL;

  for (; list && *list; list++)
    if (strcmp(*list, kind) == 0)
      return true;
  return false;
}

/* The connector itself before the probes. */
static struct seat *
runner_of(struct session *s, const char *kind)
{
  for (size_t i = 0; kind && i < s->n_seats; i++)
    if (runs(&s->seats[i], kind))
      return &s->seats[i];
  return NULL;
}

bool
session_runs(struct session *s, const char *kind)
{
  return runner_of(s, kind) != NULL;
}

bool
session_carry_out(struct session *s, uint32_t phase, const tenon_step *step)
{
  struct seat *seat = runner_of(s, step->kind);

  if (!seat || seat->n_steps == SESSION_STEPS_MAX)
    return false;
  seat->phase = phase;
  seat->steps[seat->n_steps++] = step;
  return true;
}

static void
act_by(struct session *s, struct seat *seat)
{
  seat->status = TENON_OK;
  seat->state = seat->is_open ? SEAT_OPEN : SEAT_READY;
  if (seat->is_gone)
    session_fail(seat, "stay", -EPIPE);
  session_loop(s);
  s->acted = s->acted < 0 ? s->acted : seat->status;
}

void
session_act(struct session *s)
{
  s->acting = true;
  s->job->planned(s->job->user, s);
  for (size_t i = 0; i < s->n_seats && !s->cancelled; i++)
    if (s->seats[i].n_steps)
      act_by(s, &s->seats[i]);
}
