# SPDX-License-Identifier: Apache-2.0
"""What is said of a sign-in: by which way it went, what was passed over, and what of a refusal is to blame."""
import glob
import unittest

import harness
import proxy
import signin_case
from servers import Authority

# NTLM is the mechanism gss-ntlmssp, which registers itself here.
NTLM = bool(glob.glob("/etc/gss/mech.d/*ntlmssp*"))
WRONG = "not-the-password"
SUBJECTS = 500


class Way(signin_case.SignInCase):
    def passes(self, lab, check, auth, **answers):
        """Connecting passes, by that check, which is returned."""
        self.saved(lab, auth, **answers)
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertEqual(result.checks()[check]["state"], "pass", str(result))
        self.assertEqual(self.attempts(lab)["refused"], 0)
        return result.checks()[check]

    def fails(self, lab, check, auth, status=16, **answers):
        """Connecting fails with that check and no other, which is returned."""
        self.saved(lab, auth, **answers)
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, status)
        failed = [c for c in result.checks().values() if c["state"] == "fail"]
        self.assertEqual([c["id"] for c in failed], [check], str(result))
        self.assertTrue(failed[0]["remedy"])
        return failed[0]

    def goes_through_all(self, lab):
        """Impersonating every mailbox with eight jobs reports each once, as ok."""
        result = self.home.tenon("impersonate", "corp", "--from", lab.mailboxes_file, "--jobs", "8", "-o", "jsonl")
        self.assertStatus(result, 0)
        checks = [e for e in result.events() if e["event"] == "check"]
        with open(lab.mailboxes_file) as file:
            self.assertEqual(sorted(c["subject"] for c in checks), sorted(file.read().split()))
        self.assertEqual({c["data"]["verdict"] for c in checks}, {"ok"})

    def inspected(self, auth, check):
        """The failure at a server that wants bindings, behind a proxy that looks into TLS and is trusted."""
        authority = Authority("Contoso Web Gateway CA")
        peer = proxy.Proxy(authority=authority, intercept=True).__enter__()
        self.addCleanup(peer.__exit__)
        for scenario in ("extended-protection", "extended-protection-allow"):
            lab = self.kerberos_lab(scenario)
            self.saved(lab, auth, proxy=peer.url, ca_file=authority.ca_file)
            before = self.attempts(lab)["refused"]
            result = self.home.tenon("verify", "corp", "-o", "jsonl")
            self.assertStatus(result, 16)
            yield result.checks()[check]
            self.assertEqual(self.attempts(lab)["refused"], before + 1)

    def many(self, scenario):
        return self.lab("--password-file", self.realm.password_file, "--keytab", self.realm.keytab, "--mailboxes",
                        str(SUBJECTS), scenario=scenario)


