// SPDX-License-Identifier: Apache-2.0
//
// Inside of a search: its probes, and who asks what.
#ifndef KIT_DISCOVER_SEARCH_H
#define KIT_DISCOVER_SEARCH_H

#include "discover.h"

#define DISCOVER_PROBES_MAX 32

enum probe_form { PROBE_POX, PROBE_JSON, PROBE_PLAIN };

enum probe_state {
  PROBE_WAITING,   // to be asked
  PROBE_ASKED,     // in flight
  PROBE_LEFT,      // not waited for; asked again should the candidates come to nothing
  PROBE_DONE,      // dropped
  PROBE_CANDIDATE, // it asks for a sign-in and looks like Exchange
};

struct probe {
  enum probe_form form;
  enum probe_state state;
  const char *step;
  char url[EWS_URL_MAX];
  bool foreign;  // of another domain: a person has to say yes
  bool meant;    // its name says that Autodiscover should be there
  bool no_soap;  // the host says so
  unsigned busy; // how often it was
  struct challenge challenge;
  struct discover_try *tried; // where its outcome stands
};

struct search {
  const struct discover_settings *settings;
  const tenon_call *call;
  struct discover *result;
  char address[AUTODISCOVER_ADDRESS_MAX];
  char domain[AUTODISCOVER_DOMAIN_MAX];
  struct probe probes[DISCOVER_PROBES_MAX];
  size_t n_probes;
  size_t flying;
  char visited[DISCOVER_HOPS_MAX + 1][AUTODISCOVER_ADDRESS_MAX]; // addresses
  size_t n_visited;
  bool decided;                 // the end is known, whatever else there is
  bool cloud_hint;              // something pointed to Exchange Online
  bool exchanger;               // ...the domain's mail exchanger
  struct discover_try *outlook; // the first that looked like Exchange
  struct signin signin;
  struct autodiscover_reply reply;
  struct autodiscover_request request;
};

// ---- discover_words.c ----------------------------------------------------------------------------
// A try with its step and URL. Never NULL: the last one is used again when there are too many.
struct discover_try *words_try(struct search *, const char *step, const char *url);
// What became of a transaction below HTTP and in HTTP.
void words_outcome(struct discover_try *, const tenon_http_completion *);
void words_drop(struct discover_try *, enum discover_end, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Remembers it when it tells more than what is remembered; takes the completion over then, else
// releases it. words: of the end, or NULL: why it was dropped.
void words_note(struct search *, struct discover_try *, const tenon_http_completion *,
                const char *words);
// It ends here, well or not.
void words_decide(struct search *, struct discover_try *, enum discover_end);

// ---- discover_race.c -----------------------------------------------------------------------------
// NULL: it was asked before, or there are too many.
struct probe *race_add(struct search *, enum probe_form, const char *step, const char *url);
// The probes of the present address.
tenon_status race_prepare(struct search *);
// Asks all that wait, side by side, until something is decided or nothing is left to wait for.
tenon_status race_run(struct search *);
// Where a redirect leads: a new probe, or a reason in the try.
void race_redirect(struct search *, struct discover_try *, enum probe_form, const char *url,
                   bool foreign);
bool race_waits(const struct search *);
// Lets those that were not waited for wait again; false: there are none.
bool race_revive(struct search *);

// ---- discover_ask.c ------------------------------------------------------------------------------
// Signs in to a candidate. *ret_address: the address to start again with, or "".
tenon_status ask_candidate(struct search *, struct probe *, char *ret_address, size_t size);
// Of two addresses of EWS, the one for outside and the one for inside, takes the first that answers.
tenon_status ask_addresses(struct search *);
// Asks Exchange Online whether it knows the address.
tenon_status ask_microsoft(struct search *);

#endif
