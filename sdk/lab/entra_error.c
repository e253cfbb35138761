// SPDX-License-Identifier: Apache-2.0
//
// The refusals of Entra: AADSTS numbers and the envelope that they come in. The sentences are the
// lab's: clients go by `error`, `suberror` and the numbers.
#include "entra.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "guid.h"
#include "iis.h"
#include "json.h"

static const struct {
  int code;
  unsigned int status;
  const char *error;
  const char *suberror;
  const char *sentence; // {} is what the request named
} errors[] = {
    {CODE_DECLINED, 400, "authorization_declined", NULL, "Whoever signed in has declined."},
    {CODE_SLOW_DOWN, 400, "slow_down", NULL, "The token is asked for too often; wait longer."},
    {16000, 400, "interaction_required", NULL, "The account is not one of this tenant's."},
    {28000, 400, "invalid_request", NULL,
     "The scopes are of more than one resource; a token is for one."},
    {50011, 400, "invalid_request", NULL, "The redirect URI '{}' is not one of the application's."},
    {50059, 400, "invalid_request", NULL, "The request names no tenant."},
    {50049, 400, "invalid_instance", NULL, "The login host is not one that is known."},
    {50076, 400, "invalid_grant", "basic_action",
     "An administrator changed a policy, or the place is new: a second factor is needed for '{}'."},
    {50173, 400, "invalid_grant", "bad_token",
     "The grant was revoked; whoever had it must sign in again."},
    {53003, 400, "invalid_grant", "message_only",
     "Conditional Access policies do not allow a token to be issued."},
    {54005, 400, "invalid_grant", NULL, "The authorization code was redeemed before."},
    {65001, 400, "invalid_grant", "consent_required",
     "Neither the user nor an administrator consented to the application with ID "
     "'" APPLICATION_ID "' named '" APPLICATION_NAME "'."},
    {65004, 400, "access_denied", NULL, "The user declined to consent to the application."},
    {70000, 400, "invalid_grant", NULL, "The grant is not one that is known here."},
    {70003, 400, "unsupported_grant_type", NULL, "The grant type '{}' is not supported."},
    {70008, 400, "invalid_grant", NULL, "The grant has expired."},
    {70011, 400, "invalid_scope", NULL, "The scope '{}' is not valid."},
    {70016, 400, "authorization_pending", NULL,
     "Nobody has decided about the device code yet; ask again."},
    {70018, 400, "bad_verification_code", NULL, "The device code is not one that is known here."},
    {70020, 400, "expired_token", NULL, "The device code has expired; get another one."},
    {700016, 400, "unauthorized_client", NULL,
     "The application with identifier '{}' was not found in the directory 'Contoso'."},
    {700022, 400, "invalid_scope", NULL, "The scopes are of more than one resource."},
    {700024, 401, "invalid_client", NULL,
     "The client assertion is not within its valid time range. Current time: {}."},
    {700025, 401, "invalid_client", NULL,
     "The client is public here: neither 'client_assertion' nor 'client_secret' is to be sent."},
    {700027, 401, "invalid_client", NULL,
     "The client assertion failed signature validation, or no registered certificate fits it: {}."},
    {7000112, 400, "unauthorized_client", NULL, "The application '{}' is disabled."},
    {7000215, 401, "invalid_client", NULL,
     "The client secret is wrong. It is the secret's value that is to be sent, not its ID."},
    {7000218, 401, "invalid_client", NULL,
     "The request body must contain 'client_assertion' or 'client_secret'."},
    {7000222, 401, "invalid_client", NULL, "The client secrets of the application have expired."},
    {50013, 401, "invalid_client", NULL, "The client assertion is not valid: {}."},
    {90002, 400, "invalid_request", NULL,
     "The tenant '{}' was not found; it may be of another cloud, or have no subscription."},
    {90010, 400, "invalid_request", NULL, "The grant type is not supported over '/{}'."},
    {90033, 503, "temporarily_unavailable", NULL, "The service is not available for a while."},
    {90055, 429, "temporarily_unavailable", NULL, "There were too many requests."},
    {900144, 400, "invalid_request", NULL, "The request must contain the parameter '{}'."},
    {900561, 405, "invalid_request", NULL, "The endpoint takes {} requests only."},
    {9002313, 400, "invalid_request", NULL, "The request is malformed."},
    {500011, 400, "invalid_resource", NULL,
     "The resource principal named '{}' was not found in the tenant named 'Contoso'."},
    {501481, 400, "invalid_grant", NULL, "The code_verifier does not fit the code_challenge."},
    {650052, 400, "invalid_resource", NULL,
     "The application needs a service that the organization has not subscribed to."},
    {901002, 400, "invalid_request", NULL, "The parameter 'resource' is not supported here."},
    {1002012, 400, "invalid_scope", NULL,
     "The scope '{}' is not valid: client credentials take a resource followed by '/.default'."},
};

