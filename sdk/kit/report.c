// SPDX-License-Identifier: Apache-2.0
//
// One way to fill a tenon_check, so that no connector forgets its size, its level or its time.
#include "report.h"

#include <string.h>

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

bool
report_said(const struct report *report, const char *id)
{
  for (size_t i = 0; i < report->n_ids; i++)
    if (strcmp(report->ids[i], id) == 0)
      return true;
  return false;
}

void
report_say(struct report *report, const char *id)
{
  if (report->n_ids < REPORT_IDS_MAX)
    report->ids[report->n_ids++] = id;
}

void
report_check(struct report *report, tenon_check *check, int64_t elapsed_ns)
{
  report_say(report, check->id);
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
report_verdict(struct report *report, struct verdict *verdict, const char *otherwise)
{
  if (report_said(report, verdict->check.id))
    verdict->check.id = otherwise;
  report_check(report, &verdict->check, -1);
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
report_skip_rest(struct report *report, const struct report_layer *layers, size_t n, size_t sure)
{
  size_t next = 0; // of the last that was said
  for (size_t i = 0; i < n; i++)
    next = report_said(report, layers[i].id) ? i + 1 : next;
  for (size_t i = next < sure ? next : sure; i < n; i++)
    if (!report_said(report, layers[i].id))
      report_skip(report, layers[i].id, layers[i].title);
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
