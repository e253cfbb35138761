// SPDX-License-Identifier: Apache-2.0
//
// POX (MS-OXDSCLI) and SOAP GetUserSettings (MS-OXWSADISC) behind a sign-in, JSON before it. Errors of
// POX come with HTTP 200, as Exchange sends them.
#include "autodiscover.h"

#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ews.h"
#include "iis.h"
#include "scenario.h"
#include "signin.h"
#include "xml.h"

#define NS_POX "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
#define NS_RESPONSE                                                                                \
  "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
#define NS_SOAP       "http://schemas.microsoft.com/exchange/2010/Autodiscover"
#define ACTION        NS_SOAP "/Autodiscover/GetUserSettings"
#define ONPREM_URL    "https://" LAB_HOST EWS_PATH
#define CLOUD_URL     "https://outlook.office365.com" EWS_PATH
#define CLOUD_ADDRESS LAB_ADMIN_ALIAS "@contoso.mail.onmicrosoft.com"
#define EMEA_ADDRESS  LAB_ADMIN_ALIAS "@emea." DIRECTORY_DOMAIN

const struct discovery *
autodiscover_discovery(const struct lab *lab)
{
  return lab->scenario->discovery != NULL ? lab->scenario->discovery : &discovery_default;
}

// What is said about an address.
enum verdict { SAY_SETTINGS, SAY_ADDRESS, SAY_URL, SAY_UNKNOWN, SAY_BUSY };

struct reply {
  enum verdict verdict;
  char target[HTTP_HEADER_VALUE_MAX]; // of a redirect
  struct person person;
};

static bool
is_known(const struct lab *lab, const char *address, struct person *ret_person)
{
  enum identity identity;
  if (strcasecmp(address, LAB_ADMIN) == 0 || strcasecmp(address, EMEA_ADDRESS) == 0) {
    snprintf(ret_person->name, sizeof(ret_person->name), "Tenon service account");
    snprintf(ret_person->address, sizeof(ret_person->address), "%s", LAB_ADMIN);
    return true;
  }
  return directory_by_address(&lab->directory, address, ret_person, &identity);
}

static struct reply
find(struct lab *lab, const struct http_request *request, const char *address)
{
  struct reply reply = {.verdict = SAY_UNKNOWN};
  const char *host = http_request_header(request, "Host");
  bool first = host == NULL || strncasecmp(host, "autodiscover.", 13) == 0;
  switch (autodiscover_discovery(lab)->says) {
  case DISCOVERY_NOBODY: return reply;
  case DISCOVERY_CLOUD:
    reply.verdict = SAY_ADDRESS;
    snprintf(reply.target, sizeof(reply.target), CLOUD_ADDRESS);
    return reply;
  case DISCOVERY_ROUND:
    reply.verdict = SAY_URL;
    snprintf(reply.target, sizeof(reply.target), "https://%s%s",
             first ? LAB_HOST : "autodiscover." DIRECTORY_DOMAIN, request->path);
    return reply;
  case DISCOVERY_OTHER_ADDRESS:
    if (strcasecmp(address, EMEA_ADDRESS) == 0)
      break;
    reply.verdict = SAY_ADDRESS;
    snprintf(reply.target, sizeof(reply.target), EMEA_ADDRESS);
    return reply;
  case DISCOVERY_IS_BUSY:
    if (atomic_fetch_add(&lab->busy, 1) < DISCOVERY_BUSY) {
      reply.verdict = SAY_BUSY;
      return reply;
    }
    break;
  default: break;
  }
  if (is_known(lab, address, &reply.person))
    reply.verdict = SAY_SETTINGS;
  return reply;
}

// ---- POX --------------------------------------------------------------------------------------

static void
pox_error(struct text *body, int code, const char *message)
{
  text_format(body,
              "<Response><Error Time=\"12:00:00.0000000\" Id=\"1\"><ErrorCode>%d</ErrorCode>"
              "<Message>%s</Message><DebugData/></Error></Response>",
              code, message);
}

static void
pox_protocol(struct text *body, const char *type)
{
  text_format(body,
              "<Protocol><Type>%s</Type><Server>" LAB_HOST "</Server>"
              "<ASUrl>" ONPREM_URL "</ASUrl><EwsUrl>" ONPREM_URL "</EwsUrl></Protocol>",
              type);
}

