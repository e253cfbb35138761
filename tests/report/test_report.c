// SPDX-License-Identifier: Apache-2.0
/* The renderings, held to files in golden/ (REPORT_UPDATE=1 writes them anew, to be read before they are kept), and to
 * what no rendering may let through. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json/json.h"
#include "core/report/csv.h"
#include "core/report/flow.h"
#include "core/report/report.h"

#define CHECK(...) ((tenon_check){.size = sizeof(tenon_check), __VA_ARGS__})

static bool
collect(void *user, const char *bytes, size_t n)
{
  return buf_put(user, bytes, n);
}

static void
hold_to(const char *name, const struct buf *got)
{
  char path[512], want[65536] = "";

  (void)snprintf(path, sizeof path, "%s/%s", GOLDEN_DIR, name);
  if (getenv("REPORT_UPDATE")) {
    FILE *f = fopen(path, "we");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(got->ptr, 1, got->len, f), got->len);
    ck_assert_int_eq(fclose(f), 0);
  }
  FILE *f = fopen(path, "re");
  ck_assert_msg(f != NULL, "%s", path);
  size_t n = fread(want, 1, sizeof want - 1, f);
  ck_assert_int_eq(fclose(f), 0);
  ck_assert_msg(n == got->len && memcmp(want, got->ptr, n) == 0, "%s differs:\n%s", name, got->ptr);
}

static const tenon_pair reasons[] = {
    {"offered", {"Negotiate, NTLM", 15}},
    {"tried", {"NTLM (3 legs)", 13}},
    {"got", {"401 after a complete exchange", 29}},
    {"likely",
     {"Extended Protection is on: the server wants channel bindings, and something between here "
      "and there ends the TLS connection",
      122}},
    {"also.1", {"a wrong password", 16}},
    {"also.2", {"the account may not sign in from the network", 44}},
    {"prove", {"kinit svc@CORP.TEST && tenon verify onprem", 42}},
    {"mend", {"Set-Thing -TokenChecking Allow", 30}},
};

static void
feed_verify(struct report *r)
{
  const struct report_head head = {"onprem", "example1", "1.2.0", "An example"};
  const tenon_check checks[] = {
      CHECK(.state = TENON_PASS, .id = "net.resolve", .title = "DNS",
            .detail = "mail.test -> 10.20.0.14"),
      CHECK(.state = TENON_WARN, .id = "tls.certificate", .title = "Certificate",
            .detail = "ends in 9 days", .remedy = "Renew it.", .elapsed_ns = 12500000),
      CHECK(.state = TENON_FAIL, .id = "auth.ntlm", .title = "Sign-in", .detail = "refused (401)",
            .remedy = "Ask for the setting of Extended Protection.", .cause = TENON_E_AUTH,
            .field = "password", .link = "https://docs.test/auth", .elapsed_ns = 400000000,
            .data = reasons, .n_data = sizeof reasons / sizeof *reasons),
      CHECK(.state = TENON_SKIP, .id = "ews.endpoint", .title = "Service", .because = "auth.ntlm"),
      CHECK(.state = TENON_FAIL, .id = "throttle", .title = "Budget", .detail = "busy",
            .remedy = "Wait.", .cause = TENON_E_TRANSIENT, .level = TENON_LEVEL_INFO,
            .retry_ns = 30000000000)};

  ck_assert(report_begin(r, &head));
  for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
    ck_assert(report_check(r, &checks[i]));
  ck_assert(report_end(r, TENON_OK));
}

static void
feed_subjects(struct report *r)
{
  const struct report_head head = {"onprem", "example1", "1.2.0", "An example"};
  const tenon_pair refused = {"verdict", {"refused", 7}};
  const tenon_check checks[] = {
      CHECK(.state = TENON_PASS, .id = "x", .title = "Acting", .subject = "anna@corp.test"),
      CHECK(.state = TENON_FAIL, .id = "x", .title = "Acting", .subject = "ben@corp.test",
            .cause = TENON_E_DENIED, .detail = "said \"no\", twice",
            .remedy = "Grant it on ben@corp.test.", .data = &refused, .n_data = 1),
      CHECK(.state = TENON_FAIL, .id = "x", .title = "Acting", .subject = "carla@corp.test",
            .cause = TENON_E_DENIED, .detail = "said no", .remedy = "Grant it on carla@corp.test.",
            .data = &refused, .n_data = 1)};

  ck_assert(report_begin(r, &head));
  for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
    ck_assert(report_check(r, &checks[i]));
  ck_assert(report_end(r, TENON_OK));
}

static void
render(uint32_t format, struct report_style style, void (*feed)(struct report *),
       const char *golden)
{
  CLEANUP_BUF struct buf got = BUF_INIT(1u << 20);
  struct report *r = report_create(format, &style, collect, &got);

  feed(r);
  report_destroy(r);
  hold_to(golden, &got);
}

START_TEST(text__shows_the_cause_what_proves_it_and_what_mends_it)
{
  render(REPORT_TEXT, (struct report_style){.utf8 = true}, feed_verify, "verify.txt");
}
END_TEST

START_TEST(text__wraps_at_the_width_and_colours_where_wanted)
{
  render(REPORT_TEXT, (struct report_style){.utf8 = true, .colour = true, .width = 60}, feed_verify,
         "verify-colour-60.txt");
}
END_TEST

START_TEST(text__marks_in_ascii_where_the_locale_has_no_more)
{
  render(REPORT_TEXT, (struct report_style){0}, feed_verify, "verify-ascii.txt");
}
END_TEST

START_TEST(text__says_a_remedy_once_for_many_subjects)
{
  render(REPORT_TEXT, (struct report_style){.utf8 = true}, feed_subjects, "subjects.txt");
}
END_TEST

/* Rendered as text at a width; what is to be found in it, or not. */
static struct buf
text_of(void (*feed)(struct report *), struct report_style style)
{
  struct buf got = BUF_INIT(16u << 20);
  struct report *r = report_create(REPORT_TEXT, &style, collect, &got);

  feed(r);
  report_destroy(r);
  return got;
}

