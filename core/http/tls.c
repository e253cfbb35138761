// SPDX-License-Identifier: Apache-2.0
/* The judgement of a server's certificate. All complaints about a chain are collected before one of them becomes the
 * verdict, so that a certificate that is both unknown and expired says both. A pin that fits accepts the key whatever
 * else is wrong with its certificate; one that does not fit refuses it whatever is right. */
#include "core/http/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "core/base/buf.h"
#include "core/http/tls_store.h"

#define VERDICT_TEXT_MAX 1024u

/* ---- facts, hung on the SSL_CTX ---- */

static void
facts_free_slot(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
  (void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
  tls_facts_unref(ptr);
}

static int slot = -1;
static pthread_once_t slot_once = PTHREAD_ONCE_INIT;

static void
slot_init(void)
{
  slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, facts_free_slot);
}

struct tls_facts *
tls_facts_ref(struct tls_facts *facts)
{
  facts->refs++;
  return facts;
}

void
tls_facts_unref(struct tls_facts *facts)
{
  if (!facts || --facts->refs > 0)
    return;
  arena_finish(&facts->arena);
  free(facts->host);
  free(facts);
}

struct tls_facts *
tls_facts_of(SSL *ssl)
{
  struct tls_facts *facts = slot < 0 ? NULL : SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), slot);
  if (facts && !facts->abi.protocol && SSL_is_init_finished(ssl)) {
    facts->abi.protocol = SSL_get_version(ssl); /* static text */
    facts->abi.cipher = SSL_get_cipher_name(ssl);
  }
  return facts;
}

/* ---- complaints and verdicts ---- */

/* In the order in which they have to be mended. */
static const struct {
  int error;
  uint32_t verdict;
} verdicts[] = {
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, TENON_HTTP_TLS_SELF_SIGNED},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, TENON_HTTP_TLS_UNTRUSTED},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, TENON_HTTP_TLS_UNTRUSTED},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, TENON_HTTP_TLS_UNTRUSTED},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, TENON_HTTP_TLS_UNTRUSTED},
    {X509_V_ERR_CERT_UNTRUSTED, TENON_HTTP_TLS_UNTRUSTED},
    {X509_V_ERR_EE_KEY_TOO_SMALL, TENON_HTTP_TLS_WEAK},
    {X509_V_ERR_CA_KEY_TOO_SMALL, TENON_HTTP_TLS_WEAK},
    {X509_V_ERR_CA_MD_TOO_WEAK, TENON_HTTP_TLS_WEAK},
    {X509_V_ERR_CERT_HAS_EXPIRED, TENON_HTTP_TLS_EXPIRED},
    {X509_V_ERR_CERT_NOT_YET_VALID, TENON_HTTP_TLS_NOT_YET},
    {X509_V_ERR_HOSTNAME_MISMATCH, TENON_HTTP_TLS_NAME},
};
#define N_VERDICTS (sizeof verdicts / sizeof *verdicts)

static size_t
rank_of(int error)
{
  size_t i = 0;
  while (i < N_VERDICTS && verdicts[i].error != error)
    i++;
  return i;
}

static void
add_error(struct tls_facts *facts, int error)
{
  for (unsigned i = 0; i < facts->n_errors; i++)
    if (facts->errors[i] == error)
      return;
  if (facts->n_errors < TLS_ERRORS_MAX)
    facts->errors[facts->n_errors++] = error;
}

static int
note_error(int ok, X509_STORE_CTX *ctx)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
  struct tls_facts *facts = ssl ? tls_facts_of(ssl) : NULL;
  if (!facts)
    return ok;
  if (!ok)
    add_error(facts, X509_STORE_CTX_get_error(ctx));
  return 1; /* go on: the other complaints are wanted too */
}

/* The complaint that is to be mended first; what has no verdict of its own comes last. */
static int
worst_error(const struct tls_facts *facts)
{
  int worst = facts->errors[0];
  for (unsigned i = 1; i < facts->n_errors; i++)
    if (rank_of(facts->errors[i]) < rank_of(worst))
      worst = facts->errors[i];
  return worst;
}

static void
put_name_error(const struct tls_facts *facts, struct buf *out)
{
  const tenon_http_certificate *leaf = facts->abi.n_chain ? facts->chain[0] : NULL;
  if (leaf && *leaf->names)
    buf_printf(out, "it is for %s, not for %s", leaf->names, facts->host);
  else
    buf_printf(out, "it has no subjectAltName, only the subject %s, and so is not for %s",
               leaf ? leaf->subject : "(none)", facts->host);
}

static void
put_errors(const struct tls_facts *facts, struct buf *out)
{
  for (unsigned i = 0; i < facts->n_errors; i++) {
    buf_puts(out, i ? "; " : "");
    if (facts->errors[i] != X509_V_ERR_HOSTNAME_MISMATCH)
      buf_puts(out, X509_verify_cert_error_string(facts->errors[i]));
    else
      put_name_error(facts, out);
  }
}

/* A name counts where it stands as subjectAltName; the CN is for people (RFC 9525 section 2). The one other name that a
 * person has given may stand there too, where there is no better place. */
static bool
name_fits(X509 *leaf, const char *name, unsigned flags)
{
  unsigned char address[sizeof(struct in6_addr)];
  if (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1)
    return X509_check_ip_asc(leaf, name, 0) == 1;
  flags |= X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  return X509_check_host(leaf, name, 0, flags, NULL) == 1;
}

static uint32_t
complaints(const struct tls_facts *facts)
{
  uint32_t bits = facts->abi.verdict == TENON_HTTP_TLS_OK ? 0 : 1u << facts->abi.verdict;
  for (unsigned i = 0; i < facts->n_errors; i++) {
    size_t rank = rank_of(facts->errors[i]);
    bits |= 1u << (rank < N_VERDICTS ? verdicts[rank].verdict : TENON_HTTP_TLS_OTHER);
  }
  return bits;
}