static void
pox_reply(struct text *body, const struct reply *reply)
{
  if (reply->verdict == SAY_UNKNOWN || reply->verdict == SAY_BUSY) {
    pox_error(body, reply->verdict == SAY_BUSY ? 603 : 500, "The email address can't be found.");
    return;
  }
  text_append(body, "<Response xmlns=\"" NS_RESPONSE "\">");
  if (reply->verdict == SAY_SETTINGS) {
    text_append(body, "<User><DisplayName>");
    text_append_xml(body, reply->person.name);
    text_append(body, "</DisplayName><AutoDiscoverSMTPAddress>");
    text_append_xml(body, reply->person.address);
    text_append(body, "</AutoDiscoverSMTPAddress></User><Account><AccountType>email</AccountType>"
                      "<Action>settings</Action><MicrosoftOnline>False</MicrosoftOnline>");
    pox_protocol(body, "EXCH");
    pox_protocol(body, "EXPR");
    text_append(body, "</Account></Response>");
    return;
  }
  bool address = reply->verdict == SAY_ADDRESS;
  text_format(body, "<Account><AccountType>email</AccountType><Action>%s</Action><%s>",
              address ? "redirectAddr" : "redirectUrl", address ? "RedirectAddr" : "RedirectUrl");
  text_append_xml(body, reply->target);
  text_format(body, "</%s></Account></Response>", address ? "RedirectAddr" : "RedirectUrl");
}

static const char *
text_of(const struct xml_element *parent, const char *name)
{
  const struct xml_element *child = xml_child(parent, XML_SPACE_OTHER, name);
  return child != NULL ? child->text : "";
}

static void
serve_pox(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  struct text *body = &answer->body;
  struct xml_document *document = xml_document_of_thread();
  const struct xml_element *root = document != NULL && strcmp(request->method, "POST") == 0
                                       ? xml_document_read(document, request->body, request->length)
                                       : NULL;
  const struct xml_element *inner = root != NULL && xml_is(root, XML_SPACE_OTHER, "Autodiscover")
                                        ? xml_child(root, XML_SPACE_OTHER, "Request")
                                        : NULL;
  answer->status = MHD_HTTP_OK;
  http_answer_header(answer, "Content-Type", "text/xml; charset=utf-8");
  text_append(body,
              "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"" NS_POX "\">");
  const char *address = inner != NULL ? text_of(inner, "EMailAddress") : "";
  if (address[0] == '\0') {
    pox_error(body, 600, "Invalid Request");
  } else if (strcmp(text_of(inner, "AcceptableResponseSchema"), NS_RESPONSE) != 0) {
    pox_error(body, 601, "Provider is not available");
  } else {
    const struct reply reply = find(lab, request, address);
    pox_reply(body, &reply);
  }
  text_append(body, "</Autodiscover>");
}

// ---- SOAP -------------------------------------------------------------------------------------

static void
soap_setting(struct text *body, const char *name, const char *value)
{
  text_format(body, "<UserSetting i:type=\"StringSetting\"><Name>%s</Name><Value>", name);
  text_append_xml(body, value);
  text_append(body, "</Value></UserSetting>");
}

static void
soap_settings(struct text *body, const struct reply *reply, const struct xml_element *asked)
{
  const struct {
    const char *name, *value;
  } settings[] = {
      {"UserDisplayName", reply->person.name},
      {"AutoDiscoverSMTPAddress", reply->person.address},
      {"InternalEwsUrl", ONPREM_URL},
      {"ExternalEwsUrl", ONPREM_URL},
      {"ExternalEwsVersion", "15.02.2562.000"},
      {"EwsSupportedSchemas", "Exchange2007, Exchange2007_SP1, Exchange2010, Exchange2010_SP1, "
                              "Exchange2010_SP2, Exchange2013, Exchange2013_SP1"},
      {"CasVersion", "15.02.2562.017"},
      {"UserMSOnline", "False"},
  };
  text_append(body, "<UserSettings>");
  for (; asked != NULL; asked = asked->next)
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
      if (strcmp(asked->text, settings[i].name) == 0)
        soap_setting(body, settings[i].name, settings[i].value);
  text_append(body, "</UserSettings>");
}

