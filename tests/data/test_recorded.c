// SPDX-License-Identifier: Apache-2.0
//
// Answers that real servers gave, and published ones, where a collection of them lies beside the
// source: each is read without a crash and gets the verdict that its file's name says.
#include "verdict.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA        TENON_SHARED_DATA "/ews"
#define FILE_MAX    (1 << 20)
#define HEADERS_MAX 48

static struct soap_reader *reader;
static struct soap_reply reply;
static struct challenge challenge;
static struct verdict verdict;
static char bytes[FILE_MAX + 1];
static size_t n_bytes;

typedef void one_file(const char *name);

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
each_file(const char *folder, one_file *one)
{
  char path[1024];
  unsigned n = 0;
  DIR *dir = opendir(folder);
  ck_assert_msg(dir != NULL, "no folder %s", folder);
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
    if (entry->d_name[0] == '.')
      continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    n_bytes = fread(bytes, 1, FILE_MAX, file);
    bytes[n_bytes] = 0;
    fclose(file);
    one(entry->d_name);
    n++;
  }
  closedir(dir);
  ck_assert_msg(n > 0, "nothing in %s", folder);
}

static struct verdict_evidence
judge(const tenon_http_completion *completion, uint32_t place)
{
  struct verdict_evidence evidence = {
      .place = place,
      .seen = place != PLACE_OPEN ? SEEN_SENT : 0,
      .account = "svc@contoso.example",
      .mailbox = "alex@contoso.example",
      .server = "mail.contoso.example",
      .tried = "GetFolder acting as alex@contoso.example",
  };
  verdict_gather(&evidence, completion, reader, &reply, &challenge);
  verdict_judge(&evidence, &verdict);
  ck_assert_ptr_nonnull(verdict.check.remedy);
  return evidence;
}

static struct verdict_evidence
judge_body(int code, uint32_t place)
{
  static tenon_http_completion completion; // the evidence refers to it
  completion = (tenon_http_completion){
      .size = sizeof completion,
      .code = code,
      .url = "https://mail.contoso.example/EWS/Exchange.asmx",
      .route = "direct",
      .body = {bytes, n_bytes},
  };
  return judge(&completion, place);
}

// ---- good answers -----------------------------------------------------------------------------

static void
is_good(const char *name)
{
  struct verdict_evidence evidence = judge_body(200, PLACE_SIGNIN);
  ck_assert_msg(reply.state == SOAP_READ, "%s: %s", name, reply.why);
  // Availability has its response classes one level further down, where nobody here asks for them.
  if (strncmp(name, "get-user-availability", 21) != 0)
    ck_assert_msg(verdict_is_good(&evidence), "%s: %s", name, reply.code);
}

START_TEST(recorded__good_answers_are_good)
{
  each_file(DATA "/responses/ok", is_good);
}
END_TEST

// ---- errors by name ---------------------------------------------------------------------------

// "fault-ErrorServerBusy-backoff.xml": the code that a name tells, or "".
static void
code_of_name(const char *name, char *ret, size_t size)
{
  const char *start = strstr(name, "Error");
  size_t n = start != NULL ? strcspn(start, "-.") : 0;
  snprintf(ret, size, "%.*s", (int)n, start != NULL ? start : "");
}

static void
has_the_code_of_its_name(const char *name)
{
  char code[128];
  code_of_name(name, code, sizeof code);
  struct verdict_evidence evidence = judge_body(500, PLACE_ACT);
  ck_assert_msg(reply.state == SOAP_READ, "%s: %s", name, reply.why);
  ck_assert_msg(verdict_is_ews(&evidence), "%s", name);
  if (code[0] != 0)
    ck_assert_msg(strcmp(reply.code, code) == 0, "%s: %s", name, reply.code);
  ck_assert_msg(strcmp(verdict.row->name, "unexpected") != 0, "%s", name);
}

