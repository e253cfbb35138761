// SPDX-License-Identifier: Apache-2.0
//
// The way to the servers: fields that every connector with HTTP asks, and from their answers the options of
// tenon.http/1. One place, so that proxy, authority and timeout read the same in every form and survive a swap.
#ifndef KIT_WAY_H
#define KIT_WAY_H

#include <tenon/exchange.h>
#include <tenon/http.h>
#include <tenon/plugin.h>

#include <stdbool.h>

#define WAY_TEXT_MAX       512                 // bytes of a proxy's URL or a name
#define WAY_ACCOUNT_MAX    320                 // bytes of the account for a proxy
#define WAY_DNS_MAX        64                  // bytes of a name server's address and port
#define WAY_TIMEOUT_MIN_NS INT64_C(1000000000) // of one request
#define WAY_TIMEOUT_MAX_NS INT64_C(600000000000)
#define WAY_CONNECTIONS_MAX                                                                        \
  256 // kept-alive connections of a host: as many as subjects may be in flight

// Sets the options from the answers: ca_file, proxy with its account, timeout, resolve, dns, and, of a form that has
// them, tls_pin, tls_name and the client certificate. false: an answer was refused, by a FAIL check `check_id` with its
// field; what no field is at fault for names `otherwise`.
bool way_set(const tenon_host *, const tenon_sink *, const tenon_http *, const char *check_id,
             const char *otherwise);

// The fields themselves, for the page named.
#define WAY_FIELD_CA_FILE(page_)                                                                   \
  {                                                                                                \
    .size = sizeof(tenon_field), .type = TENON_FILE, .flags = TENON_ADVANCED | TENON_SHARED,       \
    .page = (page_), .key = TENON_KEY_CA_FILE, .label = "Certificate authority (PEM file)",        \
    .help = "The certificate of your own authority, or of the proxy that looks into TLS; it is "   \
            "added to the system's.",                                                              \
  }
#define WAY_FIELD_PROXY(page_)                                                                     \
  {                                                                                                \
    .size = sizeof(tenon_field), .type = TENON_TEXT, .flags = TENON_ADVANCED | TENON_SHARED,       \
    .page = (page_), .key = TENON_KEY_PROXY, .label = "Proxy",                                     \
    .help = "http://proxy:3128, https://proxy:3129, or none. Empty: as this machine is set up.",   \
    .max = WAY_TEXT_MAX - 1,                                                                       \
  }
#define WAY_FIELD_PROXY_USER(page_)                                                                \
  {                                                                                                \
    .size = sizeof(tenon_field), .type = TENON_TEXT, .flags = TENON_ADVANCED | TENON_SHARED,       \
    .page = (page_), .key = TENON_KEY_PROXY_USER, .label = "Proxy user",                           \
    .help = "The account for the proxy, where it wants one. It signs in there with Basic.",        \
    .max = WAY_ACCOUNT_MAX,                                                                        \
  }
#define WAY_FIELD_PROXY_PASSWORD(page_)                                                            \
  {                                                                                                \
    .size = sizeof(tenon_field), .type = TENON_SECRET, .flags = TENON_ADVANCED | TENON_SHARED,     \
    .page = (page_), .key = TENON_KEY_PROXY_PASSWORD, .label = "Proxy password",                   \
    .help = "Goes to the proxy and never to the server.",                                          \
  }
#define WAY_FIELD_TIMEOUT(page_)                                                                   \
  {                                                                                                \
    .size = sizeof(tenon_field), .type = TENON_DURATION, .flags = TENON_ADVANCED | TENON_SHARED,   \
    .page = (page_), .key = TENON_KEY_TIMEOUT, .label = "Time for one answer",                     \
    .help = "How long to wait for one answer of the server.", .preset = "60s",                     \
    .min = WAY_TIMEOUT_MIN_NS, .max = WAY_TIMEOUT_MAX_NS,                                          \
  }
#define WAY_FIELD_RESOLVE(page_)                                                                   \
  {                                                                                                \
    .size = sizeof(tenon_field), .type = TENON_TEXT, .flags = TENON_ADVANCED | TENON_SHARED,       \
    .page = (page_), .key = TENON_KEY_RESOLVE, .label = "Fixed addresses",                         \
    .help = "host=address, several separated by commas: used instead of DNS. With ports: "         \
            "host:port=address:port, where * is any host and its own address.",                    \
  }
#define WAY_FIELD_DNS(page_)                                                                       \
  {                                                                                                \
    .size = sizeof(tenon_field), .type = TENON_TEXT, .flags = TENON_ADVANCED | TENON_SHARED,       \
    .page = (page_), .key = TENON_KEY_DNS, .label = "Name server",                                 \
    .help = "address:port of the name server to ask instead of the system's.",                     \
    .max = WAY_DNS_MAX - 1,                                                                        \
  }

#endif
