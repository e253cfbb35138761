# SPDX-License-Identifier: Apache-2.0
"""Every limit that a header names has a row in docs/limits.md with the same value, and every row has its header.

A limit is a constant whose name ends in _MAX, _MIN, _LIMIT, _BYTES, _MS, _NS or _SECONDS, or holds _MAX_ or _MIN_,
as a macro or an enumerator, in a header of core/, sdk/, plugins/ or include/. `style --limits` prints the rows to fill in.
"""
import re

from tree import Finding

PAGE = 'docs/limits.md'
NAME = r'([A-Z][A-Z0-9_]*_(?:MAX|MIN|LIMIT|BYTES|MS|NS|SECONDS)|[A-Z][A-Z0-9_]*_(?:MAX|MIN)_[A-Z0-9_]+)'
MACRO = re.compile(rf'^\s*#\s*define\s+{NAME}\s+(\S.*)$')
ENUMERATOR = re.compile(rf'(?:^|[{{,])\s*{NAME}\s*=\s*([^,}}]+)')
ROW = re.compile(r'^\|[^|]*\|\s*`?([A-Z][A-Z0-9_]+)`?\s*\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|?$')
# What a compiler or the C library has already named, given a fallback.
FOREIGN = re.compile(r'^(?:U?INT\w*|SIZE|SSIZE|PATH|NAME|HOST_NAME|CURL|LANDLOCK|SECCOMP|GSS)_')


def limits(tree):
    """(file, line, name, value) of each limit; the value is the text, without comment and outer parentheses."""
    for file in tree.c_files():
        if not file.path.endswith('.h') or not file.inside('core/', 'sdk/', 'plugins/', 'include/'):
            continue
        for number, line in logical_lines(file.code):
            macro = MACRO.match(line)
            pairs = [macro.groups()] if macro else [] if line.lstrip().startswith('#') else ENUMERATOR.findall(line)
            for name, value in pairs:
                if not FOREIGN.match(name) and '_PER_' not in name:
                    yield file, number, name, plain(value)


def logical_lines(code):
    """(number, line), a line that ends in a backslash together with the next."""
    start, held = 1, ''
    for number, line in enumerate(code, 1):
        if line.rstrip().endswith('\\'):
            held += line.rstrip()[:-1] + ' '
        else:
            yield start, held + line
            start, held = number + 1, ''


def plain(value):
    """`((size_t)64 * 1024u)` and `(64 * 1024)` are the same limit: `64 * 1024`."""
    value = re.sub(r'\(\s*(?:u?int\d+_t|size_t|ssize_t|unsigned|int|long|time_t)\s*\)', '', value)
    value = re.sub(r'\bU?INT\d+_C\s*\(\s*(\w+)\s*\)', r'\1', value)
    value = re.sub(r'\b(\d[\dA-Fa-fx\']*?)[uUlL]+\b', r'\1', value)
    value = ' '.join(value.split())
    while value.startswith('(') and value.endswith(')') and '(' not in value[1:-1]:
        value = value[1:-1].strip()
    return value


def rows(tree):
    """name -> (line, value, what happens beyond) of the table."""
    page = next((f for f in tree.files if f.path == PAGE), None)
    found = {}
    for number, line in enumerate(page.lines if page else [], 1):
        row = ROW.match(line)
        if row:
            found[row.group(1)] = number, row.group(2).strip('` '), row.group(3)
    return found


def missing_rows(tree):
    have = rows(tree)
    for file, _, name, value in limits(tree):
        if name not in have:
            yield f'| {file.room} | `{name}` | `{value}` | |'


def check(tree):
    table = rows(tree)
    named = set()
    for file, number, name, value in limits(tree):
        named.add(name)
        if name not in table:
            yield Finding(file.path, number, 'limit', f'{name} has no row in {PAGE} (`./dev style --limits` prints it)')
        elif table[name][1] != value:
            yield Finding(PAGE, table[name][0], 'limit', f'{name} is `{value}` in {file.path}, not `{table[name][1]}`')
    for name, (number, _, beyond) in table.items():
        if name not in named:
            yield Finding(PAGE, number, 'limit', f'no header names {name}')
        elif not beyond:
            yield Finding(PAGE, number, 'limit', f'{name}: say what happens beyond')
