// SPDX-License-Identifier: Apache-2.0
/* Stands in a worker's place and speaks the wire as badly as the connector's id says: what no plugin behind a real
 * worker could send, but a plugin that has taken its worker over could. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static FILE *in;
static char id[64];
static long call;
static char lines[8192]; /* the first lines that came: "l0":"...","l1":"..." */
static bool busy;        /* with a call that a cancel ends */

static void
say(const char *text)
{
  if (write(3, text, strlen(text)) < 0 || write(3, "\n", 1) < 0)
    _exit(9);
}

static void
sayf(const char *fmt, long number)
{
  char line[4096];

  (void)snprintf(line, sizeof line, fmt, number);
  say(line);
}

static void
ready(void)
{
  char line[1024];
  const char *field = "";

  /* What no descriptor that was judged could say. */
  if (strcmp(id, "pattern") == 0)
    field = ",\"type\":\"text\",\"pattern\":\"((x{1,255}){1,255}){1,255}\"}";
  else if (strcmp(id, "nochoice") == 0)
    field = ",\"type\":\"choice\"}";
  else if (strcmp(id, "patchfile") == 0)
    field = ",\"type\":\"file\"}";
  else if (strcmp(id, "patchsecret") == 0)
    field = ",\"type\":\"secret\"}";
  else if (strcmp(id, "escape") == 0)
    field = ",\"type\":\"text\",\"help\":\"\\u001b[2J\"}";
  (void)snprintf(
      line, sizeof line,
      "{\"type\":\"ready\",\"connector\":{\"id\":\"%s\",\"version\":\"1.0.0\",\"name\":\"Fake\","
      "\"summary\":\"A fake\",\"vendor\":\"Fake "
      "Ltd\",\"hooks\":[\"verify\",\"impersonate\",\"browse\"],"
      "\"pages\":[{\"id\":\"p\",\"title\":\"P\"}],\"fields\":[%s%s]},\"sandbox\":{\"landlock\":"
      "\"5\"}}",
      id, *field ? "{\"key\":\"f\",\"page\":\"p\",\"label\":\"F\"" : "", field);
  say(line);
}

/* With the host's own secret, which every worker may name. */
#define GATE_ENTER(request)                                                                        \
  "{\"type\":\"gate.enter\",\"request\":" request                                                  \
  ",\"host\":\"h\",\"user\":\"u\",\"scope\":\"host\",\"secret\":\"proxy_password\"}"
#define CHECK_(id_)                                                                                \
  "{\"type\":\"check\",\"call\":%ld,\"check\":{\"id\":\"" id_                                      \
  "\",\"title\":\"T\",\"state\":\"pass\","                                                         \
  "\"level\":\"required\"}}"
#define ENDED "{\"type\":\"ended\",\"call\":%ld,\"status\":\"ok\"}"

static void
nest(int depth)
{
  char line[512];
  int n = snprintf(line, sizeof line, "{\"type\":\"log\",\"x\":");

  memset(line + n, '[', (size_t)depth);
  memset(line + n + depth, ']', (size_t)depth);
  (void)snprintf(line + n + 2 * depth, sizeof line - (size_t)(n + 2 * depth), "}");
  say(line);
}

static void
long_line(void)
{
  static char chunk[65536];

  memset(chunk, 'a', sizeof chunk);
  for (int i = 0; i < 20; i++)
    if (write(3, chunk, sizeof chunk) < 0)
      _exit(9);
  (void)pause();
}

static void
flood(void)
{
  char chunk[1024];

  memset(chunk, 'x', sizeof chunk);
  chunk[1023] = '\n';
  for (;;)
    if (write(1, chunk, sizeof chunk) < 0)
      _exit(9);
}

static void
many(const char *fmt)
{
  for (;;)
    sayf(fmt, call);
}

/* Checks of almost the largest size that a line may have. */
static void
heavy(void)
{
  static char detail[1000000];

  memset(detail, 'd', sizeof detail - 1);
  for (;;) {
    char head[256];
    int n = snprintf(head, sizeof head,
                     "{\"type\":\"check\",\"call\":%ld,\"check\":{\"id\":\"a.b\",\"title\":\"T\","
                     "\"state\":\"pass\",\"level\":\"info\",\"detail\":\"",
                     call);
    if (write(3, head, (size_t)n) < 0 || write(3, detail, sizeof detail - 1) < 0 ||
        write(3, "\"}}\n", 4) < 0)
      _exit(9);
  }
}

