// SPDX-License-Identifier: Apache-2.0
/* A connection that goes to another connector keeps what that one has no use for, and gets it back when it returns. */
#include <check.h>
#include <errno.h>
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
  CLEANUP_CONNECTION struct connection *c = connection_create("corp", "old", "1.0.0", 3);
  tenon_pair secrets[] = {
      {"password", {"shared", 6}}, {"pin", {"1234", 4}}, {"kept.token", {"t", 1}}};
  ck_assert(connection_set(c, "admin", "anna") && connection_set(c, "server", "mail.test"));
  ck_assert_int_eq(store_save(store, vault, c, secrets, 3, true, &why), 0);
}

static void
teardown(void)
{
  store_destroy(store);
  vault_close(vault);
  buf_finish(&why);
  temp_dir_remove(base);
}

static struct connection *
load(void)
{
  struct connection *c = NULL;

  buf_clear(&why);
  ck_assert_msg(store_load(store, "corp", &c, &why) == 0, "%s", buf_text(&why));
  return c;
}

static void
expect_secret(const struct connection *c, const char *key, const char *text)
{
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;

  buf_clear(&why);
  ck_assert_msg(store_secret(vault, c, key, &s, &why) == 0, "%s", buf_text(&why));
  ck_assert_str_eq(s.ptr, text);
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

/* To "new": the administrator and the password go along, a token is new. */
static int
swap_out(const struct connection *seen)
{
  static const tenon_pair values[] = {{"admin", {"anna", 4}}, {"tenant", {"contoso", 7}}};
  static const struct store_swap_secret secrets[] = {{"password", SWAP_CARRIED, {NULL, 0}},
                                                     {"client_secret", SWAP_NEW, {"cs", 2}}};
  const struct store_swap swap = {"new", "2.0.0", 1, values, 2, secrets, 2, true, true};

  buf_clear(&why);
  return store_swap(store, vault, seen, &swap, &why);
}

static int
swap_back(const struct connection *seen)
{
  static const tenon_pair values[] = {{"admin", {"anna", 4}}, {"server", {"mail.test", 9}}};
  static const struct store_swap_secret secrets[] = {{"password", SWAP_CARRIED, {NULL, 0}},
                                                     {"pin", SWAP_FORMER, {NULL, 0}},
                                                     {"kept.token", SWAP_FORMER, {NULL, 0}}};
  const struct store_swap swap = {"old", "1.0.0", 3, values, 2, secrets, 3, false, false};

  buf_clear(&why);
  return store_swap(store, vault, seen, &swap, &why);
}

START_TEST(swap__keeps_what_the_new_connector_does_not_take)
{
  CLEANUP_CONNECTION struct connection *seen = load();
  ck_assert_msg(swap_out(seen) == 0, "%s", buf_text(&why));
  CLEANUP_CONNECTION struct connection *c = load();
  ck_assert_str_eq(c->name, "corp");
  ck_assert_str_eq(c->connector, "new");
  ck_assert_str_eq(c->connector_version, "2.0.0");
  ck_assert_uint_eq(c->schema, 1);
  ck_assert_str_eq(c->outcome, "pass");
  ck_assert_str_eq(connection_get(c, "tenant"), "contoso");
  ck_assert_ptr_null(connection_get(c, "server"));
  ck_assert_ptr_null(connection_secret_id(c, "pin"));
  ck_assert_ptr_null(connection_secret_id(c, "kept.token"));
  expect_secret(c, "password", "shared");
  expect_secret(c, "client_secret", "cs");
  const struct connection *former = connection_former(c, "old");
  ck_assert_ptr_nonnull(former);
  ck_assert_uint_eq(former->schema, 3);
  ck_assert_str_eq(connection_get(former, "server"), "mail.test");
  ck_assert_ptr_null(connection_get(former, "admin"));
  ck_assert_ptr_null(connection_secret_id(former, "password"));
  expect_secret(former, "pin", "1234");
  expect_secret(former, "kept.token", "t");
  ck_assert_uint_eq(strlen(former->changed), strlen("2026-11-22T10:00:00Z"));
}
END_TEST

START_TEST(swap_back__takes_again_what_was_kept)
{
  CLEANUP_CONNECTION struct connection *seen = load();
  ck_assert_int_eq(swap_out(seen), 0);
  CLEANUP_CONNECTION struct connection *out = load();
  ck_assert_msg(swap_back(out) == 0, "%s", buf_text(&why));
  CLEANUP_CONNECTION struct connection *c = load();
  ck_assert_str_eq(connection_get(c, "server"), "mail.test");
  expect_secret(c, "pin", "1234");
  expect_secret(c, "kept.token", "t");
  ck_assert_str_eq(c->outcome, ""); /* it was not verified */
  ck_assert_ptr_null(connection_former(c, "old"));
  expect_secret(connection_former(c, "new"), "client_secret", "cs");
  ck_assert_int_eq(vault_entries(), 4);
}
END_TEST

START_TEST(swap__drops_what_a_second_stay_leaves_unused)
{
  CLEANUP_CONNECTION struct connection *seen = load();
  ck_assert_int_eq(swap_out(seen), 0);
  CLEANUP_CONNECTION struct connection *out = load();
  ck_assert_int_eq(swap_back(out), 0);
  CLEANUP_CONNECTION struct connection *home = load();
  ck_assert_int_eq(swap_out(home),
                   0); /* brings a client_secret of its own: the kept one is of no use */
  ck_assert_int_eq(vault_entries(), 4);
  CLEANUP_CONNECTION struct connection *c = load();
  ck_assert_uint_eq(c->n_former, 1);
}
END_TEST

START_TEST(swap__refuses_a_connection_that_was_changed_meanwhile)
{
  CLEANUP_CONNECTION struct connection *seen = load();
  CLEANUP_CONNECTION struct connection *other = load();
  ck_assert(connection_set(other, "server", "elsewhere.test"));
  ck_assert_int_eq(store_save(store, vault, other, NULL, 0, false, &why), 0);
  ck_assert_int_eq(swap_out(seen), -ESTALE);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "Swap again"));
  CLEANUP_CONNECTION struct connection *c = load();
  ck_assert_str_eq(c->connector, "old");
  ck_assert_int_eq(vault_entries(), 3);
}
END_TEST

