// SPDX-License-Identifier: Apache-2.0
/* What the files of libtenon share. A context has workers; a worker has a socket, a process (or a thread) behind it,
 * and at most one call under way. Everything runs on one thread, the one that calls tenon_context_run.
 *
 * The life of a worker: STARTING (load sent) - READY ("ready" came) - DEAD (its events are all told). `ending` says
 * what runs out when `due` comes: see death.c. */
#ifndef CORE_HOST_INTERNAL_H
#define CORE_HOST_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/host/times.h"
#include "core/model/connector.h"
#include "core/model/turns.h"
#include "core/secret/fingerprint.h"
#include "core/secret/scrub.h"
#include "core/wire/message.h"
#include "tenon/host.h"

#define HOST_WORKERS_MAX    256u  /* of one context */
#define HOST_TICKETS_MAX    16u   /* questions of one worker on the screen at a time */
#define HOST_KEEP_MAX       256u  /* secrets kept for the life of a context */
#define HOST_KEEP_KEY_MAX   255u  /* bytes of such a key */
#define HOST_WAITERS_MAX    256u  /* sign-in locks held or waited for */
#define HOST_RESOURCE_MAX   1024u /* bytes of a sign-in's resource */
#define HOST_CALL_BYTES_MAX (32u * 1024u * 1024u) /* of a call's results without a subject */
#define HOST_DRAIN_MAX      1024                  /* from the socket of a worker that has ended */
#define HOST_STEPS_MAX      1000u                 /* of one plan */
#define HOST_PATCHES_MAX    1000u                 /* of one suggest */
#define HOST_BEGUN_MAX      200u                  /* bytes remembered of the check last begun */
#define HOST_WORDS_MAX      400u  /* bytes remembered of what it last wrote to stderr */
#define HOST_ATTEMPTS_MAX   512u  /* turns at accounts that one worker has or waits for */
#define HOST_SERVER_MAX     1024u /* bytes of a server's name at the gate */
#define HOST_LOOP_EVENTS    64    /* taken from the kernel at a time */
#define HOST_READS_MAX      16    /* reads from one worker before the next one has its turn */
#define HOST_ERROR_MAX      2048u /* bytes of tenon_context_error, and of a finding's detail */
#define HOST_REMEDY_MAX     1024u /* bytes of a finding's remedy */

/* ---- the loop -------------------------------------------------------------------------------------------------- */

enum source_kind {
  SOURCE_SOCKET,
  SOURCE_PROCESS,
  SOURCE_STDOUT,
  SOURCE_STDERR,
  SOURCE_BROWSER,
  SOURCE_VISITOR
};

struct source {
  enum source_kind kind;
  int fd; /* -1: none */
  bool writing;
  tenon_worker *worker;
};

/* A killed process that the kernel has not handed back yet. */
struct grave {
  struct grave *next;
  int pidfd;
};

/* ---- keep and signin ------------------------------------------------------------------------------------------- */

struct kept {
  struct kept *next;
  char *owner; /* connection it belongs to; see keep.c */
  char *key;
  char *bytes; /* of sodium_malloc */
  size_t len;
};

struct signin {
  struct signin *next; /* in the order of asking: the first of a resource holds it */
  tenon_worker *worker;
  uint64_t request;
  char *resource;
};

/* ---- the gate ------------------------------------------------------------------------------------------------- */

/* A secret that a worker was sent, as the gate knows it. */
struct known_secret {
  struct known_secret *next;
  char *key;
  bool host; /* the host's own, not the connection's */
  uint8_t print[FINGERPRINT_BYTES];
};

struct attempt {
  struct turns_visit visit; /* first */
  struct attempt *next;
  tenon_worker *worker;
  uint64_t request;
};

struct gate {
  struct turns *turns;
  uint8_t key[FINGERPRINT_BYTES];
  struct attempt *attempts;
};

/* ---- subjects with a worker --------------------------------------------------------------------------------------
 * */

struct subject {
  uint64_t hash;
  char *text;
  size_t len;
};

struct subjects {
  tenon_next_subject next;
  void *user;
  uint32_t window, n;
  bool pull;         /* next is to be asked, from the loop */
  bool later, ended; /* what next said last; ended: told to the worker too */
  struct subject open[WIRE_WINDOW_MAX];
};

/* ---- one call -------------------------------------------------------------------------------------------------- */

struct ticket {
  uint64_t number;
  int64_t expires_ns; /* 0: never */
  bool secret;
};

