// SPDX-License-Identifier: Apache-2.0
/* One thread for both sockets, every answer made from a row. What it writes follows RFC 1035 section 4, but where a row
 * is there to break it. */
#include "tests/dns/responder.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX 4096
#define UDP_MAX     512
#define HEADER      12

#define A     1
#define CNAME 5
#define MX    15
#define AAAA  28
#define SRV   33

#define SERVFAIL 2
#define NXDOMAIN 3
#define REFUSED  5

static pthread_t thread;

struct out {
  unsigned char bytes[MESSAGE_MAX];
  size_t n;
  unsigned answers, rcode;
  bool truncated;
};

/* ---- writing ---- */

static void
put16(struct out *o, unsigned v)
{
  o->bytes[o->n++] = (unsigned char)(v >> 8);
  o->bytes[o->n++] = (unsigned char)v;
}

static void
put_name(struct out *o, const char *name)
{
  while (*name) {
    size_t n = strcspn(name, ".");
    o->bytes[o->n++] = (unsigned char)n;
    memcpy(o->bytes + o->n, name, n);
    o->n += n;
    name += n + (name[n] == '.');
  }
  o->bytes[o->n++] = 0;
}

/* Up to the length of the data, which the caller writes and then closes. */
static size_t
open_rr(struct out *o, const char *owner, unsigned type, unsigned ttl)
{
  put_name(o, owner);
  put16(o, type);
  put16(o, 1);
  put16(o, ttl >> 16);
  put16(o, ttl & 0xffff);
  put16(o, 0);
  o->answers++;
  return o->n;
}

static void
close_rr(struct out *o, size_t start)
{
  size_t n = o->n - start;
  o->bytes[start - 2] = (unsigned char)(n >> 8);
  o->bytes[start - 1] = (unsigned char)n;
}

static void
put_address(struct out *o, const char *owner, unsigned type, const char *address, unsigned ttl)
{
  size_t start = open_rr(o, owner, type, ttl);
  ck_assert_int_eq(inet_pton(type == A ? AF_INET : AF_INET6, address, o->bytes + o->n), 1);
  o->n += type == A ? 4 : 16;
  close_rr(o, start);
}

static void
put_cname(struct out *o, const char *owner, const char *target, unsigned ttl)
{
  size_t start = open_rr(o, owner, CNAME, ttl);
  put_name(o, target);
  close_rr(o, start);
}

static void
put_srv(struct out *o, const char *owner, unsigned priority, unsigned weight, const char *target)
{
  size_t start = open_rr(o, owner, SRV, 600);
  put16(o, priority);
  put16(o, weight);
  put16(o, 443);
  put_name(o, target);
  close_rr(o, start);
}

static void
put_mx(struct out *o, const char *owner, unsigned priority, const char *target)
{
  size_t start = open_rr(o, owner, MX, 3600);
  put16(o, priority);
  put_name(o, target);
  close_rr(o, start);
}

/* ---- what is answered ---- */

static void
put_mail(struct out *o, const char *owner, unsigned type)
{
  if (type == A)
    put_address(o, owner, A, "192.0.2.1", 300);
  if (type == AAAA)
    put_address(o, owner, AAAA, "2001:db8::1", 200);
}

static void
put_here(struct out *o, const char *owner, unsigned type)
{
  if (type == A)
    put_address(o, owner, A, "127.0.0.1", 60);
}

static void
put_many(struct out *o, const char *owner, unsigned type)
{
  char address[32];
  for (unsigned i = 0; type == A && i < 40; i++) {
    (void)snprintf(address, sizeof address, "192.0.2.%u", i + 1);
    put_address(o, owner, A, address, 60);
  }
}

static void
put_four(struct out *o, const char *owner, unsigned type)
{
  static const struct {
    unsigned priority, weight;
    const char *target;
  } rows[] = {{20, 0, "last.contoso.example"},
              {10, 60, "heavy.contoso.example"},
              {5, 0, "first.contoso.example"},
              {10, 20, "light.contoso.example"}};
  for (size_t i = 0; type == SRV && i < sizeof rows / sizeof *rows; i++)
    put_srv(o, owner, rows[i].priority, rows[i].weight, rows[i].target);
}

static void
put_equal(struct out *o, const char *owner, unsigned type)
{
  if (type != SRV)
    return;
  put_srv(o, owner, 0, 0, "one.contoso.example");
  put_srv(o, owner, 0, 0, "two.contoso.example");
}

