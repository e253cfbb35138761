// SPDX-License-Identifier: Apache-2.0
//
// A SAX reader: a state for each open element, a buffer for the text of the few that matter. No
// tree is built, because a bulk run reads one answer for each mailbox; no entity can be declared,
// because the first sign of a document type ends the reading.
#include "soap.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

enum node {
  NODE_OTHER,
  NODE_ROOT, // above the document element
  NODE_ENVELOPE,
  NODE_HEADER,
  NODE_BODY,
  NODE_FAULT,
  NODE_DETAIL,
  NODE_RESPONSE, // first child of Body that is no fault
  NODE_MESSAGES,
  NODE_MESSAGE,
  NODE_MESSAGE_XML,
  NODE_RESOLUTION_SET,
  NODE_RESOLUTION,
  NODE_MAILBOX,
  NODE_LEAF_FIRST, // those whose text is kept
  NODE_FAULT_CODE,
  NODE_FAULT_STRING,
  NODE_CODE,
  NODE_TEXT,
  NODE_VALUE,
  NODE_NAME,
  NODE_ADDRESS,
  NODE_ROUTING,
  NODE_TYPE,
};

enum space { SPACE_NONE, SPACE_SOAP, SPACE_TYPES, SPACE_MESSAGES, SPACE_ERRORS, SPACE_OTHER };

struct soap_reader {
  xmlParserCtxtPtr parser;
  xmlSAXHandler sax;
  uint32_t uses;
  // of one reading
  struct soap_reply *reply;
  soap_resolution_fn *fn;
  void *user;
  struct soap_resolution resolution;
  struct kit_text leaf;
  enum soap_class message_class;
  bool stop_early, stopped;
  char message_code[SOAP_CODE_MAX];
  char fault_code[SOAP_CODE_MAX];
  char value_name[48];
  char leaf_buffer[1024];
  uint32_t depth, elements;
  unsigned char nodes[SOAP_DEPTH_MAX + 1];
};

// ---- ending early -----------------------------------------------------------------------------

static void
stop(struct soap_reader *r)
{
  r->stopped = true;
  xmlStopParser(r->parser);
}

static void
refuse(struct soap_reader *r, const char *why)
{
  if (r->stopped)
    return;
  struct kit_text text;
  kit_text_init(&text, r->reply->why, sizeof r->reply->why);
  kit_text_put(&text, why);
  r->reply->state = SOAP_REFUSED;
  stop(r);
}

// ---- what is what -----------------------------------------------------------------------------

static enum space
space_of(const xmlChar *uri)
{
  const char *s = (const char *)uri;
  if (s == NULL)
    return SPACE_NONE;
  if (strcmp(s, SOAP_NS_MESSAGES) == 0)
    return SPACE_MESSAGES;
  if (strcmp(s, SOAP_NS_TYPES) == 0)
    return SPACE_TYPES;
  if (strcmp(s, SOAP_NS_ENVELOPE) == 0)
    return SPACE_SOAP;
  return strcmp(s, SOAP_NS_ERRORS) == 0 ? SPACE_ERRORS : SPACE_OTHER;
}

struct pattern {
  unsigned char parent, space, node;
  const char *local;
};

// Elements that matter, by where they stand. SPACE_OTHER matches any namespace.
static const struct pattern patterns[] = {
    {NODE_ROOT, SPACE_SOAP, NODE_ENVELOPE, "Envelope"},
    {NODE_ENVELOPE, SPACE_SOAP, NODE_HEADER, "Header"},
    {NODE_ENVELOPE, SPACE_SOAP, NODE_BODY, "Body"},
    {NODE_BODY, SPACE_SOAP, NODE_FAULT, "Fault"},
    {NODE_FAULT, SPACE_NONE, NODE_FAULT_CODE, "faultcode"},
    {NODE_FAULT, SPACE_SOAP, NODE_FAULT_CODE, "faultcode"},
    {NODE_FAULT, SPACE_NONE, NODE_FAULT_STRING, "faultstring"},
    {NODE_FAULT, SPACE_SOAP, NODE_FAULT_STRING, "faultstring"},
    {NODE_FAULT, SPACE_NONE, NODE_DETAIL, "detail"},
    {NODE_FAULT, SPACE_SOAP, NODE_DETAIL, "detail"},
    {NODE_DETAIL, SPACE_ERRORS, NODE_CODE, "ResponseCode"},
    {NODE_DETAIL, SPACE_TYPES, NODE_MESSAGE_XML, "MessageXml"},
    {NODE_DETAIL, SPACE_MESSAGES, NODE_MESSAGE_XML, "MessageXml"},
    {NODE_RESPONSE, SPACE_MESSAGES, NODE_MESSAGES, "ResponseMessages"},
    {NODE_MESSAGE, SPACE_MESSAGES, NODE_CODE, "ResponseCode"},
    {NODE_MESSAGE, SPACE_MESSAGES, NODE_TEXT, "MessageText"},
    {NODE_MESSAGE, SPACE_MESSAGES, NODE_MESSAGE_XML, "MessageXml"},
    {NODE_MESSAGE, SPACE_TYPES, NODE_MESSAGE_XML, "MessageXml"},
    {NODE_MESSAGE, SPACE_MESSAGES, NODE_RESOLUTION_SET, "ResolutionSet"},
    {NODE_MESSAGE_XML, SPACE_OTHER, NODE_VALUE, "Value"},
    {NODE_RESOLUTION_SET, SPACE_TYPES, NODE_RESOLUTION, "Resolution"},
    {NODE_RESOLUTION, SPACE_TYPES, NODE_MAILBOX, "Mailbox"},
    {NODE_MAILBOX, SPACE_TYPES, NODE_NAME, "Name"},
    {NODE_MAILBOX, SPACE_TYPES, NODE_ADDRESS, "EmailAddress"},
    {NODE_MAILBOX, SPACE_TYPES, NODE_ROUTING, "RoutingType"},
    {NODE_MAILBOX, SPACE_TYPES, NODE_TYPE, "MailboxType"},
};

