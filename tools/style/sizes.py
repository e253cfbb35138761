# SPDX-License-Identifier: Apache-2.0
"""Sizes: how long files and functions are, as a table, and as findings where one is too long.

A file over 600 lines is two ideas; a function over 100 lines is not read in a glance. The medians (files 200, functions 15)
are habits and so are only shown.
"""
import ast

import lexer
from tree import Finding

FILE_MOST = 600
FUNCTION_MOST = 100


def check(tree):
    for file in tree.files:
        if file.is_source and len(file.lines) > FILE_MOST:
            yield Finding(file.path, FILE_MOST, 'file-size', f'{len(file.lines)} lines, at most {FILE_MOST}')
        for function in functions(file):
            if function.length > FUNCTION_MOST:
                yield Finding(file.path, function.line, 'function-size',
                              f'{function.name} has {function.length} lines, at most {FUNCTION_MOST}')


def functions(file):
    if file.is_c:
        return list(lexer.functions(file.code))
    if file.path.endswith('.py'):
        return list(python_functions(file.text))
    return []


def python_functions(text):
    try:
        nodes = ast.walk(ast.parse(text))
    except SyntaxError:
        return
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield lexer.Function(node.name, node.lineno, node.end_lineno - node.lineno + 1)


def percentile(sorted_numbers, part):
    if not sorted_numbers:
        return 0
    return sorted_numbers[min(len(sorted_numbers) - 1, int(part * len(sorted_numbers)))]


def row(name, files):
    lines = sorted(len(f.lines) for f in files)
    lengths = sorted(fn.length for f in files for fn in functions(f))
    cells = [len(files), sum(lines), percentile(lines, .5), percentile(lines, .95), lines[-1]]
    cells += [len(lengths), percentile(lengths, .5), percentile(lengths, .9), lengths[-1] if lengths else 0]
    return f'{name:<26}' + ''.join(f'{cell:>8}' for cell in cells)


def table(tree):
    """One line a room, one for everything: C alone, because that is what the habits speak of."""
    rooms = {}
    for file in tree.c_files():
        rooms.setdefault(file.room, []).append(file)
    head = f'{"lines of C in":<26}' + ''.join(
        f'{cell:>8}' for cell in ('files', 'lines', 'median', '95th', 'most', 'funcs', 'median', '90th', 'most'))
    lines = [head] + [row(room, rooms[room]) for room in sorted(rooms)]
    everything = tree.c_files()
    if everything:
        lines.append(row('all', everything))
    return '\n'.join(lines)
