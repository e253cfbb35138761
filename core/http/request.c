// SPDX-License-Identifier: Apache-2.0
/* Taking a plugin's request in: everything is checked and copied, nothing is sent. What cannot be sent is refused with
 * a sentence; a line end smuggled into a header would be a request of its own. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/clock.h"
#include "core/http/inside.h"

static char expect_none[] = "Expect:", type_none[] = "Content-Type:";

static int refuse(struct transaction *, const char *fmt, ...) TENON_PRINTF(2, 3);

static int
refuse(struct transaction *t, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  (void)vsnprintf(t->reason, sizeof t->reason, fmt, ap);
  va_end(ap);
  return -1;
}

/* ---- URL ---- */

static void
cleanup_curl_url(CURLU **url)
{
  curl_url_cleanup(*url);
}

static void
cleanup_curl_text(char **text)
{
  curl_free(*text);
}

#define CLEANUP_URL  __attribute__((cleanup(cleanup_curl_url)))
#define CLEANUP_CURL __attribute__((cleanup(cleanup_curl_text)))

static bool
url_text_ok(const char *url)
{
  for (; *url; url++)
    if ((unsigned char)*url <= ' ' || *url == 0x7f)
      return false;
  return true;
}

static int
parse_url(struct transaction *t, CURLU *url, const char *text)
{
  CLEANUP_CURL char *scheme = NULL, *user = NULL, *host = NULL, *port = NULL;
  CURLUcode code = curl_url_set(url, CURLUPART_URL, text, 0);
  if (code)
    return refuse(t, "the URL cannot be used (%s)", curl_url_strerror(code));
  (void)curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
  (void)curl_url_get(url, CURLUPART_USER, &user, 0);
  (void)curl_url_get(url, CURLUPART_HOST, &host, CURLU_PUNYCODE);
  (void)curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
  if (!scheme || (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0))
    return refuse(t, "the URL is neither https nor http");
  if (user)
    return refuse(t, "the URL holds a user name: sign-in has members of its own");
  if (!host || !*host || !port)
    return refuse(t, "the URL names no host");
  size_t n = strlen(host);
  bool brackets = host[0] == '[' && host[n - 1] == ']';
  t->target.host = brackets ? strndup(host + 1, n - 2) : strdup(host);
  t->target.port = (unsigned)strtoul(port, NULL, 10);
  t->target.tls = scheme[4] == 's';
  return t->target.host ? 0 : refuse(t, "memory is out");
}

/* How the way there differs from what the URL says: another address or port, a name that libcurl is not to look up. */
static void
take_way(struct transaction *t)
{
  struct target *to = &t->target;
  const struct settings *s = &t->service->settings;
  const struct way_rule *rule = ways_find(&s->ways, to->host, to->port);
  unsigned port = rule && rule->to_port ? rule->to_port : to->port;
  const char *address = rule && rule->address ? rule->address : "";
  (void)snprintf(to->connect_text, sizeof to->connect_text,
                 strchr(address, ':') ? "::[%s]:%u" : "::%s:%u", address, port);
  to->connect_to = (struct curl_slist){.data = to->connect_text};
  curl_easy_setopt(t->easy, CURLOPT_CONNECT_TO, rule ? &to->connect_to : NULL);
  bool proxied = to->proxy && to->proxy->url;
  to->look_up = proxied ? to->proxy->host : *address ? NULL : to->host;
  to->look_up_port = proxied ? to->proxy->port : port;
  if (!s->has_dns || (to->look_up && way_is_known(to->look_up)))
    to->look_up = NULL;
  curl_easy_setopt(t->easy, CURLOPT_RESOLVE, NULL);
}

int
request_origin(const char *url, char **ret_host, char **ret_origin)
{
  CLEANUP_URL CURLU *parts = curl_url();
  CLEANUP_CURL char *scheme = NULL, *user = NULL, *host = NULL, *port = NULL;
  if (!parts)
    return -ENOMEM;
  if (!url_text_ok(url) || curl_url_set(parts, CURLUPART_URL, url, 0))
    return -EINVAL;
  (void)curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
  (void)curl_url_get(parts, CURLUPART_USER, &user, 0);
  (void)curl_url_get(parts, CURLUPART_HOST, &host, CURLU_PUNYCODE);
  (void)curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
  if (!scheme || (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0) || user || !host ||
      !*host || !port)
    return -EINVAL;
  char *origin = text_printf("%s://%s:%s", scheme, host, port), *copy = strdup(host);
  if (!origin || !copy) {
    free(origin);
    free(copy);
    return -ENOMEM;
  }
  *ret_host = copy;
  *ret_origin = origin;
  return 0;
}

