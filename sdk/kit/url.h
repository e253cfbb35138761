// SPDX-License-Identifier: Apache-2.0
//
// From what people type to the EWS URL: a host name, host:port, an https URL, or the OWA address out
// of the browser's address bar.
#ifndef KIT_URL_H
#define KIT_URL_H

#include <stdint.h>

#define EWS_TYPED_MAX 512 // bytes of what is typed
#define EWS_HOST_MAX  254 // of a host name, with the zero byte
#define EWS_URL_MAX   640
#define EWS_PATH      "/EWS/Exchange.asmx"

struct ews_url {
  char url[EWS_URL_MAX];            // "https://mail.contoso.example:444/EWS/Exchange.asmx"
  char host[EWS_HOST_MAX];          // without brackets and port
  char authority[EWS_HOST_MAX + 8]; // "mail.contoso.example:444", as shown to people
  uint32_t port;
};

#define EWS_URL_OK        0
#define EWS_URL_EMPTY     1
#define EWS_URL_PLAIN     2 // http://: would send the password in the clear
#define EWS_URL_SCHEME    3 // another scheme
#define EWS_URL_USER      4 // holds user information, or is a mail address
#define EWS_URL_MALFORMED 5
#define EWS_URL_CLOUD     6 // Exchange Online's own name

// EWS_URL_*; ret is written with EWS_URL_OK only.
int ews_url_derive(const char *typed, struct ews_url *ret);
// The same for who speaks to Exchange Online: its names are as good as others.
int ews_url_derive_cloud(const char *typed, struct ews_url *ret);
// What to tell the person who typed it; NULL for EWS_URL_OK.
const char *ews_url_error(int error);
const char *ews_url_remedy(int error);

#endif
