// SPDX-License-Identifier: Apache-2.0
//
// An application proves itself by its certificate: the key is opened once a session, the assertion made anew for each
// request and handed on as a secret, for until it ends it is as good as the key.
#include "oauth_parts.h"

#include <openssl/crypto.h>
#include <string.h>
#include <time.h>

// NULL: *ret_why.
static const struct jwt_key *
key_of(struct oauth *o, const char **ret_why)
{
  tenon_secret *secret = o->settings.certificate_password;
  tenon_text password = {NULL, 0};
  if (o->key != NULL)
    return o->key;
  *ret_why = "There is no certificate: choose its file.";
  if (o->settings.certificate.ptr == NULL)
    return NULL;
  *ret_why = "Its password cannot be read.";
  if (secret != NULL && o->host->reveal(o->host, secret, &password) != TENON_OK)
    return NULL;
  o->key = jwt_key_open(o->settings.certificate, password, ret_why);
  if (secret != NULL)
    o->host->conceal(o->host, secret);
  return o->key;
}

static tenon_status
assertion(struct oauth *o, const struct jwt_key *key, tenon_secret **ret)
{
  char audience[OAUTH_URL_MAX], text[JWT_ASSERTION_MAX];
  struct kit_text to;
  kit_text_init(&to, audience, sizeof audience);
  oauth_put_endpoint(o, "/oauth2/v2.0/token", &to);
  kit_text_init(&to, text, sizeof text);
  *ret = NULL;
  if (!jwt_assert(key, o->settings.client_id, audience, (int64_t)time(NULL), &to))
    return TENON_OK;
  tenon_status status = oauth_remember(o, text, to.len, ret);
  OPENSSL_cleanse(text, sizeof text);
  return status;
}

tenon_status
oauth_by_certificate(struct oauth *o, const tenon_call *call, struct oauth_slot *slot)
{
  struct oauth_post post;
  char scopes[OAUTH_SCOPES_MAX + CLOUD_URL_MAX];
  struct kit_text to;
  enum oauth_got got;
  const char *why = NULL;
  tenon_secret *secret;
  const struct jwt_key *key = key_of(o, &why);
  if (key == NULL)
    return oauth_fail(slot, TENON_E_CONFIG, "assertion", why);
  if (jwt_key_ends(key) <= (int64_t)time(NULL))
    return oauth_fail(slot, TENON_E_CONFIG, "assertion",
                      "The certificate has expired: make a new one, upload it to the application, "
                      "and choose its file.");
  tenon_status status = assertion(o, key, &secret);
  if (status != TENON_OK)
    return status;
  if (secret == NULL)
    return oauth_fail(slot, TENON_E_CONFIG, "assertion",
                      "Its private key cannot sign (PS256): make a certificate with an RSA key.");
  kit_text_init(&to, scopes, sizeof scopes);
  oauth_put_scopes(o, slot, &to);
  oauth_post_init(&post);
  oauth_post_text(&post, "grant_type", "client_credentials");
  oauth_post_text(&post, "client_id", o->settings.client_id);
  oauth_post_text(&post, "scope", scopes);
  oauth_post_text(&post, "client_assertion_type",
                  "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  oauth_post_secret(&post, "client_assertion", secret);
  int64_t sent = o->host->now(o->host);
  status = oauth_post_send(o, call, slot, &post, "/oauth2/v2.0/token", "certificate");
  if (status == TENON_OK && slot->result.completion != NULL)
    status = oauth_read(o, slot, "token", sent, &got);
  return status;
}
