#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The closing line of `./dev test` is read by people and programs, so it has to count right, most of all when a test
program dies in a way that its own summary does not show."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = str(Path(__file__).resolve().parents[1] / 'count-cases')


def count(*tests):
    """(closing line, exit status) for testlog entries given as (result, stdout[, stderr])."""
    with tempfile.NamedTemporaryFile('w', suffix='.json') as log:
        for test in tests:
            entry = dict(zip(('result', 'stdout', 'stderr'), test), name='t')
            log.write(json.dumps(entry) + '\n')
        log.flush()
        run = subprocess.run([sys.executable, PROGRAM, log.name], capture_output=True, text=True, check=False)
        return run.stdout.strip(), run.returncode


class Count(unittest.TestCase):
    def test_count__sums_libcheck_suites(self):
        text = 'Running suite(s): a\n100%: Checks: 12, Failures: 0, Errors: 0\n100%: Checks: 3, Failures: 0, Errors: 0\n'
        self.assertEqual(count(('OK', text)), ('15 passed, 0 failed', 0))

    def test_count__shows_failures_and_errors(self):
        self.assertEqual(count(('FAIL', '50%: Checks: 4, Failures: 1, Errors: 1\n')), ('2 passed, 2 failed', 1))

    def test_count__takes_a_crash_after_a_clean_summary_for_a_failure(self):
        self.assertEqual(count(('FAIL', '100%: Checks: 4, Failures: 0, Errors: 0\n')), ('4 passed, 1 failed', 1))

    def test_count__takes_any_other_program_for_one_case(self):
        self.assertEqual(count(('OK', 'fine\n'), ('TIMEOUT', ''), ('SKIP', '')), ('1 passed, 1 failed, 1 skipped', 1))

    def test_count__reads_unittest(self):
        good = 'Ran 7 tests in 0.1s\n\nOK (skipped=2)\n'
        bad = 'Ran 1 test in 0.1s\n\nFAILED (errors=1)\n'
        self.assertEqual(count(('OK', '', good)), ('5 passed, 0 failed, 2 skipped', 0))
        self.assertEqual(count(('FAIL', '', bad)), ('0 passed, 1 failed', 1))

    def test_count__reads_tap(self):
        text = '1..3\nok 1 - a\nok 2 - b # SKIP no network\nnot ok 3 - c\n'
        self.assertEqual(count(('FAIL', text)), ('1 passed, 1 failed, 1 skipped', 1))

    def test_count__fails_when_nothing_ran(self):
        self.assertEqual(count(), ('0 passed, 0 failed', 1))
        self.assertEqual(count(('SKIP', '')), ('0 passed, 0 failed, 1 skipped', 1))


if __name__ == '__main__':
    unittest.main()
