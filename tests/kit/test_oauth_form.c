// SPDX-License-Identifier: Apache-2.0
//
// The form of connectors with tokens: what can be answered in it, and that a wrong answer is refused by its field before a
// secret has left.
#include "oauth_form.h"
#include "way.h"

#include <tenon/exchange.h>

#include <check.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

#define APP_ID "1f6a3c52-8d0e-4b7a-9c11-2e5d7f40a8b3"
#define VALUE  "abc8Q~9dZkT.4-rQ1xYv~pLmN0sUeWqAtBgHcJd"

struct answer {
  const char *key, *value;
};

static const struct answer *answers;
static tenon_text certificate;
static struct {
  unsigned checks, revealed, concealed;
  char field[64], title[256], detail[1024], remedy[1024];
} told;
static tenon_http_options options;
static const char *wrong_member;

// ---- the host -------------------------------------------------------------------------------------

static const char *
answer_to(const char *key)
{
  for (const struct answer *a = answers; a->key != NULL; a++)
    if (strcmp(a->key, key) == 0)
      return a->value;
  return NULL;
}

static tenon_status
host_value(const tenon_host *host, const char *key, tenon_text *ret)
{
  (void)host;
  const char *value = answer_to(key);
  if (strcmp(key, TENON_KEY_CLIENT_CERTIFICATE) == 0) {
    *ret = certificate;
    return TENON_OK;
  }
  *ret = (tenon_text){value, value != NULL ? strlen(value) : 0};
  return strncmp(key, "tls_", 4) == 0 ? TENON_E_UNSUPPORTED : TENON_OK;
}

static tenon_status
host_secret(const tenon_host *host, const char *key, tenon_secret **ret)
{
  (void)host;
  const char *value = answer_to(key);
  if (value == NULL)
    return TENON_E_CONFIG;
  *ret = (tenon_secret *)(uintptr_t)value;
  return TENON_OK;
}

static tenon_status
host_reveal(const tenon_host *host, tenon_secret *secret, tenon_text *ret)
{
  (void)host;
  const char *value = (const char *)secret;
  *ret = (tenon_text){value, strlen(value)};
  told.revealed++;
  return TENON_OK;
}

static void
host_conceal(const tenon_host *host, tenon_secret *secret)
{
  (void)host, (void)secret;
  told.concealed++;
}

static void
take(char *to, size_t size, const char *from)
{
  snprintf(to, size, "%s", from != NULL ? from : "");
}

static void
sink_check(const tenon_sink *sink, const tenon_check *check)
{
  (void)sink;
  ck_assert_int_eq(check->state, TENON_FAIL);
  ck_assert_str_eq(check->id, "test.form");
  told.checks++;
  take(told.field, sizeof told.field, check->field);
  take(told.title, sizeof told.title, check->title);
  take(told.detail, sizeof told.detail, check->detail);
  take(told.remedy, sizeof told.remedy, check->remedy);
}

static tenon_status
http_options(const tenon_http *http, const tenon_http_options *o, const char **ret_field,
             const char **ret_why)
{
  (void)http;
  options = *o;
  if (wrong_member == NULL)
    return TENON_OK;
  *ret_field = wrong_member;
  *ret_why = "It cannot be.";
  return TENON_E_CONFIG;
}

static const tenon_host host = {.size = sizeof host,
                                .value = host_value,
                                .secret = host_secret,
                                .reveal = host_reveal,
                                .conceal = host_conceal};
static const tenon_sink sink = {.size = sizeof sink, .check = sink_check};
static const tenon_http http = {.size = sizeof http, .options = http_options};
static struct oauth_answers got;

static bool
read_answers(const struct answer *given)
{
  memset(&told, 0, sizeof told);
  answers = given;
  bool good = oauth_answers_read(&host, &sink, "test.form", &got);
  ck_assert_uint_eq(told.revealed, told.concealed);
  ck_assert(good == (told.checks == 0));
  return good;
}

// ---- good answers ---------------------------------------------------------------------------------

