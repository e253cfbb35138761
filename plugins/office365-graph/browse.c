// SPDX-License-Identifier: Apache-2.0
//
// The list behind "Browse": the directory's users, page by page, or those that what was typed finds. Accounts that are
// switched off stay in it: shared mailboxes and rooms are such. Which kind of mailbox somebody has Exchange knows and the
// directory does not, so that a short list is asked for it.
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CHECK_TRUNCATED MSGRAPH_ID ".browse-truncated"
#define FIELDS          "id,displayName,mail,userPrincipalName,userType"
#define ID_MAX          40

struct user {
  char id[ID_MAX], address[MSGRAPH_ADDRESS_MAX + 1], label[MSGRAPH_LABEL_MAX];
  const char *kind; // or NULL
};

struct listing {
  struct tenon_session *s;
  const tenon_call *call;
  const tenon_sink *sink;
  bool searching;                   // advanced query: every page of it wants the header
  char link[MSGRAPH_LINK_MAX];      // the next page, "" at the end
  uint64_t seen[MSGRAPH_PAGES_MAX]; // links that were gone to
  size_t pages, n, offers;
  bool truncated;
  struct user users[MSGRAPH_PAGE_SIZE];
};

// ---- one page -----------------------------------------------------------------------------------

static const char *
text_of(const cJSON *object, const char *name)
{
  const char *text = kit_json_text(object, name);
  return text != NULL && kit_utf8_printable(text, strlen(text)) ? text : "";
}

static void
take_user(struct listing *list, const cJSON *json)
{
  struct user *user = &list->users[list->n];
  // `mail` may be empty while there is a mailbox: then the user name is tried.
  const char *mail = text_of(json, "mail"), *id = text_of(json, "id");
  const char *address = mail[0] != 0 ? mail : text_of(json, "userPrincipalName");
  if (list->n == MSGRAPH_PAGE_SIZE || !cloud_is_guid(id) ||
      msgraph_address_fault(address, strlen(address)) != NULL)
    return;
  *user = (struct user){0};
  (void)kit_text_copy(user->id, sizeof user->id, id);
  (void)kit_text_copy(user->address, sizeof user->address, address);
  (void)kit_text_copy(user->label, sizeof user->label, text_of(json, "displayName"));
  if (strcasecmp(text_of(json, "userType"), "Guest") == 0)
    user->kind = "guest";
  list->n++;
}

static uint64_t
hash_of(const char *text)
{
  uint64_t hash = UINT64_C(14695981039346656037);
  for (; *text != 0; text++)
    hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
  return hash;
}

// What keeps the next page from being gone to; NULL: nothing. "": the list is long enough.
static const char *
link_fault(struct listing *list, const char *link, const char **ret_found)
{
  uint64_t hash = hash_of(link);
  *ret_found = link;
  if (!graph_link_is_home(list->s->root, link))
    return "graph-foreign-link";
  *ret_found = "a page said to be next had been there before";
  for (size_t i = 0; i < list->pages; i++)
    if (list->seen[i] == hash)
      return "graph-paging-loop";
  *ret_found = "a link to the next page is longer than any";
  if (strlen(link) >= sizeof list->link)
    return "graph-paging-loop";
  if (list->pages == MSGRAPH_PAGES_MAX)
    return "";
  list->seen[list->pages++] = hash;
  return NULL;
}

static void
report_link(struct listing *list, struct answer *answer, const char *finding, const char *found)
{
  answer->evidence.finding = finding;
  answer->evidence.found = found;
  verdict_judge(&answer->evidence, &list->s->verdict);
  list->sink->check(list->sink, &list->s->verdict.check);
}

static void
take_page(struct listing *list, struct answer *answer)
{
  const cJSON *users = kit_json_array(answer->json, "value"), *user = NULL;
  const char *link = kit_json_text(answer->json, "@odata.nextLink"), *found = NULL;
  list->n = 0;
  list->link[0] = 0;
  cJSON_ArrayForEach(user, users) take_user(list, user);
  if (link == NULL || link[0] == 0)
    return;
  const char *fault = link_fault(list, link, &found);
  if (fault == NULL)
    (void)kit_text_copy(list->link, sizeof list->link, link);
  else if (fault[0] == 0)
    list->truncated = true;
  else
    report_link(list, answer, fault, found);
}

