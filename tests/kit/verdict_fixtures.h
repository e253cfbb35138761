// SPDX-License-Identifier: Apache-2.0
//
// One symptom: what came back, and the row that it must be found under.
#ifndef TESTS_KIT_VERDICT_FIXTURES_H
#define TESTS_KIT_VERDICT_FIXTURES_H

#include "verdict.h"

struct fixture {
  const char *row;
  uint32_t place, fault, tls;
  int code;
  const char *finding; // of a search; or NULL
  const char *headers; // "Name: value\n..."
  const char *body;
  const char *reason;              // of a failure below HTTP; NULL: some
  uint64_t seen;                   // what the caller knows: SEEN_EXISTS, SEEN_AGAIN...
  const tenon_http_signin *signin; // of a channel
  uint32_t proxy_fault;            // with TENON_HTTP_FAULT_PROXY
  int proxy_code;
  uint32_t proxy_signin;
  const tenon_http_tls *shown; // what the server showed; NULL: its certificate and an issuer's
};

extern const struct fixture fixtures[];
extern const size_t n_fixtures;

// An answer whose response code is this.
#define FAULT(code)                                                                                \
  "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\"><s:Body><s:Fault><faultcode>" code                 \
  "</faultcode><faultstring>words</faultstring></s:Fault></s:Body></s:Envelope>"

#endif
