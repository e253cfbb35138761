// SPDX-License-Identifier: Apache-2.0
//
// The XML answers: a number for each open element, kept by the guarded reader, and the text of the few
// that matter.
#include "autodiscover.h"
#include "xml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum node {
  NODE_OTHER,
  NODE_ROOT, // above the document element
  NODE_POX,
  NODE_RESPONSE,
  NODE_ERROR,
  NODE_USER,
  NODE_ACCOUNT,
  NODE_PROTOCOL,
  NODE_ENVELOPE,
  NODE_HEADER,
  NODE_BODY,
  NODE_VERSION,
  NODE_MESSAGE,
  NODE_SOAP_RESPONSE,
  NODE_USERS,
  NODE_USER_RESPONSE,
  NODE_SETTING_ERRORS,
  NODE_SETTING_ERROR,
  NODE_SETTINGS,
  NODE_SETTING,
  NODE_FAULT,
  NODE_LEAF, // those whose text is kept
  NODE_TEXT,
};

struct pattern {
  unsigned char parent, node;
  const char *local;
};

static const struct pattern patterns[] = {
    {NODE_ROOT, NODE_POX, "Autodiscover"},
    {NODE_POX, NODE_RESPONSE, "Response"},
    {NODE_RESPONSE, NODE_ERROR, "Error"},
    {NODE_RESPONSE, NODE_USER, "User"},
    {NODE_RESPONSE, NODE_ACCOUNT, "Account"},
    {NODE_ACCOUNT, NODE_PROTOCOL, "Protocol"},
    {NODE_ERROR, NODE_TEXT, "ErrorCode"},
    {NODE_ERROR, NODE_TEXT, "Message"},
    {NODE_USER, NODE_TEXT, "DisplayName"},
    {NODE_USER, NODE_TEXT, "AutoDiscoverSMTPAddress"},
    {NODE_ACCOUNT, NODE_TEXT, "Action"},
    {NODE_ACCOUNT, NODE_TEXT, "RedirectAddr"},
    {NODE_ACCOUNT, NODE_TEXT, "RedirectUrl"},
    {NODE_ACCOUNT, NODE_TEXT, "MicrosoftOnline"},
    {NODE_PROTOCOL, NODE_TEXT, "Type"},
    {NODE_PROTOCOL, NODE_TEXT, "EwsUrl"},
    {NODE_PROTOCOL, NODE_TEXT, "ASUrl"},
    {NODE_PROTOCOL, NODE_TEXT, "ServerVersion"},
    {NODE_ROOT, NODE_ENVELOPE, "Envelope"},
    {NODE_ENVELOPE, NODE_HEADER, "Header"},
    {NODE_ENVELOPE, NODE_BODY, "Body"},
    {NODE_HEADER, NODE_VERSION, "ServerVersionInfo"},
    {NODE_VERSION, NODE_TEXT, "MajorVersion"},
    {NODE_VERSION, NODE_TEXT, "MinorVersion"},
    {NODE_VERSION, NODE_TEXT, "MajorBuildNumber"},
    {NODE_VERSION, NODE_TEXT, "MinorBuildNumber"},
    {NODE_BODY, NODE_MESSAGE, "GetUserSettingsResponseMessage"},
    {NODE_BODY, NODE_FAULT, "Fault"},
    {NODE_FAULT, NODE_TEXT, "faultcode"},
    {NODE_FAULT, NODE_TEXT, "faultstring"},
    {NODE_MESSAGE, NODE_SOAP_RESPONSE, "Response"},
    {NODE_SOAP_RESPONSE, NODE_TEXT, "ErrorCode"},
    {NODE_SOAP_RESPONSE, NODE_TEXT, "ErrorMessage"},
    {NODE_SOAP_RESPONSE, NODE_USERS, "UserResponses"},
    {NODE_USERS, NODE_USER_RESPONSE, "UserResponse"},
    {NODE_USER_RESPONSE, NODE_TEXT, "ErrorCode"},
    {NODE_USER_RESPONSE, NODE_TEXT, "ErrorMessage"},
    {NODE_USER_RESPONSE, NODE_TEXT, "RedirectTarget"},
    {NODE_USER_RESPONSE, NODE_SETTING_ERRORS, "UserSettingErrors"},
    {NODE_SETTING_ERRORS, NODE_SETTING_ERROR, "UserSettingError"},
    {NODE_SETTING_ERROR, NODE_TEXT, "ErrorCode"},
    {NODE_SETTING_ERROR, NODE_TEXT, "SettingName"},
    {NODE_USER_RESPONSE, NODE_SETTINGS, "UserSettings"},
    {NODE_SETTINGS, NODE_SETTING, "UserSetting"},
    {NODE_SETTING, NODE_TEXT, "Name"},
    {NODE_SETTING, NODE_TEXT, "Value"},
};

