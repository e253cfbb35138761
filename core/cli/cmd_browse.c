// SPDX-License-Identifier: Apache-2.0
/* tenon browse: the values that a server offers for a field of the connection, by what was typed so far. */
#include <string.h>

#include "core/cli/session.h"
#include "core/model/connector.h"

struct browse {
  struct cli *cli;
  const struct connection *connection;
  struct report *report;
  const char *key; /* the field's, or NULL: the first that can be browsed */
  char *what;
  bool wrong, found;
  struct session_job job;
};

static const tenon_field *
find_field(struct browse *b, const tenon_connector *d)
{
  struct suggestion s;

  suggest_init(&s, b->key ? b->key : "");
  for (size_t i = 0; d->fields && d->fields[i]; i++) {
    const tenon_field *f = d->fields[i];
    if (!f->browse)
      continue;
    if (!b->key || strcmp(f->key, b->key) == 0)
      return f;
    suggest_offer(&s, f->key);
  }
  b->wrong = true;
  if (suggest_best(&s))
    cli_error(b->cli, "There is no field \"%s\" to browse for. Did you mean \"%s\"?", b->key,
              suggest_best(&s));
  else
    cli_error(b->cli, "The connector %s has no field%s%s%s to browse for.", d->id,
              b->key ? " \"" : "", b->key ? b->key : "", b->key ? "\"" : "");
  return NULL;
}

static void
on_ready(void *user, const tenon_connector *d)
{
  struct browse *b = user;
  const tenon_field *f = find_field(b, d);

  cli_name_fields(b->report, d);
  b->what = f ? strdup(f->browse) : NULL;
  b->job.what = b->what;
}

static void
on_check(void *user, const tenon_check *c)
{
  struct browse *b = user;

  if (!b->wrong)
    (void)report_check(b->report, c);
}

static void
on_offer(void *user, const tenon_offer *o)
{
  struct browse *b = user;

  b->found = true;
  if (!b->wrong)
    (void)report_offer(b->report, o);
}

static void
on_idle(void *user)
{
  struct browse *b = user;

  (void)cli_flush(b->cli);
}

static int
browse(struct browse *b, struct connection *c)
{
  tenon_status ended = TENON_OK, cause = TENON_OK;
  bool text = strcmp(b->cli->format, "text") == 0;
  struct report_head head = {.connection = text ? NULL : c->name, .connector = c->connector};

  (void)report_begin(b->report, &head);
  int status = session_run(b->cli, c, &b->job, &ended);
  if (status || b->wrong)
    return status ? status : STATUS_USAGE;
  (void)report_end(b->report, ended);
  if (ended == TENON_OK && !b->found)
    cli_talk(b->cli, "Nothing was found.");
  (void)report_outcome(b->report, ended, &cause);
  return status_of_cause(cause);
}

static int
run(struct cli *cli, const struct args *a)
{
  struct browse b = {.cli = cli, .key = args_value(a, "field")};
  int status = STATUS_ENVIRONMENT;

  if (a->n_words < 1 || a->n_words > 2)
    return args_wrong(cli, a, a->n_words ? "One text to look for: quote it." : "Which connection?");
  CLEANUP_CONNECTION struct connection *c = cli_connection(cli, a->words[0], &status);
  if (!c)
    return status;
  b.connection = c;
  b.job = (struct session_job){.hook = HOOK_BROWSE,
                               .typed = a->n_words > 1 ? a->words[1] : "",
                               .user = &b,
                               .ready = on_ready,
                               .check = on_check,
                               .offer = on_offer,
                               .idle = on_idle};
  b.report = cli_report(cli);
  status = b.report ? browse(&b, c) : STATUS_ENVIRONMENT;
  report_destroy(b.report);
  free(b.what);
  return status;
}

static const struct option_spec options[] = {
    {"field", "KEY", "the field to find values for; else the first that offers them", 0},
    {NULL, NULL, NULL, 0}};

const struct command cmd_browse = {
    .name = "browse",
    .summary = "List what the server offers for a field",
    .usage = "NAME [TEXT] [--field KEY] [-o FORMAT]",
    .examples = "  tenon browse onprem anna\n  tenon browse onprem -o jsonl\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
    .formats = "text json jsonl",
    .options = options,
    .run = run,
};
