// SPDX-License-Identifier: Apache-2.0
//
// What an endpoint says instead of a token. Microsoft's advice is to act upon `error` and `suberror` and to read the
// numbers as diagnosis; the shapes vary by host: numbers as a list or as its text, ids by other names, `error` a
// word, a sentence or an object.
#include "oauth_parts.h"

#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A sentence for people: what is no printable text becomes a blank, and rows of blanks one.
static void
take_sentence(char *to, size_t size, const char *from, size_t len)
{
  struct kit_text text;
  bool blank = true;
  kit_text_init(&text, to, size);
  for (size_t i = 0; i < len;) {
    size_t n = 1;
    while (i + n < len && ((unsigned char)from[i + n] & 0xC0) == 0x80)
      n++;
    bool space = from[i] == ' ' || !kit_utf8_printable(from + i, n);
    if (!space)
      kit_text_put_n(&text, from + i, n);
    else if (!blank)
      kit_text_put_n(&text, " ", 1);
    blank = space;
    i += n;
  }
  while (text.len > 0 && to[text.len - 1] == ' ')
    to[--text.len] = 0;
}

static void
take(char *to, size_t size, const char *from)
{
  if (from != NULL && to[0] == 0)
    take_sentence(to, size, from, strlen(from));
}

static void
add_code(struct oauth_error *e, int64_t code)
{
  if (code <= 0 || code > UINT32_MAX)
    return;
  for (size_t i = 0; i < e->n_codes; i++)
    if (e->codes[i] == (uint32_t)code)
      return;
  if (e->n_codes < OAUTH_CODES_MAX)
    e->codes[e->n_codes++] = (uint32_t)code;
}

// All numbers in a text that stand behind `mark`.
static void
add_codes_of_text(struct oauth_error *e, const char *text, const char *mark)
{
  for (const char *at = text; at != NULL && *at != 0;) {
    at = strstr(at, mark);
    if (at == NULL)
      return;
    at += strlen(mark);
    int64_t code = 0;
    for (; *at >= '0' && *at <= '9' && code <= UINT32_MAX; at++)
      code = code * 10 + (*at - '0');
    add_code(e, code);
  }
}

static void
take_codes(struct oauth_error *e, const cJSON *json, const char *sentence)
{
  const cJSON *code;
  cJSON_ArrayForEach(code, kit_json_array(json, "error_codes"))
  {
    if (cJSON_IsNumber(code) && code->valuedouble >= 1 && code->valuedouble <= UINT32_MAX)
      add_code(e, (int64_t)code->valuedouble);
  }
  const char *list = kit_json_text(json, "error_codes"); // Azure Arc: "[500011]"
  for (const char *p = list; p != NULL && *p != 0; p += strcspn(p, ",") + (strchr(p, ',') != NULL))
    add_code(e, strtoll(p + strspn(p, "[ "), NULL, 10));
  add_codes_of_text(e, sentence, "AADSTS");
}

static size_t
without_ids(const char *sentence)
{
  static const char *const tails[] = {"Trace ID:", "Correlation ID:", "Timestamp:", "\r\n"};
  size_t len = strlen(sentence);
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
    const char *at = strstr(sentence, tails[i]);
    if (at != NULL && at > sentence && (size_t)(at - sentence) < len)
      len = (size_t)(at - sentence);
  }
  return len;
}

// {"error":{"code","message"}} of Cloud Shell, and {"message","correlationId"} of App Service.
static void
take_other_shapes(struct oauth_error *e, const cJSON *json, const char **sentence)
{
  const cJSON *inner = kit_json_object(json, "error");
  take(e->error, sizeof e->error, kit_json_text(inner, "code"));
  if (*sentence == NULL)
    *sentence = kit_json_text(inner, "message");
  if (*sentence == NULL)
    *sentence = kit_json_text(json, "message");
  take(e->correlation, sizeof e->correlation, kit_json_text(json, "correlationId"));
}

