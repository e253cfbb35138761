// SPDX-License-Identifier: Apache-2.0
/* kill -9 at any moment leaves the old connection or the new one. The linker wraps every call by which the store and the
 * vault change the disk; a child dies before the n-th of them, for every n, and the parent looks at what is there. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/store.h"
#include "tests/store/temp_dir.h"

#define CALLS_MAX 200

static int calls_left = -1; /* -1: nobody dies */

static void
maybe_die(void)
{
  if (calls_left >= 0 && calls_left-- == 0)
    _exit(9);
}

#define WRAP(type, name, params, args)                                                             \
  type __real_##name params;                                                                       \
  type __wrap_##name params;                                                                       \
  type __wrap_##name params                                                                        \
  {                                                                                                \
    maybe_die();                                                                                   \
    return __real_##name args;                                                                     \
  }

WRAP(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, renameat, (int a, const char *b, int c, const char *d), (a, b, c, d))
WRAP(int, unlinkat, (int a, const char *b, int c), (a, b, c))
WRAP(int, fchmod, (int fd, mode_t m), (fd, m))
WRAP(int, mkdir, (const char *p, mode_t m), (p, m))

static char base[64], config[96], state[96], vault_dir[96];

static void
setup(void)
{
  temp_dir_make(base);
  (void)snprintf(config, sizeof config, "%s/config", base);
  (void)snprintf(state, sizeof state, "%s/state", base);
  (void)snprintf(vault_dir, sizeof vault_dir, "%s/vault", base);
}

static void
teardown(void)
{
  temp_dir_remove(base);
}

struct room {
  struct store *store;
  struct vault *vault;
  struct buf why;
};

static void
room_open(struct room *r)
{
  r->why = BUF_INIT(STORE_WHY_MAX);
  r->store = store_create(&(struct store_options){config, state});
  ck_assert_int_eq(vault_open(&(struct vault_options){.dir = vault_dir}, &r->vault, &r->why), 0);
}

static void
room_close(struct room *r)
{
  store_destroy(r->store);
  vault_close(r->vault);
  buf_finish(&r->why);
}

static int
save(struct room *r, const char *text)
{
  CLEANUP_CONNECTION struct connection *c = connection_create("conn", "example1", "1", 1);
  tenon_pair secrets[] = {{"password", {text, strlen(text)}}, {"token", {text, strlen(text)}}};

  ck_assert(connection_set(c, "server", text));
  return store_save(r->store, r->vault, c, secrets, 2, false, &r->why);
}

static void
count(void *user, const char *id)
{
  (void)id;
  ++*(int *)user;
}

/* What the disk says: "old", "new" or "" for none; the secrets must agree with the answers. */
static const char *
look(struct room *r)
{
  CLEANUP_CONNECTION struct connection *c = NULL;
  int e = store_load(r->store, "conn", &c, &r->why);

  if (e == -ENOENT)
    return "";
  ck_assert_msg(e == 0, "%s", buf_text(&r->why));
  const char *server = connection_get(c, "server");
  for (int i = 0; i < 2; i++) {
    CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;
    e = store_secret(r->vault, c, i ? "token" : "password", &s, &r->why);
    ck_assert_msg(e == 0, "%s", buf_text(&r->why));
    ck_assert_str_eq(s.ptr, server);
  }
  return strcmp(server, "old") == 0 ? "old" : "new";
}

/* Runs the action in a child that dies before the n-th change of the disk; false: it lived. */
static bool
dies_at(int n, int (*action)(struct room *))
{
  pid_t pid = fork();
  if (pid == 0) {
    struct room r;
    room_open(&r);
    calls_left = n;
    int e = action(&r);
    _exit(e == 0 ? 0 : 1);
  }
  int status = 0;
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  ck_assert(WIFEXITED(status));
  ck_assert_msg(WEXITSTATUS(status) == 9 || WEXITSTATUS(status) == 0, "status %d",
                WEXITSTATUS(status));
  return WEXITSTATUS(status) == 9;
}

static int
save_new(struct room *r)
{
  return save(r, "new");
}

static int
remove_it(struct room *r)
{
  return store_remove(r->store, r->vault, "conn", &r->why);
}

/* After a crash the next save mends everything: no entry of the vault is left over. */
static void
expect_no_orphans(struct room *r)
{
  int n = 0;

  ck_assert_msg(save(r, "old") == 0, "%s", buf_text(&r->why));
  ck_assert_int_eq(vault_list(r->vault, count, &n, &r->why), 0);
  ck_assert_int_eq(n, 2);
  ck_assert_str_eq(look(r), "old");
}

