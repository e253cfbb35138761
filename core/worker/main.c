// SPDX-License-Identifier: Apache-2.0
/* tenon-worker: the process that a plugin runs in. Started by a host that hands it a socket as descriptor 3. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/facts/facts.h"
#include "core/module/load.h"
#include "core/wire/wire.h"
#include "core/worker/worker.h"

/* Of the leak sanitizer, where this build has one. */
extern void __lsan_do_leak_check(void) __attribute__((weak));

#define EXIT_USAGE 2

#ifdef TENON_SANITIZED
/* A crash is a plugin's last word to the host, which names the signal. The sanitizers would turn it into an exit. */
#define LEAVE_SIGNALS "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0"
#define EXPORT        __attribute__((visibility("default")))
EXPORT const char *__asan_default_options(void);
EXPORT const char *__tsan_default_options(void);

const char *
__asan_default_options(void)
{
  return LEAVE_SIGNALS;
}

const char *
__tsan_default_options(void)
{
  return LEAVE_SIGNALS;
}
#endif

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

/* The plugin's descriptor lies above what the kernel has room for at first. To make more takes 10 to 20 ms once there is
 * a second thread (a grace period of RCU), and nothing before. */
static void
make_room(void)
{
  int fd = fcntl(WIRE_FD, F_DUPFD_CLOEXEC, MODULE_FD_FIRST);
  if (fd >= 0)
    (void)close(fd);
}

int
main(int argc, char **argv)
{
  if (argc >= 2 && argc <= 3 && strcmp(argv[1], FACTS_ARGUMENT) == 0)
    return facts_print(argv[2]);
  if (argc > 1 || !is_socket(WIRE_FD))
    return refuse_to_run();
  (void)signal(SIGPIPE, SIG_IGN);
  make_room();
  int status = worker_main(WIRE_FD, 0);
  if (__lsan_do_leak_check)
    __lsan_do_leak_check();
  _exit(status); /* no destructors: libraries that plugins bring crash in theirs */
}
