// SPDX-License-Identifier: Apache-2.0
/* What all renderings share: the sum of the checks, and a reader that may go away. */
#include "core/report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/utf8.h"
#include "core/json/json.h"
#include "core/model/names.h"
#include "core/report/internal.h"

static const struct {
  const char *name;
  uint32_t format;
  const struct rendering *rendering;
} formats[] = {{"text", REPORT_TEXT, &rendering_text},
               {"table", REPORT_TEXT, &rendering_text},
               {"json", REPORT_JSON, &rendering_json},
               {"jsonl", REPORT_JSONL, &rendering_jsonl},
               {"csv", REPORT_CSV, &rendering_csv}};

bool
report_format_from_name(const char *name, uint32_t *ret)
{
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (strcmp(formats[i].name, name) == 0) {
      *ret = formats[i].format;
      return true;
    }
  return false;
}

static const struct rendering *
rendering_of(uint32_t format)
{
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (formats[i].format == format)
      return formats[i].rendering;
  return &rendering_text;
}

static unsigned
clamp_width(unsigned width)
{
  if (width == 0)
    return REPORT_WIDTH;
  return width < REPORT_WIDTH_MIN   ? REPORT_WIDTH_MIN
         : width > REPORT_WIDTH_MAX ? REPORT_WIDTH_MAX
                                    : width;
}

struct report *
report_create(uint32_t format, const struct report_style *style, report_write write, void *user)
{
  struct report *r = calloc(1, sizeof *r);

  if (!r)
    return NULL;
  r->rendering = rendering_of(format);
  r->style = *style;
  r->style.width = clamp_width(style->width);
  r->write = write;
  r->user = user;
  r->piece = BUF_INIT(REPORT_PIECE_MAX);
  r->offered = BUF_INIT(REPORT_PIECE_MAX - 4096u);
  return r;
}

void
report_destroy(struct report *r)
{
  if (!r)
    return;
  buf_finish(&r->piece);
  buf_finish(&r->offered);
  arena_finish(&r->arena);
  free(r);
}

static bool
flush(struct report *r)
{
  if (!r->gone && !buf_failed(&r->piece) && r->piece.len)
    r->gone = !r->write(r->user, r->piece.ptr, r->piece.len);
  buf_clear(&r->piece);
  return !r->gone;
}

bool
report_begin(struct report *r, const struct report_head *head)
{
  r->rendering->begin(r, &r->piece, head);
  return flush(r);
}

const char *
report_check_verdict(const tenon_check *c)
{
  const char *verdict = check_data(c, "verdict");

  return verdict && *verdict ? verdict : c->state == TENON_PASS ? "ok" : state_name(c->state);
}

struct verdict_count *
report_count_of(struct report *r, const char *verdict)
{
  if (strlen(verdict) >= REPORT_VERDICT_MAX)
    verdict = "other";
  for (size_t i = 0; i < r->n_verdicts; i++)
    if (strcmp(r->verdicts[i].name, verdict) == 0)
      return &r->verdicts[i];
  if (r->n_verdicts >= REPORT_VERDICTS_MAX)
    verdict = "other";
  if (r->n_verdicts > REPORT_VERDICTS_MAX)
    return &r->verdicts[REPORT_VERDICTS_MAX];
  struct verdict_count *v = &r->verdicts[r->n_verdicts++];
  (void)snprintf(v->name, sizeof v->name, "%s", verdict);
  return v;
}

/* ---- fields --------------------------------------------------------------------------------------------------------- */

void
report_name_field(struct report *r, const char *key, const char *label, bool secret)
{
  struct named_field *f = arena_alloc(&r->arena, sizeof *f);

  if (!f || !(f->key = arena_text(&r->arena, key)) || !(f->label = arena_text(&r->arena, label)))
    return; /* then it goes by its key */
  f->secret = secret;
  f->next = r->fields;
  r->fields = f;
}

const struct named_field *
report_field_of(const struct report *r, const char *key)
{
  const struct named_field *f = r->fields;

  while (f && strcmp(f->key, key) != 0)
    f = f->next;
  return f;
}

/* ---- checks --------------------------------------------------------------------------------------------------------- */

static void
cut_into(char *to, size_t size, const char *text)
{
  size_t n = utf8_cut(text, strlen(text), size - 1);

  memcpy(to, text, n);
  to[n] = '\0';
}

