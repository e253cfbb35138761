// SPDX-License-Identifier: Apache-2.0
//
// A person signs in by a device code, once; then the refresh token does it, for other resources too.
#include <stdio.h>
#include <string.h>

#include "cloud_suites.h"
#include "oauth_fake.h"

#define GRAPH  "https://graph.microsoft.com"
#define EWS    "https://outlook.office365.com"
#define SECOND INT64_C(1000000000)

#define DEVICE                                                                                     \
  "{\"user_code\":\"FRWQDE7YL\",\"device_code\":\"device-code-1\",\"verification_uri\":"           \
  "\"https://microsoft.com/devicelogin\",\"expires_in\":900,\"interval\":5,\"message\":\"Go.\"}"
#define PENDING "{\"error\":\"authorization_pending\",\"error_codes\":[70016]}"
#define TOKEN                                                                                      \
  "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"token-one\",\"refresh_"       \
  "token\":"                                                                                       \
  "\"refresh-one\"}"

static struct oauth *oauth;
static const struct oauth_result *result;
static struct oauth_settings settings;

// The endpoint's part: what it says to the request for a code, to the polls one after another (the last one again and
// again), and to refresh tokens.
static struct world_reply device, refresh;
static const struct world_reply *polls;
static size_t n_polls, at_poll;

static void
endpoint(const struct world_request *request, struct world_reply *ret)
{
  if (strstr(request->url, "/devicecode") != NULL)
    *ret = device;
  else if (strstr(request->body, "grant_type=refresh_token") != NULL)
    *ret = refresh;
  else
    *ret = polls[at_poll + 1 < n_polls ? at_poll++ : n_polls - 1];
}

#define POLLS(...)                                                                                 \
  do {                                                                                             \
    static const struct world_reply list_[] = {__VA_ARGS__};                                       \
    polls = list_;                                                                                 \
    n_polls = sizeof list_ / sizeof *list_;                                                        \
    at_poll = 0;                                                                                   \
  } while (0)
#define SAYS(c, b)                                                                                 \
  {                                                                                                \
    .code = (c), .body = (b)                                                                       \
  }

static void
set_up(void)
{
  world_set_up(endpoint);
  settings = (struct oauth_settings){.grant = OAUTH_DEVICE_CODE,
                                     .cloud = cloud_find(NULL),
                                     .authority = "https://login.microsoftonline.com",
                                     .tenant = "contoso.example",
                                     .client_id = "11111111-2222-3333-4444-555555555555",
                                     .login_hint = "admin@contoso.example"};
  oauth = oauth_create(&world.host, &world.http, &settings);
  device = (struct world_reply)SAYS(200, DEVICE);
  refresh = (struct world_reply)SAYS(200, TOKEN);
  POLLS(SAYS(400, PENDING), SAYS(200, TOKEN));
}

static void
tear_down(void)
{
  world_end_hook();
  oauth_destroy(oauth);
  world_tear_down();
}

static void
get_from(struct oauth *o, const char *resource, const char *scopes, enum oauth_fresh fresh)
{
  result = NULL;
  ck_assert_int_eq(oauth_token(o, &world.call, resource, scopes, fresh, &result), TENON_OK);
  ck_assert_ptr_nonnull(result);
  ck_assert_int_eq(result->token != NULL, result->status == TENON_OK);
  ck_assert(!world.on_screen);
}

static void
get(enum oauth_fresh fresh)
{
  get_from(oauth, EWS, "EWS.AccessAsUser.All", fresh);
}

// A new process, hours later: what lives in memory is gone.
static void
come_back(void)
{
  world_end_hook();
  world_restart();
  oauth_destroy(oauth);
  world.now_ns += 7200 * SECOND;
  world.n_requests = 0;
  world.asked = 0;
  oauth = oauth_create(&world.host, &world.http, &settings);
}

// ---- device code ------------------------------------------------------------------------------

