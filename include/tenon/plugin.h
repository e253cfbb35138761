// SPDX-License-Identifier: Apache-2.0
/* tenon/plugin.h - the ABI between a connector plugin and its host, version 1.0 (draft).
 *
 * A connector is a shared object that exports one function, tenon_entry_1, and carries one ELF note. It needs nothing
 * but this header: every service of the host comes in a table, no symbol of the host is linked. The rules that go with
 * these types are numbered in docs/abi.md (TR-nn), each with what enforces it; docs/writing-a-plugin.md shows the way.
 *
 * How to read the comments. Thread tags: [hook] the thread on which the host called the hook, while that hook runs;
 * [any] any thread of the plugin's own while a hook runs; [cancel] may be called at any time while a call is valid.
 * "borrowed" means: the other side owns the bytes; how long they live is said with it. All times are int64 nanoseconds
 * of the monotonic clock of tenon_host.now. All text is UTF-8 without control characters other than \n and \t.
 * Everything here is there since 1.0.
 *
 * How the ABI grows. A growable struct starts with its `size`, which the writer sets to sizeof; members are only ever
 * added at its end; the reader copies the smaller of the two sizes into a zeroed struct of its own and so reads 0 for
 * what the writer did not know. Growable structs travel behind pointers only, never by value and never in arrays.
 * Frozen structs (tenon_text, tenon_pair, tenon_choice) never grow and may stand in arrays. Codes are append-only, and
 * an unknown code is read as the comment of its type says. A new major version is a new entry symbol. */
#ifndef TENON_PLUGIN_H
#define TENON_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TENON_ABI_MAJOR 1u /* stands in the entry symbol's name too */
#define TENON_ABI_MINOR 0u /* grows when a struct grows at its end */

/* Bounds of the `size` of any growable struct: below the struct's own 1.0 size or above this, a struct is refused. */
#define TENON_STRUCT_SIZE_MAX 4096u

/* Does the struct at p, which the other side wrote, have this member? */
#define TENON_HAS(p, member) ((p)->size >= offsetof(__typeof__(*(p)), member) + sizeof((p)->member))

/* ---- status: what a hook or service returns, and the cause of a check ------------------------------------------ */

/* Append-only. A reader takes an unknown negative code as TENON_E_INTERNAL, an unknown positive one as TENON_OK. */
typedef int32_t tenon_status;
#define TENON_OK            0
#define TENON_E_CONFIG      (-1)  /* "config": an answer is wrong: the check names the field */
#define TENON_E_AUTH        (-2)  /* "auth": the credential was refused */
#define TENON_E_DENIED      (-3)  /* "denied": signed in, but not permitted */
#define TENON_E_NETWORK     (-4)  /* "network": name, route, connection, proxy */
#define TENON_E_TLS         (-5)  /* "tls": handshake or certificate */
#define TENON_E_PROTOCOL    (-6)  /* "protocol": the peer said what the protocol does not know */
#define TENON_E_TRANSIENT   (-7)  /* "transient": busy or throttled: retry_ns says when */
#define TENON_E_CANCELLED   (-8)  /* "cancelled" */
#define TENON_E_NOANSWER    (-9)  /* "noanswer": a question, and nobody there to answer it */
#define TENON_E_UNSUPPORTED (-10) /* "unsupported": this host, plugin or build does not do that */
#define TENON_E_NOMEM       (-11) /* "nomem" */
#define TENON_E_INTERNAL    (-12) /* "internal": a defect of the side that returns it */
#define TENON_E_CRASHED     (-13) /* "crashed": said by hosts of a plugin that died */
#define TENON_E_TIMEOUT     (-14) /* "timeout": no answer within the time given */

/* ---- frozen structs -------------------------------------------------------------------------------------------- */

/* Counted text or bytes. As text: UTF-8 with ptr[len] == 0. ptr == NULL means "there is none", which is not the same
 * as empty. */
typedef struct tenon_text {
  const char *ptr;
  size_t len;
} tenon_text;

typedef struct tenon_pair {
  const char *key;
  tenon_text value;
} tenon_pair;

/* A value a person may choose. label NULL: show the value. Lists end with value == NULL. */
typedef struct tenon_choice {
  const char *value, *label, *help;
} tenon_choice;