START_TEST(recorded__errors_have_the_code_of_their_name)
{
  each_file(DATA "/responses/errors", has_the_code_of_its_name);
  each_file(DATA "/responses/composed", has_the_code_of_its_name);
}
END_TEST

// Rows that codes must come out as, at least.
static void
has_the_row_of_its_name(const char *name)
{
  static const struct {
    const char *part, *row;
  } rows[] = {
      {"ErrorImpersonateUserDenied", "impersonation-denied"},
      {"ErrorNonExistentMailbox", "no-mailbox"},
      {"ErrorServerBusy", "busy"},
      {"ErrorMailboxMoveInProgress", "moving"},
      {"ErrorMailboxStoreUnavailable", "store-unavailable"},
      {"ErrorNoRespondingCAS", "no-server-behind"},
      {"ErrorInvalidServerVersion", "version-older"},
      {"ErrorInvalidRequest", "version-older"},
      {"ErrorInvalidSmtpAddress", "address-invalid"},
      {"ErrorInvalidUserSid", "address-invalid"},
      {"ErrorNonPrimarySmtpAddress", "not-primary"},
      {"ErrorAccountDisabled", "mailbox-disabled"},
      {"ErrorPasswordExpired", "account-state"},
      {"ErrorImpersonationFailed", "impersonation-failed"},
      {"ErrorSchemaValidation", "request-defect"},
      {"fault-no-detail", "fault-without-code"},
      {"unknown-code-future", "code-unknown"},
  };
  bool not_exchange = strstr(name, "http200-gromox-style") != NULL;
  judge_body(not_exchange ? 200 : 500, PLACE_ACT);
  if (not_exchange)
    ck_assert_str_eq(verdict.row->name, "impersonation-denied-not-exchange");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (strstr(name, rows[i].part) != NULL)
      ck_assert_msg(strcmp(verdict.row->name, rows[i].row) == 0, "%s: %s", name, verdict.row->name);
}

START_TEST(recorded__errors_get_the_verdict_of_their_name)
{
  each_file(DATA "/responses/errors", has_the_row_of_its_name);
  each_file(DATA "/responses/composed", has_the_row_of_its_name);
}
END_TEST

static void
is_not_xml(const char *name)
{
  judge_body(200, PLACE_SIGNIN);
  ck_assert_msg(reply.state != SOAP_READ, "%s", name);
  ck_assert_msg(reply.why[0] != 0, "%s", name);
}

START_TEST(recorded__damaged_answers_are_refused_with_a_reason)
{
  each_file(DATA "/malformed", is_not_xml);
}
END_TEST

// ---- heads of answers -------------------------------------------------------------------------

// Reads "HTTP/1.1 401 Unauthorized\r\nName: value..." out of `text`, which it cuts up.
static tenon_http_completion
read_head(char *text, tenon_pair *headers)
{
  tenon_http_completion c = {.size = sizeof c,
                             .headers = headers,
                             .route = "direct",
                             .url = "https://mail.contoso.example/EWS/Exchange.asmx",
                             .body = {"", 0}};
  char *rest = text;
  for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
    line[strcspn(line, "\r")] = 0;
    char *value = strstr(line, ": ");
    if (strncmp(line, "HTTP/1", 6) == 0) {
      c.code = (int)strtol(line + 9, NULL, 10);
    } else if (value != NULL && c.n_headers < HEADERS_MAX) {
      *value = 0;
      headers[c.n_headers++] = (tenon_pair){line, {value + 2, strlen(value + 2)}};
    }
  }
  return c;
}

