// SPDX-License-Identifier: Apache-2.0
//
// Why there is no token, and the way to Microsoft's hosts: a fixture for each row at least, judged from the bytes of an
// answer; and that no row of one side sends people to the other side's tools.
#include "cloud_fixtures.h"
#include "verdict_tables.h"

#include <tenon/exchange.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

static struct verdict verdict;
static struct verdict_evidence evidence;
static struct challenge challenge;
static struct oauth_result result;
static struct oauth_settings settings;
static tenon_http_completion completion;
static tenon_http_tls tls;
static tenon_pair header;
static char body[1024];

static const char *
put_body(const struct cloud_fixture *f)
{
  if (f->body != NULL || f->error == NULL)
    return f->body != NULL ? f->body : "";
  char sub[64] = "", numbers[64] = "", said[128];
  if (f->suberror != NULL)
    snprintf(sub, sizeof sub, ",\"suberror\":\"%s\"", f->suberror);
  if (f->number != 0)
    snprintf(numbers, sizeof numbers, ",\"error_codes\":[%u]", f->number);
  snprintf(said, sizeof said, f->number != 0 ? "AADSTS%u: Some words." : "Some words.", f->number);
  snprintf(body, sizeof body,
           "{\"error\":\"%s\"%s%s,\"error_description\":\"%s Trace ID: "
           "0000aaaa-11bb-cccc-dd22-eeeeee333333 Correlation ID: x\",\"timestamp\":\"2026-11-22 "
           "06:00:00Z\",\"correlation_id\":\"aaaa0000-bb11-2222-33cc-444444dddddd\"}",
           f->error, sub, numbers, said);
  return body;
}

static void
complete_answer(const struct cloud_fixture *f)
{
  const char *text = put_body(f);
  tls = f->shown != NULL ? *f->shown : cloud_shown;
  tls.verdict = f->tls;
  header = (tenon_pair){f->key, {f->value, f->value != NULL ? strlen(f->value) : 0}};
  completion = (tenon_http_completion){
      .size = sizeof completion,
      .fault = f->fault,
      .code = f->code,
      .status = f->code != 0 ? TENON_OK : TENON_E_NETWORK,
      .url = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
      .reason = f->reason,
      .route = "direct",
      .headers = &header,
      .n_headers = f->key != NULL ? 1 : 0,
      .body = {text, strlen(text)},
      .tls = &tls,
  };
}

static void
judge(const struct cloud_fixture *f)
{
  complete_answer(f);
  evidence = (struct verdict_evidence){
      .place = PLACE_OPEN,
      .seen = SEEN_CLOUD | f->seen,
      .account = "anna@contoso.example",
      .tried = "POST GetFolder",
      .finding = f->finding,
      .home = cloud_find("gcc-high"),
      .client_id = CLIENT_ID,
      .tenant = "contoso.example",
      .permission = "full_access_as_app",
  };
  settings = (struct oauth_settings){.grant = f->grant,
                                     .cloud = cloud_find(NULL),
                                     .authority = "https://login.microsoftonline.com",
                                     .tenant = "contoso.example",
                                     .client_id = CLIENT_ID,
                                     .login_hint = "anna@contoso.example"};
  memset(&result, 0, sizeof result);
  result.status = f->status != TENON_OK ? f->status : TENON_E_AUTH;
  result.step = f->step;
  result.skew_s = -1260;
  result.local = f->local;
  result.completion = f->code != 0 || f->fault != 0 ? &completion : NULL;
  snprintf(result.tried, sizeof result.tried, "POST /token, client secret");
  if (f->token && f->error != NULL)
    oauth_error_read(completion.body.ptr, completion.body.len, &result.error);
  if (f->token) {
    verdict_gather_token(&evidence, &result, &settings, &challenge);
  } else {
    evidence.server = "outlook.office365.com";
    verdict_gather(&evidence, &completion, NULL, NULL, &challenge);
  }
  verdict_judge(&evidence, &verdict);
}

static const struct cloud_fixture *
fixture_of(const char *row)
{
  for (size_t f = 0; f < n_cloud_fixtures; f++)
    if (strcmp(cloud_fixtures[f].row, row) == 0)
      return &cloud_fixtures[f];
  ck_abort_msg("no fixture %s", row);
  return NULL;
}

static const char *
data(const char *key)
{
  for (size_t i = 0; i < verdict.check.n_data; i++)
    if (strcmp(verdict.check.data[i].key, key) == 0)
      return verdict.check.data[i].value.ptr;
  return NULL;
}