/* The title, with "..." where it names the subject: of many subjects it is said once. */
static void
meaning_of(const tenon_check *c, char to[static REPORT_MEANING_MAX])
{
  CLEANUP_BUF struct buf b = BUF_INIT(REPORT_MEANING_MAX * 4);
  size_t n = strlen(c->subject);

  for (const char *p = c->title, *next; *p; p = next) {
    const char *names = n ? strstr(p, c->subject) : NULL;
    next = names ? names + n : p + strlen(p);
    (void)buf_put(&b, p, (size_t)((names ? names : next) - p));
    (void)buf_puts(&b, names ? "..." : "");
  }
  cut_into(to, REPORT_MEANING_MAX, buf_failed(&b) ? c->title : buf_text(&b));
}

static void
count_subject(struct report *r, const tenon_check *c)
{
  struct verdict_count *v = report_count_of(r, report_check_verdict(c));
  char meaning[REPORT_MEANING_MAX], name[REPORT_SUBJECT_MAX - 2];

  r->subjects++;
  meaning_of(c, meaning);
  if (v->count++ == 0)
    memcpy(v->meaning, meaning, sizeof meaning);
  v->mixed = v->mixed || strcmp(v->meaning, meaning) != 0;
  v->passed = c->state == TENON_PASS;
  if (v->n_first == REPORT_FIRST_MAX)
    return;
  cut_into(name, sizeof name, c->subject);
  if (strstr(v->first, name))
    return; /* again, or part of a name that stands there */
  v->n_first++;
  size_t n = strlen(v->first);
  (void)snprintf(v->first + n, sizeof v->first - n, "%s%s", n ? ", " : "", name);
}

bool
report_check(struct report *r, const tenon_check *c)
{
  tally_add(&r->tally, c);
  if (c->subject)
    count_subject(r, c);
  if (!r->gone)
    r->rendering->check(r, &r->piece, c);
  r->checks++;
  return flush(r);
}

bool
report_offer(struct report *r, const tenon_offer *o)
{
  if (!r->gone)
    r->rendering->offer(r, &r->piece, o);
  r->offers++;
  return flush(r);
}

bool
report_outcome(const struct report *r, tenon_status status, tenon_status *ret_cause)
{
  tenon_status cause = tally_cause(&r->tally);

  if (status == TENON_E_CANCELLED || status == TENON_E_NOANSWER || tally_passed(&r->tally))
    cause = status < 0 ? status : TENON_OK;
  *ret_cause = cause;
  return cause == TENON_OK && tally_passed(&r->tally);
}

bool
report_end(struct report *r, tenon_status status)
{
  tenon_status cause = TENON_OK;
  bool passed = report_outcome(r, status, &cause);

  r->rendering->end(r, &r->piece, passed, cause);
  return flush(r);
}

const struct tally *
report_tally(const struct report *r)
{
  return &r->tally;
}

bool
report_verdict(const struct report *r, size_t i, const char **ret_name, uint64_t *ret_count)
{
  if (i >= r->n_verdicts)
    return false;
  *ret_name = r->verdicts[i].name;
  *ret_count = r->verdicts[i].count;
  return true;
}

void
report_put_counts(const struct report *r, struct buf *b)
{
  const struct tally *t = &r->tally;

  (void)json_put_key(b, "counts");
  (void)buf_putc(b, '{');
  (void)json_put_member_int(b, "pass", (int64_t)t->pass);
  (void)json_put_member_int(b, "warn", (int64_t)t->warn);
  (void)json_put_member_int(b, "fail", (int64_t)t->fail);
  (void)json_put_member_int(b, "skip", (int64_t)t->skip);
  if (r->offers)
    (void)json_put_member_int(b, "offers", (int64_t)r->offers);
  if (r->subjects) {
    (void)json_put_member_int(b, "subjects", (int64_t)r->subjects);
    (void)json_put_key(b, "verdicts");
    (void)buf_putc(b, '{');
    for (size_t i = 0; i < r->n_verdicts; i++)
      (void)json_put_member_int(b, r->verdicts[i].name, (int64_t)r->verdicts[i].count);
    (void)buf_putc(b, '}');
  }
  (void)buf_putc(b, '}');
}
