// SPDX-License-Identifier: Apache-2.0
//
// The channel binding that Extended Protection asks for: to the certificate that the lab shows
// (tls-server-end-point, RFC 5929 section 4).
#ifndef TENON_LAB_SIGNIN_BINDING_H
#define TENON_LAB_SIGNIN_BINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "signin_ntlm.h"

#define BINDING_DATA_SIZE 96 // the prefix and the longest digest, SHA-512

struct signin_binding {
  unsigned char data[BINDING_DATA_SIZE]; // application data of gss_channel_bindings_struct
  size_t length;
  unsigned char digest[NTLM_BINDING_SIZE]; // its MD5, as NTLM carries it
};

// From the server's certificate in PEM. false: it cannot be read.
bool signin_binding_make(const char *certificate, struct signin_binding *ret_binding);

// From the certificate's digest. false: it is too long, or there is no MD5.
bool signin_binding_of_digest(const unsigned char *digest, size_t length,
                              struct signin_binding *ret_binding);

#endif
