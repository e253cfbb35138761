// SPDX-License-Identifier: Apache-2.0
//
// Makes the certificates with OpenSSL. P-256, because a handshake with it is cheap enough for
// thousands of connections.
#include "certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_SECONDS (24L * 60 * 60)
#define HOST_NAMES  "DNS:localhost,DNS:mail.contoso.example,IP:127.0.0.1"
#define GOOD_NAMES                                                                                 \
  HOST_NAMES ",DNS:contoso.example,DNS:autodiscover.contoso.example,"                              \
             "DNS:autodiscover.emea.contoso.example,DNS:autodiscover.fabrikam.example,"            \
             "DNS:outlook.office365.com,DNS:outlook.office365.us,DNS:outlook-dod.office365.us,"    \
             "DNS:partner.outlook.cn,DNS:login.microsoftonline.com,DNS:login.microsoftonline.us,"  \
             "DNS:login.partner.microsoftonline.cn,DNS:graph.microsoft.com,"                       \
             "DNS:graph.microsoft.us,DNS:dod-graph.microsoft.us,"                                  \
             "DNS:microsoftgraph.chinacloudapi.cn"
#define WRONG_NAMES     "DNS:webmail.fabrikam.example"
#define GOOD_SUBJECT    "mail.contoso.example"
#define WRONG_SUBJECT   "webmail.fabrikam.example"
#define AUTHORITY_NAME  "tenon-lab CA"
#define VALID_DAYS      90L // well over what clients warn of
#define EXPIRED_DAYS    3L
#define ISSUED_DAYS_AGO 1L

#define STRANGER_ROOT "Fabrikam Root CA"
#define STRANGER_NAME "Fabrikam Issuing CA"
// As such programs call theirs.
#define INTERCEPTOR_NAME "Squid TLS inspection CA"

#define CLIENT_SUBJECT "svc-tenon"
#define CLIENT_NAMES   "email:svc-tenon@contoso.example"

struct paper {
  const char *subject;
  const char *names; // subjectAltName, NULL for the authority
  const char *usage; // NULL: serverAuth
  long from;         // seconds from now
  long until;
};

static bool
extend(X509 *certificate, X509 *issuer, int kind, const char *value)
{
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
  bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

static bool
number(X509 *certificate)
{
  unsigned char bytes[8];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1)
    return false;
  uint64_t serial;
  memcpy(&serial, bytes, sizeof(serial));
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1;
}

