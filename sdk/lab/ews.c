// SPDX-License-Identifier: Apache-2.0
//
// A request to EWS from the front door to the answer: what stands in front, sign-in, what Exchange
// checks of HTTP and SOAP, and then the operation.
#include "ews.h"

#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exo.h"
#include "iis.h"
#include "scenario.h"
#include "signin.h"

static const struct {
  const char *name;
  ews_operation *run;
} operations[] = {
    {"ConvertId", ews_convert_id},
    {"GetFolder", ews_get_folder},
    {"ResolveNames", ews_resolve_names},
};

static ews_operation *
find_operation(const struct scenario *scenario, const struct xml_element *element)
{
  for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
    if (xml_is(element, XML_SPACE_MESSAGES, operations[i].name) &&
        scenario_lists(scenario->operations, operations[i].name))
      return operations[i].run;
  return NULL;
}

static bool
unknown_operation(struct ews_fault *fault, const struct xml_element *element)
{
  ews_fault_set(fault, "ErrorInvalidRequest");
  snprintf(fault->value, sizeof(fault->value), "%s", element->name);
  return false;
}

static struct xml_element *
read_envelope(const struct http_request *request, struct ews_fault *ret_fault)
{
  struct xml_document *document = xml_document_of_thread();
  if (document == NULL) {
    ews_fault_set(ret_fault, "ErrorServerBusy");
    return NULL;
  }
  struct xml_element *root = xml_document_read(document, request->body, request->length);
  if (root == NULL)
    ews_fault_violation(ret_fault, xml_document_line(document), 1, "%s",
                        xml_document_error(document));
  else if (!xml_is(root, XML_SPACE_SOAP, "Envelope"))
    ews_fault_set(ret_fault, "ErrorInvalidRequest");
  else
    return root;
  return NULL;
}

static bool
check_version(const struct scenario *scenario, const struct xml_element *header,
              struct ews_fault *ret_fault)
{
  if (scenario->not_exchange)
    return true;
  const struct xml_element *element = xml_child(header, XML_SPACE_TYPES, "RequestServerVersion");
  return ews_version_check(scenario->version, xml_attribute(element, "Version"), ret_fault);
}

static bool
read_access(struct lab *lab, const struct http_request *request, const struct xml_element *header,
            struct ews_call *call, struct ews_fault *ret_fault)
{
  struct token token;
  if (!lab->scenario->online)
    return ews_access_read(lab, header, call, ret_fault);
  if (token_read(lab, request, RESOURCE_EXCHANGE, &token) != TOKEN_GOOD)
    return ews_fault_set(ret_fault, "ErrorAccessDenied");
  call->delegate = !token.app;
  return exo_access_read(lab, header, call, ret_fault);
}

// Reads the call and runs its operation; the response's element goes to `body`.
static bool
run(struct lab *lab, const struct http_request *request, struct text *body,
    struct ews_fault *ret_fault)
{
  const struct xml_element *envelope = read_envelope(request, ret_fault);
  if (envelope == NULL)
    return false;
  const struct xml_element *header = xml_child(envelope, XML_SPACE_SOAP, "Header");
  const struct xml_element *soap_body = xml_child(envelope, XML_SPACE_SOAP, "Body");
  if (soap_body == NULL || soap_body->first == NULL)
    return ews_fault_set(ret_fault, "ErrorInvalidRequest");
  struct ews_call call = {.lab = lab, .operation = soap_body->first};
  if (!check_version(lab->scenario, header, ret_fault))
    return false;
  ews_operation *operation = find_operation(lab->scenario, call.operation);
  if (operation == NULL)
    return unknown_operation(ret_fault, call.operation);
  return read_access(lab, request, header, &call, ret_fault) && operation(&call, body, ret_fault);
}

static void
answer_fault(const struct scenario *scenario, const struct ews_fault *fault,
             struct http_answer *answer)
{
  text_finish(&answer->body);
  if (scenario->fault != NULL) {
    scenario->fault(fault, answer);
    return;
  }
  answer->status = MHD_HTTP_INTERNAL_SERVER_ERROR;
  http_answer_header(answer, "Content-Type", "text/xml; charset=utf-8");
  ews_write_fault(&answer->body, fault);
}

static void
answer_call(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  const struct scenario *scenario = lab->scenario;
  struct ews_fault fault;
  ews_write_open(&answer->body, scenario->soap_prefix, scenario->version);
  if (!run(lab, request, &answer->body, &fault)) {
    answer_fault(scenario, &fault, answer);
    return;
  }
  ews_write_close(&answer->body, scenario->soap_prefix);
  answer->status = MHD_HTTP_OK;
  http_answer_header(answer, "Content-Type", "text/xml; charset=utf-8");
}

static void
add_back_end_head(const struct lab *lab, struct http_answer *answer)
{
  if (lab->scenario->not_exchange)
    return;
  http_answer_header(answer, "Cache-Control", "private");
  http_answer_header(answer, "X-CalculatedBETarget", "exch01." DIRECTORY_DOMAIN);
  http_answer_header(answer, "X-BEServer", LAB_FRONT_END);
  http_answer_header(answer, "X-DiagInfo", LAB_FRONT_END);
  http_answer_header(answer, "X-AspNet-Version", "4.0.30319");
}

// What WCF refuses before it reads the envelope.
static bool
refuse_http(const struct http_request *request, struct http_answer *answer)
{
  if (strcmp(request->method, "POST") != 0) {
    iis_page(answer, MHD_HTTP_OK, "Exchange Web Services", "This is a service for programs.");
    return true;
  }
  const char *type = http_request_header(request, "Content-Type");
  if (type != NULL && strncasecmp(type, "text/xml", 8) == 0)
    return false;
  answer->status = MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
  return true;
}

void
ews_serve(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  const struct scenario *scenario = lab->scenario;
  if (scenario->front != NULL && scenario->front(lab, request, answer))
    return;
  if (!(scenario->online ? exo_accepts : signin_accepts)(lab, request, answer))
    return;
  add_back_end_head(lab, answer);
  atomic_fetch_add(&lab->requests, 1);
  if (scenario->back != NULL && scenario->back(lab, request, answer))
    return;
  if (!refuse_http(request, answer))
    answer_call(lab, request, answer);
}
