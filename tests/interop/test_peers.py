# SPDX-License-Identifier: Apache-2.0
"""The real program against servers whose behaviour its authors did not make up: see peers/.

Run as test_peers.py MODE, with the environment of the end-to-end tests."""
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), os.path.join(HERE, "peers")]

import exchange_old  # noqa: E402
import fakes  # noqa: E402
import gromox  # noqa: E402
import harness  # noqa: E402
import odd  # noqa: E402
from peer import PASSWORD, USER  # noqa: E402

WORDS = {"ok", "refused", "out-of-scope", "no-mailbox", "elsewhere", "disabled", "invalid", "throttled", "flapping", "error"}


class Peers(harness.TestCase):
    def serve(self, peer):
        peer.__enter__()
        self.addCleanup(peer.__exit__)
        return peer

    def connected(self, peer, **how):
        """The peer with a connection to it, saved whatever its verification said."""
        self.serve(peer)
        self.connect(peer, **how)
        return peer

    def verify(self, status):
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, status)
        self.decent(result)
        return result.checks()

    def impersonate(self, *subjects, status):
        result = self.home.tenon("impersonate", "corp", *subjects, "-o", "jsonl")
        self.assertStatus(result, status)
        self.decent(result)
        checks = [e for e in result.events() if e["event"] == "check" and e["id"] == "impersonate.mailbox"]
        self.assertEqual([c["subject"] for c in checks if c["data"]["verdict"] not in WORDS], [], str(result))
        return {c["subject"]: c for c in checks}

    def verdicts(self, peer, expected, status):
        subjects = [peer.allowed[0], peer.denied[0], peer.missing[0]]
        found = self.impersonate(*subjects, status=status)
        self.assertEqual([found[s]["data"]["verdict"] for s in subjects], expected)
        return found

    def offers(self, text, status=0):
        result = self.home.tenon("browse", "corp", text, "-o", "jsonl")
        self.assertStatus(result, status)
        return [e["value"] for e in result.events() if e["event"] == "offer"]

    def decent(self, result):
        """Whatever went wrong is told with a cause and a way out, once, and never with the password."""
        self.assertNotIn(PASSWORD, result.out + result.err)
        for check in (e for e in result.events() if e["event"] == "check"):
            if check["state"] == "fail":
                self.assertTrue(check["cause"] and check["remedy"] and check["title"], str(check))
                self.assertNotIn("  ", check.get("detail", ""))
            if check["state"] == "skip":
                self.assertTrue(check["because"], str(check))

    def fails(self, peer, status, check, cause, symptom=None, **how):
        """Verifying fails at that check alone."""
        self.connected(peer, **how)
        checks = self.verify(status)
        failed = [c for c in checks.values() if c["state"] == "fail"]
        self.assertEqual([(c["id"], c["cause"]) for c in failed], [(check, cause)], json.dumps(failed, indent=1))
        if symptom:
            self.assertEqual(failed[0]["data"]["verdict"], symptom)
        return failed[0]


class Gromox(Peers):
    def test_wizard__saves_a_verified_connection(self):
        peer = self.serve(gromox.Gromox())
        self.assertStatus(self.wizard(peer, mailbox=peer.allowed[0]), 0)
        checks = self.verify(0)
        self.assertEqual(checks["auth.basic"]["state"], "pass")
        self.assertEqual(checks["impersonate.role"]["state"], "pass")

    def test_verify__needs_no_operation_that_it_lacks(self):
        self.connected(gromox.Gromox())
        self.assertEqual(self.verify(0)["ews.endpoint"]["state"], "pass")

    def test_refused_password__is_found_behind_a_closed_connection(self):
        found = self.fails(gromox.Gromox(), 16, "auth.basic", "auth", "auth-refused", password="wrong")
        self.assertEqual(found["field"], "password")
        self.assertIn("Basic", found["data"]["offered"])

    def test_negotiate__beside_basic_changes_nothing(self):
        peer = gromox.Gromox()
        peer.spnego = True
        self.connected(peer)
        self.verify(0)

    def test_impersonate__tells_the_noes_of_http_200_apart(self):
        self.verdicts(self.connected(gromox.Gromox()), ["ok", "refused", "no-mailbox"], 17)

    def test_sid__is_not_supported_and_that_is_said(self):
        self.connected(gromox.Gromox(), identity="sid")
        subject = "S-1-5-21-1-2-3-1000"
        found = self.impersonate(subject, status=1)[subject]
        self.assertEqual(found["data"]["got"], "HTTP 200, ErrorImpersonationFailed")

    def test_browse__finds_by_the_whole_address_only(self):
        peer = self.connected(gromox.Gromox())
        self.assertEqual(self.offers(peer.allowed[0]), [peer.allowed[0]])
        self.assertEqual(self.offers("ann"), [])