static void
take_route(struct transaction *t)
{
  struct target *to = &t->target;
  if (to->past_proxies) {
    to->proxy = NULL;
    to->proxy_why = NULL;
    to->route_by = TENON_HTTP_ROUTE_REQUEST;
    return;
  }
  to->proxy = settings_route(&t->service->settings, to->tls, to->host, to->port, &to->route_by,
                             &to->proxy_why);
}

static int
take_url(struct transaction *t, const char *text, bool past_proxies)
{
  struct target *target = &t->target;
  if (target->host && target->past_proxies == past_proxies &&
      strcmp(buf_text(&target->url), text) == 0)
    return 0;
  target->past_proxies = past_proxies;
  free(TAKE_PTR(target->host));
  buf_clear(&target->url);
  if (!buf_puts(&target->url, text) || !url_text_ok(text)) {
    return refuse(t, "the URL is longer than %u bytes or holds a space or control character",
                  TRANSACTION_URL_MAX);
  }
  CLEANUP_URL CURLU *url = curl_url();
  if (!url)
    return refuse(t, "memory is out");
  if (parse_url(t, url, text) < 0) {
    free(TAKE_PTR(target->host));
    return -1;
  }
  take_route(t);
  curl_easy_setopt(t->easy, CURLOPT_URL, text);
  curl_easy_setopt(t->easy, CURLOPT_PROXY,
                   target->proxy && target->proxy->url ? target->proxy->url : "");
  curl_easy_setopt(t->easy, CURLOPT_PROXYHEADER,
                   target->proxy && target->proxy->account ? &target->proxy->account->header
                                                           : NULL);
  take_way(t);
  return 0;
}

/* ---- method ---- */

static bool
token_char(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != 0 && strchr("!#$%&'*+-.^_`|~", c));
}

static bool
token_ok(const char *text, size_t max)
{
  size_t n = 0;
  for (; text[n]; n++)
    if (n >= max || !token_char(text[n]))
      return false;
  return n > 0;
}

static enum shape
shape_of(const char *method, bool has_body)
{
  if (strcmp(method, "POST") == 0)
    return SHAPE_POST;
  if (has_body)
    return SHAPE_OTHER_BODY;
  if (strcmp(method, "GET") == 0)
    return SHAPE_GET;
  return strcmp(method, "HEAD") == 0 ? SHAPE_HEAD : SHAPE_OTHER;
}

static void
apply_shape(struct transaction *t, enum shape shape)
{
  bool custom = shape == SHAPE_OTHER || shape == SHAPE_OTHER_BODY;
  curl_easy_setopt(t->easy, CURLOPT_NOBODY, shape == SHAPE_HEAD ? 1L : 0L);
  if (shape == SHAPE_GET || shape == SHAPE_OTHER)
    curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
  else if (shape != SHAPE_HEAD)
    curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
  curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, custom ? t->method : NULL);
  t->shape = custom ? SHAPE_NEW : shape; /* the method's name may be another one next time */
}

static int
take_method(struct transaction *t, const char *method)
{
  if (!method)
    method = t->has_body ? "POST" : "GET";
  if (!token_ok(method, TRANSACTION_METHOD_MAX))
    return refuse(t, "the method is no HTTP token of at most %u characters",
                  TRANSACTION_METHOD_MAX);
  (void)snprintf(t->method, sizeof t->method, "%s", method);
  enum shape shape = shape_of(method, t->has_body);
  if (shape != t->shape)
    apply_shape(t, shape);
  if (shape == SHAPE_POST || shape == SHAPE_OTHER_BODY) {
    const char *body = t->secret_body ? t->secret_body : buf_text(&t->body);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->n_body);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, body);
  }
  return 0;
}

/* ---- headers ---- */

/* Ours to write, or what would change how the connection or the body is read. */
static const char *const forbidden[] = {
    "authorization",     "host",   "content-length",   "connection", "proxy-authorization",
    "transfer-encoding", "expect", "proxy-connection", "upgrade",    "te",
};

static int
check_header(struct transaction *t, const tenon_pair *header)
{
  if (!header->key || !token_ok(header->key, 256))
    return refuse(t, "a header's name is no HTTP token");
  for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
    if (strcasecmp(header->key, forbidden[i]) == 0)
      return refuse(t, "the header %s is not the plugin's to set", header->key);
  for (size_t i = 0; i < header->value.len; i++) {
    unsigned char c = (unsigned char)header->value.ptr[i];
    if ((c < 0x20 && c != '\t') || c == 0x7f)
      return refuse(t, "the value of the header %s holds a line end or control character",
                    header->key);
  }
  return 0;
}

static bool
put_header(struct buf *to, const tenon_pair *header)
{
  buf_puts(to, header->key);
  /* libcurl's way to write a header without a value; "Name:" would take the header out. */
  if (header->value.len == 0)
    return buf_put(to, ";", 2);
  buf_puts(to, ": ");
  buf_put(to, header->value.ptr, header->value.len);
  return buf_putc(to, '\0');
}

