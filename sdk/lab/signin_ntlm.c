// SPDX-License-Identifier: Apache-2.0
//
// MS-NLMP 2.2.1.3 (AUTHENTICATE_MESSAGE), 2.2.2.8 (NTLMv2_RESPONSE), 2.2.2.7
// (NTLMv2_CLIENT_CHALLENGE) and 2.2.2.1 (AV_PAIR). Every offset and length comes from the client.
#include "signin_ntlm.h"

#include <string.h>

#define SIGNATURE      "NTLMSSP\0\3\0\0\0" // and MessageType 3
#define SIGNATURE_SIZE 12

// Offsets of the fields {length, room, offset} in the message.
#define FIRST_FIELD       12
#define FIELD_SIZE        8
#define NT_RESPONSE_FIELD 20
#define DOMAIN_FIELD      28
#define USER_FIELD        36
#define FLAGS_AT          60
#define FLAG_UNICODE      0x00000001u // A in MS-NLMP 2.2.2.5; otherwise names come in the OEM code page
#define FIXED_SIZE        64

#define V1_RESPONSE_SIZE 24
#define PROOF_SIZE       16 // NTProofStr, before the client's challenge
#define PAIRS_AT         28 // AvPairs in the client's challenge

#define PAIR_END      0
#define PAIR_BINDINGS 10 // MsvAvChannelBindings

#define NEGOTIATE       "NTLMSSP\0\1\0\0\0"
#define WITHOUT_VERSION 32

struct span {
  const unsigned char *bytes;
  size_t length;
};

static unsigned int
read_16(const unsigned char *bytes)
{
  return bytes[0] | (unsigned int)bytes[1] << 8;
}

static uint32_t
read_32(const unsigned char *bytes)
{
  return read_16(bytes) | (uint32_t)read_16(bytes + 2) << 16;
}

const unsigned char *
ntlm_find(const unsigned char *token, size_t length)
{
  return memmem(token, length, SIGNATURE, SIGNATURE_SIZE);
}

static bool
read_field(struct span message, size_t field, struct span *ret_span)
{
  size_t length = read_16(message.bytes + field);
  size_t offset = read_32(message.bytes + field + 4);
  if (offset > message.length || length > message.length - offset)
    return false;
  *ret_span = (struct span){message.bytes + offset, length};
  return true;
}

static bool
read_name(struct span message, size_t field, char ret_name[SIGNIN_NAME_MAX])
{
  struct span span;
  if (!read_field(message, field, &span))
    return false;
  size_t width = (read_32(message.bytes + FLAGS_AT) & FLAG_UNICODE) != 0 ? 2 : 1;
  if (span.length % width != 0 || span.length / width >= SIGNIN_NAME_MAX)
    return false;
  size_t count = span.length / width;
  for (size_t i = 0; i < count; i++) {
    unsigned int unit = width == 2 ? read_16(span.bytes + 2 * i) : span.bytes[i];
    ret_name[i] = unit >= ' ' && unit <= '~' ? (char)unit : '?';
  }
  ret_name[count] = '\0';
  return true;
}

static bool
take_binding(struct span value, struct ntlm_message *message)
{
  static const unsigned char none[NTLM_BINDING_SIZE];
  if (value.length != NTLM_BINDING_SIZE)
    return false;
  memcpy(message->binding, value.bytes, NTLM_BINDING_SIZE);
  message->bound = memcmp(message->binding, none, NTLM_BINDING_SIZE) != 0;
  return true;
}

// false: they pass their end, or one has a length that it cannot have.
static bool
read_pairs(struct span pairs, struct ntlm_message *message)
{
  while (pairs.length >= 4) {
    unsigned int kind = read_16(pairs.bytes);
    struct span value = {pairs.bytes + 4, read_16(pairs.bytes + 2)};
    if (kind == PAIR_END)
      return true;
    if (value.length > pairs.length - 4)
      return false;
    if (kind == PAIR_BINDINGS && !take_binding(value, message))
      return false;
    pairs.bytes += 4 + value.length;
    pairs.length -= 4 + value.length;
  }
  return false;
}

// NTLMv1 answers with 24 bytes and binds to nothing; an anonymous client with none.
static bool
read_response(struct span response, struct ntlm_message *message)
{
  if (response.length <= V1_RESPONSE_SIZE)
    return true;
  message->version_two = true;
  if (response.length < PROOF_SIZE + PAIRS_AT)
    return false;
  const struct span pairs = {response.bytes + PROOF_SIZE + PAIRS_AT,
                             response.length - PROOF_SIZE - PAIRS_AT};
  return read_pairs(pairs, message);
}

bool
ntlm_read(const unsigned char *bytes, size_t length, struct ntlm_message *ret_message)
{
  const struct span message = {bytes, length};
  struct ntlm_message read = {0};
  struct span response;
  if (length < FIXED_SIZE || memcmp(bytes, SIGNATURE, SIGNATURE_SIZE) != 0 ||
      !read_name(message, DOMAIN_FIELD, read.domain) ||
      !read_name(message, USER_FIELD, read.user) ||
      !read_field(message, NT_RESPONSE_FIELD, &response) || !read_response(response, &read))
    return false;
  *ret_message = read;
  return true;
}

static bool
begins(struct span message, const char *signature, size_t fixed)
{
  return message.length >= fixed && memcmp(message.bytes, signature, SIGNATURE_SIZE) == 0;
}

// Whether the payload begins where Version would stand.
static bool
lacks_version(struct span message)
{
  for (size_t field = FIRST_FIELD; field < FLAGS_AT; field += FIELD_SIZE)
    if (read_16(message.bytes + field) > 0 &&
        read_32(message.bytes + field + 4) < FIXED_SIZE + NTLM_VERSION_SIZE)
      return true;
  return false;
}

static void
move_field(unsigned char *field)
{
  uint32_t offset = read_32(field + 4);
  offset = offset < FIXED_SIZE ? FIXED_SIZE + NTLM_VERSION_SIZE : offset + NTLM_VERSION_SIZE;
  for (size_t i = 0; i < 4; i++)
    field[4 + i] = (unsigned char)(offset >> 8 * i);
}

// A message with a MIC has Version too, so that no MIC is broken here.
size_t
ntlm_add_version(const unsigned char *bytes, size_t length, unsigned char *ret_message)
{
  const struct span message = {bytes, length};
  size_t at = length;
  if (begins(message, SIGNATURE, FIXED_SIZE) && lacks_version(message))
    at = FIXED_SIZE;
  else if (!begins(message, NEGOTIATE, WITHOUT_VERSION) || length != WITHOUT_VERSION)
    return 0;
  memcpy(ret_message, bytes, at);
  memset(ret_message + at, 0, NTLM_VERSION_SIZE);
  memcpy(ret_message + at + NTLM_VERSION_SIZE, bytes + at, length - at);
  if (at == FIXED_SIZE)
    for (size_t field = FIRST_FIELD; field < FLAGS_AT; field += FIELD_SIZE)
      move_field(ret_message + field);
  return length + NTLM_VERSION_SIZE;
}
