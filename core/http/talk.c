// SPDX-License-Identifier: Apache-2.0
/* The conversation. A login that has one mechanism only makes SPNEGO offer that one only: Kerberos that fails must say
 * so, and not become NTLM behind the caller's back. */
#include "core/http/talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "core/secret/memory.h"

#define NTLM_SIGNATURE_SIZE 16 /* MS-NLMP 2.2.2.9 */

static void
fail(struct login_outcome *out, uint32_t fault, const char *reason)
{
  out->fault = fault;
  (void)snprintf(out->reason, sizeof out->reason, "%s", reason);
}

struct talk *
talk_create(enum login_mech mech, bool spnego, const char *service, const struct binding *binding,
            struct login_outcome *out)
{
  gss_buffer_desc text = {strlen(service), (void *)(uintptr_t)service};
  OM_uint32 minor = 0;
  struct talk *k = calloc(1, sizeof *k);
  *out = (struct login_outcome){.fault = TENON_HTTP_SIGNIN_OK};
  if (!k) {
    fail(out, TENON_HTTP_SIGNIN_OTHER, "memory is out");
    return NULL;
  }
  k->mech = mech;
  k->spnego = spnego;
  k->binding = *binding;
  OM_uint32 major = gss_import_name(&minor, &text, GSS_C_NT_HOSTBASED_SERVICE, &k->target);
  if (!GSS_ERROR(major))
    return k;
  login_explain(out, mech, major, minor);
  talk_destroy(k);
  return NULL;
}

static void
drop_sealed(struct talk *k)
{
  OM_uint32 minor;
  if (k->sealed.value)
    secret_memory_wipe(k->sealed.value, k->sealed.length);
  (void)gss_release_buffer(&minor, &k->sealed);
}

void
talk_destroy(struct talk *k)
{
  OM_uint32 minor;
  if (!k)
    return;
  drop_sealed(k);
  if (k->ctx != GSS_C_NO_CONTEXT)
    (void)gss_delete_sec_context(&minor, &k->ctx, GSS_C_NO_BUFFER);
  if (k->within != GSS_C_NO_CREDENTIAL)
    (void)gss_release_cred(&minor, &k->within);
  if (k->target != GSS_C_NO_NAME)
    (void)gss_release_name(&minor, &k->target);
  login_unref(k->login);
  free(k);
}

/* ---- messages ---- */

static OM_uint32
flags_of(const struct talk *k)
{
  OM_uint32 flags = GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG;
  if (k->mech == LOGIN_NTLM)
    return flags;
  return flags | GSS_C_MUTUAL_FLAG | (k->binding.n ? GSS_C_CHANNEL_BOUND_FLAG : 0);
}

static OM_uint32
call(struct talk *k, gss_cred_id_t cred, gss_ctx_id_t *ctx, gss_OID mech, gss_buffer_t in,
     gss_buffer_t ret, OM_uint32 *minor)
{
  struct gss_channel_bindings_struct bindings = {
      .application_data = {k->binding.n, k->binding.data}};
  OM_uint32 given = 0;
  OM_uint32 major = gss_init_sec_context(minor, cred, ctx, k->target, mech, flags_of(k), 0,
                                         k->binding.n ? &bindings : GSS_C_NO_CHANNEL_BINDINGS, in,
                                         NULL, ret, &given, &k->lifetime);
  k->mutual = (given & GSS_C_MUTUAL_FLAG) != 0;
  return major;
}

/* The service as the KDC is asked for it. */
static void
note_service(struct talk *k)
{
  gss_name_t name = GSS_C_NO_NAME;
  OM_uint32 minor;
  if (GSS_ERROR(gss_canonicalize_name(&minor, k->target, login_mech_oid(k->mech), &name)))
    return;
  login_show_name(name, k->service, sizeof k->service);
  (void)gss_release_name(&minor, &name);
}

/* Gets the service ticket by Kerberos alone: SPNEGO does not pass on why there is none. The message that comes of it is
 * thrown away; the ticket stays in the login's cache. */
static bool
get_ticket(struct talk *k, struct login *login, struct login_outcome *out)
{
  gss_ctx_id_t ctx = GSS_C_NO_CONTEXT;
  gss_buffer_desc message = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor = 0, ignored;
  note_service(k);
  OM_uint32 major =
      call(k, login->cred, &ctx, login_mech_oid(LOGIN_KERBEROS), GSS_C_NO_BUFFER, &message, &minor);
  if (GSS_ERROR(major))
    login_explain(out, k->mech, major, minor);
  (void)gss_release_buffer(&ignored, &message);
  (void)gss_delete_sec_context(&ignored, &ctx, GSS_C_NO_BUFFER);
  return !GSS_ERROR(major);
}

/* Before the first message. SPNEGO gets its credential with the service ticket in it. */
static bool
prepare(struct talk *k, struct login *login, struct login_outcome *out)
{
  if (k->mech == LOGIN_KERBEROS && !get_ticket(k, login, out))
    return false;
  login_unref(k->login);
  k->login = login_ref(login);
  k->cred = login->cred;
  if (!k->spnego)
    return true;
  if (k->within == GSS_C_NO_CREDENTIAL)
    k->within = login_within(login, out);
  k->cred = k->within;
  return k->cred != GSS_C_NO_CREDENTIAL;
}

