// SPDX-License-Identifier: Apache-2.0
/* Lines from a person, while the workers run on. A byte at a time and without stdio, whose buffers would keep a secret.
 * Ctrl-C has a meaning of its own here (cancel what runs, then leave), so for as long as the face lasts its handler
 * stands in for the program's. */
#include "core/cli/face_line.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>

/* ---- signals -------------------------------------------------------------------------------------------------------- */

static int signal_fd = -1;
static struct sigaction before_int, before_term;

static void
handle(int signal)
{
  const uint64_t one = 1;
  int saved = errno;

  (void)signal;
  if (write(signal_fd, &one, sizeof one) < 0)
    _exit(STATUS_CANCELLED);
  errno = saved;
}

int
line_signals_begin(void)
{
  struct sigaction action = {.sa_handler = handle};

  signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (signal_fd < 0)
    return -errno;
  (void)sigaction(SIGINT, &action, &before_int); /* cannot fail with these signals */
  (void)sigaction(SIGTERM, &action, &before_term);
  return 0;
}

void
line_signals_end(void)
{
  if (signal_fd < 0)
    return;
  (void)sigaction(SIGINT, &before_int, NULL);
  (void)sigaction(SIGTERM, &before_term, NULL);
  (void)close(TAKE_FD(signal_fd));
}

bool
line_signalled(void)
{
  uint64_t times = 0;
  return signal_fd >= 0 && read(signal_fd, &times, sizeof times) == (ssize_t)sizeof times;
}

/* ---- one byte ------------------------------------------------------------------------------------------------------- */

static bool
is_asked(const struct line_face *f, int64_t ticket)
{
  const cJSON *ask;
  int64_t mine = 0;

  cJSON_ArrayForEach(ask, json_array(driver_session(f->run->driver), "asks"))
  {
    if (json_int(ask, "ticket", &mine) && mine == ticket)
      return true;
  }
  return false;
}

static enum typed
read_byte(struct line_face *f, int64_t ticket, char *ret)
{
  struct pollfd fds[] = {{STDIN_FILENO, POLLIN, 0},
                         {signal_fd, POLLIN, 0},
                         {tenon_context_fd(cli_context(f->cli)), POLLIN, 0}};

  for (;;) {
    if (poll(fds, 3, driver_wait_ms(f->run->driver)) < 0 && errno != EINTR)
      return TYPED_END;
    if (line_signalled())
      return TYPED_STOP;
    if (driver_run(f->run->driver, 0) < 0)
      return TYPED_END;
    if (ticket && !is_asked(f, ticket))
      return TYPED_GONE;
    if (!(fds[0].revents & (POLLIN | POLLHUP | POLLERR)))
      continue;
    ssize_t n = read(STDIN_FILENO, ret, 1);
    if (n >= 0)
      return n == 1 ? TYPED_LINE : TYPED_END;
    if (errno != EINTR && errno != EAGAIN)
      return TYPED_END;
  }
}

static enum typed
read_line(struct line_face *f, int64_t ticket, struct buf *ret)
{
  char c = '\0';

  for (;;) {
    enum typed how = read_byte(f, ticket, &c);
    if (how == TYPED_END && ret->len)
      return TYPED_LINE;
    if (how != TYPED_LINE || c == '\n')
      return how;
    (void)buf_putc(ret, c);
  }
}

/* ---- lines ---------------------------------------------------------------------------------------------------------- */

enum typed
line_read(struct line_face *f, const char *prompt, bool hidden, int64_t ticket, struct buf *ret)
{
  struct termios seen;
  bool is_hidden = hidden && tcgetattr(STDIN_FILENO, &seen) == 0;

  line_transient(f, NULL);
  buf_clear(ret);
  if (is_hidden) {
    struct termios unseen = seen;
    unseen.c_lflag &= ~(tcflag_t)ECHO;
    unseen.c_lflag |= ECHONL;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH,
                    &unseen); /* where it fails the person sees what is typed */
  }
  CLEANUP_BUF struct buf safe = BUF_INIT(LINE_TYPED_MAX);
  (void)text_put_safe(&safe, prompt);
  (void)fputs(buf_text(&safe), f->cli->err);
  (void)fflush(f->cli->err);
  enum typed how = read_line(f, ticket, ret);
  if (is_hidden)
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &seen);
  if (how != TYPED_LINE || !f->cli->in_tty)
    (void)fputc('\n', f->cli->err);
  return how;
}

