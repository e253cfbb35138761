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

// State of the account, for who can ask the directory.
#define VERDICT_ACCOUNT                                                                            \
  "Get-User {account} | Format-List UserAccountControl,ResetPasswordOnNextLogon,"                  \
  "AuthenticationPolicy\n"                                                                         \
  "Get-ADUser -Identity (Get-User {account}).DistinguishedName -Properties "                       \
  "LockedOut,PasswordExpired"
#define VERDICT_EWS_DIRECTORY                                                                      \
  "Get-WebServicesVirtualDirectory | Format-List Server,*Authentication*,*Protection*,*Url"
// What the server noted of refused sign-ins: its sub status tells a wrong password (0xC000006A), a locked
// account (0xC0000234) and a wrong channel binding (0xC000035B) apart.
#define VERDICT_EVENTS                                                                             \
  "Get-WinEvent -FilterHashtable @{LogName='Security';Id=4625} -MaxEvents 20 | Format-List "       \
  "TimeCreated,Message"

// The certificate that comes here, that of the server, and what the server says of the sign-in.
#define VERDICT_CERTIFICATES                                                                       \
  "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null\n"             \
  "Get-ExchangeCertificate | Format-List Subject,Issuer,Thumbprint,Services\n" VERDICT_EVENTS

extern const struct verdict_rows verdict_kerberos; // tickets, keys and KDCs
extern const struct verdict_rows verdict_windows;  // NTLM and Negotiate at the server
extern const struct verdict_rows verdict_discover; // what a search for the server came to
extern const struct verdict_rows verdict_proxy;    // before the server is spoken to
extern const struct verdict_rows verdict_net;      // below HTTP
extern const struct verdict_rows verdict_tls;      // certificates and handshakes
extern const struct verdict_rows verdict_signin;   // 401, 403, 407: who may come in
extern const struct verdict_rows verdict_acting;   // response codes about mailboxes and rights
extern const struct verdict_rows verdict_server;   // response codes about the server's state
extern const struct verdict_rows
    verdict_http; // other statuses, pages, and the row that always fits
// of clouds
extern const struct verdict_rows verdict_token_here;   // no token, for a reason on this machine
extern const struct verdict_rows verdict_cloud_way;    // names, connections and TLS to Microsoft's
extern const struct verdict_rows verdict_token;        // no token: the application
extern const struct verdict_rows verdict_token_person; // ...the person who signs in
extern const struct verdict_rows
    verdict_token_flow;                         // ...the endpoint; fits every failure of a token
extern const struct verdict_rows verdict_graph; // what Graph refuses, and why
extern const struct verdict_rows
    verdict_cloud_policy; // EWS of Exchange Online: who is let in by its door
extern const struct verdict_rows verdict_cloud_acting; // ...rights, scope and mailboxes
extern const struct verdict_rows verdict_cloud_server; // ...busy, moving, in trouble
extern const struct verdict_rows
    verdict_cloud; // other statuses and pages there, and the row that always fits

#endif