/* Ends, and leaves somebody behind who holds its end of the socket and never stops. */
static void
leave_heir(void)
{
  static char lines_of[1 << 20];
  const char *one = "{\"type\":\"withdrawn\",\"ticket\":1}\n";
  size_t n = 0;

  for (; n + strlen(one) < sizeof lines_of; n += strlen(one))
    memcpy(lines_of + n, one, strlen(one));
  if (fork() == 0)
    for (;;)
      if (write(3, lines_of, n) < 0)
        _exit(9);
  (void)usleep(20000);
  _exit(3);
}

static void
hang(void)
{
  (void)signal(SIGTERM, SIG_IGN);
  for (;;)
    (void)pause();
}

/* What the process was given, one word each: "fd3 env:PATH=... sig:SigBlk:0". */
static void
put_status(char *text, size_t size)
{
  FILE *f = fopen("/proc/self/status", "re");
  char row[256];

  while (f && fgets(row, sizeof row, f)) {
    unsigned long long mask;
    char name[16];
    if (sscanf(row, "%15[A-Za-z]: %llx", name, &mask) == 2 && strncmp(name, "Sig", 3) == 0 &&
        name[3] != 'Q')
      (void)snprintf(text + strlen(text), size - strlen(text), "%s=%llx ", name, mask);
  }
  if (f)
    (void)fclose(f);
}

static void
look(void)
{
  char text[16384] = "", line[20000];

  for (int fd = 0; fd < 1024; fd++)
    if (fcntl(fd, F_GETFD) >= 0)
      (void)snprintf(text + strlen(text), sizeof text - strlen(text), "fd%d ", fd);
  for (char **v = environ; *v; v++)
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", *v);
  (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s ",
                 getsid(0) == getpid() ? "own-session" : "no-session");
  put_status(text, sizeof text);
  (void)snprintf(line, sizeof line,
                 "{\"type\":\"check\",\"call\":%ld,\"check\":{\"id\":\"a.look\",\"title\":\"T\","
                 "\"state\":\"pass\","
                 "\"level\":\"info\",\"detail\":\"%s\",\"data\":{%s}}}",
                 call, text, lines);
  say(line);
}

static void
verify(void)
{
  if (strcmp(id, "look") == 0)
    look();
  if (strcmp(id, "garbage") == 0)
    say("\001\002 this is no JSON");
  else if (strcmp(id, "trailing") == 0)
    say("{\"type\":\"log\",\"text\":\"a\"} {}");
  else if (strcmp(id, "deep") == 0)
    nest(60);
  else if (strcmp(id, "toolong") == 0)
    long_line();
  else if (strcmp(id, "unknowncall") == 0)
    sayf(CHECK_("a.b"), call + 17);
  else if (strcmp(id, "nocall") == 0)
    say("{\"type\":\"ended\",\"status\":\"ok\"}");
  else if (strcmp(id, "noremedy") == 0)
    sayf("{\"type\":\"check\",\"call\":%ld,\"check\":{\"id\":\"a.b\",\"title\":\"T\",\"state\":"
         "\"fail\","
         "\"level\":\"required\"}}",
         call);
  else if (strcmp(id, "manychecks") == 0)
    many(CHECK_("a.b"));
  else if (strcmp(id, "flood") == 0)
    flood();
  else if (strcmp(id, "logs") == 0)
    many("{\"type\":\"log\",\"level\":\"info\",\"text\":\"%ld "
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}");
  else if (strcmp(id, "unknowns") == 0)
    many("{\"type\":\"from.the.future\",\"n\":%ld,\"text\":"
         "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}");
  else if (strcmp(id, "heavy") == 0)
    heavy();
  else if (strcmp(id, "heir") == 0)
    leave_heir();
  else if (strcmp(id, "signins") == 0)
    for (int i = 1; i <= 2; i++)
      sayf("{\"type\":\"signin.begin\",\"request\":%ld,\"resource\":\"tenant\"}", i);
  else if (strcmp(id, "gatecrasher") == 0)
    for (int i = 1; i <= 2; i++)
      say(GATE_ENTER("1"));
  else if (strcmp(id, "gatecrowd") == 0)
    for (int i = 1; i <= 600; i++)
      sayf(GATE_ENTER("%ld"), i);
  else if (strcmp(id, "gateless") == 0)
    say("{\"type\":\"gate.enter\",\"request\":1,\"user\":\"u\",\"secret\":\"pw\"}");
  else if (strcmp(id, "gateleft") == 0)
    say("{\"type\":\"gate.left\",\"request\":1,\"result\":\"sideways\"}");
  else if (strncmp(id, "patch", 5) == 0)
    sayf("{\"type\":\"patch\",\"call\":%ld,\"key\":\"f\",\"value\":\"/etc/shadow\"}", call);
  else if (strcmp(id, "terminal") == 0)
    sayf("{\"type\":\"began\",\"call\":%ld,\"id\":\"a.b\",\"title\":\"\\u001b]0;x\\u0007\"}", call);
  else if (strcmp(id, "hang") == 0)
    hang();
  else if (strcmp(id, "exit3") == 0)
    exit(3);
  else if (strcmp(id, "segv") == 0) {
    (void)signal(SIGSEGV, SIG_DFL); /* also where a sanitizer listens */
    (void)raise(SIGSEGV);
  } else if (strcmp(id, "eof") == 0) {
    (void)close(3);
    (void)pause();
  } else if (strcmp(id, "stubborn") != 0)
    sayf(CHECK_("a.b"), call);
  if (strcmp(id, "stubborn") == 0)
    busy = true; /* ends when it is cancelled */
  if (busy)
    return;
  sayf(ENDED, call);
  if (strcmp(id, "afterended") == 0)
    sayf(CHECK_("a.b"), call);
  if (strcmp(id, "unknowntype") == 0)
    say("{\"type\":\"from.the.future\",\"call\":1}");
}

