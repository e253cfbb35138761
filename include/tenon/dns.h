// SPDX-License-Identifier: Apache-2.0
/* tenon/dns.h - the service "tenon.dns/1": records that a connection attempt by itself does not show.
 *
 * A plugin obtains it by `const tenon_dns *dns = host->extension(host, TENON_DNS_ID)` in open; NULL: this host has none.
 * HTTP needs no look-up through here: core/http resolves for itself, by the same server. Reading rules as in
 * tenon/plugin.h. Everything here is there since 1.0. */
#ifndef TENON_DNS_H
#define TENON_DNS_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TENON_DNS_ID "tenon.dns/1"

#define TENON_DNS_RECORDS_MAX 32u  /* of an answer; the rest is left out */
#define TENON_DNS_NAME_MAX    253u /* bytes of a name (RFC 1035 2.3.4) */

/* What is asked for. */
#define TENON_DNS_ADDRESS 1u  /* A and AAAA, in text */
#define TENON_DNS_CNAME   5u  /* the end of the chain of aliases, when there is one */
#define TENON_DNS_MX      15u /* RFC 5321 5.1 */
#define TENON_DNS_SRV     33u /* RFC 2782 */

/* Why there is no record. Append-only; unknown ones are read as OTHER. */
#define TENON_DNS_FAULT_NONE      0u
#define TENON_DNS_FAULT_OTHER     1u
#define TENON_DNS_FAULT_NO_NAME   2u /* the name does not exist (NXDOMAIN) */
#define TENON_DNS_FAULT_NO_RECORD 3u /* it does, without a record of this type */
#define TENON_DNS_FAULT_NO_SERVER 4u /* no server answers */
#define TENON_DNS_FAULT_REFUSED   5u /* SERVFAIL, REFUSED */
#define TENON_DNS_FAULT_MALFORMED 6u /* the answer cannot be read */
#define TENON_DNS_FAULT_NAME      7u /* what was asked for is no name */

typedef struct tenon_dns_record {
  uint32_t size;
  uint16_t priority, weight; /* SRV; MX has a priority */
  uint16_t port;             /* SRV */
  uint16_t reserved;
  const char *target; /* name without the last dot, or address */
  uint32_t ttl_s, reserved2;
} tenon_dns_record;

/* Owned by the service until release. */
typedef struct tenon_dns_answer {
  uint32_t size, fault;
  const char *name;   /* asked for */
  const char *server; /* that was asked: "127.0.0.1:5353", or NULL: the system's */
  const char *reason; /* fault not NONE: in words, naming the name */
  /* SRV and MX in the order in which they are to be tried: priority; weights within it by lot (RFC 2782). */
  const tenon_dns_record *const *records;
  size_t n_records;
  int64_t elapsed_ns;
} tenon_dns_answer;

typedef struct tenon_dns tenon_dns;
struct tenon_dns {
  uint32_t size, reserved;
  /* One look-up, waited for. server: "address:port", or NULL: the system's. Gives an answer when it returns TENON_OK;
   * that there is no record stands in answer->fault. Other returns: TENON_E_CANCELLED, TENON_E_TIMEOUT (the call's
   * deadline), TENON_E_NOMEM. [hook] */
  tenon_status (*lookup)(const tenon_dns *, const tenon_call *, const char *server, uint32_t type,
                         const char *name, const tenon_dns_answer **ret);
  /* NULL is fine. The host releases all when the hook returns. [hook] */
  void (*release)(const tenon_dns *, const tenon_dns_answer *);
};

#ifdef __cplusplus
}
#endif
#endif
