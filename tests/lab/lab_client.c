// SPDX-License-Identifier: Apache-2.0
//
// Processes, pipes and libcurl. The lab ends when the pipe to its input closes, so a test that dies
// leaves nothing behind.
#include "lab_client.h"

#include <check.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGUMENTS_MAX   16
#define START_MS        20000
#define END_MS          10000
#define ANSWER_MS       30000L
#define READY_LINE_MAX  (64 * 1024)
#define HEADER_LINE_MAX (16 * 1024)

struct pipes {
  int input[2];
  int output[2];
  int errors[2];
};

static pid_t
spawn(const char *const *arguments, struct pipes *pipes, bool keep_errors)
{
  const char *argv[ARGUMENTS_MAX] = {TENON_LAB_PROGRAM};
  for (size_t i = 0; arguments != NULL && arguments[i] != NULL && i + 2 < ARGUMENTS_MAX; i++)
    argv[i + 1] = arguments[i];
  ck_assert_int_eq(pipe2(pipes->input, O_CLOEXEC), 0);
  ck_assert_int_eq(pipe2(pipes->output, O_CLOEXEC), 0);
  ck_assert_int_eq(pipe2(pipes->errors, O_CLOEXEC), 0);
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    // libcheck kills the group of a test that failed; the lab shall end by itself and clean up.
    setpgid(0, 0);
    dup2(pipes->input[0], STDIN_FILENO);
    dup2(pipes->output[1], STDOUT_FILENO);
    if (keep_errors)
      dup2(pipes->errors[1], STDERR_FILENO);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
  }
  close(pipes->input[0]);
  close(pipes->output[1]);
  close(pipes->errors[1]);
  return pid;
}

static char *
read_line(int fd)
{
  char *line = calloc(1, READY_LINE_MAX);
  ck_assert_ptr_nonnull(line);
  size_t length = 0;
  while (length + 1 < READY_LINE_MAX && memchr(line, '\n', length) == NULL) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    ck_assert_msg(poll(&ready, 1, START_MS) == 1, "the lab was not ready in time");
    ssize_t got = read(fd, line + length, READY_LINE_MAX - 1 - length);
    ck_assert_msg(got > 0, "the lab ended before it was ready");
    length += (size_t)got;
  }
  return line;
}

struct lab_run
lab_start(const char *const *arguments)
{
  struct pipes pipes;
  struct lab_run lab = {0};
  lab.pid = spawn(arguments, &pipes, false);
  lab.input = pipes.input[1];
  close(pipes.errors[0]);
  char *line = read_line(pipes.output[0]);
  close(pipes.output[0]);
  lab.ready = cJSON_Parse(line);
  ck_assert_msg(lab.ready != NULL, "the ready line is no JSON: %s", line);
  free(line);
  return lab;
}

int
lab_wait(struct lab_run *lab)
{
  int status = 0;
  for (int waited = 0; waited < END_MS; waited += 10) {
    pid_t ended = waitpid(lab->pid, &status, WNOHANG);
    if (ended == lab->pid)
      break;
    if (ended < 0)
      return -1;
    const struct timespec pause = {.tv_nsec = 10 * 1000000};
    nanosleep(&pause, NULL);
    if (waited + 10 >= END_MS) {
      kill(lab->pid, SIGKILL);
      waitpid(lab->pid, &status, 0);
      return -1;
    }
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
lab_stop(struct lab_run *lab)
{
  close(lab->input);
  int status = lab_wait(lab);
  cJSON_Delete(lab->ready);
  lab->ready = NULL;
  return status;
}

const char *
lab_string(const struct lab_run *lab, const char *key)
{
  const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(lab->ready, key));
  ck_assert_msg(value != NULL, "the ready line has no %s", key);
  return value;
}

const char *
lab_password(const struct lab_run *lab)
{
  const cJSON *admin = cJSON_GetObjectItemCaseSensitive(lab->ready, "admin");
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(admin, "password"));
}

static char *
read_all(int fd)
{
  char *text = calloc(1, READY_LINE_MAX);
  size_t length = 0;
  ssize_t got;
  while ((got = read(fd, text + length, READY_LINE_MAX - 1 - length)) > 0)
    length += (size_t)got;
  close(fd);
  return text;
}

int
lab_run_once(const char *const *arguments, char **ret_output, char **ret_errors)
{
  struct pipes pipes;
  struct lab_run lab = {.pid = spawn(arguments, &pipes, true)};
  close(pipes.input[1]);
  *ret_output = read_all(pipes.output[0]);
  *ret_errors = read_all(pipes.errors[0]);
  return lab_wait(&lab);
}

static size_t
collect(char *bytes, size_t size, size_t count, void *pointer)
{
  char **text = pointer;
  size_t before = *text != NULL ? strlen(*text) : 0;
  char *longer = realloc(*text, before + size * count + 1);
  if (longer == NULL)
    return 0;
  memcpy(longer + before, bytes, size * count);
  longer[before + size * count] = '\0';
  *text = longer;
  return size * count;
}

