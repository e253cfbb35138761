// SPDX-License-Identifier: Apache-2.0
//
// Tokens of applications: what is sent, what is made of the answer, and what sessions share.
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cloud_suites.h"
#include "oauth_fake.h"

#define GRAPH  "https://graph.microsoft.com"
#define EWS    "https://outlook.office365.com"
#define SECOND INT64_C(1000000000)
#define SECRET "s3cr3t~v4lue+/="

static struct oauth *oauth;
static const struct oauth_result *result;
static struct world_reply says; // what the endpoint answers to everything
static struct oauth_settings settings;
static const char *home;             // login host that knows the tenant; NULL: none
static struct world_reply strangers; // what the others say of it

#define PAPERS                                                                                     \
  "{\"issuer\":\"https://login.microsoftonline.us/31537af4-6d77-4bb9-a681-d2394888ea26/v2.0\","    \
  "\"cloud_instance_name\":\"microsoftonline.us\"}"
#define UNKNOWN                                                                                    \
  "{\"error\":\"invalid_request\",\"error_description\":\"AADSTS90002: "                           \
  "No.\",\"error_codes\":[90002]}"

static void
endpoint(const struct world_request *request, struct world_reply *ret)
{
  *ret = says;
  if (strstr(request->url, "/.well-known/") == NULL)
    return;
  bool at_home = home != NULL && strncmp(request->url, home, strlen(home)) == 0;
  *ret = at_home ? (struct world_reply){.code = 200, .body = PAPERS} : strangers;
}

static void
answers(int code, const char *body)
{
  says = (struct world_reply){.code = code, .body = body};
}

#define TOKEN "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"token-one\"}"

static void
set_up(void)
{
  world_set_up(endpoint);
  settings = (struct oauth_settings){.grant = OAUTH_CLIENT_SECRET,
                                     .cloud = cloud_find(NULL),
                                     .authority = "https://login.microsoftonline.com",
                                     .tenant = "contoso.example",
                                     .client_id = "11111111-2222-3333-4444-555555555555",
                                     .secret = world_secret(SECRET),
                                     .login_hint = ""};
  oauth = oauth_create(&world.host, &world.http, &settings);
  ck_assert_ptr_nonnull(oauth);
  answers(200, TOKEN);
  home = NULL;
  strangers = (struct world_reply){.code = 400, .body = UNKNOWN};
}

static void
tear_down(void)
{
  world_end_hook();
  oauth_destroy(oauth);
  world_tear_down();
}

static void
get_from(struct oauth *o, const char *resource, enum oauth_fresh fresh)
{
  result = NULL;
  ck_assert_int_eq(oauth_token(o, &world.call, resource, NULL, fresh, &result), TENON_OK);
  ck_assert_ptr_nonnull(result);
  ck_assert_int_eq(result->token != NULL, result->status == TENON_OK);
  ck_assert_int_eq(result->token != NULL, result->step == NULL);
}

static void
get(enum oauth_fresh fresh)
{
  get_from(oauth, GRAPH, fresh);
}

// ---- what is sent -----------------------------------------------------------------------------

START_TEST(secret__is_sent_encoded_and_as_a_handle)
{
  get(OAUTH_ANY);
  ck_assert_str_eq(world_text(result->token), "token-one");
  ck_assert_str_eq(world_last()->url,
                   "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token");
  ck_assert_str_eq(world_last()->body,
                   "grant_type=client_credentials&client_id=11111111-2222-3333-4444-555555555555"
                   "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
                   "&client_secret=s3cr3t~v4lue%2B%2F%3D");
  ck_assert_str_eq(result->tried,
                   "POST https://login.microsoftonline.com/contoso.example/oauth2/v2.0/"
                   "token, client secret, scope https://graph.microsoft.com/.default");
}
END_TEST

START_TEST(request__can_be_found_again_by_microsofts_support)
{
  get(OAUTH_ANY);
  ck_assert_ptr_nonnull(strstr(world_last()->headers, "return-client-request-id: true\n"));
  const char *id = strstr(world_last()->headers, "\nclient-request-id: ");
  ck_assert_ptr_nonnull(id);
  char first[64];
  snprintf(first, sizeof first, "%.36s", id + 20);
  ck_assert(cloud_is_guid(first));
  get_from(oauth, EWS, OAUTH_ANY);
  ck_assert_ptr_null(strstr(world_last()->headers, first));
}
END_TEST

