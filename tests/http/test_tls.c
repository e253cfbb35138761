// SPDX-License-Identifier: Apache-2.0
/* TLS: each thing that can be wrong with a certificate has its verdict, its facts, and the one exception that heals
 * it. */
#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/http/harness.h"

#include "core/base/utf8.h"

static struct server server;

static void
start(enum pki_kind kind)
{
  server = (struct server){.tls = pki_server(kind)};
  server_start(&server);
}

static void
ck_verdict(enum pki_kind kind, uint32_t verdict)
{
  start(kind);
  harness_open(NULL);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_fault(c, TENON_E_TLS, TENON_HTTP_FAULT_CERTIFICATE);
  ck_assert_ptr_nonnull(c->tls);
  ck_assert_msg(c->tls->verdict == verdict, "verdict %u: %s", c->tls->verdict,
                c->tls->verdict_text);
  ck_assert_uint_ge(c->tls->n_chain, 1);
  ck_assert_str_eq(c->tls->chain[0]->pem, pki_last_pem());
  ck_assert_uint_eq(atomic_load(&server.requests), 0);
  ck_assert_int_eq(c->code, 0);
}

START_TEST(tls__facts_stand_with_every_transaction_also_on_a_reused_connection)
{
  start(PKI_GOOD);
  harness_open(NULL);
  for (int i = 0; i < 3; i++) {
    const tenon_http_completion *c = harness_get(&server, "/ok");
    ck_ok(c, 200);
    ck_assert_uint_eq(c->reused, i > 0);
    ck_assert_ptr_nonnull(c->tls);
    ck_assert_uint_eq(c->tls->verdict, TENON_HTTP_TLS_OK);
    ck_assert_str_eq(c->tls->protocol, "TLSv1.3");
    ck_assert_ptr_nonnull(c->tls->cipher);
    ck_assert_uint_eq(c->tls->n_chain, 2); /* the root is not sent, it is found */
    const tenon_http_certificate *leaf = c->tls->chain[0];
    ck_assert_str_eq(leaf->subject, "CN=localhost");
    ck_assert_str_eq(leaf->issuer, "CN=Test Authority");
    ck_assert_str_eq(leaf->names, "localhost, 127.0.0.1");
    ck_assert_str_eq(leaf->pem, pki_last_pem());
    ck_assert_uint_eq(strlen(leaf->sha256), 64);
    ck_assert_uint_eq(strlen(leaf->pin), 52);
    ck_assert_str_eq(leaf->signature, "ecdsa-with-SHA256");
    ck_assert_int_eq(leaf->not_after - leaf->not_before, 7 * 86400);
    ck_assert_str_eq(c->tls->chain[1]->subject, "CN=Test Authority");
  }
  ck_assert_uint_eq(atomic_load(&server.connections), 1);
}
END_TEST

START_TEST(tls__facts_are_text_whatever_the_certificate_says_of_itself)
{
  start(PKI_ODD_NAME);
  harness_open(NULL);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_ok(c, 200);
  const char *subject = c->tls->chain[0]->subject;
  ck_assert_msg(utf8_printable(subject, strlen(subject)), "%s", subject);
  ck_assert_int_eq(strncmp(subject, "CN=lo", 5), 0);
}
END_TEST

START_TEST(tls__says_expired)
{
  ck_verdict(PKI_EXPIRED, TENON_HTTP_TLS_EXPIRED);
}
END_TEST

START_TEST(tls__says_not_yet_valid)
{
  ck_verdict(PKI_NOT_YET, TENON_HTTP_TLS_NOT_YET);
}
END_TEST

START_TEST(tls__says_wrong_name_and_which_names_there_are)
{
  ck_verdict(PKI_OTHER_NAME, TENON_HTTP_TLS_NAME);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_assert_ptr_nonnull(strstr(c->reason, "other.test, *.wild.test"));
  ck_assert_ptr_nonnull(strstr(c->reason, "localhost"));
}
END_TEST

START_TEST(tls__a_name_counts_as_subjectaltname_only)
{
  ck_verdict(PKI_CN_ONLY, TENON_HTTP_TLS_NAME);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_assert_ptr_nonnull(strstr(c->reason, "no subjectAltName, only the subject CN=localhost"));
}
END_TEST

START_TEST(expected_name__may_stand_in_the_subject)
{
  start(PKI_CN_ONLY);
  tenon_http_options o = {OPTIONS, .expected_name = "localhost"};
  o.ca_pem = (tenon_text){pki_authority(), strlen(pki_authority())};
  harness_open(&o);
  ck_ok(harness_get(&server, "/ok"), 200);
}
END_TEST

START_TEST(tls__says_that_the_server_speaks_old_versions_only)
{
  static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION};
  server = (struct server){.tls = pki_server(PKI_GOOD)};
  pki_versions(server.tls, TLS1_VERSION, versions[_i]);
  server_start(&server);
  harness_open(NULL);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_fault(c, TENON_E_TLS, TENON_HTTP_FAULT_TLS);
  ck_assert_msg(strstr(c->reason, "alert protocol version") != NULL, "%s", c->reason);
}
END_TEST

