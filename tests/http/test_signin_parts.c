// SPDX-License-Identifier: Apache-2.0
/* The parts of a sign-in that talk to nobody: offers, challenges, forms of a name, bindings. */
#include "core/http/binding.h"
#include "core/http/errand.h"
#include "core/http/login.h"
#include "core/http/ntlm.h"
#include "core/http/offer.h"
#include "tests/dns/responder.h"
#include "tests/http/harness.h"

#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <poll.h>
#include <semaphore.h>

/* ---- offers ---- */

static struct offer
offer_of(const char *header, const char *scheme)
{
  struct offer offer = {.offered = false};
  offer_read(&offer, header, strlen(header), scheme);
  return offer;
}

START_TEST(offer__is_found_alone_in_a_list_and_behind_parameters)
{
  static const char *const with[] = {
      "NTLM",
      "ntlm",
      "Negotiate, NTLM",
      "Negotiate,NTLM",
      "Basic realm=\"a, b\", NTLM",
      "Basic realm=\"a \\\" , b\", NTLM",
      "Bearer client_id=\"0\", trusted_issuers=\"a@*\", "
      "authorization_uri=\"https://x/?a=b\",Negotiate,NTLM,Basic "
      "realm=\"\"",
      " , ,NTLM ,",
      "Digest nonce=abc==, NTLM",
      "(, NTLM",
  };
  static const char *const without[] = {
      "",
      "Basic realm=\"NTLM\"",
      "Basic realm=\", NTLM",
      "XNTLM",
      "NTLMX",
      "Basic NTLM=1",
      "Negotiate NTLM",
      "NTLM = x",
      "Basic realm=\"\\",
  };
  for (size_t i = 0; i < sizeof with / sizeof *with; i++)
    ck_assert_msg(offer_of(with[i], "NTLM").offered, "%s", with[i]);
  for (size_t i = 0; i < sizeof without / sizeof *without; i++)
    ck_assert_msg(!offer_of(without[i], "NTLM").offered, "%s", without[i]);
}
END_TEST

