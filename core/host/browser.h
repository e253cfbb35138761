// SPDX-License-Identifier: Apache-2.0
/* The host's end of tenon.browser/1: a listener on loopback that waits for one redirect of an authorization server (RFC 8252
 * 7.3). What is listened to is every program on this machine and every page in its browsers, so that nothing is believed
 * but a request for "/" at a name of loopback (a page elsewhere may have bound its own name to 127.0.0.1) with the `state`
 * that was sent out. All others are answered 404 and change nothing. */
#ifndef CORE_HOST_BROWSER_H
#define CORE_HOST_BROWSER_H

#include <stdbool.h>

#include "tenon/browser.h"

#define BROWSER_LINE_MAX     (TENON_BROWSER_QUERY_MAX + 64u) /* bytes of a request's first line */
#define BROWSER_HEAD_MAX     65536u /* of that and its headers: cookies of all that ran at localhost */
#define BROWSER_HEADERS_MAX  128u
#define BROWSER_VISITORS_MAX 8u  /* connections at a time; the next one takes the oldest's place */
#define BROWSER_PORTS_MAX    16u /* tried, until one is free in both families */
#define BROWSER_LISTENS_MAX  64u /* of one call */
#define BROWSER_ANSWER_MAX   2048u /* bytes of what a visitor is answered */

/* What a request's head, all of it up to and with the empty line, is worth. */
enum browser_word {
  BROWSER_TAKEN,     /* the redirect */
  BROWSER_STRANGE,   /* somebody else's */
  BROWSER_MALFORMED, /* no HTTP/1 */
  BROWSER_LONG,
};

/* *ret_query: what stands behind '?', within the head; set when it is taken. */
enum browser_word browser_judge(const char *head, size_t n, const char *state, unsigned port,
                                tenon_text *ret_query);
/* Does a state have the right length and characters? */
bool browser_state_valid(const char *state);
/* The length of the head that ends within these bytes, or 0; *scanned: how far was looked, kept from call to call. */
size_t browser_head_end(const char *bytes, size_t n, size_t *scanned);
/* The whole HTTP answer; the same for whoever asks. */
void browser_answer(enum browser_word word, char ret[static BROWSER_ANSWER_MAX]);

#endif
