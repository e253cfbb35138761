# SPDX-License-Identifier: Apache-2.0
"""Rules for the text of a file: the licence line and the why, blanks, tabs, width, marks of unfinished work, and the
words that have no place in the host."""
import re

from tree import Finding

SPDX = re.compile(r'^(//|#|/\*|\.\\"|<!--) ?SPDX-License-Identifier: Apache-2\.0\b')
WIDTH_CODE = 100  # of C; clang-format breaks lines there
WIDTH_C = 130  # with the comment behind or instead of the code, which clang-format leaves alone
WIDTH_OTHER = 160
# What was written by a program, or is data for tests, is as wide as it is.
DATA = ('.golden', '.json', '.jsonl', '.xml', '.csv', '.pem', '.txt', '.html', '.svg', '.http', '.in', '.out')
# Spelled apart, or this file would find itself.
UNFINISHED = re.compile(r'\b(' + '|'.join(('TO' 'DO', 'FIX' 'ME', 'X' 'XX', 'HA' 'CK')) + r')\b')

# The host does not know what it connects to. A word counts when no letter stands around it, so that ews_url and
# GraphClient are found while "paragraph" and "views" are not.
SERVER_WORDS = ('exchange', 'ews', 'graph', 'office', 'microsoft', 'mailbox(?:es)?', 'outlook', 'autodiscover', 'entra')
SERVER_WORD = re.compile(r'(?<![A-Za-z])(?i:(' + '|'.join(SERVER_WORDS) + r'))(?![a-z])')
# What these words mean in everybody's C and cryptography.
INNOCENT = re.compile(r'(?i)\w*atomic_(?:compare_)?exchange\w*|compare_exchange\w*|key[ -]exchange|out[ -]of[ -]office')


def check(tree):
    found = []
    for file in tree.files:
        found += licence_and_why(file)
        found += blanks(file)
        found += width(file)
        found += unfinished(file)
        if file.inside('core/'):
            found += server_words(file)
    return found


def licence_and_why(file):
    if not file.is_source:
        return
    first = 1 if file.text.startswith('#!') else 0
    if len(file.lines) <= first or not SPDX.match(file.lines[first]):
        yield Finding(file.path, first + 1, 'spdx', 'the licence line is not here: SPDX-License-Identifier: Apache-2.0')
        return
    if file.is_build:
        return
    after = next((line for line in file.lines[first + 1:] if line.strip(' #/*')), '')
    if not after.lstrip().startswith(('//', '/*', ' *', '#', '"""', "r'''", '*')) or after.startswith('#include'):
        yield Finding(file.path, first + 2, 'why', 'say in a paragraph why this file is there')


def blanks(file):
    for number, line in enumerate(file.lines if not file.path.endswith(DATA) else (), 1):
        if line.endswith('\r'):
            yield Finding(file.path, number, 'crlf', 'the line ends with a carriage return')
        elif line != line.rstrip():
            yield Finding(file.path, number, 'trailing-blank', 'blanks at the end of the line')
        if file.is_c and '\t' in line:
            yield Finding(file.path, number, 'tab', 'a tab in C')
    if file.text and file.is_source and not file.text.endswith('\n'):
        yield Finding(file.path, len(file.lines), 'last-newline', 'the last line does not end')


def width(file):
    if file.path.endswith(DATA) or file.path == 'LICENSE':
        return
    most = WIDTH_C if file.is_c else WIDTH_OTHER
    for number, line in enumerate(file.lines, 1):
        code = len(file.code[number - 1].rstrip()) if file.is_c else 0
        if code > WIDTH_CODE:
            yield Finding(file.path, number, 'width', f'{code} characters of code, at most {WIDTH_CODE}')
        elif len(line) > most and not (file.path.endswith('.md') and line.lstrip().startswith('|')):
            yield Finding(file.path, number, 'width', f'{len(line)} characters, at most {most}')


def unfinished(file):
    if file.path.endswith(DATA) or file.path == 'LICENSE':
        return
    for number, line in enumerate(file.lines, 1):
        mark = UNFINISHED.search(line)
        if mark:
            yield Finding(file.path, number, 'unfinished', f'{mark.group(1)}: finish it, or leave it out')


def server_words(file):
    for number, line in enumerate(file.lines, 1):
        word = SERVER_WORD.search(INNOCENT.sub(' ', line))
        if word:
            yield Finding(file.path, number, 'server-word',
                          f'"{word.group(1)}": the host knows no kind of server; the word belongs into a plugin or sdk/')
