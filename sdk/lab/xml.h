// SPDX-License-Identifier: Apache-2.0
//
// A request as a small tree, read with libxml2's reader. Nothing but elements, their attributes and
// their text is kept; a document type, an entity or anything past the limits is refused.
#ifndef TENON_LAB_XML_H
#define TENON_LAB_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "lab_limits.h"

enum xml_namespace {
  XML_SPACE_NONE,
  XML_SPACE_OTHER,
  XML_SPACE_SOAP,
  XML_SPACE_TYPES,
  XML_SPACE_MESSAGES,
};

#define XML_URI_SOAP     "http://schemas.xmlsoap.org/soap/envelope/"
#define XML_URI_TYPES    "http://schemas.microsoft.com/exchange/services/2006/types"
#define XML_URI_MESSAGES "http://schemas.microsoft.com/exchange/services/2006/messages"
#define XML_URI_ERRORS   "http://schemas.microsoft.com/exchange/services/2006/errors"

struct xml_attribute {
  const char *name;
  const char *value;
};

struct xml_element {
  enum xml_namespace space;
  const char *name;
  const char *text; // never NULL; the element's own text, trimmed
  struct xml_element *first;
  struct xml_element *next;
  struct xml_element *parent;
  size_t attribute_count;
  struct xml_attribute attributes[XML_ATTRIBUTES_MAX];
  int line;
  int column;
};

// What the reader of one thread holds; it is used for one document after the other.
struct xml_document;

// The document of the calling thread, made at first use and freed when the thread ends. NULL: no memory.
struct xml_document *xml_document_of_thread(void);

// Reads `bytes`. The tree is valid until the document reads again. NULL: refused, and
// xml_document_error says why and xml_document_line where.
struct xml_element *xml_document_read(struct xml_document *document, const char *bytes,
                                      size_t length);
const char *xml_document_error(const struct xml_document *document);
int xml_document_line(const struct xml_document *document);

bool xml_is(const struct xml_element *element, enum xml_namespace space, const char *name);
struct xml_element *xml_child(const struct xml_element *element, enum xml_namespace space,
                              const char *name);
const char *xml_attribute(const struct xml_element *element, const char *name);

#endif
