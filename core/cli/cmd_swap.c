// SPDX-License-Identifier: Apache-2.0
/* tenon swap: a connection keeps its name and goes to another connector of the family. The new one is filled in, verified
 * beside the old one, and only then written over it; whatever goes wrong before leaves the old one. */
#include <errno.h>
#include <string.h>

#include "core/cli/history.h"
#include "core/cli/swap.h"
#include "core/json/shapes.h"
#include "core/model/names.h"

#define SAVE_ANYWAY "save anyway"

/* ---- may it be? ------------------------------------------------------------------------------------------------------ */

static int
check_family(struct swap *s)
{
  const char *from = s->from->d.family, *to = s->to->d.family;

  if (s->to->d.flags & TENON_PROBE) {
    cli_error(s->run.cli, "%s is a probe: it adds checks to its family's connections and is none.",
              s->to->d.id);
    return STATUS_USAGE;
  }
  if (from && to && strcmp(from, to) == 0)
    return 0;
  cli_error(s->run.cli,
            "%s (%s) cannot take the place of %s (%s): only connectors of one family can be "
            "swapped. Make a new connection: tenon wizard --connector %s",
            s->to->d.id, to ? to : "of no family", s->from->d.id, from ? from : "of no family",
            s->to->d.id);
  return STATUS_USAGE;
}

static int
check_role(struct swap *s)
{
  uint32_t role = s->seen->role, can = s->to->d.roles;
  const char *word = role == TENON_SOURCE ? "source" : "target";

  if (!role || (can & role))
    return 0;
  cli_error(s->run.cli, "\"%s\" is a %s, and %s cannot be one.", s->seen->name, word, s->to->d.id);
  return STATUS_USAGE;
}

/* Both have to be here: what is shared stands in the forms of both. */
static int
describe(struct swap *s, const char *to)
{
  struct cli *cli = s->run.cli;

  if (strcmp(s->seen->connector, to) == 0)
    return args_wrong(cli, s->run.args,
                      "\"%s\" goes by %s already. To change its answers: tenon "
                      "wizard %s",
                      s->seen->name, to, s->seen->name);
  if (!cli_plugin(cli, to))
    return STATUS_ENVIRONMENT;
  if (!cli_has_plugin(cli, s->seen->connector)) {
    cli_error(cli,
              "The connector %s, which \"%s\" goes by now, is not here, so that nobody knows which "
              "of its answers can go along. Install it; or answer anew: tenon wizard %s "
              "--connector %s",
              s->seen->connector, s->seen->name, s->seen->name, to);
    return STATUS_ENVIRONMENT;
  }
  s->from = cli_describe(cli, s->seen->connector, false);
  s->to = s->from ? cli_describe(cli, to, false) : NULL;
  if (!s->to)
    return cli_interrupted(cli) ? STATUS_CANCELLED : STATUS_ENVIRONMENT;
  int status = check_family(s);
  return status ? status : check_role(s);
}

static int
make_plan(struct swap *s)
{
  s->plan = (struct swap_plan){.c = s->seen,
                               .back = connection_former(s->seen, s->to->d.id),
                               .from = s->from,
                               .to = s->to,
                               .given = json_object(s->run.start, "answers"),
                               .args = s->run.args,
                               .arena = ARENA_INIT};
  if (!swap_plan_make(&s->plan)) {
    cli_error(s->run.cli, "There is no memory for a swap.");
    return STATUS_ENVIRONMENT;
  }
  return swap_plan_check(s->run.cli, &s->plan);
}

/* ---- committing ------------------------------------------------------------------------------------------------------ */

/* One line, as of a verification, that says where it went. */
static void
note(struct swap *s, const struct swap_verdict *v)
{
  CLEANUP_BUF struct buf line = BUF_INIT(STORE_HISTORY_MAX / 2), why = BUF_INIT(STORE_WHY_MAX);
  tenon_status cause = TENON_OK;
  bool passed = swap_side_passed(&v->after, &cause);

  history_begin_swap(&line, s->from->d.id, s->to->d.id);
  for (const struct swap_found *f = v->after.first; f; f = f->next)
    history_check(&line, f->check);
  if (buf_failed(&line)) { /* too long: without its checks */
    buf_clear(&line);
    history_begin_swap(&line, s->from->d.id, s->to->d.id);
  }
  history_end(&line, passed, cause);
  if (store_history_append(cli_store(s->run.cli), s->seen->name, buf_text(&line), line.len, &why) <
      0)
    cli_error(s->run.cli, "The swap was not noted in the history: %s", buf_text(&why));
}