static void
browse(void)
{
  if (strcmp(id, "offers") == 0)
    for (;;) {
      struct pollfd p = {.fd = 3, .events = POLLIN};
      sayf("{\"type\":\"offer\",\"call\":%ld,\"offer\":{\"value\":\"v\"}}", call);
      if (poll(&p, 1, 0) > 0)
        break;
    }
  else if (strcmp(id, "endless") == 0)
    many("{\"type\":\"offer\",\"call\":%ld,\"offer\":{\"value\":\"v\"}}");
  else
    busy = true; /* silent */
  if (busy)
    return;
  sayf("{\"type\":\"ended\",\"call\":%ld,\"status\":\"cancelled\"}", call);
}

static void
subjects(void)
{
  if (strcmp(id, "early") == 0)
    sayf("{\"type\":\"ended\",\"call\":%ld,\"status\":\"auth\"}", call);
  else if (strcmp(id, "lazy") == 0)
    sayf(ENDED, call);
  else
    sayf("{\"type\":\"check\",\"call\":%ld,\"check\":{\"id\":\"a.b\",\"title\":\"T\",\"state\":"
         "\"pass\","
         "\"level\":\"required\",\"subject\":\"nobody\"}}",
         call);
}

/* Remembers a line, its quotes as apostrophes. */
static void
remember(const char *line)
{
  static int n;
  size_t len = strlen(lines);

  if (len + strlen(line) + 32 > sizeof lines)
    return;
  len += (size_t)snprintf(lines + len, sizeof lines - len, "%s\"l%d\":\"", n ? "," : "", n);
  n++;
  for (; *line && *line != '\n'; line++)
    lines[len++] = *line == '"' ? '\'' : *line;
  lines[len++] = '"';
  lines[len] = '\0';
}

static void
take(const char *line)
{
  const char *number = strstr(line, "\"call\":");

  if (number)
    call = strtol(number + 7, NULL, 10);
  if (strstr(line, "\"type\":\"open\""))
    sayf(ENDED, call);
  else if (strstr(line, "\"type\":\"verify\""))
    verify();
  else if (strstr(line, "\"type\":\"browse\""))
    browse();
  else if (strstr(line, "\"type\":\"subjects\""))
    subjects();
  else if (strstr(line, "\"type\":\"cancel\"") && busy) {
    busy = false;
    sayf("{\"type\":\"ended\",\"call\":%ld,\"status\":\"cancelled\"}", call);
  } else if (strstr(line, "\"type\":\"close\""))
    exit(0);
}

int
main(void)
{
  static char line[1 << 20];
  char *at;

  (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* some of these hear nothing, and a test may fail */
  in = fdopen(3, "r");
  if (!in || !fgets(line, sizeof line, in))
    return 9;
  at = strstr(line, "\"connector\":\"");
  if (!at || sscanf(at, "\"connector\":\"%63[a-z0-9-]", id) != 1)
    return 9;
  if (strcmp(id, "silent") == 0)
    (void)pause();
  if (strcmp(id, "slowload") == 0)
    (void)usleep(700000);
  if (strcmp(id, "early-check") == 0)
    sayf(CHECK_("a.b"), 1);
  remember(line);
  ready();
  if (strcmp(id, "twice") == 0)
    ready();
  while (fgets(line, sizeof line, in)) {
    remember(line);
    take(line);
  }
  return 0;
}