#define COMMAND                                                                                    \
  "Set-Thing -Identity 'somebody with a long name@corp.test' -TokenChecking Allow -Confirm:$false"

static void
feed_commands(struct report *r)
{
  static const tenon_pair data[] = {{"prove", {"one\ntwo", 7}},
                                    {"mend", {COMMAND, sizeof COMMAND - 1}}};
  const tenon_check c = CHECK(.state = TENON_FAIL, .id = "a", .title = "A", .remedy = "Set it.",
                              .data = data, .n_data = 2, .link = "https://docs.test/" COMMAND);

  ck_assert(report_begin(r, &(struct report_head){0}));
  ck_assert(report_check(r, &c));
  ck_assert(report_end(r, TENON_OK));
}

START_TEST(text__gives_each_command_a_line_of_its_own_that_nothing_breaks)
{
  CLEANUP_BUF struct buf got =
      text_of(feed_commands, (struct report_style){.utf8 = true, .width = REPORT_WIDTH_MIN});

  ck_assert_ptr_nonnull(strstr(buf_text(&got), "\n        " COMMAND "\n"));
  ck_assert_ptr_nonnull(strstr(buf_text(&got), "\n        one\n        two\n"));
}
END_TEST

static void
feed_titles(struct report *r)
{
  const tenon_check checks[] = {
      CHECK(.state = TENON_PASS, .id = "a", .title = "Name", .detail = "mail.test"),
      CHECK(.state = TENON_PASS, .id = "b", .title = "Impersonation role", .detail = "is there"),
      CHECK(.state = TENON_FAIL, .id = "c", .title = "The certificate is for another name",
            .detail = "It is for web.test.", .remedy = "Name it.", .cause = TENON_E_TLS)};

  ck_assert(report_begin(r, &(struct report_head){0}));
  for (size_t i = 0; i < 3; i++)
    ck_assert(report_check(r, &checks[i]));
  ck_assert(report_end(r, TENON_OK));
}

START_TEST(flow__does_not_break_a_command_in_a_sentence)
{
  CLEANUP_BUF struct buf got = BUF_INIT(4096);
  const struct report_style style = {.width = 20};

  (void)flow_put(&got, &style, 0, 2, "Then run: `chmod 600 /a/long/path`, and a `lone one.");
  ck_assert_str_eq(buf_text(&got), "Then run:\n  `chmod 600 /a/long/path`,\n  and a `lone one.");
}
END_TEST