START_TEST(offer__has_a_token_where_there_is_one)
{
  static const struct {
    const char *header, *token;
  } cases[] = {
      {"NTLM TlRMTVNTUAACAA==", "TlRMTVNTUAACAA=="},
      {"NTLM   abc+/=  ", "abc+/="},
      {"Basic realm=\"x\", NTLM abcd, Negotiate efgh", "abcd"},
      {"NTLM, NTLM abcd", "abcd"},
      {"NTLM abcd, NTLM efgh", "abcd"},
      {"NTLM realm=\"x\"", NULL},
      {"NTLM realm=x, Basic abcd", NULL},
      {"NTLM", NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct offer offer = offer_of(cases[i].header, "NTLM");
    ck_assert_msg(offer.offered, "%s", cases[i].header);
    if (!cases[i].token) {
      ck_assert_msg(!offer.token, "%s", cases[i].header);
      continue;
    }
    ck_assert_uint_eq(offer.n_token, strlen(cases[i].token));
    ck_assert_mem_eq(offer.token, cases[i].token, offer.n_token);
  }
}
END_TEST

/* ---- challenges ---- */

struct challenge {
  unsigned char bytes[1024];
  size_t n;
};

static void
put16(unsigned char *at, unsigned value)
{
  at[0] = (unsigned char)value;
  at[1] = (unsigned char)(value >> 8);
}

static void
put_av(struct challenge *c, unsigned id, const char *utf16, size_t n)
{
  put16(c->bytes + c->n, id);
  put16(c->bytes + c->n + 2, (unsigned)n);
  memcpy(c->bytes + c->n + 4, utf16, n);
  c->n += 4 + n;
  put16(c->bytes + 40, (unsigned)(c->n - 48));
}

static struct challenge
challenge(void)
{
  struct challenge c = {.n = 48};
  memcpy(c.bytes, "NTLMSSP\0\2", 9);
  c.bytes[44] = 48;
  return c;
}

START_TEST(challenge__says_domain_and_server)
{
  struct challenge c = challenge();
  struct ntlm_challenge said;
  put_av(&c, 2, "C\0O\0N\0T\0", 8);
  put_av(&c, 1, "E\0X\0", 4);
  put_av(&c, 4, "\xfc\0.\0x\0", 6);
  put_av(&c, 3, "e\0x\0=\xd8\0\xde", 8);
  put_av(&c, 0, "", 0);
  put_av(&c, 2, "N\0", 2);
  ck_assert(ntlm_read_challenge(c.bytes, c.n, &said));
  ck_assert_str_eq(said.netbios_domain, "CONT");
  ck_assert_str_eq(said.dns_domain, "\xc3\xbc.x");
  ck_assert_str_eq(said.server_name, "ex\xf0\x9f\x98\x80");
}
END_TEST

START_TEST(challenge__has_a_netbios_name_where_there_is_no_other)
{
  struct challenge c = challenge();
  struct ntlm_challenge said;
  put_av(&c, 1, "E\0X\0", 4);
  ck_assert(ntlm_read_challenge(c.bytes, c.n, &said));
  ck_assert_str_eq(said.server_name, "EX");
  ck_assert_str_eq(said.netbios_domain, "");
}
END_TEST

START_TEST(challenge__leaves_out_names_that_are_no_good)
{
  struct challenge c = challenge();
  struct ntlm_challenge said;
  char big[400];
  memset(big, 'a', sizeof big);
  put_av(&c, 1, "E\0\x1b\0", 4);
  put_av(&c, 2, "E\0\0\0X\0", 6);
  put_av(&c, 3, "\0\xd8", 2);
  put_av(&c, 4, big, sizeof big);
  ck_assert(ntlm_read_challenge(c.bytes, c.n, &said));
  ck_assert_str_eq(said.server_name, "");
  ck_assert_str_eq(said.netbios_domain, "");
  ck_assert_str_eq(said.dns_domain, "");
}
END_TEST

START_TEST(challenge__that_is_short_or_another_message_is_none)
{
  struct challenge c = challenge();
  struct ntlm_challenge said;
  put_av(&c, 1, "E\0X\0", 4);
  for (size_t n = 0; n < c.n; n++)
    ck_assert(!ntlm_read_challenge(c.bytes, n, &said));
  c.bytes[44] = 60;
  ck_assert(!ntlm_read_challenge(c.bytes, c.n, &said));
  c.bytes[44] = 48;
  c.bytes[8] = 3;
  ck_assert(!ntlm_read_challenge(c.bytes, c.n, &said));
}
END_TEST

/* ---- names ---- */

START_TEST(name__has_the_form_that_the_mechanism_wants)
{
  static const struct {
    enum login_mech mech;
    const char *user, *first, *second, *shown;
  } cases[] = {
      {LOGIN_NTLM, "CONTOSO\\svc", "CONTOSO\\svc", NULL, "CONTOSO\\svc"},
      {LOGIN_NTLM, "svc@contoso.example", "svc\\@contoso.example", NULL, "svc@contoso.example"},
      {LOGIN_NTLM, "svc", "svc", NULL, "svc"},
      {LOGIN_KERBEROS, "svc@contoso.example", "svc@CONTOSO.EXAMPLE", "svc@contoso.example",
       "svc@CONTOSO.EXAMPLE"},
      {LOGIN_KERBEROS, "contoso.example\\svc", "svc@CONTOSO.EXAMPLE", NULL, "svc@CONTOSO.EXAMPLE"},
      {LOGIN_KERBEROS, "CONTOSO\\svc", "svc", NULL, "svc"},
      {LOGIN_KERBEROS, "svc", "svc", NULL, "svc"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct login_form forms[2];
    const char *why = NULL;
    unsigned n = login_forms(cases[i].mech, cases[i].user, forms, &why);
    ck_assert_uint_eq(n, cases[i].second ? 2 : 1);
    ck_assert_str_eq(forms[0].text, cases[i].first);
    ck_assert_str_eq(forms[0].shown, cases[i].shown);
    if (cases[i].second) {
      ck_assert_str_eq(forms[1].text, cases[i].second);
      ck_assert(forms[1].enterprise);
    }
  }
}
END_TEST

START_TEST(name__of_no_form_is_said_to_be_none)
{
  static const char *const bad[] = {"",    "@x",      "x@",     "a@b@c", "\\x",
                                    "A\\", "A\\b\\c", "A\\b@c", "a\nb",  "a\x7f"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    for (int mech = 0; mech < 2; mech++) {
      struct login_form forms[2];
      const char *why = NULL;
      ck_assert_uint_eq(login_forms(mech, bad[i], forms, &why), 0);
      ck_assert_ptr_nonnull(why);
    }
}
END_TEST

/* ---- bindings ---- */

static void
sign(EVP_PKEY *key, const EVP_MD *hash, int pss, char pem[8192])
{
  X509 *x = X509_new();
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  EVP_PKEY_CTX *inner = NULL;
  X509_set_pubkey(x, key);
  X509_gmtime_adj(X509_getm_notBefore(x), 0);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  ck_assert_int_eq(EVP_DigestSignInit(ctx, &inner, hash, NULL, key), 1);
  if (pss)
    ck_assert_int_gt(EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING), 0);
  ck_assert_int_gt(X509_sign_ctx(x, ctx), 0);
  BIO *bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, x);
  int n = BIO_read(bio, pem, 8191);
  ck_assert_int_gt(n, 0);
  pem[n] = '\0';
  BIO_free(bio);
  EVP_MD_CTX_free(ctx);
  X509_free(x);
}

/* Is it the prefix and this hash of the certificate? */
static void
check_binding(const char *pem, const EVP_MD *hash, const char *text)
{
  struct binding b;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  ck_assert(binding_to_certificate(pem, &b));
  BIO *bio = BIO_new_mem_buf(pem, -1);
  X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
  ck_assert_int_eq(X509_digest(x, hash, digest, &n), 1);
  ck_assert_uint_eq(b.n, 21 + n);
  ck_assert_mem_eq(b.data, "tls-server-end-point:", 21);
  ck_assert_mem_eq(b.data + 21, digest, n);
  ck_assert_str_eq(b.text, text);
  X509_free(x);
  BIO_free(bio);
}

START_TEST(binding__hashes_as_the_certificate_is_signed)
{
  char pem[8192];
  EVP_PKEY *rsa = EVP_RSA_gen(2048), *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  sign(rsa, EVP_sha256(), 0, pem);
  check_binding(pem, EVP_sha256(), "tls-server-end-point, SHA-256");
  sign(rsa, EVP_sha384(), 0, pem);
  check_binding(pem, EVP_sha384(), "tls-server-end-point, SHA-384");
  sign(rsa, EVP_sha512(), 0, pem);
  check_binding(pem, EVP_sha512(), "tls-server-end-point, SHA-512");
  sign(rsa, EVP_sha1(), 0, pem);
  check_binding(pem, EVP_sha256(), "tls-server-end-point, SHA-256");
  sign(rsa, EVP_md5(), 0, pem);
  check_binding(pem, EVP_sha256(), "tls-server-end-point, SHA-256");
  sign(rsa, EVP_sha384(), 1, pem);
  check_binding(pem, EVP_sha384(), "tls-server-end-point, SHA-384");
  sign(ed, NULL, 0, pem);
  check_binding(pem, EVP_sha256(), "tls-server-end-point, SHA-256");
  EVP_PKEY_free(rsa);
  EVP_PKEY_free(ed);
}
END_TEST

START_TEST(binding__needs_a_certificate)
{
  struct binding b;
  ck_assert(!binding_to_certificate("no certificate", &b));
}
END_TEST

/* ---- errands ---- */

static sem_t go_on, destroyed;
static int ran;

static void
run(void *work)
{
  sem_wait(&go_on);
  ++*(int *)work;
}

static void
destroy(void *work)
{
  (void)work;
  sem_post(&destroyed);
}

static void
wait_for(struct errand *e)
{
  struct pollfd at = {.fd = errand_fd(e), .events = POLLIN};
  ck_assert_int_eq(poll(&at, 1, 30000), 1);
}

START_TEST(errand__comes_back_with_its_work)
{
  sem_init(&go_on, 0, 0);
  struct errand *e = errand_start(run, destroy, &ran);
  ck_assert_ptr_nonnull(e);
  struct pollfd at = {.fd = errand_fd(e), .events = POLLIN};
  ck_assert_int_eq(poll(&at, 1, 0), 0);
  sem_post(&go_on);
  wait_for(e);
  errand_finish(e);
  ck_assert_int_eq(ran, 1);
}
END_TEST

START_TEST(errand__that_is_left_gives_its_work_back_at_its_end)
{
  sem_init(&go_on, 0, 0);
  sem_init(&destroyed, 0, 0);
  struct errand *e = errand_start(run, destroy, &ran);
  errand_abandon(e);
  ck_assert_uint_eq(errands_abandoned(), 1);
  sem_post(&go_on);
  sem_wait(&destroyed);
  while (errands_abandoned() > 0)
    usleep(1000);
  e = errand_start(run, destroy, &ran);
  sem_post(&go_on);
  wait_for(e);
  errand_abandon(e);
  sem_wait(&destroyed);
  ck_assert_uint_eq(errands_abandoned(), 0);
  errand_abandon(NULL);
}
END_TEST

START_TEST(errand__has_a_limit_of_those_that_are_left)
{
  sem_init(&go_on, 0, 0);
  sem_init(&destroyed, 0, 0);
  static int works[ERRANDS_ABANDONED_MAX];
  for (unsigned i = 0; i < ERRANDS_ABANDONED_MAX; i++)
    errand_abandon(errand_start(run, destroy, &works[i]));
  ck_assert_ptr_null(errand_start(run, destroy, &ran));
  ck_assert_int_eq(errno, EAGAIN);
  for (unsigned i = 0; i < ERRANDS_ABANDONED_MAX; i++)
    sem_post(&go_on);
  while (errands_abandoned() > 0)
    usleep(1000);
}
END_TEST

/* ---- realms ---- */

static char krb5_conf[64];

static void
configure(const char *text)
{
  snprintf(krb5_conf, sizeof krb5_conf, "/tmp/tenon-krb5-XXXXXX");
  int fd = mkstemp(krb5_conf);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
  setenv("KRB5_CONFIG", krb5_conf, 1);
}

/* A name server that takes questions and keeps silent. */
static struct dns_server
silence(int *ret_fd)
{
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct dns_server server = {.family = AF_INET, .address = {127, 0, 0, 1}};
  socklen_t size = sizeof at;
  *ret_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(bind(*ret_fd, (struct sockaddr *)&at, sizeof at), 0);
  ck_assert_int_eq(getsockname(*ret_fd, (struct sockaddr *)&at, &size), 0);
  server.port = ntohs(at.sin_port);
  return server;
}

static bool
was_asked(int fd)
{
  struct pollfd p = {.fd = fd, .events = POLLIN};
  return poll(&p, 1, 0) > 0;
}

START_TEST(realm__is_not_asked_for_when_dns_keeps_silent)
{
  int fd;
  struct dns_server server = silence(&fd);
  configure("[libdefaults]\n");
  bool ret = login_realm_silent("CONTOSO.EXAMPLE", &server);
  unlink(krb5_conf);
  ck_assert(ret);
  ck_assert(was_asked(fd));
  close(fd);
}
END_TEST

START_TEST(realm__whose_kdc_needs_no_dns_is_not_looked_up)
{
  static const char *const texts[] = {
      "[realms]\nCONTOSO.EXAMPLE = {\n  kdc = 127.0.0.1\n}\n",
      "[libdefaults]\ndns_lookup_kdc = false\n",
      "[libdefaults]\ndns_fallback = false\n",
  };
  int fd;
  struct dns_server server = silence(&fd);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    configure(texts[i]);
    bool ret = login_realm_silent("CONTOSO.EXAMPLE", &server);
    unlink(krb5_conf);
    ck_assert_msg(!ret && !was_asked(fd), "%s", texts[i]);
  }
  close(fd);
}
END_TEST