struct reading {
  struct autodiscover_reply *reply;
  bool answered, fault, settings;
  // POX
  char action[32], redirect_address[AUTODISCOVER_ADDRESS_MAX], redirect_url[EWS_URL_MAX];
  char type[16], ews[EWS_URL_MAX], availability[EWS_URL_MAX];
  // SOAP
  char outer[AUTODISCOVER_CODE_MAX], inner[AUTODISCOVER_CODE_MAX];
  char setting_error[AUTODISCOVER_CODE_MAX]; // of an EWS address
  char error_code[AUTODISCOVER_CODE_MAX], error_setting[64];
  char setting_name[64], setting_value[EWS_URL_MAX];
};

static void
copy(char *to, size_t size, const char *from)
{
  if (!kit_text_copy(to, size, from)) // half an address leads nowhere
    to[0] = 0;
}

static void
copy_cut(char *to, size_t size, const char *from)
{
  kit_text_copy(to, size, from);
}

// ---- elements ---------------------------------------------------------------------------------

// Namespaces of Autodiscover and of SOAP; the published pages disagree about which stands where, and an
// answer of another kind has neither.
static bool
known_space(const char *uri)
{
  static const char *const starts[] = {"http://schemas.microsoft.com/exchange/autodiscover/",
                                       AUTODISCOVER_NS_SOAP,
                                       "http://schemas.xmlsoap.org/soap/envelope/"};
  if (uri == NULL)
    return false;
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
    if (strncmp(uri, starts[i], strlen(starts[i])) == 0)
      return true;
  return false;
}

static enum node
node_of(enum node parent, const char *local)
{
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
    if (patterns[i].parent == parent && strcmp(patterns[i].local, local) == 0)
      return (enum node)patterns[i].node;
  return NODE_OTHER;
}

static void
begin_node(struct reading *r, enum node node)
{
  switch (node) {
  case NODE_ERROR:
  case NODE_ACCOUNT:
  case NODE_SOAP_RESPONSE: r->answered = true; break;
  case NODE_FAULT: r->answered = r->fault = true; break;
  case NODE_PROTOCOL: r->type[0] = r->ews[0] = r->availability[0] = 0; break;
  case NODE_SETTING: r->setting_name[0] = r->setting_value[0] = 0; break;
  case NODE_SETTING_ERROR: r->error_code[0] = r->error_setting[0] = 0; break;
  default: break;
  }
}

static unsigned char
begin_element(void *user, unsigned char parent, const struct kit_xml_element *e)
{
  bool named = known_space(e->uri) || (parent == NODE_FAULT && e->uri == NULL);
  enum node node = named ? node_of((enum node)parent, e->local) : NODE_OTHER;
  begin_node(user, node);
  return (unsigned char)node;
}

static uint32_t
number(const char *text)
{
  unsigned long value = strtoul(text, NULL, 10);
  return value > 1000000 ? 0 : (uint32_t)value;
}

static void
end_pox_leaf(struct reading *r, enum node parent, const char *name, const char *text)
{
  struct autodiscover_reply *reply = r->reply;
  if (strcmp(name, "ErrorCode") == 0)
    copy_cut(reply->code, sizeof reply->code, text);
  else if (strcmp(name, "Message") == 0)
    copy_cut(reply->text, sizeof reply->text, text);
  else if (strcmp(name, "DisplayName") == 0)
    copy_cut(reply->name, sizeof reply->name, text);
  else if (strcmp(name, "AutoDiscoverSMTPAddress") == 0)
    copy(reply->address, sizeof reply->address, text);
  else if (strcmp(name, "Action") == 0)
    copy_cut(r->action, sizeof r->action, text);
  else if (strcmp(name, "RedirectAddr") == 0)
    copy(r->redirect_address, sizeof r->redirect_address, text);
  else if (strcmp(name, "RedirectUrl") == 0)
    copy(r->redirect_url, sizeof r->redirect_url, text);
  else if (strcmp(name, "MicrosoftOnline") == 0)
    reply->cloud = strcasecmp(text, "true") == 0;
  else if (parent == NODE_PROTOCOL && strcmp(name, "Type") == 0)
    copy_cut(r->type, sizeof r->type, text);
  else if (strcmp(name, "EwsUrl") == 0)
    copy(r->ews, sizeof r->ews, text);
  else if (strcmp(name, "ASUrl") == 0)
    copy(r->availability, sizeof r->availability, text);
}