static void
head_has_the_row_of_its_name(const char *name)
{
  static const struct {
    const char *part, *row;
  } rows[] = {
      {"302-fba-owa-logon", "logon-page-refused"},
      {"302-autodiscover", "redirect"},
      {"307-autodiscover", "redirect"},
      {"400-", "bad-request"},
      {"401-ntlm-challenge", "auth-basic-off"},
      {"401-onprem-ews-negotiate", "auth-basic-off"},
      {"401-onprem-autodiscover", "auth-refused"},
      {"401-onprem-hma", "auth-refused"},
      {"401-onprem-hybrid", "auth-refused"},
      {"401-onprem-ntlm-rejected", "auth-refused"},
      {"401-exo-bearer", "auth-refused"},
      {"403-exo-x-ews-policy", "ews-policy"},
      {"403-exo-not-enough", "forbidden-after-signin"},
      {"413-", "too-large-for-renegotiation"},
      {"429-", "throttled-http"},
      {"440-", "logon-expired"},
      {"456-", "account-blocked"},
      {"503-", "unavailable"},
  };
  tenon_pair headers[HEADERS_MAX];
  bool page = strstr(name, ".html") != NULL;
  tenon_http_completion c =
      page ? (tenon_http_completion){.size = sizeof c, .code = 200} : read_head(bytes, headers);
  if (page)
    c.body = (tenon_text){bytes, n_bytes};
  judge(&c, PLACE_SIGNIN);
  if (page)
    ck_assert_str_eq(verdict.row->name, "login-page");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (strncmp(name, rows[i].part, strlen(rows[i].part)) == 0)
      ck_assert_msg(strcmp(verdict.row->name, rows[i].row) == 0, "%s: %s", name, verdict.row->name);
}

START_TEST(recorded__heads_get_the_verdict_of_their_name)
{
  each_file(DATA "/http", head_has_the_row_of_its_name);
}
END_TEST

// ---- the same, as the cloud's ---------------------------------------------------------------

static void
judge_cloud(const tenon_http_completion *completion, uint32_t place, uint64_t seen)
{
  struct verdict_evidence evidence = {.place = place,
                                      .seen = SEEN_CLOUD | SEEN_SENT | seen,
                                      .account = "svc@contoso.example",
                                      .mailbox = "alex@contoso.example",
                                      .server = "outlook.office365.com",
                                      .tried = "what was tried"};
  verdict_gather(&evidence, completion, reader, &reply, &challenge);
  verdict_judge(&evidence, &verdict);
}

static void
cloud_head_has_the_row_of_its_name(const char *name)
{
  static const struct {
    const char *part, *row;
  } rows[] = {
      {"401-exo-bearer", "ews-token-audience"},
      {"403-exo-x-ews-policy", "ews-blocked-by-policy"},
      {"403-exo-not-enough", "ews-scope-app"},
      {"456-", "ews-account-blocked"},
  };
  tenon_pair headers[HEADERS_MAX];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (strncmp(name, rows[i].part, strlen(rows[i].part)) != 0)
      continue;
    tenon_http_completion c = read_head(bytes, headers);
    judge_cloud(&c, PLACE_SIGNIN, SEEN_APP);
    ck_assert_msg(strcmp(verdict.row->name, rows[i].row) == 0, "%s: %s", name, verdict.row->name);
  }
}

START_TEST(recorded__heads_of_the_cloud_get_the_cloud_verdict_of_their_name)
{
  each_file(DATA "/http", cloud_head_has_the_row_of_its_name);
}
END_TEST

static void
cloud_has_the_row_of_its_name(const char *name)
{
  static const struct {
    const char *part, *row;
    uint64_t seen;
  } rows[] = {
      {"ErrorImpersonateUserDenied", "impersonation-retired", SEEN_DELEGATED},
      {"must-be-present", "cloud-address-invalid", SEEN_APP},
      {"ErrorAccessDenied", "app-policy", SEEN_APP},
      {"ErrorNonExistentMailbox-en", "cloud-no-mailbox", SEEN_APP},
      {"ErrorServerBusy", "cloud-busy", SEEN_APP},
      {"ErrorMailboxMoveInProgress", "cloud-moving", SEEN_APP},
      {"ErrorMailboxStoreUnavailable", "cloud-transient", SEEN_APP},
      {"ErrorNoRespondingCAS", "cloud-led-astray", SEEN_APP},
  };
  const tenon_http_completion c = {.size = sizeof c,
                                   .code = 200,
                                   .url = "https://outlook.office365.com/EWS/Exchange.asmx",
                                   .route = "direct",
                                   .body = {bytes, n_bytes}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (strstr(name, rows[i].part) == NULL)
      continue;
    judge_cloud(&c, PLACE_ACT, rows[i].seen);
    ck_assert_msg(strcmp(verdict.row->name, rows[i].row) == 0, "%s: %s", name, verdict.row->name);
  }
}

