// SPDX-License-Identifier: Apache-2.0
/* A declared form with answers in it: which value counts, which fields apply, which page comes next. Shared by the
 * reducer and by what builds a worker's settings, so that what the person saw is what the plugin gets. */
#ifndef CORE_WIZARD_FORM_H
#define CORE_WIZARD_FORM_H

#include <stdbool.h>

#include "core/model/answer.h"
#include "core/model/connector.h"

#define FORM_WHEN_DEPTH_MAX 16u /* fields whose `when` hang on one another; deeper ones apply */

struct form {
  const struct connector *c,
      *owner; /* owner: of a probe's form, whose presets count first; or NULL */
  const char *(*answer)(void *user, const char *key); /* NULL: none */
  bool (*secret_set)(void *user, const char *key);    /* NULL: no secrets */
  void *user;
};

/* The answer, else the preset; NULL: neither. "" is an answer. For a secret that is set "set". */
const char *form_value(const struct form *f, const tenon_field *field);
/* Does its `when` hold? A field that does not apply counts as empty for others. */
bool form_applies(const struct form *f, const tenon_field *field);

/* Pages: a connector without any has one, "Admin's credentials". Fields of a page that is not declared stand on the
 * first. */
size_t form_pages(const struct connector *c);
const tenon_page *form_page(const struct connector *c, size_t i);
size_t form_page_of(const struct connector *c, const tenon_field *field);
/* Index of a page by id, or form_pages(). */
size_t form_page_find(const struct connector *c, const char *id);
/* Has it a field that applies? */
bool form_page_shown(const struct form *f, size_t page);

/* The field by key, or the one whose `replaces` names it; NULL: none. */
const tenon_field *form_field(const struct connector *c, const char *key);

/* The field whose browse finds subjects to act as: of the fields that can be browsed the first that is not required,
 * else the first; NULL: none, or the connector cannot impersonate. */
const tenon_field *form_subject_field(const struct connector *c);

/* A name for the connection from its answers: the domain of a mail address, else of a server, else the connector's id.
 * Within the grammar of names. */
#define FORM_NAME_SIZE 65u
void form_derive_name(const struct form *f, char name[static FORM_NAME_SIZE]);
bool form_name_valid(const char *name);

#endif
