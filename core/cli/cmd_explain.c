// SPDX-License-Identifier: Apache-2.0
/* tenon explain: what a verdict, a check or a code means. The tables were written when the families' parts were built and
 * lie with the program's data, so that no plugin runs and nothing is known here of any server. */
#include "core/cli/explain.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "core/base/file.h"
#include "core/json/json.h"
#include "core/report/flow.h"

#define LABEL_COLUMNS 10

struct search {
  struct cli *cli;
  const char *typed;
  struct explain_hits hits;
  struct suggestion near;
  cJSON *tables[EXPLAIN_FILES_MAX];
  size_t n_tables;
};

/* ---- the tables ------------------------------------------------------------------------------------------------------- */

static const char *
directory(void)
{
  const char *dir = secure_getenv("TENON_EXPLAIN");

  return dir && *dir ? dir : TENON_EXPLAIN_DIR;
}

static bool
is_table(const char *name)
{
  size_t n = strlen(name);

  return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

/* One that cannot be read is said and left out. */
static void
read_table(struct search *s, int dir, const char *name)
{
  static const struct json_limits limits = {EXPLAIN_BYTES_MAX, JSON_DEPTH_MAX, EXPLAIN_VALUES_MAX};
  CLEANUP_BUF struct buf bytes = BUF_INIT(EXPLAIN_BYTES_MAX);
  const char *why = NULL;
  int error = file_read(dir, name, &bytes, NULL);

  if (error < 0) {
    cli_talk(s->cli, "%s/%s cannot be read: %s", directory(), name, strerror(-error));
    return;
  }
  cJSON *table = json_parse(buf_text(&bytes), bytes.len, &limits, &why);
  if (!table)
    cli_talk(s->cli, "%s/%s cannot be read: %s", directory(), name, why);
  else
    s->tables[s->n_tables++] = table;
}

static bool
read_tables(struct search *s)
{
  DIR *dir = opendir(directory());

  if (!dir) {
    cli_error(s->cli, "The tables in %s cannot be read: %s. Is tenon installed whole?", directory(),
              strerror(errno));
    return false;
  }
  for (struct dirent *e = readdir(dir); e && s->n_tables < EXPLAIN_FILES_MAX; e = readdir(dir))
    if (is_table(e->d_name))
      read_table(s, dirfd(dir), e->d_name);
  (void)closedir(dir);
  if (s->n_tables == 0)
    cli_error(s->cli, "There is no table in %s. Is tenon installed whole?", directory());
  return s->n_tables > 0;
}

static void
search_finish(struct search *s)
{
  for (size_t i = 0; i < s->n_tables; i++)
    cJSON_Delete(s->tables[i]);
}

/* ---- searching -------------------------------------------------------------------------------------------------------- */

static bool
is_digits(const char *text)
{
  return *text && text[strspn(text, "0123456789")] == 0;
}

/* "50076" is ABC50076 too. */
static bool
is_code(const char *code, const char *typed)
{
  if (strcasecmp(code, typed) == 0)
    return true;
  while (isalpha((unsigned char)*code))
    code++;
  return is_digits(typed) && is_digits(code) && strcmp(code, typed) == 0;
}

static bool
has_code(const cJSON *row, const char *typed)
{
  const cJSON *code;

  cJSON_ArrayForEach(code, json_array(row, "codes"))
  {
    if (cJSON_IsString(code) && is_code(code->valuestring, typed))
      return true;
  }
  return false;
}

/* A status of HTTP that is the row's own. */
static bool
has_status(const cJSON *row, const char *typed)
{
  const cJSON *range = json_array(row, "http");
  const cJSON *min = cJSON_GetArrayItem(range, 0), *max = cJSON_GetArrayItem(range, 1);

  return strlen(typed) == 3 && is_digits(typed) && cJSON_IsNumber(min) && cJSON_IsNumber(max) &&
         min->valueint == max->valueint && min->valueint == (int)strtol(typed, NULL, 10);
}

static bool
is_member(const cJSON *row, const char *key, const char *typed)
{
  const char *text = json_text(row, key);

  return text && strcasecmp(text, typed) == 0;
}

static void
look_at(struct search *s, const cJSON *row)
{
  const char *const offered[] = {json_text(row, "name"), json_text(row, "check")};
  const cJSON *code;

  for (size_t i = 0; i < 2; i++)
    if (offered[i])
      suggest_offer(&s->near, offered[i]);
  cJSON_ArrayForEach(code, json_array(row, "codes"))
  {
    if (cJSON_IsString(code))
      suggest_offer(&s->near, code->valuestring);
  }
  bool found = is_member(row, "name", s->typed) || is_member(row, "check", s->typed) ||
               is_member(row, "verdict", s->typed) || has_code(row, s->typed) ||
               has_status(row, s->typed);
  if (found && s->hits.n < EXPLAIN_HITS_MAX)
    s->hits.rows[s->hits.n++] = row;
}

static void
search_run(struct search *s)
{
  for (size_t i = 0; i < s->n_tables; i++) {
    const cJSON *row;
    const char *word = json_text(json_object(s->tables[i], "verdicts"), s->typed);
    if (word && !s->hits.word)
      s->hits.word = word;
    cJSON_ArrayForEach(row, json_array(s->tables[i], "rows")) look_at(s, row);
  }
}

/* Where a code of that form is told of that no row has. */
static char *
find_elsewhere(const struct search *s)
{
  for (size_t i = 0; i < s->n_tables; i++) {
    const cJSON *one;
    cJSON_ArrayForEach(one, json_array(s->tables[i], "elsewhere"))
    {
      const char *prefix = json_text(one, "prefix"), *link = json_text(one, "link");
      size_t n = prefix ? strlen(prefix) : 0;
      if (n > 0 && link && strncasecmp(s->typed, prefix, n) == 0 && is_digits(s->typed + n))
        return text_printf("%s%s", link, s->typed + n);
    }
  }
  return NULL;
}

/* ---- telling ---------------------------------------------------------------------------------------------------------- */

static void
put_label(struct buf *b, const struct report_style *style, const char *label)
{
  size_t n = strlen(label);

  blanks_put(b, 2);
  colour_on(b, style, COLOUR_DIM);
  (void)buf_puts(b, label);
  colour_off(b, style, COLOUR_DIM);
  blanks_put(b, n < LABEL_COLUMNS ? LABEL_COLUMNS - n : 1);
}

static void
put_words(struct buf *b, const struct report_style *style, const char *label, const char *text)
{
  if (!text)
    return;
  put_label(b, style, label);
  (void)flow_put(b, style, LABEL_COLUMNS + 2, LABEL_COLUMNS + 2, text);
  (void)buf_puts(b, "\n");
}

/* Line by line as they stand, to be copied. */
static void
put_commands(struct buf *b, const struct report_style *style, const char *label, const char *text)
{
  for (const char *line = text; line && *line; line += *line == '\n') {
    size_t n = strcspn(line, "\n");
    put_label(b, style, line == text ? label : "");
    (void)buf_put(b, line, n);
    (void)buf_puts(b, "\n");
    line += n;
  }
}

static void
put_codes(struct buf *b, const struct report_style *style, const cJSON *row)
{
  CLEANUP_BUF struct buf codes = BUF_INIT(EXPLAIN_TEXT_MAX);
  const cJSON *code;

  cJSON_ArrayForEach(code, json_array(row, "codes"))
  {
    if (cJSON_IsString(code) && *code->valuestring)
      (void)buf_printf(&codes, "%s%s", codes.len ? " " : "", code->valuestring);
  }
  put_words(b, style, "codes", codes.len ? buf_text(&codes) : NULL);
}

static void
put_row(struct buf *b, const struct report_style *style, const cJSON *row)
{
  static const char *const keys[] = {"also.1", "also.2", "also.3"};
  const char *title = json_text(row, "title"), *name = json_text(row, "name");

  colour_on(b, style, COLOUR_BOLD);
  (void)buf_printf(b, "%s", title ? title : "?");
  colour_off(b, style, COLOUR_BOLD);
  (void)buf_printf(b, " (%s)\n", name ? name : "?");
  put_words(b, style, "check", json_text(row, "check"));
  put_words(b, style, "cause", json_text(row, "cause"));
  put_codes(b, style, row);
  put_words(b, style, "says", json_text(row, "detail"));
  put_words(b, style, "do", json_text(row, "remedy"));
  put_words(b, style, "likely", json_text(row, "likely"));
  for (size_t i = 0; i < 3; i++)
    put_words(b, style, "or", json_text(row, keys[i]));
  put_commands(b, style, "prove", json_text(row, "prove"));
  put_commands(b, style, "mend", json_text(row, "mend"));
  put_words(b, style, "more", json_text(row, "link"));
}

static void
put_list(struct buf *b, const struct explain_hits *hits)
{
  size_t width = 0;

  for (size_t i = 0; i < hits->n; i++) {
    const char *name = json_text(hits->rows[i], "name");
    size_t n = name ? strlen(name) : 0;
    width = n > width ? n : width;
  }
  for (size_t i = 0; i < hits->n; i++) {
    const char *name = json_text(hits->rows[i], "name"), *title = json_text(hits->rows[i], "title");
    (void)buf_printf(b, "  %-*s  %s\n", (int)width, name ? name : "", title ? title : "");
  }
  (void)buf_printf(b, "\n%zu of them; `tenon explain NAME` tells all of one.\n", hits->n);
}

static int
tell_text(struct search *s)
{
  CLEANUP_BUF struct buf b = BUF_INIT(EXPLAIN_OUT_MAX);
  struct report_style style = cli_style(s->cli);

  if (style.width == 0)
    style.width = REPORT_WIDTH;
  if (s->hits.word)
    (void)buf_printf(&b, "%s: %s\n%s", s->typed, s->hits.word, s->hits.n ? "\n" : "");
  if (s->hits.n > EXPLAIN_WHOLE_MAX)
    put_list(&b, &s->hits);
  else
    for (size_t i = 0; i < s->hits.n; i++) {
      (void)buf_puts(&b, i ? "\n" : "");
      put_row(&b, &style, s->hits.rows[i]);
    }
  return cli_write(s->cli, buf_text(&b), b.len) ? STATUS_PASSED : STATUS_ENVIRONMENT;
}

static int
tell_json(struct search *s)
{
  CLEANUP_BUF struct buf b = BUF_INIT(EXPLAIN_OUT_MAX);

  (void)buf_puts(&b, "{");
  (void)json_put_member(&b, "typed", s->typed);
  (void)json_put_member(&b, "word", s->hits.word);
  (void)json_put_key(&b, "rows");
  (void)buf_puts(&b, "[");
  for (size_t i = 0; i < s->hits.n; i++) {
    CLEANUP_FREE char *row = json_print(s->hits.rows[i]);
    (void)buf_printf(&b, "%s%s", i ? "," : "", row ? row : "null");
  }
  (void)buf_puts(&b, "]}\n");
  return cli_write(s->cli, buf_text(&b), b.len) ? STATUS_PASSED : STATUS_ENVIRONMENT;
}

static int
tell_nothing(struct search *s)
{
  CLEANUP_FREE char *link = find_elsewhere(s);
  const char *best = suggest_best(&s->near);

  if (link)
    cli_error(s->cli, "%s is in no table here. What it means stands at %s", s->typed, link);
  else if (best)
    cli_error(s->cli, "Nothing is known of \"%s\". Did you mean \"%s\"?", s->typed, best);
  else
    cli_error(s->cli,
              "Nothing is known of \"%s\". Give the id of a check, data.verdict of one, or "
              "a code of the server.",
              s->typed);
  return STATUS_ENVIRONMENT;
}

static int
run(struct cli *cli, const struct args *a)
{
  if (a->n_words != 1)
    return args_wrong(cli, a,
                      a->n_words ? "One thing at a time." : "What? A check, a verdict or a code.");

  struct search s = {.cli = cli, .typed = a->words[0]};
  suggest_init(&s.near, s.typed);
  int status = STATUS_ENVIRONMENT;
  if (read_tables(&s)) {
    search_run(&s);
    status = !s.hits.n && !s.hits.word          ? tell_nothing(&s)
             : strcmp(cli->format, "json") == 0 ? tell_json(&s)
                                                : tell_text(&s);
  }
  search_finish(&s);
  return status;
}

const struct command cmd_explain = {
    .name = "explain",
    .summary = "Say what a check, a verdict or a server's code means",
    .usage = "ID|CODE",
    .examples = "  tenon explain tls.certificate       all that can be found there\n"
                "  tenon explain CODE                  a code as the server gave it\n",
    .details = "Words in capitals stand for what a verification puts there. Status 3: nothing is "
               "known of it.\n",
    .takes = TAKES_OUTPUT,
    .formats = "text json",
    .run = run,
};
