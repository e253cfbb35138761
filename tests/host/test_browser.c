// SPDX-License-Identifier: Apache-2.0
/* tenon.browser/1 from both sides: the plugin that waits, and everybody who can reach a port of this machine. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/host/browser.h"
#include "tests/host/harness.h"
#include "tests/suite.h"

#define STATE "state-of-the-test-0123456789"
#define GOOD  "GET /?code=c0de-of-the-test&state=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"

static struct bench b;
static unsigned port;
static char detail[256], url[512];

static void
watch(struct bench *bench, const tenon_event *ev)
{
  (void)bench;
  if (ev->kind == TENON_EVENT_ASK && ev->ask->url)
    (void)snprintf(url, sizeof url, "%s", ev->ask->url);
  if (ev->kind == TENON_EVENT_CHECK && strncmp(ev->check->id, "visitor.browser", 15) == 0)
    (void)snprintf(detail, sizeof detail, "%s", ev->check->detail);
}

static void
start(const char *script)
{
  char answer[128];
  const char *const answers[] = {answer, NULL};

  (void)snprintf(answer, sizeof answer, "script=%s", script);
  bench_init(&b, NULL);
  b.hook = watch;
  bench_worker(&b, VISITOR);
  bench_open(&b, answers);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
}

/* Until the plugin listens. */
static void
until_listening(void)
{
  static const char before[] = "http://localhost:";
  int64_t until = clock_now_ns() + BENCH_MS * NS_PER_MS;
  const char *at = NULL;

  while (!at && clock_now_ns() < until) {
    ck_assert_int_ge(tenon_context_run(b.ctx, 20), 0);
    at = strstr(url, before);
    at = at ? at : strstr(buf_text(&b.log), before);
  }
  ck_assert_msg(at != NULL, "%s%s", buf_text(&b.events), buf_text(&b.log));
  port = (unsigned)strtoul(at + strlen(before), NULL, 10);
  ck_assert_uint_ne(port, 0);
}

/* Until the verification has ended. */
static void
finish(void)
{
  bench_wait(&b, 2);
  bench_finish(&b);
}

/* -1: nobody listens. */
static int
dial(int family)
{
  struct sockaddr_in v4 = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
                            .sin6_port = htons((uint16_t)port),
                            .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  int fd = socket(family, SOCK_STREAM, 0);

  if (fd >= 0 && connect(fd, family == AF_INET ? (void *)&v4 : (void *)&v6,
                         family == AF_INET ? sizeof v4 : sizeof v6) == 0)
    return fd;
  if (fd >= 0)
    (void)close(fd);
  return -1;
}

/* Everything that comes, the loop running meanwhile; closes. */
static const char *
hear(int fd)
{
  static char answer[8192];
  size_t len = 0;
  ssize_t n = -1;
  int64_t until = clock_now_ns() + BENCH_MS * NS_PER_MS;

  ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
  while (n != 0 && clock_now_ns() < until) {
    ck_assert_int_ge(tenon_context_run(b.ctx, 10), 0);
    n = recv(fd, answer + len, sizeof answer - 1 - len, 0);
    if (n < 0 && errno != EAGAIN)
      break;
    len += n > 0 ? (size_t)n : 0;
  }
  ck_assert_msg(n == 0, "no orderly end: %s", n < 0 ? strerror(errno) : "it goes on");
  answer[len] = '\0';
  (void)close(fd);
  return answer;
}

static void
say(int fd, const char *text, size_t n)
{
  ck_assert_int_eq(send(fd, text, n, MSG_NOSIGNAL), (int)n);
}

/* A request whose one "%u" is the port; gives the answer. */
static const char *
ask(int family, const char *request)
{
  CLEANUP_FREE char *text = text_printf("%s", request);
  char *at = strstr(text, "%u");
  CLEANUP_FREE char *whole =
      at ? text_printf("%.*s%u%s", (int)(at - text), text, port, at + 2) : text_printf("%s", text);
  int fd = dial(family);

  ck_assert_int_ge(fd, 0);
  say(fd, whole, strlen(whole));
  return hear(fd);
}