START_TEST(cloud__finds_the_row_of_a_symptom)
{
  const struct cloud_fixture *f = &cloud_fixtures[_i];
  judge(f);
  ck_assert_msg(strcmp(verdict.row->name, f->row) == 0, "%d %u %s: %s, not %s", f->code, f->number,
                f->error != NULL ? f->error : "", verdict.row->name, f->row);
  ck_assert_int_lt(verdict.check.cause, 0);
  ck_assert_uint_gt(strlen(verdict.check.remedy), 10);
  ck_assert_ptr_nonnull(data(TENON_DATA_LIKELY));
  ck_assert(!verdict.text.cut);
  const char *texts[] = {verdict.check.title, verdict.check.detail, verdict.check.remedy,
                         data(TENON_DATA_LIKELY)};
  for (size_t i = 0; i < 4; i++) {
    ck_assert_msg(strpbrk(texts[i], "{}") == NULL, "%s: %s", f->row, texts[i]);
    ck_assert_msg(strstr(texts[i], "()") == NULL, "%s: %s", f->row, texts[i]);
    ck_assert_msg(strstr(texts[i], "..") == NULL, "%s: %s", f->row, texts[i]);
  }
}
END_TEST

static bool
has_fixture(const char *row)
{
  for (size_t f = 0; f < n_cloud_fixtures; f++)
    if (strcmp(cloud_fixtures[f].row, row) == 0)
      return true;
  return false;
}

START_TEST(cloud__has_a_fixture_for_every_row)
{
  static const struct verdict_rows *const tables[] = {&verdict_token_here,   &verdict_cloud_way,
                                                      &verdict_token,        &verdict_token_flow,
                                                      &verdict_token_person, &verdict_cloud};
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
    for (size_t i = 0; i < tables[t]->n; i++)
      ck_assert_msg(has_fixture(tables[t]->rows[i].name), "row %s has no fixture",
                    tables[t]->rows[i].name);
}
END_TEST

// ---- whose tools ----------------------------------------------------------------------------------

struct house {
  const struct verdict_rows *const *tables;
  const char *words[40]; // that have no business there
};

static const struct house houses[] = {
    {verdict_tables,
     {"Connect-Mg", "-Mg", "Connect-ExchangeOnline", "entra", "Entra", "adminconsent", "AADSTS",
      "microsoftonline", "admin.exchange.microsoft", "ApplicationAccessPolicy", "ServicePrincipal",
      "EwsAllowedAppIDs", "client_secret", "`grant`", "`cloud`", "`tenant`"}},
    {verdict_cloud_tables,
     {"ExchangeCertificate",
      "VirtualDirectory",
      "Get-WinEvent",
      "Get-AD",
      "WebAppPool",
      "W3SVC",
      "IIS",
      "Schannel",
      "Extended Protection",
      "Kerberos",
      "NTLM",
      "kinit",
      "klist",
      "setspn",
      "Exchange admin center: Servers",
      "ApplicationImpersonation -User",
      "`tls_pin`",
      "tls_name",
      "tls_certificate",
      "`server`",
      "`auth`",
      "`password`",
      "`username`",
      "Mount-Database",
      "Get-ExchangeServer",
      "Get-MailboxDatabase"}},
};

// What stands in a row for people, one after another.
static size_t
texts_of(const struct verdict_row *row, const char *to[12])
{
  const char *all[] = {row->title, row->detail, row->remedy,  row->likely,  row->prove,
                       row->mend,  row->link,   row->also[0], row->also[1], row->also[2]};
  size_t n = 0;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i] != NULL)
      to[n++] = all[i];
  return n;
}

static void
keeps_to_its_house(const struct house *house, const struct verdict_row *row)
{
  const char *texts[12];
  size_t n = texts_of(row, texts);
  for (size_t i = 0; i < n; i++)
    for (size_t w = 0; house->words[w] != NULL; w++)
      ck_assert_msg(strstr(texts[i], house->words[w]) == NULL, "row %s speaks of %s: %s", row->name,
                    house->words[w], texts[i]);
}

START_TEST(verdict__sends_nobody_to_the_other_sides_tools)
{
  const struct house *house = &houses[_i];
  for (size_t t = 0; house->tables[t] != NULL; t++)
    for (size_t i = 0; i < house->tables[t]->n; i++)
      if (strcmp(house->tables[t]->rows[i].name, "discover-cloud") != 0) // the one that sends there
        keeps_to_its_house(house, &house->tables[t]->rows[i]);
}
END_TEST

