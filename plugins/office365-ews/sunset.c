// SPDX-License-Identifier: Apache-2.0
//
// What stops when. EWS of Exchange Online has an end that Microsoft has named for its worldwide cloud and for no other;
// until then an application is let in only by the tenant's allow list.
#include "session.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define LISTED_SINCE "2026-10-01"

int
sunset_days_left(const char *date, int64_t now_s)
{
  struct tm tm = {0};
  if (strptime(date, "%Y-%m-%d", &tm) == NULL)
    return 0;
  int64_t left = (int64_t)timegm(&tm) - now_s;
  return left <= 0 ? 0 : (int)((left + 86399) / 86400);
}

static void
no_date(const struct tenon_session *s, struct report *report)
{
  char detail[CLOUDEWS_TEXT_MAX];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text,
                  "For %s no date is announced on which EWS ends; worldwide it is %s. Ask "
                  "Microsoft before you build on it.",
                  s->answers.settings.cloud->label, CLOUDEWS_RETIRES);
  static const tenon_pair data[] = {
      {TENON_DATA_SUCCESSOR, {CLOUDEWS_SUCCESSOR, sizeof CLOUDEWS_SUCCESSOR - 1}}};
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_PASS,
      .level = TENON_LEVEL_INFO,
      .id = TENON_CHECK_EWS_SUNSET,
      .title = "The end of EWS",
      .detail = detail,
      .data = data,
      .n_data = 1,
  };
  report_check(report, &check, 0);
}

void
sunset_report(const struct tenon_session *s, struct report *report, int64_t now_s)
{
  const char *date = s->answers.settings.cloud->ews_ends;
  if (date == NULL) {
    no_date(s, report);
    return;
  }
  int days = sunset_days_left(date, now_s);
  char detail[CLOUDEWS_TEXT_MAX], title[96], left[16];
  snprintf(left, sizeof left, "%d", days);
  snprintf(title, sizeof title, days > 0 ? "EWS ends in %d day%s" : "EWS has ended", days,
           days == 1 ? "" : "s");
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  if (days > 0)
    kit_text_printf(&text,
                    "Exchange Online switches EWS off on %s, for everybody and without an "
                    "exception. Since " LISTED_SINCE " only applications on the tenant's allow "
                    "list are let in.",
                    date);
  else
    kit_text_printf(&text, "Exchange Online has switched EWS off on %s, for everybody.", date);
  const tenon_pair data[] = {
      {TENON_DATA_RETIRES, {date, strlen(date)}},
      {TENON_DATA_DAYS_LEFT, {left, strlen(left)}},
      {TENON_DATA_SUCCESSOR, {CLOUDEWS_SUCCESSOR, sizeof CLOUDEWS_SUCCESSOR - 1}},
  };
  tenon_check check = {
      .size = sizeof check,
      .state = days > 0 ? TENON_WARN : TENON_FAIL,
      .level = days > 0 ? TENON_LEVEL_RECOMMENDED : TENON_LEVEL_REQUIRED,
      .id = TENON_CHECK_EWS_SUNSET,
      .title = title,
      .detail = detail,
      .remedy = "Swap this connection to " CLOUDEWS_SUCCESSOR
                ", the connector for Microsoft Graph (tenon "
                "swap): the answers are kept, and both are verified before anything changes.",
      .cause = TENON_E_UNSUPPORTED,
      .data = data,
      .n_data = sizeof data / sizeof *data,
  };
  report_check(report, &check, 0);
}
