// SPDX-License-Identifier: Apache-2.0
/* Every variant is refused by its rule, in words that name the culprit and the remedy; the good one loads. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/module/load.h"

#define VARIANTS TEST_BUILD "/tests/module/variants/variant_"

static int
load(const char *path, struct connector **ret, struct refusal *r)
{
  struct module_file f;
  tenon_connector live;
  *r = (struct refusal){0};
  int err = module_file_open(&f, path, r);
  if (err)
    return err;
  err = module_load(&f, "variant", ret, &live, r);
  module_file_finish(&f);
  return err;
}

START_TEST(good_plugin__is_copied_out)
{
  struct connector *c;
  struct refusal r;
  ck_assert_msg(load(VARIANTS "good.so", &c, &r) == 0, "%s: %s", r.rule, r.detail);
  ck_assert_str_eq(c->d.id, "variant");
  ck_assert_uint_eq(c->n_pages, 1);
  ck_assert_uint_eq(c->n_fields, 2);
  ck_assert_str_eq(c->d.fields[1]->label, "Name");
  ck_assert_uint_eq(c->hooks, HOOK_VERIFY);
  ck_assert_ptr_null((void *)(uintptr_t)c->d.verify);
  connector_destroy(c);
}
END_TEST

START_TEST(good_plugin__loads_again_in_the_same_process)
{
  struct connector *a, *b;
  struct refusal r;
  ck_assert_int_eq(load(VARIANTS "good.so", &a, &r), 0);
  ck_assert_int_eq(load(VARIANTS "good.so", &b, &r), 0);
  connector_destroy(a);
  connector_destroy(b);
}
END_TEST

static const struct {
  const char *name, *rule, *says;
} refusals[] = {
    {"note_missing", "TR-08", "no tenon note"},
    {"note_twice", "TR-08", "more than one"},
    {"note_broken", "TR-08", "not one JSON object"},
    {"note_other_abi", "TR-10", "built for ABI 2, this host speaks ABI 1"},
    {"note_no_needs", "TR-09", "what it needs"},
    {"stack", "TR-11", "executable stack"},
    {"rpath", "TR-13", "/tmp/libs"},
    {"tls", "TR-14", "thread-local"},
    {"entry", "TR-15", "built for ABI 2, this host speaks ABI 1"},
    {"entry_none", "TR-15", "tenon_entry_1"},
    {"host_symbol", "TR-16", "tenon_host_secret_door"},
    {"symbol", "TR-18", "needs the symbol frobnicate_the_gizmo"},
    {"note_requires", "TR-21", "requirement 2 of the note asks about 'third', which is no field"},
    {"differs", "TR-21", "\"1.0.0\" in the note and \"1.0.1\" in the descriptor"},
    {"small", "TR-20", "is 16"},
    {"large", "TR-20", "is 4097"},
    {"major", "TR-10", "it says ABI 2"},
    {"no_verify", "TR-24", "no verify hook"},
    {"key", "TR-23", "'Name'"},
    {"key_twice", "TR-26", "field first"},
    {"label", "TR-22", "its label"},
    {"label_none", "TR-22", "its label is missing"},
    {"page", "TR-26", "nowhere"},
    {"preset", "TR-27", "field name"},
    {"preset_file", "TR-27", "a file and has a preset"},
    {"preset_path", "TR-27", "a path and has a preset"},
    {"preset_secret", "TR-27", "a secret and has a preset"},
    {"choices_none", "TR-28", "without choices"},
    {"choices_twice", "TR-28", "'a' stands twice"},
    {"when", "TR-29", "first = 1"},
    {"when_later", "TR-29", "'last'"},
    {"pattern", "TR-30", "pattern"},
};

START_TEST(bad_plugin__is_refused_by_its_rule)
{
  char path[512];
  struct connector *c = NULL;
  struct refusal r;
  (void)snprintf(path, sizeof path, VARIANTS "%s.so", refusals[_i].name);
  ck_assert_msg(load(path, &c, &r) != 0, "%s was taken", path);
  ck_assert_msg(strcmp(r.rule, refusals[_i].rule) == 0, "%s: %s: %s", path, r.rule, r.detail);
  ck_assert_msg(strstr(r.detail, refusals[_i].says) != NULL, "%s: %s", path, r.detail);
  ck_assert_msg(r.remedy[0] != '\0', "%s: no remedy", path);
}
END_TEST

static void
copy(const char *from, const char *to)
{
  char bytes[65536];
  size_t n;
  FILE *in = fopen(from, "re"), *out = fopen(to, "we");
  ck_assert(in && out);
  while ((n = fread(bytes, 1, sizeof bytes, in)) > 0)
    ck_assert_uint_eq(fwrite(bytes, 1, n, out), n);
  ck_assert_int_eq(fclose(in), 0);
  ck_assert_int_eq(fclose(out), 0);
  ck_assert_int_eq(chmod(to, 0644), 0);
}

START_TEST(plugin_changed_in_place__is_refused_by_a_process_that_loaded_it)
{
  char directory[] = "/tmp/tenon-load-XXXXXX", path[64];
  struct connector *c;
  struct refusal r;
  ck_assert_ptr_nonnull(mkdtemp(directory));
  (void)snprintf(path, sizeof path, "%s/p.so", directory);
  copy(VARIANTS "good.so", path);
  ck_assert_int_eq(load(path, &c, &r), 0);
  connector_destroy(c);
  ck_assert_int_eq(utimensat(AT_FDCWD, path, (struct timespec[]){{1, 0}, {1, 0}}, 0), 0);
  ck_assert_int_ne(load(path, &c, &r), 0);
  ck_assert_str_eq(r.rule, "TR-19");
  (void)unlink(path);
  (void)rmdir(directory);
}
END_TEST

START_TEST(two_files__never_share_code_though_they_follow_each_other)
{
  char directory[] = "/tmp/tenon-load-XXXXXX", path[64];
  struct connector *c;
  struct refusal r;
  ck_assert_ptr_nonnull(mkdtemp(directory));
  (void)snprintf(path, sizeof path, "%s/p.so", directory);
  copy(VARIANTS "good.so", path);
  ck_assert_int_eq(load(path, &c, &r), 0);
  connector_destroy(c);
  (void)unlink(path); /* replaced by another file, as an update does */
  copy(VARIANTS "differs.so", path);
  ck_assert_int_ne(load(path, &c, &r), 0);
  ck_assert_str_eq(r.rule, "TR-21"); /* it is the new file's descriptor that is read */
  (void)unlink(path);
  (void)rmdir(directory);
}
END_TEST

