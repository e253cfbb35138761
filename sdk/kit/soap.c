// SPDX-License-Identifier: Apache-2.0
//
// A number for each open element, kept by the guarded reader. No tree is built, because a bulk run reads
// one answer for each mailbox.
#include "soap.h"

#include "xml.h"

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
  struct kit_xml_reader *xml;
  // of one reading
  struct soap_reply *reply;
  soap_resolution_fn *fn;
  void *user;
  struct soap_resolution resolution;
  enum soap_class message_class;
  bool stop_early;
  char message_code[SOAP_CODE_MAX];
  char fault_code[SOAP_CODE_MAX];
  char value_name[48];
};

// ---- what is what -----------------------------------------------------------------------------

static enum space
space_of(const char *s)
{
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

static uint32_t
number_attribute(const struct kit_xml_element *e, const char *local)
{
  char buffer[16];
  struct kit_text text;
  kit_text_init(&text, buffer, sizeof buffer);
  if (!kit_xml_attribute(e, local, &text))
    return 0;
  unsigned long value = strtoul(buffer, NULL, 10);
  return value > 1000000 ? 0 : (uint32_t)value;
}

static void
read_version(struct soap_reader *r, const struct kit_xml_element *e)
{
  struct ews_build *build = &r->reply->build;
  build->major = number_attribute(e, "MajorVersion");
  build->minor = number_attribute(e, "MinorVersion");
  build->build = number_attribute(e, "MajorBuildNumber");
  build->revision = number_attribute(e, "MinorBuildNumber");
  struct kit_text text;
  kit_text_init(&text, r->reply->schema, sizeof r->reply->schema);
  kit_xml_attribute(e, "Version", &text);
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
begin_message(struct soap_reader *r, const struct kit_xml_element *e, enum node otherwise)
{
  char buffer[16];
  struct kit_text text;
  kit_text_init(&text, buffer, sizeof buffer);
  if (!kit_xml_attribute(e, "ResponseClass", &text))
    return otherwise;
  r->message_class = class_of(buffer);
  r->message_code[0] = 0;
  r->reply->answered = true;
  return NODE_MESSAGE;
}

static enum node
begin_node(struct soap_reader *r, enum node parent, const struct kit_xml_element *e)
{
  enum space space = space_of(e->uri);
  const char *local = e->local;
  enum node node = node_of(parent, space, local);
  if (node == NODE_OTHER && (parent == NODE_BODY || parent == NODE_MESSAGES ||
                             (parent == NODE_RESPONSE && space == SPACE_MESSAGES)))
    return begin_message(r, e, parent == NODE_BODY ? NODE_RESPONSE : NODE_OTHER);
  if (parent == NODE_HEADER && space == SPACE_TYPES && strcmp(local, "ServerVersionInfo") == 0)
    read_version(r, e);
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
    if (kit_xml_attribute(e, "IncludesLastItemInRange", &text))
      r->reply->truncated = buffer[0] == 'f' || buffer[0] == '0';
    break;
  }
  case NODE_VALUE: {
    struct kit_text text;
    kit_text_init(&text, r->value_name, sizeof r->value_name);
    kit_xml_attribute(e, "Name", &text);
    break;
  }
  default: break;
  }
  return node;
}

static unsigned char
begin_element(void *user, unsigned char parent, const struct kit_xml_element *e)
{
  struct soap_reader *r = user;
  enum node node = begin_node(r, (enum node)parent, e);
  if (node == NODE_ENVELOPE)
    r->reply->state = SOAP_READ;
  else if (parent == NODE_ROOT)
    kit_xml_stop(r->xml);
  return (unsigned char)node;
}

static void
end_value(struct soap_reader *r, const char *text)
{
  const char *name = r->value_name;
  if (strcmp(name, "BackOffMilliseconds") == 0) {
    long long ms = strtoll(text, NULL, 10);
    r->reply->backoff_ns = ms > 0 && ms < 1000000000 ? ms * 1000000 : 0;
  } else if (strcmp(name, "SmtpAddress") == 0 || strcmp(name, "Primary") == 0) {
    kit_text_copy(r->reply->address, sizeof r->reply->address, text);
  } else if (strcmp(name, "InnerErrorResponseCode") == 0) {
    kit_text_copy(r->reply->inner_code, sizeof r->reply->inner_code, text);
  }
}

