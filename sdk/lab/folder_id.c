// SPDX-License-Identifier: Apache-2.0
//
// Writes ids as base64 or hexadecimal, as the format asks. The forms differ in their coding alone,
// where Exchange also wraps the entry id in a structure of its own.
#include "folder_id.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ID_BYTES 54 // a multiple of 3, so that base64 needs no padding

static const unsigned char mark[] = {0x00, 0x03, 0x24, 0x00, 't', 'e', 'n',
                                     'o',  'n',  '-',  'l',  'a', 'b', 0x00};

static void
pack(const struct folder_id *id, unsigned char bytes[ID_BYTES])
{
  memset(bytes, 0, ID_BYTES);
  memcpy(bytes, mark, sizeof(mark));
  for (size_t i = 0; i < 8; i++)
    bytes[sizeof(mark) + i] = (unsigned char)(id->mailbox >> (8 * i));
  bytes[ID_BYTES - 2] = id->folder;
}

static bool
unpack(const unsigned char bytes[ID_BYTES], struct folder_id *ret_id)
{
  if (memcmp(bytes, mark, sizeof(mark)) != 0)
    return false;
  struct folder_id id = {.folder = bytes[ID_BYTES - 2]};
  for (size_t i = 0; i < 8; i++)
    id.mailbox |= (uint64_t)bytes[sizeof(mark) + i] << (8 * i);
  *ret_id = id;
  return true;
}

static bool
is_hexadecimal(const char *format)
{
  return strcmp(format, "HexEntryId") == 0;
}

static bool
is_base64(const char *format)
{
  static const char *const formats[] = {"EwsLegacyId", "EwsId", "EntryId", "StoreId", "OwaId"};
  for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
    if (strcmp(format, formats[i]) == 0)
      return true;
  return false;
}

bool
folder_id_write(const struct folder_id *id, const char *format, char ret_text[FOLDER_ID_TEXT_SIZE])
{
  unsigned char bytes[ID_BYTES];
  pack(id, bytes);
  if (is_hexadecimal(format)) {
    for (size_t i = 0; i < ID_BYTES; i++)
      snprintf(ret_text + 2 * i, 3, "%02X", (unsigned int)bytes[i]);
    return true;
  }
  if (!is_base64(format))
    return false;
  EVP_EncodeBlock((unsigned char *)ret_text, bytes, ID_BYTES);
  return true;
}

static int
nibble(char letter)
{
  static const char digits[] = "0123456789abcdef";
  const char *at = letter != '\0' ? strchr(digits, letter | 0x20) : NULL;
  return at != NULL ? (int)(at - digits) : -1;
}

static bool
read_hexadecimal(const char *text, unsigned char bytes[ID_BYTES])
{
  if (strlen(text) != 2 * ID_BYTES)
    return false;
  for (size_t i = 0; i < ID_BYTES; i++) {
    int high = nibble(text[2 * i]);
    int low = nibble(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    bytes[i] = (unsigned char)(high << 4 | low);
  }
  return true;
}

bool
folder_id_read(const char *text, const char *format, struct folder_id *ret_id)
{
  unsigned char bytes[ID_BYTES];
  if (is_hexadecimal(format))
    return read_hexadecimal(text, bytes) && unpack(bytes, ret_id);
  if (!is_base64(format) || strlen(text) != ID_BYTES / 3 * 4)
    return false;
  return EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)strlen(text)) == ID_BYTES &&
         unpack(bytes, ret_id);
}
