// SPDX-License-Identifier: Apache-2.0
//
// Client authentication: a secret in the form or by Basic, or an assertion signed with the key of the
// certificate (RFC 7523), which is looked at more closely than Entra does where that finds mistakes.
#include "entra.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// Id and secret of Basic; both are form-encoded in it (RFC 6749 2.3.1).
struct basic {
  char id[SIGNIN_CREDENTIALS_MAX];
  char secret[SIGNIN_CREDENTIALS_MAX];
  char raw[SIGNIN_CREDENTIALS_MAX]; // as Entra also takes it
};

static bool
read_basic(const struct http_request *request, struct basic *ret_basic)
{
  const char *text = http_request_header(request, "Authorization");
  unsigned char bytes[SIGNIN_CREDENTIALS_MAX] = {0};
  if (text == NULL || strncasecmp(text, "Basic ", 6) != 0)
    return false;
  size_t length = strlen(text + 6);
  if (length == 0 || length % 4 != 0 || length >= SIGNIN_CREDENTIALS_MAX ||
      EVP_DecodeBlock(bytes, (const unsigned char *)text + 6, (int)length) < 0)
    return false;
  char *colon = strchr((char *)bytes, ':');
  if (colon == NULL)
    return false;
  *colon = '\0';
  snprintf(ret_basic->id, sizeof(ret_basic->id), "%s", (char *)bytes);
  snprintf(ret_basic->raw, sizeof(ret_basic->raw), "%s", colon + 1);
  memcpy(ret_basic->secret, ret_basic->raw, sizeof(ret_basic->secret));
  form_decode(ret_basic->id, true);
  form_decode(ret_basic->secret, true);
  OPENSSL_cleanse(bytes, sizeof(bytes));
  return true;
}

void
entra_client_id(struct entra_call *call, char *ret_id, size_t room)
{
  struct basic basic;
  const char *id = form_text(&call->form, "client_id");
  if (id[0] == '\0' && read_basic(call->request, &basic)) {
    snprintf(ret_id, room, "%s", basic.id);
    OPENSSL_cleanse(&basic, sizeof(basic));
  } else {
    snprintf(ret_id, room, "%s", id);
  }
}

static bool
is_secret(const struct entra_call *call, const char *given)
{
  const char *secret = call->lab->cloud->application.secret;
  return strlen(given) == strlen(secret) && CRYPTO_memcmp(given, secret, strlen(secret)) == 0;
}

static bool
check_secret(struct entra_call *call, const char *given, const char *raw)
{
  if (entra_plays(call, CLOUD_AT_SECRET, RESOURCE_NONE))
    return false;
  return is_secret(call, given) || (raw != NULL && is_secret(call, raw)) ||
         entra_refuse(call, 7000215, NULL);
}

// ---- assertions ---------------------------------------------------------------------------------

// Whether it is the thumbprint; some write base64 with its padding, and Entra takes it.
static bool
is_thumbprint(const char *given, const char *wanted)
{
  size_t length = strlen(wanted);
  return strncmp(given, wanted, length) == 0 &&
         strspn(given + length, "=") == strlen(given + length);
}

static const char *
find_fault(const struct entra_call *call, const struct jose_token *token)
{
  const struct application *application = &call->lab->cloud->application;
  const char *thumbprint = jose_text(token->header, "x5t#S256");
  const char *old = jose_text(token->header, "x5t");
  if (thumbprint[0] == '\0' && old[0] == '\0')
    return "its header has neither x5t#S256 nor x5t";
  if (thumbprint[0] != '\0' ? !is_thumbprint(thumbprint, application->thumbprint)
                            : !is_thumbprint(old, application->thumbprint_old))
    return "the thumbprint is not that of a registered certificate";
  if (!jose_verify(token, application->key))
    return "invalid signature (PS256 or RS256 of the certificate's key)";
  return NULL;
}

