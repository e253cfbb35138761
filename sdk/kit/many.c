// SPDX-License-Identifier: Apache-2.0
//
// One loop: take in, send, read what has come, wait for whatever happens first.
#include "many.h"

#include "acting.h"

#include <ctype.h>
#include <poll.h>

size_t
many_slots(const tenon_source *source, size_t most)
{
  if (source->jobs == 0)
    return 1;
  return source->jobs < most ? source->jobs : most;
}

uint32_t
many_hash(const char *subject)
{
  uint32_t hash = 2166136261u;
  for (; *subject != 0; subject++)
    hash = (hash ^ (uint32_t)tolower((unsigned char)*subject)) * 16777619u;
  return hash;
}

static void
take_subjects(struct many *m)
{
  m->later = false;
  while (!m->ended && m->n_open < m->n_slots && !m->call->cancelled(m->call)) {
    tenon_text subject = {NULL, 0};
    int32_t answer = m->source->next(m->source, &subject);
    if (answer == TENON_NEXT_LATER) {
      m->later = true;
      return;
    }
    if (answer == TENON_NEXT_SUBJECT)
      m->manner->open(m, subject);
    else
      m->ended = true;
  }
}

// Told once for each pause, so that a subject is not taken for stuck meanwhile.
static void
announce(struct many *m, int64_t pause)
{
  if (pause < MANY_ANNOUNCE_NS || m->backoff->until_ns == m->told_until_ns)
    return;
  m->told_until_ns = m->backoff->until_ns;
  acting_pause(m->sink, pause);
}

static tenon_status
send_ready(struct many *m)
{
  int64_t pause = backoff_wait(m->backoff, m->host->now(m->host));
  announce(m, pause);
  return m->manner->send(m, pause);
}

// Takes what has ended, waiting at most wait_ns for the first.
static tenon_status
receive_all(struct many *m, int64_t wait_ns)
{
  while (m->n_flying > 0) {
    const tenon_http_completion *completion = NULL;
    tenon_status status = m->http->next(m->http, m->call, wait_ns, &completion);
    if (status == TENON_E_TRANSIENT)
      return TENON_OK;
    if (status != TENON_OK)
      return status;
    if (completion->status == TENON_E_CANCELLED)
      return TENON_E_CANCELLED;
    status = m->manner->receive(m, completion);
    if (status != TENON_OK)
      return status;
    wait_ns = 0;
  }
  return TENON_OK;
}

static int
milliseconds_to_wait(const struct many *m)
{
  int64_t pause = backoff_wait(m->backoff, m->host->now(m->host));
  if (pause <= 0 || pause > (int64_t)BACKOFF_POLL_MS * 1000000)
    return BACKOFF_POLL_MS;
  return (int)((pause + 999999) / 1000000);
}

static tenon_status
wait_for_something(struct many *m)
{
  int ms = milliseconds_to_wait(m);
  // Nothing to expect from the source: the service's own wait is cheaper than a poll.
  if (m->n_flying > 0 && !m->later)
    return receive_all(m, (int64_t)ms * 1000000);
  struct pollfd fds[3] = {
      {.fd = m->call->cancel_fd, .events = POLLIN},
      {.fd = m->later ? m->source->ready_fd : -1, .events = POLLIN},
      {.fd = m->n_flying > 0 ? m->http->ready_fd : -1, .events = POLLIN},
  };
  (void)poll(fds, 3, ms);
  return receive_all(m, 0);
}

tenon_status
many_walk(struct many *m)
{
  for (;;) {
    if (m->call->cancelled(m->call))
      return TENON_E_CANCELLED;
    take_subjects(m);
    tenon_status status = send_ready(m);
    if (status != TENON_OK)
      return status;
    if (m->n_open == 0 && m->ended)
      return TENON_OK;
    if (m->n_open < m->n_slots && !m->later && !m->ended)
      status = receive_all(m, 0); // slots were freed while sending
    else
      status = wait_for_something(m);
    if (status != TENON_OK)
      return status;
  }
}