/* 1: accept. Sets verdict and its text. */
static int
judge(struct tls_facts *facts, X509 *leaf, X509_STORE_CTX *ctx)
{
  const struct tls_policy *policy = facts->policy;
  CLEANUP_BUF struct buf text = BUF_INIT(VERDICT_TEXT_MAX);
  unsigned char pin[TLS_PIN_SIZE];
  bool pin_fits =
      policy->pinned && certificate_pin(leaf, pin) && memcmp(pin, policy->pin, sizeof pin) == 0;
  int error = X509_V_OK;
  if (policy->pinned && !pin_fits) {
    facts->abi.verdict = TENON_HTTP_TLS_PIN;
    error = X509_V_ERR_APPLICATION_VERIFICATION;
    buf_puts(&text, "the server's key is not the pinned one");
  } else if (facts->n_errors > 0 && !pin_fits) {
    error = worst_error(facts);
    size_t rank = rank_of(error);
    facts->abi.verdict = rank < N_VERDICTS ? verdicts[rank].verdict : TENON_HTTP_TLS_OTHER;
  } else if (facts->n_errors > 0) {
    buf_puts(&text, "accepted because its key is the pinned one, although: ");
  }
  put_errors(facts, &text);
  facts->abi.complaints = complaints(facts);
  facts->abi.verdict_text = arena_text(&facts->arena, *buf_text(&text) ? buf_text(&text) : "ok");
  X509_STORE_CTX_set_error(ctx, error);
  return error == X509_V_OK;
}

static int
verify(X509_STORE_CTX *ctx, void *arg)
{
  struct tls_facts *facts = arg;
  X509 *leaf = X509_STORE_CTX_get0_cert(ctx);
  SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
  if (ssl)
    SSL_set_msg_callback(ssl, NULL); /* the hello was long ago, and many records are to come */
  facts->n_errors = 0;
  X509_STORE_CTX_set_verify_cb(ctx, note_error);
  if (X509_verify_cert(ctx) != 1 && facts->n_errors == 0)
    add_error(facts, X509_V_ERR_UNSPECIFIED);
  /* A chain that holds shows its root; of one that does not, what the server sent is what there is. */
  tls_facts_read_chain(
      facts, facts->n_errors ? X509_STORE_CTX_get0_untrusted(ctx) : X509_STORE_CTX_get0_chain(ctx),
      leaf);
  const char *expected = facts->policy->expected_name;
  if (!name_fits(leaf, facts->host, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) &&
      !(expected && name_fits(leaf, expected, 0)))
    add_error(facts, X509_V_ERR_HOSTNAME_MISMATCH);
  return judge(facts, leaf, ctx);
}

/* ---- what the server says before its certificate, and asks after it ---- */

/* RFC 5246 7.4.1.3: type 2, three bytes of length, then the version. */
static void
note_hello(int is_write, int version, int type, const void *bytes, size_t n, SSL *ssl, void *arg)
{
  struct tls_facts *facts = arg;
  const unsigned char *p = bytes;
  (void)version, (void)ssl;
  if (!is_write && type == SSL3_RT_HANDSHAKE && n > 5 && p[0] == SSL3_MT_SERVER_HELLO)
    facts->hello = p[4] << 8 | p[5];
}

const char *
tls_facts_old_version(const struct tls_facts *facts)
{
  switch (facts->hello) {
  case SSL3_VERSION: return "SSL 3.0";
  case TLS1_VERSION: return "TLS 1.0";
  case TLS1_1_VERSION: return "TLS 1.1";
  default: return NULL;
  }
}

/* The server has asked for a client certificate. */
static int
note_asked(SSL *ssl, void *arg)
{
  struct tls_facts *facts = arg;
  facts->abi.client_certificate =
      SSL_get_certificate(ssl) ? TENON_HTTP_CLIENT_SHOWN : TENON_HTTP_CLIENT_ASKED;
  return 1;
}

/* ---- a connection ---- */

static struct tls_facts *
facts_create(const struct tls_policy *policy, const char *host)
{
  struct tls_facts *facts = calloc(1, sizeof *facts);
  if (!facts)
    return NULL;
  facts->refs = 1;
  facts->policy = policy;
  facts->abi.size = sizeof facts->abi;
  facts->abi.chain = facts->chain;
  facts->host = strdup(host);
  if (!facts->host) {
    tls_facts_unref(facts);
    return NULL;
  }
  size_t n = strlen(facts->host);
  if (n > 0 && facts->host[n - 1] == '.')
    facts->host[n - 1] = '\0';
  return facts;
}

int
tls_prepare(struct tls_policy *policy, SSL_CTX *ctx, const char *host, struct tls_facts **ret)
{
  (void)pthread_once(&slot_once, slot_init);
  if (slot < 0)
    return -ENOMEM;
  if (!policy->store)
    policy->store = tls_store_create(policy->ca_bundle, policy->extra);
  struct tls_facts *facts = policy->store ? facts_create(policy, host) : NULL;
  if (!facts)
    return -ENOMEM;
  if (tls_client_use(&policy->client, ctx) < 0 || SSL_CTX_set_ex_data(ctx, slot, facts) != 1) {
    tls_facts_unref(facts);
    return -ENOMEM;
  }
  SSL_CTX_set1_cert_store(ctx, policy->store);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_cert_verify_callback(ctx, verify, facts);
  SSL_CTX_set_cert_cb(ctx, note_asked, facts);
  SSL_CTX_set_msg_callback(ctx, note_hello);
  SSL_CTX_set_msg_callback_arg(ctx, facts);
  *ret = tls_facts_ref(facts);
  return 0;
}
