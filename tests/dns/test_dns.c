// SPDX-License-Identifier: Apache-2.0
/* The service tenon.dns/1 against a name server of the test's own. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/dns/dns.h"
#include "core/dns/service.h"
#include "tests/dns/responder.h"

static struct responder responder;
static struct dns_service *service;
static const tenon_dns *dns;
static tenon_call call;
static char server[64];

static void
setup(void)
{
  responder_start(&responder);
  (void)snprintf(server, sizeof server, "127.0.0.1:%u", responder.port);
  service = dns_service_create();
  ck_assert_ptr_nonnull(service);
  dns = dns_service_table(service);
  call = (tenon_call){.size = sizeof call, .cancel_fd = eventfd(0, EFD_CLOEXEC)};
}

static void
teardown(void)
{
  dns_service_destroy(service);
  responder_stop(&responder);
  close(call.cancel_fd);
}

static const tenon_dns_answer *
ask(uint32_t type, const char *name)
{
  const tenon_dns_answer *answer = NULL;
  ck_assert_int_eq(dns->lookup(dns, &call, server, type, name, &answer), TENON_OK);
  ck_assert_ptr_nonnull(answer);
  ck_assert((answer->fault == TENON_DNS_FAULT_NONE) == (answer->n_records > 0));
  ck_assert((answer->fault == TENON_DNS_FAULT_NONE) == (answer->reason == NULL));
  return answer;
}

static void
ck_says(const tenon_dns_answer *answer, uint32_t fault, const char *name)
{
  ck_assert_msg(answer->fault == fault, "fault %u: %s", answer->fault,
                answer->reason ? answer->reason : "-");
  ck_assert_ptr_nonnull(strstr(answer->reason, name));
  ck_assert_ptr_nonnull(strstr(answer->reason, server));
}

START_TEST(address__gives_both_families_and_how_long_they_live)
{
  const tenon_dns_answer *a = ask(TENON_DNS_ADDRESS, "mail.contoso.example");
  ck_assert_uint_eq(a->n_records, 2);
  for (size_t i = 0; i < 2; i++) {
    bool six = strchr(a->records[i]->target, ':') != NULL;
    ck_assert_str_eq(a->records[i]->target, six ? "2001:db8::1" : "192.0.2.1");
    ck_assert_uint_eq(a->records[i]->ttl_s, six ? 200 : 300);
  }
  ck_assert_str_eq(a->server, server);
  ck_assert_str_eq(a->name, "mail.contoso.example");
}
END_TEST

START_TEST(address__follows_aliases_in_whatever_order_they_stand)
{
  const tenon_dns_answer *a = ask(TENON_DNS_ADDRESS, "alias.contoso.example");
  ck_assert_uint_eq(a->n_records, 2);
  ck_assert_uint_eq(a->records[0]->ttl_s, 100); /* no longer than the aliases live */
}
END_TEST

START_TEST(address__of_a_long_answer_comes_over_tcp_and_is_cut_at_the_limit)
{
  const tenon_dns_answer *a = ask(TENON_DNS_ADDRESS, "many.contoso.example");
  ck_assert_uint_eq(a->n_records, TENON_DNS_RECORDS_MAX);
  ck_assert_str_eq(a->records[0]->target, "192.0.2.1");
  ck_assert_uint_ge(atomic_load(&responder.tcp), 1);
}
END_TEST

START_TEST(address__that_is_truncated_is_asked_for_over_tcp)
{
  ck_assert_uint_eq(ask(TENON_DNS_ADDRESS, "truncated.contoso.example")->n_records, 2);
  ck_assert_uint_eq(atomic_load(&responder.tcp), 2);
}
END_TEST

START_TEST(cname__is_the_end_of_the_chain)
{
  const tenon_dns_answer *a = ask(TENON_DNS_CNAME, "alias.contoso.example");
  ck_assert_uint_eq(a->n_records, 1);
  ck_assert_str_eq(a->records[0]->target, "Mail.Contoso.Example");
  a = ask(TENON_DNS_CNAME, "dangling.contoso.example");
  ck_assert_str_eq(a->records[0]->target, "gone.elsewhere.example");
  ck_says(ask(TENON_DNS_CNAME, "mail.contoso.example"), TENON_DNS_FAULT_NO_RECORD, "mail.");
  ck_says(ask(TENON_DNS_CNAME, "loop.contoso.example"), TENON_DNS_FAULT_MALFORMED, "loop.");
}
END_TEST

START_TEST(mx__stands_by_preference)
{
  const tenon_dns_answer *a = ask(TENON_DNS_MX, "mx.contoso.example");
  ck_assert_uint_eq(a->n_records, 2);
  ck_assert_str_eq(a->records[0]->target, "contoso-example.mail.protection.outlook.example");
  ck_assert_uint_eq(a->records[0]->priority, 10);
  ck_assert_uint_eq(a->records[1]->priority, 20);
}
END_TEST

