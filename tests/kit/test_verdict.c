// SPDX-License-Identifier: Apache-2.0
//
// The table of verdicts: each row is reached by the symptom it is for, and each says what to do.
#include "verdict_fixtures.h"

#include <tenon/exchange.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#define HEADERS_MAX 8

static struct soap_reader *reader;
static struct soap_reply reply;
static struct challenge challenge;
static struct verdict verdict;
static struct verdict_evidence evidence;
static tenon_pair headers[HEADERS_MAX];
static char header_text[1024];

static const tenon_http_certificate leaf_certificate = {
    .size = sizeof leaf_certificate,
    .subject = "CN=mail.contoso.example",
    .issuer = "CN=Contoso Issuing CA",
    .names = "mail.contoso.example, autodiscover.contoso.example",
    .pem = "-----BEGIN CERTIFICATE-----",
    .sha256 = "ab",
    .pin = "sha256//cGlu",
    .not_before = 1700000000,
    .not_after = 1760000000,
};
static const tenon_http_certificate middle_certificate = {
    .size = sizeof middle_certificate,
    .subject = "CN=Contoso Issuing CA",
    .issuer = "CN=Contoso Root CA",
    .pem = "-----ROOT-----",
    .sha256 = "cd",
    .not_before = 1600000000,
    .not_after = 1900000000,
};
static const tenon_http_certificate *const chain[] = {&leaf_certificate, &middle_certificate};
static tenon_http_tls tls;
static tenon_http_completion completion;

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

static size_t
split_headers(const char *text)
{
  size_t n = 0;
  ck_assert_uint_lt(strlen(text), sizeof header_text);
  memcpy(header_text, text, strlen(text) + 1);
  char *rest = header_text;
  for (char *line = strsep(&rest, "\n"); line != NULL && line[0] != 0 && n < HEADERS_MAX;
       line = strsep(&rest, "\n")) {
    char *value = strstr(line, ": ");
    ck_assert_ptr_nonnull(value);
    *value = 0;
    headers[n++] = (tenon_pair){line, {value + 2, strlen(value + 2)}};
  }
  return n;
}

static void
judge(const struct fixture *f)
{
  const char *body = f->body != NULL ? f->body : "";
  if (f->shown != NULL)
    tls = *f->shown;
  else
    tls = (tenon_http_tls){.size = sizeof tls, .chain = chain, .n_chain = 2};
  tls.verdict = f->tls;
  completion = (tenon_http_completion){
      .size = sizeof completion,
      .fault = f->fault,
      .code = f->code,
      .status = f->code != 0 ? TENON_OK : TENON_E_NETWORK,
      .url = "https://mail.contoso.example/EWS/Exchange.asmx",
      .reason = f->code != 0        ? NULL
                : f->reason != NULL ? f->reason
                                    : "could not.",
      .route =
          f->fault == TENON_HTTP_FAULT_PROXY ? "proxy http://proxy.contoso.example:3128" : "direct",
      .proxy_fault = f->proxy_fault,
      .proxy_code = f->proxy_code,
      .proxy_signin = f->proxy_signin,
      .proxy_tls = f->proxy_fault == TENON_HTTP_FAULT_CERTIFICATE ? &tls : NULL,
      .headers = headers,
      .n_headers = split_headers(f->headers != NULL ? f->headers : ""),
      .body = {body, strlen(body)},
      .tls = f->fault == TENON_HTTP_FAULT_PROXY ? NULL : &tls,
      .signin = f->signin,
  };
  evidence = (struct verdict_evidence){
      .place = f->place,
      .seen = f->seen,
      .account = "svc@contoso.example",
      .mailbox = f->place == PLACE_ACT ? "alex@contoso.example" : NULL,
      .server = "mail.contoso.example:444",
      .tried = "GetFolder acting as alex@contoso.example",
      .finding = f->finding,
      .found = "words",
  };
  verdict_gather(&evidence, &completion, reader, &reply, &challenge);
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

START_TEST(verdict__finds_the_row_of_a_symptom)
{
  judge(&fixtures[_i]);
  ck_assert_str_eq(verdict.row->name, fixtures[_i].row);
  ck_assert_int_eq(verdict.check.state, TENON_FAIL);
  ck_assert_int_lt(verdict.check.cause, 0);
  ck_assert_ptr_nonnull(verdict.check.title);
  ck_assert_ptr_nonnull(verdict.check.remedy);
  ck_assert_uint_gt(strlen(verdict.check.remedy), 10);
  ck_assert_ptr_null(strchr(verdict.check.title, '{'));
  ck_assert_ptr_null(strchr(verdict.check.detail, '{'));
  ck_assert_ptr_null(strchr(verdict.check.remedy, '{'));
  ck_assert_ptr_nonnull(data(TENON_DATA_VERDICT));
  ck_assert_ptr_nonnull(data(TENON_DATA_LIKELY));
  ck_assert_ptr_nonnull(data(TENON_DATA_GOT));
  ck_assert(!verdict.text.cut);
}
END_TEST

static void
judge_row(const char *name)
{
  for (size_t f = 0; f < n_fixtures; f++)
    if (strcmp(fixtures[f].row, name) == 0) {
      judge(&fixtures[f]);
      return;
    }
  ck_abort_msg("no fixture %s", name);
}

START_TEST(verdict__says_that_the_proxy_answered_and_not_the_server)
{
  judge_row("proxy-gateway");
  ck_assert_str_eq(data(TENON_DATA_ANSWERED_BY), "the proxy (squid/5.7, ERR_CONNECT_FAIL 111)");
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "http://proxy.contoso.example:3128"));
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "HTTP 503"));
  judge_row("proxy-wants-other-sign-in");
  ck_assert_str_eq(data(TENON_DATA_OFFERED), "Negotiate, NTLM");
  ck_assert_str_eq(data(TENON_DATA_MEND), "px --proxy=proxy.contoso.example:3128 --port=3128");
  judge_row("proxy-certificate");
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "Contoso Issuing CA"));
}
END_TEST

