// SPDX-License-Identifier: Apache-2.0
//
// Device codes: asking for one, and the page at which somebody decides. Entra names no address that
// holds the code already, and wraps everything in a sentence.
#include "entra.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "iis.h"
#include "json.h"

void
entra_device_code(struct entra_call *call)
{
  struct entra_scope scope;
  struct cloud *cloud = call->lab->cloud;
  char message[256], uri[96], handle[GRANT_HANDLE_ROOM], code[GRANT_CODE_ROOM];
  const char *client_id = form_text(&call->form, "client_id");
  if (!entra_knows(call, client_id, true) ||
      !entra_scope_read(call, form_text(&call->form, "scope"), false, &scope))
    return;
  pthread_mutex_lock(&cloud->lock);
  struct grant *grant = grants_add(&cloud->grants, GRANT_DEVICE);
  if (grant != NULL) {
    snprintf(grant->scope, sizeof(grant->scope), "%s", form_text(&call->form, "scope"));
    grant->interval_ms = ENTRA_INTERVAL_S * 1000;
    grant->asked_ms = grants_now_ms();
    grant->ends_ms = grant->asked_ms + ENTRA_DEVICE_SECONDS * 1000;
    memcpy(handle, grant->handle, sizeof(handle));
    memcpy(code, grant->user_code, sizeof(code));
  }
  pthread_mutex_unlock(&cloud->lock);
  if (grant == NULL) {
    call->answer->status = 500;
    return;
  }
  snprintf(uri, sizeof(uri), "%s" ENTRA_DEVICE_LOGIN, call->lab->base);
  snprintf(message, sizeof(message), "Open %s in a web browser and enter the code %s to sign in.",
           uri, code);
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "user_code", code);
  cJSON_AddStringToObject(object, "device_code", handle);
  cJSON_AddStringToObject(object, "verification_uri", uri);
  cJSON_AddNumberToObject(object, "expires_in", ENTRA_DEVICE_SECONDS);
  cJSON_AddNumberToObject(object, "interval", ENTRA_INTERVAL_S);
  cJSON_AddStringToObject(object, "message", message);
  json_answer(call->answer, 200, object, NULL);
}

static const char *
decide(struct entra_call *call, const char *code, const char *answer)
{
  struct cloud *cloud = call->lab->cloud;
  const char *said = "The code is not one that is waited for. Look at it again.";
  bool yes = strcasecmp(answer, "yes") == 0;
  pthread_mutex_lock(&cloud->lock);
  struct grant *grant = grants_find_user_code(&cloud->grants, code);
  if (grant != NULL && grant->state == GRANT_WAITING && grants_now_ms() < grant->ends_ms) {
    grant->state = yes ? GRANT_APPROVED : GRANT_DECLINED;
    said = yes ? "You have signed in as " LAB_ADMIN ". You may close this window."
               : "You have declined. You may close this window.";
  }
  pthread_mutex_unlock(&cloud->lock);
  return said;
}

void
entra_device_login(struct entra_call *call)
{
  const char *code = form_text(&call->form, "user_code");
  const char *answer = form_text(&call->form, "answer");
  bool decides = strcasecmp(answer, "yes") == 0 || strcasecmp(answer, "no") == 0;
  if (code[0] != '\0' && decides)
    iis_page(call->answer, 200, "Enter code", decide(call, code, answer));
  else
    iis_page(call->answer, 200, "Enter code",
             "<form method=\"POST\" action=\"" ENTRA_DEVICE_LOGIN "\">The code that the program "
             "shows: <input name=\"user_code\" autofocus> "
             "<button name=\"answer\" value=\"yes\">Sign in as " LAB_ADMIN "</button> "
             "<button name=\"answer\" value=\"no\">Decline</button></form>");
}
