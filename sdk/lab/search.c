// SPDX-License-Identifier: Apache-2.0
//
// The address book's search. A million people are looked through in tens of milliseconds because
// what does not depend on the person (does the text fit this given name?) is asked once a name.
#include "directory.h"

#include <stdio.h>
#include <string.h>

#include "names.h"

// What is known of the text before any person is looked at.
struct question {
  const char *text;
  bool spaced;    // it may run over the border between two names
  bool everybody; // it is a part of every numbered address
  bool numbered;  // it has a digit and could be a part of one
  bool given[NAMES_GIVEN];
  bool family[NAMES_FAMILY];
};

static bool
contains(const char *whole, const char *part)
{
  return strcasestr(whole, part) != NULL;
}

static void
ask(struct question *question, const char *text)
{
  *question = (struct question){.text = text, .spaced = strpbrk(text, " .") != NULL};
  question->everybody = contains("user", text) || contains("@" DIRECTORY_DOMAIN, text);
  question->numbered = strpbrk(text, "0123456789") != NULL && strchr(text, ' ') == NULL;
  for (size_t i = 0; i < NAMES_GIVEN; i++)
    question->given[i] = contains(names_given(i), text);
  for (size_t i = 0; i < NAMES_FAMILY; i++)
    question->family[i] = contains(names_family(i), text);
}

static bool
address_fits(const struct question *question, size_t index)
{
  if (question->everybody || !question->numbered)
    return question->everybody;
  char address[64];
  snprintf(address, sizeof(address), "user%05zu@" DIRECTORY_DOMAIN, index + 1);
  return contains(address, question->text);
}

static bool
allowed_fits(const struct directory *directory, const struct question *question, size_t index)
{
  if (question->given[index % NAMES_GIVEN] || question->family[index % NAMES_FAMILY] ||
      address_fits(question, index))
    return true;
  if (!question->spaced)
    return false;
  struct person person;
  directory_person(directory, PERSON_ALLOWED, index, &person);
  return contains(person.name, question->text);
}

static bool
fits(const struct directory *directory, const struct question *question, enum person_kind kind,
     size_t index)
{
  if (kind == PERSON_ALLOWED)
    return allowed_fits(directory, question, index);
  struct person person;
  directory_person(directory, kind, index, &person);
  return contains(person.name, question->text) || contains(person.address, question->text);
}

// "smtp:" asks for one address, whole.
static size_t
search_address(const struct directory *directory, const char *address, size_t room,
               struct person *ret_people)
{
  struct person person;
  enum identity identity;
  if (room == 0 || !directory_by_address(directory, address, &person, &identity))
    return 0;
  ret_people[0] = person;
  return 1;
}

size_t
directory_search(const struct directory *directory, const char *text, size_t room,
                 struct person *ret_people, bool *ret_more)
{
  *ret_more = false;
  if (strncasecmp(text, "smtp:", 5) == 0)
    return search_address(directory, text + 5, room, ret_people);
  struct question question;
  ask(&question, text);
  size_t found = 0;
  for (enum person_kind kind = PERSON_ALLOWED; kind <= PERSON_ELSEWHERE; kind++) {
    size_t count = directory_count(directory, kind);
    for (size_t i = 0; i < count; i++) {
      if (!fits(directory, &question, kind, i))
        continue;
      if (found == room) {
        *ret_more = true;
        return found;
      }
      directory_person(directory, kind, i, &ret_people[found++]);
    }
  }
  return found;
}