class OldExchange(Peers):
    def old(self, peer, product, version):
        self.connected(peer, mailbox=peer.allowed[0])
        checks = self.verify(0)
        self.assertIn(product, checks["ews.version"]["detail"])
        self.assertIn(f"spoken to as {version}.", checks["ews.version"]["detail"])
        self.assertEqual(checks["ews.version"]["state"], "warn")
        self.assertEqual(checks["impersonate.role"]["state"], "pass")
        self.verdicts(peer, ["ok", "refused", "no-mailbox"], 17)
        self.assertEqual(self.offers("ann"), [peer.allowed[0]])
        self.assertEqual(sorted(self.offers("example.com")), sorted(peer.allowed + peer.denied))
        self.assertEqual(self.offers("zzz"), [])

    def test_2007__is_stepped_down_to_and_served(self):
        self.old(exchange_old.Exchange2007(), "Exchange Server 2007", "Exchange2007_SP1")

    def test_2010__is_stepped_down_to_and_served(self):
        self.old(exchange_old.Exchange2010(), "Exchange Server 2010", "Exchange2010_SP2")

    def test_refused_password__is_told_on_both(self):
        for number, peer in enumerate((exchange_old.Exchange2007(), exchange_old.Exchange2010())):
            with self.subTest(peer=number):
                self.fails(peer, 16, "auth.basic", "auth", "auth-refused", password="wrong")
                self.assertEqual(self.home.tenon("connections", "remove", "corp").status, 0)


class NoImpersonation(Peers):
    """Servers that open the same mailbox whoever is acted as."""

    def test_bridge__is_not_believed(self):
        found = self.fails(fakes.Bridge(), 1, "impersonate.role", "unsupported")
        self.assertIn("heed", found["title"])

    def test_bridge__is_not_believed_with_a_mailbox_either(self):
        self.fails(fakes.Bridge(), 1, "impersonate.role", "unsupported", mailbox="anna@example.com")

    def test_bridge__that_refuses_without_401_proves_no_password(self):
        self.connected(fakes.Bridge(), password="wrong")
        checks = self.verify(0)
        self.assertEqual((checks["auth.basic"]["state"], checks["impersonate.role"]["state"]), ("warn", "warn"))

    def test_thunderbird__knows_no_prefix_and_answers_with_a_page(self):
        found = self.fails(fakes.Thunderbird(), 18, "ews.endpoint", "transient", "error-page")
        self.assertIn("page", found["detail"])

    def test_thunderbird__refuses_a_password(self):
        self.fails(fakes.Thunderbird(), 16, "auth.basic", "auth", "auth-refused", password="wrong")

    def test_thunderbird__is_acted_on_where_names_are_read_without_prefix(self):
        peer = self.connected(fakes.Thunderbird(any_prefix=True))
        self.impersonate(peer.allowed[0], status=0)

    def test_probe_target__is_not_taken_for_exchange(self):
        self.fails(fakes.ProbeTarget(), 1, "ews.endpoint", "protocol", "soap-without-answer")

    def test_probe_target__refuses_a_password(self):
        self.fails(fakes.ProbeTarget(), 16, "auth.basic", "auth", "auth-refused", password="wrong")


