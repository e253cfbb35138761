// SPDX-License-Identifier: Apache-2.0
/* tenon wizard: sets a connection up, or changes one. The command line becomes the event `start`; a face does the
 * rest. */
#include <errno.h>
#include <string.h>

#include "core/cli/sunset.h"
#include "core/cli/wizard_run.h"
#include "core/json/shapes.h"
#include "core/model/names.h"
#include "core/report/report.h"

static const struct option_spec options[] = {
    {"connector", "ID", "the kind of server; tenon plugin list names them", 0},
    {"set", "KEY=VALUE", "answer a field, or a question by its id; may be repeated", 0},
    {"answers", "FILE", "answers as a JSON object or as lines KEY=VALUE; no secrets", 0},
    {"secret", "KEY=FILE",
     "read a secret from a file (mode 0600), or from standard input with KEY=-", 0},
    {"secret-cmd", "KEY=CMD", "read a secret from a command's output", 0},
    {"no-input", NULL, "ask nothing: run to the end by the answers given", 0},
    {"face", "line|json",
     "questions on the terminal (line), or events and views as JSON lines (json)", 0},
    {"role", "source|target", "what the connection is for", 0},
    {"unverified", NULL, "with --no-input: save even where the verification failed", 0},
    {NULL, NULL, NULL, 0}};

/* ---- what the faces share ------------------------------------------------------------------------------------------------- */

int
wizard_send_made(struct wizard_run *run, cJSON *event)
{
  CLEANUP_JSON cJSON *owned = event;
  int error = owned ? driver_send(run->driver, owned) : -ENOMEM;

  if (error == -EINVAL) {
    cli_error(run->cli, "That is too long for a secret: 64 KiB are the most.");
    return 0;
  }
  if (error)
    cli_error(run->cli, "The wizard had to stop: %s.", strerror(-error));
  return error ? STATUS_ENVIRONMENT : 0;
}

int
wizard_send(struct wizard_run *run, const char *event, const char *key, const char *text)
{
  cJSON *made = cJSON_CreateObject();

  cJSON_AddStringToObject(made, "event", event);
  if (key)
    cJSON_AddStringToObject(made, key, text);
  return wizard_send_made(run, made);
}

static const char *
nearest_key(struct wizard_run *run, const char *typed)
{
  struct suggestion s;
  const cJSON *field;

  suggest_init(&s, typed);
  cJSON_ArrayForEach(field, json_array(json_object(driver_session(run->driver), "shape"), "fields"))
  {
    if (json_text(field, "key"))
      suggest_offer(&s, json_text(field, "key"));
  }
  return suggest_best(&s);
}

int
wizard_check_given(struct wizard_run *run, const cJSON *view)
{
  const cJSON *key;
  int status = 0;

  cJSON_ArrayForEach(key, json_array(view, "unknown"))
  {
    const char *near = nearest_key(run, key->valuestring);
    cli_error(run->cli, "%s has no field \"%s\".%s%s%s", json_text(view, "connector_name"),
              key->valuestring, near ? " Did you mean \"" : "", near ? near : "",
              near ? "\"?" : "");
    status = STATUS_USAGE;
  }
  cJSON_ArrayForEach(key, json_array(view, "misplaced"))
  {
    cli_error(run->cli,
              "\"%s\" is a secret and is not taken from answers or --set. Use --secret %s=FILE",
              key->valuestring, key->valuestring);
    status = STATUS_USAGE;
  }
  return status;
}

static int
status_of_report(struct wizard_run *run)
{
  const cJSON *report = json_object(driver_session(run->driver), "report");
  const char *outcome = json_text(report, "outcome"), *word = json_text(report, "cause");
  tenon_status cause = TENON_OK;

  if (!outcome || strcmp(outcome, "pass") == 0)
    return STATUS_PASSED;
  return word && cause_from_name(word, &cause) && cause != TENON_OK ? status_of_cause(cause)
                                                                    : STATUS_FAILED;
}

int
wizard_status(struct wizard_run *run, const cJSON *view)
{
  const char *name = json_text(view, "view"), *outcome = json_text(view, "outcome");

  if (name && strcmp(name, "error") == 0)
    return STATUS_ENVIRONMENT;
  if (name && strcmp(name, "done") == 0 && outcome && strcmp(outcome, "saved") == 0)
    return status_of_report(run);
  if (cJSON_GetArraySize(json_array(view, "unanswered")))
    return STATUS_NOANSWER;
  return STATUS_CANCELLED;
}

/* Is it one word of a shell, whatever the shell? */
static bool
is_word(const char *text)
{
  return *text && *text != '-' &&
         !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                            "0123456789@._+-")];
}

