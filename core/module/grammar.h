// SPDX-License-Identifier: Apache-2.0
/* The small grammars of names that stand in notes, descriptors and checks. */
#ifndef CORE_MODULE_GRAMMAR_H
#define CORE_MODULE_GRAMMAR_H

#include <stdbool.h>

#define GRAMMAR_NAME_MAX    63u /* bytes of an id or key */
#define GRAMMAR_CHECK_MAX   127u
#define GRAMMAR_FAMILY_MAX  127u
#define GRAMMAR_VERSION_MAX 63u

bool grammar_connector_id(const char *text); /* [a-z][a-z0-9-]* */
bool grammar_key(const char *text);          /* [a-z][a-z0-9_]* : fields and pages */
bool grammar_check_id(
    const char *text); /* [a-z][a-z0-9_-]*(\.[a-z0-9_-]+)* : checks, steps, questions */
bool
grammar_family(const char *text); /* [a-z][a-z0-9._-]*\/[1-9][0-9]* : families, kinds, extensions */
bool grammar_version(const char *text); /* 1.2.3, then -+ and letters, digits, dots */
bool grammar_date(const char *text);    /* 2027-04-01 */
bool grammar_link(const char *text);    /* https://..., printable ASCII without blanks */

#endif
