// SPDX-License-Identifier: Apache-2.0
/* The plan of a swap as it is shown: to programs by keys, to people with what to do. */
#include <string.h>

#include "core/cli/swap_plan.h"
#include "core/model/answer.h"
#include "core/report/flow.h"
#include "core/report/table.h"

static bool
is_of(const struct swap_item *item, enum swap_fate fate)
{
  return item->idle ? fate == FATE_DROPPED : item->fate == fate;
}

static void
put_keys(struct buf *b, const struct swap_plan *plan, const char *name, enum swap_fate fate)
{
  const char *separator = "";

  (void)json_put_key(b, name);
  (void)buf_putc(b, '[');
  for (size_t i = 0; i < plan->n_items; i++) {
    if (!is_of(&plan->items[i], fate))
      continue;
    (void)buf_puts(b, separator);
    (void)json_put_text(b, plan->items[i].key, strlen(plan->items[i].key));
    separator = ",";
  }
  (void)buf_putc(b, ']');
}

void
swap_plan_put(struct buf *b, const struct swap_plan *plan)
{
  (void)json_put_member(b, "to", plan->to->d.id);
  put_keys(b, plan, "carried", FATE_CARRIED);
  put_keys(b, plan, "restored", FATE_RESTORED);
  put_keys(b, plan, "dropped", FATE_DROPPED);
  put_keys(b, plan, "asked", FATE_ASKED);
}

void
swap_plan_options(const struct swap_plan *plan, struct buf *ret)
{
  for (size_t i = 0; i < plan->n_items; i++) {
    const struct swap_item *item = &plan->items[i];
    if (item->fate == FATE_ASKED)
      (void)buf_printf(ret, " --%s %s=%s", item->secret ? "secret" : "set", item->key,
                       item->secret ? "FILE" : "VALUE");
  }
}

/* ---- for people ------------------------------------------------------------------------------------------------------ */

static const char *
fate_text(const struct swap_item *item)
{
  if (item->idle || item->fate == FATE_DROPPED)
    return "kept aside";
  return item->fate == FATE_CARRIED    ? "carried"
         : item->fate == FATE_RESTORED ? "comes back"
                                       : "asked";
}

/* Its answer, or of what is kept aside why; of what is asked how to give it. */
static char *
describe(const struct swap_item *item)
{
  char room[ANSWER_SHOWN_MAX];
  const char *label = item->label ? item->label : item->key;

  if (item->fate == FATE_ASKED)
    return text_printf("%s: --%s %s=%s", label, item->secret ? "secret" : "set", item->key,
                       item->secret ? "FILE" : "VALUE");
  const char *shown = item->text ? answer_shown(item->text, room) : "(secret)";
  return item->why ? text_printf("%s  (%s)", shown, item->why) : text_printf("%s", shown);
}

static void
add_rows(struct table *t, const struct swap_plan *plan, enum swap_fate fate)
{
  for (size_t i = 0; i < plan->n_items; i++) {
    const struct swap_item *item = &plan->items[i];
    if (!is_of(item, fate))
      continue;
    CLEANUP_FREE char *text = describe(item);
    table_add(t, fate_text(item));
    table_add(t, item->key);
    table_add(t, text);
  }
}

void
swap_plan_print(struct cli *cli, const struct swap_plan *plan)
{
  struct table t = TABLE_INIT(3);
  CLEANUP_BUF struct buf b = BUF_INIT(STORE_FILE_MAX);
  struct report_style style = cli_style(cli);

  CLEANUP_FREE char *head =
      text_printf("Swap \"%s\": %s (%s) -> %s (%s)", plan->c->name, plan->from->d.name,
                  plan->from->d.id, plan->to->d.name, plan->to->d.id);
  (void)text_put_safe(&b, head ? head : "");
  (void)buf_putc(&b, '\n');
  table_add(&t, "WHAT");
  table_add(&t, "KEY");
  table_add(&t, "ANSWER");
  add_rows(&t, plan, FATE_CARRIED);
  add_rows(&t, plan, FATE_RESTORED);
  add_rows(&t, plan, FATE_DROPPED);
  add_rows(&t, plan, FATE_ASKED);
  if (t.n_cells == 3 || table_put(&t, &style, &b))
    (void)cli_write(cli, buf_text(&b), b.len);
  table_finish(&t);
}
