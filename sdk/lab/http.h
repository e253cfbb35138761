// SPDX-License-Identifier: Apache-2.0
//
// What a service of the lab sees of HTTP: a request that has arrived whole, and an answer to fill
// in. Nothing here blocks: an answer that shall come late says so and the listener waits for it.
#ifndef TENON_LAB_HTTP_H
#define TENON_LAB_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "lab_limits.h"
#include "text.h"

struct MHD_Connection;

struct http_request {
  struct MHD_Connection *connection;
  void *session; // of the TCP connection; see listener_settings
  const char *method;
  const char *path;
  const char *body; // ends in a zero byte
  size_t length;
};

struct http_header {
  const char *name; // lives as long as the program
  char value[HTTP_HEADER_VALUE_MAX];
};

struct http_answer {
  unsigned int status;
  struct text body;
  size_t header_count;
  struct http_header headers[HTTP_HEADERS_MAX];
  struct text authenticate; // one more WWW-Authenticate, before the others: a message of any length
  struct text location;     // a Location of any length
  int delay_ms;             // nothing is sent before
  int dribble_ms;           // the body is sent in pieces over this time
  bool reset;               // no answer: the connection is reset
};

// The value of a request's header, or NULL.
const char *http_request_header(const struct http_request *request, const char *name);

// Adds a header; one too many is left out, one too long is cut.
void http_answer_header(struct http_answer *answer, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