static size_t
values_of(const struct swap *s, tenon_pair *ret)
{
  size_t n = 0;

  for (size_t i = 0; i < s->next->n_values; i++) {
    const tenon_field *field = connector_field(s->to, s->next->values[i].key);
    if (!field || !(field->flags & TENON_VOLATILE))
      ret[n++] = s->next->values[i];
  }
  return n;
}

static int
commit(struct swap *s, const struct swap_verdict *v)
{
  struct cli *cli = s->run.cli;
  tenon_pair values[STORE_VALUES_MAX];
  struct store_swap_secret secrets[SWAP_SECRETS_MAX];
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  tenon_status cause = TENON_OK;
  struct store_swap swap = {.connector = s->to->d.id,
                            .version = s->to->d.version,
                            .schema = s->to->d.schema,
                            .values = values,
                            .n_values = values_of(s, values),
                            .secrets = secrets,
                            .n_secrets = s->n_secrets,
                            .verified = true,
                            .passed = swap_side_passed(&v->after, &cause)};

  for (size_t i = 0; i < s->n_secrets; i++)
    secrets[i] = (struct store_swap_secret){
        s->secrets[i].key, s->secrets[i].from, {s->secrets[i].bytes.ptr, s->secrets[i].bytes.len}};
  struct vault *vault = s->n_secrets || s->seen->n_secrets ? cli_vault(cli) : NULL;
  if (!vault && s->n_secrets)
    return STATUS_ENVIRONMENT;
  if (store_swap(cli_store(cli), vault, s->seen, &swap, &why) < 0) {
    cli_error(cli, "Nothing was swapped. %s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  note(s, v);
  return 0;
}

/* A choice of its own, typed out: Enter does not take it. */
static bool
agrees(struct cli *cli)
{
  CLEANUP_BUF struct buf typed = BUF_INIT(CLI_LINE_MAX);

  return cli_person(cli) &&
         prompt_line(cli,
                     "A required check failed. Type \"" SAVE_ANYWAY
                     "\" to swap all the same, unverified; Enter leaves everything as it is: ",
                     &typed) &&
         strcmp(buf_text(&typed), SAVE_ANYWAY) == 0;
}

static void
say_swapped(struct swap *s, bool passed)
{
  struct cli *cli = s->run.cli;
  const char *name = s->seen->name;
  CLEANUP_CONNECTION struct connection *now = NULL;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);

  cli_talk(cli, "Swapped \"%s\": %s -> %s%s.", name, s->from->d.id, s->to->d.id,
           passed ? "" : ", unverified");
  if (store_load(cli_store(cli), name, &now, &why) == 0 && connection_former(now, s->from->d.id))
    cli_talk(cli, "What only %s had is kept. Back: tenon swap %s --to %s", s->from->d.id, name,
             s->from->d.id);
  cli_talk(cli, "Next: tenon verify %s", name);
}

static void
say_not_swapped(struct swap *s, tenon_status cause)
{
  if (cause == TENON_E_CANCELLED)
    cli_talk(s->run.cli, "Cancelled: \"%s\" goes by %s as before.", s->seen->name, s->from->d.id);
  else
    cli_error(
        s->run.cli,
        "Nothing was swapped, because the verification of %s failed: %s. \"%s\" goes by %s as "
        "before. Swap all the same with --unverified.",
        s->to->d.id, cause_name(cause), s->seen->name, s->from->d.id);
}

static int
decide(struct swap *s, const struct swap_verdict *v)
{
  struct cli *cli = s->run.cli;
  tenon_status cause = TENON_OK;
  bool is_text = strcmp(cli->format, "text") == 0;
  bool passed = swap_side_passed(&v->after, &cause);

  if (is_text)
    swap_report_text(cli, s, v);
  (void)cli_flush(cli);
  bool wanted = passed || (cause != TENON_E_CANCELLED && (s->run.unverified || agrees(cli)));
  int failed = wanted ? commit(s, v) : 0;
  bool swapped = wanted && !failed;
  if (!is_text)
    swap_report_json(cli, s, v, swapped);
  (void)cli_flush(cli);
  if (swapped)
    say_swapped(s, passed);
  else if (!failed)
    say_not_swapped(s, cause);
  return failed ? failed : status_of_cause(cause);
}

/* ---- the command ------------------------------------------------------------------------------------------------------ */

static int
swap_it(struct swap *s)
{
  struct swap_verdict v = {0};

  int status = swap_form(s);
  if (!status)
    status = swap_verify(s, &v);
  if (!status)
    status = decide(s, &v);
  swap_verdict_finish(&v);
  return status;
}

static int
run_swap(struct swap *s, const char *to)
{
  struct wizard_run *run = &s->run;
  int status = STATUS_ENVIRONMENT;

  s->seen = cli_connection(run->cli, run->args->words[0], &status);
  run->start = s->seen ? cJSON_CreateObject() : NULL;
  if (!run->start)
    return status;
  status = describe(s, to);
  status = status ? status : wizard_take_answers(run);
  status = status ? status : make_plan(s);
  if (status || !args_has(run->args, "dry-run"))
    return status ? status : swap_it(s);
  swap_report_plan(run->cli, s);
  return STATUS_PASSED;
}

static void
swap_finish(struct swap *s)
{
  driver_destroy(s->run.driver);
  cJSON_Delete(s->run.start);
  cJSON_Delete(s->save);
  for (size_t i = 0; i < s->n_secrets; i++) {
    free(s->secrets[i].key);
    vault_secret_finish(&s->secrets[i].bytes);
  }
  swap_plan_finish(&s->plan);
  connection_destroy(s->next);
  connection_destroy(s->seen);
  connector_destroy(s->from);
  connector_destroy(s->to);
  free(s);
}

static int
run_command(struct cli *cli, const struct args *a)
{
  const char *to = args_value(a, "to");

  if (a->n_words != 1)
    return args_wrong(cli, a, a->n_words ? "One connection at a time." : "Which connection?");
  if (!to || !*to)
    return args_wrong(cli, a, "Which connector is it to go to? --to CONNECTOR");
  struct swap *s = calloc(1, sizeof *s);
  if (!s) {
    cli_error(cli, "There is no memory for a swap.");
    return STATUS_ENVIRONMENT;
  }
  cli->no_input = args_has(a, "no-input");
  s->run = (struct wizard_run){.cli = cli, .args = a, .unverified = args_has(a, "unverified")};
  for (size_t i = 0; i < SWAP_SECRETS_MAX; i++)
    s->secrets[i].bytes = VAULT_SECRET_INIT;
  int status = run_swap(s, to);
  swap_finish(s);
  return status;
}

static const struct option_spec options[] = {
    {"to", "CONNECTOR", "the connector to go to; tenon plugin list names them", 0},
    {"set", "KEY=VALUE", "answer a field of the new connector; may be repeated", 0},
    {"answers", "FILE", "answers as a JSON object or as lines KEY=VALUE; no secrets", 0},
    {"secret", "KEY=FILE",
     "read a secret from a file (mode 0600), or from standard input with KEY=-", 0},
    {"secret-cmd", "KEY=CMD", "read a secret from a command's output", 0},
    {"no-input", NULL, "ask nothing: what is missing is named", 0},
    {"dry-run", NULL, "show what would become of the answers; change nothing, contact nobody", 0},
    {"unverified", NULL, "swap even where the verification failed", 0},
    {NULL, NULL, NULL, 0}};

const struct command cmd_swap = {
    .name = "swap",
    .summary = "Take a connection to another connector, under its own name",
    .usage = "NAME --to CONNECTOR [--set KEY=VALUE]... [--secret KEY=FILE|-]... [--dry-run] "
             "[--no-input] [--unverified] [-o FORMAT]",
    .examples =
        "  tenon swap corp --to ID --dry-run     what is carried, kept aside and asked for\n"
        "  tenon swap corp --to ID               fill in the rest, verify both, then swap\n"
        "  tenon swap corp --to ID --set tenant=contoso.example --secret client_secret=cs.txt "
        "--no-input\n"
        "                                        the same without a question\n",
    .details =
        "Answers that both connectors share go along, secrets too; what only the old one has "
        "is kept with the\n"
        "connection and taken again when it is swapped back. Both are verified side by side, "
        "and the new one is\n"
        "stored only when no required check of it failed: until then the connection is as it "
        "was. With --no-input\n"
        "what is missing is named and the exit status is 4.\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
    .formats = "text json jsonl",
    .options = options,
    .run = run_command,
};
