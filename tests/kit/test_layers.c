// SPDX-License-Identifier: Apache-2.0
//
// What is said of the layers below HTTP.
#include "layers.h"

#include <tenon/exchange.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

static char certified[2048];

static void
take_certificate(const tenon_sink *sink, const tenon_check *check)
{
  (void)sink;
  if (strcmp(check->id, TENON_CHECK_TLS_CERTIFICATE) == 0)
    snprintf(certified, sizeof certified, "%s", check->detail);
}

static int64_t
no_time(const tenon_host *host)
{
  (void)host;
  return 0;
}

static void
certify(const char *names)
{
  static const tenon_host host = {.size = sizeof host, .now = no_time};
  static const tenon_sink sink = {.size = sizeof sink, .check = take_certificate};
  const tenon_http_certificate cert = {.size = sizeof cert,
                                       .subject = "CN=a",
                                       .issuer = "CN=Issuer",
                                       .names = names,
                                       .sha256 = "ab",
                                       .pin = "cd",
                                       .not_after = 4102444800};
  const tenon_http_certificate *const chain[] = {&cert};
  struct report report;
  const tenon_http_tls tls = {.size = sizeof tls, .chain = chain, .n_chain = 1};
  const tenon_http_completion completion = {.size = sizeof completion,
                                            .code = 200,
                                            .url = "https://mail.contoso.example/",
                                            .route = "direct",
                                            .tls = &tls};
  const struct verdict_evidence evidence = {.seen = SEEN_CLOUD, .completion = &completion};
  report_init(&report, &host, &sink);
  ck_assert(layers_report(&report, &evidence, NULL, TENON_CHECK_AUTH_TOKEN));
}

START_TEST(certificate__is_told_with_whole_names_and_how_many_more_there_are)
{
  char names[2048];
  struct kit_text text;
  certify("one.example, two.example");
  ck_assert_ptr_nonnull(strstr(certified, "For one.example, two.example; issued by CN=Issuer;"));
  certify("");
  ck_assert_ptr_nonnull(strstr(certified, "For CN=a; issued"));
  kit_text_init(&text, names, sizeof names);
  for (int i = 0; i < 100; i++)
    kit_text_printf(&text, "%sn%02d.host.example", i > 0 ? ", " : "", i);
  certify(names);
  ck_assert_ptr_nonnull(
      strstr(certified, ", n14.host.example, n15.host.example and 84 more; issued by CN=Issuer;"));
}
END_TEST

TCase *
layers_cases(void)
{
  TCase *cases = tcase_create("layers");
  tcase_add_test(cases, certificate__is_told_with_whole_names_and_how_many_more_there_are);
  return cases;
}