// ---- kinds --------------------------------------------------------------------------------------

// A word, or an object that holds it: both are in use.
static const char *
kind_of(const cJSON *settings)
{
  static const char *const kinds[][2] = {
      {"user", "mailbox"}, {"linked", "linked mailbox"}, {"shared", "shared mailbox"},
      {"room", "room"},    {"equipment", "equipment"},   {"others", "other mailbox"},
  };
  const char *purpose = kit_json_text(settings, "userPurpose");
  if (purpose == NULL)
    purpose = kit_json_text(kit_json_object(settings, "userPurpose"), "value");
  for (size_t i = 0; purpose != NULL && i < sizeof kinds / sizeof *kinds; i++)
    if (strcasecmp(kinds[i][0], purpose) == 0)
      return kinds[i][1];
  return NULL;
}

static void
take_kind(struct listing *list, const cJSON *response)
{
  const char *id = kit_json_text(response, "id");
  int64_t status = 0;
  for (size_t i = 0; id != NULL && i < list->n; i++) {
    struct user *user = &list->users[i];
    if (strcmp(user->id, id) != 0 || !kit_json_whole(response, "status", &status))
      continue;
    const char *kind = NULL;
    if (status == 200)
      kind = kind_of(kit_json_object(response, "body"));
    else if (status == 404)
      kind = "no mailbox";
    if (kind != NULL && user->kind == NULL)
      user->kind = kind;
  }
}

static void
put_kinds(const struct listing *list, struct kit_text *to)
{
  kit_text_put(to, "{\"requests\":[");
  for (size_t i = 0; i < list->n; i++) {
    kit_text_printf(to, "%s{\"id\":\"%s\",\"method\":\"GET\",\"url\":\"", i > 0 ? "," : "",
                    list->users[i].id);
    graph_put_user(to, list->users[i].id);
    kit_text_put(to, "/mailboxSettings?$select=userPurpose\"}");
  }
  kit_text_put(to, "]}");
}

// Nice to have: without an answer the list is shown without kinds. A person is not told other people's settings.
static tenon_status
find_kinds(struct listing *list)
{
  struct tenon_session *s = list->s;
  char body[MSGRAPH_KINDS_MAX * 200 + 64];
  struct kit_text text;
  struct batch_fill fill;
  tenon_http_request request;
  tenon_secret *token = NULL;
  const tenon_http_completion *completion = NULL;
  if (!s->app || list->n == 0 || list->n > MSGRAPH_KINDS_MAX)
    return TENON_OK;
  tenon_status status = token_get(s, list->call, OAUTH_ANY, &token);
  if (status != TENON_OK || token == NULL)
    return status;
  kit_text_init(&text, body, sizeof body);
  put_kinds(list, &text);
  batch_prepare(s, &text, token, &fill, &request);
  request.label = "graph.kinds";
  status = s->http->perform(s->http, list->call, &request, &completion);
  if (status != TENON_OK)
    return status;
  KIT_CLEANUP_JSON cJSON *json = kit_json_parse(completion->body.ptr, completion->body.len, NULL);
  const cJSON *responses = kit_json_array(json, "responses"), *response = NULL;
  cJSON_ArrayForEach(response, responses) take_kind(list, response);
  bool cancelled = completion->status == TENON_E_CANCELLED;
  s->http->release(s->http, completion);
  return cancelled ? TENON_E_CANCELLED : TENON_OK;
}

// ---- the list -----------------------------------------------------------------------------------

static void
offer_users(struct listing *list)
{
  for (size_t i = 0; i < list->n; i++) {
    const struct user *user = &list->users[i];
    if (list->offers == MSGRAPH_OFFERS_MAX) {
      list->truncated = true;
      return;
    }
    list->offers++;
    tenon_offer found = {
        .size = sizeof found,
        .value = user->address,
        .label = user->label[0] != 0 ? user->label : NULL,
        .detail = user->kind,
    };
    list->sink->offer(list->sink, &found);
  }
}

