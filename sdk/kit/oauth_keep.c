// SPDX-License-Identifier: Apache-2.0
//
// What one session got, for the others of its connection, and for the next time. Values are small JSON, secrets as a
// whole; keys are hashes of who signs in and to what, so that no name of a person stands in them.
#include "oauth_parts.h"

#include "json.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HASH_HEX 32 // digits of a name; 64 of a credential

static void
add(EVP_MD_CTX *md, const char *text, size_t len)
{
  uint64_t n = len;
  (void)EVP_DigestUpdate(md, &n, sizeof n); // so that two texts are not one
  (void)EVP_DigestUpdate(md, text, len);
}

static void
finish(EVP_MD_CTX *md, char *to, size_t digits)
{
  unsigned char hash[EVP_MAX_MD_SIZE] = {0};
  (void)EVP_DigestFinal_ex(md, hash, NULL);
  for (size_t i = 0; i < digits / 2; i++)
    snprintf(to + 2 * i, 3, "%02x", hash[i]);
  EVP_MD_CTX_free(md);
}

// Device code and browser are one person, whichever way was gone.
static const char *
kind_of(enum oauth_grant grant)
{
  if (!oauth_is_app(grant))
    return "person";
  return grant == OAUTH_MANAGED_IDENTITY ? "machine" : "application";
}

static void
name_of(const struct oauth *o, const char *prefix, const char *resource, const char *scopes,
        char to[OAUTH_KEY_MAX])
{
  const struct oauth_settings *s = &o->settings;
  const char *const texts[] = {s->authority,  s->tenant, s->client_id, kind_of(s->grant),
                               s->login_hint, resource,  scopes};
  EVP_MD_CTX *md = EVP_MD_CTX_new();
  to[0] = 0;
  if (md == NULL || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1) {
    EVP_MD_CTX_free(md);
    return;
  }
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    add(md, texts[i], strlen(texts[i]));
  size_t n = strlen(prefix);
  memcpy(to, prefix, n);
  finish(md, to + n, HASH_HEX);
}

void
oauth_keep_init(struct oauth *o)
{
  name_of(o, "oauth.signin.", "", "", o->lock);
  name_of(o, "oauth.refresh.", "", "", o->refresh);
}

// With what it was got, so that a token of the secret before does not vouch for the one that was just entered. Stands in
// a secret only. false: it cannot be told.
static bool
fingerprint(const struct oauth *o, char to[2 * SHA256_DIGEST_LENGTH + 1])
{
  const struct oauth_settings *s = &o->settings;
  tenon_secret *secret = s->grant == OAUTH_CERTIFICATE ? s->certificate_password : s->secret;
  tenon_text text = {"", 0};
  bool has = oauth_is_app(s->grant) && secret != NULL;
  if (has && o->host->reveal(o->host, secret, &text) != TENON_OK)
    return false;
  EVP_MD_CTX *md = EVP_MD_CTX_new();
  bool good = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;
  if (good) {
    add(md, oauth_grant_name(s->grant), strlen(oauth_grant_name(s->grant)));
    add(md, text.ptr, text.len);
    if (s->grant == OAUTH_CERTIFICATE)
      add(md, s->certificate.ptr, s->certificate.len);
    finish(md, to, 2 * SHA256_DIGEST_LENGTH);
  } else {
    EVP_MD_CTX_free(md);
  }
  if (has)
    o->host->conceal(o->host, secret);
  return good;
}

static void
keep(struct oauth *o, uint32_t scope, const char *key, struct kit_text *value)
{
  tenon_secret *secret = NULL;
  bool kept = key[0] != 0 && !value->cut &&
              oauth_remember(o, value->ptr, value->len, &secret) == TENON_OK &&
              o->host->keep(o->host, scope, key, secret) == TENON_OK;
  if (!kept)
    o->host->log(o->host, TENON_LOG_WARN, "A token could not be kept; it is used all the same.");
  OPENSSL_cleanse(value->ptr, value->size);
}

