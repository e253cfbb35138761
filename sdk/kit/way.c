// SPDX-License-Identifier: Apache-2.0
//
// From answers to the options of tenon.http/1. A form need not have all of the fields: what it does not declare has no
// answer.
#include "way.h"

#include "report.h"

#include <stdlib.h>
#include <string.h>

struct way {
  const tenon_host *host;
  const tenon_sink *sink;
  const char *check_id, *otherwise;
  bool failed;
};

static void
refuse(struct way *w, const char *field, const char *title, const char *why, const char *remedy)
{
  report_field(w->sink, w->check_id, field, TENON_E_CONFIG, title, why, remedy);
  w->failed = true;
}

static tenon_text
answer_to(const struct way *w, const char *key)
{
  tenon_text text = {NULL, 0};
  if (w->host->value(w->host, key, &text) != TENON_OK || text.ptr == NULL || text.len == 0)
    return (tenon_text){NULL, 0};
  return text;
}

static tenon_secret *
secret_of(const struct way *w, const char *key)
{
  tenon_secret *secret = NULL;
  return w->host->secret(w->host, key, &secret) == TENON_OK ? secret : NULL;
}

// "30s", "5m", "500ms", "1h". 0 when it is none.
static int64_t
duration(const char *text)
{
  static const struct {
    const char *unit;
    int64_t ns;
  } units[] = {{"ms", 1000000},
               {"s", 1000000000},
               {"m", INT64_C(60000000000)},
               {"min", INT64_C(60000000000)},
               {"h", INT64_C(3600000000000)}};
  char *end = NULL;
  long long number = strtoll(text, &end, 10);
  if (end == text || number <= 0 || number > 1000000)
    return 0;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strcmp(end, units[i].unit) == 0)
      return (int64_t)number * units[i].ns;
  return 0;
}

static int64_t
take_timeout(struct way *w)
{
  tenon_text value = answer_to(w, TENON_KEY_TIMEOUT);
  if (value.ptr == NULL)
    return 0;
  int64_t ns = duration(value.ptr);
  if (ns < WAY_TIMEOUT_MIN_NS || ns > WAY_TIMEOUT_MAX_NS)
    refuse(w, TENON_KEY_TIMEOUT, "The time for one answer is not usable",
           "It has to be between 1s and 10m.", "Set `timeout` to 60s.");
  return ns;
}

static void
refuse_option(struct way *w, const char *member, const char *why)
{
  static const struct {
    const char *member, *field, *remedy;
  } fields[] = {
      {"ca_pem", TENON_KEY_CA_FILE, "Give a file with one or more certificates in PEM form."},
      {"tls_pin", TENON_KEY_TLS_PIN, "Write it as sha256//BASE64, or leave it empty."},
      {"expected_name", TENON_KEY_TLS_NAME, "Write it as a host name, or leave it empty."},
      {"client_certificate", TENON_KEY_TLS_CERTIFICATE,
       "Give a PKCS#12 file (.p12, .pfx), or PEM with the certificate, its chain and its encrypted "
       "key."},
      {"client_certificate_secret", TENON_KEY_TLS_CERTIFICATE_PASSWORD,
       "Give the password that the file was exported with."},
      {"proxy", TENON_KEY_PROXY, "Write it as http://host:port, or none."},
      {"proxy_user", TENON_KEY_PROXY_USER, "Give user and password, or neither."},
      {"proxy_secret", TENON_KEY_PROXY_PASSWORD, "Give user and password, or neither."},
      {"resolve", TENON_KEY_RESOLVE, "Write it as host=address, several separated by commas."},
      {"dns", TENON_KEY_DNS, "Write it as address:port, such as 192.0.2.53:53."},
  };
  static const char title[] = "This way to the server is not usable";
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    if (member != NULL && strcmp(fields[i].member, member) == 0) {
      refuse(w, fields[i].field, title, why, fields[i].remedy);
      return;
    }
  refuse(w, w->otherwise, title, why, "Look through the advanced fields of this page.");
}

bool
way_set(const tenon_host *host, const tenon_sink *sink, const tenon_http *http,
        const char *check_id, const char *otherwise)
{
  struct way w = {.host = host, .sink = sink, .check_id = check_id, .otherwise = otherwise};
  tenon_http_options options = {
      .size = sizeof options,
      .ca_pem = answer_to(&w, TENON_KEY_CA_FILE),
      .tls_pin = answer_to(&w, TENON_KEY_TLS_PIN).ptr,
      .expected_name = answer_to(&w, TENON_KEY_TLS_NAME).ptr,
      .proxy = answer_to(&w, TENON_KEY_PROXY).ptr,
      .proxy_user = answer_to(&w, TENON_KEY_PROXY_USER).ptr,
      .proxy_secret = secret_of(&w, TENON_KEY_PROXY_PASSWORD),
      .resolve = answer_to(&w, TENON_KEY_RESOLVE).ptr,
      .dns = answer_to(&w, TENON_KEY_DNS).ptr,
      .timeout_ns = take_timeout(&w),
      .connections_max = WAY_CONNECTIONS_MAX,
      .client_certificate = answer_to(&w, TENON_KEY_TLS_CERTIFICATE),
  };
  if (options.client_certificate.ptr != NULL)
    options.client_certificate_secret = secret_of(&w, TENON_KEY_TLS_CERTIFICATE_PASSWORD);
  const char *member = NULL, *why = NULL;
  if (http->options(http, &options, &member, &why) != TENON_OK)
    refuse_option(&w, member, why);
  return !w.failed;
}