#define ERRORS (sizeof(errors) / sizeof(errors[0]))

static size_t
find(int code)
{
  size_t i = 0;
  while (i + 1 < ERRORS && errors[i].code != code)
    i++;
  return i;
}

// What the sentence names where the caller has nothing to say.
static const char *
detail_of(struct entra_call *call, int code, const char *detail)
{
  bool application = code == 700016 || code == 7000112;
  if (detail != NULL)
    return detail;
  if (code == 700027)
    return "the thumbprint is not that of a registered certificate";
  return form_text(&call->form, application ? "client_id" : "scope");
}

static void
write_time(char *to, size_t room)
{
  struct tm parts;
  time_t now = time(NULL);
  strftime(to, room, "%Y-%m-%d %H:%M:%SZ", gmtime_r(&now, &parts));
}

static void
describe(const struct entra_call *call, size_t row, const char *detail, const char *trace,
         const char *when, char *ret_text, size_t room)
{
  const char *sentence = errors[row].sentence;
  const char *gap = strstr(sentence, "{}");
  size_t before = gap != NULL ? (size_t)(gap - sentence) : strlen(sentence);
  snprintf(ret_text, room, "AADSTS%d: %.*s%.200s%s Trace ID: %s Correlation ID: %s Timestamp: %s",
           abs(errors[row].code), (int)before, sentence, gap != NULL ? detail : "",
           gap != NULL ? gap + 2 : "", trace, call->correlation, when);
}

void
entra_describe(struct entra_call *call, int code, const char *detail, struct entra_error *ret_error)
{
  char trace[GUID_ROOM], when[32];
  size_t row = find(code);
  guid_make(trace);
  write_time(when, sizeof(when));
  ret_error->error = errors[row].error;
  describe(call, row, detail_of(call, code, detail), trace, when, ret_error->description,
           sizeof(ret_error->description));
}

static const char *
error_of(const struct entra_call *call, size_t row)
{
  // Discovery has a word of its own.
  if (errors[row].code == 90002 && strstr(call->rest, ".well-known") != NULL)
    return "invalid_tenant";
  return errors[row].error;
}

// For a person at a browser.
static bool
refuse_page(struct entra_call *call, unsigned int status, const char *description)
{
  struct text page = {0};
  text_append_xml(&page, description);
  iis_page(call->answer, status, "Sign in to your account", page.failed ? "" : page.bytes);
  text_finish(&page);
  return false;
}

bool
entra_refuse(struct entra_call *call, int code, const char *detail)
{
  char trace[GUID_ROOM], when[32], text[1024], uri[96];
  size_t row = find(code);
  guid_make(trace);
  write_time(when, sizeof(when));
  describe(call, row, detail_of(call, code, detail), trace, when, text, sizeof(text));
  if (call->page)
    return refuse_page(call, errors[row].status, text);
  snprintf(uri, sizeof(uri), "https://login.microsoftonline.com/error?code=%d", abs(code));
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "error", error_of(call, row));
  cJSON_AddStringToObject(object, "error_description", text);
  cJSON_AddItemToArray(cJSON_AddArrayToObject(object, "error_codes"),
                       cJSON_CreateNumber(abs(code)));
  cJSON_AddStringToObject(object, "timestamp", when);
  cJSON_AddStringToObject(object, "trace_id", trace);
  cJSON_AddStringToObject(object, "correlation_id", call->correlation);
  cJSON_AddStringToObject(object, "error_uri", uri);
  if (errors[row].suberror != NULL)
    cJSON_AddStringToObject(object, "suberror", errors[row].suberror);
  http_answer_header(call->answer, "x-ms-request-id", "%s", trace);
  json_answer(call->answer, errors[row].status, object, NULL);
  return false;
}
