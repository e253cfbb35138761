// SPDX-License-Identifier: Apache-2.0
/* tenon-keyring: speaks to the desktop's Secret Service for tenon. A process of its own, because GLib starts threads,
 * loads modules and keeps copies that nobody wipes; and because a bus that hangs is then ended with it. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/keyring/service.h"
#include "core/secret/memory.h"
#include "core/secret/vault.h"

#define EXIT_USAGE 2
#define LATE_S     5 /* after our caller has given up: it may be gone */

struct request {
  struct keyring_request head;
  char id[VAULT_ID_MAX + 1], label[KEYRING_LABEL_MAX + 1];
  char *bytes; /* in secret memory */
};

static bool
is_socket(int fd)
{
  int type;
  socklen_t n = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && type == SOCK_STREAM;
}

static int
refuse_to_run(void)
{
  static const char say[] = KEYRING_PROGRAM " is started by tenon; try: tenon vault\n";
  return write(STDERR_FILENO, say, sizeof say - 1) < 0 ? EXIT_FAILURE : EXIT_USAGE;
}

static bool
receive(void *to, size_t n)
{
  char *p = to;

  while (n > 0) {
    ssize_t got = recv(KEYRING_FD, p, n, 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    p += got;
    n -= (size_t)got;
  }
  return true;
}

static void
answer(int result, const char *bytes, size_t n)
{
  const struct keyring_reply reply = {KEYRING_MAGIC, result, (uint32_t)n};

  if (send(KEYRING_FD, &reply, sizeof reply, MSG_NOSIGNAL) != (ssize_t)sizeof reply)
    _exit(EXIT_FAILURE);
  while (n > 0) {
    ssize_t sent = send(KEYRING_FD, bytes, n, MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR)
      _exit(EXIT_FAILURE);
    bytes += sent > 0 ? sent : 0;
    n -= sent > 0 ? (size_t)sent : 0;
  }
}

/* false: the socket has closed, or somebody else speaks. */
static bool
next(struct request *r)
{
  *r = (struct request){0};
  if (!receive(&r->head, sizeof r->head) || r->head.magic != KEYRING_MAGIC ||
      r->head.n_id > VAULT_ID_MAX || r->head.n_label > KEYRING_LABEL_MAX ||
      r->head.n_bytes > VAULT_ENTRY_MAX)
    return false;
  r->bytes = secret_memory_alloc(r->head.n_bytes + 1u);
  return r->bytes && receive(r->id, r->head.n_id) && receive(r->label, r->head.n_label) &&
         receive(r->bytes, r->head.n_bytes);
}

static void
get(struct service *s, const struct request *r, struct buf *text)
{
  SecretValue *value = NULL;
  size_t n = 0;
  int result = service_get(s, r->id, &value, text);

  if (result == 0) {
    const char *bytes = s->lib->secret_value_get(value, &n);
    if (n <= VAULT_ENTRY_MAX)
      answer(0, bytes, n);
    else
      answer(-EIO, "", 0);
    s->lib->secret_value_unref(value);
    return;
  }
  answer(result, buf_text(text), text->len);
}

static void
serve(struct service *s, const struct request *r)
{
  CLEANUP_BUF struct buf text = BUF_INIT(KEYRING_REPLY_MAX);

  s->may_prompt = r->head.flags & KEYRING_MAY_PROMPT;
  int result = service_open(s, &text);
  if (result == 0 && r->head.op == KEYRING_GET) {
    get(s, r, &text);
    return;
  }
  if (result == 0)
    switch (r->head.op) {
    case KEYRING_HELLO: result = service_hello(s, &text); break;
    case KEYRING_PUT:
      result = service_put(s, r->id, r->label, r->bytes, r->head.n_bytes, &text);
      break;
    case KEYRING_REMOVE: result = service_remove(s, r->id, &text); break;
    case KEYRING_HAS: result = service_has(s, r->id, &text); break;
    case KEYRING_LIST: result = service_list(s, &text); break;
    default: result = -EIO; break;
    }
  answer(result, buf_text(&text), text.len);
}

int
main(int argc, char **argv)
{
  const struct rlimit none = {0, 0};
  struct service s = {0};
  struct request r;

  (void)argv;
  if (argc > 1 || !is_socket(KEYRING_FD))
    return refuse_to_run();
  (void)setrlimit(RLIMIT_CORE, &none);
  (void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
  (void)signal(SIGPIPE, SIG_IGN);
  while (next(&r)) {
    bool prompts = r.head.flags & KEYRING_MAY_PROMPT;
    (void)alarm((prompts ? KEYRING_PROMPT_MS : KEYRING_ANSWER_MS) / 1000 + LATE_S);
    serve(&s, &r);
    (void)alarm(0);
    secret_memory_free(r.bytes);
  }
  _exit(EXIT_SUCCESS); /* GLib's threads are not waited for */
}