static bool
add_extensions(X509 *certificate, X509 *issuer, const struct paper *paper)
{
  bool authority = paper->names == NULL;
  return extend(certificate, issuer, NID_basic_constraints,
                authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
         extend(certificate, issuer, NID_key_usage,
                authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
         extend(certificate, issuer, NID_subject_key_identifier, "hash") &&
         (authority || (extend(certificate, issuer, NID_ext_key_usage,
                               paper->usage != NULL ? paper->usage : "serverAuth") &&
                        extend(certificate, issuer, NID_subject_alt_name, paper->names)));
}

// Issues `paper` for `key`. Without an issuer it signs itself.
static X509 *
issue(const struct paper *paper, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
  X509 *certificate = X509_new();
  if (certificate == NULL)
    return NULL;
  X509_NAME *name = X509_get_subject_name(certificate);
  X509 *signer = issuer != NULL ? issuer : certificate;
  bool made = X509_set_version(certificate, X509_VERSION_3) == 1 && number(certificate) &&
              X509_gmtime_adj(X509_getm_notBefore(certificate), paper->from) != NULL &&
              X509_gmtime_adj(X509_getm_notAfter(certificate), paper->until) != NULL &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                         (const unsigned char *)paper->subject, -1, -1, 0) == 1 &&
              X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1 &&
              X509_set_pubkey(certificate, key) == 1 &&
              add_extensions(certificate, signer, paper) &&
              X509_sign(certificate, issuer_key, EVP_sha256()) != 0;
  if (made)
    return certificate;
  X509_free(certificate);
  return NULL;
}

static char *
take_bytes(BIO *bio)
{
  char *bytes = NULL;
  long length = BIO_get_mem_data(bio, &bytes);
  return length > 0 ? strndup(bytes, (size_t)length) : NULL;
}

static char *
write_certificate(X509 *certificate)
{
  BIO *bio = BIO_new(BIO_s_mem());
  if (bio == NULL)
    return NULL;
  char *text = PEM_write_bio_X509(bio, certificate) == 1 ? take_bytes(bio) : NULL;
  BIO_free(bio);
  return text;
}

static char *
write_key(EVP_PKEY *key)
{
  BIO *bio = BIO_new(BIO_s_mem());
  if (bio == NULL)
    return NULL;
  char *text =
      PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1 ? take_bytes(bio) : NULL;
  BIO_free(bio);
  return text;
}

static struct paper
server_paper(enum certificate_kind kind)
{
  struct paper paper = {.subject = GOOD_SUBJECT,
                        .names = GOOD_NAMES,
                        .from = -ISSUED_DAYS_AGO * DAY_SECONDS,
                        .until = VALID_DAYS * DAY_SECONDS};
  if (kind == CERTIFICATE_EXPIRED) {
    paper.from = -(VALID_DAYS + EXPIRED_DAYS) * DAY_SECONDS;
    paper.until = -EXPIRED_DAYS * DAY_SECONDS;
  } else if (kind == CERTIFICATE_NOT_YET) {
    paper.from = DAY_SECONDS;
  } else if (kind == CERTIFICATE_WRONG_NAME) {
    paper.subject = WRONG_SUBJECT;
    paper.names = WRONG_NAMES;
  } else if (kind == CERTIFICATE_NOT_AUTODISCOVER) {
    paper.names = HOST_NAMES;
  }
  return paper;
}

// ---- who signs ----------------------------------------------------------------------------------

struct signer {
  X509 *certificate;
  EVP_PKEY *key;
};

static void
signer_finish(struct signer *signer)
{
  X509_free(signer->certificate);
  EVP_PKEY_free(signer->key);
  *signer = (struct signer){0};
}

// Without `by` it signs itself.
static bool
signer_make(struct signer *signer, const char *name, const struct signer *by)
{
  // Older than any paper that it signs, the expired one too.
  const struct paper paper = {
      .subject = name, .from = -2 * VALID_DAYS * DAY_SECONDS, .until = VALID_DAYS * DAY_SECONDS};
  signer->key = EVP_EC_gen("P-256");
  if (signer->key == NULL)
    return false;
  signer->certificate = issue(&paper, signer->key, by != NULL ? by->certificate : NULL,
                              by != NULL ? by->key : signer->key);
  return signer->certificate != NULL;
}

// The one that signs the server's certificate. `root` is the lab's, or else one that nobody has.
static bool
find_signer(enum certificate_kind kind, const struct signer *lab, struct signer *root,
            struct signer *ret_signer)
{
  if (kind == CERTIFICATE_STRANGER || kind == CERTIFICATE_CHAINLESS)
    return signer_make(root, STRANGER_ROOT, NULL) && signer_make(ret_signer, STRANGER_NAME, root);
  if (kind == CERTIFICATE_INTERCEPTED)
    return signer_make(ret_signer, INTERCEPTOR_NAME, NULL);
  X509_up_ref(lab->certificate);
  EVP_PKEY_up_ref(lab->key);
  *ret_signer = *lab;
  return true;
}

// ---- the server's and the client's ---------------------------------------------------------------

static bool
append(char **text, char *more)
{
  char *both = NULL;
  if (more != NULL && asprintf(&both, "%s%s", *text != NULL ? *text : "", more) < 0)
    both = NULL;
  free(more);
  free(*text);
  *text = both;
  return both != NULL;
}

static bool
make_server(enum certificate_kind kind, const struct signer *by, struct certificate *made)
{
  const struct paper paper = server_paper(kind);
  bool itself = kind == CERTIFICATE_SELF_SIGNED;
  bool chain = kind == CERTIFICATE_STRANGER || kind == CERTIFICATE_INTERCEPTED;
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *server = NULL;
  if (key != NULL)
    server = issue(&paper, key, itself ? NULL : by->certificate, itself ? key : by->key);
  bool done = server != NULL && append(&made->server, write_certificate(server)) &&
              (!chain || append(&made->server, write_certificate(by->certificate))) &&
              append(&made->key, write_key(key));
  X509_free(server);
  EVP_PKEY_free(key);
  return done;
}

// PKCS#12 as a certificate's owner has it: with the chain, and a password.
static bool
write_client(X509 *client, EVP_PKEY *key, const struct signer *by, struct certificate *made)
{
  STACK_OF(X509) *chain = sk_X509_new_null();
  BIO *bio = BIO_new(BIO_s_mem());
  PKCS12 *file = NULL;
  char *bytes = NULL;
  if (chain != NULL && bio != NULL && sk_X509_push(chain, by->certificate) > 0)
    file = PKCS12_create(made->client_password, CLIENT_SUBJECT, key, client, chain, 0, 0, 0, 0, 0);
  if (file != NULL && i2d_PKCS12_bio(bio, file) == 1) {
    made->client_length = (size_t)BIO_get_mem_data(bio, &bytes);
    made->client = malloc(made->client_length);
    if (made->client != NULL)
      memcpy(made->client, bytes, made->client_length);
  }
  PKCS12_free(file);
  BIO_free(bio);
  sk_X509_free(chain);
  return made->client != NULL;
}

static bool
make_client(const struct signer *by, struct certificate *made)
{
  const struct paper paper = {.subject = CLIENT_SUBJECT,
                              .names = CLIENT_NAMES,
                              .usage = "clientAuth",
                              .from = -ISSUED_DAYS_AGO * DAY_SECONDS,
                              .until = VALID_DAYS * DAY_SECONDS};
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *client = key != NULL ? issue(&paper, key, by->certificate, by->key) : NULL;
  bool done = client != NULL && write_client(client, key, by, made);
  X509_free(client);
  EVP_PKEY_free(key);
  return done;
}

static bool
make_password(char password[static CERTIFICATE_PASSWORD_ROOM])
{
  unsigned char bytes[(CERTIFICATE_PASSWORD_ROOM - 1) / 2];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1)
    return false;
  for (size_t i = 0; i < sizeof(bytes); i++)
    snprintf(password + 2 * i, 3, "%02x", bytes[i]);
  return true;
}

bool
certificate_make(enum certificate_kind kind, bool client, struct certificate *ret_certificate)
{
  struct signer lab = {0}, root = {0}, by = {0};
  struct certificate made = {0};
  bool done = signer_make(&lab, AUTHORITY_NAME, NULL) &&
              append(&made.authority, write_certificate(lab.certificate)) &&
              find_signer(kind, &lab, &root, &by) && make_server(kind, &by, &made) &&
              (!client || (make_password(made.client_password) && make_client(&lab, &made)));
  signer_finish(&by);
  signer_finish(&root);
  signer_finish(&lab);
  if (done)
    *ret_certificate = made;
  else
    certificate_finish(&made);
  return done;
}

void
certificate_finish(struct certificate *certificate)
{
  if (certificate->key != NULL)
    OPENSSL_cleanse(certificate->key, strlen(certificate->key));
  free(certificate->authority);
  free(certificate->server);
  free(certificate->key);
  free(certificate->client);
  OPENSSL_cleanse(certificate->client_password, sizeof(certificate->client_password));
  *certificate = (struct certificate){0};
}
