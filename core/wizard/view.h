// SPDX-License-Identifier: Apache-2.0
/* Views are made in two files: what is common and the form here, what hooks found in view_report.c. */
#ifndef CORE_WIZARD_VIEW_H
#define CORE_WIZARD_VIEW_H

#include "core/wizard/state.h"

/* Each fills one kind of view into `view`. */
void view_verification(struct wizard *w, cJSON *view);
void view_plan(struct wizard *w, cJSON *view);
void view_results(struct wizard *w, cJSON *view);
void view_busy(struct wizard *w, cJSON *view);
void view_ask(struct wizard *w, cJSON *view);

/* The offers of the last browse, when it was for that field; key NULL: for any. */
void view_browsed(struct wizard *w, cJSON *object, const char *key);
/* Adds an event that fits now. */
void view_can(struct wizard *w, cJSON *view, const char *event);

#endif
