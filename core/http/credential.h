// SPDX-License-Identifier: Apache-2.0
/* Authorization lines, made once per account and kept in secret memory. libcurl's own user, password and bearer options
 * copy into ordinary memory; a header line is borrowed by it, so it is given one. */
#ifndef CORE_HTTP_CREDENTIAL_H
#define CORE_HTTP_CREDENTIAL_H

#include <stdbool.h>

#include <tenon/plugin.h>

#include "core/base/cleanup.h"
#include "core/secret/scrub.h"

#define CREDENTIALS_MAX      4096u /* lines of a session */
#define CREDENTIALS_USER_MAX 1024u /* bytes of a user name */

enum credential_kind { CREDENTIAL_BASIC, CREDENTIAL_BEARER, CREDENTIAL_PROXY };

struct credentials;

TENON_NODISCARD struct credentials *credentials_create(struct scrubber *);
void credentials_destroy(struct credentials *);

/* "Authorization: Basic ..." for this account, for the life of `credentials`; user is not used with BEARER. NULL when
 * it cannot be made, and *ret_why says why. */
TENON_NODISCARD char *credentials_line(struct credentials *, enum credential_kind, const char *user,
                                       const tenon_secret *, const char **ret_why);

#endif
