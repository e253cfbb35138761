// SPDX-License-Identifier: Apache-2.0
/* The vault of the desktop: its Secret Service, spoken to by tenon-keyring (core/keyring). The helper is started when
 * first needed, and again once when it or the service behind it went away in between. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/secret/keyring.h"
#include "core/secret/vault_kind.h"

#define PREFIX          "ss" /* no hexadecimal digit: never an id of the sealed file's */
#define NAME            "Secret Service"
#define ENVIRONMENT_MAX 8u
#define SEALED_INSTEAD  "keep new secrets in the sealed file: `tenon vault use " VAULT_SEALED "`"

struct keyring {
  struct vault vault;
  const struct vault_options *options; /* of the vault that opened us */
  struct child child;
  char *label;   /* of the collection, once it said hello */
  char *address; /* "unix:path=..." as an environment's variable */
  char *runtime;
  bool hung; /* it was waited for once: that is enough */
};

static struct keyring *
keyring_of(struct vault *v)
{
  return (struct keyring *)v;
}

/* ---- the helper ---------------------------------------------------------------------------------------------------- */

static int
start(struct keyring *k)
{
  const char *argv[] = {KEYRING_PROGRAM, NULL};
  const char *envp[ENVIRONMENT_MAX] = {
      k->address,
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "LC_ALL=C.UTF-8",
      "HOME=/",
      "GIO_USE_VFS=local", /* no modules of the desktop's in our helper */
      "GSETTINGS_BACKEND=memory",
      k->runtime,
      NULL};

  return child_start(k->options->helper, argv, envp, KEYRING_FD, &k->child);
}

static int64_t
deadline(const struct keyring *k)
{
  return clock_now_ns() + (k->options->prompts ? KEYRING_PROMPT_MS : KEYRING_ANSWER_MS) * NS_PER_MS;
}

static int
ask(struct keyring *k, enum keyring_op op, const char *id, const char *label, const char *bytes,
    size_t n, struct vault_secret *ret)
{
  const struct keyring_request request = {
      .magic = KEYRING_MAGIC,
      .op = op,
      .flags = k->options->prompts && op != KEYRING_HELLO ? KEYRING_MAY_PROMPT : 0,
      .n_id = (uint32_t)strlen(id),
      .n_label = (uint32_t)strnlen(label, KEYRING_LABEL_MAX),
      .n_bytes = (uint32_t)n};
  struct keyring_reply reply = {0};
  const int64_t by =
      op == KEYRING_HELLO ? clock_now_ns() + KEYRING_ANSWER_MS * NS_PER_MS : deadline(k);
  const int interrupt = k->options->interrupt_fd;

  int e = child_write(&k->child, &request, sizeof request, by, interrupt);
  e = e ? e : child_write(&k->child, id, request.n_id, by, interrupt);
  e = e ? e : child_write(&k->child, label, request.n_label, by, interrupt);
  e = e ? e : child_write(&k->child, bytes, n, by, interrupt);
  e = e ? e : child_read(&k->child, &reply, sizeof reply, by, interrupt);
  if (!e && (reply.magic != KEYRING_MAGIC || reply.n > KEYRING_REPLY_MAX))
    e = -EPROTO;
  e = e ? e : vault_secret_make(ret, reply.n);
  e = e ? e : child_read(&k->child, ret->ptr, reply.n, by, interrupt);
  if (e < 0)
    child_end(&k->child);
  return e ? e : reply.result;
}

/* Once more, with a new helper, when the first one or its bus was gone: the desktop may have started its keyring anew.
 * Every request may be made twice. */
static int
request(struct keyring *k, enum keyring_op op, const char *id, const char *label, const char *bytes,
        size_t n, struct vault_secret *ret)
{
  int e = 0;

  if (!k->options->bus)
    return -ENOTCONN;
  if (!k->options->helper || access(k->options->helper, X_OK) < 0)
    return -ENOEXEC;
  if (k->hung)
    return -ETIMEDOUT;
  for (int tries = 0; tries < 2; tries++) {
    bool fresh = k->child.pid == 0;
    vault_secret_finish(ret);
    e = fresh ? start(k) : 0;
    e = e ? e : ask(k, op, id, label ? label : "", bytes ? bytes : "", n, ret);
    if (e != -EPIPE && e != -EIO && e != -EPROTO)
      break;
    child_end(&k->child);
    if (fresh)
      break;
  }
  k->hung = e == -ETIMEDOUT;
  return e;
}