START_TEST(form__takes_the_tenant_from_the_administrators_address)
{
  const struct answer given[] = {{"admin", " anna@contoso.example "},
                                 {"client_id", APP_ID},
                                 {"client_secret", VALUE},
                                 {NULL, NULL}};
  ck_assert(read_answers(given));
  ck_assert_str_eq(got.settings.tenant, "contoso.example");
  ck_assert_str_eq(got.settings.client_id, APP_ID);
  ck_assert_str_eq(got.settings.authority, "https://login.microsoftonline.com");
  ck_assert_str_eq(got.settings.login_hint, "anna@contoso.example");
  ck_assert_int_eq(got.settings.grant, OAUTH_CLIENT_SECRET);
  ck_assert_str_eq(got.settings.cloud->id, "global");
  ck_assert_ptr_nonnull(got.settings.secret);
}
END_TEST

START_TEST(form__takes_the_login_host_of_the_cloud)
{
  const struct answer given[] = {{"admin", "anna@contoso.example"},
                                 {"cloud", "china"},
                                 {"grant", "device-code"},
                                 {"tenant", "9F2A7C11-0B1C-4D2E-8F3A-4B5C6D7E8F90"},
                                 {"client_id", APP_ID},
                                 {NULL, NULL}};
  ck_assert(read_answers(given));
  ck_assert_str_eq(got.settings.authority, "https://login.partner.microsoftonline.cn");
  ck_assert_str_eq(got.settings.tenant, "9F2A7C11-0B1C-4D2E-8F3A-4B5C6D7E8F90");
  ck_assert_ptr_null(got.settings.secret);
  ck_assert_uint_eq(told.revealed, 0);
}
END_TEST

START_TEST(form__wants_nothing_but_the_cloud_of_a_managed_identity)
{
  const struct answer given[] = {
      {"admin", "anna@contoso.example"}, {"grant", "managed-identity"}, {NULL, NULL}};
  ck_assert(read_answers(given));
  ck_assert_str_eq(got.settings.client_id, "");
}
END_TEST

START_TEST(form__takes_the_identity_that_was_assigned_and_no_application_beside_it)
{
  const struct answer given[] = {{"admin", "anna@contoso.example"},
                                 {"grant", "managed-identity"},
                                 {"managed_identity", APP_ID},
                                 {"client_id", "2c0ffee0-0000-4000-8000-000000000000"},
                                 {NULL, NULL}};
  ck_assert(read_answers(given));
  ck_assert_str_eq(got.settings.client_id, APP_ID);
}
END_TEST

START_TEST(form__lets_a_person_of_any_organization_sign_in)
{
  const struct answer given[] = {{"admin", "anna@contoso.example"},
                                 {"grant", "browser"},
                                 {"tenant", "organizations"},
                                 {"client_id", APP_ID},
                                 {NULL, NULL}};
  ck_assert(read_answers(given));
  ck_assert_str_eq(got.settings.tenant, "organizations");
}
END_TEST

// ---- answers that cannot work ---------------------------------------------------------------------