void
talk_step(struct talk *k, struct login *login, const void *in, size_t n, gss_buffer_t ret,
          struct login_outcome *out)
{
  gss_buffer_desc theirs = {n, (void *)(uintptr_t)in};
  OM_uint32 minor = 0;
  *ret = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
  *out = (struct login_outcome){.fault = TENON_HTTP_SIGNIN_OK};
  if (k->messages == 0 && !prepare(k, login, out))
    return;
  OM_uint32 major = call(k, k->cred, &k->ctx, k->spnego ? &login_spnego : login_mech_oid(k->mech),
                         n ? &theirs : GSS_C_NO_BUFFER, ret, &minor);
  k->complete = major == GSS_S_COMPLETE;
  if (GSS_ERROR(major))
    login_explain(out, k->mech, major, minor);
  else if (ret->length > TALK_TOKEN_MAX)
    fail(out, TENON_HTTP_SIGNIN_PROTOCOL, "the message to the server is too long");
  else if (ret->length > 0)
    k->messages++;
}

/* ---- sealing ---- */

/* NTLM: the signature, then the sealed bytes (MS-WSMV 2.2.9.1.1.2). */
static bool
wrap_ntlm(struct talk *k, gss_buffer_t plain, size_t *ret_n)
{
  OM_uint32 minor;
  int sealed = 0;
  if (GSS_ERROR(gss_wrap(&minor, k->ctx, 1, GSS_C_QOP_DEFAULT, plain, &sealed, &k->sealed)))
    return false;
  *ret_n = NTLM_SIGNATURE_SIZE;
  return sealed && k->sealed.length >= NTLM_SIGNATURE_SIZE;
}

/* Kerberos: the header with all that belongs to neither, then the bytes (RFC 4121 section 4.2.4; without a trailer it is
 * rotated to the front). */
static bool
wrap_kerberos(struct talk *k, gss_buffer_t plain, size_t *ret_n)
{
  gss_iov_buffer_desc iov[3] = {{GSS_IOV_BUFFER_TYPE_HEADER, {0, NULL}},
                                {GSS_IOV_BUFFER_TYPE_DATA, *plain},
                                {GSS_IOV_BUFFER_TYPE_PADDING, {0, NULL}}};
  OM_uint32 minor;
  int sealed = 0;
  if (GSS_ERROR(gss_wrap_iov_length(&minor, k->ctx, 1, GSS_C_QOP_DEFAULT, &sealed, iov, 3)))
    return false;
  size_t n = iov[0].buffer.length + plain->length + iov[2].buffer.length;
  char *all = malloc(n);
  if (!all)
    return false;
  iov[0].buffer.value = all;
  iov[1].buffer.value = all + iov[0].buffer.length;
  iov[2].buffer.value = all + iov[0].buffer.length + plain->length;
  if (plain->length > 0)
    memcpy(iov[1].buffer.value, plain->value, plain->length);
  k->sealed = (gss_buffer_desc){n, all};
  *ret_n = iov[0].buffer.length;
  return !GSS_ERROR(gss_wrap_iov(&minor, k->ctx, 1, GSS_C_QOP_DEFAULT, &sealed, iov, 3)) && sealed;
}

bool
talk_wrap(struct talk *k, tenon_text plain, tenon_text *ret_signature, tenon_text *ret)
{
  gss_buffer_desc in = {plain.len, (void *)(uintptr_t)plain.ptr};
  size_t n = 0;
  drop_sealed(k);
  if (plain.len > TALK_SEAL_MAX ||
      !(k->mech == LOGIN_NTLM ? wrap_ntlm(k, &in, &n) : wrap_kerberos(k, &in, &n))) {
    drop_sealed(k);
    return false;
  }
  *ret_signature = (tenon_text){k->sealed.value, n};
  *ret = (tenon_text){(const char *)k->sealed.value + n, k->sealed.length - n};
  return true;
}

bool
talk_unwrap(struct talk *k, tenon_text signature, tenon_text sealed, tenon_text *ret)
{
  OM_uint32 minor;
  int was_sealed = 0;
  drop_sealed(k);
  if (signature.len > TALK_TOKEN_MAX || sealed.len > TALK_SEAL_MAX)
    return false;
  gss_buffer_desc whole = {signature.len + sealed.len, malloc(signature.len + sealed.len + 1)};
  if (!whole.value)
    return false;
  if (signature.len > 0)
    memcpy(whole.value, signature.ptr, signature.len);
  if (sealed.len > 0)
    memcpy((char *)whole.value + signature.len, sealed.ptr, sealed.len);
  OM_uint32 major = gss_unwrap(&minor, k->ctx, &whole, &k->sealed, &was_sealed, NULL);
  free(whole.value);
  if (GSS_ERROR(major) || !was_sealed) {
    drop_sealed(k);
    return false;
  }
  *ret = (tenon_text){k->sealed.value ? k->sealed.value : "", k->sealed.length};
  return true;
}
