# SPDX-License-Identifier: Apache-2.0
"""The style guide as a program: `python3 tools/style [ROOT] [--limits] [--no-format]`, or `./dev style`.

It prints a table of sizes and then each finding as `path:line: rule: text`; exit status 1 when there is one. What this
program cannot check is not a rule. Each rules_*.py holds one kind of rule: a function from a tree or a file to findings.
"""
import argparse
import sys
from pathlib import Path

import layout
import rules_calls
import rules_includes
import rules_limits
import rules_text
import sizes
from tree import Tree


def arguments():
    parser = argparse.ArgumentParser(prog='style', description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('root', nargs='?', type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument('--limits', action='store_true', help='print the rows that docs/limits.md lacks, and end')
    parser.add_argument('--no-format', action='store_true', help='do not run clang-format')
    return parser.parse_args()


def main():
    args = arguments()
    tree = Tree(args.root)
    if args.limits:
        print('\n'.join(rules_limits.missing_rows(tree)))
        return 0

    findings = []
    for rules in (rules_text, rules_includes, rules_calls, rules_limits, sizes):
        findings += rules.check(tree)
    note = 'not asked for'
    if not args.no_format:
        found, note = layout.check(tree)
        findings += found

    print(sizes.table(tree))
    print(f'\nclang-format: {note}')
    for finding in sorted(findings):
        print(finding)
    print(f'style: {len(findings)} findings in {len(tree.files)} files')
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
