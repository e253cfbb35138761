// SPDX-License-Identifier: Apache-2.0
//
// The connector for Exchange Online through EWS, in its last months: who it is, and where its hooks are.
#include "session.h"

// Microsoft has named the day for its worldwide cloud alone.
#define WORLDWIDE                                                                                  \
  TENON_KEY_CLOUD " != 'gcc-high' && " TENON_KEY_CLOUD " != 'dod' && " TENON_KEY_CLOUD " != "      \
                  "'china'"
#define NAME "Office 365"
#define SUMMARY                                                                                    \
  "Exchange Online through EWS, which ends on 1 April 2027: for applications on the allow list"

static const tenon_connector connector = {
    .size = sizeof connector,
    .id = CLOUDEWS_ID,
    .version = TENON_VERSION,
    .name = NAME,
    .summary = SUMMARY,
    .vendor = "tenon",
    .family = TENON_EXCHANGE_FAMILY,
    .roles = TENON_SOURCE | TENON_TARGET,
    .schema = 1,
    .retires = CLOUDEWS_RETIRES,
    .successor = CLOUDEWS_SUCCESSOR,
    .asks = cloudews_asks,
    .pages = cloudews_pages,
    .fields = cloudews_fields,
    .open = cloudews_open,
    .close = cloudews_close,
    .verify = cloudews_verify,
    .suggest = cloudews_suggest,
    .impersonate = cloudews_impersonate,
    .browse = cloudews_browse,
    .configure = cloudews_configure,
};

TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"" CLOUDEWS_ID
    "\",\"version\":\"" TENON_VERSION "\",\"name\":\"" NAME "\",\"summary\":\"" SUMMARY
    "\",\"family\":\"" TENON_EXCHANGE_FAMILY
    "\",\"roles\":[\"source\",\"target\"],\"retires\":\"" CLOUDEWS_RETIRES
    "\",\"retires_when\":\"" WORLDWIDE "\",\"successor\":\"" CLOUDEWS_SUCCESSOR
    "\",\"requirements\":[" OAUTH_NEEDS_APPLICATION
    "{\"title\":\"The application permission full_access_as_app of Office 365 Exchange Online\","
    "\"detail\":\"It opens all mailboxes of the tenant. It stands under APIs my organization uses, "
    "and wants an administrator's consent.\","
    "\"needs\":\"Privileged Role Administrator, who consents for the whole tenant\","
    "\"when\":\"" OAUTH_WHEN_APP "\"}," OAUTH_NEEDS_PROOF
    "{\"title\":\"A limit to the mailboxes that the application is for, where not all are meant\","
    "\"detail\":\"The role Application EWS.AccessAsApp of RBAC for Applications, in the place of "
    "full_access_as_app: with that permission, a scope limits nothing.\","
    "\"needs\":\"Organization Management in Exchange Online\",\"when\":\"" OAUTH_WHEN_APP "\"},"
    "{\"title\":\"The delegated permission EWS.AccessAsUser.All of Office 365 Exchange Online\","
    "\"detail\":\"With public client flows allowed, and http://localhost as a redirect URI for "
    "desktop applications where the browser is used.\","
    "\"needs\":\"Cloud Application Administrator, where users may not consent\","
    "\"when\":\"" OAUTH_WHEN_PERSON "\"},"
    "{\"title\":\"Full access to each mailbox, for the person who signs in\","
    "\"detail\":\"A person reaches another mailbox by rights on that mailbox, and by nothing else: "
    "Exchange Online took the impersonation of accounts away in February 2025.\","
    "\"needs\":\"Recipient Management in Exchange Online\",\"when\":\"" OAUTH_WHEN_PERSON "\"},"
    "{\"title\":\"The application's id on the tenant's allow list for EWS\","
    "\"detail\":\"Since 1 October 2026 Exchange Online lets only listed applications use EWS; on 1 "
    "April 2027 EWS ends there for everybody. The connector for Microsoft Graph needs no list.\","
    "\"needs\":\"Exchange Administrator\"}"
    "]}]}");

TENON_MODULE(&connector);
