# SPDX-License-Identifier: Apache-2.0
"""Why there is no token, from the answer of the lab's Entra ID to the words on the screen: each refusal has its row, its
exit status and its field, whichever way was gone."""
import unittest

import harness

AUTH, DENIED, TRANSIENT, OTHER, NOBODY = 16, 17, 18, 1, 4

# scenario: row, status, field. An ID that Entra ID knows is not blamed: what is missing, is missing there.
APPLICATION = {
    "secret-wrong": ("token-secret-wrong", AUTH, "client_secret"),
    "secret-expired": ("token-secret-expired", AUTH, "client_secret"),
    "app-unknown": ("token-app-unknown", OTHER, "client_id"),
    "app-disabled": ("token-app-disabled", DENIED, None),
    "tenant-unknown": ("token-tenant-unknown", OTHER, "tenant"),
    "resource-missing": ("token-resource-absent", OTHER, "cloud"),
    "consent-missing": ("token-consent-missing-app", DENIED, None),
    "conditional-access": ("token-conditional-access-app", DENIED, None),
    "entra-down": ("token-unavailable", TRANSIENT, None),
    "entra-html": ("token-page", OTHER, "proxy"),
}


class Token(harness.TestCase):
    def connect(self, lab, secret=None, secret_key="client_secret", **answers):
        answers = {"admin": lab.admin["user"], "authority": lab.authority, "tenant": lab.tenant, "ews_url": lab.ews,
                   "client_id": lab.client_id, "ca_file": lab.ca_file, **answers}
        sets = harness.sets(answers)
        return self.home.tenon("wizard", "cloud", "--connector", "office365-ews", "--no-input", "--unverified", *sets,
                               "--secret", f"{secret_key}=-", typed=(secret or lab.client_secret) + "\n")

    def failure(self, lab, secret=None, **answers):
        self.connect(lab, secret, **answers)
        result = self.home.tenon("verify", "cloud", "-o", "jsonl")
        check = result.checks().get("auth.token")
        self.assertIsNotNone(check, str(result))
        return result, check

    def test_each_refusal_of_an_application_has_its_words(self):
        for scenario, (row, status, field) in APPLICATION.items():
            with self.subTest(scenario), harness.Lab(scenario=scenario) as lab:
                result, check = self.failure(lab)
                self.assertEqual(check["data"]["verdict"], row, str(result))
                self.assertStatus(result, status)
                self.assertEqual(check.get("field"), field)
                self.assertEqual(check["state"], "fail")
                self.assertNotIn(lab.client_secret, result.out)
                self.home.tenon("connections", "remove", "cloud", "--yes")

    def test_each_refusal_of_a_certificate_has_its_words(self):
        rows = {"certificate-unknown": ("token-certificate-unknown", "client_certificate"),
                "assertion-clock": ("token-assertion-clock", None)}
        for scenario, (row, field) in rows.items():
            with self.subTest(scenario), harness.Lab(scenario=scenario) as lab:
                result, check = self.failure(lab, secret_key="client_certificate_password", grant="certificate",
                                             secret=lab.client_certificate_password,
                                             client_certificate=lab.client_certificate)
                self.assertEqual(check["data"]["verdict"], row, str(result))
                self.assertStatus(result, AUTH)
                self.assertEqual(check.get("field"), field)
                if scenario == "assertion-clock":
                    self.assertIn("The server's clock is 15 min behind this machine's.", check["detail"])
                else:
                    self.assertRegex(check["detail"], "thumbprint [0-9A-F]{40},")
                self.home.tenon("connections", "remove", "cloud", "--yes")

    def test_a_certificate_that_does_not_open_is_refused_before_anything_is_sent(self):
        lab = self.lab(scenario="cloud")
        result = self.connect(lab, secret="wrong", secret_key="client_certificate_password", grant="certificate",
                              client_certificate=lab.client_certificate)
        self.assertIn("The certificate's file does not open", result.out + result.err, str(result))

    def test_a_person_is_missing_and_not_a_password(self):
        lab = self.lab(scenario="cloud")
        result, check = self.failure(lab, grant="device-code")
        self.assertEqual(check["data"]["verdict"], "token-nobody-answers", str(result))
        self.assertEqual(check["cause"], "noanswer")
        self.assertStatus(result, NOBODY)

    def test_the_number_and_the_correlation_id_are_there_for_programs(self):
        lab = self.lab(scenario="secret-wrong")
        _, check = self.failure(lab)
        self.assertEqual(check["data"]["aadsts"], "7000215")
        self.assertRegex(check["data"]["request_id"], "^[0-9a-f-]{36}$")
        self.assertEqual(check["data"]["answered_by"], "Entra ID")
        self.assertEqual(check["link"], "https://login.microsoftonline.com/error?code=7000215")

    def test_a_secret_id_is_refused_before_anything_is_sent(self):
        lab = self.lab(scenario="cloud")
        result = self.connect(lab, secret="1f6a3c52-8d0e-4b7a-9c11-2e5d7f40a8b3")
        self.assertIn("This is the secret's ID, not the secret", result.out + result.err)
        result = self.home.tenon("verify", "cloud", "-o", "jsonl")
        self.assertIn("Nothing was sent.", result.out, str(result))
        self.assertNotIn("1f6a3c52", result.out)

    def test_a_page_of_a_login_host_that_is_not_there_is_no_sign_in_failure(self):
        lab = self.lab(scenario="cloud")
        self.connect(lab, authority="https://127.0.0.1:9")
        result = self.home.tenon("verify", "cloud", "-o", "jsonl")
        verdicts = [c["data"]["verdict"] for c in result.checks().values() if c["state"] == "fail"]
        self.assertIn("cloud-connection-refused", verdicts, str(result))
        self.assertStatus(result, 10)


if __name__ == "__main__":
    harness.main()