static const struct wrong {
  struct answer given[6];
  const char *field, *says; // in title, detail or remedy
} wrongs[] = {
    {{{"admin", "a@b.c"}, {"client_id", APP_ID}, {"client_secret", APP_ID}},
     "client_secret",
     "secret's ID"},
    {{{"admin", "a@b.c"}, {"client_id", APP_ID}, {"client_secret", "abcdefghijklmnop"}},
     "client_secret",
     "app password"},
    {{{"admin", "a@b.c"}, {"client_id", APP_ID}, {"client_secret", "abcd efgh ijkl mnop"}},
     "client_secret",
     "app password"},
    {{{"admin", "a@b.c"}, {"client_id", APP_ID}, {"client_secret", VALUE "\n"}},
     "client_secret",
     "blank"},
    {{{"admin", "a@b.c"}, {"client_id", APP_ID}}, "client_secret", "New client secret"},
    {{{"admin", "a@b.c"}, {"client_secret", VALUE}}, "client_id", "Overview"},
    {{{"admin", "a@b.c"}, {"grant", "managed-identity"}, {"managed_identity", "my-identity"}},
     "managed_identity",
     "Client ID"},
    {{{"admin", "a@b.c"}, {"client_id", "my application"}, {"client_secret", VALUE}},
     "client_id",
     "8-4-4-4-12"},
    {{{"admin", "a@b.c"}, {"client_id", APP_ID "0"}, {"client_secret", VALUE}},
     "client_id",
     "GUID"},
    {{{"admin", "a@b.c"}, {"tenant", "common"}, {"client_id", APP_ID}, {"client_secret", VALUE}},
     "tenant",
     "tenant itself"},
    {{{"admin", "a@b.c"},
      {"tenant", "Organizations"},
      {"client_id", APP_ID},
      {"client_secret", VALUE}},
     "tenant",
     "tenant itself"},
    {{{"admin", "a@b.c"}, {"tenant", "common"}, {"grant", "device-code"}, {"client_id", APP_ID}},
     "tenant",
     "personal"},
    {{{"admin", "a@b.c"}, {"tenant", "Contoso"}, {"client_id", APP_ID}, {"client_secret", VALUE}},
     "tenant",
     "neither an ID nor a domain"},
    {{{"admin", "a@b.c"},
      {"tenant", "https://contoso.example"},
      {"client_id", APP_ID},
      {"client_secret", VALUE}},
     "tenant",
     "not a URL"},
    {{{"admin", "a@b.c"}, {"tenant", "b.c/x"}, {"client_id", APP_ID}, {"client_secret", VALUE}},
     "tenant",
     "domain"},
    {{{"client_id", APP_ID}, {"client_secret", VALUE}}, "tenant", "There is no tenant"},
    {{{"admin", "anna"}, {"tenant", "b.c"}, {"client_id", APP_ID}, {"client_secret", VALUE}},
     "admin",
     "name@domain"},
    {{{"admin", "a@b.c"}, {"cloud", "mars"}, {"client_id", APP_ID}, {"client_secret", VALUE}},
     "cloud",
     "gcc-high"},
    {{{"admin", "a@b.c"}, {"grant", "password"}, {"client_id", APP_ID}, {"client_secret", VALUE}},
     "grant",
     "neither passwords nor app passwords"},
    {{{"admin", "a@b.c"}, {"grant", "certificate"}, {"client_id", APP_ID}},
     "client_certificate",
     "There is no certificate"},
    {{{"admin", "a@b.c"},
      {"authority", "http://login.example"},
      {"client_id", APP_ID},
      {"client_secret", VALUE}},
     "authority",
     "in the clear"},
    {{{"admin", "a@b.c"},
      {"authority", "http://localhost.example"},
      {"client_id", APP_ID},
      {"client_secret", VALUE}},
     "authority",
     "in the clear"},
    {{{"admin", "a@b.c"},
      {"authority", "login.microsoftonline.com"},
      {"client_id", APP_ID},
      {"client_secret", VALUE}},
     "authority",
     "https://"},
    {{{"admin", "a@b.c"},
      {"authority", "https://a@login.example"},
      {"client_id", APP_ID},
      {"client_secret", VALUE}},
     "authority",
     "without a user"},
    {{{"admin", "a@b.c"},
      {"authority", "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"},
      {"client_id", APP_ID},
      {"client_secret", VALUE}},
     "authority",
     "path"},
};
#define N_WRONGS (sizeof wrongs / sizeof *wrongs)

START_TEST(form__refuses_what_cannot_work_by_its_field)
{
  const struct wrong *w = &wrongs[_i];
  ck_assert(!read_answers(w->given));
  ck_assert_uint_eq(told.checks, 1);
  ck_assert_str_eq(told.field, w->field);
  ck_assert_msg(strstr(told.title, w->says) != NULL || strstr(told.detail, w->says) != NULL ||
                    strstr(told.remedy, w->says) != NULL,
                "%s; %s; %s", told.title, told.detail, told.remedy);
  ck_assert_ptr_null(strstr(told.detail, VALUE));
}
END_TEST

START_TEST(form__says_that_nothing_was_sent_of_a_wrong_secret)
{
  const struct answer given[] = {
      {"admin", "a@b.c"}, {"client_id", APP_ID}, {"client_secret", APP_ID}, {NULL, NULL}};
  ck_assert(!read_answers(given));
  ck_assert_ptr_nonnull(strstr(told.detail, "Nothing was sent"));
}
END_TEST

