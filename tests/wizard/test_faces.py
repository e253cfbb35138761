# SPDX-License-Identifier: Apache-2.0
"""Transcripts of the JSON face and runs without a person, through the real program."""
import json
import os
import unittest

import jsonschema

import bench

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CANARY = "c4n4ry-of-the-wizard"
DONE = ["--connector", "testconnector", "--set", "server=mail.contoso.example", "--set", "admin=root@contoso.example"]


def schema(name):
    with open(f"{ROOT}/docs/wizard.schema.json", encoding="utf-8") as file:
        whole = json.load(file)
    return jsonschema.Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": whole["definitions"]})


def field(view, key):
    return next((f for f in view["fields"] if f["key"] == key), None)


class JsonFace(bench.TestCase):
    def to_verification(self, lines, password="right"):
        view = lines.until("form")
        while view["view"] == "form":
            if field(view, "password"):
                lines.do("secret", key="password", text=password)
            view = lines.do("next")
        self.assertEqual(view["view"], "plan")
        self.assertEqual(view["title"], "Configuration")
        view = lines.do("next")
        self.assertEqual(view["view"], "verification")
        return view

    def check_shapes(self, lines):
        for view in lines.views:
            if "view" in view:
                schema("view").validate(view)
        for event in lines.events:
            schema("event").validate(event)

    def test_the_whole_way_is_stored(self):
        lines = self.lines()
        view = lines.until("choose")
        self.assertEqual(view["title"], "Target server")
        lines.send("choose", connector="testconnector")
        self.to_verification(lines)
        view = lines.do("verify")
        self.assertEqual(view["outcome"], "pass")
        self.assertEqual([item["event"] for item in view["consider"]], ["test", "plan"])
        view = lines.do("browse", typed="a")
        self.assertEqual([offer["value"] for offer in view["browsed"]["offers"]], ["anna@contoso.example"])
        view = lines.do("test", subjects=["ok-1", "deny-1"])
        self.assertEqual({t["subject"]: t["state"] for t in view["tests"]}, {"ok-1": "pass", "deny-1": "fail"})
        view = lines.do("finish", name="corp")
        self.assertEqual((view["view"], view["outcome"], view["verified"]), ("done", "saved", True))
        self.assertEqual(lines.end(), 0)
        self.check_shapes(lines)
        self.assertEqual(self.home.stored("corp")["connector"], "testconnector")

    def test_a_plan_does_not_come_first_where_the_verification_passes_without_it(self):
        lines = self.lines("--connector", "testconnector")
        self.to_verification(lines)
        lines.do("plan")
        lines.do("next")
        view = lines.do("verify")
        self.assertEqual([item["event"] for item in view["consider"]], ["test", "plan"])
        self.assertEqual(view["consider"][1]["open"], 2)

    def test_what_is_optional_is_applied_only_when_it_is_named(self):
        lines = self.lines("--connector", "testconnector", "--set", "script=plan:optional", "--set", "auth=none")
        view = lines.until("form")
        while view["view"] != "plan":
            view = lines.do("next")
        # suggest takes the script back where nobody typed one; here somebody did
        view = lines.do("plan")
        self.assertEqual([s.get("optional") for s in view["plan"]], [None, True])
        view = lines.do("apply")
        self.assertEqual([c["id"] for c in view["checks"]], ["role.create"])
        lines.do("plan")
        view = lines.do("apply", ids=["role.assign"])
        self.assertEqual([c["id"] for c in view["checks"]], ["role.assign"])

    def test_a_plan_is_applied_after_a_yes_and_undone(self):
        lines = self.lines("--connector", "testconnector")
        self.to_verification(lines)
        view = lines.do("plan")
        self.assertEqual([(s["id"], s["state"], s["can_run"]) for s in view["plan"]],
                         [("role.create", "missing", True), ("role.assign", "missing", True)])
        view = lines.do("apply", ids=["role.create"])
        self.assertEqual((view["view"], [c["id"] for c in view["checks"]]), ("report", ["role.create"]))
        view = lines.do("plan")
        self.assertEqual([s["state"] for s in view["plan"]], ["done", "missing"])
        view = lines.do("undo")
        self.assertEqual((view["phase"], len(view["checks"])), ("undo", 1))
        view = lines.do("plan")
        self.assertEqual([s["state"] for s in view["plan"]], ["missing", "missing"])
        self.assertEqual(lines.end(), 4)
        self.check_shapes(lines)

    def test_a_wrong_password_leads_back_to_its_field(self):
        lines = self.lines("--connector", "testconnector")
        self.to_verification(lines, password="wrong")
        view = lines.do("verify")
        self.assertEqual((view["outcome"], view["cause"]), ("fail", "auth"))
        self.assertEqual(view["blamed"], [{"key": "password", "label": "Password"}])
        view = lines.do("finish")
        self.assertIn("unverified", view["problem"])
        view = lines.do("goto", key="password")
        self.assertEqual(view["focus"], "password")
        lines.do("secret", key="password", text="right")
        lines.do("goto", page="verification")
        self.assertEqual(lines.do("verify")["outcome"], "pass")
        lines.do("quit")
        self.assertEqual(lines.end(), 5)
        self.check_shapes(lines)

    def test_a_field_that_open_blames_is_a_check(self):
        lines = self.lines("--connector", "testconnector", "--set", "server=wrong")
        self.to_verification(lines)
        view = lines.do("verify")
        self.assertEqual((view["outcome"], view["cause"]), ("fail", "config"))
        self.assertEqual(view["blamed"][0]["key"], "server")
        lines.end()

    def test_suggestions_are_marked(self):
        lines = self.lines("--connector", "testconnector")
        lines.until("form")
        view = lines.do("next")
        self.assertEqual((field(view, "mailbox")["value"], field(view, "mailbox")["mark"]),
                         ("anna@contoso.example", "patched"))
        self.assertEqual(len(field(view, "mailbox")["offers"]), 3)
        lines.end()

    def ask(self, script):
        """A verification up to its question."""
        lines = self.lines("--connector", "testconnector", "--set", f"script={script}")
        self.to_verification(lines)
        lines.send("verify")
        return lines

    def answer_of(self, lines):
        view = lines.until("verification")
        lines.end()
        self.check_shapes(lines)
        return next(check["detail"] for check in view["checks"] if check["id"] == "testconnector.answer")

    def test_a_question_takes_one_of_its_answers(self):
        lines = self.ask("ask:colour")
        view = lines.until("ask")
        self.assertEqual((view["asks"][0]["ask"], view["asks"][0]["kind"]), ("colour", "choice"))
        lines.send("reply", ask="colour", text="green")
        self.assertIn("no answer", lines.until("ask")["problem"])
        lines.send("reply", ask="colour", text="blue")
        self.assertEqual(self.answer_of(lines), "blue")

    def test_a_question_may_be_declined(self):
        lines = self.ask("ask:colour")
        lines.until("ask")
        lines.send("reply", ask="colour", declined=True)
        self.assertEqual(self.answer_of(lines), "(-8)")

    def test_the_answer_to_a_secret_question_is_in_no_view(self):
        lines = self.ask("secret:code")
        lines.until("ask")
        lines.send("reply", ask="code", text="123456")
        self.assertEqual(self.answer_of(lines), "the code")
        self.assertNotIn("123456", json.dumps(lines.views))

    def test_a_question_that_is_withdrawn_leaves_the_screen(self):
        lines = self.ask("visit:device")
        view = lines.until("ask")
        self.assertEqual((view["asks"][0]["url"], view["asks"][0]["code"]),
                         ("https://login.example/device", "ABCD-EFGH"))
        self.assertEqual(self.answer_of(lines), "seen")

    def test_cancel_ends_a_slow_verification(self):
        lines = self.lines("--connector", "testconnector", "--set", "script=pass:a slow")
        self.to_verification(lines)
        lines.send("verify")
        view = lines.until("busy")
        while len(view["checks"]) < 3:
            view = lines.until("busy")
        lines.send("cancel")
        view = lines.settled()
        self.assertEqual((view["problem"], view.get("outcome")), ("Cancelled.", None))
        lines.end()
        self.check_shapes(lines)

    def test_a_session_is_resumed_where_it_was(self):
        lines = self.lines("--connector", "testconnector", "--set", "script=pass:a slow")
        before = self.to_verification(lines)
        lines.send("verify")
        lines.until("busy")
        lines.send("session")
        while "session" not in (line := lines.read()):
            pass
        lines.process.kill()
        again = self.lines()
        again.until("choose")
        view = again.do("resume", session=line["session"])
        self.assertEqual((view["view"], view["interrupted"]), ("verification", True))
        self.assertEqual(view["steps"], before["steps"])
        again.do("goto", key="script")
        again.do("answer", key="script", text="pass:x")
        again.do("secret", key="password", text="right")
        again.do("goto", page="verification")
        self.assertEqual(again.do("verify")["outcome"], "pass")
        again.end()
        self.check_shapes(again)

    def test_no_secret_is_in_a_view_or_the_session(self):
        lines = self.lines("--connector", "testconnector", "--set", "script=pass:a")
        self.to_verification(lines, password=CANARY)
        lines.do("verify")
        lines.send("session")
        while "session" not in (session := lines.read()):
            pass
        lines.do("finish", name="corp", unverified=True)
        lines.end()
        self.assertNotIn(CANARY, json.dumps(lines.views) + json.dumps(session) + lines.err)
        for path, data in self.home.all_bytes():
            self.assertNotIn(CANARY.encode(), data, path)

    def test_lines_that_are_no_events_are_answered(self):
        lines = self.lines("--connector", "testconnector")
        lines.until("form")
        for bad, why in (("nonsense", "no event"), ('{"event":"ended","status":"ok"}', "driver"),
                         ('{"event":"fly"}', 'no event "fly"'), ('{"event":"next"} x', "no event")):
            lines.process.stdin.write(bad + "\n")
            lines.process.stdin.flush()
            self.assertIn(why, lines.settled()["problem"])
        lines.end()

    def test_too_long_a_secret_is_answered(self):
        lines = self.lines("--connector", "testconnector")
        lines.until("form")
        self.assertIn("64 KiB", lines.do("secret", key="password", text="x" * 65537)["problem"])
        lines.end()

    def test_changing_a_connection_keeps_its_secret(self):
        self.assertEqual(without_person(self, "corp", *DONE, typed="right\n").returncode, 0)
        lines = self.lines("corp")
        view = lines.until("form")
        self.assertEqual(view["mode"], "edit")
        lines.do("answer", key="server", text="other.contoso.example")
        view = lines.do("next")
        self.assertEqual((field(view, "password")["secret"], field(view, "admin")["value"]),
                         ("stored", "root@contoso.example"))
        lines.do("goto", page="verification")
        self.assertEqual(lines.do("verify")["outcome"], "pass")
        self.assertEqual(lines.do("finish")["name"], "corp")
        self.assertEqual(lines.end(), 0)
        again = self.home.run("wizard", "corp", "--no-input")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.check_shapes(lines)