/* ---- names of things that are defined below or by the other side ----------------------------------------------- */

typedef struct tenon_host tenon_host; /* the host's services, growable */
typedef struct tenon_call tenon_call; /* one hook call: deadline and cancel, growable */
/* Opaque handle of the host: a secret that is not shown. */
typedef struct tenon_secret tenon_secret;
typedef struct tenon_session tenon_session; /* opaque, the plugin's: made by open, ended by close */

/* ---- the form: pages and fields -------------------------------------------------------------------------------- */

/* Types of values. An unknown type is shown and stored as TENON_TEXT. */
#define TENON_TEXT   1u
#define TENON_INT    2u
#define TENON_BOOL   3u /* "true" or "false" */
#define TENON_CHOICE 4u /* one of choices */
#define TENON_URL    5u /* http or https, absolute */
#define TENON_EMAIL  6u
#define TENON_FILE                                                                                 \
  7u /* a path; value() gives the bytes of the file, at most 1 MiB; it has no preset */
#define TENON_DURATION 8u /* "30s", "5m": value() gives the text, min and max are nanoseconds */
#define TENON_SECRET   9u /* never through value(), only as a handle through secret() */
/* A ticket cache or a keytab: value() gives the path as typed, whole, or the cache's name ("KCM:"). The sandbox of a
 * plugin that needs net+krb5 lets it through; it has no preset and is never patched. */
#define TENON_PATH 10u

/* Flags of a field. Unknown bits are ignored. */
#define TENON_REQUIRED (1u << 0) /* Next is refused while it is empty and its `when` holds */
#define TENON_ADVANCED (1u << 1) /* folded away until asked for */
#define TENON_SHARED   (1u << 2) /* of the family's vocabulary: survives a change of connector */
#define TENON_VOLATILE (1u << 3) /* asked and used, never saved */

/* A page of the form. */
typedef struct tenon_page {
  uint32_t size, flags; /* flags: none yet, 0 */
  const char *id;       /* [a-z][a-z0-9_]*, unique in the connector */
  const char *title;    /* "Admin's credentials" */
  const char *help;     /* a sentence or two, or NULL */
  const char *link;     /* https URL with more, or NULL */
} tenon_page;

/* A field of the form. The form is static: the host draws it, takes flags for it and validates answers without running
 * plugin code. What depends on the network comes later, through suggest and browse. */
typedef struct tenon_field {
  uint32_t size, type, flags, reserved;
  const char *page;   /* id of its page */
  const char *key;    /* [a-z][a-z0-9_]*, at most 63 bytes, never renamed, never reused */
  const char *label;  /* "Password" */
  const char *help;   /* a sentence, or NULL */
  const char *link;   /* https URL with more, or NULL */
  const char *preset; /* text, parsed like an answer, or NULL; never on a TENON_SECRET */
  /* "auth == 'basic' && server != ''": key, == or !=, quoted literal, joined by &&; or NULL. */
  const char *when;
  const char *pattern; /* POSIX extended regular expression, anchored by the host, or NULL */
  /* Of the number, the nanoseconds, or the length of text in bytes; both 0: not bounded. */
  int64_t min, max;
  const tenon_choice *choices; /* of TENON_CHOICE; ends with value == NULL */
  const char *browse;          /* what to hand to the browse hook for this field, or NULL */
  const char *replaces;        /* comma list of keys that this one took over, or NULL */
} tenon_field;

/* ---- results --------------------------------------------------------------------------------------------------- */

/* States of a check. A host reads an unknown one as TENON_FAIL. */
#define TENON_PASS 1u
#define TENON_WARN 2u
#define TENON_FAIL 3u
#define TENON_SKIP 4u /* not run; `because` names the check that made it so */

/* Levels. 0 and unknown ones are read as TENON_LEVEL_REQUIRED. Finish is gated by required checks only. */
#define TENON_LEVEL_REQUIRED    1u
#define TENON_LEVEL_RECOMMENDED 2u
#define TENON_LEVEL_INFO        3u

