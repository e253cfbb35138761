// SPDX-License-Identifier: Apache-2.0
/* What a server answers: any bytes are one of the four states, and no document type definition is ever followed. */
#include <string.h>

#include "sdk/kit/soap.h"
#include "tests/fuzz/fuzz.h"

static void
count(void *user, const struct soap_resolution *r)
{
  size_t *n = user;

  fuzz_hold(memchr(r->address, 0, sizeof r->address) != NULL);
  ++*n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  static struct soap_reader *reader;
  struct soap_reply whole, code;
  size_t hits = 0;

  if (!reader)
    reader = soap_reader_create();
  fuzz_hold(reader != NULL);
  soap_read(reader, (const char *)bytes, n, &whole, count, &hits);
  soap_read_code(reader, (const char *)bytes, n, &code);
  fuzz_hold(whole.state == SOAP_READ || whole.state == SOAP_NOT_SOAP || whole.why[0]);
  fuzz_hold(whole.state == SOAP_READ || code.state != SOAP_READ || code.answered);
  return 0;
}

#define ENVELOPE(body)                                                                             \
  "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>"                   \
  "<h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"2\" MajorBuildNumber=\"1544\" "         \
  "MinorBuildNumber=\"4\" xmlns:h=\"http://schemas.microsoft.com/exchange/services/2006/types\"/>" \
  "</s:Header><s:Body>" body "</s:Body></s:Envelope>"

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    ENVELOPE(
        "<m:GetFolderResponse "
        "xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\">"
        "<m:ResponseMessages><m:GetFolderResponseMessage ResponseClass=\"Error\"><m:ResponseCode> "
        "ErrorServerBusy </m:ResponseCode></m:GetFolderResponseMessage></m:ResponseMessages>"
        "</m:GetFolderResponse>"),
    ENVELOPE(
        "<s:Fault><faultcode>a:ErrorImpersonateUserDenied</faultcode><faultstring>x</faultstring>"
        "<detail><e:ResponseCode "
        "xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\">"
        "ErrorImpersonateUserDenied</e:ResponseCode></detail></s:Fault>"),
    "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
    "<html><head><title>Outlook</title></head></html>",
    NULL,
};
