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
// Did the server not take up `way` at all, though it offers it?
bool signin_is_dead(enum signin_way, const tenon_http_signin *);
// The present way is dead: the failure of the way before it is the one to be told.
void signin_go_back(struct signin *, enum signin_way to);
void lane_close(struct signin *, struct signin_lane *);

#endif
