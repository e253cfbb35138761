// SPDX-License-Identifier: Apache-2.0
//
// As whom a call is made: the ExchangeImpersonation header, and what the directory and the
// administrator's reach say to it.
#include "ews.h"

#include <stdio.h>
#include <string.h>

#include "cloud.h"
#include "scenario.h"

static const char *const access_headers[] = {
    "ExchangeImpersonation",
    "OpenAsAdminOrSystemService",
    "ManagementRole",
    "SerializedSecurityContext",
};

#define ACCESS_HEADERS (sizeof(access_headers) / sizeof(access_headers[0]))

bool
ews_address_plausible(const char *address)
{
  const char *at = strchr(address, '@');
  size_t length = strlen(address);
  return at != NULL && at != address && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
         length < EWS_ADDRESS_MAX && strpbrk(address, " \t\r\n<>()[],;:\\\"") == NULL &&
         at[1] != '.' && address[length - 1] != '.';
}

static bool
no_mailbox(struct ews_fault *fault, const char *address)
{
  ews_fault_set(fault, "ErrorNonExistentMailbox");
  if (address != NULL) {
    fault->value_name = "SmtpAddress";
    snprintf(fault->value, sizeof(fault->value), "%s", address);
  }
  return false;
}

// Finds the person, or tells why there is none. Whether the role is there comes before: without it
// Exchange denies an unknown user too.
static bool
find_person(const struct lab *lab, const struct xml_element *identity, struct person *ret_person,
            struct ews_fault *ret_fault)
{
  const char *value = identity->text;
  if (!scenario_lists(lab->scenario->identities, identity->name))
    return ews_fault_set(ret_fault, "ErrorImpersonationFailed");
  bool refused = lab->scenario->denies_everyone;
  if (strcmp(identity->name, "SID") == 0) {
    if (strncmp(value, "S-1-", 4) != 0)
      return ews_fault_set(ret_fault, "ErrorInvalidUserSid");
    if (refused)
      return ews_fault_set(ret_fault, "ErrorImpersonateUserDenied");
    return directory_by_sid(&lab->directory, value, ret_person) || no_mailbox(ret_fault, NULL);
  }
  if (!ews_address_plausible(value))
    return ews_fault_set(ret_fault, strcmp(identity->name, "PrincipalName") == 0
                                        ? "ErrorInvalidUserPrincipalName"
                                        : "ErrorInvalidSmtpAddress");
  if (refused)
    return ews_fault_set(ret_fault, "ErrorImpersonateUserDenied");
  enum identity kind;
  if (!directory_by_address(&lab->directory, value, ret_person, &kind))
    return no_mailbox(ret_fault, value);
  if (kind == IDENTITY_SECONDARY && strcmp(identity->name, "SmtpAddress") != 0) {
    if (strcmp(identity->name, "PrincipalName") == 0)
      return no_mailbox(ret_fault, value);
    ews_fault_set(ret_fault, "ErrorNonPrimarySmtpAddress");
    ret_fault->value_name = "Primary";
    snprintf(ret_fault->value, sizeof(ret_fault->value), "%s", ret_person->address);
    return false;
  }
  return true;
}

// The one child of ConnectingSID, which the schema makes a choice.
static const struct xml_element *
read_identity(const struct xml_element *impersonation, struct ews_fault *ret_fault)
{
  static const char *const allowed[] = {"SmtpAddress", "PrimarySmtpAddress", "PrincipalName",
                                        "SID"};
  const struct xml_element *connecting = xml_child(impersonation, XML_SPACE_TYPES, "ConnectingSID");
  const struct xml_element *identity = connecting != NULL ? connecting->first : NULL;
  if (identity == NULL) {
    ews_fault_set(ret_fault, "ErrorInvalidExchangeImpersonationHeaderData");
    return NULL;
  }
  bool known = false;
  for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
    known = known || xml_is(identity, XML_SPACE_TYPES, allowed[i]);
  const struct xml_element *wrong = !known ? identity : identity->next;
  if (wrong != NULL) {
    ews_fault_violation(ret_fault, wrong->line, wrong->column,
                        "The element 'ConnectingSID' in namespace '" XML_URI_TYPES
                        "' has invalid child element '%.64s'.",
                        wrong->name);
    return NULL;
  }
  if (identity->text[0] == '\0') {
    ews_fault_set(ret_fault, "ErrorInvalidExchangeImpersonationHeaderData");
    return NULL;
  }
  return identity;
}

// Exchange Online asks for no role but for the permission, and for the policies that limit it. A disabled
// account is what a shared mailbox has.
static bool
check_reach_online(const struct lab *lab, const struct person *person, struct ews_fault *ret_fault)
{
  if (person->kind == PERSON_ELSEWHERE)
    return no_mailbox(ret_fault, person->address);
  return cloud_reaches(lab, person) || ews_fault_set(ret_fault, "ErrorAccessDenied");
}

static bool
check_reach(const struct person *person, struct ews_fault *ret_fault)
{
  switch (person->kind) {
  case PERSON_ALLOWED: return true;
  case PERSON_DENIED: return ews_fault_set(ret_fault, "ErrorImpersonateUserDenied");
  case PERSON_DISABLED: return ews_fault_set(ret_fault, "ErrorAccountDisabled");
  default: return no_mailbox(ret_fault, person->address);
  }
}

static bool
find_header(const struct xml_element *header, const struct xml_element **ret_access,
            struct ews_fault *ret_fault)
{
  const struct xml_element *found = NULL;
  for (const struct xml_element *child = header->first; child != NULL; child = child->next)
    for (size_t i = 0; i < ACCESS_HEADERS; i++) {
      if (!xml_is(child, XML_SPACE_TYPES, access_headers[i]))
        continue;
      if (found != NULL)
        return ews_fault_set(ret_fault, strcmp(found->name, child->name) == 0
                                            ? "ErrorDuplicateSOAPHeader"
                                            : "ErrorMoreThanOneAccessModeSpecified");
      found = child;
    }
  *ret_access = found;
  return true;
}

bool
ews_access_read(const struct lab *lab, const struct xml_element *header, struct ews_call *call,
                struct ews_fault *ret_fault)
{
  const struct xml_element *access = NULL;
  if (header == NULL)
    return true;
  if (!find_header(header, &access, ret_fault))
    return false;
  if (access == NULL)
    return true;
  if (!xml_is(access, XML_SPACE_TYPES, "ExchangeImpersonation"))
    return ews_fault_set(ret_fault, "ErrorAccessDenied");
  call->impersonating = true;
  const struct xml_element *identity = read_identity(access, ret_fault);
  return identity != NULL && find_person(lab, identity, &call->person, ret_fault) &&
         (lab->scenario->online ? check_reach_online(lab, &call->person, ret_fault)
                                : check_reach(&call->person, ret_fault));
}
