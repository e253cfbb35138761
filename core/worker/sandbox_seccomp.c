// SPDX-License-Identifier: Apache-2.0
/* seccomp: system calls that no connector has a reason for are answered EPERM. A list of what is denied and not of
 * what is allowed: the libraries a plugin links change what they call with every release. clone3 is answered
 * ENOSYS, so that the C library falls back to clone, whose flags a filter can see; else threads were lost, or a
 * way to fork kept open. */
#include "core/worker/sandbox.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>

#if defined HAVE_SECCOMP && !defined TENON_SANITIZED
#include <seccomp.h>

static const int denied[] = {SCMP_SYS(ptrace),
                             SCMP_SYS(process_vm_readv),
                             SCMP_SYS(process_vm_writev),
                             SCMP_SYS(process_madvise),
                             SCMP_SYS(pidfd_getfd),
                             SCMP_SYS(kcmp),
                             SCMP_SYS(bpf),
                             SCMP_SYS(perf_event_open),
                             SCMP_SYS(userfaultfd),
                             SCMP_SYS(io_uring_setup),
                             SCMP_SYS(io_uring_enter),
                             SCMP_SYS(io_uring_register),
                             SCMP_SYS(mount),
                             SCMP_SYS(umount2),
                             SCMP_SYS(pivot_root),
                             SCMP_SYS(chroot),
                             SCMP_SYS(move_mount),
                             SCMP_SYS(fsopen),
                             SCMP_SYS(fsconfig),
                             SCMP_SYS(fsmount),
                             SCMP_SYS(fspick),
                             SCMP_SYS(open_tree),
                             SCMP_SYS(mount_setattr),
                             SCMP_SYS(unshare),
                             SCMP_SYS(setns),
                             SCMP_SYS(open_by_handle_at),
                             SCMP_SYS(quotactl),
                             SCMP_SYS(swapon),
                             SCMP_SYS(swapoff),
                             SCMP_SYS(acct),
                             SCMP_SYS(reboot),
                             SCMP_SYS(kexec_load),
                             SCMP_SYS(kexec_file_load),
                             SCMP_SYS(init_module),
                             SCMP_SYS(finit_module),
                             SCMP_SYS(delete_module),
                             SCMP_SYS(syslog),
                             SCMP_SYS(sethostname),
                             SCMP_SYS(setdomainname),
                             SCMP_SYS(settimeofday),
                             SCMP_SYS(clock_settime),
                             SCMP_SYS(adjtimex),
                             SCMP_SYS(clock_adjtime),
                             SCMP_SYS(iopl),
                             SCMP_SYS(ioperm),
                             SCMP_SYS(modify_ldt),
                             SCMP_SYS(vhangup)};

static const int denied_keys[] = {SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key)};
static const int denied_programs[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
                                      SCMP_SYS(vfork)};
static const int denied_families[] = {AF_PACKET, AF_KEY, AF_ALG, AF_VSOCK, AF_BLUETOOTH};

/* A system call that this machine does not have needs no rule. */
static bool
deny(scmp_filter_ctx filter, const int *calls, size_t n)
{
  bool good = true;
  for (size_t i = 0; i < n; i++) {
    int err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
    good = good && (err == 0 || err == -EDOM || err == -EINVAL);
  }
  return good;
}

static bool
fill(scmp_filter_ctx filter, const struct note *note)
{
  bool good = deny(filter, denied, sizeof denied / sizeof *denied);
  if (!note->krb5)
    good = deny(filter, denied_keys, sizeof denied_keys / sizeof *denied_keys) && good;
  for (size_t i = 0; i < sizeof denied_families / sizeof *denied_families; i++)
    good = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                            SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)denied_families[i])) == 0 &&
           good;
  good = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 && good;
  if (note->exec)
    return good;
  good = deny(filter, denied_programs, sizeof denied_programs / sizeof *denied_programs) && good;
  return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                          SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0 &&
         good;
}

void
sandbox_seccomp(const struct note *note, struct sandbox_facts *f)
{
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  bool good = filter && fill(filter, note);
  int err = filter ? seccomp_load(filter) : -ENOMEM;
  if (filter)
    seccomp_release(filter);
  if (err)
    sandbox_fact(f, "seccomp", "off: %s", strerrordesc_np(-err));
  else
    sandbox_fact(f, "seccomp", "%s", good ? "on" : "in part");
}

#else

void
sandbox_seccomp(const struct note *note, struct sandbox_facts *f)
{
  (void)note;
  sandbox_fact(f, "seccomp", "off: not in this build");
}

#endif
