// SPDX-License-Identifier: Apache-2.0
/* tenon swap as a program: from the test connector to those of tests/cli/connectors, and back; once in a worker and once
 * in the process (TENON_TEST_IN_PROCESS=1). */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/cli/cli.h"
#include "core/cli/sunset.h"
#include "core/json/json.h"
#include "tests/cli/run.h"

#define ANSWERS " --set tenant=contoso --secret pin=- --no-input"

/* The command line with the connectors of the tests, in the mode that is tested. */
static const char *
mode(const char *line)
{
  static char text[1024];

  (void)snprintf(text, sizeof text, "%s --plugin-dir " TEST_SWAPEES "%s", line,
                 getenv("TENON_TEST_IN_PROCESS") ? " --in-process" : "");
  return text;
}

static cJSON *
stored(const char *name)
{
  char path[160];
  CLEANUP_BUF struct buf text = BUF_INIT(STORE_FILE_MAX);
  const char *why = NULL;

  (void)snprintf(path, sizeof path, "%s/.config/tenon/connections/%s.json", run_home, name);
  FILE *f = fopen(path, "re");
  ck_assert_ptr_nonnull(f);
  for (int c = fgetc(f); c != EOF; c = fgetc(f))
    ck_assert(buf_putc(&text, (char)c));
  ck_assert_int_eq(fclose(f), 0);
  cJSON *json = json_parse(buf_text(&text), text.len, NULL, &why);
  ck_assert_msg(json != NULL, "%s", why);
  return json;
}

static void
expect_connector(const char *connector)
{
  CLEANUP_JSON cJSON *json = stored("corp");
  ck_assert_str_eq(json_text(json, "connector"), connector);
}

static void
swap_out(void)
{
  CLEANUP_RAN struct ran r = run_with(mode("swap corp --to modern" ANSWERS), "1234\n");
  expect_status(&r, STATUS_PASSED);
}

static bool
has_word(const cJSON *array, const char *word)
{
  const cJSON *item;

  cJSON_ArrayForEach(item, array)
  {
    if (strcmp(cJSON_GetStringValue(item), word) == 0)
      return true;
  }
  return false;
}

START_TEST(swap__carries_what_both_share_and_keeps_the_rest)
{
  store_test_connection("corp", "pass:one", "right");
  CLEANUP_RAN struct ran r = run_with(mode("swap corp --to modern" ANSWERS), "1234\n");
  expect_status(&r, STATUS_PASSED);
  expect_in(r.err, "Swapped \"corp\": testconnector -> modern.");
  expect_in(r.err, "Back: tenon swap corp --to testconnector");
  CLEANUP_JSON cJSON *json = stored("corp");
  const cJSON *values = json_object(json, "values"),
              *former = json_object(json_object(json, "former"), "testconnector");
  ck_assert_str_eq(json_text(json, "connector"), "modern");
  ck_assert_str_eq(json_text(values, "server"), "x.test");
  ck_assert_str_eq(json_text(values, "tenant"), "contoso");
  ck_assert_ptr_nonnull(json_object(values, "password"));
  ck_assert_ptr_nonnull(json_object(values, "pin"));
  ck_assert_ptr_null(json_text(values, "script"));
  ck_assert_str_eq(json_text(json_object(former, "values"), "script"), "pass:one");
  ck_assert_str_eq(json_text(json_object(json, "verified"), "outcome"), "pass");
  CLEANUP_RAN struct ran verify = run(mode("verify corp"));
  expect_status(&verify, STATUS_PASSED);
}
END_TEST

START_TEST(swap_back__asks_nothing)
{
  store_test_connection("corp", "pass:one", "right");
  swap_out();
  CLEANUP_RAN struct ran back = run(mode("swap corp --to testconnector --no-input"));
  expect_status(&back, STATUS_PASSED);
  CLEANUP_JSON cJSON *json = stored("corp");
  ck_assert_str_eq(json_text(json_object(json, "values"), "script"), "pass:one");
  CLEANUP_RAN struct ran again = run(mode("swap corp --to modern --no-input"));
  expect_status(&again, STATUS_PASSED);
  CLEANUP_JSON cJSON *out = stored("corp");
  ck_assert_str_eq(json_text(json_object(out, "values"), "tenant"), "contoso");
}
END_TEST

