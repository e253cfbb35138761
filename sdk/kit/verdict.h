// SPDX-License-Identifier: Apache-2.0
//
// From what came back to what it means. A verdict is found in a table, one row a symptom with the
// evidence that it needs, so that a new symptom is a new row and a fixture, and so that the same
// table can be printed for people (share/tenon/explain). Nothing here talks to a network.
#ifndef KIT_VERDICT_H
#define KIT_VERDICT_H

#include "challenge.h"
#include "graph.h"
#include "oauth.h"
#include "soap.h"

#include <tenon/http.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VERDICT_ALSO_MAX  3     // other causes of a row
#define VERDICT_DATA_MAX  48    // pairs of data of a verdict
#define VERDICT_TEXT_MAX  12288 // bytes of all texts of a verdict
#define VERDICT_VALUE_MAX 2048  // bytes of one value put into a text

// When to come back where the server named no time.
#define VERDICT_SOON_NS  INT64_C(30000000000)
#define VERDICT_LATER_NS INT64_C(300000000000)

// Where it happened.
#define PLACE_OPEN   (1u << 0) // before any credential was sent
#define PLACE_SIGNIN (1u << 1) // with the administrator's credential
#define PLACE_ACT    (1u << 2) // acting as a mailbox's owner
#define PLACE_BROWSE (1u << 3) // asking the directory
#define PLACE_TOKEN  (1u << 4) // asking for a token
#define PLACE_LATER  (PLACE_SIGNIN | PLACE_ACT | PLACE_BROWSE)
// ...and at which step of that, beside PLACE_TOKEN.
#define PLACE_DEVICE    (1u << 5) // a code was shown, and somebody is waited for
#define PLACE_AUTHORIZE (1u << 6) // in the browser
#define PLACE_REFRESH   (1u << 7) // with what was kept of the last sign-in
#define PLACE_IMDS      (1u << 8) // at the metadata service of Azure

// What was found before an endpoint was asked, or by asking several: names of rows too.
#define FINDING_TOKEN_NOBODY      "token-nobody-answers"
#define FINDING_TOKEN_DECLINED    "token-declined-here"
#define FINDING_TOKEN_UNSUPPORTED "token-way-unsupported"
#define FINDING_TOKEN_BROWSER     "token-browser-astray"
#define FINDING_TOKEN_KEY         "token-key-unusable"
#define FINDING_TOKEN_HERE        "token-not-asked-for"
#define FINDING_TENANT_ELSEWHERE  "tenant-elsewhere" // evidence.home has it
#define FINDING_TENANT_UNKNOWN    "tenant-unknown"

