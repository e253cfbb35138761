// SPDX-License-Identifier: Apache-2.0
/* The scrubber. All forms of all secrets are patterns; a bitmap over two bytes says at once that none starts at a
 * position, and chains by first byte hold those that might. A tree over all patterns (Aho-Corasick) was rejected: a
 * token of 2 kB in twenty forms makes a table of megabytes, in locked memory. */
#include "core/secret/scrub.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/secret/memory.h"
#include "core/secret/scrub_forms.h"
#include "core/secret/scrub_position.h"

#define EMBEDDED_MIN                                                                               \
  8u /* shortest base64 fragment that is looked for: shorter ones are in any base64 */
#define ESCAPED_MIN 4u          /* shortest escaped form of a short value */
#define TEXT_MAX    (64u << 20) /* of what comes out */

enum { PATTERN_POSITION = 1, PATTERN_EMBEDDED = 2 };

struct pattern {
  const struct pattern *next; /* of the same first byte */
  const uint8_t *bytes;
  size_t n;
  unsigned flags;
};

/* One secret with its forms: all in one block of secret memory. */
struct entry {
  struct entry *next;
  size_t n_raw;
  unsigned n_patterns;
  struct pattern patterns[SECRET_FORMS];
  uint8_t bytes[];
};

struct index {
  uint8_t pairs[65536 / 8];
  const struct pattern *chains[256];
};

struct scrubber {
  pthread_rwlock_t lock;
  struct entry *entries;
  size_t count;
  struct index *index; /* secret memory too: it tells how secrets begin */
};

struct scrubber *
scrubber_create(void)
{
  struct scrubber *s = calloc(1, sizeof *s);
  if (!s)
    return NULL;
  s->index = secret_memory_alloc(sizeof *s->index);
  if (!s->index || pthread_rwlock_init(&s->lock, NULL) != 0) {
    secret_memory_free(s->index);
    free(s);
    return NULL;
  }
  return s;
}

void
scrubber_destroy(struct scrubber *s)
{
  if (!s)
    return;
  for (struct entry *next, *e = s->entries; e; e = next) {
    next = e->next;
    secret_memory_free(e);
  }
  secret_memory_free(s->index);
  (void)pthread_rwlock_destroy(&s->lock);
  free(s);
}

/* ---- learning ---- */

static void
index_pattern(struct index *index, struct pattern *p)
{
  uint8_t first = p->bytes[0];
  p->next = index->chains[first];
  index->chains[first] = p;
  for (unsigned second = 0; second < 256; second++) {
    if (p->n > 1 && second != p->bytes[1])
      continue;
    unsigned pair = first | second << 8;
    index->pairs[pair / 8] |= (uint8_t)(1u << pair % 8);
  }
}

/* Is a form of this length worth looking for, or would it take harmless text out? */
static bool
worth(enum secret_form form, size_t n_raw, size_t n)
{
  if (form == SECRET_FORM_RAW || n == 0)
    return n > 0;
  if (form == SECRET_FORM_BASE64 || form == SECRET_FORM_UTF16_BASE64)
    return n >= ESCAPED_MIN;
  if (SECRET_FORM_EMBEDDED(form))
    return n >= EMBEDDED_MIN;
  return n_raw >= SCRUB_SHORT || n >= ESCAPED_MIN;
}

static bool
known_form(const struct entry *e, const uint8_t *bytes, size_t n)
{
  for (unsigned i = 0; i < e->n_patterns; i++)
    if (e->patterns[i].n == n && memcmp(e->patterns[i].bytes, bytes, n) == 0)
      return true;
  return false;
}

static struct entry *
entry_create(const void *bytes, size_t n)
{
  size_t total = 0;
  for (unsigned form = 0; form < SECRET_FORMS; form++)
    total += secret_form(form, bytes, n, NULL);
  struct entry *e = secret_memory_alloc(sizeof *e + total);
  if (!e)
    return NULL;
  e->n_raw = n;
  uint8_t *at = e->bytes;
  for (unsigned form = 0; form < SECRET_FORMS; form++) {
    size_t len = secret_form(form, bytes, n, (char *)at);
    if (!worth(form, n, len) || known_form(e, at, len))
      continue;
    unsigned flags = SECRET_FORM_EMBEDDED(form) && len >= EMBEDDED_MIN ? PATTERN_EMBEDDED : 0;
    if (form == SECRET_FORM_RAW && n < SCRUB_SHORT)
      flags = PATTERN_POSITION;
    e->patterns[e->n_patterns++] = (struct pattern){.bytes = at, .n = len, .flags = flags};
    at += len;
  }
  return e;
}

static bool
known_locked(const struct scrubber *s, const void *bytes, size_t n)
{
  for (const struct entry *e = s->entries; e; e = e->next)
    if (e->n_raw == n && memcmp(e->patterns[0].bytes, bytes, n) == 0)
      return true;
  return false;
}