class Probe(JsonFace):
    """The same transcripts with a probe of the family beside the connector, and what only it adds."""

    def setUp(self):
        super().setUp()
        self.home.env["TENON_PLUGIN_PATH"] += ":" + os.environ["TENON_TEST_PROBES"]

    def verified(self, script):
        lines = self.lines("--connector", "testconnector", "--set", f"script=pass:x {script}")
        self.to_verification(lines)
        view = lines.do("verify")
        lines.end()
        self.check_shapes(lines)
        return view, {check["id"]: check for check in view["checks"]}

    def test_a_probe_is_no_choice_of_its_own(self):
        lines = self.lines()
        self.assertEqual([c["id"] for c in lines.until("choose")["connectors"]], ["testconnector"])
        lines.end()

    def test_its_checks_stand_beside_the_connectors(self):
        view, checks = self.verified("")
        self.assertEqual(view["outcome"], "pass")
        self.assertEqual(checks["wizardprobe.shell"]["from"], "wizardprobe")
        self.assertEqual(checks["wizardprobe.shell"]["detail"], "mail.contoso.example")
        self.assertNotIn("from", checks["net.connect"])

    def test_its_recommended_check_does_not_keep_from_finishing(self):
        view, checks = self.verified("probe:fail")
        self.assertEqual((view["outcome"], checks["wizardprobe.shell"]["state"]), ("pass", "fail"))

    def test_its_death_is_a_check(self):
        if bench.mode != "worker":
            self.skipTest("in the process a death is everybody's")
        view, checks = self.verified("probe:die")
        self.assertEqual(view["outcome"], "fail")
        self.assertEqual((checks["plugin.crashed"]["from"], checks["auth.basic"]["state"]), ("wizardprobe", "pass"))

    def test_cancel_reaches_it(self):
        lines = self.lines("--connector", "testconnector", "--set", "script=pass:x probe:slow")
        self.to_verification(lines)
        lines.send("verify")
        view = lines.until("busy")
        while len(view["checks"]) < 3:
            view = lines.until("busy")
        lines.send("cancel")
        self.assertEqual(lines.settled()["problem"], "Cancelled.")
        lines.end()


