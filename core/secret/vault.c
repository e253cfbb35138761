// SPDX-License-Identifier: Apache-2.0
/* All kinds of vault behind one handle, and what is the same for them: ids are checked, sizes bounded, secrets wiped. A
 * kind is opened when something is wanted of it. */
#include "core/secret/vault.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/secret/memory.h"
#include "core/secret/vault_kind.h"

#define KINDS    2u
#define ID_BYTES 20u /* random: 40 hex digits */

const struct vault_kind *const vault_kinds[KINDS + 1] = {&vault_kind_secret_service,
                                                         &vault_kind_sealed, NULL};

/* Every kind of one program's vault. */
struct vaults {
  struct vault vault; /* calls NULL */
  struct vault_options options;
  struct vault *kinds[KINDS]; /* NULL: not opened yet */
  struct vault *chosen;       /* where new entries go, once known */
};

int
vault_fail(struct buf *why, int error, const char *fmt, ...)
{
  va_list ap;

  va_start(ap, fmt);
  (void)buf_vprintf(why, fmt, ap); /* a sentence too long for its buffer is cut off whole */
  va_end(ap);
  return error;
}

int
vault_secret_make(struct vault_secret *s, size_t n)
{
  char *p = secret_memory_alloc(n + 1);
  if (!p)
    return -ENOMEM;
  *s = (struct vault_secret){.ptr = p, .len = n};
  return 0;
}

int
vault_secret_copy(struct vault_secret *ret, const char *bytes, size_t len)
{
  int e = vault_secret_make(ret, len);

  if (e == 0 && len)
    memcpy(ret->ptr, bytes, len);
  return e;
}

void
vault_secret_finish(struct vault_secret *s)
{
  secret_memory_free(s->ptr);
  *s = VAULT_SECRET_INIT;
}

/* ---- opening ------------------------------------------------------------------------------------------------------- */

static void
options_finish(struct vault_options *o)
{
  free((void *)(uintptr_t)o->dir);
  free((void *)(uintptr_t)o->use);
  free((void *)(uintptr_t)o->bus);
  free((void *)(uintptr_t)o->runtime);
  free((void *)(uintptr_t)o->helper);
}

static bool
copy(const char *text, const char **ret)
{
  *ret = text ? strdup(text) : NULL;
  return *ret || !text;
}

static bool
options_copy(const struct vault_options *o, struct vault_options *ret)
{
  *ret = *o;
  bool done = copy(o->dir, &ret->dir);
  done = copy(o->use, &ret->use) && done;
  done = copy(o->bus, &ret->bus) && done;
  done = copy(o->runtime, &ret->runtime) && done;
  return copy(o->helper, &ret->helper) && done;
}

int
vault_open(const struct vault_options *o, struct vault **ret, struct buf *why)
{
  if (sodium_init() < 0)
    return vault_fail(why, -ENOSYS, "libsodium has no source of random bytes here.");
  struct vaults *all = calloc(1, sizeof *all);
  if (!all || !options_copy(o, &all->options)) {
    if (all)
      vault_close(&all->vault);
    return vault_fail(why, -ENOMEM, "Not enough memory to open the vault.");
  }
  *ret = &all->vault;
  return 0;
}

void
vault_close(struct vault *v)
{
  struct vaults *all = (struct vaults *)v;

  if (!v)
    return;
  for (size_t i = 0; i < KINDS; i++)
    if (all->kinds[i])
      all->kinds[i]->calls->close(all->kinds[i]);
  options_finish(&all->options);
  free(all);
}

/* ---- which kind ---------------------------------------------------------------------------------------------------- */

static int
open_kind(struct vaults *all, size_t i, struct vault **ret, struct buf *why)
{
  if (!all->kinds[i]) {
    int e = vault_kinds[i]->open(&all->options, &all->kinds[i], why);
    if (e < 0)
      return e;
  }
  *ret = all->kinds[i];
  return 0;
}

static int
find_kind(struct vaults *all, const char *word, struct vault **ret, struct buf *why)
{
  for (size_t i = 0; i < KINDS; i++)
    if (strcmp(vault_kinds[i]->word, word) == 0)
      return open_kind(all, i, ret, why);
  return vault_fail(
      why, -EINVAL,
      "There is no vault \"%s\". There are: " VAULT_SECRET_SERVICE ", " VAULT_SEALED ".", word);
}

/* The first that is ready. Why one is not is no failure: another one serves. */
static int
choose(struct vaults *all, struct buf *why)
{
  CLEANUP_BUF struct buf reason = BUF_INIT(VAULT_WHY_MAX);
  struct vault *v = NULL;

  if (all->options.use) {
    int e = find_kind(all, all->options.use, &v, why);
    if (e == 0)
      all->chosen = v;
    return e;
  }
  for (size_t i = 0; i < KINDS && !all->chosen; i++) {
    buf_clear(&reason);
    if (open_kind(all, i, &v, &reason) == 0 && v->calls->ready(v, &reason) == 0)
      all->chosen = v;
  }
  return all->chosen ? 0 : vault_fail(why, -ENOTSUP, "No vault is available to keep secrets in.");
}

int
vault_of_kind(struct vault *v, const char *word, struct vault **ret, struct buf *why)
{
  struct vaults *all = (struct vaults *)v;

  if (v->calls) { /* one kind already */
    *ret = v;
    return 0;
  }
  if (word)
    return find_kind(all, word, ret, why);
  int e = all->chosen ? 0 : choose(all, why);
  if (e == 0)
    *ret = all->chosen;
  return e;
}

