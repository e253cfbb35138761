# SPDX-License-Identifier: Apache-2.0
"""Calls that nobody makes here, each with what to call instead.

Names are looked for in code, not in comments or strings, and members (`table->system(...)`) are not meant.
"""
import re

from tree import Finding

ANYWHERE = {
    'sprintf': 'snprintf', 'vsprintf': 'vsnprintf', 'strcpy': 'snprintf, or memcpy with a length',
    'stpcpy': 'memcpy with a length', 'strcat': 'a buffer that knows its size', 'strncat': 'a buffer that knows its size',
    'strncpy': 'snprintf, or memcpy with a length', 'gets': 'getline with a limit', 'scanf': 'a parser that sees errors',
    'fscanf': 'a parser that sees errors', 'strtok': 'strtok_r or strcspn', 'atoi': 'strtol with its errors',
    'atol': 'strtol with its errors', 'atoll': 'strtoll with its errors', 'atof': 'strtod with its errors',
    'tmpnam': 'mkstemp or O_TMPFILE', 'tempnam': 'mkstemp or O_TMPFILE',
    'mktemp': 'mkstemp', 'alloca': 'malloc', 'rand': 'getrandom', 'srand': 'getrandom', 'asctime': 'strftime',
    'ctime': 'strftime', 'localtime': 'localtime_r', 'gmtime': 'gmtime_r', 'gethostbyname': 'getaddrinfo',
    'inet_ntoa': 'inet_ntop', 'inet_addr': 'inet_pton', 'vfork': 'posix_spawn',
}

# A test may hand the shell words of its own.
IN_A_PRODUCT = {'system': 'posix_spawn', 'popen': 'posix_spawn'}

# What changes the process belongs to whoever owns the process, and that is never a plugin.
IN_A_PLUGIN = {name: 'the process is the host\'s; a plugin leaves it as it is' for name in '''
setenv putenv unsetenv clearenv setlocale signal sigaction fork exit _exit _Exit quick_exit abort atexit dlopen dlclose
chdir umask setuid setgid setrlimit daemon curl_global_init curl_global_cleanup xmlCleanupParser xmlCleanupThreads
cJSON_InitHooks
'''.split()}

SILENT = {name: 'nothing but core/cli prints; hand the words up' for name in
          'printf vprintf puts putchar perror warn warnx vwarn vwarnx err errx psignal'.split()}
STREAM = re.compile(r'(?<![\w.>])(stdout|stderr)\b(?!\s*[:;]?\s*//\s*member)|\bdprintf\s*\(\s*(?:[12]|STD\w+_FILENO)\b')
MEMBER = re.compile(r'\b(?:int|FILE|const|char|size_t)\s*\**\s*(?:stdout|stderr)\b')

SILENT_ROOMS = ('core/', 'sdk/kit/', 'plugins/')
LOUD_ROOMS = ('core/cli/',)


def banned(names):
    return re.compile(r'(?<![\w.>])(' + '|'.join(sorted(names, key=len, reverse=True)) + r')\s*\(')


def check(tree):
    tables = [(ANYWHERE, banned(ANYWHERE), lambda f: True),
              (IN_A_PRODUCT, banned(IN_A_PRODUCT), lambda f: not f.inside('tests/')),
              (IN_A_PLUGIN, banned(IN_A_PLUGIN), lambda f: f.inside('plugins/', 'sdk/kit/', 'sdk/examples/')),
              (SILENT, banned(SILENT), is_silent)]
    found = []
    for file in tree.c_files():
        for names, pattern, concerns in tables:
            if concerns(file):
                found += calls(file, names, pattern)
        if is_silent(file):
            found += streams(file)
    return found


def is_silent(file):
    return file.inside(*SILENT_ROOMS) and not file.inside(*LOUD_ROOMS)


def calls(file, names, pattern):
    for number, line in enumerate(file.code, 1):
        for name in pattern.findall(line):
            yield Finding(file.path, number, 'banned-call', f'{name}: {names[name]}')


def streams(file):
    for number, line in enumerate(file.code, 1):
        if STREAM.search(line) and not MEMBER.search(line):
            yield Finding(file.path, number, 'prints', 'nothing but core/cli prints; hand the words up')
