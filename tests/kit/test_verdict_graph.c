// SPDX-License-Identifier: Apache-2.0
//
// What Graph refuses: a fixture for each row at least, and for each code that Graph is known to give. Whoever answers with the
// same code for two reasons has two fixtures here.
#include "backoff.h"
#include "verdict_tables.h"

#include <tenon/exchange.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

#define APP       (SEEN_CLOUD | SEEN_SENT | SEEN_APP)
#define DELEGATED (SEEN_CLOUD | SEEN_SENT | SEEN_DELEGATED)

struct graph_fixture {
  const char *row;
  uint32_t place;
  int code;
  const char *graph; // the code, "" for none
  uint64_t seen;     // beside SEEN_CLOUD
  const char *finding, *header, *value;
};

static const struct graph_fixture fixtures[] = {
    {"graph-foreign-link", PLACE_BROWSE, 200, "", APP, "graph-foreign-link"},
    {"graph-paging-loop", PLACE_BROWSE, 200, "", APP, "graph-paging-loop"},
    {"graph-no-plan", PLACE_SIGNIN, 200, "", APP, "graph-no-plan"},
    {"graph-guest", PLACE_ACT, 404, "ResourceNotFound", APP, "graph-guest"},
    {"graph-on-premises", PLACE_ACT, 404, "MailboxNotEnabledForRESTAPI", APP, "graph-on-premises"},
    {"graph-account-disabled", PLACE_ACT, 404, "ErrorInvalidUser", APP, "graph-account-disabled"},
    {"graph-unlicensed", PLACE_ACT, 404, "ErrorInvalidUser", APP, "graph-unlicensed"},
    {"graph-mailbox-pending", PLACE_ACT, 404, "ResourceNotFound", APP, "graph-mailbox-pending"},
    {"graph-half", PLACE_ACT, 403, "ErrorAccessDenied", APP, "graph-half"},
    {"graph-oddity", PLACE_ACT, 403, "AccessDenied", APP},
    {"graph-oddity", PLACE_ACT, 403, "AccessDenied", APP | SEEN_ACTED},
    {"graph-unpermitted", PLACE_ACT, 403, "AccessDenied", APP | SEEN_UNPERMITTED},
    {"graph-part-missing", PLACE_ACT, 200, "", APP, "graph-part-missing"},
    {"graph-audience", PLACE_SIGNIN, 401, "InvalidAuthenticationToken", APP, "graph-audience"},
    // 401
    {"graph-claims", PLACE_SIGNIN, 401, "InvalidAuthenticationToken", APP | SEEN_CLAIMS},
    {"graph-claims-code", PLACE_ACT, 403, "insufficient_claims", APP},
    {"graph-token-refused", PLACE_SIGNIN, 401, "InvalidAuthenticationToken", APP},
    {"graph-token-refused", PLACE_ACT, 401, "Unauthorized", APP},
    {"graph-token-refused", PLACE_SIGNIN, 401, "", DELEGATED},
    // 403: the directory's, and the mailbox's
    {"graph-directory-denied", PLACE_SIGNIN, 403, "Authorization_RequestDenied", APP},
    {"graph-directory-denied", PLACE_BROWSE, 403, "AccessDenied", APP},
    {"graph-directory-denied", PLACE_BROWSE, 403, "Forbidden", DELEGATED},
    {"graph-unpermitted", PLACE_ACT, 403, "ErrorAccessDenied", APP | SEEN_UNPERMITTED},
    {"graph-unpermitted", PLACE_ACT, 403, "", APP | SEEN_UNPERMITTED},
    {"graph-role-less", PLACE_ACT, 403, "ErrorAccessDenied",
     APP | SEEN_UNPERMITTED | SEEN_POWERLESS},
    {"graph-out-of-scope", PLACE_ACT, 403, "ErrorAccessDenied", APP | SEEN_ACTED},
    {"graph-out-of-scope", PLACE_ACT, 403, "ErrorAccessDenied",
     APP | SEEN_ACTED | SEEN_UNPERMITTED | SEEN_POWERLESS},
    {"graph-policy", PLACE_ACT, 403, "ErrorAccessDenied", APP},
    {"graph-refused", PLACE_ACT, 403, "ErrorSomething", DELEGATED},
    {"graph-folder-unpermitted", PLACE_ACT, 403, "ErrorAccessDenied", DELEGATED | SEEN_UNPERMITTED},
    {"graph-folder-denied", PLACE_ACT, 403, "ErrorAccessDenied", DELEGATED},
    {"graph-folder-denied", PLACE_ACT, 404, "ErrorFolderNotFound", DELEGATED},
    {"graph-folder-denied", PLACE_ACT, 404, "ErrorItemNotFound", DELEGATED},
    // 404
    {"graph-no-user", PLACE_ACT, 404, "Request_ResourceNotFound", APP | SEEN_MISSING},
    {"graph-no-user", PLACE_ACT, 404, "ErrorInvalidUser", DELEGATED | SEEN_MISSING},
    {"graph-user-unknown", PLACE_ACT, 404, "Request_ResourceNotFound", APP},
    {"graph-no-mailbox", PLACE_ACT, 404, "MailboxNotEnabledForRESTAPI", APP},
    {"graph-no-mailbox", PLACE_ACT, 404, "ResourceNotFound", APP},
    {"graph-no-mailbox", PLACE_ACT, 404, "ErrorInvalidUser", APP},
    {"graph-no-mailbox", PLACE_ACT, 404, "ErrorItemNotFound", APP},
    {"graph-path-unknown", PLACE_SIGNIN, 404, "", APP},
    {"graph-path-unknown", PLACE_SIGNIN, 404, "UnknownError", APP},
    {"graph-absent", PLACE_SIGNIN, 501, "", APP},
    // busy
    {"graph-throttled", PLACE_ACT, 429, "TooManyRequests", APP, NULL, "Retry-After", "2.128"},
    {"graph-throttled", PLACE_BROWSE, 429, "activityLimitReached", APP},
    {"graph-throttled", PLACE_ACT, 429, "", APP},
    {"graph-concurrency", PLACE_ACT, 429, "ApplicationThrottled", APP},
    {"graph-busy", PLACE_ACT, 503, "serviceNotAvailable", APP},
    {"graph-busy", PLACE_ACT, 504, "", APP},
    {"graph-busy", PLACE_ACT, 509, "", APP},
    {"graph-busy", PLACE_SIGNIN, 503, "", APP | SEEN_HTML},
    {"graph-locked", PLACE_ACT, 423, "", APP},
    // this side's requests, and no Graph at all
    {"graph-no-own-mailbox", PLACE_ACT, 400, "ErrorMissingEmailAddress", DELEGATED},
    {"graph-address-invalid", PLACE_ACT, 400, "ErrorInvalidIdMalformed", APP},
    {"graph-address-invalid", PLACE_ACT, 400, "Request_BadRequest", APP},
    {"graph-request-refused", PLACE_BROWSE, 400, "Request_UnsupportedQuery", APP},
    {"graph-request-refused", PLACE_SIGNIN, 405, "Request_BadRequest", APP},
    {"graph-redirected", PLACE_SIGNIN, 302, "", APP, NULL, "Location", "https://portal.example/"},
    {"graph-page", PLACE_SIGNIN, 200, "", APP | SEEN_HTML},
    {"graph-page", PLACE_SIGNIN, 404, "", APP | SEEN_HTML},
    {"graph-unreadable", PLACE_SIGNIN, 200, "", APP},
    {"graph-error", PLACE_SIGNIN, 409, "Conflict", APP},
};
#define N_FIXTURES (sizeof fixtures / sizeof *fixtures)

