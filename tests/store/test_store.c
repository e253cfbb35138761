// SPDX-License-Identifier: Apache-2.0
/* Connections on disk: what was saved is there, private, and what cannot be read says so without hiding the others. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "core/store/shape.h"
#include "core/store/store.h"
#include "tests/store/temp_dir.h"

static char base[64], config[96], state[96], vault_dir[96];
static struct store *store;
static struct vault *vault;
static struct buf why;

static void
setup(void)
{
  temp_dir_make(base);
  (void)snprintf(config, sizeof config, "%s/config", base);
  (void)snprintf(state, sizeof state, "%s/state", base);
  (void)snprintf(vault_dir, sizeof vault_dir, "%s/vault", base);
  store = store_create(&(struct store_options){config, state});
  why = BUF_INIT(STORE_WHY_MAX);
  ck_assert_int_eq(vault_open(&(struct vault_options){.dir = vault_dir}, &vault, &why), 0);
}

static void
teardown(void)
{
  store_destroy(store);
  vault_close(vault);
  buf_finish(&why);
  temp_dir_remove(base);
}

static void
path_of(char path[static 200], const char *file)
{
  (void)snprintf(path, 200, "%s/connections/%s", config, file);
}

static void
write_file(const char *file, const char *text)
{
  char path[200];

  path_of(path, file);
  FILE *f = fopen(path, "we");
  ck_assert_ptr_nonnull(f);
  (void)fputs(text, f);
  ck_assert_int_eq(fclose(f), 0);
}

static void
save(const char *name, const char *server, const char *password, bool create, int expected)
{
  CLEANUP_CONNECTION struct connection *c = connection_create(name, "example1", "1.0.0", 3);
  tenon_pair secret = {"password", {password, password ? strlen(password) : 0}};

  c->role = TENON_SOURCE;
  ck_assert(connection_set(c, "server", server));
  buf_clear(&why);
  int e = store_save(store, vault, c, &secret, password ? 1 : 0, create, &why);
  ck_assert_msg(e == expected, "%d: %s", e, buf_text(&why));
}

static struct connection *
load(const char *name)
{
  struct connection *c = NULL;

  buf_clear(&why);
  ck_assert_msg(store_load(store, name, &c, &why) == 0, "%s", buf_text(&why));
  return c;
}

static void
expect_password(const char *name, const char *password)
{
  CLEANUP_CONNECTION struct connection *c = load(name);
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;

  ck_assert_msg(store_secret(vault, c, "password", &s, &why) == 0, "%s", buf_text(&why));
  ck_assert_str_eq(s.ptr, password);
}

static void
count(void *user, const char *id)
{
  (void)id;
  ++*(int *)user;
}

static int
vault_entries(void)
{
  int n = 0;

  ck_assert_int_eq(vault_list(vault, count, &n, &why), 0);
  return n;
}

START_TEST(store__gives_back_what_was_saved)
{
  save("onprem", "mail.test", "s3cret", true, 0);
  CLEANUP_CONNECTION struct connection *c = load("onprem");
  ck_assert_str_eq(c->connector, "example1");
  ck_assert_str_eq(c->connector_version, "1.0.0");
  ck_assert_uint_eq(c->schema, 3);
  ck_assert_uint_eq(c->role, TENON_SOURCE);
  ck_assert_str_eq(connection_get(c, "server"), "mail.test");
  ck_assert_ptr_null(connection_get(c, "password"));
  ck_assert_str_eq(c->created, c->changed);
  ck_assert_uint_eq(strlen(c->created), CLOCK_TEXT_SIZE - 1);
  expect_password("onprem", "s3cret");
}
END_TEST

START_TEST(store__keeps_files_private_and_the_secret_out_of_them)
{
  char path[200], text[4096] = "";
  struct stat st;

  mode_t umask_before = umask(0);
  save("onprem", "mail.test", "s3cret", true, 0);
  (void)umask(umask_before);
  path_of(path, "onprem.json");
  ck_assert_int_eq(stat(path, &st), 0);
  ck_assert_uint_eq(st.st_mode & 07777, 0600);
  FILE *f = fopen(path, "re");
  ck_assert_uint_gt(fread(text, 1, sizeof text - 1, f), 0);
  ck_assert_int_eq(fclose(f), 0);
  ck_assert_ptr_null(strstr(text, "s3cret"));
  path_of(path, "");
  ck_assert_int_eq(stat(path, &st), 0);
  ck_assert_uint_eq(st.st_mode & 07777, 0700);
}
END_TEST

START_TEST(store__keeps_secrets_that_a_save_does_not_name)
{
  save("onprem", "one.test", "s3cret", true, 0);
  save("onprem", "two.test", NULL, false, 0);
  CLEANUP_CONNECTION struct connection *c = load("onprem");
  ck_assert_str_eq(connection_get(c, "server"), "two.test");
  expect_password("onprem", "s3cret");
}
END_TEST

START_TEST(store__drops_the_old_vault_entry_when_a_secret_is_replaced)
{
  save("onprem", "one.test", "old", true, 0);
  save("onprem", "one.test", "new", false, 0);
  expect_password("onprem", "new");
  ck_assert_int_eq(vault_entries(), 1);
}
END_TEST

START_TEST(store__takes_a_secret_away)
{
  save("onprem", "one.test", "old", true, 0);
  CLEANUP_CONNECTION struct connection *c = load("onprem");
  tenon_pair gone = {"password", {NULL, 0}};
  ck_assert_int_eq(store_save(store, vault, c, &gone, 1, false, &why), 0);
  CLEANUP_CONNECTION struct connection *again = load("onprem");
  ck_assert_ptr_null(connection_secret_id(again, "password"));
  ck_assert_int_eq(vault_entries(), 0);
}
END_TEST

START_TEST(store__saves_over_a_secret_that_another_process_replaced)
{
  save("onprem", "one.test", "old", true, 0);
  CLEANUP_CONNECTION struct connection *stale = load("onprem");
  save("onprem", "one.test", "new", false, 0);
  ck_assert_int_eq(store_save(store, vault, stale, NULL, 0, false, &why), 0);
  expect_password("onprem", "new");
}
END_TEST

START_TEST(store__refuses_to_create_over_a_connection_of_that_name)
{
  save("onprem", "one.test", NULL, true, 0);
  save("onprem", "two.test", NULL, true, -EEXIST);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "tenon wizard onprem"));
}
END_TEST

START_TEST(store__refuses_names_that_are_no_names)
{
  static const char *const bad[] = {"", ".x", "-x", "A", "a/b", "..", "a b", "\xc3\xa4"};
  char longest[STORE_NAME_MAX + 2];

  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(!connection_name_valid(bad[i]), "%s", bad[i]);
  memset(longest, 'a', sizeof longest);
  longest[STORE_NAME_MAX] = '\0';
  ck_assert(connection_name_valid(longest));
  longest[STORE_NAME_MAX] = 'a';
  longest[STORE_NAME_MAX + 1] = '\0';
  ck_assert(!connection_name_valid(longest));
  save("../x", "one.test", NULL, true, -EINVAL);
}
END_TEST

START_TEST(store__lists_the_good_ones_beside_a_damaged_one)
{
  CLEANUP_STORE_LIST struct store_list list = {0};

  save("b", "one.test", NULL, true, 0);
  save("c", "two.test", NULL, true, 0);
  write_file("a.json", "{\"version\":1,");
  write_file("notes.txt", "not ours");
  ck_assert_int_eq(store_list(store, &list, &why), 0);
  ck_assert_uint_eq(list.n, 3);
  ck_assert_str_eq(list.entries[0].name, "a");
  ck_assert_ptr_null(list.entries[0].connection);
  ck_assert_ptr_nonnull(strstr(list.entries[0].why, "connections/a.json is damaged"));
  ck_assert_ptr_nonnull(strstr(list.entries[0].why, "tenon connections remove a"));
  ck_assert_str_eq(connection_get(list.entries[1].connection, "server"), "one.test");
  ck_assert_str_eq(list.entries[2].name, "c");
}
END_TEST

START_TEST(store__is_empty_without_a_directory)
{
  CLEANUP_STORE_LIST struct store_list list = {0};

  ck_assert_int_eq(store_list(store, &list, &why), 0);
  ck_assert_uint_eq(list.n, 0);
}
END_TEST

START_TEST(store__refuses_what_a_newer_version_wrote_and_leaves_it_alone)
{
  struct connection *c = NULL;

  save("onprem", "one.test", NULL, true, 0);
  write_file("onprem.json", "{\"version\":2,\"connector\":\"x\",\"values\":{}}");
  ck_assert_int_eq(store_load(store, "onprem", &c, &why), -ENOTSUP);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "Update tenon"));
  save("onprem", "two.test", NULL, false, -ENOTSUP);
}
END_TEST

START_TEST(store__keeps_members_it_does_not_know)
{
  char path[200], text[4096] = "";

  save("onprem", "one.test", NULL, true, 0);
  write_file("onprem.json", "{\"version\":1,\"connector\":\"x\",\"values\":{\"a\":\"b\"},"
                            "\"colour\":{\"deep\":[1,2]}}");
  CLEANUP_CONNECTION struct connection *c = load("onprem");
  ck_assert_int_eq(store_save(store, vault, c, NULL, 0, false, &why), 0);
  path_of(path, "onprem.json");
  FILE *f = fopen(path, "re");
  ck_assert_uint_gt(fread(text, 1, sizeof text - 1, f), 0);
  ck_assert_int_eq(fclose(f), 0);
  CLEANUP_JSON cJSON *json = cJSON_Parse(text);
  const cJSON *deep = json_array(json_object(json, "colour"), "deep");
  ck_assert_int_eq(cJSON_GetArraySize(deep), 2);
}
END_TEST

START_TEST(store__calls_files_damaged_that_lack_what_a_connection_has)
{
  static const char *const texts[] = {
      "",
      "[]",
      "{}",
      "{\"version\":1}",
      "{\"version\":1,\"connector\":\"x\"}",
      "{\"version\":\"one\",\"connector\":\"x\",\"values\":{}}",
      "{\"version\":1,\"connector\":\"x\",\"values\":{\"a\":1}}",
      "{\"version\":1,\"connector\":\"x\",\"values\":{\"a\":{\"secret\":7}}}",
      "{\"version\":1,\"connector\":\"x\",\"values\":{}} trailing"};

  save("onprem", "one.test", NULL, true, 0);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct connection *c = NULL;
    write_file("onprem.json", texts[i]);
    buf_clear(&why);
    ck_assert_msg(store_load(store, "onprem", &c, &why) == -EBADMSG, "%s", texts[i]);
    ck_assert_ptr_nonnull(strstr(buf_text(&why), "onprem.json"));
  }
}
END_TEST

START_TEST(store__does_not_follow_a_link_or_wait_for_a_pipe)
{
  struct connection *c = NULL;
  char path[200];

  save("onprem", "one.test", NULL, true, 0);
  path_of(path, "link.json");
  ck_assert_int_eq(symlink("onprem.json", path), 0);
  ck_assert_int_eq(store_load(store, "link", &c, &why), -EBADMSG);
  path_of(path, "pipe.json");
  ck_assert_int_eq(mkfifo(path, 0600), 0);
  ck_assert_int_eq(store_load(store, "pipe", &c, &why), -EBADMSG);
}
END_TEST

START_TEST(store__waits_for_another_writer_and_then_says_so)
{
  char path[200];

  save("onprem", "one.test", NULL, true, 0);
  path_of(path, ".lock");
  int fd = open(path, O_RDWR | O_CLOEXEC);
  ck_assert_int_eq(flock(fd, LOCK_EX), 0);
  save("onprem", "two.test", NULL, false, -EBUSY);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "another tenon"));
  ck_assert_int_eq(close(fd), 0);
  save("onprem", "two.test", NULL, false, 0);
}
END_TEST

START_TEST(store__removes_a_connection_with_its_secrets_and_history)
{
  CLEANUP_BUF struct buf history = BUF_INIT(STORE_HISTORY_MAX);
  struct connection *c = NULL;

  save("onprem", "one.test", "s3cret", true, 0);
  save("other", "one.test", "s3cret", true, 0);
  ck_assert_int_eq(store_history_append(store, "onprem", "{}\n", 3, &why), 0);
  ck_assert_int_eq(store_remove(store, vault, "onprem", &why), 0);
  ck_assert_int_eq(store_load(store, "onprem", &c, &why), -ENOENT);
  ck_assert_int_eq(vault_entries(), 1);
  ck_assert_int_eq(store_history_read(store, "onprem", &history, &why), 0);
  ck_assert_uint_eq(history.len, 0);
  expect_password("other", "s3cret");
  ck_assert_int_eq(store_remove(store, vault, "onprem", &why), -ENOENT);
}
END_TEST

START_TEST(store__removes_a_damaged_connection)
{
  save("onprem", "one.test", NULL, true, 0);
  write_file("onprem.json", "{");
  ck_assert_int_eq(store_remove(store, vault, "onprem", &why), 0);
}
END_TEST

START_TEST(store__renames_but_not_over_another)
{
  save("a", "one.test", "s3cret", true, 0);
  save("b", "two.test", NULL, true, 0);
  ck_assert_int_eq(store_rename(store, "a", "b", &why), -EEXIST);
  ck_assert_int_eq(store_rename(store, "x", "y", &why), -ENOENT);
  ck_assert_int_eq(store_rename(store, "a", "c", &why), 0);
  expect_password("c", "s3cret");
}
END_TEST

START_TEST(store__notes_how_a_verification_came_out)
{
  save("a", "one.test", NULL, true, 0);
  ck_assert_int_eq(store_verified(store, "a", true, &why), 0);
  CLEANUP_CONNECTION struct connection *c = load("a");
  ck_assert_str_eq(c->outcome, "pass");
  ck_assert_uint_eq(strlen(c->verified), CLOCK_TEXT_SIZE - 1);
}
END_TEST

/* What takes a change on the server back is known nowhere else. */
START_TEST(history__keeps_what_was_changed_on_the_server)
{
  static const char change[] = "{\"applied\":[{\"id\":\"role\",\"undo\":\"Remove-Role\"}]}\n";
  static const char undone[] = "{\"undone\":[\"other\"]}\n";
  CLEANUP_BUF struct buf history = BUF_INIT(2 * STORE_HISTORY_MAX);
  char line[4096];

  memset(line, '.', sizeof line);
  line[sizeof line - 1] = '\n';
  ck_assert_int_eq(store_history_append(store, "a", change, sizeof change - 1, &why), 0);
  ck_assert_int_eq(store_history_append(store, "a", undone, sizeof undone - 1, &why), 0);
  for (int i = 0; i < 200; i++)
    ck_assert_int_eq(store_history_append(store, "a", line, sizeof line, &why), 0);
  ck_assert_int_eq(store_history_read(store, "a", &history, &why), 0);
  ck_assert_uint_le(history.len, STORE_HISTORY_MAX);
  ck_assert_int_eq(strncmp(history.ptr, change, sizeof change - 1), 0);
  ck_assert_int_eq(strncmp(history.ptr + sizeof change - 1, undone, sizeof undone - 1), 0);
  ck_assert_ptr_null(strstr(history.ptr + sizeof change, "applied"));
}
END_TEST