// "738180DA" is 14.1.218: bits 22 to 27, 16 to 21, 0 to 14 (MS-OXDSCLI 2.2.4.1.1.2.6.44).
static void
read_server_version(struct reading *r, const char *text)
{
  unsigned long value = strtoul(text, NULL, 16);
  if (r->reply->build.major != 0 || value == 0 || strlen(text) > 8)
    return;
  r->reply->build = (struct ews_build){.major = (uint32_t)(value >> 22) & 0x3f,
                                       .minor = (uint32_t)(value >> 16) & 0x3f,
                                       .build = (uint32_t)value & 0x7fff};
}

static void
end_version_leaf(struct reading *r, const char *name, const char *text)
{
  struct ews_build *build = &r->reply->build;
  const struct {
    const char *name;
    uint32_t *to;
  } parts[] = {{"MajorVersion", &build->major},
               {"MinorVersion", &build->minor},
               {"MajorBuildNumber", &build->build},
               {"MinorBuildNumber", &build->revision}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strcmp(name, parts[i].name) == 0)
      *parts[i].to = number(text);
}

static void
end_soap_leaf(struct reading *r, enum node parent, const char *name, const char *text)
{
  bool code = strcmp(name, "ErrorCode") == 0;
  if (parent == NODE_SOAP_RESPONSE && code)
    copy_cut(r->outer, sizeof r->outer, text);
  else if (parent == NODE_USER_RESPONSE && code)
    copy_cut(r->inner, sizeof r->inner, text);
  else if (parent == NODE_SETTING_ERROR)
    copy_cut(code ? r->error_code : r->error_setting,
             code ? sizeof r->error_code : sizeof r->error_setting, text);
  else if (strcmp(name, "RedirectTarget") == 0)
    copy(r->reply->target, sizeof r->reply->target, text);
  else if (parent == NODE_SETTING && strcmp(name, "Name") == 0)
    copy_cut(r->setting_name, sizeof r->setting_name, text);
  else if (parent == NODE_SETTING && strcmp(name, "Value") == 0)
    copy(r->setting_value, sizeof r->setting_value, text);
  else if (strcmp(name, "faultcode") == 0)
    copy_cut(r->reply->code, sizeof r->reply->code, text);
  else if ((strcmp(name, "ErrorMessage") == 0 && text[0] != 0) || strcmp(name, "faultstring") == 0)
    copy_cut(r->reply->text, sizeof r->reply->text, text);
}

static void
end_leaf(struct reading *r, const struct kit_xml_end *e)
{
  const char *text = e->cut ? "" : e->text;
  if (e->parent == NODE_VERSION)
    end_version_leaf(r, e->local, text);
  else if (e->parent == NODE_PROTOCOL && strcmp(e->local, "ServerVersion") == 0)
    read_server_version(r, text);
  else if (e->parent < NODE_ENVELOPE)
    end_pox_leaf(r, (enum node)e->parent, e->local, text);
  else
    end_soap_leaf(r, (enum node)e->parent, e->local, text);
}

// EXPR is for those outside, EXCH for those inside; availability is answered by EWS as well.
static void
end_protocol(struct reading *r)
{
  const char *url = r->ews[0] != 0 ? r->ews : r->availability;
  if (strcmp(r->type, "EXPR") == 0 && r->reply->external[0] == 0)
    copy(r->reply->external, sizeof r->reply->external, url);
  else if (strcmp(r->type, "EXCH") == 0 && r->reply->internal[0] == 0)
    copy(r->reply->internal, sizeof r->reply->internal, url);
}

static void
end_setting(struct reading *r)
{
  struct autodiscover_reply *reply = r->reply;
  const char *name = r->setting_name, *value = r->setting_value;
  r->settings = true;
  if (strcmp(name, "ExternalEwsUrl") == 0)
    copy(reply->external, sizeof reply->external, value);
  else if (strcmp(name, "InternalEwsUrl") == 0)
    copy(reply->internal, sizeof reply->internal, value);
  else if (strcmp(name, "UserDisplayName") == 0)
    copy_cut(reply->name, sizeof reply->name, value);
  else if (strcmp(name, "AutoDiscoverSMTPAddress") == 0)
    copy(reply->address, sizeof reply->address, value);
  else if (strcmp(name, "UserMSOnline") == 0)
    reply->cloud = strcasecmp(value, "true") == 0;
}

static void
end_setting_error(struct reading *r)
{
  const char *name = r->error_setting;
  if (strcmp(name, "ExternalEwsUrl") == 0 || strcmp(name, "InternalEwsUrl") == 0)
    memcpy(r->setting_error, r->error_code, sizeof r->setting_error);
}

static void
end_element(void *user, const struct kit_xml_end *e)
{
  struct reading *r = user;
  switch ((enum node)e->node) {
  case NODE_TEXT: end_leaf(r, e); break;
  case NODE_PROTOCOL: end_protocol(r); break;
  case NODE_SETTING: end_setting(r); break;
  case NODE_SETTING_ERROR: end_setting_error(r); break;
  default: break;
  }
}