@unittest.skipUnless(NTLM, "gss-ntlmssp is not installed")
class Ntlm(Way):
    def test_every_form_of_the_user_name__gets_in(self):
        lab = self.lab(scenario="ntlm")
        for username in ("CONTOSO\\svc-tenon", "svc-tenon@contoso.example", "contoso.example\\svc-tenon"):
            with self.subTest(username):
                check = self.passes(lab, "auth.ntlm", "ntlm", username=username)
                self.assertEqual((check["data"]["mechanism"], check["data"]["netbios_domain"]), ("NTLM", "CONTOSO"))

    def test_extended_protection__is_passed_with_bindings_that_are_told(self):
        for scenario in ("extended-protection", "extended-protection-allow"):
            with self.subTest(scenario):
                check = self.passes(self.lab(scenario=scenario), "auth.ntlm", "ntlm")
                self.assertRegex(check["data"]["binding"], "^tls-server-end-point")
                self.assertIn("bound to the server's certificate", check["detail"])

    def test_negotiate_only__takes_ntlm_within_negotiate(self):
        check = self.passes(self.lab(scenario="negotiate-only"), "auth.negotiate", "ntlm")
        self.assertEqual((check["data"]["scheme"], check["data"]["mechanism"]), ("Negotiate", "NTLM"))

    def test_automatic__says_why_kerberos_was_passed_over(self):
        self.realm.stop()
        check = self.passes(self.lab(scenario="extended-protection"), "auth.ntlm", "auto")
        self.assertRegex(check["data"]["passed"], "^Kerberos was not possible: no KDC")
        self.assertIn(check["data"]["passed"], check["detail"])

    def test_wrong_password__names_the_other_form_of_the_user_name(self):
        check = self.fails(self.lab(scenario="lockout"), "auth.ntlm", "ntlm", password=WRONG)
        self.assertEqual((check["cause"], check["field"]), ("auth", "password"))
        self.assertIn("CONTOSO\\svc-tenon", check["remedy"])

    def test_foreign_domain__is_blamed_before_the_password(self):
        check = self.fails(self.lab(scenario="ntlm"), "auth.ntlm", "ntlm", username="FABRIKAM\\svc-tenon")
        self.assertEqual(check["field"], "username")
        self.assertIn("CONTOSO\\svc-tenon", check["remedy"])

    def test_wrong_password__is_offered_once_by_many_lanes(self):
        lab = self.many("lockout")
        self.saved(lab, "ntlm", password=WRONG)
        before = self.attempts(lab)["bad"]
        result = self.home.tenon("impersonate", "corp", "--from", lab.mailboxes_file, "--jobs", "8", "-o", "jsonl")
        self.assertStatus(result, 16)
        self.assertEqual(len([e for e in result.events() if e["event"] == "check"]), SUBJECTS)
        self.assertEqual(self.attempts(lab)["bad"], before + 1)
        self.assertFalse(self.attempts(lab)["locked"])

    def test_inspection_of_tls__is_told_from_a_wrong_password(self):
        for check in self.inspected("ntlm", "auth.ntlm"):
            self.assertEqual((check["data"]["verdict"], check["field"]), ("auth-binding-mismatch", "server"))
            self.assertIn("Contoso Web Gateway CA", check["detail"])

    def test_connection_lost_between_the_legs__is_a_network_failure(self):
        check = self.fails(self.lab(scenario="drop-ntlm"), "auth.ntlm", "ntlm", 10)
        self.assertEqual((check["cause"], check["field"]), ("network", "auth"))

    def test_not_offered__sends_nothing_and_goes_back_to_the_field(self):
        lab = self.lab()
        self.assertEqual(self.fails(lab, "auth.ntlm", "ntlm")["field"], "auth")
        self.assertEqual(self.attempts(lab)["refused"], 0)

    def test_five_hundred_mailboxes__are_all_reported_once_over_lanes(self):
        lab = self.many("ntlm")
        self.saved(lab, "ntlm")
        before = self.attempts(lab)["accepted"]
        self.goes_through_all(lab)
        self.assertLessEqual(self.attempts(lab)["accepted"] - before, 8)  # a sign-in for each lane

    def test_browse__lists_over_a_channel(self):
        lab = self.lab(scenario="extended-protection")
        self.saved(lab, "ntlm")
        result = self.home.tenon("browse", "corp", "user")
        self.assertStatus(result, 0)
        self.assertIn(lab.allowed[0], result.out)


