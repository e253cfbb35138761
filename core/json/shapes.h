// SPDX-License-Identifier: Apache-2.0
/* The shapes of docs/wire.md (check, offer, step, ask, page, field, connector), written to a buffer and read from a
 * parsed object: one spelling for the wire, the reports, the wizard and the files. Readers copy into the arena given,
 * skip members they do not know, and refuse an object that lacks what the shape always has (false / NULL). */
#ifndef CORE_JSON_SHAPES_H
#define CORE_JSON_SHAPES_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/json/json.h"
#include "core/model/check.h"
#include "core/model/connector.h"

/* Whole objects, braces included. */
bool shape_put_check(struct buf *b, const tenon_check *c);
/* The members only, without braces, each after a comma: behind {"event":"check" . */
bool shape_put_check_members(struct buf *b, const tenon_check *c);
bool shape_put_offer(struct buf *b, const tenon_offer *o);
bool shape_put_step(struct buf *b, const tenon_step *s);
bool shape_put_ask(struct buf *b, const tenon_ask *a, int64_t now_ns);
bool shape_put_page(struct buf *b, const tenon_page *p);
bool shape_put_field(struct buf *b, const tenon_field *f);
/* hooks: HOOK_ bits. */
bool shape_put_connector(struct buf *b, const tenon_connector *c, uint32_t hooks);

tenon_check *shape_read_check(struct arena *a, const cJSON *json) TENON_NODISCARD;
tenon_offer *shape_read_offer(struct arena *a, const cJSON *json) TENON_NODISCARD;
tenon_step *shape_read_step(struct arena *a, const cJSON *json) TENON_NODISCARD;
tenon_ask *shape_read_ask(struct arena *a, const cJSON *json, int64_t now_ns) TENON_NODISCARD;
struct connector *shape_read_connector(const cJSON *json)
    TENON_NODISCARD; /* connector_destroy frees it */

#endif
