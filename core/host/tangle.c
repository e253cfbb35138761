// SPDX-License-Identifier: Apache-2.0
/* Workers that wait for each other for ever. Who waits for a sign-in lock stands still until it is his; who waits at the
 * gate goes on with other things, so that what he has there comes to its end. A ring therefore has a wait for a lock in
 * it, and each turn at the gate in it is held by somebody who stands still. The one whose wait closes a ring is told,
 * ends what he holds and begins anew. */
#include "core/host/internal.h"

static bool leads_to(tenon_worker *from, const tenon_worker *target);

static bool
locks_lead_to(const tenon_worker *from, const tenon_worker *target)
{
  for (const struct signin *s = from->ctx->signins; s; s = s->next) {
    tenon_worker *holder = s->worker == from ? signin_holder(s) : NULL;
    if (holder && leads_to(holder, target))
      return true;
  }
  return false;
}

static bool
turns_lead_to(const tenon_worker *from, const tenon_worker *target)
{
  for (const struct attempt *a = from->ctx->gate.attempts; a; a = a->next) {
    const struct turns_visit *inside = a->worker == from ? turns_blocker(&a->visit) : NULL;
    tenon_worker *holder = inside ? ((const struct attempt *)inside)->worker : NULL;
    if (holder && signin_waits(holder) && leads_to(holder, target))
      return true;
  }
  return false;
}

static bool
leads_to(tenon_worker *from, const tenon_worker *target)
{
  if (from == target)
    return true;
  if (from->looked_at)
    return false;
  from->looked_at = true;
  return locks_lead_to(from, target) || turns_lead_to(from, target);
}

/* The latest wait of a ring; NULL: there is none. */
static struct signin *
find_ring(tenon_context *ctx)
{
  struct signin *found = NULL;

  for (struct signin *s = ctx->signins; s; s = s->next) {
    tenon_worker *holder = signin_holder(s);
    for (tenon_worker *w = ctx->workers; w; w = w->next)
      w->looked_at = false;
    if (holder && leads_to(holder, s->worker))
      found = s;
  }
  return found;
}

void
tangle_look(tenon_context *ctx)
{
  for (struct signin *s = find_ring(ctx); s; s = find_ring(ctx))
    signin_give_up(s);
}