/* As Schannel does: it takes no notice of supported_versions, and answers with the best that it has. */
static void *
answer_old(void *arg)
{
  static const unsigned char hello[] = {22, 3,  1,  0,  42, 2,  0,  0,  38, 3,    1,  1,
                                        2,  3,  4,  5,  6,  7,  8,  9,  10, 11,   12, 13,
                                        14, 15, 16, 17, 18, 19, 20, 21, 22, 23,   24, 25,
                                        26, 27, 28, 29, 30, 31, 32, 0,  0,  0x2f, 0};
  char room[4096];
  int fd = accept(*(int *)arg, NULL, NULL);
  ck_assert_int_gt(read(fd, room, sizeof room), 0);
  ck_assert_int_eq(write(fd, hello, sizeof hello), sizeof hello);
  (void)!read(fd, room, sizeof room);
  close(fd);
  return NULL;
}

START_TEST(tls__names_the_old_version_that_the_server_wants)
{
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t n = sizeof at;
  pthread_t thread;
  char url[64];
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
  ck_assert_int_eq(listen(fd, 1), 0);
  ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
  ck_assert_int_eq(pthread_create(&thread, NULL, answer_old, &fd), 0);
  harness_open(NULL);
  (void)snprintf(url, sizeof url, "https://localhost:%u/ok", ntohs(at.sin_port));
  tenon_http_request r = harness_request(url);
  const tenon_http_completion *c = harness_perform(&r);
  pthread_join(thread, NULL);
  close(fd);
  ck_fault(c, TENON_E_TLS, TENON_HTTP_FAULT_TLS);
  ck_assert_msg(strstr(c->reason, "it wants TLS 1.0") != NULL, "%s", c->reason);
}
END_TEST

START_TEST(tls__says_self_signed)
{
  ck_verdict(PKI_SELF_SIGNED, TENON_HTTP_TLS_SELF_SIGNED);
}
END_TEST

START_TEST(tls__says_unknown_authority)
{
  ck_verdict(PKI_STRANGER, TENON_HTTP_TLS_UNTRUSTED);
}
END_TEST

START_TEST(tls__says_weak_key)
{
  ck_verdict(PKI_WEAK, TENON_HTTP_TLS_WEAK);
}
END_TEST

START_TEST(tls__says_everything_that_is_wrong)
{
  ck_verdict(PKI_STALE_STRANGER, TENON_HTTP_TLS_UNTRUSTED);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_assert_ptr_nonnull(strstr(c->tls->verdict_text, "issuer"));
  ck_assert_ptr_nonnull(strstr(c->tls->verdict_text, "expired"));
  ck_assert_uint_eq(c->tls->complaints,
                    1u << TENON_HTTP_TLS_UNTRUSTED | 1u << TENON_HTTP_TLS_EXPIRED);
}
END_TEST

START_TEST(tls__without_exceptions_knows_only_the_system)
{
  start(PKI_GOOD);
  tenon_http_options none = {OPTIONS};
  harness_open(&none);
  ck_fault(harness_get(&server, "/ok"), TENON_E_TLS, TENON_HTTP_FAULT_CERTIFICATE);
}
END_TEST

START_TEST(ca_pem__heals_a_self_signed_certificate)
{
  start(PKI_SELF_SIGNED);
  tenon_http_options o = {OPTIONS, .ca_pem = {pki_last_pem(), strlen(pki_last_pem())}};
  harness_open(&o);
  ck_ok(harness_get(&server, "/ok"), 200);
}
END_TEST

/* Those of its own are asked first; the system's are read when they do not know the issuer. */
START_TEST(ca_pem__adds_to_the_systems_authorities)
{
  char path[] = "/tmp/tenon-http.XXXXXX";
  int fd = mkstemp(path);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, pki_authority(), strlen(pki_authority())),
                   (ssize_t)strlen(pki_authority()));
  ck_assert_int_eq(close(fd), 0);
  SSL_CTX_free(pki_server(PKI_SELF_SIGNED));
  CLEANUP_FREE char *other = strdup(pki_last_pem());
  start(PKI_GOOD);
  config.ca_bundle = path;
  tenon_http_options o = {OPTIONS, .ca_pem = {other, strlen(other)}};
  harness_open(&o);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  (void)unlink(path);
  ck_ok(c, 200);
  ck_assert_uint_eq(c->tls->n_chain, 2);
}
END_TEST

/* The pin of the server, as a refused check shows it. */
static const char *
pin_of_server(void)
{
  static char pin[64];
  harness_open(NULL);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_assert_ptr_nonnull(c->tls);
  (void)snprintf(pin, sizeof pin, "%s", c->tls->chain[0]->pin);
  http_service_destroy(service);
  return pin;
}