START_TEST(tenant__cannot_leave_its_place_in_the_url)
{
  settings.tenant = "a/../b?c#d";
  struct oauth *other = oauth_create(&world.host, &world.http, &settings);
  get_from(other, GRAPH, OAUTH_ANY);
  ck_assert_str_eq(world_last()->url,
                   "https://login.microsoftonline.com/a%2F..%2Fb%3Fc%23d/oauth2/v2.0/token");
  oauth_destroy(other);
}
END_TEST

START_TEST(secret__that_is_missing_is_said_before_anything_is_sent)
{
  settings.secret = NULL;
  struct oauth *other = oauth_create(&world.host, &world.http, &settings);
  get_from(other, GRAPH, OAUTH_ANY);
  ck_assert_int_eq(result->status, TENON_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(result->local, "client secret"));
  ck_assert_uint_eq(world.n_requests, 0);
  oauth_destroy(other);
}
END_TEST

// ---- answers ----------------------------------------------------------------------------------

static const struct {
  const char *body;
  int64_t good_s, expires_s; // how long it is at hand; how long it is said to live, 0: not known
} lives[] = {
    {"{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"t\"}", 3299, 3599},
    {"{\"token_type\":\"bearer\",\"expires_in\":\"3599\",\"access_token\":\"t\"}", 3299, 3599},
    {"{\"expires_in\":60,\"access_token\":\"t\"}", 30, 60},
    {"{\"expires_in\":1000000000,\"access_token\":\"t\"}", OAUTH_LIFETIME_MAX_S - 300,
     OAUTH_LIFETIME_MAX_S},
    {"{\"expires_in\":0,\"access_token\":\"t\"}", 300, 0},
    {"{\"expires_in\":-5,\"access_token\":\"t\"}", 300, 0},
    {"{\"expires_in\":\"soon\",\"access_token\":\"t\"}", 300, 0},
    {"{\"access_token\":\"t\"}", 300, 0},
    {"{\"expires_on\":\"5\",\"access_token\":\"t\"}", 300, 0},
};

START_TEST(token__is_at_hand_until_before_its_end)
{
  answers(200, lives[_i].body);
  int64_t start = world.now_ns;
  get(OAUTH_ANY);
  int64_t asked = world.requests[0].at_ns;
  ck_assert_str_eq(world_text(result->token), "t");
  if (lives[_i].expires_s == 0)
    ck_assert_int_eq(result->expires_ns, 0);
  else
    ck_assert_int_eq((result->expires_ns - start) / SECOND, lives[_i].expires_s);
  world.now_ns = asked + (lives[_i].good_s - 1) * SECOND;
  ck_assert_ptr_eq(oauth_at_hand(oauth, GRAPH), result->token);
  world.now_ns = asked + lives[_i].good_s * SECOND;
  ck_assert_ptr_null(oauth_at_hand(oauth, GRAPH));
  get(OAUTH_ANY);
  ck_assert_uint_eq(world.n_requests, 2);
}
END_TEST

START_TEST(token__without_expires_in_lives_as_long_as_it_says_itself)
{
  char body[512], claims[64];
  struct kit_text to;
  snprintf(claims, sizeof claims, "{\"exp\":%lld}", (long long)time(NULL) + 1000);
  kit_text_init(&to, body, sizeof body);
  kit_text_put(&to, "{\"access_token\":\"e30.");
  jwt_encode(&to, claims, strlen(claims));
  kit_text_put(&to, ".c2ln\"}");
  answers(200, body);
  int64_t start = world.now_ns;
  get(OAUTH_ANY);
  int64_t lives_s = (result->expires_ns - start) / SECOND;
  ck_assert(lives_s >= 990 && lives_s <= 1001);
}
END_TEST

