#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Feeds the style checker planted faults, one at a time, and things that look like faults and are none."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'style'))

import lexer  # noqa: E402
import rules_calls  # noqa: E402
import rules_includes  # noqa: E402
import rules_limits  # noqa: E402
import rules_text  # noqa: E402
import sizes  # noqa: E402
from tree import Tree  # noqa: E402

HEAD = '// SPDX-License-Identifier: Apache-2.0\n// A file that stands for another one.\n'
LIMITS = '| room | name | value | beyond |\n|---|---|---|---|\n'
STYLE = Path(__file__).resolve().parents[1] / 'style'


def tree_of(folder, files):
    for path, text in files.items():
        target = Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding='utf-8')
    return Tree(Path(folder))


class Planted(unittest.TestCase):
    def findings(self, rules, path, text, **others):
        """What `rules` says of `text` at `path`; `others` are files whose names have / and . spelled __ and _dot_."""
        files = {name.replace('__', '/').replace('_dot_', '.'): body for name, body in others.items()}
        with tempfile.TemporaryDirectory() as folder:
            return list(rules.check(tree_of(folder, {path: text, **files})))

    def one(self, rules, rule, line, path, text, **others):
        found = self.findings(rules, path, text, **others)
        self.assertEqual([(f.path, f.line, f.rule) for f in found], [(path, line, rule)], msg=[str(f) for f in found])
        return found[0]

    def none(self, rules, path, text, **others):
        self.assertEqual([str(f) for f in self.findings(rules, path, text, **others)], [])


class Text(Planted):
    def test_text__wants_the_licence_line_first(self):
        self.one(rules_text, 'spdx', 1, 'core/a.c', '// A paragraph.\nint a;\n')
        self.one(rules_text, 'spdx', 1, 'core/meson.build', "subdir('base')\n")
        self.one(rules_text, 'spdx', 2, 'tool', '#!/bin/sh\necho\n')
        self.one(rules_text, 'spdx', 2, 'tool', '#!/bin/sh\n')
        self.none(rules_text, 'tool', '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n# Why.\necho\n')

    def test_text__wants_to_know_why_a_file_is_there(self):
        self.one(rules_text, 'why', 2, 'core/a.c', '// SPDX-License-Identifier: Apache-2.0\n#include <stdio.h>\n')
        self.one(rules_text, 'why', 2, 'a.py', '# SPDX-License-Identifier: Apache-2.0\nimport os\n')
        self.none(rules_text, 'core/a.c', '// SPDX-License-Identifier: Apache-2.0\n/*\n * Why.\n */\nint a;\n')

    def test_text__finds_blanks_tabs_and_carriage_returns(self):
        self.one(rules_text, 'trailing-blank', 3, 'core/a.c', HEAD + 'int a; \n')
        self.one(rules_text, 'trailing-blank', 1, 'README.md', 'Two blanks  \n')
        self.one(rules_text, 'tab', 3, 'core/a.c', HEAD + '\tint a;\n')
        self.one(rules_text, 'crlf', 1, 'README.md', 'text\r\n')
        self.none(rules_text, 'tests/a.csv', 'a;b \r\n')
        self.one(rules_text, 'last-newline', 3, 'core/a.c', HEAD + 'int a;')

    def test_text__measures_lines(self):
        self.one(rules_text, 'width', 3, 'core/a.c', HEAD + 'int ' + 'a' * 96 + ';\n')
        self.none(rules_text, 'core/a.c', HEAD + 'int ' + 'a' * 95 + ';\n')
        self.none(rules_text, 'core/a.c', HEAD + 'int a; // ' + 'a' * 120 + '\n')
        self.one(rules_text, 'width', 3, 'core/a.c', HEAD + 'int a; // ' + 'a' * 121 + '\n')
        self.one(rules_text, 'width', 1, 'README.md', 'a' * 161 + '\n')
        self.none(rules_text, 'README.md', '|' + 'a' * 200 + '|\n')

    def test_text__counts_characters_and_not_bytes(self):
        self.none(rules_text, 'core/a.c', HEAD + '// ' + '\u00e4' * 110 + '\n')

    def test_text__finds_unfinished_work(self):
        for mark in ('TO' 'DO', 'FIX' 'ME', 'X' 'XX'):
            found = self.one(rules_text, 'unfinished', 3, 'core/a.c', HEAD + f'// {mark}: later\n')
            self.assertIn(mark, found.text)
        self.none(rules_text, 'core/a.c', HEAD + 'char t[] = "/a/b.X' 'XXXXX";\n')

    def test_text__finds_words_of_one_server_kind_in_the_host(self):
        for word in ('Exchange', 'EWS', 'ews_url', 'Graph', 'GraphClient', 'Office', 'Microsoft', 'a mailbox', 'mailboxes'):
            self.one(rules_text, 'server-word', 3, 'core/a.c', HEAD + f'// {word}\n')
            self.none(rules_text, 'plugins/a.c', HEAD + f'// {word}\n')

    def test_text__lets_innocent_words_into_the_host(self):
        for word in ('paragraph', 'views', 'news', 'officer', 'atomic_exchange(&a, 1)', 'graphics',
                     'atomic_compare_exchange_strong', '__atomic_exchange_n', 'the key exchange'):
            self.none(rules_text, 'core/a.c', HEAD + f'// {word}\n')


