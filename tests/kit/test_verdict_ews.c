// SPDX-License-Identifier: Apache-2.0
//
// What EWS of Exchange Online refuses: a fixture for each row at least, and for each answer that has two reasons one of
// either.
#include "verdict_fixtures.h"
#include "verdict_tables.h"

#include <tenon/exchange.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

#define APP       (SEEN_SENT | SEEN_APP)
#define DELEGATED (SEEN_SENT | SEEN_DELEGATED)
#define CLIENT    "11111111-2222-3333-4444-555555555555"
#define DIAGNOSE(number)                                                                           \
  "x-ms-diagnostics: " number ";reason=\"words\";error_category=\"invalid\"\n"
#define POLICY "X-EWS-Policy-Reason: EWS is blocked by policy for this user or tenant\n"
#define ACT(name, code_, seen_)                                                                    \
  {                                                                                                \
    .row = name, .place = PLACE_ACT, .code = 500, .body = FAULT(code_), .seen = (seen_)            \
  }
#define AT(name, place_, code_, seen_)                                                             \
  {                                                                                                \
    .row = name, .place = (place_), .code = 500, .body = FAULT(code_), .seen = (seen_)             \
  }
#define HTTP(name, place_, code_, headers_, seen_)                                                 \
  {                                                                                                \
    .row = name, .place = (place_), .code = (code_), .headers = headers_, .seen = (seen_)          \
  }