START_TEST(tls_pin__heals_whatever_is_wrong)
{
  static const enum pki_kind kinds[] = {PKI_EXPIRED, PKI_OTHER_NAME, PKI_SELF_SIGNED,
                                        PKI_STALE_STRANGER};
  start(kinds[_i]);
  tenon_http_options o = {OPTIONS, .tls_pin = pin_of_server()};
  harness_open(&o);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_ok(c, 200);
  ck_assert_uint_eq(c->tls->verdict, TENON_HTTP_TLS_OK);
  ck_assert_ptr_nonnull(strstr(c->tls->verdict_text, "pinned"));
}
END_TEST

START_TEST(tls_pin__refuses_another_key_though_its_chain_is_good)
{
  start(PKI_GOOD);
  tenon_http_options o = {OPTIONS,
                          .tls_pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
  o.ca_pem = (tenon_text){pki_authority(), strlen(pki_authority())};
  harness_open(&o);
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_fault(c, TENON_E_TLS, TENON_HTTP_FAULT_CERTIFICATE);
  ck_assert_uint_eq(c->tls->verdict, TENON_HTTP_TLS_PIN);
}
END_TEST

START_TEST(expected_name__heals_another_name)
{
  static const char *const names[] = {"other.test", "mail.wild.test"};
  start(PKI_OTHER_NAME);
  tenon_http_options o = {OPTIONS, .expected_name = names[_i]};
  o.ca_pem = (tenon_text){pki_authority(), strlen(pki_authority())};
  harness_open(&o);
  ck_ok(harness_get(&server, "/ok"), 200);
}
END_TEST

START_TEST(expected_name__heals_nothing_else)
{
  start(PKI_STRANGER);
  tenon_http_options o = {OPTIONS, .expected_name = "localhost"};
  harness_open(&o);
  ck_fault(harness_get(&server, "/ok"), TENON_E_TLS, TENON_HTTP_FAULT_CERTIFICATE);
}
END_TEST

START_TEST(tls__an_address_must_stand_in_the_certificate_as_an_address)
{
  char url[64];
  start(_i == 0 ? PKI_GOOD : PKI_OTHER_NAME);
  harness_open(NULL);
  (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/ok", server.port);
  tenon_http_request r = harness_request(url);
  const tenon_http_completion *c = harness_perform(&r);
  if (_i == 0)
    ck_ok(c, 200);
  else
    ck_assert_uint_eq(c->tls->verdict, TENON_HTTP_TLS_NAME);
}
END_TEST

START_TEST(tls__a_server_without_tls_is_a_handshake_fault)
{
  char url[64];
  server = (struct server){0};
  server_start(&server);
  harness_open(NULL);
  (void)snprintf(url, sizeof url, "https://localhost:%u/ok", server.port);
  tenon_http_request r = harness_request(url);
  r.timeout_ns = 2 * NS_PER_S;
  const tenon_http_completion *c = harness_perform(&r);
  ck_fault(c, TENON_E_TLS, TENON_HTTP_FAULT_TLS);
  ck_assert_ptr_null(c->tls);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, tls__facts_stand_with_every_transaction_also_on_a_reused_connection);
  tcase_add_test(tc, tls__facts_are_text_whatever_the_certificate_says_of_itself);
  tcase_add_test(tc, tls__says_expired);
  tcase_add_test(tc, tls__says_not_yet_valid);
  tcase_add_test(tc, tls__says_wrong_name_and_which_names_there_are);
  tcase_add_test(tc, tls__a_name_counts_as_subjectaltname_only);
  tcase_add_test(tc, expected_name__may_stand_in_the_subject);
  tcase_add_loop_test(tc, tls__says_that_the_server_speaks_old_versions_only, 0, 2);
  tcase_add_test(tc, tls__names_the_old_version_that_the_server_wants);
  tcase_add_test(tc, tls__says_self_signed);
  tcase_add_test(tc, tls__says_unknown_authority);
  tcase_add_test(tc, tls__says_weak_key);
  tcase_add_test(tc, tls__says_everything_that_is_wrong);
  tcase_add_test(tc, tls__without_exceptions_knows_only_the_system);
  tcase_add_test(tc, ca_pem__heals_a_self_signed_certificate);
  tcase_add_test(tc, ca_pem__adds_to_the_systems_authorities);
  tcase_add_loop_test(tc, tls_pin__heals_whatever_is_wrong, 0, 4);
  tcase_add_test(tc, tls_pin__refuses_another_key_though_its_chain_is_good);
  tcase_add_loop_test(tc, expected_name__heals_another_name, 0, 2);
  tcase_add_test(tc, expected_name__heals_nothing_else);
  tcase_add_loop_test(tc, tls__an_address_must_stand_in_the_certificate_as_an_address, 0, 2);
  tcase_add_test(tc, tls__a_server_without_tls_is_a_handshake_fault);
}

int
main(void)
{
  return harness_run("tls", add);
}
