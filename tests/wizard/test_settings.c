// SPDX-License-Identifier: Apache-2.0
/* What a worker is handed: values, bytes of files, secrets, and a sentence when something is wrong. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/host/settings.h"
#include "core/json/shapes.h"
#include "tests/wizard/bench.h"

static struct connector *connector;
static cJSON *answers;
static struct settings settings;
static struct settings_problem why;
static const tenon_pair kept = {"kept.token", {"tttt", 4}};

static const char *
answer_of(void *user, const char *key)
{
  (void)user;
  return json_text(answers, key);
}

static bool
secret_of(void *user, const char *key, tenon_text *ret)
{
  (void)user;
  *ret = (tenon_text){"s3cret", 6};
  return strcmp(key, "password") == 0;
}

static const struct settings_source from = {NULL, answer_of, secret_of, &kept, 1};

static struct connector *
shape_of(const char *fields)
{
  CLEANUP_FREE char *text =
      text_printf("{'id':'x','version':'1','name':'X','summary':'S','kind':'connector','roles':["
                  "'source'],'schema':1,'hooks':[],'pages':[],'fields':[%s]}",
                  fields);
  CLEANUP_JSON cJSON *shape = quoted(text);
  struct connector *c = shape_read_connector(shape);

  ck_assert_ptr_nonnull(c);
  return c;
}

static int
build(const char *fields, const char *given)
{
  connector = shape_of(fields);
  answers = quoted(given);
  return settings_build(&settings, connector, NULL, &from, &why);
}

static void
finish(void)
{
  settings_finish(&settings);
  connector_destroy(connector);
  cJSON_Delete(answers);
  connector = NULL;
  answers = NULL;
}

static const char *
value_of(const char *key)
{
  for (size_t i = 0; i < settings.s.n_values; i++)
    if (strcmp(settings.s.values[i].key, key) == 0)
      return settings.s.values[i].value.ptr;
  return NULL;
}

#define FIELD(key, type, more)                                                                     \
  "{'key':'" key "','page':'p','type':'" type "','label':'The " key "'" more "}"

START_TEST(settings__fill_in_presets_and_leave_out_what_does_not_apply)
{
  ck_assert_int_eq(
      build(FIELD("auth", "text", ",'preset':'basic'") "," FIELD(
                "code", "text",
                ",'when':'auth == `x`'") "," FIELD("empty", "text",
                                                   ",'preset':'p'") "," FIELD("given", "text", ""),
            "{'code':'c','empty':'','given':'g','stranger':'s'}"),
      0);
  ck_assert_str_eq(value_of("auth"), "basic");
  ck_assert_str_eq(value_of("given"), "g");
  ck_assert_ptr_null(value_of("code"));
  ck_assert_ptr_null(value_of("empty"));
  ck_assert_ptr_null(value_of("stranger"));
}
END_TEST

START_TEST(settings__hand_over_declared_secrets_and_what_was_kept)
{
  ck_assert_int_eq(build(FIELD("password", "secret", "") "," FIELD("other", "secret", ""), "{}"),
                   0);
  ck_assert_uint_eq(settings.s.n_secrets, 2);
  ck_assert_str_eq(settings.s.secrets[0].key, "password");
  ck_assert_str_eq(settings.s.secrets[1].key, "kept.token");
}
END_TEST

START_TEST(settings__name_a_required_answer_that_is_missing)
{
  ck_assert_int_eq(build(FIELD("server", "text", ",'required':true"), "{}"), -EINVAL);
  ck_assert_str_eq(why.field, "server");
  ck_assert_ptr_nonnull(strstr(why.detail, "The server"));
  ck_assert_ptr_nonnull(strstr(why.remedy, "--set server=VALUE"));
  finish();
  ck_assert_int_eq(build(FIELD("code", "secret", ",'required':true"), "{}"), -EINVAL);
  ck_assert_ptr_nonnull(strstr(why.remedy, "--secret code=FILE"));
}
END_TEST

START_TEST(settings__read_files_and_keep_paths)
{
  char path[] = "/tmp/tenon-settings.XXXXXX";
  int fd = mkstemp(path);

  ck_assert_int_eq((int)write(fd, "PEM\0X", 5), 5);
  CLEANUP_FREE char *given = text_printf("{'ca':'%s','cache':'%s'}", path, path);
  ck_assert_int_eq(build(FIELD("ca", "file", "") "," FIELD("cache", "path", ""), given), 0);
  ck_assert_uint_eq(settings.s.n_files, 1);
  ck_assert_mem_eq(settings.s.files[0].value.ptr, "PEM\0X", 5);
  ck_assert_uint_eq(settings.s.files[0].value.len, 5);
  ck_assert_str_eq(value_of("cache"), path);
  (void)close(fd);
  (void)unlink(path);
}
END_TEST

START_TEST(settings__name_the_field_of_a_path_that_is_not_whole)
{
  ck_assert_int_eq(build(FIELD("cache", "path", ""), "{'cache':'FILE:/tmp/tickets'}"), 0);
  ck_assert_str_eq(value_of("cache"), "FILE:/tmp/tickets");
  finish();
  ck_assert_int_eq(build(FIELD("keytab", "path", ""), "{'keytab':'~/svc.keytab'}"), -EINVAL);
  ck_assert_str_eq(why.field, "keytab");
  ck_assert_str_eq(why.detail, "The keytab: ~/svc.keytab does not start with /.");
}
END_TEST

START_TEST(settings__take_a_file_out_of_the_answer_that_holds_it)
{
  ck_assert_int_eq(build(FIELD("ca", "file", ""), "{'ca':'data:;base64,UABN'}"), 0);
  ck_assert_uint_eq(settings.s.n_files, 1);
  ck_assert_mem_eq(settings.s.files[0].value.ptr, "P\0M", 3);
  ck_assert_uint_eq(settings.s.files[0].value.len, 3);
  finish();
  ck_assert_int_eq(build(FIELD("ca", "file", ""), "{'ca':'data:;base64,U!'}"), -EINVAL);
  ck_assert_str_eq(why.field, "ca");
  finish();
}
END_TEST

START_TEST(settings__name_field_and_path_of_a_file_that_cannot_be_read)
{
  ck_assert_int_eq(build(FIELD("ca", "file", ""), "{'ca':'/nonexistent/ca.pem'}"), -EINVAL);
  ck_assert_str_eq(why.field, "ca");
  ck_assert_ptr_nonnull(strstr(why.detail, "/nonexistent/ca.pem"));
  finish();
  ck_assert_int_eq(build(FIELD("ca", "file", ""), "{'ca':'/tmp'}"), -EINVAL);
  finish();
  ck_assert_int_eq(build(FIELD("ca", "file", ""), "{'ca':'/dev/zero'}"), -EINVAL);
  ck_assert_ptr_nonnull(strstr(why.detail, "regular file"));
}
END_TEST

START_TEST(settings__refuse_a_file_over_the_limit)
{
  char path[] = "/tmp/tenon-settings.XXXXXX";
  int fd = mkstemp(path);
  CLEANUP_FREE char *given = text_printf("{'ca':'%s'}", path);

  ck_assert_int_eq(ftruncate(fd, ANSWER_FILE_MAX), 0);
  ck_assert_int_eq(build(FIELD("ca", "file", ""), given), 0);
  finish();
  ck_assert_int_eq(ftruncate(fd, ANSWER_FILE_MAX + 1), 0);
  ck_assert_int_eq(build(FIELD("ca", "file", ""), given), -EINVAL);
  ck_assert_ptr_nonnull(strstr(why.detail, "1 MiB"));
  (void)close(fd);
  (void)unlink(path);
}
END_TEST

START_TEST(settings__of_a_probe_take_the_owners_presets_first)
{
  struct connector *owner = shape_of(FIELD("shell", "text", ",'preset':'off'"));

  connector = shape_of(FIELD("shell", "text", ",'preset':'auto'"));
  answers = quoted("{}");
  ck_assert_int_eq(settings_build(&settings, connector, owner, &from, &why), 0);
  ck_assert_str_eq(value_of("shell"), "off");
  connector_destroy(owner);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("settings");
  TCase *c = tcase_create("settings");

  tcase_add_checked_fixture(c, NULL, finish);
  tcase_add_test(c, settings__fill_in_presets_and_leave_out_what_does_not_apply);
  tcase_add_test(c, settings__hand_over_declared_secrets_and_what_was_kept);
  tcase_add_test(c, settings__name_a_required_answer_that_is_missing);
  tcase_add_test(c, settings__read_files_and_keep_paths);
  tcase_add_test(c, settings__name_the_field_of_a_path_that_is_not_whole);
  tcase_add_test(c, settings__take_a_file_out_of_the_answer_that_holds_it);
  tcase_add_test(c, settings__name_field_and_path_of_a_file_that_cannot_be_read);
  tcase_add_test(c, settings__refuse_a_file_over_the_limit);
  tcase_add_test(c, settings__of_a_probe_take_the_owners_presets_first);
  suite_add_tcase(suite, c);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
