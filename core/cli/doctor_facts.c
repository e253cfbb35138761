// SPDX-License-Identifier: Apache-2.0
/* tenon doctor, the libraries: asked of tenon-worker, which links them. It is heard for a limited time, and its failure is
 * one row. */
#include <errno.h>
#include <string.h>

#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/cli/doctor.h"
#include "core/facts/facts.h"

#define ENVIRONMENT_MAX 64u

extern char **environ;

/* What a worker is handed (core/host/spawn.c), so that what is told is what holds there. */
static bool
is_handed_on(const char *variable)
{
  static const char *const names[] = {"TZ=",           "SSL_CERT_FILE=", "SSL_CERT_DIR=", "KRB5",
                                      "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS="};

  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strncmp(variable, names[i], strlen(names[i])) == 0)
      return true;
  return false;
}

static void
make_environment(const char *no_proxy, const char *ret[static ENVIRONMENT_MAX])
{
  size_t n = 0;

  ret[n++] = "PATH=/usr/local/bin:/usr/bin:/bin";
  ret[n++] = "LC_ALL=C.UTF-8";
  ret[n++] = no_proxy;
  for (char **v = environ; v && *v && n < ENVIRONMENT_MAX - 1; v++)
    if (is_handed_on(*v))
      ret[n++] = *v;
  ret[n] = NULL;
}

/* NULL, and what went wrong. */
static cJSON *
fetch(struct doctor *d, const char *path, struct buf *why)
{
  const char *argv[] = {"tenon-worker", FACTS_ARGUMENT, d->host, NULL};
  const char *envp[ENVIRONMENT_MAX];
  const char *list = getenv("no_proxy") ? getenv("no_proxy") : getenv("NO_PROXY");
  CLEANUP_FREE char *no_proxy = text_printf("NO_PROXY=%s", list ? list : "");
  CLEANUP_CHILD struct child child = CHILD_NONE;
  CLEANUP_BUF struct buf text = BUF_INIT(FACTS_BYTES_MAX);
  const char *phrase = "";

  if (!no_proxy)
    return NULL;
  make_environment(no_proxy, envp);
  int e = child_start(path, argv, envp, STDOUT_FILENO, &child);
  e = e ? e
        : child_read_all(&child, &text, clock_now_ns() + DOCTOR_FACTS_MS * NS_PER_MS,
                         d->cli->interrupt_fd);
  cJSON *facts = e ? NULL : json_parse(buf_text(&text), text.len, NULL, &phrase);
  if (!facts)
    (void)buf_printf(why, "tenon-worker did not tell: %s",
                     e == -ETIMEDOUT ? "no answer in time"
                     : e             ? strerror(-e)
                                     : phrase);
  return facts;
}

static void
say_libraries(struct doctor *d)
{
  const cJSON *curl = json_object(d->facts, "libcurl");
  const char *version = curl ? json_text(curl, "version") : NULL;
  CLEANUP_BUF struct buf b = BUF_INIT(REPORT_PIECE_MAX);
  const cJSON *f;

  (void)buf_printf(&b, "libcurl %s (", version ? version : "?");
  cJSON_ArrayForEach(f, json_array(curl, "features"))(void)
      buf_printf(&b, "%s%s", f->prev && f->prev->next ? " " : "", cJSON_GetStringValue(f));
  (void)buf_printf(&b, "), OpenSSL %s, c-ares %s, MIT Kerberos %s", json_text(d->facts, "openssl"),
                   json_text(d->facts, "cares"),
                   json_text(json_object(d->facts, "krb5"), "version"));
  doctor_say(d, TENON_PASS, "doctor.libraries", "Libraries", buf_text(&b), NULL);
}

static void
say_authorities(struct doctor *d)
{
  const cJSON *ca = json_object(d->facts, "authorities");
  const char *file = json_text(ca, "file"), *why = json_text(ca, "why");
  int64_t n = 0;

  (void)json_int(ca, "count", &n);
  CLEANUP_FREE char *detail = why ? text_printf("%s%s%s", file ? file : "", file ? ": " : "", why)
                                  : text_printf("%lld in %s", (long long)n, file);
  doctor_say(d, n > 0 ? TENON_PASS : TENON_WARN, "doctor.authorities", "Trusted authorities",
             detail,
             "No server's certificate will be trusted but by a connection's own file of "
             "authorities. Run: `apt-get install ca-certificates`");
}

void
doctor_facts(struct doctor *d)
{
  CLEANUP_BUF struct buf why = BUF_INIT(CLI_LINE_MAX);
  CLEANUP_FREE char *path = text_printf("%s/tenon-worker", cli_libexec_dir(d->cli));

  if (!path || access(path, X_OK) < 0) {
    doctor_say(d, TENON_SKIP, "doctor.libraries", "Libraries", "not told: tenon-worker is missing",
               NULL);
    return;
  }
  d->facts = fetch(d, path, &why);
  if (!d->facts) {
    doctor_say(
        d, TENON_FAIL, "doctor.libraries", "Libraries", buf_text(&why),
        "Run `tenon-worker --facts` by hand to see why, and install tenon again if it cannot "
        "start.");
    return;
  }
  say_libraries(d);
  say_authorities(d);
}
