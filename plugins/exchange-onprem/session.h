// SPDX-License-Identifier: Apache-2.0
//
// What one session knows, and the hooks that work on it. A session is one connection's answers, one
// server, one administrator; everything learned of the server (its version, how busy it is, who is in
// its directory) is learned once.
#ifndef EXCHANGE_ONPREM_SESSION_H
#define EXCHANGE_ONPREM_SESSION_H

#include "backoff.h"
#include "discover.h"
#include "ews.h"
#include "report.h"
#include "signin.h"
#include "soap.h"
#include "url.h"
#include "verdict.h"
#include "way.h"

#include <tenon/dns.h>
#include <tenon/exchange.h>
#include <tenon/http.h>
#include <tenon/plugin.h>

#define ONPREM_ID "exchange-onprem"

#define ONPREM_ACCOUNT_MAX         320  // bytes of a login or an administrator's address
#define ONPREM_PATH_MAX            1024 // bytes of the path of a keytab or a ticket cache
#define ONPREM_SERVICE_MAX         256  // bytes of a service name
#define ONPREM_WHY_MAX             160  // bytes kept of why a sign-in failed
#define ONPREM_POWERSHELL_MAX      512  // bytes of a console's URI
#define ONPREM_TRIED_MAX           512  // bytes of "what was tried"
#define ONPREM_LOOKUPS_MAX         512  // answers of the directory that are remembered
#define ONPREM_LOOKUP_FAILURES     3    // in a row, then the directory is not asked any more
#define ONPREM_SLOTS_MAX           256  // subjects open at once, whatever the host would allow
#define ONPREM_VERIFY_PAUSE_NS     INT64_C(15000000000) // longest pause that somebody waits out
#define ONPREM_ANNOUNCE_NS         INT64_C(5000000000) // a pause at least this long is told to the host
#define ONPREM_QUESTION_MAX        4096                // bytes of what is said with a question
#define ONPREM_CA_BYTES_MAX        32768 // of authorities that are kept with a connection
#define ONPREM_POLL_MS             1000  // longest sleep of a waiting hook between two looks around
#define ONPREM_KNOCK_NS            INT64_C(2000000000) // the others wait that long for one's first answer
#define ONPREM_OUTAGE_FAILURES_MAX 5 // requests in a row without an answer, then most are not sent
#define ONPREM_OUTAGE_RETRY_NS     INT64_C(10000000000) // one is sent all the same, that often

enum operation { OPERATION_CONVERT_ID, OPERATION_GET_FOLDER, OPERATION_RESOLVE_NAMES };

// Whether an address is in the directory.
enum existence { EXISTENCE_UNKNOWN, EXISTENCE_MAILBOX, EXISTENCE_FOREIGN, EXISTENCE_NONE };

// An answer with everything that was read of it. Points into itself: not to be copied.
struct answer {
  const tenon_http_completion *completion; // until answer_drop
  struct soap_reply reply;
  struct challenge challenge;
  struct verdict_evidence evidence;
  char tried[ONPREM_TRIED_MAX];
  size_t version; // step of the ladder that the request was sent with
};

struct lookup {
  uint64_t hash; // 0: free
  enum existence existence;
};

struct tenon_session {
  const tenon_host *host;
  const tenon_http *http;
  const tenon_dns *dns;   // NULL: this host has none
  tenon_secret *password; // NULL: by ticket
  struct ews_url server;  // url "": not found yet
  bool server_given;      // in the form
  bool searched;          // `search` holds what a search came to
  bool search_unsaid;     // ...while the form was filled: the next verification need not search
  struct discover *search;
  char *search_data; // texts of its verdict
  char dns_server[WAY_DNS_MAX];
  struct signin_account login;
  struct signin signin;
  enum ews_identity identity;
  char admin[ONPREM_ACCOUNT_MAX + 1];
  char account[ONPREM_ACCOUNT_MAX + 1]; // what is signed in as: username, else admin
  char mailbox[EWS_ADDRESS_MAX + 1];    // "" when none is given
  char ticket_cache[ONPREM_PATH_MAX], keytab[ONPREM_PATH_MAX], service[ONPREM_SERVICE_MAX];
  size_t version;                   // step of the ladder
  bool version_known;               // the server has taken it
  bool door_open;                   // it said that a sign-in is of use there
  bool acted;                       // somebody else's mailbox was opened
  bool exchange, stranger;          // it showed that it is Exchange, or that it is not
  bool looked;                      // for that, at an answer to acting as somebody
  bool refused;                     // the sign-in failed: nothing more is sent
  uint64_t refused_seen;            // what that failure showed: SEEN_...
  char refused_why[ONPREM_WHY_MAX]; // its title
  int64_t skew_s;                   // the server's clock less this machine's
  struct ews_template templates[3]; // by operation
  struct ews_ids ids;
  struct soap_reader *reader;
  struct backoff backoff;
  struct lookup lookups[ONPREM_LOOKUPS_MAX];
  unsigned lookup_failures;
  struct verdict verdict; // the one being reported
};

