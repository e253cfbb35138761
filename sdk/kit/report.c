// SPDX-License-Identifier: Apache-2.0
//
// One way to fill a tenon_check, so that no connector forgets its size, its level or its time.
#include "report.h"

void
report_init(struct report *report, const tenon_host *host, const tenon_sink *sink)
{
  *report = (struct report){.host = host, .sink = sink, .begun_ns = host->now(host)};
}

void
report_begin(struct report *report, const char *id, const char *title)
{
  report->begun_ns = report->host->now(report->host);
  report->sink->begin(report->sink, id, title);
}

void
report_check(struct report *report, tenon_check *check, int64_t elapsed_ns)
{
  int64_t since = report->host->now(report->host) - report->begun_ns;
  check->elapsed_ns = elapsed_ns >= 0 ? elapsed_ns : since;
  if (check->state == TENON_FAIL && report->failed == NULL)
    report->failed = check->id;
  report->sink->check(report->sink, check);
}

void
report_pass(struct report *report, const char *id, const char *title, const char *detail,
            int64_t elapsed_ns, const tenon_pair *data, size_t n_data)
{
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_PASS,
      .level = TENON_LEVEL_REQUIRED,
      .id = id,
      .title = title,
      .detail = detail,
      .data = data,
      .n_data = n_data,
  };
  report_check(report, &check, elapsed_ns);
}

void
report_skip(struct report *report, const char *id, const char *title)
{
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_SKIP,
      .level = TENON_LEVEL_REQUIRED,
      .id = id,
      .title = title,
      .because = report->failed,
  };
  report->sink->check(report->sink, &check);
}

void
report_field(const tenon_sink *sink, const char *id, const char *field, tenon_status cause,
             const char *title, const char *detail, const char *remedy)
{
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_FAIL,
      .level = TENON_LEVEL_REQUIRED,
      .id = id,
      .title = title,
      .detail = detail,
      .remedy = remedy,
      .field = field,
      .cause = cause,
  };
  sink->check(sink, &check);
}
