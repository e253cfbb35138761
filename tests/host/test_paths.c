// SPDX-License-Identifier: Apache-2.0
/* What a worker's plugin may do to the files that a person's answers name, and to others. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/host/harness.h"
#include "tests/suite.h"

#define KERBEROS TENON_TEST_BUILD "/tests/host/connectors/kerberos.so#kerberos"
#define PLAIN    TENON_TEST_BUILD "/tests/host/connectors/plain.so#plain"

static struct bench b;
static char dir[64], saw_cache[16], saw_keytab[16], saw_other[16], typed[256];

static void
take(struct bench *bench, const tenon_event *ev)
{
  static const struct {
    const char *id;
    char *to;
    size_t size;
  } rows[] = {{"reader.cache", saw_cache, sizeof saw_cache},
              {"reader.keytab", saw_keytab, sizeof saw_keytab},
              {"reader.other", saw_other, sizeof saw_other},
              {"reader.typed", typed, sizeof typed}};
  (void)bench;
  for (size_t i = 0; ev->kind == TENON_EVENT_CHECK && i < sizeof rows / sizeof *rows; i++)
    if (strcmp(ev->check->id, rows[i].id) == 0)
      (void)snprintf(rows[i].to, rows[i].size, "%s", ev->check->detail);
}

static const char *
path_of(const char *name)
{
  static char paths[4][128];
  static unsigned at;
  char *path = paths[at++ % 4];
  (void)snprintf(path, sizeof paths[0], "%s/%s", dir, name);
  return path;
}

static void
make(const char *name, const char *bytes, size_t n)
{
  int fd = open(path_of(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
  (void)close(fd);
}

static void
set_up(void)
{
  (void)snprintf(dir, sizeof dir, "/tmp/tenon-paths-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(dir));
  make("cache", "\5\4tickets", 9);
  make("keytab", "\5\2keys", 6);
  make("other", "a letter", 8);
  ck_assert_int_eq(mkdir(path_of("collection"), 0700), 0);
  make("collection/tkt", "\5\4tickets", 9);
  make("collection/primary", "tkt\n", 4);
  bench_init(&b, NULL);
  b.hook = take;
}

static void
tear_down(void)
{
  static const char *const names[] = {"cache", "keytab", "other", "collection/tkt",
                                      "collection/primary"};
  bench_finish(&b);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    (void)unlink(path_of(names[i]));
  (void)rmdir(path_of("collection"));
  (void)rmdir(dir);
}

/* False: this kernel has no Landlock, or has it switched off. */
static bool
is_confined(void)
{
  return strstr(tenon_worker_sandbox(b.worker), "landlock") &&
         !strstr(tenon_worker_sandbox(b.worker), "landlock off");
}

static void
verify(const char *plugin, bool early, const char *cache, const char *keytab, const char *other)
{
  tenon_pair values[3];
  size_t n = 0;
  const char *const keys[] = {"cache", "keytab", "other"}, *const texts[] = {cache, keytab, other};
  for (size_t i = 0; i < 3; i++)
    if (texts[i])
      values[n++] = (tenon_pair){keys[i], {texts[i], strlen(texts[i])}};
  tenon_settings s = {.size = sizeof s, .values = values, .n_values = n};

  bench_worker(&b, plugin);
  while (!early && !strstr(buf_text(&b.events), "ready"))
    ck_assert_int_ge(tenon_context_run(b.ctx, 1000), 0);
  ck_assert_int_eq(tenon_worker_open(b.worker, &s, 0, NULL), 0);
  bench_wait(&b, 1);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_uint_eq(b.findings, 0);
  ck_assert_uint_eq(b.died, 0);
}

static unsigned
readies(void)
{
  unsigned n = 0;
  for (const char *at = buf_text(&b.events); (at = strstr(at, "ready ")); at++)
    n++;
  return n;
}

/* Opened before it was ready, and after. */
START_TEST(paths__that_were_answered_are_let_through)
{
  set_up();
  verify(KERBEROS, _i == 0, path_of("cache"), path_of("keytab"), path_of("other"));
  ck_assert_str_eq(saw_cache, "rw");
  ck_assert_str_eq(typed, path_of("cache"));
  if (is_confined()) {
    ck_assert_str_eq(saw_keytab, "r");
    ck_assert_str_eq(saw_other, "-"); /* a text is no path */
  }
  ck_assert_uint_eq(readies(), 1);
  tear_down();
}
END_TEST

