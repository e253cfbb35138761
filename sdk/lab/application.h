// SPDX-License-Identifier: Apache-2.0
//
// The registration that the lab's tenant has: an application id, a secret and a certificate, the last
// two made anew at every start.
#ifndef TENON_LAB_APPLICATION_H
#define TENON_LAB_APPLICATION_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "jose.h"

#define APPLICATION_ID            "2f6c9d31-58e4-4b7a-a0c2-9e1d7b43f865"
#define APPLICATION_NAME          "Tenon connector"
#define APPLICATION_OBJECT        "c47a10e8-3d92-4f6b-8b15-60a2d9e7315f"
#define APPLICATION_SECRET_ROOM   41
#define APPLICATION_PASSWORD_ROOM 25

struct application {
  char secret[APPLICATION_SECRET_ROOM];
  char *pem; // the encrypted key and the certificate
  char password[APPLICATION_PASSWORD_ROOM];
  EVP_PKEY *key; // the public half
  // Of the certificate's DER, base64url: x5t#S256 and x5t.
  char thumbprint[64];
  char thumbprint_old[64];
};

bool application_make(struct application *ret_application);
void application_finish(struct application *application);

#endif
