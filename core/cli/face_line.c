// SPDX-License-Identifier: Apache-2.0
/* The loop of the terminal's face: look at the view, show its heading, ask what it asks. */
#include "core/cli/face_line.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

bool
line_is(const struct line_face *f, const char *view)
{
  const char *mine = json_text(f->view, "view");
  return mine && strcmp(mine, view) == 0;
}

bool
line_can(const struct line_face *f, const char *event)
{
  const cJSON *item;

  cJSON_ArrayForEach(item, json_array(f->view, "can"))
  {
    if (cJSON_IsString(item) && strcmp(item->valuestring, event) == 0)
      return true;
  }
  return false;
}

void
line_quit(struct line_face *f)
{
  int status = wizard_send(f->run, "quit", NULL, NULL);

  line_tell(f, COLOUR_NONE, 0, "Left; nothing was saved.");
  f->over = true;
  f->status = status ? status : STATUS_CANCELLED;
}

/* Checks appear as they end. */
static void
on_moved(struct wizard_run *run, const cJSON *event)
{
  struct line_face *f = run->face;
  const char *name = json_text(event, "event");
  const char *hook = json_text(json_object(driver_session(run->driver), "busy"), "hook");

  int64_t ticket = 0;

  if (name && strcmp(name, "withdrawn") == 0 && json_int(event, "ticket", &ticket))
    line_visit_over(f, ticket);
  if (!name || !hook)
    return;
  bool is_shown = strcmp(hook, "verify") == 0 || strcmp(hook, "impersonate") == 0 ||
                  strcmp(hook, "configure") == 0;
  if (strcmp(name, "began") == 0)
    line_transient(f, json_text(event, "title"));
  else if (strcmp(name, "checked") == 0 && is_shown)
    line_check(f, json_object(event, "check"), strcmp(hook, "impersonate") == 0);
}

static void
over(struct line_face *f)
{
  f->over = true;
  f->status = wizard_status(f->run, f->view);
  if (line_is(f, "error"))
    cli_error(f->cli, "%s %s", json_text(f->view, "detail"),
              json_text(f->view, "remedy") ? json_text(f->view, "remedy") : "");
  else if (f->status != STATUS_CANCELLED)
    wizard_say_saved(f->run, f->view);
}

static void
turn(struct line_face *f)
{
  int wrong = wizard_check_given(f->run, f->view);

  if (wrong) {
    f->over = true;
    f->status = wrong;
    return;
  }
  if (line_is(f, "done") || line_is(f, "error")) {
    over(f);
    return;
  }
  if (f->run->form_only && (line_is(f, "plan") || line_is(f, "verification"))) {
    f->over = true;
    return;
  }
  line_heading(f);
  if (line_is(f, "choose"))
    line_choose(f);
  else if (line_is(f, "form"))
    line_form(f);
  else if (line_is(f, "plan"))
    line_plan(f);
  else if (line_is(f, "report"))
    line_report(f);
  else if (line_is(f, "verification"))
    line_verification(f);
  else
    line_wait(f);
}

static unsigned
width_of(const struct cli *cli)
{
  struct winsize size;

  if (!cli->err_tty || ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 ||
      size.ws_col < REPORT_WIDTH_MIN)
    return REPORT_WIDTH;
  return size.ws_col > REPORT_WIDTH_MAX ? REPORT_WIDTH_MAX : size.ws_col;
}

static void
greet(struct line_face *f)
{
  const char *name = f->run->stored ? f->run->stored->name : NULL;

  if (f->run->greeting)
    line_tell(f, COLOUR_NONE, 0, "%s", f->run->greeting);
  else if (name)
    line_tell(f, COLOUR_NONE, 0,
              "This changes the connection \"%s\"; secrets stay unless you type new ones.", name);
  else
    line_tell(
        f, COLOUR_NONE, 0,
        "This wizard sets up a connection; nothing is changed on any server before you say so.");
  line_tell(f, COLOUR_DIM, 0, "(? help, b back, q quit; in a text field :? :b :q)");
}

static void
run_face(struct line_face *f)
{
  greet(f);
  if (driver_start(f->run->driver, f->run->start) != 0) {
    cli_error(f->cli, "The wizard cannot start: %s", tenon_context_error(cli_context(f->cli)));
    f->status = STATUS_ENVIRONMENT;
    return;
  }
  line_wait(f);
  line_look(f);
  while (!f->over) {
    turn(f);
    if (!f->over)
      line_look(f);
  }
}

int
face_line(struct wizard_run *run)
{
  struct line_face f = {.run = run, .cli = run->cli, .asked = cJSON_CreateArray()};

  if (run->stdin_read) {
    cli_error(run->cli,
              "Standard input held the secret, so nobody can answer on it. Add --no-input.");
    return STATUS_NOANSWER;
  }
  f.style = (struct report_style){run->cli->colour_err, run->cli->utf8, width_of(run->cli)};
  run->face = &f;
  run->moved = on_moved;
  if (line_signals_begin() < 0) {
    cli_error(run->cli, "No descriptor for signals: %s.", strerror(errno));
    f.status = STATUS_ENVIRONMENT;
  } else {
    run_face(&f);
  }
  line_signals_end();
  run->moved = NULL;
  cJSON_Delete(f.view);
  cJSON_Delete(f.asked);
  return f.status;
}
