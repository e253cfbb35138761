// SPDX-License-Identifier: Apache-2.0
//
// Whether an address is in the directory: the cheap second question that tells "you may not" from
// "there is nobody". Asked as the administrator, an application as somebody that it may act as; what was learned is kept
// in a table of fixed size, and a directory that does not answer is left alone.
#include "ews_act.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct search {
  const char *address;
  enum ews_existence found;
  unsigned hits;
  enum ews_existence last;
};

static uint64_t
hash_of(const char *address)
{
  uint64_t hash = UINT64_C(14695981039346656037);
  for (const char *p = address; *p != 0; p++)
    hash = (hash ^ (uint64_t)tolower((unsigned char)*p)) * UINT64_C(1099511628211);
  return hash != 0 ? hash : 1;
}

bool
ews_lookup_known(const struct ews_session *s, const char *address, enum ews_existence *ret)
{
  uint64_t hash = hash_of(address);
  const struct ews_lookup *entry = &s->lookups[hash % EWS_LOOKUPS_MAX];
  if (entry->hash != hash)
    return false;
  *ret = entry->existence;
  return true;
}

bool
ews_lookup_possible(const struct ews_session *s)
{
  bool nobody = s->reach == EWS_REACH_APP && s->directory[0] == 0;
  return s->lookup_failures < EWS_LOOKUP_FAILURES && !s->refused && !nobody &&
         s->identity != EWS_IDENTITY_SID;
}

static enum ews_existence
existence_of(const struct soap_resolution *hit)
{
  bool mailbox = strcmp(hit->type, "Mailbox") == 0 || hit->type[0] == 0;
  return mailbox ? EXISTENCE_MAILBOX : EXISTENCE_FOREIGN;
}

static void
consider(void *user, const struct soap_resolution *hit)
{
  struct search *search = user;
  search->hits++;
  search->last = existence_of(hit);
  if (strcasecmp(hit->address, search->address) == 0 && search->found != EXISTENCE_MAILBOX)
    search->found = search->last;
}

static enum ews_existence
conclude(const struct search *search, const struct soap_reply *reply)
{
  if (search->found != EXISTENCE_UNKNOWN)
    return search->found;
  // One hit under another address: the directory searched its proxy addresses and found this one.
  if (search->hits == 1)
    return search->last;
  if (search->hits == 0 && strcmp(reply->code, "ErrorNameResolutionNoResults") == 0)
    return EXISTENCE_NONE;
  return EXISTENCE_UNKNOWN;
}

static bool
answered(const struct search *search, const struct soap_reply *reply)
{
  return search->hits > 0 || strcmp(reply->code, "ErrorNameResolutionNoResults") == 0;
}

enum ews_existence
ews_lookup_read(struct ews_session *s, const char *address, const tenon_http_completion *completion)
{
  struct soap_reply reply = {.state = SOAP_NOT_XML};
  struct search search = {.address = address};
  if (completion->code == 200)
    soap_read(s->reader, completion->body.ptr, completion->body.len, &reply, consider, &search);
  if (reply.state != SOAP_READ || !answered(&search, &reply)) {
    s->lookup_failures++;
    return EXISTENCE_UNKNOWN;
  }
  s->lookup_failures = 0;
  enum ews_existence existence = conclude(&search, &reply);
  // Directories are not searched by UPN: what is not found by it may be there all the same.
  if (existence == EXISTENCE_NONE && s->identity == EWS_IDENTITY_UPN)
    existence = EXISTENCE_UNKNOWN;
  uint64_t hash = hash_of(address);
  s->lookups[hash % EWS_LOOKUPS_MAX] = (struct ews_lookup){hash, existence};
  return existence;
}