static const struct {
  int code;
  const char *body, *headers;
  tenon_status status;
  bool readable;
} failures[] = {
    {400, "{\"error\":\"invalid_request\",\"error_codes\":[90002]}", NULL, TENON_E_AUTH, true},
    {401, "{\"error\":\"invalid_client\",\"error_codes\":[7000215]}", NULL, TENON_E_AUTH, true},
    {400, "{\"error_codes\":[90010]}", NULL, TENON_E_AUTH, true},
    {200, "{\"error\":\"invalid_grant\"}", NULL, TENON_E_AUTH, true},
    {200, "{\"error\":\"x\",\"access_token\":\"t\"}", NULL, TENON_E_AUTH, true},
    {200, "{\"token_type\":\"Bearer\",\"expires_in\":3599}", NULL, TENON_E_PROTOCOL, false},
    {200, "{\"token_type\":\"Bearer\",\"access_token\":\"\"}", NULL, TENON_E_PROTOCOL, false},
    {200, "{\"token_type\":\"pop\",\"access_token\":\"t\"}", NULL, TENON_E_PROTOCOL, false},
    {200, "{\"access_token\":\"a\\r\\nX-Evil: b\"}", NULL, TENON_E_PROTOCOL, false},
    {200, "{\"access_token\":5}", NULL, TENON_E_PROTOCOL, false},
    {200, "<html>Sign in to the network</html>", NULL, TENON_E_PROTOCOL, false},
    {200, "", NULL, TENON_E_PROTOCOL, false},
    {200, "{\"access_token\":\"t\"", NULL, TENON_E_PROTOCOL, false},
    {302, "", "Location: https://elsewhere.example/", TENON_E_PROTOCOL, false},
    {404, "<html>Not found</html>", NULL, TENON_E_PROTOCOL, false},
    {429, "", NULL, TENON_E_TRANSIENT, false},
    {429, "{\"error\":\"temporarily_unavailable\",\"error_codes\":[90055]}", NULL,
     TENON_E_TRANSIENT, true},
    {400, "{\"error\":\"temporarily_unavailable\"}", NULL, TENON_E_TRANSIENT, true},
    {502, "<html>Bad gateway</html>", NULL, TENON_E_TRANSIENT, false},
    {503, "{\"error\":\"server_error\"}", NULL, TENON_E_TRANSIENT, true},
};

START_TEST(answer__that_is_no_token_says_what_it_is)
{
  answers(failures[_i].code, failures[_i].body);
  says.headers = failures[_i].headers;
  get(OAUTH_ANY);
  ck_assert_int_eq(result->status, failures[_i].status);
  ck_assert_int_eq(result->error.readable, failures[_i].readable);
  ck_assert_str_eq(result->step, "token");
  ck_assert_int_eq(result->completion->code, failures[_i].code);
  ck_assert_ptr_null(oauth_at_hand(oauth, GRAPH));
  ck_assert_int_eq(result->retry_ns > 0, failures[_i].status == TENON_E_TRANSIENT);
}
END_TEST

START_TEST(refusal__is_not_asked_for_twice_in_a_hook)
{
  answers(401, "{\"error\":\"invalid_client\",\"error_codes\":[7000215]}");
  get(OAUTH_ANY);
  const struct oauth_result *first = result;
  get(OAUTH_NEW);
  get(OAUTH_AFTER_401);
  ck_assert_ptr_eq(result, first);
  ck_assert_uint_eq(world.n_requests, 1);
  world_end_hook();
  oauth_anew(oauth);
  get(OAUTH_ANY);
  ck_assert_uint_eq(world.n_requests, 2);
}
END_TEST

// ---- whose the tenant is ------------------------------------------------------------------------

START_TEST(tenant__that_is_not_known_is_looked_for_in_the_other_clouds_once)
{
  answers(400, UNKNOWN);
  home = "https://login.microsoftonline.us/";
  for (int i = 0; i < 2; i++) {
    get(OAUTH_ANY);
    ck_assert_ptr_eq(result->home, cloud_find("gcc-high"));
    ck_assert(!result->homeless);
    ck_assert_uint_eq(result->error.codes[0], 90002);
    ck_assert_uint_eq(world_count("microsoftonline.us/contoso.example/v2.0/"), 1);
  }
  for (size_t i = 0; i < world.n_requests; i++)
    if (strstr(world.requests[i].url, "/token") == NULL)
      ck_assert_str_eq(world.requests[i].body, "");
}
END_TEST

START_TEST(tenant__that_no_cloud_knows_is_homeless)
{
  answers(400, UNKNOWN);
  get(OAUTH_ANY);
  ck_assert(result->homeless);
  ck_assert_ptr_null(result->home);
  ck_assert_uint_eq(world_count("/.well-known/"), 3);
}
END_TEST

static const struct world_reply silent[] = {
    {.status = TENON_E_NETWORK, .body = ""},
    {.code = 503, .body = ""},
};

