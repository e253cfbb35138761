// SPDX-License-Identifier: Apache-2.0
/* c-ares behind one descriptor: its sockets and its timer lie in an epoll set of their own, which the caller polls. */
#include "core/dns/dns.h"

#include <ares.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <arpa/inet.h>

#include "core/base/clock.h"

#define EVENTS 16
#define PARTS  2 /* of a question for addresses: A and AAAA */

#define CLASS_IN  1
#define TYPE_A    1
#define TYPE_AAAA 28

struct dns {
  ares_channel channel;
  int epoll_fd, timer_fd;
  bool system;
  char server[DNS_SERVER_TEXT];
  unsigned count;
  bool ending;
};

struct query {
  struct dns *dns;
  uint32_t type;
  unsigned open; /* parts that are not answered */
  uint32_t fault;
  int64_t started;
  struct dns_answer *answer;
  void (*done)(void *user, struct dns_answer *);
  void *user;
};

/* ---- life ---- */

static void
on_socket(void *user, ares_socket_t fd, int readable, int writable)
{
  struct dns *dns = user;
  struct epoll_event event = {.events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u),
                              .data.fd = fd};
  if (event.events == 0)
    (void)epoll_ctl(dns->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
  else if (epoll_ctl(dns->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 && errno == EEXIST)
    (void)epoll_ctl(dns->epoll_fd, EPOLL_CTL_MOD, fd, &event);
}

static bool
set_server(struct dns *dns, const struct dns_server *server)
{
  struct ares_addr_port_node node = {
      .family = server->family, .udp_port = server->port, .tcp_port = server->port};
  memcpy(&node.addr, server->address, server->family == AF_INET ? 4 : 16);
  memcpy(dns->server, server->text, sizeof dns->server);
  return ares_set_servers_ports(dns->channel, &node) == ARES_SUCCESS;
}

static bool
open_channel(struct dns *dns, const struct dns_server *server, bool last)
{
  static char lookups[] = "b";
  struct ares_options options = {
      .flags =
          ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | (server || last ? ARES_FLAG_NOCHECKRESP : 0),
      .timeout = DNS_TRY_MS,
      .tries = DNS_TRIES_MAX,
      .lookups = lookups,
      .sock_state_cb = on_socket,
      .sock_state_cb_data = dns,
  };
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
             ARES_OPT_SOCK_STATE_CB;
  if (ares_init_options(&dns->channel, &options, mask) != ARES_SUCCESS)
    return false;
  dns->system = !server;
  return !server || set_server(dns, server);
}

struct dns *
dns_create(const struct dns_server *server, bool last)
{
  struct dns *dns = calloc(1, sizeof *dns);
  if (!dns)
    return NULL;
  dns->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  dns->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = dns->timer_fd};
  if (dns->epoll_fd < 0 || dns->timer_fd < 0 ||
      epoll_ctl(dns->epoll_fd, EPOLL_CTL_ADD, dns->timer_fd, &event) < 0 ||
      !open_channel(dns, server, last)) {
    dns_destroy(dns);
    return NULL;
  }
  return dns;
}

void
dns_destroy(struct dns *dns)
{
  if (!dns)
    return;
  dns->ending = true;
  if (dns->channel)
    ares_destroy(dns->channel); /* calls back for each question that is open */
  if (dns->timer_fd >= 0)
    (void)close(dns->timer_fd);
  if (dns->epoll_fd >= 0)
    (void)close(dns->epoll_fd);
  free(dns);
}

int
dns_fd(const struct dns *dns)
{
  return dns->epoll_fd;
}

/* ---- work ---- */

static void
arm(struct dns *dns)
{
  struct timeval left;
  struct itimerspec when = {.it_value = {0}};
  if (ares_timeout(dns->channel, NULL, &left)) {
    when.it_value = (struct timespec){left.tv_sec, left.tv_usec * 1000};
    if (when.it_value.tv_sec == 0 && when.it_value.tv_nsec == 0)
      when.it_value.tv_nsec = 1; /* 0 would switch it off */
  }
  (void)timerfd_settime(dns->timer_fd, 0, &when, NULL);
}

void
dns_work(struct dns *dns)
{
  struct epoll_event events[EVENTS];
  uint64_t times;
  int n = epoll_wait(dns->epoll_fd, events, EVENTS, 0);
  for (int i = 0; i < n; i++) {
    int fd = events[i].data.fd;
    bool reads = events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP),
         writes = events[i].events & EPOLLOUT;
    if (fd == dns->timer_fd)
      (void)!read(fd, &times, sizeof times);
    else
      ares_process_fd(dns->channel, reads ? fd : ARES_SOCKET_BAD, writes ? fd : ARES_SOCKET_BAD);
  }
  ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  arm(dns);
}

/* ---- questions ---- */

