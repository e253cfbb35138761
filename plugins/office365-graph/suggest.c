// SPDX-License-Identifier: Apache-2.0
//
// The tenant, from the domain of the administrator's address.
#include "session.h"

#include "cloud_suggest.h"

tenon_status
msgraph_suggest(tenon_session *s, const tenon_call *call, const char *page, const tenon_sink *sink)
{
  return cloud_suggest(s->host, s->http, call, page, sink, &s->answers, MSGRAPH_ID ".tenant");
}
