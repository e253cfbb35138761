// SPDX-License-Identifier: Apache-2.0
//
// ConvertId: needs no mailbox, so it is what tells a client that it is connected. Ids that the lab
// gave out are converted; a made-up one gets the error that Exchange has for it.
#include "ews.h"

#include <string.h>

#include "folder_id.h"

static const char *const formats[] = {"EwsLegacyId", "EwsId",   "EntryId",
                                      "HexEntryId",  "StoreId", "OwaId"};

static bool
is_format(const char *format)
{
  for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
    if (strcmp(format, formats[i]) == 0)
      return true;
  return false;
}

static const char *
convert(const struct xml_element *source, const char *wanted, char ret_id[FOLDER_ID_TEXT_SIZE])
{
  struct folder_id id;
  if (!ews_address_plausible(xml_attribute(source, "Mailbox")))
    return "ErrorInvalidSmtpAddress";
  if (!folder_id_read(xml_attribute(source, "Id"), xml_attribute(source, "Format"), &id) ||
      !folder_id_write(&id, wanted, ret_id))
    return "ErrorInvalidIdMalformed";
  return NULL;
}

static void
write_message(const struct xml_element *source, const char *wanted, struct text *body)
{
  char id[FOLDER_ID_TEXT_SIZE];
  const char *error = convert(source, wanted, id);
  if (error != NULL) {
    ews_write_error(body, "ConvertId", "Error", error);
    ews_write_error_close(body, "ConvertId");
    return;
  }
  text_append(body, "<m:ConvertIdResponseMessage ResponseClass=\"Success\">"
                    "<m:ResponseCode>NoError</m:ResponseCode>");
  text_format(body,
              "<m:AlternateId xsi:type=\"t:AlternateIdType\" Format=\"%s\" Id=\"%s\" Mailbox=\"",
              wanted, id);
  text_append_xml(body, xml_attribute(source, "Mailbox"));
  text_append(body, "\"/></m:ConvertIdResponseMessage>");
}

// An AlternateId has all its attributes and a format that exists.
static bool
check_source(const struct xml_element *source, struct ews_fault *ret_fault)
{
  static const char *const required[] = {"Format", "Id", "Mailbox"};
  if (!xml_is(source, XML_SPACE_TYPES, "AlternateId"))
    return ews_fault_set(ret_fault, "ErrorInvalidRequest");
  for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
    if (xml_attribute(source, required[i]) == NULL)
      return ews_fault_violation(ret_fault, source->line, source->column,
                                 "The required attribute '%s' is missing.", required[i]);
  if (!is_format(xml_attribute(source, "Format")))
    return ews_fault_violation(ret_fault, source->line, source->column,
                               "The 'Format' attribute is invalid - The Enumeration constraint "
                               "failed.");
  return true;
}

bool
ews_convert_id(const struct ews_call *call, struct text *body, struct ews_fault *ret_fault)
{
  const struct xml_element *operation = call->operation;
  const char *wanted = xml_attribute(operation, "DestinationFormat");
  const struct xml_element *sources = xml_child(operation, XML_SPACE_MESSAGES, "SourceIds");
  if (wanted == NULL || !is_format(wanted) || sources == NULL || sources->first == NULL)
    return ews_fault_violation(ret_fault, operation->line, operation->column,
                               "The element 'ConvertId' is incomplete: it needs a "
                               "'DestinationFormat' that exists and 'SourceIds'.");
  size_t count = 0;
  for (const struct xml_element *source = sources->first; source != NULL; source = source->next) {
    if (++count > EWS_IDS_MAX)
      return ews_fault_set(ret_fault, "ErrorInvalidRequest");
    if (!check_source(source, ret_fault))
      return false;
  }
  ews_write_response_open(body, "ConvertId");
  for (const struct xml_element *source = sources->first; source != NULL; source = source->next)
    write_message(source, wanted, body);
  ews_write_response_close(body, "ConvertId");
  return true;
}