static struct verdict verdict;
static struct graph_error error;
static tenon_pair header;
static tenon_http_completion completion;

static void
judge(const struct graph_fixture *f)
{
  memset(&error, 0, sizeof error);
  snprintf(error.code, sizeof error.code, "%s", f->graph);
  snprintf(error.text, sizeof error.text, "words");
  header = (tenon_pair){f->header, {f->value, f->value != NULL ? strlen(f->value) : 0}};
  completion = (tenon_http_completion){
      .size = sizeof completion,
      .code = f->code,
      .url = "https://graph.microsoft.com/v1.0/$batch",
      .route = "direct",
      .headers = &header,
      .n_headers = f->header != NULL ? 1 : 0,
  };
  struct verdict_evidence evidence = {
      .place = f->place,
      .seen = f->seen,
      .account = "megan@contoso.example",
      .mailbox = "alex@contoso.example",
      .server = "graph.microsoft.com",
      .tried = "GET /users/alex@contoso.example",
      .finding = f->finding,
      .found = "words",
      .completion = &completion,
      .graph = &error,
      .client_id = "11111111-2222-3333-4444-555555555555",
      .tenant = "contoso.example",
      .permission = "Mail.ReadBasic.All",
  };
  verdict_judge(&evidence, &verdict);
}

static const char *
data(const char *key)
{
  for (size_t i = 0; i < verdict.check.n_data; i++)
    if (strcmp(verdict.check.data[i].key, key) == 0)
      return verdict.check.data[i].value.ptr;
  return NULL;
}

