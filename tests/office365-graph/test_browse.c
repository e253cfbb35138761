// SPDX-License-Identifier: Apache-2.0
//
// browse: a directory's pages are followed as they are named, and nowhere else; what was typed is one literal.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

static void
run_with(const struct fake_option *options, fake_graph_fn *graph, const char *typed)
{
  fake_init(options, graph);
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->browse(session, &fake.call, "mailbox", typed, &fake.sink),
                   TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}

static void
run(fake_graph_fn *graph, const char *typed)
{
  run_with(fake_as_app, graph, typed);
}

static unsigned page_of_three;
static const char *link_to; // of every page; NULL: three pages, and then no more

static void
pages(const char *path, struct fake_answer *a)
{
  char next[512] = "";
  fake_all_well(path, a);
  if (strncmp(path, "/users?", 7) != 0)
    return;
  page_of_three++;
  if (link_to != NULL)
    snprintf(next, sizeof next, ",\"@odata.nextLink\":\"%s\"", link_to);
  else if (page_of_three < 3)
    snprintf(next, sizeof next,
             ",\"@odata.nextLink\":\"" FAKE_ROOT "/v1.0/users?$skiptoken=RFNwd%%2BAo%u\"",
             page_of_three);
  if (page_of_three == 2)
    fake_json(a, "{\"value\":[]%s}", next); // an empty page is a page
  else
    fake_json(a,
              "{\"value\":[{\"id\":\"10a1d484-cd1a-4162-a5a4-83237000000%u\",\"displayName\":\"P "
              "%u\",\"mail\":\"p%u@contoso.example\"}]%s}",
              page_of_three, page_of_three, page_of_three, next);
}

START_TEST(browse__follows_links_as_they_are)
{
  page_of_three = 0;
  link_to = NULL;
  run(pages, "");
  ck_assert_uint_eq(fake.n_offers, 2);
  ck_assert_str_eq(fake.offers[0].value, "p1@contoso.example");
  ck_assert_str_eq(fake.offers[1].value, "p3@contoso.example");
  ck_assert_uint_eq(page_of_three, 3);
  ck_assert_uint_eq(fake.n_checks, 0);
}
END_TEST

START_TEST(browse__goes_to_no_other_host)
{
  static const char *const links[] = {
      "https://graph.fabrikam.example/v1.0/users?$skiptoken=x",
      "http://graph.microsoft.com/v1.0/users?$skiptoken=x",
      "https://graph.microsoft.com:444/v1.0/users?$skiptoken=x",
      "https://graph.microsoft.com@evil.example/v1.0/users",
      "https://graph.microsoft.com.evil.example/v1.0/users",
      "//evil.example/v1.0/users",
      "/v1.0/users?$skiptoken=x",
      "https://graph.microsoft.com\\\\@evil.example/",
  };
  page_of_three = 0;
  link_to = links[_i];
  run(pages, "");
  ck_assert_uint_eq(page_of_three, 1);
  ck_assert_uint_eq(fake.n_offers, 1);
  ck_assert_uint_eq(fake.n_checks, 1);
  ck_assert_str_eq(fake.checks[0].verdict, "graph-foreign-link");
}
END_TEST

START_TEST(browse__stops_where_a_link_leads_back)
{
  page_of_three = 0;
  link_to = FAKE_ROOT "/v1.0/users?$skiptoken=same";
  run(pages, "");
  ck_assert_uint_eq(page_of_three, 2);
  ck_assert_str_eq(fake.checks[0].verdict, "graph-paging-loop");
}
END_TEST

static void
endless(const char *path, struct fake_answer *a)
{
  fake_all_well(path, a);
  if (strncmp(path, "/users?", 7) == 0)
    fake_json(a, "{\"value\":[],\"@odata.nextLink\":\"" FAKE_ROOT "/v1.0/users?$skiptoken=%u\"}",
              page_of_three++);
}

START_TEST(browse__comes_to_an_end)
{
  page_of_three = 0;
  run(endless, "");
  ck_assert_uint_eq(page_of_three, 21);
  ck_assert_uint_eq(fake.n_checks, 1);
  ck_assert_str_eq(fake.checks[0].id, "office365-graph.browse-truncated");
}
END_TEST

