// SPDX-License-Identifier: Apache-2.0
/* Each test runs in a process of its own (check forks), so all of this may be global. */
#include "tests/http/harness.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sys/eventfd.h>

struct http_config config;
struct http_service *service;
const tenon_http *http;
tenon_call call;
char log_text[65536];

static bool
on_log(void *user, int32_t level, const char *message)
{
  (void)user, (void)level;
  size_t n = strlen(log_text);
  (void)snprintf(log_text + n, sizeof log_text - n, "%s\n", message);
  return true;
}

void
harness_setup(void)
{
  curl_global_init(CURL_GLOBAL_DEFAULT);
  config = (struct http_config){.log = on_log, .log_level = TENON_LOG_DEBUG};
  config.scrubber = scrubber_create();
  config.secrets = secret_table_create(config.scrubber);
  call = (tenon_call){.size = sizeof call, .cancel_fd = eventfd(0, EFD_CLOEXEC)};
}

void
harness_teardown(void)
{
  http_service_destroy(service);
  service = NULL;
  secret_table_destroy(config.secrets);
  scrubber_destroy(config.scrubber);
  close(call.cancel_fd);
  server_stop_all();
  curl_global_cleanup();
}

void
harness_open(const tenon_http_options *options)
{
  tenon_http_options trusting = {OPTIONS};
  trusting.ca_pem = (tenon_text){pki_authority(), strlen(pki_authority())};
  service = http_service_create(&config);
  ck_assert_ptr_nonnull(service);
  http = http_service_table(service);
  const char *field = "", *why = "";
  tenon_status status = http->options(http, options ? options : &trusting, &field, &why);
  ck_assert_msg(status == TENON_OK, "%s: %s", field, why);
}

tenon_secret *
harness_secret(const char *bytes)
{
  tenon_secret *secret = NULL;
  ck_assert_int_eq(secret_table_add(config.secrets, NULL, bytes, strlen(bytes), &secret), 0);
  return secret;
}

const char *
harness_url(const struct server *server, const char *path)
{
  static char urls[4][512];
  static unsigned at;
  char *url = urls[at++ % 4];
  (void)snprintf(url, sizeof urls[0], "http%s://localhost:%u%s", server->tls ? "s" : "",
                 server->port, path);
  return url;
}

tenon_http_request
harness_request(const char *url)
{
  return (tenon_http_request){
      .size = sizeof(tenon_http_request), .label = "test.request", .url = url};
}

const tenon_http_completion *
harness_perform(const tenon_http_request *request)
{
  const tenon_http_completion *c = NULL;
  ck_assert_int_eq(http->perform(http, &call, request, &c), TENON_OK);
  ck_assert_ptr_nonnull(c);
  return c;
}

const tenon_http_completion *
harness_get(const struct server *server, const char *path)
{
  tenon_http_request request = harness_request(harness_url(server, path));
  return harness_perform(&request);
}

const char *
harness_header(const tenon_http_completion *c, const char *name)
{
  for (size_t i = 0; i < c->n_headers; i++)
    if (strcasecmp(c->headers[i].key, name) == 0)
      return c->headers[i].value.ptr;
  return NULL;
}

static void *
cancel_later(void *arg)
{
  uint64_t one = 1;
  usleep(*(useconds_t *)arg);
  free(arg);
  ck_assert_int_eq(write(call.cancel_fd, &one, sizeof one), sizeof one);
  return NULL;
}

void
harness_cancel_after(int ms)
{
  pthread_t thread;
  useconds_t *us = malloc(sizeof *us);
  *us = (useconds_t)ms * 1000;
  ck_assert_int_eq(pthread_create(&thread, NULL, cancel_later, us), 0);
  pthread_detach(thread);
}

int
harness_run(const char *name, void (*add)(TCase *))
{
  return harness_run_with(name, harness_setup, harness_teardown, add);
}

int
harness_run_with(const char *name, void (*setup)(void), void (*teardown)(void),
                 void (*add)(TCase *))
{
  Suite *suite = suite_create(name);
  TCase *tc = tcase_create(name);
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, setup, teardown);
  add(tc);
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
