// SPDX-License-Identifier: Apache-2.0
/* From a connection's answers and secrets to the tenon_settings of one worker: presets filled in, fields whose `when`
 * does not hold left out, files read. The wizard and every command that runs a hook go through here, so that a stored
 * connection and the form just filled in mean the same to a plugin. */
#ifndef CORE_HOST_SETTINGS_H
#define CORE_HOST_SETTINGS_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/model/answer.h"
#include "core/model/connector.h"
#include "tenon/host.h"

#define SETTINGS_PROBLEM_MAX 1024u      /* bytes of one sentence */
#define SETTINGS_OWNER_MAX   (4u << 20) /* bytes of settings_owner: all answers of a connection */

/* Where answers and secrets come from. Both may say that there is none. */
struct settings_source {
  void *user;
  /* The answer as stored, canonical; NULL: none, the preset counts. "" : none, on purpose. */
  const char *(*answer)(void *user, const char *key);
  /* The bytes, borrowed until settings_finish; false: none. */
  bool (*secret)(void *user, const char *key, tenon_text *ret);
  /* What the plugin kept with the connection: secrets whose keys begin with "kept.", borrowed likewise. */
  const tenon_pair *kept;
  size_t n_kept;
};

/* What is wrong, ready to be a FAIL check of cause config. */
struct settings_problem {
  char field[64]; /* its key; "" : none in particular */
  char detail[SETTINGS_PROBLEM_MAX], remedy[SETTINGS_PROBLEM_MAX];
};

struct settings {
  tenon_settings s; /* for tenon_worker_open; set its flags and connection yourself */
  struct arena arena;
};

/* For the connector itself, or for a probe beside it: then `c` is the probe and `owner` the connection's connector, whose
 * presets stand in where the person left the field alone. owner NULL: none. 0; -EINVAL with *ret_why filled in (a
 * required answer is missing, a file cannot be read); -ENOMEM. */
int settings_build(struct settings *s, const struct connector *c, const struct connector *owner,
                   const struct settings_source *from, struct settings_problem *ret_why)
    TENON_NODISCARD;
/* Wipes the files' bytes and frees. Secrets are the source's and stay. */
void settings_finish(struct settings *s);

/* Whose sign-in, and where to, as one text of the connector's id and the answers that decide it, for the caller to free;
 * NULL: memory. Those of secrets do not (another password is the same person's), nor of fields that are browsed (who can
 * list them is signed in), of volatile and of advanced ones, but for URLs: a token goes only where it came from. answer:
 * as in struct settings_source. */
char *settings_owner(const struct connector *c, const char *(*answer)(void *user, const char *key),
                     void *user) TENON_NODISCARD;

/* One file as a FILE field takes it: "~/" is the home directory; a regular file of at most ANSWER_FILE_MAX bytes. */
int settings_read_file(const char *path, char **ret_bytes, size_t *ret_n) TENON_NODISCARD;

#endif
