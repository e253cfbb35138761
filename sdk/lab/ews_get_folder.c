// SPDX-License-Identifier: Apache-2.0
//
// GetFolder: opens a mailbox, which is the proof that impersonation works. The administrator has no
// mailbox of its own and no rights to anybody's without impersonation.
#include "ews.h"

#include <string.h>

#include "cloud.h"
#include "folder_id.h"

static const struct {
  const char *id;
  const char *element;
  const char *name;
  const char *class;
} folders[] = {
    {"inbox", "Folder", "Inbox", "IPF.Note"},
    {"root", "Folder", "root", "IPF.Note"},
    {"msgfolderroot", "Folder", "Top of Information Store", "IPF.Note"},
    {"calendar", "CalendarFolder", "Calendar", "IPF.Appointment"},
    {"contacts", "ContactsFolder", "Contacts", "IPF.Contact"},
    {"tasks", "TasksFolder", "Tasks", "IPF.Task"},
    {"drafts", "Folder", "Drafts", "IPF.Note"},
    {"sentitems", "Folder", "Sent Items", "IPF.Note"},
    {"deleteditems", "Folder", "Deleted Items", "IPF.Note"},
    {"outbox", "Folder", "Outbox", "IPF.Note"},
    {"junkemail", "Folder", "Junk Email", "IPF.Note"},
    {"notes", "Folder", "Notes", "IPF.StickyNote"},
    {"journal", "Folder", "Journal", "IPF.Journal"},
    {"searchfolders", "Folder", "Finder", "IPF.Note"},
};

// Names that the schema has and no mailbox of the lab: no archive, no dumpster, nothing hidden.
static const char *const absent[] = {
    "publicfoldersroot",
    "voicemail",
    "recoverableitemsroot",
    "recoverableitemsdeletions",
    "recoverableitemsversions",
    "recoverableitemspurges",
    "recoverableitemsdiscoveryholds",
    "archiveroot",
    "archivemsgfolderroot",
    "archivedeleteditems",
    "archiveinbox",
    "archiverecoverableitemsroot",
    "archiverecoverableitemsdeletions",
    "archiverecoverableitemsversions",
    "archiverecoverableitemspurges",
    "archiverecoverableitemsdiscoveryholds",
    "syncissues",
    "conflicts",
    "localfailures",
    "serverfailures",
    "recipientcache",
    "quickcontacts",
    "conversationhistory",
    "adminauditlogs",
    "todosearch",
    "mycontacts",
    "directory",
    "imcontactlist",
    "peopleconnect",
    "favorites",
};

// What a folder is asked for, beside its id.
enum property {
  PROPERTY_CLASS = 1 << 0,
  PROPERTY_NAME = 1 << 1,
  PROPERTY_TOTAL = 1 << 2,
  PROPERTY_CHILDREN = 1 << 3,
  PROPERTY_WHICH = 1 << 4,
  PROPERTY_UNREAD = 1 << 5,
};

static const struct {
  const char *uri;
  enum property property;
} properties[] = {
    {"folder:FolderClass", PROPERTY_CLASS},
    {"folder:DisplayName", PROPERTY_NAME},
    {"folder:TotalCount", PROPERTY_TOTAL},
    {"folder:ChildFolderCount", PROPERTY_CHILDREN},
    {"folder:DistinguishedFolderId", PROPERTY_WHICH},
    {"folder:UnreadCount", PROPERTY_UNREAD},
};

#define PROPERTIES_DEFAULT (PROPERTY_NAME | PROPERTY_TOTAL | PROPERTY_CHILDREN | PROPERTY_UNREAD)
#define PROPERTIES_ALL     (PROPERTIES_DEFAULT | PROPERTY_CLASS | PROPERTY_WHICH)

#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

static size_t
find_folder(const char *id)
{
  size_t i = 0;
  while (i < FOLDERS && strcmp(folders[i].id, id) != 0)
    i++;
  return i;
}

static bool
in_schema(const char *id)
{
  for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
    if (strcmp(absent[i], id) == 0)
      return true;
  return find_folder(id) < FOLDERS;
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
    if (call->delegate && person.kind == PERSON_ELSEWHERE)
      return "ErrorNonExistentMailbox";
    if (call->delegate ? !cloud_reaches(call->lab, &person)
                       : !call->impersonating || person.number != call->person.number)
      return "ErrorAccessDenied";
  } else if (!call->impersonating) {
    return "ErrorMissingEmailAddress";
  }
  size_t folder = find_folder(xml_attribute(element, "Id"));
  if (folder == FOLDERS)
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
write_field(struct text *body, const char *name, const char *value)
{
  text_format(body, "<t:%s>%s</t:%s>", name, value, name);
}