// `error` is a word; where a host puts a sentence there, it is the text.
static const char *
take_word(struct oauth_error *e, const cJSON *json)
{
  const char *word = kit_json_text(json, "error");
  if (word == NULL)
    return NULL;
  if (strchr(word, ' ') == NULL && strlen(word) < sizeof e->error) {
    take(e->error, sizeof e->error, word);
    return NULL;
  }
  return word;
}

void
oauth_error_read(const char *bytes, size_t len, struct oauth_error *ret)
{
  memset(ret, 0, sizeof *ret);
  cJSON *json = kit_json_parse(bytes, len, NULL);
  const char *sentence = kit_json_text(json, "error_description"), *said = take_word(ret, json);
  if (sentence == NULL)
    sentence = said;
  take_other_shapes(ret, json, &sentence);
  if (sentence != NULL)
    take_sentence(ret->text, sizeof ret->text, sentence, without_ids(sentence));
  take_codes(ret, json, sentence);
  take(ret->suberror, sizeof ret->suberror, kit_json_text(json, "suberror"));
  take(ret->correlation, sizeof ret->correlation, kit_json_text(json, "correlation_id"));
  take(ret->trace, sizeof ret->trace, kit_json_text(json, "trace_id"));
  take(ret->timestamp, sizeof ret->timestamp, kit_json_text(json, "timestamp"));
  ret->readable = ret->error[0] != 0 || ret->n_codes > 0 || ret->text[0] != 0;
  kit_json_wipe(json);
}

void
oauth_error_put(struct oauth_error *e, const char *error, const char *description,
                const char *suberror)
{
  memset(e, 0, sizeof *e);
  take(e->error, sizeof e->error, error);
  take(e->suberror, sizeof e->suberror, suberror);
  if (description != NULL)
    take_sentence(e->text, sizeof e->text, description, without_ids(description));
  add_codes_of_text(e, description, "AADSTS");
  e->readable = true;
}

static bool
has_code(const struct oauth_error *e, const uint32_t *codes, size_t n)
{
  for (size_t i = 0; i < e->n_codes; i++)
    for (size_t k = 0; k < n; k++)
      if (e->codes[i] == codes[k])
        return true;
  return false;
}

bool
oauth_error_is_dead(const struct oauth_error *e)
{
  static const uint32_t codes[] = {50132, 50133,  50173,  70000,  70002,  70008,
                                   70043, 700081, 700082, 700084, 9002313};
  if (strcmp(e->suberror, "bad_token") == 0 || strcmp(e->suberror, "token_expired") == 0)
    return true;
  if (strcmp(e->error, "invalid_grant") != 0)
    return false;
  bool plain = e->suberror[0] == 0 && e->n_codes == 0; // of a server that has no numbers
  return plain || has_code(e, codes, sizeof codes / sizeof *codes);
}

bool
oauth_error_is_homeless(const struct oauth_error *e)
{
  static const uint32_t codes[] = {90002, 90038, 900382, 900432};
  return has_code(e, codes, sizeof codes / sizeof *codes) ||
         strcmp(e->error, "invalid_tenant") == 0;
}

bool
oauth_error_is_interactive(const struct oauth_error *e)
{
  static const char *const words[] = {"invalid_grant", "interaction_required", "consent_required",
                                      "login_required"};
  if (strcmp(e->suberror, "message_only") == 0)
    return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(e->error, words[i]) == 0)
      return true;
  return false;
}

enum oauth_shown
oauth_error_shows(const struct oauth_error *e)
{
  static const uint32_t nobody[] = {700016}, unconsented[] = {65001},
                        credential[] = {7000215, 7000222, 700027, 7000218, 700024};
  if (has_code(e, nobody, sizeof nobody / sizeof *nobody))
    return OAUTH_SHOWS_NO_APPLICATION;
  if (has_code(e, unconsented, sizeof unconsented / sizeof *unconsented))
    return OAUTH_SHOWS_NO_CONSENT;
  return has_code(e, credential, sizeof credential / sizeof *credential) ? OAUTH_SHOWS_APPLICATION
                                                                         : OAUTH_SHOWS_NOTHING;
}
