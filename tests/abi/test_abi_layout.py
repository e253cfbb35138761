#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Changes a small header in every way that matters and looks at what tools/abi-layout says: what would break a plugin
that was compiled before must be refused, what would not must be let in by --update and by nothing else."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / 'tools' / 'abi-layout'
ALONE = ROOT / 'tests' / 'abi' / 'headers_alone.py'
CC = os.environ.get('CC', 'cc')

HEADER = '''#ifndef TENON_X_H
#define TENON_X_H
#include <stdint.h>
#define TENON_A 1u
#define TENON_LINE_MAX 5
typedef struct tenon_frozen {
  const char *key, *value;
} tenon_frozen;
typedef struct tenon_sink tenon_sink;
struct tenon_sink {
  uint32_t size, flags;
  void (*begin)(const tenon_sink *, const char *id);
  struct { int64_t a; union { int32_t b; uint32_t c; } u; } in;
  uint32_t last;
};
typedef int32_t (*tenon_next)(const tenon_sink *);
__attribute__((visibility("default"))) const tenon_sink *tenon_entry(void);
#endif
'''


class Golden(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.include = Path(self.folder.name, 'include')
        Path(self.include, 'tenon').mkdir(parents=True)
        self.golden = Path(self.folder.name, 'golden')
        self.golden.mkdir()
        self.write(HEADER)
        self.assertEqual(self.run_program('--update').returncode, 0)

    def write(self, text):
        Path(self.include, 'tenon', 'x.h').write_text(text, encoding='utf-8')

    def run_program(self, *more):
        return subprocess.run([sys.executable, str(PROGRAM), '--cc', CC, '--include', str(self.include), '--golden',
                               str(self.golden), '--headers', 'tenon/x.h', *more], capture_output=True, text=True,
                              check=False)

    def changed(self, old, new):
        self.assertIn(old, HEADER)
        self.write(HEADER.replace(old, new))
        return self.run_program()

    def breaks(self, old, new, words):
        run = self.changed(old, new)
        self.assertIn(words, run.stdout)
        self.assertIn('breaks compiled plugins', run.stdout)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(self.run_program('--update').returncode, 1, 'an update took a break over')
        self.assertEqual(self.run_program('--update', '--break').returncode, 0)
        self.assertEqual(self.run_program().returncode, 0)

    def adds(self, old, new, words):
        run = self.changed(old, new)
        self.assertIn(words, run.stdout)
        self.assertNotIn('breaks', run.stdout)
        self.assertIn('tools/abi-layout --update', run.stdout)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(self.run_program('--update').returncode, 0)
        self.assertEqual(self.run_program().returncode, 0)

    def refuses(self, old, new, words):
        run = self.changed(old, new)
        self.assertIn(words, run.stderr)
        self.assertEqual(run.returncode, 1)

    def test_golden__is_met_by_the_header_it_was_made_from(self):
        run = self.run_program()
        self.assertEqual((run.returncode, run.stdout), (0, ''))

    def test_golden__holds_every_member_nested_ones_too(self):
        text = next(self.golden.glob('layout.*.golden')).read_text(encoding='utf-8')
        for line in ('struct tenon_frozen 16 8', 'value 8 8 const char *', 'in.u.c 24 4 uint32_t', 'begin 8 8 callback'):
            self.assertIn(line, text)

    def test_member__at_the_end_of_a_growable_struct_is_an_addition(self):
        self.adds('  uint32_t last;\n', '  uint32_t last;\n  uint64_t more;\n', 'more is new at its end')

    def test_member__in_the_padding_at_the_end_breaks(self):
        self.breaks('  uint32_t last;\n', '  uint32_t last, more;\n', 'lies in what was padding')

    def test_member__at_the_end_of_a_frozen_struct_breaks(self):
        self.breaks('*key, *value;', '*key, *value, *more;', 'is frozen')

    def test_member__in_the_middle_breaks(self):
        self.breaks('  uint32_t last;', '  uint32_t more;\n  uint32_t last;', 'was last at 32')

    def test_member__gone_or_moved_or_of_another_type_breaks(self):
        self.breaks('  uint32_t last;\n', '', 'now it is nothing')
        self.write(HEADER)
        self.run_program('--update', '--break')
        self.breaks('*key, *value;', '*value, *key;', 'was key at 0')
        self.write(HEADER)
        self.run_program('--update', '--break')
        self.breaks('uint32_t last;', 'int32_t last;', 'now it is last at 32, 4 bytes, int32_t')

    def test_callback__of_another_type_breaks_though_its_size_is_the_same(self):
        self.breaks('const char *id);', 'const char *id, int32_t more);', 'type of tenon_sink.begin was')

    def test_function__and_named_type_are_held_too(self):
        self.breaks('tenon_entry(void)', 'tenon_entry(int32_t)', 'type of tenon_entry was')
        self.write(HEADER)
        self.run_program('--update', '--break')
        self.breaks('typedef int32_t (*tenon_next)', 'typedef int64_t (*tenon_next)', 'type of tenon_next was')

    def test_code__changed_or_gone_breaks_and_a_new_one_is_an_addition(self):
        self.breaks('TENON_A 1u', 'TENON_A 2u', 'code TENON_A was 1u, now 2u')
        self.write(HEADER)
        self.run_program('--update', '--break')
        self.breaks('#define TENON_A 1u\n', '', 'code TENON_A is gone')
        self.write(HEADER)
        self.run_program('--update', '--break')
        self.adds('#define TENON_A 1u\n', '#define TENON_A 1u\n#define TENON_B 2u\n', 'code TENON_B is new')

    def test_limit__is_no_code(self):
        self.assertEqual(self.changed('LINE_MAX 5', 'LINE_MAX 6').returncode, 0)

    def test_struct__new_is_an_addition_and_gone_is_a_break(self):
        more = 'typedef struct tenon_more {\n  uint32_t size;\n} tenon_more;\n'
        self.adds('typedef int32_t (*', more + 'typedef int32_t (*', 'struct tenon_more is new')
        self.write(HEADER)
        run = self.run_program()
        self.assertIn('struct tenon_more is gone', run.stdout)
        self.assertEqual(run.returncode, 1)

    def test_type__without_a_fixed_size_is_refused(self):
        self.refuses('uint32_t last;', 'long last;', "'long' is no type of fixed size")
        self.refuses('uint32_t last;', '_Bool last;', "'_Bool' is no type of fixed size")
        self.refuses('uint32_t last;', 'uint32_t last : 3;', 'a bit-field crosses no ABI')
        self.refuses('typedef int32_t (*', 'enum tenon_e { TENON_E };\ntypedef int32_t (*', 'an enum crosses no ABI')

    def test_machine__without_a_golden_file_is_told_and_not_compared(self):
        layout = next(self.golden.glob('layout.*.golden'))
        layout.rename(self.golden / 'layout.pdp11.golden')
        run = self.run_program()
        self.assertIn('this machine is not compared', run.stdout)
        self.assertEqual(run.returncode, 0)


class Alone(unittest.TestCase):
    def run_alone(self, text):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, 'tenon').mkdir()
            Path(folder, 'tenon', 'x.h').write_text(text, encoding='utf-8')
            return subprocess.run([sys.executable, str(ALONE), folder, CC], capture_output=True, text=True, check=False)

    def test_header__that_stands_alone_passes(self):
        run = self.run_alone(HEADER)
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_header__that_leans_on_another_include_fails(self):
        run = self.run_alone(HEADER.replace('#include <stdint.h>\n', ''))
        self.assertIn('tenon/x.h does not stand alone', run.stdout)
        self.assertEqual(run.returncode, 1)

    def test_header__without_a_guard_fails(self):
        self.assertEqual(self.run_alone(HEADER.replace('#define TENON_X_H\n', '')).returncode, 1)

    def test_header__that_brings_names_along_fails(self):
        self.assertIn('includes stdbool.h', self.run_alone(HEADER.replace('stdint.h>', 'stdint.h>\n#include <stdbool.h>')).stdout)
        self.assertIn('the macro MINE', self.run_alone(HEADER.replace('#define TENON_A', '#define MINE')).stdout)


if __name__ == '__main__':
    unittest.main()
