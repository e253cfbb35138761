// SPDX-License-Identifier: Apache-2.0
//
// Reads a request into a tree of bounded size. It is the lab's own reader on purpose: a simulator
// that shares the client's parser would agree with the client's mistakes.
#include "xml.h"

#include <libxml/xmlreader.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct xml_document {
  xmlTextReader *reader;
  struct xml_element *elements;
  size_t count;
  char *arena; // texts, names and values of the present document
  size_t arena_room;
  size_t arena_used;
  int line;
  char error[256];
};

static pthread_key_t document_key;
static pthread_once_t document_once = PTHREAD_ONCE_INIT;

static void
destroy(void *pointer)
{
  struct xml_document *document = pointer;
  if (document == NULL)
    return;
  if (document->reader != NULL)
    xmlFreeTextReader(document->reader);
  free(document->elements);
  free(document->arena);
  free(document);
}

static void
make_key(void)
{
  if (pthread_key_create(&document_key, destroy) != 0)
    abort();
}

struct xml_document *
xml_document_of_thread(void)
{
  pthread_once(&document_once, make_key);
  struct xml_document *document = pthread_getspecific(document_key);
  if (document != NULL)
    return document;
  document = calloc(1, sizeof(*document));
  if (document == NULL)
    return NULL;
  document->elements = calloc(XML_ELEMENTS_MAX, sizeof(*document->elements));
  if (document->elements == NULL || pthread_setspecific(document_key, document) != 0) {
    destroy(document);
    return NULL;
  }
  return document;
}

static void
swallow(void *context, const char *message, xmlParserSeverities severity,
        xmlTextReaderLocatorPtr locator)
{
  (void)severity;
  struct xml_document *document = context;
  if (document->error[0] != '\0')
    return;
  snprintf(document->error, sizeof(document->error), "%s", message);
  document->error[strcspn(document->error, "\r\n")] = '\0';
  document->line = xmlTextReaderLocatorLineNumber(locator);
}

static bool
refuse(struct xml_document *document, const char *why)
{
  if (document->error[0] == '\0')
    snprintf(document->error, sizeof(document->error), "%s", why);
  if (document->line <= 0)
    document->line = xmlTextReaderGetParserLineNumber(document->reader);
  return false;
}

static const char *
keep(struct xml_document *document, const char *bytes, size_t length)
{
  if (length >= document->arena_room - document->arena_used)
    return NULL;
  char *place = document->arena + document->arena_used;
  memcpy(place, bytes, length);
  place[length] = '\0';
  document->arena_used += length + 1;
  return place;
}

static enum xml_namespace
space_of(const char *uri)
{
  static const struct {
    const char *uri;
    enum xml_namespace space;
  } known[] = {
      {XML_URI_TYPES, XML_SPACE_TYPES},
      {XML_URI_MESSAGES, XML_SPACE_MESSAGES},
      {XML_URI_SOAP, XML_SPACE_SOAP},
  };
  if (uri == NULL)
    return XML_SPACE_NONE;
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
    if (strcmp(uri, known[i].uri) == 0)
      return known[i].space;
  return XML_SPACE_OTHER;
}

static bool
read_attributes(struct xml_document *document, struct xml_element *element)
{
  while (xmlTextReaderMoveToNextAttribute(document->reader) == 1) {
    if (xmlTextReaderIsNamespaceDecl(document->reader) == 1)
      continue;
    if (element->attribute_count == XML_ATTRIBUTES_MAX)
      return refuse(document, "an element has too many attributes");
    const char *name = (const char *)xmlTextReaderConstLocalName(document->reader);
    const char *value = (const char *)xmlTextReaderConstValue(document->reader);
    struct xml_attribute *attribute = &element->attributes[element->attribute_count++];
    attribute->name = keep(document, name, strlen(name));
    attribute->value = value != NULL ? keep(document, value, strlen(value)) : "";
    if (attribute->name == NULL || attribute->value == NULL)
      return refuse(document, "the document's texts are too long");
  }
  xmlTextReaderMoveToElement(document->reader);
  return true;
}

// Where the reader stands: the open element, and the last child that it was given.
struct cursor {
  struct xml_element *open;
  struct xml_element *last[XML_DEPTH_MAX + 1];
  int depth;
};

static bool
open_element(struct xml_document *document, struct cursor *cursor)
{
  if (document->count == XML_ELEMENTS_MAX)
    return refuse(document, "the document has too many elements");
  if (cursor->depth == XML_DEPTH_MAX)
    return refuse(document, "the document is nested too deeply");
  struct xml_element *element = &document->elements[document->count++];
  const char *name = (const char *)xmlTextReaderConstLocalName(document->reader);
  *element = (struct xml_element){
      .space = space_of((const char *)xmlTextReaderConstNamespaceUri(document->reader)),
      .name = keep(document, name, strlen(name)),
      .text = "",
      .parent = cursor->open,
      .line = xmlTextReaderGetParserLineNumber(document->reader),
      .column = xmlTextReaderGetParserColumnNumber(document->reader),
  };
  if (element->name == NULL)
    return refuse(document, "the document's texts are too long");
  bool empty = xmlTextReaderIsEmptyElement(document->reader) == 1;
  if (!read_attributes(document, element))
    return false;
  if (cursor->last[cursor->depth] != NULL)
    cursor->last[cursor->depth]->next = element;
  else if (cursor->open != NULL)
    cursor->open->first = element;
  cursor->last[cursor->depth] = element;
  if (!empty) {
    cursor->open = element;
    cursor->last[++cursor->depth] = NULL;
  }
  return true;
}

