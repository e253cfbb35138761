// SPDX-License-Identifier: Apache-2.0
//
// Reading XML that a server sent: one SAX reading under guard. No tree is built; a document type ends
// the reading, so that no entity ever comes to be; depth, elements and bytes are limited. What an
// element is, its reader says by a number that follows from its parent's and its name; the text of the
// few that matter is kept. A reader may be used again and again, and allocates nothing then but what
// libxml2 does.
#ifndef KIT_XML_H
#define KIT_XML_H

#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIT_XML_LEAF_MAX 1024 // bytes of an element's text
#define KIT_XML_USES     4096 // readings before the parser's memory is renewed

enum kit_xml_state {
  KIT_XML_WHOLE,   // well-formed, read to its end
  KIT_XML_STOPPED, // by kit_xml_stop
  KIT_XML_BROKEN,  // no XML, or not well-formed
  KIT_XML_REFUSED, // a document type definition, or over a limit
};

struct kit_xml_element {
  const char *local, *uri;       // uri: NULL in no namespace
  const char *const *attributes; // as libxml2 gives them: see kit_xml_attribute
  int n_attributes;
};

struct kit_xml_end {
  unsigned char node, parent;
  const char *local;
  const char *text; // without white space around it; NULL: none was kept
  bool cut;         // there was more text than KIT_XML_LEAF_MAX
};

// What is read, and how much of it at most.
struct kit_xml_shape {
  size_t bytes_max;
  uint32_t depth_max, elements_max;
  unsigned char root; // the number of what is above the document element
  unsigned char leaf; // elements with a higher number have their text kept
  unsigned char (*begin)(void *user, unsigned char parent, const struct kit_xml_element *);
  void (*end)(void *user, const struct kit_xml_end *);
};

struct kit_xml_reader;

// The shape is borrowed as long as the reader lives. NULL: no memory.
struct kit_xml_reader *kit_xml_create(const struct kit_xml_shape *shape);
void kit_xml_destroy(struct kit_xml_reader *reader);

enum kit_xml_state kit_xml_read(struct kit_xml_reader *reader, const char *bytes, size_t len,
                                void *user);
// From begin or end: enough was read, and neither is called again.
void kit_xml_stop(struct kit_xml_reader *reader);

// Why it was broken or refused, or the first error in what could be read all the same; "" when there was
// none. The line is 0 when no line is to blame. Both hold until the next reading.
const char *kit_xml_why(const struct kit_xml_reader *reader);
int kit_xml_line(const struct kit_xml_reader *reader);

// Appends the attribute's value, entities unresolved; false: there is none of that name.
bool kit_xml_attribute(const struct kit_xml_element *element, const char *local,
                       struct kit_text *ret);

#endif
