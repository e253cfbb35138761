// SPDX-License-Identifier: Apache-2.0
//
// What all rows have in common: their commands are copied as they stand, into a shell of a server.
#include "cloud.h"
#include "verdict_tables.h"

#include <check.h>
#include <string.h>

#include "suites.h"

static const struct verdict_rows *const *const sides[] = {verdict_tables, verdict_cloud_tables};

static void
has_no_blank_at_an_end(const struct verdict_row *row, const char *command)
{
  char text[4096];
  struct kit_text to;
  struct verdict_evidence evidence = {.server = "mail.contoso.example", .tried = "POST"};
  for (const struct cloud *c = clouds; command != NULL && c->id != NULL; c++) {
    evidence.cloud = c;
    kit_text_init(&to, text, sizeof text);
    verdict_expand(&to, command, &evidence, true);
    size_t n = strlen(text);
    ck_assert_msg(strstr(text, " \n") == NULL && n > 0 && text[n - 1] != ' ', "%s in %s: %s|",
                  row->name, c->id, text);
  }
}

START_TEST(verdict__has_commands_without_blanks_at_their_ends)
{
  for (size_t h = 0; h < 2; h++)
    for (size_t t = 0; sides[h][t] != NULL; t++)
      for (size_t i = 0; i < sides[h][t]->n; i++) {
        const struct verdict_row *row = &sides[h][t]->rows[i];
        has_no_blank_at_an_end(row, row->prove);
        has_no_blank_at_an_end(row, row->mend);
      }
}
END_TEST

// tenon runs on servers: what is opened in a browser is a link, and no command.
START_TEST(verdict__starts_no_browser)
{
  for (size_t h = 0; h < 2; h++)
    for (size_t t = 0; sides[h][t] != NULL; t++)
      for (size_t i = 0; i < sides[h][t]->n; i++) {
        const struct verdict_row *row = &sides[h][t]->rows[i];
        ck_assert_msg(row->mend == NULL || strstr(row->mend, "open {") == NULL, "%s", row->name);
        bool asks = row->link != NULL && strcmp(row->link, "{consent}") == 0;
        ck_assert_msg(!asks || strstr(row->remedy, "{consent}") != NULL, "%s", row->name);
      }
}
END_TEST

// What is double-clicked takes the full stop along, and Entra ID then knows no such application.
START_TEST(verdict__ends_with_the_page_of_consent_where_it_names_one)
{
  for (size_t h = 0; h < 2; h++)
    for (size_t t = 0; sides[h][t] != NULL; t++)
      for (size_t i = 0; i < sides[h][t]->n; i++) {
        const struct verdict_row *row = &sides[h][t]->rows[i];
        const char *page = row->remedy != NULL ? strstr(row->remedy, "{consent}") : NULL;
        ck_assert_msg(page == NULL || strcmp(page, "{consent}") == 0, "%s", row->name);
      }
}
END_TEST

TCase *
verdict_commands_cases(void)
{
  TCase *cases = tcase_create("commands of verdicts");
  tcase_add_test(cases, verdict__has_commands_without_blanks_at_their_ends);
  tcase_add_test(cases, verdict__starts_no_browser);
  tcase_add_test(cases, verdict__ends_with_the_page_of_consent_where_it_names_one);
  return cases;
}
