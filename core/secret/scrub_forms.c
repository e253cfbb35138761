// SPDX-License-Identifier: Apache-2.0
/* The encoders of scrub_forms.h. They count and write in the same pass over the value, never allocate, and so leave no
 * copy of a secret outside the memory of their caller. */
#include "core/secret/scrub_forms.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct writer {
  char *out; /* NULL: count only */
  size_t n;
};

static void
put(struct writer *w, char c)
{
  if (w->out)
    w->out[w->n] = c;
  w->n++;
}

static void
puts_(struct writer *w, const char *text)
{
  for (; *text; text++)
    put(w, *text);
}

static bool
unreserved(unsigned char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != 0 && strchr("-._~", c));
}

static void
percent(struct writer *w, enum secret_form form, unsigned char c)
{
  const char *digits = form == SECRET_FORM_PERCENT_LOWER ? "0123456789abcdef" : "0123456789ABCDEF";
  if (unreserved(c) || (form == SECRET_FORM_PERCENT_LOOSE && c != 0 && strchr("!'()*", c))) {
    put(w, (char)c);
  } else if (form == SECRET_FORM_URLENCODED && c == ' ') {
    put(w, '+');
  } else {
    put(w, '%');
    put(w, digits[c >> 4]);
    put(w, digits[c & 15]);
  }
}

static void
json(struct writer *w, enum secret_form form, unsigned char c)
{
  static const char escapes[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
  const char *at = c ? strchr(escapes, c) : NULL;
  if (at || (c == '/' && form == SECRET_FORM_JSON_SLASH)) {
    put(w, '\\');
    put(w, at ? letters[at - escapes] : '/');
  } else if (c < 0x20) {
    puts_(w, "\\u00");
    put(w, "01"[c >> 4]);
    put(w, "0123456789abcdef"[c & 15]);
  } else {
    put(w, (char)c);
  }
}

static void
xml(struct writer *w, enum secret_form form, unsigned char c)
{
  if (c == '&')
    puts_(w, "&amp;");
  else if (c == '<')
    puts_(w, "&lt;");
  else if (c == '>')
    puts_(w, "&gt;");
  else if (c == '"' && form != SECRET_FORM_XML_TEXT)
    puts_(w, "&quot;");
  else if (c == '\'' && form != SECRET_FORM_XML_TEXT)
    puts_(w, form == SECRET_FORM_XML ? "&apos;" : "&#39;");
  else if (c == '\r')
    puts_(w, "&#13;");
  else
    put(w, (char)c);
}

/* ---- base64 ---- */

/* Bytes one by one, as they are or as the UTF-16LE of the UTF-8 that they are (each byte for itself where it is none:
 * what is no text is not typed into PowerShell either). */
struct source {
  const uint8_t *bytes;
  size_t n, at;
  bool utf16;
  uint8_t left[4];
  size_t n_left;
};

static uint32_t
next_code_point(struct source *s)
{
  uint8_t b = s->bytes[s->at++];
  size_t more = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : b >= 0xc0 ? 1 : 0;
  if (more == 0 || s->n - s->at < more)
    return b;
  uint32_t code = b & (0x3fu >> more);
  for (; more > 0; more--)
    code = code << 6 | (s->bytes[s->at++] & 0x3fu);
  return code;
}

static void
push_unit(struct source *s, uint32_t unit)
{
  s->left[s->n_left++] = (uint8_t)unit;
  s->left[s->n_left++] = (uint8_t)(unit >> 8);
}

static bool
next_byte(struct source *s, uint8_t *ret)
{
  if (!s->utf16) {
    if (s->at >= s->n)
      return false;
    *ret = s->bytes[s->at++];
    return true;
  }
  if (s->n_left == 0) {
    if (s->at >= s->n)
      return false;
    uint32_t code = next_code_point(s);
    if (code > 0xffff) {
      push_unit(s, 0xd800 + ((code - 0x10000) >> 10));
      push_unit(s, 0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
      push_unit(s, code);
    }
  }
  *ret = s->left[0];
  memmove(s->left, s->left + 1, --s->n_left);
  return true;
}

/* alignment 0: whole; 1 to 3: the characters that depend on the value alone when 0 to 2 bytes stand before it in the
 * group of three and unknown ones follow. */
static void
base64(struct writer *w, struct source *s, const char *digits, unsigned alignment, bool pad)
{
  unsigned skip = alignment > 0 ? alignment - 1 : 0; /* foreign bytes in front */
  uint32_t bits = 0;
  unsigned n_bits = skip * 8;
  bool first_is_foreign = skip > 0;
  /* Characters that hold a foreign bit: 8 bits touch two characters, 16 touch three. */
  unsigned drop = first_is_foreign ? skip + 1 : 0;
  uint8_t byte;
  while (next_byte(s, &byte)) {
    bits = bits << 8 | byte;
    n_bits += 8;
    while (n_bits >= 6) {
      n_bits -= 6;
      if (drop > 0)
        drop--;
      else
        put(w, digits[bits >> n_bits & 63]);
    }
  }
  if (alignment > 0 || n_bits == 0)
    return;
  put(w, digits[bits << (6 - n_bits) & 63]);
  for (unsigned i = n_bits; pad && i < 6; i += 2)
    put(w, '=');
}

static size_t
base64_form(enum secret_form form, const void *bytes, size_t n, char *out)
{
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  bool is_url = form >= SECRET_FORM_BASE64URL && form < SECRET_FORM_UTF16_BASE64;
  struct writer w = {out, 0};
  struct source s = {.bytes = bytes, .n = n, .utf16 = form >= SECRET_FORM_UTF16_BASE64};
  base64(&w, &s, is_url ? url : plain, (form - SECRET_FORM_BASE64) % 4u, !is_url);
  return w.n;
}

size_t
secret_form(enum secret_form form, const void *bytes, size_t n, char *out)
{
  const unsigned char *in = bytes;
  struct writer w = {out, 0};
  if (form >= SECRET_FORM_BASE64)
    return base64_form(form, bytes, n, out);
  for (size_t i = 0; i < n; i++) {
    if (form == SECRET_FORM_RAW)
      put(&w, (char)in[i]);
    else if (form <= SECRET_FORM_URLENCODED)
      percent(&w, form, in[i]);
    else if (form <= SECRET_FORM_JSON_SLASH)
      json(&w, form, in[i]);
    else
      xml(&w, form, in[i]);
  }
  return w.n;
}