START_TEST(swap_back__takes_the_old_answer_where_another_was_given)
{
  store_test_connection("corp", "pass:one", "right");
  CLEANUP_RAN struct ran out =
      run_with(mode("swap corp --to modern --set server=cloud.test" ANSWERS), "1234\n");
  expect_status(&out, STATUS_PASSED);
  CLEANUP_RAN struct ran plan = run(mode("swap corp --to testconnector --dry-run"));
  expect_in(plan.out, "comes back  server    x.test");
  expect_in(plan.out, "kept aside  server    cloud.test (another one was kept)");
  CLEANUP_RAN struct ran back = run(mode("swap corp --to testconnector --no-input"));
  expect_status(&back, STATUS_PASSED);
  CLEANUP_JSON cJSON *json = stored("corp");
  ck_assert_str_eq(json_text(json_object(json, "values"), "server"), "x.test");
}
END_TEST

START_TEST(swap__names_each_answer_that_is_missing)
{
  store_test_connection("corp", "pass:one", "right");
  CLEANUP_RAN struct ran r = run(mode("swap corp --to modern --no-input"));
  expect_status(&r, STATUS_NOANSWER);
  expect_in(r.err, "tenant: ");
  expect_in(r.err, "--set tenant=VALUE");
  expect_in(r.err, "--secret pin=FILE");
  expect_connector("testconnector");
}
END_TEST

START_TEST(swap__leaves_the_old_connection_when_the_new_one_fails)
{
  store_test_connection("corp", "pass:one", "right");
  CLEANUP_RAN struct ran r =
      run_with(mode("swap corp --to modern --set mood=bad" ANSWERS), "1234\n");
  expect_status(&r, STATUS_NETWORK);
  expect_in(r.err, "Nothing was swapped");
  expect_in(r.err, "--unverified");
  expect_in(r.out, "Make it right.");
  expect_connector("testconnector");
  CLEANUP_RAN struct ran anyway =
      run_with(mode("swap corp --to modern --unverified --set mood=bad" ANSWERS), "1234\n");
  expect_status(&anyway, STATUS_NETWORK);
  expect_in(anyway.err, "modern, unverified");
  CLEANUP_JSON cJSON *json = stored("corp");
  ck_assert_str_eq(json_text(json, "connector"), "modern");
  ck_assert_str_eq(json_text(json_object(json, "verified"), "outcome"), "fail");
}
END_TEST

START_TEST(swap__is_not_held_up_by_the_old_connector)
{
  store_test_connection("corp", "fail:one", "right");
  CLEANUP_RAN struct ran r = run_with(mode("swap corp --to modern" ANSWERS), "1234\n");
  expect_status(&r, STATUS_PASSED);
  expect_connector("modern");
}
END_TEST

