// SPDX-License-Identifier: Apache-2.0
//
// Kerberos before the server is asked: tickets, keys, realms and KDCs. Here the library and the KDC say
// plainly what is wrong, so that each answer is a row.
#include "verdict_tables.h"

#include <tenon/exchange.h>

// Shows each step: the realm, the KDCs that are asked, and what they answer.
#define TRACE   "env KRB5_TRACE=/dev/stderr kinit {principal}"
#define FETCH   "kinit -c {cache} {principal}"
#define INSTEAD "or set `auth` to ntlm or basic, which need no KDC"

static const struct verdict_row rows[] = {
    {.name = "auth-kerberos-missing",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_NO_MECHANISM,
     .seen = SEEN_KERBEROS,
     .cause = TENON_E_UNSUPPORTED,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "This machine cannot do Kerberos",
     .detail = "Its GSSAPI library has no Kerberos mechanism: {cause}. Nothing was sent.",
     .remedy =
         "Install MIT Kerberos (Debian, Ubuntu: libgssapi-krb5-2; Fedora: krb5-libs), " INSTEAD ".",
     .likely = "the Kerberos libraries are not installed",
     .mend = "apt-get install libgssapi-krb5-2 krb5-user"},
    {.name = "auth-keytab-useless",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_NO_TICKET,
     .seen = SEEN_KEYTAB,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_KEYTAB,
     .word = TENON_VERDICT_ERROR,
     .title = "The keytab gives no ticket",
     .detail = "The {source} has no key that can be used for {user}: {cause}.",
     .remedy =
         "Check that the file is there and readable for who runs tenon, and that it has a key of "
         "the account; where it is of another account, put that one into `username`.",
     .likely = "the keytab is of another account, or cannot be read",
     .also = {"the password was changed after the keytab was made, so that its key is old"},
     .prove = "klist -k -t -e {keytab}"},
    {.name = "auth-ticket-other-user",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_OTHER_TICKET,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_TICKET_CACHE,
     .word = TENON_VERDICT_ERROR,
     .title = "The ticket cache is of another user",
     .detail = "{cache} has no ticket of {user}: {cause}. Nothing was sent.",
     .remedy = "Fetch tickets of the account into a cache of its own and name that one in "
               "`ticket_cache`; where the other user is the right one, put it into `username`.",
     .likely = "`ticket_cache` names the cache that somebody else fetches tickets into",
     .also = {"`username` names another account than the one that was meant"},
     .prove = "klist -c {cache}",
     .mend = FETCH},
    {.name = "auth-ticket-cache-useless",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_NO_TICKET,
     .seen = SEEN_CACHE,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_TICKET_CACHE,
     .word = TENON_VERDICT_ERROR,
     .title = "There is no ticket in the ticket cache",
     .detail = "{cache} gives no ticket of {user}: {cause}. Nothing was sent.",
     .remedy = "Fetch one into it as the same person that runs tenon, or name another cache in "
               "`ticket_cache`, or a keytab in `keytab`.",
     .likely = "nobody fetched a ticket into it, or the path is another one",
     .also = {"the cache cannot be read by who runs tenon"},
     .prove = "klist -c {cache}",
     .mend = FETCH},
    {.name = "auth-ticket-cache-expired",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_TICKET_EXPIRED,
     .seen = SEEN_CACHE,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_TICKET_CACHE,
     .word = TENON_VERDICT_ERROR,
     .title = "The ticket in the ticket cache has expired",
     .detail = "The ticket of {user} in {cache} ended{ended}. Nothing was sent.",
     .remedy = "Fetch a new one into it. Where tenon runs unattended, name a keytab in `keytab`: "
               "it fetches its own tickets.",
     .likely = "the ticket's lifetime is over (often ten hours)",
     .prove = "klist -c {cache}",
     .mend = FETCH},
    {.name = "auth-no-ticket",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_NO_TICKET,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "There is no Kerberos ticket",
     .detail =
         "The sign-in is to be done with a ticket of this machine, and there is none: {cause}. "
         "Nothing was sent.",
     .remedy = "Fetch one with kinit as the same person that runs tenon, or name a keytab in "
               "`keytab`, or set `auth` to auto and give the password.",
     .likely = "nobody ran kinit, or its tickets lie in another cache",
     .also = {"the cache is one that a service cannot see (KCM or the keyring of a session)"},
     .prove = "klist -A",
     .mend = "kinit {principal}"},
    {.name = "auth-ticket-expired",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_TICKET_EXPIRED,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "The Kerberos ticket has expired",
     .detail = "The ticket of {user} ended{ended}. Nothing was sent.",
     .remedy =
         "Fetch a new one with kinit. Where tenon runs unattended, name a keytab in `keytab`: it "
         "fetches its own tickets.",
     .likely = "the ticket's lifetime is over (often ten hours)",
     .prove = "klist -A",
     .mend = "kinit {principal}"},
    {.name = "auth-no-realm",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_NO_REALM,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "No Kerberos realm is known for this account",
     .detail =
         "For {principal} this machine knows no realm or none of its KDCs: {cause}. Nothing was "
         "sent.",
     .remedy =
         "Have DNS answer _kerberos._tcp.{realm}, or name a domain controller as kdc of {realm} "
         "in the section [realms] of /etc/krb5.conf, " INSTEAD ".",
     .likely =
         "this machine does not ask the domain's DNS servers, and /etc/krb5.conf does not name "
         "the realm",
     .also = {"the part behind the @ is a mail domain and not the name of the realm"},
     .prove = "dig +short SRV _kerberos._tcp.{realm}\n" TRACE},
    {.name = "auth-no-kdc",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_NO_KDC,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "No KDC of the realm answers",
     .detail = "None of the KDCs of {realm} answered: {cause}. Nothing was sent to {server}.",
     .remedy = "Have the firewall let this machine reach port 88 (TCP and UDP) of the domain "
               "controllers, " INSTEAD ".",
     .likely = "a firewall is in between, or the domain controllers are down",
     .also = {"/etc/krb5.conf or DNS names KDCs that are gone"},
     .prove = TRACE},
    {.name = "auth-account-unknown",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_ACCOUNT_UNKNOWN,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_USERNAME,
     .word = TENON_VERDICT_ERROR,
     .title = "The KDC does not know this account",
     .detail = "{realm} has no account {user}: {cause}. No password was sent to {server}.",
     .remedy = "Put the account's own name at its domain into `username`: name@{realm}. The mail "
               "address is another name where the domain of the mail is not that of the directory.",
     .likely = "the mail address is not the name that the account signs in with",
     .also = {"the name is mistyped"},
     .prove = "Get-User {account} | Format-List UserPrincipalName,SamAccountName"},
    {.name = "auth-password-kdc",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_PASSWORD,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_PASSWORD,
     .word = TENON_VERDICT_ERROR,
     .title = "The domain says that the password is wrong",
     .detail = "The KDC of {realm} knows {user} and refused the password: {cause}. One attempt was "
               "made, and no other way was tried with it, so that the account is not locked.",
     .remedy = "Type the password again.",
     .likely = "the password is wrong",
     .also =
         {"the password was changed a moment ago, and this domain controller does not have it yet"},
     .prove = VERDICT_ACCOUNT},
    {.name = "auth-password-expired",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_PASSWORD_EXPIRED,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_PASSWORD,
     .word = TENON_VERDICT_ERROR,
     .title = "The password has expired",
     .detail = "The KDC of {realm} says that {user} has to change its password first.",
     .remedy = "Change the password of the account, then give the new one here. An account of a "
               "service is best set so that its password does not expire.",
     .likely =
         "the password is older than the domain allows, or must be changed at the next sign-in",
     .prove = VERDICT_ACCOUNT,
     .mend = "kpasswd {principal}"},
    {.name = "auth-account-locked",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_ACCOUNT_LOCKED,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_USERNAME,
     .word = TENON_VERDICT_ERROR,
     .title = "The account is locked or disabled",
     .detail = "The KDC of {realm} gives {user} no ticket: {cause}. The password was not judged.",
     .remedy = "Unlock or enable the account. If it locks again, find who signs in with an old "
               "password: tenon makes one attempt only.",
     .likely = "too many sign-ins with a wrong password",
     .also = {"the account is disabled or has ended", "it may sign in at certain hours only"},
     .prove = VERDICT_ACCOUNT,
     .mend = "Unlock-ADAccount -Identity (Get-User {account}).DistinguishedName"},
    {.name = "auth-spn-unknown",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_SERVICE_UNKNOWN,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_SPN,
     .word = TENON_VERDICT_ERROR,
     .title = "The domain knows no service of this name",
     .detail =
         "The KDC has no account with the service name {service}: {cause}. The password is right "
         "where one was used; nothing was sent to {server}.",
     .remedy = "Register {spn} for the account that the servers behind it run with: the computer "
               "of a single server, the alternate service account of several (setspn -S). Or write "
               "the server's own service name into `spn`, " INSTEAD ".",
     .likely = "it is the name of a load balancer or an alias, and no alternate service account "
               "has it",
     .also = {"the server was named by its address: services are known by name",
              "the name in `spn` is mistyped"},
     .prove = "setspn -Q {spn}\nGet-ClientAccessService "
              "-IncludeAlternateServiceAccountCredentialStatus | Format-List "
              "Name,AlternateServiceAccountConfiguration"},
    {.name = "auth-clock",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_CLOCK,
     .cause = TENON_E_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "The clocks differ too much for Kerberos",
     .detail = "Kerberos allows five minutes between this machine, the KDC and the server. {skew}",
     .remedy = "Set this machine's clock from the network, and the server's from its domain.",
     .likely = "this machine's clock is wrong",
     .also = {"the clock of the server or of the domain controller is wrong"},
     .prove = "date -u\ncurl -sI {url}",
     .mend = "timedatectl set-ntp true"},
    {.name = "auth-encryption",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_ENCRYPTION,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "No encryption type in common with the KDC",
     .detail = "{realm} and this machine have no kind of encryption in common for {user}: {cause}.",
     .remedy = "Allow AES for the account and set its password once more, so that it gets such "
               "keys, " INSTEAD ".",
     .likely = "the account has RC4 keys only, which this machine does not take any more",
     .prove = "Get-ADUser -Identity (Get-User {account}).DistinguishedName -Properties "
              "msDS-SupportedEncryptionTypes,PasswordLastSet",
     .mend = "Set-ADUser -Identity (Get-User {account}).DistinguishedName -KerberosEncryptionType "
             "AES128,AES256"},
    {.name = "auth-ticket-binding-mismatch",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_REJECTED,
     .seen = SEEN_KERBEROS | SEEN_BOUND | SEEN_BETWEEN,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_SERVER,
     .word = TENON_VERDICT_ERROR,
     .title = "Something between here and the server ends TLS",
     .detail =
         "The KDC gave {user} a ticket for {service}, so that name and password are right. It "
         "went to {server} bound to the certificate that came here, issued by {issuer}, and was "
         "refused. {between} Where Extended Protection is on, the server refuses what is bound "
         "to another certificate than its own.",
     .remedy =
         "Have {host} excepted from the inspection of TLS, or have what stands in front of the "
         "server show the server's own certificate, or name the server itself.",
     .likely =
         "the sign-in is bound to a certificate that is not the server's (Extended Protection)",
     .also = {"an authentication policy keeps the account from EWS (BlockLegacyAuthWebServices)",
              "the service name belongs to another account than the one that the server runs with"},
     .prove = VERDICT_CERTIFICATES},
    {.name = "auth-ticket-refused",
     .check = TENON_CHECK_AUTH_NEGOTIATE,
     .signin = TENON_HTTP_SIGNIN_REJECTED,
     .seen = SEEN_KERBEROS,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "The server refused a good Kerberos ticket",
     .detail = "The KDC gave {user} a ticket for {service}, so that name and password are right; "
               "{server} answered 401 all the same.",
     .remedy = "Do not change the password. Look on the server why the ticket is refused, by the "
               "event below; set `auth` to ntlm or basic to go on meanwhile.",
     .likely = "an authentication policy keeps the account from EWS (BlockLegacyAuthWebServices)",
     .also =
         {"the service name belongs to another account than the one that the server runs with",
          "something in between ends TLS with a certificate of its own, which Extended Protection "
          "refuses",
          "the server's clock is wrong"},
     .prove = "(Get-User {account}).AuthenticationPolicy\nsetspn -Q HTTP/{host}\n" VERDICT_EVENTS},
};

const struct verdict_rows verdict_kerberos = {rows, sizeof rows / sizeof *rows};