// Keys that forms of connectors to clouds have.
START_TEST(verdict__sends_back_to_fields_that_are_there)
{
  static const char *const keys[] = {TENON_KEY_ADMIN,
                                     TENON_KEY_CLOUD,
                                     TENON_KEY_GRANT,
                                     TENON_KEY_TENANT,
                                     TENON_KEY_CLIENT_ID,
                                     TENON_KEY_CLIENT_SECRET,
                                     TENON_KEY_AUTHORITY,
                                     TENON_KEY_EWS_URL,
                                     TENON_KEY_GRAPH_URL,
                                     TENON_KEY_CA_FILE,
                                     TENON_KEY_PROXY,
                                     TENON_KEY_PROXY_USER,
                                     TENON_KEY_TIMEOUT,
                                     TENON_KEY_RESOLVE,
                                     TENON_KEY_DNS,
                                     TENON_KEY_MAILBOX,
                                     TENON_KEY_IDENTITY,
                                     TENON_KEY_PROXY_PASSWORD,
                                     TENON_KEY_POWERSHELL,
                                     TENON_KEY_CLIENT_CERTIFICATE,
                                     TENON_KEY_MANAGED_IDENTITY};
  for (size_t t = 0; verdict_cloud_tables[t] != NULL; t++)
    for (size_t i = 0; i < verdict_cloud_tables[t]->n; i++) {
      const struct verdict_row *row = &verdict_cloud_tables[t]->rows[i];
      bool found = row->field == NULL || (row->unseen & SEEN_CLOUD) != 0;
      for (size_t k = 0; k < sizeof keys / sizeof *keys && !found; k++)
        found = strcmp(keys[k], row->field) == 0;
      ck_assert_msg(found, "row %s sends to %s", row->name, row->field);
    }
}
END_TEST

START_TEST(verdict__has_names_that_are_unique)
{
  const char *names[512];
  size_t n = 0;
  for (size_t h = 0; h < 2; h++)
    for (size_t t = 0; houses[h].tables[t] != NULL; t++) {
      if (h == 1 && houses[h].tables[t] == &verdict_proxy)
        continue; // both search it
      for (size_t i = 0; i < houses[h].tables[t]->n; i++) {
        ck_assert_uint_lt(n, sizeof names / sizeof *names);
        names[n++] = houses[h].tables[t]->rows[i].name;
        for (size_t k = 0; k + 1 < n; k++)
          ck_assert_str_ne(names[k], names[n - 1]);
      }
    }
}
END_TEST

// ---- what is said ---------------------------------------------------------------------------------

// App passwords are named only to say that they are of no use.
START_TEST(token__never_proposes_an_app_password)
{
  for (size_t t = 0; verdict_cloud_tables[t] != NULL; t++)
    for (size_t i = 0; i < verdict_cloud_tables[t]->n; i++) {
      const struct verdict_row *row = &verdict_cloud_tables[t]->rows[i];
      ck_assert_msg(strstr(row->remedy, "app password") == NULL, "%s", row->name);
    }
  judge(fixture_of("token-mfa-required"));
  ck_assert_ptr_nonnull(
      strstr(verdict.check.detail, "Neither the password nor an app password can"));
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "device-code or browser"));
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "client-secret or certificate"));
  ck_assert_str_eq(verdict.check.field, TENON_KEY_GRANT);
}
END_TEST

START_TEST(token__says_the_number_and_whom_to_tell_it)
{
  judge(fixture_of("token-conditional-access"));
  ck_assert_str_eq(data(TENON_DATA_AADSTS), "53003");
  ck_assert_str_eq(data(TENON_DATA_REQUEST_ID), "aaaa0000-bb11-2222-33cc-444444dddddd");
  ck_assert_str_eq(data("timestamp"), "2026-11-22 06:00:00Z");
  ck_assert_str_eq(data(TENON_DATA_GOT), "HTTP 400, AADSTS53003 invalid_grant");
  ck_assert_str_eq(data(TENON_DATA_ANSWERED_BY), "Entra ID");
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "aaaa0000-bb11-2222-33cc-444444dddddd"));
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_PROVE), "correlationId eq 'aaaa0000-"));
  ck_assert_str_eq(verdict.check.link, "https://login.microsoftonline.com/error?code=53003");
  ck_assert_str_eq(data(TENON_DATA_APP_ID), CLIENT_ID);
  ck_assert_str_eq(data(TENON_DATA_TENANT), "contoso.example");
}
END_TEST

