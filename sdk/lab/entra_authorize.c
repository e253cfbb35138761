// SPDX-License-Identifier: Apache-2.0
//
// The pages of the browser, which decide at once: /authorize sends a code to the redirect URI, and
// /adminconsent an answer.
#include "entra.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "guid.h"

// The redirect URI of a program on this machine: http://localhost, with any port and path, or 127.0.0.1.
static bool
is_registered(const char *uri)
{
  static const char *const hosts[] = {"http://localhost", "http://127.0.0.1"};
  for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
    size_t length = strlen(hosts[i]);
    if (strncasecmp(uri, hosts[i], length) != 0)
      continue;
    const char *rest = uri + length;
    if (*rest == ':')
      for (rest++; isdigit((unsigned char)*rest);)
        rest++;
    return *rest == '\0' || *rest == '/';
  }
  return false;
}

// Sends the browser back. `query` starts with '?' and stays the caller's.
static void
redirect(struct entra_call *call, const char *uri, struct text *query)
{
  const char *state = form_text(&call->form, "state");
  // A redirect without a path comes back with one.
  const char *path = strchr(uri + strlen("http://"), '/');
  struct text *location = &call->answer->location;
  if (state[0] != '\0') {
    text_append(query, "&state=");
    form_encode(query, state);
  }
  text_format(location, "%s%s%s", uri, path != NULL ? "" : "/",
              query->bytes != NULL ? query->bytes : "");
  location->failed = location->failed || query->failed;
  call->answer->status = 302;
}

static void
redirect_error(struct entra_call *call, const char *uri, int code)
{
  struct entra_error error;
  struct text query = {0};
  entra_describe(call, code, NULL, &error);
  text_format(&query, "?error=%s&error_description=", error.error);
  for (char *blank = error.description; (blank = strchr(blank, ' ')) != NULL;)
    *blank = '\x01';
  form_encode(&query, error.description);
  // Blanks are pluses here, as Entra writes them.
  for (char *at = query.bytes; at != NULL && (at = strstr(at, "%01")) != NULL;) {
    *at = '+';
    memmove(at + 1, at + 3, strlen(at + 3) + 1);
  }
  if (query.bytes != NULL)
    query.length = strlen(query.bytes);
  redirect(call, uri, &query);
  text_finish(&query);
}

static bool
promise(struct entra_call *call, const char *uri, char ret_handle[GRANT_HANDLE_ROOM])
{
  struct cloud *cloud = call->lab->cloud;
  pthread_mutex_lock(&cloud->lock);
  struct grant *grant = grants_add(&cloud->grants, GRANT_CODE);
  if (grant != NULL) {
    snprintf(grant->scope, sizeof(grant->scope), "%s", form_text(&call->form, "scope"));
    snprintf(grant->redirect, sizeof(grant->redirect), "%s", uri);
    snprintf(grant->challenge, sizeof(grant->challenge), "%s",
             form_text(&call->form, "code_challenge"));
    snprintf(grant->nonce, sizeof(grant->nonce), "%s", form_text(&call->form, "nonce"));
    grant->ends_ms = grants_now_ms() + ENTRA_CODE_SECONDS * 1000;
    memcpy(ret_handle, grant->handle, GRANT_HANDLE_ROOM);
  }
  pthread_mutex_unlock(&cloud->lock);
  return grant != NULL;
}

// What is wrong with the parameters; 0: nothing.
static int
find_fault(struct entra_call *call, const char **ret_detail)
{
  static const char *const needed[] = {"scope", "code_challenge"};
  for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
    *ret_detail = needed[i];
    if (form_text(&call->form, needed[i])[0] == '\0')
      return 900144;
  }
  *ret_detail = NULL;
  bool good = strcmp(form_text(&call->form, "response_type"), "code") == 0 &&
              strcmp(form_text(&call->form, "code_challenge_method"), "S256") == 0 &&
              strlen(form_text(&call->form, "code_challenge")) == 43;
  return good ? 0 : 9002313;
}

void
entra_authorize(struct entra_call *call)
{
  const struct cloud_play *play = cloud_play_of(call->lab);
  const char *uri = form_text(&call->form, "redirect_uri"), *detail;
  char handle[GRANT_HANDLE_ROOM], session[GUID_ROOM];
  if (!entra_knows(call, form_text(&call->form, "client_id"), true))
    return;
  if (!is_registered(uri) || strlen(uri) >= GRANT_TEXT_MAX) {
    entra_refuse(call, 50011, uri);
    return;
  }
  int code = find_fault(call, &detail);
  if (code != 0) {
    entra_refuse(call, code, detail);
    return;
  }
  if (play->code != 0 && (play->at & CLOUD_AT_AUTHORIZE)) {
    redirect_error(call, uri, play->code);
    return;
  }
  if (!promise(call, uri, handle)) {
    call->answer->status = 500;
    return;
  }
  struct text query = {0};
  guid_make(session);
  text_format(&query, "?code=%s&session_state=%s", handle, session);
  redirect(call, uri, &query);
  text_finish(&query);
}

void
entra_admin_consent(struct entra_call *call)
{
  const struct cloud_play *play = cloud_play_of(call->lab);
  const char *uri = form_text(&call->form, "redirect_uri");
  struct text query = {0};
  if (!entra_knows(call, form_text(&call->form, "client_id"), true))
    return;
  if (!is_registered(uri)) {
    entra_refuse(call, 50011, uri);
    return;
  }
  if (play->code == 65004)
    text_append(&query,
                "?error=permission_denied&error_description=The+administrator+did+not+consent");
  else
    text_append(&query, "?admin_consent=True&tenant=" CLOUD_TENANT);
  redirect(call, uri, &query);
  text_finish(&query);
}