void
oauth_keep_access(struct oauth *o, const struct oauth_slot *slot)
{
  char key[OAUTH_KEY_MAX], with[2 * SHA256_DIGEST_LENGTH + 1];
  tenon_text token;
  char *buffer = malloc(OAUTH_RESULT_MAX);
  if (buffer == NULL || !fingerprint(o, with) ||
      o->host->reveal(o->host, slot->result.token, &token) != TENON_OK) {
    free(buffer);
    return;
  }
  struct kit_text value;
  kit_text_init(&value, buffer, OAUTH_RESULT_MAX);
  kit_text_printf(&value,
                  "{\"with\":\"%s\",\"got\":\"%" PRId64 "\",\"good\":\"%" PRId64
                  "\",\"expires\":\"%" PRId64 "\",\"token\":\"",
                  with, slot->got_ns, slot->good_ns, slot->result.expires_ns);
  kit_text_put_json(&value, token.ptr);
  kit_text_put(&value, "\"}");
  o->host->conceal(o->host, slot->result.token);
  name_of(o, "oauth.access.", slot->resource, slot->scopes, key);
  keep(o, TENON_KEEP_PROCESS, key, &value);
  free(buffer);
}

// What is kept under a key, read; NULL in *ret: nothing.
static tenon_status
kept(struct oauth *o, const tenon_call *call, const char *key, cJSON **ret)
{
  tenon_secret *secret = NULL;
  tenon_text text;
  *ret = NULL;
  if (key[0] == 0)
    return TENON_OK;
  tenon_status status = o->host->kept(o->host, call, key, &secret);
  if (status != TENON_OK)
    return status == TENON_E_CANCELLED ? status : TENON_OK;
  if (o->host->reveal(o->host, secret, &text) == TENON_OK) {
    *ret = kit_json_parse(text.ptr, text.len, NULL);
    o->host->conceal(o->host, secret);
  }
  return TENON_OK;
}

static tenon_status
take_kept(struct oauth *o, struct oauth_slot *slot, const char *token, const int64_t times[3])
{
  tenon_secret *secret = NULL;
  tenon_status status = oauth_remember(o, token, strlen(token), &secret);
  if (status != TENON_OK)
    return status;
  slot->result.token = secret;
  slot->result.source = OAUTH_FROM_KEPT;
  slot->result.expires_ns = times[2];
  slot->got_ns = times[0];
  slot->good_ns = times[1];
  jwt_read(token, strlen(token), &slot->result.claims);
  (void)kit_text_copy(slot->result.tried, sizeof slot->result.tried,
                      "the token that this connection got a moment ago");
  return TENON_OK;
}

tenon_status
oauth_kept_access(struct oauth *o, const tenon_call *call, struct oauth_slot *slot,
                  int64_t since_ns)
{
  char key[OAUTH_KEY_MAX], with[2 * SHA256_DIGEST_LENGTH + 1];
  int64_t times[3] = {0};
  cJSON *json = NULL;
  name_of(o, "oauth.access.", slot->resource, slot->scopes, key);
  tenon_status status = kept(o, call, key, &json);
  const char *token = kit_json_text(json, "token"), *by = kit_json_text(json, "with");
  bool good = token != NULL && by != NULL && kit_json_whole(json, "got", &times[0]) &&
              kit_json_whole(json, "good", &times[1]) &&
              kit_json_whole(json, "expires", &times[2]) && fingerprint(o, with) &&
              strlen(by) + 1 == sizeof with && CRYPTO_memcmp(by, with, sizeof with) == 0;
  int64_t now = o->host->now(o->host);
  if (good && times[0] >= since_ns && times[0] <= now && times[1] > now)
    status = take_kept(o, slot, token, times);
  kit_json_wipe(json);
  return status;
}

void
oauth_keep_refresh(struct oauth *o, const char *text)
{
  char *buffer = malloc(OAUTH_RESULT_MAX);
  struct kit_text value;
  if (buffer == NULL)
    return;
  kit_text_init(&value, buffer, OAUTH_RESULT_MAX);
  kit_text_put(&value, text != NULL ? "{\"refresh_token\":\"" : "{}");
  if (text != NULL) {
    kit_text_put_json(&value, text);
    kit_text_put(&value, "\"}");
  }
  // One that is dead is dead for this process; another one may have stored a newer one since, which stays.
  keep(o, text != NULL ? TENON_KEEP_CONNECTION : TENON_KEEP_PROCESS, o->refresh, &value);
  free(buffer);
}

tenon_status
oauth_kept_refresh(struct oauth *o, const tenon_call *call, tenon_secret **ret)
{
  cJSON *json = NULL;
  tenon_status status = kept(o, call, o->refresh, &json);
  const char *text = kit_json_text(json, "refresh_token");
  *ret = NULL;
  if (status == TENON_OK && text != NULL && text[0] != 0)
    status = oauth_remember(o, text, strlen(text), ret);
  kit_json_wipe(json);
  return status;
}
