// SPDX-License-Identifier: Apache-2.0
//
// A door of the lab: HTTPS, or plain http, on 127.0.0.1, a few event loops, and answers that may be held back.
#ifndef TENON_LAB_LISTENER_H
#define TENON_LAB_LISTENER_H

#include <stdint.h>

#include "http.h"

typedef void listener_service(void *context, const struct http_request *request,
                              struct http_answer *answer);

struct listener_settings {
  uint16_t port;           // 0: any free one
  const char *certificate; // PEM, lives as long as the listener; NULL: plain http
  const char *key;
  const char *priorities; // GnuTLS's; NULL: as they are
  const char *clients;    // PEM of the CA whose certificates clients are asked for; NULL: of none
  listener_service *service; // called on the event loops' threads, several at a time
  void *context;
  void *(*session_create)(void); // for each TCP connection, as its requests see it
  void (*session_destroy)(void *session);
};

struct listener;

// NULL: it could not listen; errno says why.
struct listener *listener_create(const struct listener_settings *settings);
uint16_t listener_port(const struct listener *listener);
void listener_destroy(struct listener *listener);

#endif
