# SPDX-License-Identifier: Apache-2.0
"""Pages that a plugin sends a person to, and the tokens it keeps: in the plain commands, in the wizard, as JSON."""
import json
import os
import pty
import re
import subprocess
import threading
import time
import unittest
import urllib.request

import bench
from test_faces import schema

PAGE, CODE, ASK = "https://login.example/device", "ABCD-EFGH", "visitor.signin"
OPENER = "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$1\" > '{0}.new' && mv '{0}.new' '{0}'\n"


class TestCase(bench.TestCase):
    def store(self, script="", name="corp", **answers):
        """A connection whose script is run by the commands, and was not by the wizard."""
        done = self.home.run("wizard", name, "--connector", "visitor", "--no-input")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.answer(name, script=script, **answers)

    def answer(self, name="corp", **answers):
        stored = self.home.stored(name)
        stored["values"].update(answers)
        self.home.file(f"config/tenon/connections/{name}.json", json.dumps(stored))

    def commanded(self, *args, **how):
        return self.terminal(*args[1:], command=args[0], **how)

    def opener(self):
        """A desktop's way to open pages; gives where it notes what it was told."""
        os.mkdir(f"{self.home.path}/bin")
        told = f"{self.home.path}/opened"
        self.home.file("bin/xdg-open", OPENER.format(told), 0o755)
        return told, f"{self.home.path}/bin:/usr/bin:/bin"

    def opened(self, told):
        until = time.monotonic() + bench.SECONDS_MAX
        while not os.path.exists(told) and time.monotonic() < until:
            time.sleep(0.01)
        with open(told, encoding="utf-8") as file:
            return file.read().splitlines()

    def come_back(self, page, query="code=c0de-of-the-test"):
        """What the browser does at the end of the sign-in."""
        redirect = re.search(r"redirect_uri=(http://localhost:\d+/)", page)[1]
        state = re.search(r"state=([^&]+)", page)[1]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{redirect}?{query}&state={state}", timeout=30) as answer:
            return answer.read().decode()


class Commands(TestCase):
    def test_page_and_code_stand_on_lines_of_their_own(self):
        self.store("device:500")
        terminal = self.commanded("verify", "corp")
        terminal.expect("Sign in to the test")
        terminal.expect("15 minutes left (Ctrl-C or :q cancels)")
        terminal.expect("The sign-in has ended.")
        self.assertEqual(terminal.end(), 0)
        lines = terminal.plain().splitlines()
        self.assertIn(f"    {PAGE}", lines)
        self.assertIn(f"    {CODE}", lines)
        self.assertEqual(terminal.text.count("minutes left"), 1)

    def test_where_nothing_can_move_the_time_is_said_once(self):
        self.store("device:500")
        terminal = self.commanded("verify", "corp", TERM="dumb")
        terminal.expect("Waiting: 15 minutes left. Ctrl-C cancels.\n")
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(terminal.text.count("minutes left"), 1)
        self.assertNotIn("\x1b", terminal.text)

    def test_the_other_commands_show_it_too(self):
        self.store("device:300")
        for command in (("browse", "corp"), ("impersonate", "corp", "anna@contoso.example")):
            terminal = self.commanded(*command)
            terminal.expect(CODE)
            terminal.expect("The sign-in has ended.")
            self.assertEqual(terminal.end(), 0, terminal.text)

    def test_ctrl_c_cancels(self):
        self.store("hold")
        terminal = self.commanded("verify", "corp")
        terminal.expect("minutes left")
        terminal.interrupt()
        self.assertEqual(terminal.end(), 5)
        self.assertNotIn("has ended", terminal.text)

    def test_q_cancels_and_nothing_else_does(self):
        self.store("hold")
        terminal = self.commanded("verify", "corp")
        terminal.expect("minutes left")
        terminal.type("what now")
        terminal.expect("minutes left")
        terminal.type(":q")
        self.assertEqual(terminal.end(), 5)

    def test_a_code_that_runs_out_leaves_for_a_new_one(self):
        self.store("expire:300")
        terminal = self.commanded("verify", "corp")
        terminal.expect("OLDC-CODE")
        terminal.expect("less than a minute left")
        terminal.expect("The time for this sign-in has run out.")
        terminal.expect("NEWC-CODE")
        self.assertEqual(terminal.end(), 0)

    def test_with_nobody_there_the_question_is_named(self):
        self.store("device:300")
        for args in ((), ("-o", "jsonl")):
            done = self.home.run("verify", "corp", *args)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertIn(ASK, done.stderr)
            self.assertNotIn(CODE, done.stdout + done.stderr)

    def test_whoever_sees_the_terminal_can_go_though_the_answers_go_elsewhere(self):
        self.store("device:500")
        ours, theirs = pty.openpty()
        with subprocess.Popen(self.home.argv("verify", "corp", "-o", "jsonl"), env=self.home.env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs) as process:
            os.close(theirs)
            seen = []

            def listen():
                try:
                    while data := os.read(ours, 4096):
                        seen.append(data.decode())
                except OSError:
                    pass

            thread = threading.Thread(target=listen)
            thread.start()
            out = process.communicate(timeout=bench.SECONDS_MAX)[0]
            thread.join()
        os.close(ours)
        self.assertIn(CODE, "".join(seen))
        self.assertIn("(Ctrl-C cancels)", "".join(seen))  # there is nobody to type
        events = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(events[-1]["outcome"], "pass")
        self.assertEqual(process.returncode, 0)


