// SPDX-License-Identifier: Apache-2.0
/* The messages of docs/wire.md, built. Each function appends one object without its \n. Reading is done with json.h and
 * the keys below. Builders only fail by failing the buffer. */
#ifndef CORE_WIRE_MESSAGE_H
#define CORE_WIRE_MESSAGE_H

#include "core/model/turns.h"
#include "core/wire/wire.h"
#include "tenon/plugin.h"

/* ---- types ----------------------------------------------------------------------------------------------------- */

enum wire_type {
  WIRE_UNKNOWN,
  /* towards the worker */
  WIRE_LOAD,
  WIRE_SECRET,
  WIRE_OPEN,
  WIRE_VERIFY,
  WIRE_SUGGEST,
  WIRE_IMPERSONATE,
  WIRE_SUBJECTS,
  WIRE_BROWSE,
  WIRE_CONFIGURE,
  WIRE_CLOSE,
  WIRE_CANCEL,
  WIRE_ANSWER,
  WIRE_KEPT,
  WIRE_GRANTED,
  WIRE_GATE,
  WIRE_BROWSER_READY,
  WIRE_BROWSER_VISITED,
  /* towards the host */
  WIRE_READY,
  WIRE_REFUSED,
  WIRE_BEGAN,
  WIRE_CHECK,
  WIRE_OFFER,
  WIRE_PATCH,
  WIRE_STEP,
  WIRE_ASK,
  WIRE_WITHDRAWN,
  WIRE_LOG,
  WIRE_KEEP,
  WIRE_KEEP_GET,
  WIRE_SIGNIN_BEGIN,
  WIRE_SIGNIN_END,
  WIRE_GATE_ENTER,
  WIRE_GATE_LEFT,
  WIRE_GATE_REFUSED,
  WIRE_BROWSER_LISTEN,
  WIRE_BROWSER_CLOSE,
  WIRE_ENDED,
  WIRE_BROKE,
  WIRE_TYPES
};

const char *wire_type_name(enum wire_type type);
enum wire_type wire_type_of(const cJSON *message); /* WIRE_UNKNOWN: none, or not known */

/* ---- keys ------------------------------------------------------------------------------------------------------ */

#define WIRE_KEY_TYPE        "type"
#define WIRE_KEY_CALL        "call"
#define WIRE_KEY_PLUGIN      "plugin"
#define WIRE_KEY_CONNECTOR   "connector"
#define WIRE_KEY_HOST        "host"
#define WIRE_KEY_NAME        "name"
#define WIRE_KEY_VERSION     "version"
#define WIRE_KEY_PROXIES     "proxies"
#define WIRE_KEY_PATHS       "paths"
#define WIRE_KEY_HTTP        "http"
#define WIRE_KEY_HTTPS       "https"
#define WIRE_KEY_NO          "no"
#define WIRE_KEY_USER        "user"
#define WIRE_KEY_KEY         "key"
#define WIRE_KEY_VALUE       "value"
#define WIRE_KEY_SCOPE       "scope"
#define WIRE_KEY_VALUES      "values"
#define WIRE_KEY_FILES       "files"
#define WIRE_KEY_DEADLINE    "deadline_ms" /* from now; absent or 0: none */
#define WIRE_KEY_INTERACTIVE "interactive"
#define WIRE_KEY_PAGE        "page"
#define WIRE_KEY_JOBS        "jobs"
#define WIRE_KEY_SUBJECTS    "subjects"
#define WIRE_KEY_END         "end"
#define WIRE_KEY_WHAT        "what"
#define WIRE_KEY_TYPED       "typed"
#define WIRE_KEY_PHASE       "phase"
#define WIRE_KEY_STEPS       "steps"
#define WIRE_KEY_TICKET      "ticket"
#define WIRE_KEY_TEXT        "text"
#define WIRE_KEY_SECRET      "secret"
#define WIRE_KEY_DECLINED    "declined"
#define WIRE_KEY_NOANSWER    "noanswer"
#define WIRE_KEY_REQUEST     "request"
#define WIRE_KEY_NONE        "none"
#define WIRE_KEY_SANDBOX     "sandbox"
#define WIRE_KEY_RULE        "rule"
#define WIRE_KEY_DETAIL      "detail"
#define WIRE_KEY_REMEDY      "remedy"
#define WIRE_KEY_ID          "id"
#define WIRE_KEY_TITLE       "title"
#define WIRE_KEY_CHECK       "check"
#define WIRE_KEY_OFFER       "offer"
#define WIRE_KEY_STEP        "step"
#define WIRE_KEY_ASK         "ask"
#define WIRE_KEY_LEVEL       "level"
#define WIRE_KEY_RESOURCE    "resource"
#define WIRE_KEY_STATUS      "status"
#define WIRE_KEY_HTTP_USER   "http_user"
#define WIRE_KEY_WORD        "word"
#define WIRE_KEY_RESULT      "result"
#define WIRE_KEY_CONNECTED   "connected"
#define WIRE_KEY_TANGLED     "tangled"
#define WIRE_KEY_STATE       "state"
#define WIRE_KEY_PORT        "port"
#define WIRE_KEY_QUERY       "query"

