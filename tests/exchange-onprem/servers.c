// SPDX-License-Identifier: Apache-2.0
//
// The servers that several tests talk to, each a function from a request to its answer.
#include "servers.h"

#include <stdio.h>
#include <string.h>

const struct fake_option server_answers[] = {{"server", "localhost:8443"},
                                             {"admin", "svc@contoso.example"},
                                             {"password", "x"},
                                             {"mailbox", "alex@contoso.example"},
                                             {NULL, NULL}};

const struct fake_option server_answers_basic[] = {{"server", "localhost:8443"},
                                                   {"admin", "svc@contoso.example"},
                                                   {"password", "x"},
                                                   {"auth", "basic"},
                                                   {"mailbox", "alex@contoso.example"},
                                                   {NULL, NULL}};

bool
server_is_nobody(const struct fake_request *r)
{
  return strstr(r->address, "tenon-nobody") != NULL;
}

// A server on which everything works.
void
server_good(const struct fake_request *r, struct fake_answer *a)
{
  if (r->user == NULL)
    fake_challenge(a, "Negotiate, Basic realm=\"x\"");
  else if (strcmp(r->label, "ews.convertid") == 0)
    fake_error(a, "ConvertId", "ErrorInvalidIdMalformed");
  else if (strcmp(r->label, "ews.resolvenames") == 0)
    fake_found(a, r->address, "Mailbox");
  else if (server_is_nobody(r))
    fake_fault(a, 500, "t:ErrorNonExistentMailbox");
  else
    fake_success(a, "GetFolder");
}

void
server_role_missing(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user != NULL && strcmp(r->label, "ews.getfolder") == 0)
    fake_fault(a, 500, "t:ErrorImpersonateUserDenied");
}

void
server_wrong_password(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user != NULL)
    fake_challenge(a, "Basic realm=\"x\"");
}

void
server_basic_off(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user == NULL)
    fake_challenge(a, "Negotiate, NTLM");
}

void
server_login_page(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  snprintf(a->body, sizeof a->body, "<html><form action='/owa/auth.owa'><input type='password'>");
}

void
server_busy_twice(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user != NULL && fake.signed_requests < 3) {
    snprintf(a->body, sizeof a->body,
             "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\" xmlns:t=\"" SOAP_NS_TYPES
             "\"><s:Body><s:Fault>"
             "<faultcode>t:ErrorServerBusy</faultcode><detail><t:MessageXml><t:Value "
             "Name=\"BackOffMilliseconds\">20</t:Value></t:MessageXml></detail></s:Fault></s:Body>"
             "</s:Envelope>");
    a->code = 500;
  }
}

void
server_garbage(const struct fake_request *r, struct fake_answer *a)
{
  static const char *const bodies[] = {"<", "<a/>", "\xff\xfe", "{}", "<!DOCTYPE a><a/>", ""};
  if (r->user == NULL)
    fake_challenge(a, "Basic");
  else
    snprintf(a->body, sizeof a->body, "%s", bodies[fake.requests % 6]);
}
