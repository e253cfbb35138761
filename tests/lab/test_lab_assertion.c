// SPDX-License-Identifier: Apache-2.0
//
// The assertion by which an application proves its certificate: signed here with OpenSSL, and each of
// the mistakes that clients make in it.
#include <check.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cloud_client.h"

struct assertion {
  const char *algorithm;  // NULL: PS256
  const char *thumbprint; // member of the header; NULL: x5t#S256
  const char *print;      // its value; NULL: the right one
  int salt;               // 0: as long as the digest
  long from, until;       // seconds from now
  const char *audience;   // NULL: the token endpoint
  const char *subject;    // NULL: the application
  const char *jti;        // NULL: a new one
};

static struct {
  EVP_PKEY *key;
  X509 *certificate;
} credential;

static void
load(const struct lab_run *lab)
{
  FILE *file = fopen(lab_string(lab, "client_certificate"), "re");
  ck_assert_ptr_nonnull(file);
  char password[64];
  snprintf(password, sizeof(password), "%s", lab_string(lab, "client_certificate_password"));
  credential.key = PEM_read_PrivateKey(file, NULL, NULL, password);
  ck_assert_ptr_nonnull(credential.key);
  rewind(file);
  credential.certificate = PEM_read_X509(file, NULL, NULL, NULL);
  ck_assert_ptr_nonnull(credential.certificate);
  fclose(file);
}

static void
unload(void)
{
  EVP_PKEY_free(credential.key);
  X509_free(credential.certificate);
}

// base64url by way of base64; the caller frees it.
static char *
encode(const void *bytes, size_t length)
{
  char *text = malloc(length / 3 * 4 + 5);
  ck_assert_ptr_nonnull(text);
  EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
  for (char *letter = text; *letter != '\0'; letter++)
    *letter = *letter == '+' ? '-' : *letter == '/' ? '_' : *letter;
  text[strcspn(text, "=")] = '\0';
  return text;
}

static char *
thumb(const EVP_MD *digest)
{
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  ck_assert_int_eq(X509_digest(credential.certificate, digest, bytes, &length), 1);
  return encode(bytes, length);
}

static char *
sign(const char *text, const struct assertion *how)
{
  unsigned char signature[512];
  size_t length = sizeof(signature);
  EVP_PKEY_CTX *key;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  ck_assert_int_eq(EVP_DigestSignInit(context, &key, EVP_sha256(), NULL, credential.key), 1);
  if (how->algorithm == NULL || strcmp(how->algorithm, "PS256") == 0) {
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING), 1);
    ck_assert_int_eq(
        EVP_PKEY_CTX_set_rsa_pss_saltlen(key, how->salt != 0 ? how->salt : RSA_PSS_SALTLEN_DIGEST),
        1);
  }
  ck_assert_int_eq(
      EVP_DigestSign(context, signature, &length, (const unsigned char *)text, strlen(text)), 1);
  EVP_MD_CTX_free(context);
  return encode(signature, length);
}

// A JWT of what the assertion says; the caller frees it.
static char *
make(const struct lab_run *lab, const struct assertion *how)
{
  char header[256], payload[1024], endpoint[256], jti[33];
  unsigned char random[16];
  const char *client = lab_string(lab, "client_id");
  const char *member = how->thumbprint != NULL ? how->thumbprint : "x5t#S256";
  char *print = how->print != NULL                ? strdup(how->print)
                : strcmp(member, "x5t#S256") == 0 ? thumb(EVP_sha256())
                                                  : thumb(EVP_sha1());
  long now = (long)time(NULL);
  RAND_bytes(random, sizeof(random));
  for (size_t i = 0; i < sizeof(random); i++)
    snprintf(jti + 2 * i, 3, "%02x", random[i]);
  snprintf(endpoint, sizeof(endpoint), "%s/%s/oauth2/v2.0/token", lab_string(lab, "authority"),
           lab_string(lab, "tenant"));
  snprintf(header, sizeof(header), "{\"alg\":\"%s\",\"typ\":\"JWT\",\"%s\":\"%s\"}",
           how->algorithm != NULL ? how->algorithm : "PS256", member, print);
  snprintf(payload, sizeof(payload),
           "{\"aud\":\"%s\",\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"%s\",\"nbf\":%ld,\"exp\":%ld}",
           how->audience != NULL ? how->audience : endpoint, client,
           how->subject != NULL ? how->subject : client, how->jti != NULL ? how->jti : jti,
           now + how->from, now + (how->until != 0 ? how->until : 600));
  char *first = encode(header, strlen(header)), *second = encode(payload, strlen(payload));
  char *text = NULL, *whole = NULL;
  ck_assert_int_gt(asprintf(&text, "%s.%s", first, second), 0);
  char *signature = sign(text, how);
  ck_assert_int_gt(asprintf(&whole, "%s.%s", text, signature), 0);
  free(first);
  free(second);
  free(text);
  free(signature);
  free(print);
  return whole;
}

