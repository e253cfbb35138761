// SPDX-License-Identifier: Apache-2.0
//
// Identifiers of requests, traces and tokens: they must differ, not be unguessable.
#ifndef TENON_LAB_GUID_H
#define TENON_LAB_GUID_H

#define GUID_ROOM 37

void guid_make(char ret_text[GUID_ROOM]);

#endif
