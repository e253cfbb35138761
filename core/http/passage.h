// SPDX-License-Identifier: Apache-2.0
/* Past the proxy: its account is an account like any other, and locks. One request at a time carries its password until
 * the proxy has let one through; after a refusal none does. */
#ifndef CORE_HTTP_PASSAGE_H
#define CORE_HTTP_PASSAGE_H

#include <stdbool.h>

#include <curl/curl.h>

#include "core/http/gate.h"

struct http_service;
struct transaction;

enum passage_state { PASSAGE_NONE, PASSAGE_WAITING, PASSAGE_INSIDE };

/* Before it is given to libcurl, which sends the password as soon as the proxy is connected. GATE_WAIT: woken later. */
TENON_NODISCARD enum gate_word passage_enter(struct transaction *);
/* The gate has woken it with this word; GATE_WAIT: it is not its turn yet. */
TENON_NODISCARD enum gate_word passage_go_on(struct transaction *, enum gate_word);
/* From within libcurl: the proxy has made the tunnel, so its password is good. */
void passage_made(struct transaction *);
/* libcurl has given it back: nobody needs to wait for what becomes of a request whose tunnel stood. */
void passage_settle(struct transaction *);
/* The transaction has ended, or is taken away. */
void passage_leave(struct transaction *);
/* Whose visit it is that the gate has woken; NULL: it was none at a proxy. */
struct transaction *passage_woken(struct http_service *, struct gate_visit *);

/* The proxy itself has answered, with this status. */
void passage_refused(struct transaction *, int32_t code);
/* What libcurl's code means where it concerns the proxy; false: it does not. */
TENON_NODISCARD bool passage_explain(struct transaction *, CURLcode);

#endif
