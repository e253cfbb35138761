// SPDX-License-Identifier: Apache-2.0
/* Its connector is smaller than any version of the struct. */
#include "bad.h"

BAD_NOTE("wrongsize");

static const tenon_connector small = {
    .size = 24, .id = "wrongsize", .version = "1.0.0", .name = "Bad"};
TENON_MODULE(&small);
