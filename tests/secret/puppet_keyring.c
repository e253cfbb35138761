// SPDX-License-Identifier: Apache-2.0
/* Stands in for tenon-keyring and misbehaves as the bus's address says. It remembers one entry for as long as it lives. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/secret/keyring.h"

#define BYTES_MAX 4096

static char id[128], bytes[BYTES_MAX];
static uint32_t n_bytes;
static bool served;

static bool
receive(void *to, size_t n)
{
  return n == 0 || recv(KEYRING_FD, to, n, MSG_WAITALL) == (ssize_t)n;
}

static void
answer(uint32_t magic, int32_t result, const void *text, uint32_t n)
{
  const struct keyring_reply reply = {magic, result, n};

  if (send(KEYRING_FD, &reply, sizeof reply, MSG_NOSIGNAL) < 0 ||
      send(KEYRING_FD, text, n < BYTES_MAX ? n : 0, MSG_NOSIGNAL) < 0)
    _exit(1);
}

/* Leaves a file behind the first time, so that the second process knows that it is the second. */
static bool
second(const char *path)
{
  if (access(path, F_OK) == 0)
    return true;
  FILE *f = fopen(path, "we");
  if (f)
    (void)fclose(f);
  return false;
}

static void
serve(const struct keyring_request *r, const char *asked)
{
  switch (r->op) {
  case KEYRING_HELLO: answer(KEYRING_MAGIC, 0, "Puppet", 6); break;
  case KEYRING_GET:
    if (strcmp(asked, id) == 0)
      answer(KEYRING_MAGIC, 0, bytes, n_bytes);
    else
      answer(KEYRING_MAGIC, -ENOENT, "", 0);
    break;
  case KEYRING_LIST: answer(KEYRING_MAGIC, 0, "aaa\nbbb\n", 8); break;
  default: answer(KEYRING_MAGIC, 0, "", 0);
  }
}

static void
misbehave(const char *how, const struct keyring_request *r, const char *asked)
{
  const char *colon = strchr(how, ':');

  if (strcmp(how, "garbage") == 0)
    answer(0x12345678, 0, "x", 1);
  else if (strcmp(how, "endless") == 0)
    answer(KEYRING_MAGIC, 0, "x", UINT32_MAX);
  else if (strcmp(how, "die") == 0 || (strncmp(how, "die-once:", 9) == 0 && !second(colon + 1)))
    _exit(1);
  else if (strncmp(how, "die-later:", 10) == 0 && served && !second(colon + 1))
    _exit(1);
  else if (strcmp(how, "silent") == 0)
    (void)pause();
  else if (strcmp(how, "locked") == 0 && r->op != KEYRING_HELLO && !(r->flags & KEYRING_MAY_PROMPT))
    answer(KEYRING_MAGIC, -ENOKEY, "", 0);
  else if (strcmp(how, "refused") == 0)
    answer(KEYRING_MAGIC, -ECANCELED, "", 0);
  else
    serve(r, asked);
}

int
main(void)
{
  static char asked[128], label[256], given[BYTES_MAX];
  const char *how = getenv("DBUS_SESSION_BUS_ADDRESS");
  struct keyring_request r;

  while (how && receive(&r, sizeof r) && r.n_id < sizeof asked && r.n_label < sizeof label &&
         r.n_bytes < sizeof given && receive(asked, r.n_id) && receive(label, r.n_label) &&
         receive(given, r.n_bytes)) {
    asked[r.n_id] = '\0';
    if (r.op == KEYRING_PUT) {
      memcpy(id, asked, sizeof id);
      memcpy(bytes, given, r.n_bytes);
      n_bytes = r.n_bytes;
    }
    misbehave(how, &r, asked);
    served = true;
  }
  return 0;
}
