// SPDX-License-Identifier: Apache-2.0
//
// The tenant, from the domain of the administrator's address.
#include "session.h"

#include "cloud_suggest.h"

tenon_status
cloudews_suggest(tenon_session *s, const tenon_call *call, const char *page, const tenon_sink *sink)
{
  return cloud_suggest(s->ews.host, s->ews.http, call, page, sink, &s->answers,
                       CLOUDEWS_ID ".tenant");
}
