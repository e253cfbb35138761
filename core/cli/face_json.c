// SPDX-License-Identifier: Apache-2.0
/* The reference face: an event a line on standard input, a view a line on standard output. Everything the other faces
 * show is in the views, so this one is what a graphical front end speaks and what the transcripts of the tests are. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "core/cli/configure_request.h"
#include "core/cli/wizard_run.h"
#include "core/wizard/wizard.h"

struct face {
  struct buf in;
  char *last; /* the view printed last */
  bool failed, is_over;
  unsigned printed;
};

static void
print_line(struct wizard_run *run, const char *text)
{
  struct face *face = run->face;

  face->printed++;
  if (!cli_write(run->cli, text, strlen(text)) || !cli_write(run->cli, "\n", 1) ||
      fflush(run->cli->out) != 0)
    face->failed = true;
}

/* News that change nothing to be seen print nothing; an event of a person is always answered. */
static void
print_view(struct wizard_run *run, const char *problem, bool is_answer)
{
  struct face *face = run->face;
  CLEANUP_JSON cJSON *view = driver_view(run->driver);

  if (problem) {
    cJSON_DeleteItemFromObjectCaseSensitive(view, "problem");
    cJSON_AddStringToObject(view, "problem", problem);
  }
  const char *name = json_text(view, "view");
  CLEANUP_FREE char *text = view ? json_print(view) : NULL;
  face->is_over = name && (strcmp(name, "done") == 0 || strcmp(name, "error") == 0);
  if (!text)
    face->failed = true;
  else if (problem || is_answer || !face->last || strcmp(face->last, text) != 0)
    print_line(run, text);
  if (problem)
    return;
  free(face->last);
  face->last = TAKE_PTR(text);
}

/* Offers and steps come by the hundred; the view at their end has them all. */
static void
on_moved(struct wizard_run *run, const cJSON *event)
{
  static const char *const quiet[] = {"offered", "stepped", "patched", "runners"};
  const char *name = json_text(event, "event");

  for (size_t i = 0; name && i < sizeof quiet / sizeof *quiet; i++)
    if (strcmp(name, quiet[i]) == 0)
      return;
  print_view(run, NULL, !cJSON_HasObjectItem(event, "generation"));
}

static int
print_session(struct wizard_run *run)
{
  CLEANUP_FREE char *session = json_print(driver_session(run->driver));
  CLEANUP_FREE char *line = session ? text_printf("{\"session\":%s}", session) : NULL;

  if (!line)
    return STATUS_ENVIRONMENT;
  print_line(run, line);
  return 0;
}

/* The plan as a page for a colleague. */
static int
print_request(struct wizard_run *run)
{
  CLEANUP_BUF struct buf page = BUF_INIT(PLAN_TEXT_MAX), line = BUF_INIT(2 * PLAN_TEXT_MAX);
  CLEANUP_JSON cJSON *view = driver_view(run->driver);

  if (!json_object(driver_session(run->driver), "plan")) {
    print_view(run, "There is no plan to make a request of. Plan first.", true);
    return 0;
  }
  request_put_session(&page, driver_session(run->driver), json_text(view, "proposed"));
  (void)buf_putc(&line, '{');
  (void)json_put_member(&line, "request", buf_text(&page));
  (void)buf_putc(&line, '}');
  print_line(run, buf_text(&line));
  return 0;
}

/* "session" gives the document to be kept, "request" the plan's page; all else is the reducer's, except a secret that the
 * driver would not hold. */
static int
take_event(struct wizard_run *run, cJSON *event)
{
  struct face *face = run->face;
  const char *name = json_text(event, "event");
  unsigned before = face->printed;

  if (name && strcmp(name, "session") == 0) {
    cJSON_Delete(event);
    return print_session(run);
  }
  if (name && strcmp(name, "request") == 0) {
    cJSON_Delete(event);
    return print_request(run);
  }
  int status = wizard_send_made(run, event);
  if (!status && face->printed == before)
    print_view(run, "That is too long for a secret: 64 KiB are the most.", true);
  return status;
}

