// SPDX-License-Identifier: Apache-2.0
//
// From answers to a session, without the network. Every answer that cannot work is refused here, by the name of its field
// and with what to write instead.
#include "session.h"

#include <stdlib.h>
#include <string.h>

#define CHECK_FORM CLOUDEWS_ID ".form"

static const char *
answer_to(const struct tenon_session *s, const char *key)
{
  tenon_text text = {NULL, 0};
  const tenon_host *host = s->ews.host;
  if (host->value(host, key, &text) != TENON_OK || text.ptr == NULL)
    return "";
  return text.ptr;
}

static bool
take_identity(struct tenon_session *s, const tenon_sink *sink)
{
  const char *value = answer_to(s, TENON_KEY_IDENTITY);
  bool upn = strcmp(value, "upn") == 0;
  s->ews.identity = upn ? EWS_IDENTITY_UPN : EWS_IDENTITY_SMTP;
  if (value[0] == 0 || strcmp(value, "smtp") == 0 || (upn && s->app))
    return true;
  if (upn)
    report_field(sink, CHECK_FORM, TENON_KEY_IDENTITY, TENON_E_CONFIG,
                 "A person opens mailboxes by mail address",
                 "Without the impersonation header a mailbox is named by its folder's address, "
                 "which is a mail address.",
                 "Set `identity` to smtp, or `grant` to client-secret or certificate.");
  else
    report_field(
        sink, CHECK_FORM, TENON_KEY_IDENTITY, TENON_E_CONFIG,
        "There is no such form of identity here",
        "In the cloud the field `identity` knows smtp and upn; security identifiers are of "
        "a directory of your own.",
        "Set `identity` to smtp.");
  return false;
}

static bool
take_server(struct tenon_session *s, const tenon_sink *sink)
{
  char url[CLOUD_URL_MAX];
  const struct cloud *cloud = s->answers.settings.cloud;
  if (!oauth_answers_url(s->ews.host, sink, CHECK_FORM, TENON_KEY_EWS_URL, cloud->outlook, url,
                         sizeof url))
    return false;
  int error = ews_url_derive_cloud(url, &s->ews.server);
  if (error != EWS_URL_OK)
    report_field(
        sink, CHECK_FORM, TENON_KEY_EWS_URL, TENON_E_CONFIG, "The address of EWS is not usable",
        error == EWS_URL_PLAIN ? "A token is sent over https alone." : ews_url_error(error),
        "Write it as https://HOST, or leave it empty for the one of the cloud.");
  return error == EWS_URL_OK;
}

// Whom requests about no mailbox are led by, and whom an application asks the directory as.
static void
take_anchor(struct tenon_session *s)
{
  const char *mailbox = s->ews.mailbox;
  bool address = ews_address_fault(mailbox, strlen(mailbox)) == NULL;
  const char *anchor = address ? mailbox : s->app ? "" : s->answers.admin;
  (void)kit_text_copy(s->ews.anchor, sizeof s->ews.anchor, anchor);
  if (s->app && address)
    (void)kit_text_copy(s->ews.directory, sizeof s->ews.directory, mailbox);
}

static void
take_account(struct tenon_session *s)
{
  struct kit_text text;
  kit_text_init(&text, s->ews.account, sizeof s->ews.account);
  if (s->app && s->answers.client_id[0] != 0)
    kit_text_printf(&text, "application %s", s->answers.client_id);
  else if (s->app)
    kit_text_put(&text, "the managed identity of this machine");
  else
    kit_text_put(&text, s->answers.admin);
  (void)kit_text_copy(s->ews.admin, sizeof s->ews.admin, s->answers.admin);
}

static bool
take_answers(struct tenon_session *s, const tenon_sink *sink)
{
  bool good = oauth_answers_read(s->ews.host, sink, CHECK_FORM, &s->answers);
  s->app = oauth_is_app(s->answers.settings.grant);
  good &= oauth_answers_http(s->ews.host, sink, s->ews.http, CHECK_FORM);
  good &= take_server(s, sink);
  good &= take_identity(s, sink);
  (void)kit_text_copy(s->ews.mailbox, sizeof s->ews.mailbox, s->answers.mailbox);
  take_anchor(s);
  take_account(s);
  return good;
}

tenon_status
cloudews_open(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
              tenon_session **ret)
{
  (void)call;
  const tenon_http *http = host->extension(host, TENON_HTTP_ID);
  if (http == NULL)
    return TENON_E_UNSUPPORTED;
  struct tenon_session *s = calloc(1, sizeof *s);
  if (s == NULL)
    return TENON_E_NOMEM;
  s->ews.host = host;
  s->ews.http = http;
  s->ews.manner = &token_manner;
  s->ews.login = &s->login;
  s->login.policy = SIGNIN_ONLY_BEARER;
  tenon_status status = take_answers(s, sink) ? TENON_OK : TENON_E_CONFIG;
  s->ews.reach = s->app ? EWS_REACH_APP : EWS_REACH_DELEGATE;
  s->ews.slots_max = s->app ? CLOUDEWS_JOBS_APP_MAX : CLOUDEWS_JOBS_PERSON_MAX;
  if (status == TENON_OK) {
    s->oauth = oauth_create(host, http, &s->answers.settings);
    bool made = ews_session_init(&s->ews);
    if (s->oauth == NULL || !made)
      status = TENON_E_NOMEM;
  }
  if (status != TENON_OK) {
    cloudews_close(s);
    return status;
  }
  *ret = s;
  return TENON_OK;
}

void
cloudews_close(tenon_session *s)
{
  if (s == NULL)
    return;
  ews_session_finish(&s->ews);
  oauth_destroy(s->oauth);
  free(s);
}
