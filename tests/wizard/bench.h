// SPDX-License-Identifier: Apache-2.0
/* A session on the workbench: JSON with easy quotes in, members by path out. */
#ifndef TESTS_WIZARD_BENCH_H
#define TESTS_WIZARD_BENCH_H

#include <check.h>

#include "core/json/json.h"
#include "core/wizard/wizard.h"

/* JSON with ' for " and ` for '. */
cJSON *quoted(const char *text);

struct bench {
  cJSON *session, *effects, *view;
};

void bench_init(struct bench *b);
void bench_finish(struct bench *b);
/* One event; effects and view are those after it. Checks that the session survives being written and read. */
void send_event(struct bench *b, const char *quoted_event);
/* The wizard on the first page of the connector `demo`. */
void bench_start(struct bench *b);
/* ...of a connector whose shape has `part` in one place. */
void bench_start_with(struct bench *b, const char *instead_of, const char *part);
/* ... and at Verification, complete. */
void bench_at_verification(struct bench *b);
/* Runs verify to its end with one check of that state and field (or NULL). */
void bench_verify(struct bench *b, const char *state, const char *field);
void end_hook(struct bench *b, const char *status);
int generation(const struct bench *b);

/* "view", "fields.0.value", "fields.server.problem" (by key or id); NULL when there is none. Numbers as text. */
const char *at(const struct bench *b, const char *path);
/* The name of the i-th effect, or "". */
const char *effect_at(const struct bench *b, int i);
bool can(const struct bench *b, const char *event);

extern const char demo_shape[], demo_catalog[];

#define expect(b, path, value) ck_assert_pstr_eq(at(b, path), value)

#endif
