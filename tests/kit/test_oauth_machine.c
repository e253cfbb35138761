// SPDX-License-Identifier: Apache-2.0
//
// Applications without a secret: by certificate, and by the identity of a machine in Azure.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud_suites.h"
#include "json.h"
#include "oauth_fake.h"

#define EWS      "https://outlook.office365.com"
#define SECOND   INT64_C(1000000000)
#define RECORDED TENON_SHARED_DATA "/oauth-graph/"

static struct oauth *oauth;
static const struct oauth_result *result;
static struct oauth_settings settings;
static struct world_reply says,
    first; // first: the answer to the first request, where it has a body
static char directory[64], bytes[16384];

static void
endpoint(const struct world_request *request, struct world_reply *ret)
{
  (void)request;
  *ret = world.n_requests == 1 && first.body != NULL ? first : says;
}

static void
begin(enum oauth_grant grant)
{
  world_set_up(endpoint);
  settings = (struct oauth_settings){.grant = grant,
                                     .cloud = cloud_find(NULL),
                                     .authority = "https://login.microsoftonline.com",
                                     .tenant = "contoso.example",
                                     .client_id = "11111111-2222-3333-4444-555555555555"};
  memset(&first, 0, sizeof first);
  says = (struct world_reply){.code = 200,
                              .body = "{\"expires_in\":\"3599\",\"access_token\":\"token-one\"}"};
}

static void
get(void)
{
  if (oauth == NULL)
    oauth = oauth_create(&world.host, &world.http, &settings);
  result = NULL;
  ck_assert_int_eq(oauth_token(oauth, &world.call, EWS, NULL, OAUTH_NEW, &result), TENON_OK);
  ck_assert_int_eq(result->token != NULL, result->status == TENON_OK);
}

static void
tear_down(void)
{
  world_end_hook();
  oauth_destroy(oauth);
  oauth = NULL;
  world_tear_down();
}

// ---- certificate ------------------------------------------------------------------------------

static void
run(const char *command)
{
  char line[1024];
  snprintf(line, sizeof line, "cd %s && { %s ; } >out 2>err </dev/null", directory, command);
  ck_assert_msg(system(line) == 0, "%s", command);
}

