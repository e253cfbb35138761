// SPDX-License-Identifier: Apache-2.0
/* Inside core/worker: one session's state, shared by the thread of the hooks, the io thread and the plugin's own. What
 * follows `lock` is held by it; the rest belongs to the thread of the hooks, or is set before there is another. */
#ifndef CORE_WORKER_STATE_H
#define CORE_WORKER_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/dns/service.h"
#include "core/http/service.h"
#include "core/module/grammar.h"
#include "core/module/load.h"
#include "core/secret/handle.h"
#include "core/secret/scrub.h"
#include "core/wire/message.h"
#include "core/worker/outbox.h"
#include "core/worker/worker.h"
#include "tenon/browser.h"

#define WORKER_QUEUE_MAX   16u   /* commands that wait for the thread of the hooks */
#define WORKER_TICKETS_MAX 16u   /* questions open at a time */
#define WORKER_SIGNINS_MAX 8u    /* sign-in locks held at a time */
#define WORKER_GATES_MAX   512u  /* turns asked for and not answered yet */
#define WORKER_REASON_MAX  1024u /* bytes of what `broke` says */
#define WORKER_ASK_MAX     4096u /* bytes of one text of a question */
#define WORKER_KEY_MAX     200u  /* bytes of a key of keep() and of a resource */
#define WORKER_HTTP_LINES_MAX                                                                      \
  500u /* lines of the log that requests write: those of a million would use up the plugin's own */

/* One hook call as the plugin sees it, and what decides it is over. */
struct worker_call {
  tenon_call abi; /* first: the plugin's pointer is this struct */
  struct worker *w;
  uint64_t id; /* 0: none runs */
  uint32_t hook, phase;
  atomic_bool cancelled;
  _Atomic int64_t deadline; /* 0: none; moved on by what stops the clock */
  atomic_uint stopped;      /* questions and waits that stop the clock */
  int64_t stopped_at;
};

struct worker_table {
  tenon_host abi;
  struct worker *w;
};

struct worker_browser {
  tenon_browser abi;
  struct worker *w;
  uint64_t request;    /* 0: nothing listens; changed under the lock */
  tenon_secret *query; /* came and was not asked for yet; lock */
  char redirect[40];
};

struct worker_sink {
  tenon_sink abi;
  struct worker *w;
};

/* Subjects that the host gave and that next() has not handed out, and those that it has and no check has closed. */
struct worker_source {
  tenon_source abi;
  struct worker *w;
  char *queue[WIRE_WINDOW_MAX];
  size_t head, n_queue;
  char *open[WIRE_WINDOW_MAX];
  size_t n_open;
  const char *last; /* handed out */
  char *borrowed;   /* the same, closed, but lent until the next call of next() */
  size_t results;   /* closed and not flushed */
  bool end, parked; /* parked: next() said LATER and ready_fd was drained */
};

enum worker_ticket_state {
  TICKET_FREE,
  TICKET_OPEN,
  TICKET_ANSWERED,
  TICKET_DECLINED,
  TICKET_NOANSWER
};

struct worker_ticket {
  uint64_t id;
  enum worker_ticket_state state;
  int64_t expires;
  char *text;
  tenon_secret *secret;
};

struct worker_value {
  const char *key;
  tenon_text text;
};

struct worker_command {
  struct worker_command *next;
  enum wire_type type;
  uint64_t call;
  cJSON *message;
};

struct worker_ids; /* ids of checks seen in this call */

struct worker {
  uint32_t flags;
  int fd;
  struct outbox out;
  struct wire_reader reader; /* of the starting thread, then of the io thread */

  struct module_file file;
  struct connector *connector;
  tenon_connector live;
  char *host_name, *host_version;
  struct scrubber *scrubber;
  struct secret_table *secrets;
  struct http_service *http;
  struct dns_service *dns;
  struct http_environment proxies; /* texts are ours */
  unsigned http_lines;             /* written to the log for requests */
  tenon_session *session;
  bool interactive;           /* somebody answers questions */
  struct arena session_arena; /* of the answers */
  struct worker_value *values;
  size_t n_values;
  struct arena call_arena; /* of what is lent until the hook returns */

  struct worker_table table;
  struct worker_browser browser;
  struct worker_sink sink;
  struct worker_call call;
  int cancel_fd;
  atomic_bool broke;
  char *signins[WORKER_SIGNINS_MAX];

  pthread_mutex_t lock;
  pthread_cond_t changed; /* of CLOCK_MONOTONIC */
  struct worker_command *commands, **commands_end;
  size_t n_commands;
  uint64_t cancelled_call; /* the latest that the host cancelled */
  bool eof;
  struct worker_source source;
  struct worker_ticket tickets[WORKER_TICKETS_MAX];
  uint64_t last_ticket;
  uint64_t last_request, answered_request; /* kept and signin: one waits at a time */
  tenon_secret *answered_secret;
  bool answered_tangled;
  unsigned answered_port; /* 0: none */
  uint64_t last_gate;
  uint64_t gates[WORKER_GATES_MAX]; /* asked and not answered; 0: free */
  struct worker_ids *ids;
  atomic_uint checks, failures; /* reported in this call */
  atomic_uint answers, patches; /* of this call: questions that somebody answered, fields set */
  char begun[GRAMMAR_CHECK_MAX + 1]; /* id of the check that began last and has no result; lock */
};

