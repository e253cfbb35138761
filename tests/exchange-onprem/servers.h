// SPDX-License-Identifier: Apache-2.0
//
// The servers that several tests talk to, and the form that reaches them.
#ifndef TESTS_ONPREM_SERVERS_H
#define TESTS_ONPREM_SERVERS_H

#include <stdbool.h>

#include "fake.h"

extern const struct fake_option server_answers[];
extern const struct fake_option server_answers_basic[]; // ...that admits Basic alone

// Is the person acted as the one that the connector made up?
bool server_is_nobody(const struct fake_request *r);

void server_good(const struct fake_request *r, struct fake_answer *a);
void server_role_missing(const struct fake_request *r, struct fake_answer *a);
void server_wrong_password(const struct fake_request *r, struct fake_answer *a);
void server_basic_off(const struct fake_request *r, struct fake_answer *a);
void server_login_page(const struct fake_request *r, struct fake_answer *a);
void server_busy_twice(const struct fake_request *r, struct fake_answer *a);
void server_garbage(const struct fake_request *r, struct fake_answer *a);

#endif
