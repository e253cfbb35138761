// SPDX-License-Identifier: Apache-2.0
/* Signals. */
#ifndef CORE_CLI_INTERRUPT_H
#define CORE_CLI_INTERRUPT_H

#include "core/cli/cli.h"

int interrupt_init(struct cli *cli);

#endif
