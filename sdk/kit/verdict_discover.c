// SPDX-License-Identifier: Apache-2.0
//
// What Autodiscover came to. Each row is a finding of discover.c, which has looked at all that was tried;
// {found} is what it saw, {mailbox} the address asked for, {tried} the URL that tells most.
#include "verdict_tables.h"

#include <tenon/exchange.h>

#define BY_HAND "name the server in the field `server`"
#define LOOK    "dig SRV _autodiscover._tcp.{server}"

static const struct verdict_row rows[] = {
    {.name = "discover-refused",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-refused",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_PASSWORD,
     .title = "Autodiscover refused the password",
     .detail = "{tried} asked for a sign-in ({offered}) and did not take that of {account}. The "
               "search ended there, because accounts lock.",
     .remedy = "Check user name and password; where the login is not the mail address, give it in "
               "the field `username`. Or " BY_HAND ".",
     .likely = "the password is wrong or has expired",
     .also = {"the login differs from the mail address", "the account is locked or disabled"},
     .prove = "Test-MAPIConnectivity -Identity {mailbox}\nGet-User {account} | Format-List "
              "UserPrincipalName,SamAccountName,UserAccountControl"},
    {.name = "discover-cloud",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-cloud",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_ADMIN,
     .title = "The mailbox lives in Exchange Online",
     .detail = "Autodiscover for {mailbox}: {found}.",
     .remedy = "Use the connector office365-ews for it, where it is installed (`tenon plugin list` "
               "shows that). For servers of your own give an administrator whose mailbox is there, "
               "or " BY_HAND ".",
     .likely = "the mailbox was moved to Exchange Online",
     .also = {"the domain's Autodiscover leads to the cloud although mailboxes are left here"},
     .prove = "Get-Recipient {mailbox} | Format-List RecipientTypeDetails,ExternalEmailAddress"},
    {.name = "discover-unknown",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-unknown",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_ADMIN,
     .title = "Autodiscover does not know the address",
     .detail = "{tried} was signed in to and answered of {mailbox}: {found}.",
     .remedy = "Give the administrator's primary mail address. An account without a mailbox is not "
               "known to Autodiscover: then " BY_HAND ".",
     .likely = "the administrator has no mailbox",
     .also = {"the address is another one than the mailbox's"},
     .prove = "Get-Recipient {mailbox} | Format-List RecipientTypeDetails,PrimarySmtpAddress"},
    {.name = "discover-error",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-error",
     .cause = TENON_E_PROTOCOL,
     .field = TENON_KEY_SERVER,
     .title = "Autodiscover answered with an error",
     .detail = "{tried}, asked for {mailbox}: {found}.",
     .remedy = "Look into the server's event log (MSExchange Autodiscover), or " BY_HAND ".",
     .likely = "the Autodiscover service is not well",
     .prove = "Test-OutlookWebServices -Identity {mailbox}"},
    {.name = "discover-no-way",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-no-way",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .title = "Autodiscover wants a sign-in that is not to be had",
     .detail = "{tried}: {found}.",
     .remedy = "Set `auth` to a way that the server offers, or " BY_HAND ".",
     .likely = "the sign-in that `auth` names is switched off for the Autodiscover directory",
     .prove = "Get-AutodiscoverVirtualDirectory | Format-List Server,*Authentication*"},
    {.name = "discover-foreign",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-foreign",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_SERVER,
     .title = "Autodiscover leads to another domain",
     .detail =
         "For {mailbox} it leads to {found}. No credential was sent there, for nobody said yes.",
     .remedy = "If that host is yours, answer yes when the wizard asks, or give the answer with "
               "`--set discover.redirect=yes`. Else " BY_HAND ".",
     .likely = "Exchange is run under another name, or by somebody else",
     .also = {"somebody would like to have the password"},
     .prove = "getent ahosts {server}"},
    {.name = "discover-loop",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-loop",
     .cause = TENON_E_PROTOCOL,
     .field = TENON_KEY_SERVER,
     .title = "Autodiscover goes round in circles",
     .detail = "{tried}, asked for {mailbox}: {found}.",
     .remedy = "Mend the redirect on the server, or " BY_HAND ".",
     .likely = "two sites or forests send to each other",
     .prove = "Get-Recipient {mailbox} | Format-List RecipientTypeDetails,ExternalEmailAddress\n"
              "Get-ClientAccessService | Format-List Name,AutoDiscoverServiceInternalUri"},
    {.name = "discover-hops",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-hops",
     .cause = TENON_E_PROTOCOL,
     .field = TENON_KEY_SERVER,
     .title = "Autodiscover sends on and on",
     .detail = "{tried}, asked for {mailbox}: {found}.",
     .remedy = "Mend the redirects on the servers, or " BY_HAND ".",
     .likely = "a chain of redirects that nobody looks after"},
    {.name = "discover-busy",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-busy",
     .cause = TENON_E_TRANSIENT,
     .retry = VERDICT_BACKOFF,
     .title = "Autodiscover is busy",
     .detail = "{tried} answered three times that it is busy.",
     .remedy = "Try again in a minute, or " BY_HAND ".",
     .likely = "the server is overloaded"},
    {.name = "discover-certificate-name",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-certificate-name",
     .cause = TENON_E_TLS,
     .field = TENON_KEY_SERVER,
     .title = "The host of Autodiscover has a certificate of another name",
     .detail =
         "{tried}: its certificate is for {names}, and not for {server}. Nothing was sent there.",
     .remedy =
         "Give Autodiscover a certificate with the name {server}; until then name the server in "
         "the field `server`, by a name that its certificate has.",
     .likely = "the certificate was issued without the name of Autodiscover",
     .also = {"the DNS record leads to another server, such as a web host's"},
     .prove = "Get-ExchangeCertificate | Format-List Thumbprint,CertificateDomains,Services"},
    {.name = "discover-stale-srv",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-stale-srv",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_SERVER,
     .title = "The SRV record of Autodiscover leads nowhere",
     .detail = "For {mailbox} there is an SRV record and no server behind it: {found}.",
     .remedy =
         "Change the record to the server and port 443, or take it away; until then " BY_HAND ".",
     .likely = "the record was left behind when the server moved",
     .prove = LOOK},
    {.name = "discover-nothing",
     .check = TENON_CHECK_AUTODISCOVER,
     .finding = "discover-nothing",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_SERVER,
     .title = "Autodiscover found no server",
     .detail =
         "None of the places where Outlook looks for the server of {mailbox} has one: the domain "
         "itself, the host `autodiscover` of it, by http, and the SRV record.",
     .remedy = "Give the name that people use for Outlook on the web in the field `server`, or "
               "publish Autodiscover in DNS.",
     .likely = "Autodiscover is not published in this DNS",
     .also = {"the domain of the mail address is misspelt",
              "it is published inside of your network only, and tenon runs outside"},
     .prove = LOOK},
};

const struct verdict_rows verdict_discover = {rows, sizeof rows / sizeof *rows};