START_TEST(verdict__has_a_fixture_for_every_row)
{
  for (size_t t = 0; verdict_tables[t] != NULL; t++)
    for (size_t i = 0; i < verdict_tables[t]->n; i++) {
      const char *name = verdict_tables[t]->rows[i].name;
      bool found = false;
      for (size_t f = 0; f < n_fixtures && !found; f++)
        found = strcmp(fixtures[f].row, name) == 0;
      ck_assert_msg(found, "row %s has no fixture", name);
    }
}
END_TEST

static void
no_word_of_the_cloud(const char *row, const char *text)
{
  static const char *const words[] = {"Entra", "tenant", "Microsoft 365",
                                      "365",   "Graph",  "app password"};
  for (size_t i = 0; text != NULL && i < sizeof words / sizeof *words; i++)
    ck_assert_msg(strstr(text, words[i]) == NULL, "row %s speaks of %s", row, words[i]);
}

START_TEST(verdict__gives_no_remedy_of_the_cloud_on_premises)
{
  for (size_t t = 0; verdict_tables[t] != NULL; t++)
    for (size_t i = 0; i < verdict_tables[t]->n; i++) {
      const struct verdict_row *row = &verdict_tables[t]->rows[i];
      if (strcmp(row->name, "discover-cloud") == 0)
        continue; // the one that sends there
      no_word_of_the_cloud(row->name, row->remedy);
      no_word_of_the_cloud(row->name, row->mend);
      no_word_of_the_cloud(row->name, row->likely);
    }
}
END_TEST

// data.verdict of a mailbox is one of ten words, whatever the symptom; scripts count on that.
START_TEST(verdict__has_a_word_of_the_bulk_for_every_symptom)
{
  static const char *const words[] = {
      TENON_VERDICT_REFUSED,   TENON_VERDICT_OUT_OF_SCOPE, TENON_VERDICT_NO_MAILBOX,
      TENON_VERDICT_ELSEWHERE, TENON_VERDICT_DISABLED,     TENON_VERDICT_INVALID,
      TENON_VERDICT_THROTTLED, TENON_VERDICT_FLAPPING,     TENON_VERDICT_ERROR,
  };
  struct fixture f = fixtures[_i];
  f.place = PLACE_ACT;
  f.seen &= ~SEEN_PROBE;
  judge(&f);
  bool found = false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    found = found || strcmp(data(TENON_DATA_VERDICT), words[i]) == 0;
  ck_assert_msg(found, "%s is called %s", verdict.row->name, data(TENON_DATA_VERDICT));
  ck_assert_str_eq(data("symptom"), verdict.row->name);
}
END_TEST