START_TEST(device_code__is_shown_and_asked_for_until_the_person_has_signed_in)
{
  get(OAUTH_NEW);
  ck_assert_str_eq(world_text(result->token), "token-one");
  ck_assert_int_eq(result->source, OAUTH_FROM_GRANT);
  ck_assert_str_eq(world.ask_id, OAUTH_ASK_DEVICE);
  ck_assert_str_eq(world.ask_url, "https://microsoft.com/devicelogin");
  ck_assert_str_eq(world.ask_code, "FRWQDE7YL");
  ck_assert_ptr_nonnull(strstr(world.ask_body, "sign in as admin@contoso.example"));
  ck_assert_uint_eq(world.withdrawn, 1);
  ck_assert_uint_eq(world.n_requests, 3);
  ck_assert_str_eq(world.requests[0].url,
                   "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/devicecode");
  ck_assert_str_eq(
      world_field(&world.requests[0], "scope"),
      "https://outlook.office365.com/EWS.AccessAsUser.All offline_access openid profile");
  ck_assert_str_eq(world_field(world_last(), "device_code"), "device-code-1");
  ck_assert_str_eq(world_field(world_last(), "grant_type"),
                   "urn:ietf:params:oauth:grant-type:device_code");
  int64_t pause = world.requests[2].at_ns - world.requests[1].at_ns;
  ck_assert(pause >= 5 * SECOND && pause < 6 * SECOND);
}
END_TEST

START_TEST(device_code__question_ends_with_the_code)
{
  get(OAUTH_NEW);
  int64_t life = world.ask_expires_ns - world.requests[0].at_ns;
  ck_assert(life >= 899 * SECOND && life <= 901 * SECOND);
}
END_TEST

static const struct {
  const char *body;
  int64_t pause_s;
} spellings[] = {
    {"{\"user_code\":\"A\",\"device_code\":\"device-code-1\",\"verification_url\":\"https://"
     "x.example/\","
     "\"expires_in\":\"900\",\"interval\":\"1\"}",
     1},
    {"{\"user_code\":\"A\",\"device_code\":\"device-code-1\",\"verification_uri\":\"https://"
     "x.example/\"}",
     5},
    {"{\"user_code\":\"A\",\"device_code\":\"device-code-1\",\"verification_uri\":\"https://"
     "x.example/\","
     "\"interval\":0,\"expires_in\":-1}",
     5},
    {"{\"user_code\":\"A\",\"device_code\":\"device-code-1\",\"verification_uri\":\"https://"
     "x.example/\","
     "\"interval\":100000,\"expires_in\":1000000000}",
     OAUTH_INTERVAL_MAX_S},
};

START_TEST(device_code__is_read_in_either_spelling)
{
  device.body = spellings[_i].body;
  get(OAUTH_NEW);
  ck_assert_ptr_nonnull(result->token);
  int64_t pause = (world.requests[2].at_ns - world.requests[1].at_ns) / SECOND;
  ck_assert_int_eq(pause, spellings[_i].pause_s);
}
END_TEST

START_TEST(device_code__polls_slower_when_it_is_told_to)
{
  POLLS(SAYS(400, "{\"error\":\"slow_down\"}"), SAYS(400, "{\"error\":\"slow_down\"}"),
        SAYS(200, TOKEN));
  get(OAUTH_NEW);
  ck_assert_ptr_nonnull(result->token);
  ck_assert_int_eq((world.requests[2].at_ns - world.requests[1].at_ns) / SECOND, 10);
  ck_assert_int_eq((world.requests[3].at_ns - world.requests[2].at_ns) / SECOND, 15);
}
END_TEST

static const struct world_reply hiccups[] = {
    {.status = TENON_E_NETWORK, .body = ""},
    {.status = TENON_E_TIMEOUT, .body = ""},
    {.code = 503, .body = "<html></html>"},
    {.code = 429, .body = ""},
    {.code = 429, .headers = "Retry-After: 30", .body = ""},
};

START_TEST(device_code__survives_a_moment_without_the_endpoint)
{
  static struct world_reply list[3];
  list[0] = hiccups[_i];
  list[1] = (struct world_reply)SAYS(400, PENDING);
  list[2] = (struct world_reply)SAYS(200, TOKEN);
  polls = list;
  n_polls = 3;
  get(OAUTH_NEW);
  ck_assert_ptr_nonnull(result->token);
  int64_t pause = (world.requests[2].at_ns - world.requests[1].at_ns) / SECOND;
  ck_assert_int_ge(pause, hiccups[_i].headers != NULL ? 30 : 10);
}
END_TEST