START_TEST(plugin__loads_where_a_process_may_have_few_descriptors)
{
  struct rlimit few = {64, 64};
  ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
  struct connector *c;
  struct refusal r;
  ck_assert_msg(load(VARIANTS "good.so", &c, &r) == 0, "%s: %s", r.rule, r.detail);
  connector_destroy(c);
}
END_TEST

START_TEST(library_that_is_not_there__is_named)
{
  static const char from[] = "libc.so.6", to[] = "libq.so.6";
  char directory[] = "/tmp/tenon-load-XXXXXX", path[64], bytes[sizeof from];
  struct connector *c = NULL;
  struct refusal r;
  ck_assert_ptr_nonnull(mkdtemp(directory));
  (void)snprintf(path, sizeof path, "%s/p.so", directory);
  copy(VARIANTS "library.so", path);
  FILE *f = fopen(path, "r+e");
  ck_assert_ptr_nonnull(f);
  for (long at = 0; fseek(f, at, SEEK_SET) == 0 && fread(bytes, 1, sizeof bytes, f) == sizeof bytes;
       at++)
    if (memcmp(bytes, from, sizeof from) == 0) {
      ck_assert_int_eq(fseek(f, at, SEEK_SET), 0);
      ck_assert_uint_eq(fwrite(to, 1, sizeof to, f), sizeof to);
    }
  ck_assert_int_eq(fclose(f), 0);
  ck_assert_int_ne(load(path, &c, &r), 0);
  ck_assert_str_eq(r.rule, "TR-18");
  ck_assert_ptr_nonnull(strstr(r.detail, "needs the library libq.so.6"));
  (void)unlink(path);
  (void)rmdir(directory);
}
END_TEST

int
main(void)
{
  TCase *tc = tcase_create("load");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, good_plugin__is_copied_out);
  tcase_add_test(tc, good_plugin__loads_again_in_the_same_process);
  tcase_add_loop_test(tc, bad_plugin__is_refused_by_its_rule, 0,
                      (int)(sizeof refusals / sizeof *refusals));
  tcase_add_test(tc, plugin__loads_where_a_process_may_have_few_descriptors);
  tcase_add_test(tc, library_that_is_not_there__is_named);
  tcase_add_test(tc, plugin_changed_in_place__is_refused_by_a_process_that_loaded_it);
  tcase_add_test(tc, two_files__never_share_code_though_they_follow_each_other);
  Suite *suite = suite_create("module-load");
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? 1 : 0;
}