START_TEST(form__knows_an_app_password_by_its_looks)
{
  static const struct {
    const char *text;
    bool is;
  } cases[] = {{"abcdefghijklmnop", true},    {"abcd efgh ijkl mnop", true},
               {"abcdefghijklmno", false},    {"abcdefghijklmnopq", false},
               {"Abcdefghijklmnop", false},   {"abcd1fghijklmnop", false},
               {"abcd  efghijklmnop", false}, {"", false},
               {" abcdefghijklmnop", false},  {"abc defghijklmnop", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    ck_assert_msg(oauth_is_app_password(cases[i].text, strlen(cases[i].text)) == cases[i].is, "%s",
                  cases[i].text);
}
END_TEST

// ---- the certificate ------------------------------------------------------------------------------

static void
make_certificate(char *bytes, size_t size)
{
  char directory[] = "/tmp/tenon-form-XXXXXX", line[512];
  ck_assert_ptr_nonnull(mkdtemp(directory));
  snprintf(line, sizeof line,
           "cd %s && openssl req -x509 -newkey rsa:2048 -days 30 -subj /CN=form -keyout key -out "
           "cert -passout pass:secret >out 2>&1 && cat key cert >both",
           directory);
  ck_assert_int_eq(system(line), 0);
  snprintf(line, sizeof line, "%s/both", directory);
  FILE *file = fopen(line, "rb");
  ck_assert_ptr_nonnull(file);
  size_t n = fread(bytes, 1, size - 1, file);
  fclose(file);
  bytes[n] = 0;
  certificate = (tenon_text){bytes, n};
  snprintf(line, sizeof line, "rm -r %s", directory);
  ck_assert_int_eq(system(line), 0);
}

static const char *
given_password(const char *password)
{
  static struct answer given[] = {{"admin", "a@b.c"},
                                  {"grant", "certificate"},
                                  {"client_id", APP_ID},
                                  {"client_certificate_password", NULL},
                                  {NULL, NULL}};
  given[3].value = password;
  return read_answers(given) ? NULL : told.field;
}

START_TEST(form__opens_the_certificate_before_anything_is_sent)
{
  static char bytes[8192];
  make_certificate(bytes, sizeof bytes);
  ck_assert_ptr_null(given_password("secret"));
  ck_assert_uint_eq(strlen(got.thumbprint), 40);
  ck_assert_int_gt(got.key_ends, 1790000000);
  ck_assert_str_eq(given_password("wrong"), "client_certificate_password");
  ck_assert_uint_gt(strlen(told.detail), 10);
  ck_assert_ptr_null(strstr(told.remedy, "app password"));
  ck_assert_str_eq(given_password("abcdefghijklmnop"), "client_certificate_password");
  ck_assert_ptr_nonnull(strstr(told.remedy, "looks like an app password"));
  certificate = (tenon_text){"nothing", 7};
  ck_assert_str_eq(given_password("secret"), "client_certificate");
  certificate = (tenon_text){NULL, 0};
}
END_TEST

// ---- URLs and the way -----------------------------------------------------------------------------

START_TEST(form__takes_an_address_of_ones_own_without_its_slash)
{
  static const char *const cases[][2] = {
      {"https://localhost:8443/", "https://localhost:8443"},
      {"https://127.0.0.1:9400", "https://127.0.0.1:9400"},
      {"https://[::1]:9400/", "https://[::1]:9400"},
      {"https://outlook.office365.com/EWS/Exchange.asmx",
       "https://outlook.office365.com/EWS/Exchange.asmx"},
      {NULL, "https://other.example"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct answer given[] = {{"ews_url", cases[i][0]}, {NULL, NULL}};
    char url[CLOUD_URL_MAX];
    answers = given;
    ck_assert(oauth_answers_url(&host, &sink, "test.form", "ews_url", "https://other.example", url,
                                sizeof url));
    ck_assert_str_eq(url, cases[i][1]);
  }
}
END_TEST

// It goes into pages to open and commands to paste.
START_TEST(form__takes_no_address_that_could_be_more_than_one)
{
  static const char *const urls[] = {
      "https://a'b.example",   "https://a\"b.example", "https://$(calc)", "https://a`b`.example",
      "https://a;b.example",   "https://a|b.example",  "https://a>b",     "https://a{b}.example",
      "https://a.example/x&y", "https://u@a.example",  "https://:443",    "https://a.example?q",
      "https://a.example/#f",  "https://a.example\\b", "https://a b",     "https://",
  };
  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
    const struct answer given[] = {{"authority", urls[i]}, {NULL, NULL}};
    char url[CLOUD_URL_MAX];
    answers = given;
    ck_assert_msg(!oauth_answers_url(&host, &sink, "test.form", "authority", "https://x.example",
                                     url, sizeof url),
                  "%s", urls[i]);
    ck_assert_str_eq(told.field, "authority");
  }
}
END_TEST

// The host sends no secret by http, wherever it goes: what would fail later is refused here, by its field.
START_TEST(form__takes_no_address_that_a_secret_is_not_sent_to)
{
  static const char *const keys[] = {"authority", "ews_url", "graph_url"};
  static const char *const urls[] = {"http://127.0.0.1:9400", "http://localhost",
                                     "http://[::1]:9400/", "HTTP://localhost:9400"};
  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
    const struct answer given[] = {{keys[i % 3], urls[i]}, {NULL, NULL}};
    char url[CLOUD_URL_MAX];
    answers = given;
    ck_assert(!oauth_answers_url(&host, &sink, "test.form", keys[i % 3], "https://other.example",
                                 url, sizeof url));
    ck_assert_str_eq(told.field, keys[i % 3]);
    ck_assert_ptr_nonnull(strstr(told.detail, "https alone"));
  }
}
END_TEST

START_TEST(form__sets_the_way_from_the_shared_answers)
{
  static const struct answer given[] = {{"proxy", "http://proxy:3128"},
                                        {"proxy_user", "me"},
                                        {"proxy_password", "secret"},
                                        {"ca_file", "-----BEGIN"},
                                        {"timeout", "5m"},
                                        {"resolve", "a=127.0.0.1"},
                                        {"dns", "127.0.0.1:53"},
                                        {"tls_pin", "not asked for"},
                                        {NULL, NULL}};
  answers = given;
  wrong_member = NULL;
  ck_assert(oauth_answers_http(&host, &sink, &http, "test.form"));
  ck_assert_str_eq(options.proxy, "http://proxy:3128");
  ck_assert_str_eq(options.proxy_user, "me");
  ck_assert_ptr_nonnull(options.proxy_secret);
  ck_assert_str_eq(options.ca_pem.ptr, "-----BEGIN");
  ck_assert_str_eq(options.resolve, "a=127.0.0.1");
  ck_assert_str_eq(options.dns, "127.0.0.1:53");
  ck_assert_ptr_null(options.tls_pin);
  ck_assert_int_eq(options.timeout_ns, INT64_C(300000000000));
}
END_TEST

START_TEST(way__blames_the_field_of_the_option_that_was_refused)
{
  static const char *const members[][2] = {
      {"ca_pem", "ca_file"},  {"proxy", "proxy"}, {"proxy_secret", "proxy_password"},
      {"resolve", "resolve"}, {"dns", "dns"},     {"something", "proxy"}};
  static const struct answer none[] = {{NULL, NULL}};
  answers = none;
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    memset(&told, 0, sizeof told);
    wrong_member = members[i][0];
    ck_assert(!oauth_answers_http(&host, &sink, &http, "test.form"));
    ck_assert_str_eq(told.field, members[i][1]);
    ck_assert_str_eq(told.detail, "It cannot be.");
  }
  wrong_member = NULL;
}
END_TEST

