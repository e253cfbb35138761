// SPDX-License-Identifier: Apache-2.0
/* Each type is a row of words, its code the index into it. */
#include "core/model/names.h"

#include <stddef.h>
#include <string.h>

#define COUNT(words) (sizeof(words) / sizeof *(words))

static const char *const causes[] = {"ok",        "config",   "auth",        "denied",
                                     "network",   "tls",      "protocol",    "transient",
                                     "cancelled", "noanswer", "unsupported", "nomem",
                                     "internal",  "crashed",  "timeout"};
static const char *const states[] = {NULL, "pass", "warn", "fail", "skip"};
static const char *const levels[] = {NULL, "required", "recommended", "info"};
static const char *const types[] = {NULL,    "text", "int",      "bool",   "choice", "url",
                                    "email", "file", "duration", "secret", "path"};
static const char *const ask_kinds[] = {NULL, "notice", "confirm", "choice", "secret", "visit"};
static const char *const step_states[] = {NULL, "done", "missing", "unknown"};
static const char *const phases[] = {NULL, "plan", "apply", "undo"};
static const char *const log_levels[] = {NULL, "error", "warn", "info", "debug"};

static const char *
word(const char *const *words, size_t n, uint32_t code, uint32_t otherwise)
{
  return words[code < n && words[code] ? code : otherwise];
}

static bool
code(const char *const *words, size_t n, const char *name, uint32_t *ret)
{
  for (uint32_t i = 0; name && i < n; i++)
    if (words[i] && strcmp(words[i], name) == 0) {
      *ret = i;
      return true;
    }
  return false;
}

const char *
cause_name(tenon_status cause)
{
  return cause >= 0 ? causes[0]
                    : word(causes, COUNT(causes), 0u - (uint32_t)cause, -TENON_E_INTERNAL);
}

bool
cause_from_name(const char *name, tenon_status *ret)
{
  uint32_t i;
  if (!code(causes, COUNT(causes), name, &i))
    return false;
  *ret = -(tenon_status)i;
  return true;
}

#define NAMES(type, words, otherwise)                                                              \
  const char *type##_name(uint32_t c)                                                              \
  {                                                                                                \
    return word(words, COUNT(words), c, otherwise);                                                \
  }                                                                                                \
  bool type##_from_name(const char *name, uint32_t *ret)                                           \
  {                                                                                                \
    return code(words, COUNT(words), name, ret);                                                   \
  }

NAMES(state, states, TENON_FAIL)
NAMES(level, levels, TENON_LEVEL_REQUIRED)
NAMES(type, types, TENON_TEXT)
NAMES(ask_kind, ask_kinds, TENON_ASK_NOTICE)
NAMES(step_state, step_states, TENON_STEP_UNKNOWN)
NAMES(phase, phases, TENON_PLAN)

const char *
log_level_name(int32_t level)
{
  return word(log_levels, COUNT(log_levels), level > 0 ? (uint32_t)level : 0, TENON_LOG_DEBUG);
}

bool
log_level_from_name(const char *name, int32_t *ret)
{
  uint32_t i;
  if (!code(log_levels, COUNT(log_levels), name, &i))
    return false;
  *ret = (int32_t)i;
  return true;
}
