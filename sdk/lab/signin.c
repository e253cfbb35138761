// SPDX-License-Identifier: Apache-2.0
//
// Basic authentication as IIS does it: the user may come as UPN, mail address or DOMAIN\user, case
// aside; the password is compared in constant time.
#include "signin.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <string.h>
#include <strings.h>

bool
signin_make_password(char *ret_password, size_t room)
{
  // No look-alikes, and nothing that a shell or XML would want escaped: people copy it by hand.
  static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_.+";
  unsigned char bytes[LAB_PASSWORD_ROOM];
  if (room > sizeof(bytes) || RAND_bytes(bytes, (int)room) != 1)
    return false;
  for (size_t i = 0; i + 1 < room; i++)
    ret_password[i] = letters[bytes[i] % (sizeof(letters) - 1)];
  ret_password[room - 1] = '\0';
  OPENSSL_cleanse(bytes, sizeof(bytes));
  return true;
}

static bool
is_admin(const char *user)
{
  static const char *const forms[] = {
      LAB_ADMIN,
      DIRECTORY_NETBIOS "\\" LAB_ADMIN_ALIAS,
      DIRECTORY_DOMAIN "\\" LAB_ADMIN_ALIAS,
  };
  for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
    if (strcasecmp(user, forms[i]) == 0)
      return true;
  return false;
}

static bool
same(const char *given, const char *wanted)
{
  unsigned char one[SHA256_DIGEST_LENGTH];
  unsigned char other[SHA256_DIGEST_LENGTH];
  SHA256((const unsigned char *)given, strlen(given), one);
  SHA256((const unsigned char *)wanted, strlen(wanted), other);
  return CRYPTO_memcmp(one, other, sizeof(one)) == 0;
}

static bool
decode(const char *encoded, char *ret_text)
{
  size_t length = strlen(encoded);
  if (length == 0 || length % 4 != 0 || length > SIGNIN_CREDENTIALS_MAX)
    return false;
  unsigned char bytes[SIGNIN_CREDENTIALS_MAX];
  int decoded = EVP_DecodeBlock(bytes, (const unsigned char *)encoded, (int)length);
  if (decoded < 0)
    return false;
  size_t padding = encoded[length - 1] != '=' ? 0 : encoded[length - 2] != '=' ? 1 : 2;
  memcpy(ret_text, bytes, (size_t)decoded - padding);
  ret_text[(size_t)decoded - padding] = '\0';
  OPENSSL_cleanse(bytes, sizeof(bytes));
  return true;
}

bool
signin_accepts(const struct lab *lab, const char *authorization)
{
  if (authorization == NULL || strncasecmp(authorization, "Basic ", 6) != 0)
    return false;
  const char *encoded = authorization + 6;
  encoded += strspn(encoded, " ");
  char credentials[SIGNIN_CREDENTIALS_MAX];
  if (!decode(encoded, credentials))
    return false;
  char *colon = strchr(credentials, ':');
  bool accepted = false;
  if (colon != NULL) {
    *colon = '\0';
    bool right = same(colon + 1, lab->password);
    accepted = is_admin(credentials) && right;
  }
  OPENSSL_cleanse(credentials, sizeof(credentials));
  return accepted;
}
