// SPDX-License-Identifier: Apache-2.0
/* The cache of names. Who asks for a name that is being looked up waits with the others; each of them has a time of its
 * own, since a call's deadline is none of its neighbour's business. */
#include "core/http/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

#include "core/base/clock.h"

struct name {
  struct name *next;
  struct names *names;
  char *host;
  bool asked;      /* the question is out */
  bool telling;    /* those who waited are being told */
  int64_t expires; /* of the addresses; 0: there are none */
  char addresses[NAMES_ADDRESS_MAX];
  struct names_visit *visits, *leaving; /* leaving: about to be told */
};

struct names {
  struct dns_server server;
  struct dns *dns;
  struct pump *pump;
  void (*wake)(struct names_visit *, const char *addresses, const char *why);
  int epoll_fd, timer_fd;
  struct name *list;
  unsigned count, waiting;
};

/* ---- time ---- */

/* The timer stands on the visit that ends first. */
static void
arm(struct names *names)
{
  int64_t first = 0;
  for (const struct name *name = names->list; name; name = name->next)
    for (const struct names_visit *v = name->visits; v; v = v->next)
      first = first == 0 || v->until < first ? v->until : first;
  struct itimerspec when = {.it_value = {.tv_sec = first / NS_PER_S, .tv_nsec = first % NS_PER_S}};
  (void)timerfd_settime(names->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void on_work(void *user);

/* Nobody waits: nothing may wake a plugin that polls. What c-ares still wants to do waits for the next question. */
static void
count(struct names *names, int by)
{
  unsigned before = names->waiting;
  names->waiting += (unsigned)by;
  if (before == 0)
    (void)!pump_watch(names->pump, names->epoll_fd, on_work, names);
  else if (names->waiting == 0)
    pump_unwatch(names->pump, names->epoll_fd);
}

static struct names_visit *
take(struct names *names, struct names_visit **at)
{
  struct names_visit *visit = *at;
  *at = visit->next;
  visit->next = NULL;
  visit->name = NULL;
  count(names, -1);
  return visit;
}

static void
expire(struct names *names, struct names_visit *visit, const char *host)
{
  char why[NAMES_WHY_MAX];
  (void)snprintf(why, sizeof why,
                 "the name server %s did not answer the question for %.253s within %.3g s",
                 names->server.text, host, (double)(clock_now_ns() - visit->since) / NS_PER_S);
  names->wake(visit, NULL, why);
}

/* A wake may begin and end visits, so the list is looked at anew after each. */
static bool
expire_one(struct names *names)
{
  int64_t now = clock_now_ns();
  for (struct name *name = names->list; name; name = name->next)
    for (struct names_visit **at = &name->visits; *at; at = &(*at)->next)
      if ((*at)->until <= now) {
        expire(names, take(names, at), name->host);
        return true;
      }
  return false;
}

static void
on_work(void *user)
{
  struct names *names = user;
  uint64_t times;
  (void)!read(names->timer_fd, &times, sizeof times);
  dns_work(names->dns);
  while (expire_one(names))
    continue;
  arm(names);
}

/* ---- life ---- */

static bool
watch(struct names *names, int fd)
{
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  return fd >= 0 && epoll_ctl(names->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

struct names *
names_create(const struct dns_server *server, struct pump *pump,
             void (*wake)(struct names_visit *, const char *addresses, const char *why))
{
  struct names *names = calloc(1, sizeof *names);
  if (!names)
    return NULL;
  names->server = *server;
  names->pump = pump;
  names->wake = wake;
  names->dns = dns_create(server, true);
  names->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  names->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (!names->dns || !watch(names, names->timer_fd) || !watch(names, dns_fd(names->dns))) {
    names_destroy(names);
    return NULL;
  }
  return names;
}

static void
name_destroy(struct name *name)
{
  free(name->host);
  free(name);
}

void
names_destroy(struct names *names)
{
  if (!names)
    return;
  if (names->waiting > 0)
    pump_unwatch(names->pump, names->epoll_fd);
  dns_destroy(names->dns); /* its questions end without a word: see on_answer */
  for (struct name *next, *name = names->list; name; name = next) {
    next = name->next;
    name_destroy(name);
  }
  if (names->timer_fd >= 0)
    (void)close(names->timer_fd);
  if (names->epoll_fd >= 0)
    (void)close(names->epoll_fd);
  free(names);
}

/* ---- answers ---- */

static void
keep(struct name *name, const tenon_dns_answer *answer)
{
  size_t at = 0;
  uint32_t life = DNS_TTL_MAX;
  for (size_t i = 0; i < answer->n_records; i++) {
    const tenon_dns_record *r = answer->records[i];
    bool six = strchr(r->target, ':') != NULL;
    int n = snprintf(name->addresses + at, sizeof name->addresses - at, "%s%s%s%s", at ? "," : "",
                     six ? "[" : "", r->target, six ? "]" : "");
    if (n < 0 || (size_t)n >= sizeof name->addresses - at)
      break;
    at += (size_t)n;
    life = r->ttl_s < life ? r->ttl_s : life;
  }
  name->addresses[at] = '\0';
  life = life > NAMES_LIFE_MIN_S ? life : NAMES_LIFE_MIN_S;
  name->expires = clock_now_ns() + life * NS_PER_S;
}

/* Those that are there now: a wake may bring the next one, who asks anew where there is no address, and may end others. */
static void
wake_all(struct names *names, struct name *name, const char *why)
{
  struct names_visit **last = &name->leaving;
  while (*last)
    last = &(*last)->next;
  *last = TAKE_PTR(name->visits);
  if (name->telling)
    return;
  name->telling = true;
  while (name->leaving)
    names->wake(take(names, &name->leaving), name->expires ? name->addresses : NULL, why);
  name->telling = false;
}

static void
on_answer(void *user, struct dns_answer *answer)
{
  struct name *name = user;
  name->asked = false;
  name->expires = 0;
  if (answer->abi.n_records > 0)
    keep(name, &answer->abi);
  wake_all(name->names, name, answer->abi.reason);
  dns_answer_destroy(answer);
}

/* ---- visits ---- */

static void
ask(struct names *names, struct name *name)
{
  name->asked = true;
  int r = dns_ask(names->dns, TENON_DNS_ADDRESS, name->host, on_answer, name);
  if (r == 0)
    return;
  name->asked = false;
  wake_all(names, name,
           r == -EINVAL
               ? "it is no name that can be looked up"
               : "the name server was not asked: memory is out, or too many questions are open");
}

/* Takes the place of one that nobody waits for; the one that has been there longest stands last. */
static bool
evict(struct names *names)
{
  struct name **last = NULL;
  for (struct name **at = &names->list; *at; at = &(*at)->next)
    if (!(*at)->asked && !(*at)->telling && !(*at)->visits)
      last = at;
  if (!last)
    return false;
  struct name *gone = *last;
  *last = gone->next;
  name_destroy(gone);
  names->count--;
  return true;
}

/* The last dot of a name says only that it is whole. */
static struct name *
name_of(struct names *names, const char *host)
{
  size_t n = strlen(host);
  n -= n > 1 && host[n - 1] == '.';
  for (struct name *name = names->list; name; name = name->next)
    if (strncasecmp(name->host, host, n) == 0 && !name->host[n])
      return name;
  if (names->count >= NAMES_MAX && !evict(names))
    return NULL;
  struct name *name = calloc(1, sizeof *name);
  char *copy = strndup(host, n);
  if (!name || !copy) {
    free(name);
    free(copy);
    return NULL;
  }
  *name = (struct name){.next = names->list, .names = names, .host = copy};
  names->list = name;
  names->count++;
  return name;
}

void
names_enter(struct names *names, const char *host, int64_t until, struct names_visit *visit)
{
  struct name *name = name_of(names, host);
  if (!name) {
    names->wake(visit, NULL, "memory is out, or too many names are looked up");
    return;
  }
  if (!name->asked && name->expires > clock_now_ns()) {
    names->wake(visit, name->addresses, NULL);
    return;
  }
  *visit = (struct names_visit){
      .name = name, .next = name->visits, .since = clock_now_ns(), .until = until};
  name->visits = visit;
  count(names, 1);
  if (!name->asked)
    ask(names, name);
  arm(names);
}

void
names_leave(struct names *names, struct names_visit *visit)
{
  if (!visit->name)
    return;
  struct names_visit **lists[] = {&visit->name->visits, &visit->name->leaving};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    for (struct names_visit **at = lists[i]; *at; at = &(*at)->next)
      if (*at == visit) {
        (void)take(names, at);
        arm(names);
        return;
      }
}
