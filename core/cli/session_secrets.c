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

static void
drop_secrets(struct session *s)
{
  for (size_t i = 0; i < s->n_secrets; i++) {
    free(s->secrets[i].key);
    vault_secret_finish(&s->secrets[i].secret);
  }
  free(TAKE_PTR(s->secrets));
  free(TAKE_PTR(s->kept_before));
  s->n_secrets = s->n_kept_before = 0;
}

/* 0, -ENOMEM, or what the vault says: then `why` has its sentence. */
static int
read_secrets(struct session *s, struct vault *vault, struct buf *why)
{
  const struct connection *c = s->connection;

  s->secrets = calloc(c->n_secrets + 1, sizeof *s->secrets);
  s->kept_before = calloc(c->n_secrets + 1, sizeof *s->kept_before);
  if (!s->secrets || !s->kept_before)
    return -ENOMEM;
  for (size_t i = 0; i < c->n_secrets; i++) {
    struct kept_secret *secret = &s->secrets[s->n_secrets++];
    secret->key = strdup(c->secrets[i].key);
    int e = secret->key ? store_secret(vault, c, secret->key, &secret->secret, why) : -ENOMEM;
    if (e < 0)
      return e;
    if (is_kept(secret->key))
      s->kept_before[s->n_kept_before++] =
          (tenon_pair){secret->key, {secret->secret.ptr, secret->secret.len}};
  }
  return 0;
}

/* An entry that is not there may just have been replaced, by this connection in another process or in a run before. */
int
session_secrets_load(struct session *s)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);

  if (s->job->unstored)
    return load_given(s);
  if (s->connection->n_secrets == 0)
    return 0;
  struct vault *vault = cli_vault(s->cli);
  if (!vault)
    return STATUS_ENVIRONMENT;
  int e = read_secrets(s, vault, &why);
  for (unsigned i = 0; e == -ENOENT && i < SESSION_READS_MAX; i++) {
    drop_secrets(s);
    buf_clear(&why);
    e = store_reload_secrets(cli_store(s->cli), s->connection, &why);
    e = e ? e : read_secrets(s, vault, &why);
  }
  if (e < 0)
    cli_error(s->cli, "%s", e == -ENOMEM ? "Not enough memory for the secrets." : buf_text(&why));
  return e < 0 ? STATUS_ENVIRONMENT : 0;
}

void
session_secrets_finish(struct session *s)
{
  drop_secrets(s);
  for (size_t i = 0; i < s->n_kept; i++) {
    free(s->kept[i].key);
    vault_secret_finish(&s->kept[i].secret);
  }
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
    if (strcmp(s->secrets[i].key, key) == 0) {
      *ret = (tenon_text){s->secrets[i].secret.ptr, s->secrets[i].secret.len};
      return true;
    }
  return false;
}

struct settings_source
session_secrets_source(struct session *s)
{
  return (struct settings_source){s, answer, secret, s->kept_before, s->n_kept_before};
}

/* ---- what plugins keep --------------------------------------------------------------------------------------------- */

char *
session_owner(struct session *s)
{
  const struct connector *shape = s->seats[0].connector;
  return shape ? settings_owner(shape, answer, s) : NULL;
}

static const char *
answer_on_disk(void *user, const char *key)
{
  return connection_get(user, key);
}

/* It may have been changed, swapped, or removed and made anew under the same name while this runs. */
static bool
still_fits(void *user, const struct connection *disk)
{
  struct session *s = user;
  const struct connector *shape = s->seats[0].connector;

  if (!shape || strcmp(disk->connector, s->connection->connector) != 0)
    return false;
  CLEANUP_FREE char *mine = session_owner(s);
  CLEANUP_FREE char *theirs =
      settings_owner(shape, answer_on_disk, (struct connection *)(uintptr_t)disk);
  return mine && theirs && strcmp(mine, theirs) == 0;
}

