// SPDX-License-Identifier: Apache-2.0
/* Where a short password may be taken for one. "test" is a password and a word: in "Test succeeded" it stays, behind
 * "password=" it goes. */
#ifndef CORE_SECRET_SCRUB_POSITION_H
#define CORE_SECRET_SCRUB_POSITION_H

#include <stdbool.h>
#include <stddef.h>

/* Do the n_value bytes at `at` stand where a credential stands: behind a word like password, secret or token and a
 * separator (password=, "password": ", <Password>), behind Bearer or Basic, or as the password of a URL? */
bool scrub_credential_position(const char *in, size_t n, size_t at, size_t n_value);

#endif
