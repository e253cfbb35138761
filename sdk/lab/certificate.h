// SPDX-License-Identifier: Apache-2.0
//
// The lab's certification authority and its server certificate, made anew at every start: no key
// lies in the source, and none outlives the program.
#ifndef TENON_LAB_CERTIFICATE_H
#define TENON_LAB_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

enum certificate_kind {
  CERTIFICATE_GOOD,
  CERTIFICATE_EXPIRED,          // by the lab's CA, over since three days
  CERTIFICATE_WRONG_NAME,       // by the lab's CA, for another server
  CERTIFICATE_SELF_SIGNED,      // by itself
  CERTIFICATE_NOT_AUTODISCOVER, // good, but not for the names of Autodiscover
  CERTIFICATE_NOT_YET,          // by the lab's CA, from tomorrow
  CERTIFICATE_STRANGER,         // by an issuing CA that is sent, of a root that is not
  CERTIFICATE_CHAINLESS,        // the same, and nothing but it is sent
  CERTIFICATE_INTERCEPTED,      // by the CA of a proxy that looks into TLS
};

#define CERTIFICATE_PASSWORD_ROOM 32

struct certificate {
  char *authority; // PEM of the CA
  char *server;    // PEM of the server's certificate and its chain
  char *key;       // PEM of its key
  // PKCS#12 of a client by the same CA, and what opens it; NULL: none was asked for.
  char *client;
  size_t client_length;
  char client_password[CERTIFICATE_PASSWORD_ROOM];
};

// With `client`, one for a client too.
bool certificate_make(enum certificate_kind kind, bool client, struct certificate *ret_certificate);
void certificate_finish(struct certificate *certificate);

#endif
