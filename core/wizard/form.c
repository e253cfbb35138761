// SPDX-License-Identifier: Apache-2.0
/* The rule that makes conditions predictable: a field that does not apply counts as empty for the conditions of others,
 * so that a choice left over from another branch of the form brings no field back. */
#include "core/wizard/form.h"

#include <string.h>

struct lookup {
  const struct form *f;
  unsigned depth;
};

static bool applies_at(const struct form *f, const tenon_field *field, unsigned depth);

static const char *
preset_of(const struct connector *c, const tenon_field *field)
{
  const tenon_field *same = c ? connector_field(c, field->key) : NULL;
  return same && same->type != TENON_SECRET ? same->preset : NULL;
}

const char *
form_value(const struct form *f, const tenon_field *field)
{
  if (field->type == TENON_SECRET)
    return f->secret_set && f->secret_set(f->user, field->key) ? "set" : NULL;
  const char *answer = f->answer(f->user, field->key);
  if (answer)
    return answer;
  const char *preset = preset_of(f->owner, field);
  return preset ? preset : field->preset;
}

static const char *
look_up(void *user, const char *key)
{
  const struct lookup *l = user;
  const tenon_field *field = connector_field(l->f->c, key);

  if (!field)
    return l->f->answer(l->f->user, key);
  return applies_at(l->f, field, l->depth + 1) ? form_value(l->f, field) : "";
}

static bool
applies_at(const struct form *f, const tenon_field *field, unsigned depth)
{
  if (!field->when || depth > FORM_WHEN_DEPTH_MAX)
    return true;
  struct lookup l = {f, depth};
  return when_holds(field->when, look_up, &l);
}

bool
form_applies(const struct form *f, const tenon_field *field)
{
  return applies_at(f, field, 0);
}

/* ---- pages ------------------------------------------------------------------------------------------------------- */

static const tenon_page only_page = {sizeof only_page,      0,    "credentials",
                                     "Admin's credentials", NULL, NULL};

size_t
form_pages(const struct connector *c)
{
  return c->n_pages ? c->n_pages : 1;
}

const tenon_page *
form_page(const struct connector *c, size_t i)
{
  return c->n_pages ? c->d.pages[i] : &only_page;
}

size_t
form_page_find(const struct connector *c, const char *id)
{
  size_t i = 0;

  while (i < form_pages(c) && strcmp(form_page(c, i)->id, id) != 0)
    i++;
  return i;
}

size_t
form_page_of(const struct connector *c, const tenon_field *field)
{
  size_t i = field->page ? form_page_find(c, field->page) : 0;
  return i < form_pages(c) ? i : 0;
}

bool
form_page_shown(const struct form *f, size_t page)
{
  for (size_t i = 0; i < f->c->n_fields; i++)
    if (form_page_of(f->c, f->c->d.fields[i]) == page && form_applies(f, f->c->d.fields[i]))
      return true;
  return false;
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

static bool
list_has(const char *list, const char *word)
{
  size_t n = strlen(word);

  for (const char *at = list; at && *at;) {
    while (*at == ',' || *at == ' ')
      at++;
    size_t len = strcspn(at, ", ");
    if (len == n && strncmp(at, word, n) == 0)
      return true;
    at += len;
  }
  return false;
}

const tenon_field *
form_field(const struct connector *c, const char *key)
{
  const tenon_field *field = connector_field(c, key);

  for (size_t i = 0; !field && i < c->n_fields; i++)
    if (c->d.fields[i]->replaces && list_has(c->d.fields[i]->replaces, key))
      field = c->d.fields[i];
  return field;
}

const tenon_field *
form_subject_field(const struct connector *c)
{
  const tenon_field *found = NULL;

  if (!(c->hooks & HOOK_IMPERSONATE))
    return NULL;
  for (size_t i = 0; i < c->n_fields; i++) {
    const tenon_field *field = c->d.fields[i];
    if (!field->browse || field->type == TENON_SECRET)
      continue;
    if (!(field->flags & TENON_REQUIRED))
      return field;
    if (!found)
      found = field;
  }
  return found;
}

/* ---- a name ------------------------------------------------------------------------------------------------------ */

static bool
is_name_first(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool
form_name_valid(const char *name)
{
  if (!is_name_first(*name))
    return false;
  size_t n = 1;
  while (is_name_first(name[n]) || (name[n] && strchr("._-", name[n])))
    n++;
  return !name[n] && n < FORM_NAME_SIZE;
}

/* Writes what of the text fits a name, to the first of `ends`. */
static void
take_name(const char *text, const char *ends, char name[static FORM_NAME_SIZE])
{
  size_t n = 0;

  for (; *text && !strchr(ends, *text) && n + 1 < FORM_NAME_SIZE; text++) {
    char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
    if (is_name_first(c) || (n && (c == '-' || c == '_')))
      name[n++] = c;
  }
  name[n] = '\0';
}

/* "https://mail.contoso.example/x" -> "contoso"; an address in numbers has no name. */
static void
name_of_host(const char *text, char name[static FORM_NAME_SIZE])
{
  const char *host = strstr(text, "://");
  host = host ? host + 3 : text;
  size_t len = strcspn(host, "/:");
  size_t first = strcspn(host, "./:");

  name[0] = '\0';
  if (first == len || strspn(host, "0123456789.") >= len)
    return;
  if (memchr(host + first + 1, '.', len - first - 1))
    host += first + 1;
  take_name(host, "./:", name);
}

static bool
name_from(const struct form *f, const tenon_field *field, bool mail,
          char name[static FORM_NAME_SIZE])
{
  bool is_mail = field->type == TENON_EMAIL;
  bool is_host = field->type == TENON_URL || strcmp(field->key, "server") == 0;
  const char *value = f->answer(f->user, field->key);

  if (!value || (mail ? !is_mail : !is_host) || !form_applies(f, field))
    return false;
  const char *at = mail ? strrchr(value, '@') : NULL;
  if (mail && at)
    take_name(at + 1, ".", name);
  else if (!mail)
    name_of_host(value, name);
  return form_name_valid(name);
}

void
form_derive_name(const struct form *f, char name[static FORM_NAME_SIZE])
{
  for (int mail = 1; mail >= 0; mail--)
    for (size_t i = 0; i < f->c->n_fields; i++) {
      name[0] = '\0';
      if (name_from(f, f->c->d.fields[i], mail, name))
        return;
    }
  take_name(f->c->d.id, "", name);
}