// What the evidence shows.
#define SEEN_SENT      (UINT64_C(1) << 0) // a credential was sent
#define SEEN_CHALLENGE (UINT64_C(1) << 1) // WWW-Authenticate was there
#define SEEN_BASIC     (UINT64_C(1) << 2) // schemes offered
#define SEEN_WINDOWS   (UINT64_C(1) << 3) // NTLM, Negotiate or Kerberos
#define SEEN_BEARER    (UINT64_C(1) << 4)
#define SEEN_HTML      (UINT64_C(1) << 5) // kinds of body
#define SEEN_XML       (UINT64_C(1) << 6)
#define SEEN_EMPTY     (UINT64_C(1) << 7)
#define SEEN_OTHER     (UINT64_C(1) << 8)  // text, JSON, anything else
#define SEEN_SOAP      (UINT64_C(1) << 9)  // a readable envelope
#define SEEN_FAULT     (UINT64_C(1) << 10) // a SOAP fault
#define SEEN_CODE      (UINT64_C(1) << 11) // a response code
#define SEEN_DTD       (UINT64_C(1) << 12) // refused: DTD or over a limit
#define SEEN_LOGON     (UINT64_C(1) << 13) // a page or redirect for people to sign in
#define SEEN_REASON2   (UINT64_C(1) << 14) // ...that says the password was wrong
#define SEEN_POLICY    (UINT64_C(1) << 15) // X-EWS-Policy-Reason
#define SEEN_EXCHANGE  (UINT64_C(1) << 16) // headers that only Exchange sends
#define SEEN_PROXY     (UINT64_C(1) << 17) // Via, or a proxy in the route
#define SEEN_STRANGER  (UINT64_C(1) << 18) // the server answers as Exchange never does
#define SEEN_EXISTS    (UINT64_C(1) << 19) // the directory has the address as a mailbox
#define SEEN_MISSING   (UINT64_C(1) << 20) // the directory does not have it
#define SEEN_FOREIGN   (UINT64_C(1) << 21) // the directory has it as something else: contact, group
#define SEEN_AGAIN     (UINT64_C(1) << 22) // tried as often as it is tried
#define SEEN_CORRECTED (UINT64_C(1) << 23) // the server named the right address
#define SEEN_SID       (UINT64_C(1) << 24) // acting by SID
#define SEEN_DOMAIN    (UINT64_C(1) << 25) // the login has the form DOMAIN\user
#define SEEN_PROBE     (UINT64_C(1) << 26) // the mailbox acted as is one that cannot exist
#define SEEN_MOMENT    (UINT64_C(1) << 27) // a redirect to the error page of ASP.NET
#define SEEN_CLIENT    (UINT64_C(1) << 28) // TLS ended for want of a client certificate
#define SEEN_OLD_TLS   (UINT64_C(1) << 29) // ...for want of a version that both sides speak
#define SEEN_NO_TLS    (UINT64_C(1) << 30) // what answered the handshake is not TLS
#define SEEN_ACTED     (UINT64_C(1) << 31) // somebody else was acted as meanwhile: the role is there

// Of the way through a proxy.
#define SEEN_PROXY_NAME        (UINT64_C(1) << 32) // its name has no address
#define SEEN_PROXY_SILENT      (UINT64_C(1) << 33) // it did not answer
#define SEEN_PROXY_CERTIFICATE (UINT64_C(1) << 34) // its own certificate is not accepted
#define SEEN_PROXY_TLS         (UINT64_C(1) << 35) // its own handshake failed
#define SEEN_PROXY_GIVEN       (UINT64_C(1) << 36) // it was given an account

// Of certificates; counted from the top.
#define SEEN_INSPECTED (UINT64_C(1) << 63) // a TLS-inspecting proxy has signed the certificate
#define SEEN_FRESH     (UINT64_C(1) << 62) // ...or it was made minutes ago, for a few days
#define SEEN_ASKED     (UINT64_C(1) << 61) // the server asked for a client certificate
#define SEEN_SHOWN     (UINT64_C(1) << 60) // ...and was shown one
#define SEEN_LEAF_ONLY (UINT64_C(1) << 59) // nothing but its own certificate was sent
#define SEEN_NAMELESS  (UINT64_C(1) << 58) // the certificate has no subjectAltName
// ...of a sign-in on a channel
#define SEEN_KERBEROS        (UINT64_C(1) << 40) // the mechanism that was gone
#define SEEN_NTLM            (UINT64_C(1) << 41)
#define SEEN_BOUND           (UINT64_C(1) << 42) // channel bindings were sent
#define SEEN_BETWEEN         (UINT64_C(1) << 43) // something in between ends TLS: Via, or who issued
#define SEEN_KEYTAB          (UINT64_C(1) << 44) // by a keytab
#define SEEN_PASSWORD        (UINT64_C(1) << 45) // by the password
#define SEEN_WANTS_NTLM      (UINT64_C(1) << 46) // the field `auth` admits this alone
#define SEEN_WANTS_NEGOTIATE (UINT64_C(1) << 47)
#define SEEN_WANTS_BASIC     (UINT64_C(1) << 48)
#define SEEN_UNOFFERED       (UINT64_C(1) << 49) // an earlier answer offered nothing that can be gone
#define SEEN_OTHER_DOMAIN    (UINT64_C(1) << 52) // DOMAIN\user, and the server names another domain
#define SEEN_EARLY           (UINT64_C(1) << 51) // refused at its first message
#define SEEN_CACHE           (UINT64_C(1) << 53) // by a ticket cache that was named
// ...of clouds. An on-premises row never fits evidence with SEEN_CLOUD, nor the other way round: which tables are searched
// is decided by it (verdict_find). Both search verdict_proxy alone, whose rows speak of neither side.
#define SEEN_CLOUD       (UINT64_C(1) << 57) // Exchange Online or Graph was spoken to
#define SEEN_APP         (UINT64_C(1) << 56) // the token is an application's
#define SEEN_DELEGATED   (UINT64_C(1) << 55) // ...or a person's
#define SEEN_UNPERMITTED (UINT64_C(1) << 54) // the token lacks the permission that the call wants
#define SEEN_POWERLESS   (UINT64_C(1) << 39) // ...and any other: no roles, no scopes
#define SEEN_BLOCKED_ALL (UINT64_C(1) << 38) // every mailbox is answered so
#define SEEN_CLAIMS      (UINT64_C(1) << 37) // WWW-Authenticate asks for more claims
#define SEEN_FAILED      (UINT64_C(1) << 50) // an earlier sign-in failed before it came to the server

