// SPDX-License-Identifier: Apache-2.0
/* What the tests of channels share: a server that signs people in, and short ways to ask it. */
#ifndef TESTS_HTTP_CHANNEL_KIT_H
#define TESTS_HTTP_CHANNEL_KIT_H

#include "tests/http/acceptor.h"
#include "tests/http/harness.h"

#define PASSWORD "Geheim 1234"

extern struct acceptor acceptor; /* zeroed; the server's */
extern struct server server;
extern tenon_http_options kit_options; /* for the service; its authority is filled in */

void kit_setup(void);
void kit_teardown(void);

/* Starts the server with TLS, and tells the acceptor the binding of its certificate; opens the service. */
void kit_serve(void);
/* The same in the clear. */
void kit_serve_plain(void);

tenon_http_channel *kit_open(uint32_t scheme, const char *user, const char *password);
tenon_http_channel *kit_open_as(const tenon_http_identity *);
/* POST with this body. */
const tenon_http_completion *kit_post(tenon_http_channel *, const char *path, const char *body);
/* POST to /seal, wrapped; the answer is sealed. */
const tenon_http_completion *kit_seal(tenon_http_channel *, const char *plain);
void kit_start(tenon_http_channel *, const char *path, const char *body, void *tag);
const tenon_http_completion *kit_next(void);

/* Not signed in, and this is why. */
#define ck_signin(completion, fault_)                                                              \
  do {                                                                                             \
    const tenon_http_completion *s_ = (completion);                                                \
    ck_assert_ptr_nonnull(s_->signin);                                                             \
    ck_assert_msg(s_->signin->fault == (fault_), "signin fault %u status %d code %d: %s / %s",     \
                  s_->signin->fault, s_->status, s_->code, s_->reason ? s_->reason : "-",          \
                  s_->signin->reason ? s_->signin->reason : "-");                                  \
  } while (0)

/* A KDC (tests/e2e/kdc.py), once for the program. */
struct kdc {
  char directory[512], keytab[512], client_keytab[512], ticket_cache[512], password[128];
};
extern struct kdc kdc;
void kdc_start(const char *script);
void kdc_stop(void);
/* A ticket by the client keytab into this cache. */
void kdc_kinit(const char *cache, const char *options);
/* A principal with this password, by these options of addprinc. */
void kdc_add(const char *principal, const char *password, const char *options);
void kdc_change(const char *principal, const char *password);
/* From here on this test looks for the KDC at another port. */
void kdc_elsewhere(unsigned port);
bool kdc_is_there(void);

#endif
