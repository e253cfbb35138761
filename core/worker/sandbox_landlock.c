// SPDX-License-Identifier: Apache-2.0
/* Landlock: the files that a connector has a reason to read, and none to write. Rules are about what a path leads to
 * now, so that /etc/resolv.conf brings its target in /run with it. By raw system calls: the headers here are older than
 * the kernels that this runs on. */
#include "core/worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "core/model/answer.h"

#define ACCESS_TRUNCATE     (1ULL << 14) /* since 3 */
#define ACCESS_IOCTL_DEV    (1ULL << 15) /* since 5 */
#define SCOPE_ABSTRACT_UNIX (1ULL << 0)  /* since 6 */
#define SCOPE_SIGNAL        (1ULL << 1)

#define ACCESS_FILE                                                                                \
  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |     \
   ACCESS_TRUNCATE)
#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_RUN  (ACCESS_READ | LANDLOCK_ACCESS_FS_EXECUTE)
#define ACCESS_EDIT (ACCESS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE)

#define CACHE_PATH_MAX 128u

struct ruleset_attr { /* of ABI 6; older kernels are told a smaller size */
  uint64_t access_fs, access_net, scoped;
};

struct rules {
  int fd;
  uint64_t handled;
};

static const char *const readable[] = {
    "/usr", "/lib", "/lib64", "/lib32", "/opt/lib",
    /* the loader, locale, time zones */
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
    "/etc/locale.conf",
    /* names */
    "/etc/resolv.conf", "/run/systemd/resolve", "/etc/hosts", "/etc/host.conf",
    "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/networks",
    "/etc/passwd", "/etc/group",
    /* trust */
    "/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/crypto-policies", "/etc/gnutls",
    "/var/lib/ca-certificates",
    /* what libraries ask the kernel */
    "/proc/self", "/proc/sys", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
    "/dev/urandom", "/dev/random", "/dev/zero"};

static const char *const readable_krb5[] = {
    "/etc/krb5.conf",   "/etc/krb5.conf.d",     "/etc/gss",
    "/etc/krb5.keytab", "/var/lib/sss/pubconf", "/etc/ntlm_user"};

static const char *const readable_by_name[] = {"SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE",
                                               "OPENSSL_CONF"};
static const char *const krb5_by_name[] = {"KRB5_CONFIG", "KRB5_KTNAME", "KRB5_CLIENT_KTNAME"};

static void
allow_file(const struct rules *r, int fd, uint64_t access)
{
  struct landlock_path_beneath_attr attr = {.allowed_access = access & r->handled, .parent_fd = fd};
  (void)syscall(SYS_landlock_add_rule, r->fd, LANDLOCK_RULE_PATH_BENEATH, &attr, 0);
}

/* What is not there is not needed. */
static void
allow(const struct rules *r, const char *path, uint64_t access)
{
  struct stat st;
  CLEANUP_CLOSE int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st) != 0)
    return;
  if (!S_ISDIR(st.st_mode))
    access &= ACCESS_FILE;
  allow_file(r, fd, access);
}

/* A variable that names a file, or "FILE:" and a file, or several with colons. */
static void
allow_variable(const struct rules *r, const char *name, uint64_t access)
{
  const char *value = secure_getenv(name);
  CLEANUP_FREE char *copy = value ? strdup(value) : NULL;
  char *state = NULL;
  for (char *p = copy ? strtok_r(copy, ":", &state) : NULL; p; p = strtok_r(NULL, ":", &state))
    if (p[0] == '/')
      allow(r, p, access);
}

static void
allow_krb5(const struct rules *r)
{
  char cache[CACHE_PATH_MAX];
  for (size_t i = 0; i < sizeof readable_krb5 / sizeof *readable_krb5; i++)
    allow(r, readable_krb5[i], ACCESS_READ);
  for (size_t i = 0; i < sizeof krb5_by_name / sizeof *krb5_by_name; i++)
    allow_variable(r, krb5_by_name[i], ACCESS_READ);
  /* the ticket cache: a service ticket that was fetched is added to it */
  allow_variable(r, "KRB5CCNAME", ACCESS_EDIT);
  (void)snprintf(cache, sizeof cache, "/tmp/krb5cc_%u", (unsigned)getuid());
  allow(r, cache, ACCESS_EDIT);
}