START_TEST(remove__takes_what_former_connectors_left_too)
{
  CLEANUP_CONNECTION struct connection *seen = load();
  ck_assert_int_eq(swap_out(seen), 0);
  ck_assert_int_eq(vault_entries(), 4);
  ck_assert_int_eq(store_remove(store, vault, "corp", &why), 0);
  ck_assert_int_eq(vault_entries(), 0);
}
END_TEST

START_TEST(rename__takes_what_former_connectors_left_along)
{
  CLEANUP_CONNECTION struct connection *seen = load(), *c = NULL;
  ck_assert_int_eq(swap_out(seen), 0);
  ck_assert_int_eq(store_rename(store, "corp", "berlin", &why), 0);
  ck_assert_int_eq(store_load(store, "berlin", &c, &why), 0);
  expect_secret(connection_former(c, "old"), "pin", "1234");
}
END_TEST

static void
write_file(const char *file, const char *text)
{
  char path[200];

  (void)snprintf(path, sizeof path, "%s/connections/%s", config, file);
  FILE *f = fopen(path, "we");
  ck_assert_ptr_nonnull(f);
  (void)fputs(text, f);
  ck_assert_int_eq(fclose(f), 0);
}

/* As a swap leaves it that was killed right after the connection's file was replaced. */
static void
leave_in_doubt(const struct connection *c, const char *password)
{
  char text[512];

  (void)snprintf(text, sizeof text,
                 "{\"version\":1,\"entries\":[{\"connection\":\"corp\",\"id\":\"%s\"},"
                 "{\"connection\":\"corp\",\"id\":\"%s\"}]}",
                 password, connection_secret_id(connection_former(c, "old"), "pin"));
  write_file(".pending.json", text);
}

static void
save_other(const char *name)
{
  CLEANUP_CONNECTION struct connection *c = connection_create(name, "old", "1.0.0", 3);
  tenon_pair secret = {"password", {"its own", 7}};

  ck_assert_int_eq(store_save(store, vault, c, &secret, 1, true, &why), 0);
}

START_TEST(rename__after_a_crash_loses_no_secret)
{
  CLEANUP_CONNECTION struct connection *seen = load(), *c = NULL, *renamed = NULL;
  ck_assert_int_eq(swap_out(seen), 0);
  c = load();
  leave_in_doubt(c, connection_secret_id(c, "password"));
  ck_assert_int_eq(store_rename(store, "corp", "berlin", &why), 0);
  save_other("other");
  leave_in_doubt(c, connection_secret_id(c, "password"));
  save_other("corp"); /* in its old place is somebody else */
  ck_assert_int_eq(store_load(store, "berlin", &renamed, &why), 0);
  expect_secret(renamed, "password", "shared");
  expect_secret(connection_former(renamed, "old"), "pin", "1234");
  ck_assert_int_eq(store_remove(store, vault, "berlin", &why), 0);
  ck_assert_int_eq(vault_entries(), 2);
}
END_TEST

