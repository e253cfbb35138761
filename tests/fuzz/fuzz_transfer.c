// SPDX-License-Identifier: Apache-2.0
/* An export, whoever wrote it: it is refused with a sentence, or read, and what is then written is read again as the
 * same. The passphrase of the sealed seed is known; the fuzzer seldom gets past it, and the plain document is what lies
 * behind. */
#include <errno.h>
#include <string.h>

#include "core/store/transfer.h"
#include "tests/fuzz/fuzz.h"

static bool
no_passphrase(void *user, struct buf *ret)
{
  (void)user;
  (void)ret;
  return false;
}

static void
hold_item(const struct transfer_item *item)
{
  fuzz_hold(connection_name_valid(item->connection->name));
  for (size_t i = 0; i < item->n_blobs; i++) {
    const struct transfer_blob *b = &item->blobs[i];
    fuzz_hold(!(b->secret && b->there)); /* nothing secret comes out of a document in the clear */
    fuzz_hold(!b->file || !strchr(b->file, '/'));
    fuzz_hold(!connection_get(item->connection, b->key));
  }
  for (size_t i = 0; i < item->n_former; i++)
    hold_item(&item->former[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  CLEANUP_TRANSFER struct transfer t = {0}, again = {0};
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX), text = BUF_INIT(TRANSFER_BYTES_MAX);

  if (transfer_read((const char *)bytes, n, no_passphrase, NULL, &t, &why) != 0) {
    fuzz_hold(why.len > 0 && t.n == 0);
    return 0;
  }
  for (size_t i = 0; i < t.n; i++)
    hold_item(&t.items[i]);
  fuzz_hold(transfer_write(&t, NULL, &text) == 0);
  fuzz_hold(transfer_read(buf_text(&text), text.len, no_passphrase, NULL, &again, &why) == 0);
  fuzz_hold(again.n == t.n);
  for (size_t i = 0; i < t.n; i++)
    fuzz_hold(again.items[i].n_former == t.items[i].n_former);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "{\"tenon_export\":1,\"exported\":\"2026-11-22T00:00:00Z\",\"connections\":[{\"name\":\"corp\","
    "\"connector\":\"x\",\"connector_version\":\"1\",\"schema\":1,\"role\":\"source\",\"values\":{"
    "\"server\":\"s\"},\"files\":{\"ca_file\":{\"name\":\"ca.pem\",\"bytes\":"
    "\"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t\"},\"key\":{\"name\":\"k\",\"secret\":true}},"
    "\"secrets\":{\"password\":{}}}]}",
    "{\"tenon_export\":1,\"connections\":[{\"name\":\"a\",\"connector\":\"x\",\"values\":{}},{"
    "\"name\":"
    "\"b\",\"connector\":\"y\",\"values\":{}}]}",
    "{\"tenon_export\":1,\"sealed\":{\"kdf\":\"argon2id\",\"passes\":3,\"bytes\":67108864,\"salt\":"
    "\"AAAAAAAAAAAAAAAAAAAAAA==\",\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"sealed\":"
    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}}",
    "{\"tenon_export\":1,\"connections\":[{\"name\":\"a\",\"connector\":\"x\",\"values\":{},"
    "\"former\":[{"
    "\"connector\":\"y\",\"schema\":2,\"changed\":\"2026-11-22T00:00:00Z\",\"values\":{\"server\":"
    "\"s\"},"
    "\"secrets\":{\"pin\":{}}}]}]}",
    "{\"tenon_export\":2}",
    NULL,
};