class Browser(TestCase):
    def test_is_opened_where_there_is_a_desktop(self):
        self.store("browser")
        told, path = self.opener()
        terminal = self.commanded("verify", "corp", PATH=path, DISPLAY=":0")
        terminal.expect("A browser was opened.")
        count, page = self.opened(told)
        self.assertEqual(count, "1")
        self.assertRegex(page, r"^https://login\.example/authorize\?state=.*redirect_uri=")
        terminal.expect(page)
        self.assertIn("Back to the program", self.come_back(page))
        terminal.expect("The sign-in has ended.")
        self.assertEqual(terminal.end(), 0)
        self.assertNotIn("c0de-of-the-test", terminal.text)

    def test_is_not_opened_without_one_nor_by_root_from_elsewhere(self):
        self.store("browser")
        told, path = self.opener()
        cases = [{}] + ([{"DISPLAY": ":10", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}] if os.geteuid() == 0 else [])
        for env in cases:
            terminal = self.commanded("verify", "corp", PATH=path, **env)
            terminal.expect("Open this page in a browser on this machine:")
            terminal.expect("minutes left")
            hint = "grant=device-code" in terminal.text
            page = re.search(r"https://login\.example/authorize\S+", terminal.text)[0]
            self.come_back(page)
            self.assertEqual(terminal.end(), 0)
            self.assertFalse(os.path.exists(told))
            self.assertEqual(hint, "SSH_CONNECTION" in env)

    def test_a_page_with_a_code_is_for_any_browser(self):
        self.store("device:300")
        told, path = self.opener()
        terminal = self.commanded("verify", "corp", PATH=path, DISPLAY=":0")
        terminal.expect("in any browser")
        self.assertEqual(terminal.end(), 0)
        self.assertFalse(os.path.exists(told))


