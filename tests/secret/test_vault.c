// SPDX-License-Identifier: Apache-2.0
/* The sealed vault: what goes in comes out, what was touched does not, and the key file is looked at before it is used. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "core/secret/vault.h"
#include "tests/store/temp_dir.h"

static char base[64], dir[96];
static struct vault *vault;
static struct buf why;
static const char *passphrase;

static bool
give_passphrase(void *user, struct buf *ret)
{
  (void)user;
  return passphrase && buf_puts(ret, passphrase);
}

static void
reopen(void)
{
  vault_close(vault);
  vault = NULL;
  struct vault_options o = {.dir = dir, .passphrase = give_passphrase};
  buf_clear(&why);
  ck_assert_int_eq(vault_open(&o, &vault, &why), 0);
}

static void
setup(void)
{
  temp_dir_make(base);
  (void)snprintf(dir, sizeof dir, "%s/data/vault", base);
  why = BUF_INIT(VAULT_WHY_MAX);
  passphrase = NULL;
  reopen();
}

static void
teardown(void)
{
  vault_close(vault);
  vault = NULL;
  buf_finish(&why);
  temp_dir_remove(base);
}

static void
put(const char *id, const char *text)
{
  ck_assert_msg(vault_put(vault, id, NULL, text, strlen(text), &why) == 0, "%s", buf_text(&why));
}

static void
expect(const char *id, const char *text)
{
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;
  ck_assert_msg(vault_get(vault, id, &s, &why) == 0, "%s", buf_text(&why));
  ck_assert_uint_eq(s.len, strlen(text));
  ck_assert_str_eq(s.ptr, text);
}

static int
get_error(const char *id)
{
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;
  buf_clear(&why);
  int e = vault_get(vault, id, &s, &why);
  ck_assert_ptr_null(s.ptr);
  return e;
}

static void
path_of(char path[static 160], const char *name)
{
  (void)snprintf(path, 160, "%s/%s", dir, name);
}

START_TEST(vault__gives_back_what_was_put_after_reopening)
{
  put("abc123", "correct horse");
  put("empty", "");
  reopen();
  expect("abc123", "correct horse");
  expect("empty", "");
}
END_TEST

START_TEST(vault__writes_private_files_without_the_plaintext)
{
  char path[160], bytes[512];
  struct stat st;

  put("abc123", "correct horse");
  const char *names[] = {"abc123.sealed", "key.json"};
  for (size_t i = 0; i < 2; i++) {
    path_of(path, names[i]);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0600);
    FILE *f = fopen(path, "re");
    size_t n = fread(bytes, 1, sizeof bytes, f);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_ptr_null(memmem(bytes, n, "horse", 5));
  }
  ck_assert_int_eq(stat(dir, &st), 0);
  ck_assert_uint_eq(st.st_mode & 07777, 0700);
}
END_TEST

START_TEST(vault__creates_nothing_before_the_first_put)
{
  struct stat st;

  ck_assert_int_eq(vault_probe(vault, &why), 0);
  ck_assert_int_eq(get_error("abc"), -ENOENT);
  ck_assert_int_ne(stat(dir, &st), 0);
}
END_TEST

START_TEST(vault__refuses_a_key_file_that_others_can_read_and_says_chmod)
{
  char path[160];

  put("abc", "x");
  path_of(path, "key.json");
  ck_assert_int_eq(chmod(path, 0644), 0);
  reopen();
  ck_assert_int_eq(get_error("abc"), -EPERM);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "chmod 600 "));
  ck_assert_ptr_nonnull(strstr(buf_text(&why), path));
}
END_TEST

START_TEST(vault__notices_a_changed_byte)
{
  char path[160];

  put("abc", "correct horse");
  path_of(path, "abc.sealed");
  FILE *f = fopen(path, "r+e");
  ck_assert_int_eq(fseek(f, -1, SEEK_END), 0);
  int last = fgetc(f);
  ck_assert_int_eq(fseek(f, -1, SEEK_END), 0);
  (void)fputc(last ^ 1, f);
  ck_assert_int_eq(fclose(f), 0);
  ck_assert_int_eq(get_error("abc"), -EBADMSG);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), path));
}
END_TEST

START_TEST(vault__notices_an_entry_copied_over_another)
{
  char from[160], to[160];

  put("aaa", "one");
  put("bbb", "two");
  path_of(from, "aaa.sealed");
  path_of(to, "bbb.sealed");
  ck_assert_int_eq(rename(from, to), 0);
  ck_assert_int_eq(get_error("bbb"), -EBADMSG);
}
END_TEST

START_TEST(vault__notices_a_truncated_entry)
{
  char path[160];

  put("aaa", "one");
  path_of(path, "aaa.sealed");
  ck_assert_int_eq(truncate(path, 20), 0);
  ck_assert_int_eq(get_error("aaa"), -EBADMSG);
}
END_TEST

START_TEST(vault__makes_no_new_key_where_entries_lost_theirs)
{
  char path[160];

  put("aaa", "one");
  path_of(path, "key.json");
  ck_assert_int_eq(unlink(path), 0);
  reopen();
  ck_assert_int_eq(vault_put(vault, "bbb", NULL, "two", 3, &why), -ENOENT);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), path));
}
END_TEST

START_TEST(vault__says_that_a_key_file_is_damaged)
{
  static const char *const texts[] = {
      "", "{", "{\"version\":1}", "{\"version\":1,\"protection\":\"none\",\"key\":\"AAAA\"}",
      "{\"version\":1,\"protection\":\"passphrase\",\"passes\":999,\"bytes\":1}"};
  char path[160];

  put("aaa", "one");
  path_of(path, "key.json");
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    FILE *f = fopen(path, "we");
    (void)fputs(texts[i], f);
    ck_assert_int_eq(fclose(f), 0);
    reopen();
    ck_assert_int_eq(get_error("aaa"), -EBADMSG);
    ck_assert_ptr_nonnull(strstr(buf_text(&why), path));
  }
}
END_TEST

START_TEST(vault__opens_under_its_passphrase_only)
{
  put("aaa", "one");
  ck_assert_msg(vault_protect(vault, "open sesame", &why) == 0, "%s", buf_text(&why));
  reopen();
  ck_assert(vault_needs_passphrase(vault));
  ck_assert_int_eq(get_error("aaa"), -ENOKEY);
  passphrase = "wrong";
  ck_assert_int_eq(get_error("aaa"), -EKEYREJECTED);
  passphrase = "open sesame";
  expect("aaa", "one");
  ck_assert_int_eq(vault_protect(vault, NULL, &why), 0);
  passphrase = NULL;
  reopen();
  ck_assert(!vault_needs_passphrase(vault));
  expect("aaa", "one");
}
END_TEST

static void
count(void *user, const char *id)
{
  ck_assert_str_ne(id, "gone");
  ++*(int *)user;
}

START_TEST(vault__lists_what_was_not_removed)
{
  int n = 0;

  put("aaa", "one");
  put("bbb", "two");
  put("gone", "x");
  ck_assert_int_eq(vault_remove(vault, "gone", &why), 0);
  ck_assert_int_eq(vault_remove(vault, "gone", &why), 0);
  ck_assert_int_eq(vault_list(vault, count, &n, &why), 0);
  ck_assert_int_eq(n, 2);
  ck_assert_int_eq(get_error("gone"), -ENOENT);
}
END_TEST

START_TEST(vault__takes_no_id_that_could_leave_its_directory)
{
  ck_assert_int_eq(vault_put(vault, "../x", NULL, "y", 1, &why), -EINVAL);
  ck_assert_int_eq(vault_put(vault, "", NULL, "y", 1, &why), -EINVAL);
  ck_assert_int_eq(get_error("a/b"), -EINVAL);
}
END_TEST

START_TEST(vault__refuses_an_entry_over_the_limit)
{
  char *big = calloc(1, VAULT_ENTRY_MAX + 1u);
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;

  ck_assert_int_eq(vault_put(vault, "big", NULL, big, VAULT_ENTRY_MAX + 1u, &why), -EFBIG);
  ck_assert_int_eq(vault_put(vault, "big", NULL, big, VAULT_ENTRY_MAX, &why), 0);
  free(big);
  ck_assert_int_eq(vault_get(vault, "big", &s, &why), 0);
  ck_assert_uint_eq(s.len, VAULT_ENTRY_MAX);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("vault");
  TCase *t = tcase_create("sealed");

  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, vault__gives_back_what_was_put_after_reopening);
  tcase_add_test(t, vault__writes_private_files_without_the_plaintext);
  tcase_add_test(t, vault__creates_nothing_before_the_first_put);
  tcase_add_test(t, vault__refuses_a_key_file_that_others_can_read_and_says_chmod);
  tcase_add_test(t, vault__notices_a_changed_byte);
  tcase_add_test(t, vault__notices_an_entry_copied_over_another);
  tcase_add_test(t, vault__notices_a_truncated_entry);
  tcase_add_test(t, vault__makes_no_new_key_where_entries_lost_theirs);
  tcase_add_test(t, vault__says_that_a_key_file_is_damaged);
  tcase_add_test(t, vault__opens_under_its_passphrase_only);
  tcase_add_test(t, vault__lists_what_was_not_removed);
  tcase_add_test(t, vault__takes_no_id_that_could_leave_its_directory);
  tcase_add_test(t, vault__refuses_an_entry_over_the_limit);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
