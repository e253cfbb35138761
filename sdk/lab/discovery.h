// SPDX-License-Identifier: Apache-2.0
//
// How a client would find the lab's Exchange: the names that DNS has, which host serves Autodiscover,
// and what it says. A scenario refers to one of these; one that says nothing has the first.
#ifndef TENON_LAB_DISCOVERY_H
#define TENON_LAB_DISCOVERY_H

#include <stdbool.h>

#include "dns_message.h"

#define DISCOVERY_PATH_POX  "/autodiscover/autodiscover.xml"
#define DISCOVERY_PATH_SOAP "/autodiscover/autodiscover.svc"
#define DISCOVERY_PATH_JSON "/autodiscover/autodiscover.json"
#define DISCOVERY_BUSY      2 // how often it is busy

enum discovery_says {
  DISCOVERY_SETTINGS,
  DISCOVERY_OTHER_ADDRESS, // the address has moved to another domain of the company
  DISCOVERY_ROUND,         // two hosts send to each other
  DISCOVERY_CLOUD,         // the mailbox lives in Exchange Online
  DISCOVERY_NOBODY,        // nobody of that address
  DISCOVERY_IS_BUSY,       // at first
};

struct discovery {
  const struct dns_record *zone;
  const char *host; // the one that serves Autodiscover; NULL: all but the domain itself
  enum discovery_says says;
  bool json, soap,
      web_site; // v2; SOAP; a company's web site at the domain: 200 and HTML for everything
  const char *http_location; // where http://autodiscover.DOMAIN sends; NULL: nowhere
};

extern const struct discovery discovery_default;
extern const struct discovery discovery_plain;
extern const struct discovery discovery_pox;
extern const struct discovery discovery_srv;
extern const struct discovery discovery_http_redirect;
extern const struct discovery discovery_foreign_redirect;
extern const struct discovery discovery_redirect_address;
extern const struct discovery discovery_loop;
extern const struct discovery discovery_cloud;
extern const struct discovery discovery_cloud_exchanger;
extern const struct discovery discovery_stale_srv;
extern const struct discovery discovery_web_site;
extern const struct discovery discovery_address_unknown;
extern const struct discovery discovery_busy;
extern const struct discovery discovery_online;

#endif
