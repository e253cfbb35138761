// SPDX-License-Identifier: Apache-2.0
/* A program of ours that is asked something and ends: started with an environment made for it, heard through one
 * socket, and never waited for longer than a deadline. */
#ifndef CORE_BASE_CHILD_H
#define CORE_BASE_CHILD_H

#include <spawn.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/cleanup.h"

struct child {
  pid_t pid; /* 0: there is none */
  int fd;    /* our end of the socket */
};
#define CHILD_NONE ((struct child){0, -1})

/* Starts path with our socket's other end as its descriptor `at` (1 or above); its standard streams are otherwise
 * /dev/null, it gets no other descriptor, and a session of its own, so that Ctrl-C is the caller's to hear. 0 or a
 * negative errno value. */
int child_start(const char *path, const char *const *argv, const char *const *envp, int at,
                struct child *ret) TENON_NODISCARD;
/* Kills it, if it still runs, and reaps it. */
void child_end(struct child *);

/* posix_spawn, the process as a fresh program finds it: in a session of its own, no signal blocked or ignored. 0 or a
 * negative errno value. */
int child_spawn(const char *path, const posix_spawn_file_actions_t *actions,
                const char *const *argv, const char *const *envp, pid_t *ret) TENON_NODISCARD;
/* All n bytes, or everything up to the end. deadline: of clock_now_ns. interrupt_fd: readable ends the wait; 0: none.
 * -ETIMEDOUT, -ECANCELED (interrupted), -EPIPE (it ended or closed), -EFBIG (the buffer is full), or what the system
 * says. */
int child_write(const struct child *, const void *bytes, size_t n, int64_t deadline,
                int interrupt_fd) TENON_NODISCARD;
int child_read(const struct child *, void *ret, size_t n, int64_t deadline, int interrupt_fd)
    TENON_NODISCARD;
int child_read_all(const struct child *, struct buf *ret, int64_t deadline, int interrupt_fd)
    TENON_NODISCARD;

static inline void
cleanup_child_(struct child *c)
{
  child_end(c);
}
#define CLEANUP_CHILD __attribute__((cleanup(cleanup_child_)))

#endif
