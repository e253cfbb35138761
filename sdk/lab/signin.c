// SPDX-License-Identifier: Apache-2.0
//
// Signing in as IIS has it. Basic: the password is compared in constant time. The other schemes: a
// challenge has an empty body, and what was proved once holds for the connection, so that later
// requests need no header: with NTLM always, with Kerberos where IIS has authPersistNonNTLM.
#include "signin.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cloud.h"
#include "iis.h"
#include "scenario.h"
#include "signin_gss.h"

bool
signin_is_admin(const char *user)
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

static enum signin_step
check_basic(const struct lab *lab, const char *encoded)
{
  char credentials[SIGNIN_CREDENTIALS_MAX];
  if (!decode(encoded, credentials))
    return SIGNIN_REFUSED;
  char *colon = strchr(credentials, ':');
  enum signin_step step = SIGNIN_REFUSED;
  if (colon != NULL) {
    *colon = '\0';
    bool right = same(colon + 1, lab->password);
    if (signin_is_admin(credentials))
      step = right ? SIGNIN_ACCEPTED : SIGNIN_WRONG;
  }
  OPENSSL_cleanse(credentials, sizeof(credentials));
  return step;
}

static bool
decode_token(const char *encoded, struct signin_token *ret_token)
{
  size_t length = strlen(encoded);
  if (length == 0 || length % 4 != 0 || length > SIGNIN_TOKEN_MAX)
    return false;
  struct signin_token token = {.bytes = malloc(length)};
  if (token.bytes == NULL)
    return false;
  int decoded = EVP_DecodeBlock(token.bytes, (const unsigned char *)encoded, (int)length);
  if (decoded < 3) {
    free(token.bytes);
    return false;
  }
  size_t padding = encoded[length - 1] != '=' ? 0 : encoded[length - 2] != '=' ? 1 : 2;
  token.length = (size_t)decoded - padding;
  *ret_token = token;
  return true;
}

static void
answer_token(struct http_answer *answer, const char *scheme, struct signin_token token)
{
  if (token.length == 0)
    return;
  char *encoded = malloc(token.length / 3 * 4 + 5);
  if (encoded == NULL) {
    answer->authenticate.failed = true;
    return;
  }
  EVP_EncodeBlock((unsigned char *)encoded, token.bytes, (int)token.length);
  text_append(&answer->authenticate, scheme);
  text_append(&answer->authenticate, " ");
  text_append(&answer->authenticate, encoded);
  free(encoded);
}

static const struct {
  const char *name;
  enum signin_scheme scheme;
} schemes[] = {
    {"NTLM", SIGNIN_SCHEME_NTLM},
    {"Negotiate", SIGNIN_SCHEME_NEGOTIATE},
    {"Kerberos", SIGNIN_SCHEME_KERBEROS},
};

// What stands behind the scheme's name; NULL: it is another scheme.
static const char *
after(const char *text, const char *scheme)
{
  size_t length = strlen(scheme);
  if (strncasecmp(text, scheme, length) != 0 || text[length] != ' ')
    return NULL;
  return text + length + strspn(text + length, " ");
}

// A message of a sign-in by the scheme at `index`; `*ret_reply` is the caller's to free.
static enum signin_step
check_message(struct lab *lab, const struct http_request *request, size_t index,
              const char *encoded, struct signin_token *ret_reply)
{
  struct signin_token token;
  if (request->session == NULL || !decode_token(encoded, &token))
    return SIGNIN_REFUSED;
  enum signin_step step =
      signin_gss_step(lab->acceptor, request->session, schemes[index].scheme, token, ret_reply);
  free(token.bytes);
  return step;
}

// What counts against the account, and what a scenario does to a sign-in that was right.
static enum signin_step
overrule(struct lab *lab, enum signin_step step)
{
  const struct scenario *scenario = lab->scenario;
  if (step == SIGNIN_WRONG)
    atomic_fetch_add(&lab->bad, 1);
  if (step != SIGNIN_ACCEPTED)
    return step;
  bool locked = scenario->locks_out && atomic_load(&lab->bad) >= SIGNIN_BAD_MAX;
  return scenario->refuses_password || locked ? SIGNIN_REFUSED : SIGNIN_ACCEPTED;
}

static bool
conclude(struct lab *lab, enum signin_step step, struct http_answer *answer)
{
  bool accepted = step == SIGNIN_ACCEPTED;
  atomic_fetch_add(accepted ? &lab->accepted : &lab->rejected, 1);
  if (!accepted)
    iis_unauthorized(lab, answer);
  return accepted;
}

static bool
accept_message(struct lab *lab, const struct http_request *request, size_t index,
               const char *encoded, struct http_answer *answer)
{
  struct signin_token reply = {0};
  enum signin_step step = overrule(lab, check_message(lab, request, index, encoded, &reply));
  if (step == SIGNIN_REFUSED)
    signin_session_forget(request->session);
  if (step == SIGNIN_CONTINUES || step == SIGNIN_ACCEPTED)
    answer_token(answer, schemes[index].name, reply);
  free(reply.bytes);
  if (step != SIGNIN_CONTINUES)
    return conclude(lab, step, answer);
  iis_challenge(lab, answer, schemes[index].name);
  if (lab->scenario->drops_handshake)
    http_answer_header(answer, "Connection", "close");
  return false;
}

bool
signin_accepts(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  const char *authorization = http_request_header(request, "Authorization");
  if (authorization == NULL) {
    if (signin_session_signed_in(request->session))
      return true;
    iis_unauthorized(lab, answer);
    return false;
  }
  for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
    const char *encoded = after(authorization, schemes[i].name);
    if (encoded != NULL && scenario_offers(lab->scenario, schemes[i].name))
      return accept_message(lab, request, i, encoded, answer);
  }
  const char *encoded = after(authorization, "Basic");
  enum signin_step step = SIGNIN_REFUSED;
  if (encoded != NULL && scenario_offers(lab->scenario, "Basic"))
    step = check_basic(lab, encoded);
  return conclude(lab, overrule(lab, step), answer);
}

void
signin_serve_attempts(struct lab *lab, const struct http_request *request,
                      struct http_answer *answer)
{
  (void)request;
  bool locked = lab->scenario->locks_out && atomic_load(&lab->bad) >= SIGNIN_BAD_MAX;
  answer->status = 200;
  http_answer_header(answer, "Content-Type", "application/json");
  const struct cloud *cloud = lab->cloud;
  text_format(&answer->body,
              "{\"accepted\":%llu,\"refused\":%llu,\"bad\":%u,\"locked\":%s,"
              "\"token\":{\"requests\":%u,\"polls\":%u,\"issued\":%u,\"refused\":%u}}\n",
              atomic_load(&lab->accepted), atomic_load(&lab->rejected), atomic_load(&lab->bad),
              locked ? "true" : "false", atomic_load(&cloud->asked), atomic_load(&cloud->polls),
              atomic_load(&cloud->issued), atomic_load(&cloud->refused));
}
