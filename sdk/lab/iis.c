// SPDX-License-Identifier: Apache-2.0
//
// IIS 10 in front of the lab's Exchange.
#include "iis.h"

#include <openssl/rand.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "scenario.h"

// request-ids must differ, not be unguessable: a counter scattered by a random start will do.
static void
make_request_id(uint64_t ret_halves[2])
{
  static _Thread_local uint64_t state[2];
  if (state[0] == 0)
    RAND_bytes((unsigned char *)state, sizeof(state));
  for (size_t i = 0; i < 2; i++) {
    uint64_t mixed = (state[i] += 0x9e3779b97f4a7c15u);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    ret_halves[i] = mixed ^ (mixed >> 31);
  }
}

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
  uint64_t id[2];
  make_request_id(id);
  const struct ews_version *version = lab->scenario->version;
  http_answer_header(answer, "Server", "Microsoft-IIS/10.0");
  http_answer_header(answer, "request-id", "%08x-%04x-%04x-%04x-%012llx",
                     (unsigned int)(id[0] >> 32), (unsigned int)(id[0] >> 16) & 0xffff,
                     0x4000 | ((unsigned int)id[0] & 0x0fff),
                     0x8000 | ((unsigned int)(id[1] >> 48) & 0x3fff),
                     (unsigned long long)(id[1] & 0xffffffffffff));
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