START_TEST(swap__shows_both_side_by_side)
{
  store_test_connection("corp", "pass:one warn:two", "right");
  CLEANUP_RAN struct ran text =
      run_with(mode("swap corp --to modern --set mood=bad" ANSWERS), "1234\n");
  expect_in(text.out, "CHECK");
  expect_in(text.out, "auth.basic   pass    pass\n");
  expect_in(text.out, "modern.mood  -       fail   differs\n");
  expect_in(text.out, "two          warn    -      differs\n");
  CLEANUP_RAN struct ran r =
      run_with(mode("swap corp --to modern -o json --set mood=bad" ANSWERS), "1234\n");
  CLEANUP_JSON cJSON *json = cJSON_Parse(r.out);
  ck_assert_ptr_nonnull(json);
  ck_assert_str_eq(json_text(json_object(json, "before"), "outcome"), "pass");
  ck_assert_str_eq(json_text(json_object(json, "after"), "outcome"), "fail");
  ck_assert_str_eq(json_text(json, "outcome"), "fail");
  ck_assert_str_eq(json_text(json, "cause"), "network");
  ck_assert(!json_bool(json, "swapped"));
  ck_assert(has_word(json_array(json, "dropped"), "script"));
  const cJSON *difference;
  int n = 0;
  cJSON_ArrayForEach(difference, json_array(json, "differences"))
  {
    ck_assert_str_ne(json_text(difference, "id"), "auth.basic");
    n++;
  }
  ck_assert_int_eq(n, 5);
  CLEANUP_RAN struct ran lines = run_with(mode("swap corp --to modern -o jsonl" ANSWERS), "1234\n");
  expect_in(lines.out, "{\"event\":\"plan\",");
  expect_in(lines.out, "{\"event\":\"check\",\"side\":\"before\",\"id\":\"net.connect\"");
  expect_in(lines.out, "{\"event\":\"difference\",\"id\":\"two\"");
  expect_in(lines.out, "{\"event\":\"result\",\"outcome\":\"pass\",\"swapped\":true}");
}
END_TEST

START_TEST(dry_run__says_what_becomes_of_each_answer_and_changes_nothing)
{
  store_test_connection("corp", "pass:one", "right");
  CLEANUP_RAN struct ran r = run(mode("swap corp --to modern --dry-run"));
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "carried     server    x.test");
  expect_in(r.out, "carried     password  (secret)");
  expect_in(r.out, "kept aside  script    pass:one (its own)");
  expect_in(r.out, "asked       tenant    Tenant: --set tenant=VALUE");
  expect_in(r.err, "Nothing was changed, and nobody was contacted.");
  expect_in(r.err, "Next: tenon swap corp --to modern --set tenant=VALUE --secret pin=FILE");
  expect_connector("testconnector");
  CLEANUP_RAN struct ran given = run(mode("swap corp --to modern --dry-run -o json --set "
                                          "tenant=contoso --secret pin=/nowhere"));
  CLEANUP_JSON cJSON *json = cJSON_Parse(given.out);
  ck_assert_str_eq(json_text(json, "to"), "modern");
  ck_assert_int_eq(cJSON_GetArraySize(json_array(json, "asked")), 0);
  ck_assert(has_word(json_array(json, "carried"), "password"));
}
END_TEST

START_TEST(dry_run__keeps_aside_what_is_no_answer_there)
{
  store_test_connection("corp", "pass:one", "right");
  CLEANUP_RAN struct ran edit =
      run(mode("wizard corp --no-input --set auth=basic --set mailbox=ben@x.test --unverified"));
  CLEANUP_RAN struct ran r = run(mode("swap corp --to modern --dry-run"));
  expect_in(r.out, "kept aside  auth      basic (Sign-in expects one of: token, none.)");
  expect_in(r.out, "mailbox   ben@x.test (not asked for there with these answers)");
  CLEANUP_RAN struct ran none = run(mode("swap corp --to modern --dry-run --set auth=none"));
  expect_in(none.out, "carried     mailbox   ben@x.test");
}
END_TEST

