# SPDX-License-Identifier: Apache-2.0
"""Just enough of C to look at code and not at prose: comments and literals blanked out, functions found.

The functions are found by their braces in column 0, which clang-format guarantees and every file is held to.
"""
import re
from typing import NamedTuple

# The order matters: a quote inside a comment opens nothing, a slash inside a string neither.
TOKEN = re.compile(r'//(?:\\\n|[^\n])*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
NAME = re.compile(r'([A-Za-z_]\w*)\s*\(')


def blank(text):
    """The text with comments and the insides of literals as spaces; newlines, and so line numbers, stay."""

    def spaces(match):
        token = match.group()
        if token[0] == '/':
            return re.sub(r'[^\n]', ' ', token)
        return token[0] + re.sub(r'[^\n]', ' ', token[1:-1]) + token[-1]

    return TOKEN.sub(spaces, text)


class Function(NamedTuple):
    name: str
    line: int
    length: int


def functions(code):
    """Functions of blanked C lines; length counts from the opening to the closing brace."""
    opened = None
    for number, line in enumerate(code, 1):
        if line.startswith('{') and opened is None:
            opened = number
        elif line.startswith('}') and opened is not None:
            yield Function(name_before(code, opened), opened, number - opened + 1)
            opened = None


def name_before(code, brace):
    """The word before the first parenthesis of the declaration that ends above the brace."""
    start = brace - 2
    while start > 0 and code[start - 1].strip() and not code[start - 1].rstrip().endswith((';', '}')):
        start -= 1
    head = ' '.join(line for line in code[start:brace - 1] if not line.startswith('#'))
    names = [n for n in NAME.findall(head) if n not in ('__attribute__', 'START_TEST', 'START_LOOP_TEST')]
    test = re.search(r'START_(?:LOOP_)?TEST\s*\(\s*(\w+)', head)
    return test.group(1) if test else names[0] if names else '?'
