// SPDX-License-Identifier: Apache-2.0
//
// Microsoft's own tables and bodies as the judge: each path that is sent is covered by the permissions that are asked for, each
// property that is selected is in the schema, and each recorded answer is read. Where the recordings are not there, nothing is
// tested.
#include "fake.h"
#include "session.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "suites.h"

#define DATA TENON_SHARED_DATA "/oauth-graph/"

static char *
read_whole(const char *path)
{
  FILE *file = fopen(path, "r");
  if (file == NULL)
    return NULL;
  char *text = calloc(1, 1 << 20);
  ck_assert_ptr_nonnull(text);
  (void)!fread(text, 1, (1 << 20) - 1, file);
  fclose(file);
  return text;
}

// ---- what is sent ---------------------------------------------------------------------------------

#define PATHS_MAX 32
static char sent[PATHS_MAX][4096];
static size_t n_sent;

static void
note(const char *path)
{
  for (size_t i = 0; i < n_sent; i++)
    if (strcmp(sent[i], path) == 0)
      return;
  ck_assert_uint_lt(n_sent, PATHS_MAX);
  snprintf(sent[n_sent++], sizeof sent[0], "%s", path);
}

// Everything that can be asked is asked: by addresses, by ids, and why a mailbox is not there.
static void
everything(const char *path, struct fake_answer *a)
{
  note(path);
  fake_all_well(path, a);
  bool filter = strncmp(path, "/users?$filter", 14) == 0;
  if (fake_path_has(path, "alias@") && !filter)
    fake_error(a, 404, "Request_ResourceNotFound");
  if (fake_path_has(path, "unlicensed@") && fake_path_has(path, "/mail"))
    fake_error(a, 404, "ResourceNotFound");
  if (fake_path_has(path, "$search"))
    fake_error(a, 400, "Request_UnsupportedQuery");
}

static void
send_everything(const struct fake_option *options)
{
  static const char *const subjects[] = {"alex@contoso.example", "alias@contoso.example",
                                         "unlicensed@contoso.example"};
  n_sent = 0;
  fake_init(options, everything);
  fake.subjects = subjects;
  fake.n_subjects = 3;
  tenon_session *session = fake_open();
  const tenon_connector *c = fake_connector();
  ck_assert_int_eq(c->verify(session, &fake.call, &fake.sink), TENON_OK);
  ck_assert_int_eq(c->impersonate(session, &fake.call, &fake.source, &fake.sink), TENON_OK);
  ck_assert_int_eq(c->browse(session, &fake.call, "mailbox", "ann", &fake.sink), TENON_OK);
  ck_assert_int_eq(c->browse(session, &fake.call, "mailbox", "", &fake.sink), TENON_OK);
  c->close(session);
  fake_finish();
  ck_assert_uint_ge(n_sent, 8);
}

// "/users/x@y/mailFolders/inbox?..." as the table has it: "/users/{id}/mailfolders/{id}".
static void
template_of(const char *path, char *to, size_t size)
{
  char word[512];
  size_t n = 0, words = 0;
  to[0] = 0;
  for (path++;; path += n + 1) {
    n = strcspn(path, "/?");
    snprintf(word, sizeof word, "%.*s", (int)n, path);
    size_t at = strlen(to);
    bool id = words == 1 || (words == 3 && strcmp(word, "inbox") == 0);
    snprintf(to + at, size - at, "/%s", id ? "{id}" : word);
    words++;
    if (path[n] != '/')
      break;
  }
  for (; *to != 0; to++)
    *to = *to >= 'A' && *to <= 'Z' ? (char)(*to + 32) : *to;
}

static bool
is_covered(const cJSON *table, const char *path, const char *kind, const char *asked)
{
  char template[1024];
  template_of(path, template, sizeof template);
  const cJSON *call = cJSON_GetObjectItemCaseSensitive(table, template), *entry = NULL;
  ck_assert_msg(call != NULL, "%s is not in the table", template);
  call = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(call, "GET"), kind);
  cJSON_ArrayForEach(entry, call)
  {
    const char *name = cJSON_GetObjectItem(entry, "permission")->valuestring;
    const char *at = strstr(asked, name);
    size_t n = strlen(name);
    if (at != NULL && (at[n] == ' ' || at[n] == 0) && (at == asked || at[-1] == ' '))
      return true;
  }
  return false;
}