struct call {
  uint64_t number;
  uint32_t hook;                    /* 0: none runs */
  uint64_t round;                   /* see gate.c */
  int64_t deadline_ns, progress_ns; /* 0: none. progress: given anew with each result */
  int64_t patience_ns;              /* what the deadline was made of, for the message */
  int64_t paused_ns;                /* since when the deadline stands still; 0: it runs */
  bool cancelled;                   /* by the caller */
  bool said_timeout;                /* a check of the plugin says that time ran out */
  bool full;                        /* cancelled because nothing more is taken */
  bool stalled;                     /* it was progress_ns that ran out */
  uint32_t checks, offers, steps, patches;
  uint32_t answers;        /* questions that somebody answered */
  uint32_t listens;        /* for a browser */
  size_t log_bytes, bytes; /* of log, of results without a subject */
  char begun[HOST_BEGUN_MAX];
  struct ticket tickets[HOST_TICKETS_MAX];
  size_t n_tickets;
  struct subjects subjects;
};

/* ---- worker and context ---------------------------------------------------------------------------------------- */

struct browser;

enum worker_state { WORKER_STARTING, WORKER_READY, WORKER_DEAD };

/* What comes next when `due` has come. */
enum ending {
  ENDING_NONE,
  ENDING_CANCEL, /* the caller cancelled */
  ENDING_SOFT,   /* a deadline passed, cancel was sent */
  ENDING_TERM,   /* SIGTERM was sent */
  ENDING_CLOSE,  /* close was sent */
  ENDING_EOF,    /* it closed its socket */
};

struct output {
  struct source source;
  char line[WIRE_LOG_LINE_MAX];
  size_t len;
  bool cut;
};

struct tenon_worker {
  tenon_worker *next;
  tenon_context *ctx;
  tenon_on_event on_event;
  void *user;
  bool destroyed;
  bool answers;     /* the program answers questions */
  char *id, *path;  /* of the connector and its file */
  char *connection; /* whose it is, from the settings; NULL: nobody else's */
  enum worker_state state;

  struct source socket, process;
  struct output out, err;
  char last_words[HOST_WORDS_MAX];
  struct wire_reader reader;
  struct wire_queue queue;

  int64_t pid; /* 0: a thread */
  pthread_t thread;
  bool has_thread;

  enum ending ending;
  int64_t due; /* 0: nothing is due */
  struct call call;
  uint64_t last_call;

  struct connector *connector; /* NULL before READY */
  char *sandbox;
  struct kept *kept; /* with the connection, told in its settings */
  struct known_secret *known;
  char **paths;    /* told in load: answers that name ticket caches and keytabs; NULL: none */
  bool told_ready; /* the program has heard READY */
  bool holding;    /* lines of open wait until it is known whether it has the right sandbox */
  struct wire_queue held;
  struct arena open_values; /* of those lines: the answers */
  const tenon_pair *answers_held;
  size_t n_answers_held;
  uint64_t round;          /* of its calls; 0: own_round */
  uint64_t own_round;      /* begun by its last open or verify */
  bool looked_at;          /* by tangle.c */
  struct browser *browser; /* NULL: it never listened; see browser.c */
  struct scrubber *scrubber;
};

struct proxy_login {
  char *user;
  char *password; /* of sodium_malloc */
  size_t password_len;
};

struct proxies {
  char *http, *https, *no;
  struct proxy_login http_login, https_login; /* each is its own proxy's, and no other one's */
};

struct plugin_list;

struct tenon_context {
  int epoll;
  uint32_t flags;
  char *libexec_dir, *host_name, *host_version;
  char **plugin_dirs;
  void (*log)(void *user, int32_t level, const char *plugin, const char *text);
  void *log_user;
  struct proxies proxies;
  struct host_times times;
  tenon_worker *workers, *trash;
  unsigned n_workers;
  struct grave *graves;
  struct kept *kept;
  struct signin *signins;
  struct gate gate;
  uint64_t last_round;
  struct plugin_list *scanned, *inspected;
  uint64_t last_call;
  bool running, delivered;
  struct buf out; /* where lines for workers are made */
  char error[HOST_ERROR_MAX];
};

/* context.c: sets the sentence and gives err back. */
int context_fail(tenon_context *ctx, int err, const char *fmt, ...) TENON_PRINTF(3, 4);

/* log.c */
void host_log(tenon_context *ctx, int32_t level, const char *plugin, const char *fmt, ...)
    TENON_PRINTF(4, 5);