START_TEST(history__keeps_the_newest_lines_within_its_bound)
{
  CLEANUP_BUF struct buf history = BUF_INIT(2 * STORE_HISTORY_MAX);
  char line[4096];

  memset(line, 'x', sizeof line);
  line[sizeof line - 1] = '\n';
  for (int i = 0; i < 200; i++) {
    (void)snprintf(line, 8, "%06d", i);
    line[6] = '-';
    ck_assert_int_eq(store_history_append(store, "a", line, sizeof line, &why), 0);
  }
  ck_assert_int_eq(store_history_read(store, "a", &history, &why), 0);
  ck_assert_uint_le(history.len, STORE_HISTORY_MAX);
  ck_assert_uint_ge(history.len, STORE_HISTORY_MAX / 2 - sizeof line);
  ck_assert_uint_eq(history.len % sizeof line, 0);
  ck_assert_int_eq(strncmp(history.ptr + history.len - sizeof line, "000199", 6), 0);
}
END_TEST

static bool
step_one(cJSON *d)
{
  return cJSON_AddStringToObject(d, "one", "done") != NULL;
}

static bool
step_two(cJSON *d)
{
  return json_text(d, "one") && cJSON_AddStringToObject(d, "two", "done") != NULL;
}

static bool
step_refuses(cJSON *d)
{
  (void)d;
  return false;
}