/* A command that runs as it is printed: acting as the subject that is known, else finding one. */
static void
say_subject(struct wizard_run *run, const char *name)
{
  const cJSON *session = driver_session(run->driver), *field;

  cJSON_ArrayForEach(field, json_array(json_object(session, "shape"), "fields"))
  {
    const char *key = json_text(field, "key");
    if (!key || !json_text(field, "browse"))
      continue;
    const char *subject = json_text(json_object(session, "answers"), key);
    if (subject && is_word(subject))
      cli_print(run->cli, "Next: tenon impersonate %s %s\n", name, subject);
    else
      cli_print(run->cli, "Next: tenon browse %s\n", name);
    return;
  }
}

static bool
has_hook(const struct wizard_run *run, const char *hook)
{
  const cJSON *item;

  cJSON_ArrayForEach(item, json_array(json_object(driver_session(run->driver), "shape"), "hooks"))
  {
    if (cJSON_IsString(item) && strcmp(item->valuestring, hook) == 0)
      return true;
  }
  return false;
}

void
wizard_say_saved(struct wizard_run *run, const cJSON *view)
{
  const char *name = json_text(view, "name"), *role = json_text(view, "role"),
             *vault = json_text(view, "vault");

  cli_print(run->cli, "Saved connection \"%s\"%s%s%s%s in %s\n", name, role ? " (" : "",
            role ? role : "", role ? ")" : "", json_bool(view, "verified") ? "" : ", unverified,",
            json_text(view, "where"));
  if (vault)
    cli_print(run->cli, "Its secrets lie in: %s\n", vault);
  if (!json_bool(view, "verified") && has_hook(run, "configure"))
    cli_print(run->cli,
              "Next: tenon configure %s    (what is to be done on the server, and who may)\n",
              name);
  cli_print(run->cli, "Next: tenon verify %s\n", name);
  if (json_bool(view, "verified"))
    say_subject(run, name);
  struct sunset sunset;
  CLEANUP_CONNECTION struct connection *saved = NULL;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  if (store_load(cli_store(run->cli), name, &saved, &why) == 0 &&
      cli_sunset(run->cli, saved->connector, saved, &sunset) && sunset_near(&sunset))
    sunset_say(run->cli, name, &sunset);
}

static bool
write_err(void *user, const char *bytes, size_t n)
{
  struct cli *cli = user;
  return fwrite(bytes, 1, n, cli->err) == n;
}

static void
name_field(struct wizard_run *run, struct report *r, const char *key)
{
  const cJSON *shape = json_object(driver_session(run->driver), "shape"), *field;

  cJSON_ArrayForEach(field, json_array(shape, "fields"))
  {
    const char *mine = json_text(field, "key"), *label = json_text(field, "label"),
               *type = json_text(field, "type");
    if (key && mine && label && strcmp(mine, key) == 0)
      report_name_field(r, key, label, type && strcmp(type, "secret") == 0);
  }
}

void
wizard_say_check(struct wizard_run *run, const cJSON *check)
{
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  const struct report_style style = cli_talk_style(run->cli);
  const tenon_check *read = shape_read_check(&a, check);
  struct report *r = read ? report_create(REPORT_TEXT, &style, write_err, run->cli) : NULL;

  if (r) {
    name_field(run, r, read->field);
    (void)report_check(r, read);
  }
  report_destroy(r);
  (void)fflush(run->cli->err);
}

/* ---- the event `start` ------------------------------------------------------------------------------------------------- */

