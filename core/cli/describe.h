// SPDX-License-Identifier: Apache-2.0
/* What a connector's form is: asked of its worker, which is started for it, opened with nothing and ended. */
#ifndef CORE_CLI_DESCRIBE_H
#define CORE_CLI_DESCRIBE_H

#include "core/cli/cli.h"
#include "core/model/connector.h"

/* For connector_destroy. NULL: said, but where `quiet`. */
struct connector *cli_describe(struct cli *cli, const char *connector, bool quiet) TENON_NODISCARD;

static inline void
cleanup_connector_(struct connector **c)
{
  connector_destroy(*c);
}
#define CLEANUP_CONNECTOR __attribute__((cleanup(cleanup_connector_)))

#endif
