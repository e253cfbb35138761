// SPDX-License-Identifier: Apache-2.0
//
// The lists. Some names carry letters beyond ASCII, as real directories do.
#include "names.h"

static const char *const given[NAMES_GIVEN] = {
    "Alex",   "Bianca", "Carlos", "Dana",  "Emil",  "Farida", "Gustav", "Hanna", "Ivan",   "Jana",
    "Kofi",   "Lena",   "Marek",  "Nadia", "Oscar", "Priya",  "Quinn",  "Rosa",  "Samir",  "Tessa",
    "Ulrich", "Vera",   "Wanda",  "Xenia", "Yusuf", "Zoë",    "Aisha",  "Bruno", "Chiara", "Diego",
    "Elif",   "Felix",  "Greta",  "Hugo",  "Irena", "Jonas",  "Karin",  "Liam",  "Mei",    "Noah",
    "Olga",   "Pavel",  "Renée",  "Sofia", "Tomás", "Ursula", "Viktor",
};

static const char *const family[NAMES_FAMILY] = {
    "Walden",   "Schmidt", "Novak",    "Ferreira", "Okafor",   "Lindqvist", "Haddad",  "Keller",
    "Moreau",   "Kaya",    "Petrov",   "O'Brien",  "Nguyen",   "Rossi",     "Jansen",  "Kowalski",
    "Svensson", "Müller",  "García",   "Tanaka",   "Andersen", "Baptiste",  "Carver",  "Dvořák",
    "Eklund",   "Fischer", "Goldberg", "Horváth",  "Ibrahim",  "Jovanović", "Kim",     "Larsen",
    "Mendes",   "Nilsson", "Orlov",    "Park",     "Quist",    "Reyes",     "Sato",    "Turner",
    "Ueda",     "Vogel",   "Weber",    "Xu",       "Yılmaz",   "Zimmer",    "Adeyemi", "Brandt",
    "Castillo", "Dubois",  "Evans",    "Fontaine", "Grant",    "Hansen",    "Iversen", "Jung",
    "Kraus",    "Lopez",   "Meyer",    "Nash",     "Olsen",    "Pereira",   "Ruiz",    "Stone",
};

const char *
names_given(size_t number)
{
  return given[number % NAMES_GIVEN];
}

const char *
names_family(size_t number)
{
  return family[number % NAMES_FAMILY];
}

char
names_initial(size_t number)
{
  size_t round = number / (NAMES_GIVEN * NAMES_FAMILY);
  return round == 0 ? '\0' : (char)('A' + (round - 1) % 26);
}