START_TEST(tenant__is_not_called_homeless_where_a_cloud_did_not_answer)
{
  answers(400, UNKNOWN);
  strangers = silent[_i];
  get(OAUTH_ANY);
  ck_assert(!result->homeless);
  ck_assert_ptr_null(result->home);
  ck_assert_int_eq(result->status, TENON_E_AUTH);
}
END_TEST

START_TEST(tenant__of_an_authority_of_ones_own_is_not_looked_for)
{
  answers(400, UNKNOWN);
  home = "https://login.microsoftonline.us/";
  settings.authority = "https://localhost:8443";
  struct oauth *other = oauth_create(&world.host, &world.http, &settings);
  get_from(other, GRAPH, OAUTH_ANY);
  ck_assert_ptr_null(result->home);
  ck_assert(!result->homeless);
  ck_assert_uint_eq(world.n_requests, 1);
  oauth_destroy(other);
}
END_TEST

START_TEST(tenant__is_not_looked_for_after_any_other_refusal)
{
  answers(401, "{\"error\":\"invalid_client\",\"error_codes\":[7000215]}");
  get(OAUTH_ANY);
  ck_assert_uint_eq(world.n_requests, 1);
}
END_TEST

START_TEST(busy_endpoint__is_left_alone_for_as_long_as_it_says)
{
  answers(429, "");
  says.headers = "Retry-After: 7";
  get(OAUTH_ANY);
  ck_assert_int_eq(result->retry_ns, 7 * SECOND);
  world.now_ns += 5 * SECOND;
  get(OAUTH_ANY);
  ck_assert_uint_eq(world.n_requests, 1);
  ck_assert_int_eq(result->status, TENON_E_TRANSIENT);
  ck_assert(result->retry_ns > 0 && result->retry_ns <= 2 * SECOND);
  world.now_ns += 2 * SECOND;
  answers(200, TOKEN);
  get(OAUTH_ANY);
  ck_assert_ptr_nonnull(result->token);
}
END_TEST

START_TEST(busy_endpoint__without_a_time_is_left_alone_too)
{
  answers(503, "");
  get(OAUTH_ANY);
  ck_assert_int_gt(result->retry_ns, 0);
  get(OAUTH_ANY);
  ck_assert_uint_eq(world.n_requests, 1);
}
END_TEST

START_TEST(network__failure_is_passed_on_and_not_a_refusal)
{
  says = (struct world_reply){.status = TENON_E_TLS, .body = ""};
  get(OAUTH_ANY);
  ck_assert_int_eq(result->status, TENON_E_TLS);
  ck_assert_ptr_nonnull(result->completion);
  get(OAUTH_ANY);
  ck_assert_uint_eq(world.n_requests, 1);
  world.now_ns += 60 * SECOND;
  answers(200, TOKEN);
  get(OAUTH_ANY);
  ck_assert_ptr_nonnull(result->token);
}
END_TEST

START_TEST(call__that_was_cancelled_ends_the_hook)
{
  world.cancel_at_ns = world.now_ns + 1;
  ck_assert_int_eq(oauth_token(oauth, &world.call, GRAPH, NULL, OAUTH_ANY, &result),
                   TENON_E_CANCELLED);
}
END_TEST

START_TEST(clock__of_the_endpoint_is_compared)
{
  char date[64], header[96];
  time_t then = time(NULL) + 700;
  struct tm tm;
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&then, &tm));
  snprintf(header, sizeof header, "Date: %s", date);
  answers(401, "{\"error\":\"invalid_client\",\"error_codes\":[700024]}");
  says.headers = header;
  get(OAUTH_ANY);
  ck_assert(result->skew_s >= 698 && result->skew_s <= 700);
}
END_TEST

// ---- what sessions share ----------------------------------------------------------------------

START_TEST(session__that_comes_second_takes_the_token_that_is_there)
{
  struct oauth *other = oauth_create(&world.host, &world.http, &settings);
  get(OAUTH_NEW);
  ck_assert_int_eq(result->source, OAUTH_FROM_GRANT);
  get_from(other, GRAPH, OAUTH_NEW);
  ck_assert_int_eq(result->source, OAUTH_FROM_KEPT);
  ck_assert_str_eq(world_text(result->token), "token-one");
  ck_assert_uint_eq(world.n_requests, 1);
  ck_assert_ptr_eq(oauth_at_hand(other, GRAPH), result->token);
  get_from(other, GRAPH, OAUTH_ANY);
  ck_assert_int_eq(result->source, OAUTH_FROM_SESSION);
  oauth_destroy(other);
}
END_TEST

