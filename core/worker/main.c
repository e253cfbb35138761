// SPDX-License-Identifier: Apache-2.0
/* tenon-worker: the process that a plugin runs in. Started by a host that hands it a socket as descriptor 3. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/wire/wire.h"
#include "core/worker/worker.h"

/* Of the leak sanitizer, where this build has one. */
extern void __lsan_do_leak_check(void) __attribute__((weak));

#define EXIT_USAGE 2

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
  static const char say[] = "tenon-worker is started by tenon; try: tenon plugin info FILE.so\n";
  return write(STDERR_FILENO, say, sizeof say - 1) < 0 ? EXIT_FAILURE : EXIT_USAGE;
}

int
main(int argc, char **argv)
{
  (void)argv;
  if (argc > 1 || !is_socket(WIRE_FD))
    return refuse_to_run();
  (void)signal(SIGPIPE, SIG_IGN);
  int status = worker_main(WIRE_FD, 0);
  if (__lsan_do_leak_check)
    __lsan_do_leak_check();
  _exit(status); /* no destructors: libraries that plugins bring crash in theirs */
}