START_TEST(text__has_details_in_one_column_and_under_a_sentence)
{
  CLEANUP_BUF struct buf got = text_of(feed_titles, (struct report_style){.utf8 = true});

  ck_assert_ptr_nonnull(strstr(buf_text(&got), " Name                mail.test\n"));
  ck_assert_ptr_nonnull(strstr(buf_text(&got), " Impersonation role  is there\n"));
  ck_assert_ptr_nonnull(strstr(buf_text(&got), " The certificate is for another name [c]\n"
                                               "      It is for web.test.\n"));
}
END_TEST

static void
feed_fields(struct report *r)
{
  tenon_check c = CHECK(.state = TENON_FAIL, .id = "a", .title = "A", .remedy = "Do it.");
  static const char *const fields[] = {"mailbox", "password", "unknown"};

  report_name_field(r, "mailbox", "Mailbox to test with", false);
  report_name_field(r, "password", "Password", true);
  for (size_t i = 0; i < 3; i++) {
    c.field = fields[i];
    ck_assert(report_check(r, &c));
  }
  static const tenon_pair known[] = {{"answer", {"ben@x.test", 10}}};
  c.field = "mailbox";
  c.data = known;
  c.n_data = 1;
  ck_assert(report_check(r, &c));
}

START_TEST(text__names_a_field_as_the_form_does_and_how_to_give_it)
{
  CLEANUP_BUF struct buf got = text_of(feed_fields, (struct report_style){.utf8 = true});

  ck_assert_ptr_nonnull(
      strstr(buf_text(&got), "field          Mailbox to test with (--set mailbox=...)\n"));
  ck_assert_ptr_nonnull(
      strstr(buf_text(&got), "field          Password (--secret password=FILE)\n"));
  ck_assert_ptr_nonnull(strstr(buf_text(&got), "field          unknown\n"));
  ck_assert_ptr_nonnull(
      strstr(buf_text(&got), "field          Mailbox to test with (--set mailbox=ben@x.test)\n"));
}
END_TEST

#define MANY 20000

/* Every second is refused, in turn for one of two reasons. */
static void
feed_many(struct report *r)
{
  const tenon_pair refused[] = {{"verdict", {"refused", 7}}, {"got", {"HTTP 500, Denied", 16}}};
  char subject[32];

  for (int i = 0; i < MANY; i++) {
    (void)snprintf(subject, sizeof subject, "u%05d@corp.test", i);
    const tenon_check pass =
        CHECK(.state = TENON_PASS, .id = "x", .title = "Acting", .subject = subject);
    const tenon_check fail =
        CHECK(.state = TENON_FAIL, .id = "x", .title = "It may not be acted as", .subject = subject,
              .cause = TENON_E_DENIED, .detail = "said no",
              .remedy = i % 4 == 1 ? "Grant it." : "Widen it.", .data = refused, .n_data = 2);
    ck_assert(report_check(r, i % 2 ? &fail : &pass));
  }
  ck_assert(report_end(r, TENON_OK));
}

static size_t
count_of(const char *text, const char *what)
{
  size_t n = 0;

  for (const char *p = strstr(text, what); p; p = strstr(p + 1, what))
    n++;
  return n;
}

START_TEST(text__explains_each_reason_once_however_they_take_turns)
{
  CLEANUP_BUF struct buf got = text_of(feed_many, (struct report_style){.utf8 = true});

  ck_assert_uint_eq(count_of(buf_text(&got), "Grant it."), 1);
  ck_assert_uint_eq(count_of(buf_text(&got), "Widen it."), 1);
  ck_assert_uint_eq(count_of(buf_text(&got), " refused       Denied\n"), MANY / 2);
}
END_TEST

START_TEST(text__sums_up_many_subjects_in_a_row_a_verdict)
{
  CLEANUP_BUF struct buf got =
      text_of(feed_many, (struct report_style){.utf8 = true, .lines = REPORT_LINES});

  ck_assert_uint_lt(count_of(buf_text(&got), "\n"), 2 * REPORT_LINES + 40);
  ck_assert_uint_eq(count_of(buf_text(&got), "further \"refused\" are counted"), 1);
  const char *sum = strstr(buf_text(&got), "\n\n");
  ck_assert_ptr_nonnull(sum);
  ck_assert_str_eq(sum, "\n\n"
                        "  ok              10000  Acting\n"
                        "  refused         10000  It may not be acted as: u00001@corp.test, "
                        "u00003@corp.test,\n"
                        "                         u00005@corp.test ...\n"
                        "Failed (denied): 20000 tested, 10000 failed, 10000 passed.\n");
}
END_TEST

