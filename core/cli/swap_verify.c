// SPDX-License-Identifier: Apache-2.0
/* The connection as it is and as it would be, verified beside one another in one round: an account that one of them has
 * refused is not tried by the other. */
#include <stdio.h>
#include <string.h>

#include "core/cli/progress.h"
#include "core/cli/session.h"
#include "core/cli/swap.h"

#define AGAIN_TIMES 3u /* verifications in a row, because answers to questions changed an answer */

struct run {
  struct swap_side *side;
  struct connection *connection; /* of this side, changed by answers to questions */
  struct progress *progress;
};

static void
on_check(void *user, const tenon_check *c)
{
  struct run *r = user;
  struct swap_found *found = arena_alloc(&r->side->arena, sizeof *found);

  if (!found || !(found->check = check_copy(&r->side->arena, c)))
    return;
  *r->side->end = found;
  r->side->end = &found->next;
}

static void
on_began(void *user, const char *id, const char *title)
{
  struct run *r = user;
  char text[PROGRESS_MAX];

  (void)snprintf(text, sizeof text, "  ... %s: %s", r->connection->connector, title ? title : id);
  progress_draw(r->progress, text);
}

static void
on_patch(void *user, const char *key, const char *text)
{
  struct run *r = user;

  r->side->patched = connection_set(r->connection, key, text) || r->side->patched;
}

static void
on_keep(void *user, const char *key, tenon_text bytes)
{
  struct run *r = user;

  if (!swap_add_secret(r->side->swap, key, bytes))
    cli_error(r->side->swap->run.cli, "The plugin's secret \"%s\" cannot be kept: too many.", key);
}

static void
forget(struct swap_side *side, struct swap *s)
{
  arena_finish(&side->arena);
  *side = (struct swap_side){.swap = s};
  side->end = &side->first;
}

static struct session_job
job_of(struct run *r)
{
  return (struct session_job){.hook = HOOK_VERIFY,
                              .probes = true,
                              .user = r,
                              .began = on_began,
                              .check = on_check,
                              .patch = on_patch};
}

static int
verify_once(struct swap *s, struct swap_verdict *v, struct connection *before)
{
  struct progress progress = PROGRESS_INIT(s->run.cli);
  struct run runs[] = {{&v->before, before, &progress}, {&v->after, s->next, &progress}};
  struct session_job jobs[] = {job_of(&runs[0]), job_of(&runs[1])};
  struct session_side sides[] = {{before, &jobs[0], 0, 0}, {s->next, &jobs[1], 0, 0}};
  tenon_pair secrets[SWAP_SECRETS_MAX];
  /* Not the connection's own name: what one keeps for the life of the program is not the other's. */
  CLEANUP_FREE char *name = text_printf("%s (%s)", s->seen->name, s->to->d.id);

  forget(&v->before, s);
  forget(&v->after, s);
  for (size_t i = 0; i < s->n_secrets; i++)
    secrets[i] =
        (tenon_pair){s->secrets[i].key, {s->secrets[i].bytes.ptr, s->secrets[i].bytes.len}};
  jobs[1].unstored = name ? name : s->to->d.id;
  jobs[1].secrets = secrets;
  jobs[1].n_secrets = s->n_secrets;
  jobs[1].keep = on_keep;
  int status = session_run_all(s->run.cli, sides, 2);
  progress_clear(&progress);
  if (status || sides[1].failed)
    return status ? status : sides[1].failed;
  v->before.ran = sides[0].failed == 0;
  v->before.status = sides[0].status;
  v->after.ran = true;
  v->after.status = sides[1].status;
  return 0;
}

int
swap_verify(struct swap *s, struct swap_verdict *v)
{
  CLEANUP_CONNECTION struct connection *before = NULL;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  int status = 0;

  if (store_load(cli_store(s->run.cli), s->seen->name, &before, &why) < 0) {
    cli_error(s->run.cli, "%s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  for (unsigned i = 0; i <= AGAIN_TIMES; i++) {
    status = verify_once(s, v, before);
    if (status || v->after.status == TENON_E_CANCELLED || !(v->before.patched || v->after.patched))
      return status;
  }
  v->after.status = TENON_E_INTERNAL; /* it changes again and again, and proves nothing */
  return status;
}

/* ---- what came out --------------------------------------------------------------------------------------------------- */

bool
swap_side_passed(const struct swap_side *side, tenon_status *ret_cause)
{
  struct tally t = {0};

  for (const struct swap_found *f = side->first; f; f = f->next)
    tally_add(&t, f->check);
  *ret_cause = tally_cause(&t);
  if (side->status == TENON_E_CANCELLED || side->status == TENON_E_NOANSWER || tally_passed(&t))
    *ret_cause = side->status < 0 ? side->status : TENON_OK;
  return side->ran && *ret_cause == TENON_OK && tally_passed(&t);
}

static unsigned
weight(const tenon_check *c)
{
  return c->state == TENON_FAIL ? 4 : c->state == TENON_WARN ? 3 : c->state == TENON_SKIP ? 2 : 1;
}

const tenon_check *
swap_side_find(const struct swap_side *side, const char *id)
{
  const tenon_check *found = NULL;

  for (const struct swap_found *f = side->first; f; f = f->next)
    if (strcmp(f->check->id, id) == 0 && (!found || weight(f->check) > weight(found)))
      found = f->check;
  return found;
}

void
swap_verdict_finish(struct swap_verdict *v)
{
  arena_finish(&v->before.arena);
  arena_finish(&v->after.arena);
}
