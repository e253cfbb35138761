// SPDX-License-Identifier: Apache-2.0
/* What is asked of the lab's name server: any bytes get a whole answer or none. */
#include <string.h>

#include "sdk/lab/dns_message.h"
#include "tests/fuzz/fuzz.h"

static const struct dns_record zone[] = {
    {.name = "mail.contoso.example", .type = DNS_A},
    {.name = "contoso.example", .type = DNS_MX, .target = "mail.contoso.example", .priority = 10},
    {.name = "a", .type = DNS_SRV, .target = "mail.contoso.example", .port = 443},
    {.name = NULL},
};

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  unsigned char query[DNS_MESSAGE_MAX + 64], answer[DNS_MESSAGE_MAX];

  /* A seed is text: its first byte stands for the head of a question. */
  for (int raw = 0; raw < 2; raw++) {
    static const unsigned char head[12] = {0, 7, 1, 0, 0, 1};
    size_t at = raw ? 0 : sizeof head, len = n < DNS_MESSAGE_MAX ? n : DNS_MESSAGE_MAX;
    if (!raw)
      memcpy(query, head, sizeof head);
    if (n)
      memcpy(query + at, bytes, len);
    size_t got = dns_message_answer(zone, query, at + len, answer);
    fuzz_hold(got == 0 || (got >= 12 && got <= DNS_MESSAGE_MAX));
    fuzz_hold(got == 0 || (memcmp(answer, query, 2) == 0 && (answer[2] & 0x80)));
  }
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "\004mail\007contoso\007example", "\007contoso\007example", "\001a", "\077", "\300\014", NULL,
};
