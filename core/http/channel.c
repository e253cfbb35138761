// SPDX-License-Identifier: Apache-2.0
#include "core/http/channel.h"

tenon_status
channel_open(const tenon_http *http, const tenon_call *call, const char *url,
             const tenon_http_identity *identity, tenon_http_channel **ret)
{
  (void)http, (void)call, (void)url, (void)identity, (void)ret;
  return TENON_E_UNSUPPORTED;
}

tenon_status
channel_perform(tenon_http_channel *channel, const tenon_call *call,
                const tenon_http_request *request, const tenon_http_completion **ret)
{
  (void)channel, (void)call, (void)request, (void)ret;
  return TENON_E_UNSUPPORTED;
}

tenon_status
channel_start(tenon_http_channel *channel, const tenon_call *call,
              const tenon_http_request *request, void *tag)
{
  (void)channel, (void)call, (void)request, (void)tag;
  return TENON_E_UNSUPPORTED;
}

tenon_status
channel_wrap(tenon_http_channel *channel, tenon_text plain, tenon_text *ret_signature,
             tenon_text *ret)
{
  (void)channel, (void)plain, (void)ret_signature, (void)ret;
  return TENON_E_UNSUPPORTED;
}

tenon_status
channel_unwrap(tenon_http_channel *channel, tenon_text signature, tenon_text sealed,
               tenon_text *ret)
{
  (void)channel, (void)signature, (void)sealed, (void)ret;
  return TENON_E_UNSUPPORTED;
}

void
channel_close(tenon_http_channel *channel)
{
  (void)channel;
}
