// SPDX-License-Identifier: Apache-2.0
//
// The lab's folder ids: which mailbox and which folder, in a coat that looks like Exchange's. An id
// that the lab gave out can be converted and opened again; anything else is malformed.
#ifndef TENON_LAB_FOLDER_ID_H
#define TENON_LAB_FOLDER_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLDER_ID_TEXT_SIZE 192

struct folder_id {
  uint64_t mailbox; // number in the directory
  uint8_t folder;   // index among the distinguished folders
};

// `format` is one of EwsLegacyId, EwsId, EntryId, HexEntryId, StoreId, OwaId; false: another one.
bool folder_id_write(const struct folder_id *id, const char *format,
                     char ret_text[FOLDER_ID_TEXT_SIZE]);
bool folder_id_read(const char *text, const char *format, struct folder_id *ret_id);

#endif
