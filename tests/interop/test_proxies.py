# SPDX-License-Identifier: Apache-2.0
"""tenon through proxies that nobody here wrote: tinyproxy, and Squid by http and by https.

Run as test_proxies.py MODE, with the environment of the end-to-end tests."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), HERE]

import harness  # noqa: E402
import proxies  # noqa: E402
import proxy  # noqa: E402
from servers import authority, free_port  # noqa: E402

ACCOUNT = ("jump", "Hop-over-1t")  # tinyproxy knows no other characters

if proxies.missing():
    print(f"skipped: {proxies.missing()} not installed; ./dev test --interop installs it")
    sys.exit(77)


class Proxies(harness.TestCase):
    def start(self, peer):
        self.addCleanup(peer.__exit__)
        return peer.__enter__()

    def connected(self, peer, password=None, lab=None, **answers):
        lab = lab or self.lab()
        account = {"proxy_user": ACCOUNT[0], "secrets": {"proxy_password": password}} if password else {}
        self.connect(lab, proxy=peer.url, **account, **answers)
        return lab

    def passes(self, peer, **how):
        lab = self.connected(peer, **how)
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertIn(peer.url, result.checks()["net.proxy"]["detail"])
        self.assertStatus(self.home.tenon("impersonate", "corp", *lab.allowed[:20]), 0)

    def fails(self, peer, row, status=10, **how):
        self.connected(peer, **how)
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, status)
        check = result.checks()["net.proxy"]
        self.assertEqual((check["state"], check["data"]["verdict"]), ("fail", row), str(result))
        return check

    def test_tinyproxy__lets_through(self):
        self.passes(self.start(proxies.Tinyproxy()))

    def test_tinyproxy__lets_through_whom_it_knows(self):
        self.passes(self.start(proxies.Tinyproxy(account=ACCOUNT)), password=ACCOUNT[1])

    def test_tinyproxy__wants_an_account(self):
        self.fails(self.start(proxies.Tinyproxy(account=ACCOUNT)), "proxy-wants-sign-in")

    def test_tinyproxy__refuses_a_wrong_password(self):
        self.fails(self.start(proxies.Tinyproxy(account=ACCOUNT)), "proxy-refused-sign-in", password="wrong-by-far")

    def test_tinyproxy__forbids_by_its_filter(self):
        check = self.fails(self.start(proxies.Tinyproxy(forbids="localhost\n")), "proxy-forbids")
        self.assertIn("tinyproxy", check["data"]["answered_by"])

    def test_tinyproxy__cannot_reach_the_server(self):
        server = f"https://localhost:{free_port()}/EWS/Exchange.asmx"
        self.fails(self.start(proxies.Tinyproxy()), "proxy-gateway", server=server)

    def test_squid__lets_through(self):
        self.passes(self.start(proxies.Squid()))

    def test_squid__lets_through_whom_it_knows(self):
        self.passes(self.start(proxies.Squid(account=ACCOUNT)), password=ACCOUNT[1])

    def test_squid__refuses_a_wrong_password(self):
        self.fails(self.start(proxies.Squid(account=ACCOUNT)), "proxy-refused-sign-in", password="wrong-by-far")

    def test_squid__offers_what_tenon_does_not_do(self):
        check = self.fails(self.start(proxies.Squid(ntlm=True)), "proxy-wants-other-sign-in")
        self.assertEqual(check["data"]["offered"], "NTLM")

    def test_squid__forbids_by_its_rules(self):
        check = self.fails(self.start(proxies.Squid(rules="acl web port 443\nhttp_access deny !web")), "proxy-forbids")
        self.assertIn("ERR_ACCESS_DENIED", check["data"]["answered_by"])

    def test_squid__cannot_reach_the_server(self):
        server = f"https://localhost:{free_port()}/EWS/Exchange.asmx"
        check = self.fails(self.start(proxies.Squid()), "proxy-gateway", server=server)
        self.assertIn("ERR_CONNECT_FAIL", check["data"]["answered_by"])

    def test_squid__is_spoken_to_by_https(self):
        lab = self.lab()
        both = proxy.both_authorities(f"{self.home.path}/both.pem", lab.ca_file, authority().ca_file)
        self.passes(self.start(proxies.Squid(account=ACCOUNT, tls=authority().certificate())), password=ACCOUNT[1], lab=lab,
                    ca_file=both)

    def test_squid__by_https_of_an_unknown_authority_is_named(self):
        check = self.fails(self.start(proxies.Squid(tls=authority().certificate())), "proxy-certificate", status=12)
        self.assertIn("Tests' own CA", check["detail"])


harness.main()