/* ---- paths that somebody has answered -------------------------------------------------------------------------- */

/* The first bytes of a keytab are 5 and 1 or 2, of a ticket cache 5 and 3 or 4 (MIT krb5, "File formats"). */
static const char *
allow_answered_file(const struct rules *r, const char *path)
{
  unsigned char begins[2] = {0};
  struct stat st;
  CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 || fstat(fd, &st) != 0)
    return strerrordesc_np(errno);
  if (!S_ISREG(st.st_mode))
    return "it is no regular file";
  if (read(fd, begins, sizeof begins) != sizeof begins || begins[0] != 5 || begins[1] < 1 ||
      begins[1] > 4)
    return "it is neither a ticket cache nor a keytab";
  allow_file(r, fd, (begins[1] < 3 ? ACCESS_READ : ACCESS_EDIT) & ACCESS_FILE);
  return NULL;
}

/* Tickets are files in it that come and go, and a file `primary` names one of them (MIT krb5, "File formats"). Without that
 * it may be anything: a home directory is its owner's alone too. */
static const char *
allow_answered_directory(const struct rules *r, const char *path)
{
  struct stat st;
  CLEANUP_CLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st) != 0)
    return strerrordesc_np(errno);
  if (st.st_uid != getuid() || (st.st_mode & (S_IRWXG | S_IRWXO)))
    return "it is not a directory of yours alone";
  if (fstatat(fd, "primary", &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
    return "it holds no collection of tickets (a file named primary)";
  allow_file(r, fd, ACCESS_EDIT | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE);
  return NULL;
}

static void
allow_answered(const struct rules *r, struct sandbox_path *answered)
{
  const char *path = answer_path(answered->text);
  bool directory = strncmp(answered->text, "DIR:/", 5) == 0;
  if (!path)
    answered->why = "it does not start with /";
  else if (*path)
    answered->why = directory ? allow_answered_directory(r, path) : allow_answered_file(r, path);
}

static void
allow_all(const struct rules *r, const struct module_file *plugin)
{
  for (size_t i = 0; i < sizeof readable / sizeof *readable; i++)
    allow(r, readable[i], ACCESS_READ);
  for (size_t i = 0; i < sizeof readable_by_name / sizeof *readable_by_name; i++)
    allow_variable(r, readable_by_name[i], ACCESS_READ);
  allow(r, "/dev/null", ACCESS_EDIT);
  allow_file(r, plugin->fd, LANDLOCK_ACCESS_FS_READ_FILE);
  if (plugin->note.krb5)
    allow_krb5(r);
  if (plugin->note.exec) {
    static const char *const loaders[] = {"/usr/lib", "/usr/lib64", "/lib", "/lib64"};
    allow(r, plugin->note.exec, ACCESS_RUN);
    for (size_t i = 0; i < sizeof loaders / sizeof *loaders; i++)
      allow(r, loaders[i], ACCESS_RUN);
  }
}

static uint64_t
handled_by(long version)
{
  uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  all |= version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
  all |= version >= 3 ? ACCESS_TRUNCATE : 0;
  return all | (version >= 5 ? ACCESS_IOCTL_DEV : 0);
}

void
sandbox_landlock(const struct module_file *plugin, struct sandbox_path *paths, size_t n_paths,
                 struct sandbox_facts *f)
{
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) {
    sandbox_fact(f, "landlock", "off: %s", strerrordesc_np(errno));
    return;
  }
  struct ruleset_attr attr = {.access_fs = handled_by(version),
                              .scoped = version >= 6 ? SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL : 0};
  size_t size = version >= 6   ? sizeof attr
                : version >= 4 ? offsetof(struct ruleset_attr, scoped)
                               : sizeof attr.access_fs;
  CLEANUP_CLOSE int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
  const struct rules rules = {fd, attr.access_fs};
  if (fd >= 0)
    allow_all(&rules, plugin);
  for (size_t i = 0; fd >= 0 && plugin->note.krb5 && i < n_paths; i++)
    allow_answered(&rules, &paths[i]);
  if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0) != 0)
    sandbox_fact(f, "landlock", "off: %s", strerrordesc_np(errno));
  else
    sandbox_fact(f, "landlock", "%ld", version);
}
