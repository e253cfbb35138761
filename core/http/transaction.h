// SPDX-License-Identifier: Apache-2.0
/* A transaction: one request with its answer, from the plugin's struct to the completion. It has one entry
 * (transaction_begin) and one exit (transaction_end): whatever is to stand between plugin and wire later (recording,
 * replay, injected faults) goes there. Transactions are recycled with their libcurl handle and buffers, so that a bulk
 * run allocates nothing. */
#ifndef CORE_HTTP_TRANSACTION_H
#define CORE_HTTP_TRANSACTION_H

#include <stdbool.h>

#include <curl/curl.h>
#include <tenon/http.h>

#include "core/base/buf.h"
#include "core/http/gate.h"
#include "core/http/names.h"
#include "core/http/passage.h"
#include "core/http/proxy.h"
#include "core/http/signin.h"
#include "core/http/tls.h"

#define TRANSACTION_HEADERS_MAX      64u    /* of a request */
#define TRANSACTION_HEADER_BYTES_MAX 16384u /* all of them together */
#define TRANSACTION_URL_MAX          8192u
#define TRANSACTION_LABEL_MAX        128u
#define TRANSACTION_METHOD_MAX       31u
#define TRANSACTION_REASON_MAX       1024u
#define TRANSACTION_PARTS_MAX        256u
#define TRANSACTION_KEEP_BYTES                                                                     \
  (256u * 1024u) /* an answer's buffer larger than this is not kept for the next */
#define TRANSACTION_SENDS_MAX                                                                      \
  2u /* the first, and once more when a kept-alive connection was dead */

#define TRANSACTION_CONNECT_SIZE  64u /* "::[address]:port" */
#define TRANSACTION_ADDRESSES_MAX 2048u

struct http_service;

enum transaction_state {
  TRANSACTION_FREE,
  TRANSACTION_WAITING,   /* at the gate */
  TRANSACTION_RESOLVING, /* waits for its host's addresses */
  TRANSACTION_RUNNING,   /* with libcurl */
  TRANSACTION_SIGNING,   /* its channel waits for GSSAPI */
  TRANSACTION_HELD,      /* stopped before its credential left; libcurl is about to give it back */
  TRANSACTION_ENDED,     /* in the queue of completions */
  TRANSACTION_GIVEN,     /* the plugin has its completion */
};

/* Where it goes. Kept from one request to the next: most go to the same URL. */
struct target {
  struct buf url;
  char *host; /* without brackets, as ASCII */
  unsigned port;
  bool tls;
  bool past_proxies;         /* the request wants none, whatever is set */
  const struct proxy *proxy; /* NULL: direct */
  const char *proxy_why;
  uint32_t route_by;
  struct curl_slist connect_to, resolve; /* what libcurl is told of the way there */
  char connect_text[TRANSACTION_CONNECT_SIZE];
  const char *
      look_up; /* the name whose addresses are needed, borrowed; NULL: none, or libcurl looks for itself */
  unsigned look_up_port;
  struct buf addresses; /* "host:port:address,address" */
};

/* Why a callback of ours stopped the transfer. */
enum stop {
  STOP_NONE,
  STOP_BODY,
  STOP_HEADERS,
  STOP_SINK,
  STOP_RESENT,
  STOP_MEMORY,
  STOP_GATE,
  STOP_MOVED, /* of a channel: to another connection than the one that is signed in */
};

/* What libcurl sends; `shape` tells which of its options stand as they should. */
enum shape { SHAPE_NEW, SHAPE_GET, SHAPE_HEAD, SHAPE_POST, SHAPE_OTHER, SHAPE_OTHER_BODY };

struct transaction {
  tenon_http_completion completion; /* first: release gets its address */
  struct http_service *service;
  struct tenon_http_channel *channel; /* NULL: pooled, or a completion that outlives its channel */
  struct transaction *next_of_all, *next; /* next: of the free list, or of the queue */
  enum transaction_state state;
  CURL *easy;
  struct gate_visit visit;
  struct gate_visit proxy_visit; /* of the proxy's account */
  enum passage_state passage;
  struct transaction *next_in_passage;
  int64_t passage_since;
  bool tunnelled; /* the proxy has connected it */
  struct names_visit names;
  enum gate_word word; /* TRANSACTION_HELD: what the gate has said since */

