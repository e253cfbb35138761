// SPDX-License-Identifier: Apache-2.0
//
// Signing in to the lab. Basic is what it can check; the other schemes are only ever offered.
#ifndef TENON_LAB_SIGNIN_H
#define TENON_LAB_SIGNIN_H

#include <stdbool.h>

#include "lab.h"

// Fills `room` bytes with a random password, its terminator included. false: no randomness.
bool signin_make_password(char *ret_password, size_t room);

// Whether `authorization`, the header's value or NULL, is the administrator's.
bool signin_accepts(const struct lab *lab, const char *authorization);

#endif