static int
put_names(struct wizard_run *run)
{
  struct store *store = cli_store(run->cli);
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  CLEANUP_STORE_LIST struct store_list list = {0};

  if (!store)
    return STATUS_ENVIRONMENT;
  if (store_list(store, &list, &why) != 0) {
    cli_error(run->cli, "%s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  cJSON *names = cJSON_AddArrayToObject(run->start, "names");
  for (size_t i = 0; i < list.n; i++)
    cJSON_AddItemToArray(names, cJSON_CreateString(list.entries[i].name));
  return 0;
}

static void
put_editing(struct wizard_run *run)
{
  const struct connection *c = run->stored;
  cJSON *editing = cJSON_AddObjectToObject(run->start, "editing");
  cJSON *answers = cJSON_AddObjectToObject(editing, "answers"),
        *secrets = cJSON_AddArrayToObject(editing, "secrets");

  cJSON_AddStringToObject(editing, "name", c->name);
  cJSON_AddStringToObject(editing, "connector", c->connector);
  if (c->role)
    cJSON_AddStringToObject(editing, "role", c->role == TENON_SOURCE ? "source" : "target");
  for (size_t i = 0; i < c->n_values; i++)
    cJSON_AddStringToObject(answers, c->values[i].key, c->values[i].value.ptr);
  for (size_t i = 0; i < c->n_secrets; i++)
    cJSON_AddItemToArray(secrets, cJSON_CreateString(c->secrets[i].key));
}

/* NAME: the connection of that name is changed; where there is none, a new one gets it. */
static int
take_name(struct wizard_run *run, const char *name)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);

  if (!connection_name_valid(name))
    return args_wrong(
        run->cli, run->args,
        "\"%s\" is no name for a connection: small letters, digits, '.', '_' and '-', at most 64.",
        name);
  int error = store_load(cli_store(run->cli), name, &run->stored, &why);
  if (error == -ENOENT) {
    cJSON_AddStringToObject(run->start, "name", name);
    return 0;
  }
  if (error) {
    cli_error(run->cli, "%s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  run->secrets = calloc(run->stored->n_secrets + 1, sizeof *run->secrets);
  put_editing(run);
  return 0;
}

static int
make_start(struct wizard_run *run)
{
  const char *connector = args_value(run->args, "connector"), *role = args_value(run->args, "role");

  cJSON_AddStringToObject(run->start, "event", "start");
  if (role && strcmp(role, "source") != 0 && strcmp(role, "target") != 0)
    return args_wrong(run->cli, run->args, "--role is source or target, not \"%s\".", role);
  if (run->args->n_words > 1)
    return args_wrong(run->cli, run->args, "One NAME at most.");
  int status = put_names(run);
  if (!status && run->args->n_words)
    status = take_name(run, run->args->words[0]);
  if (connector)
    cJSON_AddStringToObject(run->start, "connector", connector);
  if (role)
    cJSON_AddStringToObject(run->start, "role", role);
  cJSON_AddBoolToObject(run->start, "interactive", !args_has(run->args, "no-input"));
  return status ? status : wizard_take_answers(run);
}

/* ---- the command --------------------------------------------------------------------------------------------------------- */

static void
on_moved(void *user, const cJSON *event)
{
  struct wizard_run *run = user;

  if (run->moved)
    run->moved(run, event);
}

static int
run_face(struct wizard_run *run)
{
  const char *face = args_value(run->args, "face");

  if (face && strcmp(face, "line") != 0 && strcmp(face, "json") != 0)
    return args_wrong(run->cli, run->args, "--face is line or json, not \"%s\".", face);
  if (args_has(run->args, "no-input"))
    return face_none(run);
  return face && strcmp(face, "json") == 0 ? face_json(run) : face_line(run);
}

static int
run_wizard(struct wizard_run *run)
{
  const struct driver_ops ops = {run, on_moved, wizard_stored_secret, wizard_save};
  tenon_context *context = cli_context(run->cli);

  if (!context)
    return STATUS_ENVIRONMENT;
  run->driver = driver_create(context, &ops);
  run->start = cJSON_CreateObject();
  if (!run->driver || !run->start) {
    cli_error(run->cli, "There is no memory for a wizard.");
    return STATUS_ENVIRONMENT;
  }
  int status = make_start(run);
  if (!status)
    status = wizard_take_secrets(run);
  return status ? status : run_face(run);
}

static int
run_command(struct cli *cli, const struct args *args)
{
  struct wizard_run run = {.cli = cli, .args = args, .unverified = args_has(args, "unverified")};

  cli->no_input = args_has(args, "no-input");
  int status = run_wizard(&run);
  driver_destroy(run.driver);
  for (size_t i = 0; run.secrets && i < run.stored->n_secrets; i++)
    vault_secret_finish(&run.secrets[i]);
  free(run.secrets);
  connection_destroy(run.stored);
  cJSON_Delete(run.start);
  return status;
}

const struct command cmd_wizard = {
    .name = "wizard",
    .summary = "Set up a connection, or change one",
    .usage = "[NAME] [--connector ID] [--set KEY=VALUE]... [--secret KEY=FILE|-]... [--no-input] "
             "[--face line|json]",
    .examples =
        "  tenon wizard                     answer questions until there is a verified connection\n"
        "  tenon wizard corp                change the connection corp\n"
        "  tenon wizard corp --connector ID --answers corp.answers --secret password=pw.txt "
        "--no-input\n"
        "                                   set corp up without a question\n",
    .details = "Nothing is changed on any server before you say so. A secret is never an argument: "
               "it comes from a\n"
               "file that only you can read, from standard input, from a command or from the "
               "prompt, and it rests\n"
               "in the vault. With --no-input what is missing is named and the exit status is 4.\n",
    .takes = TAKES_PLUGINS | TAKES_HOOKS,
    .options = options,
    .run = run_command,
};