START_TEST(swap__refuses_what_cannot_be)
{
  static const struct {
    const char *line, *says;
    int status;
  } cases[] = {
      {"swap", "Which connection?", STATUS_USAGE},
      {"swap corp", "--to CONNECTOR", STATUS_USAGE},
      {"swap nobody --to modern", "There is no connection", STATUS_USAGE},
      {"swap corp --to testconnector", "goes by testconnector already", STATUS_USAGE},
      {"swap corp --to moderm", "Did you mean \"modern\"?", STATUS_ENVIRONMENT},
      {"swap corp --to stranger", "only connectors of one family", STATUS_USAGE},
      {"swap target --to sunset", "\"target\" is a target, and sunset cannot be one", STATUS_USAGE},
      {"swap lost --to modern", "The connector gone, which \"lost\" goes by now, is not here",
       STATUS_ENVIRONMENT},
      {"swap corp --to modern --set tenan=x --dry-run", "Did you mean \"tenant\"?", STATUS_USAGE},
      {"swap corp --to modern --set pin=x --dry-run", "Use --secret pin=FILE", STATUS_USAGE},
      {"swap corp --to modern --set mood=grey --dry-run", "expects one of", STATUS_USAGE},
      {"swap corp --to modern --secret tenant=x --dry-run", "has no field", STATUS_USAGE},
  };

  store_test_connection("corp", "pass:one", "right");
  write_home_file(
      ".config/tenon/connections/target.json",
      "{\"version\":1,\"connector\":\"testconnector\",\"role\":\"target\",\"values\":{}}");
  write_home_file(".config/tenon/connections/lost.json",
                  "{\"version\":1,\"connector\":\"gone\",\"values\":{}}");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CLEANUP_RAN struct ran r = run(mode(cases[i].line));
    ck_assert_msg(r.status == cases[i].status, "%s: %d\n%s", cases[i].line, r.status, r.err);
    expect_in(r.err, cases[i].says);
  }
  expect_connector("testconnector");
}
END_TEST

START_TEST(swap__keeps_what_the_new_plugin_kept_and_notes_itself)
{
  store_test_connection("corp", "vault:old", "right");
  CLEANUP_RAN struct ran r =
      run_with(mode("swap corp --to modern --set mood=keep" ANSWERS), "1234\n");
  expect_status(&r, STATUS_PASSED);
  CLEANUP_JSON cJSON *json = stored("corp");
  ck_assert_ptr_nonnull(json_object(json_object(json, "values"), "kept.token"));
  const cJSON *former = json_object(json_object(json, "former"), "testconnector");
  ck_assert_ptr_nonnull(json_object(json_object(former, "values"), "kept.old"));
  char command[256];
  (void)snprintf(command, sizeof command,
                 "grep -q '\"swap\":{\"from\":\"testconnector\",\"to\":\"modern\"},\"checks\":' "
                 "%s/.local/state/tenon/history/corp.jsonl",
                 run_home);
  ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(swap__with_a_question_and_nobody_there_changes_nothing)
{
  store_test_connection("corp", "pass:one", "right");
  CLEANUP_RAN struct ran r =
      run_with(mode("swap corp --to modern --set mood=ask" ANSWERS), "1234\n");
  expect_status(&r, STATUS_NOANSWER);
  expect_in(r.err, "modern.sure");
  expect_connector("testconnector");
}
END_TEST

START_TEST(remove__takes_the_secrets_of_a_swapped_connection_away)
{
  char command[256];

  store_test_connection("corp", "pass:one", "right");
  swap_out();
  CLEANUP_RAN struct ran show = run("connections show corp");
  expect_in(show.out, "script");
  CLEANUP_RAN struct ran r = run("connections remove corp");
  expect_status(&r, STATUS_PASSED);
  (void)snprintf(command, sizeof command, "ls %s/.local/share/tenon/vault/*.sealed >/dev/null 2>&1",
                 run_home);
  ck_assert_int_ne(system(command), 0);
}
END_TEST

START_TEST(export__takes_what_former_connectors_left_along)
{
  char path[160], line[400];

  store_test_connection("corp", "pass:one", "right");
  swap_out();
  write_home_file("phrase", "open sesame\n");
  (void)snprintf(path, sizeof path, "%s/phrase", run_home);
  ck_assert_int_eq(chmod(path, 0600), 0);
  (void)snprintf(line, sizeof line, "connections export corp --secrets --passphrase-file %s", path);
  CLEANUP_RAN struct ran out = run(mode(line));
  expect_status(&out, STATUS_PASSED);
  (void)snprintf(line, sizeof line,
                 "connections import - --replace --passphrase-file %s --plugin-dir " TEST_SWAPEES,
                 path);
  CLEANUP_RAN struct ran in = run_with(line, out.out);
  expect_status(&in, STATUS_PASSED);
  CLEANUP_RAN struct ran back = run(mode("swap corp --to testconnector --no-input"));
  expect_status(&back, STATUS_PASSED);
  CLEANUP_JSON cJSON *json = stored("corp");
  ck_assert_str_eq(json_text(json_object(json, "values"), "script"), "pass:one");
}
END_TEST

START_TEST(show__names_what_is_kept_of_former_connectors)
{
  store_test_connection("corp", "vault:old", "right");
  CLEANUP_RAN struct ran keeps = run(mode("verify corp"));
  swap_out();
  CLEANUP_RAN struct ran r = run("connections show corp");
  expect_in(r.out, "kept of testconnector");
  expect_in(r.out, "kept.old (secret); since");
}
END_TEST

/* ---- the end of connectors ------------------------------------------------------------------------------------------- */

START_TEST(days__are_counted_over_months_and_leap_years)
{
  static const struct {
    const char *today, *date;
    int64_t days;
  } cases[] = {{"2026-11-22T09:00:00Z", "2027-04-01", 130},
               {"2026-11-22", "2026-11-22", 0},
               {"2026-11-22", "2026-11-21", -1},
               {"2024-02-28", "2024-03-01", 2},
               {"2023-02-28", "2023-03-01", 1},
               {"2000-01-01", "2001-01-01", 366}};
  int64_t days = 0;

  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ck_assert(sunset_days(cases[i].today, cases[i].date, &days));
    ck_assert_int_eq(days, cases[i].days);
  }
  ck_assert(!sunset_days("2026-11-22", "soon", &days));
  ck_assert(!sunset_days("2026-11-22", "2026-13-01", &days));
}
END_TEST

