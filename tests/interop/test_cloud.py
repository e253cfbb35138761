#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The cloud of the lab is held to clients that nobody here wrote: Microsoft's own library for tokens (python3-msal) by
secret, certificate, device code, browser and refresh token; requests-oauthlib, which proves itself by Basic; and
exchangelib, which gets a token and acts as a mailbox at Exchange Online.

Run by Debian's python with TENON_LAB in the environment: the clients are Debian's packages."""
import json
import logging
import os
import sys
import threading
import unittest
import urllib.parse

try:
    import exchangelib
    import jwt
    import msal
    import requests
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from exchangelib import errors
    from exchangelib.protocol import BaseProtocol
    from oauthlib.oauth2 import BackendApplicationClient
    from oauthlib.oauth2.rfc6749.errors import OAuth2Error
    from requests_oauthlib import OAuth2Session
except ImportError as error:
    print(f"skipped: {error.name} is not installed; ./dev test --interop installs it")
    sys.exit(77)

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e")]

import harness  # noqa: E402

SECONDS = 30
EXCHANGE = "https://outlook.office365.com"
GRAPH = "https://graph.microsoft.com"
PEOPLE = [f"{EXCHANGE}/EWS.AccessAsUser.All"]
REDIRECT = "http://localhost:8765"


class Cloud(unittest.TestCase):
    def lab(self, scenario="cloud"):
        lab = harness.Lab(scenario=scenario)
        lab.__enter__()
        self.addCleanup(lab.__exit__)
        os.environ["REQUESTS_CA_BUNDLE"] = lab.ca_file
        self.ready = lab.ready
        self.authority = f"{lab.ready['authority']}/{lab.ready['tenant']}"
        return lab

    def client(self, kind, **how):
        # Not asked whether it knows the authority: msal would ask Microsoft.
        return kind(self.ready["client_id"], authority=self.authority, instance_discovery=False,
                    verify=self.ready["ca_file"], **how)

    def public(self):
        return self.client(msal.PublicClientApplication)

    def claims(self, token):
        """Verified with the keys that the lab publishes."""
        where = requests.get(f"{self.authority}/v2.0/.well-known/openid-configuration", timeout=SECONDS).json()
        keys = requests.get(where["jwks_uri"], timeout=SECONDS).json()["keys"]
        key = jwt.algorithms.RSAAlgorithm.from_jwk(json.dumps(keys[0]))
        return jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})

    def approve(self, flow, answer="yes"):
        page = requests.get(flow["verification_uri"], timeout=SECONDS)
        self.assertIn("user_code", page.text)
        requests.post(flow["verification_uri"], data={"user_code": flow["user_code"], "answer": answer},
                      timeout=SECONDS).raise_for_status()

    # --- msal, as an application

    def test_msal__gets_a_token_by_the_secret(self):
        self.lab()
        app = self.client(msal.ConfidentialClientApplication, client_credential=self.ready["client_secret"])
        token = app.acquire_token_for_client([f"{EXCHANGE}/.default"])
        claims = self.claims(token["access_token"])
        self.assertEqual((claims["aud"], claims["appid"], claims["idtyp"], claims["tid"], claims["roles"]),
                         (EXCHANGE, self.ready["client_id"], "app", self.ready["tenant"], ["full_access_as_app"]))
        self.assertNotIn("refresh_token", token)

    def test_msal__is_told_why_there_is_none(self):
        for scenario, error, code in (("secret-wrong", "invalid_client", 7000215),
                                      ("secret-expired", "invalid_client", 7000222),
                                      ("consent-missing", "invalid_grant", 65001),
                                      ("resource-missing", "invalid_resource", 500011)):
            with self.subTest(scenario):
                self.lab(scenario)
                app = self.client(msal.ConfidentialClientApplication, client_credential=self.ready["client_secret"])
                refused = app.acquire_token_for_client([f"{GRAPH}/.default"])
                self.assertEqual((refused["error"], refused["error_codes"]), (error, [code]))
                self.assertIn(f"AADSTS{code}: ", refused["error_description"])

    def certificate(self):
        with open(self.ready["client_certificate"], encoding="ascii") as file:
            pem = file.read()
        return pem, x509.load_pem_x509_certificate(pem[pem.index("-----BEGIN CERTIFICATE"):].encode())

    def test_msal__gets_a_token_by_the_certificate(self):
        self.lab()
        pem, certificate = self.certificate()
        app = self.client(msal.ConfidentialClientApplication, client_credential={
            "private_key": pem, "thumbprint": certificate.fingerprint(hashes.SHA1()).hex(),
            "passphrase": self.ready["client_certificate_password"]})
        token = app.acquire_token_for_client([f"{GRAPH}/.default"])
        self.assertIn("access_token", token, token)
        self.assertEqual(self.claims(token["access_token"])["appidacr"], "2")

    def test_msal__is_told_of_a_certificate_that_is_not_registered(self):
        self.lab()
        pem, _ = self.certificate()
        app = self.client(msal.ConfidentialClientApplication, client_credential={
            "private_key": pem, "thumbprint": "00" * 20, "passphrase": self.ready["client_certificate_password"]})
        self.assertEqual(app.acquire_token_for_client([f"{GRAPH}/.default"])["error_codes"], [700027])

    # --- msal, with somebody at the keyboard

    def test_msal__gets_a_token_by_a_device_code(self):
        self.lab()
        app = self.public()
        flow = app.initiate_device_flow(PEOPLE)
        self.assertIn(flow["user_code"], flow["message"])
        waiting = threading.Timer(0, self.approve, [flow])
        waiting.start()
        token = app.acquire_token_by_device_flow(flow)
        waiting.join()
        claims = self.claims(token["access_token"])
        self.assertEqual((claims["scp"], claims["upn"]), ("EWS.AccessAsUser.All", self.ready["admin"]["user"]))
        self.assertEqual(token["id_token_claims"]["preferred_username"], self.ready["admin"]["user"])

    def test_msal__gives_up_when_the_device_code_is_declined(self):
        self.lab()
        app = self.public()
        flow = app.initiate_device_flow(PEOPLE)
        self.approve(flow, "no")
        self.assertEqual(app.acquire_token_by_device_flow(flow)["error"], "authorization_declined")

    def sign_in(self, app):
        flow = app.initiate_auth_code_flow(PEOPLE, redirect_uri=REDIRECT)
        sent = requests.get(flow["auth_uri"], allow_redirects=False, timeout=SECONDS)
        self.assertEqual(sent.status_code, 302)
        back = urllib.parse.urlsplit(sent.headers["Location"])
        self.assertEqual(f"{back.scheme}://{back.netloc}", REDIRECT)
        return flow, dict(urllib.parse.parse_qsl(back.query))

    def test_msal__gets_a_token_by_the_browser_and_renews_it(self):
        self.lab()
        app = self.public()
        token = app.acquire_token_by_auth_code_flow(*self.sign_in(app))
        self.assertIn("access_token", token, token)
        again = app.acquire_token_silent([f"{GRAPH}/User.Read"], account=app.get_accounts()[0])
        self.assertEqual(self.claims(again["access_token"])["aud"], GRAPH)

    def test_msal__is_refused_with_another_verifier(self):
        self.lab()
        app = self.public()
        flow, answer = self.sign_in(app)
        refused = app.acquire_token_by_auth_code_flow({**flow, "code_verifier": "x" * 43}, answer)
        self.assertEqual((refused["error"], refused["error_codes"]), ("invalid_grant", [501481]))

    def test_msal__asks_the_person_again_when_the_refresh_token_was_revoked(self):
        self.lab("refresh-revoked")
        app = self.public()
        app.acquire_token_by_auth_code_flow(*self.sign_in(app))
        account = app.get_accounts()[0]
        self.assertEqual(app.acquire_token_silent_with_error(PEOPLE, account, force_refresh=True)["error_codes"], [50173])

    # --- requests-oauthlib

    def fetch(self, secret):
        session = OAuth2Session(client=BackendApplicationClient(self.ready["client_id"], scope=[f"{GRAPH}/.default"]))
        session.fetch_token(f"{self.authority}/oauth2/v2.0/token", client_id=self.ready["client_id"],
                            client_secret=secret, timeout=SECONDS)
        return session

    def test_requests_oauthlib__proves_itself_by_basic_and_reads_the_organization(self):
        self.lab()
        answer = self.fetch(self.ready["client_secret"]).get(f"{self.ready['graph']}/v1.0/organization", timeout=SECONDS)
        self.assertEqual(answer.json()["value"][0]["id"], self.ready["tenant"])

    def test_requests_oauthlib__is_refused_with_another_secret(self):
        self.lab()
        with self.assertRaises(OAuth2Error) as refused:
            self.fetch("another")
        self.assertEqual(refused.exception.error, "invalid_client")

    # --- exchangelib

    def account(self, address):
        url = f"{self.authority}/oauth2/v2.0/token"

        class Credentials(exchangelib.OAuth2Credentials):
            token_url = url

        credentials = Credentials(client_id=self.ready["client_id"], client_secret=self.ready["client_secret"],
                                  tenant_id=self.ready["tenant"], identity=exchangelib.Identity(smtp_address=address))
        configuration = exchangelib.Configuration(
            service_endpoint=self.ready["ews"], credentials=credentials, auth_type=exchangelib.OAUTH2,
            retry_policy=exchangelib.FailFast(),
            version=exchangelib.Version(build=exchangelib.Build(15, 20), api_version="V2018_01_08"))
        return exchangelib.Account(address, config=configuration, autodiscover=False,
                                   access_type=exchangelib.IMPERSONATION)

    def test_exchangelib__opens_the_inbox_of_an_allowed_mailbox(self):
        lab = self.lab()
        self.assertIsNotNone(self.account(lab.ready["allowed"][0]).inbox.total_count)

    def test_exchangelib__is_refused_where_the_application_may_not_be(self):
        lab = self.lab()
        with self.assertRaises(errors.ErrorAccessDenied):
            self.account(lab.ready["denied"][0]).inbox.name
        for address in (lab.ready["missing"][0], lab.ready["elsewhere"][0]):
            with self.subTest(address), self.assertRaises(errors.ErrorNonExistentMailbox):
                self.account(address).inbox.name

    def test_exchangelib__gets_nowhere_when_ews_is_blocked(self):
        lab = self.lab("ews-blocked-by-policy")
        with self.assertRaises(errors.TransportError):
            self.account(lab.ready["allowed"][0]).inbox.name


if __name__ == "__main__":
    BaseProtocol.TIMEOUT = SECONDS
    logging.disable(logging.CRITICAL)
    # The connections that these libraries leave open are theirs to close.
    unittest.main(verbosity=2, warnings="ignore")