static void
end_leaf(struct soap_reader *r, enum node node, enum node parent, const char *text)
{
  struct soap_resolution *found = &r->resolution;
  switch (node) {
  case NODE_CODE:
    if (parent == NODE_DETAIL)
      kit_text_copy(r->reply->code, sizeof r->reply->code, text);
    else
      kit_text_copy(r->message_code, sizeof r->message_code, text);
    break;
  case NODE_FAULT_CODE: {
    const char *local = strrchr(text, ':');
    kit_text_copy(r->fault_code, sizeof r->fault_code, local != NULL ? local + 1 : text);
    break;
  }
  case NODE_FAULT_STRING:
  case NODE_TEXT:
    if (r->reply->text[0] == 0)
      kit_text_copy(r->reply->text, sizeof r->reply->text, text);
    break;
  case NODE_VALUE: end_value(r, text); break;
  case NODE_NAME: kit_text_copy(found->name, sizeof found->name, text); break;
  case NODE_ADDRESS: kit_text_copy(found->address, sizeof found->address, text); break;
  case NODE_ROUTING: kit_text_copy(found->routing, sizeof found->routing, text); break;
  case NODE_TYPE: kit_text_copy(found->type, sizeof found->type, text); break;
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
  kit_text_copy(r->reply->code, sizeof r->reply->code, r->message_code);
}

static void
end_element(void *user, const struct kit_xml_end *e)
{
  struct soap_reader *r = user;
  enum node node = (enum node)e->node, parent = (enum node)e->parent;
  if (e->text != NULL)
    end_leaf(r, node, parent, e->text);
  if (node == NODE_CODE && parent == NODE_MESSAGE)
    take_message(r);
  if (node == NODE_RESOLUTION && r->fn != NULL)
    r->fn(r->user, &r->resolution);
  if (node == NODE_CODE && r->stop_early && r->reply->class == SOAP_CLASS_SUCCESS &&
      strcmp(r->reply->code, "NoError") == 0)
    kit_xml_stop(r->xml);
}

// ---- the reader -------------------------------------------------------------------------------

static const struct kit_xml_shape shape = {
    .bytes_max = SOAP_BYTES_MAX,
    .depth_max = SOAP_DEPTH_MAX,
    .elements_max = SOAP_ELEMENTS_MAX,
    .root = NODE_ROOT,
    .leaf = NODE_LEAF_FIRST,
    .begin = begin_element,
    .end = end_element,
};

struct soap_reader *
soap_reader_create(void)
{
  struct soap_reader *r = calloc(1, sizeof *r);
  if (r == NULL)
    return NULL;
  r->xml = kit_xml_create(&shape);
  if (r->xml != NULL)
    return r;
  free(r);
  return NULL;
}

void
soap_reader_destroy(struct soap_reader *r)
{
  if (r == NULL)
    return;
  kit_xml_destroy(r->xml);
  free(r);
}

static void
begin_reading(struct soap_reader *r, struct soap_reply *reply)
{
  memset(reply, 0, sizeof *reply);
  reply->state = SOAP_NOT_SOAP;
  r->reply = reply;
  r->message_class = SOAP_CLASS_NONE;
  r->fault_code[0] = r->message_code[0] = r->value_name[0] = 0;
}

static void
end_reading(struct soap_reader *r, enum kit_xml_state state)
{
  struct soap_reply *reply = r->reply;
  struct kit_text why;
  kit_text_init(&why, reply->why, sizeof reply->why);
  if (kit_xml_line(r->xml) > 0)
    kit_text_printf(&why, "line %d: ", kit_xml_line(r->xml));
  kit_text_put(&why, kit_xml_why(r->xml));
  if (state == KIT_XML_BROKEN || state == KIT_XML_REFUSED)
    reply->state = state == KIT_XML_BROKEN ? SOAP_NOT_XML : SOAP_REFUSED;
  if (reply->fault && reply->code[0] == 0 && strncmp(r->fault_code, "Error", 5) == 0)
    kit_text_copy(reply->code, sizeof reply->code, r->fault_code);
  if (reply->fault)
    reply->class = SOAP_CLASS_ERROR;
}

static void
read_bytes(struct soap_reader *r, const char *bytes, size_t len, struct soap_reply *reply)
{
  begin_reading(r, reply);
  end_reading(r, kit_xml_read(r->xml, bytes, len, r));
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