class Includes(Planted):
    def test_includes__of_the_host_never_reach_plugins_or_the_sdk(self):
        self.one(rules_includes, 'direction', 3, 'core/wire/a.c', HEAD + '#include "sdk/kit/soap.h"\n')
        self.one(rules_includes, 'direction', 3, 'core/wire/a.c', HEAD + '#include "../../plugins/p/a.h"\n')
        self.none(rules_includes, 'core/wire/a.c', HEAD + '#include "core/base/a.h"\n#include <curl/curl.h>\n')

    def test_includes__of_a_plugin_never_reach_the_host_or_another_plugin(self):
        for name in ('core/base/buf.h', '../../core/base/buf.h', 'plugins/q/q.h', '../q/q.h', 'sdk/lab/lab.h'):
            self.one(rules_includes, 'direction', 3, 'plugins/p/a.c', HEAD + f'#include "{name}"\n')
        self.one(rules_includes, 'direction', 3, 'plugins/p/a.c', HEAD + '#include <core/base/buf.h>\n')
        self.none(rules_includes, 'plugins/p/a.c',
                  HEAD + '#include "a.h"\n#include "sdk/kit/soap.h"\n#include <tenon/plugin.h>\n#include <cjson/cJSON.h>\n')

    def test_includes__beside_the_file_win_over_those_in_the_root(self):
        self.none(rules_includes, 'plugins/p/a.c', HEAD + '#include "core/x.h"\n', plugins__p__core__x_dot_h=HEAD)

    def test_includes__of_base_model_and_wizard_are_few(self):
        self.one(rules_includes, 'direction', 3, 'core/base/a.c', HEAD + '#include <cjson/cJSON.h>\n')
        self.one(rules_includes, 'direction', 3, 'core/model/a.c', HEAD + '#include <cjson/cJSON.h>\n')
        self.one(rules_includes, 'direction', 3, 'core/model/a.c', HEAD + '#include "core/wire/frame.h"\n')
        self.one(rules_includes, 'direction', 3, 'core/wizard/a.c', HEAD + '#include <curl/curl.h>\n')
        self.one(rules_includes, 'direction', 3, 'core/wizard/a.c', HEAD + '#include "core/host/host.h"\n')
        self.none(rules_includes, 'core/wizard/a.c', HEAD + '#include <cjson/cJSON.h>\n#include "core/model/form.h"\n')
        self.none(rules_includes, 'core/model/a.c', HEAD + '#include <stdlib.h>\n#include <sys/stat.h>\n')

    def test_includes__of_the_abi_are_libc_and_each_other(self):
        self.one(rules_includes, 'direction', 3, 'include/tenon/a.h', HEAD + '#include <cjson/cJSON.h>\n')
        self.none(rules_includes, 'include/tenon/a.h', HEAD + '#include <stdint.h>\n#include <tenon/plugin.h>\n')

    def test_includes__of_tests_are_free(self):
        self.none(rules_includes, 'tests/a.c', HEAD + '#include "core/a.h"\n#include "sdk/kit/a.h"\n')


