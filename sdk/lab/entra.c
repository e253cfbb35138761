// SPDX-License-Identifier: Apache-2.0
//
// From a path to its page, and what is the same for all of them.
#include "entra.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "guid.h"
#include "iis.h"
#include "json.h"

static const struct {
  const char *rest; // behind the tenant; with '*' at its end, how it begins
  const char *method;
  entra_page *serve;
  bool page;
} pages[] = {
    {"oauth2/v2.0/token", "POST", entra_token},
    {"oauth2/token", "POST", entra_token_old},
    {"oauth2/v2.0/devicecode", "POST", entra_device_code},
    {"oauth2/v2.0/authorize", "GET", entra_authorize, true},
    {"v2.0/.well-known/openid-configuration", "GET", entra_configuration},
    {"discovery/v2.0/keys", "GET", entra_keys},
    {"discovery/instance", "GET", entra_instance},
    {"adminconsent", "GET", entra_admin_consent, true},
    {"v2.0/adminconsent", "GET", entra_admin_consent, true},
    {"userrealm/*", "GET", entra_user_realm},
};

#define PAGES (sizeof(pages) / sizeof(pages[0]))

static bool
fits(const char *pattern, const char *rest)
{
  size_t length = strlen(pattern);
  if (pattern[length - 1] == '*')
    return strncasecmp(pattern, rest, length - 1) == 0;
  return strcasecmp(pattern, rest) == 0;
}

// A clock that is wrong shows in every answer.
static void
add_date(struct entra_call *call)
{
  char text[64];
  struct tm parts;
  time_t now = time(NULL) + cloud_play_of(call->lab)->clock_s;
  strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &parts));
  http_answer_header(call->answer, "Date", "%s", text);
}

static void
add_head(struct entra_call *call)
{
  const char *echo = http_request_header(call->request, "return-client-request-id");
  http_answer_header(call->answer, "Cache-Control", "no-store, no-cache");
  http_answer_header(call->answer, "Pragma", "no-cache");
  http_answer_header(call->answer, "x-ms-ests-server", "2.1.19870.9 - LAB");
  if (cloud_play_of(call->lab)->clock_s != 0)
    add_date(call);
  if (echo != NULL && strcasecmp(echo, "true") == 0)
    http_answer_header(call->answer, "client-request-id", "%s", call->correlation);
}

static bool
is_guid(const char *text)
{
  size_t i = 0;
  for (; text[i] != '\0'; i++) {
    bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : strchr("0123456789abcdefABCDEF", text[i]) == NULL)
      return false;
  }
  return i == GUID_ROOM - 1;
}

static void
set_correlation(struct entra_call *call)
{
  const char *id = http_request_header(call->request, "client-request-id");
  if (id != NULL && is_guid(id))
    snprintf(call->correlation, sizeof(call->correlation), "%s", id);
  else
    guid_make(call->correlation);
}

// An endpoint that is in trouble is so before it has read anything.
static bool
is_in_trouble(struct entra_call *call)
{
  struct cloud *cloud = call->lab->cloud;
  switch (cloud_play_of(call->lab)->trouble) {
  case CLOUD_DOWN: entra_refuse(call, 90033, NULL); return true;
  case CLOUD_HTML:
    call->answer->header_count = 0;
    http_answer_header(call->answer, "Server", "squid");
    iis_page(call->answer, 502, "502 Bad Gateway", "The proxy server could not reach the server.");
    return true;
  case CLOUD_BUSY:
    if (atomic_fetch_add(&cloud->busy, 1) >= CLOUD_BUSY_TIMES)
      return false;
    http_answer_header(call->answer, "Retry-After", "1");
    entra_refuse(call, 90055, NULL);
    return true;
  default: return false;
  }
}

static void
serve_page(struct entra_call *call, size_t index)
{
  const struct http_request *request = call->request;
  bool post = strcmp(request->method, "POST") == 0;
  set_correlation(call);
  add_head(call);
  if (is_in_trouble(call)) {
    bool token = pages[index].serve == entra_token || pages[index].serve == entra_token_old;
    atomic_fetch_add(&call->lab->cloud->asked, token);
    atomic_fetch_add(&call->lab->cloud->refused, token);
    return;
  }
  if (strcmp(request->method, pages[index].method) != 0) {
    entra_refuse(call, 900561, pages[index].method);
    return;
  }
  bool read = post ? form_read(request->body, request->length, &call->form)
                   : form_query(request, &call->form);
  if (!read)
    entra_refuse(call, 9002313, NULL);
  else
    pages[index].serve(call);
  form_finish(&call->form);
}

static void
serve_device_login(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  struct entra_call call = {.lab = lab, .request = request, .answer = answer};
  bool post = strcmp(request->method, "POST") == 0;
  if (post ? form_read(request->body, request->length, &call.form)
           : form_query(request, &call.form))
    entra_device_login(&call);
  else
    answer->status = 400;
  form_finish(&call.form);
}

bool
entra_serve(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  if (strcasecmp(request->path, ENTRA_DEVICE_LOGIN) == 0) {
    serve_device_login(lab, request, answer);
    return true;
  }
  const char *tenant = request->path + 1;
  size_t length = strcspn(tenant, "/");
  if (request->path[0] != '/' || length == 0 || tenant[length] == '\0')
    return false;
  for (size_t i = 0; i < PAGES; i++)
    if (fits(pages[i].rest, tenant + length + 1)) {
      struct entra_call call = {.lab = lab,
                                .request = request,
                                .answer = answer,
                                .rest = tenant + length + 1,
                                .page = pages[i].page};
      snprintf(call.tenant, sizeof(call.tenant), "%.*s", (int)length, tenant);
      serve_page(&call, i);
      return true;
    }
  return false;
}

bool
entra_plays(struct entra_call *call, unsigned int at, enum resource resource)
{
  const struct cloud_play *play = cloud_play_of(call->lab);
  if (play->code == 0 || (play->at & at) == 0 ||
      (play->only != RESOURCE_NONE && play->only != resource))
    return false;
  entra_refuse(call, play->code, NULL);
  return true;
}

static bool
is_shared(const char *tenant)
{
  return strcasecmp(tenant, "common") == 0 || strcasecmp(tenant, "organizations") == 0;
}

bool
entra_knows(struct entra_call *call, const char *client_id, bool shared)
{
  if (is_shared(call->tenant) && !shared)
    return entra_refuse(call, 90010, call->tenant);
  if (!is_shared(call->tenant) && !cloud_is_tenant(call->lab, call->request, call->tenant))
    return entra_refuse(call, 90002, call->tenant);
  if (client_id[0] == '\0')
    return entra_refuse(call, 900144, "client_id");
  if (strcasecmp(client_id, APPLICATION_ID) != 0)
    return entra_refuse(call, 700016, client_id);
  return !entra_plays(call, CLOUD_AT_APPLICATION, RESOURCE_NONE);
}
