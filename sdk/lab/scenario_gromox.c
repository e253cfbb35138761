// SPDX-License-Identifier: Apache-2.0
//
// Gromox, the other server that speaks EWS: faults with a bare code, HTTP 200 and no detail; no
// ConvertId; impersonation by address or UPN alone, which it grants by folder rights and not by a
// role. A client that reads only Exchange's faults takes these for success.
#include "scenario.h"

#include <stdio.h>
#include <string.h>

const char *const scenario_gromox_operations[] = {"GetFolder", "ResolveNames", NULL};
const char *const scenario_gromox_identities[] = {"PrincipalName", "SmtpAddress", NULL};

static const struct {
  const char *exchange;
  const char *gromox;
  const char *text;
} codes[] = {
    {"ErrorImpersonateUserDenied", "ErrorImpersonateUserDenied",
     "E-3243: insufficient permissions to impersonate this user"},
    {"ErrorNonExistentMailbox", "ErrorCannotFindUser", "E-3007: failed to get user maildir"},
    {"ErrorAccountDisabled", "ErrorCannotFindUser", "E-3007: failed to get user maildir"},
    {"ErrorInvalidSmtpAddress", "ErrorCannotFindUser", "E-3007: failed to get user maildir"},
    {"ErrorInvalidUserPrincipalName", "ErrorCannotFindUser", "E-3007: failed to get user maildir"},
    {"ErrorImpersonationFailed", "ErrorImpersonationFailed",
     "E-3242: invalid impersonation identity"},
};

static void
write_fault(struct http_answer *answer, unsigned int status, const char *code, const char *sentence)
{
  answer->status = status;
  http_answer_header(answer, "Content-Type", "text/xml");
  text_append(&answer->body,
              "<SOAP:Envelope xmlns:SOAP=\"" XML_URI_SOAP
              "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
              "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><SOAP:Header/><SOAP:Body>"
              "<SOAP:Fault><faultcode xsi:type=\"xsd:string\">");
  text_append_xml(&answer->body, code);
  text_append(&answer->body, "</faultcode><faultstring xsi:type=\"xsd:string\">");
  text_append_xml(&answer->body, sentence);
  text_append(&answer->body, "</faultstring></SOAP:Fault></SOAP:Body></SOAP:Envelope>");
}

void
scenario_gromox_fault(const struct ews_fault *fault, struct http_answer *answer)
{
  if (strcmp(fault->code, "ErrorInvalidRequest") == 0) {
    // An operation that it does not know is a server error to Gromox.
    char sentence[EWS_TEXT_MAX];
    snprintf(sentence, sizeof(sentence), "Unknown request '%.200s'.", fault->value);
    write_fault(answer, 500, "SOAP:Server", sentence);
    return;
  }
  for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
    if (strcmp(fault->code, codes[i].exchange) == 0) {
      write_fault(answer, 200, codes[i].gromox, codes[i].text);
      return;
    }
  write_fault(answer, 200, fault->violation_line > 0 ? "SOAP:Client" : fault->code, fault->text);
}
