# SPDX-License-Identifier: Apache-2.0
"""Windows sign-in to the lab: what gets in, by which way, and how often a password is tried."""
import harness
import signin_case


class SignIn(signin_case.SignInCase):
    def test_every_scenario__has_the_exit_statuses_of_its_cause_by_ntlm(self):
        # verify; impersonate. 10 network, 16 auth.
        statuses = {
            "ntlm": 0, "basic-off": 0, "all-schemes": 0, "negotiate-only": 0, "extended-protection": 0,
            "extended-protection-allow": 0, "kerberos-each-request": 0, "lockout": 0, "windows-refused": 16, "drop-ntlm": 10,
        }
        self.realm.stop()  # Kerberos is not possible, and gives way
        for scenario, expected in statuses.items():
            for auth in ("auto", "ntlm"):
                with self.subTest(scenario=scenario, auth=auth):
                    lab = self.kerberos_lab(scenario)
                    self.saved(lab, auth)
                    done = self.home.tenon("verify", "corp"), self.home.tenon("impersonate", "corp", lab.allowed[0])
                    self.assertEqual([r.status for r in done], [expected] * 2, "\n".join(map(str, done)))

    def test_kerberos__is_taken_where_nothing_else_is(self):
        lab = self.kerberos_lab("kerberos-only")
        for auth in ("auto", "negotiate"):
            with self.subTest(auth):
                self.saved(lab, auth)
                self.signs_in("auth.negotiate")
                self.acts_as(lab.allowed)
        self.assertEqual(self.attempts(lab)["refused"], 0)

    def test_kerberos__goes_request_by_request_where_it_must(self):
        lab = self.kerberos_lab("kerberos-each-request")
        self.saved(lab, "negotiate")
        self.signs_in("auth.negotiate")
        self.acts_as(lab.allowed)

    def test_sign_in__is_bound_where_it_must_be(self):
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