// Of a server that means harm: what it sends stands in a string of PowerShell, within double quotes.
START_TEST(token__lets_no_server_put_code_into_a_command)
{
  static const char *const cases[][2] = {
      {"$(calc)", "eq '`$(calc)'\" |"},
      {"a\"; calc; \"", "eq 'a`\"; calc; `\"'\" |"},
      {"a\xe2\x80\x9d; calc", "eq 'a`\xe2\x80\x9d; calc'\" |"},
      {"`$x", "eq '```$x'\" |"},
      {"a' or 'b", "eq 'a'' or ''b'\" |"},
      {"a\xe2\x80\x99z", "eq 'a\xe2\x80\x99z'\" |"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    judge(fixture_of("token-conditional-access"));
    snprintf(result.error.correlation, sizeof result.error.correlation, "%s", cases[i][0]);
    verdict_judge(&evidence, &verdict);
    ck_assert_ptr_nonnull(strstr(data(TENON_DATA_PROVE), cases[i][1]));
  }
}
END_TEST

START_TEST(token__says_why_somebody_has_to_sign_in_anew)
{
  struct cloud_fixture f = *fixture_of("token-nobody-answers");
  judge(&f);
  ck_assert_ptr_null(strstr(verdict.check.detail, "AADSTS"));
  f.error = "invalid_grant";
  f.number = 50173;
  f.code = 400;
  judge(&f);
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "was refused (AADSTS50173)."));
  ck_assert_int_eq(verdict.check.cause, TENON_E_NOANSWER);
}
END_TEST

START_TEST(token__knows_where_an_unknown_number_is_explained)
{
  judge(fixture_of("token-refused"));
  ck_assert_str_eq(verdict.check.link, "https://login.microsoftonline.com/error?code=12345678");
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "AADSTS12345678. Some words."));
}
END_TEST

START_TEST(token__gives_the_page_that_mends_a_missing_consent)
{
  static const char page[] =
      "https://login.microsoftonline.com/contoso.example/adminconsent?client_id=" CLIENT_ID;
  judge(fixture_of("token-consent-missing-app"));
  ck_assert_str_eq(verdict.check.link, page);
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, page));
  ck_assert_int_eq(verdict.check.cause, TENON_E_DENIED);
}
END_TEST

START_TEST(token__tells_by_how_much_the_clocks_differ)
{
  judge(fixture_of("token-assertion-clock"));
  ck_assert_ptr_nonnull(
      strstr(verdict.check.detail, "The server's clock is 21 min behind this machine's."));
}
END_TEST

START_TEST(token__tells_the_difference_of_clocks_to_the_nearest_minute)
{
  static const struct {
    int64_t skew_s;
    const char *says;
  } cases[] = {
      {901, "15 min ahead"}, {929, "15 min ahead"}, {-930, "16 min behind"}, {119, "119 s ahead"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    judge(fixture_of("token-assertion-clock"));
    evidence.skew_s = cases[i].skew_s;
    verdict_judge(&evidence, &verdict);
    ck_assert_msg(strstr(verdict.check.detail, cases[i].says) != NULL, "%s", verdict.check.detail);
  }
}
END_TEST

START_TEST(token__names_the_cloud_of_a_tenant_and_what_to_answer)
{
  struct cloud_fixture f = *fixture_of("token-tenant-unknown");
  judge(&f);
  result.home = cloud_find("china");
  verdict_gather_token(&evidence, &result, &settings, &challenge);
  verdict_judge(&evidence, &verdict);
  ck_assert_str_eq(verdict.row->name, "tenant-elsewhere");
  ck_assert_str_eq(verdict.check.field, TENON_KEY_CLOUD);
  ck_assert_str_eq(data(TENON_DATA_ANSWER), "china");
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "Set `cloud` to china"));
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_PROVE), "https://login.partner.microsoftonline.cn"));
  ck_assert_str_eq(data(TENON_DATA_AADSTS), "90002");
  result.home = NULL;
  result.homeless = true;
  verdict_gather_token(&evidence, &result, &settings, &challenge);
  verdict_judge(&evidence, &verdict);
  ck_assert_str_eq(verdict.row->name, "tenant-unknown");
  ck_assert_str_eq(verdict.check.field, TENON_KEY_TENANT);
  ck_assert_ptr_null(data(TENON_DATA_ANSWER));
}
END_TEST