static int
add_locked(struct scrubber *s, const void *bytes, size_t n)
{
  if (known_locked(s, bytes, n))
    return 0;
  if (s->count >= SCRUB_SECRETS_MAX)
    return -ENOSPC;
  struct entry *e = entry_create(bytes, n);
  if (!e)
    return -ENOMEM;
  for (unsigned i = 0; i < e->n_patterns; i++)
    index_pattern(s->index, &e->patterns[i]);
  e->next = s->entries;
  s->entries = e;
  s->count++;
  return 0;
}

int
scrubber_add(struct scrubber *s, const void *bytes, size_t n)
{
  if (n == 0)
    return 0;
  if (n > SCRUB_VALUE_MAX)
    return -E2BIG;
  (void)pthread_rwlock_wrlock(&s->lock);
  int r = add_locked(s, bytes, n);
  (void)pthread_rwlock_unlock(&s->lock);
  return r;
}

int
scrubber_add_account(struct scrubber *s, const char *user, const void *bytes, size_t n)
{
  if (n == 0)
    return 0;
  size_t n_user = strlen(user);
  if (n > SCRUB_VALUE_MAX || n_user > SCRUB_VALUE_MAX - n - 1)
    return -E2BIG;
  char *both = secret_memory_alloc(n_user + 1 + n);
  if (!both)
    return -ENOMEM;
  memcpy(both, user, n_user);
  both[n_user] = ':';
  memcpy(both + n_user + 1, bytes, n);
  int r = scrubber_add(s, both, n_user + 1 + n);
  secret_memory_free(both);
  return r;
}

/* ---- looking ---- */

struct span {
  size_t start, end;
};

static bool
base64_char(unsigned char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != 0 && strchr("+/-_=", c));
}

static bool
matches(const struct pattern *p, const char *in, size_t n, size_t at)
{
  if (p->n > n - at || memcmp(p->bytes, in + at, p->n) != 0)
    return false;
  return !(p->flags & PATTERN_POSITION) || scrub_credential_position(in, n, at, p->n);
}

/* The longest secret that starts at `at`; inside base64 the whole run goes, or its edges would tell some bits. */
static bool
match_at(const struct index *index, const char *in, size_t n, size_t at, size_t from,
         struct span *ret)
{
  const struct pattern *best = NULL;
  for (const struct pattern *p = index->chains[(unsigned char)in[at]]; p; p = p->next)
    if ((!best || p->n > best->n) && matches(p, in, n, at))
      best = p;
  if (!best)
    return false;
  struct span span = {at, at + best->n};
  if (best->flags & PATTERN_EMBEDDED) {
    while (span.start > from && base64_char((unsigned char)in[span.start - 1]))
      span.start--;
    while (span.end < n && base64_char((unsigned char)in[span.end]))
      span.end++;
  }
  *ret = span;
  return true;
}

static bool
find_locked(const struct scrubber *s, const char *in, size_t n, size_t from, struct span *ret)
{
  if (s->count == 0)
    return false;
  const struct index *index = s->index;
  for (size_t at = from; at < n; at++) {
    unsigned second = at + 1 < n ? (unsigned char)in[at + 1] : 0;
    unsigned pair = (unsigned char)in[at] | second << 8;
    if ((index->pairs[pair / 8] >> pair % 8 & 1) && match_at(index, in, n, at, from, ret))
      return true;
  }
  return false;
}

bool
scrub_has(const struct scrubber *s, const char *in, size_t n)
{
  struct span span;
  pthread_rwlock_t *lock = (pthread_rwlock_t *)&s->lock;
  (void)pthread_rwlock_rdlock(lock);
  bool found = find_locked(s, in, n, 0, &span);
  (void)pthread_rwlock_unlock(lock);
  return found;
}

static int
scrub_locked(const struct scrubber *s, const char *in, size_t n, struct buf *out)
{
  struct span span;
  size_t from = 0;
  while (find_locked(s, in, n, from, &span)) {
    buf_put(out, in + from, span.start - from);
    buf_puts(out, SCRUB_MARK);
    from = span.end;
  }
  if (from == 0)
    return 0;
  buf_put(out, in + from, n - from);
  return buf_failed(out) ? -ENOMEM : 1;
}

int
scrub_text(const struct scrubber *s, const char *in, size_t n, char **ret, size_t *ret_n)
{
  pthread_rwlock_t *lock = (pthread_rwlock_t *)&s->lock;
  CLEANUP_BUF struct buf out = BUF_INIT(TEXT_MAX);
  (void)pthread_rwlock_rdlock(lock);
  int r = scrub_locked(s, in, n, &out);
  (void)pthread_rwlock_unlock(lock);
  if (r != 1)
    return r;
  *ret = buf_take(&out, ret_n);
  return *ret ? 1 : -ENOMEM;
}
