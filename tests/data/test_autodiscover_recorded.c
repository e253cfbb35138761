// SPDX-License-Identifier: Apache-2.0
//
// Answers of Autodiscover that were recorded, published or composed, where the collection lies beside
// the source: each gets the verdict that its name says. What is asked is held to recorded questions.
#include "autodiscover.h"

#include <check.h>
#include <dirent.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA     TENON_SHARED_DATA "/ews/autodiscover"
#define FILE_MAX (1 << 18)

static char bytes[FILE_MAX + 1];
static size_t n_bytes;
static struct autodiscover_reply reply;

static void
load(const char *folder, const char *name)
{
  char path[1024];
  snprintf(path, sizeof path, DATA "/%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  ck_assert_msg(file != NULL, "%s", path);
  n_bytes = fread(bytes, 1, FILE_MAX, file);
  bytes[n_bytes] = 0;
  fclose(file);
}

static void
read_as_its_kind(const char *name)
{
  if (strstr(name, ".json") != NULL)
    autodiscover_read_json(bytes, n_bytes, &reply);
  else
    autodiscover_read_xml(bytes, n_bytes, &reply);
}

static const struct {
  const char *name; // the beginning of a file's
  enum autodiscover_kind kind;
  const char *detail; // external, else internal, else target, else code; NULL: any
} expected[] = {
    {"composed-pox-redirectaddr-loop-self", AUTODISCOVER_ADDRESS, "admin@contoso.example"},
    {"composed-pox-redirecturl-http-insecure", AUTODISCOVER_URL,
     "http://evil.example/autodiscover/autodiscover.xml"},
    {"composed-pox-redirecturl.", AUTODISCOVER_URL,
     "https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml"},
    {"composed-soap-redirecturl", AUTODISCOVER_URL,
     "https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc"},
    {"composed-soap-usererror-InternalServerError", AUTODISCOVER_ERROR, "InternalServerError"},
    {"composed-soap-usererror-InvalidDomain", AUTODISCOVER_UNKNOWN, "InvalidDomain"},
    {"composed-soap-usererror-InvalidRequest", AUTODISCOVER_ERROR, "InvalidRequest"},
    {"composed-soap-usererror-InvalidSetting", AUTODISCOVER_ERROR, "InvalidSetting"},
    {"composed-soap-usererror-InvalidUser", AUTODISCOVER_UNKNOWN, "InvalidUser"},
    {"composed-soap-usererror-NotFederated", AUTODISCOVER_ERROR, "NotFederated"},
    {"composed-soap-usererror-ServerBusy", AUTODISCOVER_BUSY, "ServerBusy"},
    {"composed-soap-usererror-SettingIsNotAvailable", AUTODISCOVER_ERROR, "SettingIsNotAvailable"},
    {"exchangelib-get_user_settings-2", AUTODISCOVER_ERROR, "InternalServerError"},
    {"exchangelib-get_user_settings.", AUTODISCOVER_ERROR, "InvalidSetting"},
    {"pox-autodiscover-pox", AUTODISCOVER_NOTHING, NULL},
    {"pox-error-500-address-not-found", AUTODISCOVER_UNKNOWN, "500"},
    {"pox-error-600-invalid-request", AUTODISCOVER_ERROR, "600"},
    {"pox-handling-autodiscover-error-messages", AUTODISCOVER_ADDRESS, "elvin@mail.contoso.com"},
    {"pox-how-to-get-user-settings", AUTODISCOVER_SETTINGS,
     "https://mail.contoso.com/EWS/Exchange.asmx"},
    {"pox-pox-autodiscover-response-for-exchange-2", AUTODISCOVER_ERROR, "600"},
    {"pox-pox-autodiscover-response-for-exchange.", AUTODISCOVER_SETTINGS,
     "https://mail.contoso.com/ews/exchange.asmx"},
    {"soap-getfederationinformation", AUTODISCOVER_NOTHING, NULL},
    {"soap-getusersettings", AUTODISCOVER_NO_EWS, NULL},
    {"soap-handling-autodiscover-error", AUTODISCOVER_ADDRESS, "elvin@mail.contoso.com"},
    {"soap-how-to-get-domain-settings", AUTODISCOVER_NOTHING, NULL},
    {"soap-how-to-use-autodiscover-to-find-connection-points-2", AUTODISCOVER_SETTINGS,
     "https://server.Contoso.com/ews/exchange.asmx"},
    {"soap-how-to-use-autodiscover-to-find-connection-points.", AUTODISCOVER_ADDRESS,
     "User1@mail.Contoso.com"},
    {"soap-js-autodiscoverRequest", AUTODISCOVER_SETTINGS,
     "https://outlook.office365.com/EWS/Exchange.asmx"},
    {"v2-activesync-onprem", AUTODISCOVER_NOTHING, NULL},
    {"v2-error-protocol-not-supported", AUTODISCOVER_ERROR, "ProtocolNotSupported"},
    {"v2-ews-exo", AUTODISCOVER_SETTINGS, "https://outlook.office365.com/EWS/Exchange.asmx"},
    {"v2-ews-onprem", AUTODISCOVER_SETTINGS, "https://mail.contoso.com/EWS/Exchange.asmx"},
};
#define N_EXPECTED (sizeof expected / sizeof *expected)

static void
has_the_verdict_of_its_name(const char *name)
{
  for (size_t i = 0; i < N_EXPECTED; i++) {
    if (strncmp(name, expected[i].name, strlen(expected[i].name)) != 0)
      continue;
    const char *detail = reply.external[0] != 0   ? reply.external
                         : reply.internal[0] != 0 ? reply.internal
                         : reply.target[0] != 0   ? reply.target
                                                  : reply.code;
    ck_assert_msg(reply.kind == expected[i].kind, "%s: kind %u, %s", name, (unsigned)reply.kind,
                  reply.why);
    if (expected[i].detail != NULL)
      ck_assert_msg(strcmp(detail, expected[i].detail) == 0, "%s: %s", name, detail);
    return;
  }
  ck_abort_msg("%s is not in the table", name);
}

typedef void one_file(const char *name);

static void
each_answer(one_file *one)
{
  unsigned n = 0;
  DIR *dir = opendir(DATA "/responses");
  ck_assert_ptr_nonnull(dir);
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
    if (entry->d_name[0] == '.')
      continue;
    load("responses", entry->d_name);
    read_as_its_kind(entry->d_name);
    one(entry->d_name);
    n++;
  }
  closedir(dir);
  ck_assert_uint_ge(n, N_EXPECTED);
}

