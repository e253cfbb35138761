# SPDX-License-Identifier: Apache-2.0
"""The connector for EWS of Exchange Online against the lab's cloud."""
import json

import cloud_case
import harness
from cloud_case import PERSON


class Office365Ews(cloud_case.CloudCase):
    connector, url_key, url_line = "office365-ews", "ews_url", "ews"

    def verified(self, lab, **how):
        self.connect_cloud(lab, **how)
        return self.home.tenon("verify", "cloud", "-o", "jsonl")

    def test_application__is_verified_in_order(self):
        result = self.verified(self.lab(scenario="cloud"))
        self.assertStatus(result, 0)
        order = [e["id"] for e in result.events() if e["event"] == "check"]
        self.assertEqual(order, ["net.resolve", "net.connect", "tls.handshake", "tls.certificate", "auth.token",
                                 "ews.endpoint", "ews.policy", "ews.version", "ews.sunset", "impersonate.role",
                                 "impersonate.mailbox"])
        checks = result.checks()
        self.assertEqual(checks["auth.token"]["data"]["token_kind"], "app")
        self.assertEqual(checks["auth.token"]["data"]["permissions"], "full_access_as_app")
        self.assertEqual(checks["ews.version"]["data"]["build"][:6], "15.20.")

    def test_sunset__has_the_day_and_the_successor(self):
        checks = self.verified(self.lab(scenario="cloud")).checks()
        sunset = checks["ews.sunset"]
        self.assertEqual(sunset["data"]["retires"], "2027-04-01")
        self.assertEqual(sunset["data"]["successor"], "office365-graph")
        self.assertIn(sunset["state"], ("warn", "fail"))
        if sunset["state"] == "warn":
            self.assertEqual(sunset["level"], "recommended")
            self.assertGreater(int(sunset["data"]["days_left"]), 0)

    def test_certificate__signs_in_as_well(self):
        lab = self.lab(scenario="cloud")
        result = self.verified(lab, grant="certificate", client_certificate=lab.client_certificate)
        self.assertStatus(result, 0)
        self.assertIn("certificate_ends", result.checks()["auth.token"]["data"])

    def test_tenant__is_found_in_another_cloud(self):
        self.tenant_is_found_in_another_cloud()

    def test_tenant__of_no_cloud_is_called_so(self):
        self.tenant_of_no_cloud_is_called_so()

    def test_tenant__is_looked_for_nowhere_else_with_an_authority_of_ones_own(self):
        self.tenant_is_looked_for_at_no_cloud_of_ones_own()

    def test_every_refusal__is_told_by_the_check_it_belongs_to(self):
        refusals = {  # exit status; the check that fails; its verdict
            "secret-expired": (16, "auth.token", "token-secret-expired"),
            "no-roles": (17, "ews.policy", "ews-role-less"),
            "wrong-audience": (1, "auth.token", "ews-token-audience"),
            "ews-blocked-by-policy": (17, "ews.policy", "ews-blocked-by-policy"),
            "not-on-allow-list": (17, "ews.policy", "ews-blocked-by-policy"),
            "ews-blocked-silently": (17, "ews.policy", "ews-forbidden-silently"),
            "ews-not-enough-scope": (17, "ews.policy", "ews-scope-app"),
        }
        for scenario, (status, check, verdict) in refusals.items():
            with self.subTest(scenario):
                result = self.verified(self.lab(scenario=scenario))
                self.assertStatus(result, status)
                checks = result.checks()
                self.assertEqual([i for i, c in checks.items() if c["state"] == "fail"], [check], str(result))
                self.assertEqual(checks[check]["data"]["verdict"], verdict)
                self.assertEqual(checks["impersonate.mailbox"]["state"], "skip")
                self.assertIn(checks["ews.sunset"]["state"], ("warn", "fail"))

    def test_allow_list__is_read_before_it_is_written(self):
        lab = self.lab(scenario="not-on-allow-list")
        policy = self.verified(lab).checks()["ews.policy"]
        self.assertIn("-RetrieveEwsOperationAccessPolicy", policy["data"]["mend"])
        self.assertIn(lab.client_id, policy["data"]["mend"])
        self.assertIn("Get-OrganizationConfig", policy["data"]["prove"])

    def test_token_without_the_permission__is_a_warning_that_names_rbac(self):
        token = self.verified(self.lab(scenario="no-roles")).checks()["auth.token"]
        self.assertEqual(token["state"], "warn")
        self.assertIn("RBAC for Applications", token["remedy"])
        self.assertEqual(token["data"]["missing"], "full_access_as_app")

    def test_token__that_is_refused_once_is_renewed_once(self):
        lab = self.lab(scenario="token-expired")
        self.assertStatus(self.verified(lab), 0)
        lab = self.lab(scenario="token-expired")
        self.connect_cloud(lab, name="fresh")
        result = self.home.tenon("impersonate", "fresh", *lab.allowed, "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertEqual(self.attempts(lab)["refused"], 1, "one 401, whatever was in flight")

    def test_busy_endpoint__is_waited_for(self):
        lab = self.lab(scenario="entra-throttled")
        self.connect_cloud(lab)
        self.assertStatus(self.home.tenon("impersonate", "cloud", lab.allowed[0], "-o", "jsonl"), 0)

    def test_bulk__has_a_word_for_each_mailbox(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab)
        words = {lab.allowed[0]: "ok", lab.denied[0]: "out-of-scope", lab.missing[0]: "no-mailbox",
                 lab.elsewhere[0]: "elsewhere", "no-address": "invalid"}
        # The one that opens comes first: what is refused after it is out of scope.
        result = self.home.tenon("impersonate", "cloud", *words, "--jobs", "1", "-o", "jsonl")
        found = {s: c["data"]["verdict"] for s, c in self.subjects(result).items()}
        self.assertEqual(found, words)

    def test_scope__shows_when_another_mailbox_opens(self):
        lab = self.lab(scenario="app-scope")
        self.connect_cloud(lab)
        subjects = [f"user0000{i}@contoso.example" for i in range(1, 5)]
        result = self.home.tenon("impersonate", "cloud", *subjects, "--jobs", "1", "-o", "jsonl")
        self.assertStatus(result, 17)
        found = [self.subjects(result)[s]["data"]["verdict"] for s in subjects]
        self.assertEqual(found, ["ok", "ok", "out-of-scope", "out-of-scope"])

    def test_no_token__is_told_of_each_and_asked_for_once(self):
        lab = self.lab(scenario="secret-wrong")
        self.connect_cloud(lab)
        result = self.home.tenon("impersonate", "cloud", *lab.allowed[:3], "-o", "jsonl")
        self.assertStatus(result, 16)
        self.assertEqual(len(self.subjects(result)), 3)

    def test_person__opens_a_mailbox_by_rights_and_without_the_header(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab, grant=PERSON)
        result = self.signed_in(lab, "verify", "cloud", "-o", "jsonl")
        self.assertStatus(result, 0)
        token = result.checks()["auth.token"]
        self.assertEqual(token["data"]["token_kind"], "delegated")
        self.assertEqual(result.checks()["impersonate.mailbox"]["state"], "pass")
        # What was kept of the sign-in does for the next command: nobody is there.
        again = self.home.tenon("impersonate", "cloud", *lab.allowed[:2], lab.denied[0], "-o", "jsonl")
        found = [self.subjects(again)[s]["data"]["verdict"] for s in (*lab.allowed[:2], lab.denied[0])]
        self.assertEqual(found, ["ok", "ok", "refused"], str(again))
        denied = self.subjects(again)[lab.denied[0]]
        self.assertIn("Add-MailboxPermission", denied["data"]["mend"])

    def test_person__who_is_not_there_is_said(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab, grant=PERSON)
        result = self.home.tenon("verify", "cloud", "-o", "jsonl")
        self.assertNotEqual(result.status, 0)
        self.assertEqual(result.checks()["auth.token"]["state"], "fail", str(result))

    def test_browse__lists_as_the_test_mailbox(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab)
        result = self.home.tenon("browse", "cloud", "user0000", "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertIn(lab.allowed[0], result.out)

    def test_plan__says_what_is_done_and_what_is_missing(self):
        states = {"cloud": ("done", "done", "done", "unknown", "done"),
                  "not-on-allow-list": ("done", "done", "done", "unknown", "missing"),
                  "no-roles": ("done", "unknown", "missing", "unknown", "unknown"),
                  "app-unknown": ("missing", "unknown", "unknown", "unknown", "unknown")}
        for scenario, expected in states.items():
            with self.subTest(scenario):
                lab = self.lab(scenario=scenario)
                self.connect_cloud(lab)
                result = self.home.tenon("configure", "cloud", "--plan", "-o", "json")
                steps = {step["id"]: step for step in json.loads(result.out)["steps"]}
                ids = [f"office365-ews.{name}" for name in ("app", "permissions", "consent", "scope", "allow-list")]
                self.assertEqual(list(steps), ids, str(result))
                self.assertEqual(tuple(steps[i]["state"] for i in ids), expected)
                self.assertIn("dc890d15-9560-4a4c-9b7f-a736ec74ec40", steps["office365-ews.permissions"]["body"])
                self.assertIn(lab.client_id, steps["office365-ews.consent"]["body"])

    def test_secret__and_tokens_stand_in_no_file_but_the_vault(self):
        lab = self.lab(scenario="cloud")
        self.verified(lab)
        for path, data in self.home.files():
            if not path.endswith("/client_secret"):
                self.assertNotIn(lab.client_secret.encode(), data, path)
                self.assertNotIn(b"eyJ", data, path)


harness.main()
