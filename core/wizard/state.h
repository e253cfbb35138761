// SPDX-License-Identifier: Apache-2.0
/* How the files of the reducer read and write the session document. All writes go through here: one that finds no
 * memory marks the step as failed, and wizard_step says so at its end. */
#ifndef CORE_WIZARD_STATE_H
#define CORE_WIZARD_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/json/json.h"
#include "core/wizard/form.h"
#include "core/wizard/wizard.h"

/* Where the person is: the value of "at". */
#define AT_CHOOSE        "choose"
#define AT_PAGE          "page"
#define AT_CONFIGURATION "configuration"
#define AT_VERIFICATION  "verification"
#define AT_DONE          "done"
#define AT_ERROR         "error"

struct wizard {
  cJSON *s;       /* the session */
  cJSON *effects; /* NULL in a view */
  struct connector *shape;
  struct form form; /* over the session's answers; c NULL as long as no connector is described */
  bool nomem;
};

void state_init(struct wizard *w, cJSON *session, cJSON *effects);
void state_finish(struct wizard *w);
/* Reads the shape again after it changed. */
void state_shape(struct wizard *w);

/* Members of any object of the document. NULL text, false and NULL values remove. */
void put_text(struct wizard *w, cJSON *object, const char *key, const char *text);
void put_int(struct wizard *w, cJSON *object, const char *key, int64_t value);
void put_bool(struct wizard *w, cJSON *object, const char *key, bool value);
void put_value(struct wizard *w, cJSON *object, const char *key,
               cJSON *value); /* owns value from now on */
void put_copy(struct wizard *w, cJSON *object, const char *key, const cJSON *value);
void drop(cJSON *object, const char *key);
cJSON *need_object(struct wizard *w, cJSON *object, const char *key); /* made when missing */
cJSON *need_array(struct wizard *w, cJSON *object, const char *key);
void push_text(struct wizard *w, cJSON *array, const char *text);
cJSON *push_object(struct wizard *w, cJSON *array);
void push_copy(struct wizard *w, cJSON *array, const cJSON *value);
/* The element of an array of objects whose member `key` is `text`; NULL: none. */
cJSON *find_by(const cJSON *array, const char *key, const char *text);
bool has_word(const cJSON *array, const char *word);

bool is_at(const struct wizard *w, const char *at);
void go(struct wizard *w, const char *at);
/* A sentence shown with the next view. */
void say(struct wizard *w, const char *fmt, ...) TENON_PRINTF(2, 3);
cJSON *effect(struct wizard *w, const char *name);

/* What the answers are worth. */
const char *state_answer(void *wizard, const char *key);
bool state_secret_set(void *wizard, const char *key);
/* An answer changed: what was found out with the old ones is no longer true, the worker has to go. */
void state_changed(struct wizard *w);

/* ---- between the files of the reducer ---------------------------------------------------------------------------- */

typedef void (*event_handler)(struct wizard *w, const cJSON *event);

struct event_row {
  const char *name;
  event_handler handle;
  bool while_busy; /* may come while a hook runs */
  bool needs_shape;
};
extern const struct event_row form_events[], run_events[], hook_events[], ask_events[],
    finish_events[];

/* Marks what is wrong with the answers of one page; true: nothing. */
bool check_page(struct wizard *w, size_t page);
/* The same for all pages; goes to the first that has a problem. */
bool check_all(struct wizard *w);
/* The page after / before `page` that is shown; form_pages() / SIZE_MAX when there is none. */
size_t page_after(struct wizard *w, size_t page);
size_t page_before(struct wizard *w, size_t page);
size_t page_now(struct wizard *w);
void go_page(struct wizard *w, size_t page);
void go_forward(struct wizard *w);

/* Starts a hook: its generation is counted up and it is what the session waits for. The effect, for more members. */
cJSON *run(struct wizard *w, const char *hook);
const char *busy_hook(const struct wizard *w); /* NULL: not busy */
void busy_end(struct wizard *w);
void choose(struct wizard *w, const char *connector);
void verify_again(struct wizard *w);

/* The report of the last verification. */
bool report_passed(const cJSON *report);

#endif
