// SPDX-License-Identifier: Apache-2.0
/* One look-up, waited for. Each has a room of its own: the system's servers are those of this moment, and nothing that
 * was cancelled goes on. */
#include "core/dns/service.h"

#include <errno.h>
#include <poll.h>

#include "core/base/clock.h"
#include "core/dns/dns.h"

struct dns_service {
  tenon_dns table; /* first: the plugin hands its address back */
  struct dns_answer *given;
  unsigned count;
};

struct wait {
  struct dns_answer *answer;
};

static struct dns_service *
service_of(const tenon_dns *dns)
{
  return (struct dns_service *)(uintptr_t)dns;
}

static void
on_done(void *user, struct dns_answer *answer)
{
  ((struct wait *)user)->answer = answer;
}

static tenon_status
wait_for(struct dns *dns, const tenon_call *call, const struct wait *wait)
{
  int64_t deadline = call ? call->deadline_ns : 0;
  struct pollfd fds[] = {{.fd = dns_fd(dns), .events = POLLIN},
                         {.fd = call ? call->cancel_fd : -1, .events = POLLIN}};
  while (!wait->answer) {
    int n = poll(fds, 2, clock_poll_ms(deadline));
    if (n < 0 && errno != EINTR)
      return TENON_E_NOMEM;
    if (n > 0 && fds[1].revents)
      return TENON_E_CANCELLED;
    if (deadline && clock_now_ns() >= deadline)
      return TENON_E_TIMEOUT;
    dns_work(dns);
  }
  return TENON_OK;
}

/* One go. *ret is set with TENON_OK only. */
static tenon_status
ask(const tenon_call *call, const struct dns_server *server, bool last, uint32_t type,
    const char *name, struct dns_answer **ret)
{
  struct wait wait = {NULL};
  struct dns *dns = dns_create(server, last);
  if (!dns)
    return TENON_E_NOMEM;
  tenon_status status = TENON_E_NOMEM;
  if (dns_ask(dns, type, name, on_done, &wait) == 0)
    status = wait_for(dns, call, &wait);
  dns_destroy(dns);
  if (status == TENON_OK)
    *ret = wait.answer;
  else
    dns_answer_destroy(wait.answer);
  return status;
}

/* Of the system's servers each is asked until one knows; when none does, c-ares cannot say whether they were silent or
 * refused, and one more question tells. */
static tenon_status
ask_system(const tenon_call *call, uint32_t type, const char *name, struct dns_answer **ret)
{
  tenon_status status = ask(call, NULL, false, type, name, ret);
  if (status != TENON_OK || (*ret)->abi.fault != TENON_DNS_FAULT_NO_SERVER)
    return status;
  int64_t elapsed = (*ret)->abi.elapsed_ns;
  if (elapsed > DNS_TRY_MS * NS_PER_MS)
    return TENON_OK; /* they were silent */
  dns_answer_destroy(*ret);
  status = ask(call, NULL, true, type, name, ret);
  if (status == TENON_OK)
    (*ret)->abi.elapsed_ns += elapsed;
  return status;
}

static tenon_status
unaskable(uint32_t fault, const char *server, const char *name, const char *why,
          struct dns_answer **ret)
{
  struct dns_answer *answer = dns_answer_create(name, server);
  if (!answer)
    return TENON_E_NOMEM;
  dns_answer_fail(answer, fault);
  if (why)
    answer->abi.reason = why;
  *ret = answer;
  return TENON_OK;
}

static bool
type_ok(uint32_t type)
{
  return type == TENON_DNS_ADDRESS || type == TENON_DNS_CNAME || type == TENON_DNS_MX ||
         type == TENON_DNS_SRV;
}

static tenon_status
look(const tenon_call *call, const char *server, uint32_t type, const char *name,
     struct dns_answer **ret)
{
  struct dns_server at;
  const char *why = server ? dns_server_parse(server, &at) : NULL;
  if (why)
    return unaskable(TENON_DNS_FAULT_OTHER, NULL, name, why, ret);
  if (!type_ok(type))
    return unaskable(TENON_DNS_FAULT_OTHER, server, name, "this host does not know such records",
                     ret);
  if (!dns_name_ok(name))
    return unaskable(TENON_DNS_FAULT_NAME, server, name, NULL, ret);
  return server ? ask(call, &at, true, type, name, ret) : ask_system(call, type, name, ret);
}

static tenon_status
table_lookup(const tenon_dns *dns, const tenon_call *call, const char *server, uint32_t type,
             const char *name, const tenon_dns_answer **ret)
{
  struct dns_service *s = service_of(dns);
  struct dns_answer *answer = NULL;
  if (s->count >= DNS_GIVEN_MAX)
    return TENON_E_NOMEM;
  tenon_status status = look(call, server, type, name ? name : "", &answer);
  if (status != TENON_OK)
    return status;
  answer->next = s->given;
  s->given = answer;
  s->count++;
  *ret = &answer->abi;
  return TENON_OK;
}

static void
table_release(const tenon_dns *dns, const tenon_dns_answer *answer)
{
  struct dns_service *s = service_of(dns);
  for (struct dns_answer **at = &s->given; *at; at = &(*at)->next)
    if (&(*at)->abi == answer) {
      struct dns_answer *gone = *at;
      *at = gone->next;
      s->count--;
      dns_answer_destroy(gone);
      return;
    }
}

struct dns_service *
dns_service_create(void)
{
  struct dns_service *s = calloc(1, sizeof *s);
  if (s)
    s->table =
        (tenon_dns){.size = sizeof s->table, .lookup = table_lookup, .release = table_release};
  return s;
}

void
dns_service_finish_hook(struct dns_service *s)
{
  while (s->given)
    table_release(&s->table, &s->given->abi);
}

void
dns_service_destroy(struct dns_service *s)
{
  if (!s)
    return;
  dns_service_finish_hook(s);
  free(s);
}

const tenon_dns *
dns_service_table(struct dns_service *s)
{
  return &s->table;
}
