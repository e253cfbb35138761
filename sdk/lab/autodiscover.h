// SPDX-License-Identifier: Apache-2.0
//
// Autodiscover in its three forms, and the plain http that sends elsewhere.
#ifndef TENON_LAB_AUTODISCOVER_H
#define TENON_LAB_AUTODISCOVER_H

#include "discovery.h"
#include "http.h"
#include "lab.h"

const struct discovery *autodiscover_discovery(const struct lab *lab);

// Whether the request is answered here: a path of Autodiscover, or a host that is not Exchange.
bool autodiscover_serve(struct lab *lab, const struct http_request *request,
                        struct http_answer *answer);

// A listener_service: what http without TLS answers; `context` is the struct lab.
void autodiscover_serve_http(void *context, const struct http_request *request,
                             struct http_answer *answer);

#endif
