// SPDX-License-Identifier: Apache-2.0
/* Putting a body together. One with a secret in it is made in secret memory, of exactly the size it needs, and goes
 * away with the transaction; others use the transaction's buffer again and again. */
#include <stdio.h>
#include <string.h>

#include "core/http/inside.h"
#include "core/secret/memory.h"
#include "core/secret/scrub_forms.h"

static int
refuse(struct transaction *t, const char *why)
{
  (void)snprintf(t->reason, sizeof t->reason, "%s", why);
  return -1;
}

static const enum secret_form forms[] = {
    [TENON_HTTP_RAW] = SECRET_FORM_RAW,
    [TENON_HTTP_FORM] = SECRET_FORM_URLENCODED,
    [TENON_HTTP_JSON] = SECRET_FORM_JSON,
    [TENON_HTTP_XML] = SECRET_FORM_XML,
};

static size_t
put_part(const tenon_http_part *part, char *out)
{
  tenon_text text = part->secret ? secret_plaintext(part->secret) : part->text;
  enum secret_form form = part->secret ? forms[part->encoding] : SECRET_FORM_RAW;
  if (form != SECRET_FORM_RAW)
    return secret_form(form, text.ptr, text.len, out);
  if (out && text.len > 0)
    memcpy(out, text.ptr, text.len);
  return text.len;
}

static int
check_part(struct transaction *t, const tenon_http_part *part)
{
  if (!part->secret)
    return part->text.ptr || part->text.len == 0 ? 0 : refuse(t, "a piece of the body has no text");
  if (!secret_table_owns(t->service->config.secrets, part->secret))
    return refuse(t, "a secret in the body is none of this session");
  if (part->encoding >= sizeof forms / sizeof *forms)
    return refuse(t, "a secret in the body has an encoding that this host does not know");
  if (!t->target.tls)
    return refuse(t, "a secret is not sent over http://: use https://");
  t->has_secret = true;
  return 0;
}

static char *
room_for(struct transaction *t, size_t n)
{
  if (t->has_secret)
    return t->secret_body = secret_memory_alloc(n + 1);
  char *room = buf_room(&t->body, n);
  if (room)
    buf_grew(&t->body, n);
  return room;
}

int
body_take(struct transaction *t, const tenon_http_part *parts, size_t n)
{
  size_t total = 0;
  if (n > TRANSACTION_PARTS_MAX)
    return refuse(t, "the body has more than 256 pieces");
  for (size_t i = 0; i < n; i++) {
    if (check_part(t, &parts[i]) < 0)
      return -1;
    total += put_part(&parts[i], NULL);
    if (total > TENON_HTTP_REQUEST_BODY_MAX)
      return refuse(t, "the body of the request is larger than 1 MiB");
  }
  t->has_body = n > 0;
  t->n_body = total;
  if (total == 0)
    return 0;
  char *at = room_for(t, total);
  if (!at)
    return refuse(t, "memory is out");
  for (size_t i = 0; i < n; i++)
    at += put_part(&parts[i], at);
  return 0;
}
