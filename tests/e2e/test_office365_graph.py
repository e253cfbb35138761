# SPDX-License-Identifier: Apache-2.0
"""The connector for Microsoft 365 through Graph against the lab's cloud."""
import json

import cloud_case
import harness
from cloud_case import PERSON


class Office365Graph(cloud_case.CloudCase):
    connector, url_key, url_line = "office365-graph", "graph_url", "graph"

    def verified(self, lab, **how):
        self.connect_cloud(lab, **how)
        return self.home.tenon("verify", "cloud", "-o", "jsonl")

    def words(self, result):
        return {subject: check["data"]["verdict"] for subject, check in self.subjects(result).items()}

    def test_application__is_verified_in_order(self):
        result = self.verified(self.lab(scenario="cloud"))
        self.assertStatus(result, 0)
        order = [e["id"] for e in result.events() if e["event"] == "check"]
        self.assertEqual(order, ["net.resolve", "net.connect", "tls.handshake", "tls.certificate", "auth.token",
                                 "graph.endpoint", "graph.permissions", "impersonate.role", "impersonate.mailbox"])
        checks = result.checks()
        self.assertEqual({c["state"] for c in checks.values()}, {"pass"}, str(result))
        self.assertEqual(checks["auth.token"]["data"]["token_kind"], "app")
        self.assertIn("Contoso", checks["graph.endpoint"]["detail"])

    def test_certificate__signs_in_as_well(self):
        lab = self.lab(scenario="cloud")
        self.assertStatus(self.verified(lab, grant="certificate", client_certificate=lab.client_certificate), 0)

    def test_without_a_mailbox__nothing_is_proven(self):
        result = self.verified(self.lab(scenario="cloud"), mailbox=None)
        self.assertStatus(result, 0)
        self.assertEqual(result.checks()["impersonate.role"]["state"], "warn")

    def test_tenant__is_found_in_another_cloud(self):
        self.tenant_is_found_in_another_cloud()

    def test_tenant__of_no_cloud_is_called_so(self):
        self.tenant_of_no_cloud_is_called_so()

    def test_tenant__is_looked_for_nowhere_else_with_an_authority_of_ones_own(self):
        self.tenant_is_looked_for_at_no_cloud_of_ones_own()

    def test_every_refusal__is_told_by_the_check_it_belongs_to(self):
        refusals = {  # exit status; the check that fails; its verdict
            "secret-expired": (16, "auth.token", "token-secret-expired"),
            "wrong-audience": (1, "auth.token", "graph-audience"),
            "no-roles": (17, "impersonate.role", "refused"),
            "graph-no-mailbox-permission": (17, "impersonate.role", "refused"),
            "no-exchange-plan": (1, "graph.endpoint", "graph-no-plan"),
        }
        for scenario, (status, check, verdict) in refusals.items():
            with self.subTest(scenario):
                result = self.verified(self.lab(scenario=scenario))
                self.assertStatus(result, status)
                checks = result.checks()
                self.assertEqual([i for i, c in checks.items() if c["state"] == "fail"], [check], str(result))
                self.assertEqual(checks[check]["data"]["verdict"], verdict)
                self.assertTrue(checks[check]["remedy"])
                self.assertEqual(checks["impersonate.mailbox"]["state"], "skip")

    def test_missing_permissions__are_named_with_the_consent_page(self):
        lab = self.lab(scenario="graph-no-mailbox-permission")
        permissions = self.verified(lab).checks()["graph.permissions"]
        self.assertEqual(permissions["state"], "warn")
        self.assertEqual(permissions["data"]["missing"], "MailboxSettings.Read Mail.ReadBasic.All")
        self.assertIn(f"{lab.authority}/{lab.tenant}/adminconsent?client_id={lab.client_id}", permissions["remedy"])

    def test_no_roles__names_rbac_for_applications(self):
        permissions = self.verified(self.lab(scenario="no-roles")).checks()["graph.permissions"]
        self.assertEqual(permissions["state"], "warn")
        self.assertIn("RBAC for Applications", permissions["detail"])

    def test_no_directory__is_connected_and_browses_nothing(self):
        result = self.verified(self.lab(scenario="graph-no-directory"))
        self.assertStatus(result, 0)
        self.assertEqual(result.checks()["graph.permissions"]["data"]["missing"], "User.Read.All")
        self.assertEqual(result.checks()["impersonate.mailbox"]["state"], "pass")
        self.assertStatus(self.home.tenon("browse", "cloud"), 17)

    def test_token__that_is_refused_once_is_renewed_once(self):
        lab = self.lab(scenario="token-expired")
        self.assertStatus(self.verified(lab), 0)
        lab = self.lab(scenario="token-expired")
        self.connect_cloud(lab, name="fresh")
        self.assertStatus(self.home.tenon("impersonate", "fresh", *lab.allowed, "-o", "jsonl"), 0)
        self.assertEqual(self.attempts(lab)["refused"], 1, "one 401, whatever was in flight")

    def test_bulk__has_a_word_for_each_mailbox(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab)
        words = {lab.allowed[0]: "ok", lab.denied[0]: "out-of-scope", lab.missing[0]: "no-mailbox",
                 lab.elsewhere[0]: "elsewhere", "no-address": "invalid"}
        result = self.home.tenon("impersonate", "cloud", *words, "-o", "jsonl")
        self.assertEqual(self.words(result), words, str(result))
        self.assertStatus(result, 17)

    def test_second_address__leads_to_its_mailbox(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab)
        second = lab.allowed[0].replace("user", "mailbox", 1)
        result = self.home.tenon("impersonate", "cloud", second, "-o", "jsonl")
        self.assertEqual(self.words(result), {second: "ok"}, str(result))

    def test_mixed_mailboxes__each_have_their_own_reason(self):
        lab = self.lab("--mailboxes", "12", scenario="graph-mailboxes-mixed")
        self.connect_cloud(lab)
        result = self.home.tenon("impersonate", "cloud", "--from", lab.mailboxes_file, "--jobs", "8", "-o", "jsonl")
        subjects = [f"user0000{i}@contoso.example" for i in range(1, 7)]
        found = [self.subjects(result)[s]["data"].get("symptom", "ok") for s in subjects]
        self.assertEqual(found, ["ok", "graph-unlicensed", "graph-unlicensed", "graph-unlicensed", "graph-half",
                                 "graph-oddity"], str(result))

    def test_throttled__is_waited_for(self):
        lab = self.lab("--mailboxes", "20", scenario="graph-throttled")
        self.connect_cloud(lab)
        result = self.home.tenon("impersonate", "cloud", "--from", lab.mailboxes_file, "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertEqual(len(self.subjects(result)), 20)

    def test_scope__shows_when_another_mailbox_opens(self):
        lab = self.lab(scenario="app-scope")
        self.connect_cloud(lab)
        subjects = [f"user0000{i}@contoso.example" for i in range(1, 5)]
        result = self.home.tenon("impersonate", "cloud", *subjects, "-o", "jsonl")
        self.assertStatus(result, 17)
        self.assertEqual([self.words(result)[s] for s in subjects], ["ok", "ok", "out-of-scope", "out-of-scope"])

    def test_no_token__is_told_of_each_and_asked_for_once(self):
        lab = self.lab(scenario="secret-wrong")
        self.connect_cloud(lab)
        result = self.home.tenon("impersonate", "cloud", *lab.allowed[:3], "-o", "jsonl")
        self.assertStatus(result, 16)
        self.assertEqual(len(self.subjects(result)), 3)

    def test_person__opens_folders_by_rights(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab, grant=PERSON)
        result = self.signed_in(lab, "verify", "cloud", "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertEqual(result.checks()["auth.token"]["data"]["token_kind"], "delegated")
        self.assertEqual(result.checks()["impersonate.mailbox"]["state"], "pass")
        again = self.home.tenon("impersonate", "cloud", lab.allowed[0], lab.denied[0], "-o", "jsonl")
        self.assertEqual(self.words(again), {lab.allowed[0]: "ok", lab.denied[0]: "refused"}, str(again))
        self.assertIn("Add-MailboxPermission", self.subjects(again)[lab.denied[0]]["data"]["mend"])

    def test_browse__lists_users_with_their_kinds(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab)
        result = self.home.tenon("browse", "cloud", "user00001", "-o", "json")
        self.assertStatus(result, 0)
        self.assertIn("user00001@contoso.example", result.out)
        self.assertIn("mailbox", result.out)
        everybody = self.home.tenon("browse", "cloud", "-o", "jsonl")
        self.assertStatus(everybody, 0)
        self.assertIn(lab.disabled[0], everybody.out, "rooms and shared mailboxes are blocked accounts")

    def test_pages__that_lead_astray_are_not_followed(self):
        for scenario, verdict in (("graph-paging-loop", "graph-paging-loop"),
                                  ("graph-foreign-link", "graph-foreign-link")):
            with self.subTest(scenario):
                lab = self.lab(scenario=scenario)
                self.connect_cloud(lab)
                result = self.home.tenon("browse", "cloud", "-o", "jsonl")
                self.assertIn(verdict, result.out)
                self.assertIn(lab.allowed[0], result.out, "what came before is shown")

    def test_plan__says_what_is_done_and_changes_nothing(self):
        lab = self.lab(scenario="graph-no-mailbox-permission")
        self.connect_cloud(lab)
        result = self.home.tenon("configure", "cloud", "--plan", "-o", "json")
        steps = {step["id"]: step for step in json.loads(result.out)["steps"]}
        self.assertEqual(list(steps), ["office365-graph.app", "office365-graph.permissions",
                                       "office365-graph.consent", "office365-graph.scope"])
        self.assertEqual([s["state"] for s in steps.values()], ["done", "missing", "missing", "unknown"])
        self.assertIn(lab.client_id, steps["office365-graph.scope"]["body"])

    def test_requirements__are_told_before_anything_is_typed(self):
        result = self.home.tenon("plugin", "info", "office365-graph", "--requirements")
        self.assertStatus(result, 0)
        self.assertIn("Mail.ReadBasic.All", result.out)

    def test_secrets__stay_out_of_what_is_written(self):
        lab = self.lab(scenario="cloud")
        result = self.verified(lab)
        self.assertStatus(result, 0)
        self.assertNotIn(lab.client_secret, result.out + result.err)
        self.assertNotIn("eyJ", result.out + result.err)


if __name__ == "__main__":
    harness.main()
