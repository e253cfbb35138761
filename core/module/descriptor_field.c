// SPDX-License-Identifier: Apache-2.0
/* Is a field's declaration one that a wizard can ask? Each rule names the key. */
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "core/model/answer.h"
#include "core/module/descriptor.h"
#include "core/module/descriptor_reader.h"
#include "core/module/rules.h"

static int
judge_place(struct descriptor_reader *d, const struct connector *c, const tenon_field *f)
{
  bool page = false;
  for (size_t i = 0; i < c->n_pages; i++)
    page = page || strcmp(c->d.pages[i]->id, f->page) == 0;
  if (!page)
    return descriptor_wrong(d, TR_FIELDS, "Name the id of a page of this connector.",
                            "its page '%s' does not exist", f->page);
  if (connector_field(c, f->key))
    return descriptor_wrong(d, TR_FIELDS, "Give each field a key of its own.",
                            "its key is used before");
  return 0;
}

static int
judge_choices(struct descriptor_reader *d, const tenon_field *f)
{
  bool has = f->choices && f->choices[0].value;
  if (f->type == TENON_CHOICE && !has)
    return descriptor_wrong(d, TR_CHOICES, "List them, ended by {0}.",
                            "it is a choice without choices");
  if (f->type != TENON_CHOICE && has)
    return descriptor_wrong(d, TR_CHOICES, "Make its type TENON_CHOICE, or drop them.",
                            "it has choices but is none");
  return 0;
}

/* Keys that `when` reads: declared before, and no secrets. */
static int
judge_when(struct descriptor_reader *d, const struct connector *c, const tenon_field *f)
{
  static const char remedy[] =
      "Write it like \"auth == 'basic' && server != ''\", about fields that stand before.";
  if (!f->when)
    return 0;
  if (!when_valid(f->when))
    return descriptor_wrong(d, TR_WHEN, remedy, "its when \"%.120s\" does not parse", f->when);
  struct when_term t;
  for (const char *p = f->when; (p = when_next(p, &t));) {
    const tenon_field *other = connector_field(c, t.key);
    if (!other || other->type == TENON_SECRET)
      return descriptor_wrong(d, TR_WHEN, remedy, "its when asks about '%s', which is %s", t.key,
                              other ? "a secret" : "no field before it");
  }
  return 0;
}

static int
judge_bounds(struct descriptor_reader *d, const tenon_field *f)
{
  regex_t compiled;
  if (f->min > f->max)
    return descriptor_wrong(d, TR_BOUNDS, "Swap them; both 0 means no bounds.",
                            "its min is above its max");
  if (!f->pattern)
    return 0;
  if (!pattern_tame(f->pattern))
    return descriptor_wrong(
        d, TR_BOUNDS, "Shorten it: few groups, small numbers in braces, no backward reference.",
        "its pattern is too long or too costly");
  CLEANUP_FREE char *anchored = text_printf("^(%s)$", f->pattern);
  if (!anchored || regcomp(&compiled, anchored, REG_EXTENDED | REG_NOSUB) != 0)
    return descriptor_wrong(d, TR_BOUNDS, "Write a POSIX extended regular expression.",
                            "its pattern does not compile");
  regfree(&compiled);
  return 0;
}

static int
judge_preset(struct descriptor_reader *d, const tenon_field *f)
{
  CLEANUP_BUF struct buf value = BUF_INIT(ANSWER_BYTES_MAX), why = BUF_INIT(DESCRIPTOR_TEXT_MAX);
  if (!f->preset)
    return 0;
  if (f->type == TENON_SECRET)
    return descriptor_wrong(d, TR_PRESET, "Drop the preset.", "it is a secret and has a preset");
  if (f->type == TENON_FILE) /* the host reads it, and a person says which */
    return descriptor_wrong(d, TR_PRESET, "Drop the preset.", "it is a file and has a preset");
  if (f->type == TENON_PATH) /* what a person answers opens the sandbox, and nothing else does */
    return descriptor_wrong(d, TR_PRESET, "Drop the preset.", "it is a path and has a preset");
  if (!answer_check(f, f->preset, &value, &why))
    return descriptor_wrong(d, TR_PRESET, "Make the preset an answer that the field takes.",
                            "its preset is no answer: %.200s", buf_text(&why));
  return 0;
}

int
descriptor_field_judge(struct descriptor_reader *d, const struct connector *c, const tenon_field *f)
{
  int err = judge_place(d, c, f);
  err = err ? err : judge_choices(d, f);
  err = err ? err : judge_when(d, c, f);
  err = err ? err : judge_bounds(d, f);
  return err ? err : judge_preset(d, f);
}
