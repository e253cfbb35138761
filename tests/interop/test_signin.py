#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Windows sign-in: the lab is held to clients that others wrote (curl, requests-ntlm, exchangelib, the GSSAPI library by
itself) with a real KDC, and Apache with mod_auth_gssapi stands ready for the same clients.

Run by Debian's python with TENON_LAB in the environment: the clients are Debian's packages."""
import base64
import hashlib
import http.client
import os
import shutil
import ssl
import subprocess
import sys
import unittest

try:
    import exchangelib
    import gssapi
    import gssapi.raw
    import requests
    import requests_ntlm
    from exchangelib.protocol import BaseProtocol
except ImportError as error:
    print(f"skipped: {error.name} is not installed; ./dev test --interop installs it")
    sys.exit(77)

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), HERE]

import apache  # noqa: E402
import harness  # noqa: E402
import kdc  # noqa: E402

SECONDS = 30
DOMAIN_USER = "CONTOSO\\svc-tenon"
SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
BODY = """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"
 xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">
<soap:Header><t:RequestServerVersion Version="Exchange2013_SP1"/></soap:Header>
<soap:Body><m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>an</m:UnresolvedEntry></m:ResolveNames></soap:Body>
</soap:Envelope>"""
HEADERS = {"Content-Type": "text/xml; charset=utf-8"}


def curl_binds():
    """libcurl sends channel bindings with Negotiate from 8.10.0 on, and never with NTLM."""
    words = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout.split()
    return tuple(int(part) for part in words[1].split(".")[:2]) >= (8, 10)


class SignIn(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.realm = kdc.Kdc().__enter__()
        cls.addClassCleanup(cls.realm.__exit__)
        cls.tickets = {**cls.realm.env, "KRB5CCNAME": cls.realm.kinit()}
        # The lab's acceptor and this program's own library: no ticket but the realm's.
        os.environ.update(cls.tickets)

    def lab(self, scenario):
        lab = harness.Lab("--password-file", self.realm.password_file, "--keytab", self.realm.keytab, scenario=scenario)
        lab.__enter__()
        self.addCleanup(lab.__exit__)
        return lab

    def attempts(self, lab):
        url = lab.ews.replace("/EWS/Exchange.asmx", "/lab/attempts")
        return requests.get(url, verify=lab.ca_file, timeout=SECONDS).json()

    # --- curl

    def curl(self, server, *how, user="", password="", requests_count=1):
        """The statuses of so many requests, and how many connections the last one made."""
        config = f'user = "{user}:{password}"\n'.replace("\\", "\\\\")
        more = ["-o", os.devnull, server.ews] * requests_count
        done = subprocess.run(
            ["curl", "-sS", "--noproxy", "*", "--max-time", str(SECONDS), "--cacert", server.ca_file, "-K", "-",
             "-H", "Content-Type: text/xml", "--data", BODY, "-w", "%{http_code} %{num_connects}\n", *how, *more],
            input=config, capture_output=True, text=True, env={**os.environ, **self.tickets}, timeout=4 * SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line.split() for line in done.stdout.splitlines()]
        return [int(status) for status, _ in lines], int(lines[-1][1])

    def test_curl__signs_a_connection_in_by_ntlm_and_keeps_it(self):
        lab = self.lab("ntlm")
        for user in (DOMAIN_USER, "contoso\\SVC-TENON", lab.admin["user"]):
            with self.subTest(user):
                statuses, connects = self.curl(lab, "--ntlm", user=user, password=lab.password, requests_count=3)
                self.assertEqual((statuses, connects), ([200, 200, 200], 0))
        counts = {name: count for name, count in self.attempts(lab).items() if name != "token"}
        self.assertEqual(counts, {"accepted": 3, "refused": 0, "bad": 0, "locked": False})

    def test_curl__with_a_wrong_password_makes_one_bad_attempt(self):
        lab = self.lab("ntlm")
        self.assertEqual(self.curl(lab, "--ntlm", user=DOMAIN_USER, password="wrong")[0], [401])
        self.assertEqual(self.attempts(lab)["bad"], 1)

    def test_curl__by_ntlm_binds_to_nothing(self):
        for scenario, status in (("extended-protection", 401), ("extended-protection-allow", 200)):
            with self.subTest(scenario):
                lab = self.lab(scenario)
                self.assertEqual(self.curl(lab, "--ntlm", user=DOMAIN_USER, password=lab.password)[0], [status])
                self.assertEqual(self.attempts(lab)["bad"], 0)

    def test_curl__signs_in_with_a_ticket(self):
        for scenario in ("ntlm", "negotiate-only", "kerberos-only", "all-schemes", "extended-protection-allow"):
            with self.subTest(scenario):
                self.assertEqual(self.curl(self.lab(scenario), "--negotiate", requests_count=2), ([200, 200], 0))

    def test_curl__with_a_ticket_is_bound_where_it_can_bind(self):
        lab = self.lab("extended-protection")
        self.assertEqual(self.curl(lab, "--negotiate")[0], [200 if curl_binds() else 401])

    def test_curl__is_refused_with_ntlm_where_there_is_only_kerberos(self):
        lab = self.lab("kerberos-only")
        self.assertEqual(self.curl(lab, "--ntlm", user=DOMAIN_USER, password=lab.password)[0], [401])
        self.assertEqual(self.curl(lab, "--basic", user=DOMAIN_USER, password=lab.password)[0], [401])

    # --- requests-ntlm: binds with tls-server-end-point

    def by_requests(self, server, user, password, binds=True):
        auth = requests_ntlm.HttpNtlmAuth(user, password, send_cbt=binds)
        return requests.post(server.ews, data=BODY, headers=HEADERS, auth=auth, verify=server.ca_file, timeout=SECONDS)

    def test_requests_ntlm__passes_extended_protection(self):
        for scenario in ("extended-protection", "extended-protection-allow", "ntlm", "negotiate-only"):
            with self.subTest(scenario):
                lab = self.lab(scenario)
                answer = self.by_requests(lab, DOMAIN_USER, lab.password)
                self.assertEqual(answer.status_code, 200)
                self.assertIn("ResolveNamesResponse", answer.text)

    def test_requests_ntlm__without_its_binding_does_not(self):
        lab = self.lab("extended-protection")
        self.assertEqual(self.by_requests(lab, DOMAIN_USER, lab.password, binds=False).status_code, 401)

    def test_requests_ntlm__with_a_wrong_password_is_refused(self):
        lab = self.lab("extended-protection")
        self.assertEqual(self.by_requests(lab, DOMAIN_USER, "wrong").status_code, 401)
        self.assertEqual(self.attempts(lab)["bad"], 1)

    # --- exchangelib

    def by_exchangelib(self, lab, how, user, password):
        os.environ["REQUESTS_CA_BUNDLE"] = lab.ca_file
        self.addCleanup(os.environ.pop, "REQUESTS_CA_BUNDLE", None)
        BaseProtocol.TIMEOUT = SECONDS
        configuration = exchangelib.Configuration(service_endpoint=lab.ews, auth_type=how,
                                                  credentials=exchangelib.Credentials(user, password))
        account = exchangelib.Account(lab.allowed[0], config=configuration, autodiscover=False,
                                      access_type=exchangelib.IMPERSONATION)
        return account.inbox.id

    def test_exchangelib__opens_a_mailbox_by_ntlm_and_by_basic(self):
        for scenario, how in (("ntlm", exchangelib.NTLM), ("extended-protection", exchangelib.NTLM),
                              ("all-schemes", exchangelib.NTLM), ("all-schemes", exchangelib.BASIC)):
            with self.subTest(scenario=scenario, how=how):
                lab = self.lab(scenario)
                self.assertTrue(self.by_exchangelib(lab, how, DOMAIN_USER, lab.password))

    def test_exchangelib__is_told_that_the_password_is_wrong(self):
        with self.assertRaises(exchangelib.errors.UnauthorizedError):
            self.by_exchangelib(self.lab("ntlm"), exchangelib.NTLM, DOMAIN_USER, "wrong")

    # --- the GSSAPI library alone, which binds to what it is told

    def by_gssapi(self, server, scheme="Negotiate", binding="right"):
        """The statuses of a signed-in request and of one more on the connection without a header."""
        host = server.ews.split("/")[2]
        context = ssl.create_default_context(cafile=server.ca_file)
        connection = http.client.HTTPSConnection(host, context=context, timeout=SECONDS)
        self.addCleanup(connection.close)
        connection.connect()
        digest = hashlib.sha256(connection.sock.getpeercert(binary_form=True)).digest()
        if binding == "wrong":
            digest = hashlib.sha256(digest).digest()
        bindings = gssapi.raw.ChannelBindings(application_data=b"tls-server-end-point:" + digest)
        client = gssapi.SecurityContext(
            name=gssapi.Name("HTTP@localhost", gssapi.NameType.hostbased_service), usage="initiate",
            mech=SPNEGO if scheme == "Negotiate" else gssapi.MechType.kerberos,
            flags=[gssapi.RequirementFlag.mutual_authentication],
            channel_bindings=None if binding == "none" else bindings)
        headers = {**HEADERS, "Authorization": f"{scheme} {base64.b64encode(client.step()).decode()}"}
        first = self.exchange(connection, headers)
        if first.status == 200:
            word, _, reply = first.getheader("WWW-Authenticate", "").partition(" ")
            self.assertEqual(word, scheme)
            client.step(base64.b64decode(reply))
            self.assertTrue(client.complete, "the server has proved itself")
        return first.status, self.exchange(connection, HEADERS).status

    def exchange(self, connection, headers):
        connection.request("POST", "/EWS/Exchange.asmx", BODY, headers)
        answer = connection.getresponse()
        answer.read()
        return answer

    def test_kerberos__holds_for_the_connection(self):
        for scheme in ("Negotiate", "Kerberos"):
            with self.subTest(scheme):
                self.assertEqual(self.by_gssapi(self.lab("kerberos-only"), scheme), (200, 200))

    def test_kerberos__holds_for_one_request_where_the_scenario_says_so(self):
        lab = self.lab("kerberos-each-request")
        self.assertEqual(self.by_gssapi(lab), (200, 401))
        statuses, connects = self.curl(lab, "--ntlm", user=DOMAIN_USER, password=lab.password, requests_count=2)
        self.assertEqual((statuses, connects), ([200, 200], 0))

    def test_kerberos__must_be_bound_where_binding_is_required(self):
        lab = self.lab("extended-protection")
        self.assertEqual(self.by_gssapi(lab, binding="right"), (200, 200))
        self.assertEqual(self.by_gssapi(lab, binding="none"), (401, 401))
        self.assertEqual(self.by_gssapi(lab, binding="wrong"), (401, 401))

    def test_kerberos__may_be_unbound_where_binding_is_allowed(self):
        lab = self.lab("extended-protection-allow")
        self.assertEqual(self.by_gssapi(lab, binding="right"), (200, 200))
        self.assertEqual(self.by_gssapi(lab, binding="none"), (200, 200))
        self.assertEqual(self.by_gssapi(lab, binding="wrong"), (401, 401))

    def test_kerberos__is_refused_without_a_keytab(self):
        with harness.Lab(scenario="negotiate-only") as lab:
            self.assertEqual(self.by_gssapi(lab), (401, 401))

    # --- Apache

    def apache(self, **how):
        server = apache.Apache(self.realm, **how)
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def test_apache__serves_curl_with_a_ticket_and_nobody_without(self):
        server = self.apache()
        self.assertEqual(self.curl(server, "--negotiate", requests_count=2), ([200, 200], 0))
        self.assertEqual(self.curl(server)[0], [401])

    def test_apache__holds_a_sign_in_for_the_connection_or_for_the_request(self):
        self.assertEqual(self.by_gssapi(self.apache()), (200, 200))
        self.assertEqual(self.by_gssapi(self.apache(bound=False)), (200, 401))


def main():
    missing = [name for name in ("curl",) if not shutil.which(name)]
    missing += [] if kdc.available() else ["krb5-kdc, krb5-admin-server, krb5-user"]
    missing += [] if apache.available() else ["apache2-bin, libapache2-mod-auth-gssapi"]
    if missing:
        print(f"skipped: without {'; '.join(missing)}; ./dev test --interop installs them")
        sys.exit(77)
    unittest.main(verbosity=2)


main()