#define PLUGIN(id_, retires_, successor_)                                                          \
  {                                                                                                \
    .size = sizeof(tenon_plugin_info), .id = (id_), .retires = (retires_),                         \
    .successor = (successor_), .usable = 1                                                         \
  }

START_TEST(sunset__goes_past_successors_that_stop_soon_themselves)
{
  static const tenon_plugin_info a = PLUGIN("a", "2027-04-01", "b"),
                                 b = PLUGIN("b", "2027-01-01", "c"),
                                 c = PLUGIN("c", "2030-01-01", "d"), d = PLUGIN("d", NULL, NULL),
                                 x = PLUGIN("x", "2026-01-01", "y"),
                                 y = PLUGIN("y", "2026-01-01", "x"),
                                 z = PLUGIN("z", "2027-04-01", "gone");
  const tenon_plugin_info *const list[] = {&a, &b, &c, &d, &x, &y, &z, NULL};
  struct sunset s;

  ck_assert(sunset_find(list, "a", "2026-11-22", &s));
  ck_assert_str_eq(s.successor, "b");
  ck_assert_str_eq(s.to, "c");
  ck_assert_int_eq(s.days, 130);
  ck_assert(sunset_near(&s) && !sunset_past(&s));
  ck_assert(sunset_find(list, "c", "2026-11-22", &s));
  ck_assert(!sunset_near(&s));
  ck_assert(sunset_find(list, "x", "2026-11-22", &s));
  ck_assert(sunset_past(&s));
  ck_assert_str_eq(s.to, "y");
  ck_assert(sunset_find(list, "z", "2026-11-22", &s));
  ck_assert_ptr_null(s.to);
  ck_assert(!sunset_find(list, "d", "2026-11-22", &s));
}
END_TEST

