# SPDX-License-Identifier: Apache-2.0
"""Reads what the installed headers declare, so that no member can be forgotten in a list kept by hand.

The compiler's own preprocessor runs first: what is left is declarations, a small part of C, and anything outside that
part (an enum, a bit-field, a bool) is refused, for it has no place in an ABI anyway.
"""
import re
import subprocess
from typing import NamedTuple

MARKER = re.compile(r'^# \d+ "(.*?)"')
NAME_AT_END = re.compile(r'([A-Za-z_]\w*)\s*((?:\[[^\]]*\]\s*)*)$')
FUNCTION_POINTER = re.compile(r'^(.*?)\(\s*\*\s*(?:const\s+)?(\w+)\s*((?:\[[^\]]*\])*)\s*\)\s*(\(.*\))$')
CALLBACK = 'callback'
KNOWN_TYPES = re.compile(r'^(?:u?int(?:8|16|32|64)_t|size_t|char|void|(?:struct |union )?tenon_\w+)$')


class AbiError(Exception):
    """Something that does not belong into the ABI, or that this reader does not know."""


class Member(NamedTuple):
    name: str
    type: str


class Struct(NamedTuple):
    name: str  # as C says it: `tenon_text`, `struct tenon_call`
    members: list


class Declarations(NamedTuple):
    structs: list
    callbacks: dict  # "tenon_sink.begin" or "tenon_entry_1" -> type as text
    codes: dict  # "TENON_E_AUTH" -> "(-2)"


def run(command, text):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AbiError(f'{" ".join(command)}: {done.stderr.strip()}')
    return done.stdout


def read(cc, include, headers):
    """Everything that `headers` (names under `include`, "tenon/plugin.h") declare."""
    source = ''.join(f'#include <{header}>\n' for header in headers)
    command = [*cc, '-std=c17', '-I', str(include), '-E', '-x', 'c', '-']
    structs, callbacks = [], {}
    for declaration in split(own_text(run(command, source), str(include)), ';'):
        one(declaration, structs, callbacks)
    return Declarations(structs, callbacks, codes(run([*command[:-1], '-dM', '-'], source)))


def own_text(preprocessed, include):
    """The text that came from the headers themselves, in one line."""
    kept, ours = [], False
    for line in preprocessed.split('\n'):
        marker = MARKER.match(line)
        if marker:
            ours = marker.group(1).startswith(include.rstrip('/') + '/')
        elif ours:
            kept.append(line)
    text = ' '.join(' '.join(kept).split())
    return without_attributes(text.replace('__extension__ ', ''))


def without_attributes(text):
    while '__attribute__' in text:
        start = text.index('__attribute__')
        end = closing(text, text.index('(', start))
        text = text[:start] + text[end + 1:]
    return text


def closing(text, start):
    """Index of the bracket that closes the one at start."""
    depth = 0
    for index in range(start, len(text)):
        depth += {'(': 1, '{': 1, '[': 1, ')': -1, '}': -1, ']': -1}.get(text[index], 0)
        if depth == 0:
            return index
    raise AbiError(f'no closing bracket: {text[start:start + 60]}')


def split(text, mark):
    """The pieces between marks that stand in no bracket; what is empty is left out."""
    pieces, depth, start = [], 0, 0
    for index, char in enumerate(text + mark):
        depth += {'(': 1, '{': 1, '[': 1, ')': -1, '}': -1, ']': -1}.get(char, 0)
        if char == mark and depth == 0:
            pieces.append(text[start:index].strip())
            start = index + 1
    return [piece for piece in pieces if piece]