static const struct {
  int code;
  const char *body;
  tenon_status status;
} finals[] = {
    {400, "{\"error\":\"authorization_declined\"}", TENON_E_AUTH},
    {400, "{\"error\":\"access_denied\"}", TENON_E_AUTH},
    {400, "{\"error\":\"expired_token\",\"error_codes\":[70020]}", TENON_E_AUTH},
    {400, "{\"error\":\"bad_verification_code\",\"error_codes\":[70018]}", TENON_E_AUTH},
    {401, "{\"error\":\"invalid_client\",\"error_codes\":[7000218]}", TENON_E_AUTH},
    {400, "{\"error\":\"invalid_grant\",\"error_codes\":[53003]}", TENON_E_AUTH},
    {200, "<html></html>", TENON_E_PROTOCOL},
};

START_TEST(device_code__ends_at_once_when_it_cannot_come_to_anything)
{
  static struct world_reply list[1];
  list[0] = (struct world_reply)SAYS(finals[_i].code, finals[_i].body);
  polls = list;
  n_polls = 1;
  get(OAUTH_NEW);
  ck_assert_int_eq(result->status, finals[_i].status);
  ck_assert_str_eq(result->step, "device");
  ck_assert_uint_eq(world.n_requests, 2);
  ck_assert_uint_eq(world.withdrawn, 1);
  get(OAUTH_NEW);
  ck_assert_uint_eq(world.n_requests, 2);
}
END_TEST

START_TEST(device_code__that_nobody_enters_is_asked_for_once_more_at_its_end)
{
  POLLS(SAYS(400, PENDING));
  get(OAUTH_NEW);
  ck_assert_str_eq(result->error.error, "expired_token");
  ck_assert_ptr_nonnull(strstr(result->local, "in time"));
  ck_assert_int_ge(world_last()->at_ns, world.ask_expires_ns);
  ck_assert_uint_eq(world.n_requests, 1 + 900 / 5);
}
END_TEST

START_TEST(device_code__says_why_it_ended_when_the_endpoint_knows)
{
  static struct world_reply list[200];
  for (size_t i = 0; i < 179; i++)
    list[i] = (struct world_reply)SAYS(400, PENDING);
  list[179] =
      (struct world_reply)SAYS(400, "{\"error\":\"expired_token\",\"error_codes\":[70020]}");
  polls = list;
  n_polls = 180;
  get(OAUTH_NEW);
  ck_assert_uint_eq(result->error.codes[0], 70020);
}
END_TEST

START_TEST(device_code__without_an_endpoint_to_the_end_is_a_failure_below_the_protocol)
{
  POLLS({.status = TENON_E_NETWORK, .body = ""});
  get(OAUTH_NEW);
  ck_assert_int_eq(result->status, TENON_E_NETWORK);
  ck_assert_uint_lt(world.n_requests, 25);
}
END_TEST

START_TEST(endpoint__that_was_away_is_asked_again_later_in_the_hook)
{
  POLLS(SAYS(400, PENDING), {.status = TENON_E_NETWORK, .body = ""});
  get(OAUTH_NEW);
  ck_assert_int_eq(result->status, TENON_E_NETWORK);
  world.now_ns += 600 * SECOND;
  POLLS(SAYS(200, TOKEN));
  get(OAUTH_NEW);
  ck_assert_ptr_nonnull(result->token);
}
END_TEST

static const char *const no_codes[] = {
    "{}",
    "<html></html>",
    "{\"user_code\":\"A\",\"device_code\":\"d\"}",
    "{\"user_code\":\"A\",\"verification_uri\":\"https://x.example/\"}",
    "{\"device_code\":\"d\",\"verification_uri\":\"https://x.example/\"}",
    "{\"user_code\":\"A\",\"device_code\":\"d\",\"verification_uri\":\"javascript:alert(1)\"}",
    "{\"user_code\":\"A\",\"device_code\":\"d\",\"verification_uri\":\"http://x.example/\"}",
    "{\"user_code\":\"A\\u001b\",\"device_code\":\"d\",\"verification_uri\":\"https://x.example/"
    "\"}",
};

START_TEST(device_code__that_is_none_is_not_shown)
{
  device.body = no_codes[_i];
  get(OAUTH_NEW);
  ck_assert_int_eq(result->status, TENON_E_PROTOCOL);
  ck_assert_uint_eq(world.asked, 0);
}
END_TEST

START_TEST(device_code__that_is_refused_is_not_shown)
{
  device =
      (struct world_reply)SAYS(400, "{\"error\":\"unauthorized_client\",\"error_codes\":[700016]}");
  get(OAUTH_NEW);
  ck_assert_uint_eq(result->error.codes[0], 700016);
  ck_assert_str_eq(result->step, "device");
  ck_assert_uint_eq(world.asked, 0);
}
END_TEST

