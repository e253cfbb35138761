// SPDX-License-Identifier: Apache-2.0
//
// Response codes and the sentences that stand beside them in an English Exchange. Clients must go
// by the code; the sentence is there for people reading a trace.
#include "ews.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *code;
  const char *text;
} codes[] = {
    {"ErrorAccessDenied", "Access is denied. Check credentials and try again."},
    {"ErrorAccountDisabled", "The account is disabled."},
    {"ErrorDuplicateSOAPHeader", "The SOAP header is specified more than once."},
    {"ErrorImpersonateUserDenied",
     "The account does not have permission to impersonate the requested user."},
    {"ErrorFolderNotFound", "The specified folder could not be found in the store."},
    {"ErrorImpersonationFailed", "The impersonation failed."},
    {"ErrorInvalidExchangeImpersonationHeaderData",
     "The ExchangeImpersonation SOAP header does not name the user to impersonate."},
    {"ErrorInvalidIdMalformed", "Id is malformed."},
    {"ErrorInvalidRequest", "The request is invalid."},
    {"ErrorInvalidServerVersion", "The specified server version is invalid."},
    {"ErrorInvalidSmtpAddress", "The SMTP address format is invalid."},
    {"ErrorInvalidUserPrincipalName", "The user principal name is not valid."},
    {"ErrorInvalidUserSid", "The SID is not valid."},
    {"ErrorMissingEmailAddress",
     "When making a request as an account that does not have a mailbox, you must specify the "
     "mailbox primary SMTP address for any distinguished folder Ids."},
    {"ErrorMoreThanOneAccessModeSpecified", "More than one access mode was specified."},
    {"ErrorNameResolutionMultipleResults", "Multiple results were found."},
    {"ErrorNameResolutionNoMailbox", "The caller has no mailbox whose contacts could be searched."},
    {"ErrorNameResolutionNoResults", "No results were found."},
    {"ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it."},
    {"ErrorNonPrimarySmtpAddress",
     "The primary SMTP address must be specified when referencing a mailbox."},
    {"ErrorServerBusy", "The server cannot service this request right now. Try again later."},
};

const char *
ews_code_text(const char *code)
{
  for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
    if (strcmp(code, codes[i].code) == 0)
      return codes[i].text;
  return code;
}

bool
ews_fault_set(struct ews_fault *fault, const char *code)
{
  *fault = (struct ews_fault){.code = code};
  snprintf(fault->text, sizeof(fault->text), "%s", ews_code_text(code));
  return false;
}

bool
ews_fault_violation(struct ews_fault *fault, int line, int column, const char *format, ...)
{
  *fault = (struct ews_fault){.code = "ErrorSchemaValidation",
                              .violation_line = line > 0 ? line : 1,
                              .violation_column = column > 0 ? column : 1};
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(fault->text, sizeof(fault->text), format, arguments);
  va_end(arguments);
  return false;
}
