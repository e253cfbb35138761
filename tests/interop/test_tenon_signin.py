# SPDX-License-Identifier: Apache-2.0
"""tenon signs in where others decide: at Apache with mod_auth_gssapi; and by tickets that kinit fetched.

Run as test_tenon_signin.py MODE, with the environment of the end-to-end tests."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), HERE]

import apache  # noqa: E402
import harness  # noqa: E402
import signin_case  # noqa: E402

UPN = signin_case.UPN
WAYS = ("auto", "negotiate")


class SignIn(signin_case.SignInCase):
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

    def test_lab__takes_kerberos_by_ticket(self):
        lab = self.kerberos_lab("kerberos-only")
        for answers in self.tickets():
            with self.subTest(**answers):
                self.saved(lab, "ticket", **answers)
                self.signs_in("auth.negotiate")
                self.acts_as(lab.allowed)
        self.assertEqual(self.attempts(lab)["refused"], 0)


harness.main()
