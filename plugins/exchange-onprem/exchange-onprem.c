// SPDX-License-Identifier: Apache-2.0
//
// The connector for Exchange servers of one's own: who it is, and where its hooks are.
#include "session.h"

#define SUMMARY "Exchange Server in your own network, through EWS and impersonation"

static const tenon_connector connector = {
    .size = sizeof connector,
    .id = ONPREM_ID,
    .version = TENON_VERSION,
    .name = "On-premises Exchange",
    .summary = SUMMARY,
    .vendor = "tenon",
    .family = TENON_EXCHANGE_FAMILY,
    .roles = TENON_SOURCE | TENON_TARGET,
    .schema = 2,
    .asks = onprem_asks,
    .pages = onprem_pages,
    .fields = onprem_fields,
    .open = onprem_open,
    .close = onprem_close,
    .verify = onprem_verify,
    .suggest = onprem_suggest,
    .impersonate = onprem_impersonate,
    .browse = onprem_browse,
    .configure = onprem_configure,
};

// What an account needs before anything is typed; some of it only where the sign-in is that one.
#define BY(needs)    "\",\"needs\":\"" needs "\"}"
#define FOR(sign_in) "\",\"when\":\"" TENON_KEY_AUTH " == '" sign_in "'"
#define NEEDS_ACCOUNT                                                                              \
  "{\"title\":\"An account of the domain\",\"detail\":\""                                          \
  "An ordinary user account that may sign in. It needs no mailbox, no licence "                    \
  "and no membership in an administrators' group. Use one of its own, so that no "                 \
  "person's password change ends the connection." BY("whoever creates accounts in the directory")
#define NEEDS_ROLE                                                                                 \
  "{\"title\":\"The role ApplicationImpersonation\",\"detail\":\""                                 \
  "It lets the account act as other people's mailboxes: all of them, or those of "                 \
  "a management scope. Once the connection is stored, 'tenon configure NAME' "                     \
  "writes the command to copy." BY("Organization Management")
#define NEEDS_WAY                                                                                  \
  "{\"title\":\"A way to the server's EWS\",\"detail\":\""                                         \
  "https to /EWS/Exchange.asmx from the machine that runs tenon, directly or by a "                \
  "proxy. Where your own authority signed the server's certificate, have that "                    \
  "authority's PEM file at hand (ca_file)." BY("whoever runs firewall and proxy")
#define NEEDS_BASIC                                                                                \
  "{\"title\":\"Basic authentication on the EWS virtual directory\",\"detail\":\""                 \
  "It is off unless somebody switched it on, and NTLM and Kerberos do without: "                   \
  "Set-WebServicesVirtualDirectory -BasicAuthentication $true." FOR("basic")                       \
      BY("Organization Management")
#define NEEDS_NTLM                                                                                 \
  "{\"title\":\"NTLM on this machine\",\"detail\":\""                                              \
  "The package gss-ntlmssp. On the server: Windows authentication for EWS, which "                 \
  "is on unless somebody switched it off." FOR("ntlm") BY("root on this machine")
#define NEEDS_KDC                                                                                  \
  "{\"title\":\"A way to the domain's KDC\",\"detail\":\""                                         \
  "Kerberos wants the realm and its KDC, by DNS or /etc/krb5.conf; without them "                  \
  "NTLM is used, which wants the package gss-ntlmssp." FOR("negotiate") BY("root on this machine")
#define NEEDS_TICKET                                                                               \
  "{\"title\":\"A ticket or a keytab of the account\",\"detail\":\""                               \
  "kinit, or a keytab that only the user of tenon can read. No password is asked "                 \
  "for and none is stored." FOR("ticket")                                                          \
      BY("an administrator of the domain, who makes the keytab")

TENON_NOTE("{\"abi\":[1,0],\"needs\":[\"net+krb5\"],\"connectors\":[{\"id\":\"" ONPREM_ID
           "\",\"version\":\"" TENON_VERSION
           "\",\"name\":\"On-premises Exchange\",\"summary\":\"" SUMMARY
           "\",\"family\":\"" TENON_EXCHANGE_FAMILY "\",\"roles\":[\"source\",\"target\"],"
           "\"requirements\":[" NEEDS_ACCOUNT "," NEEDS_ROLE "," NEEDS_WAY "," NEEDS_BASIC
           "," NEEDS_NTLM "," NEEDS_KDC "," NEEDS_TICKET "]}]}");

TENON_MODULE(&connector);
