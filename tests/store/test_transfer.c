// SPDX-License-Identifier: Apache-2.0
/* The document of an export: what goes in comes out, secrets only sealed, and nothing is taken of a document that is not
 * right to its end. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/store/transfer.h"

#define PEM  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
#define HEAD "{\"tenon_export\":1,\"connections\":["
#define ITEM "{\"name\":\"corp\",\"connector\":\"x\",\"values\":{"

static struct buf why, text;
static const char *passphrase;
static unsigned asked;

static void
setup(void)
{
  why = BUF_INIT(STORE_WHY_MAX);
  text = BUF_INIT(TRANSFER_BYTES_MAX);
  passphrase = NULL;
  asked = 0;
}

static void
teardown(void)
{
  buf_finish(&why);
  buf_finish(&text);
}

static bool
give_passphrase(void *user, struct buf *ret)
{
  (void)user;
  asked++;
  return passphrase && buf_puts(ret, passphrase);
}

static int
read_text(const char *bytes, struct transfer *ret)
{
  buf_clear(&why);
  return transfer_read(bytes, strlen(bytes), give_passphrase, NULL, ret, &why);
}

static void
add_blob(struct transfer_item *item, const char *key, const char *file, bool secret,
         const char *bytes)
{
  struct vault_secret s = VAULT_SECRET_INIT;

  ck_assert_int_eq(vault_secret_copy(&s, bytes, strlen(bytes)), 0);
  ck_assert(transfer_add_blob(item, key, file, secret, &s));
}

static void
write_sample(const char *sealed_with)
{
  CLEANUP_TRANSFER struct transfer t = {0};
  struct connection *c = connection_create("corp", "example1", "1.0.0", 3);
  struct transfer_item *item = transfer_add(&t, c);

  c->role = TENON_TARGET;
  ck_assert(connection_set(c, "server", "mail.test"));
  add_blob(item, "ca_file", "ca.pem", false, PEM);
  add_blob(item, "client_certificate", "me.p12", true, "k3y-bytes");
  add_blob(item, "password", NULL, true, "s3cret");
  ck_assert_int_eq(transfer_write(&t, sealed_with, &text), 0);
}

static const struct transfer_blob *
blob(const struct transfer *t, const char *key)
{
  for (size_t i = 0; i < t->items[0].n_blobs; i++)
    if (strcmp(t->items[0].blobs[i].key, key) == 0)
      return &t->items[0].blobs[i];
  ck_abort_msg("no %s", key);
}

START_TEST(export__in_the_clear_holds_everything_but_secrets)
{
  CLEANUP_TRANSFER struct transfer t = {0};

  write_sample(NULL);
  ck_assert_ptr_null(strstr(buf_text(&text), "s3cret"));
  ck_assert_ptr_null(strstr(buf_text(&text), "czNjcmV0"));     /* the same in base64 */
  ck_assert_ptr_null(strstr(buf_text(&text), "azN5LWJ5dGVz")); /* k3y-bytes */
  ck_assert_msg(read_text(buf_text(&text), &t) == 0, "%s", buf_text(&why));
  ck_assert_uint_eq(t.n, 1);
  ck_assert_str_eq(t.items[0].connection->connector, "example1");
  ck_assert_uint_eq(t.items[0].connection->schema, 3);
  ck_assert_uint_eq(t.items[0].connection->role, TENON_TARGET);
  ck_assert_str_eq(connection_get(t.items[0].connection, "server"), "mail.test");
  ck_assert_str_eq(blob(&t, "ca_file")->bytes.ptr, PEM);
  ck_assert_str_eq(blob(&t, "ca_file")->file, "ca.pem");
  ck_assert(!blob(&t, "client_certificate")->there);
  ck_assert(!blob(&t, "password")->there);
}
END_TEST

START_TEST(export__under_a_passphrase_holds_everything_and_shows_nothing)
{
  CLEANUP_TRANSFER struct transfer t = {0};

  write_sample("open sesame");
  ck_assert_ptr_null(strstr(buf_text(&text), "mail.test"));
  ck_assert_ptr_null(strstr(buf_text(&text), "czNjcmV0"));
  ck_assert_int_eq(read_text(buf_text(&text), &t), -ENOKEY);
  passphrase = "wrong";
  ck_assert_int_eq(read_text(buf_text(&text), &t), -EKEYREJECTED);
  passphrase = "open sesame";
  ck_assert_msg(read_text(buf_text(&text), &t) == 0, "%s", buf_text(&why));
  ck_assert_str_eq(blob(&t, "password")->bytes.ptr, "s3cret");
  ck_assert_str_eq(blob(&t, "client_certificate")->bytes.ptr, "k3y-bytes");
  ck_assert_ptr_null(blob(&t, "password")->file);
}
END_TEST