def one(declaration, structs, callbacks):
    """Sorts one declaration of the outermost level in."""
    if re.match(r'(typedef )?enum\b', declaration):
        raise AbiError(f'an enum crosses no ABI, its size is the compiler\'s: {declaration[:60]}')
    body = re.match(r'(typedef )?((?:struct|union) ?(\w*)) ?\{', declaration)
    if body:
        end = closing(declaration, body.end() - 1)
        name = declaration[end + 1:].strip() if body.group(1) else body.group(2)
        if '{' in declaration[end + 1:] or not name:
            raise AbiError(f'not understood: {declaration[:60]}')
        structs.append(Struct(name, members(declaration[body.end():end], name, '', callbacks)))
    elif re.fullmatch(r'(typedef )?(struct|union) \w+( \w+)?', declaration):
        return  # a name for something the other side defines
    elif declaration.startswith('typedef '):
        alias(declaration[len('typedef '):], callbacks)
    elif '(' in declaration and '{' not in declaration:
        function(declaration, callbacks)
    else:
        raise AbiError(f'not understood: {declaration[:60]}')


def alias(text, callbacks):
    pointer = FUNCTION_POINTER.match(text)
    if pointer:
        callbacks[pointer.group(2)] = normal(f'{pointer.group(1)}(*){pointer.group(4)}')
        return
    name = NAME_AT_END.search(text).group(1)
    callbacks[name] = normal(text[:text.rindex(name)])


def function(text, callbacks):
    head, arguments = text[:text.index('(')], text[text.index('('):]
    name = NAME_AT_END.search(head).group(1)
    callbacks[name] = normal(f'{head[:head.rindex(name)]}{arguments}'.replace('extern ', ''))


def members(body, struct, prefix, callbacks):
    found = []
    for text in split(body, ';'):
        pointer = FUNCTION_POINTER.match(text)
        if '{' in text:
            found += nested(text, struct, prefix, callbacks)
        elif pointer:
            name = prefix + pointer.group(2)
            callbacks[f'{struct.split()[-1]}.{name}'] = normal(f'{pointer.group(1)}(*){pointer.group(4)}')
            found.append(Member(name, CALLBACK + pointer.group(3)))
        else:
            found += plain(text, prefix)
    return found


def nested(text, struct, prefix, callbacks):
    start = text.index('{')
    end = closing(text, start)
    name = text[end + 1:].strip()
    if name and not re.fullmatch(r'\w+', name):
        raise AbiError(f'an array of unnamed structs: {text[:60]}')
    return members(text[start + 1:end], struct, f'{prefix}{name}.' if name else prefix, callbacks)


def plain(text, prefix):
    """`const char *subject, *issuer` is two members."""
    if ':' in text:
        raise AbiError(f'a bit-field crosses no ABI, its place is the compiler\'s: {text}')
    first, *rest = split(text, ',')
    at = NAME_AT_END.search(first)
    if not at:
        raise AbiError(f'not understood: {text}')
    stars = re.search(r'[\s*]*(?:\*\s*const\s*)?$', first[:at.start()]).start()
    base = first[:stars]
    if not KNOWN_TYPES.match(re.sub(r'\b(const|volatile)\b', '', base).replace('*', ' ').strip()):
        raise AbiError(f'{base!r} is no type of fixed size: {text}')
    found = [Member(prefix + at.group(1), normal(first[:at.start()] + at.group(2)))]
    for other in rest:
        at = NAME_AT_END.search(other)
        found.append(Member(prefix + at.group(1), normal(f'{base} {other[:at.start()]}{at.group(2)}')))
    return found


def normal(text):
    """One spelling: no names of arguments would be better still, but a renamed argument is worth a look too."""
    text = re.sub(r'\s*([(),*\[\]])\s*', r'\1', ' '.join(text.split()))
    return re.sub(r'(\w)\*', r'\1 *', text.replace(',', ', ')).strip()


def codes(macros):
    """Object-like macros of ours that stand for a value. Guards stand for none, limits have docs/limits.md, and the minor
    number is there to grow."""
    found = {}
    for line in macros.split('\n'):
        macro = re.match(r'#define (TENON_\w+) (\S.*)$', line)
        if macro and not re.search(r'_(?:MAX|BYTES|MINOR)$', macro.group(1)) and '__attribute__' not in line:
            found[macro.group(1)] = ' '.join(macro.group(2).split())
    return dict(sorted(found.items()))