START_TEST(remove__leaves_the_secrets_that_a_damaged_connection_names_and_no_more)
{
  CLEANUP_CONNECTION struct connection *c = load();
  char text[256];

  (void)snprintf(text, sizeof text, "{\"values\":{\"password\":{\"secret\":\"%s\"",
                 connection_secret_id(c, "password"));
  write_file("cut.json", text);
  write_file("empty.json", "{");
  ck_assert_int_eq(store_remove(store, vault, "corp", &why), 0);
  ck_assert_int_eq(vault_entries(), 1);
  ck_assert_int_eq(store_remove(store, vault, "cut", &why), 0);
  ck_assert_int_eq(vault_entries(), 0);
}
END_TEST

START_TEST(save__leaves_what_former_connectors_left_alone)
{
  CLEANUP_CONNECTION struct connection *seen = load();
  CLEANUP_CONNECTION struct connection *fresh = connection_create("corp", "new", "2.0.0", 1);
  tenon_pair secret = {"password", {"other", 5}};

  ck_assert_int_eq(swap_out(seen), 0);
  ck_assert_int_eq(store_save(store, vault, fresh, &secret, 1, false, &why), 0);
  CLEANUP_CONNECTION struct connection *c = load();
  expect_secret(connection_former(c, "old"), "pin", "1234");
  expect_secret(c, "password", "other");
  ck_assert_int_eq(vault_entries(), 4);
}
END_TEST

START_TEST(save_whole__leaves_nothing_of_the_replaced_connection)
{
  CLEANUP_CONNECTION struct connection *seen = load();
  CLEANUP_CONNECTION struct connection *fresh = connection_create("corp", "new", "2.0.0", 1);
  struct connection *former = connection_create("corp", "older", "1", 1);
  struct store_slot slots[] = {{fresh, "password", {"p", 1}}, {former, "pin", {"9", 1}}};

  ck_assert_int_eq(swap_out(seen), 0);
  ck_assert(connection_add_former(fresh, former));
  ck_assert_int_eq(store_save_whole(store, vault, fresh, slots, 2, false, &why), 0);
  CLEANUP_CONNECTION struct connection *c = load();
  ck_assert_ptr_null(connection_former(c, "old"));
  expect_secret(connection_former(c, "older"), "pin", "9");
  ck_assert_int_eq(vault_entries(), 2);
}
END_TEST

START_TEST(former__oldest_goes_when_there_are_too_many)
{
  CLEANUP_CONNECTION struct connection *c = connection_create("corp", "now", "1", 1);
  char id[16];

  for (unsigned i = 0; i <= STORE_FORMER_MAX; i++) {
    (void)snprintf(id, sizeof id, "c%u", i);
    ck_assert(connection_add_former(c, connection_create("corp", id, "1", 1)));
  }
  ck_assert_uint_eq(c->n_former, STORE_FORMER_MAX);
  ck_assert_ptr_null(connection_former(c, "c0"));
  ck_assert_ptr_nonnull(connection_former(c, "c8"));
}
END_TEST

START_TEST(read__refuses_a_former_that_is_none)
{
  static const char *const bad[] = {"[]",
                                    "{\"a\":1}",
                                    "{\"a\":{}}",
                                    "{\"\":{\"values\":{}}}",
                                    "{\"a\":{\"values\":{\"k\":1}}}",
                                    "{\"a\":{\"schema\":-1,\"values\":{}}}"};

  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CLEANUP_FREE char *text =
        text_printf("{\"version\":1,\"connector\":\"x\",\"values\":{},\"former\":%s}", bad[i]);
    struct connection *c = NULL;
    const char *phrase = NULL;
    ck_assert_msg(connection_read("corp", text, strlen(text), &c, &phrase) == -EBADMSG, "%s",
                  bad[i]);
  }
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("store swap");
  TCase *t = tcase_create("swap");

  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, swap__keeps_what_the_new_connector_does_not_take);
  tcase_add_test(t, swap_back__takes_again_what_was_kept);
  tcase_add_test(t, swap__drops_what_a_second_stay_leaves_unused);
  tcase_add_test(t, swap__refuses_a_connection_that_was_changed_meanwhile);
  tcase_add_test(t, remove__takes_what_former_connectors_left_too);
  tcase_add_test(t, rename__takes_what_former_connectors_left_along);
  tcase_add_test(t, rename__after_a_crash_loses_no_secret);
  tcase_add_test(t, remove__leaves_the_secrets_that_a_damaged_connection_names_and_no_more);
  tcase_add_test(t, save__leaves_what_former_connectors_left_alone);
  tcase_add_test(t, save_whole__leaves_nothing_of_the_replaced_connection);
  tcase_add_test(t, former__oldest_goes_when_there_are_too_many);
  tcase_add_test(t, read__refuses_a_former_that_is_none);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
