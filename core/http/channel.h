// SPDX-License-Identifier: Apache-2.0
/* Channels: sign-ins that belong to a connection. A channel has one connection of its own, in a pump of its own, whose
 * descriptor the service's pump watches: one libcurl multi for all would move the messages of a sign-in to whatever
 * connection is free. The sign-in itself is GSSAPI's; libcurl carries the header lines. */
#ifndef CORE_HTTP_CHANNEL_H
#define CORE_HTTP_CHANNEL_H

#include "core/http/binding.h"
#include "core/http/errand.h"
#include "core/http/pump.h"
#include "core/http/signin.h"
#include "core/http/talk.h"
#include "core/http/transaction.h"

#define CHANNEL_LEGS_MAX 8u /* messages of one sign-in */
#define CHANNEL_RESTARTS_MAX                                                                       \
  1u /* sign-ins anew for one request, when the connection was gone or the server asks again */

/* One kind of sign-in. */
struct channel_scheme {
  const char *header, *mechanism; /* as on the wire; in words */
  enum login_mech mech;
  bool spnego;
};

enum channel_stage {
  CHANNEL_DOWN,      /* no connection that is known */
  CHANNEL_ANONYMOUS, /* the leg that shows certificate and offer is out */
  CHANNEL_TALKING,   /* messages go to and fro */
  CHANNEL_UP,        /* signed in */
};

/* The connection that this is about. */
struct channel_link {
  int port; /* of our end; 0: none */
  struct tls_facts *facts;
};

/* A step of the conversation, as an errand takes it along. */
struct channel_step {
  struct login *login;
  struct talk *talk;
  char *in; /* the server's message, decoded; or NULL */
  size_t n_in;
  gss_buffer_desc out;
  struct login_outcome outcome;
  bool acquired; /* the credential is there */
  int64_t took_ns;
};

struct tenon_http_channel {
  struct http_service *service;
  struct tenon_http_channel *next; /* of the service's */
  const struct channel_scheme *scheme;
  char *origin; /* "https://host:port", of the URL it was opened with */
  char *service_name;
  struct login *login;
  const tenon_secret *secret;
  struct pump pump;
  CURLSH *cookies;
  struct transaction *busy, *free_list;

  enum channel_stage stage;
  struct channel_link link;
  struct binding binding;
  struct talk *talk;
  struct signin *signin;
  struct channel_step *step; /* to be started, or out with the errand */
  struct errand *errand;
  int timer_fd; /* runs while the errand is out */
  char *line;   /* Authorization, in secret memory; NULL: the leg has none */
  bool last;    /* the leg carries the request's body */
  unsigned restarts;
};

/* The table (tenon/http.h). */
tenon_status channel_open(const tenon_http *, const tenon_call *, const char *url,
                          const tenon_http_identity *, tenon_http_channel **ret);
tenon_status channel_perform(tenon_http_channel *, const tenon_call *, const tenon_http_request *,
                             const tenon_http_completion **ret);
tenon_status channel_start(tenon_http_channel *, const tenon_call *, const tenon_http_request *,
                           void *tag);
tenon_status channel_wrap(tenon_http_channel *, tenon_text plain, tenon_text *ret_signature,
                          tenon_text *ret);
tenon_status channel_unwrap(tenon_http_channel *, tenon_text signature, tenon_text sealed,
                            tenon_text *ret);
void channel_close(tenon_http_channel *);

/* What transactions say to the channel that they are of. */
void channel_begin(struct transaction *);
/* libcurl is about to send over the connection with this port of ours. false: it must not. */
TENON_NODISCARD bool channel_sends(struct transaction *, int local_port);
/* A leg has ended. true: the transaction goes on, or is finished already. */
TENON_NODISCARD bool channel_leg_ended(struct transaction *, CURLcode);
/* The gate lets it in. */
void channel_admit(struct transaction *);
/* It is taken away in the middle of whatever it does. */
void channel_take_back(struct transaction *);
/* Does this answer's body belong to the sign-in, and not to the request? */
TENON_NODISCARD bool channel_hides(const struct transaction *);
/* What its answer says of the credential. */
TENON_NODISCARD enum gate_result channel_gate_result(const struct transaction *);

/* channel_step.c: makes the next message, of the server's message (NULL: none). */
void channel_step(struct transaction *, const char *token, size_t n);
/* channel_talk.c: the server offers the scheme; the conversation starts. */
void channel_talk(struct transaction *);
/* channel_talk.c: the message is there, or is not: outcome. The step is the callee's. */
void channel_stepped(struct transaction *, struct channel_step *);
void channel_step_destroy(struct channel_step *); /* NULL is fine */
void channel_step_abandon(tenon_http_channel *);
/* The timer has run out; user: the channel. */
void channel_step_late(void *user);
/* channel_legs.c: sends what `line` and `last` say. */
void channel_send_leg(struct transaction *);
/* Ends the transaction: it is not signed in, and why. */
void channel_refuse(struct transaction *, uint32_t signin_fault, const char *reason);
/* Forgets the connection and what was said over it. */
void channel_drop(tenon_http_channel *);
/* Gives the login up because an errand that was left behind may hold it for long. */
void channel_renew_login(tenon_http_channel *);

#endif
