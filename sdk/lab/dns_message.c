// SPDX-License-Identifier: Apache-2.0
//
// The names of a question are never compressed in practice, and one that is gets "format error".
#include "dns_message.h"

#include <string.h>
#include <strings.h>

#define HEADER     12
#define CLASS_IN   1
#define TTL        30
#define LABEL_MAX  63
#define FORMAT     1 // response codes
#define NO_NAME    3
#define NOT_DONE   4
#define FLAG_QR    0x8000
#define FLAG_AA    0x0400
#define FLAG_RD    0x0100
#define FLAG_RA    0x0080
#define OPCODE     0x7800
#define TO_NAME    0xC000 // a pointer
#define NAME_START HEADER

struct question {
  char name[DNS_NAME_MAX];
  unsigned int type;
  unsigned int class;
  size_t end; // of its bytes
};

struct writer {
  unsigned char *bytes;
  size_t length;
  bool full;
};

static unsigned int
get16(const unsigned char *bytes)
{
  return (unsigned int)bytes[0] << 8 | bytes[1];
}

static void
put16(unsigned char *bytes, unsigned int value)
{
  bytes[0] = (unsigned char)(value >> 8);
  bytes[1] = (unsigned char)value;
}

static void
append(struct writer *writer, const void *bytes, size_t length)
{
  if (writer->length + length > DNS_MESSAGE_MAX) {
    writer->full = true;
    return;
  }
  memcpy(writer->bytes + writer->length, bytes, length);
  writer->length += length;
}

static void
append16(struct writer *writer, unsigned int value)
{
  unsigned char bytes[2];
  put16(bytes, value);
  append(writer, bytes, sizeof(bytes));
}

static void
append_name(struct writer *writer, const char *name)
{
  while (*name != '\0') {
    size_t length = strcspn(name, ".");
    unsigned char prefix = (unsigned char)(length <= LABEL_MAX ? length : LABEL_MAX);
    append(writer, &prefix, 1);
    append(writer, name, prefix);
    name += length + (name[length] == '.');
  }
  append(writer, "", 1);
}

static bool
read_question(const unsigned char *query, size_t length, struct question *ret_question)
{
  size_t at = NAME_START, used = 0;
  struct question question = {.name = ""};
  for (;;) {
    if (at >= length)
      return false;
    size_t label = query[at++];
    if (label == 0)
      break;
    if (label > LABEL_MAX || at + label > length || used + label + 2 > sizeof(question.name))
      return false;
    if (used > 0)
      question.name[used++] = '.';
    memcpy(question.name + used, query + at, label);
    used += label;
    at += label;
  }
  if (at + 4 > length || strlen(question.name) != used)
    return false;
  question.type = get16(query + at);
  question.class = get16(query + at + 2);
  question.end = at + 4;
  *ret_question = question;
  return true;
}

static void
append_record(struct writer *writer, const struct dns_record *record)
{
  static const unsigned char loopback[] = {127, 0, 0, 1};
  append16(writer, TO_NAME | NAME_START);
  append16(writer, record->type);
  append16(writer, CLASS_IN);
  append16(writer, 0);
  append16(writer, TTL);
  size_t at = writer->length;
  append16(writer, 0);
  if (record->type == DNS_SRV || record->type == DNS_MX)
    append16(writer, record->priority);
  if (record->type == DNS_SRV) {
    append16(writer, record->weight);
    append16(writer, record->port);
  }
  if (record->type == DNS_A)
    append(writer, loopback, sizeof(loopback));
  else
    append_name(writer, record->target);
  if (!writer->full)
    put16(writer->bytes + at, (unsigned int)(writer->length - at - 2));
}

// Writes what the table has; *ret_known: the name exists, be it with other records.
static unsigned int
append_records(struct writer *writer, const struct dns_record *zone,
               const struct question *question, bool *ret_known)
{
  unsigned int count = 0;
  *ret_known = false;
  for (const struct dns_record *record = zone; record->name != NULL; record++) {
    if (strcasecmp(record->name, question->name) != 0)
      continue;
    *ret_known = true;
    if (record->type != question->type || question->class != CLASS_IN || count == DNS_ANSWERS_MAX)
      continue;
    size_t before = writer->length;
    append_record(writer, record);
    if (writer->full) {
      writer->length = before;
      return count;
    }
    count++;
  }
  return count;
}

size_t
dns_message_answer(const struct dns_record *zone, const unsigned char *query, size_t length,
                   unsigned char ret_answer[DNS_MESSAGE_MAX])
{
  if (length < HEADER || length > DNS_MESSAGE_MAX || (get16(query + 2) & FLAG_QR) != 0)
    return 0;
  unsigned int flags = FLAG_QR | FLAG_AA | FLAG_RA | (get16(query + 2) & (OPCODE | FLAG_RD));
  unsigned int count = 0, code = 0;
  struct question question = {.end = HEADER};
  struct writer writer = {.bytes = ret_answer, .length = HEADER};
  memset(ret_answer, 0, HEADER);
  put16(ret_answer, get16(query));
  bool known = false;
  if ((flags & OPCODE) != 0) {
    code = NOT_DONE;
  } else if (get16(query + 4) != 1 || !read_question(query, length, &question)) {
    code = FORMAT;
  } else {
    append(&writer, query + HEADER, question.end - HEADER);
    count = append_records(&writer, zone, &question, &known);
    code = known ? 0 : NO_NAME;
    put16(ret_answer + 4, 1);
  }
  put16(ret_answer + 2, flags | code);
  put16(ret_answer + 6, count);
  return writer.length;
}
