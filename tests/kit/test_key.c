// SPDX-License-Identifier: Apache-2.0
//
// Certificates of applications, and their assertions, made and checked by the openssl program: what this side signs,
// another implementation has to read.
#include "json.h"
#include "jwt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cloud_suites.h"

static char directory[64];
static char bytes[65536];

static void
run(const char *command)
{
  char line[2048];
  snprintf(line, sizeof line, "cd %s && { %s ; } >out 2>err </dev/null", directory, command);
  ck_assert_msg(system(line) == 0, "%s", command);
}

static tenon_text
file(const char *name)
{
  char path[256];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  FILE *f = fopen(path, "rb");
  ck_assert_ptr_nonnull(f);
  size_t n = fread(bytes, 1, sizeof bytes - 1, f);
  fclose(f);
  bytes[n] = 0;
  return (tenon_text){bytes, n};
}

static void
write_file(const char *name, const void *text, size_t n)
{
  char path[256];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(text, 1, n, f), n);
  fclose(f);
}

#define CERTIFICATE "-x509 -days 30 -subj /CN=connector"

static void
make_files(void)
{
  snprintf(directory, sizeof directory, "/tmp/tenon-key-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(directory));
  run("openssl req -newkey rsa:2048 -nodes -keyout key -out cert " CERTIFICATE);
  run("openssl req -newkey rsa:2048 -nodes -keyout other -out stranger " CERTIFICATE);
  run("openssl pkcs8 -topk8 -in key -out locked -passout pass:secret");
  run("cat locked cert >good.pem; cat stranger cert locked >chain.pem; cat key cert >naked.pem");
  run("cat locked stranger >foreign.pem; cat cert >public.pem; cat locked >lonely.pem");
  run("openssl pkcs12 -export -inkey key -in cert -out good.pfx -passout pass:secret");
  run("openssl pkcs12 -export -inkey key -in cert -out naked.pfx -passout pass:");
  run("openssl pkcs12 -export -nokeys -in cert -out public.pfx -passout pass:secret");
  run("openssl req -newkey rsa:1024 -nodes -keyout k -out c " CERTIFICATE
      "; openssl pkcs8 -topk8 -in k -out l -passout pass:secret; cat l c >short.pem");
  run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out c " CERTIFICATE
      "; openssl pkcs8 -topk8 -in k -out l -passout pass:secret; cat l c >ec.pem");
  run("head -c 300 good.pfx >cut.pfx; echo nothing >text");
}

static void
remove_files(void)
{
  char line[128];
  snprintf(line, sizeof line, "rm -rf %s", directory);
  ck_assert_int_eq(system(line), 0);
}

static struct jwt_key *
open_key(const char *name, const char *password, const char **ret_why)
{
  tenon_text text = {password, password != NULL ? strlen(password) : 0};
  *ret_why = NULL;
  return jwt_key_open(file(name), text, ret_why);
}

static const char *const good[] = {"good.pem", "chain.pem", "good.pfx"};

START_TEST(key__is_opened_from_pkcs12_and_from_pem_wherever_its_certificate_stands)
{
  const char *why;
  struct jwt_key *key = open_key(good[_i], "secret", &why);
  ck_assert_msg(key != NULL, "%s: %s", good[_i], why);
  run("openssl x509 -in cert -noout -fingerprint -sha1 | tr -d ':\\n' | sed 's/.*=//' >print");
  ck_assert_str_eq(jwt_key_thumbprint(key), file("print").ptr);
  run("date -d \"$(openssl x509 -in cert -noout -enddate | sed 's/.*=//')\" +%s | tr -d '\\n' "
      ">end");
  ck_assert_int_eq(jwt_key_ends(key), strtoll(file("end").ptr, NULL, 10));
  jwt_key_close(key);
}
END_TEST

static const struct {
  const char *name, *password, *why;
} refused[] = {
    {"naked.pem", NULL, "is not encrypted"},
    {"naked.pem", "secret", "is not encrypted"},
    {"naked.pfx", NULL, "is not encrypted"},
    {"good.pem", NULL, "enter the certificate's password"},
    {"good.pfx", NULL, "enter the certificate's password"},
    {"good.pem", "wrong", "does not open"},
    {"good.pfx", "wrong", "does not open"},
    {"public.pem", "secret", "no private key"},
    {"public.pfx", "secret", "no private key"},
    {"foreign.pem", "secret", "belongs to none"},
    {"lonely.pem", "secret", "belongs to none"},
    {"short.pem", "secret", "too short"},
    {"ec.pem", "secret", "not RSA"},
    {"cut.pfx", "secret", "neither PKCS#12"},
    {"text", "secret", "neither PKCS#12"},
};

START_TEST(key__that_cannot_be_used_says_what_to_do)
{
  const char *why;
  struct jwt_key *key = open_key(refused[_i].name, refused[_i].password, &why);
  ck_assert_msg(key == NULL, "%s was taken", refused[_i].name);
  ck_assert_msg(strstr(why, refused[_i].why) != NULL, "%s: %s", refused[_i].name, why);
}
END_TEST

START_TEST(key__of_an_empty_file_is_refused)
{
  const char *why = NULL;
  ck_assert_ptr_null(jwt_key_open((tenon_text){"", 0}, (tenon_text){NULL, 0}, &why));
  ck_assert_ptr_nonnull(strstr(why, "empty"));
}
END_TEST

// ---- the assertion ----------------------------------------------------------------------------

