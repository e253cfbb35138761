// SPDX-License-Identifier: Apache-2.0
//
// What a server offers for signing in, read from its WWW-Authenticate headers. The set of schemes is
// the best witness of why a sign-in failed, and servers write it in every way the grammar allows.
#ifndef KIT_CHALLENGE_H
#define KIT_CHALLENGE_H

#include <tenon/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHALLENGE_BASIC     (1u << 0)
#define CHALLENGE_NTLM      (1u << 1)
#define CHALLENGE_NEGOTIATE (1u << 2)
#define CHALLENGE_KERBEROS  (1u << 3)
#define CHALLENGE_BEARER    (1u << 4)
#define CHALLENGE_DIGEST    (1u << 5)
#define CHALLENGE_OTHER     (1u << 6)

#define CHALLENGE_TEXT_MAX   256 // bytes of the list that a person reads
#define CHALLENGE_REALM_MAX  128 // bytes kept of Basic's realm
#define CHALLENGE_SCHEME_MAX 64  // bytes of a scheme's name; a longer one is not a scheme
#define CHALLENGE_COUNT_MAX  64  // challenges read; the rest is ignored

struct challenge {
  uint32_t schemes;       // CHALLENGE_*
  uint32_t count;         // challenges in all, repeated ones too
  bool authorization_uri; // Bearer said where tokens come from
  char realm[CHALLENGE_REALM_MAX];
  char text[CHALLENGE_TEXT_MAX]; // "Negotiate, NTLM, Basic": each once, in the server's order
};

void challenge_init(struct challenge *challenge);
// Adds the value of one header.
void challenge_add(struct challenge *challenge, const char *value, size_t len);
// All WWW-Authenticate headers of an answer.
void challenge_read(struct challenge *challenge, const tenon_pair *headers, size_t n_headers);

#endif
