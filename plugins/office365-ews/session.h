// SPDX-License-Identifier: Apache-2.0
//
// What one session knows, and the hooks that work on it. A session is one application, or one person, at EWS of one tenant
// in Exchange Online. What it has in common with a server of one's own is the kit's; here is what the cloud has alone: a
// token, a policy before the door, and an end.
#ifndef OFFICE365_EWS_SESSION_H
#define OFFICE365_EWS_SESSION_H

#include "ews_many.h"
#include "layers.h"
#include "oauth_form.h"
#include "report.h"

#include <tenon/exchange.h>
#include <tenon/http.h>
#include <tenon/plugin.h>

#define CLOUDEWS_ID "office365-ews"

#define CLOUDEWS_RETIRES   "2027-04-01" // of EWS in the cloud that nearly everybody is in
#define CLOUDEWS_SUCCESSOR "office365-graph"

#define CLOUDEWS_JOBS_APP_MAX         64   // mailboxes open at a time, acting as an application
#define CLOUDEWS_JOBS_PERSON_MAX      20   // ...as a person, who has 27 requests for everything
#define CLOUDEWS_TEXT_MAX             2048 // bytes of a check's detail
#define CLOUDEWS_CERTIFICATE_DAYS_MIN 30   // a client certificate that ends sooner is a warning

struct tenon_session {
  struct ews_session ews; // first, so that the engine's callbacks find the rest
  struct signin_account login;
  struct oauth *oauth;
  struct oauth_answers answers;
  bool app;                         // acts as an application, not as a person
  const struct oauth_result *token; // of the last one asked for, until the hook ends
  struct jwt_claims claims;         // of the token at hand
  unsigned token_tries;             // failures in a row that may pass
  struct challenge challenge;       // of the endpoint's answer
};

// ---- open.c -------------------------------------------------------------------------------------
tenon_status cloudews_open(const tenon_host *, const tenon_call *, const tenon_sink *,
                           tenon_session **ret);
void cloudews_close(tenon_session *);

// ---- token.c ------------------------------------------------------------------------------------
extern const struct ews_manner token_manner;
// A hook begins: what was refused before may be tried once more.
void token_anew(struct tenon_session *);
// Asks for one. *ret false: session->ews.verdict says why there is none.
tenon_status token_get(struct tenon_session *, const tenon_call *, enum oauth_fresh, bool *ret);
// The same, and waits out a short pause where the endpoint names one: at the beginning of a hook.
tenon_status token_get_patiently(struct tenon_session *, const tenon_call *, enum oauth_fresh,
                                 bool *ret);
// The evidence of how it went; a completion in it only where the endpoint was asked.
void token_evidence(struct tenon_session *, struct verdict_evidence *ret);
// "full_access_as_app" or "EWS.AccessAsUser.All": what it takes.
const char *token_permission(const struct tenon_session *);
// Does the token say what it permits, and is that not it?
bool token_lacks(const struct tenon_session *);
// The check auth.token of a token that EWS has taken, or was not asked with.
void token_report(struct tenon_session *, struct report *);

// ---- sunset.c -----------------------------------------------------------------------------------
// Whole days from now to a date "2027-04-01", 0 when past; now_s in seconds since 1970.
int sunset_days_left(const char *date, int64_t now_s);
void sunset_report(const struct tenon_session *, struct report *, int64_t now_s);

// ---- the hooks ----------------------------------------------------------------------------------
tenon_status cloudews_verify(tenon_session *, const tenon_call *, const tenon_sink *);
tenon_status cloudews_suggest(tenon_session *, const tenon_call *, const char *page,
                              const tenon_sink *);
tenon_status cloudews_impersonate(tenon_session *, const tenon_call *, const tenon_source *,
                                  const tenon_sink *);
tenon_status cloudews_browse(tenon_session *, const tenon_call *, const char *what,
                             const char *typed, const tenon_sink *);
tenon_status cloudews_configure(tenon_session *, const tenon_call *, uint32_t phase,
                                const tenon_step *const *steps, const tenon_sink *);

// ---- form.c -------------------------------------------------------------------------------------
extern const tenon_page *const cloudews_pages[];
extern const tenon_field *const cloudews_fields[];
extern const char *const cloudews_asks[];

#endif
