// SPDX-License-Identifier: Apache-2.0
//
// A person signs in at a browser on this machine: what the URL asks for, and everything that may come back.
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "cloud_suites.h"
#include "oauth_fake.h"

#define EWS    "https://outlook.office365.com"
#define SECOND INT64_C(1000000000)
#define TOKEN                                                                                      \
  "{\"expires_in\":3599,\"access_token\":\"token-one\",\"refresh_token\":\"refresh-one\"}"

static struct oauth *oauth;
static const struct oauth_result *result;
static struct oauth_settings settings;
static struct world_reply says;

static void
endpoint(const struct world_request *request, struct world_reply *ret)
{
  (void)request;
  *ret = says;
}

static void
set_up(void)
{
  world_set_up(endpoint);
  settings = (struct oauth_settings){.grant = OAUTH_BROWSER,
                                     .cloud = cloud_find(NULL),
                                     .authority = "https://login.microsoftonline.com",
                                     .tenant = "contoso.example",
                                     .client_id = "11111111-2222-3333-4444-555555555555",
                                     .login_hint = "admin@contoso.example"};
  oauth = oauth_create(&world.host, &world.http, &settings);
  says = (struct world_reply){.code = 200, .body = TOKEN};
  world.query = "code=code%%2F1.a%%2Bb&state=%s&session_state=x";
}

static void
tear_down(void)
{
  world_end_hook();
  oauth_destroy(oauth);
  world_tear_down();
}

static void
get(void)
{
  result = NULL;
  ck_assert_int_eq(oauth_token(oauth, &world.call, EWS, "EWS.AccessAsUser.All", OAUTH_NEW, &result),
                   TENON_OK);
  ck_assert_int_eq(result->token != NULL, result->status == TENON_OK);
  ck_assert(!world.listening && !world.on_screen);
}

// Of the URL on the screen, decoded.
static const char *
asked(const char *name)
{
  static struct world_request as_form;
  snprintf(as_form.body, sizeof as_form.body, "%s", strchr(world.ask_url, '?') + 1);
  return world_field(&as_form, name);
}

START_TEST(browser__is_sent_where_the_person_signs_in)
{
  get();
  const char *base = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize?";
  ck_assert_int_eq(strncmp(world.ask_url, base, strlen(base)), 0);
  ck_assert_str_eq(world.ask_id, OAUTH_ASK_BROWSER);
  ck_assert_str_eq(world.ask_code, "");
  ck_assert_str_eq(asked("client_id"), "11111111-2222-3333-4444-555555555555");
  ck_assert_str_eq(asked("response_type"), "code");
  ck_assert_str_eq(asked("response_mode"), "query");
  ck_assert_str_eq(asked("redirect_uri"), "http://localhost:40123/");
  ck_assert_str_eq(asked("login_hint"), "admin@contoso.example");
  ck_assert_str_eq(asked("prompt"), "select_account");
  ck_assert_str_eq(asked("state"), world.state);
  ck_assert_str_eq(asked("code_challenge_method"), "S256");
  ck_assert_str_eq(asked("scope"), EWS "/EWS.AccessAsUser.All offline_access openid profile");
}
END_TEST

START_TEST(code__is_redeemed_with_the_verifier_of_its_challenge)
{
  unsigned char hash[EVP_MAX_MD_SIZE];
  char challenge[64], verifier[256];
  unsigned n = 0;
  struct kit_text to;
  get();
  ck_assert_str_eq(world_text(result->token), "token-one");
  ck_assert_str_eq(world_field(world_last(), "grant_type"), "authorization_code");
  ck_assert_str_eq(world_field(world_last(), "code"), "code/1.a+b");
  ck_assert_str_eq(world_field(world_last(), "redirect_uri"), "http://localhost:40123/");
  snprintf(verifier, sizeof verifier, "%s", world_field(world_last(), "code_verifier"));
  ck_assert_uint_eq(strlen(verifier), 43);
  ck_assert_int_eq(EVP_Digest(verifier, 43, hash, &n, EVP_sha256(), NULL), 1);
  kit_text_init(&to, challenge, sizeof challenge);
  jwt_encode(&to, hash, n);
  ck_assert_str_eq(asked("code_challenge"), challenge);
  ck_assert_ptr_null(strstr(world.ask_url, verifier));
}
END_TEST

START_TEST(browser__has_a_state_and_a_verifier_of_its_own_each_time)
{
  char state[129], verifier[256];
  get();
  snprintf(state, sizeof state, "%s", world.state);
  snprintf(verifier, sizeof verifier, "%s", world_field(world_last(), "code_verifier"));
  settings.tenant = "fabrikam.example";
  struct oauth *other = oauth_create(&world.host, &world.http, &settings);
  ck_assert_int_eq(oauth_token(other, &world.call, EWS, "a", OAUTH_NEW, &result), TENON_OK);
  ck_assert_str_ne(state, world.state);
  ck_assert_str_ne(verifier, world_field(world_last(), "code_verifier"));
  oauth_destroy(other);
}
END_TEST

