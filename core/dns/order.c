// SPDX-License-Identifier: Apache-2.0
/* The order of SRV records by RFC 2782: the lower priority first; within one, whoever the lot falls on, and it falls on
 * a heavier record more often. MX records have priorities only (RFC 5321 5.1 leaves equal ones to chance, too). */
#include <errno.h>
#include <sys/random.h>

#include "core/dns/dns.h"

uint32_t
dns_lot(uint32_t max)
{
  uint32_t bytes = 0;
  while (getrandom(&bytes, sizeof bytes, 0) < 0 && errno == EINTR)
    continue;
  return max == UINT32_MAX ? bytes : bytes % (max + 1);
}

static void
swap(struct dns_answer *a, size_t i, size_t j)
{
  const tenon_dns_record *held = a->records[i];
  a->records[i] = a->records[j];
  a->records[j] = held;
}

/* Is b to stand before a, the lots apart? Those without weight first: the lot 0 then falls on one of them. */
static bool
before(const tenon_dns_record *b, const tenon_dns_record *a)
{
  return b->priority < a->priority ||
         (b->priority == a->priority && b->weight == 0 && a->weight > 0);
}

static void
sort(struct dns_answer *a)
{
  for (size_t i = 1; i < a->abi.n_records; i++)
    for (size_t j = i; j > 0 && before(a->records[j], a->records[j - 1]); j--)
      swap(a, j, j - 1);
}

/* Of the records from..end, which have one priority. */
static size_t
draw(const struct dns_answer *a, size_t from, size_t end, uint32_t (*lot)(uint32_t max))
{
  uint32_t sum = 0, running = 0;
  for (size_t i = from; i < end; i++)
    sum += a->records[i]->weight;
  if (sum == 0) /* none is heavier: the lot is among them as they are */
    return from + lot((uint32_t)(end - from - 1));
  uint32_t drawn = lot(sum);
  for (size_t i = from; i < end; i++) {
    running += a->records[i]->weight;
    if (running >= drawn)
      return i;
  }
  return end - 1;
}

/* Keeps those without weight in front of what is left. */
static void
bring(struct dns_answer *a, size_t from, size_t drawn)
{
  for (size_t i = drawn; i > from; i--)
    swap(a, i, i - 1);
}

void
dns_order(struct dns_answer *a, uint32_t (*lot)(uint32_t max))
{
  size_t n = a->abi.n_records;
  sort(a);
  for (size_t from = 0, end = 0; from < n; from++) {
    if (from == end)
      while (end < n && a->records[end]->priority == a->records[from]->priority)
        end++;
    bring(a, from, draw(a, from, end, lot));
  }
}