START_TEST(paths__of_a_plugin_without_kerberos_are_not)
{
  set_up();
  verify(PLAIN, false, path_of("cache"), path_of("keytab"), NULL);
  if (is_confined()) {
    ck_assert_str_eq(saw_cache, "-");
    ck_assert_str_eq(saw_keytab, "-");
  }
  tear_down();
}
END_TEST

START_TEST(paths__to_what_is_no_ticket_cache_and_no_keytab_are_not)
{
  set_up();
  verify(KERBEROS, false, path_of("other"), dir, NULL);
  if (is_confined()) {
    ck_assert_str_eq(saw_cache, "-");
    ck_assert_str_eq(saw_keytab, "-");
    ck_assert_ptr_nonnull(strstr(buf_text(&b.log), "neither a ticket cache nor a keytab"));
    ck_assert_ptr_nonnull(strstr(buf_text(&b.log), "it is no regular file"));
  }
  tear_down();
}
END_TEST

START_TEST(paths__are_found_behind_the_kind_of_the_cache)
{
  char cache[160], collection[160];
  set_up();
  (void)snprintf(cache, sizeof cache, "FILE:%s", path_of("cache"));
  (void)snprintf(collection, sizeof collection, "DIR:%s", path_of("collection"));
  verify(KERBEROS, false, cache, NULL, path_of("collection/tkt"));
  ck_assert_str_eq(saw_cache, "rw");
  ck_assert_str_eq(typed, cache);
  if (is_confined())
    ck_assert_str_eq(saw_other, "-");
  tenon_worker_destroy(b.worker);
  bench_clear(&b);
  verify(KERBEROS, false, collection, NULL, path_of("collection/tkt"));
  ck_assert_str_eq(saw_other, "rw");
  tenon_worker_destroy(b.worker);
  bench_clear(&b);
  ck_assert_int_eq(unlink(path_of("collection/primary")), 0); /* any directory */
  verify(KERBEROS, false, collection, NULL, path_of("collection/tkt"));
  if (is_confined()) {
    ck_assert_str_eq(saw_other, "-");
    ck_assert_ptr_nonnull(strstr(buf_text(&b.log), "no collection of tickets"));
  }
  tear_down();
}
END_TEST

START_TEST(paths__that_are_names_of_caches_need_nothing)
{
  set_up();
  verify(KERBEROS, false, "KCM:", "KEYRING:persistent:1000", NULL);
  ck_assert_str_eq(saw_cache, "no path");
  ck_assert_ptr_null(strstr(buf_text(&b.log), "does not let"));
  tear_down();
}
END_TEST

START_TEST(paths__keep_a_cancel_that_comes_before_the_worker_is_ready)
{
  const char *cache = NULL;
  set_up();
  cache = path_of("cache");
  tenon_pair value = {"cache", {cache, strlen(cache)}};
  tenon_settings s = {.size = sizeof s, .values = &value, .n_values = 1};
  host_times_of(b.ctx)->cancel = 20 * NS_PER_S;
  bench_worker(&b, KERBEROS);
  ck_assert_int_eq(tenon_worker_open(b.worker, &s, 0, NULL), 0);
  tenon_worker_cancel(b.worker);
  bench_wait(&b, 1);
  ck_assert_int_eq(b.status, TENON_E_CANCELLED);
  ck_assert_uint_eq(b.died, 0);
  tear_down();
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("paths");
  TCase *tc = tcase_create("paths");
  tcase_set_timeout(tc, SUITE_SECONDS_MAX);
  tcase_add_loop_test(tc, paths__that_were_answered_are_let_through, 0, 2);
  tcase_add_test(tc, paths__of_a_plugin_without_kerberos_are_not);
  tcase_add_test(tc, paths__to_what_is_no_ticket_cache_and_no_keytab_are_not);
  tcase_add_test(tc, paths__are_found_behind_the_kind_of_the_cache);
  tcase_add_test(tc, paths__that_are_names_of_caches_need_nothing);
  tcase_add_test(tc, paths__keep_a_cancel_that_comes_before_the_worker_is_ready);
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
