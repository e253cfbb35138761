// SPDX-License-Identifier: Apache-2.0
//
// What the lab reads of NTLM itself: whom an AUTHENTICATE_MESSAGE names, and the channel bindings in
// it. Whether the message is genuine is for the GSSAPI library to say.
#ifndef TENON_LAB_SIGNIN_NTLM_H
#define TENON_LAB_SIGNIN_NTLM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab_limits.h"

#define NTLM_BINDING_SIZE 16 // MD5, MS-NLMP 2.2.2.1, MsvAvChannelBindings

struct ntlm_message {
  char user[SIGNIN_NAME_MAX];   // in ASCII, what is not is '?'
  char domain[SIGNIN_NAME_MAX]; // likewise
  bool version_two;             // an NTLMv2 response, which has AV pairs
  bool bound;                   // a binding that is not all zero
  unsigned char binding[NTLM_BINDING_SIZE];
};

// Where in `token` an AUTHENTICATE_MESSAGE begins, bare or within SPNEGO; NULL: there is none.
const unsigned char *ntlm_find(const unsigned char *token, size_t length);

// Reads it, up to the token's end. false: it is malformed, *ret_message is untouched.
bool ntlm_read(const unsigned char *bytes, size_t length, struct ntlm_message *ret_message);

#define NTLM_VERSION_SIZE 8

// gss-ntlmssp reads no message without the field Version, and clients may leave it out (curl does).
// Copies a bare message and puts it in, with no version; `ret_message` has room for length +
// NTLM_VERSION_SIZE bytes. Returns the copy's length, 0 when the message is good as it is.
size_t ntlm_add_version(const unsigned char *bytes, size_t length, unsigned char *ret_message);

#endif
