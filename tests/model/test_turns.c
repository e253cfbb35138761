// SPDX-License-Identifier: Apache-2.0
/* Turns at an account, written down as they are given: "a go b wait". */
#include "core/model/turns.h"

#include <stdio.h>
#include <string.h>

#include "tests/suite.h"

#define VISITS 8

static struct turns *turns;
static struct turns_visit visits[VISITS];
static char heard[512]; /* words of those that were woken */

static const char *
name_of(enum turn_word word)
{
  static const char *const names[] = {"go", "open", "look", "wait", "shut", "full"};
  return names[word];
}

static void
on_wake(void *user, struct turns_visit *visit, enum turn_word word)
{
  size_t n = strlen(heard);
  (void)user;
  (void)snprintf(heard + n, sizeof heard - n, "%c %s ", (int)('a' + (visit - visits)),
                 name_of(word));
}

static const uint8_t *
key(const char *account)
{
  static uint8_t bytes[TURNS_KEY_BYTES];
  memset(bytes, 0, sizeof bytes);
  (void)snprintf((char *)bytes, sizeof bytes, "%s", account);
  return bytes;
}

static void
set_up(void)
{
  turns = turns_create(on_wake, NULL);
  ck_assert_ptr_nonnull(turns);
  memset(visits, 0, sizeof visits);
  heard[0] = '\0';
}

static void
enter(char visit, const char *server, uint64_t round, const char *wanted)
{
  ck_assert_str_eq(
      name_of(turns_enter(turns, key("anna"), server, round, false, &visits[visit - 'a'])), wanted);
}

static void
connected(char visit, const char *server, const char *wanted)
{
  ck_assert_str_eq(name_of(turns_enter(turns, key("anna"), server, 1, true, &visits[visit - 'a'])),
                   wanted);
}

static void
send(char visit, const char *wanted)
{
  ck_assert_str_eq(name_of(turns_send(turns, &visits[visit - 'a'])), wanted);
}

static void
leave(char visit, enum turn_result result, uint64_t now, const char *wanted)
{
  turns_leave(turns, &visits[visit - 'a'], result, now);
  ck_assert_str_eq(heard, wanted);
  heard[0] = '\0';
}

START_TEST(turns__lets_one_in_over_all_servers)
{
  set_up();
  enter('a', "mail", 1, "go");
  enter('b', "mail", 1, "wait");
  enter('c', "shell", 1, "wait");
  ck_assert(turns_inside(&visits[0]));
  ck_assert_ptr_eq(turns_blocker(&visits[2]), &visits[0]);
  leave('a', TURN_UNKNOWN, 1, "b go ");
  leave('b', TURN_UNKNOWN, 1, "c go ");
  leave('c', TURN_UNKNOWN, 1, "");
  turns_destroy(turns);
}
END_TEST

START_TEST(turns__opens_a_server_and_not_another_one)
{
  set_up();
  enter('a', "web", 1, "go");
  enter('b', "web", 1, "wait");
  enter('c', "mail", 1, "wait");
  enter('d', "mail", 1, "wait");
  enter('e', "web", 1, "wait");
  leave('a', TURN_ACCEPTED, 1, "b open c go e open ");
  enter('f', "web", 1, "open");
  leave('c', TURN_REFUSED, 1, "d shut ");
  turns_destroy(turns);
}
END_TEST

START_TEST(turns__shut_an_account_for_all_servers)
{
  set_up();
  enter('a', "mail", 1, "go");
  enter('b', "mail.contoso.example", 1, "wait");
  leave('a', TURN_REFUSED, 1, "b shut ");
  enter('c', "mail.contoso.example", 1, "shut");
  ck_assert_ptr_null(visits[2].place);
  turns_destroy(turns);
}
END_TEST

START_TEST(turns__try_once_more_what_was_begun_after_the_refusal)
{
  set_up();
  enter('a', "mail", 1, "go");
  enter('b', "mail", 2, "wait"); /* of another connection, begun before the refusal */
  leave('a', TURN_REFUSED, 2, "b shut ");
  enter('c', "mail", 2, "shut");
  enter('d', "mail", 3, "go");
  enter('e', "mail", 3, "wait");
  leave('d', TURN_REFUSED, 3, "e shut ");
  enter('f', "mail", 4, "go");
  enter('g', "mail", 4, "wait");
  leave('f', TURN_ACCEPTED, 4, "g open ");
  turns_destroy(turns);
}
END_TEST

START_TEST(turns__keep_a_refusal_when_an_older_answer_comes_late)
{
  set_up();
  enter('a', "mail", 1, "go");
  leave('a', TURN_ACCEPTED, 1, "");
  enter('b', "mail", 1, "open");
  enter('c', "mail", 1, "open");
  leave('b', TURN_REFUSED, 1, "");
  leave('c', TURN_ACCEPTED, 1, "");
  enter('d', "mail", 1, "shut");
  turns_destroy(turns);
}
END_TEST

