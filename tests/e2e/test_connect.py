# SPDX-License-Identifier: Apache-2.0
"""From nothing to a saved, verified connection, and what one does with it."""
import os
import pty
import subprocess
import termios
import unittest

import harness


def on_a_terminal(home, *command, columns=0):
    """What a terminal shows in the end: the text, with carriage returns and erasures carried out."""
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        raise unittest.SkipTest(f"no pseudo-terminal here: {error}") from error
    termios.tcsetwinsize(theirs, (24, columns))
    env = {**home.env, "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen(home.argv(*command), env=env, stdin=theirs, stdout=theirs, stderr=theirs) as run:
        os.close(theirs)
        raw = b""
        try:
            while chunk := os.read(ours, 4096):
                raw += chunk
        except OSError:  # the other side is closed
            pass
        run.wait(harness.SECONDS_MAX)
    os.close(ours)
    lines = []
    for line in raw.decode().replace("\r\n", "\n").split("\n"):
        shown = ""
        for piece in line.split("\r"):
            shown = piece.replace("\033[K", "") if "\033[K" in piece else piece + shown[len(piece):]
        lines.append(shown)
    return lines


class Connect(harness.TestCase):
    def test_vault__that_cannot_be_reached_is_told_within_the_terminals_width(self):
        self.home.env.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self.home.env.pop("XDG_RUNTIME_DIR", None)
        lines = on_a_terminal(self.home, "vault", columns=72)
        self.assertIn("there is no session bus here", " ".join(lines))
        said = lines[:next(i for i, line in enumerate(lines) if line.startswith("secret-service"))]
        self.assertGreater(len(said), 2)
        self.assertLessEqual(max(map(len, said)), 72)

    def test_wizard__saves_a_verified_connection(self):
        lab = self.lab()
        result = self.wizard(lab, mailbox=lab.allowed[0])
        self.assertStatus(result, 0)
        listed = self.home.tenon("connections", "list", "-o", "json")
        self.assertIn('"corp"', listed.out)
        self.assertStatus(self.home.tenon("verify", "corp"), 0)

    def test_wizard__asks_by_name_for_what_is_missing(self):
        lab = self.lab()
        result = self.wizard(lab, admin=None)
        self.assertStatus(result, 4)
        self.assertIn("admin", result.out + result.err)
        self.assertStatus(self.home.tenon("connections", "show", "corp"), 2)

    def test_wizard__saves_nothing_when_the_verification_failed(self):
        result = self.wizard(self.lab(), password="wrong")
        self.assertStatus(result, 16)
        self.assertEqual(self.home.stored(), [])

    def test_wizard__opens_a_stored_connection_with_its_answers(self):
        lab = self.lab()
        self.assertStatus(self.wizard(lab), 0)
        changed = self.home.tenon("wizard", "corp", "--no-input", "--set", f"mailbox={lab.allowed[1]}")
        self.assertStatus(changed, 0)
        shown = self.home.tenon("connections", "show", "corp")
        self.assertIn(lab.allowed[1], shown.out)
        self.assertIn(lab.ews, shown.out)

    def test_verify__needs_no_mailbox_of_the_administrator(self):
        lab = self.lab()
        self.assertStatus(self.wizard(lab), 0)
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, 0)
        checks = result.checks()
        for wanted in ("net.resolve", "net.connect", "tls.handshake", "tls.certificate", "auth.basic", "ews.endpoint",
                       "ews.version"):
            self.assertIn(checks[wanted]["state"], ("pass", "warn"), str(result))

    def test_verify__proves_the_role_by_the_test_mailbox(self):
        lab = self.lab()
        self.assertStatus(self.wizard(lab, mailbox=lab.allowed[0]), 0)
        checks = self.home.tenon("verify", "corp", "-o", "jsonl").checks()
        self.assertEqual(checks["impersonate.role"]["state"], "pass")

    def test_impersonate__tells_the_verdicts_apart(self):
        lab = self.lab()
        self.assertStatus(self.wizard(lab), 0)
        subjects = [lab.allowed[0], lab.denied[0], lab.missing[0], lab.disabled[0], "not an address"]
        result = self.home.tenon("impersonate", "corp", *subjects, "-o", "jsonl")
        self.assertStatus(result, 17)
        verdicts = {e["subject"]: e["data"]["verdict"] for e in result.events() if e["event"] == "check"}
        self.assertEqual([verdicts[s] for s in subjects], ["ok", "refused", "no-mailbox", "disabled", "invalid"])

    def test_impersonate__reports_duplicates_each(self):
        lab = self.lab()
        self.assertStatus(self.wizard(lab), 0)
        result = self.home.tenon("impersonate", "corp", *[lab.allowed[0]] * 7, "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertEqual(len([e for e in result.events() if e["event"] == "check"]), 7)

    def test_impersonate__on_a_terminal_never_mixes_progress_and_results(self):
        lab = self.lab("--latency", "300")
        self.assertStatus(self.wizard(lab), 0)
        lines = on_a_terminal(self.home, "impersonate", "corp", *lab.allowed[:9])
        self.assertTrue(any(line.startswith("corp ") for line in lines), lines)
        self.assertFalse([line for line in lines if " done, " in line and "/s" in line], lines)

    def test_plan__shows_commands_that_can_be_copied(self):
        lab = self.lab()
        sets = harness.sets({"server": lab.ews, "admin": lab.admin["user"], "ca_file": lab.ca_file})
        result = self.home.tenon("wizard", "corp", "--connector", "exchange-onprem", *sets, "--secret",
                                 f"password={self.home.secret(lab.password)}", typed="\n\n\n\np\n:q\n")
        lines = [line.strip() for line in result.err.splitlines()]
        self.assertIn("run by hand", lines, str(result))
        command = lines[lines.index("run by hand") + 1]
        self.assertRegex(command, r'^New-ManagementRoleAssignment -Name .* -Role ApplicationImpersonation -User \S+$')

    def press(self, lab, *keys):
        """The wizard at Verification, after these keys."""
        answers = {"server": lab.ews, "admin": lab.admin["user"], "ca_file": lab.ca_file, "auth": "basic"}
        sets = harness.sets(answers)
        return self.home.tenon("wizard", "corp", "--connector", "exchange-onprem", *sets, "--secret",
                               f"password={self.home.secret('wrong')}", typed="\n".join(["", "", "", "", "", *keys, "q", ""]))

    def test_wizard__sends_a_refused_password_again_for_verify_only(self):
        lab = self.lab(scenario="lockout")
        mailbox = lab.allowed[0]
        result = self.press(lab, "v", "t", mailbox, "t", mailbox, "v", "t", mailbox)
        self.assertEqual(self.attempts(lab)["refused"], 2, str(result))
        self.assertEqual(result.err.count("Not tried: this password was refused before"), 3, str(result))

    def test_browse__says_that_nothing_was_found(self):
        lab = self.lab()
        self.assertStatus(self.wizard(lab), 0)
        result = self.home.tenon("browse", "corp", "nobody-of-that-name")
        self.assertStatus(result, 0)
        self.assertIn("Nothing was found.", result.err)
        self.assertNotIn("Nothing was found.", self.home.tenon("browse", "corp").err)

    def test_browse__finds_a_mailbox_by_typed_text(self):
        lab = self.lab()
        self.assertStatus(self.wizard(lab), 0)
        result = self.home.tenon("browse", "corp", lab.allowed[2].split("@")[0], "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertIn(lab.allowed[2], result.out)

    def test_connection__can_be_removed_with_its_secret(self):
        self.assertStatus(self.wizard(self.lab()), 0)
        self.assertStatus(self.home.tenon("connections", "remove", "corp"), 0)
        self.assertStatus(self.home.tenon("connections", "show", "corp"), 2)


harness.main()
