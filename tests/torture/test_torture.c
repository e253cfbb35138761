// SPDX-License-Identifier: Apache-2.0
/* Memory runs out once, at every place where it can: each scenario is run again and again, and the n-th request for
 * memory is refused, until a run asks less often than n. Nothing may crash or leak, what is said to have failed must
 * have changed nothing, and what is said to have worked must have. cJSON asks through its hooks. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/json/shapes.h"
#include "core/store/store.h"
#include "core/store/transfer.h"
#include "core/wire/message.h"
#include "tests/store/temp_dir.h"
#include "tests/suite.h"

#define REQUESTS_MAX 5000

static long left = -1; /* requests until the one that is refused; -1: none is */
static bool refused;

static bool
refuse(void)
{
  if (left < 0 || left-- > 0)
    return false;
  refused = true;
  errno = ENOMEM;
  return true;
}

#define WRAP(type, name, params, args, failure)                                                    \
  type __real_##name params;                                                                       \
  type __wrap_##name params;                                                                       \
  type __wrap_##name params                                                                        \
  {                                                                                                \
    return refuse() ? (failure) : __real_##name args;                                              \
  }

WRAP(void *, malloc, (size_t n), (n), NULL)
WRAP(void *, calloc, (size_t n, size_t size), (n, size), NULL)
WRAP(void *, realloc, (void *p, size_t n), (p, n), NULL)
WRAP(void *, reallocarray, (void *p, size_t n, size_t size), (p, n, size), NULL)
WRAP(char *, strdup, (const char *s), (s), NULL)
WRAP(char *, strndup, (const char *s, size_t n), (s, n), NULL)
WRAP(int, vasprintf, (char **ret, const char *fmt, va_list ap), (ret, fmt, ap), -1)

/* What is on the disk is looked at through the kernel: nobody pulls the plug here. */
int __wrap_fsync(int fd);
int
__wrap_fsync(int fd)
{
  (void)fd;
  return 0;
}

/* Runs it with the first request refused, the second, and so on; it says whether it worked. */
static void
torture(bool (*scenario)(void))
{
  static cJSON_Hooks hooks = {malloc, free};
  long n = 0;

  cJSON_InitHooks(&hooks);
  ck_assert(scenario()); /* what is made once, and that it works at all */
  do {
    refused = false;
    left = n;
    bool worked = scenario();
    left = -1;
    ck_assert_msg(worked || refused, "failed without a reason at %ld", n);
    ck_assert_int_lt(++n, REQUESTS_MAX);
  } while (refused);
  ck_assert_int_gt(n, 1);
}

static void
calm(void)
{
  left = -1;
}

