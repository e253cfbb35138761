// SPDX-License-Identifier: Apache-2.0
/* The vault's side of the desktop's keyring, against a helper that misbehaves; and how the kinds of vault share one
 * handle. A real keyring is in tests/e2e/test_keyring.py. */
#include <check.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/secret/vault.h"
#include "core/secret/vault_choice.h"
#include "tests/store/temp_dir.h"

static char base[64], dir[96];
static struct vault *vault;
static struct buf why;
static struct vault_options options;

static void
open_vault(const char *bus)
{
  vault_close(vault);
  vault = NULL;
  options.dir = dir;
  options.bus = bus;
  options.helper = TEST_PUPPET;
  buf_clear(&why);
  ck_assert_int_eq(vault_open(&options, &vault, &why), 0);
}

static void
setup(void)
{
  temp_dir_make(base);
  (void)snprintf(dir, sizeof dir, "%s/vault", base);
  why = BUF_INIT(VAULT_WHY_MAX);
  options = (struct vault_options){0};
}

static void
teardown(void)
{
  vault_close(vault);
  vault = NULL;
  buf_finish(&why);
  temp_dir_remove(base);
}

static const char *
new_entries_go_to(void)
{
  struct vault *one = NULL;

  ck_assert_int_eq(vault_of_kind(vault, NULL, &one, &why), 0);
  return vault_word(one);
}

static int
get(const char *id)
{
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;
  buf_clear(&why);
  return vault_get(vault, id, &s, &why);
}

START_TEST(keyring__takes_new_entries_where_it_answers)
{
  char id[VAULT_ID_MAX + 1];
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;

  open_vault("good");
  ck_assert_int_eq(vault_new_id(vault, NULL, id, &why), 0);
  ck_assert_int_eq(strncmp(id, "ss", 2), 0);
  ck_assert_int_eq(vault_put(vault, id, "label", "a\0b", 3, &why), 0);
  ck_assert_int_eq(vault_get(vault, id, &s, &why), 0);
  ck_assert_uint_eq(s.len, 3);
  ck_assert_mem_eq(s.ptr, "a\0b", 3);
}
END_TEST

START_TEST(sealed_file__takes_new_entries_where_no_keyring_answers)
{
  static const char *const buses[] = {NULL, "garbage", "endless", "die", "refused"};
  char id[VAULT_ID_MAX + 1];

  for (size_t i = 0; i < sizeof buses / sizeof *buses; i++) {
    open_vault(buses[i]);
    ck_assert_str_eq(new_entries_go_to(), VAULT_SEALED);
    ck_assert_int_eq(vault_new_id(vault, NULL, id, &why), 0);
    ck_assert_int_eq(strspn(id, "0123456789abcdef"), 40);
  }
}
END_TEST

START_TEST(helper__that_is_missing_is_named)
{
  open_vault("good");
  options.helper = "/nonexistent/tenon-keyring";
  vault_close(vault);
  ck_assert_int_eq(vault_open(&options, &vault, &why), 0);
  ck_assert_str_eq(new_entries_go_to(), VAULT_SEALED);
  ck_assert_int_eq(get("ssabc"), -ENOEXEC);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "/nonexistent/tenon-keyring"));
}
END_TEST

START_TEST(entry__says_by_its_id_in_which_vault_it_lies)
{
  struct vault *one = NULL;

  open_vault(NULL);
  ck_assert_int_eq(vault_of_entry(vault, "ss0123", &one, &why), 0);
  ck_assert_str_eq(vault_word(one), VAULT_SECRET_SERVICE);
  ck_assert_int_eq(vault_of_entry(vault, "0123", &one, &why), 0);
  ck_assert_str_eq(vault_word(one), VAULT_SEALED);
  ck_assert_int_eq(get("ss0123"), -ENOTCONN);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "no session bus"));
}
END_TEST

START_TEST(new_id__lies_where_its_like_lies)
{
  char id[VAULT_ID_MAX + 1];

  open_vault("good");
  ck_assert_int_eq(vault_new_id(vault, "0123", id, &why), 0);
  ck_assert_uint_eq(strlen(id), 40);
  ck_assert_int_eq(vault_new_id(vault, "ss0", id, &why), 0);
  ck_assert_uint_eq(strlen(id), 42);
}
END_TEST

START_TEST(choice__overrules_what_is_ready)
{
  options.use = VAULT_SEALED;
  open_vault("good");
  ck_assert_str_eq(new_entries_go_to(), VAULT_SEALED);
  options.use = VAULT_SECRET_SERVICE;
  open_vault("die");
  ck_assert_str_eq(new_entries_go_to(), VAULT_SECRET_SERVICE);
  ck_assert_int_lt(vault_put(vault, "ss1", NULL, "x", 1, &why), 0);
}
END_TEST