START_TEST(graph__may_send_what_it_sends)
{
  char *text = read_whole(DATA "tools/graph-permissions-by-path.json");
  if (text == NULL)
    return;
  cJSON *table = cJSON_Parse(text);
  ck_assert_ptr_nonnull(table);
  send_everything(_i == 0 ? fake_as_app : fake_as_person);
  for (size_t i = 0; i < n_sent; i++)
    ck_assert_msg(is_covered(table, sent[i], _i == 0 ? "Application" : "DelegatedWork",
                             _i == 0 ? FAKE_ALL : permissions_scopes),
                  "nothing that is asked for permits %s", sent[i]);
  cJSON_Delete(table);
  free(text);
}
END_TEST

// The ids that plans and commands carry.
START_TEST(graph__knows_permissions_by_their_ids)
{
  char *text = read_whole(DATA "tools/graph-permissions-by-path.json");
  for (size_t i = 0; text != NULL && permissions_app[i].name != NULL; i++) {
    char pair[256];
    const char *id = graph_role_id(permissions_app[i].name);
    ck_assert_ptr_nonnull(id);
    snprintf(pair, sizeof pair, "\"permission\": \"%s\"", permissions_app[i].name);
    bool found = false;
    for (const char *at = text; (at = strstr(at, pair)) != NULL; at++)
      found = found || (strstr(at, id) != NULL && strstr(at, id) - at < 200);
    ck_assert_msg(found, "%s is not %s", permissions_app[i].name, id);
  }
  free(text);
}
END_TEST

// ---- the schema -----------------------------------------------------------------------------------

static bool
has_property(const char *schema, const char *type, const char *name)
{
  static const char *const inherited[] = {"id"};
  char head[128], property[128];
  for (size_t i = 0; i < sizeof inherited / sizeof *inherited; i++)
    if (strcmp(inherited[i], name) == 0)
      return true;
  snprintf(head, sizeof head, "Type Name=\"%s\"", type);
  snprintf(property, sizeof property, "Property Name=\"%s\"", name);
  const char *start = strstr(schema, head), *at = NULL;
  const char *end = start != NULL ? strstr(start + 1, "Type Name=\"") : NULL;
  if (start != NULL)
    at = strstr(start, property);
  return at != NULL && (end == NULL || at < end);
}

static const char *
type_of(const char *path)
{
  if (strncmp(path, "/organization", 13) == 0)
    return "organization";
  if (fake_path_has(path, "/mailFolders/"))
    return "mailFolder";
  return fake_path_has(path, "/mailboxSettings") ? "mailboxSettings" : "user";
}

static void
check_select(const char *schema, const char *path)
{
  const char *select = strstr(path, "$select=");
  if (select == NULL)
    return;
  for (select += 8; *select != 0 && *select != '&'; select += *select == ',') {
    char name[64];
    size_t n = strcspn(select, ",&");
    snprintf(name, sizeof name, "%.*s", (int)n, select);
    ck_assert_msg(has_property(schema, type_of(path), name), "%s has no %s", type_of(path), name);
    select += n;
  }
}

START_TEST(graph__selects_what_the_schema_has)
{
  static const char *const read[][2] = {
      {"organization", "displayName"},
      {"organization", "verifiedDomains"},
      {"organization", "assignedPlans"},
      {"verifiedDomain", "name"},
      {"verifiedDomain", "isDefault"},
      {"user", "mail"},
      {"user", "userPrincipalName"},
      {"user", "userType"},
      {"user", "displayName"},
      {"user", "accountEnabled"},
      {"user", "onPremisesSyncEnabled"},
      {"user", "assignedPlans"},
      {"user", "proxyAddresses"},
      {"mailFolder", "totalItemCount"},
      {"mailboxSettings", "userPurpose"},
      {"mailboxSettings", "automaticRepliesSetting"},
  };
  static const char *const purposes[] = {"user", "linked", "shared", "room", "equipment", "others"};
  char *schema = read_whole(DATA "tools/msgraph-v1.0-csdl-excerpt.xml");
  if (schema == NULL)
    return;
  send_everything(fake_as_app);
  for (size_t i = 0; i < n_sent; i++)
    check_select(schema, sent[i]);
  for (size_t i = 0; i < sizeof read / sizeof *read; i++)
    ck_assert_msg(has_property(schema, read[i][0], read[i][1]), "%s has no %s", read[i][0],
                  read[i][1]);
  const char *kinds = strstr(schema, "EnumType Name=\"userPurpose\"");
  ck_assert_ptr_nonnull(kinds);
  for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++) {
    char member[64];
    snprintf(member, sizeof member, "Member Name=\"%s\"", purposes[i]);
    ck_assert_ptr_nonnull(strstr(kinds, member));
  }
  free(schema);
}
END_TEST

// ---- what was recorded ----------------------------------------------------------------------------