class LineFace(TestCase):
    def to_verification(self, script):
        terminal = self.terminal("--connector", "visitor", "--set", f"script={script}")
        terminal.answer("Administrator [root@contoso.example]: ", "")
        terminal.answer("Mailbox to test with", "")
        terminal.answer("Press Enter to verify: ", "")
        return terminal

    def test_shows_page_code_and_time_and_takes_them_off(self):
        terminal = self.to_verification("device:500")
        terminal.expect("Sign in to the test")
        terminal.expect("15 minutes left (Ctrl-C or :q cancels)")
        terminal.expect("The sign-in has ended.")
        terminal.expect("Steps to consider")
        lines = terminal.plain().splitlines()
        self.assertIn(f"    {PAGE}", lines)
        self.assertIn(f"    {CODE}", lines)
        terminal.answer("What next? [f]: ", "q")
        self.assertEqual(terminal.end(), 5)
        self.assertEqual(terminal.text.count("minutes left"), 1)

    def test_q_and_ctrl_c_cancel(self):
        for way in ("type", "interrupt"):
            terminal = self.to_verification("hold")
            terminal.expect("minutes left")
            if way == "type":
                terminal.type(":q")
            else:
                terminal.interrupt()
            terminal.expect("Cancelled.")
            terminal.answer("Press Enter to verify: ", "q")
            self.assertEqual(terminal.end(), 5)

    def test_a_code_that_runs_out_leaves_for_a_new_one(self):
        terminal = self.to_verification("expire:300")
        terminal.expect("OLDC-CODE")
        terminal.expect("The time for this sign-in has run out.")
        terminal.expect("NEWC-CODE")
        terminal.answer("What next? [f]: ", "q")
        terminal.end()

    def test_opens_a_browser(self):
        told, path = self.opener()
        self.home.env.update(PATH=path, WAYLAND_DISPLAY="wayland-0")
        terminal = self.to_verification("browser")
        self.come_back(self.opened(told)[1])
        terminal.expect("The sign-in has ended.")
        terminal.answer("What next? [f]: ", "q")
        terminal.end()


class JsonFace(TestCase):
    def asked(self, script):
        lines = self.lines("--connector", "visitor", "--set", f"script={script}")
        view = lines.until("form")
        while view["view"] == "form":
            view = lines.do("next")
        lines.send("verify")
        return lines, lines.until("ask")

    def test_has_url_code_and_time(self):
        lines, view = self.asked("device:300")
        schema("view").validate(view)
        ask = view["asks"][0]
        self.assertEqual((ask["kind"], ask["url"], ask["code"]), ("visit", PAGE, CODE))
        self.assertTrue(0 < ask["expires_ms"] <= 15 * 60000, ask)
        view = lines.settled()
        self.assertEqual(view["outcome"], "pass")
        lines.end()

    def test_one_that_ran_out_is_in_no_view(self):
        lines, view = self.asked("expire:300")
        while view["view"] in ("ask", "busy"):
            view = lines.read()
        codes = [[ask["code"] for ask in view["asks"]] for view in lines.views if view["view"] == "ask"]
        self.assertEqual([code for i, code in enumerate(codes) if i == 0 or code != codes[i - 1]], [["OLDC-CODE"], ["NEWC-CODE"]])
        lines.end()

    def test_cancel_takes_it_off(self):
        lines, _ = self.asked("hold")
        view = lines.do("cancel")
        self.assertEqual((view["view"], view.get("outcome")), ("verification", None))
        lines.end()

    def test_a_browser_comes_back_to_it(self):
        lines, view = self.asked("browser")
        ask = view["asks"][0]
        self.assertNotIn("code", ask)
        self.come_back(ask["url"])
        view = lines.settled()
        self.assertEqual(view["outcome"], "pass")
        self.assertNotIn("c0de-of-the-test", json.dumps(lines.views))
        lines.end()


