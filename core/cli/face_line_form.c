// SPDX-License-Identifier: Apache-2.0
/* A page, field by field. In a text field only ":b", ":q", ":?" and their like are commands, so that "b" can be an
 * answer; a secret is taken as it is typed. */
#include "core/cli/face_line.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/model/answer.h"

#define CHOICE_COLUMNS 24u

static bool
was_asked(const struct line_face *f, const char *key)
{
  const cJSON *item;

  cJSON_ArrayForEach(item, f->asked)
  {
    if (cJSON_IsString(item) && strcmp(item->valuestring, key) == 0)
      return true;
  }
  return false;
}

static void
ask_again(struct line_face *f, const char *key)
{
  const cJSON *item;
  int i = 0;

  cJSON_ArrayForEach(item, f->asked)
  {
    if (cJSON_IsString(item) && strcmp(item->valuestring, key) == 0)
      break;
    i++;
  }
  cJSON_DeleteItemFromArray(f->asked, i);
}

static const cJSON *
field_by(const struct line_face *f, const char *key)
{
  const cJSON *field;

  cJSON_ArrayForEach(field, json_array(f->view, "fields"))
  {
    const char *mine = json_text(field, "key");
    if (mine && strcmp(mine, key) == 0)
      return field;
  }
  return NULL;
}

/* The field that the person was sent to, else the first not asked yet; advanced ones when they were called for. */
static const cJSON *
next_field(const struct line_face *f)
{
  const char *focus = json_text(f->view, "focus");
  const cJSON *field;

  if (focus)
    return was_asked(f, focus) ? NULL : field_by(f, focus);
  cJSON_ArrayForEach(field, json_array(f->view, "fields"))
  {
    bool is_folded = json_bool(field, "advanced") && !f->advanced && !json_text(field, "problem") &&
                     !json_text(field, "mark");
    if (!is_folded && !was_asked(f, json_text(field, "key")))
      return field;
  }
  return NULL;
}

static int
folded_fields(const struct line_face *f)
{
  const cJSON *field;
  int n = 0;

  cJSON_ArrayForEach(field, json_array(f->view, "fields"))
  {
    if (json_bool(field, "advanced"))
      n++;
  }
  return f->advanced ? 0 : n;
}

/* ---- asking ------------------------------------------------------------------------------------------------------------ */

static bool
is_type(const cJSON *field, const char *type)
{
  const char *mine = json_text(field, "type");
  return mine && strcmp(mine, type) == 0;
}

static void
help(struct line_face *f, const cJSON *field)
{
  const char *text = json_text(field, "help"), *link = json_text(field, "link");

  line_tell(f, COLOUR_NONE, 2, "%s", text ? text : "There is no more to say about this.");
  if (link)
    line_tell(f, COLOUR_NONE, 2, "More: %s", link);
  line_tell(f, COLOUR_DIM, 2,
            "Enter keeps what stands in brackets.  :b back  :q quit  :- empty%s%s",
            json_bool(field, "can_browse") ? "  :l list" : "",
            folded_fields(f) ? "  :a advanced settings" : "");
}

/* What a person has to know to choose stands below the choice, where one line does not take it. */
static void
show_choice(struct line_face *f, const cJSON *choice, int n)
{
  const char *label = json_text(choice, "label"), *text = json_text(choice, "help");
  CLEANUP_FREE char *head = text_printf("  %d  %s", n, json_text(choice, "value"));
  size_t column = 2 + CHOICE_COLUMNS, columns = text_columns(label ? label : ""),
         more = text_columns(text ? text : "");
  bool fits = column + columns + 2 + more <= (f->style.width ? f->style.width : REPORT_WIDTH);

  line_row(f, COLOUR_NONE, head ? head : "", CHOICE_COLUMNS, "%s%s%s", label ? label : "",
           fits && label && text ? ": " : "", fits || !label ? (text ? text : "") : "");
  if (!fits && label && text)
    line_tell(f, COLOUR_DIM, column, "%s", text);
}

static void
show_choices(struct line_face *f, const cJSON *field)
{
  const cJSON *choice;
  int n = 0;

  cJSON_ArrayForEach(choice, json_array(field, "choices"))
  {
    show_choice(f, choice, ++n);
  }
  if (json_array(field, "offers")) {
    line_tell(f, COLOUR_DIM, 2, "Found:");
    f->list_at = 0;
    (void)line_offers(f, json_array(field, "offers"));
  }
}

