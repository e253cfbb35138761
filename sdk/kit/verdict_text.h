// SPDX-License-Identifier: Apache-2.0
//
// Between the finding of a verdict and its words.
#ifndef KIT_VERDICT_TEXT_H
#define KIT_VERDICT_TEXT_H

#include "verdict.h"

// The pause that the answer asks for, 0: none.
int64_t verdict_asked_pause(const struct verdict_evidence *evidence);
// Who answered, and what came back.
void verdict_put_by(struct kit_text *to, const struct verdict_evidence *evidence);
void verdict_put_got(struct kit_text *to, const struct verdict_evidence *evidence);

// First and last certificate of the chain that was sent, or NULL.
const tenon_http_certificate *verdict_leaf(const struct verdict_evidence *evidence);
const tenon_http_certificate *verdict_top(const struct verdict_evidence *evidence);
// The authority that matters: the one that is missing, or the one that issued the certificate.
const char *verdict_issuer(const struct verdict_evidence *evidence);
// {chain}, a line for each link; {inspector}; {fitting}, a name of the certificate that can be the
// server's; {sha256} of the end of the chain. verdict_chain.c.
void verdict_put_chain(struct kit_text *to, const struct verdict_evidence *evidence);
void verdict_put_inspector(struct kit_text *to, const struct verdict_evidence *evidence);
void verdict_put_fitting(struct kit_text *to, const struct verdict_evidence *evidence);
void verdict_put_sha256(struct kit_text *to, const struct verdict_evidence *evidence);

// Was the request to go through a proxy? {proxy}, {proxyaddress}, {proxyhttp}, and the proxy as who
// answered. verdict_words_proxy.c.
bool verdict_is_proxied(const struct verdict_evidence *evidence);
void verdict_put_proxy(struct kit_text *to, const struct verdict_evidence *evidence);
void verdict_put_proxy_address(struct kit_text *to, const struct verdict_evidence *evidence);
void verdict_put_proxy_http(struct kit_text *to, const struct verdict_evidence *evidence);
void verdict_put_proxy_by(struct kit_text *to, const struct verdict_evidence *evidence);

// A {place} that speaks of a cloud: is it one, does it stand unquoted in a command, and what stands for it.
// verdict_words_cloud.c.
bool verdict_is_cloud_word(const char *name);
bool verdict_is_raw_word(const char *name);
void verdict_put_cloud(struct kit_text *to, const struct verdict_evidence *evidence,
                       const char *name);

// verdict_cloud_data.c: the id that whoever runs the server finds the request by, or NULL; the most specific number of
// Entra ID, or 0; and data of clouds.
const char *verdict_request_id(const struct verdict_evidence *evidence);
uint32_t verdict_aadsts(const struct verdict_evidence *evidence);
void verdict_add_cloud(struct verdict *verdict, const struct verdict_evidence *evidence);
// One more text in the verdict's own memory, expanded.
const char *verdict_write(struct verdict *verdict, const char *text,
                          const struct verdict_evidence *evidence);

// A {place} that speaks of the sign-in: is it one, and what stands for it.
bool verdict_is_word(const char *name);
bool verdict_put_word(struct kit_text *to, const struct verdict_evidence *evidence,
                      const char *name);

#endif