/* A line that came out of a worker: scrubbed. */
void worker_log(tenon_worker *w, int32_t level, const char *text, size_t len);
/* Reads stdout or stderr; false at its end. */
void output_read(tenon_worker *w, struct output *o);
void output_finish(tenon_worker *w, struct output *o);

/* loop.c */
int loop_add(tenon_context *ctx, struct source *s);
void loop_remove(tenon_context *ctx, struct source *s); /* and closes it */
void loop_want_write(tenon_worker *w, bool want);
/* Takes what the socket has; drain: all of it, for a worker that has ended. */
void worker_read(tenon_worker *w);
void worker_drain(tenon_worker *w);

/* send.c: puts a message made in ctx->out on its way. What cannot be sent is noticed by the loop. */
struct buf *send_start(tenon_worker *w);
int send_finish(tenon_worker *w);
void send_flush(tenon_worker *w);

/* spawn.c, thread.c: make the worker's other end. */
int worker_spawn(tenon_worker *w);
int worker_thread(tenon_worker *w);
/* Waits at most wait_ns for the thread, else leaves it behind. */
void worker_thread_leave(tenon_worker *w, int64_t wait_ns);

/* receive.c: one line from the worker. */
void worker_receive(tenon_worker *w, char *line, size_t len);

/* services.c: what it asks for. */
void on_ask(tenon_worker *w, const cJSON *m);
void on_withdrawn(tenon_worker *w, const cJSON *m);
void on_log(tenon_worker *w, const cJSON *m);
/* So many bytes that are for the log; false: too many, and the worker was ended. */
bool count_log(tenon_worker *w, size_t n);
/* The number of a request; false: there is none, and the worker was ended. */
bool request_of(tenon_worker *w, const cJSON *m, const char *key, uint64_t *ret);
void on_keep(tenon_worker *w, const cJSON *m);
void on_keep_get(tenon_worker *w, const cJSON *m);
void on_signin_begin(tenon_worker *w, const cJSON *m);
void on_signin_end(tenon_worker *w, const cJSON *m);
void sandbox_take(tenon_worker *w, const cJSON *sandbox);

/* calls.c */
int64_t hook_patience(const tenon_context *ctx, uint32_t hook);
/* The three steps of each start: may it, what time does it have (in ms, for the wire), and off it goes. */
int call_may_start(tenon_worker *w, uint32_t hook);
int64_t call_begin(tenon_worker *w, uint32_t hook, int64_t patience_ns);
int call_begun(tenon_worker *w, uint64_t *ret_call);
void call_pause(tenon_worker *w);
void call_resume(tenon_worker *w);
void tickets_expire(tenon_worker *w, int64_t now);
void call_progress(tenon_worker *w, int64_t extra_ns);
void call_remember_check(struct call *c, const char *id, const char *title);
/* Nothing more of this kind is taken: cancels the call, which then ends as if it were complete. */
void call_full(tenon_worker *w, const char *what, unsigned max);
/* "ended" came: tells what the host has to say to that, and ENDED. */
void call_returned(tenon_worker *w, tenon_status status);
/* Everything of it is told but ENDED: tells that, and forgets it. */
void call_end(tenon_worker *w, tenon_status status);
void call_cancel(tenon_worker *w);
bool ticket_close(tenon_worker *w, uint64_t number);

/* open.c: from now on the scrubber takes these bytes out of what this worker says. */
int learn(tenon_worker *w, const char *bytes, size_t len);

/* events.c */
void emit(tenon_worker *w, tenon_event *ev);
void emit_check(tenon_worker *w, const tenon_check *c);
/* What the host itself has to say of a plugin. */
struct finding {
  const char *id;
  tenon_status cause;
  const char *title, *rule; /* rule NULL: none in particular */
  char detail[HOST_ERROR_MAX], remedy[HOST_REMEDY_MAX];
};
void finding_say(struct finding *f, const char *fmt, ...) TENON_PRINTF(2, 3);
void finding_mend(struct finding *f, const char *fmt, ...) TENON_PRINTF(2, 3);
/* The remedy for all that only the plugin's maker can mend. */
void finding_blame(struct finding *f, const tenon_worker *w);
void emit_finding(tenon_worker *w, const struct finding *f, const char *subject);

/* subjects.c */
void subjects_grant(tenon_worker *w);
/* Gives one back; false when it is not with the worker. */
bool subjects_close(tenon_worker *w, const char *text);
/* Tells of each that is still with the worker, in the words of the finding. */
void subjects_tell(tenon_worker *w, const struct finding *f);
void subjects_finish(struct subjects *s);