// ---- open.c -----------------------------------------------------------------------------------
tenon_status onprem_open(const tenon_host *, const tenon_call *, const tenon_sink *,
                         tenon_session **ret);
void onprem_close(tenon_session *);
// Makes the templates for the version at the present step.
void session_templates(struct tenon_session *);
// Who signs in, for people.
const char *session_user(const struct tenon_session *);

// ---- ask.c: one request -----------------------------------------------------------------------
// Fills in what a request needs. `fill` holds the bytes and must live until it was sent.
void ask_prepare(struct tenon_session *, enum operation, bool sign_in, const char *value,
                 struct ews_request *fill, tenon_http_request *ret);
// Sends and waits, and asks again with an older version where the server wants that. TENON_OK: there
// is an answer, of whatever kind. Others end the hook.
tenon_status ask(struct tenon_session *, const tenon_call *, enum operation, uint32_t place,
                 const char *value, struct answer *ret);
// Is a sign-in of use there? Reads the answer to a request that carried no credential. A server that
// offers no way that can be gone, or is no EWS, is not sent the password.
bool ask_opens(struct tenon_session *, const struct answer *anonymous);
// Sends one request and waits for its answer.
tenon_status ask_send(struct tenon_session *, const tenon_call *, bool sign_in,
                      tenon_http_request *, const tenon_http_completion **ret);
// A hook begins: what was refused before may be tried once more.
void ask_anew(struct tenon_session *);
// The same, and waits out a short pause where the server asks for one; who waits at a screen is not
// made to wait for a guess.
tenon_status ask_patiently(struct tenon_session *, const tenon_call *, enum operation,
                           uint32_t place, const char *value, struct answer *ret);
// Asks without a credential where it is not known yet whether one is of use; ret holds the answer
// where it is of none.
tenon_status ask_door(struct tenon_session *, const tenon_call *, uint32_t place, const char *value,
                      struct answer *ret);
// Reads a completion as the answer to an operation.
void answer_read(struct tenon_session *, enum operation, uint32_t place, const char *value,
                 const tenon_http_completion *, struct answer *ret);
void answer_drop(struct tenon_session *, struct answer *);
// Did the server want an older version, and is there one? Takes the step.
bool ask_steps_down(struct tenon_session *, const struct answer *);
// Sleeps until the time has come or the call is cancelled.
tenon_status ask_sleep(struct tenon_session *, const tenon_call *, int64_t ns);

// ---- act.c: one mailbox -----------------------------------------------------------------------
enum act_step {
  ACT_DONE_OK,
  ACT_DONE_FAILED, // session->verdict says why
  ACT_AGAIN,       // ask the same again, after the session's pause
  ACT_LOOK_UP,     // ask the directory for act->address
};

struct act {
  char subject[EWS_ADDRESS_MAX + 1]; // as it was given
  char address[EWS_ADDRESS_MAX + 1]; // as it is asked for
  unsigned tries;
  bool corrected;
  enum existence existence;
  struct answer answer;
};

