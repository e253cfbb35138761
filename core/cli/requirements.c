// SPDX-License-Identifier: Apache-2.0
/* "Which account do I ask for?" is the question before the first one of the wizard, and it is asked by people who have
 * no account yet. So it is answered from the note alone. */
#include "core/cli/requirements.h"

#include <string.h>

#include "core/json/json.h"
#include "core/model/answer.h"
#include "core/report/flow.h"

#define REQUIREMENTS_MAX (1u << 20) /* of what is written of one connector */

static void
put_one(struct buf *b, const tenon_requirement *r)
{
  CLEANUP_BUF struct buf words = BUF_INIT(REQUIREMENTS_MAX);

  if (r->when)
    (void)when_put_words(&words, r->when);
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "title", r->title);
  (void)json_put_member(b, "detail", r->detail);
  (void)json_put_member(b, "needs", r->needs);
  (void)json_put_member(b, "when", r->when);
  (void)json_put_member(b, "applies", r->when ? buf_text(&words) : NULL);
  (void)buf_putc(b, '}');
}

void
requirements_put_json(struct buf *b, const tenon_plugin_info *p)
{
  if (!p->n_requirements)
    return;
  (void)json_put_key(b, "requirements");
  (void)buf_putc(b, '[');
  for (size_t i = 0; i < p->n_requirements; i++) {
    (void)buf_puts(b, i ? "," : "");
    put_one(b, &p->requirements[i]);
  }
  (void)buf_putc(b, ']');
}

static void
put_line(struct buf *b, const struct report_style *s, enum colour colour, size_t indent,
         const char *label, const char *text)
{
  if (!text || !*text)
    return;
  blanks_put(b, indent);
  colour_on(b, s, colour);
  (void)buf_puts(b, label);
  (void)flow_put(b, s, indent + text_columns(label), indent, text);
  colour_off(b, s, colour);
  (void)buf_putc(b, '\n');
}

static void
put_text(struct buf *b, const struct report_style *s, const tenon_plugin_info *p)
{
  CLEANUP_FREE char *head = text_printf("%s: what the account needs", p->name ? p->name : p->id);

  put_line(b, s, COLOUR_BOLD, 0, "", head);
  for (size_t i = 0; i < p->n_requirements; i++) {
    const tenon_requirement *r = &p->requirements[i];
    CLEANUP_BUF struct buf words = BUF_INIT(REQUIREMENTS_MAX);
    if (r->when)
      (void)when_put_words(&words, r->when);
    (void)buf_putc(b, '\n');
    put_line(b, s, COLOUR_BOLD, 2, "", r->title);
    put_line(b, s, COLOUR_NONE, 4, "only ", buf_text(&words));
    put_line(b, s, COLOUR_NONE, 4, "", r->detail);
    put_line(b, s, COLOUR_NONE, 4, "given by: ", r->needs);
  }
}

int
requirements_print(struct cli *cli, const tenon_plugin_info *p)
{
  CLEANUP_BUF struct buf b = BUF_INIT(REQUIREMENTS_MAX);
  struct report_style style = cli_style(cli);

  style.width = style.width ? style.width : REPORT_WIDTH;
  if (strncmp(cli->format, "json", 4) == 0) {
    (void)buf_putc(&b, '{');
    (void)json_put_member(&b, "id", p->id);
    (void)json_put_member(&b, "name", p->name);
    (void)json_put_member(&b, "version", p->version);
    requirements_put_json(&b, p);
    (void)buf_puts(&b, "}\n");
  } else if (p->n_requirements) {
    put_text(&b, &style, p);
  } else {
    cli_talk(cli, "%s does not say what an account needs. Its fields: tenon plugin info %s",
             p->name ? p->name : p->id, p->id);
  }
  return cli_write(cli, buf_text(&b), b.len) ? STATUS_PASSED : STATUS_ENVIRONMENT;
}
