// SPDX-License-Identifier: Apache-2.0
/* What the driver's files share. A seat is a worker with its place in the present job; a job is one `run` effect. News
 * comes while the context's loop runs and is put in line; the line is worked off when the loop has returned, so that no
 * worker is ended from inside its own callback. */
#ifndef CORE_HOST_DRIVER_INTERNAL_H
#define CORE_HOST_DRIVER_INTERNAL_H

#include "core/host/driver.h"
#include "core/host/settings.h"

enum seat_state {
  SEAT_EMPTY,    /* no worker */
  SEAT_STARTING, /* until READY */
  SEAT_READY,    /* no session in it */
  SEAT_OPENING,
  SEAT_OPEN,
  SEAT_RUNNING, /* a hook */
  SEAT_LEAVING, /* was asked to close; out of the game */
  SEAT_DEAD,    /* to be destroyed */
};

struct seat {
  struct driver *d;
  char *id; /* of its connector */
  tenon_worker *worker;
  struct connector *shape; /* NULL until READY */
  enum seat_state state;
  bool is_probe;
  bool in_job, described_only; /* has a part in the job; only READY is wanted of it */
  bool verified;               /* once, by this worker */
  uint64_t call;
  tenon_status status; /* of its part */
  cJSON *steps;        /* configure: its share */
};

struct job {
  bool active;
  int64_t generation;
  char *hook; /* "describe" too */
  cJSON *effect;
  size_t subject; /* next one to hand out */
  bool cancelled;
};

struct held {
  char *key;
  char *bytes; /* of secret_memory_alloc */
  size_t n;
  bool fresh;  /* not stored yet */
  char *owner; /* of what a plugin kept: settings_owner when it did; NULL: as stored */
};

struct ticket_row {
  int64_t number; /* as the reducer knows it; 0: free */
  struct seat *seat;
  uint64_t ticket; /* as the worker knows it */
};

struct driver {
  tenon_context *ctx;
  struct driver_ops ops;
  cJSON *session;
  cJSON *editing; /* the connection as it was stored; NULL: a new one */
  cJSON *line;    /* events to be applied */
  struct seat *connector;
  struct seat *probes[DRIVER_PROBES_MAX];
  size_t n_probes;
  struct seat *leaving[DRIVER_LEAVING_MAX];
  size_t n_leaving;
  struct job job;
  struct held held[DRIVER_SECRETS_MAX];
  size_t n_held;
  struct ticket_row tickets[DRIVER_TICKETS_MAX];
  int64_t last_ticket;
  int64_t idle_since; /* 0: not idle, or nothing to end */
  uint64_t epoch; /* counts the sets of answers: tokens kept under one are not those of another */
  uint64_t round; /* of all calls, until Verify is pressed or an answer changes: see gate.c */
  struct held reply; /* a secret reply on its way */
  bool nomem;
};

/* driver.c */
void driver_news(struct driver *d, cJSON *event); /* puts it in line; owns it */
cJSON *news(struct driver *d, const char *name);  /* a new event with the job's generation */
int driver_pump(struct driver *d) TENON_NODISCARD;

/* driver_seat.c */
struct seat *seat_create(struct driver *d, const char *id, bool is_probe) TENON_NODISCARD;
void seat_destroy(struct seat *seat);
void seat_leave(struct seat **seat);  /* asks its worker to go, and forgets it */
void seat_advance(struct seat *seat); /* the next thing its part in the job needs */
void seat_done(struct seat *seat, tenon_status status); /* its part is over */

/* driver_job.c */
void job_describe(struct driver *d, const cJSON *effect);
void job_run(struct driver *d, const cJSON *effect);
void job_advance(struct driver *d);
void job_cancel(struct driver *d, int64_t generation);
void job_end_sessions(struct driver *d);
void job_answers_changed(struct driver *d);
int job_start_hook(struct seat *seat) TENON_NODISCARD;
void job_reply(struct driver *d, const cJSON *effect);
int64_t ticket_add(struct driver *d, struct seat *seat, uint64_t ticket);
int64_t ticket_of(const struct driver *d, const struct seat *seat, uint64_t ticket);
void ticket_forget(struct driver *d, int64_t number);
void tickets_forget(struct driver *d, const struct seat *seat);

/* driver_secret.c */
bool secret_find(struct driver *d, const char *key, tenon_text *ret);
void secret_drop(struct driver *d, const char *key);
void secrets_finish(struct driver *d);
/* What plugins kept, as far as it was got for the answers as they are now; room for DRIVER_SECRETS_MAX. */
size_t secrets_kept(struct driver *d, tenon_pair *pairs);
int secret_keep(struct driver *d, const char *key, tenon_text bytes)
    TENON_NODISCARD; /* from a plugin */
int held_set(struct held *h, const char *bytes, size_t n) TENON_NODISCARD;
void held_finish(struct held *h);
void job_save(struct driver *d, const cJSON *effect);

#endif
