// SPDX-License-Identifier: Apache-2.0
//
// What the lab reads of NTLM, held to the example of MS-NLMP 4.2.4.3 and to messages with one thing
// wrong in them; and channel bindings, held to Microsoft's own example.
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/lab/signin_binding.h"
#include "sdk/lab/signin_ntlm.h"

// MS-NLMP 4.2.4.3: user "User" of "Domain", NTLMv2, with MsvAvNbDomainName and MsvAvNbComputerName.
static const char example[] =
    "4e544c4d5353500003000000180018006c00000054005400840000000c000c00480000000800080054000000"
    "100010005c00000010001000d8000000358288e20501280a0000000f44006f006d00610069006e0055007300"
    "6500720043004f004d005000550054004500520086c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"
    "68cd0ab851e51c96aabc927bebef6a1c01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
    "02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000"
    "00000000c5dad2544fc9799094ce1ce90bc9d03e";

#define EXAMPLE_SIZE   232
#define NT_LENGTH_AT   20
#define NT_OFFSET_AT   24
#define USER_LENGTH_AT 36
#define USER_OFFSET_AT 40
#define NT_AT          132
#define PAIRS_AT       (NT_AT + 44)
#define NAME_PAIR_AT   (PAIRS_AT + 16) // the second pair: MsvAvNbComputerName
#define MESSAGE_ROOM   512

struct message {
  unsigned char bytes[MESSAGE_ROOM];
  size_t length;
};

static size_t
unhex(const char *hex, unsigned char *ret_bytes)
{
  size_t length = strlen(hex) / 2;
  for (size_t i = 0; i < length; i++) {
    const char pair[] = {hex[2 * i], hex[2 * i + 1], '\0'};
    ret_bytes[i] = (unsigned char)strtoul(pair, NULL, 16);
  }
  return length;
}

static struct message
make(void)
{
  struct message message;
  message.length = unhex(example, message.bytes);
  ck_assert_uint_eq(message.length, EXAMPLE_SIZE);
  return message;
}

// The example with the value in place of the second AV pair, whose kind becomes MsvAvChannelBindings.
// The session key behind the response is overwritten: it is not read.
static struct message
bind(const unsigned char value[NTLM_BINDING_SIZE])
{
  static const unsigned char head[] = {10, 0, NTLM_BINDING_SIZE, 0};
  struct message message = make();
  memcpy(message.bytes + NAME_PAIR_AT, head, sizeof(head));
  memcpy(message.bytes + NAME_PAIR_AT + 4, value, NTLM_BINDING_SIZE);
  memset(message.bytes + NAME_PAIR_AT + 4 + NTLM_BINDING_SIZE, 0, 8);
  message.bytes[NT_LENGTH_AT] += 4;
  return message;
}

static void
assert_malformed(const struct message *message)
{
  // In a block of its own length: a sanitizer sees who reads past it.
  unsigned char *copy = malloc(message->length + 1);
  ck_assert_ptr_nonnull(copy);
  memcpy(copy, message->bytes, message->length);
  struct ntlm_message read = {.user = "untouched"};
  ck_assert(!ntlm_read(copy, message->length, &read));
  ck_assert_str_eq(read.user, "untouched");
  free(copy);
}

START_TEST(read__takes_names_and_pairs_of_the_published_example)
{
  const struct message message = make();
  struct ntlm_message read;
  ck_assert(ntlm_read(message.bytes, message.length, &read));
  ck_assert_str_eq(read.domain, "Domain");
  ck_assert_str_eq(read.user, "User");
  ck_assert(read.version_two);
  ck_assert(!read.bound);
}
END_TEST

START_TEST(read__finds_the_binding_and_takes_zeros_for_none)
{
  const unsigned char value[NTLM_BINDING_SIZE] = {1, 2,  3,  4,  5,  6,  7, 8,
                                                  9, 10, 11, 12, 13, 14, 15};
  struct message message = bind(value);
  struct ntlm_message read;
  ck_assert(ntlm_read(message.bytes, message.length, &read));
  ck_assert(read.bound);
  ck_assert_mem_eq(read.binding, value, sizeof(value));
  message = bind((unsigned char[NTLM_BINDING_SIZE]){0});
  ck_assert(ntlm_read(message.bytes, message.length, &read));
  ck_assert(!read.bound);
}
END_TEST

START_TEST(read__finds_no_binding_in_a_response_of_version_one)
{
  struct message message = make();
  message.bytes[NT_LENGTH_AT] = 24;
  struct ntlm_message read;
  ck_assert(ntlm_read(message.bytes, message.length, &read));
  ck_assert(!read.version_two && !read.bound);
}
END_TEST

START_TEST(read__takes_names_in_the_oem_code_page)
{
  struct message message = make();
  message.bytes[60] &= 0xfe; // NTLMSSP_NEGOTIATE_UNICODE
  message.bytes[USER_LENGTH_AT] = 3;
  memcpy(message.bytes + 84, "ann", 3);
  struct ntlm_message read;
  ck_assert(ntlm_read(message.bytes, message.length, &read));
  ck_assert_str_eq(read.user, "ann");
}
END_TEST

START_TEST(read__refuses_every_prefix_that_cuts_a_field)
{
  const struct message whole = make();
  struct message cut = whole;
  // The last field, the session key, is not read.
  for (cut.length = 0; cut.length < NT_AT + 84; cut.length++)
    assert_malformed(&cut);
}
END_TEST

START_TEST(read__refuses_offsets_and_lengths_beyond_the_message)
{
  struct message message = make();
  message.bytes[NT_OFFSET_AT + 3] = 0xff; // an offset that a sum would wrap around
  assert_malformed(&message);
  message = make();
  message.bytes[USER_OFFSET_AT + 1] = 1;
  assert_malformed(&message);
  message = make();
  message.bytes[USER_LENGTH_AT] = 7; // half a character
  assert_malformed(&message);
}
END_TEST

