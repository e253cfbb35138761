// SPDX-License-Identifier: Apache-2.0
/* Pages and fields: copied one by one, in order, each judged against those before it. */
#include "core/module/descriptor_reader.h"

#include <stdio.h>
#include <string.h>

#include "core/module/descriptor.h"
#include "core/module/grammar.h"
#include "core/module/rules.h"

/* Sizes in ABI 1.0: up to and with the last member of then. */
#define PAGE_FLOOR  (offsetof(tenon_page, link) + sizeof(const char *))
#define FIELD_FLOOR (offsetof(tenon_field, replaces) + sizeof(const char *))

/* How many pointers stand before the NULL; max + 1 when there is none among max. */
static size_t
list_length(const void *const *list, size_t max)
{
  size_t n = 0;
  while (list && n <= max && list[n])
    n++;
  return n;
}

static int
read_page(struct descriptor_reader *d, const tenon_page *from, size_t i, struct connector *c,
          tenon_page *to)
{
  (void)snprintf(d->place, sizeof d->place, "connector %s, page %zu", c->d.id, i + 1);
  int err = descriptor_struct(d, "the page", from, PAGE_FLOOR, to, sizeof *to);
  err = err ? err : descriptor_text(d, "its id", to->id, true, grammar_key, &to->id);
  err = err ? err : descriptor_text(d, "its title", to->title, true, NULL, &to->title);
  err = err ? err : descriptor_text(d, "its help", to->help, false, NULL, &to->help);
  err = err ? err : descriptor_text(d, "its link", to->link, false, grammar_link, &to->link);
  to->size = sizeof *to;
  for (size_t j = 0; !err && j < i; j++)
    if (strcmp(c->d.pages[j]->id, to->id) == 0)
      err = descriptor_wrong(d, TR_PAGES, "Give each page an id of its own.",
                             "its id '%s' is used before", to->id);
  return err;
}

static int
read_pages(struct descriptor_reader *d, const tenon_connector *from, struct connector *c)
{
  size_t n = list_length((const void *const *)from->pages, DESCRIPTOR_PAGES_MAX);
  if (n > DESCRIPTOR_PAGES_MAX)
    return descriptor_wrong(d, TR_PAGES, "End the list with NULL.", "it has more than %u pages",
                            DESCRIPTOR_PAGES_MAX);
  const tenon_page **list = arena_alloc(d->arena, (n + 1) * sizeof *list);
  tenon_page *pages = arena_alloc(d->arena, (n + 1) * sizeof *pages);
  if (!list || !pages)
    return descriptor_wrong(d, TR_SIZE, "Free some memory.",
                            "there is no memory to read its pages");
  c->d.pages = list;
  for (size_t i = 0; i < n; i++) {
    int err = read_page(d, from->pages[i], i, c, &pages[i]);
    if (err)
      return err;
    list[i] = &pages[i];
    c->n_pages = i + 1;
  }
  return 0;
}

static int
read_choices(struct descriptor_reader *d, tenon_field *to)
{
  const tenon_choice *from = to->choices;
  size_t n = 0;
  while (from && n <= DESCRIPTOR_CHOICES_MAX && from[n].value)
    n++;
  if (n > DESCRIPTOR_CHOICES_MAX)
    return descriptor_wrong(d, TR_CHOICES, "End the choices with {0}.",
                            "it has more than %u choices", DESCRIPTOR_CHOICES_MAX);
  if (!from)
    return 0;
  tenon_choice *list = arena_alloc(d->arena, (n + 1) * sizeof *list);
  if (!list)
    return descriptor_wrong(d, TR_SIZE, "Free some memory.",
                            "there is no memory to read its choices");
  to->choices = list;
  for (size_t i = 0; i < n; i++) {
    int err =
        descriptor_text(d, "the value of a choice", from[i].value, true, NULL, &list[i].value);
    err = err ? err
              : descriptor_text(d, "the label of a choice", from[i].label, false, NULL,
                                &list[i].label);
    err =
        err ? err
            : descriptor_text(d, "the help of a choice", from[i].help, false, NULL, &list[i].help);
    if (err)
      return err;
    for (size_t j = 0; j < i; j++)
      if (strcmp(list[j].value, list[i].value) == 0)
        return descriptor_wrong(d, TR_CHOICES, "Give each choice a value of its own.",
                                "the choice '%.80s' stands twice", list[i].value);
  }
  return 0;
}

static int
read_field(struct descriptor_reader *d, const tenon_field *from, size_t i, struct connector *c,
           tenon_field *to)
{
  (void)snprintf(d->place, sizeof d->place, "connector %s, field %zu", c->d.id, i + 1);
  int err = descriptor_struct(d, "the field", from, FIELD_FLOOR, to, sizeof *to);
  err = err ? err : descriptor_text(d, "its key", to->key, true, grammar_key, &to->key);
  if (err)
    return err;
  (void)snprintf(d->place, sizeof d->place, "connector %s, field %s", c->d.id, to->key);
  to->size = sizeof *to;
  err = descriptor_text(d, "its page", to->page, true, grammar_key, &to->page);
  err = err ? err : descriptor_text(d, "its label", to->label, true, NULL, &to->label);
  err = err ? err : descriptor_text(d, "its help", to->help, false, NULL, &to->help);
  err = err ? err : descriptor_text(d, "its link", to->link, false, grammar_link, &to->link);
  err = err ? err : descriptor_text(d, "its preset", to->preset, false, NULL, &to->preset);
  err = err ? err : descriptor_text(d, "its when", to->when, false, NULL, &to->when);
  err = err ? err : descriptor_text(d, "its pattern", to->pattern, false, NULL, &to->pattern);
  err = err ? err
            : descriptor_text(d, "its browse", to->browse, false, grammar_check_id, &to->browse);
  err = err ? err : descriptor_text(d, "its replaces", to->replaces, false, NULL, &to->replaces);
  err = err ? err : read_choices(d, to);
  return err ? err : descriptor_field_judge(d, c, to);
}

static int
read_fields(struct descriptor_reader *d, const tenon_connector *from, struct connector *c)
{
  size_t n = list_length((const void *const *)from->fields, DESCRIPTOR_FIELDS_MAX);
  if (n > DESCRIPTOR_FIELDS_MAX)
    return descriptor_wrong(d, TR_FIELDS, "End the list with NULL.", "it has more than %u fields",
                            DESCRIPTOR_FIELDS_MAX);
  const tenon_field **list = arena_alloc(d->arena, (n + 1) * sizeof *list);
  tenon_field *fields = arena_alloc(d->arena, (n + 1) * sizeof *fields);
  if (!list || !fields)
    return descriptor_wrong(d, TR_SIZE, "Free some memory.",
                            "there is no memory to read its fields");
  c->d.fields = list;
  for (size_t i = 0; i < n; i++) {
    int err = read_field(d, from->fields[i], i, c, &fields[i]);
    if (err)
      return err;
    list[i] = &fields[i];
    c->n_fields = i + 1;
  }
  return 0;
}

int
descriptor_form(struct descriptor_reader *d, const tenon_connector *from, struct connector *c)
{
  int err = read_pages(d, from, c);
  return err ? err : read_fields(d, from, c);
}
