// SPDX-License-Identifier: Apache-2.0
/* A plugin's note: either it is refused by a rule, or every string in it is what the grammar allows. */
#include <string.h>

#include "core/module/note.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct refusal r = {0};
  struct note note;

  if (note_parse(&note, (const char *)bytes, n, &r) != 0)
    return 0;
  fuzz_hold(note.n_connectors > 0 && note.n_connectors <= NOTE_CONNECTORS_MAX);
  for (size_t i = 0; i < note.n_connectors; i++)
    fuzz_hold(strlen(note.connectors[i].id) > 0 && note_find(&note, note.connectors[i].id));
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
    NULL,
};
