// SPDX-License-Identifier: Apache-2.0
//
// EWS of Exchange Online about mailboxes and rights. An application is let in by a permission, which a policy or a scope
// narrows; a person by rights on the mailbox. The role ApplicationImpersonation is gone there, and no remedy speaks of it.
#include "verdict_tables.h"

#include <tenon/exchange.h>

#define DENIED                                                                                     \
  "ErrorImpersonateUserDenied|ErrorImpersonationDenied|ErrorAccessDenied|ErrorSendAsDenied"
#define NOBODY                                                                                     \
  "ErrorNonExistentMailbox|ErrorCannotFindUser|ErrorMailRecipientNotFound|"                        \
  "ErrorMissingEmailAddress"
#define NO_FOLDER "ErrorFolderNotFound|ErrorItemNotFound"
#define IN_SCOPE                                                                                   \
  "Test-ServicePrincipalAuthorization -Identity {appid} -Resource {mailbox}\n"                     \
  "Test-ApplicationAccessPolicy -AppId {appid} -Identity {mailbox}"
#define POLICIES                                                                                   \
  "Get-ApplicationAccessPolicy | Format-List AppId,ScopeName,AccessRight\n"                        \
  "Get-ManagementRoleAssignment -RoleAssigneeType ServicePrincipal | Format-List "                 \
  "App,Role,CustomResourceScope"
#define RECIPIENT                                                                                  \
  "Get-Recipient -Identity {mailbox} | Format-List "                                               \
  "RecipientTypeDetails,PrimarySmtpAddress,ExternalEmailAddress"
#define SETTLES "A changed permission or scope takes up to two hours."

