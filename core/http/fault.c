// SPDX-License-Identifier: Apache-2.0
/* What libcurl's code means, said in the ABI's faults and in a sentence that names host and port. The sentence says
 * what was seen; what to do about it is the plugin's to say, which knows what it wanted there. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/http/inside.h"

#define WHERE(t) (t)->target.host, (t)->target.port

/* TCP stands. libcurl 7.88 sets its time of connection only when TLS stands too. */
static bool
connected(const struct transaction *t)
{
  curl_off_t us = 0;
  (void)curl_easy_getinfo(t->easy, CURLINFO_CONNECT_TIME_T, &us);
  return us > 0 || t->facts;
}

static const char *
curl_text(const struct transaction *t, CURLcode code)
{
  return *t->error ? t->error : curl_easy_strerror(code);
}

static void
explain_connect(struct transaction *t)
{
  long error = 0;
  (void)curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &error);
  if (error == ECONNREFUSED)
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_REFUSED,
                     "nobody listens at %s port %u (connection refused)", WHERE(t));
  else
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_UNREACHABLE,
                     "%s port %u cannot be reached (%s)", WHERE(t),
                     error ? strerror((int)error) : "no connection");
}

static void
explain_slow_connect(struct transaction *t, double seconds)
{
  if (connected(t) && t->target.tls)
    transaction_fail(
        t, TENON_E_TLS, TENON_HTTP_FAULT_TLS,
        "%s port %u took the connection but did not finish the TLS handshake within %.3g s",
        WHERE(t), seconds);
  else
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_UNREACHABLE,
                     "no connection to %s port %u within %.3g s", WHERE(t), seconds);
}

static void
explain_timeout(struct transaction *t)
{
  double seconds = (double)(clock_now_ns() - t->started_ns) / NS_PER_S;
  if (t->sends > 0)
    transaction_fail(t, TENON_E_TIMEOUT, TENON_HTTP_FAULT_SLOW,
                     "no whole answer from %s port %u within %.3g s", WHERE(t), seconds);
  else if (strncmp(t->error, "Resolving", 9) == 0)
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_RESOLVE,
                     "no answer to the question for %s's address within %.3g s",
                     t->target.proxy ? t->target.proxy->url : t->target.host, seconds);
  else if (strncmp(t->error, "Connection", 10) == 0 ||
           strncmp(t->error, "Failed to connect", 17) == 0 || connected(t))
    explain_slow_connect(t, seconds);
  else
    transaction_fail(t, TENON_E_TIMEOUT, TENON_HTTP_FAULT_SLOW,
                     "no connection to %s port %u became free within %.3g s: all were busy",
                     WHERE(t), seconds);
}

static void
explain_tls(struct transaction *t, CURLcode code)
{
  if (t->facts && t->facts->abi.verdict != TENON_HTTP_TLS_OK)
    transaction_fail(t, TENON_E_TLS, TENON_HTTP_FAULT_CERTIFICATE,
                     "the certificate of %s port %u is not accepted: %s", WHERE(t),
                     t->facts->abi.verdict_text ? t->facts->abi.verdict_text : "unknown reason");
  else if (t->facts && tls_facts_old_version(t->facts))
    transaction_fail(t, TENON_E_TLS, TENON_HTTP_FAULT_TLS,
                     "the TLS handshake with %s port %u failed: it wants %s: %s", WHERE(t),
                     tls_facts_old_version(t->facts), curl_text(t, code));
  else
    transaction_fail(t, TENON_E_TLS, TENON_HTTP_FAULT_TLS,
                     "the TLS handshake with %s port %u failed: %s", WHERE(t), curl_text(t, code));
}

/* One of our own callbacks ended it. */
static bool
explain_stop(struct transaction *t)
{
  switch (t->stop) {
  case STOP_NONE:
  case STOP_GATE:
  case STOP_MOVED: return false;
  case STOP_BODY:
    transaction_fail(t, TENON_E_PROTOCOL, TENON_HTTP_FAULT_TOO_LARGE,
                     "the answer of %s port %u is larger than %zu bytes", WHERE(t), t->body_max);
    return true;
  case STOP_HEADERS:
    transaction_fail(t, TENON_E_PROTOCOL, TENON_HTTP_FAULT_TOO_LARGE,
                     "the answer of %s port %u has more than %u headers or %u bytes of them",
                     WHERE(t), TENON_HTTP_HEADERS_MAX, TENON_HTTP_HEADER_BYTES_MAX);
    return true;
  case STOP_SINK:
    transaction_fail(t, TENON_E_CANCELLED, TENON_HTTP_FAULT_OTHER,
                     "the receiver of the answer of %s port %u stopped it", WHERE(t));
    return true;
  case STOP_RESENT:
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_RESET,
                     "%s port %u closed two connections in a row before it answered", WHERE(t));
    return true;
  case STOP_MEMORY:
    transaction_fail(t, TENON_E_NOMEM, TENON_HTTP_FAULT_OTHER, "memory is out");
    return true;
  }
  return false;
}

static void
explain_reset(struct transaction *t, CURLcode code)
{
  /* libcurl has one code for a broken connection and a broken chunk. */
  if (strstr(t->error, "chunk") || strstr(t->error, "Chunk"))
    transaction_fail(t, TENON_E_PROTOCOL, TENON_HTTP_FAULT_MALFORMED,
                     "%s port %u sent what is not HTTP: %s", WHERE(t), t->error);
  else
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_RESET,
                     "%s port %u closed the connection before the answer was whole (%s)", WHERE(t),
                     curl_text(t, code));
}

/* Codes that need a look at how far it came. */
static bool
explain_by_code(struct transaction *t, CURLcode code)
{
  switch (code) {
  case CURLE_COULDNT_RESOLVE_HOST:
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_RESOLVE, "the name %s has no address",
                     t->target.host);
    return true;
  case CURLE_COULDNT_CONNECT: explain_connect(t); return true;
  case CURLE_OPERATION_TIMEDOUT: explain_timeout(t); return true;
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CIPHER:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_ISSUER_ERROR: explain_tls(t, code); return true;
  case CURLE_GOT_NOTHING:
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR:
  case CURLE_PARTIAL_FILE: explain_reset(t, code); return true;
  default: return false;
  }
}

void
fault_explain(struct transaction *t, CURLcode code)
{
  if (explain_stop(t) || passage_explain(t, code) || explain_by_code(t, code))
    return;
  switch (code) {
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_BAD_CONTENT_ENCODING:
    transaction_fail(t, TENON_E_PROTOCOL, TENON_HTTP_FAULT_MALFORMED,
                     "%s port %u sent what is not HTTP: %s", WHERE(t), curl_text(t, code));
    return;
  case CURLE_FILESIZE_EXCEEDED:
    transaction_fail(t, TENON_E_PROTOCOL, TENON_HTTP_FAULT_TOO_LARGE,
                     "the answer of %s port %u is too large", WHERE(t));
    return;
  case CURLE_OUT_OF_MEMORY:
    /* libcurl 7.88 says this too of a header line over 100 kB. */
    if (t->sends > 0)
      transaction_fail(t, TENON_E_PROTOCOL, TENON_HTTP_FAULT_TOO_LARGE,
                       "the answer of %s port %u has a header line that is too long", WHERE(t));
    else
      transaction_fail(t, TENON_E_NOMEM, TENON_HTTP_FAULT_OTHER, "memory is out");
    return;
  default:
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_OTHER,
                     "the request to %s port %u failed: %s", WHERE(t), curl_text(t, code));
  }
}
