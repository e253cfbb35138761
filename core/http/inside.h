// SPDX-License-Identifier: Apache-2.0
/* The service from within: what the files of this room share. */
#ifndef CORE_HTTP_INSIDE_H
#define CORE_HTTP_INSIDE_H

#include "core/http/credential.h"
#include "core/http/gate.h"
#include "core/http/gate_words.h"
#include "core/http/pump.h"
#include "core/http/service.h"
#include "core/http/settings.h"
#include "core/http/transaction.h"

#define HTTP_COMPLETIONS_MAX 1024u /* given to the plugin and not yet released */

struct http_service {
  tenon_http table; /* first: the plugin hands its address back */
  struct http_config config;
  struct settings settings;
  struct credentials *credentials;
  struct gate *gate;
  struct gate_words words; /* for it */
  struct names *names;     /* NULL: the system looks them up */
  struct pump pump;
  struct tenon_http_channel *channels;
  struct login *logins;
  struct transaction *in_passage; /* those that wait for the proxy's account */
  struct transaction *all, *free_list;
  struct transaction *ended, **ended_last;
  unsigned in_flight; /* started, completion not yet taken */
  unsigned count;     /* of all */
  bool options_given, used, inside_sink;
  char why[TLS_CLIENT_WHY_MAX]; /* the options were refused: the sentence */
};

/* service.c: the completion is ready to be taken. */
void service_queue(struct http_service *, struct transaction *);
/* For channels: as the functions of the table do it. */
TENON_NODISCARD tenon_status service_begin(struct http_service *, struct tenon_http_channel *,
                                           const tenon_call *, const tenon_http_request *,
                                           void *tag, struct transaction **ret);
TENON_NODISCARD const tenon_http_completion *service_wait(struct http_service *, const tenon_call *,
                                                          struct transaction *);
void service_park(struct http_service *);
/* Takes a transaction out of wherever it is; the plugin hears no more of it. */
void service_discard(struct http_service *, struct transaction *);
/* Forgets one that no channel will use again. */
void service_destroy_transaction(struct http_service *, struct transaction *);
/* log.c: one line about a sign-in that ended. */
void log_signin(const struct tenon_http_channel *);
/* log.c: one line about a transaction that ended. */
void log_transaction(const struct transaction *);

#endif
