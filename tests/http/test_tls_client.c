// SPDX-License-Identifier: Apache-2.0
/* Client certificates: what can be read, what is refused and why, and what a server that wants one is shown. */
#include "tests/http/harness.h"

static struct server server;

static void
start(int from, int to)
{
  server = (struct server){.tls = pki_server(PKI_GOOD)};
  pki_want_client(server.tls);
  pki_versions(server.tls, from, to);
  server_start(&server);
}

static tenon_http_options
options_with(enum pki_client kind, const char *password)
{
  tenon_http_options o = {OPTIONS, .client_certificate = pki_client(kind)};
  o.ca_pem = (tenon_text){pki_authority(), strlen(pki_authority())};
  if (password)
    o.client_certificate_secret = harness_secret(password);
  return o;
}

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

START_TEST(client_certificate__is_shown_to_a_server_that_wants_one)
{
  static const enum pki_client kinds[] = {PKI_CLIENT_PKCS12, PKI_CLIENT_PEM, PKI_CLIENT_OLD_PEM};
  start(versions[_i % 2], versions[_i % 2]);
  tenon_http_options o = options_with(kinds[_i / 2], PKI_CLIENT_PASSWORD);
  harness_open(&o);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_ok(c, 200);
  ck_assert_uint_eq(c->tls->client_certificate, TENON_HTTP_CLIENT_SHOWN);
}
END_TEST

START_TEST(client_certificate__that_is_wanted_and_missing_is_noted)
{
  start(versions[_i], versions[_i]);
  harness_open(NULL);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_assert_int_ne(c->status, TENON_OK);
  ck_assert_ptr_nonnull(c->tls);
  ck_assert_uint_eq(c->tls->client_certificate, TENON_HTTP_CLIENT_ASKED);
  ck_assert_uint_eq(atomic_load(&server.requests), 0);
}
END_TEST

START_TEST(client_certificate__that_nobody_wants_is_not_shown)
{
  server = (struct server){.tls = pki_server(PKI_GOOD)};
  server_start(&server);
  tenon_http_options o = options_with(PKI_CLIENT_PEM, PKI_CLIENT_PASSWORD);
  harness_open(&o);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_ok(c, 200);
  ck_assert_uint_eq(c->tls->client_certificate, TENON_HTTP_CLIENT_NONE);
}
END_TEST

#define FILE_  "client_certificate"
#define SECRET "client_certificate_secret"

static const struct {
  enum pki_client kind;
  const char *password, *field, *words;
} refusals[] = {
    {PKI_CLIENT_PKCS12, "wrong", SECRET, "the password does not open it"},
    {PKI_CLIENT_PKCS12, NULL, SECRET, "the password is missing"},
    {PKI_CLIENT_PEM, "wrong", SECRET, "the password does not open its private key"},
    {PKI_CLIENT_PEM, NULL, SECRET, "the password is missing"},
    {PKI_CLIENT_OLD_PEM, "wrong", SECRET, "the password does not open its private key"},
    {PKI_CLIENT_NAKED, NULL, FILE_, "openssl pkcs12 -export"},
    {PKI_CLIENT_NAKED, "x", FILE_, "not encrypted"},
    {PKI_CLIENT_NAKED_12, "", FILE_, "not encrypted"},
    {PKI_CLIENT_NAKED_12, "x", FILE_, "not encrypted"},
    {PKI_CLIENT_EXPIRED, PKI_CLIENT_PASSWORD, FILE_, "the certificate ended on 20"},
    {PKI_CLIENT_SERVER, PKI_CLIENT_PASSWORD, FILE_, "clientAuth"},
    {PKI_CLIENT_MIXED, PKI_CLIENT_PASSWORD, FILE_, "belongs to none of its certificates"},
    {PKI_CLIENT_NO_KEY, PKI_CLIENT_PASSWORD, FILE_, "no private key"},
    {PKI_CLIENT_NO_CERTIFICATE, PKI_CLIENT_PASSWORD, FILE_, "no certificate"},
};

static void
ck_refused(const tenon_http_options *o, const char *wanted_field, const char *words)
{
  const char *field = NULL, *why = NULL;
  service = http_service_create(&config);
  http = http_service_table(service);
  ck_assert_int_eq(http->options(http, o, &field, &why), TENON_E_CONFIG);
  ck_assert_str_eq(field, wanted_field);
  ck_assert_msg(strstr(why, words) != NULL, "%s", why);
}

START_TEST(client_certificate__that_cannot_be_used_is_refused_with_the_reason)
{
  tenon_http_options o = options_with(refusals[_i].kind, refusals[_i].password);
  ck_refused(&o, refusals[_i].field, refusals[_i].words);
}
END_TEST

START_TEST(client_certificate__that_is_none_is_refused)
{
  static const char *const texts[] = {"", "hello", "-----BEGIN CERTIFICATE-----",
                                      "\x30\x03\x02\x01"};
  tenon_http_options o = {OPTIONS, .client_certificate = {texts[_i], strlen(texts[_i])}};
  ck_refused(&o, FILE_, _i == 2 ? "no private key" : "neither PKCS#12");
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_loop_test(tc, client_certificate__is_shown_to_a_server_that_wants_one, 0, 6);
  tcase_add_loop_test(tc, client_certificate__that_is_wanted_and_missing_is_noted, 0, 2);
  tcase_add_test(tc, client_certificate__that_nobody_wants_is_not_shown);
  tcase_add_loop_test(tc, client_certificate__that_cannot_be_used_is_refused_with_the_reason, 0,
                      sizeof refusals / sizeof *refusals);
  tcase_add_loop_test(tc, client_certificate__that_is_none_is_refused, 0, 4);
}

int
main(void)
{
  return harness_run("tls_client", add);
}