/* ---- sentences ----------------------------------------------------------------------------------------------------- */

static int
fail(struct keyring *k, int e, const struct vault_secret *said, struct buf *why)
{
  const char *text = said->ptr && said->len ? said->ptr : strerror(-e);

  switch (e) {
  case -ENOTCONN:
    return vault_fail(
        why, e,
        "The desktop's " NAME " cannot be reached: there is no session bus here. Run "
        "tenon within the desktop's session (DBUS_SESSION_BUS_ADDRESS), or " SEALED_INSTEAD ".");
  case -ENOEXEC:
    return vault_fail(why, e, "%s is not there, or cannot be run. Install tenon again.",
                      k->options->helper ? k->options->helper : KEYRING_PROGRAM);
  case -ENOSYS:
    return vault_fail(why, e,
                      "The desktop's " NAME " cannot be used: %s is not here. Install the package "
                      "libsecret-1-0, or " SEALED_INSTEAD ".",
                      text);
  case -ESRCH:
    return vault_fail(why, e,
                      "Nobody on the session bus keeps secrets. Install and start a keyring "
                      "(gnome-keyring, KWallet, KeePassXC), or " SEALED_INSTEAD ".");
  case -ENXIO:
    return vault_fail(why, e,
                      "The desktop's " NAME
                      " has no keyring yet. Log in to the desktop once, or make "
                      "one with its keyring program, or " SEALED_INSTEAD ".");
  case -ENOKEY:
    return vault_fail(
        why, e,
        "The desktop's keyring is locked and nobody was there to unlock it. Unlock it "
        "(log in to the desktop), run tenon on a terminal there, or " SEALED_INSTEAD ".");
  case -ETIMEDOUT:
    return vault_fail(why, e,
                      "The desktop's " NAME " did not answer in time. Unlock its keyring, start it "
                      "again, or " SEALED_INSTEAD ".");
  case -ECANCELED:
    return vault_fail(why, e,
                      "The desktop's keyring was not unlocked. Try again, or " SEALED_INSTEAD ".");
  default:
    return vault_fail(why, e,
                      "The desktop's " NAME
                      " refused: %s. Start its keyring again, or " SEALED_INSTEAD ".",
                      text);
  }
}

/* ---- the calls ----------------------------------------------------------------------------------------------------- */

static int
hello(struct keyring *k, struct buf *why)
{
  CLEANUP_VAULT_SECRET struct vault_secret said = VAULT_SECRET_INIT;

  if (k->label)
    return 0;
  int e = request(k, KEYRING_HELLO, "", NULL, NULL, 0, &said);
  if (e < 0)
    return fail(k, e, &said, why);
  k->label = text_printf("keyring \"%s\"", *said.ptr ? said.ptr : "default");
  return k->label ? 0 : -ENOMEM;
}

static int
keyring_ready(struct vault *v, struct buf *why)
{
  return hello(keyring_of(v), why);
}

static const char *
keyring_where(struct vault *v)
{
  struct keyring *k = keyring_of(v);
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);

  if (hello(k, &why) == 0)
    return k->label;
  return k->options->bus ? k->options->bus : "no session bus";
}

static bool
keyring_needs_passphrase(struct vault *v)
{
  (void)v;
  return false; /* none that we would ask for */
}

static int
keyring_put(struct vault *v, const char *id, const char *label, const char *bytes, size_t len,
            struct buf *why)
{
  CLEANUP_VAULT_SECRET struct vault_secret said = VAULT_SECRET_INIT;
  struct keyring *k = keyring_of(v);
  int e = request(k, KEYRING_PUT, id, label ? label : "tenon", bytes, len, &said);

  return e < 0 ? fail(k, e, &said, why) : 0;
}

