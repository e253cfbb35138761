// SPDX-License-Identifier: Apache-2.0
//
// What is behind a user: the settings of the mailbox and its inbox, and whether this token may see them.
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "graph.h"

static bool
denied(struct graph_call *call)
{
  return graph_fail(call, 403, "ErrorAccessDenied",
                    "Access is denied. Check credentials and try again.");
}

static bool
not_enabled(struct graph_call *call)
{
  return graph_fail(call, 404, "MailboxNotEnabledForRESTAPI",
                    "The mailbox is either inactive, soft-deleted, or is hosted on-premise.");
}

// In one tenant a mailbox answers in one way and the next in another, and none of them without reason.
static bool
is_mixed(struct graph_call *call, const struct person *person, bool settings)
{
  switch (cloud_mixed(person)) {
  case 1: return !not_enabled(call);
  case 2: return !graph_fail(call, 404, "ResourceNotFound", "Resource could not be discovered.");
  case 3: return !graph_fail(call, 404, "ErrorInvalidUser", "The requested user is invalid.");
  case 4: return settings && !denied(call);
  case 5:
    return !graph_fail(call, 403, "AccessDenied",
                       "The process failed to get the correct properties.");
  default: return false;
  }
}

// A person at a keyboard: the own mailbox, and those of others that were shared with it.
static bool
may_delegate(struct graph_call *call, const struct graph_user *user, bool settings)
{
  if (user->admin)
    return true;
  if (settings || !token_permits(call->token, "Mail.Read.Shared|Mail.ReadBasic.Shared|"
                                              "Mail.ReadWrite.Shared"))
    return denied(call);
  if (cloud_reaches(call->lab, &user->person))
    return true;
  return graph_fail(call, 404, "ErrorItemNotFound",
                    "The specified object was not found in the store.");
}

static bool
may_open(struct graph_call *call, const struct graph_user *user, bool settings)
{
  const struct cloud_play *play = cloud_play_of(call->lab);
  const char *permissions =
      settings ? "MailboxSettings.Read|MailboxSettings.ReadWrite"
               : "Mail.ReadBasic|Mail.ReadBasic.All|Mail.Read|Mail.ReadWrite|Mail.Read.Shared|"
                 "Mail.ReadBasic.Shared|Mail.ReadWrite.Shared";
  if (!token_permits(call->token, permissions))
    return denied(call);
  if (user == NULL)
    return graph_fail(call, 404, "ErrorInvalidUser", "The requested user is invalid.");
  if (user->person.kind == PERSON_ELSEWHERE || play->no_plan)
    return not_enabled(call);
  if (!call->token->app && !may_delegate(call, user, settings))
    return false;
  if (user->admin)
    return not_enabled(call);
  if (!call->token->app)
    return true;
  if (!cloud_reaches(call->lab, &user->person))
    return graph_fail(call, 403, "ErrorAccessDenied", "Access to OData is disabled.");
  return !play->mixed || user->person.kind != PERSON_ALLOWED ||
         !is_mixed(call, &user->person, settings);
}

static void
add_moment(cJSON *object, const char *name, const char *moment)
{
  cJSON *when = cJSON_AddObjectToObject(object, name);
  cJSON_AddStringToObject(when, "dateTime", moment);
  cJSON_AddStringToObject(when, "timeZone", "UTC");
}

static cJSON *
make_replies(void)
{
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "status", "disabled");
  cJSON_AddStringToObject(object, "externalAudience", "all");
  cJSON_AddStringToObject(object, "internalReplyMessage", "");
  cJSON_AddStringToObject(object, "externalReplyMessage", "");
  // They stay from the last time, as in Exchange.
  add_moment(object, "scheduledStartDateTime", "2026-07-01T06:00:00.0000000");
  add_moment(object, "scheduledEndDateTime", "2026-07-15T16:00:00.0000000");
  return object;
}

static cJSON *
make_settings(const struct graph_user *user)
{
  cJSON *object = cJSON_CreateObject();
  cJSON_AddItemToObject(object, "automaticRepliesSetting", make_replies());
  cJSON_AddStringToObject(object, "timeZone", "W. Europe Standard Time");
  cJSON_AddStringToObject(object, "dateFormat", "dd.MM.yyyy");
  cJSON_AddStringToObject(object, "timeFormat", "HH:mm");
  cJSON *language = cJSON_AddObjectToObject(object, "language");
  cJSON_AddStringToObject(language, "locale", "en-GB");
  cJSON_AddStringToObject(language, "displayName", "English (United Kingdom)");
  // A shared mailbox is one whose account is disabled.
  cJSON_AddStringToObject(object, "userPurpose",
                          user->person.kind == PERSON_DISABLED ? "shared" : "user");
  return object;
}

static cJSON *
make_inbox(const struct graph_user *user)
{
  char id[64];
  snprintf(id, sizeof(id), "AAMkAGxhYg%012llx-EMAAA=", (unsigned long long)user->person.number);
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "id", id);
  cJSON_AddStringToObject(object, "displayName", "Inbox");
  snprintf(id, sizeof(id), "AAMkAGxhYg%012llx-EIAAA=", (unsigned long long)user->person.number);
  cJSON_AddStringToObject(object, "parentFolderId", id);
  cJSON_AddNumberToObject(object, "childFolderCount", 0);
  cJSON_AddNumberToObject(object, "unreadItemCount", (double)(user->person.number % 7));
  cJSON_AddNumberToObject(object, "totalItemCount", (double)(user->person.number % 97 + 7));
  cJSON_AddBoolToObject(object, "isHidden", false);
  return object;
}

enum behind { BEHIND_NOTHING, BEHIND_SETTINGS, BEHIND_REPLIES, BEHIND_INBOX };

static enum behind
what(const char *rest)
{
  static const char *const paths[] = {
      [BEHIND_SETTINGS] = "mailboxSettings",
      [BEHIND_REPLIES] = "mailboxSettings/automaticRepliesSetting",
      [BEHIND_INBOX] = "mailFolders/inbox",
  };
  for (enum behind i = BEHIND_SETTINGS; i <= BEHIND_INBOX; i++)
    if (strcasecmp(rest, paths[i]) == 0)
      return i;
  return BEHIND_NOTHING;
}

void
graph_mailbox(struct graph_call *call, const struct graph_user *user, const char *name,
              const char *rest)
{
  enum behind behind = what(rest);
  char context[EWS_ADDRESS_MAX + 64];
  if (behind == BEHIND_NOTHING) {
    graph_fail(call, 400, "BadRequest", "Resource not found for the segment.");
    return;
  }
  if (!may_open(call, user, behind != BEHIND_INBOX))
    return;
  cJSON *object = behind == BEHIND_INBOX      ? make_inbox(user)
                  : behind == BEHIND_SETTINGS ? make_settings(user)
                                              : make_replies();
  snprintf(context, sizeof(context), "users('%.300s')/%s", name,
           behind == BEHIND_INBOX ? "mailFolders/$entity" : rest);
  graph_select(call, object, NULL);
  graph_answer(call, object, context);
}
