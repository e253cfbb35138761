# SPDX-License-Identifier: Apache-2.0
"""The wizard on a terminal: what it asks, what it hides, and how it is left."""
import os
import signal

import bench
from test_faces import CANARY, DONE, without_person


class LineFace(bench.TestCase):
    def to_verification(self, terminal, password="right"):
        terminal.answer("Server [mail.contoso.example]: ", "")
        terminal.answer("Sign-in [basic]: ", "1")
        terminal.answer("Administrator: ", "root@contoso.example")
        terminal.hidden("Password (not shown): ", password)
        terminal.answer("Mailbox to test with [anna@contoso.example] (found): ", "")
        terminal.answer("What now? (Enter goes on): ", "")
        terminal.expect("Press Enter to verify: ")

    def test_the_whole_way_to_a_saved_connection(self):
        terminal = self.terminal("--role", "source")
        terminal.expect("Target server")
        terminal.expect("1  Test")
        terminal.answer("Choice [testconnector]: ", "")
        terminal.expect("Step 2 of 6  Server connection")
        self.to_verification(terminal)
        terminal.type("")
        terminal.expect("✓")
        terminal.expect("Sign-in")
        terminal.expect("Steps to consider")
        terminal.answer("What next? [f]: ", "t")
        terminal.answer("Mailbox to test with (l lists) [anna@contoso.example]: ", "l")
        terminal.expect("3  carla@contoso.example")
        terminal.answer("Enter to leave): ", "3")
        terminal.expect("Test succeeded")
        terminal.answer("What next? [f]: ", "t")
        terminal.answer("[anna@contoso.example]: ", "deny-1")
        terminal.expect("Test failed")
        terminal.expect("Tell it otherwise.")
        terminal.answer("What next? [f]: ", "")
        terminal.answer("Name of the connection [testconnector]: ", "Corp!")
        terminal.expect("is no name")
        terminal.answer("What next? [f]: ", "f")
        terminal.answer("Name of the connection", "corp")
        terminal.expect('Saved connection "corp" (source)')
        terminal.expect("Its secrets lie in: sealed file")
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(terminal.text.count("Next:"), 2)

    def test_a_plan_needs_the_whole_word_yes(self):
        terminal = self.terminal("--connector", "testconnector")
        terminal.answer("Server [", "")
        terminal.answer("Sign-in [basic]: ", "none")
        terminal.answer("Mailbox to test with", "")
        terminal.answer("What now? (Enter goes on): ", "p")
        terminal.expect("would run")
        terminal.answer("Carry it out? (yes, or Enter to go on without): ", "y")
        terminal.expect("none of these")
        terminal.answer("Carry it out? (yes, or Enter to go on without): ", "yes")
        terminal.answer("goes on to Verification): ", "u")
        terminal.answer("goes on to Verification): ", "b")
        terminal.expect("missing")
        terminal.answer("go on without): ", "q")
        self.assertEqual(terminal.end(), 5)

    def test_a_password_is_literal_and_not_shown(self):
        terminal = self.terminal("--connector", "testconnector")
        self.to_verification(terminal, password=":q")
        terminal.type("")
        terminal.expect("The server refused the password.")
        terminal.answer("What next? [e]: ", "")
        terminal.hidden("Password (not shown) [set; Enter keeps it]: ", CANARY)
        terminal.expect("Press Enter to verify: ")
        self.assertTrue(terminal.echoes())
        terminal.type("q")
        self.assertEqual(terminal.end(), 5)
        self.assertNotIn(CANARY, terminal.text)

    def test_back_help_and_quit_work_where_they_cannot_be_answers(self):
        terminal = self.terminal()
        terminal.answer("Choice [testconnector]: ", "?")
        terminal.expect("Type the number")
        terminal.answer("Choice [testconnector]: ", "9")
        terminal.expect("none of them")
        terminal.answer("Choice [testconnector]: ", "TEST")
        terminal.answer("Server [mail.contoso.example]: ", ":?")
        terminal.expect(":b back")
        terminal.answer("Server [mail.contoso.example]: ", "b")
        terminal.answer("Sign-in [basic]: ", ":b")
        terminal.answer("Server [b]: ", ":b")
        terminal.answer("Choice [testconnector]: ", "q")
        self.assertEqual(terminal.end(), 5)

    def test_a_wrong_answer_is_said_beside_its_field(self):
        terminal = self.terminal("--connector", "testconnector")
        terminal.answer("Server [", "")
        terminal.answer("Sign-in [basic]: ", "sideways")
        terminal.expect("!")
        terminal.answer("Sign-in [basic]: ", "2")
        terminal.expect("Mailbox to test with")
        terminal.interrupt()
        self.assertEqual(terminal.end(), 5)

    def test_ctrl_c_cancels_what_runs_and_then_leaves(self):
        terminal = self.terminal("--connector", "testconnector", "--set", "script=pass:x slow")
        self.to_verification(terminal)
        terminal.type("")
        terminal.expect("✓")
        terminal.interrupt()
        terminal.expect("Cancelled.")
        terminal.expect("Press Enter to verify: ")
        terminal.interrupt()
        self.assertEqual(terminal.end(), 5)

    def test_ctrl_c_at_a_hidden_prompt_gives_the_echo_back(self):
        terminal = self.terminal("--connector", "testconnector")
        terminal.answer("Server [", "")
        terminal.answer("Sign-in [basic]: ", "")
        terminal.answer("Administrator: ", "x")
        terminal.expect("Password (not shown): ")
        while terminal.echoes():
            pass
        terminal.interrupt()
        terminal.expect("nothing was saved")
        self.assertTrue(terminal.echoes())
        self.assertEqual(terminal.end(), 5)

    def test_sigterm_leaves_as_ctrl_c_does(self):
        terminal = self.terminal("--connector", "testconnector")
        terminal.expect("Server [")
        os.kill(terminal.pid, signal.SIGTERM)
        self.assertEqual(terminal.end(), 5)

    def test_a_question_of_the_plugin_is_put_and_a_secret_one_hidden(self):
        terminal = self.terminal("--connector", "testconnector", "--set", "script=secret:code")
        self.to_verification(terminal)
        terminal.type("")
        terminal.hidden("Answer (not shown): ", "123456")
        terminal.expect("the code")
        terminal.answer("What next? [f]: ", "q")
        self.assertEqual(terminal.end(), 5)
        self.assertNotIn("123456", terminal.text)

    def test_advanced_settings_are_asked_for(self):
        terminal = self.terminal("--connector", "testconnector")
        terminal.expect("(:a asks for 1 advanced setting too")
        terminal.answer("Server [", ":a")
        terminal.answer("Server [", "")
        terminal.answer("Script: ", ":q")
        self.assertEqual(terminal.end(), 5)

    def test_a_failed_verification_can_be_saved_by_its_own_name(self):
        terminal = self.terminal("corp", "--connector", "testconnector")
        self.to_verification(terminal, password="wrong")
        terminal.type("")
        terminal.answer("What next? [e]: ", "f")
        terminal.expect("save anyway, unverified (s)")
        terminal.answer("What next? [e]: ", "s")
        terminal.expect('Saved connection "corp", unverified')
        self.assertEqual(terminal.end(), 16)

    def test_a_stored_connection_offers_its_answers(self):
        result = without_person(self, "corp", *DONE, typed="right\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        terminal = self.terminal("corp")
        terminal.expect('This changes the connection "corp"')
        terminal.answer("Server [mail.contoso.example]: ", "other.contoso.example")
        terminal.answer("Sign-in [basic]: ", "")
        terminal.answer("Administrator [root@contoso.example]: ", "")
        terminal.hidden("Password (not shown) [set; Enter keeps it]: ", "")
        terminal.answer("Mailbox to test with", "")
        terminal.answer("What now?", "")
        terminal.answer("Press Enter to verify: ", "")
        terminal.answer("What next? [f]: ", "f")
        terminal.expect('Saved connection "corp"')
        self.assertEqual(terminal.end(), 0)

    def test_without_colour_there_is_no_escape(self):
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            terminal = self.terminal("--connector", "testconnector", **env)
            self.to_verification(terminal)
            terminal.type("")
            terminal.answer("What next? [f]: ", "q")
            self.assertEqual(terminal.end(), 5)
            self.assertNotIn("\x1b", terminal.text)

    def test_an_ascii_terminal_gets_ascii_marks(self):
        terminal = self.terminal("--connector", "testconnector", LC_ALL="C")
        self.to_verification(terminal)
        terminal.type("")
        terminal.expect("ok")
        terminal.answer("What next? [f]: ", "q")
        self.assertEqual(terminal.end(), 5)
        self.assertNotIn("✓", terminal.text)

    def test_the_end_of_input_is_an_answer_that_nobody_gave(self):
        result = self.home.run("wizard", "--connector", "testconnector", typed="\n\n")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertIn("admin: an answer was needed and nobody was there", result.stderr)


if __name__ == "__main__":
    bench.main()
