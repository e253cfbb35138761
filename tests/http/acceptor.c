// SPDX-License-Identifier: Apache-2.0
/* Signing people in with the libraries that others wrote, so that our messages are read by somebody else. Whatever goes
 * wrong on this side ends the test program: it is not what is tested. */
#include "tests/http/acceptor.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <openssl/evp.h>

#define SIGNATURE_SIZE 16

static gss_OID_desc ntlm_oid = {10, (char[]){"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"}};
static gss_OID_desc spnego_oid = {6, (char[]){"\x2b\x06\x01\x05\x05\x02"}};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct acceptor_peer {
  struct acceptor *acceptor;
  gss_ctx_id_t ctx;
  unsigned messages;
  bool signed_in, anonymous_done;
  char headers[ACCEPTOR_HEADERS_SIZE];
};

struct acceptor_peer *
acceptor_peer_create(struct acceptor *a)
{
  struct acceptor_peer *p = calloc(1, sizeof *p);
  p->acceptor = a;
  return p;
}

static void
forget(struct acceptor_peer *p)
{
  OM_uint32 minor;
  if (p->ctx)
    (void)gss_delete_sec_context(&minor, &p->ctx, NULL);
  p->messages = 0;
  p->signed_in = false;
}

void
acceptor_peer_destroy(struct acceptor_peer *p)
{
  if (!p)
    return;
  forget(p);
  free(p);
}

/* ---- what a type 3 message says (MS-NLMP 2.2.1.3) ---- */

static unsigned
le16(const unsigned char *p)
{
  return p[0] | (unsigned)p[1] << 8;
}

static void
read_text(const unsigned char *m, size_t n, size_t field, char to[256])
{
  unsigned len = le16(m + field), at = le16(m + field + 4);
  to[0] = '\0';
  if (at + len > n || len > 500)
    return;
  for (unsigned i = 0; i < len / 2; i++)
    to[i] = (char)m[at + 2 * i];
  to[len / 2] = '\0';
}

/* MD5 of gss_channel_bindings_struct (RFC 4121 section 4.1.1.2). */
static void
hash_binding(const struct acceptor *a, unsigned char hash[16])
{
  unsigned char all[512] = {0};
  all[16] = (unsigned char)a->n_binding;
  memcpy(all + 20, a->binding, a->n_binding);
  (void)EVP_Digest(all, 20 + a->n_binding, hash, NULL, EVP_md5(), NULL);
}

static bool
ntlm_bound(const struct acceptor *a, const unsigned char *m, size_t n)
{
  unsigned char hash[16];
  unsigned len = le16(m + 20), at = le16(m + 24);
  if (!a->binding || at + len > n || len < 44)
    return false;
  hash_binding(a, hash);
  const unsigned char *p = m + at + 44, *end = m + at + len;
  while (end - p >= 4 && le16(p) != 0) {
    if (le16(p) == 10 && le16(p + 2) == 16)
      return memcmp(p + 4, hash, 16) == 0;
    p += 4 + le16(p + 2);
  }
  return false;
}

static void
look_at(struct acceptor *a, const void *token, size_t n)
{
  const unsigned char *m = memmem(token, n, "NTLMSSP", 8);
  if (!m || m[8] != 3)
    return;
  n -= (size_t)(m - (const unsigned char *)token);
  pthread_mutex_lock(&lock);
  read_text(m, n, 28, a->domain);
  read_text(m, n, 36, a->user);
  pthread_mutex_unlock(&lock);
  if (ntlm_bound(a, m, n))
    atomic_fetch_add(&a->bound, 1);
}

/* ---- accepting ---- */

static gss_cred_id_t
credential(const struct acceptor *a)
{
  bool spnego = strcmp(a->scheme, "Negotiate") == 0;
  gss_OID inner = a->ntlm ? &ntlm_oid : (gss_OID)gss_mech_krb5;
  gss_OID_set_desc mech = {1, spnego ? &spnego_oid : inner}, inside = {1, inner};
  gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
  OM_uint32 minor;
  if (GSS_ERROR(gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mech, GSS_C_ACCEPT,
                                 &cred, NULL, NULL)))
    abort();
  if (spnego && GSS_ERROR(gss_set_neg_mechs(&minor, cred, &inside)))
    abort();
  return cred;
}

static void
show(gss_name_t name, char to[256])
{
  gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor;
  if (name && !GSS_ERROR(gss_display_name(&minor, name, &text, NULL)))
    snprintf(to, 256, "%.*s", (int)text.length, (char *)text.value);
  (void)gss_release_buffer(&minor, &text);
}

