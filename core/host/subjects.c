// SPDX-License-Identifier: Apache-2.0
/* Subjects go to a worker by credit: at most `window` are with it, and a new one is pulled from the program only when a
 * result came back and was told. So a million subjects need the memory of a window, and a program that does not take
 * results stops the flow by itself. */
#include "core/host/internal.h"

#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"

/* FNV-1a: the list is short, this only spares comparing texts. */
static uint64_t
hash_of(const char *text, size_t len)
{
  uint64_t h = UINT64_C(0xcbf29ce484222325);

  for (size_t i = 0; i < len; i++)
    h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
  return h;
}

/* One that no plugin may see: it is answered here. */
static void
refuse(tenon_worker *w, tenon_text text)
{
  struct finding f = {
      .id = "subject.invalid",
      .cause = TENON_E_CONFIG,
      .title = "Not a subject",
  };
  CLEANUP_FREE char *shown = strndup(text.ptr ? text.ptr : "", text.len);

  finding_say(&f, "A subject of %zu bytes is empty, longer than %u bytes or no plain text.",
              text.len, WIRE_SUBJECT_MAX);
  finding_mend(&f, "Correct the list: one subject a line, UTF-8 text without control characters.");
  emit_finding(w, &f, shown && utf8_valid(shown, strlen(shown)) ? shown : "?");
}

static bool
acceptable(tenon_text t)
{
  return t.ptr && t.len > 0 && t.len <= WIRE_SUBJECT_MAX && !memchr(t.ptr, '\0', t.len) &&
         utf8_printable(t.ptr, t.len);
}

/* Pulls one into the window. False: none now. */
static bool
pull(tenon_worker *w)
{
  struct subjects *s = &w->call.subjects;
  uint64_t number = w->call.number;
  tenon_text text = {0};
  int32_t got = s->next(s->user, &text);
  struct subject *place = &s->open[s->n];

  s->later = got == TENON_NEXT_LATER;
  s->ended = got != TENON_NEXT_LATER && got != TENON_NEXT_SUBJECT;
  if (got != TENON_NEXT_SUBJECT)
    return false;
  if (!acceptable(text)) {
    refuse(w, text);
    return w->call.hook == HOOK_IMPERSONATE && w->call.number == number && !w->destroyed;
  }
  place->text = strndup(text.ptr, text.len);
  if (!place->text) {
    s->later = true; /* asked again with the next result */
    return false;
  }
  place->len = text.len;
  place->hash = hash_of(text.ptr, text.len);
  s->n++;
  return true;
}

/* One line of at most a frame. */
static bool
send_frame(tenon_worker *w)
{
  struct subjects *s = &w->call.subjects;
  tenon_text frame[WIRE_FRAME_SUBJECTS];
  uint32_t first = s->n, n = 0;

  while (s->n < s->window && n < WIRE_FRAME_SUBJECTS && pull(w))
    n = s->n - first;
  n = w->call.hook == HOOK_IMPERSONATE ? s->n - first : 0;
  if (n == 0 && !s->ended)
    return false;
  for (uint32_t i = 0; i < n; i++)
    frame[i] = (tenon_text){s->open[first + i].text, s->open[first + i].len};
  wire_put_subjects(send_start(w), w->call.number, frame, n, s->ended);
  (void)send_finish(w);
  return n == WIRE_FRAME_SUBJECTS && !s->ended;
}

/* Grants go out by the frame where that is possible: a line a subject would cost more than the subject. */
void
subjects_grant(tenon_worker *w)
{
  struct subjects *s = &w->call.subjects;
  uint32_t room = s->window - s->n;

  s->pull = false;
  if (w->call.hook != HOOK_IMPERSONATE || w->call.cancelled || s->ended || s->later || w->destroyed)
    return;
  if (room < WIRE_FRAME_SUBJECTS && room < s->window / 4 + 1 && s->n > 0)
    return;
  while (send_frame(w))
    ;
}

bool
subjects_close(tenon_worker *w, const char *text)
{
  struct subjects *s = &w->call.subjects;
  size_t len = strlen(text);
  uint64_t hash = hash_of(text, len);

  for (uint32_t i = 0; i < s->n; i++) {
    struct subject *o = &s->open[i];
    if (o->hash != hash || o->len != len || memcmp(o->text, text, len) != 0)
      continue;
    free(o->text);
    /* Order is kept for no one. */
    s->open[i] = s->open[--s->n];
    return true;
  }
  return false;
}

void
subjects_tell(tenon_worker *w, const struct finding *f)
{
  struct subjects *s = &w->call.subjects;

  for (uint32_t i = 0; i < s->n && !w->destroyed; i++)
    emit_finding(w, f, s->open[i].text);
}

void
subjects_finish(struct subjects *s)
{
  for (uint32_t i = 0; i < s->n; i++)
    free(s->open[i].text);
  s->n = 0;
  s->next = NULL;
}

void
tenon_worker_more(tenon_worker *w)
{
  w->call.subjects.later = false;
  w->call.subjects.pull = true;
}
