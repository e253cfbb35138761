// SPDX-License-Identifier: Apache-2.0
//
// The front door of Exchange Online. What it says beyond a status stands in x-ms-diagnostics.
#include "exo.h"

#include <stdio.h>
#include <string.h>

#include "scenario.h"

#define NOT_LISTED "EWS is blocked by policy for this user or tenant"

static void
say(struct http_answer *answer, int number, const char *reason, const char *category)
{
  http_answer_header(answer, "x-ms-diagnostics", "%d;reason=\"%s\";error_category=\"%s\"", number,
                     reason, category);
}

// The line that Exchange Online has for everybody, and for a bad token something more in it. It offers
// basic, which nobody can use.
static void
refuse(struct http_answer *answer, bool token)
{
  answer->status = 401;
  text_format(&answer->authenticate,
              "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", "
              "trusted_issuers=\"00000001-0000-0000-c000-000000000000@*\", "
              "token_types=\"app_asserted_user_v1 service_asserted_app_v1\", "
              "authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"%s,"
              "Basic Realm=\"\"",
              token ? ", error=\"invalid_token\"" : "");
}

static bool
has_permission(const struct token *token)
{
  return token_permits(token, token->app ? "full_access_as_app" : "EWS.AccessAsUser.All");
}

bool
exo_accepts(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  struct token token;
  enum token_state state = token_read(lab, request, RESOURCE_EXCHANGE, &token);
  bool powerless =
      state == TOKEN_GOOD && strspn(token.permissions, " ") == strlen(token.permissions);
  bool accepted = state == TOKEN_GOOD && !powerless;
  bool sent = http_request_header(request, "Authorization") != NULL;
  if (sent)
    atomic_fetch_add(accepted ? &lab->accepted : &lab->rejected, 1);
  if (accepted)
    return true;
  if (powerless)
    say(answer, 2000008, "The token contains no permissions, or permissions can not be understood.",
        "invalid_grant");
  else if (state == TOKEN_FORGED)
    say(answer, 2000000, "The signature of the token is not valid.", "invalid_signature");
  else if (state == TOKEN_UNREADABLE)
    say(answer, 2000001, "The token can not be read.", "invalid_token");
  else if (state == TOKEN_EXPIRED)
    say(answer, 2000002, "The token has expired.", "token_expired");
  else if (state == TOKEN_FOREIGN)
    say(answer, 2000003, "The audience claim value is invalid 'aud'.", "invalid_resource");
  refuse(answer, state != TOKEN_MISSING);
  return false;
}

bool
exo_policy(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  struct token token;
  enum cloud_ews ews = cloud_play_of(lab)->ews;
  if (token_read(lab, request, RESOURCE_EXCHANGE, &token) != TOKEN_GOOD)
    return false;
  http_answer_header(answer, "x-ms-appId", "%s", token.app_id);
  if (!has_permission(&token)) {
    answer->status = 403;
    say(answer, 2000008, "The token contains not enough scope to make this call.", "invalid_grant");
    return true;
  }
  // The application of the lab is on the allow list of the tenant; in one scenario it is not.
  if (ews == EWS_OPEN)
    return false;
  answer->status = 403;
  if (ews != EWS_SILENTLY)
    http_answer_header(answer, "X-EWS-Policy-Reason", NOT_LISTED);
  return true;
}

static bool
is_impersonating(const struct xml_element *header)
{
  return xml_child(header, XML_SPACE_TYPES, "ExchangeImpersonation") != NULL;
}

bool
exo_access_read(const struct lab *lab, const struct xml_element *header, struct ews_call *call,
                struct ews_fault *ret_fault)
{
  bool impersonating = is_impersonating(header);
  if (call->delegate)
    return impersonating ? ews_fault_set(ret_fault, "ErrorImpersonateUserDenied") : true;
  if (impersonating)
    return ews_access_read(lab, header, call, ret_fault);
  ews_fault_set(ret_fault, "ErrorInvalidExchangeImpersonationHeaderData");
  snprintf(ret_fault->text, sizeof(ret_fault->text),
           "ExchangeImpersonation SOAP header must be present for this type of OAuth token.");
  return false;
}
