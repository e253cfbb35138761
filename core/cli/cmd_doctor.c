// SPDX-License-Identifier: Apache-2.0
/* tenon doctor: what this machine offers, what is in the way, and what mends it. It works with nothing configured and
 * everything broken. */
#include <ctype.h>
#include <string.h>

#include "core/cli/doctor.h"

#define HOST_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"
#define HOST_MAX     253u /* RFC 1035 */

void
doctor_say(struct doctor *d, uint32_t state, const char *id, const char *title, const char *detail,
           const char *remedy)
{
  bool broken = state == TENON_FAIL || state == TENON_WARN;
  tenon_check c = {.size = sizeof c,
                   .state = state,
                   .level = state == TENON_FAIL ? TENON_LEVEL_REQUIRED : TENON_LEVEL_INFO,
                   .id = id,
                   .title = title,
                   .detail = detail,
                   .remedy = broken ? remedy : NULL,
                   .cause = state == TENON_FAIL ? TENON_E_CONFIG : TENON_OK};

  (void)report_check(d->report, &c);
}

/* ---- NAME or HOST --------------------------------------------------------------------------------------------------- */

/* The host of "https://mail.corp.example:444/path", or of "mail.corp.example". NULL: it is none. */
static char *
host_of(const char *text)
{
  const char *from = strstr(text, "://");
  from = from ? from + 3 : text;
  size_t n = strcspn(from, ":/?#");

  if (n == 0 || n > HOST_MAX || strspn(from, HOST_LETTERS) < n)
    return NULL;
  char *host = strndup(from, n);
  for (char *c = host; c && *c; c++)
    *c = (char)tolower((unsigned char)*c);
  return host;
}

static bool
is_stored(struct cli *cli, const char *name, struct connection **ret)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);

  return cli->config_dir && cli_store(cli) && connection_name_valid(name) &&
         store_load(cli_store(cli), name, ret, &why) == 0;
}

/* A stored connection's name goes before a host's. */
static int
find_subject(struct doctor *d, const struct args *a, struct connection **ret_c, char **ret_host)
{
  if (a->n_words == 0)
    return 0;
  if (is_stored(d->cli, a->words[0], ret_c)) {
    const char *server = connection_get(*ret_c, "server"),
               *user = connection_get(*ret_c, "username");
    *ret_host = server ? host_of(server) : NULL;
    d->user = user ? user : connection_get(*ret_c, "admin");
    d->proxy = connection_get(*ret_c, "proxy");
  } else {
    *ret_host = strpbrk(a->words[0], ".:") ? host_of(a->words[0]) : NULL;
    if (!*ret_host)
      return args_wrong(d->cli, a, "\"%s\" is neither a stored connection nor a host's full name.",
                        a->words[0]);
  }
  d->host = *ret_host;
  return 0;
}

/* ---- the run -------------------------------------------------------------------------------------------------------- */

static int
examine(struct doctor *d)
{
  struct report_head head = {0};
  tenon_status cause = TENON_OK;

  (void)report_begin(d->report, &head);
  doctor_program(d);
  if (d->cli->config_dir)
    doctor_store(d);
  doctor_facts(d);
  doctor_signin(d);
  doctor_proxies(d);
  doctor_plugins(d);
  (void)report_end(d->report, TENON_OK);
  return report_outcome(d->report, TENON_OK, &cause) ? STATUS_PASSED : STATUS_ENVIRONMENT;
}

static int
run(struct cli *cli, const struct args *a)
{
  CLEANUP_CONNECTION struct connection *c = NULL;
  CLEANUP_FREE char *host = NULL;
  struct doctor d = {.cli = cli};

  if (a->n_words > 1)
    return args_wrong(cli, a, "One connection or host at a time.");
  int status = find_subject(&d, a, &c, &host);
  if (status)
    return status;
  d.report = cli_report(cli);
  if (!d.report)
    return STATUS_ENVIRONMENT;
  status = examine(&d);
  report_destroy(d.report);
  cJSON_Delete(d.facts);
  return status;
}

const struct command cmd_doctor = {
    .name = "doctor",
    .summary = "Say what this machine offers, what is in the way, and what mends it",
    .usage = "[NAME|HOST] [-o FORMAT]",
    .examples =
        "  tenon doctor\n"
        "  tenon doctor onprem               the way to its server, and its Kerberos names, too\n"
        "  tenon doctor mail.corp.example\n"
        "  tenon doctor -o json > for-the-ticket.json\n",
    .details = "Shows no secret; passwords in proxy variables are masked. Asks nothing of the "
               "network.\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
    .formats = "text json jsonl",
    .run = run,
};