class Keep(TestCase):
    """What a plugin keeps with a stored connection: a token that is another one after each sign-in."""

    def setUp(self):
        super().setUp()
        done = self.home.run("wizard", "corp", "--connector", "visitor", "--set", "script=rotate", "--no-input")
        self.assertEqual(done.returncode, 0, done.stderr)

    def had(self, *args, name="corp"):
        """What it had before this run: the number of the token."""
        done = self.home.run(*(args or ("verify", name)), "-o", "jsonl")
        checks = [e for e in map(json.loads, done.stdout.splitlines()) if e.get("id") == "visitor.rotated"]
        self.assertEqual(len(checks), 1, done.stdout + done.stderr)
        return int(checks[0]["detail"].split()[1])

    def entries(self):
        """Those of the vault."""
        return sorted(name.removesuffix(".sealed") for name in os.listdir(f"{self.home.path}/data/tenon/vault")
                      if name != "key.json" and not name.startswith("."))

    def kept(self, name="corp"):
        return self.home.stored(name)["values"].get("kept.refresh", {}).get("secret")

    def test_is_stored_on_finish_and_rotates_with_every_command(self):
        changed = self.home.stored("corp")["changed"]
        self.assertEqual(self.had(), 1)
        self.assertEqual(self.home.run("browse", "corp").returncode, 0)
        self.assertEqual(self.home.run("impersonate", "corp", "anna").returncode, 0)
        self.assertEqual(self.had(), 4)
        self.assertEqual(self.entries(), [self.kept()])
        self.assertEqual(self.home.stored("corp")["changed"], changed)  # no person changed it

    def test_is_shown_as_the_plugins_and_never_with_its_bytes(self):
        done = self.home.run("connections", "show", "corp")
        self.assertRegex(done.stdout, r"kept\.refresh +\(set by the plugin; kept in the sealed file")
        shown = json.loads(self.home.run("connections", "show", "corp", "-o", "json").stdout)
        self.assertEqual(shown["secret_places"]["kept.refresh"]["by"], "plugin")
        for path, data in self.home.all_bytes():
            self.assertNotIn(b"refresh-token-of-the-test", data, path)

    def test_is_stored_while_the_run_goes_on(self):
        self.answer(script="rotate hold")
        terminal = self.commanded("verify", "corp")
        terminal.expect("had 1")
        terminal.expect("minutes left")
        os.kill(terminal.pid, 9)
        self.answer(script="rotate")
        self.assertEqual(self.had(), 2)
        self.assertEqual(self.entries(), [self.kept()])

    def test_two_at_once_leave_one_that_is_there(self):
        self.answer(script="stop:100 rotate")  # so that they have read it before one of them writes
        for _ in range(3):
            several = [self.home.start("verify", "corp") for _ in range(4)]
            told = [process.communicate(timeout=bench.SECONDS_MAX) for process in several]
            self.assertEqual([process.returncode for process in several], [0] * 4, told)
            self.assertNotIn("kept", "".join(err for _, err in told))
        self.answer(script="rotate")
        self.assertGreater(self.had(), 1)
        self.assertEqual(self.entries(), [self.kept()])

    def test_is_read_anew_when_it_is_asked_again(self):
        self.answer(script="rotate busy")
        done = self.home.run("verify", "corp", "--wait", "1s")
        self.assertEqual(done.returncode, 18, done.stderr)
        self.assertIn("had 2", done.stdout)

    def test_goes_with_the_connection_and_into_no_export(self):
        for args in ((), ("--secrets", "--passphrase-file", self.home.file("phrase", "a passphrase of the test\n"))):
            done = self.home.run("connections", "export", "corp", *args)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("kept", done.stdout)
        self.assertEqual(self.home.run("connections", "remove", "corp").returncode, 0)
        self.assertEqual(self.entries(), [])

    def change(self, *sets):
        args = [part for text in sets for part in ("--set", text)]
        done = self.home.run("wizard", "corp", "--no-input", *args)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_is_forgotten_when_it_is_somebody_elses(self):
        for text in ("admin=other@contoso.example", "authority=https://login.elsewhere.example"):
            self.change("script=rotate")
            self.assertIsNotNone(self.kept())
            self.change(text, "script=")
            self.assertIsNone(self.kept(), text)
            self.assertEqual(self.entries(), [])
            self.answer(script="rotate")
            self.assertEqual(self.had(), 0)

    def test_stays_when_the_mailbox_is_another_one(self):
        before = self.kept()
        self.change("mailbox=ben@contoso.example", "script=")
        self.assertEqual(self.kept(), before)
        self.change("script=rotate")
        self.assertEqual(self.had(), 2)

    def test_of_answers_that_were_changed_meanwhile_is_not_stored(self):
        self.change("script=")
        self.answer(script="device:1500 rotate")
        before = self.kept()
        terminal = self.commanded("verify", "corp")
        terminal.expect("minutes left")
        self.answer(admin="other@contoso.example")
        terminal.expect("was changed meanwhile")
        terminal.end()
        self.assertEqual(self.kept(), before)
        self.assertEqual(self.entries(), [before])


if __name__ == "__main__":
    bench.main()