START_TEST(verify__wants_a_token_of_now)
{
  struct oauth *other = oauth_create(&world.host, &world.http, &settings);
  get(OAUTH_ANY);
  world.now_ns += OAUTH_FRESH_NS + SECOND;
  get(OAUTH_ANY);
  ck_assert_uint_eq(world.n_requests, 1);
  get_from(other, GRAPH, OAUTH_NEW);
  ck_assert_uint_eq(world.n_requests, 2);
  get(OAUTH_NEW);
  ck_assert_uint_eq(world.n_requests, 2);
  ck_assert_int_eq(result->source, OAUTH_FROM_KEPT);
  get(OAUTH_NEW);
  ck_assert_int_eq(result->source, OAUTH_FROM_SESSION);
  oauth_destroy(other);
}
END_TEST

START_TEST(token__of_another_secret_does_not_vouch_for_this_one)
{
  get(OAUTH_NEW);
  settings.secret = world_secret("another-secret");
  struct oauth *other = oauth_create(&world.host, &world.http, &settings);
  answers(401, "{\"error\":\"invalid_client\",\"error_codes\":[7000215]}");
  get_from(other, GRAPH, OAUTH_NEW);
  ck_assert_int_eq(result->status, TENON_E_AUTH);
  oauth_destroy(other);
}
END_TEST

static void
change_tenant(void)
{
  settings.tenant = "fabrikam.example";
}
static void
change_client(void)
{
  settings.client_id = "99999999-2222-3333-4444-555555555555";
}
static void
change_authority(void)
{
  settings.authority = "https://login.microsoftonline.us";
}
static void (*const changes[])(void) = {change_tenant, change_client, change_authority};

START_TEST(token__of_somebody_else_is_not_taken)
{
  get(OAUTH_ANY);
  changes[_i]();
  struct oauth *other = oauth_create(&world.host, &world.http, &settings);
  get_from(other, GRAPH, OAUTH_ANY);
  ck_assert_int_eq(result->source, OAUTH_FROM_GRANT);
  ck_assert_uint_eq(world.n_requests, 2);
  oauth_destroy(other);
}
END_TEST

START_TEST(token__is_one_for_each_resource)
{
  static const char *const resources[] = {"https://a.example", "https://b.example",
                                          "https://c.example", "https://d.example",
                                          "https://e.example"};
  for (size_t i = 0; i < 5; i++)
    get_from(oauth, resources[i], OAUTH_ANY);
  ck_assert_uint_eq(world.n_requests, 5);
  ck_assert_ptr_null(oauth_at_hand(oauth, resources[0]));
  for (size_t i = 1; i < 5; i++)
    ck_assert_ptr_nonnull(oauth_at_hand(oauth, resources[i]));
}
END_TEST

START_TEST(token__that_was_refused_is_thrown_away_for_all)
{
  struct oauth *other = oauth_create(&world.host, &world.http, &settings);
  get(OAUTH_ANY);
  get_from(other, GRAPH, OAUTH_ANY);
  ck_assert_uint_eq(world.n_requests, 1);
  answers(200, "{\"expires_in\":3599,\"access_token\":\"token-two\"}");
  get(OAUTH_AFTER_401);
  ck_assert_str_eq(world_text(result->token), "token-two");
  ck_assert_uint_eq(world.n_requests, 2);
  get_from(other, GRAPH, OAUTH_AFTER_401);
  ck_assert_str_eq(world_text(result->token), "token-two");
  ck_assert_int_eq(result->source, OAUTH_FROM_KEPT);
  ck_assert_uint_eq(world.n_requests, 2);
  oauth_destroy(other);
}
END_TEST

START_TEST(token__that_another_wrote_otherwise_is_not_taken)
{
  static const char text[] = "{\"with\":\"ab\",\"got\":1,\"good\":\"9000000000000000000\","
                             "\"expires\":0,\"token\":\"t\"}";
  get(OAUTH_ANY);
  world_spoil("oauth.access.", text);
  struct oauth *other = oauth_create(&world.host, &world.http, &settings);
  get_from(other, GRAPH, OAUTH_ANY);
  ck_assert_str_eq(world_text(result->token), "token-one");
  oauth_destroy(other);
}
END_TEST