START_TEST(verdict__reads_an_answer_in_utf_16)
{
  static const char text[] = "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\"><s:Body/></s:Envelope>";
  static char wide[2 * sizeof text] = "\xFF\xFE";
  for (size_t i = 0; i < sizeof text - 1; i++)
    wide[2 + 2 * i] = text[i];
  completion = (tenon_http_completion){
      .size = sizeof completion, .code = 200, .body = {wide, 2 * sizeof text}};
  evidence = (struct verdict_evidence){.place = PLACE_SIGNIN};
  verdict_gather(&evidence, &completion, reader, &reply, &challenge);
  ck_assert_uint_ne(evidence.seen & SEEN_SOAP, 0);
}
END_TEST

START_TEST(verdict__names_the_kind_of_what_it_does_not_understand)
{
  const struct fixture json = {.row = "unexpected",
                               .place = PLACE_SIGNIN,
                               .code = 200,
                               .headers = "Content-Type: application/json\n",
                               .body = "{}"};
  judge(&json);
  ck_assert_str_eq(verdict.row->name, "unexpected");
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "HTTP 200 with application/json."));
}
END_TEST

START_TEST(verdict__fills_the_command_with_the_account)
{
  judge_row("impersonation-denied");
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_MEND), "-User 'svc@contoso.example'"));
  ck_assert_str_eq(data(TENON_DATA_VERDICT), TENON_VERDICT_REFUSED);
  ck_assert_str_eq(data("symptom"), "impersonation-denied");
}
END_TEST

// PowerShell ends a literal at U+2018 to U+201B too.
START_TEST(verdict__makes_one_literal_of_a_value_in_a_command)
{
  static const char *const cases[][2] = {
      {"CONTOSO\\o'neil; rm", "'CONTOSO\\o''neil; rm'"},
      {"o'brien@contoso.example", "'o''brien@contoso.example'"},
      {"a\xe2\x80\x99; calc #", "'a\xe2\x80\x99\xe2\x80\x99; calc #'"},
      {"a\xe2\x80\x9b\xe2\x80\x98", "'a\xe2\x80\x9b\xe2\x80\x9b\xe2\x80\x98\xe2\x80\x98'"},
      {"$(calc)\"`n", "'$(calc)\"`n'"},
      {"-Confirm:$false", "'-Confirm:$false'"},
      {"a\ncalc", "'a?calc'"},
      {"{account}", "'{account}'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    judge_row("impersonation-denied");
    char command[256];
    snprintf(command, sizeof command,
             "New-ManagementRoleAssignment -Role ApplicationImpersonation -User %s", cases[i][1]);
    evidence.account = cases[i][0];
    verdict_judge(&evidence, &verdict);
    ck_assert_str_eq(data(TENON_DATA_MEND), command);
  }
}
END_TEST

START_TEST(verdict__knows_code_within_a_string_from_the_string)
{
  judge_row("certificate-without-names");
  evidence.server = "o'neil$.example:443";
  verdict_judge(&evidence, &verdict);
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_MEND), "\"CN=$('o''neil$.example')\""));
}
END_TEST