static const struct {
  const char *file;
  uint32_t place;
  const char *row;
} recorded[] = {
    {"400-errormissingemailaddress.json", PLACE_ACT, "graph-no-own-mailbox"},
    {"401-invalidauthenticationtoken-audience.json", PLACE_SIGNIN, "graph-token-refused"},
    {"401-invalidauthenticationtoken-compacttoken.json", PLACE_SIGNIN, "graph-token-refused"},
    {"401-exo-adminapi-cmdlet-not-allowed.json", PLACE_SIGNIN, "graph-token-refused"},
    {"403-accessdenied-required-scopes-missing.json", PLACE_SIGNIN, "graph-directory-denied"},
    {"403-authorization-requestdenied.json", PLACE_BROWSE, "graph-directory-denied"},
    {"403-erroraccessdenied-check-credentials.json", PLACE_ACT, "graph-policy"},
    {"404-errorfoldernotfound.json", PLACE_ACT, "graph-no-mailbox"},
    {"404-mailboxnotenabledforrestapi-old-text.json", PLACE_ACT, "graph-no-mailbox"},
    {"404-mailboxnotenabledforrestapi.json", PLACE_ACT, "graph-no-mailbox"},
    {"404-request-resourcenotfound.json", PLACE_ACT, "graph-user-unknown"},
    {"404-resourcenotfound-could-not-be-discovered.json", PLACE_ACT, "graph-no-mailbox"},
    {"429-activitylimitreached.json", PLACE_ACT, "graph-throttled"},
    {"429-docs-throttled-1.json", PLACE_ACT, "graph-throttled"},
    {"429-toomanyrequests.json", PLACE_ACT, "graph-throttled"},
    {"cli-errorinvalididmalformed.json", PLACE_ACT, "graph-address-invalid"},
    {"cli-erroritemnotfound.json", PLACE_ACT, "graph-no-mailbox"},
};

START_TEST(graph__reads_every_recorded_error)
{
  DIR *folder = opendir(DATA "graph-errors");
  size_t n = 0;
  if (folder == NULL)
    return;
  for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char path[1024];
    if (strstr(entry->d_name, ".json") == NULL)
      continue;
    size_t i = 0;
    while (i < sizeof recorded / sizeof *recorded && strcmp(recorded[i].file, entry->d_name) != 0)
      i++;
    ck_assert_msg(i < sizeof recorded / sizeof *recorded, "%s is new", entry->d_name);
    snprintf(path, sizeof path, DATA "graph-errors/%s", entry->d_name);
    char *text = read_whole(path);
    struct graph_error error;
    graph_error_read(text, strlen(text), &error);
    ck_assert_msg(error.readable && error.code[0] != 0, "%s", entry->d_name);
    int code = (int)strtol(entry->d_name, NULL, 10);
    tenon_http_completion completion = {.size = sizeof completion,
                                        .code = code != 0                          ? code
                                                : strstr(path, "notfound") != NULL ? 404
                                                                                   : 400};
    struct verdict_evidence e = {.place = recorded[i].place,
                                 .seen = SEEN_CLOUD | SEEN_APP | SEEN_SENT,
                                 .graph = &error,
                                 .completion = &completion};
    ck_assert_msg(strcmp(verdict_find(&e)->name, recorded[i].row) == 0, "%s: %s", entry->d_name,
                  verdict_find(&e)->name);
    free(text);
    n++;
  }
  closedir(folder);
  ck_assert_uint_eq(n, sizeof recorded / sizeof *recorded);
}
END_TEST

START_TEST(graph__keeps_the_word_and_not_the_number_of_an_error)
{
  char *text = read_whole(DATA "graph-errors/429-docs-throttled-1.json");
  struct graph_error error;
  if (text == NULL)
    return;
  graph_error_read(text, strlen(text), &error);
  ck_assert_str_eq(error.code, "TooManyRequests");
  ck_assert_str_eq(error.request_id, "94fb3b52-452a-4535-a601-69e0a90e3aa2");
  free(text);
}
END_TEST

static const char *recorded_body;

static void
as_recorded(const char *path, struct fake_answer *a)
{
  fake_all_well(path, a);
  bool organization = strncmp(path, "/organization?", 14) == 0;
  bool users = strncmp(path, "/users?", 7) == 0;
  if (organization && fake_path_has(recorded_body, "#organization\""))
    fake_json(a, "%s", recorded_body);
  else if (users && strstr(recorded_body, "\"value\": [") != NULL &&
           strstr(recorded_body, "displayName") != NULL)
    fake_json(a, "%s", recorded_body);
  else if (fake_path_has(path, "/mailboxSettings") && strstr(recorded_body, "imeZone") != NULL)
    fake_json(a, "%s", recorded_body);
  else if (fake_path_has(path, "/mailFolders") && strstr(recorded_body, "totalItemCount") != NULL)
    fake_json(a, "%s", recorded_body);
}

