# SPDX-License-Identifier: Apache-2.0
"""The wizard with a connector that retires, its successor, and a form that depends on how one gets in."""
import os

import bench
from test_faces import schema

PLUGINS = ("--plugin-dir", os.environ["TENON_TEST_CLOUDS"])
HELP = "PKCS#12 or PEM."


class FirstPage(bench.TestCase):
    def test_what_retires_is_said_with_its_successor_which_is_recommended(self):
        view = self.lines(*PLUGINS).until("choose")
        schema("view").validate(view)
        shown = {c["id"]: c for c in view["connectors"]}
        self.assertEqual(shown["cloud-old"]["retires"], "2037-04-01")
        self.assertEqual(shown["cloud-old"]["successor_name"], "Harbour")
        self.assertEqual(shown["harbour"]["replaces"], ["Old cloud"])
        self.assertNotIn("successor_name", shown["ruin"])  # it is not installed
        self.assertNotIn("replaces", shown["cloud-old"])

    def test_what_retires_is_not_what_enter_chooses(self):
        self.assertEqual(self.lines(*PLUGINS).until("choose")["usual"], "harbour")
        terminal = self.terminal(*PLUGINS)
        terminal.expect("1  Old cloud")
        terminal.expect("retires on 2037-04-01; take Harbour")
        terminal.expect("2  Harbour")
        terminal.expect("recommended in place of Old cloud")
        terminal.expect("retired on 2001-01-01; its successor, elsewhere, is not installed here")
        terminal.answer("Choice [harbour]: ", "q")
        self.assertEqual(terminal.end(), 5)

    def test_what_is_not_for_that_role_recommends_nothing(self):
        shown = [c["id"] for c in self.lines("--role", "target", *PLUGINS).until("choose")["connectors"]]
        self.assertNotIn("ruin", shown)

    def test_what_an_account_needs_is_said_before_anything_is_typed(self):
        view = self.lines(*PLUGINS).until("choose")
        needs = {c["id"]: c.get("requirements") for c in view["connectors"]}
        self.assertEqual(needs["cloud-old"], [{"title": "A key", "detail": "Any key will do.", "needs": "Warden"},
                                              {"title": "A certificate", "when": "grant == 'certificate'"}])
        self.assertIsNone(needs["harbour"])
        terminal = self.terminal(*PLUGINS)
        terminal.expect("? and a number: what an account for it needs")
        terminal.answer("Choice [harbour]: ", "?1")
        terminal.expect("A key")
        terminal.expect("given by: Warden")
        terminal.expect("only with grant = certificate")
        terminal.answer("Choice [harbour]: ", "? harbour")
        terminal.expect("Harbour does not say what an account needs.")
        terminal.answer("Choice [harbour]: ", "?9")
        terminal.expect("none of them")
        terminal.answer("Choice [harbour]: ", "q")
        self.assertEqual(terminal.end(), 5)
        self.assertEqual(terminal.text.count("1  Old cloud"), 1)  # the list is not drawn again


class Form(bench.TestCase):
    def form(self, *args):
        return self.terminal("--connector", "harbour", *PLUGINS, *args, NO_COLOR="1")

    def test_a_choice_that_needs_explaining_has_it_below(self):
        terminal = self.form()
        between = terminal.expect("2  certificate")
        self.assertIn("To act as others it takes an application.", between)
        self.assertIn("1  client-secret      An application, with a secret\n", between)
        self.assertIn("\n                          Acts as all mailboxes that", between)
        terminal.expect("3  person             A person: You sign in.\n")
        terminal.answer("Access as [client-secret]: ", ":q")
        self.assertEqual(terminal.end(), 5)

    def test_the_help_of_a_secret_stands_above_it_since_nobody_can_ask_there(self):
        terminal = self.form()
        terminal.answer("Access as [client-secret]: ", "1")
        terminal.expect("It stands on the page Overview.")
        terminal.answer("Application ID: ", "app-1")
        terminal.expect("Column Value, which is shown once.")
        terminal.hidden("Client secret (the Value) (not shown): ", ":?")
        terminal.answer("Mailbox to test with: ", ":q")
        self.assertEqual(terminal.end(), 5)
        self.assertNotIn("Certificate (file)", terminal.text)

    def test_the_fields_follow_the_choice_when_it_is_changed(self):
        terminal = self.form()
        terminal.answer("Access as [client-secret]: ", "person")
        terminal.answer("Mailbox to test with: ", ":b")
        terminal.answer("Access as [person]: ", "2")
        terminal.answer("Application ID: ", "app-1")
        terminal.answer("Certificate (file): ", ":q")
        self.assertEqual(terminal.end(), 5)

    def test_a_file_that_cannot_be_read_is_said_where_it_is_typed(self):
        self.home.file("mine.pfx", "bytes")
        terminal = self.form()
        terminal.answer("Access as [client-secret]: ", "2")
        terminal.answer("Application ID: ", "app-1")
        terminal.answer("Certificate (file): ", "/nowhere/mine.pfx")
        terminal.expect("! /nowhere/mine.pfx cannot be read: No such file or directory.")
        terminal.answer("Certificate (file): ", "~/mine.pfx")
        terminal.answer("Mailbox to test with: ", ":b")
        terminal.answer(f"Certificate (file) [{self.home.path}/mine.pfx]: ", ":q")
        self.assertEqual(terminal.end(), 5)
        self.assertEqual(terminal.text.count(HELP), 1)  # not again after each wrong answer


