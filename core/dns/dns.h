// SPDX-License-Identifier: Apache-2.0
/* Questions to name servers, over c-ares: any number at a time, behind one descriptor that can be polled beside others.
 * libcurl looks up the names of URLs for itself as long as the system's servers are meant; this room is for records
 * that no connection shows (SRV, MX, aliases), and for a server that somebody named. Names are ASCII: whoever has
 * another one converts it first, as libcurl does for URLs. */
#ifndef CORE_DNS_DNS_H
#define CORE_DNS_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <tenon/dns.h>

#include "core/base/arena.h"

#define DNS_TRIES_MAX   3      /* of a question, at each server */
#define DNS_TRY_MS      1000   /* waited for the first; c-ares doubles it for each next */
#define DNS_QUERIES_MAX 256u   /* open at a time */
#define DNS_ALIASES_MAX 16u    /* followed from the name asked for */
#define DNS_LABEL_MAX   63u    /* bytes of a label (RFC 1035 2.3.4) */
#define DNS_TTL_MAX     86400u /* seconds; a longer life counts as this one */
#define DNS_REASON_MAX  512u
#define DNS_SERVER_TEXT sizeof("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535")
#define DNS_PORT        53u

/* ---- names and servers: name.c ------------------------------------------------------------------------------- */

/* Letters, digits, '-', '_' and dots, within the lengths of RFC 1035; one last dot is fine. */
TENON_NODISCARD bool dns_name_ok(const char *name);

struct dns_server {
  int family; /* AF_INET, AF_INET6 */
  uint8_t address[16];
  uint16_t port;
  char text[DNS_SERVER_TEXT]; /* "192.0.2.53:53", "[2001:db8::53]:53" */
};

/* "192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:53". NULL: fine; else what is wrong with it. */
const char *dns_server_parse(const char *text, struct dns_server *ret);

/* ---- answers: answer.c, order.c ------------------------------------------------------------------------------ */

/* What was answered; the texts are in the arena. */
struct dns_answer {
  tenon_dns_answer abi; /* first: the service's caller gets its address */
  struct dns_answer *next;
  struct arena arena;
  const tenon_dns_record *records[TENON_DNS_RECORDS_MAX];
};

/* NULL: no memory. */
TENON_NODISCARD struct dns_answer *dns_answer_create(const char *name, const char *server);
void dns_answer_destroy(struct dns_answer *); /* NULL is fine */
/* Appends a copy; target without the last dot. false: no memory, or TENON_DNS_RECORDS_MAX are there already. */
TENON_NODISCARD bool dns_answer_add(struct dns_answer *, const tenon_dns_record *);
/* Notes why there is no record, in words. */
void dns_answer_fail(struct dns_answer *, uint32_t fault);
/* Reads a server's message: records of this type at the name asked for, aliases followed. TENON_DNS_FAULT_NONE also
 * when there is none. */
TENON_NODISCARD uint32_t dns_answer_read(struct dns_answer *, uint32_t type,
                                         const unsigned char *message, size_t n);
/* Into the order in which they are to be tried (RFC 2782). lot: a number from 0 to max, both included. */
void dns_order(struct dns_answer *, uint32_t (*lot)(uint32_t max));
uint32_t dns_lot(uint32_t max);

/* ---- asking: dns.c ------------------------------------------------------------------------------------------- */

struct dns;

/* server NULL: the system's, as /etc/resolv.conf names them now, and /etc/hosts. last: an answer that says SERVFAIL or
 * REFUSED counts, and no other server is asked for a better one. NULL: no memory or no descriptors. */
TENON_NODISCARD struct dns *dns_create(const struct dns_server *server, bool last);
/* Ends every question without an answer. NULL is fine. */
void dns_destroy(struct dns *);
/* Readable when dns_work has something to do. */
int dns_fd(const struct dns *);
void dns_work(struct dns *);

/* Asks. done is called once, from dns_work or from here, and owns the answer; not when the room is destroyed first.
 * -EINVAL: the type or the name is none; -EAGAIN: DNS_QUERIES_MAX are open; -ENOMEM. */
TENON_NODISCARD int dns_ask(struct dns *, uint32_t type, const char *name,
                            void (*done)(void *user, struct dns_answer *), void *user);

#endif
