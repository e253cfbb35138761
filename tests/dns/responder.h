// SPDX-License-Identifier: Apache-2.0
/* A name server on 127.0.0.1, UDP and TCP, in a thread of the test. The first label says what it answers:
 *   mail (two addresses) other (127.0.0.1)
 *   alias (two aliases, then mail's) loop (an alias of itself) dangling (an alias of no name)
 *   _srv, _equal, _none (SRV: four with priorities; two alike; the one that says there is none) mx
 *   missing (NXDOMAIN) bare (no record) servfail refused silent
 *   truncated (over UDP) many (forty addresses, over TCP)
 *   garbage, short, pointer (what cannot be read) evil (a target that is no name) */
#ifndef TESTS_DNS_RESPONDER_H
#define TESTS_DNS_RESPONDER_H

#include <stdatomic.h>
#include <stddef.h>

struct responder {
  unsigned port;
  atomic_uint udp, tcp; /* questions */
  int udp_fd, listen_fd, stop_fd;
};

void responder_start(struct responder *);
void responder_stop(struct responder *); /* waits for its thread */

/* A message as it would answer it, with this question's id 0; for those who read messages only. */
size_t responder_message(const char *name, unsigned type, unsigned char *ret, size_t size);

#endif
