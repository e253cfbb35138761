// SPDX-License-Identifier: Apache-2.0
/* One thread a connection, blocking: the simplest server that can be made to fail at any byte. */
#include "tests/http/server.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/http/acceptor.h"

#define HEAD_MAX  65536
#define PEERS_MAX 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct server *servers;
static int open_fds[PEERS_MAX]; /* connections and tunnels, so that they can be shut down */
static unsigned n_threads;

static void
track(int fd)
{
  pthread_mutex_lock(&lock);
  unsigned i = 0;
  while (open_fds[i])
    i++;
  open_fds[i] = fd;
  pthread_mutex_unlock(&lock);
}

static void
close_tracked(int fd)
{
  pthread_mutex_lock(&lock);
  for (unsigned i = 0; i < PEERS_MAX; i++)
    if (open_fds[i] == fd)
      open_fds[i] = 0;
  close(fd);
  pthread_mutex_unlock(&lock);
}

static void
count_thread(int by)
{
  pthread_mutex_lock(&lock);
  n_threads += (unsigned)by;
  pthread_mutex_unlock(&lock);
}

static void
start_thread(void *(*run)(void *), void *arg)
{
  pthread_t thread;
  count_thread(1);
  ck_assert_int_eq(pthread_create(&thread, NULL, run, arg), 0);
  pthread_detach(thread);
}

void
server_stop_all(void)
{
  pthread_mutex_lock(&lock);
  for (struct server *s = servers; s; s = s->next)
    shutdown(s->listen_fd, SHUT_RDWR);
  while (n_threads > 0) {
    for (unsigned i = 0; i < PEERS_MAX; i++)
      if (open_fds[i])
        shutdown(open_fds[i], SHUT_RDWR);
    pthread_mutex_unlock(&lock);
    usleep(1000);
    pthread_mutex_lock(&lock);
  }
  for (struct server *s = servers; s; s = s->next) {
    SSL_CTX_free(s->tls);
    close(s->listen_fd);
  }
  servers = NULL;
  pthread_mutex_unlock(&lock);
}

struct peer {
  struct server *server;
  int fd;
  SSL *ssl;
  unsigned served;
  struct acceptor_peer *signin;
  const char *extra;     /* header lines for the next answer */
  char in[HEAD_MAX + 1]; /* the request, head and body */
  size_t n, n_head;
};

static bool
send_all(struct peer *p, const char *bytes, size_t n)
{
  while (n > 0) {
    ssize_t sent = p->ssl ? SSL_write(p->ssl, bytes, (int)n) : send(p->fd, bytes, n, MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes += sent;
    n -= (size_t)sent;
  }
  return true;
}

static bool
send_text(struct peer *p, const char *text)
{
  return send_all(p, text, strlen(text));
}

static bool
answer(struct peer *p, const char *status, const char *headers, const char *body, size_t n)
{
  char head[ACCEPTOR_HEADERS_SIZE + 4096];
  int n_head = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s%s\r\n", status,
                        n, headers, p->extra ? p->extra : "");
  p->extra = NULL;
  if (n > 8192)
    return send_all(p, head, (size_t)n_head) && send_all(p, body, n);
  char both[sizeof head + 8192];
  memcpy(both, head, (size_t)n_head);
  if (n > 0)
    memcpy(both + n_head, body, n);
  return send_all(p, both, (size_t)n_head + n);
}

/* A gzip stream of about 258 * n bytes of zeros: one literal, then n times "258 bytes from one byte back", in the fixed
 * Huffman code of RFC 1951. */