START_TEST(graph__finds_the_row_of_a_refusal)
{
  const struct graph_fixture *f = &fixtures[_i];
  judge(f);
  ck_assert_msg(strcmp(verdict.row->name, f->row) == 0, "%d %s: %s, not %s", f->code, f->graph,
                verdict.row->name, f->row);
  ck_assert_int_lt(verdict.check.cause, 0);
  ck_assert_uint_gt(strlen(verdict.check.remedy), 10);
  const char *texts[] = {verdict.check.title, verdict.check.detail, verdict.check.remedy};
  for (size_t i = 0; i < 3; i++) {
    ck_assert_ptr_null(strchr(texts[i], '{'));
    ck_assert_ptr_null(strstr(texts[i], "()"));
  }
  ck_assert_int_eq(verdict.check.detail[strlen(verdict.check.detail) - 1], '.');
  ck_assert_ptr_nonnull(data(TENON_DATA_LIKELY));
  ck_assert(!verdict.text.cut);
}
END_TEST

START_TEST(graph__has_a_fixture_for_every_row)
{
  for (size_t i = 0; i < verdict_graph.n; i++) {
    bool found = false;
    for (size_t f = 0; f < N_FIXTURES && !found; f++)
      found = strcmp(fixtures[f].row, verdict_graph.rows[i].name) == 0;
    ck_assert_msg(found, "row %s has no fixture", verdict_graph.rows[i].name);
  }
}
END_TEST

START_TEST(graph__calls_a_mailbox_by_a_word_of_the_bulk)
{
  static const struct {
    const char *row, *word;
    tenon_status cause;
  } words[] = {
      {"graph-guest", TENON_VERDICT_ELSEWHERE, TENON_E_CONFIG},
      {"graph-on-premises", TENON_VERDICT_ELSEWHERE, TENON_E_CONFIG},
      {"graph-account-disabled", TENON_VERDICT_DISABLED, TENON_E_CONFIG},
      {"graph-unlicensed", TENON_VERDICT_NO_MAILBOX, TENON_E_CONFIG},
      {"graph-no-user", TENON_VERDICT_NO_MAILBOX, TENON_E_CONFIG},
      {"graph-unpermitted", TENON_VERDICT_REFUSED, TENON_E_DENIED},
      {"graph-role-less", TENON_VERDICT_REFUSED, TENON_E_DENIED},
      {"graph-folder-denied", TENON_VERDICT_REFUSED, TENON_E_DENIED},
      {"graph-out-of-scope", TENON_VERDICT_OUT_OF_SCOPE, TENON_E_DENIED},
      {"graph-policy", TENON_VERDICT_OUT_OF_SCOPE, TENON_E_DENIED},
      {"graph-address-invalid", TENON_VERDICT_INVALID, TENON_E_CONFIG},
      {"graph-throttled", TENON_VERDICT_THROTTLED, TENON_E_TRANSIENT},
      {"graph-busy", TENON_VERDICT_THROTTLED, TENON_E_TRANSIENT},
      {"graph-token-refused", TENON_VERDICT_ERROR, TENON_E_AUTH},
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    for (size_t f = 0; f < N_FIXTURES; f++) {
      if (strcmp(fixtures[f].row, words[i].row) != 0 || fixtures[f].place != PLACE_ACT)
        continue;
      judge(&fixtures[f]);
      ck_assert_str_eq(data(TENON_DATA_VERDICT), words[i].word);
      ck_assert_str_eq(data("symptom"), words[i].row);
      ck_assert_int_eq(verdict.check.cause, words[i].cause);
    }
}
END_TEST

static void
judge_row(const char *row)
{
  for (size_t f = 0; f < N_FIXTURES; f++)
    if (strcmp(fixtures[f].row, row) == 0) {
      judge(&fixtures[f]);
      return;
    }
  ck_abort_msg("no fixture %s", row);
}

START_TEST(graph__names_the_missing_permission_and_the_command_that_grants_it)
{
  judge_row("graph-unpermitted");
  ck_assert_ptr_nonnull(strstr(verdict.check.title, "Mail.ReadBasic.All"));
  const char *mend = data(TENON_DATA_MEND);
  ck_assert_ptr_nonnull(strstr(mend, "\"appId eq '11111111-2222-3333-4444-555555555555'\""));
  ck_assert_ptr_nonnull(strstr(mend, "-AppRoleId '693c5e45-0940-467d-9b8a-1022fb9d42ef'"));
  judge_row("graph-directory-denied");
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy,
                               "https://login.microsoftonline.com/contoso.example/adminconsent?"
                               "client_id=11111111-2222-3333-4444-555555555555"));
}
END_TEST