static int
take_line(struct wizard_run *run, const char *text, size_t n)
{
  static const struct json_limits limits = {WIZARD_EVENT_MAX, WIZARD_DEPTH_MAX + 2,
                                            WIZARD_VALUES_MAX};
  static const char *const inner[] = {"start",   "described", "began",  "checked",   "offered",
                                      "patched", "stepped",   "asked",  "withdrawn", "ended",
                                      "died",    "saved",     "failed", "runners"};
  const char *why = "";

  if (n == 0)
    return 0;
  cJSON *event = json_parse(text, n, &limits, &why);
  const char *name = json_text(event, "event");
  for (size_t i = 0; name && i < sizeof inner / sizeof *inner; i++)
    if (strcmp(name, inner[i]) == 0)
      why = "this event is the driver's, not a person's";
  if (event && !*why)
    return take_event(run, event);
  CLEANUP_FREE char *problem = text_printf("That line is no event: %s.", why);
  cJSON_Delete(event);
  print_view(run, problem ? problem : why, true);
  return 0;
}

static int
take_lines(struct wizard_run *run)
{
  struct face *face = run->face;
  int status = 0;

  for (char *end; !status && !face->is_over && face->in.len &&
                  (end = memchr(face->in.ptr, '\n', face->in.len));) {
    size_t n = (size_t)(end - face->in.ptr);
    status = take_line(run, face->in.ptr, n);
    explicit_bzero(face->in.ptr, n);
    buf_drop_front(&face->in, n + 1);
  }
  return status;
}

/* 1: the input is at its end. */
static int
read_input(struct face *face)
{
  char *room = buf_room(&face->in, 65536);

  if (!room)
    return -EFBIG;
  ssize_t n = read(STDIN_FILENO, room, 65536);
  if (n < 0)
    return errno == EINTR || errno == EAGAIN ? 0 : -errno;
  if (n == 0)
    return 1;
  buf_grew(&face->in, (size_t)n);
  return 0;
}

/* Nobody is there any more: a busy hook may end, but no one will answer. */
static int
end_of_input(struct wizard_run *run)
{
  struct face *face = run->face;

  while (driver_busy(run->driver) && !face->is_over && !face->failed &&
         !cli_interrupted(run->cli)) {
    if (json_array(driver_session(run->driver), "asks"))
      break;
    if (driver_run(run->driver, 200) < 0)
      return STATUS_ENVIRONMENT;
  }
  return face->is_over ? 0 : STATUS_NOANSWER;
}

static int
turn(struct wizard_run *run)
{
  struct face *face = run->face;
  struct pollfd fds[] = {{STDIN_FILENO, POLLIN, 0},
                         {tenon_context_fd(cli_context(run->cli)), POLLIN, 0},
                         {run->cli->interrupt_fd, POLLIN, 0}};

  if (poll(fds, 3, driver_wait_ms(run->driver)) < 0 && errno != EINTR)
    return STATUS_ENVIRONMENT;
  if (cli_interrupted(run->cli))
    return wizard_send(run, "quit", NULL, NULL);
  if (driver_run(run->driver, 0) < 0)
    return STATUS_ENVIRONMENT;
  if (!(fds[0].revents & (POLLIN | POLLHUP | POLLERR)))
    return 0;
  int got = read_input(face);
  if (got < 0) {
    cli_error(run->cli, "Standard input cannot be read: %s.", strerror(-got));
    return STATUS_ENVIRONMENT;
  }
  int status = take_lines(run);
  return status || !got ? status : end_of_input(run);
}

int
face_json(struct wizard_run *run)
{
  struct face face = {.in = BUF_INIT(WIZARD_EVENT_MAX)};
  int status = 0;

  run->face = &face;
  run->moved = on_moved;
  if (driver_start(run->driver, run->start) != 0) {
    cli_error(run->cli, "The wizard cannot start: %s", tenon_context_error(cli_context(run->cli)));
    status = STATUS_ENVIRONMENT;
  }
  while (!status && !face.is_over && !face.failed)
    status = turn(run);
  CLEANUP_JSON cJSON *view = driver_view(run->driver);
  if (!status && face.failed)
    status = STATUS_ENVIRONMENT;
  if (!status)
    status = wizard_status(run, view);
  buf_wipe(&face.in);
  free(face.last);
  run->moved = NULL;
  return status;
}
