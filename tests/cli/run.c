// SPDX-License-Identifier: Apache-2.0
/* Streams go to files in the test's home: a pipe could fill up while the other one is read. */
#include "tests/cli/run.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/store/store.h"
#include "tests/store/temp_dir.h"

#define WORDS_MAX    64
#define OUTPUT_TRIES 6000 /* of 5 ms */

char run_home[64];

void
run_setup(void)
{
  temp_dir_make(run_home);
}

void
run_teardown(void)
{
  temp_dir_remove(run_home);
}

void
ran_finish(struct ran *r)
{
  free(r->out);
  free(r->err);
}

static void
home_path(char path[static 160], const char *name)
{
  (void)snprintf(path, 160, "%s/%s", run_home, name);
}

static char *
slurp(const char *name)
{
  char path[160];
  char *text = calloc(1, RUN_OUT_MAX);

  home_path(path, name);
  FILE *f = fopen(path, "re");
  ck_assert_ptr_nonnull(f);
  (void)fread(text, 1, RUN_OUT_MAX - 1, f);
  ck_assert_int_eq(fclose(f), 0);
  return text;
}

void
write_home_file(const char *name, const char *text)
{
  char path[160];

  home_path(path, name);
  FILE *f = fopen(path, "we");
  ck_assert_ptr_nonnull(f);
  ck_assert_int_ge(fputs(text, f), 0);
  ck_assert_int_eq(fclose(f), 0);
}

static int
open_home(const char *name, int flags)
{
  char path[160];

  home_path(path, name);
  int fd = open(path, flags | O_CLOEXEC, 0600);
  ck_assert_int_ge(fd, 0);
  return fd;
}

static void
child(const char *line, int in, int out, int err)
{
  char *copy = strdup(line), *rest = copy, home[96], path[1024];
  char *argv[WORDS_MAX + 2] = {(char *)"tenon"};
  int n = 1;

  for (char *word = strsep(&rest, " "); word && n <= WORDS_MAX; word = strsep(&rest, " "))
    if (*word)
      argv[n++] = word;
  (void)snprintf(home, sizeof home, "HOME=%s", run_home);
  (void)snprintf(path, sizeof path, "TENON_PLUGIN_PATH=%s", TEST_PLUGINS);
  char *env[] = {home,
                 path,
                 (char *)"TENON_LIBEXEC=" TEST_LIBEXEC,
                 (char *)"TENON_EXPLAIN=" TEST_EXPLAIN,
                 (char *)"LC_ALL=C.UTF-8",
                 getenv("ASAN_OPTIONS") ? getenv("ASAN_OPTIONS") - strlen("ASAN_OPTIONS=") : NULL,
                 NULL};
  (void)dup2(in, 0);
  (void)dup2(out, 1);
  (void)dup2(err, 2);
  (void)execve(TEST_PROGRAM, argv, env);
  _exit(126);
}

/* Until it has said something: then it listens to signals, and its hook runs. */
static void
wait_for_output(pid_t pid, int out)
{
  struct timespec pause = {0, 5000000L};
  struct stat st = {0};

  for (int i = 0; i < OUTPUT_TRIES && st.st_size == 0; i++) {
    ck_assert_int_eq(fstat(out, &st), 0);
    (void)nanosleep(&pause, NULL);
  }
  if (st.st_size == 0)
    (void)kill(pid, SIGKILL);
  ck_assert_msg(st.st_size > 0, "no output to interrupt");
}

static struct ran
start(const char *line, const char *input, bool interrupt)
{
  int status = 0;

  write_home_file("stdin", input ? input : "");
  int in = open_home("stdin", O_RDONLY);
  int out = open_home("stdout", O_WRONLY | O_CREAT | O_TRUNC);
  int err = open_home("stderr", O_WRONLY | O_CREAT | O_TRUNC);
  pid_t pid = fork();
  if (pid == 0)
    child(line, in, out, err);
  ck_assert_int_gt(pid, 0);
  if (interrupt) {
    wait_for_output(pid, out);
    ck_assert_int_eq(kill(pid, SIGINT), 0);
  }
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  (void)close(in);
  (void)close(out);
  (void)close(err);
  struct ran r = {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), slurp("stdout"),
                  slurp("stderr")};
  return r;
}

struct ran
run(const char *line)
{
  return start(line, NULL, false);
}

struct ran
run_with(const char *line, const char *input)
{
  return start(line, input, false);
}

struct ran
run_interrupted(const char *line)
{
  return start(line, NULL, true);
}

void
expect_status(const struct ran *r, int status)
{
  ck_assert_msg(r->status == status, "status %d, not %d\n%s\n%s", r->status, status, r->out,
                r->err);
}

void
expect_in(const char *text, const char *part)
{
  ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in:\n%s", part, text);
}

void
expect_not_in(const char *text, const char *part)
{
  ck_assert_msg(strstr(text, part) == NULL, "\"%s\" in:\n%s", part, text);
}

void
store_test_connection(const char *name, const char *script, const char *password)
{
  char config[128], state[128], vault_dir[128];
  struct vault *vault = NULL;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  tenon_pair secret = {"password", {password, strlen(password)}};

  (void)snprintf(config, sizeof config, "%s/.config/tenon", run_home);
  (void)snprintf(state, sizeof state, "%s/.local/state/tenon", run_home);
  (void)snprintf(vault_dir, sizeof vault_dir, "%s/.local/share/tenon/vault", run_home);
  struct store *store = store_create(&(struct store_options){config, state});
  CLEANUP_CONNECTION struct connection *c = connection_create(name, "testconnector", "1.0.0", 1);
  ck_assert_int_eq(vault_open(&(struct vault_options){.dir = vault_dir}, &vault, &why), 0);
  ck_assert(connection_set(c, "server", "x.test"));
  ck_assert(connection_set(c, "script", script));
  ck_assert_msg(store_save(store, vault, c, &secret, 1, true, &why) == 0, "%s", buf_text(&why));
  vault_close(vault);
  store_destroy(store);
}