START_TEST(recorded__errors_get_the_cloud_verdict_of_their_name)
{
  each_file(DATA "/responses/errors", cloud_has_the_row_of_its_name);
}
END_TEST

// ---- traces -----------------------------------------------------------------------------------

static unsigned envelopes;

static char envelope[FILE_MAX + 1];

// The body of an answer begins at "< <?xml" and may go on over lines of its own.
static void
reads_every_envelope(const char *name)
{
  char *next = strstr(bytes, "\n< <?xml");
  while (next != NULL) {
    const char *start = next + 3;
    next = strstr(start, "\n< <?xml");
    const char *sent = strstr(start, "\n>");
    const char *end = strstr(start, "Envelope>\n");
    ck_assert_msg(end != NULL && (sent == NULL || end < sent), "%s", name);
    snprintf(envelope, sizeof envelope, "%.*s", (int)(end - start + 9), start);
    for (char *mark = strstr(envelope, "\n< "); mark != NULL; mark = strstr(mark, "\n< "))
      memcpy(mark, " \n ", 3);
    soap_read(reader, envelope, strlen(envelope), &reply, NULL, NULL);
    ck_assert_msg(reply.state == SOAP_READ, "%s: %s", name, reply.why);
    ck_assert_msg(reply.fault || reply.code[0] != 0, "%s", name);
    envelopes++;
  }
}

START_TEST(recorded__traces_of_old_servers_are_read)
{
  envelopes = 0;
  each_file(DATA "/traces", reads_every_envelope);
  ck_assert_uint_gt(envelopes, 20);
}
END_TEST

// ---- what damage does -------------------------------------------------------------------------

// Every prefix of an answer is one that a broken connection could leave.
static void
survives_being_cut(const char *name)
{
  (void)name;
  size_t whole = n_bytes, step = whole / 40 + 1;
  for (n_bytes = 0; n_bytes < whole; n_bytes += step) {
    char kept = bytes[n_bytes];
    bytes[n_bytes] = 0;
    judge_body(200, PLACE_ACT);
    bytes[n_bytes] = kept;
  }
}

START_TEST(recorded__answers_may_end_anywhere)
{
  each_file(DATA "/responses/errors", survives_being_cut);
  each_file(DATA "/responses/composed", survives_being_cut);
}
END_TEST

int
main(void)
{
  if (access(DATA, R_OK) != 0)
    return 77; // skipped: the collection is not here
  TCase *cases = tcase_create("recorded");
  tcase_set_timeout(cases, 60);
  tcase_add_checked_fixture(cases, set_up, tear_down);
  tcase_add_test(cases, recorded__good_answers_are_good);
  tcase_add_test(cases, recorded__errors_have_the_code_of_their_name);
  tcase_add_test(cases, recorded__errors_get_the_verdict_of_their_name);
  tcase_add_test(cases, recorded__damaged_answers_are_refused_with_a_reason);
  tcase_add_test(cases, recorded__heads_get_the_verdict_of_their_name);
  tcase_add_test(cases, recorded__heads_of_the_cloud_get_the_cloud_verdict_of_their_name);
  tcase_add_test(cases, recorded__errors_get_the_cloud_verdict_of_their_name);
  tcase_add_test(cases, recorded__traces_of_old_servers_are_read);
  tcase_add_test(cases, recorded__answers_may_end_anywhere);
  Suite *suite = suite_create("recorded");
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
