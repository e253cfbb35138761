// SPDX-License-Identifier: Apache-2.0
//
// EWS of Exchange Online: policy, allow list, permission, scope and mailboxes.
#include "verdict_tables.h"

#include <tenon/exchange.h>

static const struct verdict_row rows[] = {
    {.name = "cloud-ews-error",
     .check = TENON_CHECK_EWS_ENDPOINT,
     .soap = "ErrorInternalServerError",
     .cause = TENON_E_PROTOCOL,
     .title = "The answer is not understood",
     .detail = "{tried}: {server} answered otherwise than it should.",
     .remedy = "Try again; if it stays, report it with the request id."},
};

const struct verdict_rows verdict_cloud_acting = {rows, sizeof rows / sizeof *rows};
