// SPDX-License-Identifier: Apache-2.0
/* The wizard with nobody there: by answers alone, to the end. What is missing is named by its id, so that a script can
 * be mended; checks go to stderr as they end. */
#include <string.h>

#include "core/cli/wizard_run.h"

#define TURNS_MAX 200u /* pages and hooks of one run: more means that nothing moves */

static bool
is_view(const cJSON *view, const char *name)
{
  const char *mine = json_text(view, "view");
  return mine && strcmp(mine, name) == 0;
}

static void
on_moved(struct wizard_run *run, const cJSON *event)
{
  const char *name = json_text(event, "event"),
             *hook = json_text(json_object(driver_session(run->driver), "busy"), "hook");
  const cJSON *check = json_object(event, "check");

  if (!name || strcmp(name, "checked") != 0 || !hook)
    return;
  /* What could not be found for a field is no failure; where the field is needed, the verification says so. */
  const char *state = json_text(check, "state");
  if (strcmp(hook, "suggest") == 0 && state && strcmp(state, "fail") == 0)
    return;
  wizard_say_check(run, check);
}

/* Which fields keep the wizard from going on. */
int
wizard_name_problems(struct wizard_run *run)
{
  const cJSON *problem, *shape = json_object(driver_session(run->driver), "shape"), *field;
  int status = 0;

  cJSON_ArrayForEach(problem, json_object(driver_session(run->driver), "problems"))
  {
    bool is_wrong = json_text(problem, "typed"), is_secret = false;
    cJSON_ArrayForEach(field, json_array(shape, "fields"))
    {
      const char *key = json_text(field, "key"), *type = json_text(field, "type");
      if (key && type && strcmp(key, problem->string) == 0)
        is_secret = strcmp(type, "secret") == 0;
    }
    cli_error(run->cli, "%s: %s%s%s%s", problem->string, json_text(problem, "why"),
              is_wrong    ? ""
              : is_secret ? " Give it with --secret "
                          : " Give it with --set ",
              is_wrong ? "" : problem->string,
              is_wrong    ? ""
              : is_secret ? "=FILE"
                          : "=VALUE");
    status = is_wrong || status == STATUS_USAGE ? STATUS_USAGE : STATUS_NOANSWER;
  }
  return status;
}

static int
choose_first(struct wizard_run *run, const cJSON *view)
{
  const cJSON *c;

  if (json_text(view, "problem"))
    cli_error(run->cli, "%s", json_text(view, "problem"));
  cli_error(run->cli, "connector: say which, with --connector ID:");
  cJSON_ArrayForEach(c, json_array(view, "connectors"))
  {
    if (!json_text(c, "refused"))
      cli_talk(run->cli, "  %s  %s", json_text(c, "id"),
               json_text(c, "name") ? json_text(c, "name") : "");
  }
  return STATUS_NOANSWER;
}

/* Next; a page that stays has a problem, and then all pages are asked for theirs. */
static int
turn_page(struct wizard_run *run)
{
  int status = wizard_send(run, "next", NULL, NULL);

  if (!status && !driver_busy(run->driver) &&
      cJSON_GetArraySize(json_object(driver_session(run->driver), "problems"))) {
    status = wizard_send(run, "goto", "page", "verification");
    int named = status ? status : wizard_name_problems(run);
    return named;
  }
  return status;
}

static int
finish(struct wizard_run *run, const cJSON *view)
{
  cJSON *event = cJSON_CreateObject();
  bool is_good = json_bool(view, "verified");

  if (!json_text(view, "outcome")) {
    cJSON_Delete(event);
    return wizard_send(run, "verify", NULL, NULL);
  }
  if (!is_good && !run->unverified) {
    cJSON_Delete(event);
    const char *cause = json_text(view, "cause");
    cli_error(run->cli,
              "Nothing was saved, because the verification failed%s%s. Save it all the same with "
              "--unverified.",
              cause ? ": " : "", cause ? cause : "");
    return -1;
  }
  cJSON_AddStringToObject(event, "event", "finish");
  cJSON_AddBoolToObject(event, "unverified", !is_good);
  return wizard_send_made(run, event);
}

static int
failed_status(struct wizard_run *run)
{
  CLEANUP_JSON cJSON *as_if_saved = cJSON_Parse("{\"view\":\"done\",\"outcome\":\"saved\"}");
  const cJSON *session = driver_session(run->driver), *id;
  int status = wizard_status(run, as_if_saved);

  cJSON_ArrayForEach(id, json_array(session, "unanswered"))
  {
    cli_error(run->cli,
              "%s: an answer was needed and nobody was there. Give it with --set %s=VALUE",
              id->valuestring, id->valuestring);
    status = STATUS_NOANSWER;
  }
  return status;
}

static int
turn(struct wizard_run *run, const cJSON *view)
{
  if (is_view(view, "choose"))
    return choose_first(run, view);
  if (is_view(view, "form"))
    return turn_page(run);
  if (is_view(view, "plan") || is_view(view, "report"))
    return turn_page(run);
  if (json_text(view, "problem") && json_text(view, "outcome") && !driver_busy(run->driver)) {
    cli_error(run->cli, "%s", json_text(view, "problem"));
    return STATUS_ENVIRONMENT;
  }
  return finish(run, view);
}

int
wizard_wait(struct wizard_run *run)
{
  while (driver_busy(run->driver)) {
    if (cli_interrupted(run->cli))
      return wizard_send(run, "quit", NULL, NULL) ? STATUS_ENVIRONMENT : STATUS_CANCELLED;
    if (driver_run(run->driver, 200) < 0) {
      cli_error(run->cli, "The wizard had to stop: %s", tenon_context_error(cli_context(run->cli)));
      return STATUS_ENVIRONMENT;
    }
  }
  return 0;
}

int
face_none(struct wizard_run *run)
{
  run->moved = on_moved;
  int status = driver_start(run->driver, run->start);
  if (status) {
    cli_error(run->cli, "The wizard cannot start: %s", tenon_context_error(cli_context(run->cli)));
    return STATUS_ENVIRONMENT;
  }
  for (unsigned i = 0; i < TURNS_MAX; i++) {
    status = wizard_wait(run);
    CLEANUP_JSON cJSON *view = status ? NULL : driver_view(run->driver);
    if (!status)
      status = wizard_check_given(run, view);
    if (status)
      return status;
    if (is_view(view, "error")) {
      cli_error(run->cli, "%s %s", json_text(view, "detail"),
                json_text(view, "remedy") ? json_text(view, "remedy") : "");
      return wizard_status(run, view);
    }
    if (is_view(view, "done")) {
      wizard_say_saved(run, view);
      return wizard_status(run, view);
    }
    status = turn(run, view);
    if (status)
      return status < 0 ? failed_status(run) : status;
  }
  cli_error(run->cli, "The wizard does not come to an end with these answers.");
  return STATUS_FAILED;
}
