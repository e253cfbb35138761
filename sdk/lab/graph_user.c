// SPDX-License-Identifier: Apache-2.0
//
// One user: who has an object id or a UPN, and what is told of them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "graph.h"

// Object ids carry the number of their person.
#define OBJECT_HEAD "5d1f8e2a-6b3c-4f70-9a1e-"

static const char *const properties[] = {"businessPhones",
                                         "displayName",
                                         "givenName",
                                         "jobTitle",
                                         "mail",
                                         "mobilePhone",
                                         "officeLocation",
                                         "preferredLanguage",
                                         "surname",
                                         "userPrincipalName",
                                         "id",
                                         "userType",
                                         "accountEnabled",
                                         "mailNickname",
                                         "proxyAddresses",
                                         "onPremisesSyncEnabled",
                                         "assignedPlans",
                                         NULL};
static const char *const usual[] = {
    "businessPhones", "displayName",       "givenName", "jobTitle",          "mail", "mobilePhone",
    "officeLocation", "preferredLanguage", "surname",   "userPrincipalName", "id",   NULL};

bool
graph_user_find(const struct lab *lab, const char *name, struct graph_user *ret_user)
{
  struct graph_user user = {0};
  enum identity identity;
  size_t head = strlen(OBJECT_HEAD);
  if (strcasecmp(name, LAB_ADMIN) == 0 || strcasecmp(name, TOKEN_ADMIN_OBJECT) == 0) {
    user.admin = true;
    snprintf(user.person.name, sizeof(user.person.name), "Tenon service account");
    snprintf(user.person.alias, sizeof(user.person.alias), LAB_ADMIN_ALIAS);
    snprintf(user.person.address, sizeof(user.person.address), LAB_ADMIN);
  } else if (strncasecmp(name, OBJECT_HEAD, head) == 0) {
    char *end;
    unsigned long long number = strtoull(name + head, &end, 16);
    if (*end != '\0' || !directory_by_number(&lab->directory, number, &user.person))
      return false;
  } else if (!directory_by_address(&lab->directory, name, &user.person, &identity) ||
             identity != IDENTITY_PRIMARY) {
    return false;
  }
  *ret_user = user;
  return true;
}

static void
add_addresses(cJSON *object, const struct graph_user *user)
{
  char address[EWS_ADDRESS_MAX + 8];
  cJSON *list = cJSON_AddArrayToObject(object, "proxyAddresses");
  if (user->admin)
    return;
  snprintf(address, sizeof(address), "SMTP:%s", user->person.address);
  cJSON_AddItemToArray(list, cJSON_CreateString(address));
  if (user->person.kind != PERSON_ALLOWED)
    return;
  snprintf(address, sizeof(address), "smtp:mailbox%.32s@" DIRECTORY_DOMAIN,
           user->person.alias + strlen("user"));
  cJSON_AddItemToArray(list, cJSON_CreateString(address));
}

// Who has a mailbox here has the plan for it.
static void
add_plans(const struct graph_call *call, cJSON *object, const struct graph_user *user)
{
  const struct cloud_play *play = cloud_play_of(call->lab);
  unsigned int mixed = play->mixed ? cloud_mixed(&user->person) : 0;
  bool mailbox = !user->admin && !play->no_plan && user->person.kind != PERSON_ELSEWHERE &&
                 (mixed == 0 || mixed > 3);
  cJSON *list = cJSON_AddArrayToObject(object, "assignedPlans"), *plan = cJSON_CreateObject();
  cJSON_AddStringToObject(plan, "assignedDateTime", "2025-02-03T09:15:00Z");
  cJSON_AddStringToObject(plan, "capabilityStatus", mailbox ? "Enabled" : "Deleted");
  cJSON_AddStringToObject(plan, "service", "exchange");
  cJSON_AddStringToObject(plan, "servicePlanId", "efb87545-963c-4e0d-99df-69c6916d9eb0");
  cJSON_AddItemToArray(list, plan);
}

cJSON *
graph_user_write(const struct graph_call *call, const struct graph_user *user)
{
  static const char *const nothing[] = {"jobTitle", "mobilePhone", "officeLocation",
                                        "preferredLanguage"};
  const struct person *person = &user->person;
  char id[GUID_ROOM];
  snprintf(id, sizeof(id), "%s%012llx", OBJECT_HEAD, (unsigned long long)person->number);
  cJSON *object = cJSON_CreateObject();
  cJSON_AddArrayToObject(object, "businessPhones");
  cJSON_AddStringToObject(object, "displayName", person->name);
  cJSON_AddStringToObject(object, "givenName", person->given);
  for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
    cJSON_AddNullToObject(object, nothing[i]);
  // The administrator has no mailbox, and so no address.
  if (user->admin)
    cJSON_AddNullToObject(object, "mail");
  else
    cJSON_AddStringToObject(object, "mail", person->address);
  cJSON_AddStringToObject(object, "surname", person->family);
  cJSON_AddStringToObject(object, "userPrincipalName", person->address);
  cJSON_AddStringToObject(object, "id", user->admin ? TOKEN_ADMIN_OBJECT : id);
  cJSON_AddStringToObject(object, "userType", "Member");
  cJSON_AddBoolToObject(object, "accountEnabled", person->kind != PERSON_DISABLED || user->admin);
  cJSON_AddStringToObject(object, "mailNickname", person->alias);
  add_addresses(object, user);
  if (person->kind == PERSON_ELSEWHERE)
    cJSON_AddTrueToObject(object, "onPremisesSyncEnabled");
  else
    cJSON_AddNullToObject(object, "onPremisesSyncEnabled");
  add_plans(call, object, user);
  graph_select(call, object, usual);
  return object;
}

bool
graph_user_check_select(struct graph_call *call)
{
  return graph_check_select(call, properties, "user");
}

void
graph_user_answer(struct graph_call *call, const struct graph_user *user)
{
  if (graph_user_check_select(call))
    graph_answer(call, graph_user_write(call, user), "users/$entity");
}
