// SPDX-License-Identifier: Apache-2.0
//
// What Autodiscover says and asks, in its three forms: POX, SOAP GetUserSettings and the anonymous v2
// JSON. Pure: bytes in, a reply out; who is asked, in which order and with what credential is
// discover.h's business. Sources: MS-OXDSCLI (POX), MS-OXWSADISC (SOAP), Microsoft's pages on
// Autodiscover for Exchange; v2 by what servers answer.
#ifndef KIT_AUTODISCOVER_H
#define KIT_AUTODISCOVER_H

#include "text.h"
#include "url.h"
#include "version.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUTODISCOVER_BYTES_MAX    (256u * 1024u) // of an answer
#define AUTODISCOVER_DEPTH_MAX    24
#define AUTODISCOVER_ELEMENTS_MAX 5000
#define AUTODISCOVER_CODE_MAX     64
#define AUTODISCOVER_TEXT_MAX     256
#define AUTODISCOVER_ADDRESS_MAX  400
#define AUTODISCOVER_REQUEST_MAX  4096
#define AUTODISCOVER_DOMAIN_MAX   254 // with the zero byte

#define AUTODISCOVER_NS_SOAP "http://schemas.microsoft.com/exchange/2010/Autodiscover"
#define AUTODISCOVER_NS_REQUEST                                                                    \
  "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
#define AUTODISCOVER_NS_RESPONSE                                                                   \
  "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
#define AUTODISCOVER_ACTION AUTODISCOVER_NS_SOAP "/Autodiscover/GetUserSettings"

// ---- answers ----------------------------------------------------------------------------------

enum autodiscover_kind {
  AUTODISCOVER_NOTHING,  // not an answer of Autodiscover; `why` says what is wrong with it
  AUTODISCOVER_SETTINGS, // external or internal is there
  AUTODISCOVER_NO_EWS,   // settings without an EWS address
  AUTODISCOVER_ADDRESS,  // start again with the address in target
  AUTODISCOVER_URL,      // ask at the URL in target
  AUTODISCOVER_BUSY,     // later
  AUTODISCOVER_UNKNOWN,  // nobody of that address
  AUTODISCOVER_ERROR,    // another error; code and text
};

struct autodiscover_reply {
  enum autodiscover_kind kind;
  bool cloud; // it says that the mailbox lives in Exchange Online
  struct ews_build build;
  char external[EWS_URL_MAX], internal[EWS_URL_MAX]; // EWS; "" when not told
  char target[EWS_URL_MAX];                          // an address or a URL
  char code[AUTODISCOVER_CODE_MAX];                  // "RedirectAddress", "500"
  char text[AUTODISCOVER_TEXT_MAX];                  // for the eyes of a person only
  char name[AUTODISCOVER_TEXT_MAX];                  // the mailbox owner's
  char address[AUTODISCOVER_ADDRESS_MAX];            // the mailbox's own
  char why[192];
};

// POX or SOAP, whichever it is.
void autodiscover_read_xml(const char *bytes, size_t len, struct autodiscover_reply *ret);
void autodiscover_read_json(const char *bytes, size_t len, struct autodiscover_reply *ret);

// ---- questions --------------------------------------------------------------------------------

struct autodiscover_request {
  char body[AUTODISCOVER_REQUEST_MAX];
  size_t len;
};

// false: it does not fit.
KIT_NODISCARD bool autodiscover_write_pox(const char *address, struct autodiscover_request *ret);
KIT_NODISCARD bool autodiscover_write_soap(const char *address, const char *url,
                                           struct autodiscover_request *ret);
// "https://HOST/autodiscover/autodiscover.json?Email=...&Protocol=EWS&RedirectCount=1"
KIT_NODISCARD bool autodiscover_write_json(const char *address, const char *host, char *ret,
                                           size_t size);
// The domain of an address in lower case; false: there is none that could be a host's.
KIT_NODISCARD bool autodiscover_domain(const char *address, char *ret, size_t size);

// ---- where it may lead ------------------------------------------------------------------------

struct autodiscover_url {
  bool tls;
  uint32_t port;
  char host[EWS_HOST_MAX];
  const char *path; // within what was given; "" when there is none
};

// false: it is no http or https URL, or holds user information.
KIT_NODISCARD bool autodiscover_url_read(const char *url, struct autodiscover_url *ret);

// Is the host Exchange Online's own, or one of the names that lead there?
bool autodiscover_is_cloud(const char *host);
// Does mail for the domain with this exchanger go to Exchange Online?
bool autodiscover_is_cloud_exchanger(const char *host);
// Does the host belong to the domain's organisation, as far as names tell? Below the domain it does; else
// the last two labels count, three where the second is short (co.uk, ca.us): rather one question too
// many than one too few.
bool autodiscover_same_domain(const char *domain, const char *host);

enum autodiscover_way {
  AUTODISCOVER_WAY_FINE,
  AUTODISCOVER_WAY_FOREIGN,   // another organisation's name: a person has to say yes
  AUTODISCOVER_WAY_CLOUD,     // Exchange Online
  AUTODISCOVER_WAY_PLAIN,     // not https
  AUTODISCOVER_WAY_PATH,      // not the path of Autodiscover
  AUTODISCOVER_WAY_MALFORMED, // no URL
};

// May a request for a mailbox of `domain` be sent on to this URL?
enum autodiscover_way autodiscover_way_to(const char *domain, const char *url);

#endif
