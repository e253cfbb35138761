// SPDX-License-Identifier: Apache-2.0
/* What a server says while it signs somebody in: its offer in a header, and NTLM's challenge. */
#include <string.h>

#include "core/base/utf8.h"
#include "core/http/ntlm.h"
#include "core/http/offer.h"
#include "tests/fuzz/fuzz.h"

static void
hold_name(const char name[NTLM_NAME_MAX + 1])
{
  size_t n = strnlen(name, NTLM_NAME_MAX + 1);
  fuzz_hold(n <= NTLM_NAME_MAX && utf8_printable(name, n));
}

/* Seeds are texts without NULs: an underscore stands for one. */
static void
try_challenge(const uint8_t *bytes, size_t n)
{
  struct ntlm_challenge c;
  uint8_t *copy = malloc(n ? n : 1);
  fuzz_hold(copy != NULL);
  for (size_t i = 0; i < n; i++)
    copy[i] = bytes[i] == '_' ? 0 : bytes[i];
  if (ntlm_read_challenge(copy, n, &c)) {
    hold_name(c.netbios_domain);
    hold_name(c.dns_domain);
    hold_name(c.server_name);
  }
  free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  const char *text = (const char *)bytes;
  struct offer offer = {.offered = false};

  offer_read(&offer, text, n, "NTLM");
  fuzz_hold(!offer.token || (offer.offered && offer.n_token > 0 && offer.token >= text &&
                             offer.n_token <= n - (size_t)(offer.token - text)));
  try_challenge(bytes, n);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "Bearer a=\"0\", b=\"a@*\",Negotiate,NTLM TlRMTVNTUAACAAAA==,Basic realm=\"mail, inc\"",
    "NTLM",
    "Basic Realm=\"\", NTLM abcd",
    "NTLMSSP_\002___"
    "____"
    "____"
    "____"
    "________"
    "________"
    "\050_\050_"
    "\060___"
    "\002_\010_C_O_N_T_"
    "\001_\004_E_X_"
    "\004_\006_a_._b_"
    "\003_\004_e_x_"
    "____",
    NULL,
};
