// SPDX-License-Identifier: Apache-2.0
/* The grammar of the note (docs/abi.md): few members, all of them checked, unknown ones skipped so that later plugins
 * stay readable. */
#include "core/module/note.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/json/json.h"
#include "core/model/answer.h"
#include "core/module/grammar.h"
#include "core/module/rules.h"
#include "tenon/plugin.h"

#define NEEDS_TEXT_MAX 4608u
#define EXEC_PREFIX    "exec:"
#define EXEC_PATH_MAX  4096u

static int
wrong(struct refusal *r, const char *what, const char *remedy)
{
  (void)refusal_say(r, TR_NOTE_GRAMMAR, "The note %s.", what);
  return refusal_mend(r, "%s", remedy);
}

/* A text member, printable and short, or NULL. What must not be NULL is looked at by the caller. */
static const char *
member(struct arena *a, const cJSON *object, const char *key)
{
  const char *text = json_text(object, key);
  size_t n = text ? strlen(text) : 0;
  return n > 0 && n <= NOTE_TEXT_MAX && utf8_printable(text, n) ? arena_text(a, text) : NULL;
}

static int
read_abi(struct note *n, const cJSON *root, struct refusal *r)
{
  const cJSON *abi = json_array(root, "abi");
  const cJSON *major = cJSON_GetArrayItem(abi, 0), *minor = cJSON_GetArrayItem(abi, 1);
  if (!cJSON_IsNumber(major) || !cJSON_IsNumber(minor) || cJSON_GetArraySize(abi) != 2 ||
      major->valuedouble < 0 || major->valuedouble > 1000 || minor->valuedouble < 0 ||
      minor->valuedouble > 1000)
    return wrong(r, "does not say its ABI", "Write \"abi\":[1,0] into the note.");
  n->abi_major = (uint32_t)major->valuedouble;
  n->abi_minor = (uint32_t)minor->valuedouble;
  if (n->abi_major == TENON_ABI_MAJOR)
    return 0;
  (void)refusal_say(r, TR_ABI_MAJOR, "It is built for ABI %u, this host speaks ABI %u.",
                    n->abi_major, TENON_ABI_MAJOR);
  return refusal_mend(r, "Install a %s tenon, or a build of the plugin for ABI %u.",
                      n->abi_major > TENON_ABI_MAJOR ? "newer" : "matching", TENON_ABI_MAJOR);
}

static bool
read_need(struct note *n, const char *need)
{
  if (strcmp(need, "net") == 0)
    return n->net = true;
  if (strcmp(need, "net+krb5") == 0)
    return n->net = n->krb5 = true;
  if (strncmp(need, EXEC_PREFIX, strlen(EXEC_PREFIX)) != 0 || n->exec)
    return false;
  const char *path = need + strlen(EXEC_PREFIX);
  if (path[0] != '/' || strlen(path) > EXEC_PATH_MAX || !utf8_printable(path, strlen(path)))
    return false;
  return (n->exec = arena_text(&n->arena, path)) != NULL;
}

static int
read_needs(struct note *n, const cJSON *root, struct refusal *r)
{
  static const char remedy[] =
      "Write \"needs\":[\"net\"]; known are net, net+krb5 and exec:/absolute/path.";
  CLEANUP_BUF struct buf text = BUF_INIT(NEEDS_TEXT_MAX);
  const cJSON *needs = json_array(root, "needs"), *item;
  if (!needs || cJSON_GetArraySize(needs) > (int)NOTE_NEEDS_MAX)
    return wrong(r, "does not say what it needs", remedy);
  cJSON_ArrayForEach(item, needs)
  {
    if (!cJSON_IsString(item) || !read_need(n, item->valuestring))
      return wrong(r, "needs something that this host does not know", remedy);
    if (text.len > 0)
      (void)buf_putc(&text, ' ');
    (void)buf_puts(&text, item->valuestring);
  }
  n->needs = arena_text(&n->arena, buf_text(&text));
  return n->needs && !buf_failed(&text) ? 0 : wrong(r, "needs too much", remedy);
}

static bool
read_roles(struct note_connector *c, const cJSON *object)
{
  const cJSON *item;
  cJSON_ArrayForEach(item, json_array(object, "roles"))
  {
    const char *word = cJSON_IsString(item) ? item->valuestring : "";
    uint32_t bit = strcmp(word, "source") == 0   ? TENON_SOURCE
                   : strcmp(word, "target") == 0 ? TENON_TARGET
                                                 : 0;
    if (bit == 0 || (c->roles & bit))
      return false;
    c->roles |= bit;
  }
  return c->roles != 0;
}

/* An optional member is either absent or good. */
static bool
optional(struct arena *a, const cJSON *object, const char *key, bool (*good)(const char *),
         const char **ret)
{
  if (!cJSON_GetObjectItemCaseSensitive(object, key))
    return true;
  *ret = member(a, object, key);
  return *ret && good(*ret);
}

static bool
is_text(const char *text)
{
  return *text;
}

static bool
read_requirement(struct arena *a, const cJSON *object, struct note_requirement *ret)
{
  ret->title = member(a, object, "title");
  return ret->title && optional(a, object, "detail", is_text, &ret->detail) &&
         optional(a, object, "needs", is_text, &ret->needs) &&
         optional(a, object, "when", when_valid, &ret->when);
}

