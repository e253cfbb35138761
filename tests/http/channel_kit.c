// SPDX-License-Identifier: Apache-2.0
/* A server that signs people in, accounts for NTLM in a file of the test's own, and a KDC for all tests of a program. */
#include "tests/http/channel_kit.h"

#include <cjson/cJSON.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <signal.h>
#include <sys/wait.h>

struct acceptor acceptor;
struct server server;
tenon_http_options kit_options;
struct kdc kdc;

static char user_file[64];
static unsigned char binding[128];
static pid_t kdc_pid;
static int kdc_stdin = -1;

void
kit_setup(void)
{
  static const char users[] =
      "OTHER:decoy:nothing\nCONTOSO:svc-tenon:" PASSWORD "\n:svc-tenon@contoso.example:" PASSWORD
      "\n:svc-tenon:" PASSWORD "\n";
  harness_setup();
  snprintf(user_file, sizeof user_file, "/tmp/tenon-ntlm-XXXXXX");
  int fd = mkstemp(user_file);
  ck_assert_int_eq(write(fd, users, sizeof users - 1), sizeof users - 1);
  close(fd);
  setenv("NTLM_USER_FILE", user_file, 1);
  if (kdc_is_there()) {
    setenv("KRB5_KTNAME", kdc.keytab, 1);
    setenv("KRB5CCNAME", "FILE:/nonexistent/cache", 1);
  }
  acceptor = (struct acceptor){.scheme = "NTLM", .ntlm = true};
  server = (struct server){.acceptor = &acceptor};
  kit_options = (tenon_http_options){OPTIONS};
}

void
kit_teardown(void)
{
  harness_teardown();
  unlink(user_file);
}

void
kit_serve_plain(void)
{
  server_start(&server);
  kit_options.ca_pem = (tenon_text){pki_authority(), strlen(pki_authority())};
  harness_open(&kit_options);
}

/* RFC 5929 section 4: the test certificates are signed with SHA-256. */
void
kit_serve(void)
{
  static const char prefix[] = "tls-server-end-point:";
  unsigned n = 0;
  server.tls = pki_server(PKI_GOOD);
  BIO *bio = BIO_new_mem_buf(pki_last_pem(), -1);
  X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
  memcpy(binding, prefix, sizeof prefix - 1);
  ck_assert_int_eq(X509_digest(x, EVP_sha256(), binding + sizeof prefix - 1, &n), 1);
  X509_free(x);
  BIO_free(bio);
  if (!acceptor.binding) {
    acceptor.binding = binding;
    acceptor.n_binding = sizeof prefix - 1 + n;
  }
  kit_serve_plain();
}

tenon_http_channel *
kit_open_as(const tenon_http_identity *identity)
{
  tenon_http_channel *channel = NULL;
  ck_assert_int_eq(http->channel_open(http, &call, harness_url(&server, "/"), identity, &channel),
                   TENON_OK);
  ck_assert_ptr_nonnull(channel);
  return channel;
}

tenon_http_channel *
kit_open(uint32_t scheme, const char *user, const char *password)
{
  tenon_http_identity identity = {.size = sizeof identity, .scheme = scheme, .user = user};
  identity.secret = password ? harness_secret(password) : NULL;
  return kit_open_as(&identity);
}

static tenon_http_request
post(const char *path, tenon_http_part *part)
{
  tenon_http_request r = harness_request(harness_url(&server, path));
  r.body = part;
  r.n_body = part->text.ptr ? 1 : 0;
  return r;
}

const tenon_http_completion *
kit_post(tenon_http_channel *channel, const char *path, const char *body)
{
  tenon_http_part part = {.text = {body, body ? strlen(body) : 0}};
  tenon_http_request r = post(path, &part);
  const tenon_http_completion *c = NULL;
  ck_assert_int_eq(http->channel_perform(channel, &call, &r, &c), TENON_OK);
  ck_assert_ptr_nonnull(c);
  return c;
}

const tenon_http_completion *
kit_seal(tenon_http_channel *channel, const char *plain)
{
  tenon_text signature, sealed;
  ck_assert_int_eq(
      http->channel_wrap(channel, (tenon_text){plain, strlen(plain)}, &signature, &sealed),
      TENON_OK);
  ck_assert_ptr_null(memmem(sealed.ptr, sealed.len, plain, strlen(plain)));
  char length[2] = {(char)(signature.len & 0xff), (char)(signature.len >> 8)};
  tenon_http_part parts[] = {{.text = {length, 2}}, {.text = signature}, {.text = sealed}};
  tenon_http_request r = harness_request(harness_url(&server, "/seal"));
  r.body = parts;
  r.n_body = 3;
  const tenon_http_completion *c = NULL;
  ck_assert_int_eq(http->channel_perform(channel, &call, &r, &c), TENON_OK);
  ck_ok(c, 200);
  ck_assert_uint_gt(c->body.len, 18);
  return c;
}

