// SPDX-License-Identifier: Apache-2.0
//
// Writes the ready line with cJSON.
#include "ready.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cloud.h"
#include "discovery.h"
#include "entra.h"
#include "ews.h"
#include "scenario.h"

static void
add_out_of_scope(cJSON *list, const struct lab *lab)
{
  struct person person;
  for (size_t i = 0; i < lab->directory.allowed && cJSON_GetArraySize(list) < 3; i++) {
    directory_person(&lab->directory, PERSON_ALLOWED, i, &person);
    if (!cloud_reaches(lab, &person))
      cJSON_AddItemToArray(list, cJSON_CreateString(person.address));
  }
}

static void
add_people(cJSON *line, const struct lab *lab, const char *key, enum person_kind kind)
{
  cJSON *list = cJSON_AddArrayToObject(line, key);
  size_t count = directory_count(&lab->directory, kind);
  struct person person;
  // Who is out of an application's scope is denied like the others who are.
  if (kind == PERSON_DENIED && cloud_play_of(lab)->scoped)
    add_out_of_scope(list, lab);
  for (size_t i = 0; i < count && i < LAB_READY_MAILBOXES; i++) {
    directory_person(&lab->directory, kind, i, &person);
    if (kind != PERSON_ALLOWED || cloud_answers(lab, &person))
      cJSON_AddItemToArray(list, cJSON_CreateString(person.address));
  }
}

// The cloud's side, which there is in every scenario.
static void
add_cloud(cJSON *line, const struct lab *lab, const struct scratch *scratch,
          const struct ready_ports *ports)
{
  char text[96];
  const struct application *application = &lab->cloud->application;
  cJSON_AddStringToObject(line, "authority", lab->base);
  cJSON_AddStringToObject(line, "graph", lab->base);
  cJSON_AddStringToObject(line, "tenant", CLOUD_TENANT);
  cJSON_AddStringToObject(line, "client_id", APPLICATION_ID);
  cJSON_AddStringToObject(line, "client_secret", application->secret);
  cJSON_AddStringToObject(line, "client_certificate", scratch->application_file);
  cJSON_AddStringToObject(line, "client_certificate_password", application->password);
  snprintf(text, sizeof(text), "%s" ENTRA_DEVICE_LOGIN, lab->base);
  cJSON_AddStringToObject(line, "device", text);
  snprintf(text, sizeof(text), "127.0.0.1:%u", (unsigned int)ports->http);
  cJSON_AddStringToObject(line, "imds", text);
  add_people(line, lab, "elsewhere", PERSON_ELSEWHERE);
}

static char *
make_line(const struct lab *lab, const struct scratch *scratch, const struct ready_ports *ports)
{
  char url[96];
  unsigned int port = ports->https;
  cJSON *line = cJSON_CreateObject();
  snprintf(url, sizeof(url), "https://localhost:%u" EWS_PATH, port);
  cJSON_AddStringToObject(line, "event", "ready");
  cJSON_AddStringToObject(line, "ews", url);
  snprintf(url, sizeof(url), "https://localhost:%u" DISCOVERY_PATH_POX, port);
  cJSON_AddStringToObject(line, "autodiscover", url);
  snprintf(url, sizeof(url), "127.0.0.1:%u", (unsigned int)ports->dns);
  cJSON_AddStringToObject(line, "dns", url);
  snprintf(url, sizeof(url), "*:443=*:%u,*:80=*:%u", port, (unsigned int)ports->http);
  cJSON_AddStringToObject(line, "resolve", url);
  cJSON_AddStringToObject(line, "ca_file", scratch->ca_file);
  cJSON_AddStringToObject(line, "domain", DIRECTORY_DOMAIN);
  cJSON *admin = cJSON_AddObjectToObject(line, "admin");
  cJSON_AddStringToObject(admin, "user", LAB_ADMIN);
  cJSON_AddStringToObject(admin, "password", lab->password);
  add_people(line, lab, "allowed", PERSON_ALLOWED);
  add_people(line, lab, "denied", PERSON_DENIED);
  add_people(line, lab, "missing", PERSON_MISSING);
  add_people(line, lab, "disabled", PERSON_DISABLED);
  cJSON_AddStringToObject(line, "mailboxes_file", scratch->mailboxes_file);
  cJSON_AddStringToObject(line, "scenario", lab->scenario->name);
  if (scratch->client_file[0] != '\0') {
    cJSON_AddStringToObject(line, "tls_certificate", scratch->client_file);
    cJSON_AddStringToObject(line, "tls_certificate_password", scratch->client_password);
  }
  add_cloud(line, lab, scratch, ports);
  char *text = cJSON_PrintUnformatted(line);
  cJSON_Delete(line);
  return text;
}

// For a person who started it by hand: the same, as the answers that a wizard asks for.
static void
print_cloud_answers(const struct lab *lab, const struct scratch *scratch)
{
  const struct application *application = &lab->cloud->application;
  fprintf(stderr,
          "  authority           %s (and graph_url)\n"
          "  tenant              " CLOUD_TENANT "\n"
          "  client_id           " APPLICATION_ID "\n"
          "  client_secret       %s\n"
          "  client_certificate  %s\n"
          "    its password      %s\n"
          "  admin               " LAB_ADMIN " (device code or browser; nothing is asked)\n",
          lab->base, application->secret, scratch->application_file, application->password);
}

static void
print_answers(const struct lab *lab, const struct scratch *scratch)
{
  bool wants = scratch->client_file[0] != '\0';
  if (!isatty(STDERR_FILENO))
    return;
  fprintf(stderr,
          "\nThe scenario is %s: %s.\n"
          "  %s             %s" EWS_PATH "\n",
          lab->scenario->name, lab->scenario->summary,
          lab->scenario->online ? "ews_url" : "server ", lab->base);
  if (lab->scenario->online)
    print_cloud_answers(lab, scratch);
  else
    fprintf(stderr,
            "  admin               " LAB_ADMIN "\n"
            "  password            %s\n",
            lab->password);
  fprintf(stderr,
          "  ca_file             %s\n"
          "%s%s%s%s%s"
          "Ctrl-C ends it.\n",
          scratch->ca_file, wants ? "  tls_certificate     " : "", scratch->client_file,
          wants ? "\n    its password      " : "", scratch->client_password, wants ? "\n" : "");
}

int
ready_print(const struct lab *lab, const struct scratch *scratch, const struct ready_ports *ports)
{
  char *line = make_line(lab, scratch, ports);
  if (line == NULL)
    return -ENOMEM;
  bool written = puts(line) >= 0 && fflush(stdout) == 0;
  free(line);
  print_answers(lab, scratch);
  return written ? 0 : -EIO;
}