static bool
answered(const char *answer, const char *status)
{
  return strncmp(answer, "HTTP/1.1 ", 9) == 0 && strncmp(answer + 9, status, 3) == 0;
}

/* ---- the redirect ---------------------------------------------------------------------------------------------- */

START_TEST(browser__brings_the_query_to_the_plugin_and_a_page_to_the_person)
{
  start("browser");
  until_listening();
  ck_assert(bench_saw(&b, "ask visitor.signin"));
  const char *answer = ask(AF_INET, GOOD);
  ck_assert_msg(answered(answer, "200"), "%s", answer);
  ck_assert_ptr_nonnull(strstr(answer, "Back to the program"));
  ck_assert_ptr_nonnull(strstr(answer, "Cache-Control: no-store"));
  ck_assert_ptr_null(strstr(answer, "c0de-of-the-test"));
  bench_wait(&b, 2);
  ck_assert_str_eq(detail, "56 bytes, a code");
  ck_assert(bench_saw(&b, "withdrawn"));
  ck_assert_ptr_null(strstr(buf_text(&b.log), "c0de-of-the-test"));
  ck_assert_int_eq(dial(AF_INET), -1); /* closed with the hook */
  bench_finish(&b);
}
END_TEST

START_TEST(browser__listens_at_both_addresses_of_localhost)
{
  start("browser");
  until_listening();
  if (dial(AF_INET6) >= 0) /* where this machine has no IPv6 there is nothing to see */
    ck_assert(answered(ask(AF_INET6, GOOD), "200"));
  else
    ck_assert(answered(ask(AF_INET, GOOD), "200"));
  finish();
}
END_TEST

START_TEST(browser__hands_on_one_redirect_and_shows_its_page_again)
{
  start("stop:30000");
  until_listening();
  for (int i = 0; i < 3; i++)
    ck_assert(answered(ask(AF_INET, GOOD), "200"));
  while (!*detail)
    ck_assert_int_ge(tenon_context_run(b.ctx, 100), 0);
  for (int i = 0; i < 20; i++) /* a second one would have come long ago */
    ck_assert_int_ge(tenon_context_run(b.ctx, 10), 0);
  tenon_worker_cancel(b.worker);
  bench_wait(&b, 2);
  const char *first = strstr(buf_text(&b.events), "pass visitor.browser");
  ck_assert_ptr_nonnull(first);
  ck_assert_ptr_null(strstr(first + 1, "pass visitor.browser"));
  bench_finish(&b);
}
END_TEST

/* ---- others ---------------------------------------------------------------------------------------------------- */

START_TEST(browser__takes_nothing_but_its_own_redirect)
{
  static const char *const others[][2] = {
      {"404",
       "GET /?code=c&state=state-of-another-0123456789 HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"},
      {"404", "GET /?code=c HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"},
      {"404", "GET / HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"},
      {"404", "GET /favicon.ico HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"},
      {"404", "GET /x?state=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"},
      {"404", "POST /?state=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\nContent-Length: 0\r\n\r\n"},
      {"404", "GET /?state=" STATE "&state=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"},
      {"404", "GET /?state=" STATE "x HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"},
      {"404", "GET /?xstate=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"},
      {"404", "GET /?a=<b>&state=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"},
      /* DNS rebinding: a page of another host whose name leads here */
      {"404", "GET /?state=" STATE " HTTP/1.1\r\nHost: evil.example:%u\r\n\r\n"},
      {"404", "GET /?state=" STATE " HTTP/1.1\r\nHost: localhost.evil.example:%u\r\n\r\n"},
      {"404", "GET /?state=" STATE " HTTP/1.1\r\nHost: localhost:1\r\n\r\n"},
      {"404", "GET /?state=" STATE " HTTP/1.1\r\nHost: localhost\r\n\r\n"},
      {"400", "GET /?state=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\nHost: a\r\n\r\n"},
      {"400", "GET /?state=" STATE " HTTP/1.1\r\nAccept: */*\r\n\r\n"},
      {"400", "GET /?state=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\n folded\r\n\r\n"},
      {"400", "GET /?state=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\nnonsense\r\n\r\n"},
      {"400", "GET /?state=" STATE " HTTP/2.0\r\nHost: localhost:%u\r\n\r\n"},
      {"400", "GET /?state=" STATE "\r\nHost: localhost:%u\r\n\r\n"},
      {"400", "\x16\x03\x01\x02\x01\x01\r\n\r\n"},
  };

  start("browser");
  until_listening();
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    const char *answer = ask(AF_INET, others[i][1]);
    ck_assert_msg(answered(answer, others[i][0]), "%zu: %s", i, answer);
    ck_assert_ptr_null(strstr(answer, STATE));
  }
  ck_assert_str_eq(detail, "");
  ck_assert(answered(ask(AF_INET, GOOD), "200"));
  finish();
}
END_TEST

