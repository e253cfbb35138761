// SPDX-License-Identifier: Apache-2.0
//
// Given and family names for as many people as are wanted. The two lists have coprime lengths, so
// that a few thousand people pass before a pair comes again.
#ifndef TENON_LAB_NAMES_H
#define TENON_LAB_NAMES_H

#include <stddef.h>

#define NAMES_GIVEN  47
#define NAMES_FAMILY 64

const char *names_given(size_t number);
const char *names_family(size_t number);

// The middle initial, 0 for none: it sets apart those who share both names.
char names_initial(size_t number);

#endif
