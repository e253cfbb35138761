// SPDX-License-Identifier: Apache-2.0
//
// The requests are text and not a tree: they never vary but in one place, and each is held against
// Microsoft's schema by a test.
#include "ews.h"

#include "soap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static const char envelope_head[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<soap:Envelope xmlns:soap=\"" SOAP_NS_ENVELOPE "\" xmlns:t=\"" SOAP_NS_TYPES
    "\" xmlns:m=\"" SOAP_NS_MESSAGES "\"><soap:Header><t:RequestServerVersion Version=\"";

static const char *const identity_elements[] = {"SmtpAddress", "PrimarySmtpAddress",
                                                "PrincipalName", "SID"};

static void
begin(struct ews_template *ret, struct kit_text *head, struct kit_text *tail, const char *version)
{
  kit_text_init(head, ret->head, sizeof ret->head);
  kit_text_init(tail, ret->tail, sizeof ret->tail);
  kit_text_put(head, envelope_head);
  kit_text_put_xml(head, version, strlen(version));
  kit_text_put(head, "\"/>");
}

static void
end(struct ews_template *ret, const struct kit_text *head, struct kit_text *tail)
{
  kit_text_put(tail, "</soap:Body></soap:Envelope>");
  ret->head_len = head->len;
  ret->tail_len = tail->len;
}

void
ews_convert_id(struct ews_template *ret, const char *version)
{
  struct kit_text head, tail;
  begin(ret, &head, &tail, version);
  kit_text_put(&head,
               "</soap:Header><soap:Body><m:ConvertId DestinationFormat=\"EntryId\"><m:SourceIds>"
               "<t:AlternateId Format=\"EwsId\" Id=\"DUMMY\" Mailbox=\"");
  kit_text_put(&tail, "\"/></m:SourceIds></m:ConvertId>");
  end(ret, &head, &tail);
}

#define FOLDER_HEAD                                                                                \
  "<soap:Body><m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"       \
  "<m:FolderIds>"
#define FOLDER_TAIL "</m:FolderIds></m:GetFolder>"

void
ews_get_folder(struct ews_template *ret, const char *version, enum ews_reach reach,
               enum ews_identity identity)
{
  struct kit_text head, tail;
  begin(ret, &head, &tail, version);
  const char *element = identity_elements[identity];
  if (reach == EWS_REACH_DELEGATE) {
    kit_text_put(&head, "</soap:Header>" FOLDER_HEAD "<t:DistinguishedFolderId Id=\"inbox\">"
                        "<t:Mailbox><t:EmailAddress>");
    kit_text_put(&tail, "</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>" FOLDER_TAIL);
  } else {
    kit_text_printf(&head, "<t:ExchangeImpersonation><t:ConnectingSID><t:%s>", element);
    kit_text_printf(&tail, "</t:%s></t:ConnectingSID></t:ExchangeImpersonation></soap:Header>",
                    element);
    kit_text_put(&tail, FOLDER_HEAD "<t:DistinguishedFolderId Id=\"inbox\"/>" FOLDER_TAIL);
  }
  end(ret, &head, &tail);
}

void
ews_resolve_names(struct ews_template *ret, const char *version, enum ews_identity identity,
                  const char *as)
{
  struct kit_text head, tail;
  begin(ret, &head, &tail, version);
  const char *element = identity_elements[identity];
  if (as[0] != 0) {
    kit_text_printf(&head, "<t:ExchangeImpersonation><t:ConnectingSID><t:%s>", element);
    kit_text_put_xml(&head, as, strlen(as));
    kit_text_printf(&head, "</t:%s></t:ConnectingSID></t:ExchangeImpersonation>", element);
  }
  kit_text_put(&head, "</soap:Header><soap:Body><m:ResolveNames ReturnFullContactData=\"false\" "
                      "SearchScope=\"ActiveDirectory\"><m:UnresolvedEntry>");
  kit_text_put(&tail, "</m:UnresolvedEntry></m:ResolveNames>");
  end(ret, &head, &tail);
}