// ---- people -----------------------------------------------------------------------------------

START_TEST(person__who_is_not_there_is_said_to_be_missing)
{
  world.people = WORLD_NOBODY;
  get(OAUTH_NEW);
  ck_assert_int_eq(result->status, TENON_E_NOANSWER);
  ck_assert_ptr_nonnull(strstr(result->local, "nobody is there"));
  ck_assert_uint_eq(world_count("/token"), 0);
}
END_TEST

START_TEST(person__who_leaves_is_missing_too)
{
  world.people = WORLD_LEAVES;
  get(OAUTH_NEW);
  ck_assert_int_eq(result->status, TENON_E_NOANSWER);
  ck_assert_uint_eq(world_count("/token"), 0);
}
END_TEST

START_TEST(person__may_decline_here)
{
  world.people = WORLD_DECLINES;
  POLLS(SAYS(400, PENDING));
  get(OAUTH_NEW);
  ck_assert_int_eq(result->status, TENON_E_AUTH);
  ck_assert_str_eq(result->error.error, "authorization_declined");
  ck_assert_uint_eq(world_count("/token"), 1);
}
END_TEST

START_TEST(person__who_says_done_is_believed_and_asked_for_at_once)
{
  world.people = WORLD_SEEN;
  get(OAUTH_NEW);
  ck_assert_ptr_nonnull(result->token);
  ck_assert_int_lt(world.requests[1].at_ns - world.requests[0].at_ns, SECOND);
  ck_assert_int_ge(world.requests[2].at_ns - world.requests[1].at_ns, 5 * SECOND);
}
END_TEST

START_TEST(call__that_is_cancelled_takes_the_question_off_the_screen)
{
  POLLS(SAYS(400, PENDING));
  world.cancel_at_ns = world.now_ns + 7 * SECOND;
  ck_assert_int_eq(oauth_token(oauth, &world.call, EWS, "a", OAUTH_NEW, &result),
                   TENON_E_CANCELLED);
  ck_assert(!world.on_screen);
  ck_assert_uint_eq(world.withdrawn, 1);
}
END_TEST

START_TEST(person__sees_one_code_for_all_sessions_and_resources)
{
  struct oauth *probe = oauth_create(&world.host, &world.http, &settings);
  get(OAUTH_NEW);
  get_from(probe, EWS, "EWS.AccessAsUser.All", OAUTH_NEW);
  ck_assert_int_eq(result->source, OAUTH_FROM_KEPT);
  get_from(probe, GRAPH, "Mail.Read User.Read", OAUTH_NEW);
  ck_assert_int_eq(result->source, OAUTH_FROM_REFRESH);
  ck_assert_uint_eq(world.asked, 1);
  ck_assert_str_eq(world_field(world_last(), "scope"),
                   "https://graph.microsoft.com/Mail.Read https://graph.microsoft.com/User.Read "
                   "offline_access openid profile");
  oauth_destroy(probe);
}
END_TEST

// ---- refresh tokens ---------------------------------------------------------------------------

START_TEST(refresh_token__signs_in_the_next_time)
{
  get(OAUTH_NEW);
  ck_assert_ptr_nonnull(strstr(world_vault("oauth.refresh."), "\"refresh-one\""));
  come_back();
  refresh.body =
      "{\"expires_in\":3599,\"access_token\":\"token-two\",\"refresh_token\":\"refresh-two\"}";
  get(OAUTH_NEW);
  ck_assert_int_eq(result->source, OAUTH_FROM_REFRESH);
  ck_assert_str_eq(world_text(result->token), "token-two");
  ck_assert_str_eq(world_field(world_last(), "refresh_token"), "refresh-one");
  ck_assert_uint_eq(world.asked, 0);
  ck_assert_ptr_nonnull(strstr(world_vault("oauth.refresh."), "\"refresh-two\""));
}
END_TEST

START_TEST(refresh_token__stays_when_no_new_one_is_given)
{
  get(OAUTH_NEW);
  come_back();
  refresh.body = "{\"expires_in\":3599,\"access_token\":\"token-two\"}";
  get(OAUTH_NEW);
  ck_assert_ptr_nonnull(result->token);
  ck_assert_ptr_nonnull(strstr(world_vault("oauth.refresh."), "\"refresh-one\""));
}
END_TEST

