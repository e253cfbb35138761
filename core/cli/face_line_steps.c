// SPDX-License-Identifier: Apache-2.0
/* The steps around the form: choosing, Configuration, Verification with what to consider after it, Finish; and the
 * questions that plugins put while they run. */
#include "core/cli/face_line.h"

#include <string.h>
#include <strings.h>

static bool
is(const struct buf *typed, const char *word)
{
  return strcasecmp(buf_text(typed), word) == 0;
}

/* b, q and ? where nothing else can be meant; true: it was one. */
static bool
common(struct line_face *f, const struct buf *typed, const char *help)
{
  if (is(typed, "b") || is(typed, ":b"))
    line_send(f, "back", NULL, NULL);
  else if (is(typed, "q") || is(typed, ":q"))
    line_quit(f);
  else if (is(typed, "?") || is(typed, ":?"))
    line_tell(f, COLOUR_NONE, 2, "%s", help);
  else
    return false;
  if (!f->over)
    line_problem(f);
  return true;
}

/* ---- Target server -------------------------------------------------------------------------------------------------------- */

static const char *
connector_by(const struct line_face *f, const char *text)
{
  char *end = NULL;
  long wanted = strtol(text, &end, 10), n = 0;
  const cJSON *c;

  cJSON_ArrayForEach(c, json_array(f->view, "connectors"))
  {
    const char *id = json_text(c, "id"), *name = json_text(c, "name");
    if (json_text(c, "refused") || !id)
      continue;
    n++;
    if ((*text && !*end && n == wanted) || strcasecmp(id, text) == 0 ||
        (name && strcasecmp(name, text) == 0))
      return id;
  }
  return NULL;
}

/* "?2": what an account for the second needs. */
static bool
asks_needs(struct line_face *f, const struct buf *typed)
{
  const char *text = buf_text(typed);

  if (*text != '?' || !text[1])
    return false;
  const char *id = connector_by(f, text + 1 + strspn(text + 1, " "));
  if (id)
    line_requirements(f, id);
  else
    line_tell(f, COLOUR_YELLOW, 2, "! \"%s\" is none of them.", text + 1);
  return true;
}

void
line_choose(struct line_face *f)
{
  CLEANUP_BUF struct buf typed = BUF_INIT(LINE_TYPED_MAX);
  const char *now = json_text(f->view, "connector");
  const char *usual = now ? now : json_text(f->view, "usual");

  line_problem(f);
  line_connectors(f);
  CLEANUP_FREE char *prompt =
      text_printf("Choice%s%s%s: ", usual ? " [" : "", usual ? usual : "", usual ? "]" : "");
  do
    if (!line_command(f, prompt ? prompt : "Choice: ", &typed))
      return;
  while (asks_needs(f, &typed));
  if (common(f, &typed, "Type the number, the name or the id of the server to connect to."))
    return;
  const char *chosen = typed.len ? connector_by(f, buf_text(&typed)) : usual;
  if (!chosen) {
    line_tell(f, COLOUR_YELLOW, 2, "! \"%s\" is none of them.", buf_text(&typed));
    return;
  }
  CLEANUP_FREE char *copy = strdup(chosen);
  line_send(f, "choose", "connector", copy ? copy : "");
}

/* ---- Configuration ----------------------------------------------------------------------------------------------- */

static bool
has_steps(const struct line_face *f)
{
  return cJSON_GetArraySize(json_array(f->view, "plan")) > 0;
}

static void
plan_prompt(struct line_face *f, struct buf *prompt)
{
  bool can_apply = line_can(f, "apply");

  if (can_apply)
    line_row(f, COLOUR_NONE, "yes", 5, "carry this out on the server");
  if (line_can(f, "undo"))
    line_row(f, COLOUR_NONE, "u", 5, "take back what was carried out");
  if (has_steps(f))
    line_row(f, COLOUR_NONE, "w", 5, "write it to a file, as a request to who holds the rights");
  if (!json_array(f->view, "plan"))
    line_row(f, COLOUR_NONE, "p", 5, "show what is missing; nothing is changed without your yes");
  (void)buf_puts(prompt, can_apply ? "Carry it out? (yes, or Enter to go on without): "
                                   : "What now? (Enter goes on): ");
}

