// SPDX-License-Identifier: Apache-2.0
//
// Tokens are numbered, so that it shows which one a request carried.
#include "cloud.h"

#include "jwt.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct cloud_play play;

#define COMMON                                                                                     \
  {"admin", "admin@contoso.example"}, {"tenant", "contoso.example"}, {"client_id", CLIENT},        \
  {                                                                                                \
    "cloud", "global"                                                                              \
  }

const struct fake_option cloud_app[] = {
    COMMON, {"grant", "client-secret"}, {"mailbox", "alex@contoso.example"}, {NULL, NULL}};
const struct fake_option cloud_app_bare[] = {COMMON, {"grant", "client-secret"}, {NULL, NULL}};
// Its token comes from the client secret's endpoint as well: how a person signs in is tested with the grants themselves.
const struct fake_option cloud_person[] = {
    COMMON, {"grant", "device-code"}, {"mailbox", "alex@contoso.example"}, {NULL, NULL}};

void
cloud_init(const struct fake_option *options)
{
  memset(&play, 0, sizeof play);
  fake_init(options, cloud_answer);
}

static void
give_token(struct fake_answer *a)
{
  char claims[512], encoded[1024];
  struct kit_text text;
  time_t now = time(NULL);
  play.tokens++;
  snprintf(claims, sizeof claims,
           "{\"aud\":\"https://outlook.office365.com\",\"tid\":\"tenant-guid\",\"appid\":\"" CLIENT
           "\",\"idtyp\":\"app\",\"roles\":[%s%s%s],\"iat\":%lld,\"exp\":%lld,\"n\":%u}",
           play.roles == NULL ? "\"full_access_as_app\"" : "", play.roles != NULL ? play.roles : "",
           "", (long long)now, (long long)now + 3600, play.tokens);
  kit_text_init(&text, encoded, sizeof encoded);
  jwt_encode(&text, claims, strlen(claims));
  a->code = 200;
  snprintf(a->body, sizeof a->body,
           "{\"token_type\":\"Bearer\",\"expires_in\":%d,\"access_token\":\"e30.%s.t%u\"}",
           play.lives_s != 0 ? play.lives_s : 3600, encoded, play.tokens);
}

static void
answer_token(const struct fake_request *r, struct fake_answer *a)
{
  static const tenon_pair json = {"Content-Type", {"application/json", 16}};
  snprintf(play.last_token_body, sizeof play.last_token_body, "%s", r->body);
  play.token_requests++;
  a->headers = &json;
  a->n_headers = 1;
  if (play.token_requests >= play.fail_from && play.token_requests <= play.fail_till) {
    a->code = play.fail_code;
    snprintf(a->body, sizeof a->body, "%s", play.fail_body);
    return;
  }
  give_token(a);
}

static unsigned
number_of(const char *token)
{
  const char *end = token != NULL ? strrchr(token, '.') : NULL;
  return end != NULL && end[1] == 't' ? (unsigned)strtoul(end + 2, NULL, 10) : 0;
}

static void
refuse(struct fake_answer *a, int code)
{
  static tenon_pair headers[3];
  size_t n = 0;
  a->code = code;
  a->body[0] = 0;
  if (play.diagnostics != NULL)
    headers[n++] = (tenon_pair){"x-ms-diagnostics", {play.diagnostics, strlen(play.diagnostics)}};
  if (play.policy != NULL)
    headers[n++] = (tenon_pair){"X-EWS-Policy-Reason", {play.policy, strlen(play.policy)}};
  if (play.caserror != NULL)
    headers[n++] = (tenon_pair){"X-CasErrorCode", {play.caserror, strlen(play.caserror)}};
  a->headers = headers;
  a->n_headers = n;
}

static void
answer_ews(const struct fake_request *r, struct fake_answer *a)
{
  bool header = strstr(r->body, "ExchangeImpersonation") != NULL;
  unsigned token = number_of(r->user);
  play.ews_requests++;
  play.with_header += header;
  play.with_mailbox += strstr(r->body, "<t:Mailbox>") != NULL;
  play.without_anchor += r->anchor == NULL;
  snprintf(play.last_body, sizeof play.last_body, "%s", r->body);
  ck_assert_uint_ne(token, 0);
  if ((play.good_until != 0 && token >= play.good_until) || token < play.bad_until) {
    play.refused++;
    refuse(a, 401);
  } else if (play.code != 0) {
    refuse(a, play.code);
  } else if (strcmp(r->label, "ews.convertid") == 0) {
    fake_fault(a, 500, "t:ErrorInvalidExchangeImpersonationHeaderData");
  } else if (strcmp(r->label, "ews.resolvenames") == 0) {
    fake_found(a, "denied@contoso.example", "Mailbox");
  } else if (strstr(r->address, "denied") != NULL) {
    fake_fault(a, 500, play.denied_error != NULL ? play.denied_error : "t:ErrorAccessDenied");
  } else if (strstr(r->address, "nobody") != NULL) {
    fake_fault(a, 500, "t:ErrorNonExistentMailbox");
  } else {
    fake_success(a, "GetFolder");
  }
}

void
cloud_answer(const struct fake_request *r, struct fake_answer *a)
{
  if (strstr(r->url, "/oauth2/") != NULL)
    answer_token(r, a);
  else
    answer_ews(r, a);
}
