// SPDX-License-Identifier: Apache-2.0
//
// Claims of tokens, and base64url against the vectors of RFC 4648.
#include "jwt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud_suites.h"

static struct jwt_claims claims;

static void
read_claims(const char *json)
{
  static char token[JWT_TOKEN_MAX];
  struct kit_text to;
  kit_text_init(&to, token, sizeof token);
  kit_text_put(&to, "eyJhbGciOiJub25lIn0.");
  jwt_encode(&to, json, strlen(json));
  kit_text_put(&to, ".c2ln");
  ck_assert(!to.cut);
  jwt_read(token, to.len, &claims);
}

static const struct {
  const char *plain, *encoded;
} vectors[] = {
    {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
    {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xBE", "-_--"}};

START_TEST(base64url__goes_both_ways_without_padding)
{
  char text[64], back[64];
  struct kit_text to;
  size_t n = 0;
  kit_text_init(&to, text, sizeof text);
  jwt_encode(&to, vectors[_i].plain, strlen(vectors[_i].plain));
  ck_assert_str_eq(text, vectors[_i].encoded);
  ck_assert(jwt_decode(text, to.len, back, sizeof back, &n));
  ck_assert_uint_eq(n, strlen(vectors[_i].plain));
  ck_assert_mem_eq(back, vectors[_i].plain, n);
}
END_TEST

START_TEST(base64url__refuses_what_is_none_and_what_does_not_fit)
{
  char back[4];
  size_t n = 0;
  ck_assert(!jwt_decode("Zg==", 4, back, sizeof back, &n));
  ck_assert(!jwt_decode("Z", 1, back, sizeof back, &n));
  ck_assert(!jwt_decode("a+b/", 4, back, sizeof back, &n));
  ck_assert(!jwt_decode("Zm9vYmFy", 8, back, sizeof back, &n));
  ck_assert(!jwt_decode("Zm\0v", 4, back, sizeof back, &n));
}
END_TEST

START_TEST(token__of_an_application_names_its_roles)
{
  read_claims(
      "{\"aud\":\"https://outlook.office365.com\",\"tid\":\"t\",\"appid\":\"a\",\"idtyp\":\"app\","
      "\"roles\":[\"full_access_as_app\",\"Mail.Read\"],\"exp\":1900000000,\"nbf\":"
      "\"1800000000\"}");
  ck_assert(claims.readable && claims.app);
  ck_assert_str_eq(claims.audience, "https://outlook.office365.com");
  ck_assert_str_eq(claims.tenant, "t");
  ck_assert_str_eq(claims.app_id, "a");
  ck_assert_str_eq(claims.permissions, "full_access_as_app Mail.Read");
  ck_assert_int_eq(claims.expires, 1900000000);
  ck_assert_int_eq(claims.not_before, 1800000000);
  ck_assert(jwt_permits(&claims, "Mail.Read"));
  ck_assert(!jwt_permits(&claims, "Mail.Rea"));
  ck_assert(!jwt_permits(&claims, "Mail"));
  ck_assert(!jwt_permits(&claims, ""));
}
END_TEST

START_TEST(token__of_a_person_names_its_scopes_and_who_it_is)
{
  read_claims("{\"aud\":[\"x\",\"y\"],\"azp\":\"b\",\"scp\":\"EWS.AccessAsUser.All openid\","
              "\"unique_name\":\"old\",\"upn\":\"admin@contoso.example\"}");
  ck_assert(claims.readable && !claims.app);
  ck_assert_str_eq(claims.audience, "x");
  ck_assert_str_eq(claims.app_id, "b");
  ck_assert_str_eq(claims.user, "admin@contoso.example");
  ck_assert(jwt_permits(&claims, "EWS.AccessAsUser.All"));
}
END_TEST

START_TEST(token__without_any_role_is_an_application_that_may_nothing)
{
  read_claims("{\"appid\":\"a\"}");
  ck_assert(claims.readable && claims.app);
  ck_assert_str_eq(claims.permissions, "");
}
END_TEST

static const char *const opaque[] = {
    "",   "at_secret", "thisIs.an.accessT0ken", "EwBwA8l6BAAU", "a.b",
    "..", "a.e30.b.c", "a.W10.b" /* [] */,      "a.e30=.b",     "eyJhbGciOiJkaXIifQ..iv.cipher.tag",
};

START_TEST(token__that_is_opaque_is_no_error)
{
  memset(&claims, 1, sizeof claims);
  jwt_read(opaque[_i], strlen(opaque[_i]), &claims);
  ck_assert(!claims.readable);
  ck_assert_str_eq(claims.audience, "");
}
END_TEST

START_TEST(token__claims_of_other_types_count_as_none)
{
  read_claims("{\"aud\":5,\"tid\":{},\"roles\":\"Mail.Read\",\"scp\":7,\"exp\":\"soon\",\"nbf\":-4,"
              "\"appid\":\"a\\u0007b\"}");
  ck_assert(claims.readable);
  ck_assert_str_eq(claims.audience, "");
  ck_assert_str_eq(claims.tenant, "");
  ck_assert_str_eq(claims.app_id, "");
  ck_assert_str_eq(claims.permissions, "");
  ck_assert_int_eq(claims.expires, 0);
  ck_assert_int_eq(claims.not_before, 0);
}
END_TEST

START_TEST(token__with_more_roles_than_fit_never_has_half_a_name)
{
  static char json[16384];
  size_t n = (size_t)snprintf(json, sizeof json, "{\"roles\":[\"Role.ReadWrite.0\"");
  for (int i = 1; i < 400; i++)
    n += (size_t)snprintf(json + n, sizeof json - n, ",\"Role.ReadWrite.%d\"", i);
  snprintf(json + n, sizeof json - n, "]}");
  read_claims(json);
  const char *last = strrchr(claims.permissions, ' ');
  ck_assert_ptr_nonnull(last);
  int number = (int)strtol(strrchr(last, '.') + 1, NULL, 10);
  char whole[64];
  snprintf(whole, sizeof whole, " Role.ReadWrite.%d", number);
  ck_assert_str_eq(last, whole);
  ck_assert_int_ge(number, 100);
}
END_TEST

START_TEST(uuid__is_random_and_of_version_4)
{
  char a[JWT_UUID_SIZE], b[JWT_UUID_SIZE];
  ck_assert(jwt_uuid(a) && jwt_uuid(b));
  ck_assert_str_ne(a, b);
  ck_assert_uint_eq(strlen(a), 36);
  ck_assert_int_eq(a[14], '4');
  ck_assert_ptr_nonnull(strchr("89ab", a[19]));
}
END_TEST

TCase *
jwt_cases(void)
{
  TCase *cases = tcase_create("jwt");
  tcase_add_loop_test(cases, base64url__goes_both_ways_without_padding, 0,
                      sizeof vectors / sizeof *vectors);
  tcase_add_test(cases, base64url__refuses_what_is_none_and_what_does_not_fit);
  tcase_add_test(cases, token__of_an_application_names_its_roles);
  tcase_add_test(cases, token__of_a_person_names_its_scopes_and_who_it_is);
  tcase_add_test(cases, token__without_any_role_is_an_application_that_may_nothing);
  tcase_add_loop_test(cases, token__that_is_opaque_is_no_error, 0, sizeof opaque / sizeof *opaque);
  tcase_add_test(cases, token__claims_of_other_types_count_as_none);
  tcase_add_test(cases, token__with_more_roles_than_fit_never_has_half_a_name);
  tcase_add_test(cases, uuid__is_random_and_of_version_4);
  return cases;
}
