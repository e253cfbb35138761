// SPDX-License-Identifier: Apache-2.0
/* Leaves a thread behind. */
#include <poll.h>
#include <pthread.h>

#include "bad.h"

static void *
idle(void *unused)
{
  (void)unused;
  for (;;)
    (void)poll(NULL, 0, 1000);
  return NULL;
}

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  pthread_t thread;

  (void)s;
  (void)call;
  (void)sink;
  return pthread_create(&thread, NULL, idle, NULL) == 0 ? TENON_OK : TENON_E_INTERNAL;
}

BAD("thread", .open = good_open, .verify = verify);