class Carried(Peers):
    """However the answers are carried, they are understood."""

    WAYS = (odd.Plain, odd.Http10, odd.ChunkedGzip, odd.LowerCase, odd.ManyChallenges, odd.Continue, odd.Bom, odd.Utf16,
            odd.Padded, odd.Large, odd.ClosesEvery, odd.Bytes, odd.ManyHeaders)

    def test_every_way__serves_verify_impersonate_and_browse(self):
        for way in self.WAYS:
            with self.subTest(way=way.__name__):
                peer = self.connected(way(), mailbox="anna@example.com")
                checks = self.verify(0)
                self.assertEqual(checks["impersonate.role"]["state"], "pass")
                self.assertIn("15.2.2562.17", checks["ews.version"]["detail"])
                self.verdicts(peer, ["ok", "refused", "no-mailbox"], 17)
                self.assertEqual(self.offers("ann"), [peer.allowed[0]])
                self.assertEqual(self.home.tenon("connections", "remove", "corp").status, 0)

    def test_connection_that_closes_unannounced__loses_no_subject(self):
        peer = self.connected(odd.ClosesEvery())
        subjects = peer.allowed * 20
        result = self.home.tenon("impersonate", "corp", *subjects, "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertEqual(len([e for e in result.events() if e["event"] == "check"]), len(subjects))

    def test_challenges__are_all_listed(self):
        self.connected(odd.ManyChallenges())
        self.assertIn("Bearer, Negotiate, NTLM, Basic", self.verify(0)["ews.endpoint"]["detail"])


class Answers(Peers):
    """What is not an answer of EWS has its own name."""

    def test_empty_200(self):
        self.fails(odd.Empty200(), 1, "ews.endpoint", "protocol", "empty-answer")

    def test_204(self):
        self.fails(odd.NoContent(), 1, "ews.endpoint", "protocol", "empty-answer")

    def test_empty_500__is_tried_twice_and_blamed_on_the_server(self):
        self.fails(odd.Empty500(), 18, "ews.endpoint", "transient", "server-error")

    def test_404(self):
        self.assertEqual(self.fails(odd.NotFound(), 1, "ews.endpoint", "config", "not-found")["field"], "server")

    def test_403__after_sign_in_is_a_policy(self):
        self.fails(odd.Forbidden(), 17, "ews.policy", "denied", "forbidden-after-signin")

    def test_503__is_waited_out_as_long_as_it_asks(self):
        peer = odd.Unavailable()
        found = self.fails(peer, 18, "ews.endpoint", "transient", "unavailable")
        self.assertIn("1 s", found["remedy"])

    def test_502__is_the_gateways(self):
        self.assertEqual(self.fails(odd.BadGateway(), 18, "ews.endpoint", "transient", "gateway")["data"]["answered_by"],
                         "nginx")

    def test_440(self):
        self.fails(odd.LoginTimeout(), 1, "ews.endpoint", "config", "logon-expired")

    def test_413__is_the_client_certificate_of_iis(self):
        found = self.fails(odd.TooLarge(), 1, "ews.endpoint", "protocol", "too-large-for-renegotiation")
        self.assertIn("client certificate", found["remedy"])

    def test_json(self):
        self.assertIn("application/json", self.fails(odd.Json(), 1, "ews.endpoint", "protocol", "unexpected")["detail"])

    def test_sign_in_page(self):
        self.fails(odd.SignInPage(), 1, "ews.endpoint", "config", "login-page")

    def test_document_type__is_not_read(self):
        self.fails(odd.Dtd(), 1, "ews.endpoint", "protocol", "definition-refused")

    def test_illegal_character__is_no_crash(self):
        self.fails(odd.NulReference(), 1, "ews.endpoint", "protocol", "not-ews")

    def test_huge__is_given_up_on(self):
        self.fails(odd.Huge(), 1, "ews.endpoint", "protocol", "answer-too-large")

    def test_headers_without_end__are_given_up_on(self):
        self.fails(odd.HeaderFlood(), 1, "ews.endpoint", "protocol", "answer-too-large")

    def test_half__is_a_broken_connection(self):
        self.fails(odd.Half(), 10, "ews.endpoint", "network", "reset")

    def test_half_a_chunk__is_a_broken_connection(self):
        self.fails(odd.HalfChunk(), 10, "ews.endpoint", "network", "reset")

    def test_no_http__is_another_service(self):
        self.fails(odd.Garbage(), 1, "ews.endpoint", "protocol", "not-http")

    def test_reset(self):
        self.fails(odd.Resets(), 10, "ews.endpoint", "network", "reset")

    def test_slow_bytes__end_at_the_timeout(self):
        self.fails(odd.Loris(), 19, "ews.endpoint", "timeout", "slow", timeout="2s")

    def test_silence__ends_at_the_timeout(self):
        self.fails(odd.Silent(), 19, "ews.endpoint", "timeout", "slow", timeout="2s")


class Outage(Peers):
    """A server that does not answer is not asked for each of twenty thousand mailboxes."""

    N = 20000

    def run_many(self, status):
        path = f"{self.home.path}/many"
        with open(path, "w", encoding="ascii") as file:
            file.writelines(f"user{i}@example.com\n" for i in range(self.N))
        begun = time.monotonic()
        result = self.home.tenon("impersonate", "corp", "--from", path, "-o", "jsonl")
        self.assertLess(time.monotonic() - begun, 60)
        self.assertEqual(result.status, status, result.err[-2000:])
        checks = [e for e in result.events() if e["event"] == "check" and e["id"] == "impersonate.mailbox"]
        self.assertEqual(len({c["subject"] for c in checks}), self.N)
        self.assertEqual(len(checks), self.N)
        self.assertEqual({c["data"]["verdict"] for c in checks}, {"error"})
        self.assertLess(len([c for c in checks if "Not asked" not in c["title"]]), 20)
        return {c["cause"] for c in checks}

    def test_silence__costs_a_few_timeouts(self):
        self.connected(odd.Silent(), timeout="2s")
        self.assertEqual(self.run_many(19), {"timeout"})

    def test_silence_after_the_offer__costs_a_few_timeouts(self):
        peer = self.connected(odd.SilentLater(), timeout="2s")
        self.assertEqual(self.run_many(19), {"timeout"})
        self.assertLess(peer.offers(), 20)

    def test_closed_port__costs_nothing(self):
        with odd.Plain() as peer:
            self.connect(peer)
        self.assertEqual(self.run_many(10), {"network"})


class SignIn(Peers):
    def test_401_without_challenge__is_not_called_a_wrong_password(self):
        found = self.fails(odd.NoChallenge(), 16, "auth.basic", "auth", "auth-nothing-offered")
        self.assertEqual(found["field"], "server")

    def test_windows_sign_in_only__is_never_sent_the_password_by_verify(self):
        peer = odd.OnlyNegotiate()
        found = self.fails(peer, 16, "auth.basic", "auth", "auth-basic-off")
        self.assertEqual(found["field"], "auth")
        self.assertEqual(peer.offers(), 0)

    def test_windows_sign_in_only__is_the_cause_for_every_mailbox(self):
        peer = self.connected(odd.OnlyNegotiate())
        found = self.impersonate(*peer.allowed, status=16)
        self.assertEqual({c["field"] for c in found.values()}, {"auth"})
        self.assertEqual(peer.offers(), 0)

    def test_windows_sign_in_only__is_never_sent_the_password_by_browse(self):
        peer = self.connected(odd.OnlyNegotiate())
        self.assertEqual(self.offers("ann", status=16), [])
        self.assertEqual(peer.offers(), 0)

    def test_digest_only(self):
        self.fails(odd.Digest(), 16, "auth.basic", "auth", "auth-basic-not-offered")

    def test_wrong_password__is_offered_once_in_a_run(self):
        peer = self.connected(odd.Plain(), password="wrong")
        before = peer.offers()
        self.impersonate(*peer.allowed, *peer.denied, status=16)
        self.assertEqual(peer.offers() - before, 1)

    def test_flapping__is_told_as_what_it_may_be(self):
        peer = self.connected(odd.Flapping())
        result = self.home.tenon("impersonate", "corp", *peer.allowed * 10, "-o", "jsonl")
        self.assertStatus(result, 16)
        failed = [e for e in result.events() if e.get("state") == "fail"]
        self.assertIn("overloaded", json.dumps(failed[0]))


class Tls(Peers):
    def test_redirect__is_not_followed(self):
        peer = odd.Redirects()
        found = self.fails(peer, 1, "ews.endpoint", "config", "redirect")
        self.assertIn("https://elsewhere.invalid/", found["detail"])
        self.assertEqual(peer.offers(), 0)

    def test_plain_http__is_refused_before_anything_is_sent(self):
        peer = self.serve(odd.PlainHttp(to=f"https://localhost/EWS/Exchange.asmx"))
        result = self.wizard(peer)
        self.assertNotEqual(result.status, 0)
        self.assertIn("https://", result.out + result.err)
        self.assertEqual(peer.requests, [])

    def test_port_without_tls(self):
        self.fails(odd.NoTls(), 12, "tls.handshake", "tls", "tls-not-spoken")

    def test_tls_1_0__is_called_old(self):
        self.fails(odd.Tls10(), 12, "tls.handshake", "tls", "tls-too-old")

    def test_client_certificate__of_tls_1_3(self):
        found = self.fails(odd.ClientCertificate(), 12, "tls.handshake", "tls", "client-certificate-wanted")
        self.assertIn("client certificate", found["remedy"])

    def test_client_certificate__of_tls_1_2(self):
        found = self.fails(odd.ClientCertificate12(), 12, "tls.handshake", "tls", "client-certificate-wanted")
        self.assertEqual(found["field"], "tls_certificate")

    def test_hang_up(self):
        self.fails(odd.HangsUp(), 12, "tls.handshake", "tls", "tls-handshake")

    def test_handshake_without_end(self):
        self.fails(odd.NeverShakes(), 12, "tls.handshake", "tls", "tls-handshake", timeout="2s")

    def test_self_signed(self):
        peer = odd.SelfSigned()
        found = self.fails(peer, 12, "tls.certificate", "tls", "certificate-self-signed")
        self.assertEqual(found["field"], "tls_pin")
        self.assertEqual(peer.offers(), 0)

    def test_self_signed__passes_once_its_key_is_pinned(self):
        peer = odd.SelfSigned()
        pin = self.fails(peer, 12, "tls.certificate", "tls")["data"]["pin"]
        self.connect(peer, tls_pin=pin)
        self.assertNotEqual(self.verify(0)["tls.certificate"]["state"], "fail")

    def test_wrong_name__lists_the_right_ones(self):
        found = self.fails(odd.WrongHost(), 12, "tls.certificate", "tls", "certificate-wrong-name")
        self.assertIn("mail.example.org", found["remedy"])

    def test_failures__have_the_word_error_for_each_mailbox(self):
        peer = self.connected(odd.WrongHost())
        self.verdicts(peer, ["error", "error", "error"], 12)


harness.main()