START_TEST(sunset__is_none_for_answers_that_it_does_not_hold_for)
{
  CLEANUP_CONNECTION struct connection *c = connection_create("corp", "z", "1.0.0", 1);
  const struct sunset some = {.connector = "z", .retires = "2027-04-01", .when = "cloud != 'far'"};
  const struct sunset all = {.connector = "z", .retires = "2027-04-01"};

  ck_assert(c && sunset_holds(&some, c) && sunset_holds(&all, c) && sunset_holds(&some, NULL));
  ck_assert(connection_set(c, "cloud", "far"));
  ck_assert(!sunset_holds(&some, c) && sunset_holds(&all, c));
}
END_TEST

static void
store_of(const char *name, const char *connector)
{
  char path[96], text[256], command[160];

  (void)snprintf(command, sizeof command, "mkdir -p -m 700 %s/.config/tenon/connections", run_home);
  ck_assert_int_eq(system(command), 0);
  (void)snprintf(path, sizeof path, ".config/tenon/connections/%s.json", name);
  (void)snprintf(
      text, sizeof text,
      "{\"version\":1,\"connector\":\"%s\",\"values\":{\"server\":\"s\",\"mood\":\"good\"}}",
      connector);
  write_home_file(path, text);
}

START_TEST(list__says_what_stops_when_and_where_to_go)
{
  store_test_connection("corp", "pass:one", "right");
  store_of("old", "sunset");
  store_of("late", "dusk");
  CLEANUP_RAN struct ran r = run("connections list --plugin-dir " TEST_SWAPEES);
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "STOPS");
  expect_in(r.out, "2020-01-01 (");
  expect_in(r.out, " days ago)");
  expect_in(r.err, "old: sunset stopped on 2020-01-01");
  expect_in(r.err, "Next: tenon swap old --to modern --dry-run");
  expect_in(r.err, "late: dusk stops on 2999-12-31");
  expect_in(r.err, "Next: tenon swap late --to modern --dry-run");
  CLEANUP_RAN struct ran json = run("connections list -o json --plugin-dir " TEST_SWAPEES);
  CLEANUP_JSON cJSON *list = cJSON_Parse(json.out);
  const cJSON *late = cJSON_GetArrayItem(json_array(list, "connections"), 1),
              *old = cJSON_GetArrayItem(json_array(list, "connections"), 2);
  int64_t days = -1;
  ck_assert_str_eq(json_text(late, "successor"), "sunset");
  ck_assert_str_eq(json_text(old, "retires"), "2020-01-01");
  ck_assert(json_int(old, "days_left", &days));
  ck_assert_int_eq(days, 0);
  ck_assert_str_eq(json_text(json_object(old, "swap"), "to"), "modern");
  ck_assert_ptr_null(json_array(json_object(old, "swap"), "asked"));
}
END_TEST

START_TEST(list__without_an_end_in_sight_is_as_ever)
{
  store_test_connection("corp", "pass:one", "right");
  CLEANUP_RAN struct ran r = run("connections list --plugin-dir " TEST_SWAPEES);
  expect_not_in(r.out, "STOPS");
  ck_assert_str_eq(r.err, "");
}
END_TEST

START_TEST(radar__says_what_the_swap_needs)
{
  store_of("old", "sunset");
  CLEANUP_RAN struct ran r = run(mode("connections list --radar -o json"));
  CLEANUP_JSON cJSON *list = cJSON_Parse(r.out);
  const cJSON *swap = json_object(cJSON_GetArrayItem(json_array(list, "connections"), 0), "swap");
  ck_assert_str_eq(json_text(swap, "to"), "modern");
  ck_assert(has_word(json_array(swap, "carried"), "server"));
  ck_assert(has_word(json_array(swap, "dropped"), "mood"));
  ck_assert(has_word(json_array(swap, "asked"), "tenant"));
  CLEANUP_RAN struct ran text = run(mode("connections list --radar"));
  expect_in(text.err, "It needs: --set tenant=VALUE --secret pin=FILE");
  CLEANUP_RAN struct ran show = run(mode("connections show old"));
  expect_in(show.out, "stops");
  expect_in(show.err, "It needs: --set tenant=VALUE --secret pin=FILE");
  CLEANUP_RAN struct ran object = run(mode("connections show old -o json"));
  CLEANUP_JSON cJSON *one = cJSON_Parse(object.out);
  ck_assert(has_word(json_array(json_object(one, "swap"), "asked"), "tenant"));
}
END_TEST

