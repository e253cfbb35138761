// SPDX-License-Identifier: Apache-2.0
//
// From answers to a session, without the network. Every answer that cannot work is refused here, by the name of its field
// and with what to write instead.
#include "session.h"

#include <stdlib.h>
#include <string.h>

#define CHECK_FORM MSGRAPH_ID ".form"

const char *
msgraph_address_fault(const char *text, size_t len)
{
  if (len == 0)
    return "it is empty";
  if (len > MSGRAPH_ADDRESS_MAX)
    return "it is longer than 320 bytes";
  if (!kit_utf8_printable(text, len))
    return "it holds bytes that are no text";
  if (memchr(text, ' ', len) != NULL)
    return "it holds a blank";
  char copy[MSGRAPH_ADDRESS_MAX + 1];
  memcpy(copy, text, len);
  copy[len] = 0;
  const char *at = strrchr(copy, '@');
  if (at == NULL)
    return cloud_is_guid(copy) ? NULL : "it has no @ and is no id";
  return at == copy || at[1] == 0 ? "there is nothing on one side of the @" : NULL;
}

static void
authority_of(const char *root, char *to, size_t size)
{
  struct kit_text text;
  const char *start = strstr(root, "://");
  start = start != NULL ? start + 3 : root;
  kit_text_init(&text, to, size);
  kit_text_put_n(&text, start, strcspn(start, "/"));
}

static bool
take_answers(struct tenon_session *s, const tenon_sink *sink)
{
  bool good = oauth_answers_read(s->host, sink, CHECK_FORM, &s->answers);
  const struct cloud *cloud = s->answers.settings.cloud;
  good &= oauth_answers_url(s->host, sink, CHECK_FORM, TENON_KEY_GRAPH_URL, cloud->graph, s->root,
                            sizeof s->root);
  good &= oauth_answers_http(s->host, sink, s->http, CHECK_FORM);
  s->mailbox = s->answers.mailbox;
  s->resource = cloud->graph;
  authority_of(s->root, s->server, sizeof s->server);
  s->app = oauth_is_app(s->answers.settings.grant);
  return good;
}

tenon_status
msgraph_open(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
             tenon_session **ret)
{
  (void)call;
  const tenon_http *http = host->extension(host, TENON_HTTP_ID);
  if (http == NULL)
    return TENON_E_UNSUPPORTED;
  struct tenon_session *s = calloc(1, sizeof *s);
  if (s == NULL)
    return TENON_E_NOMEM;
  s->host = host;
  s->http = http;
  backoff_init(&s->backoff);
  tenon_status status = take_answers(s, sink) ? TENON_OK : TENON_E_CONFIG;
  if (status == TENON_OK) {
    s->reader = soap_reader_create();
    s->oauth = oauth_create(host, http, &s->answers.settings);
    if (s->reader == NULL || s->oauth == NULL)
      status = TENON_E_NOMEM;
  }
  if (status != TENON_OK) {
    msgraph_close(s);
    return status;
  }
  *ret = s;
  return TENON_OK;
}

void
msgraph_close(tenon_session *s)
{
  if (s == NULL)
    return;
  if (s->oauth != NULL)
    oauth_destroy(s->oauth);
  if (s->reader != NULL)
    soap_reader_destroy(s->reader);
  free(s);
}
