// SPDX-License-Identifier: Apache-2.0
//
// The anonymous form, which has no published schema: one flat object of strings. Read strictly and by
// hand, since all that is wanted of it are four members.
#include "autodiscover.h"

#include <string.h>
#include <strings.h>

struct cursor {
  const char *p, *end;
};

static void
skip_space(struct cursor *c)
{
  while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r'))
    c->p++;
}

static bool
take(struct cursor *c, char wanted)
{
  skip_space(c);
  if (c->p == c->end || *c->p != wanted)
    return false;
  c->p++;
  return true;
}

static bool
take_hex(struct cursor *c, uint32_t *ret)
{
  uint32_t value = 0;
  if (c->end - c->p < 4)
    return false;
  for (int i = 0; i < 4; i++) {
    char h = *c->p++;
    uint32_t digit = h >= '0' && h <= '9'   ? (uint32_t)(h - '0')
                     : h >= 'a' && h <= 'f' ? (uint32_t)(h - 'a') + 10
                     : h >= 'A' && h <= 'F' ? (uint32_t)(h - 'A') + 10
                                            : 16;
    if (digit == 16)
      return false;
    value = value * 16 + digit;
  }
  *ret = value;
  return true;
}

// Surrogates have no place in an address or a URL, nor has a zero byte.
static bool
put_code_point(struct kit_text *to, uint32_t code)
{
  char bytes[3];
  if (code == 0 || (code >= 0xD800 && code <= 0xDFFF))
    return false;
  if (code < 0x80) {
    bytes[0] = (char)code;
    kit_text_put_n(to, bytes, 1);
  } else if (code < 0x800) {
    bytes[0] = (char)(0xC0 | (code >> 6));
    bytes[1] = (char)(0x80 | (code & 0x3F));
    kit_text_put_n(to, bytes, 2);
  } else {
    bytes[0] = (char)(0xE0 | (code >> 12));
    bytes[1] = (char)(0x80 | ((code >> 6) & 0x3F));
    bytes[2] = (char)(0x80 | (code & 0x3F));
    kit_text_put_n(to, bytes, 3);
  }
  return true;
}

static bool
take_escape(struct cursor *c, struct kit_text *to)
{
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  if (c->p == c->end)
    return false;
  char kind = *c->p++;
  uint32_t code = 0;
  if (kind == 'u')
    return take_hex(c, &code) && put_code_point(to, code);
  const char *at = kind != 0 ? strchr(names, kind) : NULL;
  if (at == NULL)
    return false;
  kit_text_put_n(to, &values[at - names], 1);
  return true;
}

static bool
take_string(struct cursor *c, struct kit_text *to)
{
  if (!take(c, '"'))
    return false;
  while (c->p < c->end && *c->p != '"') {
    unsigned char byte = (unsigned char)*c->p++;
    if (byte < ' ' || (byte == '\\' && !take_escape(c, to)))
      return false;
    if (byte != '\\')
      kit_text_put_n(to, c->p - 1, 1);
  }
  return take(c, '"');
}

// A number, true, false or null: nothing that is wanted.
static bool
skip_word(struct cursor *c)
{
  const char *from = c->p;
  while (c->p < c->end &&
         strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", *c->p != 0 ? *c->p : '"') != NULL)
    c->p++;
  return c->p > from;
}

struct member {
  const char *name;
  char *to;
  size_t size;
};

static bool
take_member(struct cursor *c, const struct member *members, size_t n)
{
  char name[32], rest[8];
  struct kit_text text, unused;
  kit_text_init(&text, name, sizeof name);
  kit_text_init(&unused, rest, sizeof rest);
  if (!take_string(c, &text) || !take(c, ':'))
    return false;
  skip_space(c);
  if (c->p < c->end && *c->p != '"')
    return skip_word(c);
  for (size_t i = 0; i < n && !text.cut; i++)
    if (strcmp(members[i].name, name) == 0) {
      kit_text_init(&text, members[i].to, members[i].size);
      bool good = take_string(c, &text);
      return good && kit_utf8_printable(members[i].to, text.len);
    }
  return take_string(c, &unused);
}

static bool
take_object(struct cursor *c, const struct member *members, size_t n)
{
  if (!take(c, '{'))
    return false;
  if (take(c, '}'))
    return true;
  do
    if (!take_member(c, members, n))
      return false;
  while (take(c, ','));
  return take(c, '}');
}

void
autodiscover_read_json(const char *bytes, size_t len, struct autodiscover_reply *ret)
{
  char protocol[32] = "";
  memset(ret, 0, sizeof *ret);
  const struct member members[] = {
      {"Protocol", protocol, sizeof protocol},
      {"Url", ret->external, sizeof ret->external},
      {"ErrorCode", ret->code, sizeof ret->code},
      {"ErrorMessage", ret->text, sizeof ret->text},
  };
  struct cursor c = {bytes, bytes + len};
  const char *why = NULL;
  if (len > AUTODISCOVER_BYTES_MAX)
    why = "it is too long";
  else if (!take_object(&c, members, sizeof members / sizeof *members))
    why = "it is not the JSON of Autodiscover";
  skip_space(&c);
  if (why == NULL && c.p != c.end)
    why = "something follows its JSON";
  if (why == NULL && ret->external[0] == 0 && ret->code[0] == 0)
    why = "it names no address";
  if (why == NULL && ret->external[0] != 0 && strcasecmp(protocol, "EWS") != 0)
    why = "it is about another protocol";
  if (why != NULL) {
    memset(ret, 0, sizeof *ret);
    struct kit_text text;
    kit_text_init(&text, ret->why, sizeof ret->why);
    kit_text_put(&text, why);
    return;
  }
  ret->kind = ret->external[0] != 0 ? AUTODISCOVER_SETTINGS : AUTODISCOVER_ERROR;
  struct autodiscover_url url;
  ret->cloud = ret->external[0] != 0 && autodiscover_url_read(ret->external, &url) &&
               autodiscover_is_cloud(url.host);
}