START_TEST(refresh_token__is_the_same_for_browser_and_device_code)
{
  get(OAUTH_NEW);
  settings.grant = OAUTH_BROWSER;
  come_back();
  get(OAUTH_NEW);
  ck_assert_int_eq(result->source, OAUTH_FROM_REFRESH);
}
END_TEST

START_TEST(refresh_token__renews_before_the_end_without_a_person)
{
  get(OAUTH_NEW);
  world.now_ns += 3400 * SECOND;
  ck_assert_ptr_null(oauth_at_hand(oauth, EWS));
  get(OAUTH_ANY);
  ck_assert_int_eq(result->source, OAUTH_FROM_REFRESH);
  ck_assert_uint_eq(world.asked, 1);
}
END_TEST

static const char *const dead[] = {
    "{\"error\":\"invalid_grant\",\"suberror\":\"bad_token\",\"error_codes\":[9002313]}",
    "{\"error\":\"invalid_grant\",\"error_codes\":[700082]}",
    "{\"error\":\"invalid_grant\",\"error_codes\":[50173]}",
    "{\"error\":\"invalid_grant\"}",
};

START_TEST(refresh_token__that_is_dead_is_not_used_again_and_the_person_asked)
{
  get(OAUTH_NEW);
  come_back();
  refresh = (struct world_reply)SAYS(400, dead[_i]);
  POLLS(SAYS(200, "{\"expires_in\":3599,\"access_token\":\"token-two\"}"));
  get(OAUTH_NEW);
  ck_assert_int_eq(result->source, OAUTH_FROM_GRANT);
  ck_assert_uint_eq(world.asked, 1);
  ck_assert_str_eq(result->error.error, "");
  world.now_ns += 7200 * SECOND;
  world.n_requests = 0;
  get(OAUTH_NEW);
  ck_assert_uint_eq(world_count("/devicecode"), 1);
  ck_assert_ptr_null(strstr(world_last()->body, "refresh_token"));
}
END_TEST

// Another process may have stored a newer one since this one has read its own.
START_TEST(refresh_token__that_is_dead_takes_no_newer_one_out_of_the_vault)
{
  get(OAUTH_NEW);
  come_back();
  world.people = WORLD_NOBODY;
  refresh = (struct world_reply)SAYS(400, dead[_i]);
  get(OAUTH_NEW);
  ck_assert_str_eq(world_vault("oauth.refresh."), "{\"refresh_token\":\"refresh-one\"}");
}
END_TEST

START_TEST(refresh_token__that_is_dead_does_not_end_the_hook_for_a_person)
{
  get(OAUTH_NEW);
  come_back();
  refresh = (struct world_reply)SAYS(400, dead[0]);
  device = (struct world_reply){.status = TENON_E_NETWORK, .body = ""};
  get(OAUTH_NEW);
  ck_assert_int_eq(result->status, TENON_E_NETWORK);
  world.now_ns += 600 * SECOND;
  device = (struct world_reply)SAYS(200, DEVICE);
  get(OAUTH_NEW);
  ck_assert_ptr_nonnull(result->token);
}
END_TEST

START_TEST(refresh_token__that_needs_more_of_the_person_is_not_thrown_away)
{
  get(OAUTH_NEW);
  come_back();
  refresh = (struct world_reply)SAYS(
      400, "{\"error\":\"invalid_grant\",\"suberror\":\"basic_action\",\"error_codes\":[50076]}");
  POLLS(SAYS(400, "{\"error\":\"authorization_declined\"}"));
  get(OAUTH_NEW);
  ck_assert_uint_eq(world.asked, 1);
  ck_assert_ptr_nonnull(strstr(world_vault("oauth.refresh."), "refresh-one"));
}
END_TEST

START_TEST(refresh_token__refused_with_nobody_there_says_both)
{
  get(OAUTH_NEW);
  come_back();
  world.people = WORLD_NOBODY;
  refresh = (struct world_reply)SAYS(400, dead[1]);
  get(OAUTH_NEW);
  ck_assert_int_eq(result->status, TENON_E_NOANSWER);
  ck_assert_str_eq(result->step, "refresh");
  ck_assert_uint_eq(result->error.codes[0], 700082);
  ck_assert_ptr_nonnull(strstr(result->local, "nobody is there"));
}
END_TEST

static const struct {
  int code;
  const char *body;
  tenon_status status;
} ends[] = {
    {400, "{\"error\":\"invalid_grant\",\"suberror\":\"message_only\",\"error_codes\":[53003]}",
     TENON_E_AUTH},
    {401, "{\"error\":\"invalid_client\",\"error_codes\":[7000218]}", TENON_E_AUTH},
    {503, "", TENON_E_TRANSIENT},
    {0, "", TENON_E_NETWORK},
    {200, "{}", TENON_E_PROTOCOL},
};

