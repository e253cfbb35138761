// SPDX-License-Identifier: Apache-2.0
//
// What one session knows, and the hooks that work on it. A session is one application (or person) at one tenant's Graph; its
// token, how busy Graph is and whether any mailbox was opened are learned once.
#ifndef OFFICE365_GRAPH_SESSION_H
#define OFFICE365_GRAPH_SESSION_H

#include "backoff.h"
#include "graph.h"
#include "json.h"
#include "oauth_form.h"
#include "report.h"
#include "verdict.h"

#include <tenon/exchange.h>
#include <tenon/http.h>
#include <tenon/plugin.h>

#define MSGRAPH_ID "office365-graph"

#define MSGRAPH_ADDRESS_MAX     320  // bytes of a subject or of the test mailbox
#define MSGRAPH_SERVER_MAX      300  // bytes of host and port, for people
#define MSGRAPH_PATH_MAX        4096 // bytes of the path and query of a request
#define MSGRAPH_LINK_MAX        4096 // bytes of a link to the next page
#define MSGRAPH_TRIED_MAX       512
#define MSGRAPH_PARTS_MAX       20          // parts of one $batch: Graph's own limit
#define MSGRAPH_BATCH_BYTES_MAX (64 * 1024) // of the body of a $batch
#define MSGRAPH_OUTLOOK_MAX                                                                        \
  4 // requests to Exchange Online in flight, over all batches: Graph's own limit
#define MSGRAPH_SLOTS_MAX    64 // subjects open at once, whatever the host would allow
#define MSGRAPH_FOUND_MAX    2  // users with one address that are asked for
#define MSGRAPH_RENEWALS_MAX 2  // new tokens that one mailbox is tried with
#define MSGRAPH_KINDS_MAX    20 // users of a list that are asked what kind of mailbox they have
#define MSGRAPH_LABEL_MAX    256
#define MSGRAPH_PAGE_SIZE    100
#define MSGRAPH_PAGES_MAX    20                   // pages that one list is followed
#define MSGRAPH_OFFERS_MAX   500                  // rows of the list
#define MSGRAPH_PAUSE_NS     INT64_C(15000000000) // longest pause that somebody waits out
#define MSGRAPH_MISSING_MAX  256                  // bytes of names of permissions

// An answer with everything that was read of it. Points into itself: not to be copied.
struct answer {
  const tenon_http_completion *completion; // until answer_drop; NULL: there was no token
  cJSON *json;                             // of a good one
  struct graph_error error;
  struct soap_reply reply;
  struct challenge challenge;
  struct verdict_evidence evidence;
  char tried[MSGRAPH_TRIED_MAX];
};

struct tenon_session {
  const tenon_host *host;
  const tenon_http *http;
  struct oauth *oauth;
  struct oauth_answers answers;
  bool app;                 // acts as an application, not as a person
  char root[CLOUD_URL_MAX]; // "https://graph.microsoft.com"
  const char *resource;     // what tokens are asked for: the cloud's Graph, wherever it is reached
  char server[MSGRAPH_SERVER_MAX]; // "graph.microsoft.com"
  const char *mailbox;             // of the answers: "" when none is given
  struct soap_reader *reader;      // of verdict_gather, for bodies that are XML
  struct backoff backoff;
  struct jwt_claims claims;         // of the token at hand
  const struct oauth_result *token; // of the last one asked for, until the hook ends
  bool tokenless;             // there is none, and `verdict` says why: nothing is sent any more
  bool renewed;               // one was refused in this hook, and a new one was got
  bool acted;                 // somebody's mailbox was opened by this session
  unsigned token_tries;       // in a row that came to nothing
  bool controlled;            // whether the test mailbox opens was tried
  bool bulk;                  // mailboxes are being tested: failures speak of one
  unsigned generation;        // of the token: counted up with each new one
  struct challenge challenge; // of the last answer that gave no token
  struct answer outer;        // of a batch that came to nothing as a whole
  const tenon_http_completion *outer_completion;
  struct verdict verdict; // the one being reported
};

// ---- open.c -----------------------------------------------------------------------------------
tenon_status msgraph_open(const tenon_host *, const tenon_call *, const tenon_sink *,
                          tenon_session **ret);