START_TEST(token__names_the_certificate_by_its_thumbprint)
{
  static const char bytes[] =
      "{\"error\":\"invalid_client\",\"error_codes\":[700027],\"error_description\":\"AADSTS700027:"
      " "
      "Not registered. [Reason - The key was not found., Thumbprint of key used by client: "
      "'1C74D736BEA6C95459FD38D02D0A2514A52FC9E9', words]\"}";
  judge(fixture_of("token-certificate-unknown"));
  oauth_error_read(bytes, sizeof bytes - 1, &result.error);
  verdict_judge(&evidence, &verdict);
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, " 1C74D736BEA6C95459FD38D02D0A2514A52FC9E9,"));
  evidence.thumbprint = "AA11";
  verdict_judge(&evidence, &verdict);
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "the thumbprint AA11,"));
}
END_TEST

START_TEST(token__connects_to_the_cloud_that_was_chosen)
{
  judge(fixture_of("token-secret-expired"));
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_MEND), "Connect-MgGraph -Scopes "));
  evidence.cloud = cloud_find("gcc-high");
  verdict_judge(&evidence, &verdict);
  ck_assert_ptr_nonnull(
      strstr(data(TENON_DATA_MEND), "Connect-MgGraph -Environment USGov -Scopes"));
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "https://entra.microsoft.us"));
}
END_TEST

// With a login host of one's own nobody is sent to a page that is not there.
START_TEST(token__has_no_link_that_a_browser_cannot_open)
{
  judge(fixture_of("token-consent-missing-app"));
  evidence.authority = "http://127.0.0.1:9400";
  verdict_judge(&evidence, &verdict);
  ck_assert_ptr_null(verdict.check.link);
}
END_TEST

START_TEST(token__is_tried_again_only_where_that_can_help)
{
  static const struct {
    const char *row;
    enum verdict_retry retry;
  } rows[] = {
      {"token-throttled", VERDICT_BACKOFF},      {"token-unavailable", VERDICT_BACKOFF},
      {"token-down", VERDICT_BACKOFF},           {"token-loop", VERDICT_LATER},
      {"token-account-locked", VERDICT_LATER},   {"token-secret-wrong", VERDICT_NO},
      {"token-conditional-access", VERDICT_NO},  {"token-mfa-required", VERDICT_NO},
      {"token-consent-missing-app", VERDICT_NO}, {"token-password-wrong", VERDICT_NO},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    judge(fixture_of(rows[i].row));
    ck_assert_int_eq(verdict.row->retry, rows[i].retry);
  }
}
END_TEST

START_TEST(cloud__takes_an_inspecting_proxy_for_the_likely_cause)
{
  static const char *const rows[] = {"cloud-inspected", "cloud-certificate-untrusted",
                                     "cloud-tls-old", "cloud-tls-handshake", "cloud-page"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    judge(fixture_of(rows[i]));
    const char *likely = data(TENON_DATA_LIKELY);
    ck_assert_msg(strstr(likely, "inspect") != NULL, "%s: %s", rows[i], likely);
  }
}
END_TEST

START_TEST(cloud__says_what_exchange_diagnosed)
{
  judge(fixture_of("cloud-forbidden"));
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "Its reason: The token has too little."));
  ck_assert_ptr_nonnull(strstr(data("diagnostics"), "2000008"));
}
END_TEST

START_TEST(cloud__reads_from_a_token_what_it_may_not)
{
  struct jwt_claims claims = {
      .readable = true, .app = true, .permissions = "Mail.Read User.Read.All"};
  ck_assert_uint_eq(verdict_seen_claims(&claims, "Mail.Read"), SEEN_APP);
  ck_assert_uint_eq(verdict_seen_claims(&claims, "Mail.ReadWrite"), SEEN_APP | SEEN_UNPERMITTED);
  claims.permissions[0] = 0;
  claims.app = false;
  ck_assert_uint_eq(verdict_seen_claims(&claims, "Mail.Read"),
                    SEEN_DELEGATED | SEEN_POWERLESS | SEEN_UNPERMITTED);
  claims.readable = false;
  ck_assert_uint_eq(verdict_seen_claims(&claims, "Mail.Read"), 0);
  ck_assert_uint_eq(verdict_seen_claims(NULL, NULL), 0);
}
END_TEST

