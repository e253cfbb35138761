// SPDX-License-Identifier: Apache-2.0
/* The module, its connectors against the note, and the identity of the one that is asked for. */
#include "core/module/descriptor.h"

#include <stdio.h>
#include <string.h>

#include "core/model/answer.h"
#include "core/module/descriptor_reader.h"
#include "core/module/grammar.h"
#include "core/module/rules.h"

/* Sizes in ABI 1.0: up to and with the last member of then. */
#define MODULE_FLOOR    (offsetof(tenon_module, connectors) + sizeof(void *))
#define CONNECTOR_FLOOR (offsetof(tenon_connector, extension) + sizeof(void *))

#define ROLES_KNOWN (TENON_SOURCE | TENON_TARGET)

static int
read_identity(struct descriptor_reader *d, const tenon_connector *from, tenon_connector *to)
{
  *to = (tenon_connector){.size = sizeof *to,
                          .flags = from->flags,
                          .roles = from->roles & ROLES_KNOWN,
                          .schema = from->schema};
  int err = descriptor_text(d, "its id", from->id, true, grammar_connector_id, &to->id);
  if (err)
    return err;
  (void)snprintf(d->place, sizeof d->place, "connector %s", to->id);
  err = descriptor_text(d, "its version", from->version, true, grammar_version, &to->version);
  err = err ? err : descriptor_text(d, "its name", from->name, true, NULL, &to->name);
  err = err ? err : descriptor_text(d, "its summary", from->summary, true, NULL, &to->summary);
  err = err ? err : descriptor_text(d, "its vendor", from->vendor, false, NULL, &to->vendor);
  err =
      err ? err
          : descriptor_text(d, "its docs_url", from->docs_url, false, grammar_link, &to->docs_url);
  err = err ? err
            : descriptor_text(d, "its family", from->family, false, grammar_family, &to->family);
  err = err ? err
            : descriptor_text(d, "its retires", from->retires, false, grammar_date, &to->retires);
  return err ? err
             : descriptor_text(d, "its successor", from->successor, false, grammar_connector_id,
                               &to->successor);
}

static int
compare(struct descriptor_reader *d, const char *what, const char *descriptor, const char *note)
{
  if (descriptor == note || (descriptor && note && strcmp(descriptor, note) == 0))
    return 0;
  return descriptor_wrong(
      d, TR_EQUAL, "Write the same into TENON_NOTE and into the connector, and build again.",
      "the note differs: its %s is \"%s\" in the note and \"%s\" in the descriptor", what,
      note ? note : "(absent)", descriptor ? descriptor : "(absent)");
}

static const char *
role_names(uint32_t roles)
{
  static const char *const names[] = {"(none)", "source", "target", "source, target"};
  return names[roles & ROLES_KNOWN];
}

static int
compare_note(struct descriptor_reader *d, const tenon_connector *c, const struct note_connector *n)
{
  int err = compare(d, "version", c->version, n->version);
  err = err ? err : compare(d, "name", c->name, n->name);
  err = err ? err : compare(d, "summary", c->summary, n->summary);
  err = err ? err : compare(d, "family", c->family, n->family);
  err = err ? err : compare(d, "retires", c->retires, n->retires);
  err = err ? err : compare(d, "successor", c->successor, n->successor);
  err = err ? err : compare(d, "roles", role_names(c->roles), role_names(n->roles));
  return err ? err
             : compare(d, "kind", c->flags & TENON_PROBE ? "probe" : "connector",
                       n->probe ? "probe" : "connector");
}

static int
read_names(struct descriptor_reader *d, const char *what, const char *const *from,
           bool (*good)(const char *), const char *const **ret)
{
  size_t n = 0;
  while (from && n <= DESCRIPTOR_NAMES_MAX && from[n])
    n++;
  if (n > DESCRIPTOR_NAMES_MAX)
    return descriptor_wrong(d, TR_GRAMMAR, "End the list with NULL.", "it %s more than %u things",
                            what, DESCRIPTOR_NAMES_MAX);
  const char **list = arena_alloc(d->arena, (n + 1) * sizeof *list);
  if (!list)
    return descriptor_wrong(d, TR_SIZE, "Free some memory.",
                            "there is no memory to read what it %s", what);
  for (size_t i = 0; i < n; i++) {
    int err = descriptor_text(d, what, from[i], true, good, &list[i]);
    if (err)
      return err;
  }
  *ret = from ? list : NULL;
  return 0;
}

static uint32_t
hook_bits(const tenon_connector *c)
{
  return (c->verify ? HOOK_VERIFY : 0) | (c->suggest ? HOOK_SUGGEST : 0) |
         (c->impersonate ? HOOK_IMPERSONATE : 0) | (c->browse ? HOOK_BROWSE : 0) |
         (c->configure ? HOOK_CONFIGURE : 0);
}

