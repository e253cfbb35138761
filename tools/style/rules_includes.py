# SPDX-License-Identifier: Apache-2.0
"""The direction of includes: the table of CONTRIBUTING.md.

A plugin never learns which host runs it, the host never learns what a connector is for. Quoted and angled includes are
read alike, and a path is looked for where the compiler would: beside the file, in the root, in include/.
"""
import posixpath
import re

from tree import Finding

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')

LIBC = set('''
aio.h alloca.h arpa/inet.h assert.h byteswap.h ctype.h dirent.h dlfcn.h elf.h endian.h err.h errno.h execinfo.h fcntl.h
features.h fenv.h float.h fnmatch.h ftw.h getopt.h glob.h grp.h iconv.h ifaddrs.h inttypes.h langinfo.h libgen.h limits.h
link.h locale.h malloc.h math.h mntent.h net/if.h netdb.h netinet/in.h netinet/ip.h netinet/tcp.h paths.h poll.h pthread.h
pty.h pwd.h regex.h resolv.h sched.h search.h semaphore.h setjmp.h signal.h spawn.h stdalign.h stdarg.h stdatomic.h
stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h strings.h syslog.h termios.h threads.h time.h uchar.h
ucontext.h unistd.h utime.h wchar.h wctype.h wordexp.h
'''.split())
LIBC_FOLDERS = ('sys/', 'linux/', 'asm/')
CJSON = 'cjson/'

# room -> (what of the tree it may include, what else: None is any library, a tuple is libc and these). The longest
# prefix of a path decides; what stands in no row (tests/, tools/) may include everything.
ROOMS = {
    'include/': (('include/tenon/',), ()),
    'core/': (('core/', 'include/tenon/'), None),
    'core/base/': (('core/base/',), ()),
    'core/model/': (('core/base/', 'core/model/', 'include/tenon/plugin.h'), ()),
    'core/dns/': (('core/base/', 'core/dns/', 'include/tenon/'), ('ares.h',)),
    'core/json/': (('core/base/', 'core/model/', 'core/json/', 'include/tenon/plugin.h'), (CJSON,)),
    'core/wizard/': (('core/base/', 'core/model/', 'core/json/', 'core/wizard/', 'include/tenon/plugin.h'), (CJSON,)),
    'plugins/': (('include/tenon/', 'sdk/kit/'), None),
    'sdk/kit/': (('include/tenon/', 'sdk/kit/'), None),
    'sdk/lab/': (('include/tenon/', 'sdk/kit/', 'sdk/lab/'), None),
    'sdk/check/': (('include/tenon/', 'sdk/kit/', 'sdk/check/'), None),
    'sdk/examples/': (('include/tenon/', 'sdk/kit/'), None),
    'sdk/template/': (('include/tenon/', 'sdk/kit/'), None),
}


def check(tree):
    found = []
    for file in tree.c_files():
        row = row_of(file.path)
        if row:
            found += of_file(tree, file, *row)
    return found


def row_of(path):
    prefix = max((room for room in ROOMS if path.startswith(room)), key=len, default=None)
    if prefix is None:
        return None
    ours, libraries = ROOMS[prefix]
    if prefix in ('plugins/', 'sdk/examples/'):  # each of these is alone with its own folder
        ours += ('/'.join(path.split('/')[:2 if prefix == 'plugins/' else 3]) + '/',)
    return ours, libraries


def of_file(tree, file, ours, libraries):
    for number, line in enumerate(file.lines, 1):
        include = INCLUDE.match(line)
        if not include:
            continue
        name = include.group(1)
        path = resolve(tree, file, name)
        if path and not path.startswith(ours):
            yield Finding(file.path, number, 'direction', f'{name}: this file may include only {", ".join(ours)}')
        elif not path and libraries is not None and not libc(name) and not name.startswith(libraries or ('\0',)):
            yield Finding(file.path, number, 'direction', f'{name}: this file may include no library but libc'
                          + ''.join(f', {lib.rstrip("/")}' for lib in libraries))


def resolve(tree, file, name):
    """The path in the tree, or None for a header of the system."""
    here = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), name))
    for path in (here, posixpath.normpath(name), posixpath.join('include', name)):
        if path in tree.paths:
            return path
    # Made by the build, or about to be written: the words say where it would lie.
    if name.startswith('.'):
        return here
    if name.startswith('tenon/'):
        return 'include/' + name
    return name if name.startswith(('core/', 'sdk/', 'plugins/')) else None


def libc(name):
    return name in LIBC or name.startswith(LIBC_FOLDERS)
