// SPDX-License-Identifier: Apache-2.0
/* Codes of the ABI and the words that stand for them on the wire, in reports and in files. One table a type. */
#ifndef CORE_MODEL_NAMES_H
#define CORE_MODEL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "tenon/plugin.h"

/* The word of a code; an unknown code gets the word of what the ABI says to read it as. */
const char *cause_name(tenon_status cause); /* "ok" for 0 */
const char *state_name(uint32_t state);
const char *level_name(uint32_t level);
const char *type_name(uint32_t type);
const char *ask_kind_name(uint32_t kind);
const char *step_state_name(uint32_t state);
const char *phase_name(uint32_t phase);
const char *log_level_name(int32_t level);

/* The code of a word; false when there is no such word. */
bool cause_from_name(const char *name, tenon_status *ret);
bool state_from_name(const char *name, uint32_t *ret);
bool level_from_name(const char *name, uint32_t *ret);
bool type_from_name(const char *name, uint32_t *ret);
bool ask_kind_from_name(const char *name, uint32_t *ret);
bool step_state_from_name(const char *name, uint32_t *ret);
bool phase_from_name(const char *name, uint32_t *ret);
bool log_level_from_name(const char *name, int32_t *ret);

#endif
