// SPDX-License-Identifier: Apache-2.0
/* Answers and secrets of the command line. A secret never stands in an argument, so what takes one takes a place to
 * read it from: a file that only its owner can read, standard input, or a command's output. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "core/base/file.h"
#include "core/cli/wizard_run.h"
#include "core/secret/memory.h"

extern char **environ;

/* ---- answers ------------------------------------------------------------------------------------------------------------ */

static void
put(cJSON *object, const char *key, const char *text)
{
  cJSON_DeleteItemFromObjectCaseSensitive(object, key);
  cJSON_AddStringToObject(object, key, text);
}

static cJSON *
member(cJSON *object, const char *key)
{
  cJSON *found = cJSON_GetObjectItemCaseSensitive(object, key);
  return found ? found : cJSON_AddObjectToObject(object, key);
}

/* Ids of questions have a dot, keys of fields have none. */
static void
put_answer(struct wizard_run *run, const char *key, const char *text)
{
  put(member(run->start, strchr(key, '.') ? "replies" : "answers"), key, text);
}

/* "KEY=VALUE"; the key NUL-ended in *ret_key, which the caller frees. */
static const char *
split(const char *pair, char **ret_key)
{
  const char *equals = strchr(pair, '=');

  if (!equals || equals == pair)
    return NULL;
  *ret_key = strndup(pair, (size_t)(equals - pair));
  return *ret_key ? equals + 1 : NULL;
}

static int
take_line(struct wizard_run *run, char *line, const char *path, unsigned number)
{
  CLEANUP_FREE char *key = NULL;

  line += strspn(line, " \t");
  if (!*line || *line == '#')
    return 0;
  const char *value = split(line, &key);
  if (!value) {
    cli_error(run->cli, "%s, line %u is not KEY=VALUE.", path, number);
    return STATUS_USAGE;
  }
  size_t n = strlen(key);
  while (n && (key[n - 1] == ' ' || key[n - 1] == '\t'))
    key[--n] = '\0';
  put_answer(run, key, value + strspn(value, " \t"));
  return 0;
}

static int
take_lines(struct wizard_run *run, char *text, const char *path)
{
  unsigned number = 0;
  int status = 0;

  for (char *line = text, *end; line && !status; line = end) {
    end = strchr(line, '\n');
    if (end)
      *end++ = '\0';
    line[strcspn(line, "\r")] = '\0';
    status = take_line(run, line, path, ++number);
  }
  return status;
}

static int
take_object(struct wizard_run *run, const char *text, size_t n, const char *path)
{
  const char *why = "";
  CLEANUP_JSON cJSON *object = json_parse(text, n, NULL, &why);
  const cJSON *item;

  if (!object) {
    cli_error(run->cli, "%s cannot be read as answers: %s.", path, why);
    return STATUS_USAGE;
  }
  cJSON_ArrayForEach(item, object)
  {
    CLEANUP_FREE char *printed = cJSON_IsNumber(item) ? cJSON_PrintUnformatted(item) : NULL;
    const char *value = cJSON_IsString(item)  ? item->valuestring
                        : cJSON_IsTrue(item)  ? "true"
                        : cJSON_IsFalse(item) ? "false"
                                              : printed;
    if (!value) {
      cli_error(run->cli, "%s: the answer to \"%s\" has to be text, a number, true or false.", path,
                item->string);
      return STATUS_USAGE;
    }
    put_answer(run, item->string, value);
  }
  return 0;
}

static int
take_file(struct wizard_run *run, const char *path)
{
  CLEANUP_BUF struct buf text = BUF_INIT(WIZARD_ANSWERS_MAX);
  CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

  int error = fd < 0 ? -errno : fd_read_all(fd, &text);
  if (error) {
    cli_error(run->cli, "The answers in %s cannot be read: %s.", path, strerror(-error));
    return STATUS_USAGE;
  }
  const char *start = buf_text(&text);
  if (start[strspn(start, " \t\r\n")] == '{')
    return take_object(run, start, text.len, path);
  return text.len ? take_lines(run, text.ptr, path) : 0;
}

int
wizard_take_answers(struct wizard_run *run)
{
  const char *option;
  size_t at = 0;
  int status = 0;

  while (!status && (option = args_each(run->args, "answers", &at)))
    status = take_file(run, option);
  at = 0;
  while (!status && (option = args_each(run->args, "set", &at))) {
    CLEANUP_FREE char *key = NULL;
    const char *value = split(option, &key);
    if (!value)
      return args_wrong(run->cli, run->args, "--set takes KEY=VALUE, not \"%s\".", option);
    put_answer(run, key, value);
  }
  return status;
}

/* ---- secrets ------------------------------------------------------------------------------------------------------------- */

