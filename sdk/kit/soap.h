// SPDX-License-Identifier: Apache-2.0
//
// Reading what an EWS server answers. Elements are matched by namespace and local name, since every
// server has prefixes of its own; decisions are made on codes, never on texts, which come in the
// language of the server, the mailbox or neither. Nothing is allocated per answer but by libxml2.
#ifndef KIT_SOAP_H
#define KIT_SOAP_H

#include "text.h"
#include "version.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOAP_BYTES_MAX    (4u * 1024u * 1024u) // of an answer
#define SOAP_DEPTH_MAX    48
#define SOAP_ELEMENTS_MAX 100000
#define SOAP_CODE_MAX     96  // bytes of a response code
#define SOAP_TEXT_MAX     512 // bytes kept of a message's text
#define SOAP_ADDRESS_MAX  400 // bytes of an address or name

#define SOAP_NS_ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"
#define SOAP_NS_TYPES    "http://schemas.microsoft.com/exchange/services/2006/types"
#define SOAP_NS_MESSAGES "http://schemas.microsoft.com/exchange/services/2006/messages"
#define SOAP_NS_ERRORS   "http://schemas.microsoft.com/exchange/services/2006/errors"

enum soap_state {
  SOAP_READ,     // an envelope, read as far as was needed
  SOAP_NOT_XML,  // broken XML, or none at all; `why` says where
  SOAP_NOT_SOAP, // XML, but no SOAP 1.1 envelope
  SOAP_REFUSED,  // a document type definition, or over a limit; `why` says which
};

enum soap_class { SOAP_CLASS_NONE, SOAP_CLASS_SUCCESS, SOAP_CLASS_WARNING, SOAP_CLASS_ERROR };

struct soap_reply {
  enum soap_state state;
  enum soap_class class; // of the worst response message
  bool fault;            // a SOAP fault, whatever the HTTP status
  bool answered;         // a response message was there
  bool truncated;        // ResolveNames: there is more than was sent
  int64_t backoff_ns;    // BackOffMilliseconds; 0: none was named
  struct ews_build build;
  char code[SOAP_CODE_MAX];       // ResponseCode; "" when there is none
  char inner_code[SOAP_CODE_MAX]; // of MessageXml
  char text[SOAP_TEXT_MAX];       // for the eyes of a person only
  char address[SOAP_ADDRESS_MAX]; // SmtpAddress or Primary of MessageXml
  char schema[48];                // ServerVersionInfo/@Version
  char why[192];
};

// One hit of ResolveNames; borrowed for the call.
struct soap_resolution {
  char name[SOAP_ADDRESS_MAX], address[SOAP_ADDRESS_MAX], routing[32], type[32];
};

typedef void soap_resolution_fn(void *user, const struct soap_resolution *);

struct soap_reader;

struct soap_reader *soap_reader_create(void);
void soap_reader_destroy(struct soap_reader *reader);

// Reads to the end and gives every resolution to `fn`, which may be NULL.
void soap_read(struct soap_reader *reader, const char *bytes, size_t len, struct soap_reply *ret,
               soap_resolution_fn *fn, void *user);
// Stops at the first NoError: what a bulk run asks is answered there.
void soap_read_code(struct soap_reader *reader, const char *bytes, size_t len,
                    struct soap_reply *ret);

// The code to decide on: an inner one where the outer says only "internal server error".
const char *soap_reply_code(const struct soap_reply *reply);

#endif