static int
read_requirements(struct note *n, struct note_connector *c, const cJSON *object, struct refusal *r)
{
  const cJSON *list = json_array(object, "requirements"), *item;
  int count = cJSON_GetArraySize(list);

  if (!cJSON_GetObjectItemCaseSensitive(object, "requirements"))
    return 0;
  if (!list || count > (int)NOTE_REQUIREMENTS_MAX)
    return wrong(r, "has \"requirements\" that are no list, or more than 16",
                 "Write one to sixteen objects, or leave them out.");
  struct note_requirement *all = arena_alloc(&n->arena, ((size_t)count + 1) * sizeof *all);
  cJSON_ArrayForEach(item, list)
  {
    if (!all || !read_requirement(&n->arena, item, &all[c->n_requirements]))
      return wrong(r,
                   "has a requirement without a good \"title\", \"detail\", \"needs\" or \"when\"",
                   "Write a title, and what applies of the others: text of at most 512 bytes; "
                   "\"when\" is like \"auth == 'ticket'\".");
    c->n_requirements++;
  }
  c->requirements = all;
  return 0;
}

static int
read_connector(struct note *n, const cJSON *object, struct refusal *r)
{
  struct note_connector c = {.id = member(&n->arena, object, "id"),
                             .version = member(&n->arena, object, "version"),
                             .name = member(&n->arena, object, "name"),
                             .summary = member(&n->arena, object, "summary")};
  const char *kind = json_text(object, "kind");

  if (!c.id || !grammar_connector_id(c.id) || note_find(n, c.id))
    return wrong(r, "has a connector without a good \"id\" of its own",
                 "An id is [a-z][a-z0-9-]*, at most 63 bytes, unique.");
  if (!c.version || !grammar_version(c.version))
    return wrong(r, "has a connector without a good \"version\"", "Write one like \"1.2.0\".");
  if (!c.name || !c.summary)
    return wrong(r, "has a connector without \"name\" or \"summary\"",
                 "Write both, one line each, at most 512 bytes.");
  if (!read_roles(&c, object))
    return wrong(r, "has a connector without good \"roles\"",
                 "Write \"roles\":[\"source\",\"target\"], or one of them.");
  if (cJSON_GetObjectItemCaseSensitive(object, "kind") &&
      (!kind || (strcmp(kind, "probe") != 0 && strcmp(kind, "connector") != 0)))
    return wrong(r, "has a connector of an unknown \"kind\"", "Leave it out, or write \"probe\".");
  c.probe = kind && strcmp(kind, "probe") == 0;
  if (!optional(&n->arena, object, "family", grammar_family, &c.family) ||
      !optional(&n->arena, object, "retires", grammar_date, &c.retires) ||
      !optional(&n->arena, object, "retires_when", when_valid, &c.retires_when) ||
      !optional(&n->arena, object, "successor", grammar_connector_id, &c.successor))
    return wrong(
        r, "has a connector with a bad \"family\", \"retires\", \"retires_when\" or \"successor\"",
        "They look like \"example/1\", \"2027-04-01\", \"auth != 'ticket'\" and an id; leave out "
        "what "
        "does not apply.");
  int err = read_requirements(n, &c, object, r);
  if (!err)
    n->connectors[n->n_connectors++] = c;
  return err;
}

static int
read_connectors(struct note *n, const cJSON *root, struct refusal *r)
{
  const cJSON *list = json_array(root, "connectors"), *item;
  int count = cJSON_GetArraySize(list);
  if (count < 1 || count > (int)NOTE_CONNECTORS_MAX)
    return wrong(r, "lists no connectors, or more than 16",
                 "Write one to sixteen into \"connectors\".");
  cJSON_ArrayForEach(item, list)
  {
    int err = cJSON_IsObject(item) ? read_connector(n, item, r)
                                   : wrong(r, "lists what is no connector", "Write objects.");
    if (err)
      return err;
  }
  return 0;
}

int
note_parse(struct note *n, const char *json, size_t len, struct refusal *r)
{
  static const struct json_limits limits = {TENON_NOTE_BYTES, NOTE_DEPTH_MAX, NOTE_VALUES_MAX};
  const char *why = "";
  CLEANUP_JSON cJSON *root = json_parse(json, len, &limits, &why);

  *n = (struct note){0};
  if (!root) {
    (void)refusal_say(r, TR_NOTE, "The note is not one JSON object: %s.", why);
    return refusal_mend(
        r, "Quotes inside TENON_NOTE are written \\\"; compare with sdk/examples/example1.");
  }
  int err = read_abi(n, root, r);
  err = err ? err : read_needs(n, root, r);
  err = err ? err : read_connectors(n, root, r);
  if (err)
    note_finish(n);
  return err;
}

void
note_finish(struct note *n)
{
  arena_finish(&n->arena);
  *n = (struct note){0};
}

const struct note_connector *
note_find(const struct note *n, const char *id)
{
  for (size_t i = 0; i < n->n_connectors; i++)
    if (strcmp(n->connectors[i].id, id) == 0)
      return &n->connectors[i];
  return NULL;
}
