// SPDX-License-Identifier: Apache-2.0
/* How much of a bare libcurl loop's rate is left with everything that core/http adds (checks, facts, headers, gate,
 * redaction)? Both run against the same server in a process of its own, in turns; the medians are compared.
 *   bench_pooled [REQUESTS [CONNECTIONS [ROUNDS]]] */
#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/http/harness.h"

static struct server server;
static const char *url;
static unsigned n_requests = 20000, n_connections = 8, n_rounds = 5;
static char body[600];

struct cost {
  double wall, cpu;
};

static double
cpu_seconds(void)
{
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
         (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* ---- the bare loop: multi_socket_action and epoll, answers thrown away ---- */

static int epfd;
static int64_t due;

static int
bare_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *known)
{
  (void)easy;
  struct epoll_event e = {.data.fd = fd};
  e.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL);
  } else {
    epoll_ctl(epfd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e);
    curl_multi_assign(user, fd, &epfd);
  }
  return 0;
}

static int
bare_timer(CURLM *multi, long ms, void *user)
{
  (void)multi, (void)user;
  due = ms < 0 ? 0 : clock_now_ns() + ms * NS_PER_MS;
  return 0;
}

static size_t
bare_body(char *bytes, size_t size, size_t n, void *user)
{
  (void)bytes, (void)user;
  return size * n;
}

static CURL *
bare_handle(struct curl_slist *headers, struct curl_blob *ca)
{
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, ca);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, bare_body);
  return easy;
}

static void
bare_loop(CURLM *multi)
{
  unsigned started = n_connections, taken = 0;
  struct epoll_event events[64];
  int running, left;
  while (taken < n_requests) {
    int n = epoll_wait(epfd, events, 64, due ? clock_poll_ms(due) : 1000);
    for (int i = 0; i < n; i++)
      curl_multi_socket_action(multi, events[i].data.fd,
                               (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                                   (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0),
                               &running);
    if (due && clock_now_ns() >= due) {
      due = 0;
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (CURLMsg *m; (m = curl_multi_info_read(multi, &left)) != NULL; taken++) {
      CURL *easy = m->easy_handle;
      curl_multi_remove_handle(multi, easy);
      if (started++ < n_requests)
        curl_multi_add_handle(multi, easy);
    }
  }
}

static void
run_bare(void)
{
  const char *pem = pki_authority();
  struct curl_blob ca = {(void *)(uintptr_t)pem, strlen(pem), CURL_BLOB_NOCOPY};
  struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/xml; charset=utf-8");
  headers = curl_slist_append(headers, "Authorization: Basic YWRtaW46YSBwYXNzd29yZA==");
  headers = curl_slist_append(headers, "X-AnchorMailbox: someone@example.org");
  headers = curl_slist_append(headers, "Expect:");
  CURLM *multi = curl_multi_init();
  CURL *easy[64];
  epfd = epoll_create1(EPOLL_CLOEXEC);
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, bare_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, multi);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, bare_timer);
  for (unsigned i = 0; i < n_connections; i++) {
    easy[i] = bare_handle(headers, &ca);
    curl_multi_add_handle(multi, easy[i]);
  }
  bare_loop(multi);
  for (unsigned i = 0; i < n_connections; i++)
    curl_easy_cleanup(easy[i]);
  curl_multi_cleanup(multi);
  curl_slist_free_all(headers);
  close(epfd);
}

/* ---- ours ---- */

/* check's own assertions write to a file each time. */
static void
must(bool ok)
{
  if (!ok)
    abort();
}

static void
run_ours(void)
{
  tenon_http_options o = {OPTIONS, .connections_max = n_connections};
  o.ca_pem = (tenon_text){pki_authority(), strlen(pki_authority())};
  harness_open(&o);
  unsigned started = 0, taken = 0;
  char anchor[64];
  tenon_pair headers[] = {{"Content-Type", {"text/xml; charset=utf-8", 23}},
                          {"X-AnchorMailbox", {anchor, 0}}};
  tenon_http_part part = {.text = {body, sizeof body - 1}};
  tenon_http_request r = harness_request(url);
  r.headers = headers, r.n_headers = 2, r.body = &part, r.n_body = 1;
  r.auth = TENON_HTTP_AUTH_BASIC, r.user = "admin", r.secret = harness_secret("a password");
  while (taken < n_requests) {
    for (; started < n_requests && started - taken < n_connections; started++) {
      headers[1].value.len =
          (size_t)snprintf(anchor, sizeof anchor, "someone%06u@example.org", started);
      must(http->start(http, &call, &r, NULL) == TENON_OK);
    }
    const tenon_http_completion *c;
    must(http->next(http, &call, 10 * NS_PER_S, &c) == TENON_OK && c->code == 200);
    http->release(http, c);
    taken++;
  }
  http_service_destroy(service);
  service = NULL;
}

static struct cost
measure(void (*run)(void))
{
  double cpu = cpu_seconds();
  int64_t start = clock_now_ns();
  run();
  return (struct cost){(double)(clock_now_ns() - start) / NS_PER_S, cpu_seconds() - cpu};
}

static int
compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double
median(double *values)
{
  qsort(values, n_rounds, sizeof *values, compare);
  return values[n_rounds / 2];
}

/* A process of its own, or its work would be counted with ours. */
static pid_t
fork_server(void)
{
  int pipes[2];
  ck_assert_int_eq(pipe(pipes), 0);
  server.tls = pki_server(PKI_GOOD);
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) {
    server_start(&server);
    ck_assert_int_eq(write(pipes[1], &server.port, sizeof server.port), sizeof server.port);
    pause();
    _exit(0);
  }
  ck_assert_int_eq(read(pipes[0], &server.port, sizeof server.port), sizeof server.port);
  return child;
}

START_TEST(bench__compares_with_a_bare_loop)
{
  double wall[2][15], cpu[2][15];
  memset(body, 'x', sizeof body - 1);
  pid_t child = fork_server();
  config.log_level = 0;
  url = harness_url(&server, "/bytes/700");
  for (unsigned i = 0; i < n_rounds; i++) {
    struct cost bare = measure(run_bare), ours = measure(run_ours);
    wall[0][i] = bare.wall, cpu[0][i] = bare.cpu, wall[1][i] = ours.wall, cpu[1][i] = ours.cpu;
  }
  kill(child, SIGKILL); /* check has a handler of its own for SIGTERM */
  (void)waitpid(child, NULL, 0);
  double b = median(wall[0]), o = median(wall[1]), cb = median(cpu[0]), co = median(cpu[1]);
  printf("%u requests, %u connections, median of %u\n", n_requests, n_connections, n_rounds);
  printf("  bare libcurl  %8.0f/s  %6.1f us CPU each\n", n_requests / b, cb / n_requests * 1e6);
  printf("  tenon.http/1  %8.0f/s  %6.1f us CPU each\n", n_requests / o, co / n_requests * 1e6);
  printf("  ratio         rate %.2f  CPU %.2f\n", b / o, cb / co);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_set_timeout(tc, 600);
  tcase_add_test(tc, bench__compares_with_a_bare_loop);
}

int
main(int argc, char **argv)
{
  unsigned *const numbers[] = {&n_requests, &n_connections, &n_rounds};
  for (int i = 1; i < argc && i <= 3; i++)
    *numbers[i - 1] = (unsigned)strtoul(argv[i], NULL, 10);
  if (n_connections < 1 || n_connections > 64 || n_rounds < 1 || n_rounds > 15)
    return 2;
  return harness_run("bench", add);
}
