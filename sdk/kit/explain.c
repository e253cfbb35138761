// SPDX-License-Identifier: Apache-2.0
//
// Runs while tenon is built: writes the table of verdicts as JSON, for `tenon explain`, so that
// looking up an error runs no plugin and the host knows no server. Usage: kit-explain FILE
#include "verdict_tables.h"

#include <tenon/exchange.h>

#include <stdio.h>
#include <string.h>

#define EXPLAIN_TEXT_MAX 4096

static const char *const cause_names[] = {
    "",         "config",    "auth",      "denied",   "network",     "tls",
    "protocol", "transient", "cancelled", "noanswer", "unsupported", "nomem",
    "internal", "crashed",   "timeout",
};

static const struct {
  const char *word, *meaning;
} words[] = {
    {TENON_VERDICT_OK, "The administrator can act as this mailbox."},
    {TENON_VERDICT_REFUSED, "The mailbox is there, and the administrator may not act as it."},
    {TENON_VERDICT_OUT_OF_SCOPE, "The role is there, and its scope does not reach this mailbox."},
    {TENON_VERDICT_NO_MAILBOX, "The server knows no mailbox of this address."},
    {TENON_VERDICT_ELSEWHERE,
     "The directory knows the address, and its mailbox is on another server."},
    {TENON_VERDICT_DISABLED, "The mailbox or its account is switched off."},
    {TENON_VERDICT_INVALID, "The address is none, or none that the server takes."},
    {TENON_VERDICT_THROTTLED, "The server was busy or in trouble; try later."},
    {TENON_VERDICT_FLAPPING, "Refused first, allowed later in the same run."},
    {TENON_VERDICT_ERROR, "Something else failed; the check says what."},
};

static void
put_member(FILE *out, const char *key, const char *text, bool command)
{
  if (text == NULL)
    return;
  char plain[EXPLAIN_TEXT_MAX], quoted[EXPLAIN_TEXT_MAX * 2];
  struct kit_text words_of, json;
  kit_text_init(&words_of, plain, sizeof plain);
  kit_text_init(&json, quoted, sizeof quoted);
  verdict_expand(&words_of, text, NULL, command);
  kit_text_put_json(&json, plain);
  fprintf(out, ",\n   \"%s\":\"%s\"", key, quoted);
}

// "A|B" as members of a list; of a token's numbers as people know them.
static bool
put_list(FILE *out, const char *list, bool token, bool first)
{
  for (const char *p = list; p != NULL && *p != 0; p += p[0] == '|') {
    size_t n = strcspn(p, "|");
    bool number = token && *p >= '0' && *p <= '9';
    fprintf(out, "%s\"%s%.*s\"", first ? "" : ",", number ? "AADSTS" : "", (int)n, p);
    first = false;
    p += n;
  }
  return first;
}

static bool
is_empty(const char *list)
{
  return list == NULL || list[0] == 0;
}

static void
put_codes(FILE *out, const struct verdict_row *row)
{
  if (row->code_min != 0)
    fprintf(out, ",\n   \"http\":[%d,%d]", row->code_min, row->code_max);
  if (is_empty(row->soap) && is_empty(row->token) && is_empty(row->graph))
    return;
  fprintf(out, ",\n   \"codes\":[");
  bool first = put_list(out, row->soap, false, true);
  first = put_list(out, row->token, true, first);
  (void)put_list(out, row->graph, false, first);
  fprintf(out, "]");
}

static void
put_row(FILE *out, const struct verdict_row *row, const char *side, bool first)
{
  fprintf(out, "%s\n  {\"name\":\"%s\"", first ? "" : ",", row->name);
  put_member(out, "side", side, false);
  put_member(out, "check", row->check, false);
  put_codes(out, row);
  put_member(out, "cause", cause_names[-row->cause], false);
  put_member(out, "verdict", row->word, false);
  put_member(out, "field", row->field, false);
  put_member(out, "title", row->title, false);
  put_member(out, "detail", row->detail, false);
  put_member(out, "remedy", row->remedy, false);
  put_member(out, "likely", row->likely, false);
  for (size_t i = 0, n = 0; i < VERDICT_ALSO_MAX; i++)
    if (row->also[i] != NULL) {
      char key[32];
      snprintf(key, sizeof key, "also.%zu", ++n);
      put_member(out, key, row->also[i], false);
    }
  put_member(out, "link", row->link, false);
  put_member(out, "prove", row->prove, true);
  put_member(out, "mend", row->mend, true);
  fprintf(out, "}");
}

static void
put_words(FILE *out)
{
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    fprintf(out, "%s\n  \"%s\":\"%s\"", i == 0 ? "" : ",", words[i].word, words[i].meaning);
}

// Rows that both sides search stand with the first, and say so.
static bool
put_side(FILE *out, const struct verdict_rows *const *tables, const char *side, bool first)
{
  bool cloud = tables == verdict_cloud_tables;
  for (size_t t = 0; tables[t] != NULL; t++) {
    bool both = tables[t] == &verdict_proxy;
    for (size_t i = 0; i < tables[t]->n && !(both && cloud); i++, first = false)
      put_row(out, &tables[t]->rows[i], both ? "both" : side, first);
  }
  return first;
}

int
main(int argc, char **argv)
{
  FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
  if (out == NULL)
    return 2;
  fprintf(out, "{\"family\":\"%s\",\n \"verdicts\":{", TENON_EXCHANGE_FAMILY);
  put_words(out);
  fprintf(out, "},\n \"rows\":[");
  bool first = put_side(out, verdict_tables, "server", true);
  (void)put_side(out, verdict_cloud_tables, "cloud", first);
  // A number that no row has; what is typed stands behind the link.
  fprintf(out, "],\n \"elsewhere\":[{\"prefix\":\"AADSTS\",\"link\":"
               "\"https://login.microsoftonline.com/error?code=\"}]}\n");
  bool failed = ferror(out) != 0;
  return fclose(out) != 0 || failed;
}