START_TEST(save__killed_at_any_moment_leaves_the_old_or_the_new_connection)
{
  bool saw_old = false, saw_new = false;
  int n = 0;
  struct room r;

  room_open(&r);
  ck_assert_int_eq(save(&r, "old"), 0);
  for (; n < CALLS_MAX && dies_at(n, save_new); n++) {
    const char *found = look(&r);
    ck_assert_str_ne(found, "");
    saw_old = saw_old || strcmp(found, "old") == 0;
    saw_new = saw_new || strcmp(found, "new") == 0;
    expect_no_orphans(&r);
  }
  ck_assert_int_gt(n, 15);
  ck_assert_int_lt(n, CALLS_MAX);
  ck_assert(saw_old && saw_new);
  ck_assert_str_eq(look(&r), "new");
  room_close(&r);
}
END_TEST

START_TEST(first_save__killed_at_any_moment_leaves_none_or_the_new_connection)
{
  int n = 0;

  for (bool died = true; n < CALLS_MAX && died; n++) {
    struct room r;
    died = dies_at(n, save_new);
    room_open(&r);
    const char *found = look(&r);
    ck_assert(strcmp(found, "") == 0 || strcmp(found, "new") == 0);
    expect_no_orphans(&r);
    room_close(&r);
    temp_dir_remove(base);
    ck_assert_int_eq(mkdir(base, 0700), 0);
  }
  ck_assert_int_gt(n, 20);
  ck_assert_int_lt(n, CALLS_MAX);
}
END_TEST

START_TEST(remove__killed_at_any_moment_leaves_all_of_it_or_nothing)
{
  int n = 0;

  for (bool died = true; n < CALLS_MAX && died; n++) {
    struct room r;
    room_open(&r);
    ck_assert_int_eq(save(&r, "old"), 0);
    died = dies_at(n, remove_it);
    const char *found = look(&r);
    ck_assert(strcmp(found, "") == 0 || strcmp(found, "old") == 0);
    expect_no_orphans(&r);
    room_close(&r);
  }
  ck_assert_int_gt(n, 8);
  ck_assert_int_lt(n, CALLS_MAX);
}
END_TEST

static int
swap_it(struct room *r)
{
  static const tenon_pair values[] = {{"tenant", {"new", 3}}};
  static const struct store_swap_secret secrets[] = {{"password", SWAP_CARRIED, {NULL, 0}},
                                                     {"client_secret", SWAP_NEW, {"new", 3}}};
  const struct store_swap swap = {"example2", "1", 1, values, 1, secrets, 2, true, true};
  CLEANUP_CONNECTION struct connection *c = NULL;
  int e = store_load(r->store, "conn", &c, &r->why);

  return e ? e : store_swap(r->store, r->vault, c, &swap, &r->why);
}

/* The connector on disk, with every secret that it names in the vault. */
static bool
is_swapped(struct room *r)
{
  CLEANUP_CONNECTION struct connection *c = NULL;
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;

  ck_assert_msg(store_load(r->store, "conn", &c, &r->why) == 0, "%s", buf_text(&r->why));
  if (strcmp(c->connector, "example1") == 0) {
    ck_assert_str_eq(look(r), "old");
    ck_assert_uint_eq(c->n_former, 0);
    return false;
  }
  const struct connection *former = connection_former(c, "example1");
  ck_assert_ptr_nonnull(former);
  ck_assert_str_eq(connection_get(former, "server"), "old");
  ck_assert_int_eq(store_secret(r->vault, former, "token", &s, &r->why), 0);
  ck_assert_str_eq(s.ptr, "old");
  vault_secret_finish(&s);
  ck_assert_int_eq(store_secret(r->vault, c, "client_secret", &s, &r->why), 0);
  ck_assert_str_eq(s.ptr, "new");
  vault_secret_finish(&s);
  ck_assert_int_eq(store_secret(r->vault, c, "password", &s, &r->why), 0);
  ck_assert_str_eq(s.ptr, "old");
  return true;
}

START_TEST(swap__killed_at_any_moment_leaves_the_old_or_the_new_connector)
{
  bool saw_old = false, saw_new = false, died = true;
  int n = 0;

  for (; n < CALLS_MAX && died; n++) {
    struct room r;
    room_open(&r);
    ck_assert_int_eq(save(&r, "old"), 0);
    died = dies_at(n, swap_it);
    bool swapped = is_swapped(&r);
    saw_new = saw_new || (died && swapped);
    saw_old = saw_old || (died && !swapped);
    ck_assert_int_eq(store_remove(r.store, r.vault, "conn", &r.why), 0);
    int left = 0;
    ck_assert_int_eq(vault_list(r.vault, count, &left, &r.why), 0);
    ck_assert_int_eq(left, 0);
    room_close(&r);
  }
  ck_assert_int_gt(n, 10);
  ck_assert_int_lt(n, CALLS_MAX);
  ck_assert(saw_old && saw_new);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("store crash");
  TCase *t = tcase_create("crash");

  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 120);
  tcase_add_test(t, save__killed_at_any_moment_leaves_the_old_or_the_new_connection);
  tcase_add_test(t, first_save__killed_at_any_moment_leaves_none_or_the_new_connection);
  tcase_add_test(t, remove__killed_at_any_moment_leaves_all_of_it_or_nothing);
  tcase_add_test(t, swap__killed_at_any_moment_leaves_the_old_or_the_new_connector);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
