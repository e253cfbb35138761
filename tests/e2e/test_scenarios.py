# SPDX-License-Identifier: Apache-2.0
"""Every refusal has its check, its cause, a remedy and an exit status."""
import re
import socket

import harness


class Scenarios(harness.TestCase):
    def fails(self, scenario, status, check, cause, **answers):
        """Verifying against the scenario fails with that check, and everything said is of use."""
        lab = self.lab(scenario=scenario)
        self.connect(lab, **answers)
        return self.judge(status, check, cause)

    def judge(self, status, check, cause):
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, status)
        found = result.checks()[check]
        self.assertEqual((found["state"], found["cause"]), ("fail", cause), str(result))
        self.assertTrue(found["remedy"])
        failed = [c for c in result.checks().values() if c["state"] == "fail"]
        self.assertEqual(len(failed), 1, "one cause, not several: " + str(result))
        for skipped in (c for c in result.checks().values() if c["state"] == "skip"):
            self.assertTrue(skipped["because"], str(skipped))
        return found

    def test_every_scenario__has_the_exit_statuses_of_its_cause(self):
        # verify; impersonate of an allowed mailbox; browse. 1 config, 10 network, 12 tls, 16 auth, 17 denied.
        statuses = {
            "plain": (0, 0, 0), "all-schemes": (0, 0, 0), "version-old": (0, 0, 0), "throttled": (0, 0, 0),
            "gromox": (0, 0, 0), "denied": (17, 17, 0), "blocked": (17, 17, 17), "wrong-password": (16, 16, 16),
            "basic-off": (16, 16, 16), "certificate-expired": (12, 12, 12), "certificate-wrong-name": (12, 12, 12),
            "self-signed": (12, 12, 12), "owa-login-page": (1, 1, 1), "reset": (10, 10, 10),
        }
        for scenario, expected in statuses.items():
            with self.subTest(scenario):
                lab = self.lab(scenario=scenario)
                self.connect(lab)
                done = (self.home.tenon("verify", "corp"), self.home.tenon("impersonate", "corp", lab.allowed[0]),
                        self.home.tenon("browse", "corp", "user"))
                self.assertEqual(tuple(r.status for r in done), expected, "\n".join(map(str, done)))
                self.home.tenon("connections", "remove", "corp")

    def test_wrong_password__is_an_auth_failure_of_the_password_field(self):
        found = self.fails("wrong-password", 16, "auth.basic", "auth")
        self.assertEqual(found["field"], "password")
        self.assertIn("Basic", found["data"]["offered"])

    def test_denied__names_the_command_that_grants_the_role(self):
        lab = self.lab(scenario="denied")
        self.connect(lab, mailbox=lab.allowed[0])
        found = self.judge(17, "impersonate.role", "denied")
        self.assertIn("New-ManagementRoleAssignment", found["data"]["mend"])
        self.assertIn("ApplicationImpersonation", found["data"]["mend"])

    def test_expired_certificate__is_told_with_its_date_and_the_pin_that_helps(self):
        lab = self.lab(scenario="certificate-expired")
        self.connect(lab)
        found = self.judge(12, "tls.certificate", "tls")
        self.assertRegex(found["detail"], r"20\d\d-\d\d-\d\d")
        pin = re.search(r"sha256//\S{44}", found["remedy"]).group()
        self.assertStatus(self.wizard(lab, tls_pin=pin), 0)

    def test_certificate_of_another_name__lists_the_names_it_has(self):
        found = self.fails("certificate-wrong-name", 12, "tls.certificate", "tls")
        self.assertRegex(found["detail"] + str(found["data"]), r"[a-z]+\.[a-z]+")

    def test_unknown_authority__points_to_the_ca_file(self):
        lab = self.lab()
        self.connect(lab, ca_file=None)
        self.assertEqual(self.judge(12, "tls.certificate", "tls")["field"], "ca_file")

    def test_dead_port__is_a_network_failure_that_names_host_and_port(self):
        lab = self.lab()
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        self.connect(lab, server=f"https://127.0.0.1:{port}/EWS/Exchange.asmx")
        self.assertIn(str(port), self.judge(10, "net.connect", "network")["detail"])

    def test_unresolved_name__is_a_network_failure_of_the_server_field(self):
        self.connect(self.lab(), server="https://no-such-host.invalid/EWS/Exchange.asmx")
        self.assertEqual(self.judge(10, "net.resolve", "network")["field"], "server")

    def test_login_page__is_recognised(self):
        found = self.fails("owa-login-page", 1, "ews.endpoint", "config")
        self.assertRegex(found["detail"].lower(), r"sign-in|log-?on|login")

    def test_html_500__is_told_from_a_soap_fault(self):
        lab = self.lab(scenario="html-500")
        self.connect(lab)
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertNotEqual(result.status, 0)
        self.assertRegex(result.out, r"(?i)html|web page|error page")

    def test_reset__is_a_network_failure(self):
        lab = self.lab(scenario="reset")
        self.connect(lab)
        self.assertStatus(self.home.tenon("verify", "corp"), 10)

    def test_slow__ends_within_the_timeout_that_was_set(self):
        lab = self.lab(scenario="slow")
        self.connect(lab, timeout="1s")
        self.assertStatus(self.home.tenon("verify", "corp"), 19)

    def test_throttled__waits_and_finishes(self):
        lab = self.lab(scenario="throttled")
        self.connect(lab)
        result = self.home.tenon("impersonate", "corp", *lab.allowed[:10], "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertEqual(len([e for e in result.events() if e["event"] == "check"]), 10)

    def test_no_role__is_never_said_of_a_mailbox_that_does_not_exist(self):
        lab = self.lab(scenario="denied")
        self.connect(lab)
        result = self.home.tenon("impersonate", "corp", lab.missing[0], lab.allowed[0], "-o", "jsonl")
        verdicts = {e["subject"]: e["data"]["verdict"] for e in result.events() if e["event"] == "check"}
        self.assertEqual(verdicts, {lab.missing[0]: "no-mailbox", lab.allowed[0]: "refused"})

    def test_faults_in_http_200__are_told_apart_all_the_same(self):
        lab = self.lab(scenario="gromox")
        self.connect(lab)
        subjects = [lab.allowed[0], lab.denied[0], lab.missing[0]]
        result = self.home.tenon("impersonate", "corp", *subjects, "-o", "jsonl")
        verdicts = {e["subject"]: e["data"]["verdict"] for e in result.events() if e["event"] == "check"}
        self.assertEqual([verdicts[s] for s in subjects], ["ok", "refused", "no-mailbox"], str(result))


harness.main()
