# SPDX-License-Identifier: Apache-2.0
"""The golden files and what may change in them.

A plugin compiled years ago was built from one of these files. A growable struct (its first member is `size`) may get
members at its end; codes and callbacks may be added; everything else breaks that plugin. Even an addition fails here,
until the golden file is brought up to date on purpose.
"""
from layout import Layout, Place

HEAD = '# SPDX-License-Identifier: Apache-2.0\n# {}\n# Written by tools/abi-layout --update; never edited by hand.\n'


def layout_text(structs):
    lines = [HEAD.format('Every struct: size and alignment; every member: offset, size, type.')]
    for name, struct in structs.items():
        lines.append(f'\nstruct {name} {struct.size} {struct.align}\n')
        lines += [f'  {m.name} {m.offset} {m.size} {m.type}\n' for m in struct.members]
    return ''.join(lines)


def layout_of(text):
    structs = {}
    for line in text.splitlines():
        words = line.split(None, 3)
        if line.startswith('struct '):
            members = []
            structs[words[1]] = Layout(int(words[2]), int(words[3]), members)
        elif line.startswith('  '):
            members.append(Place(words[0], int(words[1]), int(words[2]), words[3]))
    return structs


def list_text(title, entries):
    return HEAD.format(title) + ''.join(f'{name}: {value}\n' for name, value in entries.items())


def list_of(text):
    return dict(line.split(': ', 1) for line in text.splitlines() if line and not line.startswith('#'))


def compare_lists(what, old, new):
    """(breaks, additions) as sentences."""
    breaks = [f'{what} {name} is gone; it was {value}' for name, value in old.items() if name not in new]
    breaks += [f'{what} {name} was {old[name]}, now {value}' for name, value in new.items()
               if name in old and old[name] != value]
    return breaks, [f'{what} {name} is new' for name in new if name not in old]


def compare_layouts(old, new):
    breaks = [f'struct {name} is gone' for name in old if name not in new]
    additions = [f'struct {name} is new' for name in new if name not in old]
    for name, struct in old.items():
        if name in new:
            found = compare_structs(name, struct, new[name])
            breaks += found[0]
            additions += found[1]
    return breaks, additions


def compare_structs(name, old, new):
    breaks = []
    for number, before in enumerate(old.members):
        after = new.members[number] if number < len(new.members) else None
        if after != before:
            now = f'{after.name} at {after.offset}, {after.size} bytes, {after.type}' if after else 'nothing'
            breaks.append(f'struct {name}: member {number} was {before.name} at {before.offset}, {before.size} bytes, '
                          f'{before.type}; now it is {now}')
            return breaks, []
    if new.align != old.align:
        breaks.append(f'struct {name}: alignment was {old.align}, now {new.align}')
    grown = new.members[len(old.members):]
    if not grown and new.size != old.size:
        breaks.append(f'struct {name}: size was {old.size}, now {new.size}')
    if grown and not old.growable:
        breaks.append(f'struct {name} is frozen (it does not start with `size`), but has a new member {grown[0].name}')
    if grown and grown[0].offset < old.size:
        breaks.append(f'struct {name}: the new member {grown[0].name} lies in what was padding, so that `size` does not '
                      f'tell whether it is there; put a reserved member before it')
    return breaks, [f'struct {name}: {m.name} is new at its end' for m in grown]
