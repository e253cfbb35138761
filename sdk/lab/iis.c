// SPDX-License-Identifier: Apache-2.0
//
// IIS 10 in front of the lab's Exchange.
#include "iis.h"

#include <string.h>
#include <strings.h>

#include "guid.h"
#include "scenario.h"

static void
echo_request_id(const struct http_request *request, struct http_answer *answer)
{
  const char *wanted = http_request_header(request, "return-client-request-id");
  if (wanted == NULL || strcasecmp(wanted, "true") != 0)
    return;
  const char *id = http_request_header(request, "client-request-id");
  if (id != NULL)
    http_answer_header(answer, "client-request-id", "%.64s", id);
}

void
iis_head(const struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  if (lab->scenario->not_exchange)
    return;
  char id[GUID_ROOM];
  guid_make(id);
  const struct ews_version *version = lab->scenario->version;
  http_answer_header(answer, "Server", "Microsoft-IIS/10.0");
  http_answer_header(answer, "request-id", "%s", id);
  http_answer_header(answer, "X-FEServer", LAB_FRONT_END);
  http_answer_header(answer, "X-OWA-Version", "%d.%d.%d.%d", version->major, version->minor,
                     version->build, version->revision);
  http_answer_header(answer, "X-Powered-By", "ASP.NET");
  echo_request_id(request, answer);
}

void
iis_unauthorized(const struct lab *lab, struct http_answer *answer)
{
  answer->status = 401;
  for (const char *const *challenge = lab->scenario->challenges; *challenge != NULL; challenge++)
    http_answer_header(answer, "WWW-Authenticate", "%s", *challenge);
}

void
iis_challenge(const struct lab *lab, struct http_answer *answer, const char *scheme)
{
  answer->status = 401;
  for (const char *const *other = lab->scenario->challenges; *other != NULL; other++)
    if (strcmp(*other, scheme) != 0 && strncmp(*other, "Basic ", 6) != 0)
      http_answer_header(answer, "WWW-Authenticate", "%s", *other);
}

void
iis_page(struct http_answer *answer, unsigned int status, const char *title, const char *sentence)
{
  answer->status = status;
  http_answer_header(answer, "Content-Type", "text/html; charset=utf-8");
  text_format(&answer->body,
              "<!DOCTYPE html>\r\n<html>\r\n<head><title>%s</title></head>\r\n"
              "<body>\r\n<h1>%s</h1>\r\n<p>%s</p>\r\n</body>\r\n</html>\r\n",
              title, title, sentence);
}
