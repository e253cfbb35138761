// SPDX-License-Identifier: Apache-2.0
//
// Signing in to the lab: basic with each request, NTLM, Negotiate and Kerberos for the connection. A
// scheme that the scenario offers is accepted, another one is not.
#ifndef TENON_LAB_SIGNIN_H
#define TENON_LAB_SIGNIN_H

#include <stdbool.h>

#include "http.h"
#include "lab.h"

// Whether the request is signed in. false: the answer is the 401.
bool signin_accepts(struct lab *lab, const struct http_request *request,
                    struct http_answer *answer);

// Whether the user is the administrator, as UPN, mail address or DOMAIN\user, case aside.
bool signin_is_admin(const char *user);

// Answers with the counts of what was accepted and refused.
void signin_serve_attempts(struct lab *lab, const struct http_request *request,
                           struct http_answer *answer);

// Fills `room` bytes with a random password, its terminator included. false: no randomness.
bool signin_make_password(char *ret_password, size_t room);

// Reads the first line of a file into `room` bytes. 0, or a negative errno value: -EINVAL when it cannot
// be a password here (empty, too long, not printable ASCII, a colon in it).
int signin_read_password(const char *path, char *ret_password, size_t room);

#endif
