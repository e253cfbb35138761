// SPDX-License-Identifier: Apache-2.0
//
// The one line that the lab prints when it can be talked to. Its keys are append-only; what is not
// built is absent.
#ifndef TENON_LAB_READY_H
#define TENON_LAB_READY_H

#include <stdint.h>

#include "lab.h"
#include "scratch.h"

struct ready_ports {
  uint16_t https, http, dns;
};

// 0, or a negative errno value: standard output could not be written.
int ready_print(const struct lab *lab, const struct scratch *scratch,
                const struct ready_ports *ports);

#endif