static enum node
node_of(enum node parent, enum space space, const char *local)
{
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
    if (patterns[i].parent == parent &&
        (patterns[i].space == space || patterns[i].space == SPACE_OTHER) &&
        strcmp(patterns[i].local, local) == 0)
      return (enum node)patterns[i].node;
  return NODE_OTHER;
}

// libxml2 gives attributes as five pointers each: local, prefix, URI, value, end of value.
static bool
attribute(const xmlChar **attributes, int n, const char *local, struct kit_text *ret)
{
  for (int i = 0; i < n; i++) {
    const char *const *a = (const char *const *)(attributes + (ptrdiff_t)i * 5);
    if (strcmp(a[0], local) != 0)
      continue;
    kit_text_put_n(ret, a[3], (size_t)(a[4] - a[3]));
    return true;
  }
  return false;
}

static uint32_t
number_attribute(const xmlChar **attributes, int n, const char *local)
{
  char buffer[16];
  struct kit_text text;
  kit_text_init(&text, buffer, sizeof buffer);
  if (!attribute(attributes, n, local, &text))
    return 0;
  unsigned long value = strtoul(buffer, NULL, 10);
  return value > 1000000 ? 0 : (uint32_t)value;
}

static void
read_version(struct soap_reader *r, const xmlChar **attributes, int n)
{
  struct ews_build *build = &r->reply->build;
  build->major = number_attribute(attributes, n, "MajorVersion");
  build->minor = number_attribute(attributes, n, "MinorVersion");
  build->build = number_attribute(attributes, n, "MajorBuildNumber");
  build->revision = number_attribute(attributes, n, "MinorBuildNumber");
  struct kit_text text;
  kit_text_init(&text, r->reply->schema, sizeof r->reply->schema);
  attribute(attributes, n, "Version", &text);
}

static enum soap_class
class_of(const char *name)
{
  if (strcmp(name, "Success") == 0)
    return SOAP_CLASS_SUCCESS;
  if (strcmp(name, "Warning") == 0)
    return SOAP_CLASS_WARNING;
  return strcmp(name, "Error") == 0 ? SOAP_CLASS_ERROR : SOAP_CLASS_NONE;
}

// ---- elements ---------------------------------------------------------------------------------

static enum node
begin_message(struct soap_reader *r, const xmlChar **attributes, int n, enum node otherwise)
{
  char buffer[16];
  struct kit_text text;
  kit_text_init(&text, buffer, sizeof buffer);
  if (!attribute(attributes, n, "ResponseClass", &text))
    return otherwise;
  r->message_class = class_of(buffer);
  r->message_code[0] = 0;
  r->reply->answered = true;
  return NODE_MESSAGE;
}

static enum node
begin_node(struct soap_reader *r, enum node parent, enum space space, const char *local,
           const xmlChar **attributes, int n)
{
  enum node node = node_of(parent, space, local);
  if (node == NODE_OTHER && (parent == NODE_BODY || parent == NODE_MESSAGES ||
                             (parent == NODE_RESPONSE && space == SPACE_MESSAGES)))
    return begin_message(r, attributes, n, parent == NODE_BODY ? NODE_RESPONSE : NODE_OTHER);
  if (parent == NODE_HEADER && space == SPACE_TYPES && strcmp(local, "ServerVersionInfo") == 0)
    read_version(r, attributes, n);
  // GetServiceConfiguration and its like: a message that holds messages.
  if (parent == NODE_MESSAGE && space == SPACE_MESSAGES && strcmp(local, "ResponseMessages") == 0)
    return NODE_MESSAGES;
  switch (node) {
  case NODE_FAULT: r->reply->fault = true; break;
  case NODE_RESOLUTION: memset(&r->resolution, 0, sizeof r->resolution); break;
  case NODE_RESOLUTION_SET: {
    char buffer[8];
    struct kit_text text;
    kit_text_init(&text, buffer, sizeof buffer);
    if (attribute(attributes, n, "IncludesLastItemInRange", &text))
      r->reply->truncated = buffer[0] == 'f' || buffer[0] == '0';
    break;
  }
  case NODE_VALUE: {
    struct kit_text text;
    kit_text_init(&text, r->value_name, sizeof r->value_name);
    attribute(attributes, n, "Name", &text);
    break;
  }
  default: break;
  }
  return node;
}

