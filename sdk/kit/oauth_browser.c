// SPDX-License-Identifier: Apache-2.0
//
// To be written.
#include "oauth_parts.h"

tenon_status
oauth_by_browser(struct oauth *o, const tenon_call *call, struct oauth_slot *slot)
{
  (void)o, (void)call;
  return oauth_fail(slot, TENON_E_UNSUPPORTED, "token", "This way to sign in is not there yet.");
}