void
line_nobody(struct line_face *f, enum typed how, const char *what)
{
  f->over = true;
  f->status = how == TYPED_STOP ? STATUS_CANCELLED : STATUS_NOANSWER;
  if (how == TYPED_STOP)
    line_tell(f, COLOUR_NONE, 0, "Left; nothing was saved.");
  else
    cli_error(f->cli, "%s: an answer was needed and nobody was there.", what);
}

bool
line_command(struct line_face *f, const char *prompt, struct buf *ret)
{
  enum typed how = line_read(f, prompt, false, 0, ret);

  if (how != TYPED_LINE) {
    line_nobody(f, how, json_text(f->view, "title") ? json_text(f->view, "title") : "wizard");
    return false;
  }
  if (buf_failed(ret))
    buf_clear(ret);
  while (ret->len && strchr(" \t\r", ret->ptr[ret->len - 1]))
    ret->ptr[--ret->len] = '\0';
  buf_drop_front(ret, strspn(buf_text(ret), " \t"));
  return true;
}

/* ---- waiting ---------------------------------------------------------------------------------------------------------- */

static void
interrupt(struct line_face *f)
{
  if (++f->interrupts > 1) {
    line_quit(f);
    f->status = STATUS_CANCELLED;
    return;
  }
  line_tell(f, COLOUR_DIM, 2, "Cancelling ... (Ctrl-C again leaves the wizard)");
  if (wizard_send(f->run, "cancel", NULL, NULL))
    f->over = true;
}

/* While a page is shown a person may type that it is not wanted any more. */
static int
typed_fd(const struct line_face *f)
{
  return f->visit_ticket && !f->typed_all && visit_may_read(f->cli) ? STDIN_FILENO : -1;
}

static void
read_typed(struct line_face *f)
{
  char line[VISIT_TYPED_MAX]; /* a terminal gives a line at a time */
  ssize_t n = read(STDIN_FILENO, line, sizeof line - 1);

  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
    f->typed_all = true;
  line[n > 0 ? n : 0] = '\0';
  f->visit_left[0] = '\0'; /* what was drawn has moved up */
  if (n > 0 && visit_is_quit(line))
    interrupt(f);
}

/* A turn of the loop while a hook runs. */
static void
wait_once(struct line_face *f)
{
  int draw = line_visit_draw(f), wait = driver_wait_ms(f->run->driver), typed = typed_fd(f);
  struct pollfd fds[] = {{signal_fd, POLLIN, 0},
                         {tenon_context_fd(cli_context(f->cli)), POLLIN, 0},
                         {typed, POLLIN, 0}};

  if (wait < 0 || (draw >= 0 && draw < wait))
    wait = draw;
  (void)poll(fds, 3, wait < 0 || wait > 1000 ? 1000 : wait);
  if (line_signalled())
    interrupt(f);
  else if (typed >= 0 && fds[2].revents)
    read_typed(f);
}

void
line_wait(struct line_face *f)
{
  f->interrupts = 0;
  while (!f->over && driver_busy(f->run->driver)) {
    if (json_array(driver_session(f->run->driver), "asks"))
      line_ask(f);
    if (f->over || !driver_busy(f->run->driver))
      break;
    wait_once(f);
    if (!f->over && driver_run(f->run->driver, 0) < 0) {
      cli_error(f->cli, "The wizard had to stop: %s", tenon_context_error(cli_context(f->cli)));
      f->over = true;
      f->status = STATUS_ENVIRONMENT;
    }
  }
  line_visit_over(f, 0);
  line_transient(f, NULL);
}

void
line_look(struct line_face *f)
{
  cJSON_Delete(f->view);
  f->view = driver_view(f->run->driver);
  if (f->view)
    return;
  f->over = true;
  f->status = STATUS_ENVIRONMENT;
}

void
line_send_made(struct line_face *f, cJSON *event)
{
  int status = wizard_send_made(f->run, event);

  if (status) {
    f->over = true;
    f->status = status;
    return;
  }
  line_wait(f);
  line_look(f);
}

void
line_send(struct line_face *f, const char *event, const char *key, const char *text)
{
  cJSON *made = cJSON_CreateObject();

  cJSON_AddStringToObject(made, "event", event);
  if (key)
    cJSON_AddStringToObject(made, key, text);
  line_send_made(f, made);
}
