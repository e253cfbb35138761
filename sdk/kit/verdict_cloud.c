// SPDX-License-Identifier: Apache-2.0
//
// What else a host of Microsoft 365, or something before it, answers; and the row that always fits.
#include "verdict_tables.h"

#include <tenon/exchange.h>

static const struct verdict_row rows[] = {
    {.name = "cloud-unknown",
     .check = TENON_CHECK_EWS_ENDPOINT,

     .cause = TENON_E_PROTOCOL,
     .title = "The answer is not understood",
     .detail = "{tried}: {server} answered otherwise than it should.",
     .remedy = "Try again; if it stays, report it with the request id."},
};

const struct verdict_rows verdict_cloud = {rows, sizeof rows / sizeof *rows};