/* Kinds with a prefix come first in the table, so that "" is the rest. */
static size_t
kind_of(const char *id)
{
  size_t i = 0;

  while (i + 1 < KINDS &&
         (!*vault_kinds[i]->prefix ||
          strncmp(id, vault_kinds[i]->prefix, strlen(vault_kinds[i]->prefix)) != 0))
    i++;
  return i;
}

static int
check_id(const char *id, struct buf *why)
{
  size_t n = strlen(id);

  if (n > 0 && n <= VAULT_ID_MAX && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789") == n)
    return 0;
  return vault_fail(why, -EINVAL, "This is no id of a vault's entry: letters a-z and digits only.");
}

int
vault_of_entry(struct vault *v, const char *id, struct vault **ret, struct buf *why)
{
  int e = check_id(id, why);

  if (e == 0 && v->calls)
    *ret = v;
  else if (e == 0)
    e = open_kind((struct vaults *)v, kind_of(id), ret, why);
  return e;
}

const char *
vault_word(const struct vault *v)
{
  return v->calls->word;
}

const char *
vault_name(const struct vault *v)
{
  return v->calls->name;
}

const char *
vault_where(struct vault *v)
{
  return v->calls->where(v);
}

bool
vault_needs_passphrase(struct vault *v)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  struct vault *sealed = NULL;

  return vault_of_kind(v, VAULT_SEALED, &sealed, &why) == 0 &&
         sealed->calls->needs_passphrase(sealed);
}

int
vault_ready(struct vault *v, struct buf *why)
{
  return v->calls->ready(v, why);
}

int
vault_probe(struct vault *v, struct buf *why)
{
  struct vault *one = NULL;
  int e = vault_of_kind(v, NULL, &one, why);

  return e < 0 ? e : one->calls->probe(one, why);
}

int
vault_protect(struct vault *v, const char *passphrase, struct buf *why)
{
  struct vault *sealed = NULL;

  if (passphrase && strlen(passphrase) > VAULT_PASSPHRASE_MAX)
    return vault_fail(why, -EFBIG, "The passphrase is longer than %u bytes.", VAULT_PASSPHRASE_MAX);
  int e = vault_of_kind(v, VAULT_SEALED, &sealed, why);
  return e < 0 ? e : sealed->calls->protect(sealed, passphrase, why);
}

/* ---- entries ------------------------------------------------------------------------------------------------------- */

int
vault_new_id(struct vault *v, const char *like, char ret[static VAULT_ID_MAX + 1], struct buf *why)
{
  unsigned char random[ID_BYTES];
  char hex[2 * ID_BYTES + 1];
  struct vault *one = NULL;

  int e = like ? vault_of_entry(v, like, &one, why) : vault_of_kind(v, NULL, &one, why);
  if (e < 0)
    return e;
  size_t i = 0;
  while (strcmp(vault_kinds[i]->word, one->calls->word) != 0)
    i++;
  randombytes_buf(random, sizeof random);
  (void)sodium_bin2hex(hex, sizeof hex, random, sizeof random);
  (void)snprintf(ret, VAULT_ID_MAX + 1, "%s%s", vault_kinds[i]->prefix, hex);
  return 0;
}

int
vault_put(struct vault *v, const char *id, const char *label, const char *bytes, size_t len,
          struct buf *why)
{
  struct vault *one = NULL;
  int e = vault_of_entry(v, id, &one, why);

  if (e < 0)
    return e;
  if (len > VAULT_ENTRY_MAX)
    return vault_fail(why, -EFBIG, "A secret of %zu bytes is too long: at most %u are kept.", len,
                      VAULT_ENTRY_MAX);
  return one->calls->put(one, id, label, bytes, len, why);
}

int
vault_has(struct vault *v, const char *id, struct buf *why)
{
  struct vault *one = NULL;
  int e = vault_of_entry(v, id, &one, why);

  return e < 0 ? e : one->calls->has(one, id, why);
}

int
vault_get(struct vault *v, const char *id, struct vault_secret *ret, struct buf *why)
{
  struct vault *one = NULL;
  int e = vault_of_entry(v, id, &one, why);

  return e < 0 ? e : one->calls->get(one, id, ret, why);
}

int
vault_remove(struct vault *v, const char *id, struct buf *why)
{
  struct vault *one = NULL;
  int e = vault_of_entry(v, id, &one, why);

  return e < 0 ? e : one->calls->remove(one, id, why);
}

static int
list_all(struct vaults *all, void (*each)(void *user, const char *id), void *user, struct buf *why)
{
  int e = 0;

  for (size_t i = 0; i < KINDS && e == 0; i++) {
    CLEANUP_BUF struct buf reason = BUF_INIT(VAULT_WHY_MAX);
    struct vault *one = NULL;
    if (open_kind(all, i, &one, &reason) == 0 && one->calls->ready(one, &reason) == 0)
      e = one->calls->list(one, each, user, why);
  }
  return e;
}

int
vault_list(struct vault *v, void (*each)(void *user, const char *id), void *user, struct buf *why)
{
  return v->calls ? v->calls->list(v, each, user, why)
                  : list_all((struct vaults *)v, each, user, why);
}