static void
make_files(void)
{
  snprintf(directory, sizeof directory, "/tmp/tenon-certificate-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(directory));
  run("openssl req -x509 -newkey rsa:2048 -keyout k -out c -days 30 -subj /CN=a -passout "
      "pass:secret"
      "; cat k c >good");
  run("openssl req -new -key k -passin pass:secret -out r -subj /CN=a");
  run("openssl x509 -req -in r -signkey k -passin pass:secret -days -1 -out c; cat k c >old");
}

static void
remove_files(void)
{
  char line[128];
  snprintf(line, sizeof line, "rm -rf %s", directory);
  ck_assert_int_eq(system(line), 0);
}

static void
choose(const char *name)
{
  char path[128];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  FILE *f = fopen(path, "rb");
  ck_assert_ptr_nonnull(f);
  size_t n = fread(bytes, 1, sizeof bytes - 1, f);
  fclose(f);
  bytes[n] = 0;
  settings.certificate = (tenon_text){bytes, n};
  settings.certificate_password = world_secret("secret");
}

static void
set_up_certificate(void)
{
  begin(OAUTH_CERTIFICATE);
  choose("good");
}

START_TEST(certificate__signs_for_this_endpoint_and_this_application)
{
  char claims[2048];
  size_t n = 0;
  get();
  ck_assert_str_eq(world_text(result->token), "token-one");
  ck_assert_str_eq(world_field(world_last(), "grant_type"), "client_credentials");
  ck_assert_str_eq(world_field(world_last(), "client_assertion_type"),
                   "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  ck_assert_ptr_null(world_field(world_last(), "client_secret"));
  const char *assertion = world_field(world_last(), "client_assertion");
  const char *middle = strchr(assertion, '.') + 1;
  ck_assert(jwt_decode(middle, strcspn(middle, "."), claims, sizeof claims - 1, &n));
  claims[n] = 0;
  cJSON *json = kit_json_parse(claims, n, NULL);
  ck_assert_str_eq(kit_json_text(json, "aud"),
                   "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token");
  ck_assert_str_eq(kit_json_text(json, "iss"), settings.client_id);
  kit_json_wipe(json);
}
END_TEST

START_TEST(certificate__makes_a_new_assertion_for_each_request)
{
  char one[4096];
  get();
  snprintf(one, sizeof one, "%s", world_field(world_last(), "client_assertion"));
  world.now_ns += 60 * SECOND;
  get();
  ck_assert_uint_eq(world.n_requests, 2);
  ck_assert_str_ne(one, world_field(world_last(), "client_assertion"));
}
END_TEST

START_TEST(certificate__that_has_expired_is_not_sent)
{
  choose("old");
  get();
  ck_assert_int_eq(result->status, TENON_E_CONFIG);
  ck_assert_str_eq(result->step, "assertion");
  ck_assert_ptr_nonnull(strstr(result->local, "expired"));
  ck_assert_uint_eq(world.n_requests, 0);
}
END_TEST

START_TEST(certificate__that_its_password_does_not_open_is_not_sent)
{
  settings.certificate_password = world_secret("wrong");
  get();
  ck_assert_int_eq(result->status, TENON_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(result->local, "password"));
  ck_assert_uint_eq(world.n_requests, 0);
}
END_TEST

START_TEST(certificate__that_is_not_there_is_asked_for)
{
  settings.certificate = (tenon_text){NULL, 0};
  get();
  ck_assert_int_eq(result->status, TENON_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(result->local, "choose its file"));
}
END_TEST

// ---- managed identity -------------------------------------------------------------------------

static void
set_up_identity(void)
{
  begin(OAUTH_MANAGED_IDENTITY);
}

START_TEST(identity__is_asked_of_the_machine_past_any_proxy)
{
  get();
  ck_assert_str_eq(world_last()->url,
                   "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
                   "&resource=https%3A%2F%2Foutlook.office365.com"
                   "&client_id=11111111-2222-3333-4444-555555555555");
  ck_assert_str_eq(world_last()->method, "GET");
  ck_assert_uint_eq(world_last()->flags, TENON_HTTP_DIRECT);
  ck_assert_int_eq(world_last()->timeout_ns, OAUTH_IMDS_NS);
  ck_assert_ptr_nonnull(strstr(world_last()->headers, "Metadata: true\n"));
  ck_assert_str_eq(world_text(result->token), "token-one");
}
END_TEST

START_TEST(identity__of_the_machine_itself_has_no_client_id)
{
  settings.client_id = "";
  get();
  ck_assert_ptr_null(strstr(world_last()->url, "client_id"));
}
END_TEST

static const int waits[] = {404, 410, 429, 500, 503};

START_TEST(identity__of_a_service_that_is_busy_is_asked_for_again)
{
  first = (struct world_reply){.code = waits[_i], .body = "{\"error\":\"busy\"}"};
  get();
  ck_assert_ptr_nonnull(result->token);
  ck_assert_uint_eq(world.n_requests, 2);
  ck_assert_int_ge(world.requests[1].at_ns - world.requests[0].at_ns, SECOND);
}
END_TEST

START_TEST(identity__of_a_service_that_stays_busy_is_given_up_soon)
{
  says = (struct world_reply){.code = waits[_i], .body = "{\"error\":\"busy\"}"};
  get();
  ck_assert_ptr_null(result->token);
  ck_assert_uint_eq(world.n_requests, 3);
  ck_assert_str_eq(result->step, "imds");
}
END_TEST

START_TEST(identity__that_is_refused_is_not_asked_for_again)
{
  says = (struct world_reply){.code = 400,
                              .body = "{\"error\":\"invalid_resource\",\"error_codes\":[500011]}"};
  get();
  ck_assert_uint_eq(world.n_requests, 1);
  ck_assert_int_eq(result->status, TENON_E_AUTH);
  ck_assert_uint_eq(result->error.codes[0], 500011);
}
END_TEST

START_TEST(identity__of_a_machine_outside_azure_says_so)
{
  says = (struct world_reply){.status = TENON_E_NETWORK, .body = ""};
  get();
  ck_assert_uint_eq(world.n_requests, 1);
  ck_assert_int_eq(result->status, TENON_E_NETWORK);
  ck_assert_ptr_nonnull(strstr(result->local, "no managed identity"));
}
END_TEST

START_TEST(identity__waits_no_longer_than_the_call)
{
  says = (struct world_reply){.code = 500, .body = ""};
  world.cancel_at_ns = world.now_ns + SECOND / 2;
  oauth = oauth_create(&world.host, &world.http, &settings);
  ck_assert_int_eq(oauth_token(oauth, &world.call, EWS, NULL, OAUTH_NEW, &result),
                   TENON_E_CANCELLED);
}
END_TEST

// ---- recorded ---------------------------------------------------------------------------------

static void
try_recording(const char *folder, const char *name)
{
  static char body[65536];
  char path[1024];
  snprintf(path, sizeof path, RECORDED "%s/%s", folder, name);
  FILE *f = fopen(path, "rb");
  ck_assert_ptr_nonnull(f);
  body[fread(body, 1, sizeof body - 1, f)] = 0;
  fclose(f);
  says = (struct world_reply){.code = 200, .body = body};
  bool token = strstr(body, "\"access_token\"") != NULL;
  world.now_ns += 3600 * SECOND;
  oauth_anew(oauth);
  get();
  ck_assert_msg((result->token != NULL) == token, "%s", name);
}

START_TEST(answer__of_every_recording_is_read)
{
  static const char *const folders[] = {"token-success", "managed-identity"};
  oauth = oauth_create(&world.host, &world.http, &settings);
  for (size_t i = 0; i < 2; i++) {
    char path[1024];
    snprintf(path, sizeof path, RECORDED "%s", folders[i]);
    DIR *folder = opendir(path);
    for (struct dirent *e; folder != NULL && (e = readdir(folder)) != NULL;)
      if (strstr(e->d_name, ".json") != NULL)
        try_recording(folders[i], e->d_name);
    if (folder != NULL)
      closedir(folder);
  }
}
END_TEST

TCase *
oauth_machine_cases(void)
{
  TCase *cases = tcase_create("oauth-machine");
  tcase_add_checked_fixture(cases, set_up_identity, tear_down);
  tcase_add_test(cases, identity__is_asked_of_the_machine_past_any_proxy);
  tcase_add_test(cases, identity__of_the_machine_itself_has_no_client_id);
  tcase_add_loop_test(cases, identity__of_a_service_that_is_busy_is_asked_for_again, 0,
                      sizeof waits / sizeof *waits);
  tcase_add_loop_test(cases, identity__of_a_service_that_stays_busy_is_given_up_soon, 0,
                      sizeof waits / sizeof *waits);
  tcase_add_test(cases, identity__that_is_refused_is_not_asked_for_again);
  tcase_add_test(cases, identity__of_a_machine_outside_azure_says_so);
  tcase_add_test(cases, identity__waits_no_longer_than_the_call);
  tcase_add_test(cases, answer__of_every_recording_is_read);
  return cases;
}

TCase *
oauth_certificate_cases(void)
{
  TCase *cases = tcase_create("oauth-certificate");
  tcase_set_timeout(cases, 60);
  tcase_add_unchecked_fixture(cases, make_files, remove_files);
  tcase_add_checked_fixture(cases, set_up_certificate, tear_down);
  tcase_add_test(cases, certificate__signs_for_this_endpoint_and_this_application);
  tcase_add_test(cases, certificate__makes_a_new_assertion_for_each_request);
  tcase_add_test(cases, certificate__that_has_expired_is_not_sent);
  tcase_add_test(cases, certificate__that_its_password_does_not_open_is_not_sent);
  tcase_add_test(cases, certificate__that_is_not_there_is_asked_for);
  return cases;
}
