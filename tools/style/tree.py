# SPDX-License-Identifier: Apache-2.0
"""What is checked: the files of the tree, and what a finding about one looks like.

The list is git's (tracked, and untracked but not ignored), so that a build directory is never read. Where there is no
git, as in an unpacked release, it is a walk that leaves out what .gitignore does.
"""
import os
import subprocess
from functools import cached_property
from typing import NamedTuple

import lexer

C_NAMES = ('.c', '.h')
SCRIPT_NAMES = ('.py', '.sh', '.bash')


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    text: str

    def __str__(self):
        return f'{self.path}:{self.line}: {self.rule}: {self.text}'


class File:
    """One text file; what the rules need of it is made once."""

    def __init__(self, path, text):
        self.path, self.text = path, text

    @cached_property
    def lines(self):
        return self.text.split('\n')[:-1] if self.text.endswith('\n') else self.text.split('\n')

    @cached_property
    def code(self):
        """C without comments and the insides of strings, line for line."""
        return lexer.blank(self.text).split('\n')

    @property
    def is_c(self):
        return self.path.endswith(C_NAMES)

    @property
    def is_script(self):
        return self.path.endswith(SCRIPT_NAMES) or self.text.startswith('#!')

    @property
    def is_build(self):
        return os.path.basename(self.path) in ('meson.build', 'meson_options.txt')

    @property
    def is_source(self):
        return self.is_c or self.is_script or self.is_build

    @property
    def room(self):
        """`core/wire`, `sdk/kit`, `plugins/exchange-onprem`, `include`, `tools`: where the size table counts it."""
        parts = self.path.split('/')[:-1]
        deep = parts and parts[0] in ('core', 'sdk', 'plugins', 'tests')
        return '/'.join(parts[:2 if deep else 1]) or '.'

    def inside(self, *prefixes):
        return self.path.startswith(prefixes)


def read(root, path):
    """A File, or None for what is no text: a recording, a picture, a link that leads nowhere."""
    try:
        data = (root / path).read_bytes()
        return None if b'\0' in data else File(path, data.decode('utf-8'))
    except (OSError, UnicodeDecodeError):
        return None


def listed_by_git(root):
    run = subprocess.run(
        ['git', '-c', f'safe.directory={root}', '-C', str(root), 'ls-files', '-z', '--cached', '--others',
         '--exclude-standard'], capture_output=True, check=True)
    return {os.fsdecode(name) for name in run.stdout.split(b'\0') if name}


def walked(root):
    for folder, below, names in os.walk(root):
        below[:] = [d for d in below if d not in ('.git', '.cache', '__pycache__') and not d.startswith('build')]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root)


class Tree:
    def __init__(self, root):
        self.root = root.resolve()
        try:
            paths = listed_by_git(self.root)
        except (OSError, subprocess.CalledProcessError):
            paths = set(walked(self.root))
        read_files = (read(self.root, path) for path in sorted(paths))
        self.files = [f for f in read_files if f]
        self.paths = {f.path for f in self.files}

    def c_files(self):
        return [f for f in self.files if f.is_c]