START_TEST(browser__state_may_be_written_percent_encoded)
{
  start("browser");
  until_listening();
  ck_assert(answered(ask(AF_INET, "GET /?code=c&state=%73tate%2Dof-the-test-0123456789&x=%7E "
                                  "HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n"),
                     "200"));
  finish();
}
END_TEST

/* ---- limits ---------------------------------------------------------------------------------------------------- */

/* A GET of a query that long; the state at its end. */
static const char *
ask_long(size_t query, const char *header)
{
  static const char tail[] = "&state=" STATE;
  CLEANUP_BUF struct buf text = BUF_INIT(1u << 20);
  int fd = dial(AF_INET);

  (void)buf_puts(&text, "GET /?");
  for (size_t i = strlen(tail); i < query; i++)
    (void)buf_putc(&text, 'c');
  (void)buf_printf(&text, "%s HTTP/1.1\r\nHost: localhost:%u\r\n%s", tail, port, header);
  say(fd, text.ptr, text.len);
  return hear(fd);
}

START_TEST(browser__query_has_a_limit)
{
  start("browser");
  until_listening();
  ck_assert(answered(ask_long(TENON_BROWSER_QUERY_MAX + 1, "\r\n"), "431"));
  ck_assert(answered(ask_long(10 * TENON_BROWSER_QUERY_MAX, "\r\n"), "431"));
  ck_assert_ptr_nonnull(strstr(buf_text(&b.log), "may have 16384 bytes"));
  ck_assert(answered(ask_long(TENON_BROWSER_QUERY_MAX, "\r\n"), "200"));
  bench_wait(&b, 2);
  ck_assert_str_eq(detail, "16384 bytes, no code");
  bench_finish(&b);
}
END_TEST

START_TEST(browser__headers_have_a_limit)
{
  CLEANUP_BUF struct buf many = BUF_INIT(1u << 20), large = BUF_INIT(1u << 20);

  for (unsigned i = 0; i < BROWSER_HEADERS_MAX; i++)
    (void)buf_puts(&many, "A: b\r\n");
  (void)buf_puts(&many, "\r\n");
  (void)buf_puts(&large, "Cookie: ");
  for (unsigned i = 0; i < BROWSER_HEAD_MAX; i++)
    (void)buf_putc(&large, 'c');
  start("browser");
  until_listening();
  ck_assert(answered(ask_long(100, buf_text(&many)), "431"));
  ck_assert(answered(ask_long(100, buf_text(&large)), "431"));
  ck_assert(answered(ask(AF_INET, GOOD), "200"));
  finish();
}
END_TEST

/* They say nothing, or a byte now and then: each has its time, and the one who comes has a place at once. */
START_TEST(browser__who_dawdles_keeps_nobody_from_coming)
{
  int slow[3 * BROWSER_VISITORS_MAX];

  start("browser");
  until_listening();
  for (size_t i = 0; i < sizeof slow / sizeof *slow; i++) {
    slow[i] = dial(AF_INET);
    say(slow[i], "GET /?st", 8);
    ck_assert_int_ge(tenon_context_run(b.ctx, 10), 0);
  }
  ck_assert(answered(ask(AF_INET, GOOD), "200"));
  bench_wait(&b, 2);
  for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
    (void)close(slow[i]);
  bench_finish(&b);
}
END_TEST