START_TEST(export__has_what_former_connectors_left)
{
  CLEANUP_TRANSFER struct transfer t = {0}, back = {0}, open = {0};
  struct transfer_item *item = transfer_add(&t, connection_create("corp", "new", "2", 1));
  struct connection *c = connection_create("corp", "old", "1", 3);
  struct transfer_item *former = transfer_add_former(item, c);

  ck_assert(connection_set(c, "server", "mail.test"));
  (void)snprintf(c->changed, sizeof c->changed, "2026-11-22T10:00:00Z");
  add_blob(former, "pin", NULL, true, "p1n");
  passphrase = "open sesame";
  ck_assert_int_eq(transfer_write(&t, passphrase, &text), 0);
  ck_assert_msg(read_text(buf_text(&text), &back) == 0, "%s", buf_text(&why));
  const struct transfer_item *got = &back.items[0].former[0];
  ck_assert_uint_eq(back.items[0].n_former, 1);
  ck_assert_str_eq(got->connection->connector, "old");
  ck_assert_uint_eq(got->connection->schema, 3);
  ck_assert_str_eq(got->connection->changed, "2026-11-22T10:00:00Z");
  ck_assert_str_eq(connection_get(got->connection, "server"), "mail.test");
  ck_assert_str_eq(got->blobs[0].bytes.ptr, "p1n");
  buf_clear(&text);
  ck_assert_int_eq(transfer_write(&t, NULL, &text), 0);
  ck_assert_ptr_null(strstr(buf_text(&text), "cDFu")); /* p1n in base64 */
  ck_assert_int_eq(read_text(buf_text(&text), &open), 0);
  ck_assert(!open.items[0].former[0].blobs[0].there);
}
END_TEST
START_TEST(import__refuses_a_former_connector_that_is_none)
{
  static const char *const bad[] = {
      "1",
      "{}",
      "{\"connector\":\"a/b\",\"values\":{}}",
      "{\"connector\":\"a\"}",
      "{\"connector\":\"a\",\"values\":{}},{\"connector\":\"a\",\"values\":{}}",
      "{\"connector\":\"a\",\"values\":{},\"secrets\":{\"p\":{\"bytes\":\"AAAA\"}}}"};

  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CLEANUP_TRANSFER struct transfer t = {0};
    CLEANUP_FREE char *whole = text_printf(HEAD ITEM "},\"former\":[%s]}]}", bad[i]);
    ck_assert_msg(read_text(whole, &t) == -EBADMSG, "%s", bad[i]);
    ck_assert_uint_eq(t.n, 0);
  }
}
END_TEST
START_TEST(export__that_was_changed_does_not_open)
{
  CLEANUP_TRANSFER struct transfer t = {0};

  write_sample("open sesame");
  char *sealed = strstr(text.ptr, "\"sealed\":\"");
  ck_assert_ptr_nonnull(sealed);
  sealed += 30;
  *sealed = *sealed == 'A' ? 'B' : 'A';
  passphrase = "open sesame";
  ck_assert_int_eq(read_text(buf_text(&text), &t), -EKEYREJECTED);
}
END_TEST

START_TEST(import__asks_for_no_passphrase_of_a_box_that_is_damaged)
{
  CLEANUP_TRANSFER struct transfer t = {0};

  static const char *const costs[] = {"\"passes\":99,\"bytes\":67108864",
                                      "\"passes\":0,\"bytes\":67108864", "\"passes\":3,\"bytes\":1",
                                      "\"passes\":3,\"bytes\":9999999999"};

  for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
    char box[512];
    (void)snprintf(box, sizeof box,
                   "{\"tenon_export\":1,\"sealed\":{\"kdf\":\"argon2id\",%s,\"salt\":"
                   "\"AAAAAAAAAAAAAAAAAAAAAA==\",\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
                   "\"sealed\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}}",
                   costs[i]);
    ck_assert_int_eq(read_text(box, &t), -EBADMSG);
  }
  ck_assert_int_eq(read_text("{\"tenon_export\":1,\"sealed\":{}}", &t), -EBADMSG);
  ck_assert_uint_eq(asked, 0);
}
END_TEST

