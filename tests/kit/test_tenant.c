// SPDX-License-Identifier: Apache-2.0
//
// Clouds, and finding the one where a tenant is at home.
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "cloud_suites.h"
#include "oauth_fake.h"

#define GUID     "31537af4-6d77-4bb9-a681-d2394888ea26"
#define RECORDED TENON_SHARED_DATA "/oauth-graph/discovery/"
#define UNKNOWN                                                                                    \
  "{\"error\":\"invalid_tenant\",\"error_description\":\"AADSTS90002: "                            \
  "No.\",\"error_codes\":[90002]}"
#define AT(login, more)                                                                            \
  "{\"issuer\":\"https://" login "/" GUID "/v2.0\",\"token_endpoint\":\"https://" login "/" GUID   \
  "/oauth2/v2.0/token\"" more "}"

static struct cloud_tenant found;
static const char *home; // login host that knows the tenant
static struct world_reply says, realm, elsewhere;

static void
endpoint(const struct world_request *request, struct world_reply *ret)
{
  if (strstr(request->url, "/common/userrealm/") != NULL)
    *ret = realm;
  else if (strncmp(request->url, home, strlen(home)) == 0)
    *ret = says;
  else
    *ret = elsewhere;
}

static void
set_up(void)
{
  world_set_up(endpoint);
  home = "https://login.microsoftonline.com/";
  says = (struct world_reply){.code = 200,
                              .body = AT("login.microsoftonline.com",
                                         ",\"tenant_region_scope\":\"EU\","
                                         "\"cloud_instance_name\":\"microsoftonline.com\"")};
  realm = (struct world_reply){.code = 200, .body = "{\"account_type\":\"Managed\"}"};
  elsewhere = (struct world_reply){.code = 400, .body = UNKNOWN};
}

static void
find_as(const char *cloud, const char *authority, const char *tenant)
{
  ck_assert_int_eq(
      cloud_find_tenant(&world.http, &world.call, cloud_find(cloud), authority, tenant, &found),
      TENON_OK);
  ck_assert_ptr_nonnull(found.completion);
  cloud_tenant_drop(&world.http, &found);
  ck_assert_uint_eq(world.open_completions, 0);
}

START_TEST(tenant__is_found_where_it_is_looked_for)
{
  find_as("global", NULL, "contoso.example");
  ck_assert(found.found);
  ck_assert_str_eq(found.cloud->id, "global");
  ck_assert_str_eq(found.id, GUID);
  ck_assert_str_eq(found.region, "EU");
  ck_assert_str_eq(found.account_type, "managed");
  ck_assert_str_eq(world.requests[0].url, "https://login.microsoftonline.com/contoso.example/v2.0/"
                                          ".well-known/openid-configuration");
  ck_assert_uint_eq(world.n_requests, 2);
}
END_TEST

START_TEST(tenant__of_another_cloud_is_found_there)
{
  home = "https://login.partner.microsoftonline.cn/";
  says.body = AT("login.partner.microsoftonline.cn",
                 ",\"cloud_instance_name\":\"partner.microsoftonline.cn\"");
  find_as("global", NULL, "contoso.example");
  ck_assert(found.found);
  ck_assert_str_eq(found.cloud->id, "china");
  ck_assert_uint_eq(world_count("/v2.0/"), 3);
}
END_TEST

static const struct {
  const char *more, *cloud;
} government[] = {{",\"tenant_region_sub_scope\":\"DOD\"", "dod"},
                  {",\"tenant_region_sub_scope\":\"DODCON\"", "gcc-high"},
                  {"", "gcc-high"}};

START_TEST(tenant__of_the_government_is_told_by_its_region)
{
  static char body[1024];
  snprintf(body, sizeof body,
           "{\"issuer\":\"https://login.microsoftonline.us/" GUID "/v2.0\"%s,"
           "\"cloud_instance_name\":\"microsoftonline.us\"}",
           government[_i].more);
  home = "https://login.microsoftonline.us/";
  says.body = body;
  find_as("global", NULL, "contoso.example");
  ck_assert_str_eq(found.cloud->id, government[_i].cloud);
  ck_assert_uint_eq(world_count("microsoftonline.us/contoso"), 1);
}
END_TEST

START_TEST(tenant__answered_for_by_another_cloud_is_in_that)
{
  says.body = AT("login.microsoftonline.us", ",\"cloud_instance_name\":\"microsoftonline.us\"");
  find_as("global", NULL, "contoso.example");
  ck_assert_str_eq(found.cloud->id, "gcc-high");
}
END_TEST

START_TEST(tenant__stays_in_the_cloud_that_was_said_where_the_host_is_the_same)
{
  home = "https://login.microsoftonline.us/";
  says.body = AT("login.microsoftonline.us", ",\"cloud_instance_name\":\"microsoftonline.us\"");
  find_as("dod", NULL, "contoso.example");
  ck_assert_str_eq(found.cloud->id, "dod");
}
END_TEST