START_TEST(bare__puts_the_end_of_a_connector_first)
{
  store_of("aa", "testconnector");
  store_of("late", "dusk");
  CLEANUP_RAN struct ran far = run("--plugin-dir " TEST_SWAPEES);
  expect_in(far.err, "Next: tenon verify aa");
  store_of("old", "sunset");
  CLEANUP_RAN struct ran r = run("--plugin-dir " TEST_SWAPEES);
  expect_in(r.err, "Next: tenon swap old --to modern --dry-run");
  expect_not_in(r.err, "Next: tenon verify");
}
END_TEST

START_TEST(wizard__mentions_the_end_with_the_name_that_it_saved)
{
  CLEANUP_RAN struct ran r = run_with(
      mode("wizard old --connector sunset --unverified --set server=x.test" ANSWERS), "1234\n");
  expect_in(r.out, "Saved connection \"old\"");
  expect_in(r.err, "Next: tenon swap old --to modern --dry-run");
}
END_TEST

START_TEST(verify__mentions_the_end_only_where_it_is_near)
{
  store_of("old", "sunset");
  store_of("late", "dusk");
  CLEANUP_RAN struct ran r = run(mode("verify old"));
  expect_in(r.err, "old: sunset stopped on 2020-01-01");
  CLEANUP_RAN struct ran late = run(mode("verify late"));
  expect_not_in(late.err, "stops on");
  CLEANUP_RAN struct ran json = run(mode("verify old -o json"));
  expect_not_in(json.err, "stopped on");
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("cli swap");
  TCase *t = tcase_create("swap");

  tcase_add_checked_fixture(t, run_setup, run_teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, swap__carries_what_both_share_and_keeps_the_rest);
  tcase_add_test(t, swap_back__asks_nothing);
  tcase_add_test(t, swap_back__takes_the_old_answer_where_another_was_given);
  tcase_add_test(t, swap__names_each_answer_that_is_missing);
  tcase_add_test(t, swap__leaves_the_old_connection_when_the_new_one_fails);
  tcase_add_test(t, swap__is_not_held_up_by_the_old_connector);
  tcase_add_test(t, swap__shows_both_side_by_side);
  tcase_add_test(t, dry_run__says_what_becomes_of_each_answer_and_changes_nothing);
  tcase_add_test(t, dry_run__keeps_aside_what_is_no_answer_there);
  tcase_add_test(t, swap__refuses_what_cannot_be);
  tcase_add_test(t, swap__keeps_what_the_new_plugin_kept_and_notes_itself);
  tcase_add_test(t, swap__with_a_question_and_nobody_there_changes_nothing);
  tcase_add_test(t, remove__takes_the_secrets_of_a_swapped_connection_away);
  tcase_add_test(t, export__takes_what_former_connectors_left_along);
  tcase_add_test(t, show__names_what_is_kept_of_former_connectors);
  tcase_add_test(t, days__are_counted_over_months_and_leap_years);
  tcase_add_test(t, sunset__goes_past_successors_that_stop_soon_themselves);
  tcase_add_test(t, sunset__is_none_for_answers_that_it_does_not_hold_for);
  tcase_add_test(t, list__says_what_stops_when_and_where_to_go);
  tcase_add_test(t, list__without_an_end_in_sight_is_as_ever);
  tcase_add_test(t, radar__says_what_the_swap_needs);
  tcase_add_test(t, bare__puts_the_end_of_a_connector_first);
  tcase_add_test(t, wizard__mentions_the_end_with_the_name_that_it_saved);
  tcase_add_test(t, verify__mentions_the_end_only_where_it_is_near);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
