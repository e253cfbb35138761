# SPDX-License-Identifier: Apache-2.0
"""The layout of C, which clang-format decides.

Each major version formats a little differently, so only the one that the tree was formatted with may judge; elsewhere
this check says that it did not run.
"""
import re
import shutil
import subprocess

from tree import Finding

MAJOR = 14
MESSAGE = re.compile(r'^(.*?):(\d+):\d+: (?:error|warning): (.*?)(?: \[-Wclang-format-violations\])?$', re.M)
BATCH = 50


def formatter():
    for name in (f'clang-format-{MAJOR}', 'clang-format'):
        program = shutil.which(name)
        if program:
            version = subprocess.run([program, '--version'], capture_output=True, text=True, check=False).stdout
            found = re.search(r'version (\d+)', version)
            if found and int(found.group(1)) == MAJOR:
                return program
    return None


def check(tree):
    """(findings, one line that says what was done)"""
    program = formatter()
    if not program:
        return [], f'not checked, version {MAJOR} is not here'
    paths = [f.path for f in tree.c_files()]
    found = {}
    for start in range(0, len(paths), BATCH):
        run = subprocess.run([program, '--dry-run', '-Werror', *paths[start:start + BATCH]], cwd=tree.root,
                             capture_output=True, text=True, check=False)
        for path, line, _ in MESSAGE.findall(run.stderr):
            found.setdefault(path, int(line))  # the first of each file: the remedy mends them all
    findings = [Finding(path, line, 'layout', f'clang-format would change it: clang-format -i {path}')
                for path, line in found.items()]
    return findings, f'version {MAJOR}'