static char *
bomb(size_t n, size_t *ret_n)
{
  static const unsigned char magic[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
  static const char first[] = "11000110000"; /* final, fixed; literal 0 is 00110000 */
  static const char again[] = "1100010100000";
  size_t bits = 0, size = sizeof magic + 2 + n * 13 / 8 + 16;
  char *out = calloc(1, size);
  memcpy(out, magic, sizeof magic);
#define PUT(text)                                                                                  \
  for (const char *b = (text); *b; b++, bits++)                                                    \
  out[10 + bits / 8] |= (char)((*b - '0') << bits % 8)
  (void)first;
  PUT("110"); /* BFINAL 1, BTYPE 01, least significant bit first */
  PUT("00110000");
  for (size_t i = 0; i < n; i++)
    PUT(again);
  PUT("0000000");
#undef PUT
  *ret_n = 10 + bits / 8 + 1;
  return out;
}

static bool
answer_gzip(struct peer *p, size_t n_repeats)
{
  size_t n;
  char *body = bomb(n_repeats, &n);
  bool ok = answer(p, "200 OK", "Content-Encoding: gzip\r\n", body, n);
  free(body);
  return ok && n_repeats > 1000;
}

static bool
answer_headers(struct peer *p, unsigned n)
{
  send_text(p, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
  for (unsigned i = 1; i < n; i++) {
    char line[64];
    snprintf(line, sizeof line, "X-%u: value %u\r\n", i, i);
    if (!send_text(p, line))
      return false;
  }
  return send_text(p, "\r\n");
}

static bool
answer_bytes(struct peer *p, size_t n)
{
  char *body = malloc(n + 1);
  memset(body, 'b', n);
  bool ok = answer(p, "200 OK", "", body, n);
  free(body);
  return ok;
}

static bool
answer_long_header(struct peer *p)
{
  char *value = malloc(70001);
  memset(value, 'v', 70000);
  value[70000] = '\0';
  bool ok = send_text(p, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Long: ") &&
            send_text(p, value) && send_text(p, "\r\n\r\n");
  free(value);
  return ok;
}

static void
reset(struct peer *p)
{
  struct linger linger = {1, 0};
  setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/* Paths that break the rules; true: the connection goes on. *ret_known: it was one of them. */
static bool
misbehave(struct peer *p, const char *path, bool *ret_known)
{
  *ret_known = true;
  if (!strcmp(path, "/slow")) {
    char byte;
    while (recv(p->fd, &byte, 1, 0) > 0) {
    }
    return false;
  }
  if (!strcmp(path, "/drop"))
    return false;
  if (!strcmp(path, "/reset")) {
    reset(p);
    return false;
  }
  if (!strcmp(path, "/half")) {
    send_text(p, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.");
    return false;
  }
  if (!strcmp(path, "/garbage")) {
    send_text(p, "220 mail.example.org ESMTP\r\n");
    return false;
  }
  if (!strcmp(path, "/bad-chunk")) {
    send_text(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n");
    return false;
  }
  if (!strcmp(path, "/second-dies") && p->served > 1)
    return false;
  if (!strcmp(path, "/then-close")) {
    (void)answer(p, "200 OK", "", "ok", 2);
    usleep(50000);
    return false;
  }
  *ret_known = false;
  return true;
}

static bool
serve(struct peer *p, const char *path)
{
  bool known;
  bool on = misbehave(p, path, &known);
  if (known)
    return on;
  if (!strncmp(path, "/status/", 8)) {
    char status[32];
    snprintf(status, sizeof status, "%.3s Whatever", path + 8);
    return answer(p, status, "", "", 0);
  }
  if (!strcmp(path, "/echo"))
    return answer(p, "200 OK", "Content-Type: text/plain\r\n", p->in, p->n);
  if (!strncmp(path, "/bytes/", 7))
    return answer_bytes(p, strtoul(path + 7, NULL, 10));
  if (!strncmp(path, "/headers/", 9))
    return answer_headers(p, (unsigned)strtoul(path + 9, NULL, 10));
  if (!strcmp(path, "/long-header"))
    return answer_long_header(p);
  if (!strcmp(path, "/redirect"))
    return answer(p, "302 Found", "Location: /ok\r\nSet-Cookie: a=b\r\n", "", 0);
  if (!strcmp(path, "/gzip"))
    return answer_gzip(p, 2) || true;
  if (!strcmp(path, "/gzip-bomb"))
    return answer_gzip(p, 400000);
  if (!strcmp(path, "/latin1"))
    return answer(p, "200 OK", "X-Name: M\xfcller\r\n", "", 0);
  if (!strcmp(path, "/interim"))
    return send_text(p, "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n") &&
           answer(p, "200 OK", "X-Late: 1\r\n", "ok", 2);
  return answer(p, "200 OK", "X-Twice: one\r\nX-Twice: two\r\nX-Empty:\r\n", "ok", 2);
}

/* Reads one request whole; false at the connection's end. */
static bool
receive(struct peer *p)
{
  p->n = p->n_head = 0;
  size_t want = HEAD_MAX;
  while (p->n < want) {
    size_t room = HEAD_MAX - p->n;
    ssize_t n =
        p->ssl ? SSL_read(p->ssl, p->in + p->n, (int)room) : recv(p->fd, p->in + p->n, room, 0);
    if (n <= 0)
      return false;
    p->n += (size_t)n;
    p->in[p->n] = '\0';
    char *end = strstr(p->in, "\r\n\r\n");
    if (!end)
      continue;
    p->n_head = (size_t)(end - p->in) + 4;
    char *length = strcasestr(p->in, "\r\nContent-Length: ");
    want = p->n_head + (length && length < end ? strtoul(length + 18, NULL, 10) : 0);
  }
  return true;
}

static bool
has_line(const struct peer *p, const char *name, const char *value)
{
  char line[512];
  snprintf(line, sizeof line, "\r\n%s: %s%s", name, value, *value ? "\r\n" : "");
  return strcasestr(p->in, line) != NULL;
}

static ssize_t
peer_recv(struct peer *p, char *bytes, size_t n)
{
  return p->ssl ? SSL_read(p->ssl, bytes, (int)n) : recv(p->fd, bytes, n, 0);
}

/* Carries bytes both ways until one side ends. */
static void
relay(struct peer *p, int fd)
{
  struct pollfd fds[2] = {{p->fd, POLLIN, 0}, {fd, POLLIN, 0}};
  char bytes[16384];
  while ((p->ssl && SSL_pending(p->ssl) > 0) || poll(fds, 2, -1) > 0) {
    ssize_t n;
    if ((p->ssl && SSL_pending(p->ssl) > 0) || fds[0].revents) {
      n = peer_recv(p, bytes, sizeof bytes);
      if (n <= 0 || send(fd, bytes, (size_t)n, MSG_NOSIGNAL) != n)
        return;
    }
    if (fds[1].revents) {
      n = recv(fd, bytes, sizeof bytes, 0);
      if (n <= 0 || !send_all(p, bytes, (size_t)n))
        return;
    }
    fds[0].revents = fds[1].revents = 0;
  }
}

static void
tunnel(struct peer *p)
{
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const char *colon = strchr(p->in, ':');
  to.sin_port = htons((uint16_t)(colon ? strtoul(colon + 1, NULL, 10) : 0));
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  track(fd);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
    (void)answer(p, "502 Bad Gateway", "", "", 0);
  } else if (send_text(p, "HTTP/1.1 200 Connected\r\nX-Proxy-Line: yes\r\n\r\n")) {
    relay(p, fd);
  }
  close_tracked(fd);
}

static bool
dispatch(struct peer *p)
{
  struct server *s = p->server;
  atomic_fetch_add(&s->requests, 1);
  p->served++;
  if (s->proxy && has_line(p, "Proxy-Authorization", ""))
    atomic_fetch_add(&s->with_authorization, 1);
  if (s->proxy_authorization && !has_line(p, "Proxy-Authorization", s->proxy_authorization))
    return answer(p, "407 Proxy Authentication Required",
                  "Proxy-Authenticate: Basic realm=\"p\"\r\n", "", 0);
  if (s->proxy_says) {
    send_text(p, "HTTP/1.1 ");
    return send_text(p, s->proxy_says) && send_text(p, "Content-Length: 7\r\n\r\n<html/>");
  }
  if (s->proxy && !strncmp(p->in, "CONNECT ", 8)) {
    tunnel(p);
    return false;
  }
  if (s->proxy)
    return answer(p, "200 OK", "", "via proxy", 9);
  if (has_line(p, "Authorization", ""))
    atomic_fetch_add(&s->with_authorization, 1);
  if (s->delay_ms)
    usleep((useconds_t)s->delay_ms * 1000);
  if (s->acceptor) {
    struct acceptor_reply reply = {.code = 0};
    acceptor_handle(p->signin, p->in, p->n_head, p->n, &reply);
    p->extra = reply.headers;
    if (reply.code == ACCEPTOR_CLOSE)
      return false;
    if (reply.code == 401)
      return answer(p, "401 Unauthorized", "", "who are you?", 12) && !reply.close;
    if (reply.body) {
      bool ok = answer(p, "200 OK", "", reply.body, reply.n_body);
      free(reply.body);
      return ok;
    }
  }
  if (s->good_authorization && !has_line(p, "Authorization", s->good_authorization))
    return answer(p, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"\r\n", "", 0);
  char path[256] = "";
  (void)sscanf(p->in, "%*s %255[^ ?]", path);
  return serve(p, path);
}

static void *
converse(void *arg)
{
  struct peer *p = arg;
  struct server *s = p->server;
  unsigned now = atomic_fetch_add(&s->open_now, 1) + 1, most = atomic_load(&s->open_most);
  while (now > most && !atomic_compare_exchange_weak(&s->open_most, &most, now)) {
  }
  if (p->server->tls) {
    p->ssl = SSL_new(p->server->tls);
    SSL_set_fd(p->ssl, p->fd);
  }
  if (s->acceptor)
    p->signin = acceptor_peer_create(s->acceptor);
  if (!p->ssl || SSL_accept(p->ssl) == 1)
    while (receive(p) && dispatch(p)) {
    }
  atomic_fetch_sub(&s->open_now, 1);
  acceptor_peer_destroy(p->signin);
  SSL_free(p->ssl);
  close_tracked(p->fd);
  free(p);
  OPENSSL_thread_stop();
  count_thread(-1);
  return NULL;
}

static void *
accept_all(void *arg)
{
  struct server *s = arg;
  for (;;) {
    int fd = accept(s->listen_fd, NULL, NULL), one = 1;
    if (fd < 0) {
      count_thread(-1);
      return NULL;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    atomic_fetch_add(&s->connections, 1);
    struct peer *p = calloc(1, sizeof *p);
    p->server = s;
    p->fd = fd;
    track(fd);
    start_thread(converse, p);
  }
}

static int
listen_on(unsigned *ret_port, int backlog)
{
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t n = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
  if (backlog >= 0)
    ck_assert_int_eq(listen(fd, backlog), 0);
  ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
  *ret_port = ntohs(at.sin_port);
  return fd;
}

void
server_start(struct server *s)
{
  (void)signal(SIGPIPE, SIG_IGN);
  s->listen_fd = listen_on(&s->port, 512);
  s->next = servers;
  servers = s;
  start_thread(accept_all, s);
}

unsigned
server_free_port(void)
{
  unsigned port;
  close(listen_on(&port, -1));
  return port;
}

unsigned
server_blackhole(void)
{
  unsigned port;
  (void)listen_on(&port, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  to.sin_port = htons((uint16_t)port);
  for (int i = 0; i < 4; i++) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    (void)connect(fd, (struct sockaddr *)&to, sizeof to);
  }
  usleep(50000);
  return port;
}
