// SPDX-License-Identifier: Apache-2.0
//
// The parts of the table, by layer. Within a part the more specific row stands first.
#ifndef KIT_VERDICT_TABLES_H
#define KIT_VERDICT_TABLES_H

#include "verdict.h"

// Switches basic sign-in on for every server that has the name in one of its EWS addresses: one, or
// all that stand behind a load balancer.
#define VERDICT_BASIC_ON                                                                           \
  "Get-WebServicesVirtualDirectory | Where-Object { \"$($_.InternalUrl) $($_.ExternalUrl)\" "      \
  "-match [regex]::Escape({host}) } | Set-WebServicesVirtualDirectory -BasicAuthentication $true"

extern const struct verdict_rows verdict_net;    // below HTTP
extern const struct verdict_rows verdict_tls;    // certificates and handshakes
extern const struct verdict_rows verdict_signin; // 401, 403, 407: who may come in
extern const struct verdict_rows verdict_acting; // response codes about mailboxes and rights
extern const struct verdict_rows verdict_server; // response codes about the server's state
extern const struct verdict_rows
    verdict_http; // other statuses, pages, and the row that always fits

#endif