static char assertion[JWT_ASSERTION_MAX];

static void
sign(int64_t now)
{
  const char *why;
  struct jwt_key *key = open_key("good.pfx", "secret", &why);
  struct kit_text to;
  ck_assert_ptr_nonnull(key);
  kit_text_init(&to, assertion, sizeof assertion);
  ck_assert(jwt_assert(key, "11111111-2222-3333-4444-555555555555",
                       "https://login.example/contoso/oauth2/v2.0/token", now, &to));
  jwt_key_close(key);
}

// Part 0, 1 or 2, decoded.
static size_t
part(int n, char *to, size_t size)
{
  const char *p = assertion;
  size_t len = 0;
  for (int i = 0; i < n; i++)
    p = strchr(p, '.') + 1;
  ck_assert(jwt_decode(p, strcspn(p, "."), to, size - 1, &len));
  to[len] = 0;
  return len;
}

START_TEST(assertion__is_verified_by_openssl_with_a_salt_of_32_bytes)
{
  char signature[1024];
  sign(1700000000);
  size_t n = part(2, signature, sizeof signature);
  write_file("sig", signature, n);
  write_file("signed", assertion, (size_t)(strrchr(assertion, '.') - assertion));
  run("openssl x509 -in cert -noout -pubkey >pub");
  run("openssl dgst -sha256 -verify pub -signature sig -sigopt rsa_padding_mode:pss "
      "-sigopt rsa_pss_saltlen:32 signed");
  ck_assert_ptr_nonnull(strstr(file("out").ptr, "Verified OK"));
}
END_TEST

START_TEST(assertion__names_the_certificate_by_the_thumbprint_of_its_der)
{
  char header[512], print[32];
  size_t n = 0;
  sign(1700000000);
  (void)part(0, header, sizeof header);
  cJSON *json = kit_json_parse(header, strlen(header), NULL);
  ck_assert_str_eq(kit_json_text(json, "alg"), "PS256");
  ck_assert_str_eq(kit_json_text(json, "typ"), "JWT");
  const char *named = kit_json_text(json, "x5t#S256");
  ck_assert(jwt_decode(named, strlen(named), print, sizeof print, &n));
  ck_assert_uint_eq(n, 32);
  run("openssl x509 -in cert -noout -fingerprint -sha256 | tr -d ':\\n' | sed 's/.*=//' >print");
  const char *wanted = file("print").ptr;
  for (size_t i = 0; i < n; i++) {
    char hex[3];
    snprintf(hex, sizeof hex, "%02X", (unsigned char)print[i]);
    ck_assert_mem_eq(hex, wanted + 2 * i, 2);
  }
  kit_json_wipe(json);
}
END_TEST

START_TEST(assertion__holds_numbers_and_begins_a_minute_ago)
{
  char body[2048];
  sign(1700000000);
  (void)part(1, body, sizeof body);
  cJSON *json = kit_json_parse(body, strlen(body), NULL);
  ck_assert_str_eq(kit_json_text(json, "aud"), "https://login.example/contoso/oauth2/v2.0/token");
  ck_assert_str_eq(kit_json_text(json, "iss"), "11111111-2222-3333-4444-555555555555");
  ck_assert_str_eq(kit_json_text(json, "sub"), "11111111-2222-3333-4444-555555555555");
  ck_assert_ptr_nonnull(strstr(body, "\"nbf\":1699999940,"));
  ck_assert_ptr_nonnull(strstr(body, "\"exp\":1700000540}"));
  kit_json_wipe(json);
}
END_TEST

START_TEST(assertion__is_never_used_twice)
{
  char first[2048], second[2048];
  sign(1700000000);
  (void)part(1, first, sizeof first);
  sign(1700000000);
  (void)part(1, second, sizeof second);
  ck_assert_str_ne(first, second);
}
END_TEST

START_TEST(assertion__that_does_not_fit_is_none)
{
  static char id[JWT_ASSERTION_MAX];
  const char *why;
  struct kit_text to;
  memset(id, 'a', sizeof id - 1);
  struct jwt_key *key = open_key("good.pem", "secret", &why);
  kit_text_init(&to, assertion, sizeof assertion);
  ck_assert(!jwt_assert(key, id, "https://login.example", 1700000000, &to));
  kit_text_init(&to, assertion, 200);
  ck_assert(!jwt_assert(key, "a", "https://login.example", 1700000000, &to));
  jwt_key_close(key);
}
END_TEST

TCase *
key_cases(void)
{
  TCase *cases = tcase_create("key");
  tcase_set_timeout(cases, 60);
  tcase_add_unchecked_fixture(cases, make_files, remove_files);
  tcase_add_loop_test(cases,
                      key__is_opened_from_pkcs12_and_from_pem_wherever_its_certificate_stands, 0,
                      sizeof good / sizeof *good);
  tcase_add_loop_test(cases, key__that_cannot_be_used_says_what_to_do, 0,
                      sizeof refused / sizeof *refused);
  tcase_add_test(cases, key__of_an_empty_file_is_refused);
  tcase_add_test(cases, assertion__is_verified_by_openssl_with_a_salt_of_32_bytes);
  tcase_add_test(cases, assertion__names_the_certificate_by_the_thumbprint_of_its_der);
  tcase_add_test(cases, assertion__holds_numbers_and_begins_a_minute_ago);
  tcase_add_test(cases, assertion__is_never_used_twice);
  tcase_add_test(cases, assertion__that_does_not_fit_is_none);
  return cases;
}