/* death.c */
int64_t worker_due(const tenon_worker *w); /* when to look again; 0: never */
void worker_overdue(tenon_worker *w, int64_t now);
void worker_exited(tenon_worker *w); /* its process or thread has ended */
void worker_eof(tenon_worker *w);
/* It broke a rule: says so, kills it. */
void worker_broke(tenon_worker *w, const char *rule, const char *fmt, ...) TENON_PRINTF(3, 4);
/* The end, with a finding (NULL: none) and the status of the call under way. */
void worker_die(tenon_worker *w, const struct finding *f, tenon_status status);
/* What to say of a call that did not stop in time. */
void finding_timeout(struct finding *f, const tenon_worker *w);
/* What to say of subjects that nobody will test: cancelled, or given up for the cause. */
void finding_untested(struct finding *f, tenon_status cause);

/* reap.c: processes are signalled and reaped through their descriptor. */
void reap_terminate(tenon_worker *w); /* SIGTERM, to its group */
void reap_kill_rest(tenon_worker *w); /* what a worker that has ended left running */
/* Says in words how it ended: "died of SIGSEGV (Segmentation fault)". True: it left on its own with status 0. */
bool reap_status(tenon_worker *w, char *ret, size_t size);
/* Kills what is left and lets go of its descriptors; for a thread: waits at most wait_ns for it. */
void worker_release(tenon_worker *w, int64_t wait_ns);
void graves_visit(tenon_context *ctx, bool wait);

/* worker.c */
void worker_free(tenon_worker *w);

/* keep.c */
bool keep_store(struct kept **list, const char *owner, const char *key, const char *bytes,
                size_t len);
const struct kept *keep_find(const struct kept *list, const char *owner, const char *key);
void keep_finish(struct kept **list);
int signin_begin(tenon_worker *w, uint64_t request, const char *resource);
void signin_end(tenon_worker *w, const char *resource); /* NULL: all it holds or waits for */
bool signin_waits(const tenon_worker *w);
/* Does it hold, or wait for, that lock? Waiting for oneself never ends. */
bool signin_has(const tenon_worker *w, const char *resource);
/* Who holds the lock that this one waits for; NULL: it has it. */
tenon_worker *signin_holder(const struct signin *s);
/* It would wait for ever: it is told so, and waits no more. */
void signin_give_up(struct signin *s);

/* gate.c */
int gate_init(struct gate *g) TENON_NODISCARD;
void gate_finish(struct gate *g);
/* Sent to this worker; scope NULL, or WIRE_SCOPE_HOST. */
int gate_learn(tenon_worker *w, const char *scope, const char *key, const char *bytes, size_t len)
    TENON_NODISCARD;
void gate_forget(tenon_worker *w);
void on_gate_enter(tenon_worker *w, const cJSON *m);
void on_gate_left(tenon_worker *w, const cJSON *m);
void on_gate_refused(tenon_worker *w, const cJSON *m);
/* Whatever it had or waited for. */
void gate_end(tenon_worker *w);
bool gate_waits(const tenon_worker *w);

/* browser.c */
void on_browser_listen(tenon_worker *w, const cJSON *m);
void on_browser_close(tenon_worker *w, const cJSON *m);
void browser_turn(tenon_worker *w, struct source *s);
int64_t browser_due(const tenon_worker *w); /* 0: never */
void browser_overdue(tenon_worker *w, int64_t now);
void browser_end(tenon_worker *w); /* nothing listens any more */
void browser_free(tenon_worker *w);

/* worker.c: the other end, and its first line. */
int worker_start(tenon_worker *w) TENON_NODISCARD;

/* paths.c: a worker that needs paths that it was not told is started anew. */
int paths_before_open(tenon_worker *w, const tenon_settings *s) TENON_NODISCARD;
/* It is ready. True: but not in the right sandbox; another one will be. */
bool paths_at_ready(tenon_worker *w);
void paths_finish(tenon_worker *w);

/* tangle.c: frees those that wait for each other. After anything that makes somebody wait, or lets somebody in. */
void tangle_look(tenon_context *ctx);

/* proxy.c */
int proxies_init(struct proxies *p, const tenon_context_options *o);
void proxies_finish(struct proxies *p);

/* scan.c: where a connector lies. */
int plugins_find(tenon_context *ctx, const char *connector, char **ret_path, char **ret_id);
void plugins_finish(struct plugin_list *list);

#endif
