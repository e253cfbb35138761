// SPDX-License-Identifier: Apache-2.0
//
// A connection without a server: it is searched for by the administrator's address. Found once in a
// session it is kept. What a server or a person refused while the form was filled is not tried a second
// time by the verification that follows: accounts lock, and people do not like to say no twice.
#include "session.h"

#include <stdlib.h>
#include <string.h>

#define CHECK_TRUNCATED ONPREM_ID ".browse-truncated"

const char *const onprem_asks[] = {DISCOVER_ASK_REDIRECT, TRUST_ASK, NULL};

static struct discover_settings
settings_of(const struct tenon_session *s)
{
  return (struct discover_settings){
      .host = s->ews.host,
      .http = s->ews.http,
      .dns = s->dns,
      .dns_server = s->dns_server[0] != 0 ? s->dns_server : NULL,
      .address = s->ews.admin,
      .account = &s->login,
      .may_ask = true,
  };
}

// What a verdict shows of the transaction is the service's until the hook ends; this one is said later.
static bool
keep_data(struct tenon_session *s)
{
  struct verdict *v = &s->ews.verdict;
  size_t size = 1, at = 0;
  for (size_t i = 0; i < v->n_data; i++)
    size += v->data[i].value.len + 1;
  char *bytes = malloc(size);
  if (bytes == NULL)
    return false;
  for (size_t i = 0; i < v->n_data; i++) {
    memcpy(bytes + at, v->data[i].value.ptr, v->data[i].value.len + 1);
    v->data[i].value.ptr = bytes + at;
    at += v->data[i].value.len + 1;
  }
  free(s->search_data);
  s->search_data = bytes;
  return true;
}

// The verdict of a search that found nothing; it lives in the session.
static bool
judge(struct tenon_session *s, const struct discover_settings *settings)
{
  struct verdict_evidence evidence;
  struct soap_reply reply;
  struct challenge challenge;
  tenon_pair tries[DISCOVER_TRIES_MAX];
  struct discover *d = s->search;
  discover_evidence(d, settings, &evidence);
  if (evidence.finding == NULL && d->completion != NULL)
    verdict_gather(&evidence, d->completion, s->ews.reader, &reply, &challenge);
  verdict_judge(&evidence, &s->ews.verdict);
  if (s->ews.verdict.check.field == NULL)
    s->ews.verdict.check.field = TENON_KEY_SERVER;
  size_t n = discover_data(d, tries);
  for (size_t i = 0; i < n; i++)
    verdict_add(&s->ews.verdict, tries[i].key, tries[i].value.ptr);
  return keep_data(s);
}

static tenon_status
search(struct tenon_session *s, const tenon_call *call)
{
  const struct discover_settings settings = settings_of(s);
  if (s->search == NULL)
    s->search = calloc(1, sizeof *s->search);
  if (s->search == NULL)
    return TENON_E_NOMEM;
  s->searched = false;
  tenon_status status = discover_run(s->search, &settings, call);
  if (status == TENON_OK) {
    s->searched = true;
    if (s->search->end == DISCOVER_FOUND &&
        ews_url_derive(s->search->ews, &s->ews.server) != EWS_URL_OK)
      s->search->end = DISCOVER_ERROR;
    if (s->search->end != DISCOVER_FOUND && !judge(s, &settings))
      status = TENON_E_NOMEM;
  }
  discover_finish(s->search, &settings);
  return status;
}

bool
session_has_server(const struct tenon_session *s)
{
  return s->ews.server.url[0] != 0;
}

tenon_status
session_find(struct tenon_session *s, const tenon_call *call, bool *ret_found)
{
  tenon_status status = session_has_server(s) ? TENON_OK : search(s, call);
  *ret_found = session_has_server(s);
  return status;
}

// ---- verify -----------------------------------------------------------------------------------

#define PAIR(key, value)                                                                           \
  (tenon_pair)                                                                                     \
  {                                                                                                \
    key,                                                                                           \
    {                                                                                              \
      value, strlen(value)                                                                         \
    }                                                                                              \
  }

static void
found(struct tenon_session *s, struct report *report)
{
  struct discover *d = s->search;
  char detail[EWS_URL_MAX + DISCOVER_OUTCOME_MAX + 128];
  tenon_pair data[DISCOVER_TRIES_MAX + 3];
  size_t n = discover_data(d, data);
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "%s: %s.", s->ews.server.url, d->how);
  data[n++] = PAIR("url", s->ews.server.url);
  if (d->other[0] != 0)
    data[n++] = PAIR("other_url", d->other);
  data[n++] = PAIR("address", d->address);
  report_pass(report, TENON_CHECK_AUTODISCOVER, "Autodiscover", detail, -1, data, n);
}

tenon_status
verify_server(struct tenon_session *s, const tenon_call *call, struct report *report)
{
  if (s->server_given)
    return TENON_OK;
  report_begin(report, TENON_CHECK_AUTODISCOVER, "Autodiscover");
  bool said_no = s->searched && s->search_unsaid &&
                 (s->search->end == DISCOVER_REFUSED || s->search->end == DISCOVER_FOREIGN);
  bool again = !session_has_server(s) && !said_no;
  tenon_status status = again ? search(s, call) : TENON_OK;
  s->search_unsaid = false;
  if (status != TENON_OK)
    return status;
  if (session_has_server(s))
    found(s, report);
  else
    report_check(report, &s->ews.verdict.check, -1);
  return TENON_OK;
}

// ---- suggest ----------------------------------------------------------------------------------

tenon_status
onprem_suggest(tenon_session *s, const tenon_call *call, const char *page, const tenon_sink *sink)
{
  (void)page;
  if (s->server_given)
    return TENON_OK;
  bool anew = !s->searched;
  tenon_status status = anew ? search(s, call) : TENON_OK;
  if (status != TENON_OK)
    return status;
  if (session_has_server(s)) {
    const tenon_text url = {s->ews.server.url, strlen(s->ews.server.url)};
    sink->patch(sink, TENON_KEY_SERVER, &url);
    struct report report;
    report_init(&report, s->ews.host, sink);
    if (anew)
      found(s, &report);
  } else if (anew) {
    s->search_unsaid = true;
    sink->check(sink, &s->ews.verdict.check);
  }
  return TENON_OK;
}

// ---- the hooks over many mailboxes --------------------------------------------------------------

tenon_status
onprem_impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
                   const tenon_sink *sink)
{
  bool is_found = false;
  tenon_status found = session_find(s, call, &is_found);
  if (found != TENON_OK)
    return found;
  if (!is_found)
    return ews_many_tell(&s->ews, call, source, sink);
  ews_anew(&s->ews);
  return ews_many(&s->ews, call, source, sink);
}

tenon_status
onprem_browse(tenon_session *s, const tenon_call *call, const char *what, const char *typed,
              const tenon_sink *sink)
{
  if (strcmp(what, "mailbox") != 0)
    return TENON_E_UNSUPPORTED;
  ews_anew(&s->ews);
  bool is_found = false;
  tenon_status found = session_find(s, call, &is_found);
  if (found != TENON_OK)
    return found;
  if (is_found)
    return ews_browse(&s->ews, call, typed, CHECK_TRUNCATED, sink);
  sink->check(sink, &s->ews.verdict.check);
  return TENON_OK;
}
