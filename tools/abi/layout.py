# SPDX-License-Identifier: Apache-2.0
"""Asks the compiler where each member lies: a C program is made of what the headers declare, built and run."""
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    name: str
    offset: int
    size: int
    type: str


class Layout(NamedTuple):
    size: int
    align: int
    members: list

    @property
    def growable(self):
        return bool(self.members) and self.members[0].name == 'size'

    @property
    def end(self):
        return max((m.offset + m.size for m in self.members), default=0)


def program(headers, structs):
    lines = [f'#include <{header}>' for header in headers]
    lines += ['#include <stddef.h>', '#include <stdio.h>', 'int main(void)', '{']
    for struct in structs:
        lines.append(f'  printf("%zu %zu\\n", sizeof({struct.name}), _Alignof({struct.name}));')
        for member in struct.members:
            lines.append(f'  printf("%zu %zu\\n", offsetof({struct.name}, {member.name}), '
                         f'sizeof((({struct.name} *)0)->{member.name}));')
    return '\n'.join(lines + ['  return 0;', '}', ''])


def measure(cc, include, headers, structs):
    """name -> Layout; raises CalledProcessError when the program does not compile."""
    with tempfile.TemporaryDirectory() as folder:
        binary = str(Path(folder, 'layout'))
        subprocess.run([*cc, '-std=c17', '-I', str(include), '-x', 'c', '-', '-o', binary], check=True, text=True,
                       input=program(headers, structs))
        out = subprocess.run([binary], check=True, capture_output=True, text=True).stdout
    numbers = [tuple(map(int, line.split())) for line in out.splitlines()]
    found = {}
    for struct in structs:
        size, align = numbers.pop(0)
        found[struct.name.split()[-1]] = Layout(size, align, [Place(m.name, *numbers.pop(0), m.type)
                                                              for m in struct.members])
    return found


def machine(cc):
    """`x86_64`: whose layout this is."""
    out = subprocess.run([*cc, '-dumpmachine'], check=True, capture_output=True, text=True).stdout
    return out.split('-')[0]