/* One finding. The host copies it before the sink returns: all pointers may point to the plugin's stack. */
typedef struct tenon_check {
  uint32_t size, state, level, reserved;
  const char *id;     /* dotted, stable: of the family's list, or prefixed with the plugin's id */
  const char *title;  /* a few words; never NULL */
  const char *detail; /* what was tried and what came back, or NULL */
  const char *remedy; /* what to do, imperative; mandatory when state is TENON_FAIL */
  const char *field;  /* key of the field to send the person back to, or NULL */
  const char *link;   /* https URL with more, or NULL */
  /* Impersonate: the subject this closes, byte for byte as next() gave it; else NULL. */
  const char *subject;
  const char *because; /* TENON_SKIP: id of the check that made it skip; else NULL */
  tenon_status cause;  /* of a WARN or FAIL; TENON_OK otherwise */
  uint32_t reserved2;
  int64_t elapsed_ns;     /* time this check took, 0 when it took none */
  int64_t retry_ns;       /* TENON_E_TRANSIENT: come back after this; else 0 */
  const tenon_pair *data; /* machine-readable facts; keys of the family are fixed */
  size_t n_data;
} tenon_check;

/* A value found by browse (for the field being filled) or suggest (for any field). */
typedef struct tenon_offer {
  uint32_t size, flags; /* flags: none yet, 0 */
  const char *field;    /* suggest: key of the field; browse: NULL */
  const char *value;    /* what is put into the field */
  const char *label;    /* what is shown, or NULL */
  const char *detail;   /* a second column ("room", "contact"), or NULL */
} tenon_offer;

/* A step of a plan (configure). */
#define TENON_STEP_DONE    1u
#define TENON_STEP_MISSING 2u
#define TENON_STEP_UNKNOWN 3u /* unknown codes are read as this */
/* Flags of a step. Unknown bits are ignored. */
#define TENON_STEP_OPTIONAL                                                                        \
  (1u << 0) /* the connection works without: only where somebody names it */
typedef struct tenon_step {
  uint32_t size, state;
  const char *id;    /* dotted, stable */
  const char *title; /* "Assign the role ApplicationImpersonation" */
  /* Who can run it: a name of tenon_connector.runs, of this or another plugin of the family. */
  const char *kind;
  const char *body;  /* what to run, readable by a person, one command a line */
  const char *undo;  /* what takes it back, or NULL */
  const char *needs; /* what the one who runs it must hold ("Organization Management"), or NULL */
  uint32_t flags, reserved; /* TENON_STEP_OPTIONAL */
} tenon_step;

/* Where results go. All functions may block for a while when the host is slower than the plugin; they return early once
 * the call is cancelled. Every pointer given to them is the plugin's and may be reused when they return. */
typedef struct tenon_sink {
  uint32_t size, reserved;
  /* A check starts; shown while it runs, and named if the plugin dies in it. [any] */
  void (*begin)(const struct tenon_sink *, const char *id, const char *title);
  /* A check ends. In verify one result per id; in impersonate one per subject taken. [any] */
  void (*check)(const struct tenon_sink *, const tenon_check *);
  /* browse and suggest only. [any] */
  void (*offer)(const struct tenon_sink *, const tenon_offer *);
  /* Sets a field that is not TENON_SECRET; text NULL unsets it. Of a TENON_FILE the text is its bytes, at most 32 KiB,
   * which the host keeps with the connection. In suggest; and in verify once somebody has answered a question of this
   * call: the person has agreed to it. The hook then returns TENON_OK without more checks, for the host verifies anew
   * with the new answers. [any] */
  void (*patch)(const struct tenon_sink *, const char *key, const tenon_text *text);
  /* configure, phase TENON_PLAN only. [any] */
  void (*step)(const struct tenon_sink *, const tenon_step *);
} tenon_sink;

/* ---- many subjects --------------------------------------------------------------------------------------------- */

#define TENON_NEXT_SUBJECT 1
#define TENON_NEXT_LATER   2 /* none right now: poll ready_fd */
#define TENON_NEXT_END     3

/* Where impersonate takes its subjects from. One and a million are the same: take one, test it, report it, take the
 * next; or keep up to `jobs` in flight. Each subject taken is closed by exactly one check that carries it; duplicates
 * are handed out, and closed, as often as they were given. */
