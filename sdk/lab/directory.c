// SPDX-License-Identifier: Apache-2.0
//
// Addresses, names and SIDs of the lab's people, all computed from the kind and the index.
#include "directory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "names.h"

#define ALIAS_ALLOWED    "user"
#define ALIAS_SECONDARY  "mailbox"
#define NUMBER_ALLOWED   10001 // user00001; below it the named people
#define NUMBER_DENIED    2001
#define NUMBER_DISABLED  3001
#define NUMBER_ELSEWHERE 4001
#define SID_OF_DOMAIN    "S-1-5-21-1004336348-1177238915-682003330-"

struct named {
  const char *alias;
  const char *given;
  const char *family;
};

static const struct named denied[] = {
    {"ceo", "Margaret", "Whitfield"},
    {"cfo", "Anton", "Berger"},
    {"works.council", "Works", "Council"},
};
static const struct named disabled[] = {
    {"former.intern", "Timo", "Sandvik"},
    {"retired.clerk", "Edith", "Lowell"},
};
static const struct named elsewhere[] = {
    {"plant.manager", "Ingrid", "Solberg"},
    {"night.shift", "Night", "Shift"},
};
static const struct named missing[] = {
    {"nobody", "", ""},
    {"usre00001", "", ""},
    {"moved.away", "", ""},
};

struct group {
  const struct named *people;
  size_t count;
  uint64_t first;
};

#define GROUP(list, first)                                                                         \
  {                                                                                                \
    list, sizeof(list) / sizeof((list)[0]), first                                                  \
  }

static const struct group groups[] = {
    [PERSON_DENIED] = GROUP(denied, NUMBER_DENIED),
    [PERSON_DISABLED] = GROUP(disabled, NUMBER_DISABLED),
    [PERSON_ELSEWHERE] = GROUP(elsewhere, NUMBER_ELSEWHERE),
    [PERSON_MISSING] = GROUP(missing, 0),
};

size_t
directory_count(const struct directory *directory, enum person_kind kind)
{
  if (kind == PERSON_ALLOWED)
    return directory->allowed;
  return kind == PERSON_ELSEWHERE && !directory->hybrid ? 0 : groups[kind].count;
}

static void
fill_allowed(size_t index, struct person *person)
{
  snprintf(person->alias, sizeof(person->alias), ALIAS_ALLOWED "%05zu", index + 1);
  snprintf(person->given, sizeof(person->given), "%s", names_given(index));
  snprintf(person->family, sizeof(person->family), "%s", names_family(index));
  char initial = names_initial(index);
  if (initial != '\0')
    snprintf(person->name, sizeof(person->name), "%s %c. %s", names_given(index), initial,
             names_family(index));
  else
    snprintf(person->name, sizeof(person->name), "%s %s", names_given(index), names_family(index));
}

void
directory_person(const struct directory *directory, enum person_kind kind, size_t index,
                 struct person *ret_person)
{
  (void)directory;
  ret_person->kind = kind;
  if (kind == PERSON_ALLOWED) {
    ret_person->number = NUMBER_ALLOWED + index;
    fill_allowed(index, ret_person);
  } else {
    const struct named *named = &groups[kind].people[index];
    ret_person->number = groups[kind].first + index;
    snprintf(ret_person->alias, sizeof(ret_person->alias), "%s", named->alias);
    snprintf(ret_person->given, sizeof(ret_person->given), "%s", named->given);
    snprintf(ret_person->family, sizeof(ret_person->family), "%s", named->family);
    snprintf(ret_person->name, sizeof(ret_person->name), "%s %s", named->given, named->family);
  }
  snprintf(ret_person->address, sizeof(ret_person->address), "%.200s@" DIRECTORY_DOMAIN,
           ret_person->alias);
}

bool
directory_by_number(const struct directory *directory, uint64_t number, struct person *ret_person)
{
  if (number >= NUMBER_ALLOWED && number - NUMBER_ALLOWED < directory->allowed) {
    directory_person(directory, PERSON_ALLOWED, number - NUMBER_ALLOWED, ret_person);
    return true;
  }
  for (enum person_kind kind = PERSON_DENIED; kind <= PERSON_ELSEWHERE; kind++) {
    if (number < groups[kind].first ||
        number - groups[kind].first >= directory_count(directory, kind))
      continue;
    directory_person(directory, kind, number - groups[kind].first, ret_person);
    return true;
  }
  return false;
}

// Reads "user00042" or "mailbox00042". Written another way ("user42"), it is nobody's.
static bool
read_alias(const char *alias, size_t length, const char *prefix, size_t *ret_index)
{
  size_t before = strlen(prefix);
  if (length < before + 5 || length > before + 7 || strncasecmp(alias, prefix, before) != 0)
    return false;
  size_t number = 0;
  for (size_t i = before; i < length; i++) {
    if (alias[i] < '0' || alias[i] > '9')
      return false;
    number = number * 10 + (size_t)(alias[i] - '0');
  }
  if (number == 0 || (alias[before] == '0' && length > before + 5))
    return false;
  *ret_index = number - 1;
  return true;
}

static bool
find_named(const struct directory *directory, const char *address, struct person *ret_person)
{
  for (enum person_kind kind = PERSON_DENIED; kind <= PERSON_ELSEWHERE; kind++)
    for (size_t i = 0; i < directory_count(directory, kind); i++) {
      size_t length = strlen(groups[kind].people[i].alias);
      if (strncasecmp(address, groups[kind].people[i].alias, length) != 0 || address[length] != '@')
        continue;
      directory_person(directory, kind, i, ret_person);
      return true;
    }
  return false;
}

bool
directory_by_address(const struct directory *directory, const char *address,
                     struct person *ret_person, enum identity *ret_identity)
{
  const char *at = strrchr(address, '@');
  if (at == NULL || strcasecmp(at + 1, DIRECTORY_DOMAIN) != 0)
    return false;
  enum identity identity = IDENTITY_PRIMARY;
  size_t index;
  bool numbered = read_alias(address, (size_t)(at - address), ALIAS_ALLOWED, &index);
  if (!numbered && read_alias(address, (size_t)(at - address), ALIAS_SECONDARY, &index)) {
    numbered = true;
    identity = IDENTITY_SECONDARY;
  }
  if (numbered && index < directory->allowed)
    directory_person(directory, PERSON_ALLOWED, index, ret_person);
  else if (!find_named(directory, address, ret_person))
    return false;
  *ret_identity = identity;
  return true;
}

bool
directory_by_sid(const struct directory *directory, const char *sid, struct person *ret_person)
{
  size_t before = strlen(SID_OF_DOMAIN);
  if (strncasecmp(sid, SID_OF_DOMAIN, before) != 0)
    return false;
  char *end;
  unsigned long number = strtoul(sid + before, &end, 10);
  return end != sid + before && *end == '\0' && directory_by_number(directory, number, ret_person);
}
