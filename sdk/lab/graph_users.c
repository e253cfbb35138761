// SPDX-License-Identifier: Apache-2.0
//
// The list of users: pages, and the few forms of $search and $filter that a directory is looked through
// with. Where a page goes on is told in a nextLink, which a client must take as it is.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "graph.h"

#define NEXT_HEAD "lab-page-"

// The people of one answer: all of the directory, or those that were searched for.
struct crowd {
  const struct lab *lab;
  struct person *found; // NULL: all
  size_t count;
  bool more;
};

static struct person
person_at(const struct crowd *crowd, size_t index)
{
  struct person person = {0};
  if (crowd->found != NULL)
    return crowd->found[index];
  for (enum person_kind kind = PERSON_ALLOWED; kind <= PERSON_ELSEWHERE; kind++) {
    size_t count = directory_count(&crowd->lab->directory, kind);
    if (index < count) {
      directory_person(&crowd->lab->directory, kind, index, &person);
      break;
    }
    index -= count;
  }
  return person;
}

static const char *
property(const struct person *person, const char *name, size_t length)
{
  static const char *const names[] = {"displayName", "givenName", "surname", "mailNickname"};
  const char *const values[] = {person->name, person->given, person->family, person->alias};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    if (strlen(names[i]) == length && strncasecmp(names[i], name, length) == 0)
      return values[i];
  return person->address; // mail, userPrincipalName
}

// A condition on one property: how it begins, all of it, or, without `operator`, any part of it.
struct condition {
  const char *name;
  size_t length;
  char operator; // '^', '=' or '\0'
  char text[EWS_ADDRESS_MAX];
};

static bool
fits(const struct condition *condition, const struct person *person)
{
  const char *value = property(person, condition->name, condition->length);
  if (condition->operator== '=')
    return strcasecmp(value, condition->text) == 0;
  if (condition->operator== '^')
    return strncasecmp(value, condition->text, strlen(condition->text)) == 0;
  return strcasestr(value, condition->text) != NULL;
}

// Adds whom the condition fits; nobody twice.
static void
search(struct crowd *crowd, const struct condition *condition)
{
  struct person *people = calloc(GRAPH_FOUND_MAX, sizeof(*people));
  bool more = false;
  size_t count = people != NULL ? directory_search(&crowd->lab->directory, condition->text,
                                                   GRAPH_FOUND_MAX, people, &more)
                                : 0;
  for (size_t i = 0; i < count && crowd->count < GRAPH_FOUND_MAX; i++) {
    bool wanted = fits(condition, &people[i]);
    for (size_t j = 0; j < crowd->count && wanted; j++)
      wanted = crowd->found[j].number != people[i].number;
    if (wanted)
      crowd->found[crowd->count++] = people[i];
  }
  free(people);
}

// Adds who has this address, be it the first one or another.
static void
look_up(struct crowd *crowd, const char *address)
{
  struct person person;
  enum identity identity;
  if (crowd->count == GRAPH_FOUND_MAX || strncasecmp(address, "smtp:", 5) != 0 ||
      !directory_by_address(&crowd->lab->directory, address + 5, &person, &identity))
    return;
  for (size_t i = 0; i < crowd->count; i++)
    if (crowd->found[i].number == person.number)
      return;
  crowd->found[crowd->count++] = person;
}

// The next text in quotes, where a doubled quote stands for one. NULL: there is none.
static const char *
next_quoted(const char *from, char quote, char *ret_text, size_t room)
{
  const char *at = strchr(from, quote);
  size_t length = 0;
  if (at == NULL)
    return NULL;
  for (at++; *at != '\0'; at++) {
    if (*at == quote && at[1] != quote)
      break;
    at += *at == quote;
    if (length + 1 < room)
      ret_text[length++] = *at;
  }
  ret_text[length] = '\0';
  return *at == quote ? at + 1 : NULL;
}

// "displayName:ann" OR "mail:ann"
static bool
read_search(struct graph_call *call, const char *text, struct crowd *crowd)
{
  char term[EWS_ADDRESS_MAX];
  bool any = false;
  if (!call->eventual)
    return graph_fail(call, 400, "Request_UnsupportedQuery",
                      "$search needs the header 'ConsistencyLevel: eventual'.");
  for (; (text = next_quoted(text, '"', term, sizeof(term))) != NULL; any = true) {
    const char *colon = strchr(term, ':');
    struct condition condition = {.name = term,
                                  .length = colon != NULL ? (size_t)(colon - term) : 0};
    snprintf(condition.text, sizeof(condition.text), "%s", colon != NULL ? colon + 1 : term);
    search(crowd, &condition);
  }
  return any || graph_fail(call, 400, "Request_BadRequest", "The $search clause is not valid.");
}