START_TEST(verdict__quotes_for_the_shell_in_a_line_that_is_for_one)
{
  static const char *const cases[][2] = {
      {"mail.contoso.example", "getent ahosts mail.contoso.example"},
      {"o'brien $(x)", "getent ahosts 'o'\\''brien $(x)'"},
      {"-v", "getent ahosts '-v'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    judge_row("name-unresolved");
    evidence.server = cases[i][0];
    verdict_judge(&evidence, &verdict);
    ck_assert_str_eq(data(TENON_DATA_PROVE), cases[i][1]);
  }
}
END_TEST

START_TEST(verdict__names_the_ticket_cache_in_field_and_commands)
{
  static const char *const rows[] = {"auth-ticket-other-user", "auth-ticket-cache-useless",
                                     "auth-ticket-cache-expired"};
  judge_row(rows[_i]);
  ck_assert_str_eq(verdict.check.field, TENON_KEY_TICKET_CACHE);
  ck_assert_str_eq(data(TENON_DATA_PROVE), "klist -c 'FILE:/run/svc cache'");
  ck_assert_str_eq(data(TENON_DATA_MEND), "kinit -c 'FILE:/run/svc cache' svc@CONTOSO.EXAMPLE");
}
END_TEST

// Begins with a command that is known, and leaves nothing to be filled in.
static void
complete(const char *row, const char *commands)
{
  static const char *const holes[] = {"NAME", "SERVER", "ADDRESS", "...", "# "};
  static const char *const begins[] = {
      "Get-",    "Set-",         "New-",     "Test-",   "Start-", "Restart-", "Enable-",
      "Unlock-", "Mount-",       "(Get-",    "curl ",   "px ",    "openssl ", "getent ",
      "env ",    "date ",        "dig ",     "klist ",  "kinit ", "kpasswd ", "setspn ",
      "tenon ",  "timedatectl ", "apt-get ", "Unlock-",
  };
  for (size_t i = 0; i < sizeof holes / sizeof *holes; i++)
    ck_assert_msg(strstr(commands, holes[i]) == NULL, "%s leaves %s: %s", row, holes[i], commands);
  for (const char *line = commands; line != NULL; line = strchr(line, '\n')) {
    line += *line == '\n';
    bool known = false;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
      known = known || strncmp(line, begins[i], strlen(begins[i])) == 0;
    ck_assert_msg(known, "%s begins with no command: %s", row, line);
  }
}

START_TEST(verdict__gives_commands_that_run_as_they_stand)
{
  judge(&fixtures[_i]);
  if (data(TENON_DATA_PROVE) != NULL)
    complete(fixtures[_i].row, data(TENON_DATA_PROVE));
  if (data(TENON_DATA_MEND) != NULL)
    complete(fixtures[_i].row, data(TENON_DATA_MEND));
}
END_TEST

START_TEST(verdict__says_what_was_offered_and_who_answered)
{
  judge_row("auth-basic-off");
  ck_assert_str_eq(data(TENON_DATA_OFFERED), "Negotiate, NTLM");
  ck_assert_str_eq(data(TENON_DATA_GOT), "HTTP 401");
  ck_assert_str_eq(verdict.check.field, TENON_KEY_AUTH);
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "Negotiate, NTLM"));
  judge_row("forbidden-before-signin");
  ck_assert_str_eq(data(TENON_DATA_ANSWERED_BY), "nginx");
}
END_TEST

START_TEST(verdict__names_the_authority_that_is_missing)
{
  judge_row("certificate-untrusted");
  ck_assert_str_eq(verdict.check.field, TENON_KEY_CA_FILE);
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "CN=Contoso Root CA"));
  ck_assert_str_eq(data("pem"), "-----ROOT-----");
  ck_assert_str_eq(data("authority_sha256"), "cd");
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "--set ca_file=FILE"));
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_MEND), " > mail.contoso.example-ca.pem"));
}
END_TEST

START_TEST(verdict__prints_the_chain_with_the_link_that_is_unknown)
{
  judge_row("certificate-untrusted");
  ck_assert_str_eq(data("chain"),
                   "1. CN=mail.contoso.example, issued by CN=Contoso Issuing CA, valid from "
                   "2023-11-14 to 2025-10-09\n"
                   "2. CN=Contoso Issuing CA, issued by CN=Contoso Root CA, valid from 2020-09-13 "
                   "to 2030-03-17\n"
                   "3. CN=Contoso Root CA: not sent, and not known here");
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, data("chain")));
  judge_row("certificate-interception");
  ck_assert_ptr_nonnull(strstr(data("chain"), "issued by itself, valid from 2020-09-13 to "
                                              "2030-03-17: not known here"));
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "Zscaler"));
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "Extended Protection"));
}
END_TEST

START_TEST(verdict__says_that_an_authority_that_was_not_sent_cannot_be_saved)
{
  judge_row("certificate-chain-missing");
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "cannot be fetched from here"));
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "--set tls_pin=sha256//cGlu"));
  ck_assert_ptr_null(data(TENON_DATA_MEND));
}
END_TEST