void
line_plan(struct line_face *f)
{
  CLEANUP_BUF struct buf typed = BUF_INIT(LINE_TYPED_MAX), prompt = BUF_INIT(256);

  line_problem(f);
  line_notes(f);
  line_steps(f);
  plan_prompt(f, &prompt);
  for (;;) {
    if (!line_command(f, buf_text(&prompt), &typed))
      return;
    if (!is(&typed, "w") || !has_steps(f))
      break;
    line_request(f);
    if (f->over)
      return;
  }
  if (common(
          f, &typed,
          "A plan shows each step with the command behind it. Only the word yes carries it out."))
    return;
  if (!typed.len || is(&typed, "n") || is(&typed, "no"))
    line_send(f, "next", NULL, NULL);
  else if (is(&typed, "p"))
    line_send(f, "plan", NULL, NULL);
  else if (is(&typed, "yes") && line_can(f, "apply"))
    line_send(f, "apply", NULL, NULL);
  else if (is(&typed, "u") && line_can(f, "undo"))
    line_send(f, "undo", NULL, NULL);
  else
    line_tell(f, COLOUR_YELLOW, 2, "! \"%s\" is none of these.", buf_text(&typed));
}

void
line_report(struct line_face *f)
{
  CLEANUP_BUF struct buf typed = BUF_INIT(LINE_TYPED_MAX);

  line_problem(f);
  if (line_can(f, "undo"))
    line_row(f, COLOUR_NONE, "u", 5, "take back what was carried out");
  if (!line_command(f, "What now? (Enter goes on to Verification): ", &typed) ||
      common(f, &typed, "The changes are made. u takes them back; b shows the plan again."))
    return;
  if (!typed.len)
    line_send(f, "next", NULL, NULL);
  else if (is(&typed, "u") && line_can(f, "undo"))
    line_send(f, "undo", NULL, NULL);
  else
    line_tell(f, COLOUR_YELLOW, 2, "! \"%s\" is none of these.", buf_text(&typed));
}

/* ---- Test impersonation ------------------------------------------------------------------------------------------ */

static const cJSON *
considered(const struct line_face *f, const char *event)
{
  const cJSON *item;

  cJSON_ArrayForEach(item, json_array(f->view, "consider"))
  {
    const char *mine = json_text(item, "event");
    if (mine && strcmp(mine, event) == 0)
      return item;
  }
  return NULL;
}

static void
browse(struct line_face *f, const char *typed)
{
  const char *key = json_text(considered(f, "test"), "key");
  cJSON *event = cJSON_CreateObject();

  cJSON_AddStringToObject(event, "event", "browse");
  if (key)
    cJSON_AddStringToObject(event, "key", key);
  cJSON_AddStringToObject(event, "typed", typed);
  f->list_at = 0;
  line_send_made(f, event);
  if (f->over)
    return;
  line_problem(f);
  line_notes(f);
  if (!cJSON_GetArraySize(json_array(json_object(f->view, "browsed"), "offers")))
    line_tell(f, COLOUR_DIM, 2, "Nothing was found.");
}

static char *
test_prompt(const struct line_face *f, bool is_listed)
{
  const cJSON *test = considered(f, "test");
  const char *noun = json_text(test, "subject"), *value = json_text(test, "value");

  noun = noun ? noun : "Subject";
  if (is_listed)
    return text_printf("%s (number, a part of the name, Enter to leave): ", noun);
  if (value && *value)
    return text_printf("%s%s [%s]: ", noun, json_bool(test, "can_browse") ? " (l lists)" : "",
                       value);
  return text_printf("%s%s: ", noun, json_bool(test, "can_browse") ? " (Enter lists)" : "");
}

/* What was typed, made a subject: picked from the list, the preset, or as it stands. NULL: leave. */
static char *
subject_of(struct line_face *f, const struct buf *typed, bool is_listed)
{
  const cJSON *offers = json_array(json_object(f->view, "browsed"), "offers");
  const char *value = json_text(considered(f, "test"), "value");
  const char *picked = is_listed ? line_pick(offers, buf_text(typed)) : NULL;

  if (picked)
    return strdup(picked);
  if (!typed->len)
    return !is_listed && value && *value ? strdup(value) : NULL;
  return is_listed && !strchr(buf_text(typed), '@') ? NULL : strdup(buf_text(typed));
}