static int
hold(struct wizard_run *run, const char *key, struct buf *bytes, const char *from)
{
  if (bytes->len && bytes->ptr[bytes->len - 1] == '\n')
    bytes->len--;
  if (bytes->len && bytes->ptr[bytes->len - 1] == '\r')
    bytes->len--;
  if (!bytes->len) {
    cli_error(run->cli, "The secret \"%s\" is empty: nothing came from %s.", key, from);
    return STATUS_USAGE;
  }
  int error = bytes->len > WIZARD_SECRET_MAX
                  ? -E2BIG
                  : driver_hold(run->driver, key, bytes->ptr, bytes->len);
  if (!error)
    return 0;
  cli_error(run->cli, "The secret \"%s\" from %s cannot be held: %s.", key, from,
            error == -E2BIG ? "it is longer than 64 KiB" : strerror(-error));
  return STATUS_USAGE;
}

static int
read_secret(struct wizard_run *run, const char *key, int fd, const char *from)
{
  struct buf bytes = BUF_INIT(WIZARD_SECRET_MAX + 2); /* and a line end */

  int error = fd_read_all(fd, &bytes);
  int status = 0;
  if (error == -EFBIG)
    cli_error(run->cli, "The secret \"%s\" from %s is longer than 64 KiB.", key, from);
  else if (error)
    cli_error(run->cli, "The secret \"%s\" cannot be read from %s: %s.", key, from,
              strerror(-error));
  status = error ? STATUS_USAGE : hold(run, key, &bytes, from);
  buf_wipe(&bytes);
  return status;
}

static int
take_secret_file(struct wizard_run *run, const char *key, const char *path)
{
  if (strcmp(path, "-") == 0) {
    if (run->stdin_read)
      return args_wrong(run->cli, run->args, "Standard input can hold one secret only.");
    run->stdin_read = true;
    return read_secret(run, key, STDIN_FILENO, "standard input");
  }
  CLEANUP_CLOSE int fd = -1;
  CLEANUP_FREE char *what = text_printf("The secret \"%s\"", key);
  int status = what ? secret_file_open(run->cli, what, path, &fd) : STATUS_ENVIRONMENT;
  return status ? status : read_secret(run, key, fd, path);
}

static int
spawn_shell(const char *command, int out, pid_t *ret)
{
  char *const argv[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c",
                        (char *)(uintptr_t)command, NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t usual;

  int error = posix_spawn_file_actions_init(&actions);
  if (error)
    return -error;
  error = posix_spawnattr_init(&attributes);
  if (error) {
    (void)posix_spawn_file_actions_destroy(&actions);
    return -error;
  }
  /* What we ignore is not for the command to ignore: "a | head -1" ends by SIGPIPE. */
  (void)sigemptyset(&usual);
  (void)sigaddset(&usual, SIGPIPE);
  (void)sigaddset(&usual, SIGXFSZ);
  (void)posix_spawnattr_setsigdefault(&attributes, &usual);
  (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  /* Standard input may be events of the JSON face; a person may have to type a passphrase to the command. */
  if (!error && !isatty(STDIN_FILENO))
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (!error)
    error = posix_spawn(ret, "/bin/sh", &actions, &attributes, argv, environ);
  (void)posix_spawn_file_actions_destroy(&actions);
  (void)posix_spawnattr_destroy(&attributes);
  return -error;
}

static int
wait_for(pid_t pid)
{
  int status = 0;

  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
take_secret_command(struct wizard_run *run, const char *key, const char *command)
{
  int ends[2];
  pid_t pid = 0;

  if (pipe2(ends, O_CLOEXEC) != 0) {
    cli_error(run->cli, "No pipe for --secret-cmd %s: %s.", key, strerror(errno));
    return STATUS_ENVIRONMENT;
  }
  int error = spawn_shell(command, ends[1], &pid);
  (void)close(ends[1]);
  CLEANUP_CLOSE int in = ends[0];
  if (error) {
    cli_error(run->cli, "The command of the secret \"%s\" cannot be started: %s.", key,
              strerror(-error));
    return STATUS_ENVIRONMENT;
  }
  int status = read_secret(run, key, in, "its command");
  (void)close(TAKE_FD(in)); /* a command that writes on must not be waited for */
  int ended = wait_for(pid);
  if (!status && ended != 0) {
    cli_error(run->cli,
              "The command of the secret \"%s\" ended with status %d. Run it by hand to see why.",
              key, ended);
    status = STATUS_USAGE;
  }
  return status;
}

static int
take_secrets_of(struct wizard_run *run, const char *name,
                int (*take)(struct wizard_run *, const char *, const char *))
{
  const char *option;
  size_t at = 0;
  int status = 0;

  while (!status && (option = args_each(run->args, name, &at))) {
    CLEANUP_FREE char *key = NULL;
    const char *from = split(option, &key);
    if (!from || !*from)
      return args_wrong(run->cli, run->args, "--%s takes KEY=%s.", name,
                        strcmp(name, "secret") == 0 ? "FILE, or KEY=- for standard input"
                                                    : "COMMAND");
    status = take(run, key, from);
  }
  return status;
}

int
wizard_take_secrets(struct wizard_run *run)
{
  int status = take_secrets_of(run, "secret", take_secret_file);
  return status ? status : take_secrets_of(run, "secret-cmd", take_secret_command);
}
