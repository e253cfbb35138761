// SPDX-License-Identifier: Apache-2.0
//
// A network made of a table, for the search: every request is written down with whether it carried a
// credential.
#ifndef TESTS_KIT_DISCOVER_NET_H
#define TESTS_KIT_DISCOVER_NET_H

#include "discover.h"

#define REQUESTS_MAX 96
#define HEADERS_MAX  8

// What a URL answers, with and without a credential; the first row that fits. Others do not exist.
struct row {
  const char *url; // the beginning of it
  int code;        // 0: by fault
  uint32_t fault;
  const char *headers, *body;
  bool signed_in;
};

struct asked {
  char url[512];
  bool credential;
};

struct network {
  tenon_http http;
  tenon_host host;
  tenon_dns dns;
  tenon_call call;
  const struct row *rows; // ends with url NULL
  const tenon_dns_record *srv, *mx;
  struct asked asked[REQUESTS_MAX];
  size_t n_asked, n_credentials, opened;
  void *flying[REQUESTS_MAX];
  char flying_urls[REQUESTS_MAX][512];
  size_t n_flying;
  const char *hangs;  // the beginning of a URL that never answers
  int64_t now, tick;  // what each look at the clock takes
  const char *answer; // to the question; NULL: nobody there
  unsigned questions;
};

extern struct network net;

// What the last search found.
extern struct discover found;

void net_set_up(void);
struct discover_settings net_settings(void);
// Runs a search and checks that every completion was given back.
enum discover_end net_run_with(const struct row *rows, const struct discover_settings *);
enum discover_end net_run(const struct row *rows);
bool net_was_asked(const char *url);
// The first try whose URL begins so; fails the test where there is none.
const struct discover_try *net_try(const char *url);

#endif