static void
put_none(struct out *o, const char *owner, unsigned type)
{
  if (type == SRV)
    put_srv(o, owner, 0, 0, "");
}

static void
put_mxs(struct out *o, const char *owner, unsigned type)
{
  if (type != MX)
    return;
  put_mx(o, owner, 20, "second.contoso.example");
  put_mx(o, owner, 10, "contoso-example.mail.protection.outlook.example");
}

static void
put_alias(struct out *o, const char *owner, unsigned type)
{
  /* out of order: nobody promises one */
  put_mail(o, "mail.contoso.example", type);
  put_cname(o, "between.contoso.example", "Mail.Contoso.Example", 100);
  put_cname(o, owner, "between.contoso.example", 900);
}

static void
put_loop(struct out *o, const char *owner, unsigned type)
{
  (void)type;
  put_cname(o, owner, owner, 60);
}

static void
put_dangling(struct out *o, const char *owner, unsigned type)
{
  (void)type;
  put_cname(o, owner, "gone.elsewhere.example", 60);
  o->rcode = NXDOMAIN;
}

static void
put_garbage(struct out *o, const char *owner, unsigned type)
{
  size_t start = open_rr(o, owner, type, 60);
  put16(o, 0xdead);
  close_rr(o, start);
}

/* Its length leads out of the message. */
static void
put_short(struct out *o, const char *owner, unsigned type)
{
  put_mail(o, owner, type);
  put_mail(o, owner, type);
  o->n -= 3;
}

/* A target that points at itself. */
static void
put_pointer(struct out *o, const char *owner, unsigned type)
{
  size_t start = open_rr(o, owner, type, 60);
  put16(o, 1), put16(o, 1), put16(o, 443);
  put16(o, 0xc000 | (unsigned)o->n);
  close_rr(o, start);
}

static void
put_evil(struct out *o, const char *owner, unsigned type)
{
  if (type == SRV)
    put_srv(o, owner, 0, 0, "mail/?x=@evil.example");
}

static void
put_nothing(struct out *o, const char *owner, unsigned type)
{
  (void)o, (void)owner, (void)type;
}

static const struct {
  const char *label;
  void (*put)(struct out *, const char *owner, unsigned type);
  unsigned rcode;
} rows[] = {
    {"mail", put_mail, 0},
    {"other", put_here, 0},
    {"alias", put_alias, 0},
    {"loop", put_loop, 0},
    {"dangling", put_dangling, 0},
    {"_srv", put_four, 0},
    {"_equal", put_equal, 0},
    {"_none", put_none, 0},
    {"mx", put_mxs, 0},
    {"missing", put_nothing, NXDOMAIN},
    {"bare", put_nothing, 0},
    {"servfail", put_nothing, SERVFAIL},
    {"refused", put_nothing, REFUSED},
    {"truncated", put_mail, 0},
    {"many", put_many, 0},
    {"garbage", put_garbage, 0},
    {"short", put_short, 0},
    {"pointer", put_pointer, 0},
    {"evil", put_evil, 0},
};

static bool
starts(const char *name, const char *label)
{
  size_t n = strlen(label);
  return strncasecmp(name, label, n) == 0 && (name[n] == '.' || name[n] == 0);
}

static void
finish(struct out *o)
{
  o->bytes[2] = (unsigned char)(0x84 | (o->truncated ? 2 : 0)); /* an answer, authoritative */
  o->bytes[3] = (unsigned char)o->rcode;
  o->bytes[6] = (unsigned char)(o->answers >> 8);
  o->bytes[7] = (unsigned char)o->answers;
}

/* false: says nothing. The question stands in o already. */
static bool
answer(struct out *o, const char *name, unsigned type, bool udp)
{
  size_t question = o->n;
  if (starts(name, "silent"))
    return false;
  o->rcode = NXDOMAIN;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (starts(name, rows[i].label)) {
      o->rcode = rows[i].rcode;
      rows[i].put(o, name, type);
    }
  o->truncated = udp && (starts(name, "truncated") || o->n > UDP_MAX);
  if (o->truncated) {
    o->n = question;
    o->answers = 0;
  }
  finish(o);
  return true;
}

/* ---- the wire ---- */

