// SPDX-License-Identifier: Apache-2.0
//
// One question to a name server and its answer, as bytes (RFC 1035 section 4). Pure: a table of records
// goes in, a message comes out.
#ifndef TENON_LAB_DNS_MESSAGE_H
#define TENON_LAB_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_MESSAGE_MAX 512 // bytes, as without EDNS
#define DNS_NAME_MAX    254 // bytes of a name in text, its terminator included
#define DNS_ANSWERS_MAX 16  // records of an answer

enum dns_type { DNS_A = 1, DNS_CNAME = 5, DNS_MX = 15, DNS_AAAA = 28, DNS_SRV = 33 };

struct dns_record {
  const char *name; // NULL ends a table
  enum dns_type type;
  const char *target; // of CNAME, MX and SRV; an A is always 127.0.0.1
  uint16_t priority;
  uint16_t weight;
  uint16_t port;
};

// Answers `query` from the table. Returns the answer's length, 0: no answer is due to such bytes.
size_t dns_message_answer(const struct dns_record *zone, const unsigned char *query, size_t length,
                          unsigned char ret_answer[DNS_MESSAGE_MAX]);

#endif
