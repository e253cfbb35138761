// SPDX-License-Identifier: Apache-2.0
/* Versions of what carries requests, and the authorities that are trusted. */
#include <ares.h>
#include <curl/curl.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <string.h>

#include "core/facts/facts.h"

static const struct {
  int bit;
  const char *name;
} features[] = {{CURL_VERSION_SSL, "TLS"},        {CURL_VERSION_HTTP2, "HTTP2"},
                {CURL_VERSION_IPV6, "IPv6"},      {CURL_VERSION_ASYNCHDNS, "AsynchDNS"},
                {CURL_VERSION_GSSAPI, "GSS-API"}, {CURL_VERSION_SPNEGO, "SPNEGO"},
                {CURL_VERSION_NTLM, "NTLM"},      {CURL_VERSION_HTTPS_PROXY, "HTTPS-proxy"},
                {CURL_VERSION_LIBZ, "gzip"},      {CURL_VERSION_IDN, "IDN"}};

static void
put_curl(cJSON *to, const curl_version_info_data *v)
{
  cJSON *curl = cJSON_AddObjectToObject(to, "libcurl");

  cJSON_AddStringToObject(curl, "version", v->version);
  cJSON_AddStringToObject(curl, "tls", v->ssl_version ? v->ssl_version : "none");
  cJSON *list = cJSON_AddArrayToObject(curl, "features");
  for (size_t i = 0; i < sizeof features / sizeof *features; i++)
    if (v->features & features[i].bit)
      cJSON_AddItemToArray(list, cJSON_CreateString(features[i].name));
}

/* How many certificates the file holds; -1: it cannot be read. */
static int
count_certificates(const char *path)
{
  BIO *bio = BIO_new_file(path, "r");
  STACK_OF(X509_INFO) *all = bio ? PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL) : NULL;
  int n = bio ? 0 : -1;

  for (int i = 0; all && i < sk_X509_INFO_num(all); i++)
    n += sk_X509_INFO_value(all, i)->x509 != NULL;
  sk_X509_INFO_pop_free(all, X509_INFO_free);
  BIO_free(bio);
  return n;
}

static void
put_authorities(cJSON *to, const curl_version_info_data *v)
{
  cJSON *ca = cJSON_AddObjectToObject(to, "authorities");
  const char *path = v->age >= CURLVERSION_SEVENTH ? v->cainfo : NULL;

  if (!path) {
    cJSON_AddStringToObject(ca, "why", "libcurl was built without a file of authorities");
    return;
  }
  cJSON_AddStringToObject(ca, "file", path);
  errno = 0;
  int n = count_certificates(path);
  cJSON_AddNumberToObject(ca, "count", n < 0 ? 0 : n);
  if (n < 0)
    cJSON_AddStringToObject(ca, "why", errno ? strerror(errno) : "it cannot be read");
}

void
facts_put_tls(cJSON *to)
{
  const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

  put_curl(to, v);
  cJSON_AddStringToObject(to, "openssl", OpenSSL_version(OPENSSL_VERSION_STRING));
  cJSON_AddStringToObject(to, "cares", ares_version(NULL));
  put_authorities(to, v);
}
