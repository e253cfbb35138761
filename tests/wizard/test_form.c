// SPDX-License-Identifier: Apache-2.0
/* Which fields apply, what counts as their value, and what a connection is called. */
#include <stdlib.h>
#include <string.h>

#include "core/json/shapes.h"
#include "core/wizard/form.h"
#include "tests/wizard/bench.h"

static struct connector *connector;
static cJSON *answers;
static struct form form;

static const char *
answer_of(void *user, const char *key)
{
  (void)user;
  return json_text(answers, key);
}

/* The form of these fields, with these answers. */
static void
make(const char *fields, const char *given)
{
  CLEANUP_FREE char *text =
      text_printf("{'id':'plain','version':'1','name':'Plain','summary':'S','kind':'connector','"
                  "roles':['source'],"
                  "'schema':1,'hooks':['impersonate','browse'],'pages':[],'fields':[%s]}",
                  fields);
  CLEANUP_JSON cJSON *shape = quoted(text);

  connector = shape_read_connector(shape);
  ck_assert_ptr_nonnull(connector);
  answers = quoted(given);
  form = (struct form){connector, NULL, answer_of, NULL, NULL};
}

static void
finish(void)
{
  connector_destroy(connector);
  cJSON_Delete(answers);
  connector = NULL;
  answers = NULL;
}

static bool
applies(const char *key)
{
  return form_applies(&form, connector_field(connector, key));
}

#define TEXT(key, more) "{'key':'" key "','page':'p','type':'text','label':'L'" more "}"

START_TEST(field__that_does_not_apply_counts_as_empty)
{
  make(TEXT("auth", ",'preset':'basic'") "," TEXT(
           "grant",
           ",'preset':'code','when':'auth == `oauth`'") "," TEXT("device",
                                                                 ",'when':'grant == `code`'"),
       "{}");
  ck_assert(applies("auth"));
  ck_assert(!applies("grant"));
  ck_assert(!applies("device"));
  finish();
  make(TEXT("auth", "") "," TEXT("grant", ",'preset':'code','when':'auth == `oauth`'") "," TEXT(
           "device", ",'when':'grant == `code`'"),
       "{'auth':'oauth'}");
  ck_assert(applies("device"));
}
END_TEST

START_TEST(conditions__that_go_in_a_circle_come_to_an_end)
{
  make(TEXT("a", ",'when':'b == `x`'") "," TEXT("b", ",'when':'a == `y`'"), "{'a':'y','b':'x'}");
  (void)applies("a");
}
END_TEST

START_TEST(empty_answer__goes_before_the_preset)
{
  make(TEXT("a", ",'preset':'p'"), "{'a':''}");
  ck_assert_str_eq(form_value(&form, connector_field(connector, "a")), "");
}
END_TEST

static void
expect_name(const char *fields, const char *given, const char *name)
{
  char derived[FORM_NAME_SIZE];

  make(fields, given);
  form_derive_name(&form, derived);
  ck_assert_str_eq(derived, name);
  ck_assert(form_name_valid(derived));
  finish();
}

START_TEST(name__comes_from_the_mail_domain_then_the_server_then_the_connector)
{
  const char *fields = "{'key':'admin','page':'p','type':'email','label':'L'}," TEXT("server", "");

  expect_name(fields, "{'admin':'root@Contoso.example','server':'mail.corp.example'}", "contoso");
  expect_name(fields, "{'server':'mail.corp.example'}", "corp");
  expect_name(fields, "{'server':'https://mail.corp.example:444/x.y'}", "corp");
  expect_name(fields, "{'server':'corp.example'}", "corp");
  expect_name(fields, "{'server':'10.1.2.3'}", "plain");
  expect_name(fields, "{'server':'localhost'}", "plain");
  expect_name(fields, "{'admin':'root@...'}", "plain");
  expect_name(fields, "{}", "plain");
}
END_TEST

START_TEST(name__is_of_the_grammar)
{
  static const char *const good[] = {"a", "0", "a.b_c-d", "corp2"}, *const bad[] = {
                                                                        "",        ".a",  "-a",
                                                                        "A",       "a b", "a/b",
                                                                        "\xc3\xa4"};
  char longest[66];

  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    ck_assert(form_name_valid(good[i]));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert(!form_name_valid(bad[i]));
  memset(longest, 'a', 65);
  longest[65] = '\0';
  ck_assert(!form_name_valid(longest));
  longest[64] = '\0';
  ck_assert(form_name_valid(longest));
}
END_TEST

START_TEST(subject__is_the_first_browsed_field_that_is_not_required)
{
  make(TEXT("admin", ",'browse':'users','required':true") "," TEXT("x", "") "," TEXT(
           "user", ",'browse':'users'"),
       "{}");
  ck_assert_str_eq(form_subject_field(connector)->key, "user");
  finish();
  make(TEXT("admin", ",'browse':'users','required':true"), "{}");
  ck_assert_str_eq(form_subject_field(connector)->key, "admin");
  finish();
  make(TEXT("x", ""), "{}");
  ck_assert_ptr_null(form_subject_field(connector));
}
END_TEST

START_TEST(connector__without_pages_has_one)
{
  make(TEXT("x", ""), "{}");
  ck_assert_uint_eq(form_pages(connector), 1);
  ck_assert_str_eq(form_page(connector, 0)->title, "Admin's credentials");
  ck_assert(form_page_shown(&form, 0));
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("form");
  TCase *c = tcase_create("form");

  tcase_add_checked_fixture(c, NULL, finish);
  tcase_add_test(c, field__that_does_not_apply_counts_as_empty);
  tcase_add_test(c, conditions__that_go_in_a_circle_come_to_an_end);
  tcase_add_test(c, empty_answer__goes_before_the_preset);
  tcase_add_test(c, name__comes_from_the_mail_domain_then_the_server_then_the_connector);
  tcase_add_test(c, name__is_of_the_grammar);
  tcase_add_test(c, subject__is_the_first_browsed_field_that_is_not_required);
  tcase_add_test(c, connector__without_pages_has_one);
  suite_add_tcase(suite, c);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