class Calls(Planted):
    def test_calls__that_overflow_or_guess_are_banned_everywhere(self):
        for name in ('sprintf', 'strcpy', 'strcat', 'gets', 'strtok', 'atoi', 'atol', 'tmpnam', 'mktemp', 'alloca'):
            self.one(rules_calls, 'banned-call', 4, 'tests/a.c', HEAD + f'void f(void)\n{{ {name}(a, b); }}\n')

    def test_calls__of_the_shell_are_left_to_tests(self):
        for name in ('system', 'popen'):
            self.one(rules_calls, 'banned-call', 3, 'core/cli/a.c', HEAD + f'{name}(a);\n')
            self.none(rules_calls, 'tests/cli/a.c', HEAD + f'{name}(a);\n')

    def test_calls__are_code_and_whole_names(self):
        self.none(rules_calls, 'core/a.c', HEAD + '// system(3) is not used\nchar *s = "atoi(x)"; /* gets( */\n')
        self.none(rules_calls, 'core/a.c', HEAD + 'my_system(a); t->system(a); t.gets(a); snprintf(a); fgets(b);\n')

    def test_calls__of_a_plugin_leave_the_process_alone(self):
        for name in ('setenv', 'putenv', 'signal', 'fork', 'exit', 'curl_global_cleanup', 'xmlCleanupParser'):
            self.one(rules_calls, 'banned-call', 3, 'plugins/p/a.c', HEAD + f'{name}(a);\n')
            self.none(rules_calls, 'core/a.c', HEAD + f'{name}(a);\n')

    def test_calls__that_print_stand_in_the_program_alone(self):
        self.one(rules_calls, 'banned-call', 3, 'core/host/a.c', HEAD + 'printf("a");\n')
        self.one(rules_calls, 'prints', 3, 'core/host/a.c', HEAD + 'fprintf(stderr, "a");\n')
        self.one(rules_calls, 'prints', 3, 'plugins/p/a.c', HEAD + 'fputs("a", stdout);\n')
        self.one(rules_calls, 'prints', 3, 'core/host/a.c', HEAD + 'dprintf(STDERR_FILENO, "a");\n')
        self.none(rules_calls, 'core/host/a.c', HEAD + 'fprintf(out, "a"); dup2(fd, STDERR_FILENO); int stderr;\n')
        self.none(rules_calls, 'core/cli/a.c', HEAD + 'printf("a"); fputs("a", stderr);\n')


