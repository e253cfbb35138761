// SPDX-License-Identifier: Apache-2.0
/* A hook that ends without a word leaves a person with nothing to mend. open and verify gate what comes after them, so
 * what they leave unsaid is said for them: a status without a reason, a verify that looked at nothing, a check that
 * began and has no result. Batches are the subjects' business (TR-47). */
#include <stdio.h>
#include <string.h>

#include "core/model/names.h"
#include "core/module/rules.h"
#include "core/worker/sink_check.h"

#define SILENCE_TEXT_MAX 512u /* bytes of what is said instead */

void
worker_silence_began(struct worker *w, const char *id)
{
  LOCK_FOR_SCOPE(&w->lock);
  (void)snprintf(w->begun, sizeof w->begun, "%s", id);
}

void
worker_silence_checked(struct worker *w, const tenon_check *c)
{
  w->checks++;
  if (c->state == TENON_FAIL)
    w->failures++;
  if (w->call.hook == HOOK_IMPERSONATE) /* a million of them need no lock */
    return;
  LOCK_FOR_SCOPE(&w->lock);
  if (strcmp(w->begun, c->id) == 0)
    w->begun[0] = 0;
}

static bool
left_unsaid(struct worker *w, tenon_status status, char text[static SILENCE_TEXT_MAX])
{
  const char *hook = hook_name(w->call.hook);

  if (w->call.hook == HOOK_VERIFY && w->patches > 0 && status == TENON_OK)
    return false; /* the host verifies anew */
  if (w->begun[0])
    (void)snprintf(text, SILENCE_TEXT_MAX,
                   "%s began the check %s, gave it no result and returned %s (" TR_SILENCE ").",
                   hook, w->begun, cause_name(status));
  else if (status < TENON_OK && w->failures == 0)
    (void)snprintf(text, SILENCE_TEXT_MAX,
                   "%s returned %s and reported no failed check that says why (" TR_SILENCE ").",
                   hook, cause_name(status));
  else if (w->call.hook == HOOK_VERIFY && w->checks == 0)
    (void)snprintf(text, SILENCE_TEXT_MAX, "%s returned ok and reported no check (" TR_SILENCE ").",
                   hook);
  else
    return false;
  return true;
}

void
worker_silence_end(struct worker *w, tenon_status status)
{
  char text[SILENCE_TEXT_MAX];

  if (w->broke || worker_call_over(w) || !(w->call.hook & (HOOK_OPEN | HOOK_VERIFY)) ||
      !left_unsaid(w, status, text))
    return;
  tenon_check c = {.size = sizeof c,
                   .state = TENON_FAIL,
                   .level = TENON_LEVEL_REQUIRED,
                   .id = "plugin.silent",
                   .title = "The plugin does not say why",
                   .detail = text,
                   .remedy = "Look at the plugin's log (tenon shows it with -v). If that does not "
                             "help, report this to the plugin's vendor.",
                   .cause = status < TENON_OK ? status : TENON_E_INTERNAL};
  sink_check_put(w, &c, true);
}
