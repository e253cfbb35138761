// SPDX-License-Identifier: Apache-2.0
//
// Options, the help and the list of scenarios. A wrong argument is named, with what was meant.
#include "options.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

#define USAGE_ERROR 2

static const char help[] =
    "An Exchange and a Microsoft 365 to rehearse against, on 127.0.0.1 over TLS.\n"
    "\n"
    "Examples\n"
    "  tenon lab                           everything in order, until Ctrl-C\n"
    "  tenon lab --scenario denied         the administrator lacks the role\n"
    "  tenon lab --scenario cloud          Exchange Online, with Entra ID and Graph\n"
    "  tenon lab --list                    every scenario\n"
    "  tenon lab --mailboxes 50000 --latency 50\n"
    "                                      a big site, 50 ms for each answer\n"
    "\n"
    "When it is ready it prints one line of JSON: addresses, the administrator's account, a CA "
    "file\n"
    "and mailboxes to try. It ends when its standard input ends, or on SIGTERM or SIGINT.\n"
    "\n"
    "Options\n"
    "  --scenario NAME   what goes wrong (plain)\n"
    "  --mailboxes N     how many mailboxes may be impersonated, 1 to 1000000 (25)\n"
    "  --latency MS      every answer comes that much later, 0 to 600000 (0)\n"
    "  --port N          listen on this port (any free one)\n"
    "  --password-file FILE\n"
    "                    the administrator's password is its first line (a new one at each start)\n"
    "  --token-seconds N how long an access token lives, 1 to 86400 (3599)\n"
    "  --keytab FILE     accept Kerberos with these keys of HTTP/localhost\n"
    "  --list            print the scenarios and end\n"
    "  -o json           print the list as JSON (-o table)\n"
    "  --help, --version\n";

enum option_code {
  OPTION_SCENARIO = 256,
  OPTION_MAILBOXES,
  OPTION_LATENCY,
  OPTION_PORT,
  OPTION_PASSWORD_FILE,
  OPTION_KEYTAB,
  OPTION_TOKEN_SECONDS,
  OPTION_LIST,
  OPTION_HELP,
  OPTION_VERSION
};

static const struct option names[] = {
    {"scenario", required_argument, NULL, OPTION_SCENARIO},
    {"mailboxes", required_argument, NULL, OPTION_MAILBOXES},
    {"latency", required_argument, NULL, OPTION_LATENCY},
    {"port", required_argument, NULL, OPTION_PORT},
    {"password-file", required_argument, NULL, OPTION_PASSWORD_FILE},
    {"keytab", required_argument, NULL, OPTION_KEYTAB},
    {"token-seconds", required_argument, NULL, OPTION_TOKEN_SECONDS},
    {"list", no_argument, NULL, OPTION_LIST},
    {"output", required_argument, NULL, 'o'},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {0},
};

struct reading {
  struct options options;
  bool list;
  bool json;
  int status; // -1: go on
};

static const struct {
  const char *id, *title;
} groups[] = {
    [GROUP_ON_PREMISES] = {"on-premises", "An Exchange of one's own"},
    [GROUP_AUTODISCOVER] = {"autodiscover", "Finding it by an address"},
    [GROUP_CLOUD] = {"cloud", "Microsoft 365: Entra ID, EWS of Exchange Online, Graph"},
};

static void
print_table(void)
{
  const struct scenario *scenario;
  size_t width = strlen("SCENARIO");
  for (size_t i = 0; (scenario = scenario_at(i)) != NULL; i++)
    if (strlen(scenario->name) > width)
      width = strlen(scenario->name);
  printf("%-*s  %s\n", (int)width, "SCENARIO", "WHAT HAPPENS");
  for (size_t group = 0; group < sizeof(groups) / sizeof(groups[0]); group++) {
    printf("\n%s\n", groups[group].title);
    for (size_t i = 0; (scenario = scenario_at(i)) != NULL; i++)
      if (scenario->group == group)
        printf("%-*s  %s\n", (int)width, scenario->name, scenario->summary);
  }
}

static bool
print_json(void)
{
  cJSON *list = cJSON_CreateArray();
  const struct scenario *scenario;
  for (size_t i = 0; (scenario = scenario_at(i)) != NULL; i++) {
    cJSON *row = cJSON_CreateObject();
    cJSON_AddStringToObject(row, "name", scenario->name);
    cJSON_AddStringToObject(row, "summary", scenario->summary);
    cJSON_AddStringToObject(row, "group", groups[scenario->group].id);
    cJSON_AddItemToArray(list, row);
  }
  char *text = cJSON_Print(list);
  cJSON_Delete(list);
  if (text == NULL)
    return false;
  puts(text);
  free(text);
  return true;
}

