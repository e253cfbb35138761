// SPDX-License-Identifier: Apache-2.0
/* tenon/browser.h - the service "tenon.browser/1": the end of a browser sign-in on this machine.
 *
 * A plugin obtains it by `const tenon_browser *browser = host->extension(host, TENON_BROWSER_ID)`; NULL: this host has
 * none, or nobody is there who could use a browser. The flow is that of RFC 8252 section 7.3: listen, put the authorization
 * server's URL on the screen (tenon_host.ask, TENON_ASK_VISIT, without a code), wait for the redirect, stop. Listening is
 * done by the host and on loopback only; which path, method and query a request has decides whether it is the one that is
 * waited for: a request with another `state`, or none, is answered 404 and changes nothing.
 * Reading rules as in tenon/plugin.h. Everything here is there since 1.0. */
#ifndef TENON_BROWSER_H
#define TENON_BROWSER_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TENON_BROWSER_ID "tenon.browser/1"

/* Limits. */
#define TENON_BROWSER_OPEN_MAX  1u  /* listeners of a session at a time */
#define TENON_BROWSER_STATE_MIN 16u /* bytes of `state`, of the unreserved characters of RFC 3986 */
#define TENON_BROWSER_STATE_MAX 128u
#define TENON_BROWSER_QUERY_MAX 16384u /* bytes of the redirect's query */

typedef struct tenon_browser tenon_browser;

struct tenon_browser {
  uint32_t size, reserved;
  /* Listens on 127.0.0.1 at a free port, and on ::1 at the same one where there is one. *ret_redirect is the URI to
   * register with the request, "http://localhost:PORT/", borrowed until close. state: what the authorization server gives
   * back (RFC 6749 4.1.2); only a request that carries it is taken. TENON_E_CONFIG: state is too short, too long or has
   * other characters; TENON_E_TRANSIENT: TENON_BROWSER_OPEN_MAX are open; TENON_E_NETWORK: no port. [hook] */
  tenon_status (*listen)(const tenon_browser *, const tenon_call *, const char *state,
                         const char **ret_redirect);
  /* Waits for the redirect, at most wait_ns: TENON_OK, TENON_E_TRANSIENT not yet, TENON_E_CANCELLED, TENON_E_CONFIG
   * nothing listens. *ret_query: what stands behind '?', still percent-encoded; it may hold an authorization code and is
   * therefore a secret: reveal it to read it. The browser shows a page that says to go back to the program. [hook] */
  tenon_status (*wait)(const tenon_browser *, const tenon_call *, int64_t wait_ns,
                       tenon_secret **ret_query);
  /* Stops listening; fine when nothing listens. The host does so too when the hook returns. [hook] */
  void (*close)(const tenon_browser *);
};

#ifdef __cplusplus
}
#endif
#endif