static struct lab_answer
ask(const struct lab_run *lab, const struct assertion *how)
{
  char *assertion = make(lab, how);
  char *form = cloud_form(lab, "client_credentials", GRAPH "/.default");
  form = cloud_field(form, "client_assertion_type",
                     "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  form = cloud_field(form, "client_assertion", assertion);
  free(assertion);
  return cloud_post(lab, "oauth2/v2.0/token", form);
}

static void
assert_accepted(const struct lab_run *lab, const struct assertion *how)
{
  struct lab_answer answer = ask(lab, how);
  ck_assert_msg(answer.status == 200, "%s", answer.body);
  lab_answer_finish(&answer);
}

static void
assert_refused(const struct lab_run *lab, const struct assertion *how, int code, const char *why)
{
  struct lab_answer answer = ask(lab, how);
  ck_assert_msg(strstr(answer.body, why) != NULL, "%s", answer.body);
  cloud_assert_refused(&answer, 401, "invalid_client", code);
}

START_TEST(assertion__is_taken_by_ps256_and_by_rs256)
{
  struct lab_run lab = cloud_play("cloud");
  load(&lab);
  assert_accepted(&lab, &(struct assertion){0});
  assert_accepted(&lab, &(struct assertion){.algorithm = "RS256"});
  assert_accepted(&lab, &(struct assertion){.algorithm = "RS256", .thumbprint = "x5t"});
  assert_accepted(&lab, &(struct assertion){.from = -60, .audience = NULL});
  unload();
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(assertion__may_name_the_tenant_by_its_domain)
{
  struct lab_run lab = cloud_play("cloud");
  char audience[256];
  load(&lab);
  snprintf(audience, sizeof(audience), "%s/contoso.example/oauth2/v2.0/token",
           lab_string(&lab, "authority"));
  assert_accepted(&lab, &(struct assertion){.audience = audience});
  unload();
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(assertion__with_the_longest_salt_is_not_ps256)
{
  struct lab_run lab = cloud_play("cloud");
  load(&lab);
  assert_refused(&lab, &(struct assertion){.salt = RSA_PSS_SALTLEN_MAX}, 700027, "signature");
  assert_refused(&lab, &(struct assertion){.algorithm = "none"}, 700027, "signature");
  unload();
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(assertion__of_another_certificate_is_refused)
{
  struct lab_run lab = cloud_play("cloud");
  load(&lab);
  assert_refused(&lab, &(struct assertion){.print = "AAAA"}, 700027, "thumbprint");
  assert_refused(&lab, &(struct assertion){.thumbprint = "kid"}, 700027, "x5t#S256");
  unload();
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(assertion__is_refused_outside_of_its_time)
{
  struct lab_run lab = cloud_play("cloud");
  load(&lab);
  assert_refused(&lab, &(struct assertion){.from = 900, .until = 1500}, 700024, "time range");
  assert_refused(&lab, &(struct assertion){.from = -1500, .until = -900}, 700024, "time range");
  assert_refused(&lab, &(struct assertion){.until = 8L * 86400}, 700024, "time range");
  unload();
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(assertion__is_for_this_endpoint_and_application_and_for_once)
{
  struct lab_run lab = cloud_play("cloud");
  load(&lab);
  assert_refused(&lab, &(struct assertion){.audience = "https://localhost/"}, 50013, "aud");
  assert_refused(&lab, &(struct assertion){.subject = "somebody"}, 50013, "sub");
  assert_accepted(&lab, &(struct assertion){.jti = "once"});
  assert_refused(&lab, &(struct assertion){.jti = "once"}, 50013, "jti");
  assert_refused(&lab, &(struct assertion){.jti = ""}, 50013, "jti");
  unload();
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(assertion_clock__refuses_what_is_too_young_for_it_and_shows_its_clock)
{
  struct lab_run lab = cloud_play("assertion-clock");
  load(&lab);
  struct lab_answer answer = ask(&lab, &(struct assertion){0});
  char *date = lab_header(&answer, "Date");
  struct tm parts = {0};
  ck_assert_ptr_nonnull(strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &parts));
  ck_assert_int_lt(timegm(&parts), time(NULL) - 800);
  free(date);
  cloud_assert_refused(&answer, 401, "invalid_client", 700024);
  unload();
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(certificate_unknown__refuses_the_one_of_the_ready_line)
{
  struct lab_run lab = cloud_play("certificate-unknown");
  load(&lab);
  assert_refused(&lab, &(struct assertion){0}, 700027, "thumbprint");
  free(cloud_token(&lab, GRAPH));
  unload();
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab: assertion");
  TCase *assertion = tcase_create("assertion");
  tcase_set_timeout(assertion, 60);
  tcase_add_test(assertion, assertion__is_taken_by_ps256_and_by_rs256);
  tcase_add_test(assertion, assertion__may_name_the_tenant_by_its_domain);
  tcase_add_test(assertion, assertion__with_the_longest_salt_is_not_ps256);
  tcase_add_test(assertion, assertion__of_another_certificate_is_refused);
  tcase_add_test(assertion, assertion__is_refused_outside_of_its_time);
  tcase_add_test(assertion, assertion__is_for_this_endpoint_and_application_and_for_once);
  tcase_add_test(assertion, assertion_clock__refuses_what_is_too_young_for_it_and_shows_its_clock);
  tcase_add_test(assertion, certificate_unknown__refuses_the_one_of_the_ready_line);
  suite_add_tcase(suite, assertion);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
