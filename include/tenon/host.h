// SPDX-License-Identifier: Apache-2.0
/* tenon/host.h - libtenon: run connector plugins inside a program of your own. Draft: the calls may still change.
 *
 * A tenon_context knows where plugins and the worker program lie and owns one event loop. A tenon_worker runs the hooks
 * of one plugin for one connection, in a process of its own (or, for debugging, in a thread: TENON_IN_PROCESS). Hooks
 * are started by the tenon_worker_* calls, which return at once; what they find arrives as events while the program
 * calls tenon_context_run. Nothing here blocks but tenon_context_run; nothing is printed; everything belongs to the
 * thread that made the context. Memory in events is borrowed until the callback returns. All are there since 0.1.
 *
 * Errors: functions that return int give 0, or a negative errno value, with a sentence for people in
 * tenon_context_error. */
#ifndef TENON_HOST_H
#define TENON_HOST_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef TENON_BUILDING_LIBTENON
#define TENON_API __attribute__((visibility("default")))
#else
#define TENON_API
#endif

typedef struct tenon_context tenon_context;
typedef struct tenon_worker tenon_worker;

/* ---- context ----------------------------------------------------------------------------------------------------- */

#define TENON_IN_PROCESS (1u << 0) /* workers are threads: no sandbox, a crash is yours */

typedef struct tenon_context_options {
  uint32_t size, flags;
  const char *libexec_dir; /* where tenon-worker lies; NULL: as built */
  /* Searched in this order; ends with NULL. NULL: as built, then the user's. */
  const char *const *plugin_dirs;
  const char *host_name, *host_version; /* told to plugins; NULL: "libtenon" and its version */
  /* Lines of log: of the library and of plugins, secrets taken out. NULL: none. */
  void (*log)(void *user, int32_t level, const char *plugin, const char *text);
  void *log_user;
  /* Proxy settings for the plugins: NULL: from the environment (http_proxy, https_proxy, no_proxy, ALL_PROXY). */
  const char *http_proxy, *https_proxy, *no_proxy;
} tenon_context_options;

/* *ret is set even on failure (unless -ENOMEM), so that tenon_context_error can be asked; destroy it then too. */
TENON_API int tenon_context_create(const tenon_context_options *, tenon_context **ret);
/* Ends all workers (close, then kill after 2 s at most) and frees everything. NULL is fine. */
TENON_API void tenon_context_destroy(tenon_context *);
/* The last failure in words; "" when there was none. Valid until the next call. */
TENON_API const char *tenon_context_error(const tenon_context *);
/* Runs the loop until an event was delivered or wait_ms passed (-1: for ever; 0: look only). 1: something happened, 0:
 * nothing within the time, negative: failure. */
TENON_API int tenon_context_run(tenon_context *, int wait_ms);
/* A descriptor that is readable when tenon_context_run(ctx, 0) has work: for a loop of your own. Also call run at least
 * every tenon_context_timeout_ms. */
TENON_API int tenon_context_fd(const tenon_context *);
TENON_API int tenon_context_timeout_ms(const tenon_context *);

/* ---- plugins, from their notes: no plugin code runs -------------------------------------------------------------- */

/* What an account needs before anything is typed. Frozen. */
typedef struct tenon_requirement {
  const char *title;  /* "The role ApplicationImpersonation" */
  const char *detail; /* more, or NULL; so below */
  const char *needs;  /* what the one who gives it must hold: "Organization Management" */
  const char *when;   /* on which answers it depends, in the grammar of tenon_field.when */
} tenon_requirement;

typedef struct tenon_plugin_info {
  uint32_t size;
  uint32_t flags; /* TENON_PROBE */
  const char *path;
  const char *id, *version, *name, *summary; /* NULL where the note has none; so below */
  const char *family, *retires, *successor;
  uint32_t roles;
  uint32_t usable;   /* 0: refused: then rule, detail, remedy say why, and the rest may be NULL */
  const char *needs; /* "net", "net+krb5", "exec:/usr/bin/pwsh" */
  const char *rule, *detail, *remedy;
  const tenon_requirement *requirements; /* n_requirements of them */
  size_t n_requirements;
  /* Retires only where these answers hold ("cloud != 'dod'", the grammar of tenon_field.when); NULL: always. */
  const char *retires_when;
} tenon_plugin_info;

/* Looks through the directories. The list ends with NULL, is sorted by id, owned by the context, valid until the next
 * scan. Of two connectors with one id the first found is usable, the other refused. */
TENON_API int tenon_context_scan(tenon_context *, const tenon_plugin_info *const **ret);
/* One file, by path: its connectors in the same form. */
TENON_API int tenon_context_inspect(tenon_context *, const char *path,
                                    const tenon_plugin_info *const **ret);

/* ---- workers ----------------------------------------------------------------------------------------------------- */

/* Flags of settings. */
#define TENON_ANSWERS (1u << 0) /* it answers questions (EVENT_ASK); else none is ever asked */

/* What a connection consists of. Copied. It goes to the plugin as it is: whether an answer is required, asked for at all
 * or well-formed stands in the fields that READY brings, and is the program's to hold it to. Files are values whose bytes
 * the program read. What TENON_EVENT_KEEP told is given back as a secret with the key "kept." and that key behind it. */
typedef struct tenon_settings {
  uint32_t size, flags;
  const tenon_pair *values;
  size_t n_values;
  const tenon_pair *files;
  size_t n_files;
  const tenon_pair *secrets;
  size_t n_secrets;
  /* Name of the connection: workers of one name share the tokens that their plugins keep for the life of the context,
   * so that a person signs in once. NULL: shares with nobody. */
  const char *connection;
} tenon_settings;

