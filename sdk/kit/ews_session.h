// SPDX-License-Identifier: Apache-2.0
//
// One session with one EWS server, whoever runs it: what was learned of the server (its version, how busy
// it is, who is in its directory) is learned once. A connector fills in who signs in, where to and how
// mailboxes are reached, and asks; stepping down to a version that the server knows, signing in again and
// pauses happen underneath.
#ifndef KIT_EWS_SESSION_H
#define KIT_EWS_SESSION_H

#include "backoff.h"
#include "ews.h"
#include "signin.h"
#include "soap.h"
#include "url.h"
#include "verdict.h"

#include <tenon/http.h>
#include <tenon/plugin.h>

#define EWS_ACCOUNT_MAX     320                  // bytes of a login or an administrator's address
#define EWS_WHY_MAX         160                  // bytes kept of why a sign-in failed
#define EWS_TRIED_MAX       512                  // bytes of "what was tried"
#define EWS_LOOKUPS_MAX     512                  // answers of the directory that are remembered
#define EWS_VERIFY_PAUSE_NS INT64_C(15000000000) // longest pause that somebody waits out

enum ews_operation { EWS_CONVERT_ID, EWS_GET_FOLDER, EWS_RESOLVE_NAMES };
#define EWS_OPERATIONS_N 3

// Whether an address is in the directory.
enum ews_existence { EXISTENCE_UNKNOWN, EXISTENCE_MAILBOX, EXISTENCE_FOREIGN, EXISTENCE_NONE };

struct ews_lookup {
  uint64_t hash; // 0: free
  enum ews_existence existence;
};

struct ews_session;

// An answer with everything that was read of it. Points into itself: not to be copied.
struct ews_answer {
  const tenon_http_completion *completion; // until ews_answer_drop
  struct soap_reply reply;
  struct challenge challenge;
  struct verdict_evidence evidence;
  char tried[EWS_TRIED_MAX];
  size_t version;           // step of the ladder that the request was sent with
  const tenon_secret *sent; // credential that it was sent with
};

// Where a session of the cloud differs. NULL in a session: a server of one's own, to which the account's
// password or ticket goes and nothing else.
struct ews_manner {
  // Sees that s->login->secret is a credential that can be sent, a new one after a refusal. Where there is
  // none it is NULL, and either s->refused says so for the whole hook, or s->backoff has a pause in it.
  tenon_status (*token)(struct ews_session *, const tenon_call *, bool refused);
  // Adds what the answer's evidence has of the cloud.
  void (*witness)(const struct ews_session *, struct verdict_evidence *);
};

struct ews_session {
  // filled in by the connector
  const tenon_host *host;
  const tenon_http *http;
  const struct ews_manner *manner; // NULL: of one's own
  struct signin_account *login;
  struct ews_url server; // url "": not found yet
  enum ews_identity identity;
  enum ews_reach reach;
  char admin[EWS_ACCOUNT_MAX + 1];
  char account[EWS_ACCOUNT_MAX + 1]; // what is signed in as, for people
  char mailbox[EWS_ADDRESS_MAX + 1]; // to test with; "" when none is given
  char directory[EWS_ADDRESS_MAX +
                 1];                // EWS_REACH_APP: whom the directory is asked as; "" nobody yet
  char anchor[EWS_ADDRESS_MAX + 1]; // X-AnchorMailbox of requests about no mailbox; "" none
  size_t slots_max;                 // mailboxes open at a time; 0: EWS_SLOTS_MAX
  // by ews_session_init
  struct signin signin;
  size_t version;                // step of the ladder
  bool version_known;            // the server has taken it
  bool door_open;                // it said that a sign-in is of use there
  bool acted;                    // somebody else's mailbox was opened
  bool exchange, stranger;       // it showed that it is Exchange, or that it is not
  bool looked;                   // for that, at an answer to acting as somebody
  bool refused;                  // the sign-in failed: nothing more is sent
  bool stale;                    // the token at hand was refused
  bool unproven;                 // ...and the one that came for it was not accepted yet
  uint64_t refused_seen;         // what that failure showed: SEEN_...
  char refused_why[EWS_WHY_MAX]; // its title
  int64_t skew_s;                // the server's clock less this machine's
  struct ews_template templates[EWS_OPERATIONS_N];
  struct ews_ids ids;
  struct soap_reader *reader;
  struct backoff backoff;
  struct ews_lookup lookups[EWS_LOOKUPS_MAX];
  unsigned lookup_failures;
  tenon_http_completion unsent; // stands for an answer where nothing was sent
  struct verdict verdict;       // the one being reported
};

// When the connector's part is filled in (the server may follow). false: memory; finish is fine then.
bool ews_session_init(struct ews_session *);
void ews_session_finish(struct ews_session *);
// Makes the templates for the version at the present step, and for whom the directory is asked as.
void ews_templates(struct ews_session *);
// Who signs in, for people.
const char *ews_user(const struct ews_session *);

// ---- one request --------------------------------------------------------------------------------
// A hook begins: what was refused before may be tried once more.
void ews_anew(struct ews_session *);
// Fills in what a request needs. `fill` holds the bytes and must live until it was sent.
void ews_prepare(struct ews_session *, enum ews_operation, bool sign_in, const char *value,
                 struct ews_request *fill, tenon_http_request *ret);
// Sends and waits, and asks again with an older version or a new token where the server wants that.
// TENON_OK: there is an answer, of whatever kind. Others end the hook.
tenon_status ews_ask(struct ews_session *, const tenon_call *, enum ews_operation, uint32_t place,
                     const char *value, struct ews_answer *ret);
// The same, and waits out a short pause where the server asks for one; who waits at a screen is not
// made to wait for a guess.
tenon_status ews_ask_patiently(struct ews_session *, const tenon_call *, enum ews_operation,
                               uint32_t place, const char *value, struct ews_answer *ret);
// Is a sign-in of use there? Reads the answer to a request that carried no credential. A server that
// offers no way that can be gone, or is no EWS, is not sent the password.
bool ews_opens(struct ews_session *, const struct ews_answer *anonymous);
// Asks without a credential where it is not known yet whether one is of use; ret holds the answer
// where it is of none.
tenon_status ews_knock(struct ews_session *, const tenon_call *, uint32_t place, const char *value,
                       struct ews_answer *ret);
// Sends one request and waits for its answer.
tenon_status ews_send(struct ews_session *, const tenon_call *, bool sign_in, tenon_http_request *,
                      const tenon_http_completion **ret);
// Reads a completion as the answer to an operation.
void ews_answer_read(struct ews_session *, enum ews_operation, uint32_t place, const char *value,
                     const tenon_http_completion *, struct ews_answer *ret);
void ews_answer_drop(struct ews_session *, struct ews_answer *);
// Did the server want an older version, and is there one? Takes the step.
bool ews_steps_down(struct ews_session *, const struct ews_answer *);
// Is there a credential to send? *ret false: the manner says why, see there.
tenon_status ews_ready(struct ews_session *, const tenon_call *, bool *ret);
// Was a token refused, and can the request go again with another? A token that came for a refused one and
// is refused as well ends it.
bool ews_renews(struct ews_session *, const tenon_http_completion *, const tenon_secret *sent);
// What stands for the answer to a request that is not sent.
const tenon_http_completion *ews_unsent(struct ews_session *);
// Sleeps until the time has come or the call is cancelled.
tenon_status ews_sleep(struct ews_session *, const tenon_call *, int64_t ns);

#endif
