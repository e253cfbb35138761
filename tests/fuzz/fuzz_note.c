// SPDX-License-Identifier: Apache-2.0
/* A plugin's note: either it is refused by a rule, or every string in it is what the grammar allows. */
#include <string.h>

#include "core/model/answer.h"
#include "core/module/note.h"
#include "tests/fuzz/fuzz.h"

static void
hold_requirement(const struct note_requirement *r)
{
  CLEANUP_BUF struct buf words = BUF_INIT(2 * NOTE_TEXT_MAX * NOTE_TEXT_MAX);

  fuzz_hold(r->title && *r->title && strlen(r->title) <= NOTE_TEXT_MAX);
  fuzz_hold(!r->when || (when_valid(r->when) && when_put_words(&words, r->when)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct refusal r = {0};
  struct note note;

  if (note_parse(&note, (const char *)bytes, n, &r) != 0)
    return 0;
  fuzz_hold(note.n_connectors > 0 && note.n_connectors <= NOTE_CONNECTORS_MAX);
  for (size_t i = 0; i < note.n_connectors; i++) {
    const struct note_connector *c = &note.connectors[i];
    fuzz_hold(strlen(c->id) > 0 && note_find(&note, c->id));
    fuzz_hold(c->n_requirements <= NOTE_REQUIREMENTS_MAX);
    for (size_t j = 0; j < c->n_requirements; j++)
      hold_requirement(&c->requirements[j]);
  }
  note_finish(&note);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"example1\",\"version\":\"1.0.0\","
    "\"name\":\"Example\",\"summary\":\"The "
    "smallest\",\"family\":\"example/1\",\"roles\":[\"source\","
    "\"target\"]}]}",
    "{\"abi\":[1,7],\"needs\":[\"net+krb5\",\"exec:/usr/bin/pwsh\"],\"connectors\":[{\"id\":\"a\","
    "\"version\":\"2\",\"name\":\"A\",\"summary\":\"s\",\"kind\":\"probe\",\"family\":\"f/1\","
    "\"roles\":[\"source\"],\"retires\":\"2027-04-01\",\"successor\":\"b\"}]}",
    "{\"abi\":[1,0],\"needs\":[],\"connectors\":[{\"id\":\"a\",\"version\":\"2\",\"name\":\"A\","
    "\"summary\":\"s\",\"roles\":[\"source\"],\"requirements\":[{\"title\":\"A "
    "role\",\"detail\":\"d\","
    "\"needs\":\"n\",\"when\":\"auth == 'x' && server != ''\"},{\"title\":\"t\"}]}]}",
    NULL,
};
