# SPDX-License-Identifier: Apache-2.0
"""What is to be done on the server, said to who may do it."""
import json

import cloud_case
import harness


class Cloud(cloud_case.CloudCase):
    connector, url_key, url_line = "office365-ews", "ews_url", "ews"

    def test_request__has_the_page_of_consent_to_open_and_no_secret(self):
        lab = self.lab(scenario="no-roles")
        self.connect_cloud(lab)
        result = self.home.tenon("configure", "cloud", "-o", "md")
        self.assertStatus(result, 0)
        page = result.out
        self.assertIn("- [ ] **Consent for the whole tenant**", page)
        self.assertIn("Who may do it: Privileged Role Administrator", page)
        self.assertRegex(page, r"\n  Open: <https://[^ >]*/adminconsent\?client_id=" + lab.client_id)
        self.assertIn("- Application (client) ID: `" + lab.client_id + "`", page)
        self.assertIn("An application, with a client secret", page)
        self.assertIn("## Done already\n\n- Register the application\n", page)
        self.assertNotIn(lab.client_secret, page)
        self.assertNotIn("eyJ", page)

    def test_request__does_not_ask_for_a_limit_that_nobody_asked_for(self):
        lab = self.lab(scenario="not-on-allow-list")
        self.connect_cloud(lab)
        page = self.home.tenon("configure", "cloud", "-o", "md").out
        asked, _, rest = page.partition("## Only where it is wanted")
        self.assertIn("allow list**", asked)
        self.assertNotIn("Limit the application", asked)
        self.assertIn("- **Limit the application to some mailboxes**", rest)

    def test_text__has_each_command_whole_in_a_line_of_its_own(self):
        lab = self.lab(scenario="not-on-allow-list")
        self.connect_cloud(lab)
        plan = json.loads(self.home.tenon("configure", "cloud", "-o", "json").out)
        shown = [line.strip() for line in self.home.tenon("configure", "cloud").out.splitlines()]
        for step in plan["steps"]:
            for line in step["body"].splitlines() if step["state"] != "done" else ():
                self.assertIn(line.strip(), shown)


class Configure(harness.TestCase):
    def plan(self, *args):
        """The one step of exchange-onprem's plan, and the run that gave it."""
        result = self.home.tenon("configure", "corp", *args, "-o", "json")
        plan = json.loads(result.out)
        self.assertEqual((plan["connection"], plan["connector"]), ("corp", "exchange-onprem"))
        self.assertEqual(len(plan["steps"]), 1, str(result))
        return plan["steps"][0], result

    def test_plan__says_that_the_role_is_there_when_acting_worked(self):
        lab = self.lab()
        self.connect(lab, mailbox=lab.allowed[0])
        step, result = self.plan()
        self.assertStatus(result, 0)
        self.assertEqual(step["state"], "done")
        text = self.home.tenon("configure", "corp")
        self.assertIn("1 step: 1 done", text.out)
        self.assertNotIn("New-ManagementRoleAssignment", text.out)

    def test_plan__says_that_the_role_is_missing_with_the_command_for_this_account(self):
        lab = self.lab(scenario="denied")
        self.connect(lab)
        step, result = self.plan()
        self.assertStatus(result, 0)
        self.assertEqual(step["state"], "missing")
        self.assertFalse(step["can_run"])
        self.assertIn(lab.admin["user"], step["body"])
        self.assertIn("Remove-ManagementRoleAssignment", step["undo"])
        text = self.home.tenon("configure", "corp")
        self.assertIn("Organization Management", text.out)
        # each line of the commands stands whole in a line of its own
        for line in step["body"].splitlines():
            self.assertIn(line, [shown.strip() for shown in text.out.splitlines()])

    def test_plan__is_written_without_a_server_too(self):
        lab = self.lab()
        self.connect(lab)
        with lab.silent():
            self.home.tenon("wizard", "corp", "--no-input", "--unverified", "--set", "timeout=1s")
            step, result = self.plan()
        self.assertStatus(result, 0)
        self.assertEqual(step["state"], "unknown")

    def test_yes__changes_nothing_where_nothing_runs_the_step(self):
        lab = self.lab(scenario="denied")
        self.connect(lab)
        step, result = self.plan("--yes")
        self.assertStatus(result, 3)
        self.assertNotIn("result", step)
        self.assertIn("Nothing was applied", result.err)
        self.assertIn("Nothing that was applied", self.home.tenon("configure", "corp", "--undo").err)

    def test_request__is_a_page_for_a_colleague_without_a_secret(self):
        lab = self.lab(scenario="denied")
        self.connect(lab, auth="basic")
        result = self.home.tenon("configure", "corp", "-o", "md")
        self.assertStatus(result, 0)
        self.assertEqual(result.err, "")
        page = result.out
        self.assertTrue(page.startswith("# Rights for the connection `corp`\n"), page)
        self.assertIn("- [ ] **Assign the role ApplicationImpersonation**", page)
        self.assertIn("Who may do it: Organization Management", page)
        self.assertIn(f"`{lab.admin['user']}`", page)
        self.assertIn("```text\n  New-ManagementRoleAssignment", page)
        self.assertIn("To take it back later:", page)
        self.assertIn("`tenon verify corp --wait 15m`", page)
        self.assertIn("Did not pass when it was verified", page)
        self.assertNotIn(lab.password, page)
        self.assertEqual(page.count("```") % 2, 0)

    def test_request__lists_what_is_done_and_asks_for_nothing_else(self):
        lab = self.lab()
        self.connect(lab, mailbox=lab.allowed[0])
        page = self.home.tenon("configure", "corp", "-o", "md").out
        self.assertIn("Nothing: every step is done.", page)
        self.assertIn("## Done already\n\n- Assign the role ApplicationImpersonation\n", page)
        self.assertNotIn("- [ ]", page)

    def test_requirements__are_said_before_anything_is_typed(self):
        result = self.home.tenon("plugin", "info", "exchange-onprem", "--requirements")
        self.assertStatus(result, 0)
        for word in ("ApplicationImpersonation", "no mailbox", "Organization Management", "only with auth = ticket"):
            self.assertIn(word, result.out)


harness.main()