// Whatever stands in a recorded answer, each hook comes to its end and blames nobody.
START_TEST(graph__reads_every_recorded_answer)
{
  DIR *folder = opendir(DATA "graph");
  if (folder == NULL)
    return;
  for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char path[1024];
    if (strstr(entry->d_name, ".json") == NULL)
      continue;
    snprintf(path, sizeof path, DATA "graph/%s", entry->d_name);
    char *text = read_whole(path);
    recorded_body = text;
    fake_init(fake_as_app, as_recorded);
    fake.n_subjects = 2;
    tenon_session *session = fake_open();
    const tenon_connector *c = fake_connector();
    ck_assert_int_eq(c->verify(session, &fake.call, &fake.sink), TENON_OK);
    ck_assert_int_eq(c->impersonate(session, &fake.call, &fake.source, &fake.sink), TENON_OK);
    ck_assert_int_eq(c->browse(session, &fake.call, "mailbox", "", &fake.sink), TENON_OK);
    // The sample's organization has SharePoint, and nothing else.
    bool plan = strcmp(entry->d_name, "docs-organization-get-1.json") != 0;
    ck_assert_msg(fake.failed == (plan ? 0 : 1), "%s", entry->d_name);
    if (!plan)
      ck_assert_str_eq(fake_check_of(TENON_CHECK_GRAPH_ENDPOINT)->verdict, "graph-no-plan");
    c->close(session);
    fake_finish();
    free(text);
  }
  closedir(folder);
}
END_TEST

static struct act *batch_act;

START_TEST(graph__reads_every_recorded_batch)
{
  static const char *const files[] = {"docs-json-batching-2.json", "response-mixed-statuses.json"};
  static struct act act;
  char path[1024];
  snprintf(path, sizeof path, DATA "batch/%s", files[_i]);
  char *text = read_whole(path);
  if (text == NULL)
    return;
  batch_act = &act;
  cJSON *json = cJSON_Parse(text), *response = NULL;
  // Their ids are counted from one: given ours, each part comes to its question.
  static const char *const ids[] = {"0.dir", "1.set", "2.box", "3.find", "4.why"};
  struct batch batch = {.n = 5};
  for (size_t i = 0; i < 5; i++)
    batch.entries[i] = (struct batch_entry){batch_act, (enum part)i};
  cJSON_ArrayForEach(response, cJSON_GetObjectItem(json, "responses"))
  {
    const char *id = cJSON_GetObjectItem(response, "id")->valuestring;
    cJSON_ReplaceItemInObject(response, "id", cJSON_CreateString(ids[id[0] - '1']));
  }
  char *mapped = cJSON_PrintUnformatted(json);
  tenon_http_completion completion = {
      .size = sizeof completion, .code = 200, .body = {mapped, strlen(mapped)}};
  ck_assert(batch_take(&batch, &completion));
  if (_i == 0) {
    ck_assert_int_eq(act.parts[0].status, 302);
    ck_assert_int_eq(act.parts[1].status, 200);
    ck_assert_int_eq(act.parts[2].status, 401);
    ck_assert_str_eq(act.parts[2].error.code, "Forbidden");
    ck_assert_int_eq(act.parts[3].status, 204);
    ck_assert_int_eq(act.parts[4].status, 0);
  } else {
    ck_assert_int_eq(act.parts[0].status, 200);
    ck_assert_int_eq(act.parts[1].status, 403);
    ck_assert(act.parts[1].error.readable);
    ck_assert_str_eq(act.parts[1].error.code, "");
    ck_assert_str_eq(act.parts[2].error.code, "Authorization_RequestDenied");
    ck_assert_int_eq(act.parts[3].status, 405);
  }
  free(mapped);
  cJSON_Delete(json);
  free(text);
}
END_TEST

TCase *
oracle_cases(void)
{
  TCase *cases = tcase_create("oracle");
  tcase_set_timeout(cases, 30);
  tcase_add_loop_test(cases, graph__may_send_what_it_sends, 0, 2);
  tcase_add_test(cases, graph__knows_permissions_by_their_ids);
  tcase_add_test(cases, graph__selects_what_the_schema_has);
  tcase_add_test(cases, graph__reads_every_recorded_error);
  tcase_add_test(cases, graph__keeps_the_word_and_not_the_number_of_an_error);
  tcase_add_test(cases, graph__reads_every_recorded_answer);
  tcase_add_loop_test(cases, graph__reads_every_recorded_batch, 0, 2);
  return cases;
}
