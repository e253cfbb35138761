// SPDX-License-Identifier: Apache-2.0
//
// The lab's web site: which path is answered by what.
#ifndef TENON_LAB_SERVICE_H
#define TENON_LAB_SERVICE_H

#include "http.h"

// A listener_service; `context` is the struct lab.
void service_answer(void *context, const struct http_request *request, struct http_answer *answer);

// The same for http without TLS.
void service_answer_http(void *context, const struct http_request *request,
                         struct http_answer *answer);

#endif