  /* the request */
  struct target target;
  struct buf label, headers, body;
  char *secret_body; /* secret memory, or NULL */
  size_t n_body;
  bool is_token;             /* signed in by one, not by a password */
  bool has_body, has_secret; /* has_secret: its answer may hold a token */
  char method[TRANSACTION_METHOD_MAX + 1];
  enum shape shape;
  struct curl_slist lines[TRANSACTION_HEADERS_MAX + 4];
  struct curl_slist *line_list;
  const tenon_call *call; /* or NULL */
  int64_t timeout_ns, deadline_ns, started_ns;
  int64_t waiting_ns; /* at the gate, since */
  int64_t resolve_ns; /* of the look-up that was not libcurl's */
  size_t body_max;
  int32_t (*body_sink)(void *user, const void *bytes, size_t n);
  void *body_user;

  /* the answer */
  struct buf reply_headers, reply_body;
  size_t n_reply_headers, n_sunk;
  tenon_pair pairs[TENON_HTTP_HEADERS_MAX];
  struct tls_facts *facts;
  struct signin *signin;
  struct tls_facts *proxy_facts; /* of the proxy's own TLS */
  bool proxy_shaken;             /* ...which was the last handshake: the server's is next */
  enum stop stop;
  unsigned sends;
  bool orphan;    /* its channel is closed: it goes when its completion is given back */
  bool connected; /* one of its legs has made a connection */
  char reason[TRANSACTION_REASON_MAX];
  char address[80];
  char error[CURL_ERROR_SIZE];
};

/* A transaction with its handle, set up once by the service's settings; NULL: no memory. */
TENON_NODISCARD struct transaction *transaction_create(struct http_service *,
                                                       struct tenon_http_channel *);
void transaction_destroy(struct transaction *);

/* The entry. Copies the request in and sends it, or lets it wait at the gate, or ends it at once when it cannot be
 * sent. */
void transaction_begin(struct transaction *, const tenon_call *, const tenon_http_request *,
                       void *tag);
/* What the gate says to one that waited. */
void transaction_admit(struct transaction *, enum gate_word);
/* What the gate says to one that waited for the proxy's account. */
void transaction_passed(struct transaction *, enum gate_word);
/* What the name server says to one that resolves. */
void transaction_resolved(struct transaction *, const char *addresses, const char *why);
/* The exit. libcurl is done with it: fills in the completion and queues it with the service. */
void transaction_end(struct transaction *, CURLcode);
/* The exit before libcurl is done: the call was cancelled. */
void transaction_cancel(struct transaction *);
/* Stops it wherever it is, without a completion. */
void transaction_abort(struct transaction *);
/* Makes it ready for the next request; wipes what held a secret. */
void transaction_recycle(struct transaction *);

/* Notes what went wrong, for the exit to pass on. */
void transaction_fail(struct transaction *, tenon_status, uint32_t fault, const char *fmt, ...)
    TENON_PRINTF(4, 5);

/* For a channel, which sends several legs for one request: makes ready for the next answer; sends what request_leg has
 * set (fresh: a connection is to be made); ends it with what is in the completion. */
void transaction_rewind(struct transaction *);
void transaction_run(struct transaction *, bool fresh);
void transaction_finish(struct transaction *);
/* What is left of the request's time and of the call's. */
int64_t transaction_time_left_ns(const struct transaction *);

/* request.c: the leg has this Authorization line (NULL: none), and the request's body or an empty one. */
void request_leg(struct transaction *, char *line, bool body);
/* request.c: "https://host:port" of a URL, and its host; both for the caller to free. 0, -EINVAL, -ENOMEM. */
TENON_NODISCARD int request_origin(const char *url, char **ret_host, char **ret_origin);
/* request.c: 0, or -1 and transaction->reason says what cannot be sent. */
TENON_NODISCARD int request_take(struct transaction *, const tenon_http_request *);
/* body.c: likewise. */
TENON_NODISCARD int body_take(struct transaction *, const tenon_http_part *, size_t n);
/* answer.c: the callbacks of libcurl, and the pairs that come of the headers. */
void answer_setup(struct transaction *);
void answer_finish(struct transaction *);
/* fault.c: status, fault and reason from what libcurl said. */
void fault_explain(struct transaction *, CURLcode);

#endif