static void
add_header(struct ews_request *request, const char *key, const char *value)
{
  request->headers[request->n_headers++] = (tenon_pair){key, {value, strlen(value)}};
}

void
ews_request_fill(struct ews_request *ret, const struct ews_template *template, const char *value,
                 const char *anchor, const char *id)
{
  struct kit_text text;
  kit_text_init(&text, ret->value, sizeof ret->value);
  kit_text_put_xml(&text, value, strlen(value));
  ret->value_len = text.len;
  ret->parts[0] = (tenon_http_part){.text = {template->head, template->head_len}};
  ret->parts[1] = (tenon_http_part){.text = {ret->value, ret->value_len}};
  ret->parts[2] = (tenon_http_part){.text = {template->tail, template->tail_len}};
  ret->n_headers = 0;
  add_header(ret, "Content-Type", "text/xml; charset=utf-8");
  add_header(ret, "Accept", "text/xml");
  kit_text_init(&text, ret->id, sizeof ret->id);
  kit_text_put(&text, id);
  add_header(ret, "client-request-id", ret->id);
  add_header(ret, "return-client-request-id", "true");
  if (anchor == NULL)
    return;
  kit_text_init(&text, ret->anchor, sizeof ret->anchor);
  kit_text_put(&text, anchor);
  add_header(ret, "X-AnchorMailbox", ret->anchor);
}

const char *
ews_address_fault(const char *address, size_t len)
{
  if (len == 0)
    return "it is empty";
  if (len > EWS_ADDRESS_MAX)
    return "it is longer than 320 bytes";
  if (!kit_utf8_printable(address, len))
    return "it holds a control character or is not UTF-8";
  if (memchr(address, ' ', len) != NULL)
    return "it holds a space";
  const char *at = memchr(address, '@', len);
  if (at == NULL)
    return "it has no @";
  size_t before = (size_t)(at - address), after = len - before - 1;
  if (before == 0 || after == 0)
    return "nothing stands before or after the @";
  if (memchr(at + 1, '@', after) != NULL)
    return "it has more than one @";
  for (const char *p = address; p < address + len; p++)
    if (strchr("<>,;\"()[]:\\", *p) != NULL)
      return "it holds a character that no mail address has";
  return NULL;
}

static const char *
sid_fault(const char *value, size_t len)
{
  if (len < 6 || len > 184 || strncmp(value, "S-1-", 4) != 0)
    return "it is not a SID (S-1-5-21-...)";
  for (size_t i = 4; i < len; i++)
    if (value[i] != '-' && (value[i] < '0' || value[i] > '9'))
      return "it is not a SID (S-1-5-21-...)";
  return NULL;
}

const char *
ews_identity_fault(enum ews_identity identity, const char *value, size_t len)
{
  return identity == EWS_IDENTITY_SID ? sid_fault(value, len) : ews_address_fault(value, len);
}

void
ews_ids_init(struct ews_ids *ids)
{
  uint64_t seed[2];
  if (getrandom(seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed) {
    // Not a secret: it only has to differ from other runs' ids in a server's log.
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    seed[0] = (uint64_t)now.tv_sec;
    seed[1] = (uint64_t)now.tv_nsec;
  }
  *ids = (struct ews_ids){.high = seed[0], .low = seed[1]};
}

void
ews_ids_next(struct ews_ids *ids, char ret[EWS_ID_MAX])
{
  uint64_t n = ids->low + ids->count++;
  snprintf(ret, EWS_ID_MAX, "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-8%03" PRIx64 "-%012" PRIx64,
           ids->high >> 32, (ids->high >> 16) & 0xFFFF, ids->high & 0xFFF, (n >> 48) & 0xFFF,
           n & UINT64_C(0xFFFFFFFFFFFF));
}
