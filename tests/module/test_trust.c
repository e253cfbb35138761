// SPDX-License-Identifier: Apache-2.0
/* Who may have put the file there? Each refusal names the place, what was found, and the command that mends it. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/module/scan.h"
#include "core/module/trust.h"

#define NOBODY     65534
#define SHARED_GID 12345 /* of no user's own */

static char top[] = "/tmp/tenon-trust-XXXXXX", inner[64], file[96];
static struct refusal r;

static void
touch(const char *path)
{
  int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  ck_assert_int_ge(fd, 0);
  (void)close(fd);
}

static void
make(void)
{
  (void)umask(022);
  memcpy(top + sizeof top - 7, "XXXXXX", 6);
  ck_assert_ptr_nonnull(mkdtemp(top));
  (void)snprintf(inner, sizeof inner, "%s/plugins", top);
  (void)snprintf(file, sizeof file, "%s/a.so", inner);
  ck_assert_int_eq(mkdir(inner, 0755), 0);
  touch(file);
  r = (struct refusal){0};
}

static void
clear(void)
{
  char path[128];
  static const char *const names[] = {"a.so", "b.so", "c.so", "d.txt", ".e.so", "libx.so.1"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    (void)snprintf(path, sizeof path, "%s/%s", inner, names[i]);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/%s", top, names[i]);
    (void)unlink(path);
  }
  (void)rmdir(inner);
  (void)rmdir(top);
}

static void
taken(const char *path)
{
  int fd = trust_open(path, &r);
  ck_assert_msg(fd >= 0, "%s: %s", r.rule, r.detail);
  (void)close(fd);
}

static void
refused(const char *path, const char *rule, const char *says, const char *remedy)
{
  int fd = trust_open(path, &r);
  ck_assert_msg(fd < 0, "%s was taken", path);
  ck_assert_msg(strcmp(r.rule, rule) == 0, "%s: %s", r.rule, r.detail);
  ck_assert_msg(strstr(r.detail, says) != NULL, "%s", r.detail);
  ck_assert_msg(strstr(r.remedy, remedy) != NULL, "%s", r.remedy);
}

START_TEST(own_file__below_a_sticky_directory_is_trusted)
{
  taken(file); /* /tmp is writable by all, and sticky */
}
END_TEST

START_TEST(file_that_all_may_write__is_refused)
{
  ck_assert_int_eq(chmod(file, 0646), 0);
  refused(file, "TR-03", "mode 0646", "chmod o-w");
}
END_TEST

START_TEST(file_that_a_shared_group_may_write__is_refused)
{
  if (geteuid() != 0)
    return;
  ck_assert_int_eq(chown(file, 0, SHARED_GID), 0);
  ck_assert_int_eq(chmod(file, 0664), 0);
  refused(file, "TR-03", "group 12345", "chmod g-w");
}
END_TEST

START_TEST(file_that_the_owners_own_group_may_write__is_trusted)
{
  if (geteuid() != 0)
    return;
  ck_assert_int_eq(chmod(file, 0664), 0); /* root:root, with nobody else in it */
  taken(file);
}
END_TEST

START_TEST(directory_that_all_may_write__is_refused_by_name)
{
  ck_assert_int_eq(chmod(inner, 0777), 0);
  refused(file, "TR-03", inner, "chmod ");
}
END_TEST

START_TEST(directory_further_up__counts_as_well)
{
  ck_assert_int_eq(chmod(top, 0757), 0);
  refused(file, "TR-03", top, "chmod o-w");
}
END_TEST

START_TEST(file_of_somebody_else__is_refused)
{
  if (geteuid() != 0)
    return;
  ck_assert_int_eq(chown(file, NOBODY, 0), 0);
  refused(file, "TR-02", "user 65534", "chown");
  ck_assert_int_eq(chown(file, 0, 0), 0);
  ck_assert_int_eq(chown(inner, NOBODY, 0), 0);
  refused(file, "TR-02", inner, "chown");
}
END_TEST

START_TEST(sticky_directory_of_somebody_else__is_refused)
{
  if (geteuid() != 0)
    return;
  ck_assert_int_eq(chown(inner, NOBODY, 0), 0);
  ck_assert_int_eq(chmod(inner, 01777), 0);
  refused(file, "TR-02", inner, "chown");
}
END_TEST

START_TEST(link__within_its_directory_is_trusted)
{
  char path[128];
  (void)snprintf(path, sizeof path, "%s/b.so", inner);
  ck_assert_int_eq(symlink("a.so", path), 0);
  taken(path);
}
END_TEST

START_TEST(link__out_of_its_directory_is_refused)
{
  char path[128], outside[128];
  (void)snprintf(outside, sizeof outside, "%s/c.so", top);
  (void)snprintf(path, sizeof path, "%s/b.so", inner);
  touch(outside);
  ck_assert_int_eq(symlink("../c.so", path), 0);
  refused(path, "TR-04", outside, "Put the file itself there");
}
END_TEST

START_TEST(what_is_no_file__is_refused)
{
  refused(inner, "TR-01", "no regular file", ".so");
  refused("/tmp/tenon-there-is-no-such-file.so", "TR-01", "No such file", "path");
  refused("/dev/null", "TR-01", "no regular file", ".so");
}
END_TEST

START_TEST(scan__lists_shared_objects_sorted)
{
  static const char *const names[] = {"c.so", "b.so", "d.txt", ".e.so", "libx.so.1"};
  char path[128];
  struct scan s;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    (void)snprintf(path, sizeof path, "%s/%s", inner, names[i]);
    touch(path);
  }
  ck_assert_int_eq(scan_directory(inner, &s), 0);
  ck_assert_uint_eq(s.n, 3);
  for (size_t i = 0; i < 3; i++) {
    (void)snprintf(path, sizeof path, "%s/%c.so", inner, (char)('a' + (int)i));
    ck_assert_str_eq(s.paths[i], path);
  }
  scan_finish(&s);
  ck_assert_int_eq(scan_directory("/tmp/tenon-there-is-no-such-directory", &s), 0);
  ck_assert_uint_eq(s.n, 0);
  scan_finish(&s);
}
END_TEST

int
main(void)
{
  TCase *tc = tcase_create("trust");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, make, clear);
  tcase_add_test(tc, own_file__below_a_sticky_directory_is_trusted);
  tcase_add_test(tc, file_that_all_may_write__is_refused);
  tcase_add_test(tc, file_that_a_shared_group_may_write__is_refused);
  tcase_add_test(tc, file_that_the_owners_own_group_may_write__is_trusted);
  tcase_add_test(tc, directory_that_all_may_write__is_refused_by_name);
  tcase_add_test(tc, directory_further_up__counts_as_well);
  tcase_add_test(tc, file_of_somebody_else__is_refused);
  tcase_add_test(tc, sticky_directory_of_somebody_else__is_refused);
  tcase_add_test(tc, link__within_its_directory_is_trusted);
  tcase_add_test(tc, link__out_of_its_directory_is_refused);
  tcase_add_test(tc, what_is_no_file__is_refused);
  tcase_add_test(tc, scan__lists_shared_objects_sorted);
  Suite *suite = suite_create("module-trust");
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? 1 : 0;
}