def without_person(test, *args, typed=""):
    secret = ["--secret", "password=-"] if typed else []
    return test.home.run("wizard", "--no-input", *secret, *args, typed=typed)


class NoInput(bench.TestCase):
    def test_what_is_missing_is_named_and_the_status_is_4(self):
        result = without_person(self, "--connector", "testconnector", "--set", "server=")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertIn("--set server=VALUE", result.stderr)
        result = without_person(self)
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertIn("--connector ID", result.stderr)
        self.assertIn("testconnector", result.stderr)

    def test_a_typing_error_in_a_key_is_usage_with_a_suggestion(self):
        result = without_person(self, "--connector", "testconnector", "--set", "servr=x")
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn('Did you mean "server"?', result.stderr)

    def test_an_unknown_connector_is_an_environment_error(self):
        result = without_person(self, "--connector", "nope")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("tenon plugin list", result.stderr)

    def test_a_failed_verification_saves_nothing_and_exits_by_its_cause(self):
        result = without_person(self, "corp", *DONE, typed="wrong\n")
        self.assertEqual(result.returncode, 16, result.stderr)
        self.assertIn("Nothing was saved", result.stderr)
        self.assertFalse(os.path.exists(f"{self.home.path}/config/tenon/connections/corp.json"))
        result = without_person(self, "corp", *DONE, "--unverified", typed="wrong\n")
        self.assertEqual(result.returncode, 16, result.stderr)
        self.assertIn('Saved connection "corp", unverified', result.stdout)

    def test_a_secret_file_that_others_can_read_is_refused(self):
        path = self.home.file("password", "right\n", 0o644)
        result = without_person(self, "corp", *DONE, "--secret", f"password={path}")
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(f"chmod 600 {path}", result.stderr)
        os.chmod(path, 0o600)
        result = without_person(self, "corp", *DONE, "--secret", f"password={path}")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_secret_command_gives_its_output(self):
        result = without_person(self, "corp", *DONE, "--secret-cmd", "password=printf 'right\\n'")
        self.assertEqual(result.returncode, 0, result.stderr)
        # What tenon ignores, the command does not: it would go on and fail otherwise.
        result = without_person(self, "pipe", *DONE, "--secret-cmd",
                                "password=(while echo right 2>/dev/null; do :; done; kill $$) | head -1")
        self.assertEqual(result.returncode, 0, result.stderr)
        result = without_person(self, "other", *DONE, "--secret-cmd", "password=echo right; exit 3")
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("status 3", result.stderr)

    def test_too_long_a_secret_is_refused(self):
        path = self.home.file("password", "x" * 65537)
        result = without_person(self, "corp", *DONE, "--secret", f"password={path}")
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("64 KiB", result.stderr)

    def test_answers_come_from_a_file_in_either_form_but_no_secrets(self):
        lines = self.home.file("lines", "# a comment\nserver = mail.contoso.example\nadmin=root@contoso.example\n")
        result = without_person(self, "a", "--connector", "testconnector", "--answers", lines, typed="right\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        as_json = self.home.file("json", '{"server":"mail.contoso.example","admin":"root@contoso.example"}')
        result = without_person(self, "b", "--connector", "testconnector", "--answers", as_json, typed="right\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        secret = self.home.file("secret", '{"password":"' + CANARY + '"}')
        result = without_person(self, "c", "--connector", "testconnector", "--answers", secret)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("--secret password=FILE", result.stderr)
        self.assertNotIn(CANARY, result.stderr + result.stdout)

    def test_a_question_is_answered_beforehand_or_named(self):
        script = ["--set", "script=ask:a.colour"]
        result = without_person(self, "corp", *DONE, *script, "--set", "a.colour=blue", typed="right\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        result = without_person(self, "other", *DONE, "--set", "script=ask:a.colour fail:x", typed="right\n")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertIn("a.colour", result.stderr)

    def test_what_a_plugin_keeps_is_stored_and_found_again(self):
        result = without_person(self, "corp", *DONE, "--set", "script=vault:refresh", typed="right\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("kept.refresh", json.dumps(self.home.stored("corp")))
        lines = self.lines("corp", "--set", "script=kept:refresh")
        lines.until("form")
        lines.do("goto", page="verification")
        view = lines.do("verify")
        self.assertEqual([c["state"] for c in view["checks"] if c["id"] == "testconnector.kept"], ["pass"])
        lines.do("finish")
        self.assertEqual(lines.end(), 0)
        self.assertIn("kept.refresh", json.dumps(self.home.stored("corp")))

    def test_the_verification_is_the_first_line_of_the_history(self):
        result = without_person(self, "corp", *DONE, typed="right\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(f"{self.home.path}/state/tenon/history/corp.jsonl", encoding="utf-8") as file:
            line = json.loads(file.readline())
        self.assertEqual(line["outcome"], "pass")
        self.assertEqual([check["id"] for check in line["checks"]], ["net.connect", "auth.basic"])

    def test_a_connector_of_the_other_role_is_refused(self):
        result = without_person(self, "--connector", "testconnector", "--role", "middle")
        self.assertEqual(result.returncode, 2, result.stderr)


if __name__ == "__main__":
    bench.main()