typedef struct tenon_source {
  uint32_t size;
  uint32_t jobs;    /* how many subjects may be open at once, at least 1 */
  int32_t ready_fd; /* readable when next() would not answer LATER; poll it, never read it */
  uint32_t reserved;
  /* *ret_subject is borrowed until the next call of next(); set only with TENON_NEXT_SUBJECT. [hook] */
  int32_t (*next)(const struct tenon_source *, tenon_text *ret_subject);
} tenon_source;

/* ---- questions that no form could have asked ------------------------------------------------------------------- */

#define TENON_ASK_NOTICE  1u /* no answer but "seen" */
#define TENON_ASK_CONFIRM 2u /* "yes" or "no" */
#define TENON_ASK_CHOICE  3u
#define TENON_ASK_SECRET  4u
#define TENON_ASK_VISIT   5u /* show url and code and keep waiting on the network: a device code */
typedef struct tenon_ask {
  uint32_t size, kind;
  const char *id; /* stable, dotted: an answers file may hold it; listed in tenon_connector.asks */
  const char *title;           /* the question */
  const char *body;            /* more, or NULL */
  const char *url;             /* TENON_ASK_VISIT, or NULL */
  const char *code;            /* TENON_ASK_VISIT, or NULL */
  const tenon_choice *choices; /* TENON_ASK_CHOICE */
  int64_t expires_ns;          /* host clock; 0: does not expire */
} tenon_ask;

/* ---- one call -------------------------------------------------------------------------------------------------- */

/* Valid until the hook returns. A hook returns within 250 ms of cancel_fd becoming readable, with TENON_E_CANCELLED. */
struct tenon_call {
  uint32_t size;
  int32_t cancel_fd;   /* readable once cancelled: put it into every poll; never read it */
  int64_t deadline_ns; /* host clock; 0: none for the call as a whole */
  int32_t (*cancelled)(const tenon_call *); /* 1 once cancelled or past the deadline. [cancel] */
};

/* ---- what the host lends --------------------------------------------------------------------------------------- */

#define TENON_LOG_ERROR 1
#define TENON_LOG_WARN  2
#define TENON_LOG_INFO  3
#define TENON_LOG_DEBUG 4 /* unknown levels are read as this */

/* How long keep() keeps. */
#define TENON_KEEP_PROCESS 1u /* in memory, as long as the host runs: access tokens */
/* In the vault, with the connection: refresh tokens. Found by all sessions of the connection, and forgotten when an answer
 * makes it another account or another place: not that of a TENON_SECRET, of a field that is browsed, of a TENON_VOLATILE
 * one, nor of a TENON_ADVANCED one that is no TENON_URL. Put what else it depends on into the key. */
#define TENON_KEEP_CONNECTION 2u

struct tenon_host {
  uint32_t size, minor;       /* minor: of the ABI that the host speaks */
  const char *name, *version; /* of the host, for logs only; borrowed for the life of the process */

