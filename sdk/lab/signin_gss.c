// SPDX-License-Identifier: Apache-2.0
//
// The libraries judge the messages: gss-ntlmssp, MIT krb5 and its SPNEGO. What they do not judge is
// judged here: whether the one who signed in is the administrator, and whether a client bound its
// sign-in to the TLS connection. Both libraries let a client in that did not, whatever the acceptor
// passes to them.
#include "signin_gss.h"

#include <fcntl.h>
#include <gssapi/gssapi_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "signin.h"
#include "signin_ntlm.h"

struct signin_session {
  gss_ctx_id_t context; // of a sign-in under way
  enum signin_scheme scheme;
  bool signed_in;
  bool has_message;            // the last message of NTLM came,
  struct ntlm_message message; // and was this
};

void *
signin_session_create(void)
{
  return calloc(1, sizeof(struct signin_session));
}

static void
start_anew(struct signin_session *session)
{
  OM_uint32 minor;
  if (session->context != GSS_C_NO_CONTEXT)
    (void)gss_delete_sec_context(&minor, &session->context, GSS_C_NO_BUFFER);
  *session = (struct signin_session){0};
}

void
signin_session_forget(struct signin_session *session)
{
  if (session != NULL)
    start_anew(session);
}

void
signin_session_destroy(void *session)
{
  signin_session_forget(session);
  free(session);
}

bool
signin_session_signed_in(const struct signin_session *session)
{
  return session != NULL && session->signed_in;
}

// NTLM hashes the domain as the client spells it. gss-ntlmssp takes the spelling of its file, so the
// file gets the client's.
static bool
write_users(const struct signin_acceptor *acceptor, const struct ntlm_message *message)
{
  int fd = open(acceptor->settings.users_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0)
    return false;
  bool written =
      dprintf(fd, "%s:%s:%s\n", message->domain, message->user, acceptor->settings.password) > 0;
  return close(fd) == 0 && written;
}

static bool
names_admin(const struct ntlm_message *message)
{
  char name[2 * SIGNIN_NAME_MAX + 2];
  snprintf(name, sizeof(name), "%s%s%s", message->domain, message->domain[0] != '\0' ? "\\" : "",
           message->user);
  return signin_is_admin(name);
}

static gss_cred_id_t
credential_of(const struct signin_acceptor *acceptor, enum signin_scheme scheme)
{
  switch (scheme) {
  case SIGNIN_SCHEME_NTLM: return acceptor->ntlm;
  case SIGNIN_SCHEME_NEGOTIATE: return acceptor->negotiate;
  case SIGNIN_SCHEME_KERBEROS: return acceptor->kerberos;
  }
  return GSS_C_NO_CREDENTIAL;
}

// What the library made of a message.
struct outcome {
  OM_uint32 status;
  OM_uint32 flags;
  gss_OID mechanism;
  gss_name_t name;
};

static struct outcome
accept_message(struct signin_acceptor *acceptor, struct signin_session *session,
               struct signin_token token, gss_buffer_t reply)
{
  struct outcome outcome = {.mechanism = GSS_C_NO_OID, .name = GSS_C_NO_NAME};
  struct gss_channel_bindings_struct bindings = {
      .application_data = {acceptor->binding.length, acceptor->binding.data}};
  // NTLM's are compared in judge_ntlm: gss-ntlmssp would say of wrong ones what it says of passwords.
  bool protected =
      acceptor->settings.scenario->protection != PROTECTION_OFF && !session->has_message;
  gss_buffer_desc input = {token.length, token.bytes};
  unsigned char *longer = malloc(token.length + NTLM_VERSION_SIZE);
  size_t length = longer != NULL ? ntlm_add_version(token.bytes, token.length, longer) : 0;
  if (length > 0)
    input = (gss_buffer_desc){length, longer};
  OM_uint32 minor;
  signin_library_enter();
  outcome.status =
      gss_accept_sec_context(&minor, &session->context, credential_of(acceptor, session->scheme),
                             &input, protected ? &bindings : GSS_C_NO_CHANNEL_BINDINGS,
                             &outcome.name, &outcome.mechanism, reply, &outcome.flags, NULL, NULL);
  signin_library_leave();
  free(longer);
  return outcome;
}

static bool
principal_is_admin(gss_name_t name)
{
  gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor;
  if (name == GSS_C_NO_NAME || GSS_ERROR(gss_display_name(&minor, name, &text, NULL)))
    return false;
  char copy[SIGNIN_NAME_MAX];
  snprintf(copy, sizeof(copy), "%.*s", (int)text.length, (const char *)text.value);
  (void)gss_release_buffer(&minor, &text);
  return strcasecmp(copy, LAB_ADMIN) == 0;
}

static bool
same_oid(const gss_OID_desc *one, const gss_OID_desc *other)
{
  return one != GSS_C_NO_OID && one->length == other->length &&
         memcmp(one->elements, other->elements, one->length) == 0;
}

// Extended Protection. `bound`: the client bound; `right`: to this server's certificate.
static bool
content(const struct signin_acceptor *acceptor, bool bound, bool right)
{
  switch (acceptor->settings.scenario->protection) {
  case PROTECTION_OFF: return true;
  case PROTECTION_ALLOW: return !bound || right;
  case PROTECTION_REQUIRE: return bound && right;
  }
  return false;
}