/* Once for each field of a page: a secret is typed as it is, so that nobody could ask for help there. */
static void
show_help(struct line_face *f, const cJSON *field)
{
  const char *text = json_text(field, "help"), *key = json_text(field, "key");

  if (!text || !key || strcmp(f->helped, key) == 0)
    return;
  (void)snprintf(f->helped, sizeof f->helped, "%s", key);
  line_tell(f, COLOUR_DIM, 2, "%s", text);
}

static char *
prompt_for(const cJSON *field)
{
  const char *label = json_text(field, "label"), *value = json_text(field, "value"),
             *preset = json_text(field, "preset");
  const char *secret = json_text(field, "secret"), *mark = json_text(field, "mark");

  label = label ? label : json_text(field, "key");
  if (secret)
    return text_printf("%s%s: ", label,
                       strcmp(secret, "unset") == 0 ? " (not shown)"
                                                    : " (not shown) [set; Enter keeps it]");
  char room[ANSWER_SHOWN_MAX];
  value = value ? value : preset;
  if (value && *value)
    return text_printf("%s [%s]%s: ", label, answer_shown(value, room),
                       mark && strcmp(mark, "patched") == 0 ? " (found)" : "");
  return text_printf("%s: ", label);
}

static void
answer(struct line_face *f, const char *event, const char *key, const char *text)
{
  cJSON *made = cJSON_CreateObject();

  cJSON_AddStringToObject(made, "event", event);
  cJSON_AddStringToObject(made, "key", key);
  if (text)
    cJSON_AddStringToObject(made, "text", text);
  line_send_made(f, made);
}

/* The answer was taken unless the field now has a problem with what was typed. */
static void
settle(struct line_face *f, const char *key)
{
  const cJSON *field = field_by(f, key);
  const char *problem = json_text(field, "problem");

  if (problem)
    line_tell(f, COLOUR_YELLOW, 2, "! %s", problem);
  if (!problem)
    cJSON_AddItemToArray(f->asked, cJSON_CreateString(key));
}

static void
ask_secret(struct line_face *f, const char *key, const char *prompt)
{
  struct buf typed = BUF_INIT(LINE_TYPED_MAX);
  enum typed how = line_read(f, prompt, true, 0, &typed);

  bool is_cut = buf_failed(&typed);
  if (how != TYPED_LINE)
    line_nobody(f, how, key);
  else if (is_cut)
    line_tell(f, COLOUR_YELLOW, 2, "! That is too long.");
  else if (typed.len)
    answer(f, "secret", key, buf_text(&typed));
  buf_wipe(&typed);
  if (!f->over && !is_cut)
    settle(f, key);
}

static void
back(struct line_face *f)
{
  int n = cJSON_GetArraySize(f->asked);

  if (n) {
    cJSON_DeleteItemFromArray(f->asked, n - 1);
    return;
  }
  line_send(f, "back", NULL, NULL);
  line_problem(f);
}

static void
list(struct line_face *f, const char *key, const char *typed)
{
  cJSON *event = cJSON_CreateObject();

  cJSON_AddStringToObject(event, "event", "browse");
  cJSON_AddStringToObject(event, "key", key);
  cJSON_AddStringToObject(event, "typed", typed);
  line_send_made(f, event);
  if (f->over)
    return;
  line_problem(f);
  line_notes(f);
  f->list_at = 0;
  if (!line_offers(f, json_array(json_object(field_by(f, key), "browsed"), "offers")))
    line_tell(f, COLOUR_DIM, 2, "Nothing was found.");
}

/* True: the text was a command and has been carried out. */
static bool
command(struct line_face *f, const cJSON *field, const char *key, const char *text)
{
  if (strcmp(text, ":?") == 0 || strcmp(text, "?") == 0)
    help(f, field);
  else if (strcmp(text, ":b") == 0)
    back(f);
  else if (strcmp(text, ":q") == 0)
    line_quit(f);
  else if (strcmp(text, ":a") == 0)
    f->advanced = true;
  else if (strcmp(text, ":-") == 0)
    answer(f, "answer", key, "");
  else if (strncmp(text, ":l", 2) == 0 && json_bool(field, "can_browse"))
    list(f, key, text + 2 + strspn(text + 2, " "));
  else
    return false;
  return true;
}

/* "~/cert.pfx", as a shell would have it. NULL: it is no such path. */
static char *
from_home(const char *text)
{
  const char *home = text[0] == '~' && text[1] == '/' ? getenv("HOME") : NULL;

  return home ? text_printf("%s%s", home, text + 1) : NULL;
}

/* Said where it is typed: the verification would say it pages later. */
static bool
can_read(struct line_face *f, const char *path)
{
  if (answer_is_inline(path) || access(path, R_OK) == 0)
    return true;
  line_tell(f, COLOUR_YELLOW, 2, "! %s cannot be read: %s.", path, strerror(errno));
  return false;
}