  /* Writes one line to the host's log, secrets of the connection taken out. [any] */
  void (*log)(const tenon_host *, int32_t level, const char *message);
  /* Nanoseconds of the monotonic clock. [any] */
  int64_t (*now)(const tenon_host *);
  /* The answer to a field that is not TENON_SECRET; ptr NULL when there is none. Borrowed until close. An undeclared
   * key is TENON_E_UNSUPPORTED. [any] */
  tenon_status (*value)(const tenon_host *, const char *key, tenon_text *ret);
  /* The handle of a TENON_SECRET field; TENON_E_CONFIG when it is not set. Valid until close. [any] */
  tenon_status (*secret)(const tenon_host *, const char *key, tenon_secret **ret);
  /* The plaintext, until conceal or the hook's return, at most 8 at a time. An ordinary connector never needs it:
   * tenon.http/1 takes handles. [hook] */
  tenon_status (*reveal)(const tenon_host *, tenon_secret *, tenon_text *ret);
  void (*conceal)(const tenon_host *, tenon_secret *); /* [hook] */
  /* Makes bytes that the plugin obtained (a minted token) a secret: never logged, never recorded from now on.
   * Valid until close. TENON_E_CONFIG: there are none, or more than 64 KiB. [hook] */
  tenon_status (*remember)(const tenon_host *, tenon_text bytes, tenon_secret **ret);
  /* Keeps a secret under a key of the plugin's own; scope as above. kept() finds it again: TENON_E_CONFIG when there
   * is none. [hook] */
  tenon_status (*keep)(const tenon_host *, uint32_t scope, const char *key, tenon_secret *);
  tenon_status (*kept)(const tenon_host *, const tenon_call *, const char *key, tenon_secret **ret);
  /* Serialises sign-ins to one resource over all sessions of the host: wait for the lock, look whether kept() has what
   * the one before got, else sign in, keep, and end. Ends by itself when the hook returns. TENON_E_TRANSIENT: whoever
   * has it waits for something of this session's, so that both would wait for ever: end what you have, and begin
   * anew. [hook] */
  tenon_status (*signin_begin)(const tenon_host *, const tenon_call *, const char *resource);
  void (*signin_end)(const tenon_host *, const char *resource);
  /* Puts a question on the screen and returns at once with its ticket; TENON_E_NOANSWER when nobody is there. [hook] */
  tenon_status (*ask)(const tenon_host *, const tenon_call *, const tenon_ask *,
                      uint64_t *ret_ticket);
  /* Waits for the answer, at most wait_ns: TENON_OK, TENON_E_TRANSIENT not yet, TENON_E_CANCELLED the person declined,
   * TENON_E_NOANSWER. A TENON_ASK_SECRET is answered by a handle in ret_secret, all others by text, borrowed until the
   * hook returns; the one that does not apply may be NULL. [hook] */
  tenon_status (*answer)(const tenon_host *, const tenon_call *, uint64_t ticket, int64_t wait_ns,
                         tenon_text *ret, tenon_secret **ret_secret);
  /* Takes the question off the screen. Every ticket is answered or withdrawn before the hook returns. [hook] */
  void (*withdraw)(const tenon_host *, uint64_t ticket);
  /* A service by its id, or NULL: "tenon.http/1" (tenon/http.h). Valid until close. [hook] */
  const void *(*extension)(const tenon_host *, const char *id);
};

/* ---- what the plugin gives ------------------------------------------------------------------------------------- */

/* Flags of a connector. */
#define TENON_PROBE (1u << 0) /* no choice of its own: adds its checks to all of its family */

/* Roles. */
#define TENON_SOURCE (1u << 0)
#define TENON_TARGET (1u << 1)

/* Phases of configure. */
#define TENON_PLAN  1u /* change nothing; report steps */
#define TENON_APPLY 2u /* run the steps given; report a check with each step's id */
#define TENON_UNDO  3u /* take the steps given back; likewise */

/* Everything here is static and read-only. Hooks: one at a time per session, all on the thread that called open. A hook
 * that may be NULL is said to be. Hooks report through the sink and return TENON_OK when they ran to their end, however
 * the checks came out; a negative status says why they could not. Nothing may be written to descriptors 0, 1 and 2. */
