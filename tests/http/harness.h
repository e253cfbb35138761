// SPDX-License-Identifier: Apache-2.0
/* What every test of core/http needs: a service with its secrets, and short ways to ask. */
#ifndef TESTS_HTTP_HARNESS_H
#define TESTS_HTTP_HARNESS_H

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/http/service.h"
#include "tests/http/pki.h"
#include "tests/http/server.h"

extern struct http_config config;
extern struct http_service *service;
extern const tenon_http *http;
extern tenon_call call; /* its cancel_fd is an eventfd */
extern char log_text[65536];

void harness_setup(void); /* config is ready, service is not */
void harness_teardown(void);
void
harness_open(const tenon_http_options *); /* NULL: as they are, with the test authority trusted */
#define OPTIONS .size = sizeof(tenon_http_options)

tenon_secret *harness_secret(const char *);
/* "https://localhost:PORT/path", or http:// for a plain server; lives until the fourth call after it. */
const char *harness_url(const struct server *, const char *path);

tenon_http_request harness_request(const char *url);
const tenon_http_completion *harness_perform(const tenon_http_request *);
const tenon_http_completion *harness_get(const struct server *, const char *path);
const char *harness_header(const tenon_http_completion *, const char *name);
/* Writes to cancel_fd after this long, from a thread. */
void harness_cancel_after(int ms);

#define ck_fault(completion, status_, fault_)                                                      \
  do {                                                                                             \
    const tenon_http_completion *c_ = (completion);                                                \
    ck_assert_msg(c_->status == (status_) && c_->fault == (fault_),                                \
                  "status %d fault %u reason %s", c_->status, c_->fault,                           \
                  c_->reason ? c_->reason : "-");                                                  \
    ck_assert_ptr_nonnull(c_->reason);                                                             \
    ck_assert_str_ne(c_->reason, "");                                                              \
  } while (0)
#define ck_ok(completion, code_)                                                                   \
  do {                                                                                             \
    const tenon_http_completion *c_ = (completion);                                                \
    ck_assert_msg(c_->status == TENON_OK && c_->code == (code_),                                   \
                  "status %d fault %u code %d reason %s", c_->status, c_->fault, c_->code,         \
                  c_->reason ? c_->reason : "-");                                                  \
  } while (0)

int harness_run(const char *name, void (*add)(TCase *));
/* With fixtures of its own, which call harness_setup and harness_teardown. */
int harness_run_with(const char *name, void (*setup)(void), void (*teardown)(void),
                     void (*add)(TCase *));

#endif