/* libcheck asks for memory too; a scenario goes to it only to fail. */
#define HOLDS(x)                                                                                   \
  do {                                                                                             \
    if (!(x)) {                                                                                    \
      calm();                                                                                      \
      ck_abort_msg("%s", #x);                                                                      \
    }                                                                                              \
  } while (0)

/* ---- core/base ------------------------------------------------------------------------------------------------- */

static bool
use_base(void)
{
  CLEANUP_BUF struct buf b = BUF_INIT(100000);
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  CLEANUP_FREE char *text = text_printf("%d and %s", 17, "more");
  bool worked = text != NULL;

  for (int i = 0; i < 1000; i++)
    worked = buf_printf(&b, "line %d\n", i) && worked;
  HOLDS(buf_failed(&b) || strstr(buf_text(&b), "line 999\n") != NULL);
  for (int i = 0; i < 100; i++) {
    char *copy = arena_text(&a, "some text to keep");
    char *room = arena_alloc(&a, 1000);
    HOLDS(!copy || strcmp(copy, "some text to keep") == 0);
    if (room)
      memset(room, 'x', 1000);
    worked = worked && copy && room;
  }
  CLEANUP_FREE char *taken = buf_take(&b, NULL);
  return worked && taken;
}

/* ---- core/json, core/wire -------------------------------------------------------------------------------------- */

static const char check_line[] = "{\"type\":\"check\",\"call\":3,\"check\":{\"id\":\"net.connect\","
                                 "\"title\":\"Connection\",\"state\":\"fail\","
                                 "\"level\":\"required\",\"detail\":\"refused by "
                                 "\\u00e4\",\"remedy\":\"Start it.\",\"cause\":\"network\","
                                 "\"field\":\"server\",\"elapsed_ms\":12.5,\"data\":{\"offered\":"
                                 "\"Basic\",\"tried\":\"Basic\"}}}";

static bool
use_check(void)
{
  CLEANUP_BUF struct buf b = BUF_INIT(WIRE_LINE_MAX);
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  const char *why = "";
  CLEANUP_JSON cJSON *m = wire_parse(check_line, sizeof check_line - 1, &why);
  tenon_check *c = m ? shape_read_check(&a, json_object(m, WIRE_KEY_CHECK)) : NULL;

  if (!c)
    return false;
  HOLDS(strcmp(c->id, "net.connect") == 0);
  if (!wire_put_check(&b, 3, c) || buf_failed(&b))
    return false;
  CLEANUP_JSON cJSON *again = wire_parse(b.ptr, b.len, &why);
  CLEANUP_FREE char *printed = again ? json_print(again) : NULL;
  return printed != NULL;
}

static bool
use_connector(void)
{
  static const char text[] = "{\"id\":\"fake\",\"version\":\"1\",\"name\":\"Fake\",\"vendor\":"
                             "\"Fake Ltd\",\"hooks\":[\"verify\"],"
                             "\"pages\":[{\"id\":\"p\",\"title\":\"P\"}],\"fields\":[{\"key\":"
                             "\"server\",\"label\":\"Server\",\"page\":"
                             "\"p\",\"type\":\"text\"}]}";
  const char *why = "";
  CLEANUP_JSON cJSON *m = json_parse(text, sizeof text - 1, NULL, &why);
  struct connector *c = m ? shape_read_connector(m) : NULL;
  bool worked = c != NULL;

  HOLDS(!c || strcmp(c->d.id, "fake") == 0);
  connector_destroy(c);
  return worked;
}

static bool
use_lines(void)
{
  static const char secret[] = "aHVudGVyMg==";
  struct wire_reader r;
  struct wire_queue q = WIRE_QUEUE_INIT;
  CLEANUP_FREE char *decoded = NULL;
  char *line = NULL;
  size_t n = 0, len = 0;
  bool worked = wire_base64(secret, 100, &decoded, &n) == 0;

  wire_reader_init(&r, WIRE_LINE_MAX);
  for (int i = 0; i < 100 && worked; i++)
    worked = wire_reader_feed(&r, check_line, sizeof check_line - 1) == 0;
  worked = worked && wire_reader_feed(&r, "\n", 1) == 0 && wire_reader_next(&r, &line, &len) == 1;
  HOLDS(!worked || len == 100 * (sizeof check_line - 1));
  worked = worked && wire_queue_put(&q, line, len) == 0;
  HOLDS(wire_queue_len(&q) == (worked ? len + 1 : 0));
  wire_queue_finish(&q);
  wire_reader_finish(&r);
  return worked;
}

/* ---- core/store ------------------------------------------------------------------------------------------------ */

static char base[64], config[96], state[96], vault_dir[96];

struct room {
  struct store *store;
  struct vault *vault;
  struct buf why;
};

static void
room_close(struct room *r)
{
  store_destroy(r->store);
  vault_close(r->vault);
  buf_finish(&r->why);
}
#define CLEANUP_ROOM __attribute__((cleanup(room_close)))

static bool
room_open(struct room *r)
{
  *r = (struct room){.why = BUF_INIT(STORE_WHY_MAX)};
  r->store = store_create(&(struct store_options){config, state});
  return r->store && vault_open(&(struct vault_options){.dir = vault_dir}, &r->vault, &r->why) == 0;
}

static bool
save(struct room *r, const char *text)
{
  CLEANUP_CONNECTION struct connection *c = connection_create("conn", "example1", "1", 1);
  tenon_pair secret = {"password", {text, strlen(text)}};

  return c && connection_set(c, "server", text) &&
         store_save(r->store, r->vault, c, &secret, 1, false, &r->why) == 0;
}

/* What the disk says, with memory enough: answers and secret agree. */
static void
expect_stored(const char *one, const char *other)
{
  CLEANUP_ROOM struct room r;
  CLEANUP_CONNECTION struct connection *c = NULL;
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;

  calm();
  ck_assert(room_open(&r));
  ck_assert_msg(store_load(r.store, "conn", &c, &r.why) == 0, "%s", buf_text(&r.why));
  const char *server = connection_get(c, "server");
  ck_assert_ptr_nonnull(server);
  ck_assert_msg(strcmp(server, one) == 0 || (other && strcmp(server, other) == 0), "%s", server);
  ck_assert_msg(store_secret(r.vault, c, "password", &s, &r.why) == 0, "%s", buf_text(&r.why));
  ck_assert_str_eq(s.ptr, server);
}

static bool
use_save(void)
{
  static unsigned run;
  CLEANUP_ROOM struct room r;
  char old[32], new[32];

  (void)snprintf(old, sizeof old, "server-%u", run++);
  (void)snprintf(new, sizeof new, "server-%u", run);
  long n = left;
  calm();
  if (room_open(&r))
    HOLDS(save(&r, old));
  room_close(&r);
  left = n;
  bool worked = room_open(&r) && save(&r, new);
  expect_stored(new, worked ? NULL : old);
  return worked;
}

static bool
use_reading(void)
{
  CLEANUP_ROOM struct room r;
  CLEANUP_STORE_LIST struct store_list l = {0};
  CLEANUP_CONNECTION struct connection *c = NULL;
  CLEANUP_BUF struct buf history = BUF_INIT(STORE_HISTORY_MAX);
  static const char line[] = "{\"outcome\":\"pass\"}\n";

  if (!room_open(&r) || store_load(r.store, "conn", &c, &r.why) != 0 ||
      store_list(r.store, &l, &r.why) != 0)
    return false;
  HOLDS(l.n == (1));
  bool readable = l.entries[0].connection != NULL;
  return readable && store_verified(r.store, "conn", true, &r.why) == 0 &&
         store_history_append(r.store, "conn", line, sizeof line - 1, &r.why) == 0 &&
         store_history_read(r.store, "conn", &history, &r.why) == 0;
}

static bool
use_transfer(void)
{
  static const char pem[] = "-----BEGIN CERTIFICATE-----";
  CLEANUP_TRANSFER struct transfer t = {0}, again = {0};
  CLEANUP_BUF struct buf text = BUF_INIT(TRANSFER_BYTES_MAX), why = BUF_INIT(STORE_WHY_MAX);
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;
  struct connection *c = connection_create("conn", "example1", "1", 1);
  struct transfer_item *item = c ? transfer_add(&t, c) : NULL;

  if (!item) {
    connection_destroy(c);
    return false;
  }
  bool worked = connection_set(c, "server", "x") &&
                vault_secret_copy(&s, pem, sizeof pem - 1) == 0 &&
                transfer_add_blob(item, "ca_file", "ca.pem", false, &s) &&
                transfer_write(&t, NULL, &text) == 0 &&
                transfer_read(buf_text(&text), text.len, NULL, NULL, &again, &why) == 0;
  HOLDS(again.n == (worked ? 1 : 0));
  HOLDS(!worked || again.items[0].n_blobs == 1);
  return worked;
}

static void
make_base(void)
{
  temp_dir_make(base);
  (void)snprintf(config, sizeof config, "%s/config", base);
  (void)snprintf(state, sizeof state, "%s/state", base);
  (void)snprintf(vault_dir, sizeof vault_dir, "%s/vault", base);
}

/* ---- the tests ------------------------------------------------------------------------------------------------- */

START_TEST(base__fails_and_stays_whole_without_memory)
{
  torture(use_base);
}
END_TEST

START_TEST(check__is_read_and_written_or_refused_without_memory)
{
  torture(use_check);
}
END_TEST

START_TEST(connector__is_read_whole_or_not_at_all_without_memory)
{
  torture(use_connector);
}
END_TEST

START_TEST(lines__are_kept_whole_or_refused_without_memory)
{
  torture(use_lines);
}
END_TEST

START_TEST(save__leaves_the_old_connection_or_the_new_one_without_memory)
{
  make_base();
  torture(use_save);
  temp_dir_remove(base);
}
END_TEST

START_TEST(store__is_read_or_says_no_without_memory)
{
  CLEANUP_ROOM struct room r;

  make_base();
  ck_assert(room_open(&r));
  ck_assert(save(&r, "server"));
  torture(use_reading);
  expect_stored("server", NULL);
  temp_dir_remove(base);
}
END_TEST

START_TEST(export__is_written_and_read_whole_or_not_at_all_without_memory)
{
  torture(use_transfer);
}
END_TEST

SUITE("torture", base__fails_and_stays_whole_without_memory,
      check__is_read_and_written_or_refused_without_memory,
      connector__is_read_whole_or_not_at_all_without_memory,
      lines__are_kept_whole_or_refused_without_memory,
      save__leaves_the_old_connection_or_the_new_one_without_memory,
      store__is_read_or_says_no_without_memory,
      export__is_written_and_read_whole_or_not_at_all_without_memory)
