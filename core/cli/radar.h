// SPDX-License-Identifier: Apache-2.0
/* The sunset radar: which stored connections go by a connector that stops, and what a swap of them would need. Dates come
 * from notes, which is cheap enough for every list; what a swap needs stands in two forms, for which two plugins are
 * loaded, and is looked at only where it was asked for. */
#ifndef CORE_CLI_RADAR_H
#define CORE_CLI_RADAR_H

#include "core/cli/sunset.h"
#include "core/cli/swap_plan.h"

struct radar {
  const tenon_plugin_info *const *plugins; /* NULL: they cannot be listed */
  char today[CLOCK_TEXT_SIZE];
};
/* What was found of one connection. */
struct radar_find {
  struct sunset sunset;
  bool stops, planned; /* planned: `plan` is set */
  struct connector *from, *to;
  struct swap_plan plan;
};

/* Reads the notes. Nothing is said where that does not work: the radar is no reason to fail. */
void radar_begin(struct radar *r, struct cli *cli);
/* with_plan: the two forms too. Finish it, also where nothing was found. */
bool radar_find(const struct radar *r, struct cli *cli, const struct connection *c, bool with_plan,
                struct radar_find *ret);
void radar_find_finish(struct radar_find *f);
#define CLEANUP_RADAR_FIND __attribute__((cleanup(radar_find_finish)))
/* A line on stderr, and one with what the swap needs where it is planned. */
void radar_say(struct cli *cli, const struct connection *c, const struct radar_find *f);
/* ,"retires":...,"days_left":...,"successor":...,"swap":{...} */
void radar_put(struct buf *b, const struct radar_find *f);

#endif
