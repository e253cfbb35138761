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


if __name__ == "__main__":
    bench.main()