START_TEST(browser__who_dawdles_is_sent_away)
{
  start("browser");
  host_times_of(b.ctx)->browser = 200 * NS_PER_MS;
  until_listening();
  int fd = dial(AF_INET);
  say(fd, "GET /?st", 8);
  ck_assert_str_eq(hear(fd), "");
  ck_assert(answered(ask(AF_INET, GOOD), "200"));
  finish();
}
END_TEST

/* ---- the plugin ------------------------------------------------------------------------------------------------ */

START_TEST(browser__stops_listening_when_it_is_told_to)
{
  start("stop:100 hold");
  until_listening();
  while (!bench_saw(&b, "check pass visitor.closed"))
    ck_assert_int_ge(tenon_context_run(b.ctx, 100), 0);
  ck_assert(bench_saw(&b, "check pass visitor.stopped"));
  ck_assert_int_eq(dial(AF_INET), -1);
  tenon_worker_cancel(b.worker);
  finish();
}
END_TEST

START_TEST(browser__is_no_more_when_the_hook_was_cancelled)
{
  start("browser");
  until_listening();
  tenon_worker_cancel(b.worker);
  bench_wait(&b, 2);
  ck_assert_int_eq(b.status, TENON_E_CANCELLED);
  ck_assert(bench_saw(&b, "withdrawn"));
  ck_assert_int_eq(dial(AF_INET), -1);
  bench_finish(&b);
}
END_TEST

START_TEST(browser__is_no_more_when_the_worker_is_gone)
{
  start("browser");
  until_listening();
  int fd = dial(AF_INET);
  ck_assert_int_ge(tenon_context_run(b.ctx, 10), 0);
  tenon_worker_destroy(b.worker);
  ck_assert_int_eq(dial(AF_INET), -1);
  (void)close(fd);
  bench_finish(&b);
}
END_TEST

START_TEST(browser__is_no_service_where_nobody_answers)
{
  tenon_pair script = {"script", {"browser", 7}};
  tenon_settings s = {.size = sizeof s, .values = &script, .n_values = 1};

  bench_init(&b, NULL);
  b.hook = watch;
  bench_worker(&b, VISITOR);
  ck_assert_int_eq(tenon_worker_open(b.worker, &s, 0, NULL), 0);
  bench_wait(&b, 1);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_str_eq(detail, "no service");
  bench_finish(&b);
}
END_TEST

START_TEST(browser__is_listened_for_by_one_at_a_time)
{
  start("twice");
  bench_wait(&b, 2);
  ck_assert(bench_saw(&b, "check pass visitor.twice"));
  bench_finish(&b);
}
END_TEST

START_TEST(browser__state_that_can_be_guessed_is_refused)
{
  static const char *const states[] = {"state:0123456789abcde", "state:0123456789abcdef+/",
                                       "state:"};

  for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
    start(states[i]);
    bench_wait(&b, 2);
    ck_assert_msg(bench_saw(&b, "check pass visitor.state"), "%s", buf_text(&b.events));
    bench_finish(&b);
  }
}
END_TEST

START_TEST(browser__flood_of_listening_ends_the_worker)
{
  start("flood");
  bench_wait_died(&b);
  ck_assert_msg(strncmp(b.finding, "plugin.protocol", 15) == 0, "%s", b.finding);
  ck_assert_ptr_nonnull(strstr(b.finding, "listened for a browser more than 64 times"));
  bench_finish(&b);
}
END_TEST

SUITE("browser", browser__brings_the_query_to_the_plugin_and_a_page_to_the_person,
      browser__listens_at_both_addresses_of_localhost,
      browser__hands_on_one_redirect_and_shows_its_page_again,
      browser__takes_nothing_but_its_own_redirect, browser__state_may_be_written_percent_encoded,
      browser__query_has_a_limit, browser__headers_have_a_limit,
      browser__who_dawdles_keeps_nobody_from_coming, browser__who_dawdles_is_sent_away,
      browser__stops_listening_when_it_is_told_to, browser__is_no_more_when_the_hook_was_cancelled,
      browser__is_no_more_when_the_worker_is_gone, browser__is_no_service_where_nobody_answers,
      browser__is_listened_for_by_one_at_a_time, browser__state_that_can_be_guessed_is_refused,
      browser__flood_of_listening_ends_the_worker)