START_TEST(way__refuses_a_time_that_is_none)
{
  static const char *const times[] = {"soon", "0s", "11m", "-1s", "10ms", "5"};
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    const struct answer given[] = {{"timeout", times[i]}, {NULL, NULL}};
    memset(&told, 0, sizeof told);
    answers = given;
    ck_assert(!oauth_answers_http(&host, &sink, &http, "test.form"));
    ck_assert_str_eq(told.field, "timeout");
  }
}
END_TEST

// ---- the fields -----------------------------------------------------------------------------------

static const tenon_field *const fields[] = {OAUTH_FIELDS, OAUTH_FIELDS_OF_THE_WAY, NULL};

START_TEST(form__explains_every_field_and_choice)
{
  for (size_t i = 0; fields[i] != NULL; i++) {
    ck_assert_uint_eq(fields[i]->size, sizeof(tenon_field));
    ck_assert_ptr_nonnull(fields[i]->label);
    ck_assert_msg(fields[i]->help != NULL, "%s", fields[i]->key);
    ck_assert(strcmp(fields[i]->page, oauth_page_credentials.id) == 0 ||
              strcmp(fields[i]->page, oauth_page_application.id) == 0);
    ck_assert_msg((fields[i]->flags & TENON_SHARED) != 0, "%s", fields[i]->key);
    for (const tenon_choice *c = fields[i]->choices; c != NULL && c->value != NULL; c++)
      ck_assert_msg(c->label != NULL && c->help != NULL, "%s %s", fields[i]->key, c->value);
  }
}
END_TEST

