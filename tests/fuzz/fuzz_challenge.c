// SPDX-License-Identifier: Apache-2.0
/* WWW-Authenticate in any spelling, and the address that people type. */
#include <string.h>

#include "sdk/kit/challenge.h"
#include "sdk/kit/url.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct challenge c;
  struct ews_url url;

  challenge_init(&c);
  challenge_add(&c, (const char *)bytes, n);
  fuzz_hold(memchr(c.text, 0, sizeof c.text) && memchr(c.realm, 0, sizeof c.realm));
  fuzz_hold(c.count <= CHALLENGE_COUNT_MAX);

  char *typed = strndup((const char *)bytes, n);
  fuzz_hold(typed != NULL);
  int error = ews_url_derive(typed, &url);
  fuzz_hold((error == EWS_URL_OK) == (ews_url_error(error) == NULL));
  if (error == EWS_URL_OK)
    fuzz_hold(strncmp(url.url, "https://", 8) == 0 && strlen(url.host) > 0 && url.port > 0);
  free(typed);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "Bearer client_id=\"0\", trusted_issuers=\"a@*\", "
    "authorization_uri=\"https://x\",Negotiate,NTLM,Basic "
    "realm=\"mail, inc\"",
    "Negotiate TlRMTVNTUAACAAAA==",
    "Basic Realm=\"\"",
    "https://mail.contoso.example/owa/?path=/mail",
    "mail.contoso.example:444",
    "[2001:db8::1]:443",
    NULL,
};
