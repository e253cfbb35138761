# SPDX-License-Identifier: Apache-2.0
"""tenon signs in where others decide: at Apache with mod_auth_gssapi, by a real KDC, and at a lab that counts.

Run as test_tenon_signin.py MODE, with the environment of the end-to-end tests."""
import json
import os
import ssl
import sys
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), HERE]

import kdc  # noqa: E402

if not kdc.available():
    print("skipped: without krb5-kdc, krb5-admin-server, krb5-user; ./dev test --interop installs them")
    sys.exit(77)

import apache  # noqa: E402
import harness  # noqa: E402

UPN = "svc-tenon@contoso.example"
WAYS = ("auto", "negotiate")


class SignIn(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.realm = kdc.Kdc().__enter__()
        self.addCleanup(self.realm.__exit__)
        self.home.env.update(self.realm.env)

    def saved(self, server, auth, password=None, **answers):
        """A saved connection, whatever its verification said."""
        answers = {"server": server.ews, "admin": UPN, "ca_file": server.ca_file, "auth": auth, **answers}
        sets = [part for key, value in answers.items() for part in ("--set", f"{key}={value}")]
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

    def tickets(self):
        return {"keytab": self.realm.client_keytab}, {"ticket_cache": self.realm.kinit().removeprefix("FILE:")}

    # --- Apache

    def apache(self, **how):
        if not apache.available():
            self.skipTest("without apache2, libapache2-mod-auth-gssapi")
        server = apache.Apache(self.realm, **how)
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def test_apache__takes_kerberos_by_password(self):
        for bound in (True, False):
            server = self.apache(bound=bound)
            for auth in WAYS:
                with self.subTest(bound=bound, auth=auth):
                    self.saved(server, auth)
                    self.signs_in("auth.negotiate")
                    self.acts_as(server.allowed * 5)

    def test_apache__takes_kerberos_by_ticket(self):
        for bound in (True, False):
            server = self.apache(bound=bound)
            for answers in self.tickets():
                with self.subTest(bound=bound, **answers):
                    self.saved(server, "ticket", **answers)
                    self.signs_in("auth.negotiate")
                    self.acts_as(server.allowed * 5)

    def test_apache__takes_ntlm(self):
        server = self.apache(mechanisms=("krb5", "ntlmssp"), users=[("CONTOSO", "svc-tenon"), ("", UPN)])
        for username in ("CONTOSO\\svc-tenon", UPN):
            with self.subTest(username):
                self.saved(server, "ntlm", username=username)
                self.signs_in("auth.ntlm")
                self.acts_as(server.allowed * 5)

    # --- the lab

    def kerberos_lab(self, scenario):
        return self.lab("--password-file", self.realm.password_file, "--keytab", self.realm.keytab, scenario=scenario)

    def attempts(self, lab):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(
            context=ssl.create_default_context(cafile=lab.ca_file)))
        with opener.open(lab.ews.replace("/EWS/Exchange.asmx", "/lab/attempts"), timeout=30) as answer:
            return json.load(answer)

    def test_lab__takes_kerberos_where_it_takes_nothing_else(self):
        lab = self.kerberos_lab("kerberos-only")
        for auth, answers in (("auto", {}), ("negotiate", {}), *(("ticket", one) for one in self.tickets())):
            with self.subTest(auth, **answers):
                self.saved(lab, auth, **answers)
                self.signs_in("auth.negotiate")
                self.acts_as(lab.allowed)
        self.assertEqual(self.attempts(lab)["refused"], 0)

    def test_lab__takes_kerberos_request_by_request(self):
        lab = self.kerberos_lab("kerberos-each-request")
        self.saved(lab, "negotiate")
        self.signs_in("auth.negotiate")
        self.acts_as(lab.allowed)

    def test_lab__takes_what_is_bound(self):
        lab = self.kerberos_lab("extended-protection")
        for auth, check in (("auto", "auth.negotiate"), ("ntlm", "auth.ntlm")):
            with self.subTest(auth):
                self.saved(lab, auth)
                self.signs_in(check)
                self.acts_as(lab.allowed)
        self.assertEqual(self.attempts(lab)["refused"], 0)

    def test_lab__sees_one_bad_attempt_in_a_run(self):
        lab = self.kerberos_lab("lockout")
        self.saved(lab, "ntlm")
        self.saved(lab, "ntlm", password="wrong")
        before = self.attempts(lab)["bad"]
        self.assertEqual(before, 1)
        self.assertStatus(self.home.tenon("impersonate", "corp", *lab.allowed), 16)
        self.assertEqual(self.attempts(lab)["bad"], before + 1)
        self.assertNotIn("PREAUTH_FAILED", self.realm.log(), "the KDC counts too")

    def test_kdc__sees_one_bad_attempt_in_a_run(self):
        lab = self.kerberos_lab("lockout")
        self.saved(lab, "auto", password="wrong")
        self.assertEqual(self.realm.log().count("PREAUTH_FAILED") + self.attempts(lab)["bad"], 1, self.realm.log())


harness.main()
