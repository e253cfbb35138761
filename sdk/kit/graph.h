// SPDX-License-Identifier: Apache-2.0
//
// What Microsoft Graph says, as far as a verdict needs it.
#ifndef KIT_GRAPH_H
#define KIT_GRAPH_H

#include "text.h"

#define GRAPH_CODE_MAX 96
#define GRAPH_TEXT_MAX 512

// {"error":{"code","message","innerError":{...}}}, alone or as the body of a part of a $batch answer. The most specific
// code of the nested ones is kept; it may be "".
struct graph_error {
  char code[GRAPH_CODE_MAX];
  char text[GRAPH_TEXT_MAX];
  char request_id[64], date[40];
  bool readable;
};

void graph_error_read(const char *bytes, size_t len, struct graph_error *ret);

#endif
