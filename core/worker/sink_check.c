// SPDX-License-Identifier: Apache-2.0
/* A check on its way out. It is called for every subject of a bulk run: what is in order costs a look at each byte and
 * no allocation. */
#include "core/worker/sink_check.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/module/grammar.h"
#include "core/module/rules.h"

#define CHECK_FLOOR (offsetof(tenon_check, n_data) + sizeof(size_t))
#define NO_REMEDY   "The plugin says no remedy: look into its documentation."
#define ID_BUCKETS  256u
#define HASH_SEED   2166136261u
#define HASH_PRIME  16777619u

struct id_entry {
  struct id_entry *next;
  const char *id;
};

struct worker_ids {
  struct id_entry *buckets[ID_BUCKETS];
};

/* In verify each id has one result. False: it had one. */
static bool
is_first_locked(struct worker *w, const char *id)
{
  uint32_t hash = HASH_SEED;
  for (const char *p = id; *p; p++)
    hash = (hash ^ (unsigned char)*p) * HASH_PRIME;
  if (!w->ids && !(w->ids = arena_alloc(&w->call_arena, sizeof *w->ids)))
    return true;
  struct id_entry **bucket = &w->ids->buckets[hash % ID_BUCKETS];
  for (const struct id_entry *e = *bucket; e; e = e->next)
    if (strcmp(e->id, id) == 0)
      return false;
  struct id_entry *e = arena_alloc(&w->call_arena, sizeof *e);
  if (e && (e->id = arena_text(&w->call_arena, id))) {
    e->next = *bucket;
    *bucket = e;
  }
  return true;
}

static bool
is_first(struct worker *w, const char *id)
{
  LOCK_FOR_SCOPE(&w->lock);
  return is_first_locked(w, id);
}

bool
sink_copy(struct worker *w, const char *what, const void *from, size_t floor, void *to, size_t size)
{
  uint32_t theirs = 0;
  if (from)
    memcpy(&theirs, from, sizeof theirs);
  if (theirs < floor || theirs > TENON_STRUCT_SIZE_MAX) {
    worker_broke(w, TR_SIZE, "reported %s whose size is %u; it must be %zu to %u", what, theirs,
                 floor, TENON_STRUCT_SIZE_MAX);
    return false;
  }
  memcpy(to, from, theirs < size ? theirs : size);
  return true;
}

const char *
sink_clean(struct sink_cleaner *c, const char *what, const char *of, const char *text)
{
  char *copy = NULL;
  if (!text)
    return NULL;
  size_t n = strnlen(text, SINK_TEXT_MAX + 1);
  size_t cut = n > SINK_TEXT_MAX ? utf8_cut(text, n, SINK_TEXT_MAX) : n;
  if (!utf8_printable(text, cut)) {
    worker_broke(c->w, c->rule, "reported a %s of %s that is not printable UTF-8", what, of);
    return NULL;
  }
  int found = scrub_text(c->w->scrubber, text, cut, &copy, &n);
  if (found == 0 && cut == n)
    return text;
  if (found == 0)
    copy = strndup(text, cut);
  if (!copy || c->n == SINK_CLEAN_COPIES)
    return free(copy), "";
  return c->copies[c->n++] = copy;
}

void
sink_cleaner_finish(struct sink_cleaner *c)
{
  while (c->n > 0)
    free(c->copies[--c->n]);
}

static bool
clean_data(struct sink_cleaner *clean, tenon_check *c, tenon_pair pairs[static SINK_DATA_MAX])
{
  struct worker *w = clean->w;
  if (c->n_data > SINK_DATA_MAX || (c->n_data > 0 && !c->data)) {
    worker_broke(w, TR_CHECK_TEXT,
                 "reported a check %s with %zu pairs of data; at most %u are taken", c->id,
                 c->n_data, SINK_DATA_MAX);
    return false;
  }
  for (size_t i = 0; i < c->n_data; i++) {
    const char *key = c->data[i].key;
    if (!key || !*key || strnlen(key, GRAMMAR_CHECK_MAX + 1) > GRAMMAR_CHECK_MAX ||
        !utf8_printable(key, strlen(key))) {
      worker_broke(w, TR_CHECK_TEXT, "reported data of %s whose key is missing or no text", c->id);
      return false;
    }
    const char *value =
        sink_clean(clean, key, c->id, c->data[i].value.ptr ? c->data[i].value.ptr : "");
    pairs[i] = (tenon_pair){key, {value, value ? strlen(value) : 0}};
  }
  c->data = pairs;
  return !w->broke;
}

