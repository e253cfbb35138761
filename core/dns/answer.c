// SPDX-License-Identifier: Apache-2.0
/* A server's message (RFC 1035 section 4) into records. c-ares has readers of its own, which leave out how long a SRV
 * record lives and say nothing of an alias that leads nowhere; the names it expands for us, the rest is a walk. */
#include <ares.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/dns/dns.h"

#define HEADER_SIZE  12u
#define COUNTS       4u /* where QDCOUNT and ANCOUNT stand */
#define TYPE_A       1u
#define TYPE_CNAME   5u
#define TYPE_MX      15u
#define TYPE_AAAA    28u
#define TYPE_SRV     33u
#define CLASS_IN     1u
#define RR_SIZE      10u                      /* type, class, TTL, length */
#define QUESTION     4u                       /* type, class */
#define NAME_SIZE    (TENON_DNS_NAME_MAX + 2) /* with a last dot */
#define TARGETS_NONE "."

/* ---- life ---- */

struct dns_answer *
dns_answer_create(const char *name, const char *server)
{
  struct dns_answer *a = calloc(1, sizeof *a);
  if (!a)
    return NULL;
  a->abi = (tenon_dns_answer){.size = sizeof a->abi, .records = a->records};
  a->abi.name = arena_text(&a->arena, name);
  a->abi.server = server ? arena_text(&a->arena, server) : NULL;
  if (!a->abi.name || (server && !a->abi.server)) {
    dns_answer_destroy(a);
    return NULL;
  }
  return a;
}

void
dns_answer_destroy(struct dns_answer *a)
{
  if (!a)
    return;
  arena_finish(&a->arena);
  free(a);
}

bool
dns_answer_add(struct dns_answer *a, const tenon_dns_record *record)
{
  size_t n = strlen(record->target);
  if (a->abi.n_records >= TENON_DNS_RECORDS_MAX)
    return false;
  if (n > 1 && record->target[n - 1] == '.')
    n--;
  tenon_dns_record *copy = arena_alloc(&a->arena, sizeof *copy);
  if (!copy)
    return false;
  *copy = *record;
  copy->size = sizeof *copy;
  copy->ttl_s = record->ttl_s < DNS_TTL_MAX ? record->ttl_s : DNS_TTL_MAX;
  copy->target = arena_bytes(&a->arena, record->target, n);
  if (!copy->target)
    return false;
  a->records[a->abi.n_records++] = copy;
  return true;
}

static const char *
words_of(uint32_t fault)
{
  switch (fault) {
  case TENON_DNS_FAULT_NO_NAME: return "%s says that there is no name %s";
  case TENON_DNS_FAULT_NO_RECORD: return "%s has no record of this kind for %s";
  case TENON_DNS_FAULT_NO_SERVER: return "%s did not answer the question for %s";
  case TENON_DNS_FAULT_REFUSED: return "%s could not or would not answer the question for %s";
  case TENON_DNS_FAULT_MALFORMED: return "%s gave an answer for %s that cannot be read";
  case TENON_DNS_FAULT_NAME: return "%s was not asked: %s is no name";
  default: return "%s could not be asked for %s";
  }
}

void
dns_answer_fail(struct dns_answer *a, uint32_t fault)
{
  char who[DNS_SERVER_TEXT + sizeof "the name server "], reason[DNS_REASON_MAX];
  (void)snprintf(who, sizeof who, "the name server %s", a->abi.server ? a->abi.server : "");
  (void)snprintf(reason, sizeof reason, words_of(fault),
                 a->abi.server ? who : "the system's name server", a->abi.name);
  const char *kept = arena_text(&a->arena, reason);
  a->abi.fault = fault;
  a->abi.reason = kept ? kept : "memory is out";
}

/* ---- the message ---- */

struct message {
  const unsigned char *bytes;
  size_t n, at;
  unsigned questions, answers;
};

struct rr {
  char owner[NAME_SIZE];
  unsigned type, class;
  uint32_t ttl;
  size_t data, n_data; /* in the message */
};

static unsigned
get16(const unsigned char *p)
{
  return (unsigned)p[0] << 8 | p[1];
}

/* The name at *at, "." for the root, and *at behind it. */
static bool
get_name(const struct message *m, size_t *at, char ret[static NAME_SIZE])
{
  char *text = NULL;
  long n = 0;
  if (*at >= m->n ||
      ares_expand_name(m->bytes + *at, m->bytes, (int)m->n, &text, &n) != ARES_SUCCESS)
    return false;
  bool fits = strlen(text) < NAME_SIZE;
  if (fits)
    (void)snprintf(ret, NAME_SIZE, "%s", *text ? text : TARGETS_NONE);
  ares_free_string(text);
  *at += (size_t)n;
  return fits && *at <= m->n;
}

static bool
get_rr(struct message *m, struct rr *ret)
{
  if (!get_name(m, &m->at, ret->owner) || m->n - m->at < RR_SIZE)
    return false;
  const unsigned char *p = m->bytes + m->at;
  ret->type = get16(p);
  ret->class = get16(p + 2);
  ret->ttl = (uint32_t)get16(p + 4) << 16 | get16(p + 6);
  ret->n_data = get16(p + 8);
  ret->data = m->at + RR_SIZE;
  if (ret->n_data > m->n - ret->data)
    return false;
  m->at = ret->data + ret->n_data;
  return true;
}