START_TEST(tenant__that_nobody_knows_is_not_found)
{
  home = "https://nowhere.example/";
  find_as("global", NULL, "contoso.example");
  ck_assert(!found.found);
  ck_assert_str_eq(found.cloud->id, "global");
  ck_assert_uint_eq(world.n_requests, 3);
  ck_assert_str_eq(found.id, "");
}
END_TEST

static const struct world_reply undecided[] = {
    {.code = 503, .body = ""},
    {.status = TENON_E_NETWORK, .body = ""},
    {.code = 200, .body = "<html></html>"},
    {.code = 400, .body = "{\"error\":\"invalid_request\",\"error_codes\":[900021]}"},
};

START_TEST(tenant__is_looked_for_elsewhere_only_when_it_is_not_known)
{
  says = undecided[_i];
  find_as("global", NULL, "contoso.example");
  ck_assert(!found.found);
  ck_assert_uint_eq(world.n_requests, 1);
}
END_TEST

START_TEST(tenant__of_an_authority_of_ones_own_is_looked_for_nowhere_else)
{
  home = "https://nowhere.example/";
  find_as("global", "https://localhost:8443", "contoso.example");
  ck_assert(!found.found);
  ck_assert_uint_eq(world.n_requests, 1);
  home = "https://localhost:8443/";
  find_as("global", "https://localhost:8443", "contoso.example");
  ck_assert(found.found);
  ck_assert_uint_eq(world_count("https://localhost:8443/common/userrealm/"), 1);
}
END_TEST

static const struct {
  struct world_reply reply;
  const char *type;
} realms[] = {
    {{.code = 200, .body = "{\"account_type\":\"Federated\"}"}, "federated"},
    {{.code = 200, .body = "{\"account_type\":\"federated\"}"}, "federated"},
    {{.code = 200, .body = "{\"NameSpaceType\":\"Managed\"}"}, "managed"},
    {{.code = 200, .body = "{\"account_type\":\"Unknown\"}"}, "unknown"},
    {{.code = 200, .body = "{\"account_type\":\"Bogus\"}"}, ""},
    {{.code = 200, .body = "<html></html>"}, ""},
    {{.code = 500, .body = ""}, ""},
    {{.status = TENON_E_TIMEOUT, .body = ""}, ""},
};

START_TEST(realm__is_never_what_it_fails_for)
{
  realm = realms[_i].reply;
  find_as("global", NULL, "contoso.example");
  ck_assert(found.found);
  ck_assert_str_eq(found.account_type, realms[_i].type);
  ck_assert_int_eq(world_last()->timeout_ns, CLOUD_REALM_NS);
}
END_TEST

START_TEST(realm__of_a_guid_is_not_asked)
{
  find_as("global", NULL, GUID);
  ck_assert_uint_eq(world.n_requests, 1);
  ck_assert_str_eq(found.account_type, "");
}
END_TEST

START_TEST(tenant__search_that_is_cancelled_ends_the_hook)
{
  world.cancel_at_ns = world.now_ns + 1;
  ck_assert_int_eq(
      cloud_find_tenant(&world.http, &world.call, cloud_find(NULL), NULL, "a.example", &found),
      TENON_E_CANCELLED);
}
END_TEST

// What a body is given as, and what has to come of it. The names are those of the files.
static const struct recorded {
  const char *name;
  bool is_realm;
  int code;
  bool finds; // the tenant
  const char *account_type;
} recorded[] = {
    {"openid-configuration-v1-tenant-as.json", false, 200, true, "managed"},
    {"openid-configuration-v1-tenant-na.json", false, 200, true, "managed"},
    {"msal-openidconfiguration.json", false, 200, true, "managed"},
    {"openid-configuration-v2-tenant-template.json", false, 200, false, ""},
    {"msal-openidconfigurationcommon.json", false, 200, false, ""},
    {"msal-openidconfiguration-onpremise.json", false, 200, false, ""},
    {"openid-configuration-90002-no-such-tenant.json", false, 400, false, ""},
    {"instance-discovery.json", false, 200, false, ""},
    {"instance-discovery-java.json", false, 200, false, ""},
    {"instance-discovery-50049-invalid-instance.json", false, 400, false, ""},
    {"hostile-instance-discovery-invalid.json.txt", false, 200, false, ""},
    {"userrealm-v1-managed.json", true, 200, true, "managed"},
    {"userrealm-v1-federated.json", true, 200, true, "federated"},
    {"userrealm-v1-federated-adfs.json", true, 200, true, "federated"},
    {"userrealm-v1-bogus.json", true, 200, true, ""},
    {"userrealm-v2-managed.json", true, 200, true, "managed"},
    {"userrealm-v2-federated.json", true, 200, true, "federated"},
    {"getuserrealm-srf-managed.json", true, 200, true, "managed"},
    {"getuserrealm-srf-federated.json", true, 200, true, "federated"},
};
#define N_RECORDED (sizeof recorded / sizeof *recorded)

