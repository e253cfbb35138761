// SPDX-License-Identifier: Apache-2.0
//
// No token: what Entra ID said, and what that means.
#include "verdict_tables.h"

#include <tenon/exchange.h>

static const struct verdict_row rows[] = {
    {.name = "token-refused",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .cause = TENON_E_PROTOCOL,
     .title = "The answer is not understood",
     .detail = "{tried}: {server} answered otherwise than it should.",
     .remedy = "Try again; if it stays, report it with the request id."},
};

const struct verdict_rows verdict_token = {rows, sizeof rows / sizeof *rows};
