// SPDX-License-Identifier: Apache-2.0
/* Says one thing in its note and another in its descriptor. */
#include "bad.h"

TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[\"net\"],\"connectors\":[{\"id\":\"liar\",\"version\":\"2.0.0\","
    "\"name\":\"Bad\",\"summary\":\"Does not behave\",\"roles\":[\"source\"]}]}");

BAD_CONNECTOR("liar", .open = good_open, .verify = good_verify);