START_TEST(migration__runs_the_steps_from_the_documents_version_in_order)
{
  static const store_migration steps[] = {NULL, step_one, step_two};
  CLEANUP_JSON cJSON *from_one = cJSON_Parse("{\"version\":1}");
  CLEANUP_JSON cJSON *from_two = cJSON_Parse("{\"version\":2,\"one\":\"before\"}");
  int64_t version = 0;

  ck_assert_int_eq(store_migrate(from_one, steps, 3), 0);
  ck_assert_str_eq(json_text(from_one, "two"), "done");
  ck_assert(json_int(from_one, "version", &version) && version == 3);
  ck_assert_int_eq(store_migrate(from_two, steps, 3), 0);
  ck_assert_str_eq(json_text(from_two, "one"), "before");
}
END_TEST

START_TEST(migration__refuses_newer_versions_and_steps_that_fail)
{
  static const store_migration steps[] = {NULL, step_refuses};
  CLEANUP_JSON cJSON *newer = cJSON_Parse("{\"version\":3}");
  CLEANUP_JSON cJSON *older = cJSON_Parse("{\"version\":1}");
  CLEANUP_JSON cJSON *none = cJSON_Parse("{\"version\":0}");

  ck_assert_int_eq(store_migrate(newer, steps, 2), -ENOTSUP);
  ck_assert_int_eq(store_migrate(older, steps, 2), -EBADMSG);
  ck_assert_int_eq(store_migrate(none, steps, 2), -EBADMSG);
}
END_TEST

