// SPDX-License-Identifier: Apache-2.0
//
// EWS of Exchange Online: tokens instead of passwords, and the policies that stand before it.
#ifndef TENON_LAB_EXO_H
#define TENON_LAB_EXO_H

#include "ews.h"
#include "token.h"

// Whether the request's token is one for Exchange. false: the answer is the 401.
bool exo_accepts(struct lab *lab, const struct http_request *request, struct http_answer *answer);

// A scenario_hook: whether a policy blocks EWS; the answer is there then.
bool exo_policy(struct lab *lab, const struct http_request *request, struct http_answer *answer);

// As whom the call is made: an application must name somebody, a person must not.
bool exo_access_read(const struct lab *lab, const struct xml_element *header, struct ews_call *call,
                     struct ews_fault *ret_fault);

#endif
