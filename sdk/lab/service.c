// SPDX-License-Identifier: Apache-2.0
//
// Paths to services. A new protocol of the lab is a new row here.
#include "service.h"

#include <strings.h>

#include "autodiscover.h"
#include "entra.h"
#include "ews.h"
#include "graph.h"
#include "iis.h"
#include "imds.h"
#include "scenario.h"
#include "signin.h"

typedef void service(struct lab *lab, const struct http_request *request,
                     struct http_answer *answer);

static void
serve_log_on_page(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  (void)lab;
  (void)request;
  iis_page(answer, 200, "Outlook",
           "<form action=\"/owa/auth.owa\" method=\"POST\" name=\"logonForm\">"
           "<input name=\"username\"><input name=\"password\" type=\"password\">"
           "<input type=\"submit\" value=\"sign in\"></form>");
}

static void
serve_home(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  (void)lab;
  (void)request;
  answer->status = 302;
  http_answer_header(answer, "Location", "/owa/auth/logon.aspx");
}

static const struct {
  const char *path;
  service *serve;
} services[] = {
    {EWS_PATH, ews_serve},
    {"/lab/attempts", signin_serve_attempts},
    {"/owa/auth/logon.aspx", serve_log_on_page},
    {"/owa/", serve_home},
    {"/", serve_home},
};

static void
dispatch(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  if (autodiscover_serve(lab, request, answer))
    return;
  for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
    if (strcasecmp(request->path, services[i].path) == 0) {
      services[i].serve(lab, request, answer);
      return;
    }
  iis_page(answer, 404, "404 - File or directory not found.",
           "The resource you are looking for does not exist.");
}

void
service_answer_http(void *context, const struct http_request *request, struct http_answer *answer)
{
  struct lab *lab = context;
  if (!imds_serve(lab, request, answer))
    autodiscover_serve_http(lab, request, answer);
  answer->delay_ms = lab->latency_ms;
}

void
service_answer(void *context, const struct http_request *request, struct http_answer *answer)
{
  struct lab *lab = context;
  if (!graph_serve(lab, request, answer) && !entra_serve(lab, request, answer)) {
    iis_head(lab, request, answer);
    dispatch(lab, request, answer);
  }
  answer->delay_ms = lab->latency_ms;
  if (lab->scenario->deliver != NULL)
    lab->scenario->deliver(answer);
}