START_TEST(verdict__takes_no_ordinary_authority_for_an_inspecting_proxy)
{
  static const char *const issuers[] = {"CN=Contoso Root CA", "CN=R11,O=Let's Encrypt,C=US",
                                        "CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1",
                                        "CN=Preset Networks Issuing CA", NULL};
  for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++) {
    tenon_http_certificate one = leaf_certificate;
    const tenon_http_certificate *const list[] = {&one};
    const tenon_http_tls shown = {.size = sizeof shown, .chain = list, .n_chain = 1};
    one.issuer = issuers[i];
    ck_assert_ptr_null(verdict_inspector(&shown));
  }
}
END_TEST

// The first that is no pattern; else the pattern with the first part of the host's name.
START_TEST(verdict__proposes_a_name_that_would_match)
{
  static const char *const cases[][2] = {
      {"webmail.fabrikam.example, x.example", "--set tls_name=webmail.fabrikam.example."},
      {"*.fabrikam.example, owa.fabrikam.example", "--set tls_name=owa.fabrikam.example."},
      {"*.fabrikam.example", "--set tls_name=mail.fabrikam.example."},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    tenon_http_certificate one = leaf_certificate;
    const tenon_http_certificate *const list[] = {&one};
    const tenon_http_tls shown = {.size = sizeof shown, .chain = list, .n_chain = 1};
    const struct fixture f = {.place = PLACE_OPEN,
                              .fault = TENON_HTTP_FAULT_CERTIFICATE,
                              .tls = TENON_HTTP_TLS_NAME,
                              .shown = &shown};
    one.names = cases[i][0];
    judge(&f);
    ck_assert_msg(strstr(verdict.check.remedy, cases[i][1]) != NULL, "%s", verdict.check.remedy);
  }
}
END_TEST

// The same chain in any order, with a certificate that has nothing to do with it.
START_TEST(verdict__finds_the_end_of_a_chain_in_any_order)
{
  static const tenon_http_certificate root = {
      .size = sizeof root, .subject = "CN=Contoso Root CA", .issuer = "CN=Contoso Root CA"};
  static const tenon_http_certificate stray = {
      .size = sizeof stray, .subject = "CN=stray", .issuer = "CN=Other Root"};
  static const tenon_http_certificate *const list[] = {&leaf_certificate, &root, &stray,
                                                       &middle_certificate};
  const tenon_http_tls shown = {.size = sizeof shown, .chain = list, .n_chain = 4};
  ck_assert_ptr_eq(verdict_chain_end(&shown), &root);
  const tenon_http_tls alone = {.size = sizeof alone, .chain = list, .n_chain = 1};
  ck_assert_ptr_eq(verdict_chain_end(&alone), &leaf_certificate);
  ck_assert_ptr_null(verdict_chain_end(NULL));
}
END_TEST

START_TEST(verdict__lists_the_names_and_dates_of_a_certificate)
{
  judge_row("certificate-wrong-name");
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "autodiscover.contoso.example"));
  judge_row("certificate-expired");
  ck_assert_ptr_nonnull(strstr(verdict.check.detail, "2025-10-09"));
  ck_assert_ptr_nonnull(strstr(data(TENON_DATA_PROVE), "-connect mail.contoso.example:444"));
}
END_TEST

START_TEST(verdict__speaks_in_sentences)
{
  const struct fixture *f = &fixtures[_i];
  judge(f);
  const char *detail = verdict.check.detail;
  size_t n = strlen(detail);
  ck_assert_msg(!strstr(detail, ". the ") && !strstr(detail, ". no ") && !strstr(detail, "..."),
                "%s: %s", f->row, detail);
  ck_assert_msg(n > 0 && (detail[n - 1] == '.' || strchr(detail, '\n')), "%s: %s", f->row, detail);
}
END_TEST

// openssl reads from the terminal until somebody ends it.
START_TEST(verdict__gives_commands_that_come_to_an_end)
{
  judge(&fixtures[_i]);
  const char *prove = data(TENON_DATA_PROVE);
  for (const char *at = prove; at != NULL && (at = strstr(at, "openssl s_client")) != NULL; at++) {
    const char *end = strstr(at, "</dev/null"), *line = strchr(at, '\n');
    ck_assert_msg(end != NULL && (line == NULL || end < line), "%s: %s", fixtures[_i].row, prove);
  }
}
END_TEST

