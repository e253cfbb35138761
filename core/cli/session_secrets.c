// SPDX-License-Identifier: Apache-2.0
/* A connection's secrets on their way from the vault to its workers, and back what plugins keep. */
#include <errno.h>
#include <string.h>

#include "core/cli/seat.h"

#define KEPT_PREFIX "kept."

static bool
is_kept(const char *key)
{
  return strncmp(key, KEPT_PREFIX, sizeof KEPT_PREFIX - 1) == 0;
}

/* Those of a connection that is not stored come with the job. */
static int
load_given(struct session *s)
{
  const struct session_job *job = s->job;

  s->kept_before = calloc(job->n_secrets + 1, sizeof *s->kept_before);
  if (!s->kept_before)
    return STATUS_ENVIRONMENT;
  for (size_t i = 0; i < job->n_secrets; i++)
    if (is_kept(job->secrets[i].key))
      s->kept_before[s->n_kept_before++] = job->secrets[i];
  return 0;
}

int
session_secrets_load(struct session *s)
{
  const struct connection *c = s->connection;
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);

  if (s->job->unstored)
    return load_given(s);
  if (c->n_secrets == 0)
    return 0;
  struct vault *vault = cli_vault(s->cli);
  s->secrets = calloc(c->n_secrets, sizeof *s->secrets);
  s->kept_before = calloc(c->n_secrets, sizeof *s->kept_before);
  if (!vault || !s->secrets || !s->kept_before)
    return STATUS_ENVIRONMENT;
  s->n_secrets = c->n_secrets;
  for (size_t i = 0; i < c->n_secrets; i++) {
    const char *key = c->secrets[i].key;
    if (store_secret(vault, c, key, &s->secrets[i], &why) < 0) {
      cli_error(s->cli, "%s", buf_text(&why));
      return STATUS_ENVIRONMENT;
    }
    if (is_kept(key))
      s->kept_before[s->n_kept_before++] =
          (tenon_pair){key, {s->secrets[i].ptr, s->secrets[i].len}};
  }
  return 0;
}

void
session_secrets_finish(struct session *s)
{
  for (size_t i = 0; i < s->n_secrets; i++)
    vault_secret_finish(&s->secrets[i]);
  for (size_t i = 0; i < s->n_kept; i++) {
    free(s->kept[i].key);
    vault_secret_finish(&s->kept[i].secret);
  }
  free(s->secrets);
  free(s->kept_before);
}

static const char *
answer(void *user, const char *key)
{
  const struct session *s = user;

  return connection_get(s->connection, key);
}

static bool
secret(void *user, const char *key, tenon_text *ret)
{
  const struct session *s = user;

  for (size_t i = 0; s->job->unstored && i < s->job->n_secrets; i++)
    if (strcmp(s->job->secrets[i].key, key) == 0) {
      *ret = s->job->secrets[i].value;
      return true;
    }
  for (size_t i = 0; i < s->n_secrets; i++)
    if (strcmp(s->connection->secrets[i].key, key) == 0) {
      *ret = (tenon_text){s->secrets[i].ptr, s->secrets[i].len};
      return true;
    }
  return false;
}

struct settings_source
session_secrets_source(struct session *s)
{
  return (struct settings_source){s, answer, secret, s->kept_before, s->n_kept_before};
}

void
session_secrets_keep(struct session *s)
{
  tenon_pair pairs[SESSION_KEPT_MAX];
  CLEANUP_CONNECTION struct connection *fresh = NULL;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);

  for (size_t i = 0; s->job->unstored && s->job->keep && i < s->n_kept; i++)
    s->job->keep(s->job->user, s->kept[i].key,
                 (tenon_text){s->kept[i].secret.ptr, s->kept[i].secret.len});
  if (s->job->unstored)
    return;
  struct store *store = s->n_kept ? cli_store(s->cli) : NULL;
  struct vault *vault = store ? cli_vault(s->cli) : NULL;

  if (!vault)
    return;
  for (size_t i = 0; i < s->n_kept; i++)
    pairs[i] = (tenon_pair){s->kept[i].key, {s->kept[i].secret.ptr, s->kept[i].secret.len}};
  if (store_load(store, s->connection->name, &fresh, &why) < 0 ||
      store_save(store, vault, fresh, pairs, s->n_kept, false, &why) < 0)
    cli_error(s->cli, "What the plugin wanted kept was not: %s", buf_text(&why));
}