static void
add_line(struct transaction *t, size_t *n, char *line)
{
  t->lines[*n] = (struct curl_slist){.data = line};
  if (*n > 0)
    t->lines[*n - 1].next = &t->lines[*n];
  ++*n;
}

static int
take_headers(struct transaction *t, const tenon_http_request *r, char *credential)
{
  bool has_type = false;
  if (r->n_headers > TRANSACTION_HEADERS_MAX)
    return refuse(t, "the request has more than %u headers", TRANSACTION_HEADERS_MAX);
  for (size_t i = 0; i < r->n_headers; i++) {
    if (check_header(t, &r->headers[i]) < 0)
      return -1;
    has_type |= strcasecmp(r->headers[i].key, "content-type") == 0;
    put_header(&t->headers, &r->headers[i]);
  }
  if (buf_failed(&t->headers))
    return refuse(t, "the headers of the request are longer than %u bytes",
                  TRANSACTION_HEADER_BYTES_MAX);
  size_t n = t->channel ? 1 : 0; /* a channel's first line is its own: request_leg */
  char *line = t->headers.ptr;   /* grown to its end: it moves no more */
  for (size_t i = 0; i < r->n_headers; i++, line += strlen(line) + 1)
    add_line(t, &n, line);
  if (credential)
    add_line(t, &n, credential);
  if (!has_type)
    add_line(t, &n, type_none); /* or libcurl says that every body is a form */
  add_line(t, &n, expect_none);
  curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->lines);
  return 0;
}

/* ---- sign-in ---- */

static int
take_credential(struct transaction *t, const tenon_http_request *r, char **ret)
{
  struct http_service *s = t->service;
  const char *why = NULL;
  if (r->auth == TENON_HTTP_AUTH_NONE)
    return 0;
  if (r->auth != TENON_HTTP_AUTH_BASIC && r->auth != TENON_HTTP_AUTH_BEARER)
    return refuse(t, "this host does not know sign-in of kind %u", r->auth);
  if (t->channel)
    return refuse(t, "a channel signs in by itself: its requests have no sign-in of their own");
  if (!t->target.tls)
    return refuse(t, "a credential is not sent over http://: use https://");
  if (!r->secret || !secret_table_owns(s->config.secrets, r->secret))
    return refuse(t, "the secret to sign in with is missing or none of this session");
  if (r->auth == TENON_HTTP_AUTH_BASIC && (!r->user || !*r->user))
    return refuse(t, "the user to sign in as is missing");
  enum credential_kind kind =
      r->auth == TENON_HTTP_AUTH_BASIC ? CREDENTIAL_BASIC : CREDENTIAL_BEARER;
  *ret = credentials_line(s->credentials, kind, r->user, r->secret, &why);
  return *ret ? 0 : refuse(t, "the credential cannot be sent: %s", why);
}

void
request_leg(struct transaction *t, char *line, bool body)
{
  if (t->has_body || strcmp(t->method, "POST") == 0) {
    const char *bytes = t->secret_body ? t->secret_body : buf_text(&t->body);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(body ? t->n_body : 0));
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, body ? bytes : "");
  }
  t->lines[0] = (struct curl_slist){.data = line, .next = &t->lines[1]};
  curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, line ? &t->lines[0] : &t->lines[1]);
}

static int
take_times(struct transaction *t, const tenon_http_request *r)
{
  if (r->timeout_ns < 0 || r->timeout_ns > SETTINGS_TIMEOUT_MAX_NS)
    return refuse(t, "the timeout must lie between 1 ns and a day");
  t->timeout_ns = r->timeout_ns ? r->timeout_ns : t->service->settings.timeout_ns;
  t->body_max = r->body_max ? r->body_max : TENON_HTTP_BODY_MAX;
  t->body_sink = r->body_sink;
  t->body_user = r->body_user;
  return 0;
}

int
request_take(struct transaction *t, const tenon_http_request *r)
{
  char *credential = NULL;
  if (!r->label || !*r->label || !buf_puts(&t->label, r->label))
    return refuse(t, "the request has no label, or one of more than %u bytes",
                  TRANSACTION_LABEL_MAX);
  if (!r->url)
    return refuse(t, "the request has no URL");
  if (r->flags & ~TENON_HTTP_DIRECT)
    return refuse(t, "this host does not know the request's flags 0x%x",
                  (unsigned)(r->flags & ~TENON_HTTP_DIRECT));
  if (take_url(t, r->url, r->flags & TENON_HTTP_DIRECT) < 0 || take_times(t, r) < 0 ||
      take_credential(t, r, &credential) < 0 || body_take(t, r->body, r->n_body) < 0 ||
      take_method(t, r->method) < 0 || take_headers(t, r, credential) < 0)
    return -1;
  return 0;
}