// startswith(displayName,'ann') or mail eq 'ann@contoso.example' or proxyAddresses/any(a:a eq 'smtp:ann@...')
static bool
read_filter(struct graph_call *call, const char *text, struct crowd *crowd)
{
  bool any = false;
  while (text != NULL && *text != '\0') {
    struct condition condition = {.operator= '=' };
    text += strspn(text, " ");
    text += any && strncasecmp(text, "or ", 3) == 0 ? 3 : 0;
    bool proxies = strncasecmp(text, "proxyAddresses/any(a:a eq '", 26) == 0;
    if (strncasecmp(text, "startswith(", 11) == 0) {
      condition.operator= '^';
      text += 11;
    }
    condition.name = text;
    condition.length = strcspn(text, " ,");
    const char *behind = text + condition.length;
    if (condition.operator== '^' ? *behind != ',' : strncasecmp(behind, " eq '", 5) != 0)
      return graph_fail(call, 400, "Request_UnsupportedQuery",
                        "The filter is none of those that the lab answers.");
    text = next_quoted(behind, '\'', condition.text, sizeof(condition.text));
    if (text == NULL)
      return graph_fail(call, 400, "Request_BadRequest", "Invalid filter clause.");
    text += (condition.operator== '^' || proxies) && *text == ')';
    if (proxies)
      look_up(crowd, condition.text);
    else
      search(crowd, &condition);
    any = true;
  }
  return any || graph_fail(call, 400, "Request_BadRequest", "Invalid filter clause.");
}

static bool
gather(struct graph_call *call, struct crowd *crowd)
{
  const char *text = form_field(call->query, "$search");
  const char *filter = form_field(call->query, "$filter");
  if (text == NULL && filter == NULL) {
    for (enum person_kind kind = PERSON_ALLOWED; kind <= PERSON_ELSEWHERE; kind++)
      crowd->count += directory_count(&call->lab->directory, kind);
    return true;
  }
  crowd->found = calloc(GRAPH_FOUND_MAX, sizeof(*crowd->found));
  if (crowd->found == NULL)
    return graph_fail(call, 503, "serviceNotAvailable", "There is no memory for the answer.");
  return text != NULL ? read_search(call, text, crowd) : read_filter(call, filter, crowd);
}

// The same question with another place to go on at.
static void
add_next(struct graph_call *call, cJSON *object, size_t at)
{
  struct text link = {0};
  const char *base = call->base;
  enum cloud_graph plays = cloud_play_of(call->lab)->graph;
  if (plays == GRAPH_FOREIGN)
    base = "https://graph.fabrikam.example";
  text_format(&link, "%s" GRAPH_ROOT "users?", base);
  for (size_t i = 0; i < call->query->count; i++) {
    if (strcmp(call->query->fields[i].name, "$skiptoken") == 0)
      continue;
    text_append(&link, call->query->fields[i].name);
    text_append(&link, "=");
    form_encode(&link, call->query->fields[i].value);
    text_append(&link, "&");
  }
  text_format(&link, "$skiptoken=" NEXT_HEAD "%zu", plays == GRAPH_LOOP ? (size_t)1 : at);
  if (!link.failed)
    cJSON_AddStringToObject(object, "@odata.nextLink", link.bytes);
  text_finish(&link);
}

static bool
read_number(struct graph_call *call, const char *name, size_t otherwise, size_t most,
            size_t *ret_number)
{
  const char *text = form_field(call->query, name);
  char *end;
  if (text == NULL) {
    *ret_number = otherwise;
    return true;
  }
  bool token = strncmp(text, NEXT_HEAD, strlen(NEXT_HEAD)) == 0;
  text += token ? strlen(NEXT_HEAD) : 0;
  unsigned long number = strtoul(text, &end, 10);
  if (end == text || *end != '\0' || number > most || (number == 0 && !token) ||
      token != (strcmp(name, "$skiptoken") == 0))
    return graph_fail(call, 400, "Request_BadRequest",
                      "Invalid page size or page token specified.");
  *ret_number = number;
  return true;
}

static void
answer_page(struct graph_call *call, const struct crowd *crowd, size_t at, size_t top)
{
  cJSON *object = cJSON_CreateObject();
  if (call->eventual && strcasecmp(form_text(call->query, "$count"), "true") == 0)
    cJSON_AddNumberToObject(object, "@odata.count", (double)crowd->count);
  size_t end = at + top < crowd->count ? at + top : crowd->count;
  bool loops = cloud_play_of(call->lab)->graph != GRAPH_WELL &&
               cloud_play_of(call->lab)->graph != GRAPH_BUSY;
  if (end < crowd->count || loops)
    add_next(call, object, end);
  cJSON *list = cJSON_AddArrayToObject(object, "value");
  for (size_t i = at; i < end; i++) {
    const struct graph_user user = {.person = person_at(crowd, i)};
    cJSON_AddItemToArray(list, graph_user_write(call, &user));
  }
  graph_answer(call, object, "users");
}

void
graph_users(struct graph_call *call)
{
  struct crowd crowd = {.lab = call->lab};
  size_t top, at;
  if (!token_permits(call->token, "User.Read.All|User.ReadBasic.All|Directory.Read.All")) {
    graph_fail(call, 403, "Authorization_RequestDenied",
               "Insufficient privileges to complete the operation.");
    return;
  }
  if (read_number(call, "$top", GRAPH_PAGE, GRAPH_PAGE_MAX, &top) &&
      read_number(call, "$skiptoken", 0, LAB_MAILBOXES_MAX * 2, &at) &&
      graph_user_check_select(call) && gather(call, &crowd))
    answer_page(call, &crowd, at, top);
  free(crowd.found);
}
