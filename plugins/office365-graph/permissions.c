// SPDX-License-Identifier: Apache-2.0
//
// What tenon asks Graph for, and what holds it as well. The least that covers every request: the list of users and the
// organization, the automatic replies, and the inbox's name and size; no message is read.
#include "session.h"

#include <string.h>

#define DIRECTORY                                                                                  \
  "User.ReadBasic.All|User.Read.All|User.ReadWrite.All|Directory.Read.All|Directory.ReadWrite.All"

const struct permission permissions_app[] = {
    {"User.Read.All", DIRECTORY, "the list of users, and why a mailbox is not there"},
    {"MailboxSettings.Read", "MailboxSettings.Read|MailboxSettings.ReadWrite",
     "the automatic replies"},
    {"Mail.ReadBasic.All", "Mail.ReadBasic.All|Mail.ReadBasic|Mail.Read|Mail.ReadWrite",
     "the folders, without what the messages say"},
    {NULL, NULL, NULL},
};

const struct permission permissions_delegated[] = {
    {"User.Read", "User.Read|User.ReadWrite|" DIRECTORY, "the organization's name"},
    {"User.ReadBasic.All", DIRECTORY, "the list of users"},
    {"Mail.ReadBasic", "Mail.ReadBasic|Mail.Read|Mail.ReadWrite", "the own folders"},
    {"Mail.Read.Shared", "Mail.Read.Shared|Mail.ReadWrite.Shared|Mail.ReadBasic.Shared",
     "the folders that others have shared"},
    {NULL, NULL, NULL},
};

const char permissions_scopes[] = "User.Read User.ReadBasic.All Mail.ReadBasic Mail.Read.Shared";

// Automatic replies of others are never told to a person, whatever is permitted.
const struct permission *
permission_for(const struct tenon_session *s, enum need need)
{
  if (s->app)
    return &permissions_app[need == NEED_SETTINGS ? 1 : need == NEED_MAIL ? 2 : 0];
  return &permissions_delegated[need == NEED_ORGANIZATION ? 0 : need == NEED_DIRECTORY ? 1 : 3];
}

bool
permission_held(const struct tenon_session *s, const struct permission *wanted)
{
  for (const char *p = wanted->accepted; *p != 0;) {
    char name[64];
    size_t n = strcspn(p, "|");
    struct kit_text text;
    kit_text_init(&text, name, sizeof name);
    kit_text_put_n(&text, p, n);
    if (jwt_permits(&s->claims, name))
      return true;
    p += n + (p[n] == '|');
  }
  return false;
}

bool
permissions_missing(const struct tenon_session *s, char *to, size_t size)
{
  struct kit_text text;
  kit_text_init(&text, to, size);
  const struct permission *wanted = s->app ? permissions_app : permissions_delegated;
  for (; wanted->name != NULL; wanted++)
    if (!permission_held(s, wanted))
      kit_text_printf(&text, "%s%s", text.len > 0 ? " " : "", wanted->name);
  return text.len > 0;
}

void
permissions_consent(const struct tenon_session *s, char *to, size_t size)
{
  struct kit_text text;
  const struct oauth_answers *a = &s->answers;
  const char *tenant = s->claims.tenant[0] != 0 ? s->claims.tenant : a->tenant;
  const char *client = a->client_id[0] != 0 ? a->client_id : s->claims.app_id;
  kit_text_init(&text, to, size);
  kit_text_printf(&text, "%s/%s/adminconsent?client_id=%s", a->authority,
                  tenant[0] != 0 ? tenant : "organizations", client);
}