START_TEST(token__that_many_requests_had_refused_is_renewed_once)
{
  get(OAUTH_ANY);
  answers(200, "{\"expires_in\":3599,\"access_token\":\"token-two\"}");
  for (int i = 0; i < 4; i++)
    get(OAUTH_AFTER_401);
  ck_assert_uint_eq(world.n_requests, 2);
  world.now_ns += OAUTH_FRESH_NS + SECOND;
  get(OAUTH_AFTER_401);
  ck_assert_uint_eq(world.n_requests, 3);
}
END_TEST

START_TEST(lock__that_two_would_wait_for_is_gone_without)
{
  world.tangled = true;
  get(OAUTH_ANY);
  ck_assert_ptr_nonnull(result->token);
}
END_TEST

START_TEST(token__that_cannot_be_kept_is_used_all_the_same)
{
  world.no_keep = true;
  get(OAUTH_ANY);
  ck_assert_ptr_nonnull(result->token);
  ck_assert_ptr_nonnull(strstr(world.log, "could not be kept"));
}
END_TEST

START_TEST(token__too_long_for_any_header_is_none)
{
  static char body[OAUTH_TOKEN_MAX + 128];
  int n = snprintf(body, sizeof body, "{\"access_token\":\"");
  memset(body + n, 'a', OAUTH_TOKEN_MAX + 1);
  memcpy(body + n + OAUTH_TOKEN_MAX + 1, "\"}", 3);
  answers(200, body);
  get(OAUTH_ANY);
  ck_assert_int_eq(result->status, TENON_E_PROTOCOL);
}
END_TEST

TCase *
oauth_cases(void)
{
  TCase *cases = tcase_create("oauth");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  tcase_add_test(cases, secret__is_sent_encoded_and_as_a_handle);
  tcase_add_test(cases, request__can_be_found_again_by_microsofts_support);
  tcase_add_test(cases, tenant__cannot_leave_its_place_in_the_url);
  tcase_add_test(cases, secret__that_is_missing_is_said_before_anything_is_sent);
  tcase_add_loop_test(cases, token__is_at_hand_until_before_its_end, 0,
                      sizeof lives / sizeof *lives);
  tcase_add_test(cases, token__without_expires_in_lives_as_long_as_it_says_itself);
  tcase_add_loop_test(cases, answer__that_is_no_token_says_what_it_is, 0,
                      sizeof failures / sizeof *failures);
  tcase_add_test(cases, refusal__is_not_asked_for_twice_in_a_hook);
  tcase_add_test(cases, tenant__that_is_not_known_is_looked_for_in_the_other_clouds_once);
  tcase_add_test(cases, tenant__that_no_cloud_knows_is_homeless);
  tcase_add_loop_test(cases, tenant__is_not_called_homeless_where_a_cloud_did_not_answer, 0,
                      sizeof silent / sizeof *silent);
  tcase_add_test(cases, tenant__of_an_authority_of_ones_own_is_not_looked_for);
  tcase_add_test(cases, tenant__is_not_looked_for_after_any_other_refusal);
  tcase_add_test(cases, busy_endpoint__is_left_alone_for_as_long_as_it_says);
  tcase_add_test(cases, busy_endpoint__without_a_time_is_left_alone_too);
  tcase_add_test(cases, network__failure_is_passed_on_and_not_a_refusal);
  tcase_add_test(cases, call__that_was_cancelled_ends_the_hook);
  tcase_add_test(cases, clock__of_the_endpoint_is_compared);
  tcase_add_test(cases, session__that_comes_second_takes_the_token_that_is_there);
  tcase_add_test(cases, verify__wants_a_token_of_now);
  tcase_add_test(cases, token__of_another_secret_does_not_vouch_for_this_one);
  tcase_add_loop_test(cases, token__of_somebody_else_is_not_taken, 0,
                      sizeof changes / sizeof *changes);
  tcase_add_test(cases, token__is_one_for_each_resource);
  tcase_add_test(cases, token__that_was_refused_is_thrown_away_for_all);
  tcase_add_test(cases, token__that_another_wrote_otherwise_is_not_taken);
  tcase_add_test(cases, token__that_many_requests_had_refused_is_renewed_once);
  tcase_add_test(cases, lock__that_two_would_wait_for_is_gone_without);
  tcase_add_test(cases, token__that_cannot_be_kept_is_used_all_the_same);
  tcase_add_test(cases, token__too_long_for_any_header_is_none);
  return cases;
}