static const struct fixture ews_fixtures[] = {
    {.row = "cloud-not-sent", .place = PLACE_ACT, .fault = TENON_HTTP_FAULT_GATE, .seen = APP},
    HTTP("ews-token-audience", PLACE_SIGNIN, 401, DIAGNOSE("2000003"), APP),
    HTTP("ews-token-tenant", PLACE_SIGNIN, 401, DIAGNOSE("2000004"), APP),
    HTTP("ews-token-user", PLACE_SIGNIN, 401, DIAGNOSE("2000005"), DELEGATED),
    HTTP("ews-token-expired", PLACE_SIGNIN, 401, DIAGNOSE("2000002"), APP),
    HTTP("ews-token-moment", PLACE_ACT, 401, DIAGNOSE("2000007"), APP),
    HTTP("ews-token-claims", PLACE_ACT, 401,
         "WWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"eyJ9\"\n", APP),
    HTTP("ews-token-refused", PLACE_SIGNIN, 401, DIAGNOSE("2000001"), APP),
    HTTP("ews-token-refused", PLACE_ACT, 401, "", DELEGATED),
    HTTP("ews-blocked-by-policy", PLACE_SIGNIN, 403, POLICY, APP),
    HTTP("ews-blocked-by-policy", PLACE_ACT, 403, POLICY, DELEGATED),
    HTTP("ews-mailbox-blocked", PLACE_ACT, 403, POLICY, APP | SEEN_ACTED),
    HTTP("ews-mailbox-blocked", PLACE_ACT, 403, "", APP | SEEN_ACTED),
    HTTP("ews-role-less", PLACE_SIGNIN, 403, DIAGNOSE("2000008"),
         APP | SEEN_POWERLESS | SEEN_UNPERMITTED),
    HTTP("ews-role-less", PLACE_SIGNIN, 401, DIAGNOSE("2000008"),
         APP | SEEN_POWERLESS | SEEN_UNPERMITTED),
    HTTP("ews-scope-app", PLACE_SIGNIN, 403, DIAGNOSE("2000008"), APP | SEEN_UNPERMITTED),
    HTTP("ews-scope-delegated", PLACE_SIGNIN, 403, DIAGNOSE("2000008"), DELEGATED),
    HTTP("ews-forbidden-silently", PLACE_SIGNIN, 403, "", APP),
    HTTP("ews-forbidden-silently", PLACE_ACT, 403, "", DELEGATED),
    HTTP("ews-nobody", PLACE_ACT, 404, "X-CasErrorCode: UserNotFound\n", APP),
    HTTP("ews-anchor-unknown", PLACE_SIGNIN, 404, "X-CasErrorCode: UserNotFound\n", APP),
    HTTP("ews-endpoint-gone", PLACE_SIGNIN, 404, "", APP),
    HTTP("ews-account-blocked", PLACE_SIGNIN, 456, "", DELEGATED),
    ACT("cloud-not-in-directory", "ErrorAccessDenied", APP | SEEN_MISSING),
    ACT("cloud-not-in-directory", "ErrorFolderNotFound", DELEGATED | SEEN_MISSING),
    ACT("cloud-not-a-mailbox", "ErrorNonExistentMailbox", APP | SEEN_FOREIGN),
    ACT("cloud-not-a-mailbox", "ErrorAccessDenied", DELEGATED | SEEN_FOREIGN),
    ACT("cloud-elsewhere", "ErrorNonExistentMailbox", APP | SEEN_EXISTS),
    ACT("cloud-no-mailbox", "ErrorNonExistentMailbox", APP),
    ACT("impersonation-retired", "ErrorImpersonateUserDenied", DELEGATED),
    ACT("impersonation-retired", "ErrorInvalidExchangeImpersonationHeaderData", DELEGATED),
    ACT("delegate-denied", "ErrorAccessDenied", DELEGATED),
    ACT("delegate-denied", "ErrorAccessDenied", DELEGATED | SEEN_ACTED),
    ACT("delegate-denied", "ErrorItemNotFound", DELEGATED | SEEN_EXISTS),
    ACT("app-out-of-scope", "ErrorAccessDenied", APP | SEEN_ACTED),
    ACT("app-out-of-scope", "ErrorImpersonateUserDenied", APP | SEEN_ACTED | SEEN_UNPERMITTED),
    ACT("app-scope-or-role", "ErrorAccessDenied", APP | SEEN_UNPERMITTED | SEEN_EXISTS),
    ACT("app-policy", "ErrorAccessDenied", APP),
    AT("app-needs-mailbox", PLACE_BROWSE, "ErrorInvalidExchangeImpersonationHeaderData", APP),
    AT("cloud-access-denied", PLACE_SIGNIN, "ErrorAccessDenied", APP),
    ACT("cloud-mailbox-disabled", "ErrorAccountDisabled", APP),
    ACT("cloud-licence", "ErrorInvalidLicense", APP),
    ACT("cloud-tenant-blocked", "ErrorOrganizationAccessBlocked", APP),
    AT("cloud-account-state", PLACE_SIGNIN, "ErrorAccountDisabled", DELEGATED),
    ACT("cloud-not-primary", "ErrorNonPrimarySmtpAddress", APP | SEEN_CORRECTED),
    ACT("cloud-address-invalid", "ErrorNonPrimarySmtpAddress", APP),
    ACT("cloud-address-invalid", "ErrorInvalidExchangeImpersonationHeaderData", APP),
    ACT("cloud-impersonation-failed", "ErrorImpersonationFailed", APP),
    AT("cloud-directory-needs-mailbox", PLACE_BROWSE, "ErrorNameResolutionNoMailbox", DELEGATED),
    AT("cloud-directory-needs-mailbox", PLACE_BROWSE, "ErrorNonExistentMailbox", APP),
    ACT("cloud-busy", "ErrorServerBusy", APP),
    ACT("cloud-too-many", "ErrorExceededConnectionCount", APP),
    ACT("cloud-version-older", "ErrorInvalidServerVersion", APP),
    ACT("cloud-version-unknown", "ErrorInvalidServerVersion", APP | SEEN_AGAIN),
    ACT("cloud-moving", "ErrorMailboxMoveInProgress", APP),
    ACT("cloud-led-astray", "ErrorNoRespondingCASInDestinationSite", APP),
    ACT("cloud-transient", "ErrorMailboxStoreUnavailable", APP),
    ACT("cloud-internal-error", "ErrorInternalServerError", APP),
    ACT("cloud-internal-error-again", "ErrorInternalServerError", APP | SEEN_AGAIN),
    ACT("cloud-request-defect", "ErrorSchemaValidation", APP),
    ACT("cloud-code-unknown", "ErrorOfNextYear", APP),
    ACT("cloud-fault-without-code", "s:Client", APP),
    {.row = "cloud-soap-without-answer",
     .place = PLACE_SIGNIN,
     .code = 200,
     .body = "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\"><s:Body/></s:Envelope>",
     .seen = APP},
};
#define N_FIXTURES (sizeof ews_fixtures / sizeof *ews_fixtures)

static const struct verdict_rows *const tables[] = {&verdict_cloud_policy, &verdict_cloud_acting,
                                                    &verdict_cloud_server};
#define N_TABLES (sizeof tables / sizeof *tables)

static struct soap_reader *reader;
static struct soap_reply reply;
static struct challenge challenge;
static struct verdict verdict;
static struct verdict_evidence evidence;
static tenon_http_completion completion;
static struct jwt_claims claims;
static char header_text[512];

static void
set_up(void)
{
  reader = soap_reader_create();
  ck_assert_ptr_nonnull(reader);
}

static void
tear_down(void)
{
  soap_reader_destroy(reader);
}

