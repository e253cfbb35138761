// SPDX-License-Identifier: Apache-2.0
/* The radar fails nothing: where plugins cannot be listed or loaded, a connection is shown as it is stored. */
#include "core/cli/radar.h"

#include "core/cli/describe.h"

void
radar_begin(struct radar *r, struct cli *cli)
{
  tenon_context *context = cli_context(cli);

  *r = (struct radar){NULL};
  clock_text(r->today);
  if (!context || tenon_context_scan(context, &r->plugins) < 0)
    r->plugins = NULL;
}

static bool
make_plan(struct cli *cli, const struct connection *c, struct radar_find *f)
{
  f->from = cli_describe(cli, c->connector, true);
  f->to = f->from ? cli_describe(cli, f->sunset.to, true) : NULL;
  if (!f->to)
    return false;
  f->plan = (struct swap_plan){.c = c,
                               .back = connection_former(c, f->sunset.to),
                               .from = f->from,
                               .to = f->to,
                               .arena = ARENA_INIT};
  return swap_plan_make(&f->plan);
}

bool
radar_find(const struct radar *r, struct cli *cli, const struct connection *c, bool with_plan,
           struct radar_find *ret)
{
  *ret = (struct radar_find){.plan = {.arena = ARENA_INIT}};
  ret->stops = r->plugins && sunset_find(r->plugins, c->connector, r->today, &ret->sunset) &&
               sunset_holds(&ret->sunset, c);
  if (ret->stops && with_plan && ret->sunset.to)
    ret->planned = make_plan(cli, c, ret);
  return ret->stops;
}

void
radar_find_finish(struct radar_find *f)
{
  swap_plan_finish(&f->plan);
  connector_destroy(f->from);
  connector_destroy(f->to);
}

void
radar_say(struct cli *cli, const struct connection *c, const struct radar_find *f)
{
  CLEANUP_BUF struct buf options = BUF_INIT(CLI_LINE_MAX);

  if (!f->stops)
    return;
  sunset_say(cli, c->name, &f->sunset);
  if (!f->planned)
    return;
  swap_plan_options(&f->plan, &options);
  cli_talk(cli, options.len ? "  It needs:%s" : "  It needs no further answer.%s",
           buf_text(&options));
}

void
radar_put(struct buf *b, const struct radar_find *f)
{
  if (!f->stops)
    return;
  sunset_put(b, &f->sunset);
  if (!f->sunset.to)
    return;
  (void)json_put_key(b, "swap");
  (void)buf_putc(b, '{');
  if (f->planned)
    swap_plan_put(b, &f->plan);
  else
    (void)json_put_member(b, "to", f->sunset.to);
  (void)buf_putc(b, '}');
}
