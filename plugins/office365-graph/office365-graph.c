// SPDX-License-Identifier: Apache-2.0
//
// The connector for mailboxes in Microsoft 365, through Microsoft Graph: who it is, and where its hooks are.
#include "session.h"

#define NAME    "Microsoft 365 (Graph)"
#define SUMMARY "Exchange Online through Microsoft Graph: the one to choose for Microsoft 365 today"

static const tenon_connector connector = {
    .size = sizeof connector,
    .id = MSGRAPH_ID,
    .version = TENON_VERSION,
    .name = NAME,
    .summary = SUMMARY,
    .vendor = "tenon",
    .family = TENON_EXCHANGE_FAMILY,
    .roles = TENON_SOURCE | TENON_TARGET,
    .schema = 1,
    .asks = msgraph_asks,
    .pages = msgraph_pages,
    .fields = msgraph_fields,
    .open = msgraph_open,
    .close = msgraph_close,
    .verify = msgraph_verify,
    .suggest = msgraph_suggest,
    .impersonate = msgraph_impersonate,
    .browse = msgraph_browse,
    .configure = msgraph_configure,
};

TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"" MSGRAPH_ID
    "\",\"version\":\"" TENON_VERSION "\",\"name\":\"" NAME "\",\"summary\":\"" SUMMARY
    "\",\"family\":\"" TENON_EXCHANGE_FAMILY "\",\"roles\":[\"source\",\"target\"],"
    "\"requirements\":[" OAUTH_NEEDS_APPLICATION
    "{\"title\":\"Application permissions of Microsoft Graph: User.Read.All, MailboxSettings.Read, "
    "Mail.ReadBasic.All\","
    "\"detail\":\"Reading the list of users, automatic replies, and the folders' names and sizes; "
    "no message is read. Permissions that hold more (Mail.Read, MailboxSettings.ReadWrite) do as "
    "well.\","
    "\"needs\":\"Privileged Role Administrator, who consents for the whole tenant\","
    "\"when\":\"" OAUTH_WHEN_APP "\"}," OAUTH_NEEDS_PROOF
    "{\"title\":\"A limit to the mailboxes that the application is for, where not all are meant\","
    "\"detail\":\"RBAC for Applications in Exchange Online, in the place of the permissions "
    "MailboxSettings.Read and Mail.ReadBasic.All: with tenant-wide consent to those, a scope "
    "limits nothing.\","
    "\"needs\":\"Organization Management in Exchange Online\",\"when\":\"" OAUTH_WHEN_APP "\"},"
    "{\"title\":\"Delegated permissions of Microsoft Graph: User.Read, User.ReadBasic.All, "
    "Mail.ReadBasic, Mail.Read.Shared\","
    "\"detail\":\"With public client flows allowed, and http://localhost as a redirect URI for "
    "desktop applications where the browser is used.\","
    "\"needs\":\"Cloud Application Administrator, where users may not consent\","
    "\"when\":\"" OAUTH_WHEN_PERSON "\"},"
    "{\"title\":\"Full access to each mailbox, for the person who signs in\","
    "\"detail\":\"A person reaches another mailbox by rights in that mailbox, and by nothing "
    "else.\","
    "\"needs\":\"Recipient Management in Exchange Online\","
    "\"when\":\"" OAUTH_WHEN_PERSON "\"}"
    "]}]}");

TENON_MODULE(&connector);
