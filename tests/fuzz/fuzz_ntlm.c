// SPDX-License-Identifier: Apache-2.0
/* The lab's reader of NTLM's AUTHENTICATE_MESSAGE and of its AV pairs. The input stands for a token as it was sent: in
 * base64, as the seeds and what the driver makes of them have no zero bytes otherwise; what is no base64 is read raw. */
#include <openssl/evp.h>
#include <string.h>

#include "sdk/lab/signin_ntlm.h"
#include "tests/fuzz/fuzz.h"

static void
read_token(const unsigned char *token, size_t n)
{
  struct ntlm_message message;
  unsigned char *longer = malloc(n + NTLM_VERSION_SIZE);
  const unsigned char *found = ntlm_find(token, n);

  fuzz_hold(longer != NULL);
  size_t length = ntlm_add_version(token, n, longer);
  fuzz_hold(length == 0 || length == n + NTLM_VERSION_SIZE);
  free(longer);
  if (!found || !ntlm_read(found, n - (size_t)(found - token), &message))
    return;
  fuzz_hold(memchr(message.user, 0, sizeof message.user) &&
            memchr(message.domain, 0, sizeof message.domain));
  fuzz_hold(!message.bound || message.version_two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  /* Each in a block of its own length, so that a sanitizer sees who reads past it. */
  unsigned char *raw = malloc(n + 1);
  size_t whole = n / 4 * 4;
  unsigned char *decoded = malloc(whole + 1);

  fuzz_hold(raw && decoded);
  memcpy(raw, bytes, n);
  int length = EVP_DecodeBlock(decoded, raw, (int)whole);
  if (length > 0) {
    unsigned char *token = malloc((size_t)length);
    fuzz_hold(token != NULL);
    memcpy(token, decoded, (size_t)length);
    read_token(token, (size_t)length);
    free(token);
  } else {
    read_token(raw, n);
  }
  free(decoded);
  free(raw);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    /* MS-NLMP 4.2.4.3 */
    "TlRMTVNTUAADAAAAGAAYAGwAAABUAFQAhAAAAAwADABIAAAACAAIAFQAAAAQABAAXAAAABAAEADYAAAANYKI4gUB"
    "KAoAAAAPRABvAG0AYQBpAG4AVQBzAGUAcgBDAE8ATQBQAFUAVABFAFIAhsNQl6yc7BAlVHZKV8zMGaqqqqqqqqqq"
    "aM0KuFHlHJaqvJJ76+9qHAEBAAAAAAAAAAAAAAAAAACqqqqqqqqqqgAAAAACAAwARABvAG0AYQBpAG4AAQAMAFMA"
    "ZQByAHYAZQByAAAAAAAAAAAAxdrSVE/JeZCUzhzpC8nQPg==",
    /* and with channel bindings */
    "TlRMTVNTUAADAAAAGAAYAGwAAABYAFQAhAAAAAwADABIAAAACAAIAFQAAAAQABAAXAAAABAAEADYAAAANYKI4gUB"
    "KAoAAAAPRABvAG0AYQBpAG4AVQBzAGUAcgBDAE8ATQBQAFUAVABFAFIAhsNQl6yc7BAlVHZKV8zMGaqqqqqqqqqq"
    "aM0KuFHlHJaqvJJ76+9qHAEBAAAAAAAAAAAAAAAAAACqqqqqqqqqqgAAAAACAAwARABvAG0AYQBpAG4ACgAQAAEC"
    "AwQFBgcICQoLDA0ODxAAAAAAAAAAAE/JeZCUzhzpC8nQPg==",
    /* without Version, names not in UTF-16 */
    "TlRMTVNTUAADAAAAGAAYAEAAAAByAHIAWAAAAAAAAADKAAAAGQAZAMoAAAALAAsA4wAAAAAAAAAAAAAABoKJAvQK"
    "GYDzHbo+99y1dS3EkDwsnEICpj4cTOj3Iie051NfdCEnRFEk0Q0BAQAAAAAAAADbSRU1et0BLJxCAqY+HEwAAAAA"
    "AQAMAEUAWABDAEgAMAAxAAIADgBDAE8ATgBUAE8AUwBPAAMABAB2AG0ABgAEAAAAAAAHAAgAoI3JFTV63QEAAAAA"
    "AAAAAHN2Yy10ZW5vbkBjb250b3NvLmV4YW1wbGVXT1JLU1RBVElPTg==",
    /* type 1 */
    "TlRMTVNTUAABAAAABoIIAAAAAAAAAAAAAAAAAAAAAAA=",
    NULL,
};
