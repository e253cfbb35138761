// SPDX-License-Identifier: Apache-2.0
//
// Writing EWS requests. A request is three pieces, text before, one value, text after: the text is
// made once per session, so that asking for the next mailbox costs the escaping of its address.
#ifndef KIT_EWS_H
#define KIT_EWS_H

#include "text.h"

#include <tenon/http.h>

#include <stdbool.h>
#include <stdint.h>

#define EWS_ADDRESS_MAX 320                   // bytes of a mail address (RFC 5321: 64 + 1 + 255)
#define EWS_ESCAPED_MAX (EWS_ADDRESS_MAX * 6) // the same, escaped
#define EWS_HEAD_MAX    3072
#define EWS_TAIL_MAX    1024
#define EWS_RESOLVE_MAX 100 // hits that ResolveNames gives at most
#define EWS_HEADERS_MAX 6
#define EWS_ID_MAX      40

// How somebody else's mailbox is reached.
enum ews_reach {
  EWS_REACH_ROLE,     // by the header ExchangeImpersonation, with the role of that name
  EWS_REACH_APP,      // the same, and no request goes without it: an application is nobody
  EWS_REACH_DELEGATE, // as oneself, by rights on its folders: the header is refused
};

enum ews_identity { EWS_IDENTITY_SMTP, EWS_IDENTITY_PRIMARY, EWS_IDENTITY_UPN, EWS_IDENTITY_SID };

// Everything of a request but its one value.
struct ews_template {
  char head[EWS_HEAD_MAX], tail[EWS_TAIL_MAX];
  size_t head_len, tail_len;
};

// ConvertId of an id that does not exist: needs no mailbox, so that any answer but a refused sign-in
// proves the connection. The value is an address.
void ews_convert_id(struct ews_template *ret, const char *version);
// GetFolder of the inbox, id only, of the user whom the value names; by delegation that is an address.
void ews_get_folder(struct ews_template *ret, const char *version, enum ews_reach reach,
                    enum ews_identity identity);
// ResolveNames in the directory; the value is what to look for. as: whom to ask as, or "".
void ews_resolve_names(struct ews_template *ret, const char *version, enum ews_identity identity,
                       const char *as);

// A request with its value put in. Points into itself: not to be copied.
struct ews_request {
  tenon_http_part parts[3];
  tenon_pair headers[EWS_HEADERS_MAX];
  size_t n_headers;
  size_t value_len;
  char value[EWS_ESCAPED_MAX + 1];
  char anchor[EWS_ADDRESS_MAX + 1];
  char id[EWS_ID_MAX];
};

// anchor: X-AnchorMailbox, or NULL. id: client-request-id. The template must outlive the request.
void ews_request_fill(struct ews_request *ret, const struct ews_template *, const char *value,
                      const char *anchor, const char *id);

// Why an address cannot be one, or NULL: without @, with spaces or control characters, too long.
const char *ews_address_fault(const char *address, size_t len);
// The same for a value of the identity given.
const char *ews_identity_fault(enum ews_identity identity, const char *value, size_t len);

// Request ids: a random base and a counter, as a GUID.
struct ews_ids {
  uint64_t high, low;
  uint64_t count;
};
void ews_ids_init(struct ews_ids *ids);
void ews_ids_next(struct ews_ids *ids, char ret[EWS_ID_MAX]);

#endif
