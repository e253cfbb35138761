// SPDX-License-Identifier: Apache-2.0
//
// Somebody who copies the commands of one step alone has to get on: each cmdlet stands behind the line that connects its module.
#ifndef TESTS_KIT_PLAN_LINES_H
#define TESTS_KIT_PLAN_LINES_H

#include <check.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static inline void
plan_lines_are_connected(const char *id, const char *commands)
{
  bool graph = false, exchange = false;
  for (const char *line = commands; line != NULL && *line != 0;) {
    char text[1024];
    snprintf(text, sizeof text, "%.*s", (int)strcspn(line, "\n"), line);
    graph = graph || strncmp(text, "Connect-MgGraph -Scopes ", 24) == 0 ||
            strncmp(text, "Connect-MgGraph -Environment ", 29) == 0;
    exchange = exchange || strncmp(text, "Connect-ExchangeOnline", 22) == 0;
    bool cmdlet = isupper((unsigned char)text[0]) && strncmp(text, "Connect-", 8) != 0;
    bool of_graph = strstr(text, "-Mg") != NULL;
    bool of_exchange = cmdlet && strncmp(text + strcspn(text, "-"), "-Mg", 3) != 0;
    if (cmdlet && of_graph)
      ck_assert_msg(graph, "%s: %s", id, text);
    if (of_exchange)
      ck_assert_msg(exchange, "%s: %s", id, text);
    line = strchr(line, '\n');
    line += line != NULL;
  }
}

#endif