static void
judge(const struct fixture *f)
{
  static tenon_pair header;
  const char *body = f->body != NULL ? f->body : "";
  snprintf(header_text, sizeof header_text, "%s", f->headers != NULL ? f->headers : "");
  char *value = strstr(header_text, ": ");
  if (value != NULL) {
    *value = 0;
    value[strcspn(value + 1, "\n") + 1] = 0;
    header = (tenon_pair){header_text, {value + 2, strlen(value + 2)}};
  }
  completion = (tenon_http_completion){
      .size = sizeof completion,
      .fault = f->fault,
      .code = f->code,
      .status = f->code != 0 ? TENON_OK : TENON_E_AUTH,
      .url = "https://outlook.office365.com/EWS/Exchange.asmx",
      .reason = f->code != 0 ? NULL : "not sent",
      .headers = &header,
      .n_headers = value != NULL,
      .body = {body, strlen(body)},
  };
  claims = (struct jwt_claims){.readable = true,
                               .audience = "https://graph.microsoft.com",
                               .tenant = "aaaaaaaa-0000-0000-0000-000000000000"};
  evidence = (struct verdict_evidence){
      .place = f->place,
      .seen = f->seen | SEEN_CLOUD,
      .account = "svc@contoso.example",
      .mailbox = "alex@contoso.example",
      .server = "outlook.office365.com",
      .tried = "GetFolder acting as alex@contoso.example",
      .before = "The secret has expired",
      .client_id = CLIENT,
      .tenant = "contoso.example",
      .permission = "full_access_as_app",
      .claims = &claims,
  };
  verdict_gather(&evidence, &completion, reader, &reply, &challenge);
  verdict_judge(&evidence, &verdict);
}

static void
judge_row(const char *name)
{
  for (size_t f = 0; f < N_FIXTURES; f++)
    if (strcmp(ews_fixtures[f].row, name) == 0) {
      judge(&ews_fixtures[f]);
      return;
    }
  ck_abort_msg("no fixture %s", name);
}

static const char *
data(const char *key)
{
  for (size_t i = 0; i < verdict.check.n_data; i++)
    if (strcmp(verdict.check.data[i].key, key) == 0)
      return verdict.check.data[i].value.ptr;
  return NULL;
}

START_TEST(ews__finds_the_row_of_a_refusal)
{
  judge(&ews_fixtures[_i]);
  ck_assert_str_eq(verdict.row->name, ews_fixtures[_i].row);
  ck_assert_int_eq(verdict.check.state, TENON_FAIL);
  ck_assert_int_lt(verdict.check.cause, 0);
  const char *texts[] = {verdict.check.title, verdict.check.detail, verdict.check.remedy,
                         data(TENON_DATA_LIKELY)};
  for (size_t i = 0; i < 4; i++) {
    ck_assert_ptr_nonnull(texts[i]);
    ck_assert_uint_gt(strlen(texts[i]), 4);
    ck_assert_ptr_null(strchr(texts[i], '{'));
  }
  ck_assert_int_eq(verdict.check.detail[strlen(verdict.check.detail) - 1], '.');
  ck_assert(!verdict.text.cut);
}
END_TEST

START_TEST(ews__has_a_fixture_for_every_row)
{
  for (size_t t = 0; t < N_TABLES; t++)
    for (size_t i = 0; i < tables[t]->n; i++) {
      bool found = false;
      for (size_t f = 0; f < N_FIXTURES && !found; f++)
        found = strcmp(ews_fixtures[f].row, tables[t]->rows[i].name) == 0;
      ck_assert_msg(found, "row %s has no fixture", tables[t]->rows[i].name);
    }
}
END_TEST

START_TEST(ews__calls_a_mailbox_by_a_word_of_the_bulk)
{
  static const struct {
    const char *row, *word;
    tenon_status cause;
  } words[] = {
      {"ews-mailbox-blocked", TENON_VERDICT_DISABLED, TENON_E_CONFIG},
      {"ews-nobody", TENON_VERDICT_NO_MAILBOX, TENON_E_CONFIG},
      {"cloud-not-a-mailbox", TENON_VERDICT_ELSEWHERE, TENON_E_CONFIG},
      {"cloud-elsewhere", TENON_VERDICT_ELSEWHERE, TENON_E_CONFIG},
      {"delegate-denied", TENON_VERDICT_REFUSED, TENON_E_DENIED},
      {"app-out-of-scope", TENON_VERDICT_OUT_OF_SCOPE, TENON_E_DENIED},
      {"app-policy", TENON_VERDICT_OUT_OF_SCOPE, TENON_E_DENIED},
      {"app-scope-or-role", TENON_VERDICT_REFUSED, TENON_E_DENIED},
      {"cloud-licence", TENON_VERDICT_DISABLED, TENON_E_CONFIG},
      {"cloud-busy", TENON_VERDICT_THROTTLED, TENON_E_TRANSIENT},
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    judge_row(words[i].row);
    ck_assert_str_eq(data(TENON_DATA_VERDICT), words[i].word);
    ck_assert_int_eq(verdict.check.cause, words[i].cause);
    ck_assert_str_eq(data("symptom"), words[i].row);
  }
}
END_TEST