#define WIRE_SCOPE_HOST       "host"           /* of a secret: the host's, not the connection's */
#define WIRE_SCOPE_PROCESS    "process"        /* of keep */
#define WIRE_SCOPE_CONNECTION "connection"     /* of keep */
#define WIRE_PROXY_PASSWORD   "proxy_password" /* of the proxy in `https` */
#define WIRE_HTTP_PASSWORD    "http_proxy_password"

/* ---- towards the worker ---------------------------------------------------------------------------------------- */

struct wire_load {
  const char *plugin, *connector, *host_name, *host_version;
  const char *http_proxy, *https_proxy, *no_proxy; /* or NULL */
  const char *https_user, *http_user;              /* of these proxies; or NULL */
  const char *const *paths;                        /* ends with NULL; or NULL */
};
bool wire_put_load(struct buf *b, const struct wire_load *m);
/* scope NULL: a field's secret. */
bool wire_put_secret(struct buf *b, const char *scope, const char *key, tenon_text value);

struct wire_open {
  const tenon_pair *values, *files;
  size_t n_values, n_files;
  int64_t deadline_ms;
  bool interactive;
};
bool wire_put_open(struct buf *b, uint64_t call, const struct wire_open *m);
bool wire_put_verify(struct buf *b, uint64_t call, int64_t deadline_ms);
bool wire_put_suggest(struct buf *b, uint64_t call, const char *page, int64_t deadline_ms);
bool wire_put_impersonate(struct buf *b, uint64_t call, uint32_t jobs);
bool wire_put_subjects(struct buf *b, uint64_t call, const tenon_text *subjects, size_t n,
                       bool end);
bool wire_put_browse(struct buf *b, uint64_t call, const char *what, const char *typed);
bool wire_put_configure(struct buf *b, uint64_t call, uint32_t phase,
                        const tenon_step *const *steps, int64_t deadline_ms);
bool wire_put_close(struct buf *b);
bool wire_put_cancel(struct buf *b, uint64_t call);
bool wire_put_answer(struct buf *b, uint64_t ticket, tenon_text text, bool secret, bool declined);
bool wire_put_kept(struct buf *b, uint64_t request, tenon_text secret); /* ptr NULL: none */
bool wire_put_granted(struct buf *b, uint64_t request, bool tangled);
bool wire_put_gate(struct buf *b, uint64_t request, enum turn_word word);
bool wire_put_browser_ready(struct buf *b, uint64_t request, unsigned port); /* 0: no port */
bool wire_put_browser_visited(struct buf *b, uint64_t request, tenon_text query);

/* ---- towards the host ------------------------------------------------------------------------------------------ */

/* sandbox: n pairs of name and text. */
bool wire_put_ready(struct buf *b, const tenon_connector *c, uint32_t hooks,
                    const tenon_pair *sandbox, size_t n);
bool wire_put_refused(struct buf *b, const char *rule, const char *detail, const char *remedy);
bool wire_put_began(struct buf *b, uint64_t call, const char *id, const char *title);
bool wire_put_check(struct buf *b, uint64_t call, const tenon_check *c);
bool wire_put_offer(struct buf *b, uint64_t call, const tenon_offer *o);
bool wire_put_patch(struct buf *b, uint64_t call, const char *key,
                    const tenon_text *value); /* NULL: unset */
bool wire_put_step(struct buf *b, uint64_t call, const tenon_step *s);
bool wire_put_ask(struct buf *b, uint64_t call, uint64_t ticket, const tenon_ask *a,
                  int64_t now_ns);
bool wire_put_withdrawn(struct buf *b, uint64_t ticket);
bool wire_put_log(struct buf *b, int32_t level, const char *text);
bool wire_put_keep(struct buf *b, uint32_t scope, const char *key,
                   tenon_text secret); /* TENON_KEEP_ */
bool wire_put_keep_get(struct buf *b, uint64_t request, const char *key);
bool wire_put_signin_begin(struct buf *b, uint64_t request, const char *resource);
bool wire_put_signin_end(struct buf *b, const char *resource);

/* An account as the worker names it: by the key of its secret. */
struct wire_account {
  const char *host, *user;
  const char *scope, *secret; /* scope: NULL, or WIRE_SCOPE_HOST */
};
bool wire_put_gate_enter(struct buf *b, uint64_t request, const struct wire_account *m,
                         bool connected);
bool wire_put_gate_left(struct buf *b, uint64_t request, enum turn_result result);
bool wire_put_gate_refused(struct buf *b, const struct wire_account *m);
bool wire_put_browser_listen(struct buf *b, uint64_t request, const char *state);
bool wire_put_browser_close(struct buf *b, uint64_t request);
/* The worker saw the plugin break a rule of the ABI; the host ends it. */
bool wire_put_broke(struct buf *b, const char *rule, const char *detail);
bool wire_put_ended(struct buf *b, uint64_t call, tenon_status status);

#endif