void msgraph_close(tenon_session *);
// Why a subject cannot be one; NULL: it can.
const char *msgraph_address_fault(const char *text, size_t len);

// ---- token.c ----------------------------------------------------------------------------------
// A hook begins: what was refused before may be tried once more.
void token_anew(struct tenon_session *);
// The token to send with. *ret NULL: there is none, and s->verdict says why. With s->tokenless it stays so for this hook;
// without, it is to be asked for again after the session's pause.
tenon_status token_get(struct tenon_session *, const tenon_call *, enum oauth_fresh,
                       tenon_secret **ret);
// The same, and waits out a short pause that the login host names.
tenon_status token_get_patiently(struct tenon_session *, const tenon_call *, enum oauth_fresh,
                                 tenon_secret **ret);
// Of the last one asked for: how it was got, or why there is none.
void token_evidence(struct tenon_session *, struct verdict_evidence *ret);
// One was answered with 401. false: that was a new one already.
bool token_may_renew(const struct tenon_session *);
tenon_status token_renew(struct tenon_session *, const tenon_call *);
// There is no token: s->verdict in the name of a mailbox that was not asked.
void token_judge_subject(struct tenon_session *, const char *subject);
// What evidence of any answer has in common.
void token_witness(const struct tenon_session *, struct verdict_evidence *);
// Who the token is for, for people: the application's id, or the person.
const char *token_account(const struct tenon_session *);
// Is it for another API than this Graph?
bool token_is_foreign(const struct tenon_session *);

// ---- permissions.c ------------------------------------------------------------------------------
struct permission {
  const char *name;     // asked for: the least that tenon needs
  const char *accepted; // the names that do as well, separated by '|'
  const char *use;      // what it is for
};
extern const struct permission permissions_app[], permissions_delegated[]; // end with name NULL
extern const char permissions_scopes[];                                    // of a delegated sign-in
enum need { NEED_ORGANIZATION, NEED_DIRECTORY, NEED_SETTINGS, NEED_MAIL };
const struct permission *permission_for(const struct tenon_session *, enum need);
bool permission_held(const struct tenon_session *, const struct permission *);
// Names that the token lacks, separated by blanks; false: none.
bool permissions_missing(const struct tenon_session *, char *to, size_t size);
// Where an administrator consents.
void permissions_consent(const struct tenon_session *, char *to, size_t size);

// ---- ask.c: one request -----------------------------------------------------------------------
struct question {
  const char *label;
  const char *path; // "/v1.0/organization?...": put after the root
  const char *link; // or this URL, verbatim
  enum need need;
  uint32_t place;
  bool eventual; // advanced queries: ConsistencyLevel
};

// Sends and waits, once more with a new token where the one at hand is refused, and after a short pause where Graph names
// one. TENON_OK: there is an answer, or s->tokenless. Others end the hook.
tenon_status ask(struct tenon_session *, const tenon_call *, const struct question *,
                 struct answer *ret);
bool answer_is_good(const struct answer *);
void answer_drop(struct tenon_session *, struct answer *);
// Reads what came back to a request; the completion goes to the answer.
void answer_read(struct tenon_session *, const char *tried, enum need, uint32_t place,
                 const tenon_http_completion *, struct answer *ret);
// Sleeps until the time has come or the call is cancelled.
tenon_status ask_sleep(struct tenon_session *, const tenon_call *, int64_t ns);

// ---- act.c: one mailbox -------------------------------------------------------------------------
// What is asked of one mailbox. FIND and WHY only where the others leave something open.
enum part { PART_DIR, PART_SET, PART_BOX, PART_FIND, PART_WHY, PARTS };
#define PART_BIT(part) (1u << (part))

struct part_answer {
  int status; // 0: none yet
  struct graph_error error;
  int64_t pause_ns; // that Graph asks for
};

enum act_step {
  ACT_DONE_OK,
  ACT_DONE_FAILED, // s->verdict says why
  ACT_AGAIN,       // ask what act->wants says, after the session's pause
  ACT_TOKEN,       // the token was refused: get a new one, then the same
  ACT_CONTROL,     // try the test mailbox first, then take this step again
};

