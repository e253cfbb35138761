// SPDX-License-Identifier: Apache-2.0
/* The hook open: a connection's answers and secrets go over, each secret in a line of its own that is zeroed once
 * sent. */
#include "core/host/internal.h"

#include <errno.h>
#include <string.h>

#define KEPT_PREFIX "kept."

int
learn(tenon_worker *w, const char *bytes, size_t len)
{
  return scrubber_add(w->scrubber, bytes, len);
}

static bool
is_kept(const char *key)
{
  return strncmp(key, KEPT_PREFIX, strlen(KEPT_PREFIX)) == 0;
}

static int
take_secret(tenon_worker *w, const tenon_pair *p)
{
  if (p->value.len > WIRE_SECRET_MAX)
    return context_fail(w->ctx, -EMSGSIZE, "The secret \"%s\" is longer than %u bytes.", p->key,
                        WIRE_SECRET_MAX);
  if (learn(w, p->value.ptr, p->value.len) != 0)
    return -ENOMEM;
  if (is_kept(p->key))
    return keep_store(&w->kept, "", p->key + strlen(KEPT_PREFIX), p->value.ptr, p->value.len)
               ? 0
               : -ENOMEM;
  if (gate_learn(w, NULL, p->key, p->value.ptr, p->value.len) != 0)
    return -ENOMEM;
  wire_put_secret(send_start(w), NULL, p->key, p->value);
  return send_finish(w);
}

static int
take_secrets(tenon_worker *w, const tenon_settings *s)
{
  for (size_t i = 0; i < s->n_secrets; i++) {
    int err = s->secrets[i].value.ptr ? take_secret(w, &s->secrets[i]) : 0;
    if (err)
      return err;
  }
  return 0;
}

static int
take_connection(tenon_worker *w, const char *connection)
{
  free(w->connection);
  w->connection = NULL;
  return connection && !(w->connection = strdup(connection)) ? -ENOMEM : 0;
}

int
tenon_worker_open(tenon_worker *w, const tenon_settings *given, int64_t deadline_ns,
                  uint64_t *ret_call)
{
  tenon_settings s = {.size = sizeof s};
  int err = call_may_start(w, HOOK_OPEN);

  if (!err && (given->size < 2 * sizeof(uint32_t) || given->size > TENON_STRUCT_SIZE_MAX))
    err = context_fail(w->ctx, -EINVAL, "tenon_settings.size is not set.");
  if (err)
    return err;
  memcpy(&s, given, given->size < sizeof s ? given->size : sizeof s);
  err = take_connection(w, s.connection);
  if (!err)
    err = paths_before_open(w, &s);
  if (!err)
    err = take_secrets(w, &s);
  if (err)
    return err;
  w->answers = (s.flags & TENON_ANSWERS) != 0;
  struct wire_open open = {
      .values = s.values,
      .files = s.files,
      .n_values = s.n_values,
      .n_files = s.n_files,
      .deadline_ms = call_begin(w, HOOK_OPEN, deadline_ns),
      .interactive = w->answers,
  };
  wire_put_open(send_start(w), w->call.number, &open);
  return call_begun(w, ret_call);
}