static int
read_connector(struct descriptor_reader *d, const tenon_connector *live,
               const tenon_connector *identity, struct connector *c)
{
  c->d = *identity;
  if (!live->open || !live->close || !live->verify)
    return descriptor_wrong(d, TR_HOOKS, "Fill in all three; only the others may be NULL.",
                            "it has no %s hook",
                            !live->open    ? "open"
                            : !live->close ? "close"
                                           : "verify");
  c->hooks = hook_bits(live);
  int err = read_names(d, "runs", live->runs, grammar_family, &c->d.runs);
  err = err ? err : read_names(d, "asks", live->asks, grammar_check_id, &c->d.asks);
  return err ? err : descriptor_form(d, live, c);
}

/* A requirement that depends on an answer names a field of the form. */
static int
judge_requirements(struct descriptor_reader *d, const struct connector *c,
                   const struct note_connector *said)
{
  struct when_term t;
  for (size_t i = 0; i < said->n_requirements; i++)
    for (const char *p = said->requirements[i].when; p && (p = when_next(p, &t));) {
      const tenon_field *field = connector_field(c, t.key);
      if (!field || field->type == TENON_SECRET)
        return descriptor_wrong(d, TR_EQUAL, "Let \"when\" ask about a field of this connector.",
                                "requirement %zu of the note asks about '%s', which is %s", i + 1,
                                t.key, field ? "a secret" : "no field");
    }
  return 0;
}

/* Every connector is held to the note; the one asked for is copied. */
static int
read_list(struct descriptor_reader *d, const tenon_module *m, const struct note *note,
          const char *id, struct connector *c, tenon_connector *live)
{
  const struct note_connector *seen[DESCRIPTOR_CONNECTORS_MAX + 1];
  size_t n = 0;
  bool found = false;
  for (; n <= DESCRIPTOR_CONNECTORS_MAX && m->connectors && m->connectors[n]; n++) {
    tenon_connector theirs, identity;
    (void)snprintf(d->place, sizeof d->place, "connector %zu of the module", n + 1);
    int err = descriptor_struct(d, "the connector", m->connectors[n], CONNECTOR_FLOOR, &theirs,
                                sizeof theirs);
    err = err ? err : read_identity(d, &theirs, &identity);
    if (err)
      return err;
    const struct note_connector *said = note_find(note, identity.id);
    if (!said)
      return descriptor_wrong(d, TR_EQUAL, "Add it to TENON_NOTE.", "the note does not mention it");
    for (size_t i = 0; i < n; i++)
      if (seen[i] == said)
        return descriptor_wrong(d, TR_EQUAL, "Give each connector an id of its own.",
                                "its id is used before");
    seen[n] = said;
    err = compare_note(d, &identity, said);
    if (!err && strcmp(identity.id, id) == 0) {
      found = true;
      *live = theirs;
      err = read_connector(d, &theirs, &identity, c);
      err = err ? err : judge_requirements(d, c, said);
    }
    if (err)
      return err;
  }
  (void)snprintf(d->place, sizeof d->place, "the module");
  if (n != note->n_connectors)
    return descriptor_wrong(d, TR_EQUAL, "List the same connectors in both.",
                            "the note lists %zu connectors and the descriptor %zu",
                            note->n_connectors, n);
  return found ? 0
               : descriptor_wrong(d, TR_CONNECTOR, "tenon plugin list shows what there is.",
                                  "it has no connector '%.80s'", id);
}

int
descriptor_read(const tenon_module *module, const struct note *note, const char *id,
                struct connector **ret, tenon_connector *ret_live, struct refusal *r)
{
  struct arena arena = ARENA_INIT;
  struct descriptor_reader d = {.arena = &arena, .r = r, .place = "the module"};
  tenon_module m;
  tenon_connector live;
  struct connector *c = arena_alloc(&arena, sizeof *c);

  int err = c ? descriptor_struct(&d, "tenon_module", module, MODULE_FLOOR, &m, sizeof m)
              : descriptor_wrong(&d, TR_SIZE, "Free some memory.", "there is no memory to read it");
  if (!err && m.major != TENON_ABI_MAJOR)
    err = descriptor_wrong(&d, TR_ABI_MAJOR, "Export tenon_entry_1 from a build against this ABI.",
                           "it says ABI %u, this host speaks %u", m.major, TENON_ABI_MAJOR);
  err = err ? err : read_list(&d, &m, note, id, c, &live);
  if (err) {
    arena_finish(&arena);
    return err;
  }
  c->arena = arena;
  *ret = c;
  *ret_live = live;
  return 0;
}

int
descriptor_judge(const struct connector *c, struct refusal *r)
{
  CLEANUP_ARENA struct arena arena = ARENA_INIT;
  struct descriptor_reader d = {.arena = &arena, .r = r, .place = "the connector"};
  tenon_connector identity;
  struct connector copy = {.n_pages = 0};

  int err = read_identity(&d, &c->d, &identity);
  copy.d = identity;
  err = err ? err : read_names(&d, "runs", c->d.runs, grammar_family, &copy.d.runs);
  err = err ? err : read_names(&d, "asks", c->d.asks, grammar_check_id, &copy.d.asks);
  return err ? err : descriptor_form(&d, &c->d, &copy);
}
