// SPDX-License-Identifier: Apache-2.0
//
// Reading and writing of forms. A '+' is a blank, as everywhere: a secret that was sent with a bare
// plus is another secret.
#include "form.h"

#include <ctype.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

static int
digit(char letter)
{
  if (letter >= '0' && letter <= '9')
    return letter - '0';
  letter = (char)tolower((unsigned char)letter);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

size_t
form_decode(char *text, bool plus)
{
  char *to = text;
  for (const char *from = text; *from != '\0'; from++) {
    if (*from == '%' && digit(from[1]) >= 0 && digit(from[2]) >= 0) {
      *to++ = (char)(digit(from[1]) * 16 + digit(from[2]));
      from += 2;
    } else {
      *to++ = plus && *from == '+' ? ' ' : *from;
    }
  }
  *to = '\0';
  return (size_t)(to - text);
}

void
form_encode(struct text *to, const char *piece)
{
  for (; *piece != '\0'; piece++)
    if (isalnum((unsigned char)*piece) || strchr("-._~", *piece) != NULL)
      text_append_bytes(to, piece, 1);
    else
      text_format(to, "%%%02X", (unsigned char)*piece);
}

bool
form_read(const char *text, size_t length, struct form *ret_form)
{
  struct form form = {0};
  if (length > FORM_BYTES_MAX)
    return false;
  form.bytes = strndup(text, length);
  if (form.bytes == NULL)
    return false;
  char *rest = form.bytes;
  for (char *pair; (pair = strsep(&rest, "&")) != NULL;) {
    if (*pair == '\0')
      continue;
    if (form.count == FORM_FIELDS_MAX) {
      form_finish(&form);
      return false;
    }
    char *equals = strchr(pair, '=');
    if (equals != NULL)
      *equals++ = '\0';
    form_decode(pair, true);
    if (equals != NULL)
      form_decode(equals, true);
    form.fields[form.count].name = pair;
    form.fields[form.count++].value = equals != NULL ? equals : "";
  }
  *ret_form = form;
  return true;
}

static enum MHD_Result
take(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
  struct form *form = context;
  (void)kind;
  if (form->count == FORM_FIELDS_MAX)
    return MHD_NO;
  form->fields[form->count].name = name;
  form->fields[form->count++].value = value != NULL ? value : "";
  return MHD_YES;
}

bool
form_query(const struct http_request *request, struct form *ret_form)
{
  *ret_form = (struct form){0};
  return MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, take, ret_form) <=
         FORM_FIELDS_MAX;
}

void
form_finish(struct form *form)
{
  if (form->bytes != NULL)
    explicit_bzero(form->bytes, strlen(form->bytes));
  free(form->bytes);
  *form = (struct form){0};
}

const char *
form_field(const struct form *form, const char *name)
{
  for (size_t i = 0; i < form->count; i++)
    if (strcmp(form->fields[i].name, name) == 0)
      return form->fields[i].value;
  return NULL;
}

const char *
form_text(const struct form *form, const char *name)
{
  const char *value = form_field(form, name);
  return value != NULL ? value : "";
}