// What is asked for only under a condition is asked for after what the condition looks at.
START_TEST(form__asks_in_an_order_that_can_be_answered)
{
  bool grant_asked = false;
  for (size_t i = 0; fields[i] != NULL; i++) {
    grant_asked = grant_asked || strcmp(fields[i]->key, TENON_KEY_GRANT) == 0;
    if (fields[i]->when != NULL)
      ck_assert_msg(grant_asked, "%s", fields[i]->key);
  }
}
END_TEST

START_TEST(form__offers_the_clouds_that_there_are)
{
  const tenon_choice *c = oauth_field_cloud.choices;
  for (const struct cloud *cloud = clouds; cloud->id != NULL; cloud++, c++)
    ck_assert_str_eq(c->value, cloud->id);
  ck_assert_ptr_null(c->value);
  ck_assert_str_eq(oauth_field_cloud.preset, "global");
}
END_TEST

START_TEST(form__takes_nothing_but_a_guid_for_an_application)
{
  regex_t re;
  char pattern[256];
  snprintf(pattern, sizeof pattern, "^(%s)$", oauth_field_client_id.pattern);
  ck_assert_int_eq(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
  ck_assert_int_eq(regexec(&re, APP_ID, 0, NULL, 0), 0);
  ck_assert_int_ne(regexec(&re, "1f6a3c528d0e4b7a9c112e5d7f40a8b3", 0, NULL, 0), 0);
  ck_assert_int_ne(regexec(&re, "my application", 0, NULL, 0), 0);
  regfree(&re);
}
END_TEST

TCase *
oauth_form_cases(void)
{
  TCase *cases = tcase_create("form of tokens");
  tcase_set_timeout(cases, 60);
  tcase_add_test(cases, form__takes_the_tenant_from_the_administrators_address);
  tcase_add_test(cases, form__takes_the_login_host_of_the_cloud);
  tcase_add_test(cases, form__wants_nothing_but_the_cloud_of_a_managed_identity);
  tcase_add_test(cases, form__takes_the_identity_that_was_assigned_and_no_application_beside_it);
  tcase_add_test(cases, form__lets_a_person_of_any_organization_sign_in);
  tcase_add_loop_test(cases, form__refuses_what_cannot_work_by_its_field, 0, (int)N_WRONGS);
  tcase_add_test(cases, form__says_that_nothing_was_sent_of_a_wrong_secret);
  tcase_add_test(cases, form__knows_an_app_password_by_its_looks);
  tcase_add_test(cases, form__opens_the_certificate_before_anything_is_sent);
  tcase_add_test(cases, form__takes_an_address_of_ones_own_without_its_slash);
  tcase_add_test(cases, form__takes_no_address_that_could_be_more_than_one);
  tcase_add_test(cases, form__takes_no_address_that_a_secret_is_not_sent_to);
  tcase_add_test(cases, form__sets_the_way_from_the_shared_answers);
  tcase_add_test(cases, way__blames_the_field_of_the_option_that_was_refused);
  tcase_add_test(cases, way__refuses_a_time_that_is_none);
  tcase_add_test(cases, form__explains_every_field_and_choice);
  tcase_add_test(cases, form__asks_in_an_order_that_can_be_answered);
  tcase_add_test(cases, form__offers_the_clouds_that_there_are);
  tcase_add_test(cases, form__takes_nothing_but_a_guid_for_an_application);
  return cases;
}