static void
take_text(struct line_face *f, const cJSON *field, const char *key, const char *text)
{
  const char *picked = is_type(field, "int")
                           ? NULL
                           : line_pick(json_array(json_object(field, "browsed"), "offers"), text);

  if (!picked && !is_type(field, "int"))
    picked = line_pick(json_array(field, "offers"), text);
  bool is_path = !picked && (is_type(field, "file") || is_type(field, "path"));
  CLEANUP_FREE char *whole = is_path ? from_home(text) : NULL;
  text = whole ? whole : picked ? picked : text;
  if (is_type(field, "file") && !can_read(f, text))
    return;
  answer(f, "answer", key, text);
  if (!f->over)
    settle(f, key);
}

static void
ask_text(struct line_face *f, const cJSON *field, const char *key, const char *prompt)
{
  CLEANUP_BUF struct buf typed = BUF_INIT(LINE_TYPED_MAX);

  show_choices(f, field);
  enum typed how = line_read(f, prompt, false, 0, &typed);
  const char *text = buf_text(&typed);
  if (how != TYPED_LINE)
    line_nobody(f, how, key);
  else if (buf_failed(&typed))
    line_tell(f, COLOUR_YELLOW, 2, "! That is too long.");
  else if (command(f, field, key, text))
    return;
  else if (typed.len)
    take_text(f, field, key, text);
  else if (json_text(field, "typed"))
    answer(f, "unset", key, NULL); /* Enter after a wrong answer: back to what was there */
  else
    settle(f, key);
}

static void
ask_field(struct line_face *f, const cJSON *field)
{
  CLEANUP_FREE char *key = strdup(json_text(field, "key"));
  CLEANUP_FREE char *prompt = prompt_for(field);

  if (!key || !prompt) {
    f->over = true;
    f->status = STATUS_ENVIRONMENT;
    return;
  }
  show_help(f, field);
  if (json_text(field, "secret"))
    ask_secret(f, key, prompt);
  else
    ask_text(f, field, key, prompt);
}

/* ---- the page ------------------------------------------------------------------------------------------------------------ */

static void
introduce(struct line_face *f)
{
  const cJSON *page = json_object(f->view, "page");
  const char *retires = json_text(f->view, "retires"),
             *successor = json_text(f->view, "successor_name");

  if (retires)
    line_tell(f, COLOUR_YELLOW, 0, "! %s retires on %s%s%s.", json_text(f->view, "connector_name"),
              retires, successor ? "; its successor is " : "", successor ? successor : "");
  if (json_text(page, "help"))
    line_tell(f, COLOUR_NONE, 0, "%s", json_text(page, "help"));
  if (json_text(page, "link"))
    line_tell(f, COLOUR_DIM, 0, "More: %s", json_text(page, "link"));
  int folded = folded_fields(f);
  if (folded)
    line_tell(f, COLOUR_DIM, 0, "(:a asks for %d advanced setting%s too, :? helps)", folded,
              folded == 1 ? "" : "s");
  line_problem(f);
  line_notes(f);
}

/* What Next found wrong, or filled in on this very page, is asked again. */
static void
review(struct line_face *f)
{
  const cJSON *field;

  cJSON_ArrayForEach(field, json_array(f->view, "fields"))
  {
    const char *mark = json_text(field, "mark");
    bool is_found = mark && strcmp(mark, "patched") == 0;
    if (json_text(field, "problem"))
      line_tell(f, COLOUR_YELLOW, 0, "! %s", json_text(field, "problem"));
    if (json_text(field, "problem") || is_found)
      ask_again(f, json_text(field, "key"));
  }
}

static void
leave_page(struct line_face *f)
{
  char place[sizeof f->place];

  memcpy(place, f->place, sizeof place);
  if (json_text(f->view, "focus"))
    line_send(f, "goto", "page", "verification");
  else
    line_send(f, "next", NULL, NULL);
  if (f->over || !line_is(f, "form"))
    return;
  line_problem(f);
  review(f);
}

void
line_form(struct line_face *f)
{
  bool is_new = !cJSON_GetArraySize(f->asked);

  if (is_new)
    introduce(f);
  for (;;) {
    char place[sizeof f->place];
    memcpy(place, f->place, sizeof place);
    const cJSON *field = next_field(f);
    if (field)
      ask_field(f, field);
    else
      leave_page(f);
    if (f->over || !line_is(f, "form"))
      return;
    line_heading(f);
    if (strcmp(place, f->place) != 0)
      introduce(f);
  }
}
