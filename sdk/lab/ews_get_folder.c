// SPDX-License-Identifier: Apache-2.0
//
// GetFolder: opens a mailbox, which is the proof that impersonation works. The administrator has no
// mailbox of its own and no rights to anybody's without impersonation.
#include "ews.h"

#include <string.h>

#include "folder_id.h"

static const struct {
  const char *id;
  const char *element; // NULL: no mailbox of the lab has it
  const char *name;
} folders[] = {
    {"inbox", "Folder", "Inbox"},
    {"root", "Folder", "root"},
    {"msgfolderroot", "Folder", "Top of Information Store"},
    {"calendar", "CalendarFolder", "Calendar"},
    {"contacts", "ContactsFolder", "Contacts"},
    {"tasks", "TasksFolder", "Tasks"},
    {"drafts", "Folder", "Drafts"},
    {"sentitems", "Folder", "Sent Items"},
    {"deleteditems", "Folder", "Deleted Items"},
    {"outbox", "Folder", "Outbox"},
    {"junkemail", "Folder", "Junk Email"},
    {"notes", "Folder", "Notes"},
    {"journal", "Folder", "Journal"},
    {"searchfolders", "Folder", "Finder"},
    {"publicfoldersroot", NULL, NULL},
    {"archiveroot", NULL, NULL},
    {"archivemsgfolderroot", NULL, NULL},
};

#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

static size_t
find_folder(const char *id)
{
  size_t i = 0;
  while (i < FOLDERS && strcmp(folders[i].id, id) != 0)
    i++;
  return i;
}

// Which folder an id in the request means. Returns an error code, or NULL and the folder.
static const char *
open_distinguished(const struct ews_call *call, const struct xml_element *element,
                   struct folder_id *ret_id)
{
  const struct xml_element *mailbox = xml_child(element, XML_SPACE_TYPES, "Mailbox");
  const struct xml_element *address = xml_child(mailbox, XML_SPACE_TYPES, "EmailAddress");
  struct person person = call->person;
  if (address != NULL) {
    enum identity identity;
    if (!ews_address_plausible(address->text))
      return "ErrorInvalidSmtpAddress";
    if (!directory_by_address(&call->lab->directory, address->text, &person, &identity))
      return "ErrorNonExistentMailbox";
    if (!call->impersonating || person.number != call->person.number)
      return "ErrorAccessDenied";
  } else if (!call->impersonating) {
    return "ErrorMissingEmailAddress";
  }
  size_t folder = find_folder(xml_attribute(element, "Id"));
  if (folders[folder].element == NULL)
    return "ErrorFolderNotFound";
  *ret_id = (struct folder_id){.mailbox = person.number, .folder = (uint8_t)folder};
  return NULL;
}

static const char *
open_by_id(const struct ews_call *call, const struct xml_element *element, struct folder_id *ret_id)
{
  struct folder_id id;
  if (!folder_id_read(xml_attribute(element, "Id"), "EwsId", &id) || id.folder >= FOLDERS)
    return "ErrorInvalidIdMalformed";
  if (!call->impersonating || id.mailbox != call->person.number)
    return "ErrorAccessDenied";
  *ret_id = id;
  return NULL;
}

static void
write_folder(const struct folder_id *id, bool whole, struct text *body)
{
  char text[FOLDER_ID_TEXT_MAX];
  const char *element = folders[id->folder].element;
  folder_id_write(id, "EwsId", text);
  text_format(body, "<t:%s><t:FolderId Id=\"%s\" ChangeKey=\"AQAAABYAAAB0ZW5vbi1sYWI%s\"/>",
              element, text, id->folder % 2 == 0 ? "A" : "B");
  if (whole)
    text_format(body,
                "<t:DisplayName>%s</t:DisplayName><t:TotalCount>0</t:TotalCount>"
                "<t:ChildFolderCount>0</t:ChildFolderCount>",
                folders[id->folder].name);
  if (whole && (strcmp(element, "Folder") == 0 || strcmp(element, "TasksFolder") == 0))
    text_append(body, "<t:UnreadCount>0</t:UnreadCount>");
  text_format(body, "</t:%s>", element);
}

