// SPDX-License-Identifier: Apache-2.0
/* The event loop of core/http: libcurl's multi socket interface over epoll. */
#include "core/http/pump.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include "core/base/clock.h"

#define SOCKETS_MAX 65536u /* descriptors of a process */

/* ---- sockets ---- */

static struct pump_socket *
socket_of(struct pump *pump, curl_socket_t fd)
{
  size_t at = (size_t)fd;
  if (fd < 0 || at >= SOCKETS_MAX)
    return NULL;
  if (at >= pump->n_sockets) {
    size_t n = (at | 63) + 1;
    struct pump_socket *grown = reallocarray(pump->sockets, n, sizeof *grown);
    if (!grown)
      return NULL;
    memset(grown + pump->n_sockets, 0, (n - pump->n_sockets) * sizeof *grown);
    pump->sockets = grown;
    pump->n_sockets = n;
  }
  return &pump->sockets[at];
}

static uint32_t
epoll_bits(uint8_t what)
{
  return (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
}

/* Tells the kernel what is wanted of this socket now. */
static void
register_socket(struct pump *pump, int fd, struct pump_socket *s)
{
  struct epoll_event event = {.events = epoll_bits(s->wanted), .data.fd = fd};
  int op = s->wanted == 0 ? EPOLL_CTL_DEL : s->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (epoll_ctl(pump->epoll_fd, op, fd, &event) < 0 && op != EPOLL_CTL_DEL) {
    /* The number is another socket's by now, or was never given back: the other way round then. */
    op = errno == ENOENT ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    (void)epoll_ctl(pump->epoll_fd, op, fd, &event);
  }
  s->registered = s->wanted;
}

static bool
mark_dirty(struct pump *pump, int fd)
{
  if (pump->n_dirty == pump->dirty_size) {
    size_t size = pump->dirty_size ? 2 * pump->dirty_size : 64;
    int *grown = reallocarray(pump->dirty, size, sizeof *grown);
    if (!grown)
      return false;
    pump->dirty = grown;
    pump->dirty_size = size;
  }
  pump->dirty[pump->n_dirty++] = fd;
  return true;
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_user)
{
  (void)easy, (void)socket_user;
  struct pump *pump = user;
  struct pump_socket *s = socket_of(pump, fd);
  if (!s)
    return -1;
  s->wanted = what == CURL_POLL_REMOVE ? 0 : (uint8_t)what;
  if (!s->own && s->wanted == 0)
    register_socket(pump, fd, s); /* libcurl closes it without a word to us */
  else if (!s->dirty)
    s->dirty = mark_dirty(pump, fd);
  return 0;
}

static curl_socket_t
on_open(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
  (void)purpose;
  int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  struct pump_socket *s = fd < 0 ? NULL : socket_of(user, fd);
  if (fd >= 0 && !s) {
    (void)close(fd);
    return CURL_SOCKET_BAD;
  }
  if (s)
    *s = (struct pump_socket){.own = true, .dirty = s->dirty};
  return fd;
}

static int
on_close(void *user, curl_socket_t fd)
{
  struct pump_socket *s = socket_of(user, fd);
  if (s)
    *s = (struct pump_socket){.dirty = s->dirty};
  return close(fd);
}

/* A kept-alive connection stays registered between transfers, which saves two calls a request. */
static void
flush_sockets(struct pump *pump)
{
  for (size_t i = 0; i < pump->n_dirty; i++) {
    int fd = pump->dirty[i];
    struct pump_socket *s = &pump->sockets[fd];
    s->dirty = false;
    if (s->wanted != s->registered && s->wanted != 0)
      register_socket(pump, fd, s);
  }
  pump->n_dirty = 0;
}

/* ---- time ---- */

static int
on_timer(CURLM *multi, long timeout_ms, void *user)
{
  (void)multi;
  struct pump *pump = user;
  pump->due_ns = timeout_ms < 0 ? 0 : clock_now_ns() + timeout_ms * NS_PER_MS;
  return 0;
}

/* The timer serves a plugin that polls; a late one is set anew, an early one does no harm. */
static void
arm(struct pump *pump)
{
  if (pump->due_ns == 0 || (pump->armed_ns != 0 && pump->armed_ns <= pump->due_ns))
    return;
  struct itimerspec when = {
      .it_value = {.tv_sec = pump->due_ns / NS_PER_S, .tv_nsec = pump->due_ns % NS_PER_S}};
  if (timerfd_settime(pump->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) == 0)
    pump->armed_ns = pump->due_ns;
}

static void
disarm(struct pump *pump)
{
  uint64_t times;
  (void)!read(pump->timer_fd, &times, sizeof times);
  pump->armed_ns = 0;
}

/* ---- the loop ---- */

static bool
watch(struct pump *pump, int fd)
{
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  return epoll_ctl(pump->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

int
pump_init(struct pump *pump, void (*ended)(void *user, CURL *, CURLcode), void *user)
{
  *pump = (struct pump){.cancel_fd = -1, .ended = ended, .user = user};
  pump->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  pump->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  pump->signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (pump->epoll_fd < 0 || pump->timer_fd < 0 || pump->signal_fd < 0 ||
      !watch(pump, pump->timer_fd) || !watch(pump, pump->signal_fd)) {
    int error = errno;
    pump_finish(pump);
    return -error;
  }
  pump->multi = curl_multi_init();
  if (!pump->multi) {
    pump_finish(pump);
    return -ENOMEM;
  }
  curl_multi_setopt(pump->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(pump->multi, CURLMOPT_SOCKETDATA, pump);
  curl_multi_setopt(pump->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(pump->multi, CURLMOPT_TIMERDATA, pump);
  curl_multi_setopt(pump->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  return 0;
}

void
pump_set_connections_max(struct pump *pump, unsigned per_host)
{
  long cached = per_host > PUMP_CONNECTIONS_MAX ? (long)per_host : PUMP_CONNECTIONS_MAX;
  curl_multi_setopt(pump->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)per_host);
  curl_multi_setopt(pump->multi, CURLMOPT_MAXCONNECTS, cached);
}

void
pump_set_single(struct pump *pump)
{
  curl_multi_setopt(pump->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 1L);
  curl_multi_setopt(pump->multi, CURLMOPT_MAXCONNECTS, 1L);
}

bool
pump_connected(const struct pump *pump)
{
  bool any = false;
  for (size_t fd = 0; fd < pump->n_sockets; fd++) {
    struct pollfd at = {.fd = (int)fd, .events = POLLRDHUP};
    if (!pump->sockets[fd].own)
      continue;
    if (poll(&at, 1, 0) != 0)
      return false;
    any = true;
  }
  return any;
}

void
pump_finish(struct pump *pump)
{
  if (pump->multi)
    (void)curl_multi_cleanup(pump->multi);
  int fds[] = {pump->epoll_fd, pump->timer_fd, pump->signal_fd};
  for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
    if (fds[i] >= 0)
      (void)close(fds[i]);
  free(pump->sockets);
  free(pump->dirty);
  free(pump->guests);
  *pump = (struct pump){.epoll_fd = -1, .timer_fd = -1, .signal_fd = -1, .cancel_fd = -1};
}

void
pump_adopt(struct pump *pump, CURL *easy)
{
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, pump);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, pump);
}

CURLMcode
pump_add(struct pump *pump, CURL *easy)
{
  return curl_multi_add_handle(pump->multi, easy);
}

void
pump_remove(struct pump *pump, CURL *easy)
{
  (void)curl_multi_remove_handle(pump->multi, easy);
}

/* ---- guests ---- */

bool
pump_watch(struct pump *pump, int fd, void (*ready)(void *user), void *user)
{
  struct pump_socket *s = socket_of(pump, fd);
  if (s && pump->n_guests == pump->guests_size) {
    size_t size = pump->guests_size ? 2 * pump->guests_size : 8;
    struct pump_guest *grown = reallocarray(pump->guests, size, sizeof *grown);
    if (!grown)
      return false;
    pump->guests = grown;
    pump->guests_size = size;
  }
  if (!s || !watch(pump, fd))
    return false;
  s->guest = true;
  pump->guests[pump->n_guests++] = (struct pump_guest){fd, ready, user};
  return true;
}

void
pump_unwatch(struct pump *pump, int fd)
{
  for (size_t i = 0; i < pump->n_guests; i++) {
    if (pump->guests[i].fd != fd)
      continue;
    (void)epoll_ctl(pump->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    pump->sockets[fd].guest = false;
    pump->guests[i] = pump->guests[--pump->n_guests];
    return;
  }
}

static bool
serve_guest(struct pump *pump, int fd)
{
  struct pump_socket *s = socket_of(pump, fd);
  if (!s || !s->guest)
    return false;
  for (size_t i = 0; i < pump->n_guests; i++)
    if (pump->guests[i].fd == fd) {
      pump->guests[i].ready(pump->guests[i].user);
      return true;
    }
  return false;
}

/* ---- transfers ---- */

static bool
take_ended(struct pump *pump)
{
  bool any = false;
  int left;
  for (CURLMsg *message; (message = curl_multi_info_read(pump->multi, &left)) != NULL;) {
    if (message->msg != CURLMSG_DONE)
      continue;
    CURL *easy = message->easy_handle; /* the message dies with the removal */
    CURLcode result = message->data.result;
    (void)curl_multi_remove_handle(pump->multi, easy);
    pump->ended(pump->user, easy, result);
    any = true;
  }
  return any;
}

/* A connection that no transfer uses has something to say, most likely its end; libcurl will look when it needs it. */
static bool
idle(struct pump *pump, int fd)
{
  struct pump_socket *s = socket_of(pump, fd);
  if (!s || s->wanted != 0)
    return false;
  if (s->registered)
    register_socket(pump, fd, s);
  return true;
}

static bool
handle_event(struct pump *pump, const struct epoll_event *event)
{
  int fd = event->data.fd, running;
  if (fd == pump->cancel_fd)
    return true;
  if (fd == pump->timer_fd) {
    disarm(pump);
  } else if (fd == pump->signal_fd) {
    uint64_t count;
    (void)!read(fd, &count, sizeof count);
    pump->signalled = false;
  } else if (!serve_guest(pump, fd) && !idle(pump, fd)) {
    int what = (event->events & EPOLLIN ? CURL_CSELECT_IN : 0) |
               (event->events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
               (event->events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    (void)curl_multi_socket_action(pump->multi, fd, what, &running);
  }
  return false;
}

static void
fire_timer(struct pump *pump)
{
  int running;
  if (pump->due_ns == 0 || clock_now_ns() < pump->due_ns)
    return;
  pump->due_ns = 0;
  (void)curl_multi_socket_action(pump->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

static void
set_cancel(struct pump *pump, int fd)
{
  if (fd == pump->cancel_fd)
    return;
  pump_forget_cancel(pump);
  if (fd >= 0 && watch(pump, fd))
    pump->cancel_fd = fd;
}

void
pump_forget_cancel(struct pump *pump)
{
  if (pump->cancel_fd >= 0)
    (void)epoll_ctl(pump->epoll_fd, EPOLL_CTL_DEL, pump->cancel_fd, NULL);
  pump->cancel_fd = -1;
}

static int
wait_ms(const struct pump *pump, int64_t until_ns)
{
  if (until_ns == 0)
    return 0;
  int64_t when = pump->due_ns && pump->due_ns < until_ns ? pump->due_ns : until_ns;
  return clock_poll_ms(when);
}

bool
pump_drive(struct pump *pump, int cancel_fd, int64_t until_ns)
{
  struct epoll_event events[PUMP_EVENTS];
  bool cancelled = false;
  set_cancel(pump, cancel_fd);
  fire_timer(pump); /* what was added just now is sent before the wait, and may even be answered */
  if (take_ended(pump))
    until_ns = 0;
  flush_sockets(pump);
  int n = epoll_wait(pump->epoll_fd, events, PUMP_EVENTS, wait_ms(pump, until_ns));
  for (int i = 0; i < n; i++)
    cancelled |= handle_event(pump, &events[i]);
  fire_timer(pump);
  (void)take_ended(pump);
  return cancelled;
}

void
pump_kick(struct pump *pump)
{
  fire_timer(pump);
  (void)take_ended(pump);
}

/* A plugin that polls for other things must not be woken by a server that closes an idle connection. */
static void
hush(struct pump *pump)
{
  static const struct itimerspec never;
  for (size_t fd = 0; fd < pump->n_sockets; fd++)
    if (pump->sockets[fd].registered && !pump->sockets[fd].wanted)
      register_socket(pump, (int)fd, &pump->sockets[fd]);
  if (pump->armed_ns == 0)
    return;
  (void)timerfd_settime(pump->timer_fd, 0, &never, NULL);
  pump->armed_ns = 0;
}

void
pump_park(struct pump *pump, bool ready, bool quiet)
{
  flush_sockets(pump);
  if (quiet)
    hush(pump);
  else
    arm(pump);
  if (ready && !pump->signalled) {
    uint64_t one = 1;
    pump->signalled = write(pump->signal_fd, &one, sizeof one) == sizeof one;
  }
}