/* ---- io.c --------------------------------------------------------------------------------------------------- */
int worker_io_start(struct worker *w, pthread_t *ret) TENON_NODISCARD;
/* Reads the next line, waiting for it: before there is an io thread. NULL: none will come. */
cJSON *worker_io_first(struct worker *w) TENON_NODISCARD;

/* ---- inbox.c: what a line does ------------------------------------------------------------------------------ */
/* False: the host spoke nonsense, and the worker ends. Takes the message. */
bool worker_receive(struct worker *w, cJSON *message) TENON_NODISCARD;
/* The next command, waited for; NULL at end of file. For the caller to free with worker_command_free. */
struct worker_command *worker_next_command(struct worker *w) TENON_NODISCARD;
void worker_command_free(struct worker_command *c);
/* A base64 member as a secret of the table; NULL when it is absent or cannot be kept. key NULL: by its handle only. */
tenon_secret *worker_take_secret(struct worker *w, const char *key, const cJSON *message,
                                 const char *member);

/* ---- call.c ------------------------------------------------------------------------------------------------- */
void worker_call_begin(struct worker *w, const struct worker_command *c, uint32_t hook);
void worker_call_end(struct worker *w);
void worker_call_cancel_locked(struct worker *w); /* the one that runs */
bool worker_call_over(const struct worker *w);
void worker_clock_stop(struct worker *w);
void worker_clock_go(struct worker *w);
/* Waits for a change under the lock, at most until `until` (0: no bound), the deadline or cancel. False: time is up. */
bool worker_wait_locked(struct worker *w, int64_t until);

/* ---- say.c: lines to the host ------------------------------------------------------------------------------- */
/* Between these two, append one object to the buffer. flush: it must not wait for others. */
struct buf *worker_line(struct worker *w, size_t *ret_mark);
bool worker_line_end(struct worker *w, size_t mark, bool flush);
void worker_log(struct worker *w, int32_t level, const char *fmt, ...) TENON_PRINTF(3, 4);
/* Says once that the plugin broke a rule; the call counts as cancelled from then on. */
void worker_broke(struct worker *w, const char *rule, const char *fmt, ...) TENON_PRINTF(3, 4);
/* text without secrets: text itself, or *ret_free, for the caller to free; "" when memory is out. NULL stays NULL. */
const char *worker_scrub(struct worker *w, const char *text, char **ret_free);

/* ---- the tables: host_table.c, host_keep.c, host_ask.c, sink.c, source.c ------------------------------------ */
void worker_table_init(struct worker *w);
void worker_table_finish_hook(struct worker *w);
tenon_status worker_keep(const tenon_host *h, uint32_t scope, const char *key,
                         tenon_secret *secret);
tenon_status worker_kept(const tenon_host *h, const tenon_call *c, const char *key,
                         tenon_secret **ret);
tenon_status worker_signin_begin(const tenon_host *h, const tenon_call *c, const char *resource);
void worker_signin_end(const tenon_host *h, const char *resource);
void worker_keep_finish_hook(struct worker *w);
tenon_status worker_ask(const tenon_host *h, const tenon_call *c, const tenon_ask *ask,
                        uint64_t *ret);
tenon_status worker_answer(const tenon_host *h, const tenon_call *c, uint64_t ticket,
                           int64_t wait_ns, tenon_text *ret, tenon_secret **ret_secret);
void worker_withdraw(const tenon_host *h, uint64_t ticket);
void worker_ask_finish_hook(struct worker *w);
/* Waits for the answer to a request whose line was sent, and gives the secret in it. */
tenon_status worker_await_locked(struct worker *w, uint64_t request, tenon_secret **ret);
/* The host's answer line, on the io thread. */
bool worker_answered(struct worker *w, const cJSON *message) TENON_NODISCARD;
void worker_sink_init(struct worker *w);
void worker_sink_finish_hook(struct worker *w);
int worker_source_init(struct worker *w) TENON_NODISCARD;
void worker_source_finish(struct worker *w);
void worker_source_begin(struct worker *w, uint32_t jobs);
void worker_source_end(struct worker *w); /* what is still open is the host's to tell */
bool worker_source_feed_locked(struct worker *w, const cJSON *message);
/* Closes the subject; false: it is not open. *ret_flush: the host ought to hear of it now. */
bool worker_source_close(struct worker *w, const char *subject, bool *ret_flush);

/* ---- host_gate.c: the host's turns at an account ------------------------------------------------------------- */
struct gate_upstream worker_gate_upstream(struct worker *w);
/* The host's `gate` line, on the io thread. */
bool worker_gate_word(struct worker *w, const cJSON *message) TENON_NODISCARD;

/* ---- host_browser.c: tenon.browser/1 -------------------------------------------------------------------------- */
void worker_browser_init(struct worker *w);
void worker_browser_finish_hook(struct worker *w);
/* The host's line, on the io thread. */
bool worker_browser_visited(struct worker *w, const cJSON *message) TENON_NODISCARD;

/* ---- silence.c: hooks that do not say why ------------------------------------------------------------------- */
void worker_silence_began(struct worker *w, const char *id);
void worker_silence_checked(struct worker *w, const tenon_check *c);
/* Reports what open or verify left unsaid, as a check. */
void worker_silence_end(struct worker *w, tenon_status status);

/* ---- hooks.c ------------------------------------------------------------------------------------------------ */
/* Runs one command. False: it was close, and the session is over. */
bool worker_run(struct worker *w, struct worker_command *c);
/* The value of a field as the plugin gets it, or NULL. */
const tenon_text *worker_value(const struct worker *w, const char *key);

#endif
