// SPDX-License-Identifier: Apache-2.0
//
// The lab's certification authority and its server certificate, made anew at every start: no key
// lies in the source, and none outlives the program.
#ifndef TENON_LAB_CERTIFICATE_H
#define TENON_LAB_CERTIFICATE_H

#include <stdbool.h>

enum certificate_kind {
  CERTIFICATE_GOOD,
  CERTIFICATE_EXPIRED,          // by the lab's CA, over since three days
  CERTIFICATE_WRONG_NAME,       // by the lab's CA, for another server
  CERTIFICATE_SELF_SIGNED,      // by itself
  CERTIFICATE_NOT_AUTODISCOVER, // good, but not for the names of Autodiscover
};

struct certificate {
  char *authority; // PEM of the CA
  char *server;    // PEM of the server's certificate
  char *key;       // PEM of its key
};

bool certificate_make(enum certificate_kind kind, struct certificate *ret_certificate);
void certificate_finish(struct certificate *certificate);

#endif
