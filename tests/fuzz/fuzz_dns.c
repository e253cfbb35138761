// SPDX-License-Identifier: Apache-2.0
/* A name server's message, written in hexadecimal after the type that was asked for; what is no digit is passed over. */
#include <string.h>

#include "core/dns/dns.h"
#include "tests/fuzz/fuzz.h"

static int
digit(uint8_t c)
{
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t
decode(const uint8_t *bytes, size_t n, unsigned char *ret)
{
  size_t digits = 0;
  for (size_t i = 0; i < n; i++) {
    if (digit(bytes[i]) < 0)
      continue;
    if (digits++ % 2 == 0)
      ret[digits / 2] = (unsigned char)(digit(bytes[i]) << 4);
    else
      ret[digits / 2 - 1] |= (unsigned char)digit(bytes[i]);
  }
  return digits / 2;
}

static void
hold(const struct dns_answer *a)
{
  fuzz_hold(a->abi.n_records <= TENON_DNS_RECORDS_MAX);
  for (size_t i = 0; i < a->abi.n_records; i++) {
    const char *target = a->records[i]->target;
    fuzz_hold(dns_name_ok(target) || strchr(target, ':') != NULL);
    fuzz_hold(a->records[i]->ttl_s <= DNS_TTL_MAX);
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  static const char *const names[] = {"alias.a", "mail.a", "_srv.a", "mx.a"};
  unsigned char *message = malloc(n + 1);
  fuzz_hold(message != NULL);
  size_t size = decode(bytes, n, message);
  unsigned char *exact = malloc(size ? size : 1); /* so that a sanitizer sees its end */
  fuzz_hold(exact != NULL);
  if (size > 0)
    memcpy(exact, message + 1, size - 1);
  for (size_t i = 0; size > 0 && i < sizeof names / sizeof *names; i++) {
    struct dns_answer *a = dns_answer_create(names[i], NULL);
    fuzz_hold(a != NULL);
    (void)!dns_answer_read(a, message[0], exact, size - 1);
    hold(a);
    dns_order(a, dns_lot);
    hold(a);
    dns_answer_destroy(a);
  }
  free(exact);
  free(message);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "0100008400000100030000000005616c69617301610000010001046d61696c07636f6e746f736f076578616d706c65"
    "00000100010000012c0004c0000201076265747765656e07636f6e746f736f076578616d706c650000050001000000"
    "640016044d61696c07436f6e746f736f074578616d706c650005616c69617301610000050001000003840019076265"
    "747765656e07636f6e746f736f076578616d706c6500",
    "01000084000001000100000000046d61696c016100001c0001046d61696c016100001c0001000000c8001020010db8"
    "000000000000000000000001",
    "21000084000001000400000000045f73727601610000210001045f7372760161000021000100000258001c00140000"
    "01bb046c61737407636f6e746f736f076578616d706c6500045f7372760161000021000100000258001d000a003c01"
    "bb05686561767907636f6e746f736f076578616d706c6500045f7372760161000021000100000258001d0005000001"
    "bb05666972737407636f6e746f736f076578616d706c6500045f7372760161000021000100000258001d000a001401"
    "bb056c6967687407636f6e746f736f076578616d706c6500",
    "0f000084000001000200000000026d78016100000f0001026d78016100000f000100000e10001a0014067365636f6e"
    "6407636f6e746f736f076578616d706c6500026d78016100000f000100000e100033000a0f636f6e746f736f2d6578"
    "616d706c65046d61696c0a70726f74656374696f6e076f75746c6f6f6b076578616d706c6500",
    "050000840300010001000000000864616e676c696e67016100000100010864616e676c696e67016100000500010000"
    "003c001804676f6e6509656c73657768657265076578616d706c6500",
    "2100008400000100010000000007706f696e7465720161000021000107706f696e746572016100002100010000003c"
    "00080001000101bbc036",
    "21000084000001000100000000055f6e6f6e6501610000210001055f6e6f6e65016100002100010000025800070000"
    "000001bb00",
    NULL,
};
