// SPDX-License-Identifier: Apache-2.0
//
// What lies below HTTP, told from one answer: the route, the name, the connection, TLS, the certificate.
// For the first host that a verification speaks to; what fails at a later one is told by the check that
// wanted it.
#ifndef KIT_LAYERS_H
#define KIT_LAYERS_H

#include "report.h"
#include "verdict.h"

#define LAYERS_CERTIFICATE_DAYS 30 // a certificate of one's own that ends sooner is a warning
#define LAYERS_HOST_MAX         254
#define LAYERS_NAMES_MAX        300 // bytes shown of the names of a certificate

// Ids and titles of them all, for report_skip_rest. A proxy is left out where nobody named one.
#define LAYERS_TABLE                                                                               \
  {TENON_CHECK_NET_RESOLVE, "Name"}, {TENON_CHECK_NET_CONNECT, "Connection"},                      \
      {TENON_CHECK_TLS_HANDSHAKE, "TLS"},                                                          \
  {                                                                                                \
    TENON_CHECK_TLS_CERTIFICATE, "Certificate"                                                     \
  }
#define LAYERS_N 4 // of the table

// Reports the layers that the evidence's completion came through, and the one that failed; false when one
// did: then `verdict` holds it. otherwise: the id of a failure whose own id was said already.
bool layers_report(struct report *report, const struct verdict_evidence *evidence,
                   struct verdict *verdict, const char *otherwise);

#endif
