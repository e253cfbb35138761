// SPDX-License-Identifier: Apache-2.0
//
// Signing and taking apart with OpenSSL and cJSON.
#include "jose.h"

#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

void
jose_encode(struct text *to, const void *bytes, size_t length)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const unsigned char *from = bytes;
  for (size_t i = 0; i < length; i += 3) {
    unsigned int group = (unsigned int)from[i] << 16;
    group |= i + 1 < length ? (unsigned int)from[i + 1] << 8 : 0;
    group |= i + 2 < length ? from[i + 2] : 0;
    const char four[] = {letters[group >> 18], letters[group >> 12 & 63], letters[group >> 6 & 63],
                         letters[group & 63]};
    text_append_bytes(to, four, length - i < 3 ? length - i + 1 : 4);
  }
}

static int
value_of(char letter)
{
  if (letter >= 'A' && letter <= 'Z')
    return letter - 'A';
  if (letter >= 'a' && letter <= 'z')
    return letter - 'a' + 26;
  if (letter >= '0' && letter <= '9')
    return letter - '0' + 52;
  return letter == '-' ? 62 : letter == '_' ? 63 : -1;
}

bool
jose_decode(const char *text, size_t length, unsigned char *to, size_t room, size_t *ret_length)
{
  unsigned int bits = 0, held = 0;
  size_t written = 0;
  if (length % 4 == 1)
    return false;
  for (size_t i = 0; i < length; i++) {
    int value = value_of(text[i]);
    if (value < 0)
      return false;
    held = held << 6 | (unsigned int)value;
    bits += 6;
    if (bits < 8)
      continue;
    if (written == room)
      return false;
    bits -= 8;
    to[written++] = (unsigned char)(held >> bits);
  }
  *ret_length = written;
  return true;
}

static bool
append_json(struct text *to, cJSON *object)
{
  char *printed = cJSON_PrintUnformatted(object);
  cJSON_Delete(object);
  if (printed == NULL)
    return false;
  jose_encode(to, printed, strlen(printed));
  free(printed);
  return true;
}

bool
jose_sign(EVP_PKEY *key, cJSON *header, cJSON *payload, struct text *to)
{
  unsigned char signature[JOSE_SIGNATURE_MAX];
  size_t length = sizeof(signature), start = to->length;
  bool first = append_json(to, header);
  text_append(to, ".");
  bool both = append_json(to, payload) && first && !to->failed;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool done = both && context != NULL &&
              EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestSign(context, signature, &length, (unsigned char *)to->bytes + start,
                             to->length - start) == 1;
  EVP_MD_CTX_free(context);
  if (!done)
    return false;
  text_append(to, ".");
  jose_encode(to, signature, length);
  return !to->failed;
}

static cJSON *
read_part(const char *text, size_t length)
{
  unsigned char *bytes = malloc(length + 1);
  size_t got;
  cJSON *object = NULL;
  if (bytes != NULL && jose_decode(text, length, bytes, length, &got)) {
    bytes[got] = '\0';
    object = json_read((char *)bytes, got);
  }
  free(bytes);
  if (cJSON_IsObject(object))
    return object;
  cJSON_Delete(object);
  return NULL;
}

bool
jose_read(const char *text, struct jose_token *ret_token)
{
  struct jose_token token = {.text = text};
  size_t first = strcspn(text, ".");
  if (strnlen(text, JOSE_TOKEN_MAX) == JOSE_TOKEN_MAX || text[first] == '\0')
    return false;
  const char *payload = text + first + 1;
  size_t second = strcspn(payload, ".");
  if (payload[second] == '\0')
    return false;
  const char *signature = payload + second + 1;
  token.signed_length = (size_t)(signature - text) - 1;
  token.header = read_part(text, first);
  token.payload = read_part(payload, second);
  if (token.header == NULL || token.payload == NULL ||
      !jose_decode(signature, strlen(signature), token.signature, sizeof(token.signature),
                   &token.signature_length)) {
    jose_finish(&token);
    return false;
  }
  *ret_token = token;
  return true;
}

void
jose_finish(struct jose_token *token)
{
  cJSON_Delete(token->header);
  cJSON_Delete(token->payload);
  token->header = token->payload = NULL;
}

bool
jose_verify(const struct jose_token *token, EVP_PKEY *key)
{
  const char *algorithm = jose_text(token->header, "alg");
  bool pss = strcmp(algorithm, "PS256") == 0;
  if (!pss && strcmp(algorithm, "RS256") != 0)
    return false;
  EVP_PKEY_CTX *how;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool good = context != NULL &&
              EVP_DigestVerifyInit(context, &how, EVP_sha256(), NULL, key) == 1 &&
              (!pss || (EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
                        EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
              EVP_DigestVerify(context, token->signature, token->signature_length,
                               (const unsigned char *)token->text, token->signed_length) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

const char *
jose_text(const cJSON *object, const char *name)
{
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
  return text != NULL ? text : "";
}

double
jose_number(const cJSON *object, const char *name)
{
  const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, name);
  return cJSON_IsNumber(number) ? number->valuedouble : 0;
}