// Begins with a command that is known, and leaves nothing to be filled in.
static void
runs_as_it_stands(const char *row, const char *commands)
{
  static const char *const begins[] = {
      "Connect-MgGraph ", "Get-Mg",  "(Get-Mg", "Add-Mg", "Update-Mg",   "curl ",
      "openssl ",         "getent ", "date ",   "env ",   "timedatectl "};
  for (const char *line = commands; line != NULL; line = strchr(line, '\n')) {
    line += *line == '\n';
    bool known = false;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
      known = known || strncmp(line, begins[i], strlen(begins[i])) == 0;
    ck_assert_msg(known, "%s begins with no command: %s", row, line);
  }
  ck_assert_msg(strstr(commands, "...") == NULL, "%s: %s", row, commands);
}

START_TEST(cloud__gives_commands_that_run_as_they_stand)
{
  judge(&cloud_fixtures[_i]);
  if (data(TENON_DATA_PROVE) != NULL)
    runs_as_it_stands(cloud_fixtures[_i].row, data(TENON_DATA_PROVE));
  if (data(TENON_DATA_MEND) != NULL)
    runs_as_it_stands(cloud_fixtures[_i].row, data(TENON_DATA_MEND));
}
END_TEST

// In a bulk run a mailbox that could not be asked for want of a token has a word of the bulk.
START_TEST(token__has_a_word_of_the_bulk)
{
  if (!cloud_fixtures[_i].token)
    return;
  judge(&cloud_fixtures[_i]);
  evidence.place |= PLACE_ACT;
  evidence.mailbox = "alex@contoso.example";
  verdict_judge(&evidence, &verdict);
  ck_assert_str_eq(verdict.row->name, cloud_fixtures[_i].row);
  const char *word = data(TENON_DATA_VERDICT);
  ck_assert(strcmp(word, TENON_VERDICT_ERROR) == 0 || strcmp(word, TENON_VERDICT_THROTTLED) == 0);
  if (verdict.check.cause == TENON_E_TRANSIENT)
    ck_assert_str_eq(word, TENON_VERDICT_THROTTLED);
}
END_TEST

TCase *
verdict_cloud_cases(void)
{
  TCase *cases = tcase_create("verdict of clouds");
  tcase_add_loop_test(cases, cloud__finds_the_row_of_a_symptom, 0, (int)n_cloud_fixtures);
  tcase_add_loop_test(cases, cloud__gives_commands_that_run_as_they_stand, 0,
                      (int)n_cloud_fixtures);
  tcase_add_loop_test(cases, token__has_a_word_of_the_bulk, 0, (int)n_cloud_fixtures);
  tcase_add_test(cases, cloud__has_a_fixture_for_every_row);
  tcase_add_loop_test(cases, verdict__sends_nobody_to_the_other_sides_tools, 0, 2);
  tcase_add_test(cases, verdict__sends_back_to_fields_that_are_there);
  tcase_add_test(cases, verdict__has_names_that_are_unique);
  tcase_add_test(cases, token__never_proposes_an_app_password);
  tcase_add_test(cases, token__says_the_number_and_whom_to_tell_it);
  tcase_add_test(cases, token__lets_no_server_put_code_into_a_command);
  tcase_add_test(cases, token__says_why_somebody_has_to_sign_in_anew);
  tcase_add_test(cases, token__knows_where_an_unknown_number_is_explained);
  tcase_add_test(cases, token__gives_the_page_that_mends_a_missing_consent);
  tcase_add_test(cases, token__tells_by_how_much_the_clocks_differ);
  tcase_add_test(cases, token__tells_the_difference_of_clocks_to_the_nearest_minute);
  tcase_add_test(cases, token__names_the_cloud_of_a_tenant_and_what_to_answer);
  tcase_add_test(cases, token__names_the_certificate_by_its_thumbprint);
  tcase_add_test(cases, token__connects_to_the_cloud_that_was_chosen);
  tcase_add_test(cases, token__has_no_link_that_a_browser_cannot_open);
  tcase_add_test(cases, token__is_tried_again_only_where_that_can_help);
  tcase_add_test(cases, cloud__takes_an_inspecting_proxy_for_the_likely_cause);
  tcase_add_test(cases, cloud__says_what_exchange_diagnosed);
  tcase_add_test(cases, cloud__reads_from_a_token_what_it_may_not);
  return cases;
}