/* To the first answer. */
static bool
rewind_answers(struct message *m)
{
  char name[NAME_SIZE];
  m->at = HEADER_SIZE;
  if (m->n < HEADER_SIZE || m->n > INT32_MAX)
    return false;
  m->questions = get16(m->bytes + COUNTS);
  m->answers = get16(m->bytes + COUNTS + 2);
  for (unsigned i = 0; i < m->questions; i++) {
    if (!get_name(m, &m->at, name) || m->n - m->at < QUESTION)
      return false;
    m->at += QUESTION;
  }
  return true;
}

static bool
same_name(const char *a, const char *b)
{
  size_t n = strlen(a), m = strlen(b);
  n -= n > 1 && a[n - 1] == '.';
  m -= m > 1 && b[m - 1] == '.';
  return n == m && strncasecmp(a, b, n) == 0;
}

/* ---- records ---- */

enum found { FOUND, NOT_FOUND, BROKEN };

/* Where the alias `name` leads, into itself. */
static enum found
follow(struct message *m, char name[static NAME_SIZE], uint32_t *ttl)
{
  struct rr rr;
  if (!rewind_answers(m))
    return BROKEN;
  for (unsigned i = 0; i < m->answers; i++) {
    if (!get_rr(m, &rr))
      return BROKEN;
    if (rr.type != TYPE_CNAME || rr.class != CLASS_IN || !same_name(rr.owner, name))
      continue;
    if (!get_name(m, &rr.data, name) || !dns_name_ok(name))
      return BROKEN;
    *ttl = rr.ttl < *ttl ? rr.ttl : *ttl;
    return FOUND;
  }
  return NOT_FOUND;
}

static bool
read_address(const struct message *m, const struct rr *rr, char text[static NAME_SIZE])
{
  bool six = rr->type == TYPE_AAAA;
  return rr->n_data == (six ? 16 : 4) &&
         inet_ntop(six ? AF_INET6 : AF_INET, m->bytes + rr->data, text, NAME_SIZE);
}

/* The fixed part in front of the target: SRV has priority, weight and port, MX its preference. */
static bool
read_target(const struct message *m, const struct rr *rr, tenon_dns_record *record,
            char text[static NAME_SIZE])
{
  size_t fixed = rr->type == TYPE_SRV ? 6 : 2, at = rr->data + fixed;
  const unsigned char *p = m->bytes + rr->data;
  if (rr->n_data <= fixed || !get_name(m, &at, text) || at != rr->data + rr->n_data)
    return false;
  record->priority = (uint16_t)get16(p);
  if (rr->type == TYPE_SRV) {
    record->weight = (uint16_t)get16(p + 2);
    record->port = (uint16_t)get16(p + 4);
  }
  return strcmp(text, TARGETS_NONE) == 0 || dns_name_ok(text);
}

static bool
wanted(uint32_t type, unsigned rr_type)
{
  return type == TENON_DNS_ADDRESS ? rr_type == TYPE_A || rr_type == TYPE_AAAA : rr_type == type;
}

/* "." stands for: this service is decidedly not there (RFC 2782, RFC 7505), and that is no record. */
static bool
add_rr(struct dns_answer *a, const struct message *m, const struct rr *rr, uint32_t ttl)
{
  char text[NAME_SIZE];
  tenon_dns_record record = {.target = text, .ttl_s = rr->ttl < ttl ? rr->ttl : ttl};
  bool address = rr->type == TYPE_A || rr->type == TYPE_AAAA;
  if (!(address ? read_address(m, rr, text) : read_target(m, rr, &record, text)))
    return false;
  if (strcmp(text, TARGETS_NONE) == 0 || a->abi.n_records == TENON_DNS_RECORDS_MAX)
    return true;
  return dns_answer_add(a, &record);
}

static uint32_t
collect(struct dns_answer *a, struct message *m, uint32_t type, const char *name, uint32_t ttl)
{
  struct rr rr;
  if (!rewind_answers(m))
    return TENON_DNS_FAULT_MALFORMED;
  for (unsigned i = 0; i < m->answers; i++)
    if (!get_rr(m, &rr) || (wanted(type, rr.type) && rr.class == CLASS_IN &&
                            same_name(rr.owner, name) && !add_rr(a, m, &rr, ttl)))
      return TENON_DNS_FAULT_MALFORMED;
  return TENON_DNS_FAULT_NONE;
}

static uint32_t
read_alias(struct dns_answer *a, const char *name, uint32_t ttl, unsigned hops)
{
  if (hops == 0)
    return TENON_DNS_FAULT_NONE;
  return dns_answer_add(a, &(tenon_dns_record){.target = name, .ttl_s = ttl})
             ? TENON_DNS_FAULT_NONE
             : TENON_DNS_FAULT_OTHER;
}

uint32_t
dns_answer_read(struct dns_answer *a, uint32_t type, const unsigned char *bytes, size_t n)
{
  struct message m = {.bytes = bytes, .n = n};
  char name[NAME_SIZE];
  uint32_t ttl = DNS_TTL_MAX;
  unsigned hops = 0;
  if (strlen(a->abi.name) > TENON_DNS_NAME_MAX + 1)
    return TENON_DNS_FAULT_NAME;
  (void)snprintf(name, sizeof name, "%s", a->abi.name);
  enum found alias;
  while ((alias = follow(&m, name, &ttl)) == FOUND)
    if (++hops > DNS_ALIASES_MAX)
      return TENON_DNS_FAULT_MALFORMED; /* in a circle, most likely */
  if (alias == BROKEN)
    return TENON_DNS_FAULT_MALFORMED;
  return type == TENON_DNS_CNAME ? read_alias(a, name, ttl, hops) : collect(a, &m, type, name, ttl);
}