static int
refuse_scenario(const char *name)
{
  const char *close[LAB_SUGGESTIONS_MAX];
  size_t count = scenario_suggest(name, LAB_SUGGESTIONS_MAX, close);
  fprintf(stderr, "tenon-lab: there is no scenario \"%s\"", name);
  for (size_t i = 0; i < count; i++)
    fprintf(stderr, "%s%s", i == 0 ? "; did you mean " : i + 1 == count ? " or " : ", ", close[i]);
  fprintf(stderr, "%s\n  tenon lab --list prints them all\n", count > 0 ? "?" : "");
  return USAGE_ERROR;
}

static bool
read_number(struct reading *reading, const char *option, long least, long most, long *ret_number)
{
  char *end;
  errno = 0;
  long number = strtol(optarg, &end, 10);
  if (errno == 0 && end != optarg && *end == '\0' && number >= least && number <= most) {
    *ret_number = number;
    return true;
  }
  fprintf(stderr, "tenon-lab: %s takes a number from %ld to %ld, not \"%s\"\n", option, least, most,
          optarg);
  reading->status = USAGE_ERROR;
  return false;
}

static void
read_output(struct reading *reading)
{
  reading->json = strcmp(optarg, "json") == 0;
  if (reading->json || strcmp(optarg, "table") == 0)
    return;
  fprintf(stderr, "tenon-lab: -o takes table or json, not \"%s\"\n", optarg);
  reading->status = USAGE_ERROR;
}

static void
take_option(struct reading *reading, int option)
{
  struct options *options = &reading->options;
  long number;
  switch (option) {
  case OPTION_SCENARIO:
    options->scenario = scenario_find(optarg);
    if (options->scenario == NULL)
      reading->status = refuse_scenario(optarg);
    break;
  case OPTION_MAILBOXES:
    if (read_number(reading, "--mailboxes", 1, LAB_MAILBOXES_MAX, &number))
      options->mailboxes = (size_t)number;
    break;
  case OPTION_LATENCY:
    if (read_number(reading, "--latency", 0, LAB_LATENCY_MAX_MS, &number))
      options->latency_ms = (int)number;
    break;
  case OPTION_PORT:
    if (read_number(reading, "--port", 0, UINT16_MAX, &number))
      options->port = (uint16_t)number;
    break;
  case OPTION_PASSWORD_FILE: options->password_file = optarg; break;
  case OPTION_KEYTAB: options->keytab = optarg; break;
  case OPTION_TOKEN_SECONDS:
    if (read_number(reading, "--token-seconds", 1, TOKEN_SECONDS_MAX, &number))
      options->token_seconds = (int)number;
    break;
  case OPTION_LIST: reading->list = true; break;
  case 'o': read_output(reading); break;
  case OPTION_HELP:
    fputs(help, stdout);
    reading->status = 0;
    break;
  case OPTION_VERSION:
    puts("tenon-lab " TENON_VERSION);
    reading->status = 0;
    break;
  default:
    fputs("  tenon lab --help tells how it is used\n", stderr);
    reading->status = USAGE_ERROR;
  }
}

int
options_read(int count, char **arguments, struct options *ret_options)
{
  struct reading reading = {.options = {.scenario = scenario_at(0),
                                        .mailboxes = LAB_MAILBOXES_DEFAULT,
                                        .token_seconds = TOKEN_SECONDS_DEFAULT},
                            .status = -1};
  int option;
  while (reading.status < 0 && (option = getopt_long(count, arguments, "o:", names, NULL)) != -1)
    take_option(&reading, option);
  if (reading.status >= 0)
    return reading.status;
  if (optind < count) {
    fprintf(stderr, "tenon-lab: unexpected argument \"%s\"; a scenario is given with --scenario\n",
            arguments[optind]);
    return USAGE_ERROR;
  }
  if (reading.list) {
    if (!reading.json)
      print_table();
    else if (!print_json())
      return 1;
    return fflush(stdout) == 0 ? 0 : 1;
  }
  if (reading.options.scenario->refuses_ntlm && reading.options.keytab == NULL) {
    fprintf(stderr, "tenon-lab: the scenario %s needs --keytab FILE, with keys of HTTP/localhost\n",
            reading.options.scenario->name);
    return USAGE_ERROR;
  }
  *ret_options = reading.options;
  return -1;
}
