// SPDX-License-Identifier: Apache-2.0
//
// What one session knows, and the hooks that work on it. A session is one connection's answers, one
// server, one administrator. What it has in common with a connector of the cloud is the kit's; here is
// what a server of one's own has alone: it has to be found, trusted, and signed in to.
#ifndef EXCHANGE_ONPREM_SESSION_H
#define EXCHANGE_ONPREM_SESSION_H

#include "discover.h"
#include "ews_many.h"
#include "report.h"
#include "way.h"

#include <tenon/dns.h>
#include <tenon/exchange.h>
#include <tenon/http.h>
#include <tenon/plugin.h>

#define ONPREM_ID "exchange-onprem"

#define ONPREM_PATH_MAX       1024  // bytes of the path of a keytab or a ticket cache
#define ONPREM_SERVICE_MAX    256   // bytes of a service name
#define ONPREM_POWERSHELL_MAX 512   // bytes of a console's URI
#define ONPREM_QUESTION_MAX   4096  // bytes of what is said with a question
#define ONPREM_CA_BYTES_MAX   32768 // of authorities that are kept with a connection

struct tenon_session {
  struct ews_session ews;
  const tenon_dns *dns;   // NULL: this host has none
  tenon_secret *password; // NULL: by ticket
  bool server_given;      // in the form
  bool searched;          // `search` holds what a search came to
  bool search_unsaid;     // ...while the form was filled: the next verification need not search
  struct discover *search;
  char *search_data; // texts of its verdict
  char dns_server[WAY_DNS_MAX];
  struct signin_account login;
  char ticket_cache[ONPREM_PATH_MAX], keytab[ONPREM_PATH_MAX], service[ONPREM_SERVICE_MAX];
};

// ---- open.c -----------------------------------------------------------------------------------
tenon_status onprem_open(const tenon_host *, const tenon_call *, const tenon_sink *,
                         tenon_session **ret);
void onprem_close(tenon_session *);

// ---- the hooks --------------------------------------------------------------------------------
tenon_status onprem_verify(tenon_session *, const tenon_call *, const tenon_sink *);
tenon_status onprem_impersonate(tenon_session *, const tenon_call *, const tenon_source *,
                                const tenon_sink *);
tenon_status onprem_browse(tenon_session *, const tenon_call *, const char *what, const char *typed,
                           const tenon_sink *);
tenon_status onprem_configure(tenon_session *, const tenon_call *, uint32_t phase,
                              const tenon_step *const *steps, const tenon_sink *);

// ---- discover.c: a server that was not given ----------------------------------------------------
bool session_has_server(const struct tenon_session *);
// Searches where none is known. *ret_found false: session->verdict says why.
tenon_status session_find(struct tenon_session *, const tenon_call *, bool *ret_found);
// The check of it; TENON_OK also when none was found.
tenon_status verify_server(struct tenon_session *, const tenon_call *, struct report *);
tenon_status onprem_suggest(tenon_session *, const tenon_call *, const char *page,
                            const tenon_sink *);
#define TRUST_ASK "tls.trust" // shall an authority be trusted that is not known? trust.c
extern const char *const onprem_asks[];

// ---- form.c -----------------------------------------------------------------------------------
extern const tenon_page *const onprem_pages[];
extern const tenon_field *const onprem_fields[];

#endif
