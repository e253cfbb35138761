// SPDX-License-Identifier: Apache-2.0
/* Taking an answer in, as libcurl hands it over: headers and decompressed body, each up to its limit, so that neither a
 * header flood nor a small gzip file that becomes gigabytes is ever held. */
#include <string.h>

#include "core/base/utf8.h"
#include "core/http/channel.h"
#include "core/http/inside.h"

#include <openssl/ssl.h>

static size_t
stop(struct transaction *t, enum stop why)
{
  if (t->stop == STOP_NONE)
    t->stop = why;
  return 0;
}

/* ---- the connection ---- */

/* The connection is known to libcurl now and is not when the transfer has ended. */
static void
note_connection(struct transaction *t)
{
  struct curl_tlssessioninfo *info = NULL;
  passage_made(t);
  if (!t->target.tls || curl_easy_getinfo(t->easy, CURLINFO_TLS_SSL_PTR, &info) || !info ||
      !info->internals)
    return;
  struct tls_facts *facts = tls_facts_of(info->internals);
  if (!facts || facts == t->facts)
    return;
  tls_facts_unref(t->facts);
  t->facts = tls_facts_ref(facts);
}

static CURLcode
on_tls(CURL *easy, void *ctx, void *user)
{
  (void)easy;
  struct transaction *t = user;
  struct settings *s = &t->service->settings;
  struct tls_facts *facts = NULL;
  const struct proxy *proxy = t->target.proxy;
  /* libcurl does not say whose: the proxy's comes first, on each connection. */
  bool of_proxy = proxy && proxy->tls && !t->proxy_shaken;
  if (tls_prepare(of_proxy ? &s->proxy_tls : &s->tls, ctx, of_proxy ? proxy->host : t->target.host,
                  &facts) < 0)
    return CURLE_OUT_OF_MEMORY;
  struct tls_facts **to = of_proxy ? &t->proxy_facts : &t->facts;
  tls_facts_unref(*to);
  *to = facts;
  t->proxy_shaken = of_proxy && t->target.tls;
  return CURLE_OK;
}

/* Before each sending. libcurl sends again when a kept-alive connection turns out dead, up to five times; here once. */
static int
on_send(void *user, char *peer, char *local, int peer_port, int local_port)
{
  (void)peer, (void)local, (void)peer_port;
  struct transaction *t = user;
  note_connection(t);
  if (t->channel && !channel_sends(t, local_port)) {
    (void)stop(t, STOP_MOVED);
    return CURL_PREREQFUNC_ABORT;
  }
  if (++t->sends > TRANSACTION_SENDS_MAX) {
    (void)stop(t, STOP_RESENT);
    return CURL_PREREQFUNC_ABORT;
  }
  enum gate_word word = gate_send(t->service->gate, &t->visit);
  if (word == GATE_GO)
    return CURL_PREREQFUNC_OK;
  t->sends--;
  t->word = word;
  t->state = TRANSACTION_HELD;
  (void)stop(t, STOP_GATE);
  return CURL_PREREQFUNC_ABORT;
}

/* ---- headers ---- */

static void
start_headers(struct transaction *t)
{
  buf_clear(&t->reply_headers); /* what came was an interim answer (1xx) */
  t->n_reply_headers = 0;
}

/* Text of the ABI has no control characters and is UTF-8; header values need not be. */
static void
clean(char *text, size_t n)
{
  if (utf8_printable(text, n))
    return;
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7f)
      text[i] = '?';
}

static bool
put_header(struct transaction *t, const char *line, size_t n)
{
  const char *colon = memchr(line, ':', n);
  struct buf *to = &t->reply_headers;
  if (!colon)
    return true; /* the empty line */
  if (t->n_reply_headers >= TENON_HTTP_HEADERS_MAX)
    return false;
  size_t n_key = (size_t)(colon - line), at = n_key + 1;
  while (n > at &&
         (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' ' || line[n - 1] == '\t'))
    n--;
  while (at < n && (line[at] == ' ' || line[at] == '\t'))
    at++;
  size_t start = to->len;
  buf_put(to, line, n_key);
  buf_putc(to, '\0');
  buf_put(to, line + at, n - at);
  if (!buf_putc(to, '\0'))
    return false;
  clean(to->ptr + start, n_key);
  clean(to->ptr + start + n_key + 1, n - at);
  t->n_reply_headers++;
  return true;
}

static size_t
on_header(char *line, size_t size, size_t n, void *user)
{
  struct transaction *t = user;
  n *= size;
  if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) {
    start_headers(t);
    return n;
  }
  return put_header(t, line, n) ? n : stop(t, STOP_HEADERS);
}

void
answer_finish(struct transaction *t)
{
  /* What a proxy says before its tunnel stands is no answer, but its refusal. */
  if (t->sends == 0 && t->completion.fault != TENON_HTTP_FAULT_PROXY)
    t->n_reply_headers = 0;
  const char *at = buf_text(&t->reply_headers);
  for (size_t i = 0; i < t->n_reply_headers; i++) {
    const char *value = at + strlen(at) + 1;
    t->pairs[i] = (tenon_pair){at, {value, strlen(value)}};
    at = value + t->pairs[i].value.len + 1;
  }
  t->completion.headers = t->pairs;
  t->completion.n_headers = t->n_reply_headers;
  t->completion.body = (tenon_text){buf_text(&t->reply_body), t->reply_body.len};
}

/* ---- body ---- */

static size_t
sink(struct transaction *t, const char *bytes, size_t n)
{
  t->n_sunk += n;
  if (t->n_sunk > t->body_max)
    return stop(t, STOP_BODY);
  t->service->inside_sink = true;
  int32_t r = t->body_sink(t->body_user, bytes, n);
  t->service->inside_sink = false;
  return r == 0 ? n : stop(t, STOP_SINK);
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *user)
{
  struct transaction *t = user;
  n *= size;
  if (t->body_sink && !(t->channel && channel_hides(t)))
    return n > 0 ? sink(t, bytes, n) : 0;
  if (n > t->body_max - t->reply_body.len)
    return stop(t, STOP_BODY);
  return buf_put(&t->reply_body, bytes, n) ? n : stop(t, STOP_MEMORY);
}

void
answer_setup(struct transaction *t)
{
  curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, on_send);
  curl_easy_setopt(t->easy, CURLOPT_PREREQDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
  curl_easy_setopt(t->easy, CURLOPT_SSL_CTX_DATA, t);
}