START_TEST(realm__is_asked_for_when_dns_says_anything)
{
  struct responder responder;
  responder_start(&responder);
  struct dns_server server = {
      .family = AF_INET, .address = {127, 0, 0, 1}, .port = (uint16_t)responder.port};
  configure("[libdefaults]\n");
  bool ret = login_realm_silent("CONTOSO.EXAMPLE", &server);
  unlink(krb5_conf);
  ck_assert(!ret);
  ck_assert_uint_ge(responder.udp, 1);
  responder_stop(&responder);
}
END_TEST

START_TEST(realm__by_default_is_not_the_one_of_the_example)
{
  char realm[64];
  configure("[libdefaults]\ndefault_realm = ATHENA.MIT.EDU\n");
  ck_assert(!login_realm_default(realm, sizeof realm));
  unlink(krb5_conf);
  configure("[libdefaults]\ndefault_realm = CONTOSO.EXAMPLE\n");
  ck_assert(login_realm_default(realm, sizeof realm));
  unlink(krb5_conf);
  ck_assert_str_eq(realm, "CONTOSO.EXAMPLE");
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, offer__is_found_alone_in_a_list_and_behind_parameters);
  tcase_add_test(tc, offer__has_a_token_where_there_is_one);
  tcase_add_test(tc, challenge__says_domain_and_server);
  tcase_add_test(tc, challenge__has_a_netbios_name_where_there_is_no_other);
  tcase_add_test(tc, challenge__leaves_out_names_that_are_no_good);
  tcase_add_test(tc, challenge__that_is_short_or_another_message_is_none);
  tcase_add_test(tc, name__has_the_form_that_the_mechanism_wants);
  tcase_add_test(tc, name__of_no_form_is_said_to_be_none);
  tcase_add_test(tc, binding__hashes_as_the_certificate_is_signed);
  tcase_add_test(tc, binding__needs_a_certificate);
  tcase_add_test(tc, errand__comes_back_with_its_work);
  tcase_add_test(tc, errand__that_is_left_gives_its_work_back_at_its_end);
  tcase_add_test(tc, errand__has_a_limit_of_those_that_are_left);
  tcase_add_test(tc, realm__is_not_asked_for_when_dns_keeps_silent);
  tcase_add_test(tc, realm__whose_kdc_needs_no_dns_is_not_looked_up);
  tcase_add_test(tc, realm__is_asked_for_when_dns_says_anything);
  tcase_add_test(tc, realm__by_default_is_not_the_one_of_the_example);
}

int
main(void)
{
  return harness_run("signin_parts", add);
}