class Kerberos(Way):
    def test_password__gets_a_ticket_that_is_told(self):
        check = self.passes(self.kerberos_lab("extended-protection"), "auth.negotiate", "auto")
        self.assertEqual(check["data"]["mechanism"], "Kerberos")
        self.assertEqual(check["data"]["service"], "HTTP/localhost@CONTOSO.EXAMPLE")
        self.assertEqual(check["data"]["source"], "password")
        self.assertIn("ticket_ends", check["data"])
        self.assertNotIn("passed", check["data"])

    def test_inspection_of_tls__is_told_of_a_good_ticket(self):
        for check in self.inspected("auto", "auth.negotiate"):
            self.assertEqual((check["data"]["verdict"], check["field"]), ("auth-ticket-binding-mismatch", "server"))
            self.assertIn("name and password are right", check["detail"])

    def test_ticket_and_keytab__are_told_as_where_it_came_from(self):
        lab = self.kerberos_lab("kerberos-only")
        for answers in self.tickets():
            with self.subTest(**answers):
                check = self.passes(lab, "auth.negotiate", "ticket", **answers)
                self.assertIn(list(answers.values())[0], check["data"]["source"])

    def test_five_hundred_mailboxes__go_by_one_ticket(self):
        lab = self.many("kerberos-only")
        self.saved(lab, "ticket", keytab=self.realm.client_keytab)
        self.goes_through_all(lab)
        self.assertLessEqual(self.realm.log().count("HTTP/localhost"), 4)  # a few workers, not five hundred requests

    def test_no_ticket__names_kinit_with_the_principal(self):
        cache = f"{self.home.path}/none"
        check = self.fails(self.kerberos_lab("kerberos-only"), "auth.negotiate", "ticket", ticket_cache=cache)
        self.assertEqual((check["data"]["verdict"], check["field"]), ("auth-ticket-cache-useless", "ticket_cache"))
        self.assertIn(f"{cache} svc-tenon@CONTOSO.EXAMPLE", check["data"]["mend"])

    def test_ticket_of_another_user__is_told_by_its_name(self):
        cache = self.realm.kinit().removeprefix("FILE:")
        check = self.fails(self.kerberos_lab("kerberos-only"), "auth.negotiate", "ticket", ticket_cache=cache,
                           username="anna@contoso.example")
        self.assertEqual((check["data"]["verdict"], check["field"]), ("auth-ticket-other-user", "ticket_cache"))
        self.assertIn("svc-tenon@CONTOSO.EXAMPLE", check["detail"])
        self.assertIn("anna@CONTOSO.EXAMPLE", check["data"]["mend"])

    def test_keytab_that_is_not_there__goes_back_to_the_field(self):
        check = self.fails(self.kerberos_lab("kerberos-only"), "auth.negotiate", "ticket",
                           keytab=f"{self.home.path}/none.keytab")
        self.assertEqual((check["data"]["verdict"], check["field"]), ("auth-keytab-useless", "keytab"))

    def test_wrong_password__is_the_kdcs_word_and_ends_it(self):
        lab = self.kerberos_lab("lockout")
        check = self.fails(lab, "auth.negotiate", "auto", password=WRONG)
        self.assertEqual((check["data"]["verdict"], check["field"]), ("auth-password-kdc", "password"))
        self.assertEqual(self.attempts(lab)["bad"], 0)  # the server was not asked

    def test_locked_and_expired_accounts__are_told_apart(self):
        lab = self.kerberos_lab("all-schemes")
        for name, verdict in (("svc-locked", "auth-account-locked"), ("svc-expired", "auth-password-expired")):
            with self.subTest(name):
                check = self.fails(lab, "auth.negotiate", "auto", username=f"{name}@contoso.example")
                self.assertEqual(check["data"]["verdict"], verdict)

    def test_unknown_service__is_told_with_its_name(self):
        check = self.fails(self.kerberos_lab("kerberos-only"), "auth.negotiate", "auto",
                           spn="HTTP/elsewhere.contoso.example")
        self.assertEqual((check["data"]["verdict"], check["field"]), ("auth-spn-unknown", "spn"))
        self.assertIn("elsewhere.contoso.example", check["detail"])

    def test_silent_kdc__gives_way_to_what_else_is_offered(self):
        lab = self.kerberos_lab("all-schemes")
        self.realm.stop()
        check = self.passes(lab, "auth.ntlm" if NTLM else "auth.basic", "auto")
        self.assertRegex(check["data"]["passed"], "^Kerberos was not possible: no KDC")

    def test_ticket_where_kerberos_is_not_offered__sends_nothing(self):
        check = self.fails(self.lab(), "auth.negotiate", "ticket")
        self.assertEqual(check["data"]["verdict"], "auth-negotiate-not-offered")

    def test_password__is_asked_for_unless_it_goes_by_ticket(self):
        lab = self.lab(scenario="all-schemes")
        sets = ("--set", f"server={lab.ews}", "--set", f"admin={signin_case.UPN}", "--set", f"ca_file={lab.ca_file}")
        result = self.home.tenon("wizard", "corp", "--connector", "exchange-onprem", "--no-input", *sets)
        self.assertStatus(result, 4)
        self.assertIn("password", result.err)


harness.main()