// In the schema's order. A calendar and contacts have no count of unread items.
static void
write_folder(const struct folder_id *id, unsigned int wanted, struct text *body)
{
  char text[FOLDER_ID_TEXT_SIZE];
  const char *element = folders[id->folder].element;
  folder_id_write(id, "EwsId", text);
  text_format(body, "<t:%s><t:FolderId Id=\"%s\" ChangeKey=\"AQAAABYAAAB0ZW5vbi1sYWI%s\"/>",
              element, text, id->folder % 2 == 0 ? "A" : "B");
  if (wanted & PROPERTY_CLASS)
    write_field(body, "FolderClass", folders[id->folder].class);
  if (wanted & PROPERTY_NAME)
    write_field(body, "DisplayName", folders[id->folder].name);
  if (wanted & PROPERTY_TOTAL)
    write_field(body, "TotalCount", "0");
  if (wanted & PROPERTY_CHILDREN)
    write_field(body, "ChildFolderCount", "0");
  if (wanted & PROPERTY_WHICH)
    write_field(body, "DistinguishedFolderId", folders[id->folder].id);
  if ((wanted & PROPERTY_UNREAD) &&
      (strcmp(element, "Folder") == 0 || strcmp(element, "TasksFolder") == 0))
    write_field(body, "UnreadCount", "0");
  text_format(body, "</t:%s>", element);
}

static void
write_message(const struct ews_call *call, const struct xml_element *element, unsigned int wanted,
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
  write_folder(&id, wanted, body);
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
  if (distinguished && !in_schema(id))
    return ews_fault_violation(
        ret_fault, element->line, element->column,
        "The 'Id' attribute is invalid - The value '%.64s' is invalid according to its datatype "
        "'" XML_URI_TYPES ":DistinguishedFolderIdNameType' - The Enumeration constraint failed.",
        id);
  return true;
}

static unsigned int
read_additional(const struct xml_element *shape)
{
  const struct xml_element *list = xml_child(shape, XML_SPACE_TYPES, "AdditionalProperties");
  unsigned int wanted = 0;
  for (const struct xml_element *field = list != NULL ? list->first : NULL; field != NULL;
       field = field->next) {
    const char *uri = xml_attribute(field, "FieldURI");
    for (size_t i = 0; uri != NULL && i < sizeof(properties) / sizeof(properties[0]); i++)
      if (strcmp(uri, properties[i].uri) == 0)
        wanted |= properties[i].property;
  }
  return wanted;
}

static bool
read_shape(const struct xml_element *operation, unsigned int *ret_wanted,
           struct ews_fault *ret_fault)
{
  static const struct {
    const char *name;
    unsigned int wanted;
  } shapes[] = {{"IdOnly", 0}, {"Default", PROPERTIES_DEFAULT}, {"AllProperties", PROPERTIES_ALL}};
  const struct xml_element *shape = xml_child(operation, XML_SPACE_MESSAGES, "FolderShape");
  const struct xml_element *base = xml_child(shape, XML_SPACE_TYPES, "BaseShape");
  if (base == NULL)
    return ews_fault_violation(ret_fault, operation->line, operation->column,
                               "The element 'GetFolder' has incomplete content: 'FolderShape' with "
                               "'BaseShape' is expected.");
  for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
    if (strcmp(base->text, shapes[i].name) == 0) {
      *ret_wanted = shapes[i].wanted | read_additional(shape);
      return true;
    }
  return ews_fault_violation(ret_fault, base->line, base->column,
                             "The 'BaseShape' element is invalid - The Enumeration constraint "
                             "failed.");
}

bool
ews_get_folder(const struct ews_call *call, struct text *body, struct ews_fault *ret_fault)
{
  const struct xml_element *operation = call->operation;
  const struct xml_element *ids = xml_child(operation, XML_SPACE_MESSAGES, "FolderIds");
  unsigned int wanted = 0;
  if (!read_shape(operation, &wanted, ret_fault))
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
    write_message(call, id, wanted, body);
  ews_write_response_close(body, "GetFolder");
  return true;
}
