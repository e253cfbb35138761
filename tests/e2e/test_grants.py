# SPDX-License-Identifier: Apache-2.0
"""Every way to a token against the lab's Entra ID: what a person sees of it, and what is kept for the next time."""
import cloud_case
import harness
from cloud_case import PERSON

METADATA = "169.254.169.254:80"


class Grants(cloud_case.CloudCase):
    connector, url_key, url_line = "office365-ews", "ews_url", "ews"

    def assertFrom(self, result, kind):
        self.assertStatus(result, 0)
        token = result.checks()["auth.token"]
        self.assertEqual(token["state"], "pass", str(result))
        self.assertEqual(token["data"]["token_kind"], kind)

    def test_browser__comes_back_with_a_code_and_is_not_needed_again(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab, grant="browser")
        self.assertFrom(self.in_browser(lab, "verify", "cloud", "-o", "jsonl"), "delegated")
        self.assertFrom(self.home.tenon("verify", "cloud", "-o", "jsonl"), "delegated")

    def test_browser__that_nobody_has_is_said(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab, grant="browser")
        result = self.home.tenon("verify", "cloud", "-o", "jsonl")
        self.assertNotEqual(result.status, 0)
        self.assertEqual(result.checks()["auth.token"]["cause"], "noanswer", str(result))

    def test_device_code__is_asked_for_once_in_a_verification(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab, grant=PERSON)
        result = self.signed_in(lab, "verify", "cloud", "-o", "jsonl")
        self.assertFrom(result, "delegated")
        again = self.home.tenon("verify", "cloud", "-o", "jsonl")
        self.assertFrom(again, "delegated")

    def test_device_code__that_is_declined_or_expires_says_so(self):
        for scenario, error in {"device-code-declined": "authorization_declined", "device-code-expired": "expired_token"}.items():
            with self.subTest(scenario):
                lab = self.lab(scenario=scenario)
                self.connect_cloud(lab, grant=PERSON, name=scenario)
                result = self.at_terminal(cloud_case.CODE.search, "verify", scenario, "-o", "jsonl")
                token = result.checks()["auth.token"]
                self.assertEqual(token["state"], "fail", str(result))
                self.assertEqual(token["data"]["error"], error)

    def test_device_code__that_leads_to_no_token_says_why(self):
        for scenario, code in {"device-code-blocked": "53003", "device-code-confidential": "7000218"}.items():
            with self.subTest(scenario):
                lab = self.lab(scenario=scenario)
                self.connect_cloud(lab, grant=PERSON, name=scenario)
                token = self.signed_in(lab, "verify", scenario, "-o", "jsonl").checks()["auth.token"]
                self.assertEqual(token["state"], "fail")
                self.assertEqual(token["data"]["aadsts"], code)

    def test_device_code__may_be_slow(self):
        lab = self.lab(scenario="device-code-slow")
        self.connect_cloud(lab, grant=PERSON)
        self.assertFrom(self.signed_in(lab, "verify", "cloud", "-o", "jsonl"), "delegated")

    def test_refresh_token__that_was_revoked_brings_the_code_back(self):
        lab = self.lab(scenario="refresh-revoked")
        self.connect_cloud(lab, grant=PERSON)
        self.assertFrom(self.signed_in(lab, "verify", "cloud", "-o", "jsonl"), "delegated")
        alone = self.home.tenon("verify", "cloud", "-o", "jsonl")
        self.assertEqual(alone.checks()["auth.token"]["cause"], "noanswer", str(alone))
        self.assertFrom(self.signed_in(lab, "verify", "cloud", "-o", "jsonl"), "delegated")

    def test_managed_identity__is_the_machines(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab, grant="managed-identity", client_id=None, resolve=f"{METADATA}={lab.imds}")
        self.assertFrom(self.home.tenon("verify", "cloud", "-o", "jsonl"), "app")

    def test_certificate__proves_the_application(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab, grant="certificate", client_certificate=lab.client_certificate)
        self.assertFrom(self.home.tenon("verify", "cloud", "-o", "jsonl"), "app")

    def test_clock__that_is_off_is_told(self):
        lab = self.lab(scenario="assertion-clock")
        self.connect_cloud(lab, grant="certificate", client_certificate=lab.client_certificate)
        token = self.home.tenon("verify", "cloud", "-o", "jsonl").checks()["auth.token"]
        self.assertEqual(token["state"], "fail")
        self.assertRegex(token["detail"] + token["remedy"], "1[56] min", str(token))

    def test_tokens__stand_in_no_file_but_the_vault(self):
        lab = self.lab(scenario="cloud")
        self.connect_cloud(lab, grant=PERSON)
        result = self.signed_in(lab, "verify", "cloud", "-o", "jsonl")
        self.assertFrom(result, "delegated")
        self.assertNotIn("eyJ", result.out)
        self.assertNotIn("refresh_token", result.out + result.err)
        for path, data in self.home.files():
            for mark in (b"eyJ", b"refresh_token", b"device_code"):
                self.assertNotIn(mark, data, path)


harness.main()