static int
fail_entry(struct keyring *k, int e, const char *id, const struct vault_secret *said,
           struct buf *why)
{
  if (e == -ENOENT)
    return vault_fail(why, e,
                      "The desktop's " NAME " has no entry %s. Enter the secret again with `tenon "
                      "wizard NAME`.",
                      id);
  return fail(k, e, said, why);
}

static int
keyring_has(struct vault *v, const char *id, struct buf *why)
{
  CLEANUP_VAULT_SECRET struct vault_secret said = VAULT_SECRET_INIT;
  struct keyring *k = keyring_of(v);
  int e = request(k, KEYRING_HAS, id, NULL, NULL, 0, &said);

  return e < 0 ? fail_entry(k, e, id, &said, why) : 0;
}

static int
keyring_get(struct vault *v, const char *id, struct vault_secret *ret, struct buf *why)
{
  CLEANUP_VAULT_SECRET struct vault_secret said = VAULT_SECRET_INIT;
  struct keyring *k = keyring_of(v);
  int e = request(k, KEYRING_GET, id, NULL, NULL, 0, &said);

  if (e < 0)
    return fail_entry(k, e, id, &said, why);
  *ret = said;
  said = VAULT_SECRET_INIT;
  return 0;
}

static int
keyring_remove(struct vault *v, const char *id, struct buf *why)
{
  CLEANUP_VAULT_SECRET struct vault_secret said = VAULT_SECRET_INIT;
  struct keyring *k = keyring_of(v);
  int e = request(k, KEYRING_REMOVE, id, NULL, NULL, 0, &said);

  return e < 0 && e != -ENOENT ? fail(k, e, &said, why) : 0;
}

static int
keyring_list(struct vault *v, void (*each)(void *user, const char *id), void *user, struct buf *why)
{
  CLEANUP_VAULT_SECRET struct vault_secret said = VAULT_SECRET_INIT;
  struct keyring *k = keyring_of(v);
  size_t n = 0;
  int e = request(k, KEYRING_LIST, "", NULL, NULL, 0, &said);

  if (e < 0)
    return fail(k, e, &said, why);
  for (char *id = said.ptr, *end; (end = strchr(id, '\n')) && n < VAULT_ENTRIES_MAX; id = end + 1) {
    *end = '\0';
    each(user, id);
    n++;
  }
  return 0;
}

static int
keyring_protect(struct vault *v, const char *passphrase, struct buf *why)
{
  (void)v;
  (void)passphrase;
  return vault_fail(why, -ENOTSUP,
                    "The desktop's keyring has a password of its own: change it there.");
}

static void
keyring_close(struct vault *v)
{
  struct keyring *k = keyring_of(v);

  child_end(&k->child);
  free(k->label);
  free(k->address);
  free(k->runtime);
  free(k);
}

static const struct vault_calls keyring_calls = {
    .word = VAULT_SECRET_SERVICE,
    .name = NAME,
    .close = keyring_close,
    .where = keyring_where,
    .needs_passphrase = keyring_needs_passphrase,
    .ready = keyring_ready,
    .put = keyring_put,
    .has = keyring_has,
    .get = keyring_get,
    .remove = keyring_remove,
    .list = keyring_list,
    .probe = keyring_ready,
    .protect = keyring_protect,
};

static int
keyring_open(const struct vault_options *o, struct vault **ret, struct buf *why)
{
  struct keyring *k = calloc(1, sizeof *k);

  if (k) {
    k->vault.calls = &keyring_calls;
    k->options = o;
    k->child = CHILD_NONE;
    k->address = text_printf("DBUS_SESSION_BUS_ADDRESS=%s", o->bus ? o->bus : "");
    k->runtime = o->runtime ? text_printf("XDG_RUNTIME_DIR=%s", o->runtime) : NULL;
  }
  if (!k || !k->address || (o->runtime && !k->runtime)) {
    if (k)
      keyring_close(&k->vault);
    return vault_fail(why, -ENOMEM, "Not enough memory to open the vault.");
  }
  *ret = &k->vault;
  return 0;
}

const struct vault_kind vault_kind_secret_service = {VAULT_SECRET_SERVICE, PREFIX, keyring_open};