class Plan(bench.TestCase):
    def to_plan(self, *args):
        terminal = self.terminal("--connector", "harbour", *PLUGINS, *args, NO_COLOR="1")
        terminal.answer("Access as [client-secret]: ", "1")
        terminal.answer("Application ID: ", "app-1")
        terminal.hidden("Client secret (the Value) (not shown): ", "hunter22-secret")
        terminal.answer("Mailbox to test with: ", "")
        terminal.answer("What now? (Enter goes on): ", "p")
        terminal.expect("missing  Consent to the application")
        terminal.expect("who may: Global Administrator")
        terminal.expect("open\n             https://login.example/consent?client_id=1\n")
        terminal.expect("run by hand\n             Add-Role\n")
        return terminal

    def test_the_request_is_written_to_a_file_and_over_none(self):
        page = f"{self.home.path}/ask.md"
        taken = self.home.file("taken.md", "mine")
        terminal = self.to_plan()
        terminal.answer("What now? (Enter goes on): ", "w")
        terminal.answer("File [harbour-request.md]: ", taken)
        terminal.expect(f"There is a file {taken}")  # where the line is broken depends on the path
        terminal.answer("What now? (Enter goes on): ", "w")
        terminal.answer("File [harbour-request.md]: ", page)
        terminal.expect(f"Written to {page}")
        terminal.answer("What now? (Enter goes on): ", "")
        terminal.answer("Press Enter to verify: ", "")
        terminal.expect("Have it assigned.")
        terminal.expect("Steps to consider\n  p    Assign missing rights: 2 steps of the plan are left\n")
        terminal.answer("What next? [p]: ", "s")
        terminal.answer("Name of the connection [harbour]: ", "")
        terminal.expect("Next: tenon configure harbour ")
        self.assertEqual(terminal.end(), 17)
        with open(page, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("- [ ] **Consent to the application**", text)
        self.assertIn("Open: <https://login.example/consent?client_id=1>", text)
        self.assertIn("- Application ID: `app-1`", text)
        self.assertNotIn("hunter22", text)
        with open(taken, encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")
        self.assertEqual(os.stat(page).st_mode & 0o777, 0o600)

    def test_the_plan_comes_first_where_rights_are_missing_and_the_json_says_so(self):
        lines = self.lines("--connector", "harbour", *PLUGINS, "--set", "client_id=app-1")
        lines.until("form")
        self.assertIn("Plan first", lines.do("request")["problem"])
        lines.do("next")
        lines.do("secret", key="client_secret", text="x")
        lines.do("next")
        view = lines.do("plan")
        self.assertEqual([(s["id"], s.get("can_run")) for s in view["plan"]], [("cloud.consent", None), ("cloud.role", None)])
        self.assertEqual(view["proposed"], "harbour")
        self.assertNotIn("apply", view["can"])
        lines.send("request")
        page = lines.read()["request"]
        self.assertTrue(page.startswith("# Rights for the connection `harbour`\n"), page)
        self.assertIn("- [ ] **Assign the role**", page)
        lines.do("next")
        view = lines.do("verify")
        self.assertEqual([item["event"] for item in view["consider"]], ["plan", "test"])
        self.assertEqual(view["consider"][0]["open"], 2)
        for view in lines.views:
            if "view" in view:
                schema("view").validate(view)
        for event in lines.events:
            schema("event").validate(event)

    def test_the_plan_comes_first_where_something_was_not_permitted_though_none_was_made(self):
        lines = self.lines("--connector", "harbour", *PLUGINS, "--set", "client_id=app-1")
        lines.until("form")
        lines.do("next")
        lines.do("secret", key="client_secret", text="x")
        lines.do("next")
        lines.do("next")
        view = lines.do("verify")
        self.assertEqual(view["cause"], "denied")
        self.assertEqual(view["consider"][0]["event"], "plan")
        self.assertNotIn("open", view["consider"][0])

    def test_nothing_is_left_of_it_where_the_verification_passes(self):
        lines = self.lines("--connector", "harbour", *PLUGINS, "--set", "grant=person")
        lines.until("form")
        lines.do("next")
        lines.do("next")
        lines.do("next")
        view = lines.do("verify")
        self.assertEqual(view["outcome"], "pass")
        self.assertEqual([item["event"] for item in view["consider"]], ["test", "plan"])
        self.assertNotIn("open", view["consider"][-1])


bench.main()