static void
offer(struct acceptor_peer *p, struct acceptor_reply *reply)
{
  const struct acceptor *a = p->acceptor;
  snprintf(p->headers, sizeof p->headers, "WWW-Authenticate: %s\r\n%s",
           a->offers ? a->offers : a->scheme, reply->close ? "Connection: close\r\n" : "");
  reply->code = 401;
}

static void
answer(struct acceptor_peer *p, const gss_buffer_desc *out)
{
  const struct acceptor *a = p->acceptor;
  char *base64 = malloc(out->length / 3 * 4 + 5);
  base64[0] = '\0';
  if (out->length > 0 && !a->mute)
    EVP_EncodeBlock((unsigned char *)base64, out->value, (int)out->length);
  snprintf(p->headers, sizeof p->headers, "WWW-Authenticate: %s %s\r\n", a->scheme,
           a->token && p->messages == 1 ? a->token : base64);
  free(base64);
}

static void
accept_message(struct acceptor_peer *p, const void *token, size_t n, struct acceptor_reply *reply)
{
  struct acceptor *a = p->acceptor;
  struct gss_channel_bindings_struct bindings = {
      .application_data = {a->n_binding, (void *)(uintptr_t)a->binding}};
  gss_buffer_desc in = {n, (void *)(uintptr_t)token}, out = GSS_C_EMPTY_BUFFER;
  gss_cred_id_t cred = credential(a);
  gss_name_t source = GSS_C_NO_NAME;
  OM_uint32 minor, flags = 0;
  atomic_fetch_add(&a->messages, 1);
  p->messages++;
  look_at(a, token, n);
  OM_uint32 major =
      gss_accept_sec_context(&minor, &p->ctx, cred, &in, a->binding ? &bindings : NULL, &source,
                             NULL, &out, &flags, NULL, NULL);
  answer(p, &out);
  if (a->close_after == p->messages) {
    reply->code = ACCEPTOR_CLOSE;
  } else if (major == GSS_S_COMPLETE && !a->deaf) {
    p->signed_in = true;
    pthread_mutex_lock(&lock);
    show(source, a->source);
    pthread_mutex_unlock(&lock);
    atomic_fetch_add(&a->signed_in, 1);
    if (!a->ntlm && a->binding && (flags & GSS_C_CHANNEL_BOUND_FLAG))
      atomic_fetch_add(&a->bound, 1);
  } else if (major == GSS_S_CONTINUE_NEEDED) {
    reply->code = 401;
  } else {
    atomic_fetch_add(&a->refused, 1);
    forget(p);
    offer(p, reply);
  }
  (void)gss_release_name(&minor, &source);
  (void)gss_release_buffer(&minor, &out);
  (void)gss_release_cred(&minor, &cred);
}

/* ---- sealed bodies ---- */

static void
seal(struct acceptor_peer *p, const gss_buffer_desc *plain, struct acceptor_reply *reply)
{
  OM_uint32 minor;
  gss_iov_buffer_desc iov[3] = {
      {GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE, {0, 0}},
      {GSS_IOV_BUFFER_TYPE_DATA, *plain},
      {GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE, {0, 0}}};
  gss_buffer_desc whole = GSS_C_EMPTY_BUFFER, header, data;
  if (p->acceptor->ntlm) {
    if (GSS_ERROR(gss_wrap(&minor, p->ctx, 1, 0, (gss_buffer_t)plain, NULL, &whole)))
      abort();
    header = (gss_buffer_desc){SIGNATURE_SIZE, whole.value};
    data = (gss_buffer_desc){whole.length - SIGNATURE_SIZE, (char *)whole.value + SIGNATURE_SIZE};
  } else {
    if (GSS_ERROR(gss_wrap_iov(&minor, p->ctx, 1, 0, NULL, iov, 3)))
      abort();
    header = iov[0].buffer;
    data = iov[1].buffer;
  }
  reply->n_body = 2 + header.length + data.length;
  reply->body = malloc(reply->n_body);
  reply->body[0] = (char)(header.length & 0xff);
  reply->body[1] = (char)(header.length >> 8);
  memcpy(reply->body + 2, header.value, header.length);
  memcpy(reply->body + 2 + header.length, data.value, data.length);
  if (!p->acceptor->ntlm)
    (void)gss_release_iov_buffer(&minor, iov, 3);
  (void)gss_release_buffer(&minor, &whole);
}

