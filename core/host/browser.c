// SPDX-License-Identifier: Apache-2.0
/* The listener of a worker's tenon.browser/1, within the context's loop: two sockets on loopback, a few visitors, each
 * with its time. A visitor is answered before the worker hears of it, so that the page is there even if the plugin stops
 * listening at once. Sources stay where they are for the life of the worker: the loop may still hold pointers to them. */
#include "core/host/browser.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "core/host/internal.h"
#include "core/model/names.h"

struct visitor {
  struct source source; /* first */
  char *head; /* BROWSER_HEAD_MAX bytes; it may hold an authorization code. NULL: he was answered */
  size_t len, scanned;
  int64_t until;
};

struct browser {
  uint64_t request; /* 0: nothing listens */
  bool taken;
  unsigned port;
  char state[TENON_BROWSER_STATE_MAX + 1];
  struct source ends[2]; /* 127.0.0.1 and ::1 */
  struct visitor visitors[BROWSER_VISITORS_MAX];
};

/* ---- sockets --------------------------------------------------------------------------------------------------- */

/* port 0: any that is free. */
static int
listen_at(int family, unsigned port)
{
  struct sockaddr_in v4 = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
                            .sin6_port = htons((uint16_t)port),
                            .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  const struct sockaddr *at =
      family == AF_INET ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6;
  socklen_t size = family == AF_INET ? sizeof v4 : sizeof v6;
  int only = 1;
  CLEANUP_CLOSE int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0)
    return -errno;
  if ((family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) < 0) ||
      bind(fd, at, size) < 0 || listen(fd, (int)BROWSER_VISITORS_MAX) < 0)
    return -errno;
  return TAKE_FD(fd);
}

static unsigned
port_of(int fd)
{
  struct sockaddr_in at = {0};
  socklen_t size = sizeof at;

  return getsockname(fd, (struct sockaddr *)&at, &size) == 0 ? ntohs(at.sin_port) : 0;
}

/* Browsers try ::1 first: where somebody else has the port there, he would get the redirect. */
static int
listen_at_both(int ret[static 2], unsigned *ret_port)
{
  int v6 = 0;

  for (unsigned i = 0; i < BROWSER_PORTS_MAX; i++) {
    CLEANUP_CLOSE int v4 = listen_at(AF_INET, 0);
    if (v4 < 0)
      return v4;
    *ret_port = port_of(v4);
    v6 = listen_at(AF_INET6, *ret_port);
    if (v6 == -EADDRINUSE || v6 == -EACCES)
      continue;
    ret[0] = TAKE_FD(v4);
    ret[1] = v6 < 0 ? -1 : v6; /* no IPv6 here, so that no browser goes there either */
    return 0;
  }
  return v6;
}

/* ---- visitors -------------------------------------------------------------------------------------------------- */

static void
forget_head(struct visitor *v)
{
  if (v->head)
    explicit_bzero(v->head, v->len);
  free(v->head);
  v->head = NULL;
  v->len = v->scanned = 0;
}

static void
visitor_leave(tenon_context *ctx, struct visitor *v)
{
  loop_remove(ctx, &v->source);
  forget_head(v);
  v->until = 0;
}

/* An empty place; if there is none, that of whoever has taken longest. */
static struct visitor *
place_of_new(tenon_worker *w)
{
  struct visitor *oldest = &w->browser->visitors[0];

  for (size_t i = 0; i < BROWSER_VISITORS_MAX; i++) {
    struct visitor *v = &w->browser->visitors[i];
    if (v->source.fd < 0)
      return v;
    if (v->until < oldest->until)
      oldest = v;
  }
  visitor_leave(w->ctx, oldest);
  return oldest;
}

/* It fits into the socket's buffer; who does not read it has his own time to do so. */
static void
visitor_answer(tenon_worker *w, struct visitor *v, enum browser_word word)
{
  char answer[BROWSER_ANSWER_MAX];
  ssize_t sent;

  browser_answer(word, answer);
  sent = send(v->source.fd, answer, strlen(answer), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0)
    host_log(w->ctx, TENON_LOG_DEBUG, w->id, "a browser left before it was answered");
  (void)shutdown(v->source.fd, SHUT_WR);
}

static void
hand_on(tenon_worker *w, tenon_text query)
{
  if (w->browser->taken)
    return; /* the page was loaded once more */
  w->browser->taken = true;
  if (learn(w, query.ptr, query.len) != 0)
    return;
  wire_put_browser_visited(send_start(w), w->browser->request, query);
  (void)send_finish(w);
}

static void
visitor_judged(tenon_worker *w, struct visitor *v, enum browser_word word, tenon_text query)
{
  visitor_answer(w, v, word);
  if (word == BROWSER_TAKEN)
    hand_on(w, query);
  else if (word == BROWSER_LONG)
    host_log(w->ctx, TENON_LOG_WARN, w->id,
             "a browser's request was refused: the query of a redirect may have %u bytes, and all "
             "of a request %u",
             TENON_BROWSER_QUERY_MAX, BROWSER_HEAD_MAX);
  forget_head(v);
}

/* Whoever was answered goes by himself: a connection closed on bytes that nobody has read is reset, page and all. */
static void
visitor_drain(tenon_worker *w, struct visitor *v)
{
  char rest[4096];
  ssize_t n = read(v->source.fd, rest, sizeof rest);

  explicit_bzero(rest, sizeof rest);
  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
    visitor_leave(w->ctx, v);
}