START_TEST(tenant__that_was_recorded_is_what_its_name_says)
{
  static char body[65536];
  const struct recorded *r = &recorded[_i];
  char path[512];
  snprintf(path, sizeof path, RECORDED "%s", r->name);
  FILE *f = fopen(path, "rb");
  if (f == NULL)
    return;
  body[fread(body, 1, sizeof body - 1, f)] = 0;
  fclose(f);
  *(r->is_realm ? &realm : &says) = (struct world_reply){.code = r->code, .body = body};
  find_as("global", NULL, "contoso.example");
  ck_assert_msg(found.found == r->finds, "%s", r->name);
  if (r->finds) {
    ck_assert(cloud_is_guid(found.id));
    ck_assert_msg(strcmp(found.account_type, r->account_type) == 0, "%s: %s", r->name,
                  found.account_type);
  }
}
END_TEST

START_TEST(tenant__that_was_recorded_is_in_the_list)
{
  DIR *folder = opendir(RECORDED);
  for (struct dirent *e; folder != NULL && (e = readdir(folder)) != NULL;) {
    bool listed = e->d_name[0] == '.';
    for (size_t i = 0; i < N_RECORDED; i++)
      listed = listed || strcmp(recorded[i].name, e->d_name) == 0;
    ck_assert_msg(listed, "%s is read by no test", e->d_name);
  }
  if (folder != NULL)
    closedir(folder);
}
END_TEST

START_TEST(cloud__is_found_by_its_id)
{
  ck_assert_str_eq(cloud_find(NULL)->id, "global");
  ck_assert_str_eq(cloud_find("")->id, "global");
  ck_assert_str_eq(cloud_find("dod")->graph, "https://dod-graph.microsoft.us");
  ck_assert_ptr_null(cloud_find("germany"));
  for (const struct cloud *c = clouds; c->id != NULL; c++)
    ck_assert(c->label && c->login && c->graph && c->outlook && c->portal && c->connect &&
              c->mg_connect);
}
END_TEST

START_TEST(guid__is_told_from_what_is_none)
{
  ck_assert(cloud_is_guid(GUID));
  ck_assert(cloud_is_guid("ABCDEF01-6d77-4bb9-a681-d2394888ea26"));
  ck_assert(!cloud_is_guid("31537af4-6d77-4bb9-a681-d2394888ea2"));
  ck_assert(!cloud_is_guid("31537af4-6d77-4bb9-a681-d2394888ea261"));
  ck_assert(!cloud_is_guid("31537af4x6d77-4bb9-a681-d2394888ea26"));
  ck_assert(!cloud_is_guid("g1537af4-6d77-4bb9-a681-d2394888ea26"));
  ck_assert(!cloud_is_guid(NULL));
  ck_assert(!cloud_is_guid(""));
}
END_TEST

TCase *
tenant_cases(void)
{
  TCase *cases = tcase_create("tenant");
  tcase_add_checked_fixture(cases, set_up, world_tear_down);
  tcase_add_test(cases, tenant__is_found_where_it_is_looked_for);
  tcase_add_test(cases, tenant__of_another_cloud_is_found_there);
  tcase_add_loop_test(cases, tenant__of_the_government_is_told_by_its_region, 0,
                      sizeof government / sizeof *government);
  tcase_add_test(cases, tenant__answered_for_by_another_cloud_is_in_that);
  tcase_add_test(cases, tenant__stays_in_the_cloud_that_was_said_where_the_host_is_the_same);
  tcase_add_test(cases, tenant__that_nobody_knows_is_not_found);
  tcase_add_loop_test(cases, tenant__is_looked_for_elsewhere_only_when_it_is_not_known, 0,
                      sizeof undecided / sizeof *undecided);
  tcase_add_test(cases, tenant__of_an_authority_of_ones_own_is_looked_for_nowhere_else);
  tcase_add_loop_test(cases, realm__is_never_what_it_fails_for, 0, sizeof realms / sizeof *realms);
  tcase_add_test(cases, realm__of_a_guid_is_not_asked);
  tcase_add_test(cases, tenant__search_that_is_cancelled_ends_the_hook);
  tcase_add_loop_test(cases, tenant__that_was_recorded_is_what_its_name_says, 0, N_RECORDED);
  tcase_add_test(cases, tenant__that_was_recorded_is_in_the_list);
  tcase_add_test(cases, cloud__is_found_by_its_id);
  tcase_add_test(cases, guid__is_told_from_what_is_none);
  return cases;
}