static void
test(struct line_face *f)
{
  CLEANUP_BUF struct buf typed = BUF_INIT(LINE_TYPED_MAX);
  bool can_browse = json_bool(considered(f, "test"), "can_browse"), is_listed = false;

  while (!f->over) {
    if (is_listed)
      (void)line_offers(f, json_array(json_object(f->view, "browsed"), "offers"));
    CLEANUP_FREE char *prompt = test_prompt(f, is_listed);
    if (!line_command(f, prompt ? prompt : "> ", &typed) || is(&typed, "b") || is(&typed, ":b"))
      return;
    if (is_listed && is(&typed, "n")) {
      f->list_at += LINE_LIST_ROWS;
      continue;
    }
    CLEANUP_FREE char *subject =
        !is_listed && is(&typed, "l") ? NULL : subject_of(f, &typed, is_listed);
    if (subject) {
      line_send(f, "test", "subject", subject);
      return;
    }
    if (!can_browse || (is_listed && !typed.len))
      return;
    browse(f, is_listed ? buf_text(&typed) : "");
    is_listed = true;
  }
}

/* ---- Verification ------------------------------------------------------------------------------------------------ */

static void
finish(struct line_face *f)
{
  CLEANUP_BUF struct buf typed = BUF_INIT(LINE_TYPED_MAX);
  bool is_verified = json_bool(f->view, "verified");
  const char *proposed = json_text(f->view, "proposed");
  cJSON *event = NULL;

  if (!json_text(f->view, "name")) {
    line_gap(f);
    line_tell(f, COLOUR_BOLD, 0, "Finish");
    CLEANUP_FREE char *prompt =
        text_printf("Name of the connection [%s]: ", proposed ? proposed : "");
    if (!line_command(f, prompt ? prompt : "Name: ", &typed) || is(&typed, ":b"))
      return;
    if (is(&typed, ":q")) {
      line_quit(f);
      return;
    }
  }
  event = cJSON_CreateObject();
  cJSON_AddStringToObject(event, "event", "finish");
  if (typed.len)
    cJSON_AddStringToObject(event, "name", buf_text(&typed));
  cJSON_AddBoolToObject(event, "unverified", !is_verified);
  line_send_made(f, event);
}

static void
show_menu(struct line_face *f)
{
  const cJSON *field, *item;
  bool is_verified = json_bool(f->view, "verified");
  int n = 0;

  line_gap(f);
  line_tell(f, COLOUR_BOLD, 0, "Steps to consider");
  cJSON_ArrayForEach(field, json_array(f->view, "blamed"))
  {
    CLEANUP_FREE char *letter = ++n > 1 ? text_printf("e%d", n) : strdup("e");
    line_row(f, COLOUR_NONE, letter ? letter : "e", 5, "Change \"%s\", which a check blames",
             json_text(field, "label"));
  }
  cJSON_ArrayForEach(item, json_array(f->view, "consider"))
  {
    const char *event = json_text(item, "event");
    if (event && (strcmp(event, "test") == 0 || strcmp(event, "plan") == 0))
      line_row(f, COLOUR_NONE, *event == 't' ? "t" : "p", 5, "%s", json_text(item, "label"));
  }
  line_row(f, COLOUR_NONE, "v", 5, "Verify again");
  if (is_verified)
    line_row(f, COLOUR_NONE, "f", 5, "Finish: save the connection");
  else
    line_row(f, COLOUR_NONE, "s", 5, "Save anyway, unverified");
}

static const char *
blamed(const struct line_face *f, const char *typed)
{
  const cJSON *fields = json_array(f->view, "blamed");
  char *end = NULL;
  long n = typed[0] && typed[1] ? strtol(typed + 1, &end, 10) : 1;

  if ((typed[0] != 'e' && typed[0] != 'E') || (end && *end) || n < 1 || n > 999)
    return NULL;
  return json_text(cJSON_GetArrayItem(fields, (int)n - 1), "key");
}