static bool
is_endpoint(const struct entra_call *call, const char *audience)
{
  char base[256], wanted[512];
  cloud_base(call->request, base, sizeof(base));
  snprintf(wanted, sizeof(wanted), "%s%s", base, call->request->path);
  if (strcasecmp(audience, wanted) == 0)
    return true;
  // Any name of the tenant will do, as at Entra.
  size_t host = strlen(base);
  const char *path = strncasecmp(audience, base, host) == 0 ? audience + host : "";
  const char *rest = path[0] == '/' ? strchr(path + 1, '/') : NULL;
  snprintf(wanted, sizeof(wanted), "%.*s", rest != NULL ? (int)(rest - path) - 1 : 0, path + 1);
  return rest != NULL && strcasecmp(rest + 1, call->rest) == 0 &&
         cloud_is_tenant(call->lab, call->request, wanted);
}

static const char *
find_wrong_claim(struct entra_call *call, const cJSON *payload)
{
  const char *jti = jose_text(payload, "jti");
  if (strcasecmp(jose_text(payload, "iss"), APPLICATION_ID) != 0 ||
      strcasecmp(jose_text(payload, "sub"), APPLICATION_ID) != 0)
    return "iss and sub must be the application's id";
  if (!is_endpoint(call, jose_text(payload, "aud")))
    return "aud must be the URL of this token endpoint";
  if (jti[0] == '\0')
    return "there is no jti";
  pthread_mutex_lock(&call->lab->cloud->lock);
  bool fresh = grants_remember(&call->lab->cloud->grants, jti);
  pthread_mutex_unlock(&call->lab->cloud->lock);
  return fresh ? NULL : "its jti was used before";
}

static bool
check_time(struct entra_call *call, const cJSON *payload)
{
  double now = (double)time(NULL) + cloud_play_of(call->lab)->clock_s;
  double until = jose_number(payload, "exp"), from = jose_number(payload, "nbf");
  // Microsoft's own library leaves nbf out.
  if (from == 0)
    from = jose_number(payload, "iat");
  if (from <= now + ENTRA_ASSERTION_SKEW_S && until > now - ENTRA_ASSERTION_SKEW_S &&
      until - from <= ENTRA_ASSERTION_SECONDS)
    return true;
  char text[32];
  struct tm parts;
  time_t whole = (time_t)now;
  strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&whole, &parts));
  return entra_refuse(call, 700024, text);
}

static bool
check_assertion(struct entra_call *call)
{
  struct jose_token token;
  if (strcmp(form_text(&call->form, "client_assertion_type"), ASSERTION_TYPE) != 0)
    return entra_refuse(call, 900144, "client_assertion_type");
  if (!jose_read(form_text(&call->form, "client_assertion"), &token))
    return entra_refuse(call, 50013, "it is no token");
  bool good = false;
  const char *fault = find_fault(call, &token);
  if (fault != NULL)
    entra_refuse(call, 700027, fault);
  else if (check_time(call, token.payload)) {
    fault = find_wrong_claim(call, token.payload);
    good = fault == NULL || entra_refuse(call, 50013, fault);
  }
  jose_finish(&token);
  return good && !entra_plays(call, CLOUD_AT_CERTIFICATE, RESOURCE_NONE);
}

bool
entra_client_check(struct entra_call *call, enum entra_credential *ret_credential)
{
  const char *secret = form_field(&call->form, "client_secret");
  struct basic basic;
  bool good = true;
  *ret_credential = ENTRA_NOBODY;
  if (form_field(&call->form, "client_assertion") != NULL) {
    good = check_assertion(call);
    *ret_credential = ENTRA_CERTIFICATE;
  } else if (secret != NULL) {
    good = check_secret(call, secret, NULL);
    *ret_credential = ENTRA_SECRET;
  } else if (read_basic(call->request, &basic)) {
    good = check_secret(call, basic.secret, basic.raw);
    *ret_credential = ENTRA_SECRET;
    OPENSSL_cleanse(&basic, sizeof(basic));
  }
  return good;
}
