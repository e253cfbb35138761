// SPDX-License-Identifier: Apache-2.0
//
// The metadata service of a virtual machine in Azure, as far as managed identities go. It is asked by
// plain http.
#ifndef TENON_LAB_IMDS_H
#define TENON_LAB_IMDS_H

#include "http.h"
#include "lab.h"

// Whether the path is the service's; then the answer is there.
bool imds_serve(struct lab *lab, const struct http_request *request, struct http_answer *answer);

#endif