/* One reason, whose title names each of them. */
static void
feed_named(struct report *r)
{
  const tenon_pair data = {"verdict", {"out-of-scope", 12}};
  const char *const subjects[] = {"anna@corp.test", "bert@corp.test"};

  for (size_t i = 0; i < 2; i++) {
    CLEANUP_FREE char *title = text_printf("%s is outside the scope", subjects[i]);
    const tenon_check c =
        CHECK(.state = TENON_FAIL, .id = "x", .title = title, .subject = subjects[i],
              .cause = TENON_E_DENIED, .data = &data, .n_data = 1);
    ck_assert(report_check(r, &c));
  }
  ck_assert(report_end(r, TENON_OK));
}

START_TEST(text__takes_titles_that_differ_by_the_subject_for_one_reason)
{
  CLEANUP_BUF struct buf got = text_of(feed_named, (struct report_style){.utf8 = true});
  const char *sum = strstr(buf_text(&got), "\n\n");

  ck_assert_ptr_nonnull(sum);
  ck_assert_ptr_nonnull(strstr(sum, "  2  ... is outside the scope: anna@corp.test, bert@corp"));
  ck_assert_ptr_null(strstr(sum, "different reasons"));
}
END_TEST

START_TEST(jsonl__is_one_object_a_line_and_the_result_last)
{
  render(REPORT_JSONL, (struct report_style){0}, feed_verify, "verify.jsonl");
  render(REPORT_JSONL, (struct report_style){0}, feed_subjects, "subjects.jsonl");
}
END_TEST

START_TEST(json__is_one_object)
{
  render(REPORT_JSON, (struct report_style){0}, feed_verify, "verify.json");
  render(REPORT_JSON, (struct report_style){0}, feed_subjects, "subjects.json");
}
END_TEST

START_TEST(csv__quotes_as_rfc_4180_says)
{
  render(REPORT_CSV, (struct report_style){0}, feed_subjects, "subjects.csv");
}
END_TEST

static void
feed_mixed(struct report *r)
{
  const tenon_check c = CHECK(.state = TENON_PASS, .id = "a", .title = "A");
  const tenon_offer o = {
      .size = sizeof o, .value = "anna@corp.test", .label = "Anna", .detail = "room"};

  ck_assert(report_begin(r, &(struct report_head){0}));
  ck_assert(report_check(r, &c));
  ck_assert(report_offer(r, &o));
  ck_assert(report_check(r, &c));
  ck_assert(report_offer(r, &o));
  ck_assert(report_end(r, TENON_OK));
}

START_TEST(json__stays_one_object_whatever_the_order_of_checks_and_offers)
{
  static void (*const feeds[])(struct report *) = {feed_mixed, feed_verify, feed_subjects};

  for (size_t i = 0; i < 3; i++) {
    CLEANUP_BUF struct buf got = BUF_INIT(1u << 20);
    struct report *r = report_create(REPORT_JSON, &(struct report_style){0}, collect, &got);
    const char *why = NULL;
    feeds[i](r);
    report_destroy(r);
    while (got.len && got.ptr[got.len - 1] == '\n')
      got.ptr[--got.len] = '\0';
    CLEANUP_JSON cJSON *json = json_parse(got.ptr, got.len, NULL, &why);
    ck_assert_msg(json != NULL, "%s: %s", why, got.ptr);
  }
}
END_TEST

