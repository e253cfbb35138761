// SPDX-License-Identifier: Apache-2.0
//
// What a verdict says of a chain of certificates: each link in a line of its own, and which one is
// missing.
#include "verdict_text.h"

#include <string.h>

static const tenon_http_tls *
tls_of(const struct verdict_evidence *e)
{
  return e->completion != NULL ? e->completion->tls : NULL;
}

static void
put_link(struct kit_text *to, size_t number, const tenon_http_certificate *c)
{
  bool itself = strcmp(c->issuer, c->subject) == 0;
  kit_text_printf(to, "%zu. %.200s, issued by %.200s, valid from ", number, c->subject,
                  itself ? "itself" : c->issuer);
  kit_text_put_date(to, c->not_before);
  kit_text_put(to, " to ");
  kit_text_put_date(to, c->not_after);
}

// Without the last line where nothing is unknown.
void
verdict_put_chain(struct kit_text *to, const struct verdict_evidence *e)
{
  const tenon_http_tls *tls = tls_of(e);
  const tenon_http_certificate *c = tls != NULL && tls->n_chain > 0 ? tls->chain[0] : NULL;
  const tenon_http_certificate *end = verdict_chain_end(tls);
  if (c == NULL || c->subject == NULL || end->subject == NULL || end->issuer == NULL) {
    kit_text_put(to, "It did not show what it consists of.");
    return;
  }
  size_t number = 1;
  for (; number <= TENON_HTTP_CHAIN_MAX && c != NULL; c = verdict_chain_next(tls, c)) {
    put_link(to, number++, c);
    if (c != end)
      kit_text_put(to, "\n");
  }
  if (tls->verdict != TENON_HTTP_TLS_UNTRUSTED)
    return;
  if (strcmp(end->issuer, end->subject) == 0)
    kit_text_put(to, ": not known here");
  else
    kit_text_printf(to, "\n%zu. %.200s: not sent, and not known here", number, end->issuer);
}

void
verdict_put_inspector(struct kit_text *to, const struct verdict_evidence *e)
{
  const char *product = verdict_inspector(tls_of(e));
  kit_text_put(to, product != NULL ? product : "a TLS-inspecting proxy");
}

static void
put_first_label(struct kit_text *to, const char *host)
{
  kit_text_put_n(to, host, strcspn(host, ".:"));
}

// A name of the certificate that can be the server's: the first that is no pattern, else the pattern
// with the first part of the host's name.
void
verdict_put_fitting(struct kit_text *to, const struct verdict_evidence *e)
{
  const tenon_http_certificate *leaf = verdict_leaf(e);
  const char *names = leaf != NULL && leaf->names != NULL ? leaf->names : "";
  for (const char *at = names; *at != 0; at += strspn(at, ", ")) {
    size_t n = strcspn(at, ",");
    if (*at != '*') {
      kit_text_put_n(to, at, n);
      return;
    }
    at += n;
  }
  if (*names == '*') {
    put_first_label(to, e->server);
    kit_text_put_n(to, names + 1, strcspn(names, ",") - 1);
  } else {
    kit_text_put(to, "a name that it has");
  }
}

void
verdict_put_sha256(struct kit_text *to, const struct verdict_evidence *e)
{
  const tenon_http_certificate *end = verdict_chain_end(tls_of(e));
  kit_text_put(to, end != NULL && end->sha256 != NULL ? end->sha256 : "of an unknown certificate");
}