void act_init(struct act *, const char *subject, size_t len);
// What the answer to GetFolder means, and what to do next. Owns the completion from now on.
enum act_step act_answered(struct tenon_session *, struct act *, const tenon_http_completion *);
// The same of the request that was sent without a credential in this mailbox's stead.
enum act_step act_knocked(struct tenon_session *, struct act *, const tenon_http_completion *);
// The directory's answer has come.
enum act_step act_looked_up(struct tenon_session *, struct act *, enum existence);
void act_drop(struct tenon_session *, struct act *);
// All of it, waiting: for verify.
tenon_status act_perform(struct tenon_session *, const tenon_call *, struct act *,
                         enum act_step *ret);
// Judges and completes the verdict for a failure of this mailbox.
void act_judge(struct tenon_session *, struct act *, uint64_t more);
// The check for an address that cannot be one; nothing is sent.
void act_report_invalid(struct tenon_session *, const tenon_sink *, const char *subject,
                        const char *why, bool as_subject);

// ---- outage.c: a server that does not answer ----------------------------------------------------
// What is told of all is told of the last one that failed, whose completion is kept for it.
struct outage {
  unsigned failures; // in a row
  bool trying;       // one is on its way all the same
  int64_t next_ns;   // when the next one may
  const tenon_http_completion *last;
};

// Is that a failure of the way to the server, which says nothing of the mailbox?
bool outage_is(const tenon_http_completion *);
void outage_note(struct outage *, const struct tenon_session *, const tenon_http_completion *);
// Takes the completion over from the answer.
void outage_keep(struct outage *, struct tenon_session *, struct answer *);
void outage_drop(struct outage *, struct tenon_session *);
bool outage_holds(const struct outage *);
// May one be sent? Takes the turn.
bool outage_turn(struct outage *, const struct tenon_session *);
// The verdict of a mailbox that was not asked. The texts live in `words`.
struct outage_words {
  char title[128], detail[1024], tried[128];
};
void outage_judge(const struct outage *, struct tenon_session *, struct act *,
                  struct outage_words *);

// ---- lookup.c: is it in the directory? ---------------------------------------------------------
bool lookup_known(const struct tenon_session *, const char *address, enum existence *ret);
bool lookup_possible(const struct tenon_session *);
// Reads the answer to ResolveNames and remembers it.
enum existence lookup_read(struct tenon_session *, const char *address,
                           const tenon_http_completion *);

// ---- the hooks --------------------------------------------------------------------------------
tenon_status onprem_verify(tenon_session *, const tenon_call *, const tenon_sink *);
tenon_status onprem_impersonate(tenon_session *, const tenon_call *, const tenon_source *,
                                const tenon_sink *);
tenon_status onprem_browse(tenon_session *, const tenon_call *, const char *what, const char *typed,
                           const tenon_sink *);
tenon_status onprem_configure(tenon_session *, const tenon_call *, uint32_t phase,
                              const tenon_step *const *steps, const tenon_sink *);

// ---- role.c: may the administrator act as anybody? ----------------------------------------------
// IGNORED: it worked, so that whom tenon acts as is not heeded at all.
enum role { ROLE_UNKNOWN, ROLE_MISSING, ROLE_LIKELY, ROLE_IGNORED };
// Acts as somebody who does not exist. `act` holds the answer until act_drop.
tenon_status role_probe(struct tenon_session *, const tenon_call *, struct act *, enum role *ret);

// ---- discover.c: a server that was not given ----------------------------------------------------
bool session_has_server(const struct tenon_session *);
// Searches where none is known. *ret_found false: session->verdict says why.
tenon_status session_find(struct tenon_session *, const tenon_call *, bool *ret_found);
// The check of it; TENON_OK also when none was found.
tenon_status verify_server(struct tenon_session *, const tenon_call *, struct report *);
// Without a server there is one answer for all subjects: session->verdict.
tenon_status discover_tell_all(struct tenon_session *, const tenon_call *, const tenon_source *,
                               const tenon_sink *);
tenon_status onprem_suggest(tenon_session *, const tenon_call *, const char *page,
                            const tenon_sink *);
#define TRUST_ASK "tls.trust" // shall an authority be trusted that is not known? trust.c
extern const char *const onprem_asks[];

// ---- form.c -----------------------------------------------------------------------------------
extern const tenon_page *const onprem_pages[];
extern const tenon_field *const onprem_fields[];

#endif