static void
start_element(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
              int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
              const xmlChar **attributes)
{
  struct soap_reader *r = user;
  (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
  if (r->stopped)
    return;
  if (r->depth >= SOAP_DEPTH_MAX) {
    refuse(r, "its elements are nested too deeply");
    return;
  }
  if (++r->elements > SOAP_ELEMENTS_MAX) {
    refuse(r, "it has too many elements");
    return;
  }
  enum node parent = (enum node)r->nodes[r->depth];
  enum node node =
      begin_node(r, parent, space_of(uri), (const char *)local, attributes, n_attributes);
  r->nodes[++r->depth] = (unsigned char)node;
  if (node == NODE_ENVELOPE)
    r->reply->state = SOAP_READ;
  if (r->depth == 1 && node != NODE_ENVELOPE)
    stop(r);
  if (node > NODE_LEAF_FIRST)
    kit_text_init(&r->leaf, r->leaf_buffer, sizeof r->leaf_buffer);
}

static void
copy(char *to, size_t size, const char *from)
{
  struct kit_text text;
  kit_text_init(&text, to, size);
  kit_text_put(&text, from);
}

static void
end_value(struct soap_reader *r, const char *text)
{
  const char *name = r->value_name;
  if (strcmp(name, "BackOffMilliseconds") == 0) {
    long long ms = strtoll(text, NULL, 10);
    r->reply->backoff_ns = ms > 0 && ms < 1000000000 ? ms * 1000000 : 0;
  } else if (strcmp(name, "SmtpAddress") == 0 || strcmp(name, "Primary") == 0) {
    copy(r->reply->address, sizeof r->reply->address, text);
  } else if (strcmp(name, "InnerErrorResponseCode") == 0) {
    copy(r->reply->inner_code, sizeof r->reply->inner_code, text);
  }
}

static void
end_leaf(struct soap_reader *r, enum node node, enum node parent)
{
  const char *text = kit_text_trimmed(&r->leaf);
  struct soap_resolution *found = &r->resolution;
  switch (node) {
  case NODE_CODE:
    if (parent == NODE_DETAIL)
      copy(r->reply->code, sizeof r->reply->code, text);
    else
      copy(r->message_code, sizeof r->message_code, text);
    break;
  case NODE_FAULT_CODE: {
    const char *local = strrchr(text, ':');
    copy(r->fault_code, sizeof r->fault_code, local != NULL ? local + 1 : text);
    break;
  }
  case NODE_FAULT_STRING:
  case NODE_TEXT:
    if (r->reply->text[0] == 0)
      copy(r->reply->text, sizeof r->reply->text, text);
    break;
  case NODE_VALUE: end_value(r, text); break;
  case NODE_NAME: copy(found->name, sizeof found->name, text); break;
  case NODE_ADDRESS: copy(found->address, sizeof found->address, text); break;
  case NODE_ROUTING: copy(found->routing, sizeof found->routing, text); break;
  case NODE_TYPE: copy(found->type, sizeof found->type, text); break;
  default: break;
  }
}

// Of several messages the worst one counts: one mailbox of a batch that failed is a failure.
static void
take_message(struct soap_reader *r)
{
  if (r->message_class <= r->reply->class || r->message_code[0] == 0)
    return;
  r->reply->class = r->message_class;
  copy(r->reply->code, sizeof r->reply->code, r->message_code);
}

static void
end_element(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
  struct soap_reader *r = user;
  (void)local, (void)prefix, (void)uri;
  if (r->stopped || r->depth == 0)
    return;
  enum node node = (enum node)r->nodes[r->depth--];
  enum node parent = (enum node)r->nodes[r->depth];
  if (node > NODE_LEAF_FIRST)
    end_leaf(r, node, parent);
  if (node == NODE_CODE && parent == NODE_MESSAGE)
    take_message(r);
  if (node == NODE_RESOLUTION && r->fn != NULL)
    r->fn(r->user, &r->resolution);
  if (node == NODE_CODE && r->stop_early && r->reply->class == SOAP_CLASS_SUCCESS &&
      strcmp(r->reply->code, "NoError") == 0)
    stop(r);
}

static void
characters(void *user, const xmlChar *bytes, int n)
{
  struct soap_reader *r = user;
  if (!r->stopped && n > 0 && r->nodes[r->depth] > NODE_LEAF_FIRST)
    kit_text_put_n(&r->leaf, (const char *)bytes, (size_t)n);
}

// Called for a <!DOCTYPE> before anything of it is read: no entity ever comes to be.
static void
internal_subset(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
  (void)name, (void)external, (void)system;
  refuse(user, "it has a document type definition, which SOAP forbids");
}

static void
error(void *user, xmlErrorPtr e)
{
  struct soap_reader *r = user;
  if (r->stopped || e == NULL || e->level < XML_ERR_ERROR || r->reply->why[0] != 0)
    return;
  struct kit_text text;
  kit_text_init(&text, r->reply->why, sizeof r->reply->why);
  kit_text_printf(&text, "line %d: %s", e->line, e->message != NULL ? e->message : "not XML");
  kit_text_trimmed(&text);
}

// ---- the reader -------------------------------------------------------------------------------

static bool
renew_parser(struct soap_reader *r)
{
  xmlFreeParserCtxt(r->parser);
  r->uses = 0;
  r->parser = xmlNewParserCtxt();
  if (r->parser == NULL)
    return false;
  *r->parser->sax = r->sax;
  r->parser->userData = r;
  return true;
}

struct soap_reader *
soap_reader_create(void)
{
  struct soap_reader *r = calloc(1, sizeof *r);
  if (r == NULL)
    return NULL;
  r->sax = (xmlSAXHandler){
      .internalSubset = internal_subset,
      .characters = characters,
      .ignorableWhitespace = characters,
      .cdataBlock = characters,
      .startElementNs = start_element,
      .endElementNs = end_element,
      .serror = error,
      .initialized = XML_SAX2_MAGIC,
  };
  if (!renew_parser(r)) {
    free(r);
    return NULL;
  }
  return r;
}

void
soap_reader_destroy(struct soap_reader *r)
{
  if (r == NULL)
    return;
  xmlFreeParserCtxt(r->parser);
  free(r);
}

static void
begin_reading(struct soap_reader *r, struct soap_reply *reply)
{
  memset(reply, 0, sizeof *reply);
  reply->state = SOAP_NOT_SOAP;
  r->reply = reply;
  r->depth = r->elements = 0;
  r->nodes[0] = NODE_ROOT;
  r->stopped = false;
  r->message_class = SOAP_CLASS_NONE;
  r->fault_code[0] = r->message_code[0] = r->value_name[0] = 0;
  kit_text_init(&r->leaf, r->leaf_buffer, sizeof r->leaf_buffer);
}

static void
end_reading(struct soap_reader *r, bool well_formed)
{
  struct soap_reply *reply = r->reply;
  if (!r->stopped && !well_formed)
    reply->state = SOAP_NOT_XML;
  if (reply->fault && reply->code[0] == 0 && strncmp(r->fault_code, "Error", 5) == 0)
    copy(reply->code, sizeof reply->code, r->fault_code);
  if (reply->fault)
    reply->class = SOAP_CLASS_ERROR;
}

static void
read_bytes(struct soap_reader *r, const char *bytes, size_t len, struct soap_reply *reply)
{
  begin_reading(r, reply);
  if (len > SOAP_BYTES_MAX) {
    reply->state = SOAP_REFUSED;
    copy(reply->why, sizeof reply->why, "it is too long");
    return;
  }
  if (len == 0 || (++r->uses > SOAP_READER_USES && !renew_parser(r))) {
    reply->state = SOAP_NOT_XML;
    copy(reply->why, sizeof reply->why, len == 0 ? "it is empty" : "no memory to read it");
    return;
  }
  xmlDocPtr doc = xmlCtxtReadMemory(r->parser, bytes, (int)len, NULL, NULL, XML_PARSE_NONET);
  bool well_formed = r->parser->wellFormed != 0;
  xmlFreeDoc(doc);
  end_reading(r, well_formed);
}

void
soap_read(struct soap_reader *r, const char *bytes, size_t len, struct soap_reply *ret,
          soap_resolution_fn *fn, void *user)
{
  r->fn = fn;
  r->user = user;
  r->stop_early = false;
  read_bytes(r, bytes, len, ret);
}

void
soap_read_code(struct soap_reader *r, const char *bytes, size_t len, struct soap_reply *ret)
{
  r->fn = NULL;
  r->stop_early = true;
  read_bytes(r, bytes, len, ret);
}

const char *
soap_reply_code(const struct soap_reply *reply)
{
  if (strcmp(reply->code, "ErrorInternalServerError") == 0 &&
      strncmp(reply->inner_code, "Error", 5) == 0)
    return reply->inner_code;
  return reply->code;
}
