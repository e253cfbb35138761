// SPDX-License-Identifier: Apache-2.0
//
// The shapes that every EWS answer is made of: envelope, fault, response messages. Written as
// Exchange writes them: one line, faults without the version header.
#include "ews.h"

#define TYPES    "xmlns:t=\"" XML_URI_TYPES "\""
#define MESSAGES "xmlns:m=\"" XML_URI_MESSAGES "\""
#define SCHEMA                                                                                     \
  "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "                                       \
  "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""

void
ews_write_open(struct text *text, const char *prefix, const struct ews_version *version)
{
  text_format(text,
              "<?xml version=\"1.0\" encoding=\"utf-8\"?><%s:Envelope xmlns:%s=\"" XML_URI_SOAP
              "\"><%s:Header><h:ServerVersionInfo MajorVersion=\"%d\" MinorVersion=\"%d\" "
              "MajorBuildNumber=\"%d\" MinorBuildNumber=\"%d\" Version=\"%s\" "
              "xmlns:h=\"" XML_URI_TYPES "\" xmlns=\"" XML_URI_TYPES "\" " SCHEMA
              "/></%s:Header><%s:Body " SCHEMA ">",
              prefix, prefix, prefix, version->major, version->minor, version->build,
              version->revision, version->schema, prefix, prefix);
}

void
ews_write_close(struct text *text, const char *prefix)
{
  text_format(text, "</%s:Body></%s:Envelope>", prefix, prefix);
}

static void
write_message_xml(struct text *text, const struct ews_fault *fault)
{
  if (fault->value_name == NULL && fault->violation_line == 0)
    return;
  text_append(text, "<t:MessageXml " TYPES ">");
  if (fault->value_name != NULL) {
    text_format(text, "<t:Value Name=\"%s\">", fault->value_name);
    text_append_xml(text, fault->value);
    text_append(text, "</t:Value>");
  } else {
    text_format(text, "<t:LineNumber>%d</t:LineNumber><t:LinePosition>%d</t:LinePosition>",
                fault->violation_line, fault->violation_column);
    text_append(text, "<t:Violation>");
    text_append_xml(text, fault->text);
    text_append(text, "</t:Violation>");
  }
  text_append(text, "</t:MessageXml>");
}

static void
write_sentence(struct text *text, const struct ews_fault *fault)
{
  if (fault->violation_line > 0)
    text_append(text, "The request failed schema validation: ");
  text_append_xml(text, fault->text);
}

void
ews_write_fault(struct text *text, const struct ews_fault *fault)
{
  static const char errors[] = "xmlns:e=\"" XML_URI_ERRORS "\"";
  text_append(text, "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"" XML_URI_SOAP
                    "\"><s:Body><s:Fault>");
  text_format(text, "<faultcode xmlns:a=\"" XML_URI_TYPES "\">a:%s</faultcode>", fault->code);
  text_append(text, "<faultstring xml:lang=\"en-US\">");
  write_sentence(text, fault);
  text_format(text, "</faultstring><detail><e:ResponseCode %s>%s</e:ResponseCode>", errors,
              fault->code);
  text_format(text, "<e:Message %s>", errors);
  write_sentence(text, fault);
  text_append(text, "</e:Message>");
  write_message_xml(text, fault);
  text_append(text, "</detail></s:Fault></s:Body></s:Envelope>");
}

void
ews_write_response_open(struct text *text, const char *operation)
{
  text_format(text, "<m:%sResponse " MESSAGES " " TYPES "><m:ResponseMessages>", operation);
}

void
ews_write_response_close(struct text *text, const char *operation)
{
  text_format(text, "</m:ResponseMessages></m:%sResponse>", operation);
}

void
ews_write_error(struct text *text, const char *operation, const char *class, const char *code)
{
  text_format(text, "<m:%sResponseMessage ResponseClass=\"%s\"><m:MessageText>", operation, class);
  text_append_xml(text, ews_code_text(code));
  text_format(text,
              "</m:MessageText><m:ResponseCode>%s</m:ResponseCode>"
              "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>",
              code);
}

void
ews_write_error_close(struct text *text, const char *operation)
{
  text_format(text, "</m:%sResponseMessage>", operation);
}
