// SPDX-License-Identifier: Apache-2.0
//
// The hooks of the scenarios in which Exchange, or something in front of it, does not answer as it
// should.
#include "scenario.h"

#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <stdio.h>

#include "iis.h"

#define THROTTLE_EVERY   3
#define THROTTLE_WAIT_MS 200
#define SLOW_DELAY_MS    1000
#define SLOW_DRIBBLE_MS  4000

// FNV-1a; never 0, which is a free slot.
static uint64_t
hash_of(const unsigned char *bytes, size_t length)
{
  uint64_t hash = UINT64_C(14695981039346656037);
  for (size_t i = 0; i < length; i++)
    hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
  return hash | 1;
}

// A client that comes back as it was told must get on, however many others ask beside it: what was
// refused is remembered until it comes again, and then served. Where there is no room to remember it,
// it is not refused.
bool
scenario_refuses_once(struct lab *lab, const void *bytes, size_t length, bool due)
{
  uint64_t hash = hash_of(bytes, length), other = hash, none = 0;
  _Atomic uint64_t *slot = &lab->refused[(hash >> 1) % LAB_REFUSED_SLOTS];
  if (atomic_compare_exchange_strong(slot, &other, 0))
    return false;
  return due && atomic_compare_exchange_strong(slot, &none, hash);
}

bool
scenario_throttle(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  unsigned long long count = atomic_fetch_add(&lab->throttled, 1) + 1;
  if (!scenario_refuses_once(lab, request->body, request->length, count % THROTTLE_EVERY == 0))
    return false;
  struct ews_fault fault;
  ews_fault_set(&fault, "ErrorServerBusy");
  fault.value_name = "BackOffMilliseconds";
  snprintf(fault.value, sizeof(fault.value), "%d", THROTTLE_WAIT_MS);
  answer->status = 500;
  http_answer_header(answer, "Content-Type", "text/xml; charset=utf-8");
  ews_write_fault(&answer->body, &fault);
  return true;
}

bool
scenario_log_on_page(struct lab *lab, const struct http_request *request,
                     struct http_answer *answer)
{
  (void)lab;
  const char *host = http_request_header(request, "Host");
  answer->status = 302;
  http_answer_header(answer, "Location",
                     "https://%.100s/owa/auth/logon.aspx?replaceCurrent=1&reason=0&url=%%2fews%%2f"
                     "exchange.asmx",
                     host != NULL ? host : LAB_HOST);
  return true;
}

bool
scenario_blocked(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  (void)lab;
  (void)request;
  answer->status = 403;
  return true;
}

bool
scenario_reset(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  (void)lab;
  (void)request;
  answer->reset = true;
  return true;
}

// As IIS does with "Require SSL, client certificates: Require": 403.7 where none was shown, 403.16 where
// it is not trusted. Who is asked was the listener's business.
bool
scenario_client_certificate(struct lab *lab, const struct http_request *request,
                            struct http_answer *answer)
{
  (void)lab;
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  gnutls_session_t session = info != NULL ? (gnutls_session_t)info->tls_session : NULL;
  unsigned int faults = 0;
  bool shown = session != NULL && gnutls_certificate_get_peers(session, &faults) != NULL;
  bool good = shown && gnutls_certificate_verify_peers2(session, &faults) == GNUTLS_E_SUCCESS &&
              faults == 0;
  if (good)
    return false;
  iis_page(answer, 403, "403 - Forbidden: Access is denied.",
           shown ? "The client certificate is not trusted (403.16)."
                 : "The page requires a client certificate (403.7).");
  return true;
}

bool
scenario_error_page(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  (void)lab;
  (void)request;
  iis_page(answer, 500, "Server Error in '/EWS' Application.",
           "Runtime Error: an application error occurred on the server.");
  return true;
}

void
scenario_slow(struct http_answer *answer)
{
  answer->delay_ms += SLOW_DELAY_MS;
  if (answer->body.length > 0)
    answer->dribble_ms = SLOW_DRIBBLE_MS;
  else
    answer->delay_ms += SLOW_DRIBBLE_MS;
}
