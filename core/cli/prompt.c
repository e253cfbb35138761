// SPDX-License-Identifier: Apache-2.0
/* Questions on the terminal. Read a byte at a time with poll, so that Ctrl-C is seen at once and nothing is read that
 * belongs to the next reader; no stdio, whose buffer would keep a secret. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <termios.h>

#include "core/cli/cli.h"
#include "core/report/flow.h"

bool
cli_person(const struct cli *cli)
{
  return cli->in_tty && cli->err_tty && !cli->no_input;
}

static bool
read_byte(struct cli *cli, char *ret)
{
  struct pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {cli->interrupt_fd, POLLIN, 0}};

  for (;;) {
    if (poll(fds, 2, -1) < 0 && errno != EINTR)
      return false;
    if (cli_interrupted(cli))
      return false;
    if (!(fds[0].revents & (POLLIN | POLLHUP | POLLERR)))
      continue;
    ssize_t n = read(STDIN_FILENO, ret, 1);
    if (n == 1 || n == 0)
      return n == 1;
    if (errno != EINTR && errno != EAGAIN)
      return false;
  }
}

static bool
read_line(struct cli *cli, struct buf *ret)
{
  char c = '\0';

  buf_clear(ret);
  while (read_byte(cli, &c)) {
    if (c == '\n')
      return !buf_failed(ret);
    (void)buf_putc(ret, c);
  }
  return ret->len > 0 && !buf_failed(ret) && !cli_interrupted(cli);
}

static void
put_question(struct cli *cli, const char *question)
{
  CLEANUP_BUF struct buf safe = BUF_INIT(2 * CLI_LINE_MAX);

  (void)text_put_safe(&safe, question);
  (void)fputs(buf_text(&safe), cli->err);
  (void)fflush(cli->err);
}

bool
prompt_line(struct cli *cli, const char *question, struct buf *ret)
{
  (void)cli_flush(cli);
  put_question(cli, question);
  return read_line(cli, ret);
}

bool
prompt_secret(struct cli *cli, const char *question, struct buf *ret)
{
  struct termios before;
  bool quiet = tcgetattr(STDIN_FILENO, &before) == 0;

  (void)cli_flush(cli);
  put_question(cli, question);
  if (quiet) {
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    silent.c_lflag |= ECHONL;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent); /* then it echoes; the person sees that */
  }
  bool ok = read_line(cli, ret);
  if (quiet)
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  return ok;
}

int
prompt_new_passphrase(struct cli *cli, const char *question, struct buf *ret)
{
  struct buf again = BUF_INIT(VAULT_PASSPHRASE_MAX);
  bool same = prompt_secret(cli, question, ret) && ret->len > 0 &&
              prompt_secret(cli, "Once more: ", &again) && ret->len == again.len &&
              memcmp(ret->ptr, again.ptr, ret->len) == 0;

  buf_wipe(&again);
  if (cli_interrupted(cli))
    return STATUS_CANCELLED;
  if (!same)
    cli_error(cli, "The two were not the same, or empty. Nothing was changed.");
  return same ? 0 : STATUS_USAGE;
}

/* ---- questions of a plugin ------------------------------------------------------------------------------------------ */

static void
show_ask(struct cli *cli, const tenon_ask *ask)
{
  cli_talk(cli, "%s", ask->title);
  if (ask->body)
    cli_talk(cli, "  %s", ask->body);
  for (const tenon_choice *c = ask->choices; c && c->value; c++)
    cli_talk(cli, "  %s%s%s", c->value, c->label ? "  " : "", c->label ? c->label : "");
}

static int
say_text(tenon_worker *w, const tenon_event *e, const char *text)
{
  return tenon_worker_answer(w, e->ticket, (tenon_text){text, strlen(text)}, 0);
}

/* The answer as it is wanted, or NULL: ask again. */
static const char *
understand(const tenon_ask *ask, const char *typed)
{
  if (ask->kind == TENON_ASK_CONFIRM) {
    if (strcasecmp(typed, "y") == 0 || strcasecmp(typed, "yes") == 0)
      return "yes";
    return strcasecmp(typed, "n") == 0 || strcasecmp(typed, "no") == 0 ? "no" : NULL;
  }
  for (const tenon_choice *c = ask->choices; c && c->value; c++)
    if (strcmp(c->value, typed) == 0)
      return c->value;
  return NULL;
}

static int
ask_person(struct cli *cli, tenon_worker *w, const tenon_event *e)
{
  struct buf line = BUF_INIT(CLI_LINE_MAX);
  const tenon_ask *ask = e->ask;
  const char *answer = NULL;
  bool there = true;

  if (ask->kind == TENON_ASK_SECRET) {
    there = prompt_secret(cli, "> ", &line);
    answer = there ? buf_text(&line) : NULL;
  }
  while (there && !answer) {
    there = prompt_line(cli, ask->kind == TENON_ASK_CONFIRM ? "[yes/no] > " : "> ", &line);
    answer = there ? understand(ask, buf_text(&line)) : NULL;
  }
  int result =
      answer ? say_text(w, e, answer) : tenon_worker_answer(w, e->ticket, (tenon_text){NULL, 0}, 1);
  buf_wipe(&line);
  return result;
}

/* Pages to visit are shown by session.c, where somebody sees them. */
void
prompt_answer(struct cli *cli, tenon_worker *w, const tenon_event *e, bool *ret_unanswered)
{
  int result = 0;

  if (e->ask->kind == TENON_ASK_NOTICE) {
    show_ask(cli, e->ask);
    result = say_text(w, e, "seen");
  } else if (!cli->in_tty || !cli->err_tty || e->ask->kind == TENON_ASK_VISIT) {
    cli_error(cli, "An answer was needed and nobody was there: %s (%s)", e->ask->id, e->ask->title);
    *ret_unanswered = true;
    result = tenon_worker_answer(w, e->ticket, (tenon_text){NULL, 0}, 0);
  } else {
    show_ask(cli, e->ask);
    result = ask_person(cli, w, e);
  }
  if (result < 0)
    cli_error(cli, "The answer to %s could not be given: %s.", e->ask->id, strerror(-result));
}
