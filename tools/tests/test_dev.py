#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs ./dev and .ci/run in an empty tree with stand-ins for dpkg-query, apt-get, meson and ninja that write down how they
were called: what a script does to a machine is worth looking at before it does it."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = '#!/bin/bash\necho "${0##*/} $*" >>"$CALLS"\n'
HAVE_ALL = 'for name; do [[ $name == -* || $name == *{* ]] || echo "installed $name"; done\n'
MESON = '''if [[ $1 == setup ]]; then
  for dir; do :; done
  mkdir -p "$dir/meson-private" "$dir/meson-logs" && touch "$dir/build.ninja" "$dir/meson-private/coredata.dat"
elif [[ $1 == test ]]; then
  [[ " $* " == *" --suite interop "* ]] && log=$INTEROP_LOG || log=$SUITE_LOG
  cp "$log" "$3/meson-logs/testlog.json"
fi
'''


def testlog(*results):
    return ''.join(json.dumps({'name': 't', 'result': result, 'stdout': ''}) + '\n' for result in results)


OIDC, OIDC_FILES = 'tests/interop/oidc', ('package.json', 'package-lock.json', 'provider.mjs')


class Script(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for path in ('dev', '.ci/run', 'tools/count-cases', *(f'{OIDC}/{name}' for name in OIDC_FILES)):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, self.root / path)
        self.bin = self.root / 'bin'
        self.bin.mkdir()
        self.calls = self.root / 'calls'
        self.stand_in('dpkg-query', HAVE_ALL)
        self.stand_in('meson', MESON)
        for name in ('apt-get', 'ninja', 'npm', 'node'):
            self.stand_in(name, '')
        # Whoever runs this test, the stand-in is what sudo leads to.
        self.stand_in('sudo', 'exec "$@"\n')
        self.suite, self.interop = self.root / 'suite.json', self.root / 'interop.json'
        self.suite.write_text(testlog('OK'), encoding='utf-8')
        self.interop.write_text(testlog('OK'), encoding='utf-8')

    def stand_in(self, name, body):
        path = self.bin / name
        path.write_text(STAND_IN + body, encoding='utf-8')
        path.chmod(0o755)

    def run_script(self, *command, ci='false'):
        """The finished run, and the calls it made."""
        self.calls.write_text('', encoding='utf-8')
        environment = {**os.environ, 'PATH': f'{self.bin}:{os.environ["PATH"]}', 'CALLS': str(self.calls), 'CI': ci,
                       'SUITE_LOG': str(self.suite), 'INTEROP_LOG': str(self.interop)}
        run = subprocess.run([str(self.root / command[0]), *command[1:]], env=environment, stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, check=False)
        return run, self.calls.read_text(encoding='utf-8').splitlines()

    def called(self, calls, program):
        return [call for call in calls if call.startswith(program + ' ')]


class Dev(Script):
    def test_dev__suggests_the_nearest_command(self):
        run, calls = self.run_script('dev', 'tets')
        self.assertEqual((run.returncode, calls), (2, []))
        self.assertIn("did you mean './dev test'?", run.stderr)
        run, _ = self.run_script('dev', 'quetzalcoatl')
        self.assertEqual(run.returncode, 2)
        self.assertNotIn('did you mean', run.stderr)

    def test_dev__shows_help_without_touching_anything(self):
        run, calls = self.run_script('dev', 'help')
        self.assertTrue(run.stdout.startswith('Examples:'))
        self.assertEqual((run.returncode, calls), (0, []))

    def test_dev__installs_nothing_where_nothing_is_missing(self):
        run, calls = self.run_script('dev', 'build')
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.called(calls, 'apt-get'), [])

    def test_dev__installs_what_measures_only_for_bench(self):
        self.stand_in('dpkg-query', HAVE_ALL.replace('[[ $name == -*', '[[ $name == wrk || $name == -*'))
        _, calls = self.run_script('dev', 'build')
        self.assertEqual(self.called(calls, 'apt-get'), [])
        _, calls = self.run_script('dev', 'bench')
        self.assertTrue(self.called(calls, 'apt-get')[-1].endswith(' wrk'), calls)
        self.assertTrue(self.called(calls, 'ninja')[-1].endswith(' bench-programs'), calls)

    def test_dev__installs_what_is_missing_and_says_so(self):
        self.stand_in('dpkg-query', HAVE_ALL.replace('[[ $name == -*', '[[ $name == check || $name == gcc || $name == -*'))
        run, calls = self.run_script('dev', 'build')
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn('installing gcc check', run.stderr)
        update, install = self.called(calls, 'apt-get')
        self.assertTrue(update.endswith(' update'), update)
        self.assertTrue(install.endswith(' install -y --no-install-recommends gcc check'), install)

    def test_dev__starts_no_service_of_what_it_installs(self):
        self.stand_in('dpkg-query', '')
        self.stand_in('apt-get', """for word; do [[ $word != DPkg::Path=* ]] || path=${word#*=}; done
[[ -n ${path:-} ]] || exit 0
first=${path%%:*} PATH=$path
invoke-rc.d squid start && deb-systemd-invoke start squid.service && deb-systemd-helper enable squid.service || exit 100
deb-systemd-helper --quiet was-enabled squid.service && exit 100
echo "stood in $first" >>"$CALLS"
""")
        run, calls = self.run_script('dev', 'build')
        self.assertEqual(run.returncode, 0, run.stderr)
        first = [call.removeprefix('stood in ') for call in calls if call.startswith('stood in ')]
        self.assertEqual(len(first), 1, calls)
        self.assertFalse(os.path.exists(first[0]), 'left behind')

    def test_dev__says_what_apt_said_when_it_fails(self):
        self.stand_in('dpkg-query', '')
        self.stand_in('apt-get', '[[ $* == *install* ]] && echo "no room on disk" && exit 100\n')
        run, calls = self.run_script('dev', 'build')
        self.assertEqual(run.returncode, 1)
        self.assertIn('no room on disk', run.stderr)
        self.assertEqual(self.called(calls, 'meson'), [])

    def test_dev__configures_once_and_again_when_the_options_change(self):
        _, first = self.run_script('dev', 'build')
        self.assertEqual(len(self.called(first, 'meson')), 1)
        _, again = self.run_script('dev', 'build')
        self.assertEqual(self.called(again, 'meson'), [])
        _, changed = self.run_script('dev', 'build', ci='true')
        self.assertIn('--reconfigure -Dwerror=true', self.called(changed, 'meson')[0])

    def test_dev__gives_tenon_every_helper_that_it_starts_or_loads(self):
        built = ('core/worker/tenon-worker', 'core/worker/libtenon-inprocess.so', 'sdk/lab/tenon-lab', 'core/cli/tenon')
        for path in built:
            (self.root / 'build' / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / 'build' / path).write_text('#!/bin/sh\nls "$TENON_LIBEXEC"\n', encoding='utf-8')
            (self.root / 'build' / path).chmod(0o755)
        run, _ = self.run_script('dev', 'tenon')
        self.assertEqual(run.stdout.split(), sorted(Path(path).name for path in built[:3]))

    def test_dev__fails_when_the_build_does(self):
        self.stand_in('ninja', 'echo "a.c:1: error"\nexit 1\n')
        run, calls = self.run_script('dev', 'test')
        self.assertEqual(run.returncode, 1)
        self.assertIn('a.c:1: error', run.stderr)
        self.assertEqual([call for call in calls if call.startswith('meson test')], [])

    def test_dev__closes_a_test_run_with_the_count_of_cases(self):
        self.suite.write_text(testlog('OK', 'OK', 'SKIP'), encoding='utf-8')
        run, _ = self.run_script('dev', 'test')
        self.assertEqual((run.stdout.splitlines()[-1], run.returncode), ('2 passed, 0 failed, 1 skipped', 0))
        self.suite.write_text(testlog('OK', 'TIMEOUT'), encoding='utf-8')
        run, _ = self.run_script('dev', 'test')
        self.assertEqual((run.stdout.splitlines()[-1], run.returncode), ('1 passed, 1 failed', 1))

    def test_dev__does_not_count_the_run_before(self):
        self.run_script('dev', 'test')
        self.stand_in('meson', 'echo "No suitable tests defined."\n')
        run, _ = self.run_script('dev', 'test')
        self.assertEqual((run.stdout.splitlines()[-1], run.returncode), ('0 passed, 0 failed', 1))

    def test_dev__believes_meson_when_it_fails(self):
        self.stand_in('meson', MESON + '[[ $1 == setup ]]\n')
        run, _ = self.run_script('dev', 'test')
        self.assertEqual((run.stdout.splitlines()[-1], run.returncode), ('1 passed, 0 failed', 1))


    def test_dev__names_what_the_tests_left_behind(self):
        self.stand_in('meson', MESON + 'if [[ $1 == test ]]; then touch "$TMPDIR/tenon-x.y"; fi\n')
        run, _ = self.run_script('dev', 'test')
        self.assertIn('left behind:', run.stderr)
        self.assertIn('file tenon-x.y', run.stderr)
        self.assertEqual((run.stdout.splitlines()[-1], run.returncode), ('1 passed, 0 failed', 1))

    def test_dev__names_a_process_that_the_tests_left_behind(self):
        start = 'cp "$(command -v sleep)" "$3/lab" && { "$3/lab" 60 & } && echo $! >"$3/pid"'
        self.stand_in('meson', MESON + f'if [[ $1 == test ]]; then {start}; fi >/dev/null 2>&1\n')
        run, _ = self.run_script('dev', 'test')
        pid = int((self.root / 'build/pid').read_text(encoding='utf-8'))
        os.kill(pid, signal.SIGKILL)
        self.assertIn(f'process {pid}: ', run.stderr)
        self.assertEqual(run.returncode, 1)


    def test_dev__installs_the_peers_of_npm_once(self):
        _, first = self.run_script('dev', 'test', '--interop')
        self.assertEqual(self.called(first, 'npm'), ['npm ci --no-audit --no-fund'])
        _, again = self.run_script('dev', 'test', '--interop')
        self.assertEqual(self.called(again, 'npm'), [])

    def test_dev__brings_a_node_where_the_machine_has_none_that_is_new_enough(self):
        self.stand_in('node', 'exit 1\n')
        _, calls = self.run_script('dev', 'test', '--interop')
        self.assertIn('npm install --no-save --no-audit --no-fund node-linux-', self.called(calls, 'npm')[1])


class Ci(Script):
    def test_ci__adds_both_runs_up(self):
        self.suite.write_text(testlog('OK', 'OK', 'SKIP'), encoding='utf-8')
        run, _ = self.run_script('.ci/run')
        self.assertEqual((run.stdout.splitlines()[-1], run.returncode), ('3 passed, 0 failed, 1 skipped', 0))

    def test_ci__fails_when_either_run_does_and_still_runs_both(self):
        for suite, interop in (('FAIL', 'OK'), ('OK', 'FAIL')):
            self.suite.write_text(testlog(suite), encoding='utf-8')
            self.interop.write_text(testlog(interop), encoding='utf-8')
            run, _ = self.run_script('.ci/run')
            self.assertEqual((run.stdout.splitlines()[-1], run.returncode), ('1 passed, 1 failed', 1))

    def test_ci__fails_when_nothing_ran(self):
        self.interop.write_text('', encoding='utf-8')
        run, _ = self.run_script('.ci/run')
        self.assertEqual((run.stdout.splitlines()[-1], run.returncode), ('1 passed, 0 failed', 1))


if __name__ == '__main__':
    unittest.main()
