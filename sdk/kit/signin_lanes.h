// SPDX-License-Identifier: Apache-2.0
//
// Between the choice of the way and the channels that it is gone on.
#ifndef KIT_SIGNIN_LANES_H
#define KIT_SIGNIN_LANES_H

#include "signin.h"

// Did `way` fail so that the next one is open? Takes it.
bool signin_gives_way(struct signin *, enum signin_way, const tenon_http_completion *);
// Leaves `way`, or with scheme false all ways of its mechanism, for the next one; false: there is none.
bool signin_pass_over(struct signin *, enum signin_way, const char *why, const char *reason,
                      bool scheme);
void lane_close(struct signin *, struct signin_lane *);

#endif