START_TEST(import__takes_nothing_of_a_document_that_is_not_right_to_its_end)
{
  static const char *const texts[] = {
      "",
      "[]",
      "{}",
      "{\"tenon_export\":0,\"connections\":[" ITEM "}}]}",
      "{\"tenon_export\":1}",
      HEAD "]}",
      HEAD "1]}",
      HEAD ITEM "}},{}]}",
      HEAD ITEM "}}," ITEM "}}]}",
      HEAD "{\"name\":\"../x\",\"connector\":\"x\",\"values\":{}}]}",
      HEAD "{\"name\":\"corp\",\"connector\":\"\",\"values\":{}}]}",
      HEAD "{\"name\":\"corp\",\"connector\":\"a/b\",\"values\":{}}]}",
      HEAD "{\"name\":\"corp\",\"connector\":\"x\",\"schema\":-1,\"values\":{}}]}",
      HEAD "{\"name\":\"corp\",\"connector\":\"x\"}]}",
      HEAD ITEM "\"server\":1}}]}",
      HEAD ITEM "\"Server\":\"s\"}}]}",
      HEAD ITEM "\"../server\":\"s\"}}]}",
      HEAD ITEM "\"a\":\"\\u001b[2J\"}}]}",
      HEAD ITEM "\"a\":\"1\",\"a\":\"2\"}}]}",
      HEAD ITEM "\"a\":\"1\"},\"secrets\":{\"a\":{}}}]}",
      HEAD ITEM "},\"secrets\":{\"a\":1}}]}",
      HEAD ITEM "},\"files\":{\"a\":{\"name\":\"../../x\"}}}]}",
      HEAD ITEM "},\"files\":{\"a\":{\"name\":\"..\"}}}]}",
      HEAD ITEM "},\"files\":{\"a\":{}}}]}",
      HEAD ITEM "},\"files\":{\"a\":{\"name\":\"x\",\"bytes\":\"!\"}}}]}",
  };

  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct transfer t = {0};
    ck_assert_msg(read_text(texts[i], &t) == -EBADMSG, "%s", texts[i]);
    ck_assert_ptr_null(t.items);
    ck_assert_uint_gt(why.len, 0);
  }
}
END_TEST

START_TEST(import__refuses_secrets_in_the_clear)
{
  static const char *const texts[] = {
      HEAD ITEM "},\"secrets\":{\"password\":{\"bytes\":\"czNjcmV0\"}}}]}",
      HEAD ITEM "},\"files\":{\"key\":{\"name\":\"k\",\"secret\":true,\"bytes\":\"czNjcmV0\"}}}]}",
      HEAD ITEM "},\"files\":{\"key\":{\"name\":\"k\",\"bytes\":\"czNjcmV0\"}}}]}"};

  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct transfer t = {0};
    ck_assert_int_eq(read_text(texts[i], &t), -EBADMSG);
    ck_assert_ptr_nonnull(strstr(buf_text(&why), "in the clear"));
  }
}
END_TEST

START_TEST(import__of_a_newer_version_says_update)
{
  struct transfer t = {0};

  ck_assert_int_eq(read_text("{\"tenon_export\":2,\"connections\":7}", &t), -ENOTSUP);
  ck_assert_ptr_nonnull(strstr(buf_text(&why), "Update tenon"));
}
END_TEST

START_TEST(import__passes_over_members_it_does_not_know)
{
  CLEANUP_TRANSFER struct transfer t = {0};

  ck_assert_int_eq(
      read_text("{\"tenon_export\":1,\"later\":[],\"connections\":[{\"later\":{},\"name\":"
                "\"corp\",\"connector\":\"x\",\"values\":{}}]}",
                &t),
      0);
}
END_TEST

START_TEST(file__is_public_when_it_is_certificates_and_no_key)
{
  static const char both[] = PEM "-----BEGIN PRIVATE KEY-----\n";

  ck_assert(transfer_file_is_public(PEM, sizeof PEM - 1));
  ck_assert(!transfer_file_is_public(both, sizeof both - 1));
  ck_assert(!transfer_file_is_public("user:password", 13));
  ck_assert(!transfer_file_is_public(PEM "\xff", sizeof PEM));
  ck_assert(!transfer_file_is_public("", 0));
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("transfer");
  TCase *t = tcase_create("transfer");

  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, export__in_the_clear_holds_everything_but_secrets);
  tcase_add_test(t, export__under_a_passphrase_holds_everything_and_shows_nothing);
  tcase_add_test(t, export__has_what_former_connectors_left);
  tcase_add_test(t, import__refuses_a_former_connector_that_is_none);
  tcase_add_test(t, export__that_was_changed_does_not_open);
  tcase_add_test(t, import__asks_for_no_passphrase_of_a_box_that_is_damaged);
  tcase_add_test(t, import__takes_nothing_of_a_document_that_is_not_right_to_its_end);
  tcase_add_test(t, import__refuses_secrets_in_the_clear);
  tcase_add_test(t, import__of_a_newer_version_says_update);
  tcase_add_test(t, import__passes_over_members_it_does_not_know);
  tcase_add_test(t, file__is_public_when_it_is_certificates_and_no_key);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
