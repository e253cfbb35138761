// SPDX-License-Identifier: Apache-2.0
//
// Who is at contoso.example. Allowed mailboxes are computed from their number and not stored, so
// that a million of them cost nothing.
#ifndef TENON_LAB_DIRECTORY_H
#define TENON_LAB_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab_limits.h"

#define DIRECTORY_DOMAIN    "contoso.example"
#define DIRECTORY_NETBIOS   "CONTOSO"
#define DIRECTORY_NAME_SIZE 96

enum person_kind {
  PERSON_ALLOWED,   // a mailbox, within the administrator's reach
  PERSON_DENIED,    // a mailbox, out of reach
  PERSON_DISABLED,  // a mailbox whose account is disabled
  PERSON_ELSEWHERE, // in a cloud's directory, and the mailbox is in the company's own Exchange
  PERSON_MISSING,   // nobody; the lab only remembers the address to tell what to try
};

struct person {
  enum person_kind kind;
  uint64_t number; // unique over all kinds
  char address[EWS_ADDRESS_MAX];
  char alias[EWS_ADDRESS_MAX];
  char name[DIRECTORY_NAME_SIZE];
  char given[DIRECTORY_NAME_SIZE];
  char family[DIRECTORY_NAME_SIZE];
};

struct directory {
  size_t allowed;
  bool hybrid; // there are people whose mailbox is elsewhere
};

// How an identity in a request names its person.
enum identity {
  IDENTITY_PRIMARY,   // the primary address
  IDENTITY_SECONDARY, // another address of the same person
  IDENTITY_SID,
};

// How many there are of a kind, and the one at `index`.
size_t directory_count(const struct directory *directory, enum person_kind kind);
void directory_person(const struct directory *directory, enum person_kind kind, size_t index,
                      struct person *ret_person);

// Finds a person by number, mail address or SID. false: nobody, *ret_person is untouched.
bool directory_by_number(const struct directory *directory, uint64_t number,
                         struct person *ret_person);
bool directory_by_address(const struct directory *directory, const char *address,
                          struct person *ret_person, enum identity *ret_identity);
bool directory_by_sid(const struct directory *directory, const char *sid,
                      struct person *ret_person);

// Collects at most `room` people of whom `text` is a part of the name or the address, case aside;
// *ret_more says whether there are others.
size_t directory_search(const struct directory *directory, const char *text, size_t room,
                        struct person *ret_people, bool *ret_more);

#endif