static void
visitor_read(tenon_worker *w, struct visitor *v)
{
  tenon_text query = {0};
  ssize_t n = read(v->source.fd, v->head + v->len, BROWSER_HEAD_MAX - v->len);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0) {
    visitor_leave(w->ctx, v);
    return;
  }
  v->len += (size_t)n;
  size_t end = browser_head_end(v->head, v->len, &v->scanned);
  if (end)
    visitor_judged(w, v, browser_judge(v->head, end, w->browser->state, w->browser->port, &query),
                   query);
  else if (v->len == BROWSER_HEAD_MAX ||
           (v->len > BROWSER_LINE_MAX && !memchr(v->head, '\n', BROWSER_LINE_MAX)))
    visitor_judged(w, v, BROWSER_LONG, query);
}

static void
visitor_come(tenon_worker *w, const struct source *s)
{
  int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd < 0)
    return; /* he left again, or descriptors are out */
  struct visitor *v = place_of_new(w);
  v->source.fd = fd;
  v->head = malloc(BROWSER_HEAD_MAX);
  v->until = clock_now_ns() + w->ctx->times.browser;
  if (!v->head || loop_add(w->ctx, &v->source) < 0)
    visitor_leave(w->ctx, v);
  else
    visitor_read(w, v); /* mostly it is all there */
}

void
browser_turn(tenon_worker *w, struct source *s)
{
  if (s->kind == SOURCE_BROWSER)
    visitor_come(w, s);
  else if (((struct visitor *)s)->head)
    visitor_read(w, (struct visitor *)s);
  else
    visitor_drain(w, (struct visitor *)s);
}

/* ---- time ------------------------------------------------------------------------------------------------------ */

int64_t
browser_due(const tenon_worker *w)
{
  int64_t due = 0;

  for (size_t i = 0; w->browser && i < BROWSER_VISITORS_MAX; i++) {
    int64_t until = w->browser->visitors[i].until;
    if (until && (!due || until < due))
      due = until;
  }
  return due;
}

void
browser_overdue(tenon_worker *w, int64_t now)
{
  for (size_t i = 0; w->browser && i < BROWSER_VISITORS_MAX; i++) {
    struct visitor *v = &w->browser->visitors[i];
    if (v->until && v->until <= now)
      visitor_leave(w->ctx, v);
  }
}

/* ---- from listen to close -------------------------------------------------------------------------------------- */

static bool
browser_create(tenon_worker *w)
{
  struct browser *b = w->browser ? w->browser : calloc(1, sizeof *b);

  if (!b || w->browser)
    return b;
  for (size_t i = 0; i < 2; i++)
    b->ends[i] = (struct source){.kind = SOURCE_BROWSER, .fd = -1, .worker = w};
  for (size_t i = 0; i < BROWSER_VISITORS_MAX; i++)
    b->visitors[i].source = (struct source){.kind = SOURCE_VISITOR, .fd = -1, .worker = w};
  w->browser = b;
  return true;
}

void
browser_end(tenon_worker *w)
{
  struct browser *b = w->browser;

  if (!b)
    return;
  for (size_t i = 0; i < 2; i++)
    loop_remove(w->ctx, &b->ends[i]);
  for (size_t i = 0; i < BROWSER_VISITORS_MAX; i++)
    visitor_leave(w->ctx, &b->visitors[i]);
  explicit_bzero(b->state, sizeof b->state);
  b->request = 0;
}

static int
browser_begin(tenon_worker *w, uint64_t request, const char *state)
{
  struct browser *b = w->browser;
  int fds[2] = {-1, -1};
  int e = listen_at_both(fds, &b->port);

  for (size_t i = 0; i < 2 && e == 0; i++) {
    b->ends[i].fd = fds[i];
    if (fds[i] >= 0)
      e = loop_add(w->ctx, &b->ends[i]);
  }
  if (e < 0) {
    browser_end(w);
    return e;
  }
  b->request = request;
  b->taken = false;
  memcpy(b->state, state, strlen(state) + 1);
  return 0;
}

void
on_browser_listen(tenon_worker *w, const cJSON *m)
{
  const char *state = json_text(m, WIRE_KEY_STATE);
  uint64_t request;

  if (!request_of(w, m, WIRE_KEY_REQUEST, &request))
    return;
  if (!w->call.hook || request == 0 || !browser_state_valid(state)) {
    worker_broke(w, NULL, "wanted to listen for a browser without a state, or outside a call");
    return;
  }
  if (w->browser && w->browser->request) {
    worker_broke(w, NULL, "listens for more than %u browsers at a time", TENON_BROWSER_OPEN_MAX);
    return;
  }
  if (w->call.listens++ == BROWSER_LISTENS_MAX) {
    worker_broke(w, NULL, "listened for a browser more than %u times in one call",
                 BROWSER_LISTENS_MAX);
    return;
  }
  int e = browser_create(w) ? browser_begin(w, request, state) : -ENOMEM;
  if (e < 0)
    host_log(w->ctx, TENON_LOG_ERROR, w->id, "no port of localhost can be listened to: %s",
             strerror(-e));
  wire_put_browser_ready(send_start(w), request, e < 0 ? 0 : w->browser->port);
  (void)send_finish(w);
}

void
on_browser_close(tenon_worker *w, const cJSON *m)
{
  uint64_t request;

  if (request_of(w, m, WIRE_KEY_REQUEST, &request) && w->browser && w->browser->request == request)
    browser_end(w);
}

void
browser_free(tenon_worker *w)
{
  browser_end(w);
  free(w->browser);
  w->browser = NULL;
}
