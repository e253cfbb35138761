// SPDX-License-Identifier: Apache-2.0
/* The first SIGINT or SIGTERM makes interrupt_fd readable, and the loop cancels what runs; the second SIGINT ends the
 * program at once. A handler and an eventfd, no signalfd: a blocked signal would be inherited by what we start. */
#include "core/cli/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>

static int fd = -1;
static volatile sig_atomic_t times;
static int64_t first_ns;

#define SAME_NS (300 * NS_PER_MS) /* some senders send one signal to the process and to its group */

static void
handle(int signal)
{
  const uint64_t one = 1;
  int saved = errno;

  if (times > 0 && clock_now_ns() - first_ns < SAME_NS)
    return;
  if (times++ > 0 && signal == SIGINT)
    _exit(STATUS_CANCELLED);
  first_ns = clock_now_ns();
  if (write(fd, &one, sizeof one) < 0)
    _exit(STATUS_CANCELLED);
  errno = saved;
}

int
interrupt_init(struct cli *cli)
{
  struct sigaction action = {.sa_handler = handle};
  struct sigaction ignore = {.sa_handler = SIG_IGN};

  fd = cli->interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0)
    return -errno;
  (void)sigaction(SIGINT, &action, NULL); /* none of these can fail with a valid signal */
  (void)sigaction(SIGTERM, &action, NULL);
  (void)sigaction(SIGPIPE, &ignore, NULL);
  (void)sigaction(SIGXFSZ, &ignore, NULL); /* a file that may not grow is an error to tell */
  return 0;
}

bool
cli_interrupted(const struct cli *cli)
{
  (void)cli;
  return times > 0;
}
