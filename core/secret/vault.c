// SPDX-License-Identifier: Apache-2.0
/* The table of vault kinds, and what is the same for all of them: ids are checked, sizes bounded, secrets wiped. */
#include "core/secret/vault.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "core/secret/memory.h"
#include "core/secret/vault_kind.h"

const struct vault_kind *const vault_kinds[] = {&vault_kind_sealed, NULL};

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

void
vault_secret_finish(struct vault_secret *s)
{
  secret_memory_free(s->ptr);
  *s = VAULT_SECRET_INIT;
}

int
vault_open(const struct vault_options *o, struct vault **ret, struct buf *why)
{
  for (size_t i = 0; vault_kinds[i]; i++)
    if (vault_kinds[i]->available(o))
      return vault_kinds[i]->open(o, ret, why);
  return vault_fail(why, -ENOTSUP, "No vault is available to keep secrets in.");
}

void
vault_close(struct vault *v)
{
  if (v)
    v->calls->close(v);
}

const char *
vault_name(const struct vault *v)
{
  return v->calls->name;
}

const char *
vault_where(const struct vault *v)
{
  return v->calls->where(v);
}

bool
vault_needs_passphrase(const struct vault *v)
{
  return v->calls->needs_passphrase(v);
}

static bool
id_valid(const char *id)
{
  size_t n = strlen(id);

  return n > 0 && n <= VAULT_ID_MAX && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789") == n;
}

static int
refuse_id(struct buf *why)
{
  return vault_fail(why, -EINVAL, "This is no id of a vault's entry: letters a-z and digits only.");
}

int
vault_put(struct vault *v, const char *id, const char *bytes, size_t len, struct buf *why)
{
  if (!id_valid(id))
    return refuse_id(why);
  if (len > VAULT_ENTRY_MAX)
    return vault_fail(why, -EFBIG, "A secret of %zu bytes is too long: at most %u are kept.", len,
                      VAULT_ENTRY_MAX);
  return v->calls->put(v, id, bytes, len, why);
}

int
vault_get(struct vault *v, const char *id, struct vault_secret *ret, struct buf *why)
{
  return id_valid(id) ? v->calls->get(v, id, ret, why) : refuse_id(why);
}

int
vault_remove(struct vault *v, const char *id, struct buf *why)
{
  return id_valid(id) ? v->calls->remove(v, id, why) : refuse_id(why);
}

int
vault_list(struct vault *v, void (*each)(void *user, const char *id), void *user, struct buf *why)
{
  return v->calls->list(v, each, user, why);
}

int
vault_probe(struct vault *v, struct buf *why)
{
  return v->calls->probe(v, why);
}

int
vault_protect(struct vault *v, const char *passphrase, struct buf *why)
{
  if (passphrase && strlen(passphrase) > VAULT_PASSPHRASE_MAX)
    return vault_fail(why, -EFBIG, "The passphrase is longer than %u bytes.", VAULT_PASSPHRASE_MAX);
  return v->calls->protect(v, passphrase, why);
}
