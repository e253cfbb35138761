#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each installed header stands alone: first and only include of a file, as C11, C17, C23 and C++17, without a warning,
and brings nothing along but stdint.h, stddef.h and names that start with tenon.

Usage: headers_alone.py INCLUDE_DIR COMPILER... (those that are not installed are left out, but one must be)
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

STRICT = ['-Wall', '-Wextra', '-Wpedantic', '-Wstrict-prototypes', '-Wundef', '-Werror']
STRICT_CXX = ['-Wall', '-Wextra', '-Wpedantic', '-Wundef', '-Werror']
LANGUAGES = {'c': ('c11', 'c17', 'c2x'), 'c++': ('c++17',)}
MAY_BRING = ('stddef.h', 'stdint.h')
NAME = re.compile(r'^#define (\w+)', re.M)


def compile_with(compiler, language, standard, text, include, *flags):
    strict = STRICT if language == 'c' else STRICT_CXX
    return subprocess.run([compiler, f'-std={standard}', '-x', language, *strict, '-I', include, *flags, '-'],
                          input=text, capture_output=True, text=True, check=False)


def alone(compiler, language, header, include):
    """Twice in one file, because guards are part of it."""
    text = f'#include <{header}>\n#include <{header}>\nint tenon_use_;\n'
    for standard in LANGUAGES[language]:
        run = compile_with(compiler, language, standard, text, include, '-fsyntax-only')
        if run.returncode:
            yield f'{compiler} -std={standard}: {header} does not stand alone:\n{run.stderr}'


def macros(compiler, text, include):
    return set(NAME.findall(compile_with(compiler, 'c', 'c17', text, include, '-E', '-dM').stdout))


def pollution(compiler, header, include):
    allowed = macros(compiler, ''.join(f'#include <{name}>\n' for name in MAY_BRING), include)
    for name in sorted(macros(compiler, f'#include <{header}>\n', include) - allowed):
        if not name.startswith('TENON_'):
            yield f'{header} brings the macro {name} along'
    for name in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)', Path(include, header).read_text('utf-8'), re.M):
        ours = name.startswith('tenon/') or Path(include, header).with_name(name).exists()
        if name not in MAY_BRING and not ours:
            yield f'{header} includes {name}'


def main(include, compilers):
    headers = sorted(f'tenon/{path.name}' for path in Path(include, 'tenon').glob('*.h'))
    faults, seen = [], 0
    for compiler in filter(shutil.which, compilers):
        language = 'c++' if '++' in Path(compiler).name else 'c'
        for header in headers:
            faults += alone(compiler, language, header, include)
            if language == 'c':
                faults += pollution(compiler, header, include)
            seen += 1
    print('\n'.join(faults), end='\n' if faults else '')
    print(f'{len(faults)} faults in {len(headers)} headers, {seen} pairs of header and compiler')
    return 1 if faults or not seen else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]))
