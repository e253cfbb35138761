// SPDX-License-Identifier: Apache-2.0
//
// What Microsoft Graph refuses, and why.
#include "verdict_tables.h"

#include <tenon/exchange.h>

static const struct verdict_row rows[] = {
    {.name = "graph-error",
     .check = TENON_CHECK_GRAPH_ENDPOINT,
     .graph = "UnknownError",
     .cause = TENON_E_PROTOCOL,
     .title = "The answer is not understood",
     .detail = "{tried}: {server} answered otherwise than it should.",
     .remedy = "Try again; if it stays, report it with the request id."},
};

const struct verdict_rows verdict_graph = {rows, sizeof rows / sizeof *rows};