static const struct verdict_row rows[] = {
    // ---- who is not there is refused nothing
    {.name = "cloud-not-in-directory",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = DENIED "|" NO_FOLDER "|ErrorImpersonationFailed",
     .seen = SEEN_MISSING,
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_NO_MAILBOX,
     .field = TENON_KEY_MAILBOX,
     .title = "There is no mailbox {mailbox}",
     .detail = "{tried}: {server} answered {code}, and the tenant's address list does not have "
               "{mailbox}.",
     .remedy = "Check the address {mailbox}.",
     .likely = "The address is mistyped, or the mailbox was removed.",
     .also = {"The mailbox is hidden from address lists, and it may not be opened."},
     .prove = RECIPIENT},
    {.name = "cloud-not-a-mailbox",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = DENIED "|" NOBODY "|" NO_FOLDER "|ErrorImpersonationFailed",
     .seen = SEEN_FOREIGN,
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_ELSEWHERE,
     .field = TENON_KEY_MAILBOX,
     .title = "{mailbox} has no mailbox in Exchange Online",
     .detail =
         "{tried}: {server} answered {code}; the tenant's address list has {mailbox}, but not "
         "as a mailbox of its own.",
     .remedy = "Find out where the mailbox is: one on a server of your own is reached with the "
               "connector for on-premises Exchange, or moved to Exchange Online first.",
     .likely = "A mail user of a hybrid organization, whose mailbox is still on premises.",
     .also = {"It is a contact, a group or a guest."},
     .prove = RECIPIENT},
    {.name = "cloud-elsewhere",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = NOBODY,
     .seen = SEEN_EXISTS,
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_ELSEWHERE,
     .field = TENON_KEY_MAILBOX,
     .title = "The mailbox of {mailbox} is not in Exchange Online",
     .detail = "{tried}: {server} answered {code}, though the tenant's address list has {mailbox}.",
     .remedy = "Reach a mailbox that is still on premises with the connector for on-premises "
               "Exchange, or move it to Exchange Online first; where it should be in the cloud, "
               "look whether it has a licence.",
     .likely = "A hybrid organization: the mailbox was not moved yet.",
     .also = {"The licence was taken away or given minutes ago.", "The mailbox was deleted."},
     .prove = RECIPIENT},
    {.name = "cloud-no-mailbox",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = NOBODY,
     .cause = TENON_E_CONFIG,
     .lookup = true,
     .word = TENON_VERDICT_NO_MAILBOX,
     .field = TENON_KEY_MAILBOX,
     .title = "There is no mailbox {mailbox}",
     .detail = "{tried}: {server} answered {code}.",
     .remedy = "Check the address {mailbox}, and that the user has a licence with Exchange Online.",
     .likely = "The address is mistyped, or the mailbox was removed.",
     .also = {"A hybrid organization: the mailbox is still on premises.",
              "The user has no licence with Exchange Online.",
              "It is a contact, a group or a guest."},
     .prove = RECIPIENT},
    // ---- a person
    {.name = "impersonation-retired",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = "ErrorImpersonateUserDenied|ErrorImpersonationDenied|"
             "ErrorInvalidExchangeImpersonationHeaderData",
     .seen = SEEN_DELEGATED,
     .cause = TENON_E_DENIED,
     .word = TENON_VERDICT_REFUSED,
     .field = TENON_KEY_GRANT,
     .title = "Accounts cannot act as others in Exchange Online",
     .detail = "{tried}: {server} answered {code}. Exchange Online took the impersonation of "
               "accounts away in February 2025; only applications act as others there.",
     .remedy = "Set `grant` to client-secret or certificate, with the application permission "
               "full_access_as_app; or give {account} full access to the mailbox.",
     .likely = "The request carried a header that only an application may send.",
     .mend = "Add-MailboxPermission -Identity {mailbox} -User {account} -AccessRights FullAccess "
             "-AutoMapping $false"},
    {.name = "delegate-denied",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = "ErrorAccessDenied|ErrorSendAsDenied|" NO_FOLDER,
     .seen = SEEN_DELEGATED,
     .cause = TENON_E_DENIED,
     .lookup = true,
     .word = TENON_VERDICT_REFUSED,
     .title = "{account} has no rights on the mailbox of {mailbox}",
     .detail = "{tried}: {server} answered {code}. A person reaches another mailbox by the rights "
               "that its owner or an administrator has given, and by nothing else.",
     .remedy =
         "Give {account} full access to {mailbox}; it takes up to an hour. For many mailboxes "
         "act as an application: set `grant` to client-secret or certificate.",
     .likely = "Neither full access nor rights on the inbox were given.",
     .also = {"Full access was given a short while ago."},
     .prove = "Get-MailboxPermission -Identity {mailbox} -User {account}\n"
              "Get-EXOMailboxFolderPermission -Identity ({mailbox} + ':\\Inbox')",
     .mend = "Add-MailboxPermission -Identity {mailbox} -User {account} -AccessRights FullAccess "
             "-AutoMapping $false"},
    // ---- an application
    {.name = "app-out-of-scope",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = DENIED,
     .seen = SEEN_ACTED,
     .cause = TENON_E_DENIED,
     .lookup = true,
     .word = TENON_VERDICT_OUT_OF_SCOPE,
     .title = "{mailbox} is outside the application's scope",
     .detail = "{tried}: {server} answered {code}, while another mailbox was opened in this "
               "session: the application is limited to some mailboxes, and this is none of them.",
     .remedy = "Put {mailbox} into the scope: into the group of the application access policy, or "
               "under the filter of the management scope (RBAC for Applications). " SETTLES,
     .likely = "An application access policy or a scope of RBAC for Applications leaves it out.",
     .also = {"It was added to the scope less than two hours ago."},
     .prove = IN_SCOPE},
    {.name = "app-scope-or-role",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = DENIED,
     .seen = SEEN_UNPERMITTED,
     .cause = TENON_E_DENIED,
     .lookup = true,
     .word = TENON_VERDICT_REFUSED,
     .title = "The application may not open {mailbox}",
     .detail = "{tried}: {server} answered {code}. The token does not hold full_access_as_app, so "
               "that only a role of RBAC for Applications could let the application in, and it "
               "does not for this mailbox.",
     .remedy = "Assign the role \"Application EWS.AccessAsApp\" with a scope that {mailbox} is in; "
               "or grant full_access_as_app with admin consent. " SETTLES
               " The page of consent: {consent}",
     .likely = "The scope of the role leaves {mailbox} out.",
     .also = {"The role was never assigned to this application.",
              "The object id that New-ServicePrincipal took is the registration's and not the "
              "enterprise application's."},
     .prove = IN_SCOPE "\n" POLICIES},
    {.name = "app-policy",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = DENIED,
     .cause = TENON_E_DENIED,
     .lookup = true,
     .word = TENON_VERDICT_OUT_OF_SCOPE,
     .title = "A policy keeps the application from {mailbox}",
     .detail = "{tried}: {server} answered {code}, though the token holds full_access_as_app.",
     .remedy = "Put {mailbox} into the group of the application access policy, or lift the policy. "
               "It takes an hour and more.",
     .likely = "An application access policy restricts this application to a group that {mailbox} "
               "is not in.",
     .also = {"The permission was granted a short while ago."},
     .prove = IN_SCOPE "\n" POLICIES},
    {.name = "app-needs-mailbox",
     .check = TENON_CHECK_MAILBOX_ADMIN,
     .places = PLACE_BROWSE,
     .soap = "ErrorInvalidExchangeImpersonationHeaderData",
     .seen = SEEN_APP,
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_MAILBOX,
     .title = "An application lists mailboxes as somebody",
     .detail = "{tried}: {server} answered {code}: an application is nobody, and the address list "
               "is asked as the owner of a mailbox.",
     .remedy = "Type the address of one mailbox of this tenant first; then the others are listed "
               "as its owner sees them.",
     .likely = "The field `mailbox` is empty."},
    {.name = "cloud-access-denied",
     .check = TENON_CHECK_EWS_POLICY,
     .places = PLACE_SIGNIN | PLACE_BROWSE,
     .soap = DENIED,
     .cause = TENON_E_DENIED,
     .title = "Exchange Online denies access",
     .detail = "{tried}: {server} answered {code} (\"{text}\").",
     .remedy = "Look what the application may do, and to which mailboxes it is limited.",
     .likely = "A policy or a scope keeps the application from the mailbox that was asked for.",
     .prove = POLICIES},
    // ---- the mailbox itself
    {.name = "cloud-mailbox-disabled",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = "ErrorAccountDisabled",
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_DISABLED,
     .field = TENON_KEY_MAILBOX,
     .title = "The account of {mailbox} is switched off",
     .detail = "{tried}: {server} answered {code}.",
     .remedy = "Unblock the account of {mailbox}, or leave it out.",
     .likely = "The account is blocked from signing in.",
     .prove = "Connect-MgGraph{mgconnect} -Scopes User.Read.All\n"
              "Get-MgUser -UserId {mailbox} -Property AccountEnabled | Format-List AccountEnabled"},
    {.name = "cloud-licence",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = "ErrorInvalidLicense",
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_DISABLED,
     .field = TENON_KEY_MAILBOX,
     .title = "The licence of {mailbox} does not include EWS",
     .detail = "{tried}: {server} answered {code}.",
     .remedy = "Give {mailbox} a licence with Exchange Online Plan 1 or 2, E3 or E5; or go to the "
               "connector for Microsoft Graph.",
     .likely = "The mailbox has only a Kiosk, F1 or F3 licence.",
     .prove = "Connect-MgGraph{mgconnect} -Scopes User.Read.All\n"
              "Get-MgUserLicenseDetail -UserId {mailbox} | Format-List SkuPartNumber"},
    {.name = "cloud-tenant-blocked",
     .check = TENON_CHECK_EWS_POLICY,
     .soap = "ErrorOrganizationAccessBlocked",
     .cause = TENON_E_DENIED,
     .word = TENON_VERDICT_REFUSED,
     .title = "Exchange Online has closed this tenant",
     .detail = "{tried}: {server} answered {code}.",
     .remedy = "Ask Microsoft's support: the tenant is marked for removal.",
     .likely = "The subscription has ended.",
     .prove = "Connect-MgGraph{mgconnect} -Scopes Organization.Read.All\n"
              "Get-MgSubscribedSku | Format-List SkuPartNumber,CapabilityStatus"},
    {.name = "cloud-account-state",
     .check = TENON_CHECK_AUTH_TOKEN,
     .soap = "ErrorPasswordExpired|ErrorPasswordChangeRequired|ErrorAccountDisabled|"
             "ErrorCallerIsInvalidADAccount|ErrorInvalidClientSecurityContext|"
             "ErrorInvalidAuthorizationContext",
     .cause = TENON_E_AUTH,
     .word = TENON_VERDICT_ERROR,
     .field = TENON_KEY_ADMIN,
     .title = "Exchange Online does not accept {account}",
     .detail = "{tried}: {server} answered {code}.",
     .remedy = "Sign in as {account} in a browser and see what Microsoft 365 asks for; then verify "
               "again.",
     .likely = "The account is blocked, or its password has expired."},
    {.name = "cloud-not-primary",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = "ErrorNonPrimarySmtpAddress",
     .seen = SEEN_CORRECTED,
     .unseen = SEEN_AGAIN,
     .cause = TENON_E_CONFIG,
     .retry = VERDICT_CORRECT,
     .word = TENON_VERDICT_INVALID,
     .field = TENON_KEY_MAILBOX,
     .title = "That is a secondary address",
     .detail = "{tried}: {server} wants the primary address, {right}.",
     .remedy = "Use {right}.",
     .likely = "The mailbox has another primary address."},
    {.name = "cloud-address-invalid",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = "ErrorInvalidSmtpAddress|ErrorInvalidUserPrincipalName|ErrorInvalidUserSid|"
             "ErrorInvalidSid|ErrorNonPrimarySmtpAddress|"
             "ErrorInvalidExchangeImpersonationHeaderData|ErrorInvalidUserInfo",
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_INVALID,
     .field = TENON_KEY_MAILBOX,
     .title = "Exchange Online does not take this address",
     .detail = "{tried}: {server} answered {code}.",
     .remedy =
         "Correct {mailbox}; if it is right, set the field `identity` to the form that it has "
         "(smtp or upn).",
     .likely = "The address is malformed.",
     .also = {"It is a user principal name, and the field `identity` says otherwise."},
     .prove = RECIPIENT},
    {.name = "cloud-impersonation-failed",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .soap = "ErrorImpersonationFailed",
     .cause = TENON_E_PROTOCOL,
     .retry = VERDICT_LATER,
     .lookup = true,
     .word = TENON_VERDICT_ERROR,
     .title = "Exchange Online could not act as this mailbox",
     .detail = "{tried}: {server} answered {code}: it did not get so far as to ask for rights.",
     .remedy = "Try again later. If it stays, give the request id to Microsoft's support.",
     .likely = "Trouble inside Exchange Online's directory."},
    {.name = "cloud-directory-needs-mailbox",
     .check = TENON_CHECK_MAILBOX_ADMIN,
     .places = PLACE_BROWSE,
     .soap = "ErrorNameResolutionNoMailbox|" NOBODY,
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_MAILBOX,
     .title = "The list of mailboxes needs somebody with a mailbox",
     .detail = "{tried}: {server} answered {code}: whoever asks for the address list has to have a "
               "mailbox in Exchange Online.",
     .remedy = "Type the address of the mailbox instead. Everything else works without.",
     .likely = "{account} has no mailbox."},
};

const struct verdict_rows verdict_cloud_acting = {rows, sizeof rows / sizeof *rows};
