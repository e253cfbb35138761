// SPDX-License-Identifier: Apache-2.0
/* Channels: sign-ins that belong to a connection. The functions of the table (tenon/http.h). */
#ifndef CORE_HTTP_CHANNEL_H
#define CORE_HTTP_CHANNEL_H

#include <tenon/http.h>

tenon_status channel_open(const tenon_http *, const tenon_call *, const char *url,
                          const tenon_http_identity *, tenon_http_channel **ret);
tenon_status channel_perform(tenon_http_channel *, const tenon_call *, const tenon_http_request *,
                             const tenon_http_completion **ret);
tenon_status channel_start(tenon_http_channel *, const tenon_call *, const tenon_http_request *,
                           void *tag);
tenon_status channel_wrap(tenon_http_channel *, tenon_text plain, tenon_text *ret_signature,
                          tenon_text *ret);
tenon_status channel_unwrap(tenon_http_channel *, tenon_text signature, tenon_text sealed,
                            tenon_text *ret);
void channel_close(tenon_http_channel *);

#endif