struct verdict_evidence {
  uint32_t place;
  uint64_t seen;
  // said by the caller
  const char *check;   // id that the finding goes under, whatever the row says; or NULL
  const char *signin;  // id that a row of auth.* goes under: of the way that was gone; or NULL
  const char *way;     // "Negotiate (Kerberos)"; or NULL
  const char *passed;  // ways that were passed over, and why; or NULL
  const char *before;  // title of the sign-in's failure that this one was not tried for; or NULL
  const char *account; // the login
  const char *mailbox; // acted as, or NULL
  const char *server;  // "mail.contoso.example:444"
  const char *finding; // what a search came to: rows of this one alone fit; or NULL
  const char *found;   // ...in words
  const char *tried;   // "POST ConvertId with Basic as svc@contoso.example"
  int64_t skew_s;      // the server's clock less this machine's; 0: none, or not known
  // of the transaction
  const tenon_http_completion *completion;
  const struct soap_reply *soap; // NULL: no body was read
  const struct challenge *challenge;
  // of clouds; NULL or "": none
  const struct oauth_error *token; // the endpoint's error
  const struct graph_error *graph; // Graph's error, also of one part of a $batch
  int graph_code;                  // that part's status; 0: the completion's
  const struct jwt_claims *claims; // of the token that was sent
  const struct cloud *cloud;       // NULL: global
  const struct cloud *home;        // where the tenant was found instead
  const char *client_id, *tenant;  // as answered
  const char *authority;  // login host, where it is not the cloud's: "https://localhost:8443"
  const char *thumbprint; // of the certificate that the application signs with
  const char *local;      // what failed on this side, in words
  const char *permission; // wanted by the call: "full_access_as_app"
};

enum verdict_retry {
  VERDICT_NO,      // final
  VERDICT_BACKOFF, // again after the pause that the session's clock gives
  VERDICT_LATER,   // minutes or hours; not by this run
  VERDICT_STEP,    // again with an older version
  VERDICT_CORRECT, // again with the address that the server named
};

struct verdict_row {
  const char *name;  // "auth-basic-refused": stable, in data.verdict outside impersonation
  const char *check; // id of the check it is a finding of
  // the evidence it needs; 0 or NULL: any
  uint32_t places;
  uint32_t fault;         // TENON_HTTP_FAULT_*
  uint32_t tls;           // TENON_HTTP_TLS_*
  uint32_t signin;        // TENON_HTTP_SIGNIN_*, of a channel
  int code_min, code_max; // of the proxy's answer with TENON_HTTP_FAULT_PROXY
  const char *soap;       // "ErrorA|ErrorB"
  const char *token; // AADSTS numbers, `error` or `suberror`: "50076|50079|interaction_required"
  const char *
      graph; // codes of Graph: "ErrorAccessDenied|accessDenied"; "": Graph answered, whatever the code
  const char
      *header; // "X-CasErrorCode": the answer has it; "x-ms-diagnostics=2000008": it begins so
  const char *finding; // of a search; NULL: none
  uint64_t seen, unseen;
  // what it means
  tenon_status cause;
  enum verdict_retry retry;
  bool lookup;        // ask the directory whether the mailbox exists, then judge again
  const char *word;   // TENON_VERDICT_* in the bulk
  const char *field;  // to send the person back to
  const char *answer; // what it should hold, where that is known
  const char *title, *detail, *remedy, *likely;
  const char *also[VERDICT_ALSO_MAX];
  const char *
      link; // where more stands, or where it is mended; of a token's failure: what the number means
  const char *prove, *mend;
};