static void
write_message(const struct ews_call *call, const struct xml_element *element, bool whole,
              struct text *body)
{
  struct folder_id id;
  const char *error = strcmp(element->name, "FolderId") == 0
                          ? open_by_id(call, element, &id)
                          : open_distinguished(call, element, &id);
  if (error != NULL) {
    ews_write_error(body, "GetFolder", "Error", error);
    text_append(body, "<m:Folders/>");
    ews_write_error_close(body, "GetFolder");
    return;
  }
  text_append(body, "<m:GetFolderResponseMessage ResponseClass=\"Success\">"
                    "<m:ResponseCode>NoError</m:ResponseCode><m:Folders>");
  write_folder(&id, whole, body);
  text_append(body, "</m:Folders></m:GetFolderResponseMessage>");
}

static bool
check_id(const struct xml_element *element, struct ews_fault *ret_fault)
{
  bool distinguished = xml_is(element, XML_SPACE_TYPES, "DistinguishedFolderId");
  if (!distinguished && !xml_is(element, XML_SPACE_TYPES, "FolderId"))
    return ews_fault_violation(ret_fault, element->line, element->column,
                               "The element 'FolderIds' has invalid child element '%.64s'.",
                               element->name);
  const char *id = xml_attribute(element, "Id");
  if (id == NULL)
    return ews_fault_violation(ret_fault, element->line, element->column,
                               "The required attribute 'Id' is missing.");
  if (distinguished && find_folder(id) == FOLDERS)
    return ews_fault_violation(
        ret_fault, element->line, element->column,
        "The 'Id' attribute is invalid - The value '%.64s' is invalid according to its datatype "
        "'" XML_URI_TYPES ":DistinguishedFolderIdNameType' - The Enumeration constraint failed.",
        id);
  return true;
}

static bool
check_shape(const struct xml_element *operation, bool *ret_whole, struct ews_fault *ret_fault)
{
  const struct xml_element *shape = xml_child(operation, XML_SPACE_MESSAGES, "FolderShape");
  const struct xml_element *base = xml_child(shape, XML_SPACE_TYPES, "BaseShape");
  if (base == NULL)
    return ews_fault_violation(ret_fault, operation->line, operation->column,
                               "The element 'GetFolder' has incomplete content: 'FolderShape' with "
                               "'BaseShape' is expected.");
  *ret_whole = strcmp(base->text, "IdOnly") != 0;
  if (*ret_whole && strcmp(base->text, "Default") != 0 && strcmp(base->text, "AllProperties") != 0)
    return ews_fault_violation(ret_fault, base->line, base->column,
                               "The 'BaseShape' element is invalid - The Enumeration constraint "
                               "failed.");
  return true;
}

bool
ews_get_folder(const struct ews_call *call, struct text *body, struct ews_fault *ret_fault)
{
  const struct xml_element *operation = call->operation;
  const struct xml_element *ids = xml_child(operation, XML_SPACE_MESSAGES, "FolderIds");
  bool whole = false;
  if (!check_shape(operation, &whole, ret_fault))
    return false;
  if (ids == NULL || ids->first == NULL)
    return ews_fault_violation(ret_fault, operation->line, operation->column,
                               "The element 'GetFolder' has incomplete content: 'FolderIds' is "
                               "expected.");
  size_t count = 0;
  for (const struct xml_element *id = ids->first; id != NULL; id = id->next) {
    if (++count > EWS_IDS_MAX)
      return ews_fault_set(ret_fault, "ErrorInvalidRequest");
    if (!check_id(id, ret_fault))
      return false;
  }
  ews_write_response_open(body, "GetFolder");
  for (const struct xml_element *id = ids->first; id != NULL; id = id->next)
    write_message(call, id, whole, body);
  ews_write_response_close(body, "GetFolder");
  return true;
}