// ---- what it means ----------------------------------------------------------------------------

static enum autodiscover_kind
settings_or_none(const struct autodiscover_reply *reply)
{
  return reply->external[0] != 0 || reply->internal[0] != 0 ? AUTODISCOVER_SETTINGS
                                                            : AUTODISCOVER_NO_EWS;
}

static enum autodiscover_kind
judge_pox(struct reading *r)
{
  struct autodiscover_reply *reply = r->reply;
  if (reply->code[0] != 0)
    return strcmp(reply->code, "500") == 0 ? AUTODISCOVER_UNKNOWN : AUTODISCOVER_ERROR;
  if (strcasecmp(r->action, "redirectAddr") == 0) {
    copy(reply->target, sizeof reply->target, r->redirect_address);
    return AUTODISCOVER_ADDRESS;
  }
  if (strcasecmp(r->action, "redirectUrl") == 0) {
    copy(reply->target, sizeof reply->target, r->redirect_url);
    return AUTODISCOVER_URL;
  }
  return settings_or_none(reply);
}

// The level that says most: the user's where it is an error, else the response's, else a setting's.
static enum autodiscover_kind
judge_soap(struct reading *r)
{
  static const struct {
    const char *code;
    enum autodiscover_kind kind;
  } kinds[] = {
      {"RedirectAddress", AUTODISCOVER_ADDRESS}, {"RedirectUrl", AUTODISCOVER_URL},
      {"ServerBusy", AUTODISCOVER_BUSY},         {"InvalidUser", AUTODISCOVER_UNKNOWN},
      {"InvalidDomain", AUTODISCOVER_UNKNOWN},
  };
  struct autodiscover_reply *reply = r->reply;
  bool inner = r->inner[0] != 0 && strcmp(r->inner, "NoError") != 0;
  bool outer = r->outer[0] != 0 && strcmp(r->outer, "NoError") != 0;
  if (!inner && !outer) {
    enum autodiscover_kind kind = settings_or_none(reply);
    const char *code = r->setting_error;
    copy_cut(reply->code, sizeof reply->code, kind == AUTODISCOVER_NO_EWS ? code : "");
    return kind;
  }
  copy_cut(reply->code, sizeof reply->code, inner ? r->inner : r->outer);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i].code, reply->code) == 0)
      return kinds[i].kind;
  return AUTODISCOVER_ERROR;
}

static void
judge(struct reading *r)
{
  struct autodiscover_reply *reply = r->reply;
  if (r->fault)
    reply->kind = AUTODISCOVER_ERROR;
  else
    reply->kind =
        r->outer[0] != 0 || r->inner[0] != 0 || r->settings ? judge_soap(r) : judge_pox(r);
  bool redirects = reply->kind == AUTODISCOVER_ADDRESS || reply->kind == AUTODISCOVER_URL;
  if (redirects && reply->target[0] == 0)
    reply->kind = AUTODISCOVER_ERROR;
}

static void
put_why(const struct kit_xml_reader *xml, struct autodiscover_reply *reply)
{
  struct kit_text why;
  memset(reply, 0, sizeof *reply);
  kit_text_init(&why, reply->why, sizeof reply->why);
  if (kit_xml_line(xml) > 0)
    kit_text_printf(&why, "it is not XML: line %d, ", kit_xml_line(xml));
  kit_text_put(&why, kit_xml_why(xml));
}

static const struct kit_xml_shape shape = {
    .bytes_max = AUTODISCOVER_BYTES_MAX,
    .depth_max = AUTODISCOVER_DEPTH_MAX,
    .elements_max = AUTODISCOVER_ELEMENTS_MAX,
    .root = NODE_ROOT,
    .leaf = NODE_LEAF,
    .begin = begin_element,
    .end = end_element,
};

void
autodiscover_read_xml(const char *bytes, size_t len, struct autodiscover_reply *ret)
{
  struct reading r = {.reply = ret};
  struct kit_xml_reader *xml = kit_xml_create(&shape);
  memset(ret, 0, sizeof *ret);
  if (xml == NULL) {
    copy_cut(ret->why, sizeof ret->why, "there is no memory to read it");
    return;
  }
  enum kit_xml_state state = kit_xml_read(xml, bytes, len, &r);
  if (state == KIT_XML_WHOLE && r.answered) {
    judge(&r);
  } else {
    put_why(xml, ret);
    if (ret->why[0] == 0)
      copy_cut(ret->why, sizeof ret->why, "it holds no answer to this question");
  }
  kit_xml_destroy(xml);
}