/* PATCH in verify, after a question was answered: open and verify anew with it; the call ends without checks. */
#define TENON_EVENT_READY     1u /* loaded: connector and json say what it is */
#define TENON_EVENT_BEGAN     2u /* id, title */
#define TENON_EVENT_CHECK     3u /* check */
#define TENON_EVENT_OFFER     4u
#define TENON_EVENT_PATCH     5u /* id = key, text (of a file "data:;base64,..."); ptr NULL: unset */
#define TENON_EVENT_STEP      6u
#define TENON_EVENT_ASK       7u  /* ask, ticket: answer with tenon_worker_answer */
#define TENON_EVENT_WITHDRAWN 8u  /* ticket: taken back, expired, or its call ended */
#define TENON_EVENT_KEEP      9u  /* id = key, text: to be stored with the connection */
#define TENON_EVENT_ENDED     10u /* the hook returned status; exactly one for every call started */
#define TENON_EVENT_DIED      11u /* the worker is gone: destroy it; after CHECK and ENDED of its call */

typedef struct tenon_event {
  uint32_t size, kind;
  uint64_t call; /* number of the call it belongs to; 0: none */
  tenon_status status;
  uint32_t reserved;
  uint64_t ticket;
  const char *id, *title;
  tenon_text text;
  const tenon_check *check;
  const tenon_offer *offer;
  const tenon_step *step;
  const tenon_ask *ask;
  const tenon_connector *connector; /* READY: without functions */
  /* The check, offer, step, ask or connector in the shape of docs/wire.md, one line; else NULL. */
  const char *json;
  size_t json_len;
} tenon_event;

typedef void (*tenon_on_event)(void *user, tenon_worker *, const tenon_event *);

/* Starts a worker for a connector, by id or by path of its file followed by '#' and its id. Its first event is READY, or
 * CHECK (plugin.crashed, plugin.protocol, or the refusal) and DIED; open need not wait for it. Callbacks come from
 * tenon_context_run only. */
TENON_API int tenon_worker_create(tenon_context *, const char *connector, tenon_on_event,
                                  void *user, tenon_worker **ret);
/* Kills what is left of it; no further events. NULL is fine. */
TENON_API void tenon_worker_destroy(tenon_worker *);
/* Asks it to close its session and leave; DIED follows. Killed when it takes more than 2 s. */
TENON_API int tenon_worker_close(tenon_worker *);

/* Each starts one hook and gives its number; -EBUSY while one runs, -EPIPE when the worker is gone. deadline_ns: time it
 * may take; 0: the hook's default. */
TENON_API int tenon_worker_open(tenon_worker *, const tenon_settings *, int64_t deadline_ns,
                                uint64_t *ret_call);
TENON_API int tenon_worker_verify(tenon_worker *, int64_t deadline_ns, uint64_t *ret_call);
TENON_API int tenon_worker_suggest(tenon_worker *, const char *page, int64_t deadline_ns,
                                   uint64_t *ret_call);
TENON_API int tenon_worker_browse(tenon_worker *, const char *what, const char *typed,
                                  uint64_t *ret_call);
TENON_API int tenon_worker_configure(tenon_worker *, uint32_t phase, const tenon_step *const *steps,
                                     int64_t deadline_ns, uint64_t *ret_call);
/* Subjects are pulled from `next` (TENON_NEXT_SUBJECT, LATER or END; the text is copied before next is called again) as
 * the worker has room. After LATER it is asked again when tenon_worker_more was called. jobs: 1 to 64. */
typedef int32_t (*tenon_next_subject)(void *user, tenon_text *ret);
TENON_API int tenon_worker_impersonate(tenon_worker *, uint32_t jobs, tenon_next_subject,
                                       void *user, uint64_t *ret_call);
TENON_API void tenon_worker_more(tenon_worker *);

/* What one press of Verify starts is a round. Once a server has refused an account, calls of the round in which that was,
 * and of those before, do not try it any more (TENON_HTTP_FAULT_GATE): accounts lock. Left alone, open and verify each
 * begin a round, and the other hooks belong to that which their worker began last. A program that verifies a connection by
 * several workers takes a number for them, so that one of them that is slow to start is none later, and another number
 * when a person verifies again or has changed an answer. */
TENON_API uint64_t tenon_context_round(tenon_context *);
/* Calls of this worker belong to that round from now on; 0: to those that it begins by itself. */
TENON_API void tenon_worker_round(tenon_worker *, uint64_t round);

/* Cancels the hook that runs; ENDED with TENON_E_CANCELLED follows within about 250 ms, or the worker is killed. */
TENON_API void tenon_worker_cancel(tenon_worker *);
/* Answers a question: text (for a secret: its bytes), or ptr NULL with declined 1 (the person said no) or 0 (nobody is
 * there). */
TENON_API int tenon_worker_answer(tenon_worker *, uint64_t ticket, tenon_text text,
                                  uint32_t declined);
/* Protections that are on in it, as one line of text ("landlock 5, seccomp, no new privileges"); "" before READY. */
TENON_API const char *tenon_worker_sandbox(const tenon_worker *);
TENON_API const char *tenon_worker_connector(const tenon_worker *); /* its id */
TENON_API int64_t tenon_worker_pid(const tenon_worker *);           /* 0: a thread */

#ifdef __cplusplus
}
#endif
#endif
