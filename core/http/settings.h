// SPDX-License-Identifier: Apache-2.0
/* What a connection asked for in tenon_http.options, checked and in the form in which it is used. */
#ifndef CORE_HTTP_SETTINGS_H
#define CORE_HTTP_SETTINGS_H

#include <stdbool.h>

#include <curl/curl.h>

#include "core/dns/dns.h"
#include "core/http/credential.h"
#include "core/http/proxy.h"
#include "core/http/service.h"
#include "core/http/tls.h"
#include "core/http/way.h"

#define SETTINGS_CONNECT_TIMEOUT (15 * INT64_C(1000000000))
#define SETTINGS_TIMEOUT         (60 * INT64_C(1000000000))
#define SETTINGS_TIMEOUT_MAX_NS  (24 * 3600 * INT64_C(1000000000))
#define SETTINGS_CONNECTIONS     8u
#define SETTINGS_CONNECTIONS_MAX 256u
#define SETTINGS_TEXT_MAX        4096u /* bytes of any one text but ca_pem */

struct settings {
  struct tls_policy tls;
  bool by_environment; /* else `fixed` holds for all */
  struct proxy fixed, http, https;
  char *no_proxy;
  const char *http_why, *https_why; /* the environment's proxy cannot be used: the sentence */
  struct proxy_account fixed_account, http_account, https_account;
  struct tls_policy proxy_tls; /* of https:// proxies: the same authorities, and no exception */
  struct ways ways;
  bool has_dns; /* else the system looks names up */
  struct dns_server dns;
  char *user_agent;
  int64_t connect_timeout_ns, timeout_ns;
  unsigned connections;
};

/* The defaults, with the environment's proxies. 0 or -ENOMEM. */
TENON_NODISCARD int settings_init(struct settings *, const struct http_config *,
                                  struct credentials *);
void settings_finish(struct settings *);

/* TENON_OK, or TENON_E_CONFIG with the member's name and a sentence (static text), or TENON_E_NOMEM. */
TENON_NODISCARD tenon_status settings_apply(struct settings *, const tenon_http_options *,
                                            struct secret_table *, struct credentials *,
                                            const char **ret_field, const char **ret_why);

/* The way to this host: NULL and no *ret_why: direct. *ret_by: TENON_HTTP_ROUTE_..., who says so. */
const struct proxy *settings_route(const struct settings *, bool tls, const char *host,
                                   unsigned port, uint32_t *ret_by, const char **ret_why);

#endif