static const struct {
  const char *query, *error, *text;
  uint32_t code;
  tenon_status status;
} redirects[] = {
    {"error=access_denied&error_description=the+user+canceled+the+authentication&state=%s",
     "access_denied", "the user canceled the authentication", 0, TENON_E_AUTH},
    {"error=access_denied&error_subcode=cancel&error_description=AADSTS65004%%3a+No.%%0d%%0aTrace+"
     "ID"
     "%%3a+x&state=%s",
     "access_denied", "AADSTS65004: No.", 65004, TENON_E_AUTH},
    {"code=c&error=server_error&state=%s", "server_error", "", 0, TENON_E_AUTH},
    {"state=%s", "", "", 0, TENON_E_PROTOCOL},
    {"code=&state=%s", "", "", 0, TENON_E_PROTOCOL},
    {"code=c&state=somebody-elses-state%.0s", "", "", 0, TENON_E_PROTOCOL},
    {"code=c%.0s", "", "", 0, TENON_E_PROTOCOL},
    {"%.0s", "", "", 0, TENON_E_PROTOCOL},
    {"state=%s%%zz%%", "", "", 0, TENON_E_PROTOCOL},
};

START_TEST(redirect__without_a_code_of_this_sign_in_ends_it)
{
  world.query = redirects[_i].query;
  get();
  ck_assert_int_eq(result->status, redirects[_i].status);
  ck_assert_str_eq(result->step, "authorize");
  ck_assert_str_eq(result->error.error, redirects[_i].error);
  ck_assert_str_eq(result->error.text, redirects[_i].text);
  ck_assert_uint_eq(result->error.codes[0], redirects[_i].code);
  ck_assert_uint_eq(world.n_requests, 0);
  ck_assert_uint_eq(world.withdrawn, 1);
}
END_TEST

START_TEST(code__that_is_refused_is_an_error_of_the_endpoint)
{
  says = (struct world_reply){.code = 400,
                              .body = "{\"error\":\"invalid_client\",\"error_codes\":[7000218]}"};
  get();
  ck_assert_uint_eq(result->error.codes[0], 7000218);
  ck_assert_str_eq(result->step, "token");
}
END_TEST

START_TEST(browser__that_no_host_has_is_nobody_there)
{
  world.no_browser = true;
  get();
  ck_assert_int_eq(result->status, TENON_E_NOANSWER);
  ck_assert_str_eq(result->step, "authorize");
}
END_TEST

START_TEST(browser__with_nobody_to_see_the_question_is_closed)
{
  world.people = WORLD_NOBODY;
  get();
  ck_assert_int_eq(result->status, TENON_E_NOANSWER);
}
END_TEST

START_TEST(browser__without_a_port_to_come_back_to_says_what_else_there_is)
{
  world.listens = TENON_E_NETWORK;
  get();
  ck_assert_int_eq(result->status, TENON_E_NETWORK);
  ck_assert_ptr_nonnull(strstr(result->local, "device code"));
  ck_assert_uint_eq(world.asked, 0);
}
END_TEST

START_TEST(person__may_decline_while_the_browser_is_waited_for)
{
  world.people = WORLD_DECLINES;
  world.query = NULL;
  get();
  ck_assert_str_eq(result->error.error, "authorization_declined");
  ck_assert_str_eq(result->step, "authorize");
}
END_TEST

START_TEST(browser__that_never_comes_back_is_given_up)
{
  world.query = NULL;
  int64_t start = world.now_ns;
  get();
  ck_assert_int_eq(result->status, TENON_E_NOANSWER);
  int64_t took = (world.now_ns - start) / SECOND;
  ck_assert(took >= OAUTH_BROWSER_MAX_S && took < OAUTH_BROWSER_MAX_S + 5);
}
END_TEST

START_TEST(call__that_is_cancelled_closes_the_port)
{
  world.query = NULL;
  world.cancel_at_ns = world.now_ns + 3 * SECOND;
  ck_assert_int_eq(oauth_token(oauth, &world.call, EWS, "a", OAUTH_NEW, &result),
                   TENON_E_CANCELLED);
  ck_assert(!world.listening && !world.on_screen);
}
END_TEST

TCase *
oauth_browser_cases(void)
{
  TCase *cases = tcase_create("oauth-browser");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  tcase_add_test(cases, browser__is_sent_where_the_person_signs_in);
  tcase_add_test(cases, code__is_redeemed_with_the_verifier_of_its_challenge);
  tcase_add_test(cases, browser__has_a_state_and_a_verifier_of_its_own_each_time);
  tcase_add_loop_test(cases, redirect__without_a_code_of_this_sign_in_ends_it, 0,
                      sizeof redirects / sizeof *redirects);
  tcase_add_test(cases, code__that_is_refused_is_an_error_of_the_endpoint);
  tcase_add_test(cases, browser__that_no_host_has_is_nobody_there);
  tcase_add_test(cases, browser__with_nobody_to_see_the_question_is_closed);
  tcase_add_test(cases, browser__without_a_port_to_come_back_to_says_what_else_there_is);
  tcase_add_test(cases, person__may_decline_while_the_browser_is_waited_for);
  tcase_add_test(cases, browser__that_never_comes_back_is_given_up);
  tcase_add_test(cases, call__that_is_cancelled_closes_the_port);
  return cases;
}
