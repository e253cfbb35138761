// SPDX-License-Identifier: Apache-2.0
//
// Exchange Web Services: the pieces that its operations share.
#ifndef TENON_LAB_EWS_H
#define TENON_LAB_EWS_H

#include "http.h"
#include "lab.h"
#include "xml.h"

#define EWS_PATH "/EWS/Exchange.asmx"

// Which Exchange the lab says it is, and the newest schema that it takes.
struct ews_version {
  int major;
  int minor;
  int build;
  int revision;
  const char *schema; // ServerVersionInfo/@Version
  const char *newest; // RequestServerVersion/@Version
};

extern const struct ews_version ews_version_se;
extern const struct ews_version ews_version_2010;
extern const struct ews_version ews_version_gromox;
extern const struct ews_version ews_version_online;

// An answer that is a fault. With `violation_line` it carries the place of a schema violation.
struct ews_fault {
  const char *code;
  char text[EWS_TEXT_MAX];
  const char *value_name; // one t:Value in MessageXml, NULL for none
  char value[EWS_ADDRESS_MAX];
  int violation_line;
  int violation_column;
};

// Sets the fault with the text that Exchange has for the code. Both return false, for the caller.
bool ews_fault_set(struct ews_fault *fault, const char *code);
bool ews_fault_violation(struct ews_fault *fault, int line, int column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
const char *ews_code_text(const char *code);

// A call that was signed in, read and found allowed.
struct ews_call {
  const struct lab *lab;
  const struct xml_element *operation;
  bool delegate; // a person's token, at Exchange Online
  bool impersonating;
  struct person person; // as whom, when impersonating
};

// Writes the operation's element into `body`; false with the fault otherwise.
typedef bool ews_operation(const struct ews_call *call, struct text *body,
                           struct ews_fault *ret_fault);

ews_operation ews_convert_id;
ews_operation ews_get_folder;
ews_operation ews_resolve_names;

// Answers a request to EWS_PATH.
void ews_serve(struct lab *lab, const struct http_request *request, struct http_answer *answer);

// ews_access.c: as whom the call is made.
bool ews_access_read(const struct lab *lab, const struct xml_element *header, struct ews_call *call,
                     struct ews_fault *ret_fault);

// Whether the text could be a mail address at all.
bool ews_address_plausible(const char *address);

// ews_version.c: whether the version asked for is one that this server takes.
bool ews_version_check(const struct ews_version *version, const char *asked,
                       struct ews_fault *ret_fault);

// ews_write.c: envelopes, faults, and the messages inside a response. `prefix` is the SOAP one.
void ews_write_open(struct text *text, const char *prefix, const struct ews_version *version);
void ews_write_close(struct text *text, const char *prefix);
void ews_write_fault(struct text *text, const struct ews_fault *fault);
void ews_write_response_open(struct text *text, const char *operation);
void ews_write_response_close(struct text *text, const char *operation);
void ews_write_error(struct text *text, const char *operation, const char *class, const char *code);
void ews_write_error_close(struct text *text, const char *operation);

#endif
