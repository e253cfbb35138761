// SPDX-License-Identifier: Apache-2.0
/* Drives many transfers by one epoll descriptor, which a plugin may poll beside others. libcurl tells which sockets it
 * waits for and when it wants to be called; both are passed on to the kernel as late as possible, because between two
 * waits most of it has been taken back: a request over a kept-alive connection costs a write, a wait and a read. */
#ifndef CORE_HTTP_PUMP_H
#define CORE_HTTP_PUMP_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "core/base/cleanup.h"

#define PUMP_EVENTS          64 /* taken from the kernel at a time */
#define PUMP_CONNECTIONS_MAX 64 /* kept alive at a time, over all hosts, at least */

struct pump_socket {
  uint8_t wanted, registered; /* CURL_POLL_... bits */
  bool dirty, own; /* own: we see it closed, so its registration may outlive a transfer */
  bool guest;      /* not libcurl's */
};

/* A descriptor that is waited for beside libcurl's. */
struct pump_guest {
  int fd;
  void (*ready)(void *user);
  void *user;
};

struct pump {
  CURLM *multi;
  int epoll_fd, timer_fd, signal_fd, cancel_fd;
  int64_t due_ns;   /* when libcurl wants to be called; 0: never */
  int64_t armed_ns; /* what the timer is set to */
  bool signalled;
  struct pump_socket *sockets; /* by descriptor */
  size_t n_sockets;
  int *dirty;
  size_t n_dirty, dirty_size;
  struct pump_guest *guests;
  size_t n_guests, guests_size;
  void (*ended)(void *user, CURL *, CURLcode);
  void *user;
};

/* ended is called from pump_drive for each transfer that ended; it is out of the multi by then. 0 or -errno. */
TENON_NODISCARD int pump_init(struct pump *, void (*ended)(void *user, CURL *, CURLcode),
                              void *user);
void pump_finish(struct pump *);
void pump_set_connections_max(struct pump *, unsigned per_host);
/* It is for one connection, and no second one beside it. */
void pump_set_single(struct pump *);
/* It is for one connection, and no second one beside it. */
void pump_set_single(struct pump *);

/* Every handle that is given to pump_add goes through this once. */
void pump_adopt(struct pump *, CURL *);
TENON_NODISCARD CURLMcode pump_add(struct pump *, CURL *);
void pump_remove(struct pump *, CURL *);

/* ready is called from pump_drive whenever the descriptor is readable; it may add and take out guests. false: no memory,
 * or the kernel does not want it. */
TENON_NODISCARD bool pump_watch(struct pump *, int fd, void (*ready)(void *user), void *user);
void pump_unwatch(struct pump *, int fd);
/* Is a connection open whose other end is too, as far as this end knows? */
TENON_NODISCARD bool pump_connected(const struct pump *);

/* Waits for work until the time (host clock; 0: does not wait), and does it. true: cancel_fd is readable. */
TENON_NODISCARD bool pump_drive(struct pump *, int cancel_fd, int64_t until_ns);
/* Does at once what was just added, so that no timer has to be set for it. */
void pump_kick(struct pump *);
/* Before the plugin gets the thread back: makes epoll_fd readable when there is work or will be. ready: completions lie
 * there to be taken; quiet: nothing is in flight, and so nothing may make it readable. */
void pump_park(struct pump *, bool ready, bool quiet);
/* Forgets the cancel descriptor. */
void pump_forget_cancel(struct pump *);

#endif