// What mends an own server mends nothing there: words of a remedy that would send somebody the wrong way.
START_TEST(ews__gives_no_remedy_of_an_own_server)
{
  static const char *const words[] = {"role ApplicationImpersonation",
                                      "Active Directory",
                                      "WebServicesVirtualDirectory",
                                      "ADUser",
                                      "ThrottlingPolicy",
                                      "domain controller",
                                      "Kerberos",
                                      "NTLM",
                                      "Get-WinEvent",
                                      "-Role ApplicationImp"};
  for (size_t t = 0; t < N_TABLES; t++)
    for (size_t i = 0; i < tables[t]->n; i++) {
      const struct verdict_row *row = &tables[t]->rows[i];
      const char *texts[] = {row->remedy, row->likely, row->prove, row->mend};
      for (size_t k = 0; k < 4; k++)
        for (size_t w = 0; texts[k] != NULL && w < sizeof words / sizeof *words; w++)
          ck_assert_msg(strstr(texts[k], words[w]) == NULL, "%s speaks of %s", row->name, words[w]);
    }
}
END_TEST

static void
complete(const char *row, const char *commands)
{
  static const char *const begins[] = {"Get-",     "Set-", "New-",  "Test-",
                                       "Connect-", "Add-", "date ", "timedatectl "};
  ck_assert_msg(strpbrk(commands, "<>") == NULL, "%s leaves a hole: %s", row, commands);
  for (const char *line = commands; line != NULL; line = strchr(line, '\n')) {
    line += *line == '\n';
    bool known = false;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
      known = known || strncmp(line, begins[i], strlen(begins[i])) == 0;
    ck_assert_msg(known, "%s begins with no command: %s", row, line);
  }
}

START_TEST(ews__gives_commands_that_run_as_they_stand)
{
  judge(&ews_fixtures[_i]);
  if (data(TENON_DATA_PROVE) != NULL)
    complete(ews_fixtures[_i].row, data(TENON_DATA_PROVE));
  if (data(TENON_DATA_MEND) != NULL)
    complete(ews_fixtures[_i].row, data(TENON_DATA_MEND));
}
END_TEST

// Writing the allow list replaces it: what mends reads it in the same breath, and adds this application.
START_TEST(ews__adds_to_the_allow_list_what_is_on_it_already)
{
  judge_row("ews-blocked-by-policy");
  const char *mend = data(TENON_DATA_MEND);
  ck_assert_ptr_nonnull(strstr(mend, "Set-OrganizationConfig -EwsEnabled $true"));
  ck_assert_ptr_nonnull(
      strstr(mend, "-RetrieveEwsOperationAccessPolicy).EwsAllowedAppIDs) + '" CLIENT "'"));
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_PROVE), "EwsAllowedAppIDs"));
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, CLIENT " is not in EwsAllowedAppIDs"));
  ck_assert_str_eq(verdict.check.id, TENON_CHECK_EWS_POLICY);
}
END_TEST

START_TEST(ews__names_the_causes_of_an_empty_refusal_in_their_order)
{
  judge_row("ews-forbidden-silently");
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_LIKELY), "EwsEnabled")); // so since October 2026
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_LIKELY), "EwsAllowedAppIDs"));
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_ALSO "1"), "User-Agent"));
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_ALSO "2"), "application access policy"));
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_ALSO "3"), "Kiosk"));
}
END_TEST

START_TEST(ews__shows_what_the_answer_says_of_the_token)
{
  judge_row("ews-token-audience");
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "2000003;reason=\"words\""));
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "https://graph.microsoft.com"));
  judge_row("ews-token-refused");
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "2000001"));
}
END_TEST

TCase *
verdict_ews_cases(void)
{
  TCase *cases = tcase_create("verdict of cloud EWS");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  tcase_add_loop_test(cases, ews__finds_the_row_of_a_refusal, 0, (int)N_FIXTURES);
  tcase_add_test(cases, ews__has_a_fixture_for_every_row);
  tcase_add_test(cases, ews__calls_a_mailbox_by_a_word_of_the_bulk);
  tcase_add_test(cases, ews__gives_no_remedy_of_an_own_server);
  tcase_add_loop_test(cases, ews__gives_commands_that_run_as_they_stand, 0, (int)N_FIXTURES);
  tcase_add_test(cases, ews__adds_to_the_allow_list_what_is_on_it_already);
  tcase_add_test(cases, ews__names_the_causes_of_an_empty_refusal_in_their_order);
  tcase_add_test(cases, ews__shows_what_the_answer_says_of_the_token);
  return cases;
}