START_TEST(text__lets_no_terminal_escape_through)
{
  CLEANUP_BUF struct buf got = BUF_INIT(1u << 20);
  struct report *r =
      report_create(REPORT_TEXT, &(struct report_style){.utf8 = true}, collect, &got);
  const tenon_pair data = {"likely",
                           {"\033[2J\xc2\x9b"
                            "31m",
                            9}};
  const tenon_check c =
      CHECK(.state = TENON_FAIL, .id = "a\033b", .title = "\033]0;x\007",
            .detail = "a\rb\x7f \xe2\x80\xae \xff", .remedy = "\033c", .data = &data, .n_data = 1);

  ck_assert(report_begin(r, &(struct report_head){.connection = "x\033[1m"}));
  ck_assert(report_check(r, &c));
  ck_assert(report_end(r, TENON_OK));
  report_destroy(r);
  for (size_t i = 0; i < got.len; i++)
    ck_assert_msg((unsigned char)got.ptr[i] >= ' ' || got.ptr[i] == '\n', "byte %d", got.ptr[i]);
  ck_assert_ptr_null(strstr(got.ptr, "\xe2\x80\xae"));
  ck_assert_ptr_null(strstr(got.ptr, "\xc2\x9b"));
  ck_assert_ptr_null(strchr(got.ptr, '\xff'));
}
END_TEST

static bool
refuse(void *user, const char *bytes, size_t n)
{
  (void)bytes, (void)n;
  ++*(int *)user;
  return false;
}

START_TEST(report__renders_nothing_more_once_the_reader_is_gone)
{
  int writes = 0;
  struct report *r = report_create(REPORT_JSONL, &(struct report_style){0}, refuse, &writes);
  const tenon_check c = CHECK(.state = TENON_FAIL, .id = "a", .title = "A", .cause = TENON_E_TLS);
  tenon_status cause = TENON_OK;

  ck_assert(!report_check(r, &c));
  ck_assert(!report_check(r, &c));
  ck_assert(!report_end(r, TENON_OK));
  ck_assert_int_eq(writes, 1);
  ck_assert(!report_outcome(r, TENON_OK, &cause));
  ck_assert_int_eq(cause, TENON_E_TLS);
  report_destroy(r);
}
END_TEST

START_TEST(report__counts_more_verdicts_than_it_has_room_for_as_other)
{
  CLEANUP_BUF struct buf got = BUF_INIT(1u << 20);
  struct report *r = report_create(REPORT_JSONL, &(struct report_style){0}, collect, &got);
  const char *name = NULL;
  uint64_t count = 0, sum = 0;
  char text[16];

  for (int i = 0; i < 100; i++) {
    int n = snprintf(text, sizeof text, "v%d", i);
    const tenon_pair data = {"verdict", {text, (size_t)n}};
    const tenon_check c = CHECK(.state = TENON_PASS, .id = "a", .title = "A", .subject = "s",
                                .data = &data, .n_data = 1);
    ck_assert(report_check(r, &c));
  }
  size_t i = 0;
  for (; report_verdict(r, i, &name, &count); i++)
    sum += count;
  ck_assert_uint_eq(i, REPORT_VERDICTS_MAX + 1);
  ck_assert_str_eq(name, "other");
  ck_assert_uint_eq(count, 100 - REPORT_VERDICTS_MAX);
  ck_assert_uint_eq(sum, 100);
  report_destroy(r);
}
END_TEST

/* ---- CSV in --------------------------------------------------------------------------------------------------------- */

/* Fields as "a|b\n", fed `step` bytes at a time. */
static void
read_csv(const char *text, size_t step, struct buf *ret)
{
  struct csv_reader r;
  size_t at = 0, n = strlen(text);
  int what = CSV_MORE;
  bool end = false;

  csv_reader_init(&r);
  do {
    end = at == n;
    size_t used = 0, room = n - at < step ? n - at : step;
    what = room ? csv_feed(&r, text + at, room, &used) : csv_end(&r);
    at += used;
    if (what != CSV_MORE) {
      (void)buf_printf(ret, "%s%s", buf_text(&r.field), what == CSV_FIELD ? "|" : "\n");
      csv_next(&r, what);
    }
  } while (!end || what != CSV_MORE);
  csv_reader_finish(&r);
}

static void
feed_formulas(struct report *r)
{
  static const char *const subjects[] = {"=HYPERLINK(1)", "+1@a.test", "-x",
                                         "@SUM(1)",       "a=b",       "'a"};
  tenon_check c = CHECK(.state = TENON_PASS, .id = "a", .title = "A", .detail = "\033[2J\ttwo");

  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
    c.subject = subjects[i];
    ck_assert(report_check(r, &c));
  }
}

