// SPDX-License-Identifier: Apache-2.0
/* The service tenon.http/1 as its host sees it: made for one session, asked for its table of functions, told when a
 * hook returns, destroyed. Everything runs on the thread of the hooks; nothing here starts a thread but libcurl's
 * resolver. The process calls curl_global_init(CURL_GLOBAL_DEFAULT) before the sandbox and the first
 * http_service_create. */
#ifndef CORE_HTTP_SERVICE_H
#define CORE_HTTP_SERVICE_H

#include <tenon/http.h>

#include "core/http/gate.h"
#include "core/secret/handle.h"
#include "core/secret/scrub.h"

/* The proxy variables as the host read them (the worker's own environment is clean and is not read). NULL or "": not
 * set. URLs without user information: the host keeps the password as a secret of the session. */
struct http_environment {
  const char *http_proxy, *https_proxy, *no_proxy;
  const char *http_user, *https_user;       /* of http_proxy, of https_proxy; or NULL */
  tenon_secret *http_secret, *https_secret; /* likewise */
};

struct http_config {
  struct secret_table *secrets;        /* borrowed, outlives the service */
  struct scrubber *scrubber;           /* borrowed, outlives the service */
  struct http_environment environment; /* copied */
  const char *user_agent;              /* copied; NULL: "tenon/VERSION" */
  /* PEM bundle of the system's authorities; copied; NULL: the one libcurl was built for. Read at the first TLS
   * connection, so the sandbox must let it be read. */
  const char *ca_bundle;
  int32_t log_level; /* the chattiest level wanted: TENON_LOG_...; 0: none */
  /* Already scrubbed; or NULL. false: no more, and none is made: a bulk run would make a million. */
  bool (*log)(void *user, int32_t level, const char *message);
  void *log_user;
  struct gate_upstream gate; /* the host program's; enter NULL: there is none */
};

struct http_service;

/* NULL: no memory or no descriptors (errno). */
TENON_NODISCARD struct http_service *http_service_create(const struct http_config *);
/* Closes connections, wipes credentials. NULL is fine. */
void http_service_destroy(struct http_service *);

/* What tenon_host.extension(TENON_HTTP_ID) gives. Valid until destroy. */
TENON_NODISCARD const tenon_http *http_service_table(struct http_service *);

/* When a hook has returned: ends what is in flight, takes back every completion, forgets the call's cancel descriptor
 * (which the caller may close only afterwards). Kept-alive connections stay. */
void http_service_finish_hook(struct http_service *);

/* The host program's word on a request that config.gate.enter gave the number of. [any thread] */
void http_service_gate_word(struct http_service *, uint64_t request, enum turn_word);

#endif
