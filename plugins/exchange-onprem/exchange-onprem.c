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

TENON_NOTE("{\"abi\":[1,0],\"needs\":[\"net+krb5\"],\"connectors\":[{\"id\":\"" ONPREM_ID
           "\",\"version\":\"" TENON_VERSION
           "\",\"name\":\"On-premises Exchange\",\"summary\":\"" SUMMARY
           "\",\"family\":\"" TENON_EXCHANGE_FAMILY "\",\"roles\":[\"source\",\"target\"]}]}");

TENON_MODULE(&connector);