static void
soap_user(struct text *body, const struct reply *reply, const struct xml_element *asked)
{
  static const struct {
    const char *code, *message;
  } codes[] = {[SAY_SETTINGS] = {"NoError", "No error."},
               [SAY_ADDRESS] = {"RedirectAddress", "Redirection address."},
               [SAY_URL] = {"RedirectUrl", "Redirection URL."},
               [SAY_UNKNOWN] = {"InvalidUser", "Invalid user."},
               [SAY_BUSY] = {"ServerBusy", "The server is too busy to process the request."}};
  text_format(body, "<UserResponse><ErrorCode>%s</ErrorCode><ErrorMessage>%s</ErrorMessage>",
              codes[reply->verdict].code, codes[reply->verdict].message);
  if (reply->target[0] != '\0') {
    text_append(body, "<RedirectTarget>");
    text_append_xml(body, reply->target);
    text_append(body, "</RedirectTarget>");
  } else {
    text_append(body, "<RedirectTarget i:nil=\"true\"/>");
  }
  text_append(body, "<UserSettingErrors/>");
  if (reply->verdict == SAY_SETTINGS)
    soap_settings(body, reply, asked);
  else
    text_append(body, "<UserSettings/>");
  text_append(body, "</UserResponse>");
}

static void
soap_open(struct text *body, const struct ews_version *version)
{
  text_format(body,
              "<s:Envelope xmlns:s=\"" XML_URI_SOAP "\" "
              "xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header>"
              "<a:Action s:mustUnderstand=\"1\">" ACTION "Response</a:Action>"
              "<h:ServerVersionInfo xmlns:h=\"" NS_SOAP "\"><h:MajorVersion>%d</h:MajorVersion>"
              "<h:MinorVersion>%d</h:MinorVersion><h:MajorBuildNumber>%d</h:MajorBuildNumber>"
              "<h:MinorBuildNumber>%d</h:MinorBuildNumber><h:Version>Exchange2015</h:Version>"
              "</h:ServerVersionInfo></s:Header><s:Body>",
              version->major, version->minor, version->build, version->revision);
}

static void
soap_fault(struct http_answer *answer, const char *sentence)
{
  answer->status = MHD_HTTP_INTERNAL_SERVER_ERROR;
  text_format(&answer->body,
              "<s:Envelope xmlns:s=\"" XML_URI_SOAP "\"><s:Body><s:Fault>"
              "<faultcode>s:Client</faultcode><faultstring>%s</faultstring></s:Fault></s:Body>"
              "</s:Envelope>",
              sentence);
}

// The request's element, or NULL with what is missing.
static const struct xml_element *
soap_request(const struct xml_element *envelope, const char **ret_missing)
{
  const struct xml_element *header = xml_child(envelope, XML_SPACE_SOAP, "Header");
  const struct xml_element *body = xml_child(envelope, XML_SPACE_SOAP, "Body");
  *ret_missing = NULL;
  if (header == NULL || text_of(header, "RequestedServerVersion")[0] == '\0')
    *ret_missing = "The RequestedServerVersion header is missing.";
  else if (strcmp(text_of(header, "Action"), ACTION) != 0 || text_of(header, "To")[0] == '\0')
    *ret_missing = "The message has no action that is known here.";
  const struct xml_element *message =
      body != NULL ? xml_child(body, XML_SPACE_OTHER, "GetUserSettingsRequestMessage") : NULL;
  const struct xml_element *request =
      message != NULL ? xml_child(message, XML_SPACE_OTHER, "Request") : NULL;
  if (request == NULL && *ret_missing == NULL)
    *ret_missing = "The message holds no request.";
  return *ret_missing == NULL ? request : NULL;
}

static void
soap_users(struct lab *lab, const struct http_request *request, const struct xml_element *asked,
           struct text *body)
{
  const struct xml_element *users = xml_child(asked, XML_SPACE_OTHER, "Users");
  const struct xml_element *settings = xml_child(asked, XML_SPACE_OTHER, "RequestedSettings");
  const struct xml_element *user = users != NULL ? users->first : NULL;
  for (; user != NULL; user = user->next) {
    const struct reply reply = find(lab, request, text_of(user, "Mailbox"));
    soap_user(body, &reply, settings != NULL ? settings->first : NULL);
  }
}

static void
serve_soap(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  struct xml_document *document = xml_document_of_thread();
  const struct xml_element *envelope =
      document != NULL ? xml_document_read(document, request->body, request->length) : NULL;
  const char *missing = "The message is no SOAP.";
  const struct xml_element *asked = envelope != NULL ? soap_request(envelope, &missing) : NULL;
  http_answer_header(answer, "Content-Type", "text/xml; charset=utf-8");
  if (asked == NULL) {
    soap_fault(answer, missing);
    return;
  }
  answer->status = MHD_HTTP_OK;
  soap_open(&answer->body, lab->scenario->version);
  text_append(&answer->body, "<GetUserSettingsResponseMessage xmlns=\"" NS_SOAP "\" "
                             "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><Response>"
                             "<ErrorCode>NoError</ErrorCode><ErrorMessage/><UserResponses>");
  soap_users(lab, request, asked, &answer->body);
  text_append(&answer->body, "</UserResponses></Response></GetUserSettingsResponseMessage>"
                             "</s:Body></s:Envelope>");
}

