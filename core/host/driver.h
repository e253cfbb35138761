// SPDX-License-Identifier: Apache-2.0
/* Runs the wizard's effects: keeps the worker of the connector, and those of the family's probes beside it, for as long
 * as the answers stay the same; feeds their news back as events; holds the secrets that the reducer must not see. What
 * has to be stored goes to the program through driver_ops. One thread, the context's. */
#ifndef CORE_HOST_DRIVER_H
#define CORE_HOST_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/json/json.h"
#include "tenon/host.h"

#define DRIVER_SECRETS_MAX      64u    /* held at a time */
#define DRIVER_SECRET_BYTES_MAX 65536u /* of one secret */
#define DRIVER_PROBES_MAX       8u     /* of one family beside one connector */
#define DRIVER_TICKETS_MAX      64u    /* questions open at a time, over all workers */
#define DRIVER_LEAVING_MAX      16u    /* workers that were asked to leave and have not yet */
#define DRIVER_IDLE_NS          (INT64_C(300) * 1000000000) /* then the workers are ended */
#define DRIVER_LEAVE_NS                                                                            \
  (INT64_C(2) * 1000000000) /* for plugins to close their sessions at the end */

struct driver;

struct driver_ops {
  void *user;
  /* The session moved. Called once for each event that was applied; draw from driver_view. */
  void (*moved)(void *user, const cJSON *event);
  /* The bytes of a secret stored with the connection that is being changed, borrowed for the driver's life; false: they
   * cannot be had, which is then a missing secret. May be NULL. */
  bool (*stored)(void *user, const char *key, tenon_text *ret);
  /* Stores the connection as the effect `save` (docs/wizard.md) says; `secrets` are the new ones, "kept." ones among
   * them (ptr NULL: one to be taken away). Fills `reply`: where and vault, or detail and remedy. True: stored. */
  bool (*save)(void *user, const cJSON *save, const tenon_pair *secrets, size_t n, cJSON *reply);
};

/* The context is borrowed. NULL: memory. */
struct driver *driver_create(tenon_context *ctx, const struct driver_ops *ops) TENON_NODISCARD;
void driver_destroy(struct driver *d); /* NULL is fine */

/* Secrets known before the start, by key. 0, -E2BIG, -ENOSPC, -ENOMEM. */
int driver_hold(struct driver *d, const char *key, const char *bytes, size_t n) TENON_NODISCARD;

/* The event `start`: with the catalog of what is installed and the secrets held put in. */
int driver_start(struct driver *d, const cJSON *start) TENON_NODISCARD;
/* Any event of a person. The text of a secret, or of a reply to a question for one, is taken out, held and wiped in the
 * event before the reducer sees it. -EINVAL: a secret that is too long. */
int driver_send(struct driver *d, cJSON *event) TENON_NODISCARD;

/* Runs the context's loop once. 1: something happened, 0: not within the time; negative: failure. */
int driver_run(struct driver *d, int wait_ms) TENON_NODISCARD;
/* For a loop of one's own beside tenon_context_fd: when driver_run is due, in milliseconds; -1: never. */
int driver_wait_ms(struct driver *d);

const cJSON *driver_session(const struct driver *d);
cJSON *driver_view(const struct driver *d)
    TENON_NODISCARD; /* for the caller to delete; NULL: memory */
bool driver_busy(const struct driver *d);

#endif