static bool
read_question(struct out *o, char name[256], unsigned *type)
{
  size_t at = HEADER, n = 0;
  while (at < o->n && o->bytes[at] && n + o->bytes[at] + 1u < 255) {
    memcpy(name + n, o->bytes + at + 1, o->bytes[at]);
    n += o->bytes[at];
    name[n++] = '.';
    at += o->bytes[at] + 1u;
  }
  name[n ? n - 1 : 0] = 0;
  if (at + 5 > o->n)
    return false;
  *type = (unsigned)o->bytes[at + 1] << 8 | o->bytes[at + 2];
  o->n = at + 5;
  return true;
}

static bool
respond(struct out *o, bool udp)
{
  char name[256];
  unsigned type;
  return o->n > HEADER && read_question(o, name, &type) && answer(o, name, type, udp);
}

static void
serve_udp(struct responder *r)
{
  struct out o = {.n = 0};
  struct sockaddr_in from;
  socklen_t n_from = sizeof from;
  ssize_t n = recvfrom(r->udp_fd, o.bytes, UDP_MAX, 0, (struct sockaddr *)&from, &n_from);
  if (n <= 0)
    return;
  o.n = (size_t)n;
  atomic_fetch_add(&r->udp, 1);
  if (respond(&o, true))
    (void)!sendto(r->udp_fd, o.bytes, o.n, 0, (struct sockaddr *)&from, n_from);
}

static void
serve_tcp(struct responder *r)
{
  int fd = accept(r->listen_fd, NULL, NULL);
  unsigned char size[2];
  while (fd >= 0 && recv(fd, size, 2, MSG_WAITALL) == 2) {
    struct out o = {.n = (size_t)size[0] << 8 | size[1]};
    if (o.n > UDP_MAX || recv(fd, o.bytes, o.n, MSG_WAITALL) != (ssize_t)o.n)
      break;
    atomic_fetch_add(&r->tcp, 1);
    if (!respond(&o, false))
      break;
    size[0] = (unsigned char)(o.n >> 8);
    size[1] = (unsigned char)o.n;
    if (send(fd, size, 2, MSG_NOSIGNAL | MSG_MORE) != 2 ||
        send(fd, o.bytes, o.n, MSG_NOSIGNAL) != (ssize_t)o.n)
      break;
  }
  if (fd >= 0)
    close(fd);
}

static void *
run(void *arg)
{
  struct responder *r = arg;
  struct pollfd fds[] = {{.fd = r->udp_fd, .events = POLLIN},
                         {.fd = r->listen_fd, .events = POLLIN},
                         {.fd = r->stop_fd, .events = POLLIN}};
  while (poll(fds, 3, -1) > 0 && !fds[2].revents) {
    if (fds[0].revents)
      serve_udp(r);
    if (fds[1].revents)
      serve_tcp(r);
  }
  return NULL;
}

/* The same port for both: any that is free for UDP and then for TCP. */
void
responder_start(struct responder *r)
{
  for (int tries = 0; tries < 20; tries++) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    r->udp_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    r->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(r->udp_fd, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(getsockname(r->udp_fd, (struct sockaddr *)&at, &n), 0);
    if (bind(r->listen_fd, (struct sockaddr *)&at, sizeof at) == 0 &&
        listen(r->listen_fd, 8) == 0) {
      r->port = ntohs(at.sin_port);
      r->stop_fd = eventfd(0, EFD_CLOEXEC);
      ck_assert_int_eq(pthread_create(&thread, NULL, run, r), 0);
      return;
    }
    close(r->udp_fd);
    close(r->listen_fd);
  }
  ck_abort_msg("no port is free for UDP and TCP");
}

void
responder_stop(struct responder *r)
{
  uint64_t one = 1;
  ck_assert_int_eq(write(r->stop_fd, &one, sizeof one), sizeof one);
  pthread_join(thread, NULL);
  close(r->udp_fd);
  close(r->listen_fd);
  close(r->stop_fd);
}

size_t
responder_message(const char *name, unsigned type, unsigned char *ret, size_t size)
{
  struct out o = {.n = HEADER};
  o.bytes[5] = 1; /* one question */
  put_name(&o, name);
  put16(&o, type);
  put16(&o, 1);
  ck_assert(answer(&o, name, type, false));
  ck_assert_uint_le(o.n, size);
  memcpy(ret, o.bytes, o.n);
  return o.n;
}