START_TEST(store__uses_nothing_that_others_may_write)
{
  char path[200], part[64];
  static const mode_t modes[] = {0722, 0702, 0720};
  struct connection *c = NULL;

  save("onprem", "one.test", NULL, true, 0);
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    path_of(path, "");
    ck_assert_int_eq(chmod(path, modes[i]), 0);
    buf_clear(&why);
    ck_assert_int_eq(store_load(store, "onprem", &c, &why), -EPERM);
    ck_assert_ptr_nonnull(strstr(buf_text(&why), "chmod go-w "));
    struct store_list list = {0};
    ck_assert_int_eq(store_list(store, &list, &why), -EPERM);
    save("second", "two.test", NULL, true, -EPERM);
    ck_assert_int_eq(chmod(path, 0700), 0);
  }
  path_of(path, "onprem.json");
  ck_assert_int_eq(chmod(path, 0622), 0);
  buf_clear(&why);
  ck_assert_int_eq(store_load(store, "onprem", &c, &why), -EPERM);
  (void)snprintf(part, sizeof part, "onprem.json`");
  ck_assert_ptr_nonnull(strstr(buf_text(&why), part));
  save("onprem", "two.test", NULL, false, -EPERM);
  ck_assert_int_eq(store_remove(store, vault, "onprem", &why), -EPERM);
  ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

