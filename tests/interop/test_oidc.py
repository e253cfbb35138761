# SPDX-License-Identifier: Apache-2.0
"""The cloud connector signs in at an authorization server that nobody here wrote (oidc-provider), by every grant.

Run as test_oidc.py MODE, with the environment of the end-to-end tests and TENON_OIDC_PEER, where its packages are."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), HERE]

import harness  # noqa: E402
import oidc  # noqa: E402

CONNECTOR = "office365-graph"
KEY_PASSWORD = "open-the-Key-7"

if not oidc.node():
    print("skipped: oidc-provider is not installed; ./dev test --interop installs it")
    sys.exit(77)


class Oidc(harness.TestCase):
    def provider(self, **settings):
        provider = oidc.Provider(**settings)
        provider.__enter__()
        self.addCleanup(provider.__exit__)
        return provider

    def answers(self, provider, grant, app):
        return {"admin": "megan@contoso.example", "grant": grant, "tenant": provider.tenant,
                "client_id": provider.apps[app], "authority": provider.url, "graph_url": provider.url,
                "ca_file": provider.ca_file}

    def wizard(self, answers, secrets, *more):
        return self.home.tenon("wizard", "cloud", "--connector", CONNECTOR, "--no-input", *harness.sets(answers),
                               *self.secrets(secrets), *more)

    def verified(self, *more):
        return self.home.tenon("verify", "cloud", "-o", "jsonl", *more)

    def passes(self):
        result = self.verified()
        self.assertStatus(result, 0)
        self.assertEqual(result.checks()["auth.token"]["state"], "pass", str(result))
        return result.checks()

    def refused(self, provider, answers, secrets):
        """Saved all the same; what Verify says of the token."""
        self.wizard(answers, secrets, "--unverified")
        result = self.verified()
        self.assertStatus(result, 16)
        check = result.checks()["auth.token"]
        self.assertEqual(check["state"], "fail", str(result))
        self.assertNotIn("/v1.0/organization", provider.counts(), "nothing is asked without a token")
        return check

    # ---- applications ----

    def test_client_secret__is_taken_with_every_character_that_a_form_escapes(self):
        provider = self.provider()
        answers = self.answers(provider, "client-secret", "secret")
        self.assertStatus(self.wizard(answers, {"client_secret": provider.secret}), 0)
        data = self.passes()["auth.token"]["data"]
        self.assertEqual((data["token_kind"], data["app_id"], data["tenant"]),
                         ("app", answers["client_id"], provider.tenant))
        self.assertStatus(self.home.tenon("impersonate", "cloud", "anna@contoso.example"), 0)

    def test_client_secret__that_is_wrong_is_the_one_cause(self):
        provider = self.provider()
        check = self.refused(provider, self.answers(provider, "client-secret", "secret"), {"client_secret": "wr~ng+value/7Q"})
        self.assertEqual((check["data"]["aadsts"], check["field"]), ("7000215", "client_secret"))
        self.assertNotIn("wr~ng", json.dumps(check))

    def test_certificate__signs_an_assertion_that_a_strict_server_takes(self):
        path, key = oidc.certificate(self.home.path, KEY_PASSWORD)
        provider = self.provider(key=key)
        answers = {**self.answers(provider, "certificate", "certificate"), "client_certificate": path}
        self.assertStatus(self.wizard(answers, {"client_certificate_password": KEY_PASSWORD}), 0)
        self.passes()
        self.passes()  # an assertion that came twice would be refused

    def test_certificate__that_is_not_the_registered_one_is_refused(self):
        os.mkdir(f"{self.home.path}/other")
        path, _ = oidc.certificate(f"{self.home.path}/other", KEY_PASSWORD)
        provider = self.provider(key=oidc.certificate(self.home.path, KEY_PASSWORD)[1])
        answers = {**self.answers(provider, "certificate", "certificate"), "client_certificate": path}
        self.refused(provider, answers, {"client_certificate_password": KEY_PASSWORD})

    # ---- persons ----

    def at_verification(self, answers):
        self.wizard_face = self.face("cloud", "--connector", CONNECTOR, *harness.sets(answers))
        while self.wizard_face.until("form", "plan", "verification")["view"] != "verification":
            self.wizard_face.send("next")

    def asked(self):
        self.wizard_face.send("verify")
        view = self.wizard_face.until("ask", "verification")
        self.assertEqual(view["view"], "ask", view)
        return view["asks"][0]

    def finish(self):
        view = self.wizard_face.until("verification")
        self.assertEqual(view.get("outcome"), "pass", view)
        self.wizard_face.send("finish", name="cloud")
        self.assertEqual(self.wizard_face.until("done", "error")["view"], "done")
        self.wizard_face.end()

    def failed(self):
        view = self.wizard_face.until("verification")
        self.assertEqual(view.get("outcome"), "fail", view)
        return {check["id"]: check for check in view["checks"]}["auth.token"]

    def device(self, **settings):
        provider = self.provider(**settings)
        self.at_verification(self.answers(provider, "device-code", "person"))
        return provider, self.asked()

    def test_device_code__is_shown_approved_and_not_asked_for_again(self):
        provider, ask = self.device()
        oidc.Browser().approve(ask["url"], ask["code"])
        self.finish()
        first = self.passes()["auth.token"]["data"]
        self.assertEqual((first["token_kind"], first["app_id"]), ("delegated", provider.apps["person"]))
        self.passes()  # the refresh token that the last one brought: this server revokes all where an old one comes back
        self.passes()

    def test_device_code__that_is_declined_says_so(self):
        _, ask = self.device()
        oidc.Browser().decline(ask["url"], ask["code"])
        self.assertIn("declined", self.failed()["title"].lower())

    def test_device_code__that_nobody_enters_expires(self):
        self.device(device_ttl=2)
        self.assertIn("ran out", self.failed()["title"])

    def test_browser__redirect_is_caught_and_its_code_redeemed(self):
        provider = self.provider()
        self.at_verification(self.answers(provider, "browser", "person"))
        browser = oidc.Browser()
        browser.visit(self.asked()["url"])
        self.assertTrue(browser.url.startswith("http://localhost:"), browser.url)
        self.finish()
        self.passes()

    def test_browser__consent_that_is_withheld_says_so(self):
        provider = self.provider()
        self.at_verification(self.answers(provider, "browser", "person"))
        browser = oidc.Browser()
        browser.go(self.asked()["url"])
        browser.abort()
        self.assertEqual(self.failed()["cause"], "auth")


harness.main()
