// SPDX-License-Identifier: Apache-2.0
//
// The lab's name server: what it says of names, as bytes, and that it says so over UDP and TCP.
#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab_client.h"
#include "sdk/lab/dns_message.h"

static unsigned char query[DNS_MESSAGE_MAX], answer[DNS_MESSAGE_MAX + 2];

static const struct dns_record zone[] = {
    {.name = "mail.contoso.example", .type = DNS_A},
    {.name = "contoso.example", .type = DNS_MX, .target = "mail.contoso.example", .priority = 10},
    {.name = "_a._tcp.contoso.example",
     .type = DNS_SRV,
     .target = "mail.contoso.example",
     .priority = 1,
     .weight = 2,
     .port = 443},
    {.name = NULL},
};

static size_t
ask_for(const char *name, unsigned int type)
{
  static const unsigned char head[] = {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  size_t n = sizeof(head);
  memcpy(query, head, n);
  while (*name != '\0') {
    size_t label = strcspn(name, ".");
    query[n++] = (unsigned char)label;
    memcpy(query + n, name, label);
    n += label;
    name += label + (name[label] == '.');
  }
  const unsigned char tail[] = {0, 0, (unsigned char)type, 0, 1};
  memcpy(query + n, tail, sizeof(tail));
  return n + sizeof(tail);
}

static size_t
answer_for(const char *name, unsigned int type)
{
  size_t length = ask_for(name, type);
  return dns_message_answer(zone, query, length, answer);
}

#define RCODE (answer[3] & 0x0f)
#define COUNT answer[7]

START_TEST(dns__knows_its_names_whatever_their_case)
{
  size_t length = answer_for("Mail.CONTOSO.example", DNS_A);
  ck_assert_uint_eq(RCODE, 0);
  ck_assert_uint_eq(COUNT, 1);
  static const unsigned char loopback[] = {127, 0, 0, 1};
  ck_assert_int_eq(memcmp(answer + length - 4, loopback, 4), 0);
}
END_TEST

START_TEST(dns__tells_no_such_name_from_no_such_record)
{
  answer_for("nobody.contoso.example", DNS_A);
  ck_assert_uint_eq(RCODE, 3);
  answer_for("mail.contoso.example", DNS_AAAA);
  ck_assert_uint_eq(RCODE, 0);
  ck_assert_uint_eq(COUNT, 0);
}
END_TEST

START_TEST(dns__services_have_priority_weight_port_and_target)
{
  size_t length = answer_for("_a._tcp.contoso.example", DNS_SRV);
  static const unsigned char data[] = "\0\1\0\2\1\273\4mail\7contoso\7example";
  ck_assert_uint_eq(COUNT, 1);
  ck_assert_int_eq(memcmp(answer + length - sizeof(data), data, sizeof(data)), 0);
}
END_TEST

START_TEST(dns__what_is_no_question_gets_no_records)
{
  size_t length = ask_for("mail.contoso.example", DNS_A);
  ck_assert_uint_eq(dns_message_answer(zone, query, 11, answer), 0);
  ck_assert_uint_gt(dns_message_answer(zone, query, length - 3, answer), 0);
  ck_assert_uint_eq(RCODE, 1);
  query[12] = 0xC0; // a compressed name
  ck_assert_uint_gt(dns_message_answer(zone, query, length, answer), 0);
  ck_assert_uint_eq(RCODE, 1);
  query[2] |= 0x80; // an answer
  ck_assert_uint_eq(dns_message_answer(zone, query, length, answer), 0);
}
END_TEST

static int
connect_to(const struct lab_run *lab, int type)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const char *colon = strchr(lab_string(lab, "dns"), ':');
  address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
  const struct timeval limit = {.tv_sec = 10};
  int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
  ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
  return fd;
}

START_TEST(dns__answers_over_udp_and_over_tcp_in_pieces)
{
  struct lab_run lab = lab_start(NULL);
  size_t length = ask_for("autodiscover.contoso.example", DNS_A);
  int fd = connect_to(&lab, SOCK_DGRAM);
  ck_assert_int_eq(send(fd, query, length, 0), (ssize_t)length);
  ck_assert_int_gt(recv(fd, answer, sizeof(answer), 0), 12);
  ck_assert_uint_eq(COUNT, 1);
  close(fd);
  fd = connect_to(&lab, SOCK_STREAM);
  const unsigned char prefix[] = {0, (unsigned char)length};
  ck_assert_int_eq(send(fd, prefix, 2, 0), 2);
  ck_assert_int_eq(send(fd, query, 5, 0), 5);
  ck_assert_int_eq(send(fd, query + 5, length - 5, 0), (ssize_t)length - 5);
  ssize_t got = recv(fd, answer, sizeof(answer), 0);
  ck_assert_int_gt(got, 14);
  ck_assert_uint_eq(answer[9], 1);
  close(fd);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(dns__more_clients_than_it_keeps_do_not_stop_it)
{
  struct lab_run lab = lab_start(NULL);
  int fds[24];
  for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
    fds[i] = connect_to(&lab, SOCK_STREAM);
  size_t length = ask_for("mail.contoso.example", DNS_A);
  int fd = connect_to(&lab, SOCK_DGRAM);
  ck_assert_int_eq(send(fd, query, length, 0), (ssize_t)length);
  ck_assert_int_gt(recv(fd, answer, sizeof(answer), 0), 12);
  close(fd);
  for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
    close(fds[i]);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

int
main(void)
{
  TCase *cases = tcase_create("dns");
  tcase_set_timeout(cases, 60);
  tcase_add_test(cases, dns__knows_its_names_whatever_their_case);
  tcase_add_test(cases, dns__tells_no_such_name_from_no_such_record);
  tcase_add_test(cases, dns__services_have_priority_weight_port_and_target);
  tcase_add_test(cases, dns__what_is_no_question_gets_no_records);
  tcase_add_test(cases, dns__answers_over_udp_and_over_tcp_in_pieces);
  tcase_add_test(cases, dns__more_clients_than_it_keeps_do_not_stop_it);
  Suite *suite = suite_create("lab-dns");
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