/* Only root can give a file away: as anybody else there is nothing to see here. */
START_TEST(store__uses_nothing_that_belongs_to_another_user)
{
  char path[200];
  struct connection *c = NULL;

  save("onprem", "one.test", NULL, true, 0);
  path_of(path, "onprem.json");
  if (chown(path, 12345, (gid_t)-1) < 0)
    return;
  buf_clear(&why);
  ck_assert_int_eq(store_load(store, "onprem", &c, &why), -EPERM);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "belongs to uid 12345"));
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "without sudo"));
  ck_assert_int_eq(chown(path, 0, (gid_t)-1), 0);
  path_of(path, "");
  ck_assert_int_eq(chown(path, 12345, (gid_t)-1), 0);
  buf_clear(&why);
  ck_assert_int_eq(store_load(store, "onprem", &c, &why), -EPERM);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "belongs to uid 12345"));
}
END_TEST

START_TEST(store__uses_no_vault_that_others_may_write)
{
  save("onprem", "one.test", "s3cret", true, 0);
  CLEANUP_CONNECTION struct connection *c = load("onprem");
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;
  ck_assert_int_eq(chmod(vault_dir, 0702), 0);
  buf_clear(&why);
  ck_assert_int_eq(store_secret(vault, c, "password", &s, &why), -EPERM);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "chmod go-w "));
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("store");
  TCase *t = tcase_create("store");

  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, store__gives_back_what_was_saved);
  tcase_add_test(t, store__keeps_files_private_and_the_secret_out_of_them);
  tcase_add_test(t, store__keeps_secrets_that_a_save_does_not_name);
  tcase_add_test(t, store__drops_the_old_vault_entry_when_a_secret_is_replaced);
  tcase_add_test(t, store__takes_a_secret_away);
  tcase_add_test(t, store__saves_over_a_secret_that_another_process_replaced);
  tcase_add_test(t, store__refuses_to_create_over_a_connection_of_that_name);
  tcase_add_test(t, store__refuses_names_that_are_no_names);
  tcase_add_test(t, store__lists_the_good_ones_beside_a_damaged_one);
  tcase_add_test(t, store__is_empty_without_a_directory);
  tcase_add_test(t, store__refuses_what_a_newer_version_wrote_and_leaves_it_alone);
  tcase_add_test(t, store__keeps_members_it_does_not_know);
  tcase_add_test(t, store__calls_files_damaged_that_lack_what_a_connection_has);
  tcase_add_test(t, store__does_not_follow_a_link_or_wait_for_a_pipe);
  tcase_add_test(t, store__waits_for_another_writer_and_then_says_so);
  tcase_add_test(t, store__removes_a_connection_with_its_secrets_and_history);
  tcase_add_test(t, store__removes_a_damaged_connection);
  tcase_add_test(t, store__renames_but_not_over_another);
  tcase_add_test(t, store__notes_how_a_verification_came_out);
  tcase_add_test(t, history__keeps_the_newest_lines_within_its_bound);
  tcase_add_test(t, history__keeps_what_was_changed_on_the_server);
  tcase_add_test(t, migration__runs_the_steps_from_the_documents_version_in_order);
  tcase_add_test(t, migration__refuses_newer_versions_and_steps_that_fail);
  tcase_add_test(t, store__uses_nothing_that_others_may_write);
  tcase_add_test(t, store__uses_nothing_that_belongs_to_another_user);
  tcase_add_test(t, store__uses_no_vault_that_others_may_write);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
