// SPDX-License-Identifier: Apache-2.0
//
// A counter scattered by a random start, dressed as version 4.
#include "guid.h"

#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>

void
guid_make(char ret_text[GUID_ROOM])
{
  static _Thread_local uint64_t state[2];
  uint64_t halves[2];
  if (state[0] == 0)
    RAND_bytes((unsigned char *)state, sizeof(state));
  for (size_t i = 0; i < 2; i++) {
    uint64_t mixed = (state[i] += 0x9e3779b97f4a7c15u);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    halves[i] = mixed ^ (mixed >> 31);
  }
  snprintf(ret_text, GUID_ROOM, "%08x-%04x-%04x-%04x-%012llx", (unsigned int)(halves[0] >> 32),
           (unsigned int)(halves[0] >> 16) & 0xffff, 0x4000 | ((unsigned int)halves[0] & 0x0fff),
           0x8000 | ((unsigned int)(halves[1] >> 48) & 0x3fff),
           (unsigned long long)(halves[1] & 0xffffffffffff));
}
