// SPDX-License-Identifier: Apache-2.0
/* The yardstick: what libcurl alone reaches with multi_socket_action and epoll, when nobody reads the answers and every
 * request is the same. Prints how many requests a second that were.
 *   bare_loop URL CA-FILE BODY-FILE CONNECTIONS REQUESTS */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64u
#define BODY_MAX        8192u

/* What tenon sends, so that both send the same. */
static const char *const lines[] = {
    "Content-Type: text/xml; charset=utf-8",
    "Accept: text/xml",
    "client-request-id: 01234567-89ab-4cde-8f01-23456789abcd",
    "return-client-request-id: true",
    "X-AnchorMailbox: someone0000000@bench.example",
    "Authorization: Basic YWRtaW5AYmVuY2guZXhhbXBsZTphIHBhc3N3b3Jk",
    "Expect:",
};

struct loop {
  CURLM *multi;
  int epoll;
  double due; /* when libcurl wants to be called; 0: never */
  char body[BODY_MAX];
};

static double
now(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *known)
{
  (void)easy;
  struct loop *l = user;
  struct epoll_event e = {.data.fd = fd};
  e.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
  if (what == CURL_POLL_REMOVE)
    return epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
  curl_multi_assign(l->multi, fd, l);
  return epoll_ctl(l->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e);
}

static int
on_timer(CURLM *multi, long ms, void *user)
{
  (void)multi;
  struct loop *l = user;
  l->due = ms < 0 ? 0 : now() + (double)ms / 1e3;
  return 0;
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *user)
{
  (void)bytes, (void)user;
  return size * n;
}

static CURL *
handle(struct loop *l, const char *url, const char *ca, struct curl_slist *headers)
{
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "tenon/0.1.0");
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, l->body);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  return easy;
}

static void
turn(struct loop *l)
{
  struct epoll_event events[CONNECTIONS_MAX];
  int running, wait = l->due > 0 ? (int)((l->due - now()) * 1e3 + 0.999) : 1000;
  int n = epoll_wait(l->epoll, events, CONNECTIONS_MAX, wait < 0 ? 0 : wait);
  for (int i = 0; i < n; i++)
    curl_multi_socket_action(l->multi, events[i].data.fd,
                             (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                                 (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0),
                             &running);
  if (l->due > 0 && now() >= l->due) {
    l->due = 0;
    curl_multi_socket_action(l->multi, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

/* Takes what ended and sends the next on its connection; how many did not get their answer. */
static unsigned
renew(struct loop *l, unsigned long *taken, unsigned long *started, unsigned long requests)
{
  unsigned bad = 0;
  int left;
  for (CURLMsg *m; (m = curl_multi_info_read(l->multi, &left)) != NULL; (*taken)++) {
    CURL *easy = m->easy_handle;
    bad += m->data.result != CURLE_OK;
    curl_multi_remove_handle(l->multi, easy);
    if ((*started)++ < requests)
      curl_multi_add_handle(l->multi, easy);
  }
  return bad;
}

static bool
read_body(struct loop *l, const char *path)
{
  FILE *file = fopen(path, "re");
  if (!file)
    return false;
  size_t n = fread(l->body, 1, sizeof l->body - 1, file);
  l->body[n] = '\0';
  return fclose(file) == 0 && n > 0;
}

int
main(int argc, char **argv)
{
  struct loop l = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
  CURL *easy[CONNECTIONS_MAX];
  if (argc != 6 || !read_body(&l, argv[3]))
    return 2;
  unsigned long n = strtoul(argv[4], NULL, 10), requests = strtoul(argv[5], NULL, 10), taken = 0;
  if (n < 1 || n > CONNECTIONS_MAX || requests < n)
    return 2;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  struct curl_slist *headers = NULL;
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    headers = curl_slist_append(headers, lines[i]);
  l.multi = curl_multi_init();
  curl_multi_setopt(l.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(l.multi, CURLMOPT_SOCKETDATA, &l);
  curl_multi_setopt(l.multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(l.multi, CURLMOPT_TIMERDATA, &l);
  double begun = now();
  for (unsigned i = 0; i < n; i++)
    curl_multi_add_handle(l.multi, easy[i] = handle(&l, argv[1], argv[2], headers));
  unsigned long started = n;
  unsigned bad = 0;
  while (taken < requests)
    turn(&l), bad += renew(&l, &taken, &started, requests);
  printf("%.1f\n", (double)taken / (now() - begun));
  for (unsigned i = 0; i < n; i++)
    curl_easy_cleanup(easy[i]);
  curl_multi_cleanup(l.multi);
  curl_slist_free_all(headers);
  (void)close(l.epoll);
  return bad ? 1 : 0;
}