START_TEST(graph__says_what_came_with_its_code)
{
  judge_row("graph-on-premises");
  ck_assert_str_eq(data(TENON_DATA_GOT), "HTTP 404, MailboxNotEnabledForRESTAPI");
  judge_row("graph-path-unknown");
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "HTTP 404 (no code)"));
}
END_TEST

START_TEST(graph__rounds_a_decimal_pause_up)
{
  judge_row("graph-throttled");
  ck_assert_int_eq(verdict.check.retry_ns, INT64_C(3000000000));
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "3 s"));
}
END_TEST

// On premises no row of Graph is found, nor the other way round.
START_TEST(graph__is_not_asked_on_premises)
{
  struct graph_fixture f = fixtures[_i];
  f.seen &= ~SEEN_CLOUD;
  f.finding = NULL;
  judge(&f);
  ck_assert_ptr_null(strstr(verdict.row->name, "graph-"));
}
END_TEST

static const struct {
  const char *text;
  int64_t seconds;
} pauses[] = {
    {"120", 120},
    {"2.128", 3},
    {"0.249", 1},
    {"2.000", 2},
    {"0", 0},
    {"-5", 0},
    {"", 0},
    {" 7", 7},
    {".5", 1},
    {"1e9", 1},
    {"soon", 0},
    {"99999999999999999999", 3600},
    {"Sun, 22 Nov 2026 06:01:00 GMT", 60},
    {"Sun, 22 Nov 2026 05:00:00 GMT", 0},
    {"Mon, 23 Nov 2026 06:00:00 GMT", 3600},
    {NULL, 0},
};

START_TEST(backoff__reads_what_a_server_asks_for)
{
  const int64_t now = 1795327200; // 2026-11-22 06:00:00 UTC
  ck_assert_int_eq(backoff_asked(pauses[_i].text, now), pauses[_i].seconds * 1000000000);
}
END_TEST

TCase *
verdict_graph_cases(void)
{
  TCase *cases = tcase_create("verdict of Graph");
  tcase_add_loop_test(cases, graph__finds_the_row_of_a_refusal, 0, (int)N_FIXTURES);
  tcase_add_test(cases, graph__has_a_fixture_for_every_row);
  tcase_add_test(cases, graph__calls_a_mailbox_by_a_word_of_the_bulk);
  tcase_add_test(cases, graph__names_the_missing_permission_and_the_command_that_grants_it);
  tcase_add_test(cases, graph__says_what_came_with_its_code);
  tcase_add_test(cases, graph__rounds_a_decimal_pause_up);
  tcase_add_loop_test(cases, graph__is_not_asked_on_premises, 0, (int)N_FIXTURES);
  tcase_add_loop_test(cases, backoff__reads_what_a_server_asks_for, 0,
                      (int)(sizeof pauses / sizeof *pauses));
  return cases;
}