// ---- JSON -------------------------------------------------------------------------------------

static void
serve_json(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  const char *protocol =
      MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, "Protocol");
  const char *address =
      MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, "Email");
  bool good = protocol != NULL && strcasecmp(protocol, "EWS") == 0 && address != NULL;
  bool cloud = autodiscover_discovery(lab)->says == DISCOVERY_CLOUD;
  http_answer_header(answer, "Content-Type", "application/json; charset=utf-8");
  answer->status = good ? MHD_HTTP_OK : MHD_HTTP_BAD_REQUEST;
  if (good)
    text_format(&answer->body, "{\"Protocol\":\"EWS\",\"Url\":\"%s\"}",
                cloud ? CLOUD_URL : ONPREM_URL);
  else
    text_append(&answer->body,
                "{\"ErrorCode\":\"ProtocolNotSupported\",\"ErrorMessage\":\"The given protocol "
                "value is not supported. Supported values are \\u0027Ews,AutodiscoverV1\\u0027\"}");
}

// ---- the way in -------------------------------------------------------------------------------

typedef void serve_form(struct lab *, const struct http_request *, struct http_answer *);

static void
serve_signed_in(struct lab *lab, const struct http_request *request, struct http_answer *answer,
                serve_form *form)
{
  http_answer_header(answer, "X-SOAP-Enabled",
                     autodiscover_discovery(lab)->soap ? "True" : "False");
  http_answer_header(answer, "X-OAuth-Enabled", "True");
  if (signin_accepts(lab, request, answer))
    form(lab, request, answer);
}

static void
serve_not_found(struct http_answer *answer)
{
  iis_page(answer, MHD_HTTP_NOT_FOUND, "404 - File or directory not found.",
           "The resource you are looking for does not exist.");
}

// A web site of the company's, on a server of another kind.
static void
serve_web_site(struct http_answer *answer)
{
  answer->header_count = 0;
  http_answer_header(answer, "Server", "nginx");
  iis_page(answer, MHD_HTTP_OK, "Contoso", "Welcome to the web site of Contoso.");
}

static bool
is_host(const struct http_request *request, const char *name)
{
  const char *host = http_request_header(request, "Host");
  size_t length = strlen(name);
  return host != NULL && strncasecmp(host, name, length) == 0 &&
         (host[length] == '\0' || host[length] == ':');
}

// The names of a domain that has no Exchange behind them.
static bool
is_elsewhere(const struct discovery *discovery, const struct http_request *request)
{
  if (is_host(request, DIRECTORY_DOMAIN))
    return true;
  return discovery->host != NULL && !is_host(request, discovery->host);
}

bool
autodiscover_serve(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  const struct discovery *discovery = autodiscover_discovery(lab);
  bool pox = strcasecmp(request->path, DISCOVERY_PATH_POX) == 0;
  bool soap = strcasecmp(request->path, DISCOVERY_PATH_SOAP) == 0;
  bool json = strcasecmp(request->path, DISCOVERY_PATH_JSON) == 0;
  if (!pox && !soap && !json)
    return false;
  if (is_host(request, DIRECTORY_DOMAIN) && discovery->web_site)
    serve_web_site(answer);
  else if (is_elsewhere(discovery, request) || (soap && !discovery->soap) ||
           (json && !discovery->json))
    serve_not_found(answer);
  else if (json)
    serve_json(lab, request, answer);
  else
    serve_signed_in(lab, request, answer, pox ? serve_pox : serve_soap);
  return true;
}

void
autodiscover_serve_http(void *context, const struct http_request *request,
                        struct http_answer *answer)
{
  struct lab *lab = context;
  const char *location = autodiscover_discovery(lab)->http_location;
  http_answer_header(answer, "Server", "Microsoft-IIS/10.0");
  if (location != NULL && strcasecmp(request->path, DISCOVERY_PATH_POX) == 0) {
    answer->status = MHD_HTTP_FOUND;
    http_answer_header(answer, "Location", "%s", location);
  } else {
    serve_not_found(answer);
  }
}
