// SPDX-License-Identifier: Apache-2.0
/* The rule: an answer goes along when both forms call it shared and of one type, and when the new form takes it. What the
 * new connector had of its own goes before that: it was kept because the two were not the same. */
#include "core/cli/swap_plan.h"

#include <string.h>

#include "core/wizard/form.h"

#define KEPT_PREFIX                                                                                \
  "kept." /* what plugins keep is nobody's answer: it goes and comes with its connector */
#define WHY_MAX 4096u

static bool
is_kept(const char *key)
{
  return strncmp(key, KEPT_PREFIX, sizeof KEPT_PREFIX - 1) == 0;
}

/* ---- what was given -------------------------------------------------------------------------------------------------- */

static const char *
given_text(const struct swap_plan *plan, const char *key)
{
  return json_text(plan->given, key);
}

/* The next key of --secret or --secret-cmd, whose length goes to *ret_len; NULL at the end. */
static const char *
given_secret_key(const struct swap_plan *plan, size_t *at, size_t *ret_len)
{
  while (plan->args && *at < plan->args->n_options) {
    const struct args_option *o = &plan->args->options[(*at)++];
    if (strcmp(o->spec->name, "secret") != 0 && strcmp(o->spec->name, "secret-cmd") != 0)
      continue;
    *ret_len = strcspn(o->value, "=");
    return o->value;
  }
  return NULL;
}

static bool
is_given_secret(const struct swap_plan *plan, const char *key)
{
  size_t at = 0, len = 0;
  const char *one;

  while ((one = given_secret_key(plan, &at, &len)))
    if (strlen(key) == len && strncmp(one, key, len) == 0)
      return true;
  return false;
}

static bool
is_given(const struct swap_plan *plan, const char *key, bool secret)
{
  return secret ? is_given_secret(plan, key) : given_text(plan, key) != NULL;
}

/* ---- the answers as they will be ----------------------------------------------------------------------------------- */

const struct swap_item *
swap_plan_find(const struct swap_plan *plan, const char *key)
{
  const struct swap_item *found = NULL;

  for (size_t i = 0; i < plan->n_items; i++) {
    const struct swap_item *item = &plan->items[i];
    if (strcmp(item->key, key) == 0 &&
        (item->fate == FATE_RESTORED || (item->fate == FATE_CARRIED && !found)))
      found = item;
  }
  return found;
}

static const char *
answer_of(void *user, const char *key)
{
  const struct swap_plan *plan = user;
  const char *given = given_text(plan, key);
  const struct swap_item *item = given ? NULL : swap_plan_find(plan, key);

  return item ? item->text : given;
}

static bool
secret_of(void *user, const char *key)
{
  const struct swap_plan *plan = user;
  const struct swap_item *item = swap_plan_find(plan, key);

  return is_given_secret(plan, key) || (item && item->secret);
}

/* ---- item by item ---------------------------------------------------------------------------------------------------- */

static struct swap_item *
add(struct swap_plan *plan, const char *key, const char *text, bool secret)
{
  struct swap_item *items = realloc(plan->items, (plan->n_items + 1) * sizeof *items);

  if (!items)
    return NULL;
  plan->items = items;
  items[plan->n_items] = (struct swap_item){.key = key, .text = text, .secret = secret};
  return &items[plan->n_items++];
}

static bool
is_secret(const tenon_field *field)
{
  return field->type == TENON_SECRET;
}

static const char *
text_in(struct swap_plan *plan, const struct buf *b)
{
  const char *copy = arena_text(&plan->arena, buf_text(b));
  return copy ? copy : "";
}

/* NULL: the new form takes it. Else why not. */
static const char *
why_not(struct swap_plan *plan, const tenon_field *new, const char *text, bool secret)
{
  CLEANUP_BUF struct buf value = BUF_INIT(ANSWER_BYTES_MAX), why = BUF_INIT(WHY_MAX);

  if (is_secret(new) != secret)
    return "of another kind there";
  return secret || answer_check(new, text, &value, &why) ? NULL : text_in(plan, &why);
}

static bool
has_own(const struct swap_plan *plan, const char *key, bool secret)
{
  return plan->back && (secret ? connection_secret_id(plan->back, key) != NULL
                               : connection_get(plan->back, key) != NULL);
}

static const char *
why_dropped(struct swap_plan *plan, const char *key, const char *text, bool secret)
{
  const tenon_field *old = connector_field(plan->from, key), *new = connector_field(plan->to, key);

  if (!new || !(new->flags &TENON_SHARED) || !old || !(old->flags & TENON_SHARED))
    return "its own";
  if (old->type != new->type)
    return "of another kind there";
  if (is_given(plan, key, secret) && (secret || strcmp(given_text(plan, key), text) != 0))
    return "another one was given";
  if (has_own(plan, key, secret))
    return "another one was kept";
  return why_not(plan, new, text, secret);
}

static const char *
label_of(const struct connector *c, const char *key)
{
  const tenon_field *field = connector_field(c, key);
  return field ? field->label : NULL;
}

static bool
add_own(struct swap_plan *plan, const char *key, const char *text, bool secret)
{
  struct swap_item *item = is_kept(key) ? NULL : add(plan, key, text, secret);

  if (!item)
    return is_kept(key);
  item->label = label_of(plan->from, key);
  item->why = why_dropped(plan, key, text, secret);
  item->fate = item->why ? FATE_DROPPED : FATE_CARRIED;
  return true;
}

