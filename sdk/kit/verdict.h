// SPDX-License-Identifier: Apache-2.0
//
// From what came back to what it means. A verdict is found in a table, one row a symptom with the
// evidence that it needs, so that a new symptom is a new row and a fixture, and so that the same
// table can be printed for people (share/tenon/explain). Nothing here talks to a network.
#ifndef KIT_VERDICT_H
#define KIT_VERDICT_H

#include "challenge.h"
#include "soap.h"

#include <tenon/http.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VERDICT_ALSO_MAX  3     // other causes of a row
#define VERDICT_DATA_MAX  32    // pairs of data of a verdict
#define VERDICT_TEXT_MAX  12288 // bytes of all texts of a verdict
#define VERDICT_VALUE_MAX 640   // bytes of one value put into a text

// When to come back where the server named no time.
#define VERDICT_SOON_NS  INT64_C(30000000000)
#define VERDICT_LATER_NS INT64_C(300000000000)

// Where it happened.
#define PLACE_OPEN   (1u << 0) // before any credential was sent
#define PLACE_SIGNIN (1u << 1) // with the administrator's credential
#define PLACE_ACT    (1u << 2) // acting as a mailbox's owner
#define PLACE_BROWSE (1u << 3) // asking the directory
#define PLACE_LATER  (PLACE_SIGNIN | PLACE_ACT | PLACE_BROWSE)

// What the evidence shows.
#define SEEN_SENT      (1u << 0) // a credential was sent
#define SEEN_CHALLENGE (1u << 1) // WWW-Authenticate was there
#define SEEN_BASIC     (1u << 2) // schemes offered
#define SEEN_WINDOWS   (1u << 3) // NTLM, Negotiate or Kerberos
#define SEEN_BEARER    (1u << 4)
#define SEEN_HTML      (1u << 5) // kinds of body
#define SEEN_XML       (1u << 6)
#define SEEN_EMPTY     (1u << 7)
#define SEEN_OTHER     (1u << 8)  // text, JSON, anything else
#define SEEN_SOAP      (1u << 9)  // a readable envelope
#define SEEN_FAULT     (1u << 10) // a SOAP fault
#define SEEN_CODE      (1u << 11) // a response code
#define SEEN_DTD       (1u << 12) // refused: DTD or over a limit
#define SEEN_LOGON     (1u << 13) // a page or redirect for people to sign in
#define SEEN_REASON2   (1u << 14) // ...that says the password was wrong
#define SEEN_POLICY    (1u << 15) // X-EWS-Policy-Reason
#define SEEN_EXCHANGE  (1u << 16) // headers that only Exchange sends
#define SEEN_PROXY     (1u << 17) // Via, or a proxy in the route
#define SEEN_STRANGER  (1u << 18) // the server answers as Exchange never does
#define SEEN_EXISTS    (1u << 19) // the directory has the address as a mailbox
#define SEEN_MISSING   (1u << 20) // the directory does not have it
#define SEEN_FOREIGN   (1u << 21) // the directory has it as something else: contact, group
#define SEEN_AGAIN     (1u << 22) // tried as often as it is tried
#define SEEN_CORRECTED (1u << 23) // the server named the right address
#define SEEN_SID       (1u << 24) // acting by SID
#define SEEN_DOMAIN    (1u << 25) // the login has the form DOMAIN\user
#define SEEN_PROBE     (1u << 26) // the mailbox acted as is one that cannot exist
#define SEEN_MOMENT    (1u << 27) // a redirect to the error page of ASP.NET
#define SEEN_CLIENT    (1u << 28) // TLS ended for want of a client certificate
#define SEEN_OLD_TLS   (1u << 29) // ...for want of a version that both sides speak
#define SEEN_NO_TLS    (1u << 30) // what answered the handshake is not TLS
#define SEEN_ACTED     (1u << 31) // somebody else was acted as meanwhile: the role is there

struct verdict_evidence {
  uint32_t place, seen;
  // said by the caller
  const char *check;   // id that the finding goes under, whatever the row says; or NULL
  const char *account; // the login
  const char *mailbox; // acted as, or NULL
  const char *server;  // "mail.contoso.example:444"
  const char *tried;   // "POST ConvertId with Basic as svc@contoso.example"
  // of the transaction
  const tenon_http_completion *completion;
  const struct soap_reply *soap; // NULL: no body was read
  const struct challenge *challenge;
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
  uint32_t fault; // TENON_HTTP_FAULT_*
  uint32_t tls;   // TENON_HTTP_TLS_*
  int code_min, code_max;
  const char *soap; // "ErrorA|ErrorB"
  uint32_t seen, unseen;
  // what it means
  tenon_status cause;
  enum verdict_retry retry;
  bool lookup;       // ask the directory whether the mailbox exists, then judge again
  const char *word;  // TENON_VERDICT_* in the bulk
  const char *field; // to send the person back to
  const char *title, *detail, *remedy, *likely;
  const char *also[VERDICT_ALSO_MAX];
  const char *prove, *mend;
};

struct verdict_rows {
  const struct verdict_row *rows;
  size_t n;
};

// The tables, in the order in which they are searched; ends with NULL.
extern const struct verdict_rows *const verdict_tables[];

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

// A header of an answer, or {NULL, 0}.
tenon_text verdict_header(const tenon_http_completion *completion, const char *name);

#endif