static uint32_t
fault_of(int status)
{
  switch (status) {
  case ARES_SUCCESS: return TENON_DNS_FAULT_NONE;
  case ARES_ENODATA: return TENON_DNS_FAULT_NO_RECORD;
  case ARES_ENOTFOUND: return TENON_DNS_FAULT_NO_NAME;
  case ARES_ESERVFAIL:
  case ARES_EREFUSED:
  case ARES_ENOTIMP:
  case ARES_EFORMERR: return TENON_DNS_FAULT_REFUSED;
  case ARES_ETIMEOUT:
  case ARES_ECONNREFUSED: return TENON_DNS_FAULT_NO_SERVER;
  case ARES_EBADRESP: return TENON_DNS_FAULT_MALFORMED;
  case ARES_EBADNAME: return TENON_DNS_FAULT_NAME;
  default: return TENON_DNS_FAULT_OTHER;
  }
}

/* Of the two parts of a question, the one that tells more: that a record is missing is less than that nobody knows. */
static uint32_t
worse(uint32_t a, uint32_t b)
{
  static const uint32_t order[] = {TENON_DNS_FAULT_OTHER,     TENON_DNS_FAULT_NAME,
                                   TENON_DNS_FAULT_MALFORMED, TENON_DNS_FAULT_REFUSED,
                                   TENON_DNS_FAULT_NO_SERVER, TENON_DNS_FAULT_NO_RECORD,
                                   TENON_DNS_FAULT_NO_NAME};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++)
    if (a == order[i] || b == order[i])
      return order[i];
  return TENON_DNS_FAULT_NONE;
}

static void
end(struct query *q)
{
  struct dns_answer *answer = q->answer;
  if (answer->abi.n_records == 0)
    dns_answer_fail(answer, q->fault ? q->fault : TENON_DNS_FAULT_NO_RECORD);
  if (q->type == TENON_DNS_SRV || q->type == TENON_DNS_MX)
    dns_order(answer, dns_lot);
  answer->abi.elapsed_ns = clock_now_ns() - q->started;
  q->dns->count--;
  if (q->dns->ending)
    dns_answer_destroy(answer);
  else
    q->done(q->user, answer);
  free(q);
}

/* The message is there with NXDOMAIN too, and may hold the alias that leads to no name. */
static void
on_answer(void *user, int status, int timeouts, unsigned char *message, int n)
{
  (void)timeouts;
  struct query *q = user;
  uint32_t fault = fault_of(status);
  if (message && n > 0 &&
      (status == ARES_SUCCESS || (status == ARES_ENOTFOUND && q->type == TENON_DNS_CNAME))) {
    uint32_t read = dns_answer_read(q->answer, q->type, message, (size_t)n);
    fault = read ? read : fault ? fault : TENON_DNS_FAULT_NO_RECORD;
  }
  q->fault = q->fault ? worse(q->fault, fault) : fault;
  if (--q->open == 0)
    end(q);
}

/* /etc/hosts speaks before any server does. */
static bool
find_in_hosts(struct query *q)
{
  static const int families[] = {AF_INET, AF_INET6};
  char text[INET6_ADDRSTRLEN];
  for (size_t i = 0; i < PARTS; i++) {
    struct hostent *host = NULL;
    if (ares_gethostbyname_file(q->dns->channel, q->answer->abi.name, families[i], &host) !=
        ARES_SUCCESS)
      continue;
    for (char **at = host->h_addr_list; *at; at++)
      if (inet_ntop(host->h_addrtype, *at, text, sizeof text))
        (void)!dns_answer_add(q->answer, &(tenon_dns_record){.target = text});
    ares_free_hostent(host);
  }
  return q->answer->abi.n_records > 0;
}

static void
put(struct query *q)
{
  const char *name = q->answer->abi.name;
  ares_channel channel = q->dns->channel;
  if (q->type == TENON_DNS_ADDRESS && q->dns->system && find_in_hosts(q)) {
    q->open = 1;
    on_answer(q, ARES_SUCCESS, 0, NULL, 0);
  } else if (q->type == TENON_DNS_ADDRESS) {
    q->open = PARTS;
    ares_query(channel, name, CLASS_IN, TYPE_A, on_answer, q);
    ares_query(channel, name, CLASS_IN, TYPE_AAAA, on_answer, q);
  } else {
    q->open = 1;
    ares_query(channel, name, CLASS_IN, q->type == TENON_DNS_CNAME ? TYPE_A : (int)q->type,
               on_answer, q);
  }
}

int
dns_ask(struct dns *dns, uint32_t type, const char *name,
        void (*done)(void *user, struct dns_answer *), void *user)
{
  if (!dns_name_ok(name) || (type != TENON_DNS_ADDRESS && type != TENON_DNS_CNAME &&
                             type != TENON_DNS_MX && type != TENON_DNS_SRV))
    return -EINVAL;
  if (dns->count >= DNS_QUERIES_MAX)
    return -EAGAIN;
  struct query *q = calloc(1, sizeof *q);
  struct dns_answer *answer = dns_answer_create(name, dns->system ? NULL : dns->server);
  if (!q || !answer) {
    free(q);
    dns_answer_destroy(answer);
    return -ENOMEM;
  }
  *q = (struct query){.dns = dns,
                      .type = type,
                      .started = clock_now_ns(),
                      .answer = answer,
                      .done = done,
                      .user = user};
  dns->count++;
  put(q);
  arm(dns);
  return 0;
}
