// SPDX-License-Identifier: Apache-2.0
//
// The verdict of a mailbox is the tables'; what stands around it is the same whoever is asked.
#include "acting.h"

#include <tenon/exchange.h>

#include <string.h>

void
acting_proven(struct report *report, const char *detail)
{
  static const tenon_pair data[] = {{TENON_DATA_VERDICT, {TENON_VERDICT_OK, 2}}};
  report_pass(report, TENON_CHECK_IMPERSONATE_ROLE, ACTING_ROLE, detail, -1, NULL, 0);
  report_pass(report, TENON_CHECK_IMPERSONATE_MAILBOX, ACTING_MAILBOX, detail, 0, data, 1);
}

void
acting_put_opened(struct kit_text *to, const char *client_id, const char *person,
                  const char *address)
{
  if (person != NULL)
    kit_text_put(to, person);
  else if (client_id[0] != 0)
    kit_text_printf(to, "The application %s", client_id);
  else
    kit_text_put(to, "The managed identity of this machine");
  kit_text_printf(to, " opened the mailbox of %s%s", address,
                  person != NULL ? ", by rights on it" : "");
}

void
acting_not_proven(struct report *report, const char *title, const char *detail, bool given,
                  bool own)
{
  const char *which =
      own ? "Give a mailbox that you have full access to in the field `mailbox`: opening "
            "it is the proof."
          : "Give somebody's mailbox in the field `mailbox`: opening it is the proof.";
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_RECOMMENDED,
      .id = TENON_CHECK_IMPERSONATE_ROLE,
      .title = title,
      .detail = detail,
      .remedy =
          given ? "Give a mailbox that exists in the field `mailbox`, and verify again." : which,
      .field = TENON_KEY_MAILBOX,
      .cause = TENON_E_CONFIG,
  };
  report_check(report, &check, -1);
}

void
acting_ignored(struct report *report, const char *detail, const char *remedy, const char *field)
{
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_FAIL,
      .level = TENON_LEVEL_REQUIRED,
      .id = TENON_CHECK_IMPERSONATE_ROLE,
      .title = "The server does not heed whom tenon acts as",
      .detail = detail,
      .remedy = remedy,
      .field = field,
      .cause = TENON_E_UNSUPPORTED,
  };
  report_check(report, &check, -1);
}

// ---- one of many ----------------------------------------------------------------------------------

void
acting_ok(const tenon_sink *sink, const char *subject, const char *detail, int64_t elapsed_ns)
{
  static const tenon_pair data[] = {{TENON_DATA_VERDICT, {TENON_VERDICT_OK, 2}},
                                    {TENON_DATA_EXISTENCE, {"known", 5}}};
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_PASS,
      .level = TENON_LEVEL_REQUIRED,
      .id = TENON_CHECK_IMPERSONATE_MAILBOX,
      .title = ACTING_MAILBOX,
      .detail = detail,
      .subject = subject,
      .elapsed_ns = elapsed_ns,
      .data = data,
      .n_data = 2,
  };
  sink->check(sink, &check);
}

void
acting_failed(const tenon_sink *sink, struct verdict *verdict, const char *subject,
              int64_t elapsed_ns)
{
  tenon_check *check = &verdict->check;
  check->subject = subject;
  // The subject came from a list and not from the form: no answer there would mend it.
  if (check->field != NULL && strcmp(check->field, TENON_KEY_MAILBOX) == 0)
    check->field = NULL;
  check->elapsed_ns = elapsed_ns;
  sink->check(sink, check);
}

void
acting_invalid(const tenon_sink *sink, const char *subject, const char *why, const char *title,
               const char *remedy, bool as_subject)
{
  char detail[256];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "Nothing was sent: %s.", why);
  static const tenon_pair data[] = {
      {TENON_DATA_VERDICT, {TENON_VERDICT_INVALID, sizeof TENON_VERDICT_INVALID - 1}},
      {"symptom", {"not-an-address", 14}},
      {TENON_DATA_EXISTENCE, {"unknown", 7}},
  };
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_FAIL,
      .level = TENON_LEVEL_REQUIRED,
      .id = TENON_CHECK_IMPERSONATE_MAILBOX,
      .title = title,
      .detail = detail,
      .remedy = remedy,
      .field = as_subject ? NULL : TENON_KEY_MAILBOX,
      .subject = as_subject ? subject : NULL,
      .cause = TENON_E_CONFIG,
      .data = data,
      .n_data = sizeof data / sizeof *data,
  };
  sink->check(sink, &check);
}

void
acting_pause(const tenon_sink *sink, int64_t pause_ns)
{
  char title[64];
  struct kit_text text;
  kit_text_init(&text, title, sizeof title);
  kit_text_put(&text, "Pausing for ");
  kit_text_put_duration(&text, pause_ns);
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_INFO,
      .id = TENON_CHECK_THROTTLE_BUDGET,
      .title = title,
      .detail = "The server is busy or in trouble; what is open is asked again afterwards.",
      .remedy = "Nothing to do. With fewer mailboxes at a time (--jobs) pauses are rarer.",
      .cause = TENON_E_TRANSIENT,
      .retry_ns = pause_ns,
  };
  sink->check(sink, &check);
}
