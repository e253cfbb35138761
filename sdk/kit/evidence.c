// SPDX-License-Identifier: Apache-2.0
//
// What can be seen in an answer: schemes offered, kind of body, who answered. Only facts; what they
// mean is the table's business.
#include "verdict.h"

#include <string.h>
#include <strings.h>

#define SNIFF_MAX 4096 // bytes of a page that are looked at

tenon_text
verdict_header(const tenon_http_completion *completion, const char *name)
{
  if (completion != NULL)
    for (size_t i = 0; i < completion->n_headers; i++)
      if (strcasecmp(completion->headers[i].key, name) == 0)
        return completion->headers[i].value;
  return (tenon_text){NULL, 0};
}

static bool
has(const tenon_http_completion *completion, const char *name)
{
  return verdict_header(completion, name).ptr != NULL;
}

static bool
contains(const char *text, size_t len, const char *what)
{
  size_t n = strlen(what);
  for (size_t i = 0; text != NULL && i + n <= len; i++)
    if (strncasecmp(text + i, what, n) == 0)
      return true;
  return false;
}

static bool
starts(const char *p, size_t len, const char *what)
{
  return len >= strlen(what) && strncasecmp(p, what, strlen(what)) == 0;
}

static uint64_t
body_kind(const tenon_http_completion *c)
{
  const char *p = c->body.ptr;
  size_t len = p != NULL ? c->body.len : 0;
  if (len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
    p += 3, len -= 3;
  if (len >= 4 && (memcmp(p, "\xFF\xFE<", 4) == 0 || memcmp(p, "\xFE\xFF\0<", 4) == 0))
    return SEEN_XML; // UTF-16, which every reader of XML knows
  while (len > 0 && strchr(" \t\r\n", *p) != NULL)
    p++, len--;
  if (len == 0)
    return SEEN_EMPTY;
  tenon_text type = verdict_header(c, "Content-Type");
  if (starts(p, len, "<!doctype html") || starts(p, len, "<html") ||
      (contains(type.ptr, type.len, "text/html") && !starts(p, len, "<?xml")))
    return SEEN_HTML;
  return *p == '<' ? SEEN_XML : SEEN_OTHER;
}

// A page or redirect where a person would type a password.
static uint64_t
logon(const tenon_http_completion *c, uint64_t kind)
{
  static const char *const places[] = {"/owa/auth",    "logon.aspx",        "/adfs/ls",
                                       "logonForm",    "type=\"password\"", "type='password'",
                                       "type=password"};
  tenon_text location = verdict_header(c, "Location");
  size_t body_len = c->body.len < SNIFF_MAX ? c->body.len : SNIFF_MAX;
  uint64_t seen = 0;
  if (contains(location.ptr, location.len, "genericerrorpage"))
    return SEEN_MOMENT;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (contains(location.ptr, location.len, places[i]) ||
        (kind == SEEN_HTML && contains(c->body.ptr, body_len, places[i])))
      seen |= SEEN_LOGON;
  if (contains(location.ptr, location.len, "reason=2"))
    seen |= SEEN_REASON2;
  return seen;
}

// A sign-in with more in it is asked for (Microsoft, "Claims challenges, claims requests and client capabilities").
static uint64_t
claims(const tenon_http_completion *c)
{
  for (size_t i = 0; i < c->n_headers; i++)
    if (strcasecmp(c->headers[i].key, "WWW-Authenticate") == 0 &&
        (contains(c->headers[i].value.ptr, c->headers[i].value.len, "claims=\"") ||
         contains(c->headers[i].value.ptr, c->headers[i].value.len, "insufficient_claims")))
      return SEEN_CLAIMS;
  return 0;
}

static uint64_t
schemes(const struct challenge *challenge)
{
  uint64_t seen = challenge->count > 0 ? SEEN_CHALLENGE : 0;
  if ((challenge->schemes & CHALLENGE_BASIC) != 0)
    seen |= SEEN_BASIC;
  if ((challenge->schemes & (CHALLENGE_NTLM | CHALLENGE_NEGOTIATE | CHALLENGE_KERBEROS)) != 0)
    seen |= SEEN_WINDOWS;
  if ((challenge->schemes & CHALLENGE_BEARER) != 0)
    seen |= SEEN_BEARER;
  return seen;
}

static uint64_t
envelope(const struct soap_reply *reply)
{
  uint64_t seen = 0;
  if (reply->state == SOAP_REFUSED)
    return SEEN_DTD;
  if (reply->state != SOAP_READ)
    return 0;
  seen |= SEEN_SOAP;
  if (reply->fault)
    seen |= SEEN_FAULT;
  if (soap_reply_code(reply)[0] != 0)
    seen |= SEEN_CODE;
  if (reply->address[0] != 0)
    seen |= SEEN_CORRECTED;
  return seen;
}

static uint64_t
answerer(const tenon_http_completion *c)
{
  uint64_t seen = 0;
  if (has(c, "X-FEServer") || has(c, "X-OWA-Version") || has(c, "X-DiagInfo") ||
      has(c, "X-CalculatedBETarget"))
    seen |= SEEN_EXCHANGE;
  if (has(c, "Via") || (c->route != NULL && strncmp(c->route, "proxy", 5) == 0))
    seen |= SEEN_PROXY;
  if (has(c, "X-EWS-Policy-Reason"))
    seen |= SEEN_POLICY;
  tenon_text challenge = verdict_header(c, "WWW-Authenticate");
  if (contains(challenge.ptr, challenge.len, "claims="))
    seen |= SEEN_CLAIMS;
  return seen;
}

// The way through a proxy: what failed there, and what it offers.
static uint64_t
proxy(const tenon_http_completion *c, struct challenge *challenge)
{
  for (size_t i = 0; i < c->n_headers; i++)
    if (strcasecmp(c->headers[i].key, "Proxy-Authenticate") == 0)
      challenge_add(challenge, c->headers[i].value.ptr, c->headers[i].value.len);
  uint64_t seen = schemes(challenge) | (c->proxy_signin != 0 ? SEEN_PROXY_GIVEN : 0);
  switch (c->proxy_fault) {
  case TENON_HTTP_FAULT_NONE: return seen;
  case TENON_HTTP_FAULT_RESOLVE: return seen | SEEN_PROXY_NAME;
  case TENON_HTTP_FAULT_CERTIFICATE: return seen | SEEN_PROXY_CERTIFICATE;
  case TENON_HTTP_FAULT_TLS: return seen | SEEN_PROXY_TLS;
  default: return seen | SEEN_PROXY_SILENT;
  }
}

// Why a handshake ended stands in words only: OpenSSL's, which the host passes on.
static uint64_t
handshake(const char *reason)
{
  static const struct {
    uint64_t seen;
    const char *words;
  } reasons[] = {
      {SEEN_CLIENT, "certificate required"},   {SEEN_OLD_TLS, "alert protocol version"},
      {SEEN_OLD_TLS, "unsupported protocol"},  {SEEN_NO_TLS, "wrong version number"},
      {SEEN_NO_TLS, "packet length too long"},
  };
  for (size_t i = 0; reason != NULL && i < sizeof reasons / sizeof *reasons; i++)
    if (contains(reason, strlen(reason), reasons[i].words))
      return reasons[i].seen;
  return 0;
}

static bool
is_domain(const char *account, size_t n, const char *domain)
{
  return domain != NULL && strlen(domain) == n && strncasecmp(domain, account, n) == 0;
}

// Is the domain in front of the user name another one than the server's challenge names?
static bool
other_domain(const char *account, const tenon_http_signin *signin)
{
  const char *slash = account != NULL ? strchr(account, '\\') : NULL;
  if (slash == NULL || signin->netbios_domain == NULL)
    return false;
  size_t n = (size_t)(slash - account);
  return !is_domain(account, n, signin->netbios_domain) &&
         !is_domain(account, n, signin->dns_domain);
}

// Did the server say 401 and nothing else, where its part of the sign-in was due?
static bool
no_answer(const tenon_http_completion *c)
{
  if (c->code != 401 || (c->signin->fault != TENON_HTTP_SIGNIN_REJECTED &&
                         c->signin->fault != TENON_HTTP_SIGNIN_PROTOCOL))
    return false;
  for (size_t i = 0; i < c->n_headers; i++) {
    const tenon_text *value = &c->headers[i].value;
    if (strcasecmp(c->headers[i].key, "WWW-Authenticate") == 0 &&
        (starts(value->ptr, value->len, "NTLM ") || starts(value->ptr, value->len, "Negotiate ")))
      return false;
  }
  return true;
}

static uint64_t
sign_in(const tenon_http_completion *c, const char *account)
{
  const tenon_http_signin *signin = c->signin;
  uint64_t seen = 0;
  if (c->tls != NULL && has(c, "Via"))
    seen |= SEEN_BETWEEN;
  if (signin == NULL)
    return seen;
  const char *mechanism = signin->mechanism != NULL ? signin->mechanism : "";
  const char *source = signin->source != NULL ? signin->source : "";
  if (strcmp(mechanism, "Kerberos") == 0)
    seen |= SEEN_KERBEROS;
  if (strcmp(mechanism, "NTLM") == 0)
    seen |= SEEN_NTLM;
  if (other_domain(account, signin))
    seen |= SEEN_OTHER_DOMAIN;
  if (signin->legs == 1 && no_answer(c))
    seen |= SEEN_EARLY;
  if (signin->binding != NULL)
    seen |= SEEN_BOUND;
  if (strncmp(source, "keytab", 6) == 0)
    seen |= SEEN_KEYTAB;
  if (strcmp(source, "password") == 0)
    seen |= SEEN_PASSWORD;
  return seen;
}

void
verdict_gather(struct verdict_evidence *evidence, const tenon_http_completion *c,
               struct soap_reader *reader, struct soap_reply *reply, struct challenge *challenge)
{
  evidence->completion = c;
  evidence->soap = NULL;
  evidence->challenge = challenge;
  challenge_init(challenge);
  evidence->seen |= sign_in(c, evidence->account) | verdict_seen_tls(c);
  if (c->fault == TENON_HTTP_FAULT_PROXY) {
    evidence->seen |= proxy(c, challenge);
    return;
  }
  if (c->code == 0) {
    evidence->seen |= handshake(c->reason);
    return;
  }
  challenge_read(challenge, c->headers, c->n_headers);
  uint64_t kind = body_kind(c);
  evidence->seen |= kind | schemes(challenge) | answerer(c) | logon(c, kind) | claims(c);
  if (kind != SEEN_XML || reader == NULL)
    return;
  soap_read(reader, c->body.ptr, c->body.len, reply, NULL, NULL);
  evidence->soap = reply;
  evidence->seen |= envelope(reply);
  // Exchange has no faults with 200.
  if (c->code == 200 && (evidence->seen & (SEEN_FAULT | SEEN_EXCHANGE)) == SEEN_FAULT)
    evidence->seen |= SEEN_STRANGER;
}

bool
verdict_is_good(const struct verdict_evidence *e)
{
  return e->completion != NULL && e->completion->code == 200 && (e->seen & SEEN_SOAP) != 0 &&
         !e->soap->fault &&
         (e->soap->class == SOAP_CLASS_SUCCESS || e->soap->class == SOAP_CLASS_WARNING);
}

bool
verdict_is_ews(const struct verdict_evidence *e)
{
  return e->completion != NULL && (e->completion->code == 200 || e->completion->code == 500) &&
         (e->seen & SEEN_SOAP) != 0 && (e->soap->fault || e->soap->answered);
}