START_TEST(helper__that_died_in_between_is_started_again_once)
{
  char bus[128];

  (void)snprintf(bus, sizeof bus, "die-once:%s/died", base);
  open_vault(bus);
  ck_assert_int_eq(get("ss1"),
                   -EPIPE); /* one that dies at once is not tried again in the same call */
  ck_assert_int_eq(get("ss1"), -ENOENT);
  (void)snprintf(bus, sizeof bus, "die-later:%s/later", base);
  open_vault(bus);
  ck_assert_int_eq(get("ss1"), -ENOENT);
  ck_assert_int_eq(get("ss1"), -ENOENT);
}
END_TEST

START_TEST(locked_keyring__is_said_unless_a_person_may_be_asked)
{
  open_vault("locked");
  ck_assert_int_eq(get("ss1"), -ENOKEY);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "locked"));
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "tenon vault use sealed"));
  options.prompts = true;
  open_vault("locked");
  ck_assert_int_eq(get("ss1"), -ENOENT);
}
END_TEST

START_TEST(silent_keyring__ends_with_an_interrupt)
{
  int ends[2];

  ck_assert_int_eq(pipe(ends), 0);
  ck_assert_int_eq(write(ends[1], "x", 1), 1);
  options.interrupt_fd = ends[0];
  open_vault("silent");
  ck_assert_int_eq(get("ss1"), -ECANCELED);
  (void)close(ends[0]);
  (void)close(ends[1]);
}
END_TEST

static void
count(void *user, const char *id)
{
  ck_assert_uint_eq(strlen(id), 3);
  ++*(int *)user;
}

START_TEST(list__gives_the_entries_of_every_kind_that_is_ready)
{
  int n = 0;

  open_vault("good");
  ck_assert_int_eq(vault_put(vault, "abc", NULL, "x", 1, &why), 0);
  ck_assert_int_eq(vault_list(vault, count, &n, &why), 0);
  ck_assert_int_eq(n, 3);
}
END_TEST

START_TEST(choice_file__is_read_as_it_was_written)
{
  static const char *const words[] = {VAULT_SEALED, VAULT_SECRET_SERVICE, NULL};
  const char *read = "x";

  ck_assert_int_eq(vault_choice_read(dir, &read, &why), 0);
  ck_assert_ptr_null(read);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    ck_assert_int_eq(vault_choice_write(dir, words[i], &why), 0);
    ck_assert_int_eq(vault_choice_read(dir, &read, &why), 0);
    ck_assert_pstr_eq(read, words[i]);
  }
}
END_TEST

START_TEST(choice_file__that_is_damaged_is_no_choice)
{
  static const char *const texts[] = {"", "{", "{\"version\":2,\"use\":\"sealed\"}",
                                      "{\"version\":1,\"use\":\"attic\"}", "{\"version\":1}"};
  char path[160];
  const char *read = NULL;

  ck_assert_int_eq(mkdir(dir, 0700), 0);
  (void)snprintf(path, sizeof path, "%s/" VAULT_CHOICE_FILE, dir);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    FILE *f = fopen(path, "we");
    (void)fputs(texts[i], f);
    ck_assert_int_eq(fclose(f), 0);
    buf_clear(&why);
    ck_assert_int_eq(vault_choice_read(dir, &read, &why), -EBADMSG);
    ck_assert_ptr_nonnull(strstr(buf_text(&why), "tenon vault use auto"));
  }
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("vault keyring");
  TCase *t = tcase_create("keyring");

  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, keyring__takes_new_entries_where_it_answers);
  tcase_add_test(t, sealed_file__takes_new_entries_where_no_keyring_answers);
  tcase_add_test(t, helper__that_is_missing_is_named);
  tcase_add_test(t, entry__says_by_its_id_in_which_vault_it_lies);
  tcase_add_test(t, new_id__lies_where_its_like_lies);
  tcase_add_test(t, choice__overrules_what_is_ready);
  tcase_add_test(t, helper__that_died_in_between_is_started_again_once);
  tcase_add_test(t, locked_keyring__is_said_unless_a_person_may_be_asked);
  tcase_add_test(t, silent_keyring__ends_with_an_interrupt);
  tcase_add_test(t, list__gives_the_entries_of_every_kind_that_is_ready);
  tcase_add_test(t, choice_file__is_read_as_it_was_written);
  tcase_add_test(t, choice_file__that_is_damaged_is_no_choice);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
