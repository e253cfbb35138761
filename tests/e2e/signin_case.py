# SPDX-License-Identifier: Apache-2.0
"""What tests of Windows sign-in share: a KDC of their own, and connections by each way."""
import sys

import harness
import kdc

if not kdc.available():
    print("skipped: without krb5-kdc, krb5-admin-server, krb5-user")
    sys.exit(77)

UPN = "svc-tenon@contoso.example"


class SignInCase(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.realm = kdc.Kdc().__enter__()
        self.addCleanup(self.realm.__exit__)
        self.home.env.update(self.realm.env)

    def saved(self, server, auth, password=None, **answers):
        """A saved connection, whatever its verification said."""
        answers = {"server": server.ews, "admin": UPN, "ca_file": server.ca_file, "auth": auth, **answers}
        sets = harness.sets(answers)
        secret = [] if auth == "ticket" else ["--secret", "password=-"]
        self.home.tenon("connections", "remove", "corp")
        result = self.home.tenon("wizard", "corp", "--connector", "exchange-onprem", "--no-input", "--unverified", *sets,
                                 *secret, typed=(password or server.password) + "\n")
        self.assertIn("corp", self.home.stored(), str(result))
        return result

    def signs_in(self, check):
        """Verify passes, and so do requests after the first one on a connection."""
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertEqual(result.checks()[check]["state"], "pass", str(result))

    def acts_as(self, subjects):
        result = self.home.tenon("impersonate", "corp", *subjects, "-o", "jsonl")
        self.assertStatus(result, 0)
        verdicts = [e["data"]["verdict"] for e in result.events() if e["event"] == "check"]
        self.assertEqual(verdicts, ["ok"] * len(subjects), str(result))

    def kerberos_lab(self, scenario):
        return self.lab("--password-file", self.realm.password_file, "--keytab", self.realm.keytab, scenario=scenario)

    def tickets(self):
        return {"keytab": self.realm.client_keytab}, {"ticket_cache": self.realm.kinit().removeprefix("FILE:")}