void
kit_start(tenon_http_channel *channel, const char *path, const char *body, void *tag)
{
  tenon_http_part part = {.text = {body, body ? strlen(body) : 0}};
  tenon_http_request r = post(path, &part);
  ck_assert_int_eq(http->channel_start(channel, &call, &r, tag), TENON_OK);
}

const tenon_http_completion *
kit_next(void)
{
  const tenon_http_completion *c = NULL;
  ck_assert_int_eq(http->next(http, &call, 30 * NS_PER_S, &c), TENON_OK);
  return c;
}

/* ---- the KDC: started outside of any test, so nothing is asserted ---- */

bool
kdc_is_there(void)
{
  return kdc_pid > 0;
}

static void
take(const cJSON *line, const char *key, char *to, size_t size)
{
  snprintf(to, size, "%s", cJSON_GetStringValue(cJSON_GetObjectItem(line, key)));
}

static void
read_ready(FILE *out)
{
  char text[8192];
  if (!fgets(text, sizeof text, out))
    abort();
  cJSON *line = cJSON_Parse(text);
  take(line, "directory", kdc.directory, sizeof kdc.directory);
  take(line, "keytab", kdc.keytab, sizeof kdc.keytab);
  take(line, "client_keytab", kdc.client_keytab, sizeof kdc.client_keytab);
  take(line, "ticket_cache", kdc.ticket_cache, sizeof kdc.ticket_cache);
  take(line, "password", kdc.password, sizeof kdc.password);
  setenv("KRB5_CONFIG", cJSON_GetStringValue(cJSON_GetObjectItem(line, "krb5_config")), 1);
  cJSON_Delete(line);
}

void
kdc_start(const char *script)
{
  int in[2], out[2];
  if (pipe(in) < 0 || pipe(out) < 0 || (kdc_pid = fork()) < 0)
    abort();
  if (kdc_pid == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    for (int fd = 3; fd < 64; fd++)
      close(fd);
    execl("/usr/bin/python3", "python3", "-B", script, NULL);
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  kdc_stdin = in[1];
  FILE *stream = fdopen(out[0], "r");
  read_ready(stream);
  fclose(stream);
}

void
kdc_kinit(const char *cache, const char *options)
{
  char command[2048];
  snprintf(command, sizeof command, "kinit -c %s -k -t %s %s svc-tenon@CONTOSO.EXAMPLE", cache,
           kdc.client_keytab, options);
  ck_assert_int_eq(system(command), 0);
}

static void
administer(const char *verb, const char *options, const char *password, const char *principal)
{
  char command[2048];
  snprintf(command, sizeof command,
           "KRB5_KDC_PROFILE=%s/kdc.conf /usr/sbin/kadmin.local -r CONTOSO.EXAMPLE %s %s -pw '%s' "
           "'%s' > /dev/null 2>&1",
           kdc.directory, verb, options, password, principal);
  ck_assert_int_eq(system(command), 0);
}

void
kdc_add(const char *principal, const char *password, const char *options)
{
  administer("addprinc", options, password, principal);
}

void
kdc_change(const char *principal, const char *password)
{
  administer("cpw", "", password, principal);
}

void
kdc_elsewhere(unsigned port)
{
  static char path[600];
  snprintf(path, sizeof path, "%s/elsewhere-%u.conf", kdc.directory, port);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fprintf(file,
          "[libdefaults]\n  default_realm = CONTOSO.EXAMPLE\n  dns_lookup_realm = false\n"
          "  dns_lookup_kdc = false\n  dns_canonicalize_hostname = false\n  rdns = false\n"
          "  udp_preference_limit = 1\n"
          "[realms]\n  CONTOSO.EXAMPLE = {\n    kdc = 127.0.0.1:%u\n  }\n"
          "[domain_realm]\n  localhost = CONTOSO.EXAMPLE\n",
          port);
  fclose(file);
  setenv("KRB5_CONFIG", path, 1);
}

void
kdc_stop(void)
{
  if (kdc_pid <= 0)
    return;
  close(kdc_stdin);
  (void)waitpid(kdc_pid, NULL, 0);
  kdc_pid = 0;
}