static int
store_pairs(struct session *s, const tenon_pair *pairs, size_t n, struct buf *why)
{
  const struct store_fits fits = {still_fits, s};
  struct store *store = cli_store(s->cli);
  struct vault *vault = store ? cli_vault(s->cli) : NULL;

  return vault ? store_keep(store, vault, s->connection, pairs, n, &fits, why) : -EIO;
}

static struct kept_secret *
place_of(struct session *s, const char *key)
{
  for (size_t i = 0; i < s->n_kept; i++)
    if (strcmp(s->kept[i].key, key) == 0)
      return &s->kept[i];
  char *copy = s->n_kept < SESSION_KEPT_MAX ? strdup(key) : NULL;
  if (!copy)
    return NULL;
  s->kept[s->n_kept] = (struct kept_secret){copy, VAULT_SECRET_INIT, false};
  return &s->kept[s->n_kept++];
}

/* Nobody is asked for a vault's passphrase in the middle of a run: who has stored secrets has given it by now. */
static bool
may_store_now(const struct session *s)
{
  return !s->job->unstored && (s->n_secrets || !cli_person(s->cli)) &&
         s->stores < SESSION_STORES_MAX;
}

void
session_keep(struct session *s, const char *key, tenon_text bytes)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  CLEANUP_FREE char *named = text_printf(KEPT_PREFIX "%s", key);
  struct kept_secret *place = named ? place_of(s, named) : NULL;
  struct vault_secret copy = VAULT_SECRET_INIT;

  if (!place || vault_secret_copy(&copy, bytes.ptr, bytes.len) < 0) {
    cli_error(s->cli, "The plugin's secret \"%s\" cannot be kept: too many.", key);
    return;
  }
  bool same = place->stored && place->secret.len == copy.len &&
              memcmp(place->secret.ptr, copy.ptr, copy.len) == 0;
  vault_secret_finish(&place->secret);
  place->secret = copy;
  place->stored = same;
  if (same || !may_store_now(s))
    return;
  s->stores++;
  /* What fails is tried again at the end, and said there. */
  tenon_pair pair = {place->key, {place->secret.ptr, place->secret.len}};
  place->stored = store_pairs(s, &pair, 1, &why) == 0;
}

static void
hand_over(struct session *s)
{
  for (size_t i = 0; s->job->keep && i < s->n_kept; i++)
    s->job->keep(s->job->user, s->kept[i].key,
                 (tenon_text){s->kept[i].secret.ptr, s->kept[i].secret.len});
}

void
session_secrets_end(struct session *s)
{
  tenon_pair pairs[SESSION_KEPT_MAX];
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  size_t n = 0;

  if (s->job->unstored) {
    hand_over(s);
    return;
  }
  for (size_t i = 0; i < s->n_kept; i++)
    if (!s->kept[i].stored)
      pairs[n++] = (tenon_pair){s->kept[i].key, {s->kept[i].secret.ptr, s->kept[i].secret.len}};
  if (n && store_pairs(s, pairs, n, &why) < 0)
    cli_error(s->cli, "What the plugin wanted kept was not: %s", buf_text(&why));
}

void
session_secrets_forget(struct session *s)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  tenon_pair pairs[SESSION_KEPT_MAX + STORE_VALUES_MAX];
  size_t n = 0;

  if (s->job->unstored)
    return;
  for (size_t i = 0; i < s->n_kept; i++)
    pairs[n++] = (tenon_pair){s->kept[i].key, {NULL, 0}};
  for (size_t i = 0; i < s->n_kept_before && n < sizeof pairs / sizeof *pairs; i++)
    pairs[n++] = (tenon_pair){s->kept_before[i].key, {NULL, 0}};
  struct store *store = n ? cli_store(s->cli) : NULL;
  struct vault *vault = store ? cli_vault(s->cli) : NULL;
  if (vault && store_keep(store, vault, s->connection, pairs, n, NULL, &why) < 0)
    cli_error(s->cli, "What the plugin kept was not forgotten: %s", buf_text(&why));
  for (size_t i = 0; i < s->n_kept; i++)
    s->kept[i].stored = true; /* nothing is left to be stored */
}