static void
report_truncated(const struct listing *list)
{
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_INFO,
      .id = CHECK_TRUNCATED,
      .title = "There are more users than are shown",
      .remedy = "Type the beginning of the name or address.",
      .field = TENON_KEY_MAILBOX,
      .cause = TENON_E_CONFIG,
  };
  list->sink->check(list->sink, &check);
}

static void
put_filter(struct kit_text *to, const char *typed)
{
  static const char *const properties[] = {"displayName", "mail", "userPrincipalName"};
  for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
    kit_text_printf(to, "%sstartswith(%s,", i > 0 ? "%20or%20" : "", properties[i]);
    graph_put_literal(to, typed);
    kit_text_put(to, ")");
  }
}

static void
put_path(struct kit_text *to, const char *typed, bool searching)
{
  kit_text_printf(to, "/v1.0/users?$select=" FIELDS "&$top=%d", MSGRAPH_PAGE_SIZE);
  if (typed[0] == 0)
    return;
  if (searching) {
    kit_text_put(to, "&$count=true&$search=");
    graph_put_search(to, typed);
  } else {
    kit_text_put(to, "&$filter=");
    put_filter(to, typed);
  }
}

// One page. *ret_good false: it was told why there is none, or the search is to be asked for otherwise.
static tenon_status
one_page(struct listing *list, const char *path, const char *link, bool *ret_good)
{
  struct tenon_session *s = list->s;
  struct question q = {
      .label = "graph.users",
      .path = path,
      .link = link,
      .need = NEED_DIRECTORY,
      .place = PLACE_BROWSE,
      .eventual = list->searching,
  };
  struct answer answer = {0};
  tenon_status status = ask(s, list->call, &q, &answer);
  if (status != TENON_OK)
    return status;
  *ret_good = answer_is_good(&answer) && kit_json_array(answer.json, "value") != NULL;
  if (*ret_good) {
    take_page(list, &answer);
  } else if (answer.completion == NULL) {
    list->sink->check(list->sink, &s->verdict.check);
  } else if (list->searching && answer.completion->code == 400) {
    list->searching = false; // this Graph has no such search
    answer_drop(s, &answer);
    return TENON_E_UNSUPPORTED;
  } else {
    verdict_judge(&answer.evidence, &s->verdict);
    list->sink->check(list->sink, &s->verdict.check);
  }
  answer_drop(s, &answer);
  return TENON_OK;
}

static tenon_status
first_page(struct listing *list, const char *typed, bool *ret_good)
{
  char path[MSGRAPH_PATH_MAX];
  for (;;) {
    struct kit_text text;
    kit_text_init(&text, path, sizeof path);
    put_path(&text, typed, list->searching);
    tenon_status status = one_page(list, path, NULL, ret_good);
    if (status != TENON_E_UNSUPPORTED)
      return status;
  }
}

static tenon_status
follow(struct listing *list, const char *typed)
{
  bool good = false;
  tenon_status status = first_page(list, typed, &good);
  while (status == TENON_OK && good) {
    status = find_kinds(list);
    if (status != TENON_OK)
      return status;
    offer_users(list);
    if (list->link[0] == 0 || list->truncated)
      return TENON_OK;
    char link[MSGRAPH_LINK_MAX];
    memcpy(link, list->link, sizeof link);
    status = one_page(list, NULL, link, &good);
    if (status == TENON_E_UNSUPPORTED)
      return TENON_OK;
  }
  return status;
}

tenon_status
msgraph_browse(tenon_session *s, const tenon_call *call, const char *what, const char *typed,
               const tenon_sink *sink)
{
  if (strcmp(what, "mailbox") != 0)
    return TENON_E_UNSUPPORTED;
  char entry[MSGRAPH_ADDRESS_MAX + 1];
  struct kit_text text;
  kit_text_init(&text, entry, sizeof entry);
  kit_text_put(&text, typed);
  const char *wanted = kit_text_trimmed(&text);
  struct listing *list = calloc(1, sizeof *list);
  if (list == NULL)
    return TENON_E_NOMEM;
  list->s = s;
  list->call = call;
  list->sink = sink;
  list->searching = wanted[0] != 0;
  token_anew(s);
  tenon_status status = follow(list, wanted);
  if (status == TENON_OK && list->truncated)
    report_truncated(list);
  free(list);
  return status;
}