static void
kinds(const char *path, struct fake_answer *a)
{
  static const char *const purposes[] = {"\"user\"", "\"shared\"", "{\"value\":\"room\"}",
                                         "\"unknownFutureValue\""};
  fake_all_well(path, a);
  if (strncmp(path, "/users?", 7) == 0) {
    fake_json(a, "{\"value\":["
                 "{\"id\":\"10a1d484-cd1a-4162-a5a4-832370000000\",\"mail\":\"a@b.c\"},"
                 "{\"id\":\"10a1d484-cd1a-4162-a5a4-832370000001\",\"mail\":\"b@b.c\"},"
                 "{\"id\":\"10a1d484-cd1a-4162-a5a4-832370000002\",\"mail\":\"c@b.c\"},"
                 "{\"id\":\"10a1d484-cd1a-4162-a5a4-832370000003\",\"mail\":\"d@b.c\"},"
                 "{\"id\":\"10a1d484-cd1a-4162-a5a4-832370000004\",\"mail\":null,"
                 "\"userPrincipalName\":\"e@b.c\"},"
                 "{\"id\":\"10a1d484-cd1a-4162-a5a4-832370000005\",\"mail\":\"g@b.c\","
                 "\"userType\":\"Guest\"},"
                 "{\"id\":\"no id\",\"mail\":\"x@b.c\"},{\"mail\":7},7]}");
    return;
  }
  const char *number = strstr(path, "8323700000");
  if (number == NULL || !fake_path_has(path, "$select=userPurpose"))
    return;
  unsigned i = (unsigned)(number[11] - '0');
  if (i < 4)
    fake_json(a, "{\"userPurpose\":%s}", purposes[i]);
  else
    fake_error(a, 404, "MailboxNotEnabledForRESTAPI");
}

START_TEST(browse__tells_kinds_of_mailboxes)
{
  static const char *const expected[][2] = {{"a@b.c", "mailbox"},    {"b@b.c", "shared mailbox"},
                                            {"c@b.c", "room"},       {"d@b.c", ""},
                                            {"e@b.c", "no mailbox"}, {"g@b.c", "guest"}};
  run(kinds, "");
  ck_assert_uint_eq(fake.n_offers, 6);
  for (size_t i = 0; i < 6; i++) {
    ck_assert_str_eq(fake.offers[i].value, expected[i][0]);
    ck_assert_str_eq(fake.offers[i].detail, expected[i][1]);
  }
}
END_TEST

START_TEST(browse__asks_nobody_for_kinds_as_a_person)
{
  run_with(fake_as_person, kinds, "");
  ck_assert_uint_eq(fake.n_offers, 6);
  ck_assert_uint_eq(fake.batches, 0);
}
END_TEST

static char searched[4096];
static bool was_eventual;

static void
search(const char *path, struct fake_answer *a)
{
  fake_all_well(path, a);
  if (strncmp(path, "/users?", 7) != 0)
    return;
  snprintf(searched, sizeof searched, "%s", path);
  was_eventual = fake.eventual;
}

START_TEST(browse__searches_for_what_was_typed)
{
  run(search, "  ann  ");
  ck_assert(was_eventual);
  ck_assert_ptr_nonnull(strstr(searched, "&$count=true&$search=%22displayName%3Aann%22%20OR%20"
                                         "%22mail%3Aann%22%20OR%20%22userPrincipalName%3Aann%22"));
  ck_assert_uint_eq(fake.n_offers, 1);
}
END_TEST

START_TEST(browse__makes_one_literal_of_what_was_typed)
{
  run(search, "a\"b\\c&$top=1#'%");
  ck_assert_ptr_nonnull(strstr(searched, "%22displayName%3Aa%5C%22b%5C%5Cc%26%24top%3D1%23%27%25"
                                         "%22%20OR%20"));
}
END_TEST

static void
no_search(const char *path, struct fake_answer *a)
{
  search(path, a);
  if (fake_path_has(path, "$search"))
    fake_error(a, 400, "Request_UnsupportedQuery");
}

START_TEST(browse__filters_where_there_is_no_search)
{
  run(no_search, "o'n");
  ck_assert(!was_eventual);
  ck_assert_ptr_nonnull(strstr(searched, "&$filter=startswith(displayName,%27o%27%27n%27)%20or%20"
                                         "startswith(mail,%27o%27%27n%27)"));
  ck_assert_uint_eq(fake.n_offers, 1);
  ck_assert_uint_eq(fake.n_checks, 0);
}
END_TEST

static void
denied(const char *path, struct fake_answer *a)
{
  (void)path;
  fake_error(a, 403, "Authorization_RequestDenied");
}

START_TEST(browse__says_why_the_list_is_empty)
{
  run(denied, "");
  ck_assert_uint_eq(fake.n_offers, 0);
  ck_assert_str_eq(fake.checks[0].verdict, "graph-directory-denied");
  ck_assert_int_eq(fake.checks[0].cause, TENON_E_DENIED);
  ck_assert_ptr_nonnull(strstr(fake.checks[0].remedy, "User.Read.All"));
}
END_TEST

TCase *
browse_cases(void)
{
  TCase *cases = tcase_create("browse");
  tcase_add_test(cases, browse__follows_links_as_they_are);
  tcase_add_loop_test(cases, browse__goes_to_no_other_host, 0, 8);
  tcase_add_test(cases, browse__stops_where_a_link_leads_back);
  tcase_add_test(cases, browse__comes_to_an_end);
  tcase_add_test(cases, browse__tells_kinds_of_mailboxes);
  tcase_add_test(cases, browse__asks_nobody_for_kinds_as_a_person);
  tcase_add_test(cases, browse__searches_for_what_was_typed);
  tcase_add_test(cases, browse__makes_one_literal_of_what_was_typed);
  tcase_add_test(cases, browse__filters_where_there_is_no_search);
  tcase_add_test(cases, browse__says_why_the_list_is_empty);
  return cases;
}
