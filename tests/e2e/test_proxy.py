# SPDX-License-Identifier: Apache-2.0
"""Through a proxy, and what is said when it does not let one through: who answered, and which side is broken."""
import base64

import harness
import proxy
from servers import Authority, authority, free_port

ACCOUNT = ("jump", "Hop-over-1t!")
CORP = "Corp Proxy Root CA"


class Through(harness.TestCase):
    def proxy(self, **how):
        peer = proxy.Proxy(**how)
        peer.__enter__()
        self.addCleanup(peer.__exit__)
        return peer

    def verify(self, status=0):
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, status)
        return result.checks()

    def refused(self, lab, row, status=10, **answers):
        """The failed check net.proxy of a verification through that proxy."""
        self.connect(lab, **answers)
        checks = self.verify(status)
        check = checks["net.proxy"]
        self.assertEqual((check["state"], check["data"]["verdict"]), ("fail", row), check)
        self.assertEqual([c for c in checks.values() if c["state"] == "fail"], [check])
        self.assertEqual(checks["ews.endpoint"]["state"], "skip")
        return check

    # ---- the way

    def test_field__leads_through_the_proxy_and_the_route_is_shown(self):
        lab, peer = self.lab(), self.proxy()
        self.assertStatus(self.wizard(lab, proxy=peer.url), 0)
        checks = self.verify()
        self.assertEqual(checks["net.proxy"]["detail"], f"The route is proxy {peer.url}, from the field `proxy`.")
        self.assertNotIn("net.resolve", checks)
        self.assertGreaterEqual(peer.connects, 1)

    def test_environment__leads_through_the_proxy_and_the_route_is_shown(self):
        lab, peer = self.lab(), self.proxy()
        self.home.env["HTTPS_PROXY"] = peer.url
        self.assertStatus(self.wizard(lab), 0)
        self.assertEqual(self.verify()["net.proxy"]["detail"], f"The route is proxy {peer.url}, from the environment.")
        self.assertGreaterEqual(peer.connects, 1)

    def test_no_proxy__leads_around_it_and_says_so(self):
        lab, peer = self.lab(), self.proxy()
        self.home.env.update(HTTPS_PROXY=peer.url, NO_PROXY="example.org,localhost,127.0.0.1")
        self.assertStatus(self.wizard(lab), 0)
        checks = self.verify()
        self.assertEqual(checks["net.proxy"]["detail"], "The route is direct: NO_PROXY says so.")
        self.assertEqual(checks["net.connect"]["state"], "pass")
        self.assertEqual(peer.seen, [])

    def test_none__leads_around_the_environments_proxy(self):
        lab, peer = self.lab(), self.proxy()
        self.home.env["HTTPS_PROXY"] = peer.url
        self.assertStatus(self.wizard(lab, proxy="none"), 0)
        self.assertEqual(self.verify()["net.proxy"]["detail"], "The route is direct: the field `proxy` says so.")
        self.assertEqual(peer.seen, [])

    def test_impersonate__goes_through_the_proxy_too(self):
        lab, peer = self.lab(), self.proxy()
        self.assertStatus(self.wizard(lab, proxy=peer.url), 0)
        self.assertStatus(self.home.tenon("impersonate", "corp", *lab.allowed[:20]), 0)

    def test_windows_sign_in__is_bound_to_the_servers_certificate_through_the_proxy(self):
        both = f"{self.home.path}/both.pem"
        lab = self.lab(scenario="extended-protection")
        for how in ({"account": ACCOUNT}, {"account": ACCOUNT, "authority": authority(CORP), "tls": True}):
            with self.subTest(how):
                peer = self.proxy(**how)
                ca_file = proxy.both_authorities(both, lab.ca_file, authority(CORP).ca_file)
                self.connect(lab, auth="ntlm", proxy=peer.url, ca_file=ca_file, proxy_user=ACCOUNT[0],
                             secrets={"proxy_password": ACCOUNT[1]})
                self.assertEqual(self.verify()["auth.ntlm"]["state"], "pass")
                self.assertStatus(self.home.tenon("impersonate", "corp", *lab.allowed[:20]), 0)

    # ---- by https

    def test_https_proxy__has_a_certificate_of_its_own(self):
        lab, peer = self.lab(), self.proxy(authority=authority(CORP), tls=True)
        both = proxy.both_authorities(f"{self.home.path}/both.pem", lab.ca_file, authority(CORP).ca_file)
        self.assertStatus(self.wizard(lab, proxy=peer.url, ca_file=both), 0)
        checks = self.verify()
        self.assertIn(peer.url, checks["net.proxy"]["detail"])
        self.assertNotIn(CORP, checks["tls.certificate"]["data"]["issuer"])

    def test_https_proxy__of_an_unknown_authority_is_named_and_not_the_server(self):
        lab, peer = self.lab(), self.proxy(authority=authority(CORP), tls=True)
        check = self.refused(lab, "proxy-certificate", status=12, proxy=peer.url)
        self.assertIn(peer.url, check["detail"])
        self.assertIn(CORP, check["detail"])
        self.assertEqual(check["field"], "ca_file")
        self.assertEqual(peer.seen, [])

    # ---- its sign-in

    def test_account__is_given_to_the_proxy_and_not_to_the_server(self):
        lab, peer = self.lab(), self.proxy(account=ACCOUNT)
        self.assertStatus(self.wizard(lab, proxy=peer.url, proxy_user=ACCOUNT[0],
                                      secrets={"proxy_password": ACCOUNT[1]}), 0)
        self.verify()
        self.assertGreaterEqual(peer.with_account, 1)
        self.assertFalse([head for head in peer.seen if "\nAuthorization:" in head])

    def test_account__of_the_environments_url_is_a_secret_like_any_other(self):
        lab, peer = self.lab(), self.proxy(account=ACCOUNT)
        self.home.env["HTTPS_PROXY"] = f"http://{ACCOUNT[0]}:{ACCOUNT[1]}@localhost:{peer.port}"
        result = self.wizard(lab)
        self.assertStatus(result, 0)
        coded = base64.b64encode(":".join(ACCOUNT).encode()).decode()
        for text in (result.out + result.err, self.home.tenon("verify", "corp", "-o", "jsonl").out):
            self.assertNotIn(ACCOUNT[1], text)
            self.assertNotIn(coded, text)
        for path, data in self.home.files():
            self.assertNotIn(ACCOUNT[1].encode(), data, path)

    def test_account__that_is_refused_is_offered_once(self):
        lab, peer = self.lab(), self.proxy(account=ACCOUNT)
        check = self.refused(lab, "proxy-refused-sign-in", proxy=peer.url, proxy_user=ACCOUNT[0],
                             secrets={"proxy_password": "wrong-by-far"})
        self.assertEqual(check["field"], "proxy_password")
        before = peer.with_account
        result = self.home.tenon("impersonate", "corp", *lab.allowed[:20], "-o", "jsonl")
        self.assertStatus(result, 10)
        self.assertEqual(peer.with_account, before + 1)
        self.assertEqual({e["data"]["symptom"] for e in result.events() if e["event"] == "check"},
                         {"proxy-refused-sign-in"})

    def test_account__that_is_missing_is_asked_for_by_its_fields(self):
        check = self.refused(self.lab(), "proxy-wants-sign-in", proxy=self.proxy(account=ACCOUNT).url)
        self.assertEqual(check["field"], "proxy_user")
        self.assertIn("`proxy_password`", check["remedy"])

    def test_sign_in__that_is_not_basic_is_said_by_name(self):
        peer = self.proxy(offers=("Negotiate", "NTLM"))
        check = self.refused(self.lab(), "proxy-wants-other-sign-in", proxy=peer.url)
        self.assertEqual(check["data"]["offered"], "Negotiate, NTLM")
        self.assertIn("Basic alone", check["detail"])

    def test_user__without_a_password_is_refused_by_its_field(self):
        result = self.wizard(self.lab(), proxy="http://localhost:1", proxy_user="jump")
        self.assertIn("proxy's password is missing", result.out + result.err)

    # ---- who answered

    def test_rules__of_the_proxy_are_told_from_the_servers(self):
        peer = self.proxy(says=("403 Forbidden", ["Server: squid/5.7", "X-Squid-Error: ERR_ACCESS_DENIED 0"]))
        check = self.refused(self.lab(), "proxy-forbids", proxy=peer.url)
        self.assertEqual(check["data"]["answered_by"], "the proxy (squid/5.7, ERR_ACCESS_DENIED 0)")

    def test_gateway__error_says_which_side_is_broken(self):
        lab, peer = self.lab(), self.proxy()
        check = self.refused(lab, "proxy-gateway", proxy=peer.url,
                             server=f"https://localhost:{free_port()}/EWS/Exchange.asmx")
        self.assertIn("between the proxy and localhost", check["detail"])
        self.assertEqual(check["data"]["answered_by"], "the proxy (corp-proxy/1.0)")

    def test_portal__says_where_to_sign_in(self):
        peer = self.proxy(says=("302 Found", ["Location: http://portal.example/login"]))
        check = self.refused(self.lab(), "proxy-portal", proxy=peer.url)
        self.assertIn("http://portal.example/login", check["remedy"])

    def test_interception__is_seen_by_the_certificate(self):
        lab, peer = self.lab(), self.proxy(authority=Authority("Zscaler Root CA"), intercept=True)
        self.connect(lab, proxy=peer.url)
        checks = self.verify(12)
        self.assertEqual(checks["net.proxy"]["state"], "pass")
        self.assertEqual(checks["tls.certificate"]["data"]["verdict"], "certificate-interception")
        self.assertIn("Zscaler", checks["tls.certificate"]["detail"])

    def test_interception__by_a_trusted_authority_passes(self):
        lab, peer = self.lab(), self.proxy(authority=authority(CORP), intercept=True)
        self.assertStatus(self.wizard(lab, proxy=peer.url, ca_file=authority(CORP).ca_file), 0)

    # ---- no proxy there

    def test_proxy__that_is_not_there_is_named(self):
        url = f"http://localhost:{free_port()}"
        self.assertIn(url, self.refused(self.lab(), "proxy-unreachable", proxy=url)["detail"])

    def test_proxy__whose_name_is_unknown_is_named(self):
        check = self.refused(self.lab(), "proxy-name-unresolved", proxy="http://no-such-proxy.invalid:3128")
        self.assertIn("no-such-proxy.invalid", check["detail"])

    def test_https__to_a_proxy_that_speaks_none_is_said(self):
        peer = self.proxy()
        url = f"https://localhost:{peer.port}"
        self.assertEqual(self.refused(self.lab(), "proxy-tls", status=12, proxy=url)["field"], "proxy")


harness.main()
