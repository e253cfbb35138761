// SPDX-License-Identifier: Apache-2.0
/* The forms in which a value stands in text: what core/http writes into bodies and headers, and what the scrubber looks
 * for. One place, so that nothing is written in a form that is not looked for. */
#ifndef CORE_SECRET_SCRUB_FORMS_H
#define CORE_SECRET_SCRUB_FORMS_H

#include <stddef.h>

enum secret_form {
  SECRET_FORM_RAW,
  SECRET_FORM_PERCENT,       /* RFC 3986, %2F */
  SECRET_FORM_PERCENT_LOWER, /* %2f */
  SECRET_FORM_PERCENT_LOOSE, /* !'()* left as they are: encodeURIComponent */
  SECRET_FORM_URLENCODED,    /* as loose as PERCENT, space as +: form bodies */
  SECRET_FORM_JSON,          /* within quotes */
  SECRET_FORM_JSON_SLASH,    /* and \/ */
  SECRET_FORM_XML,           /* all five entities */
  SECRET_FORM_XML_TEXT,      /* & < > only */
  SECRET_FORM_XML_APOS,      /* ' as &#39; */
  SECRET_FORM_BASE64,        /* whole, padded */
  SECRET_FORM_BASE64_1, /* what is the same wherever it stands inside longer base64, by alignment */
  SECRET_FORM_BASE64_2,
  SECRET_FORM_BASE64_3,
  SECRET_FORM_BASE64URL, /* whole, not padded; then as above */
  SECRET_FORM_BASE64URL_1,
  SECRET_FORM_BASE64URL_2,
  SECRET_FORM_BASE64URL_3,
  SECRET_FORM_UTF16_BASE64, /* of its UTF-16LE: encoded PowerShell commands */
  SECRET_FORM_UTF16_BASE64_1,
  SECRET_FORM_UTF16_BASE64_2,
  SECRET_FORM_UTF16_BASE64_3,
  SECRET_FORMS
};

/* Is it one of the base64 forms that stand inside longer base64? */
#define SECRET_FORM_EMBEDDED(form) ((form) >= SECRET_FORM_BASE64)

/* Writes the form of n bytes to out and gives its length; out NULL: only the length. No NUL is written. */
size_t secret_form(enum secret_form, const void *bytes, size_t n, char *out);

#endif
