// SPDX-License-Identifier: Apache-2.0
/* A page and a code are typed or copied elsewhere: each stands on a line of its own, unfolded. A browser is started without
 * a shell, with the page as its one argument; what it writes goes nowhere, and whether it comes up is the desktop's affair,
 * so that the page is shown in any case. */
#include "core/cli/visit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "core/base/child.h"
#include "core/report/flow.h"

#define OPENER "xdg-open"
#define CLOCKS_NS                                                                                  \
  (NS_PER_S / 2) /* the worker counts from when it asked, which is a little earlier */

extern char **environ;

/* ---- a browser --------------------------------------------------------------------------------------------------- */

static bool
is_set(const char *name)
{
  const char *value = secure_getenv(name);
  return value && *value;
}

static bool
over_ssh(void)
{
  return is_set("SSH_CONNECTION") || is_set("SSH_TTY");
}

/* root over ssh has somebody else's display, if any. */
static bool
has_desktop(void)
{
  return (is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")) && !(geteuid() == 0 && over_ssh());
}

/* The program on PATH, for the caller to free; NULL: none. */
static char *
find_opener(void)
{
  const char *path = secure_getenv("PATH");

  for (size_t n; path && *path; path += n + (path[n] == ':')) {
    struct stat st;
    n = strcspn(path, ":");
    CLEANUP_FREE char *file = *path == '/' ? text_printf("%.*s/" OPENER, (int)n, path) : NULL;
    if (file && access(file, X_OK) == 0 && stat(file, &st) == 0 && S_ISREG(st.st_mode))
      return TAKE_PTR(file);
  }
  return NULL;
}

static bool
is_web(const char *url)
{
  return strncasecmp(url, "https://", 8) == 0 || strncasecmp(url, "http://", 7) == 0;
}

static int
start_opener(const char *path, const char *url)
{
  const char *const argv[] = {path, url, NULL};
  posix_spawn_file_actions_t actions;
  pid_t pid; /* it is not waited for: it may be the browser itself */
  int e = -posix_spawn_file_actions_init(&actions);

  if (e)
    return e;
  for (int fd = 0; fd <= STDERR_FILENO && !e; fd++)
    e = -posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", fd ? O_WRONLY : O_RDONLY, 0);
  if (!e)
    e = -posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  if (!e)
    e = child_spawn(path, &actions, argv, (const char *const *)environ, &pid);
  (void)posix_spawn_file_actions_destroy(&actions);
  return e;
}

static bool
open_page(const char *url)
{
  CLEANUP_FREE char *opener = is_web(url) && has_desktop() ? find_opener() : NULL;
  return opener && start_opener(opener, url) == 0;
}

/* ---- showing ----------------------------------------------------------------------------------------------------- */

static void
put_bold(struct cli *cli, size_t indent, const char *text)
{
  CLEANUP_BUF struct buf line = BUF_INIT(2 * CLI_LINE_MAX);
  struct report_style style = cli_talk_style(cli);

  blanks_put(&line, indent);
  colour_on(&line, &style, COLOUR_BOLD);
  (void)text_put_safe(&line, text);
  colour_off(&line, &style, COLOUR_BOLD);
  (void)fprintf(cli->err, "%s\n", buf_text(&line));
}

static void
show_page(struct cli *cli, const struct visit *v)
{
  bool comes_back = !v->code, opened = comes_back && open_page(v->url);

  cli_talk(cli, "%s",
           !comes_back ? "  Open this page in any browser:"
           : opened    ? "  A browser was opened. If it does not show this page, open it yourself:"
                       : "  Open this page in a browser on this machine:");
  (void)fputc('\n', cli->err);
  cli_talk(cli, "    %s", v->url);
  (void)fputc('\n', cli->err);
  if (comes_back && !opened && over_ssh())
    cli_talk(cli,
             "No browser on this machine? The sign-in comes back to it, so that one elsewhere does "
             "not help: cancel, and choose a sign-in by a code (grant=device-code).");
}

void
visit_show(struct cli *cli, const struct visit *v, bool counts)
{
  char left[VISIT_LEFT_MAX];

  (void)cli_flush(cli);
  (void)fputc('\n', cli->err);
  put_bold(cli, 0, v->title);
  if (v->body)
    cli_talk(cli, "%s", v->body);
  if (v->url)
    show_page(cli, v);
  if (v->code) {
    cli_talk(cli, "  and type this code:");
    (void)fputc('\n', cli->err);
    put_bold(cli, 4, v->code);
    (void)fputc('\n', cli->err);
  }
  visit_left(left, v->expires_ns, clock_now_ns());
  if (!counts)
    cli_talk(cli, "  Waiting%s%s. Ctrl-C cancels.", *left ? ": " : "", left);
  (void)fflush(cli->err);
}

void
visit_left(char ret[static VISIT_LEFT_MAX], int64_t expires_ns, int64_t now_ns)
{
  int64_t left = expires_ns - now_ns, minutes = (left + 60 * NS_PER_S - 1) / (60 * NS_PER_S);

  if (!expires_ns)
    *ret = '\0';
  else if (left <= 60 * NS_PER_S)
    (void)snprintf(ret, VISIT_LEFT_MAX, "less than a minute left");
  else
    (void)snprintf(ret, VISIT_LEFT_MAX, "%lld minutes left", (long long)minutes);
}

int
visit_left_ms(int64_t expires_ns, int64_t now_ns)
{
  int64_t left = expires_ns - now_ns;

  if (!expires_ns || left <= 60 * NS_PER_S)
    return -1;
  return (int)(left % (60 * NS_PER_S) / NS_PER_MS) + 1;
}

const char *
visit_over(int64_t expires_ns, int64_t now_ns)
{
  return expires_ns && expires_ns <= now_ns + CLOCKS_NS ? "The time for this sign-in has run out."
                                                        : "The sign-in has ended.";
}

/* ---- typing ------------------------------------------------------------------------------------------------------ */

bool
visit_is_quit(const char *typed)
{
  size_t n;

  typed += strspn(typed, " \t");
  n = strcspn(typed, " \t\r\n");
  return (n == 2 && strncmp(typed, ":q", 2) == 0) || (n == 1 && *typed == 'q');
}

bool
visit_may_read(const struct cli *cli)
{
  return cli_person(cli) && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/* ---- those of one run ---------------------------------------------------------------------------------------------- */

bool
visits_take(struct visits *v, const tenon_worker *w, const tenon_event *e)
{
  const tenon_ask *a = e->ask;
  struct visit visit = {a->title, a->body, a->url, a->code, a->expires_ns};

  if (a->kind != TENON_ASK_VISIT || !v->cli->err_tty || v->cli->no_input || v->n == VISITS_MAX)
    return false;
  visits_clear(v);
  visit_show(v->cli, &visit, progress_due(&v->progress));
  v->rows[v->n++] = (struct visit_row){w, e->ticket, a->expires_ns};
  return true;
}

void
visits_withdrawn(struct visits *v, const tenon_worker *w, uint64_t ticket, bool quiet)
{
  for (size_t i = 0; i < v->n; i++) {
    int64_t expires = v->rows[i].expires_ns;
    if (v->rows[i].worker != w || v->rows[i].ticket != ticket)
      continue;
    v->rows[i] = v->rows[--v->n];
    visits_clear(v);
    if (!quiet)
      cli_talk(v->cli, "%s", visit_over(expires, clock_now_ns()));
    return;
  }
}

int
visits_draw(struct visits *v)
{
  char left[VISIT_LEFT_MAX], line[PROGRESS_MAX];
  int64_t now = clock_now_ns();

  if (!v->n)
    return -1;
  int64_t expires = v->rows[v->n - 1].expires_ns; /* of the one shown last */
  visit_left(left, expires, now);
  (void)snprintf(line, sizeof line, "  ... waiting%s%s (Ctrl-C%s cancels) ", *left ? ": " : "",
                 left, visits_fd(v) >= 0 ? " or :q" : "");
  if (strcmp(line, v->drawn) != 0) {
    progress_draw(&v->progress, line);
    (void)snprintf(v->drawn, sizeof v->drawn, "%s", line);
  }
  return visit_left_ms(expires, now);
}

void
visits_clear(struct visits *v)
{
  progress_clear(&v->progress);
  v->drawn[0] = '\0';
}

int
visits_fd(const struct visits *v)
{
  return v->n && !v->typed_all && visit_may_read(v->cli) ? STDIN_FILENO : -1;
}

bool
visits_read(struct visits *v)
{
  char bytes[VISIT_TYPED_MAX];
  ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
  bool quit = false;

  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
    v->typed_all = true;
  for (ssize_t i = 0; i < n; i++) {
    if (bytes[i] == '\n') {
      v->typed[v->n_typed < VISIT_TYPED_MAX ? v->n_typed : 0] = '\0';
      quit = quit || visit_is_quit(v->typed);
      v->n_typed = 0;
      v->drawn[0] = '\0'; /* the line that was drawn has moved up */
    } else if (v->n_typed < VISIT_TYPED_MAX) {
      v->typed[v->n_typed++] = bytes[i];
    }
  }
  return quit;
}
