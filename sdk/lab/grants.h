// SPDX-License-Identifier: Apache-2.0
//
// What the lab has promised and not yet forgotten: device codes, authorization codes, refresh tokens,
// and the assertions that it has seen. Each is a row of a ring; the oldest makes room.
#ifndef TENON_LAB_GRANTS_H
#define TENON_LAB_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lab_limits.h"

#define GRANT_HANDLE_ROOM 64
#define GRANT_CODE_ROOM   10

enum grant_kind { GRANT_NONE, GRANT_DEVICE, GRANT_CODE, GRANT_REFRESH };
enum grant_state { GRANT_WAITING, GRANT_APPROVED, GRANT_DECLINED, GRANT_USED };

struct grant {
  enum grant_kind kind;
  enum grant_state state;
  char handle[GRANT_HANDLE_ROOM];
  char user_code[GRANT_CODE_ROOM];
  char scope[GRANT_TEXT_MAX];
  char redirect[GRANT_TEXT_MAX];
  char challenge[GRANT_HANDLE_ROOM]; // of PKCE, S256
  char nonce[GRANT_NONCE_MAX];
  int64_t ends_ms;     // of the monotonic clock
  int64_t asked_ms;    // last time that a device code was asked for
  int64_t interval_ms; // that must lie between
  unsigned int polls;
};

struct grants {
  struct grant rows[GRANTS_MAX];
  unsigned int next;
  struct {
    char jti[GRANT_HANDLE_ROOM];
  } assertions[ASSERTIONS_MAX];
  unsigned int next_assertion;
};

// All under the lock of the cloud. NULL: there is none, or no randomness for a new handle.
struct grant *grants_add(struct grants *grants, enum grant_kind kind);
struct grant *grants_find(struct grants *grants, enum grant_kind kind, const char *handle);
struct grant *grants_find_user_code(struct grants *grants, const char *user_code);

// false: this assertion was seen before.
bool grants_remember(struct grants *grants, const char *jti);

int64_t grants_now_ms(void);

#endif