static void
set_credentials(CURL *curl, const struct lab_run *lab, const struct lab_question *question)
{
  if (question->authorization != NULL)
    return;
  const cJSON *admin = cJSON_GetObjectItemCaseSensitive(lab->ready, "admin");
  const char *user = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(admin, "user"));
  curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  curl_easy_setopt(curl, CURLOPT_USERNAME, question->user != NULL ? question->user : user);
  curl_easy_setopt(curl, CURLOPT_PASSWORD,
                   question->password != NULL ? question->password : lab_password(lab));
}

static struct curl_slist *
make_headers(const struct lab_question *question)
{
  char line[HEADER_LINE_MAX];
  snprintf(line, sizeof(line), "Content-Type: %s",
           question->type != NULL ? question->type : "text/xml; charset=utf-8");
  struct curl_slist *list = curl_slist_append(NULL, line);
  list = curl_slist_append(list, "Expect:");
  if (question->header != NULL)
    list = curl_slist_append(list, question->header);
  if (question->authorization != NULL && question->authorization[0] != '\0') {
    snprintf(line, sizeof(line), "Authorization: %s", question->authorization);
    list = curl_slist_append(list, line);
  }
  return list;
}

static void
set_address(CURL *curl, const struct lab_run *lab, const struct lab_question *question)
{
  char url[512];
  const char *ews = lab_string(lab, "ews");
  snprintf(url, sizeof(url), "%s", ews);
  char *path = strchr(url + strlen("https://"), '/');
  if (question->path != NULL && path != NULL)
    snprintf(path, sizeof(url) - (size_t)(path - url), "%s", question->path);
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_CAINFO, lab_string(lab, "ca_file"));
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ANSWER_MS);
}

struct lab_answer
lab_ask(const struct lab_run *lab, const struct lab_question *question)
{
  // One handle for the whole test, so that its connection is kept alive.
  static CURL *curl;
  struct lab_answer answer = {0};
  if (curl == NULL)
    curl = curl_easy_init();
  curl_easy_reset(curl);
  set_address(curl, lab, question);
  set_credentials(curl, lab, question);
  struct curl_slist *headers = make_headers(question);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  const char *body = question->body != NULL ? question->body : "";
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE,
                   (long)(question->length != 0 ? question->length : strlen(body)));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
  if (question->method != NULL && strcmp(question->method, "GET") == 0)
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.headers);
  answer.error = (int)curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &answer.connects);
  curl_slist_free_all(headers);
  if (answer.body == NULL)
    answer.body = strdup("");
  if (answer.headers == NULL)
    answer.headers = strdup("");
  return answer;
}

void
lab_answer_finish(struct lab_answer *answer)
{
  free(answer->headers);
  free(answer->body);
  *answer = (struct lab_answer){0};
}

char *
lab_envelope(const char *header, const char *body)
{
  char *text = NULL;
  int length = asprintf(&text,
                        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope "
                        "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "
                        "xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" "
                        "xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\">"
                        "<soap:Header>%s</soap:Header><soap:Body>%s</soap:Body></soap:Envelope>",
                        header, body);
  ck_assert_int_gt(length, 0);
  return text;
}

char *
lab_impersonate(const char *kind, const char *value)
{
  char *text = NULL;
  int length = asprintf(&text,
                        LAB_VERSION("Exchange2013_SP1") "<t:ExchangeImpersonation><t:ConnectingSID>"
                                                        "<t:%s>%s</t:%s></t:ConnectingSID>"
                                                        "</t:ExchangeImpersonation>",
                        kind, value, kind);
  ck_assert_int_gt(length, 0);
  return text;
}

struct lab_answer
lab_post(const struct lab_run *lab, const char *header, const char *body)
{
  char *envelope = lab_envelope(header, body);
  struct lab_answer answer = lab_ask(lab, &(struct lab_question){.body = envelope});
  free(envelope);
  ck_assert_msg(answer.error == 0, "no answer: %s", curl_easy_strerror((CURLcode)answer.error));
  return answer;
}

char *
lab_header(const struct lab_answer *answer, const char *name)
{
  size_t length = strlen(name);
  for (const char *line = answer->headers; line != NULL && *line != '\0';
       line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL) {
    if (strncasecmp(line, name, length) != 0 || line[length] != ':')
      continue;
    const char *value = line + length + 1;
    value += strspn(value, " ");
    return strndup(value, strcspn(value, "\r\n"));
  }
  return NULL;
}

static char *
between(const char *text, const char *element)
{
  const char *at = strstr(text, element);
  if (at == NULL)
    return NULL;
  const char *start = strchr(at, '>');
  return start != NULL ? strndup(start + 1, strcspn(start + 1, "<")) : NULL;
}

char *
lab_code(const struct lab_answer *answer)
{
  char *code = between(answer->body, ":ResponseCode");
  if (code == NULL)
    code = between(answer->body, "<faultcode");
  return code != NULL ? code : strdup("");
}