START_TEST(srv__stands_by_priority)
{
  const tenon_dns_answer *a = ask(TENON_DNS_SRV, "_srv._tcp.contoso.example");
  ck_assert_uint_eq(a->n_records, 4);
  ck_assert_str_eq(a->records[0]->target, "first.contoso.example");
  ck_assert_str_eq(a->records[3]->target, "last.contoso.example");
  ck_assert_uint_eq(a->records[0]->port, 443);
  ck_assert_uint_eq(a->records[0]->ttl_s, 600);
}
END_TEST

START_TEST(srv__without_weights_is_drawn_by_lot)
{
  bool first[2] = {false, false};
  for (int i = 0; i < 200 && !(first[0] && first[1]); i++) {
    const tenon_dns_answer *a = ask(TENON_DNS_SRV, "_equal._tcp.contoso.example");
    first[strncmp(a->records[0]->target, "one", 3) == 0] = true;
    dns->release(dns, a);
  }
  ck_assert(first[0] && first[1]);
}
END_TEST

START_TEST(srv__that_says_there_is_no_such_service_is_no_record)
{
  ck_says(ask(TENON_DNS_SRV, "_none._tcp.contoso.example"), TENON_DNS_FAULT_NO_RECORD, "_none.");
}
END_TEST

START_TEST(lookup__says_why_there_is_nothing)
{
  static const struct {
    const char *name;
    uint32_t type, fault;
  } rows[] = {
      {"missing.contoso.example", TENON_DNS_ADDRESS, TENON_DNS_FAULT_NO_NAME},
      {"missing.contoso.example", TENON_DNS_SRV, TENON_DNS_FAULT_NO_NAME},
      {"bare.contoso.example", TENON_DNS_ADDRESS, TENON_DNS_FAULT_NO_RECORD},
      {"mail.contoso.example", TENON_DNS_MX, TENON_DNS_FAULT_NO_RECORD},
      {"servfail.contoso.example", TENON_DNS_ADDRESS, TENON_DNS_FAULT_REFUSED},
      {"refused.contoso.example", TENON_DNS_SRV, TENON_DNS_FAULT_REFUSED},
      {"garbage.contoso.example", TENON_DNS_ADDRESS, TENON_DNS_FAULT_MALFORMED},
      {"garbage.contoso.example", TENON_DNS_MX, TENON_DNS_FAULT_MALFORMED},
      {"short.contoso.example", TENON_DNS_ADDRESS, TENON_DNS_FAULT_MALFORMED},
      {"pointer.contoso.example", TENON_DNS_SRV, TENON_DNS_FAULT_MALFORMED},
      {"evil.contoso.example", TENON_DNS_SRV, TENON_DNS_FAULT_MALFORMED},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    ck_says(ask(rows[i].type, rows[i].name), rows[i].fault, rows[i].name);
}
END_TEST

START_TEST(lookup__of_a_server_that_is_not_there_says_so)
{
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t n = sizeof at;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
  ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
  close(fd);
  (void)snprintf(server, sizeof server, "127.0.0.1:%u", ntohs(at.sin_port));
  ck_says(ask(TENON_DNS_ADDRESS, "mail.contoso.example"), TENON_DNS_FAULT_NO_SERVER, "mail.");
}
END_TEST

START_TEST(lookup__ends_at_the_deadline_and_on_cancel)
{
  const tenon_dns_answer *answer = NULL;
  uint64_t one = 1;
  call.deadline_ns = clock_now_ns() + 20 * NS_PER_MS;
  ck_assert_int_eq(
      dns->lookup(dns, &call, server, TENON_DNS_ADDRESS, "silent.contoso.example", &answer),
      TENON_E_TIMEOUT);
  call.deadline_ns = 0;
  ck_assert_int_eq(write(call.cancel_fd, &one, sizeof one), sizeof one);
  ck_assert_int_eq(
      dns->lookup(dns, &call, server, TENON_DNS_ADDRESS, "silent.contoso.example", &answer),
      TENON_E_CANCELLED);
  ck_assert_ptr_null(answer);
}
END_TEST

START_TEST(lookup__does_not_ask_for_what_is_no_name)
{
  char label[70], name[300];
  memset(label, 'a', 64), label[64] = 0;
  memset(name, 'a', sizeof name), name[sizeof name - 1] = 0;
  for (size_t i = 50; i < sizeof name - 1; i += 50)
    name[i] = '.';
  const char *const bad[] = {"",    ".",    "a..b", ".a", "a b", "m\xc3\xbcller.example",
                             "a/b", "a\\b", label,  name};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_uint_eq(ask(TENON_DNS_ADDRESS, bad[i])->fault, TENON_DNS_FAULT_NAME);
  ck_assert_uint_eq(atomic_load(&responder.udp), 0);
  ck_assert_uint_eq(ask(16, "mail.contoso.example")->fault, TENON_DNS_FAULT_OTHER);
  ck_assert_uint_eq(ask(TENON_DNS_ADDRESS, "mail.contoso.example.")->n_records, 2);
}
END_TEST

START_TEST(lookup__reads_the_server_as_people_write_it)
{
  static const struct {
    const char *text, *read;
  } rows[] = {
      {"192.0.2.53", "192.0.2.53:53"},
      {"192.0.2.53:5353", "192.0.2.53:5353"},
      {"2001:db8::53", "[2001:db8::53]:53"},
      {"[2001:db8::53]", "[2001:db8::53]:53"},
      {"[2001:db8::53]:5353", "[2001:db8::53]:5353"},
      {"", NULL},
      {"ns.contoso.example", NULL},
      {"192.0.2.53:", NULL},
      {"192.0.2.53:0", NULL},
      {"192.0.2.53:65536", NULL},
      {"192.0.2.53:x", NULL},
      {"[2001:db8::53]x", NULL},
      {"[2001:db8::53", NULL},
      {"192.0.2.53.192.0.2.53.192.0.2.53.192.0.2.53.192.0.2.53.192.0.2.53", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct dns_server read;
    const char *why = dns_server_parse(rows[i].text, &read);
    ck_assert_msg((why == NULL) == (rows[i].read != NULL), "%s: %s", rows[i].text, why);
    if (rows[i].read)
      ck_assert_str_eq(read.text, rows[i].read);
  }
  (void)snprintf(server, sizeof server, "nowhere");
  const tenon_dns_answer *a = ask(TENON_DNS_ADDRESS, "mail.contoso.example");
  ck_assert_uint_eq(a->fault, TENON_DNS_FAULT_OTHER);
}
END_TEST

START_TEST(lookup__by_the_system_knows_the_hosts_file)
{
  const tenon_dns_answer *answer = NULL;
  ck_assert_int_eq(dns->lookup(dns, &call, NULL, TENON_DNS_ADDRESS, "localhost", &answer),
                   TENON_OK);
  ck_assert_uint_ge(answer->n_records, 1);
  ck_assert_ptr_null(answer->server);
}
END_TEST

START_TEST(answers__are_taken_back_by_release_and_at_the_end_of_the_hook)
{
  dns->release(dns, ask(TENON_DNS_ADDRESS, "mail.contoso.example"));
  dns->release(dns, NULL);
  (void)ask(TENON_DNS_ADDRESS, "missing.contoso.example");
  dns_service_finish_hook(service); /* the sanitizer sees what would be left */
}
END_TEST

/* ---- the order ---- */

static uint32_t drawn;

static uint32_t
fixed(uint32_t max)
{
  return drawn <= max ? drawn : max;
}

START_TEST(order__falls_on_the_heavy_one_as_often_as_it_weighs)
{
  static const struct {
    uint32_t lot;
    const char *first;
  } rows[] = {{0, "none"}, {1, "light"}, {20, "light"}, {21, "heavy"}, {80, "heavy"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct dns_answer *a = dns_answer_create("x", NULL);
    const tenon_dns_record given[] = {{.weight = 20, .target = "light"},
                                      {.weight = 60, .target = "heavy"},
                                      {.weight = 0, .target = "none"}};
    for (size_t j = 0; j < 3; j++)
      ck_assert(dns_answer_add(a, &given[j]));
    drawn = rows[i].lot;
    dns_order(a, fixed);
    ck_assert_str_eq(a->records[0]->target, rows[i].first);
    dns_answer_destroy(a);
  }
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("dns");
  TCase *tc = tcase_create("dns");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, address__gives_both_families_and_how_long_they_live);
  tcase_add_test(tc, address__follows_aliases_in_whatever_order_they_stand);
  tcase_add_test(tc, address__of_a_long_answer_comes_over_tcp_and_is_cut_at_the_limit);
  tcase_add_test(tc, address__that_is_truncated_is_asked_for_over_tcp);
  tcase_add_test(tc, cname__is_the_end_of_the_chain);
  tcase_add_test(tc, mx__stands_by_preference);
  tcase_add_test(tc, srv__stands_by_priority);
  tcase_add_test(tc, srv__without_weights_is_drawn_by_lot);
  tcase_add_test(tc, srv__that_says_there_is_no_such_service_is_no_record);
  tcase_add_test(tc, lookup__says_why_there_is_nothing);
  tcase_add_test(tc, lookup__of_a_server_that_is_not_there_says_so);
  tcase_add_test(tc, lookup__ends_at_the_deadline_and_on_cancel);
  tcase_add_test(tc, lookup__does_not_ask_for_what_is_no_name);
  tcase_add_test(tc, lookup__reads_the_server_as_people_write_it);
  tcase_add_test(tc, lookup__by_the_system_knows_the_hosts_file);
  tcase_add_test(tc, answers__are_taken_back_by_release_and_at_the_end_of_the_hook);
  tcase_add_test(tc, order__falls_on_the_heavy_one_as_often_as_it_weighs);
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