struct act {
  char subject[MSGRAPH_ADDRESS_MAX + 1]; // as it was given
  char id[MSGRAPH_ADDRESS_MAX + 1];      // as it is asked for
  unsigned tries, wants;                 // wants: PART_BIT
  unsigned generation, renewals; // of the token that it was sent with; how often one was refused
  bool control;                  // is itself the control
  bool nobody;                   // was made up
  struct part_answer parts[PARTS];
  // of the directory
  bool guest, synced, has_mail, plans_known, licensed, enabled_known, enabled;
  unsigned found; // users that have the address
  char mail[MSGRAPH_ADDRESS_MAX + 1];
  int64_t items; // of the inbox; -1: not said
  // of the verdict being reported
  tenon_http_completion completion;
  tenon_pair headers[2];
  char pause[16], tried[MSGRAPH_TRIED_MAX];
};

void act_init(const struct tenon_session *, struct act *, const char *subject, size_t len);
// "/users/X?$select=...", below /v1.0; what is asked is Graph's business from here on.
void act_put_path(const struct act *, enum part, struct kit_text *to);
const char *act_part_name(enum part);
bool act_is_outlook(enum part); // does Exchange Online answer it, and not the directory?
// A part's answer has come: its status, and body and headers, either of which may be NULL.
void act_take(struct act *, enum part, int status, const cJSON *body, const cJSON *headers);
// All that was asked for has come, or not (status 0): what that means, and what to do next.
enum act_step act_next(struct tenon_session *, struct act *);
// The whole batch came to this; the answer holds what the verdict speaks of, and never the completion.
enum act_step act_outer(struct tenon_session *, struct act *, const tenon_http_completion *,
                        struct answer *);
// All of it, waiting: for verify.
tenon_status act_perform(struct tenon_session *, const tenon_call *, struct act *,
                         enum act_step *ret);
// Gives back what the last one left for its verdict: after the report.
void act_forget(struct tenon_session *);
// Tries the test mailbox, so that "refused" and "out of scope" can be told apart.
tenon_status act_control(struct tenon_session *, const tenon_call *);

// ---- batch.c: several parts in one request ------------------------------------------------------
struct batch_entry {
  struct act *act;
  enum part part;
};
struct batch {
  size_t n, n_outlook;
  struct batch_entry entries[MSGRAPH_PARTS_MAX];
};
// Adds what the mailbox wants; false: it does not fit any more, and nothing was added.
bool batch_add(struct batch *, struct act *);
void batch_put(const struct batch *, struct kit_text *to);
// Hands each entry its part; what the answer does not mention stays without a status. false: it is no answer to a batch.
bool batch_take(const struct batch *, const tenon_http_completion *);
// How many requests to Exchange Online it is while it is on its way.
size_t batch_weight(const struct batch *);
// url and headers are written to `fill`, which has to live until it was sent.
struct batch_fill {
  char url[CLOUD_URL_MAX + 16];
  tenon_pair headers[2];
  tenon_http_part body;
};
void batch_prepare(const struct tenon_session *, const struct kit_text *body, tenon_secret *token,
                   struct batch_fill *fill, tenon_http_request *ret);

// ---- the hooks --------------------------------------------------------------------------------
tenon_status msgraph_verify(tenon_session *, const tenon_call *, const tenon_sink *);
tenon_status msgraph_suggest(tenon_session *, const tenon_call *, const char *page,
                             const tenon_sink *);
tenon_status msgraph_impersonate(tenon_session *, const tenon_call *, const tenon_source *,
                                 const tenon_sink *);
tenon_status msgraph_browse(tenon_session *, const tenon_call *, const char *what,
                            const char *typed, const tenon_sink *);
tenon_status msgraph_configure(tenon_session *, const tenon_call *, uint32_t phase,
                               const tenon_step *const *steps, const tenon_sink *);

// The check for an address that cannot be one; nothing is sent.
void report_invalid(const tenon_sink *, const char *subject, const char *why, bool as_subject);

// ---- form.c -----------------------------------------------------------------------------------
extern const tenon_page *const msgraph_pages[];
extern const tenon_field *const msgraph_fields[];
extern const char *const msgraph_asks[];

#endif