START_TEST(turns__refuse_what_was_open_when_told_from_outside)
{
  set_up();
  enter('a', "mail", 1, "go");
  leave('a', TURN_ACCEPTED, 1, "");
  turns_refuse(turns, key("anna"), "mail", 1);
  enter('b', "mail", 1, "shut");
  enter('c', "shell", 1, "shut");
  enter('d', "mail", 2, "go");
  turns_destroy(turns);
}
END_TEST

START_TEST(turns__let_all_look_for_a_connection_that_one_did_not_get)
{
  set_up();
  enter('a', "mail", 1, "go");
  enter('b', "mail", 1, "wait");
  enter('c', "mail", 1, "wait");
  leave('a', TURN_UNSENT, 1, "b look c look ");
  enter('d', "mail", 1, "look");
  send('b', "go");
  send('c', "wait");
  enter('e', "mail", 1, "wait"); /* there are connections again */
  leave('d', TURN_UNSENT, 1, "");
  leave('b', TURN_REFUSED, 1, "c shut e shut ");
  turns_destroy(turns);
}
END_TEST

START_TEST(turns__do_not_look_twice_with_a_connection_in_hand)
{
  set_up();
  enter('a', "mail", 1, "go");
  connected('b', "mail", "wait");
  enter('c', "mail", 1, "wait");
  leave('a', TURN_UNSENT, 1, "b go ");
  enter('d', "mail", 1, "wait");
  leave('b', TURN_ACCEPTED, 1, "c open d open ");
  turns_destroy(turns);
}
END_TEST

START_TEST(turns__stand_aside_for_who_knows_more)
{
  set_up();
  enter('a', "mail", 1, "go");
  enter('b', "mail", 1, "wait");
  turns_aside(turns, &visits[0], TURN_LOOK);
  ck_assert_str_eq(heard, "b look ");
  send('a', "go");
  send('b', "wait");
  heard[0] = '\0';
  turns_aside(turns, &visits[0], TURN_OPEN);
  ck_assert_str_eq(heard, "b open ");
  enter('c', "mail", 1, "open");
  turns_destroy(turns);
}
END_TEST

START_TEST(turns__are_passed_on_when_who_waits_gives_up)
{
  set_up();
  enter('a', "mail", 1, "go");
  enter('b', "mail", 1, "wait");
  enter('c', "mail", 1, "wait");
  leave('b', TURN_UNKNOWN, 1, "");
  leave('b', TURN_REFUSED, 1, ""); /* it is outside: nothing happens */
  enter('d', "mail", 1, "wait");
  leave('a', TURN_UNKNOWN, 1, "c go ");
  leave('c', TURN_UNKNOWN, 1, "d go ");
  turns_destroy(turns);
}
END_TEST

START_TEST(turns__forget_the_account_that_nobody_asked_for_longest)
{
  char name[TURNS_KEY_BYTES];
  struct turns_visit visit = {0};

  set_up();
  enter('a', "mail", 1, "go");
  leave('a', TURN_REFUSED, 1, "");
  enter('b', "mail", 2, "go"); /* somebody is at this one: it stays */
  for (unsigned i = 0; i < 2 * TURNS_ACCOUNTS_MAX; i++) {
    (void)snprintf(name, sizeof name, "user%u", i);
    ck_assert_int_eq(turns_enter(turns, key(name), "mail", 1, false, &visit), TURN_GO);
    turns_leave(turns, &visit, TURN_REFUSED, 1);
  }
  enter('c', "mail", 1, "shut");
  ck_assert_int_eq(turns_enter(turns, key("user0"), "mail", 1, false, &visit), TURN_GO);
  (void)snprintf(name, sizeof name, "user%u", 2 * TURNS_ACCOUNTS_MAX - 1);
  ck_assert_int_eq(turns_enter(turns, key(name), "mail", 1, false, &visit), TURN_SHUT);
  turns_destroy(turns);
}
END_TEST

SUITE("turns", turns__lets_one_in_over_all_servers, turns__opens_a_server_and_not_another_one,
      turns__shut_an_account_for_all_servers, turns__try_once_more_what_was_begun_after_the_refusal,
      turns__keep_a_refusal_when_an_older_answer_comes_late,
      turns__refuse_what_was_open_when_told_from_outside,
      turns__let_all_look_for_a_connection_that_one_did_not_get,
      turns__do_not_look_twice_with_a_connection_in_hand, turns__stand_aside_for_who_knows_more,
      turns__are_passed_on_when_who_waits_gives_up,
      turns__forget_the_account_that_nobody_asked_for_longest)