START_TEST(recorded__autodiscover_answers_get_the_verdict_of_their_name)
{
  each_answer(has_the_verdict_of_its_name);
}
END_TEST

static void
survives_being_cut(const char *name)
{
  size_t whole = n_bytes, step = whole / 60 + 1;
  for (n_bytes = 0; n_bytes < whole; n_bytes += step) {
    read_as_its_kind(name);
    // The last line's end may be missing; anything shorter is no answer.
    if (n_bytes + 8 < whole)
      ck_assert_msg(reply.kind == AUTODISCOVER_NOTHING, "%s at %zu", name, n_bytes);
  }
}

START_TEST(recorded__autodiscover_answers_may_end_anywhere)
{
  each_answer(survives_being_cut);
}
END_TEST

// ---- questions: the same elements with the same namespaces in the same order ----------------------

static void
flatten(const xmlNode *node, char *to, size_t size)
{
  for (; node != NULL; node = node->next) {
    if (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, "Setting") == 0)
      continue;
    size_t n = strlen(to);
    snprintf(to + n, size - n, "{%s}%s(", node->ns != NULL ? (const char *)node->ns->href : "",
             (const char *)node->name);
    flatten(node->children, to, size);
    n = strlen(to);
    snprintf(to + n, size - n, ")");
  }
}

static void
shape(const char *text, size_t len, char *to, size_t size)
{
  xmlDocPtr doc = xmlReadMemory(text, (int)len, NULL, NULL, XML_PARSE_NONET);
  ck_assert_ptr_nonnull(doc);
  to[0] = 0;
  flatten(xmlDocGetRootElement(doc), to, size);
  xmlFreeDoc(doc);
}

static void
has_the_shape_of(const struct autodiscover_request *request, const char *name)
{
  static char ours[8192], theirs[8192];
  load("requests", name);
  shape(bytes, n_bytes, theirs, sizeof theirs);
  shape(request->body, request->len, ours, sizeof ours);
  ck_assert_str_eq(ours, theirs);
}

START_TEST(recorded__autodiscover_questions_have_the_shape_of_recorded_ones)
{
  static struct autodiscover_request request;
  ck_assert(autodiscover_write_pox("admin@contoso.example", &request));
  has_the_shape_of(&request, "canonical-pox.xml");
  has_the_shape_of(&request, "pox-pox-autodiscover-request-for-exchange.xml");
  ck_assert(autodiscover_write_soap("a@b.example", "https://x.example/y", &request));
  has_the_shape_of(&request, "canonical-soap-getusersettings.xml");
  has_the_shape_of(&request, "soap-js-autodiscoverRequestWithSingleUserRequest.xml");
}
END_TEST

int
main(void)
{
  if (access(DATA, R_OK) != 0)
    return 77; // skipped: the collection is not here
  TCase *cases = tcase_create("autodiscover");
  tcase_set_timeout(cases, 60);
  tcase_add_test(cases, recorded__autodiscover_answers_get_the_verdict_of_their_name);
  tcase_add_test(cases, recorded__autodiscover_answers_may_end_anywhere);
  tcase_add_test(cases, recorded__autodiscover_questions_have_the_shape_of_recorded_ones);
  Suite *suite = suite_create("autodiscover-recorded");
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