/* Codes as the ABI says to read them. */
static void
normalise(struct worker *w, tenon_check *c)
{
  if (c->state < TENON_PASS || c->state > TENON_SKIP)
    c->state = TENON_FAIL;
  if (c->level < TENON_LEVEL_REQUIRED || c->level > TENON_LEVEL_INFO)
    c->level = TENON_LEVEL_REQUIRED;
  if (c->state == TENON_FAIL && c->cause == TENON_OK)
    c->cause = TENON_E_INTERNAL;
  if (c->state == TENON_PASS || c->state == TENON_SKIP)
    c->cause = TENON_OK;
  if (c->because && !grammar_check_id(c->because))
    c->because = NULL;
  if (c->link && !grammar_link(c->link))
    c->link = NULL;
  if (c->field && !connector_field(w->connector, c->field)) {
    worker_log(w, TENON_LOG_WARN,
               "The check %s names a field that the connector does not have: %.63s (" TR_CHECK_FIELD
               ").",
               c->id, c->field);
    c->field = NULL;
  }
}

/* Ids and subjects: what else breaks a rule is found while cleaning. */
static bool
judge(struct worker *w, const tenon_check *c, bool *ret_flush)
{
  if (!c->id || !grammar_check_id(c->id)) {
    worker_broke(w, TR_CHECK_ID, "reported a check whose id is not well-formed: '%.80s'",
                 c->id ? c->id : "(NULL)");
    return false;
  }
  if (!c->title) {
    worker_broke(w, TR_CHECK_TEXT, "reported a check %s without a title", c->id);
    return false;
  }
  if (w->call.hook == HOOK_VERIFY && !is_first(w, c->id)) {
    worker_broke(w, TR_CHECK_ONCE, "reported a second result for the check %s", c->id);
    return false;
  }
  if (c->subject &&
      (w->call.hook != HOOK_IMPERSONATE || !worker_source_close(w, c->subject, ret_flush))) {
    worker_broke(w, TR_CHECK_SUBJECT,
                 "reported a check %s with a subject that is not open: '%.80s'", c->id, c->subject);
    return false;
  }
  return true;
}

void
sink_check_put(struct worker *w, const tenon_check *theirs, bool flush)
{
  struct sink_cleaner clean = {.w = w, .rule = TR_CHECK_TEXT};
  tenon_pair pairs[SINK_DATA_MAX];
  tenon_check c = {0};
  bool batch = false;
  size_t mark;

  if (!sink_copy(w, "a check", theirs, CHECK_FLOOR, &c, sizeof c) || !judge(w, &c, &batch))
    return;
  normalise(w, &c);
  bool remedied = c.state != TENON_FAIL || (c.remedy && *c.remedy);
  c.title = sink_clean(&clean, "title", c.id, c.title);
  c.detail = sink_clean(&clean, "detail", c.id, c.detail);
  c.remedy = remedied ? sink_clean(&clean, "remedy", c.id, c.remedy) : NO_REMEDY;
  if (clean_data(&clean, &c, pairs) && !w->broke) {
    struct buf *b = worker_line(w, &mark);
    (void)wire_put_check(b, w->call.id, &c);
    bool sent = worker_line_end(w, mark, flush || batch);
    worker_silence_checked(w, &c);
    if (!sent && !worker_call_over(w))
      worker_broke(w, TR_CHECK_TEXT, "reported a check %s that is larger than a line may be", c.id);
    if (!remedied)
      worker_broke(w, TR_CHECK_REMEDY, "reported a failed check %s without a remedy", c.id);
  }
  sink_cleaner_finish(&clean);
}

void
worker_sink_finish_hook(struct worker *w)
{
  w->ids = NULL; /* lies in the call's arena */
  w->checks = 0;
  w->failures = 0;
  w->answers = 0;
  w->patches = 0;
  w->begun[0] = 0;
}
