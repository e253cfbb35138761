// SPDX-License-Identifier: Apache-2.0
//
// The form of a connector with tokens, filled from the network: which tenant the administrator's domain belongs to, in which
// cloud, and whether its people sign in elsewhere. Asked without a credential.
#ifndef KIT_CLOUD_SUGGEST_H
#define KIT_CLOUD_SUGGEST_H

#include "oauth_form.h"

// The hook. Leaving `page` is when to look: the administrator's, or the application's where the tenant was left empty. Until
// the secret of that page is there no session opens, so that the first of them alone would be too early for most. Of any other
// there is nothing to say.
//
// Offers the tenant and patches `tenant` with it where it is not answered, and `cloud` where another one has it. A domain that
// Entra ID does not know, or whose sign-in is elsewhere, is a warning under check_id; nothing else is said. Others than TENON_OK
// end the hook.
tenon_status cloud_suggest(const tenon_host *, const tenon_http *, const tenon_call *,
                           const char *page, const tenon_sink *, const struct oauth_answers *,
                           const char *check_id);

#endif