static bool
binding_is_right(const struct signin_acceptor *acceptor, const struct ntlm_message *message)
{
  return memcmp(message->binding, acceptor->binding.digest, sizeof(message->binding)) == 0;
}

static enum signin_step
judge_ntlm(const struct signin_acceptor *acceptor, const struct signin_session *session)
{
  const struct ntlm_message *message = &session->message;
  if (!session->has_message)
    return SIGNIN_REFUSED;
  return content(acceptor, message->bound, binding_is_right(acceptor, message)) ? SIGNIN_ACCEPTED
                                                                                : SIGNIN_NOT_BOUND;
}

// Kerberos: the library has refused a wrong binding already.
static enum signin_step
judge_kerberos(const struct signin_acceptor *acceptor, const struct outcome *outcome)
{
  if (!principal_is_admin(outcome->name))
    return SIGNIN_REFUSED;
  bool bound = (outcome->flags & GSS_C_CHANNEL_BOUND_FLAG) != 0;
  return content(acceptor, bound, bound) ? SIGNIN_ACCEPTED : SIGNIN_NOT_BOUND;
}

static enum signin_step
judge(const struct signin_acceptor *acceptor, const struct signin_session *session,
      const struct outcome *outcome)
{
  if (outcome->status == GSS_S_CONTINUE_NEEDED)
    return SIGNIN_CONTINUES;
  if (outcome->status == GSS_S_COMPLETE)
    return same_oid(outcome->mechanism, &signin_ntlm)       ? judge_ntlm(acceptor, session)
           : same_oid(outcome->mechanism, &signin_kerberos) ? judge_kerberos(acceptor, outcome)
                                                            : SIGNIN_REFUSED;
  if (GSS_ROUTINE_ERROR(outcome->status) == GSS_S_BAD_BINDINGS)
    return SIGNIN_NOT_BOUND;
  return session->has_message ? SIGNIN_WRONG : SIGNIN_REFUSED;
}

static bool
read_message(struct signin_session *session, struct signin_token token)
{
  const unsigned char *found = ntlm_find(token.bytes, token.length);
  if (found == NULL)
    return true;
  session->has_message =
      ntlm_read(found, token.length - (size_t)(found - token.bytes), &session->message);
  return session->has_message;
}

static bool
copy_reply(const gss_buffer_desc *reply, struct signin_token *ret_reply)
{
  *ret_reply = (struct signin_token){0};
  if (reply->length == 0)
    return true;
  ret_reply->bytes = malloc(reply->length);
  if (ret_reply->bytes == NULL)
    return false;
  memcpy(ret_reply->bytes, reply->value, reply->length);
  ret_reply->length = reply->length;
  return true;
}

// The user file holds one spelling: its writer and the library that reads it are one at a time.
static struct outcome
accept_spelt(struct signin_acceptor *acceptor, struct signin_session *session,
             struct signin_token token, gss_buffer_t reply)
{
  struct outcome outcome = {.status = GSS_S_FAILURE};
  pthread_mutex_lock(&acceptor->lock);
  if (write_users(acceptor, &session->message))
    outcome = accept_message(acceptor, session, token, reply);
  pthread_mutex_unlock(&acceptor->lock);
  return outcome;
}

static enum signin_step
take_message(struct signin_acceptor *acceptor, struct signin_session *session,
             struct signin_token token, gss_buffer_t reply)
{
  if (session->has_message && !names_admin(&session->message))
    return SIGNIN_REFUSED;
  struct outcome outcome = session->has_message ? accept_spelt(acceptor, session, token, reply)
                                                : accept_message(acceptor, session, token, reply);
  enum signin_step step = judge(acceptor, session, &outcome);
  OM_uint32 minor;
  (void)gss_release_name(&minor, &outcome.name);
  return step;
}

enum signin_step
signin_gss_step(struct signin_acceptor *acceptor, struct signin_session *session,
                enum signin_scheme scheme, struct signin_token token,
                struct signin_token *ret_reply)
{
  *ret_reply = (struct signin_token){0};
  if (session->context == GSS_C_NO_CONTEXT || session->scheme != scheme)
    start_anew(session);
  session->scheme = scheme;
  gss_buffer_desc reply = GSS_C_EMPTY_BUFFER;
  enum signin_step step = SIGNIN_REFUSED;
  if (credential_of(acceptor, scheme) != GSS_C_NO_CREDENTIAL && read_message(session, token))
    step = take_message(acceptor, session, token, &reply);
  if ((step == SIGNIN_CONTINUES || step == SIGNIN_ACCEPTED) && !copy_reply(&reply, ret_reply))
    step = SIGNIN_REFUSED;
  OM_uint32 minor;
  (void)gss_release_buffer(&minor, &reply);
  bool lasts = session->has_message || !acceptor->settings.scenario->kerberos_each_request;
  if (step != SIGNIN_CONTINUES)
    start_anew(session);
  session->signed_in = step == SIGNIN_ACCEPTED && lasts;
  return step;
}