class Limits(Planted):
    def test_limits__without_a_row_are_found(self):
        self.one(rules_limits, 'limit', 3, 'core/a.h', HEAD + '#define LINE_MAX_BYTES 64\n')
        self.one(rules_limits, 'limit', 3, 'sdk/kit/a.h', HEAD + 'enum { DEPTH_MAX = 64 };\n')
        self.one(rules_limits, 'limit', 3, 'core/a.h', HEAD + '#define ANSWER_MS (5 * 1000)\n')
        self.none(rules_limits, 'core/a.h', HEAD + '#define NS_PER_MS 1000000\n#define CLAMP_MAX(a) (a)\n// X_MAX = 1\n')

    def test_limits__of_another_value_are_found(self):
        row = LIMITS + '| core | `LINE_MAX` | `64 * 1024` | refused |\n'
        self.none(rules_limits, 'core/a.h', HEAD + '#define LINE_MAX ((size_t)64u * 1024u) /* why */\n',
                  docs__limits_dot_md=row)
        found = self.findings(rules_limits, 'core/a.h', HEAD + '#define LINE_MAX 65\n', docs__limits_dot_md=row)
        self.assertEqual([(f.path, f.line) for f in found], [('docs/limits.md', 3)])

    def test_limits__may_go_on_in_the_next_line(self):
        row = LIMITS + '| core | `LINE_MAX` | `65` | refused |\n'
        self.none(rules_limits, 'core/a.h', HEAD + '#define LINE_MAX \\\n  65u /* why */\n', docs__limits_dot_md=row)

    def test_limits__that_no_header_names_are_found(self):
        found = self.findings(rules_limits, 'core/a.h', HEAD, docs__limits_dot_md=LIMITS + '| core | `GONE_MAX` | `1` | |\n')
        self.assertEqual([(f.path, f.line) for f in found], [('docs/limits.md', 3)])

    def test_limits__missing_rows_can_be_pasted(self):
        with tempfile.TemporaryDirectory() as folder:
            files = {'core/wire/a.h': HEAD + '#define LINE_MAX (64u * 1024u)\n'}
            rows = list(rules_limits.missing_rows(tree_of(folder, files)))
            self.assertEqual(rows, ['| core/wire | `LINE_MAX` | `64 * 1024` | |'])
            files['docs/limits.md'] = LIMITS + rows[0] + '\n'
            found = list(rules_limits.check(tree_of(folder, files)))
            self.assertEqual([f.text for f in found], ['LINE_MAX: say what happens beyond'])
            files['docs/limits.md'] = LIMITS + rows[0][:-1] + 'refused |\n'
            self.assertEqual(list(rules_limits.check(tree_of(folder, files))), [])


class Sizes(Planted):
    def test_sizes__of_a_file_end_at_600_lines(self):
        self.none(sizes, 'core/a.c', HEAD + '\n' * 598)
        self.one(sizes, 'file-size', 600, 'core/a.c', HEAD + '\n' * 599)
        self.none(sizes, 'docs/a.md', '\n' * 700)

    def test_sizes__of_a_function_end_at_100_lines(self):
        self.none(sizes, 'core/a.c', HEAD + 'static int\nf(int a)\n{\n' + '  a++;\n' * 98 + '}\n')
        found = self.one(sizes, 'function-size', 5, 'core/a.c', HEAD + 'static int\nf(int a)\n{\n' + '  a++;\n' * 99 + '}\n')
        self.assertIn('f has 101 lines', found.text)
        self.one(sizes, 'function-size', 3, 'a.py', HEAD.replace('//', '#') + 'def f():\n' + '    a = 1\n' * 100)

    def test_functions__are_named_by_their_declaration(self):
        code = 'int a;\n\n__attribute__((cold)) int *\nf(void (*g)(int),\n  int b)\n{\n}\n\nSTART_TEST(a__does_b)\n{\n}\nEND_TEST\n'
        self.assertEqual([f.name for f in lexer.functions(lexer.blank(code).split('\n'))], ['f', 'a__does_b'])


class Program(unittest.TestCase):
    def run_style(self, files):
        with tempfile.TemporaryDirectory() as folder:
            tree_of(folder, files)
            return subprocess.run([sys.executable, str(STYLE), folder, '--no-format'], capture_output=True, text=True,
                                  check=False)

    def test_style__prints_each_finding_and_fails(self):
        run = self.run_style({'core/a.c': HEAD + 'gets(a);\n'})
        self.assertIn('core/a.c:3: banned-call: gets: getline with a limit\n', run.stdout)
        self.assertEqual(run.returncode, 1)

    def test_style__passes_what_is_clean(self):
        run = self.run_style({'core/a.c': HEAD + 'int a;\n'})
        self.assertEqual((run.returncode, run.stdout.split('\n')[-2]), (0, 'style: 0 findings in 1 files'))

    def test_style__leaves_binary_files_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, 'core').mkdir()
            Path(folder, 'core/a.c').write_bytes(b'\0gets(a)')
            self.assertEqual(Tree(Path(folder)).files, [])


if __name__ == '__main__':
    unittest.main()