static void
unseal(struct acceptor_peer *p, const char *body, size_t n, struct acceptor_reply *reply)
{
  OM_uint32 minor;
  int sealed = 0;
  size_t n_signature = n < 2 ? 0 : le16((const unsigned char *)body);
  if (n < 2 || n_signature > n - 2)
    abort();
  gss_buffer_desc in = {n - 2, (char *)(uintptr_t)body + 2}, plain = GSS_C_EMPTY_BUFFER;
  if (p->acceptor->ntlm) {
    if (n_signature != SIGNATURE_SIZE ||
        GSS_ERROR(gss_unwrap(&minor, p->ctx, &in, &plain, &sealed, NULL)))
      abort();
  } else {
    gss_iov_buffer_desc iov[3] = {
        {GSS_IOV_BUFFER_TYPE_HEADER, {n_signature, in.value}},
        {GSS_IOV_BUFFER_TYPE_DATA, {n - 2 - n_signature, (char *)in.value + n_signature}},
        {GSS_IOV_BUFFER_TYPE_PADDING, {0, NULL}}};
    if (GSS_ERROR(gss_unwrap_iov(&minor, p->ctx, &sealed, NULL, iov, 3)))
      abort();
    plain = (gss_buffer_desc){iov[1].buffer.length, malloc(iov[1].buffer.length)};
    memcpy(plain.value, iov[1].buffer.value, plain.length);
  }
  gss_buffer_desc twice = {2 * plain.length, malloc(2 * plain.length + 1)};
  memcpy(twice.value, plain.value, plain.length);
  memcpy((char *)twice.value + plain.length, plain.value, plain.length);
  if (!sealed)
    abort();
  seal(p, &twice, reply);
  free(twice.value);
  (void)gss_release_buffer(&minor, &plain);
}

/* ---- a request ---- */

/* gss-ntlmssp never gives back some of what it takes. */
extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

/* The message behind "Authorization: SCHEME ", decoded; NULL: none. */
static char *
message_of(struct acceptor *a, const char *request, size_t *ret_n)
{
  char name[64];
  snprintf(name, sizeof name, "\r\nAuthorization: %s ", a->scheme);
  const char *at = strstr(request, name), *end = at ? strstr(at + 2, "\r\n") : NULL;
  if (!end)
    return NULL;
  at += strlen(name);
  size_t n = (size_t)(end - at);
  pthread_mutex_lock(&lock);
  snprintf(a->last_token, sizeof a->last_token, "%.*s", (int)n, at);
  pthread_mutex_unlock(&lock);
  char *bytes = malloc(n + 1);
  int len = EVP_DecodeBlock((unsigned char *)bytes, (const unsigned char *)at, (int)n);
  if (len < 0)
    abort();
  *ret_n = (size_t)len - (end[-1] == '=') - (end[-2] == '=');
  return bytes;
}

static void
handle(struct acceptor_peer *p, const char *request, size_t n_head, size_t n,
       struct acceptor_reply *reply)
{
  struct acceptor *a = p->acceptor;
  size_t n_token = 0;
  reply->headers = p->headers;
  p->headers[0] = '\0';
  if (p->signed_in && a->drop_next) {
    a->drop_next = false;
    reply->code = ACCEPTOR_CLOSE;
    return;
  }
  char *token = message_of(a, request, &n_token);
  if (token) {
    if (p->signed_in || p->messages == 0)
      forget(p);
    accept_message(p, token, n_token, reply);
    free(token);
    if (reply->code == 401 && n > n_head)
      atomic_fetch_add(&a->bodies_early, 1);
  } else if (!p->signed_in || a->forgetful) {
    atomic_fetch_add(&a->anonymous, 1);
    if (a->anonymous_code)
      return;
    reply->close = a->close_anonymous && !p->anonymous_done;
    p->anonymous_done = true;
    if (n > n_head && !p->signed_in)
      atomic_fetch_add(&a->bodies_early, 1);
    offer(p, reply);
  }
  if (reply->code == 0 && strncmp(request, "POST /seal ", 11) == 0)
    unseal(p, request + n_head, n - n_head, reply);
}

void
acceptor_handle(struct acceptor_peer *p, const char *request, size_t n_head, size_t n,
                struct acceptor_reply *reply)
{
  if (__lsan_disable)
    __lsan_disable();
  handle(p, request, n_head, n, reply);
  if (__lsan_enable)
    __lsan_enable();
}