START_TEST(csv__holds_no_formula_and_reads_back_as_it_was)
{
  CLEANUP_BUF struct buf got = BUF_INIT(65536), back = BUF_INIT(4096);
  struct report *r = report_create(REPORT_CSV, &(struct report_style){0}, collect, &got);
  struct csv_reader reader;
  size_t used, at = 0;
  int what;

  feed_formulas(r);
  report_destroy(r);
  ck_assert_ptr_nonnull(strstr(buf_text(&got), "'=HYPERLINK(1),"));
  ck_assert_ptr_nonnull(strstr(buf_text(&got), "\na=b,"));
  ck_assert_ptr_null(strchr(buf_text(&got), '\033'));
  csv_reader_init(&reader);
  for (; (what = csv_feed(&reader, got.ptr + at, got.len - at, &used)) != CSV_MORE; at += used) {
    if (reader.index == 0)
      (void)buf_printf(&back, "%s|", csv_field(&reader));
    csv_next(&reader, what);
  }
  csv_reader_finish(&reader);
  ck_assert_str_eq(buf_text(&back), "=HYPERLINK(1)|+1@a.test|-x|@SUM(1)|a=b|'a|");
}
END_TEST

START_TEST(csv__is_read_as_spreadsheets_write_it)
{
  static const char *const cases[][2] = {
      {"a,b\r\nc,d\r\n", "a|b\nc|d\n"},
      {"a,b\nc,d", "a|b\nc|d\n"},
      {"a;b,c\nd;e\n", "a|b,c\nd|e\n"},
      {"a\tb\n", "a|b\n"},
      {"\"a, b\",\"c\"\"d\"\n", "a, b|c\"d\n"},
      {"\"two\nlines\",x\n", "two\nlines|x\n"},
      {"a,,\n,\n", "a||\n|\n"},
      {"\n\r\na\n\n", "a\n"},
      {"\"\"\nb\n", "\nb\n"},
      {"a\rb\r", "a\nb\n"},
      {"one\nx;y,z\n", "one\nx;y|z\n"},
      {"\"unclosed", "unclosed\n"},
  };

  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (size_t step = 1; step < 20; step += 6) {
      CLEANUP_BUF struct buf got = BUF_INIT(4096);
      read_csv(cases[i][0], step, &got);
      ck_assert_msg(strcmp(buf_text(&got), cases[i][1]) == 0, "%s -> %s", cases[i][0],
                    buf_text(&got));
    }
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("report");
  TCase *t = tcase_create("report");

  tcase_add_test(t, text__shows_the_cause_what_proves_it_and_what_mends_it);
  tcase_add_test(t, text__wraps_at_the_width_and_colours_where_wanted);
  tcase_add_test(t, text__marks_in_ascii_where_the_locale_has_no_more);
  tcase_add_test(t, text__says_a_remedy_once_for_many_subjects);
  tcase_add_test(t, text__gives_each_command_a_line_of_its_own_that_nothing_breaks);
  tcase_add_test(t, flow__does_not_break_a_command_in_a_sentence);
  tcase_add_test(t, text__has_details_in_one_column_and_under_a_sentence);
  tcase_add_test(t, text__names_a_field_as_the_form_does_and_how_to_give_it);
  tcase_add_test(t, text__explains_each_reason_once_however_they_take_turns);
  tcase_add_test(t, text__sums_up_many_subjects_in_a_row_a_verdict);
  tcase_add_test(t, text__takes_titles_that_differ_by_the_subject_for_one_reason);
  tcase_add_test(t, jsonl__is_one_object_a_line_and_the_result_last);
  tcase_add_test(t, json__is_one_object);
  tcase_add_test(t, csv__quotes_as_rfc_4180_says);
  tcase_add_test(t, json__stays_one_object_whatever_the_order_of_checks_and_offers);
  tcase_add_test(t, text__lets_no_terminal_escape_through);
  tcase_add_test(t, report__renders_nothing_more_once_the_reader_is_gone);
  tcase_add_test(t, report__counts_more_verdicts_than_it_has_room_for_as_other);
  tcase_add_test(t, csv__holds_no_formula_and_reads_back_as_it_was);
  tcase_add_test(t, csv__is_read_as_spreadsheets_write_it);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
