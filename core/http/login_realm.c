// SPDX-License-Identifier: Apache-2.0
/* May libkrb5 be asked for a realm? Where krb5.conf does not name its KDCs it asks DNS, six questions for each form of a
 * name, and from a name server that keeps silent it takes ten seconds for each: whoever has NTLM to go on with would
 * wait for a minute. One question with a short end goes first. Any answer will do: then libkrb5 is quick, and knows
 * more than this does (URI records, plugins that find KDCs). */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <krb5.h>
#include <profile.h>

#include "core/base/clock.h"
#include "core/http/login.h"

/* What the packages of MIT Kerberos write where nobody named a realm. */
#define REALM_OF_THE_EXAMPLE "ATHENA.MIT.EDU"

/* ---- krb5.conf ---- */

/* Does it name the realm's KDCs, or forbid to look for them in DNS? */
static bool
settled(profile_t profile, const char *realm)
{
  const char *path[] = {"realms", realm, "kdc", NULL};
  char **values = NULL;
  int dns = 1;
  if (profile_get_values(profile, path, &values) == 0 && values) {
    profile_free_list(values);
    return true;
  }
  (void)profile_get_boolean(profile, "libdefaults", "dns_fallback", NULL, dns, &dns);
  (void)profile_get_boolean(profile, "libdefaults", "dns_lookup_kdc", NULL, dns, &dns);
  return !dns;
}

/* false: it cannot be read, and libkrb5 says so itself. */
static bool
needs_dns(const char *realm)
{
  krb5_context context;
  profile_t profile = NULL;
  if (krb5_init_context(&context) != 0)
    return false;
  bool ret = krb5_get_profile(context, &profile) == 0 && !settled(profile, realm);
  if (profile)
    profile_release(profile);
  krb5_free_context(context);
  return ret;
}

bool
login_realm_default(char *to, size_t size)
{
  krb5_context context;
  char *name = NULL;
  to[0] = '\0';
  if (krb5_init_context(&context) != 0)
    return false;
  if (krb5_get_default_realm(context, &name) == 0 && strcmp(name, REALM_OF_THE_EXAMPLE) != 0)
    (void)snprintf(to, size, "%s", name);
  if (name)
    krb5_free_default_realm(context, name);
  krb5_free_context(context);
  return *to != '\0';
}

/* ---- DNS ---- */

struct asked {
  bool back;
  uint32_t fault;
};

static void
on_answer(void *user, struct dns_answer *answer)
{
  struct asked *asked = user;
  *asked = (struct asked){.back = true, .fault = answer->abi.fault};
  dns_answer_destroy(answer);
}

static bool
silent(struct dns *dns, const char *name)
{
  struct asked asked = {.back = false};
  int64_t until = clock_now_ns() + LOGIN_DNS_MS * NS_PER_MS, left;
  if (dns_ask(dns, TENON_DNS_SRV, name, on_answer, &asked) < 0)
    return false; /* no name: libkrb5 says so */
  while (!asked.back && (left = until - clock_now_ns()) > 0) {
    struct pollfd fd = {.fd = dns_fd(dns), .events = POLLIN};
    if (poll(&fd, 1, (int)(left / NS_PER_MS) + 1) < 0 && errno != EINTR)
      return false;
    dns_work(dns);
  }
  return !asked.back || asked.fault == TENON_DNS_FAULT_NO_SERVER;
}

bool
login_realm_silent(const char *realm, const struct dns_server *server)
{
  char name[TENON_DNS_NAME_MAX + 1];
  if ((size_t)snprintf(name, sizeof name, "_kerberos._tcp.%s", realm) >= sizeof name ||
      !needs_dns(realm))
    return false;
  struct dns *dns = dns_create(server, true);
  bool ret = dns && silent(dns, name);
  dns_destroy(dns);
  return ret;
}
