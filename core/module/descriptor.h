// SPDX-License-Identifier: Apache-2.0
/* What tenon_entry_1 returned, copied into memory of ours and judged: every size, count, pointer and string, and
 * that it says of itself what the note says. Only a pointer that leads out of mapped memory can still hurt, and
 * then only the worker. */
#ifndef CORE_MODULE_DESCRIPTOR_H
#define CORE_MODULE_DESCRIPTOR_H

#include "core/model/connector.h"
#include "core/module/note.h"

#define DESCRIPTOR_CONNECTORS_MAX 16u
#define DESCRIPTOR_PAGES_MAX      16u
#define DESCRIPTOR_FIELDS_MAX     128u
#define DESCRIPTOR_CHOICES_MAX    256u
#define DESCRIPTOR_NAMES_MAX      64u   /* kinds of steps run, questions asked */
#define DESCRIPTOR_TEXT_MAX       4096u /* bytes of one string */

/* Copies the connector of this id. ret_live gets its functions (and, of the rest, the plugin's own pointers): what to
 * call. TR-20 to TR-31. */
int descriptor_read(const tenon_module *module, const struct note *note, const char *id,
                    struct connector **ret, tenon_connector *ret_live, struct refusal *r)
    TENON_NODISCARD;

/* Holds a connector that came over the wire to the same rules: a worker that plugin code took over may say anything. */
int descriptor_judge(const struct connector *c, struct refusal *r) TENON_NODISCARD;

#endif