/* What is left from before and is no answer any more goes. */
static bool
add_back(struct swap_plan *plan, const char *key, const char *text, bool secret)
{
  const tenon_field *field = connector_field(plan->to, key);

  if (is_kept(key) || !field || is_given(plan, key, secret) || why_not(plan, field, text, secret))
    return true;
  struct swap_item *item = add(plan, key, text, secret);
  if (!item)
    return false;
  item->label = field->label;
  item->fate = FATE_RESTORED;
  return true;
}

static bool
add_all(struct swap_plan *plan, const struct connection *c,
        bool (*one)(struct swap_plan *, const char *, const char *, bool))
{
  for (size_t i = 0; c && i < c->n_values; i++)
    if (!one(plan, c->values[i].key, c->values[i].value.ptr, false))
      return false;
  for (size_t i = 0; c && i < c->n_secrets; i++)
    if (!one(plan, c->secrets[i].key, NULL, true))
      return false;
  return true;
}

static void
mark_idle(struct swap_plan *plan, const struct form *form)
{
  for (size_t i = 0; i < plan->n_items; i++) {
    struct swap_item *item = &plan->items[i];
    const tenon_field *field = connector_field(plan->to, item->key);
    if (item->fate == FATE_DROPPED || !field || form_applies(form, field))
      continue;
    item->idle = true;
    item->why = "not asked for there with these answers";
  }
}

static bool
add_asked(struct swap_plan *plan, const struct form *form)
{
  for (size_t i = 0; i < plan->to->n_fields; i++) {
    const tenon_field *field = plan->to->d.fields[i];
    const char *value = form_value(form, field);
    if (!(field->flags & TENON_REQUIRED) || !form_applies(form, field) || (value && *value))
      continue;
    struct swap_item *item = add(plan, field->key, NULL, is_secret(field));
    if (!item)
      return false;
    item->label = field->label;
    item->fate = FATE_ASKED;
  }
  return true;
}

bool
swap_plan_make(struct swap_plan *plan)
{
  const struct form form = {plan->to, NULL, answer_of, secret_of, plan};

  if (!add_all(plan, plan->back, add_back) || !add_all(plan, plan->c, add_own))
    return false;
  mark_idle(plan, &form);
  return add_asked(plan, &form);
}

void
swap_plan_finish(struct swap_plan *plan)
{
  free(plan->items);
  arena_finish(&plan->arena);
}

static bool
is_of(const struct swap_item *item, enum swap_fate fate)
{
  return item->idle ? fate == FATE_DROPPED : item->fate == fate;
}

size_t
swap_plan_count(const struct swap_plan *plan, enum swap_fate fate)
{
  size_t n = 0;

  for (size_t i = 0; i < plan->n_items; i++)
    n += is_of(&plan->items[i], fate);
  return n;
}

/* ---- what was given wrongly ------------------------------------------------------------------------------------------ */

static int
no_field(struct cli *cli, const struct swap_plan *plan, const char *key)
{
  struct suggestion s;

  suggest_init(&s, key);
  for (size_t i = 0; i < plan->to->n_fields; i++)
    suggest_offer(&s, plan->to->d.fields[i]->key);
  const char *near = suggest_best(&s);
  cli_error(cli, "%s has no field \"%s\".%s%s%s", plan->to->d.name, key,
            near ? " Did you mean \"" : "", near ? near : "", near ? "\"?" : "");
  return STATUS_USAGE;
}

static int
check_text(struct cli *cli, const struct swap_plan *plan, const char *key, const char *text)
{
  const tenon_field *field = connector_field(plan->to, key);
  CLEANUP_BUF struct buf value = BUF_INIT(ANSWER_BYTES_MAX), why = BUF_INIT(WHY_MAX);

  if (!field)
    return no_field(cli, plan, key);
  if (is_secret(field)) {
    cli_error(cli,
              "\"%s\" is a secret and is not taken from answers or --set. Use --secret %s=FILE",
              key, key);
    return STATUS_USAGE;
  }
  tenon_field lenient = *field; /* empty is missing, not wrong */
  lenient.flags &= ~TENON_REQUIRED;
  if (strlen(text) <= ANSWER_BYTES_MAX && answer_check(&lenient, text, &value, &why))
    return 0;
  cli_error(cli, "%s: %s", key, why.len ? buf_text(&why) : "That is too long.");
  return STATUS_USAGE;
}

int
swap_plan_check(struct cli *cli, const struct swap_plan *plan)
{
  const cJSON *item;
  const char *one;
  size_t at = 0, len = 0;
  int status = 0;

  cJSON_ArrayForEach(item, plan->given)
  {
    int wrong = check_text(cli, plan, item->string, cJSON_GetStringValue(item));
    status = status ? status : wrong;
  }
  while ((one = given_secret_key(plan, &at, &len))) {
    CLEANUP_FREE char *key = strndup(one, len);
    const tenon_field *field = key ? connector_field(plan->to, key) : NULL;
    if (key && (!field || !is_secret(field)))
      status = no_field(cli, plan, key);
  }
  return status;
}
