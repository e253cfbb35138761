// SPDX-License-Identifier: Apache-2.0
//
// ResolveNames: the address book. A hundred people at most; more than one is a warning that carries
// them, none is an error that means an empty result.
#include "ews.h"

#include <stdlib.h>
#include <string.h>

static bool
is_yes(const char *value)
{
  return value != NULL && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

static void
write_field(struct text *body, const char *name, const char *value)
{
  text_format(body, "<t:%s>", name);
  text_append_xml(body, value);
  text_format(body, "</t:%s>", name);
}

static void
write_contact(const struct person *person, struct text *body)
{
  text_append(body, "<t:Contact>");
  write_field(body, "DisplayName", person->name);
  write_field(body, "GivenName", person->given);
  text_append(body, "<t:EmailAddresses><t:Entry Key=\"EmailAddress1\">SMTP:");
  text_append_xml(body, person->address);
  text_append(body, "</t:Entry></t:EmailAddresses><t:ContactSource>ActiveDirectory"
                    "</t:ContactSource>");
  write_field(body, "Surname", person->family);
  write_field(body, "Alias", person->alias);
  text_append(body, "</t:Contact>");
}

static void
write_person(const struct person *person, bool whole, struct text *body)
{
  text_append(body, "<t:Resolution><t:Mailbox>");
  write_field(body, "Name", person->name);
  write_field(body, "EmailAddress", person->address);
  text_append(body, "<t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType>"
                    "</t:Mailbox>");
  if (whole)
    write_contact(person, body);
  text_append(body, "</t:Resolution>");
}

static void
write_found(const struct person *people, size_t count, bool more, bool whole, struct text *body)
{
  if (count > 1)
    ews_write_error(body, "ResolveNames", "Warning", "ErrorNameResolutionMultipleResults");
  else
    text_append(body, "<m:ResolveNamesResponseMessage ResponseClass=\"Success\">"
                      "<m:ResponseCode>NoError</m:ResponseCode>");
  text_format(body, "<m:ResolutionSet TotalItemsInView=\"%zu\" IncludesLastItemInRange=\"%s\">",
              count, more ? "false" : "true");
  for (size_t i = 0; i < count; i++)
    write_person(&people[i], whole, body);
  text_append(body, "</m:ResolutionSet></m:ResolveNamesResponseMessage>");
}

// Without a mailbox there are no contacts to search.
static bool
wants_contacts_first(const struct xml_element *operation)
{
  const char *scope = xml_attribute(operation, "SearchScope");
  return scope != NULL && strncmp(scope, "Contacts", 8) == 0;
}

bool
ews_resolve_names(const struct ews_call *call, struct text *body, struct ews_fault *ret_fault)
{
  const struct xml_element *operation = call->operation;
  const struct xml_element *entry = xml_child(operation, XML_SPACE_MESSAGES, "UnresolvedEntry");
  if (entry == NULL || entry->text[0] == '\0' ||
      xml_attribute(operation, "ReturnFullContactData") == NULL)
    return ews_fault_violation(
        ret_fault, operation->line, operation->column,
        "The element 'ResolveNames' is incomplete: it needs "
        "'ReturnFullContactData' and an 'UnresolvedEntry' that is not empty.");
  struct person *people = calloc(EWS_RESOLUTIONS_MAX, sizeof(*people));
  if (people == NULL)
    return ews_fault_set(ret_fault, "ErrorServerBusy");
  bool more = false;
  bool no_mailbox = !call->impersonating && wants_contacts_first(operation);
  size_t count = no_mailbox ? 0
                            : directory_search(&call->lab->directory, entry->text,
                                               EWS_RESOLUTIONS_MAX, people, &more);
  ews_write_response_open(body, "ResolveNames");
  if (count == 0) {
    ews_write_error(body, "ResolveNames", "Error",
                    no_mailbox ? "ErrorNameResolutionNoMailbox" : "ErrorNameResolutionNoResults");
    ews_write_error_close(body, "ResolveNames");
  } else {
    write_found(people, count, more, is_yes(xml_attribute(operation, "ReturnFullContactData")),
                body);
  }
  ews_write_response_close(body, "ResolveNames");
  free(people);
  return true;
}
