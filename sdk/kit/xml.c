// SPDX-License-Identifier: Apache-2.0
//
// A state for each open element and one buffer for the text of the innermost that matters. The parser
// stays between readings, since making one costs more than reading a short answer.
#include "xml.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

struct kit_xml_reader {
  const struct kit_xml_shape *shape;
  xmlParserCtxtPtr parser;
  uint32_t uses;
  // of one reading
  void *user;
  enum kit_xml_state state;
  int line;
  char why[192];
  struct kit_text leaf;
  char leaf_buffer[KIT_XML_LEAF_MAX];
  uint32_t depth, elements;
  unsigned char nodes[]; // depth_max + 1
};

// ---- ending early -----------------------------------------------------------------------------

static void
stop(struct kit_xml_reader *r, enum kit_xml_state state)
{
  r->state = state;
  xmlStopParser(r->parser);
}

void
kit_xml_stop(struct kit_xml_reader *r)
{
  stop(r, KIT_XML_STOPPED);
}

static void
refuse(struct kit_xml_reader *r, const char *why)
{
  if (r->state != KIT_XML_WHOLE)
    return;
  r->line = 0;
  kit_text_copy(r->why, sizeof r->why, why);
  stop(r, KIT_XML_REFUSED);
}

// ---- what libxml2 calls -----------------------------------------------------------------------

static void
start_element(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
              int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
              const xmlChar **attributes)
{
  struct kit_xml_reader *r = user;
  (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
  if (r->state != KIT_XML_WHOLE)
    return;
  if (r->depth >= r->shape->depth_max) {
    refuse(r, "its elements are nested too deeply");
    return;
  }
  if (++r->elements > r->shape->elements_max) {
    refuse(r, "it has too many elements");
    return;
  }
  struct kit_xml_element element = {(const char *)local, (const char *)uri,
                                    (const char *const *)attributes, n_attributes};
  unsigned char node = r->shape->begin(r->user, r->nodes[r->depth], &element);
  r->nodes[++r->depth] = node;
  if (node > r->shape->leaf)
    kit_text_init(&r->leaf, r->leaf_buffer, sizeof r->leaf_buffer);
}

static void
end_element(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
  struct kit_xml_reader *r = user;
  (void)prefix, (void)uri;
  if (r->state != KIT_XML_WHOLE || r->depth == 0)
    return;
  struct kit_xml_end end = {.node = r->nodes[r->depth], .local = (const char *)local};
  end.parent = r->nodes[--r->depth];
  if (end.node > r->shape->leaf) {
    end.text = kit_text_trimmed(&r->leaf);
    end.cut = r->leaf.cut;
  }
  r->shape->end(r->user, &end);
}

static void
characters(void *user, const xmlChar *bytes, int n)
{
  struct kit_xml_reader *r = user;
  if (r->state == KIT_XML_WHOLE && n > 0 && r->nodes[r->depth] > r->shape->leaf)
    kit_text_put_n(&r->leaf, (const char *)bytes, (size_t)n);
}

// Called for a <!DOCTYPE> before anything of it is read.
static void
internal_subset(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
  (void)name, (void)external, (void)system;
  refuse(user, "it has a document type definition");
}

static void
error(void *user, xmlErrorPtr e)
{
  struct kit_xml_reader *r = user;
  if (r->state != KIT_XML_WHOLE || e == NULL || e->level < XML_ERR_ERROR || r->why[0] != 0)
    return;
  r->line = e->line;
  struct kit_text text;
  kit_text_init(&text, r->why, sizeof r->why);
  kit_text_put(&text, e->message != NULL ? e->message : "not XML");
  kit_text_trimmed(&text);
}

static const xmlSAXHandler handler = {
    .internalSubset = internal_subset,
    .characters = characters,
    .ignorableWhitespace = characters,
    .cdataBlock = characters,
    .startElementNs = start_element,
    .endElementNs = end_element,
    .serror = error,
    .initialized = XML_SAX2_MAGIC,
};

// ---- the reader -------------------------------------------------------------------------------

static bool
renew_parser(struct kit_xml_reader *r)
{
  xmlFreeParserCtxt(r->parser);
  r->uses = 0;
  r->parser = xmlNewParserCtxt();
  if (r->parser == NULL)
    return false;
  *r->parser->sax = handler;
  r->parser->userData = r;
  return true;
}

struct kit_xml_reader *
kit_xml_create(const struct kit_xml_shape *shape)
{
  struct kit_xml_reader *r = calloc(1, sizeof *r + shape->depth_max + 1);
  if (r == NULL)
    return NULL;
  r->shape = shape;
  if (renew_parser(r))
    return r;
  free(r);
  return NULL;
}

void
kit_xml_destroy(struct kit_xml_reader *r)
{
  if (r == NULL)
    return;
  xmlFreeParserCtxt(r->parser);
  free(r);
}

static enum kit_xml_state
fail(struct kit_xml_reader *r, enum kit_xml_state state, const char *why)
{
  kit_text_copy(r->why, sizeof r->why, why);
  return r->state = state;
}

enum kit_xml_state
kit_xml_read(struct kit_xml_reader *r, const char *bytes, size_t len, void *user)
{
  r->user = user;
  r->state = KIT_XML_WHOLE;
  r->line = 0;
  r->why[0] = 0;
  r->depth = r->elements = 0;
  r->nodes[0] = r->shape->root;
  if (len == 0)
    return fail(r, KIT_XML_BROKEN, "it is empty");
  if (len > r->shape->bytes_max)
    return fail(r, KIT_XML_REFUSED, "it is too long");
  if ((r->parser == NULL || ++r->uses > KIT_XML_USES) && !renew_parser(r))
    return fail(r, KIT_XML_BROKEN, "there is no memory to read it");
  // No handler makes a tree, and so there is none to free; libxml2 may yet have made its root.
  xmlFreeDoc(xmlCtxtReadMemory(r->parser, bytes, (int)len, NULL, NULL, XML_PARSE_NONET));
  if (r->state == KIT_XML_WHOLE && !r->parser->wellFormed)
    r->state = KIT_XML_BROKEN;
  return r->state;
}

const char *
kit_xml_why(const struct kit_xml_reader *r)
{
  return r->why;
}

int
kit_xml_line(const struct kit_xml_reader *r)
{
  return r->line;
}

// libxml2 gives attributes as five pointers each: local, prefix, URI, value, end of value.
bool
kit_xml_attribute(const struct kit_xml_element *element, const char *local, struct kit_text *ret)
{
  for (int i = 0; i < element->n_attributes; i++) {
    const char *const *a = element->attributes + (ptrdiff_t)i * 5;
    if (strcmp(a[0], local) != 0)
      continue;
    kit_text_put_n(ret, a[3], (size_t)(a[4] - a[3]));
    return true;
  }
  return false;
}