START_TEST(refresh_token__refused_for_another_reason_bothers_nobody)
{
  get(OAUTH_NEW);
  come_back();
  refresh = (struct world_reply)SAYS(ends[_i].code, ends[_i].body);
  get(OAUTH_NEW);
  ck_assert_int_eq(result->status, ends[_i].status);
  ck_assert_str_eq(result->step, "refresh");
  ck_assert_uint_eq(world.asked, 0);
  ck_assert_ptr_nonnull(strstr(world_vault("oauth.refresh."), "refresh-one"));
}
END_TEST

START_TEST(token__refused_with_401_is_renewed_by_the_refresh_token)
{
  get(OAUTH_ANY);
  refresh.body = "{\"expires_in\":3599,\"access_token\":\"token-two\"}";
  get(OAUTH_AFTER_401);
  ck_assert_str_eq(world_text(result->token), "token-two");
  ck_assert_uint_eq(world.asked, 1);
}
END_TEST

TCase *
oauth_person_cases(void)
{
  TCase *cases = tcase_create("oauth-person");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  tcase_add_test(cases, device_code__is_shown_and_asked_for_until_the_person_has_signed_in);
  tcase_add_test(cases, device_code__question_ends_with_the_code);
  tcase_add_loop_test(cases, device_code__is_read_in_either_spelling, 0,
                      sizeof spellings / sizeof *spellings);
  tcase_add_test(cases, device_code__polls_slower_when_it_is_told_to);
  tcase_add_loop_test(cases, device_code__survives_a_moment_without_the_endpoint, 0,
                      sizeof hiccups / sizeof *hiccups);
  tcase_add_loop_test(cases, device_code__ends_at_once_when_it_cannot_come_to_anything, 0,
                      sizeof finals / sizeof *finals);
  tcase_add_test(cases, device_code__that_nobody_enters_is_asked_for_once_more_at_its_end);
  tcase_add_test(cases, device_code__says_why_it_ended_when_the_endpoint_knows);
  tcase_add_test(cases,
                 device_code__without_an_endpoint_to_the_end_is_a_failure_below_the_protocol);
  tcase_add_test(cases, endpoint__that_was_away_is_asked_again_later_in_the_hook);
  tcase_add_loop_test(cases, device_code__that_is_none_is_not_shown, 0,
                      sizeof no_codes / sizeof *no_codes);
  tcase_add_test(cases, device_code__that_is_refused_is_not_shown);
  tcase_add_test(cases, person__who_is_not_there_is_said_to_be_missing);
  tcase_add_test(cases, person__who_leaves_is_missing_too);
  tcase_add_test(cases, person__may_decline_here);
  tcase_add_test(cases, person__who_says_done_is_believed_and_asked_for_at_once);
  tcase_add_test(cases, call__that_is_cancelled_takes_the_question_off_the_screen);
  tcase_add_test(cases, person__sees_one_code_for_all_sessions_and_resources);
  tcase_add_test(cases, refresh_token__signs_in_the_next_time);
  tcase_add_test(cases, refresh_token__stays_when_no_new_one_is_given);
  tcase_add_test(cases, refresh_token__is_the_same_for_browser_and_device_code);
  tcase_add_test(cases, refresh_token__renews_before_the_end_without_a_person);
  tcase_add_loop_test(cases, refresh_token__that_is_dead_is_not_used_again_and_the_person_asked, 0,
                      sizeof dead / sizeof *dead);
  tcase_add_loop_test(cases, refresh_token__that_is_dead_takes_no_newer_one_out_of_the_vault, 0,
                      sizeof dead / sizeof *dead);
  tcase_add_test(cases, refresh_token__that_is_dead_does_not_end_the_hook_for_a_person);
  tcase_add_test(cases, refresh_token__that_needs_more_of_the_person_is_not_thrown_away);
  tcase_add_test(cases, refresh_token__refused_with_nobody_there_says_both);
  tcase_add_loop_test(cases, refresh_token__refused_for_another_reason_bothers_nobody, 0,
                      sizeof ends / sizeof *ends);
  tcase_add_test(cases, token__refused_with_401_is_renewed_by_the_refresh_token);
  return cases;
}