START_TEST(read__refuses_pairs_that_pass_the_response_or_have_no_end)
{
  struct message message = make();
  message.bytes[NAME_PAIR_AT + 2] = 0xff;
  assert_malformed(&message);
  message = make();
  message.bytes[NT_LENGTH_AT] -= 8; // without MsvAvEOL
  assert_malformed(&message);
  message = make();
  message.bytes[NAME_PAIR_AT] = 10; // MsvAvChannelBindings of 12 bytes
  assert_malformed(&message);
}
END_TEST

START_TEST(read__refuses_a_name_that_is_too_long)
{
  struct message message = make();
  message.bytes[60] &= 0xfe;
  message.length = MESSAGE_ROOM;
  message.bytes[USER_LENGTH_AT] = 0xff;
  message.bytes[USER_OFFSET_AT] = 0;
  struct ntlm_message read;
  ck_assert(ntlm_read(message.bytes, message.length, &read)); // 255 characters
  message.bytes[USER_LENGTH_AT] = 0;
  message.bytes[USER_LENGTH_AT + 1] = 1;
  assert_malformed(&message); // 256
}
END_TEST

START_TEST(find__sees_a_message_within_another_one)
{
  const struct message message = make();
  unsigned char wrapped[MESSAGE_ROOM] = {0xa1, 0x81, 0xe9, 0x30};
  memcpy(wrapped + 4, message.bytes, message.length);
  ck_assert_ptr_eq(ntlm_find(wrapped, 4 + message.length), wrapped + 4);
  ck_assert_ptr_null(ntlm_find(wrapped, 4 + 11));
  ck_assert_ptr_null(ntlm_find(wrapped, 0));
}
END_TEST

START_TEST(add_version__moves_the_payload_of_a_message_without_it)
{
  // The example with its payload right behind the flags.
  struct message message = make();
  memmove(message.bytes + 64, message.bytes + 72, message.length - 72);
  message.length -= 8;
  for (size_t field = 12; field < 60; field += 8)
    message.bytes[field + 4] -= 8;
  unsigned char longer[MESSAGE_ROOM];
  size_t length = ntlm_add_version(message.bytes, message.length, longer);
  ck_assert_uint_eq(length, EXAMPLE_SIZE);
  const struct message whole = make();
  ck_assert_mem_eq(longer, whole.bytes, 64);
  ck_assert_mem_eq(longer + 72, whole.bytes + 72, EXAMPLE_SIZE - 72);
}
END_TEST

START_TEST(add_version__leaves_what_has_it)
{
  const struct message message = make();
  unsigned char longer[MESSAGE_ROOM + NTLM_VERSION_SIZE];
  ck_assert_uint_eq(ntlm_add_version(message.bytes, message.length, longer), 0);
  ck_assert_uint_eq(ntlm_add_version(message.bytes, 10, longer), 0);
  unsigned char first[40] = "NTLMSSP\0\1";
  ck_assert_uint_eq(ntlm_add_version(first, 32, longer), 40);
  ck_assert_uint_eq(ntlm_add_version(first, 40, longer), 0);
}
END_TEST

START_TEST(binding__of_the_published_digest_is_the_published_one)
{
  // From "NTLM and Channel Binding Hash", Microsoft Open Specifications Support Team.
  unsigned char digest[32];
  unsigned char wanted[NTLM_BINDING_SIZE];
  unhex("ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95", digest);
  unhex("6586e99d81c2fc984e47172fd4dd0310", wanted);
  struct signin_binding binding;
  ck_assert(signin_binding_of_digest(digest, sizeof(digest), &binding));
  ck_assert_mem_eq(binding.digest, wanted, sizeof(wanted));
  ck_assert_uint_eq(binding.length, strlen("tls-server-end-point:") + sizeof(digest));
  ck_assert_mem_eq(binding.data, "tls-server-end-point:", strlen("tls-server-end-point:"));
}
END_TEST

START_TEST(binding__of_what_is_no_certificate_is_none)
{
  struct signin_binding binding;
  ck_assert(!signin_binding_make("-----BEGIN CERTIFICATE-----\nAAAA\n", &binding));
  ck_assert(!signin_binding_of_digest((const unsigned char *)example, 76, &binding));
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab-ntlm");
  TCase *messages = tcase_create("messages");
  tcase_add_test(messages, read__takes_names_and_pairs_of_the_published_example);
  tcase_add_test(messages, read__finds_the_binding_and_takes_zeros_for_none);
  tcase_add_test(messages, read__finds_no_binding_in_a_response_of_version_one);
  tcase_add_test(messages, read__takes_names_in_the_oem_code_page);
  tcase_add_test(messages, read__refuses_every_prefix_that_cuts_a_field);
  tcase_add_test(messages, read__refuses_offsets_and_lengths_beyond_the_message);
  tcase_add_test(messages, read__refuses_pairs_that_pass_the_response_or_have_no_end);
  tcase_add_test(messages, read__refuses_a_name_that_is_too_long);
  tcase_add_test(messages, find__sees_a_message_within_another_one);
  tcase_add_test(messages, add_version__moves_the_payload_of_a_message_without_it);
  tcase_add_test(messages, add_version__leaves_what_has_it);
  suite_add_tcase(suite, messages);
  TCase *bindings = tcase_create("bindings");
  tcase_add_test(bindings, binding__of_the_published_digest_is_the_published_one);
  tcase_add_test(bindings, binding__of_what_is_no_certificate_is_none);
  suite_add_tcase(suite, bindings);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
