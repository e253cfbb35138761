// SPDX-License-Identifier: Apache-2.0
/* A small web server and a proxy on 127.0.0.1, in threads of the test, that misbehave on request. The path says how:
 *   /ok /echo /status/N /bytes/N /headers/N /long-header /redirect /gzip /gzip-bomb /latin1 /interim
 *   /slow (never answers) /drop (closes) /reset /half (a part of the body) /garbage /bad-chunk /http9
 *   /then-close (answers, and ends the connection a little later)
 *   /second-dies (a connection answers once, then closes when asked again) */
#ifndef TESTS_HTTP_SERVER_H
#define TESTS_HTTP_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>

#include <openssl/ssl.h>

struct acceptor;

struct server {
  struct server *next;       /* of all that were started */
  struct acceptor *acceptor; /* signs people in; NULL: nobody is asked */
  int listen_fd;
  unsigned port;
  SSL_CTX *tls; /* NULL: plain */
  bool proxy;
  const char *proxy_says;          /* to CONNECT, instead of a tunnel: status line and headers */
  const char *proxy_authorization; /* asked for: what must follow "Proxy-Authorization: " */
  const char *good_authorization;  /* else 401; NULL: everybody may */
  int delay_ms;                    /* before each answer */
  atomic_uint connections, requests, with_authorization, open_now, open_most;
};

/* Fill in what is wanted, zero the rest, then start. Runs until server_stop_all. */
void server_start(struct server *);

/* Ends every server's threads and gives back what they hold: OpenSSL must not be cleaned up under them. */
void server_stop_all(void);

/* A port of 127.0.0.1 where nobody listens. */
unsigned server_free_port(void);
/* A port that neither accepts nor refuses: its backlog is full. */
unsigned server_blackhole(void);

#endif