struct verdict_rows {
  const struct verdict_row *rows;
  size_t n;
};

// The tables, in the order in which they are searched; each ends with NULL. The second is searched for evidence with
// SEEN_CLOUD.
extern const struct verdict_rows *const verdict_tables[];
extern const struct verdict_rows *const verdict_cloud_tables[];

struct verdict {
  const struct verdict_row *row;
  int64_t retry_ns;  // what the server asked for, 0: nothing
  tenon_check check; // filled; its texts are in `text`
  tenon_pair data[VERDICT_DATA_MAX];
  size_t n_data;
  struct kit_text text;
  char buffer[VERDICT_TEXT_MAX];
};

// Fills `seen` and the rest from a completion. reply and challenge are written and referred to.
void verdict_gather(struct verdict_evidence *evidence, const tenon_http_completion *completion,
                    struct soap_reader *reader, struct soap_reply *reply,
                    struct challenge *challenge);
// The same of a token that was not got. What the result and the settings hold is referred to.
void verdict_gather_token(struct verdict_evidence *evidence, const struct oauth_result *result,
                          const struct oauth_settings *settings, struct challenge *challenge);
// Whose requests these are, and in which cloud: evidence of every answer to one. claims: of the token at hand; NULL: none.
void verdict_gather_holder(struct verdict_evidence *evidence, const struct oauth_settings *settings,
                           const struct jwt_claims *claims);
// What a token says of its holder: SEEN_APP, SEEN_DELEGATED, and with the permission that is wanted (or NULL)
// SEEN_UNPERMITTED and SEEN_POWERLESS. 0 of an opaque one.
uint64_t verdict_seen_claims(const struct jwt_claims *claims, const char *permission);

// Is it an answer that means success: HTTP 200 and SOAP without an error in it?
bool verdict_is_good(const struct verdict_evidence *evidence);
// Did EWS itself answer, be it with an error, so that transport and sign-in are fine?
bool verdict_is_ews(const struct verdict_evidence *evidence);

// The first row that fits; the last row fits everything.
const struct verdict_row *verdict_find(const struct verdict_evidence *evidence);
// Pure: the same evidence gives the same verdict. Points into ret: not to be copied.
void verdict_judge(const struct verdict_evidence *evidence, struct verdict *ret);
// One more fact, e.g. TENON_DATA_EXISTENCE.
void verdict_add(struct verdict *verdict, const char *key, const char *value);

// Writes a text of a row with its {places} filled from the evidence, or with NAMES when that is NULL.
// In a command, values are quoted; it has one line or more, each for a shell or for PowerShell.
void verdict_expand(struct kit_text *to, const char *text, const struct verdict_evidence *evidence,
                    bool command);

// Is the row a failure of the sign-in itself?
bool verdict_is_signin(const struct verdict_row *row);

// Who looks into TLS, by the name of the product that has signed; NULL: nobody that is known.
const char *verdict_inspector(const tenon_http_tls *tls);
// Along a chain, by who issued what, whatever the order in which it was sent: the one that issued, or
// NULL where the chain ends; and its end, the server's own certificate where nothing follows.
const tenon_http_certificate *verdict_chain_next(const tenon_http_tls *tls,
                                                 const tenon_http_certificate *of);
const tenon_http_certificate *verdict_chain_end(const tenon_http_tls *tls);
// What a connection's certificates show: SEEN_...
uint64_t verdict_seen_tls(const tenon_http_completion *completion);

// A header of an answer, or {NULL, 0}.
tenon_text verdict_header(const tenon_http_completion *completion, const char *name);

#endif
