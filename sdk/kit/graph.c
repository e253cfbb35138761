// SPDX-License-Identifier: Apache-2.0
//
// Errors of Graph come from many services behind one door, each with its own spelling of the same object; and its URLs
// hold what people typed.
#include "graph.h"

#include "json.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

// ---- errors -----------------------------------------------------------------------------------------------------

static const char *
text_of(const cJSON *object, const char *name)
{
  const char *text = kit_json_text(object, name);
  return text != NULL ? text : "";
}

// Some services repeat the status as a code: a number is no more specific than the word around it.
static void
take_code(const cJSON *error, struct graph_error *ret)
{
  const char *code = text_of(error, "code");
  if (isalpha((unsigned char)code[0]) && kit_utf8_printable(code, strlen(code)))
    (void)kit_text_copy(ret->code, sizeof ret->code, code);
}

static void
take_text(char *to, size_t size, const char *text)
{
  if (text[0] != 0 && kit_utf8_printable(text, strlen(text)))
    (void)kit_text_copy(to, size, text);
}

static void
take_level(const cJSON *error, bool outermost, struct graph_error *ret)
{
  take_code(error, ret);
  if (outermost)
    take_text(ret->text, sizeof ret->text, text_of(error, "message"));
  take_text(ret->request_id, sizeof ret->request_id, text_of(error, "request-id"));
  take_text(ret->date, sizeof ret->date, text_of(error, "date"));
}

void
graph_error_take(const cJSON *body, struct graph_error *ret)
{
  memset(ret, 0, sizeof *ret);
  const cJSON *error = kit_json_object(body, "error");
  if (error == NULL) {
    // As an authorization server writes it.
    const char *word = kit_json_text(body, "error");
    ret->readable = word != NULL;
    take_text(ret->code, sizeof ret->code, word != NULL ? word : "");
    take_text(ret->text, sizeof ret->text, text_of(body, "error_description"));
    return;
  }
  ret->readable = true;
  for (unsigned depth = 0; error != NULL && depth < GRAPH_NEST_MAX; depth++) {
    take_level(error, depth == 0, ret);
    const cJSON *inner = kit_json_object(error, "innerError");
    error = inner != NULL ? inner : kit_json_object(error, "innererror");
  }
}

void
graph_error_read(const char *bytes, size_t len, struct graph_error *ret)
{
  KIT_CLEANUP_JSON cJSON *body = bytes != NULL ? kit_json_parse(bytes, len, NULL) : NULL;
  graph_error_take(body, ret);
}

// ---- URLs ---------------------------------------------------------------------------------------------------------

void
graph_put_encoded(struct kit_text *to, const char *text)
{
  for (; *text != 0; text++) {
    unsigned char c = (unsigned char)*text;
    if (c < 0x80 && (isalnum(c) || strchr("-._~", c) != NULL))
      kit_text_put_n(to, text, 1);
    else
      kit_text_printf(to, "%%%02X", c);
  }
}

void
graph_put_literal(struct kit_text *to, const char *text)
{
  kit_text_put(to, "%27");
  for (; *text != 0; text++) {
    char one[2] = {*text, 0};
    graph_put_encoded(to, *text == '\'' ? "''" : one);
  }
  kit_text_put(to, "%27");
}

// A key that begins with '$' would be read as an option of the query: it goes as a literal in parentheses.
void
graph_put_user(struct kit_text *to, const char *id)
{
  kit_text_put(to, "/users");
  if (id[0] == '$') {
    kit_text_put(to, "(");
    graph_put_literal(to, id);
    kit_text_put(to, ")");
    return;
  }
  kit_text_put(to, "/");
  for (; *id != 0; id++) {
    char one[2] = {*id, 0};
    if (*id == '@')
      kit_text_put(to, "@");
    else
      graph_put_encoded(to, one);
  }
}

// Within the clause's double quotes a quote or a backslash takes a backslash before it.
static void
put_clause(struct kit_text *to, const char *property, const char *typed)
{
  kit_text_printf(to, "%%22%s%%3A", property);
  for (; *typed != 0; typed++) {
    char one[3] = {'\\', *typed, 0};
    graph_put_encoded(to, *typed == '"' || *typed == '\\' ? one : one + 1);
  }
  kit_text_put(to, "%22");
}

void
graph_put_search(struct kit_text *to, const char *typed)
{
  static const char *const properties[] = {"displayName", "mail", "userPrincipalName"};
  for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
    kit_text_put(to, i == 0 ? "" : "%20OR%20");
    put_clause(to, properties[i], typed);
  }
}

bool
graph_link_is_home(const char *root, const char *link)
{
  size_t n = strlen(root);
  // The whole authority, so that neither user@ nor a longer name or port gets by; case differs in host names only.
  return n > 0 && strncasecmp(link, root, n) == 0 && link[n] == '/' && strchr(link, '\\') == NULL;
}