START_TEST(verdict__takes_over_the_pause_that_was_asked_for)
{
  judge_row("throttled-http");
  ck_assert_int_eq(verdict.check.retry_ns, INT64_C(120000000000));
  ck_assert_ptr_nonnull(strstr(verdict.check.remedy, "2 min"));
  judge_row("busy");
  ck_assert_int_eq(verdict.check.retry_ns, VERDICT_SOON_NS);
}
END_TEST

START_TEST(verdict__is_the_same_for_the_same_evidence)
{
  static struct verdict again;
  judge_row("impersonation-denied");
  verdict_judge(&evidence, &again);
  ck_assert_ptr_eq(again.row, verdict.row);
  ck_assert_str_eq(again.check.detail, verdict.check.detail);
  ck_assert_uint_eq(again.n_data, verdict.n_data);
}
END_TEST

START_TEST(verdict__survives_an_answer_of_garbage)
{
  static const char *const bodies[] = {"\x00", "<",       "\xff\xfe\xff", "<html",
                                       "{",    "<?xml?>", "<s:Envelope>", "\xEF\xBB\xBF<a/>"};
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
    for (int code = 100; code < 600; code += 33)
      for (uint32_t place = PLACE_OPEN; place <= PLACE_BROWSE; place <<= 1) {
        const struct fixture f = {.place = place, .code = code, .body = bodies[i]};
        judge(&f);
        ck_assert_ptr_nonnull(verdict.check.remedy);
      }
}
END_TEST

TCase *
verdict_cases(void)
{
  TCase *cases = tcase_create("verdict");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  tcase_add_loop_test(cases, verdict__finds_the_row_of_a_symptom, 0, (int)n_fixtures);
  tcase_add_loop_test(cases, verdict__speaks_in_sentences, 0, (int)n_fixtures);
  tcase_add_loop_test(cases, verdict__gives_commands_that_come_to_an_end, 0, (int)n_fixtures);
  tcase_add_test(cases, verdict__has_a_fixture_for_every_row);
  tcase_add_test(cases, verdict__says_that_the_proxy_answered_and_not_the_server);
  tcase_add_test(cases, verdict__gives_no_remedy_of_the_cloud_on_premises);
  tcase_add_loop_test(cases, verdict__has_a_word_of_the_bulk_for_every_symptom, 0, (int)n_fixtures);
  tcase_add_test(cases, verdict__reads_an_answer_in_utf_16);
  tcase_add_test(cases, verdict__names_the_kind_of_what_it_does_not_understand);
  tcase_add_test(cases, verdict__fills_the_command_with_the_account);
  tcase_add_test(cases, verdict__makes_one_literal_of_a_value_in_a_command);
  tcase_add_test(cases, verdict__knows_code_within_a_string_from_the_string);
  tcase_add_test(cases, verdict__quotes_for_the_shell_in_a_line_that_is_for_one);
  tcase_add_loop_test(cases, verdict__names_the_ticket_cache_in_field_and_commands, 0, 3);
  tcase_add_loop_test(cases, verdict__gives_commands_that_run_as_they_stand, 0, (int)n_fixtures);
  tcase_add_test(cases, verdict__says_what_was_offered_and_who_answered);
  tcase_add_test(cases, verdict__names_the_authority_that_is_missing);
  tcase_add_test(cases, verdict__prints_the_chain_with_the_link_that_is_unknown);
  tcase_add_test(cases, verdict__says_that_an_authority_that_was_not_sent_cannot_be_saved);
  tcase_add_test(cases, verdict__takes_no_ordinary_authority_for_an_inspecting_proxy);
  tcase_add_test(cases, verdict__proposes_a_name_that_would_match);
  tcase_add_test(cases, verdict__finds_the_end_of_a_chain_in_any_order);
  tcase_add_test(cases, verdict__lists_the_names_and_dates_of_a_certificate);
  tcase_add_test(cases, verdict__takes_over_the_pause_that_was_asked_for);
  tcase_add_test(cases, verdict__is_the_same_for_the_same_evidence);
  tcase_add_test(cases, verdict__survives_an_answer_of_garbage);
  return cases;
}