static void
take_step(struct line_face *f, const struct buf *typed)
{
  const char *key = blamed(f, buf_text(typed));

  if (key) {
    CLEANUP_FREE char *copy = strdup(key);
    line_send(f, "goto", "key", copy ? copy : "");
  } else if (is(typed, "t") && considered(f, "test")) {
    test(f);
  } else if (is(typed, "p") && considered(f, "plan")) {
    line_send(f, "plan", NULL, NULL);
  } else if (is(typed, "v")) {
    line_gap(f);
    line_send(f, "verify", NULL, NULL);
  } else if ((is(typed, "f") && json_bool(f->view, "verified")) ||
             (is(typed, "s") && !json_bool(f->view, "verified"))) {
    finish(f);
  } else if (is(typed, "f")) {
    line_tell(
        f, COLOUR_YELLOW, 2,
        "! A required check failed. Mend it and verify again (v), or save anyway, unverified (s).");
  } else {
    line_tell(f, COLOUR_YELLOW, 2, "! \"%s\" is none of these.", buf_text(typed));
  }
}

static bool
plan_comes_first(const struct line_face *f)
{
  const cJSON *consider = json_array(f->view, "consider");
  const char *event = consider ? json_text(consider->child, "event") : NULL;
  return event && strcmp(event, "plan") == 0;
}

void
line_verification(struct line_face *f)
{
  CLEANUP_BUF struct buf typed = BUF_INIT(LINE_TYPED_MAX);
  bool is_verified = json_bool(f->view, "verified"), has_report = json_text(f->view, "outcome");
  const char *usual = is_verified ? "f" : blamed(f, "e") ? "e" : plan_comes_first(f) ? "p" : "v";

  line_problem(f);
  if (!has_report) {
    line_tell(f, COLOUR_DIM, 0,
              "Verification changes nothing on the server.   (b back, s save unverified, q quit)");
    if (!line_command(f, "Press Enter to verify: ", &typed))
      return;
    if (!typed.len || is(&typed, "v"))
      line_send(f, "verify", NULL, NULL);
    else if (!common(f, &typed, "Verify asks the server; what it finds appears line by line."))
      take_step(f, &typed);
    return;
  }
  show_menu(f);
  CLEANUP_FREE char *prompt = text_printf("What next? [%s]: ", usual);
  if (!line_command(f, prompt ? prompt : "> ", &typed))
    return;
  if (!typed.len)
    (void)buf_puts(&typed, usual);
  if (!common(f, &typed,
              "Type the letter in front of a step. b goes back, q leaves without saving."))
    take_step(f, &typed);
}

/* ---- questions of plugins ---------------------------------------------------------------------------------------- */

static void
show_ask(struct line_face *f, const cJSON *ask)
{
  const cJSON *choice;

  line_gap(f);
  line_tell(f, COLOUR_BOLD, 0, "%s",
            json_text(ask, "title") ? json_text(ask, "title") : "A question");
  if (json_text(ask, "body"))
    line_tell(f, COLOUR_NONE, 2, "%s", json_text(ask, "body"));
  cJSON_ArrayForEach(choice, json_array(ask, "choices"))
  {
    const char *label = json_text(choice, "label");
    line_tell(f, COLOUR_NONE, 4, "%s%s%s", json_text(choice, "value"), label ? "  " : "",
              label ? label : "");
  }
}

static void
reply(struct line_face *f, int64_t ticket, const char *id, const char *text)
{
  cJSON *event = cJSON_CreateObject();

  cJSON_AddStringToObject(event, "event", "reply");
  cJSON_AddStringToObject(event, "ask", id);
  cJSON_AddNumberToObject(event, "ticket", (double)ticket);
  if (text)
    cJSON_AddStringToObject(event, "text", text);
  else
    cJSON_AddTrueToObject(event, "declined");
  if (wizard_send_made(f->run, event)) {
    f->over = true;
    f->status = STATUS_ENVIRONMENT;
  }
}

