# SPDX-License-Identifier: Apache-2.0
"""A swap on a terminal: what it asks, how it is left, and what stays when it is killed."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wizard"))

import bench

PIN = ["--secret-cmd", "pin=echo 1234"]


class Swap(bench.TestCase):
    def setUp(self):
        super().setUp()
        done = self.home.run("wizard", "corp", "--connector", "testconnector", "--no-input", "--set", "admin=root", "--set", "server=x.test",
                             "--set", "script=pass:one", "--secret", "password=-", typed="right\n")
        self.assertEqual(done.returncode, 0, done.stderr)

    def swap(self, *args):
        return self.terminal("corp", "--to", "modern", *args, command="swap")

    def connector(self):
        return self.home.stored("corp")["connector"]

    def test_only_what_is_missing_has_to_be_typed(self):
        terminal = self.swap()
        terminal.expect("what both share stands in brackets")
        terminal.answer("Server [x.test]: ", "")
        terminal.answer("Sign-in [token]: ", "")
        terminal.answer("Administrator [root]: ", "")
        terminal.hidden("Password (not shown) [set; Enter keeps it]: ", "")
        terminal.answer("Tenant: ", "contoso")
        terminal.hidden("Pin (not shown): ", "1234")
        terminal.answer("Mood [good]: ", "")
        terminal.expect("BEFORE")
        terminal.expect('Swapped "corp": testconnector -> modern.')
        self.assertEqual(terminal.end(), 0)
        stored = self.home.stored("corp")
        self.assertEqual((stored["connector"], stored["values"]["tenant"]), ("modern", "contoso"))
        self.assertNotIn("1234", terminal.text)

    def test_nothing_is_asked_where_nothing_is_missing(self):
        terminal = self.swap("--set", "tenant=contoso", *PIN)
        terminal.expect("Swapped")
        self.assertEqual(terminal.end(), 0)
        self.assertNotIn("Tenant", terminal.text)

    def test_a_form_that_is_left_changes_nothing(self):
        terminal = self.swap()
        terminal.answer("Server [", ":q")
        self.assertEqual(terminal.end(), 5)
        self.assertEqual(self.connector(), "testconnector")

    def test_a_failure_is_saved_only_by_its_whole_words(self):
        for typed, connector in (("yes", "testconnector"), ("save anyway", "modern")):
            terminal = self.swap("--set", "tenant=contoso", "--set", "mood=bad", *PIN)
            terminal.answer("Enter leaves everything as it is: ", typed)
            self.assertEqual(terminal.end(), 10)
            self.assertEqual(self.connector(), connector)

    def test_a_question_of_the_new_connector_is_put(self):
        terminal = self.swap("--set", "tenant=contoso", "--set", "mood=ask", *PIN)
        terminal.expect("Sure?")
        terminal.type("yes")
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(self.connector(), "modern")

    def test_interrupted_it_leaves_the_old_connection(self):
        terminal = self.swap("--set", "tenant=contoso", "--set", "mood=slow", *PIN)
        terminal.expect("modern: Slow")
        terminal.interrupt()
        terminal.expect('"corp" goes by testconnector as before')
        self.assertEqual(terminal.end(), 5)
        self.assertEqual(self.connector(), "testconnector")

    def test_killed_it_leaves_the_old_connection(self):
        before = dict(self.home.all_bytes())
        terminal = self.swap("--set", "tenant=contoso", "--set", "mood=slow", *PIN)
        terminal.expect("modern: Slow")
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.end()
        self.assertEqual(dict(self.home.all_bytes()), before)
        self.assertEqual(self.home.run("verify", "corp").returncode, 0)

    def test_no_secret_is_written_in_the_open(self):
        done = self.home.run("swap", "corp", "--to", "modern", "--no-input", "--set", "tenant=contoso", "--verbose",
                             "--secret-cmd", "pin=echo 1234", "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("1234", done.stdout + done.stderr)
        for path, data in self.home.all_bytes():
            self.assertNotIn(b'"1234"', data, path)
            self.assertNotIn(b"right", data, path)


if __name__ == "__main__":
    bench.main()