typedef struct tenon_connector {
  uint32_t size, flags;
  const char *id;                /* [a-z][a-z0-9-]*, at most 63 bytes: "exchange-onprem" */
  const char *version;           /* of the plugin: "1.2.0" */
  const char *name;              /* as people know it: "On-premises Exchange" */
  const char *summary;           /* one line: for whom it is */
  const char *vendor, *docs_url; /* or NULL */
  const char *family;            /* "tenon.exchange/1": members can be swapped; or NULL */
  uint32_t roles;                /* TENON_SOURCE | TENON_TARGET */
  uint32_t schema;               /* revision of the form, counted up whenever it changes */
  const char *retires;           /* "2027-04-01": the day it stops being of use, or NULL */
  const char *successor;         /* id of the connector to go to, or NULL */
  /* Kinds of steps that its configure(TENON_APPLY) runs; ends with NULL; or NULL. */
  const char *const *runs;
  const char *const *asks;          /* ids of the questions it may ask; ends with NULL; or NULL */
  const tenon_page *const *pages;   /* ends with NULL; in the order shown */
  const tenon_field *const *fields; /* ends with NULL; in the order asked; at most 128 */

  /* Makes a session from the answers in host->value. No network. Reports what is wrong with an answer as a FAIL check
   * that names the field, and returns TENON_E_CONFIG then. Deadline 5 s. */
  tenon_status (*open)(const tenon_host *, const tenon_call *, const tenon_sink *,
                       tenon_session **ret);
  /* Ends it. No network. */
  void (*close)(tenon_session *);
  /* Does the connection work? Changes nothing on the server. Deadline 60 s. */
  tenon_status (*verify)(tenon_session *, const tenon_call *, const tenon_sink *);
  /* Fills the form after a page, from the network: read-only, repeatable, patches and offers only. `page` is the page
   * just left. May be NULL. Deadline 15 s. */
  tenon_status (*suggest)(tenon_session *, const tenon_call *, const char *page,
                          const tenon_sink *);
  /* Acts as each subject. No deadline for the call: 60 s for a subject less announced back-off. May be NULL. */
  tenon_status (*impersonate)(tenon_session *, const tenon_call *, const tenon_source *,
                              const tenon_sink *);
  /* Offers values for a field whose `browse` is `what` and that holds `typed` so far. May be NULL. 120 s without
   * progress ends it. */
  tenon_status (*browse)(tenon_session *, const tenon_call *, const char *what, const char *typed,
                         const tenon_sink *);
  /* Plans, applies or takes back changes on the server. Steps are given with TENON_APPLY and TENON_UNDO, ending with
   * NULL; NULL with TENON_PLAN. May be NULL. Deadline 120 s. */
  tenon_status (*configure)(tenon_session *, const tenon_call *, uint32_t phase,
                            const tenon_step *const *steps, const tenon_sink *);
  /* A service of the plugin by id, or NULL. No session needed. May be NULL. */
  const void *(*extension)(const char *id);
} tenon_connector;

/* What tenon_entry_1 returns: static, read-only. */
typedef struct tenon_module {
  uint32_t size, major, minor, reserved;
  const tenon_connector *const *connectors; /* ends with NULL; at most 16 */
} tenon_module;

#define TENON_EXPORT __attribute__((visibility("default")))

/* The one exported function. Called once per process, on the thread of the hooks, before anything else. */
TENON_EXPORT const tenon_module *tenon_entry_1(void);

/* Defines it: TENON_MODULE(&one_connector, &another) */
#define TENON_MODULE(...)                                                                          \
  TENON_EXPORT const tenon_module *tenon_entry_1(void)                                             \
  {                                                                                                \
    static const tenon_connector *const list_[] = {__VA_ARGS__, NULL};                             \
    static const tenon_module module_ = {sizeof module_, TENON_ABI_MAJOR, TENON_ABI_MINOR, 0,      \
                                         list_};                                                   \
    return &module_;                                                                               \
  }                                                                                                \
  struct tenon_module_needs_a_semicolon_

/* The identity of the file, as an ELF note (section .note.tenon, owner "tenon", type 1) that holds JSON, so that a host
 * lists and judges plugins without running their code. What it says of each connector must equal the descriptor:
 *   {"abi":[1,0],"needs":["net"],"connectors":[{"id":"example1","version":"1.0.0","name":"Example",
 *    "summary":"The smallest connector","family":"example/1","roles":["source","target"]}]}
 * Optional members of a connector: "kind":"probe", "family", "retires", "successor", "requirements" (what an account needs
 * before anything is typed, see docs/abi.md). `needs` is the sandbox it runs in:
 * "net" (sockets), "net+krb5" (and the Kerberos configuration and ticket cache), "exec:PATH" (and that program).
 * At most 16 KiB. docs/abi.md has the grammar. */
#define TENON_NOTE_TYPE  1u
#define TENON_NOTE_BYTES 16384u
#define TENON_NOTE(json)                                                                           \
  __attribute__((section(".note.tenon"), used, aligned(4))) static const struct {                  \
    uint32_t owner_size, json_size, type;                                                          \
    char owner[8];                                                                                 \
    char text[sizeof(json)];                                                                       \
  } tenon_note_ = {6, sizeof(json), TENON_NOTE_TYPE, "tenon", json}

#ifdef __cplusplus
}
#endif
#endif