static void
put_question(struct line_face *f, const cJSON *ask, int64_t ticket)
{
  struct buf typed = BUF_INIT(LINE_TYPED_MAX);
  const char *kind = json_text(ask, "kind");
  bool is_secret = kind && strcmp(kind, "secret") == 0,
       is_confirm = kind && strcmp(kind, "confirm") == 0;
  CLEANUP_FREE char *id = strdup(json_text(ask, "ask"));

  enum typed how = line_read(f,
                             is_confirm  ? "yes or no: "
                             : is_secret ? "Answer (not shown): "
                                         : "Answer: ",
                             is_secret, ticket, &typed);
  const char *text = buf_text(&typed);
  if (is_confirm && (is(&typed, "y") || is(&typed, "n")))
    text = is(&typed, "y") ? "yes" : "no";
  if (how == TYPED_LINE && typed.len && !buf_failed(&typed))
    reply(f, ticket, id ? id : "", text);
  else if (how == TYPED_STOP && wizard_send(f->run, "cancel", NULL, NULL))
    f->over = true;
  else if (how == TYPED_END) {
    line_nobody(f, how, id ? id : "question");
    if (wizard_send(f->run, "quit", NULL, NULL))
      f->status = STATUS_ENVIRONMENT;
  } else if (how == TYPED_GONE)
    line_tell(f, COLOUR_DIM, 0, "The question is no longer asked.");
  buf_wipe(&typed);
}

static void
show_visit(struct line_face *f, const cJSON *ask, int64_t ticket)
{
  double left_ms = 0;
  struct visit v = {json_text(ask, "title"), json_text(ask, "body"), json_text(ask, "url"),
                    json_text(ask, "code"), 0};

  if (json_number(ask, "expires_ms", &left_ms) && left_ms > 0 && left_ms < VISIT_LIFE_MAX_MS)
    v.expires_ns = clock_now_ns() + (int64_t)left_ms * NS_PER_MS;
  line_visit_over(f, 0);
  line_transient(f, NULL);
  v.title = v.title ? v.title : "A question";
  visit_show(f->cli, &v, f->cli->err_tty && f->cli->colour_err);
  f->visit_ticket = ticket;
  f->visit_expires = v.expires_ns;
  f->visit_left[0] = '\0';
}

int
line_visit_draw(struct line_face *f)
{
  char left[VISIT_LEFT_MAX], line[PROGRESS_MAX];
  int64_t now = clock_now_ns();

  if (!f->visit_ticket)
    return -1;
  visit_left(left, f->visit_expires, now);
  if (!f->is_transient || strcmp(left, f->visit_left) != 0) {
    (void)snprintf(line, sizeof line, "waiting%s%s (Ctrl-C or :q cancels) ", *left ? ": " : "",
                   left);
    line_transient(f, line);
    memcpy(f->visit_left, left, sizeof left);
  }
  return visit_left_ms(f->visit_expires, now);
}

void
line_visit_over(struct line_face *f, int64_t ticket)
{
  bool cancelling = json_bool(json_object(driver_session(f->run->driver), "busy"), "cancelling");

  if (!f->visit_ticket || (ticket && ticket != f->visit_ticket))
    return;
  f->visit_ticket = 0;
  if (ticket && !cancelling)
    line_tell(f, COLOUR_DIM, 2, "%s", visit_over(f->visit_expires, clock_now_ns()));
}

void
line_ask(struct line_face *f)
{
  const cJSON *ask = json_array(driver_session(f->run->driver), "asks")->child;
  const char *kind = json_text(ask, "kind");
  int64_t ticket = 0;

  if (json_bool(json_object(driver_session(f->run->driver), "busy"), "cancelling") ||
      !json_int(ask, "ticket", &ticket))
    return;
  bool is_visit = kind && strcmp(kind, "visit") == 0;
  if (ticket != f->shown_ticket && is_visit)
    show_visit(f, ask, ticket);
  else if (ticket != f->shown_ticket)
    show_ask(f, ask);
  f->shown_ticket = ticket;
  if (!kind || is_visit)
    return;
  if (strcmp(kind, "notice") == 0) {
    CLEANUP_FREE char *id = strdup(json_text(ask, "ask"));
    reply(f, ticket, id ? id : "", "seen");
  } else {
    put_question(f, ask, ticket);
  }
}