static bool
add_text(struct xml_document *document, struct cursor *cursor)
{
  const char *value = (const char *)xmlTextReaderConstValue(document->reader);
  if (value == NULL || cursor->open == NULL)
    return true;
  size_t before = strlen(cursor->open->text);
  if (before == 0)
    value += strspn(value, " \t\r\n");
  size_t length = strlen(value);
  const char *kept = keep(document, "", 0);
  if (kept == NULL || before + length + 1 > document->arena_room - document->arena_used)
    return refuse(document, "the document's texts are too long");
  char *place = document->arena + document->arena_used - 1;
  memcpy(place, cursor->open->text, before);
  memcpy(place + before, value, length + 1);
  document->arena_used += before + length;
  cursor->open->text = place;
  return true;
}

static void
close_element(struct cursor *cursor)
{
  struct xml_element *element = cursor->open;
  if (element == NULL)
    return;
  size_t length = strlen(element->text);
  while (length > 0 && strchr(" \t\r\n", element->text[length - 1]) != NULL)
    length--;
  if (element->text[length] != '\0')
    ((char *)(uintptr_t)element->text)[length] = '\0';
  cursor->open = element->parent;
  cursor->depth--;
}

static bool
take_node(struct xml_document *document, struct cursor *cursor)
{
  switch (xmlTextReaderNodeType(document->reader)) {
  case XML_READER_TYPE_ELEMENT: return open_element(document, cursor);
  case XML_READER_TYPE_END_ELEMENT: close_element(cursor); return true;
  case XML_READER_TYPE_TEXT:
  case XML_READER_TYPE_CDATA: return add_text(document, cursor);
  case XML_READER_TYPE_DOCUMENT_TYPE:
  case XML_READER_TYPE_ENTITY_REFERENCE:
    return refuse(document, "for security reasons DTD is prohibited in this XML document");
  default: return true;
  }
}

static bool
open_reader(struct xml_document *document, const char *bytes, size_t length)
{
  const int options = XML_PARSE_NONET;
  if (document->reader == NULL) {
    document->reader = xmlReaderForMemory(bytes, (int)length, NULL, NULL, options);
    if (document->reader == NULL)
      return false;
  } else if (xmlReaderNewMemory(document->reader, bytes, (int)length, NULL, NULL, options) != 0) {
    return false;
  }
  xmlTextReaderSetErrorHandler(document->reader, swallow, document);
  return true;
}

static bool
open_arena(struct xml_document *document, size_t length)
{
  // A byte of Latin-1 becomes two of UTF-8, and text broken by comments is copied again.
  size_t room = 4 * length + 64;
  if (room > document->arena_room) {
    char *arena = realloc(document->arena, room);
    if (arena == NULL)
      return false;
    document->arena = arena;
    document->arena_room = room;
  }
  document->arena_used = 0;
  document->count = 0;
  document->line = 0;
  document->error[0] = '\0';
  return true;
}

// What can be seen without a parser. Exchange is spoken to in UTF-8; a reused reader would not
// notice UTF-16, and the words of a document type could hide in it.
static const char *
look_over(const char *bytes, size_t length)
{
  if (length > HTTP_BODY_MAX)
    return "the document is too large";
  if (memchr(bytes, '\0', length) != NULL)
    return "the document is not text in UTF-8";
  // The parser would have read an internal subset before the reader shows it.
  if (memmem(bytes, length, "<!DOCTYPE", 9) != NULL)
    return "for security reasons DTD is prohibited in this XML document";
  return NULL;
}

struct xml_element *
xml_document_read(struct xml_document *document, const char *bytes, size_t length)
{
  const char *wrong = look_over(bytes, length);
  if (wrong == NULL && length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
    bytes += 3;
    length -= 3;
  }
  if (wrong == NULL && (!open_arena(document, length) || !open_reader(document, bytes, length)))
    wrong = "the document cannot be read";
  if (wrong != NULL) {
    snprintf(document->error, sizeof(document->error), "%s", wrong);
    document->line = 1;
    return NULL;
  }
  struct cursor cursor = {0};
  int more;
  while ((more = xmlTextReaderRead(document->reader)) == 1)
    if (!take_node(document, &cursor))
      return NULL;
  if (more != 0 || document->count == 0) {
    refuse(document, "the document is not well-formed");
    return NULL;
  }
  return &document->elements[0];
}

const char *
xml_document_error(const struct xml_document *document)
{
  return document->error;
}

int
xml_document_line(const struct xml_document *document)
{
  return document->line > 0 ? document->line : 1;
}

bool
xml_is(const struct xml_element *element, enum xml_namespace space, const char *name)
{
  return element != NULL && element->space == space && strcmp(element->name, name) == 0;
}

struct xml_element *
xml_child(const struct xml_element *element, enum xml_namespace space, const char *name)
{
  if (element == NULL)
    return NULL;
  for (struct xml_element *child = element->first; child != NULL; child = child->next)
    if (xml_is(child, space, name))
      return child;
  return NULL;
}

const char *
xml_attribute(const struct xml_element *element, const char *name)
{
  if (element == NULL)
    return NULL;
  for (size_t i = 0; i < element->attribute_count; i++)
    if (strcmp(element->attributes[i].name, name) == 0)
      return element->attributes[i].value;
  return NULL;
}
