# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with TLS: each has its check, its title, its cause, its exit status and its remedy; and each exception
heals what it names and nothing else."""
import base64
import contextlib
import json
import os
import pty
import re
import select
import subprocess
import unittest

import harness
import servers

TLS = 12


class Tls(harness.TestCase):
    def refused(self, lab, status=TLS, **answers):
        """Verifying fails on TLS alone; the one check that failed."""
        self.connect(lab, **answers)
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, status)
        failed = [c for c in result.checks().values() if c["state"] == "fail"]
        self.assertEqual(len(failed), 1, "one cause, not several: " + str(result))
        self.assertTrue(failed[0]["remedy"])
        self.assertNotIn("auth.basic", [i for i, c in result.checks().items() if c["state"] == "pass"])
        return failed[0]

    def accepted(self, lab, **answers):
        self.assertStatus(self.wizard(lab, **answers), 0)

    def said(self, found, check, title, verdict, field, *words):
        self.assertEqual((found["id"], found["title"], found["cause"]), (check, title, "tls"), str(found))
        self.assertEqual((found["data"]["verdict"], found.get("field")), (verdict, field), str(found))
        for word in words:
            self.assertIn(word, found["detail"] + "\n" + found["remedy"], str(found))

    def test_an_expired_certificate(self):
        lab = self.lab(scenario="certificate-expired")
        found = self.refused(lab)
        self.said(found, "tls.certificate", "The certificate has expired", "certificate-expired", None,
                  "Renew the server's certificate", found["data"]["not_after"], found["data"]["pin"])

    def test_a_certificate_that_is_not_valid_yet(self):
        found = self.refused(self.lab(scenario="certificate-not-yet"))
        self.said(found, "tls.certificate", "The certificate is not valid yet", "certificate-not-yet-valid", None,
                  "Set this machine's clock", found["data"]["not_before"])

    def test_a_certificate_for_another_name(self):
        lab = self.lab(scenario="certificate-wrong-name")
        found = self.refused(lab)
        self.said(found, "tls.certificate", "The certificate is for another name", "certificate-wrong-name", "server",
                  "webmail.fabrikam.example", "not for localhost", "https://webmail.fabrikam.example/",
                  "--set tls_name=webmail.fabrikam.example")
        self.accepted(lab, tls_name="webmail.fabrikam.example")

    def test_an_expected_name_heals_no_other_name(self):
        found = self.refused(self.lab(scenario="certificate-wrong-name"), tls_name="other.fabrikam.example")
        self.assertEqual(found["data"]["verdict"], "certificate-wrong-name")

    def test_an_authority_that_is_unknown(self):
        lab = self.lab(scenario="certificate-unknown-authority")
        found = self.refused(lab)
        self.said(found, "tls.certificate", "The certificate's authority is not trusted", "certificate-untrusted",
                  "ca_file", "1. CN=mail.contoso.example, issued by CN=Fabrikam Issuing CA",
                  "2. CN=Fabrikam Issuing CA, issued by CN=Fabrikam Root CA",
                  "3. CN=Fabrikam Root CA: not sent, and not known here", "--set ca_file=FILE")
        self.assertIn("openssl s_client", found["data"]["mend"])
        self.assertIn(found["data"]["authority_sha256"], found["detail"])
        self.assertIn("-----BEGIN CERTIFICATE-----", found["data"]["pem"])

    def test_an_authority_that_was_saved_is_enough(self):
        lab = self.lab(scenario="certificate-unknown-authority")
        path = f"{self.home.path}/issuing.pem"
        with open(path, "w", encoding="ascii") as file:
            file.write(self.refused(lab)["data"]["pem"])
        self.accepted(lab, name="healed", ca_file=path)

    def test_an_authority_that_is_unknown_and_not_sent(self):
        lab = self.lab(scenario="certificate-chain-missing")
        found = self.refused(lab)
        self.said(found, "tls.certificate", "The certificate's authority is not trusted", "certificate-chain-missing",
                  "ca_file", "cannot be fetched from here", "--set tls_pin=" + found["data"]["pin"])
        self.accepted(lab, name="pinned", tls_pin=found["data"]["pin"])

    def test_a_certificate_signed_by_itself(self):
        lab = self.lab(scenario="self-signed")
        found = self.refused(lab)
        self.said(found, "tls.certificate", "The certificate is signed by itself", "certificate-self-signed", "tls_pin",
                  found["data"]["sha256"], "--set tls_pin=" + found["data"]["pin"])
        self.accepted(lab, name="pinned", tls_pin=found["data"]["pin"])

    def test_a_proxy_that_looks_into_tls(self):
        found = self.refused(self.lab(scenario="tls-intercepted"))
        self.said(found, "tls.certificate", "A TLS-inspecting proxy answers for the server", "certificate-interception",
                  "ca_file", "Squid", "excepted from the inspection", "--set ca_file=FILE", "Extended Protection")

    def test_old_versions_alone(self):
        found = self.refused(self.lab(scenario="tls-old"))
        self.said(found, "tls.handshake", "The server's TLS is too old", "tls-too-old", "server", "1.2 and 1.3",
                  "Switch TLS 1.2 on")

    def test_a_pin_of_another_key(self):
        lab = self.lab()
        found = self.refused(lab, tls_pin="sha256//" + 43 * "A" + "=")
        self.said(found, "tls.certificate", "The server's key is not the pinned one", "certificate-not-pinned", "tls_pin",
                  "Ask the server's administrator", found["data"]["pin"])
        self.accepted(lab, name="pinned", tls_pin=found["data"]["pin"], ca_file=None)

    def test_a_client_certificate_that_is_wanted(self):
        lab = self.lab(scenario="client-certificate")
        self.connect(lab)
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, TLS)
        found = result.checks()["ews.endpoint"]
        self.said(found, "ews.endpoint", "The server wants a client certificate", "client-certificate-required",
                  "tls_certificate", "tls_certificate_password", "Ignore in IIS")

    def client_certificate(self, lab, password, name="corp"):
        return self.home.tenon(
            "wizard", name, "--connector", "exchange-onprem", "--no-input", "--set", f"server={lab.ews}", "--set",
            f"admin={lab.admin['user']}", "--set", f"ca_file={lab.ca_file}", "--set",
            f"tls_certificate={lab.tls_certificate}", "--secret", f"password={self.home.secret(lab.password)}",
            "--secret", f"tls_certificate_password={self.home.secret(password, 'opens')}")

    def test_a_client_certificate_lets_in(self):
        lab = self.lab(scenario="client-certificate")
        result = self.client_certificate(lab, lab.tls_certificate_password)
        self.assertStatus(result, 0)
        self.assertStatus(self.home.tenon("verify", "corp"), 0)
        password = lab.tls_certificate_password.encode()
        self.assertFalse([path for path, text in self.home.files() if password in text and not path.endswith("/opens")])

    def test_a_client_certificate_that_its_password_does_not_open(self):
        lab = self.lab(scenario="client-certificate")
        result = self.client_certificate(lab, "wrong")
        self.assertStatus(result, 1)
        self.assertIn("the password does not open it", result.err)
        self.assertIn("tls_certificate_password", result.err)

    def test_the_command_that_saves_an_authority_does(self):
        lab = self.lab(scenario="certificate-unknown-authority")
        self.run_here(self.refused(lab)["data"]["mend"])
        self.accepted(lab, name="healed", ca_file=f"{self.home.path}/localhost-ca.pem")

    def test_the_command_that_saves_a_certificate_does(self):
        lab = self.lab(scenario="self-signed")
        self.run_here(self.refused(lab)["data"]["mend"])
        self.accepted(lab, name="healed", ca_file=f"{self.home.path}/localhost.pem")

    def test_a_proxy_that_is_trusted_is_told(self):
        lab = self.lab(scenario="tls-intercepted")
        path = f"{self.home.path}/proxy.pem"
        with open(path, "w", encoding="ascii") as file:
            file.write(self.refused(lab)["data"]["pem"])
        self.connect(lab, name="through", ca_file=path)
        result = self.home.tenon("verify", "through", "-o", "jsonl")
        self.assertStatus(result, 0)
        found = result.checks()["tls.certificate"]
        self.assertEqual((found["state"], found["title"]), ("warn", "A TLS-inspecting proxy answers for the server"))
        self.assertIn("Squid", found["detail"])
        self.assertIn("Extended Protection", found["remedy"])

    def test_a_pin_says_that_it_is_why(self):
        lab = self.lab(scenario="certificate-expired")
        pin = self.refused(lab)["data"]["pin"]
        self.accepted(lab, name="pinned", tls_pin=pin)
        found = self.home.tenon("verify", "pinned", "-o", "jsonl").checks()["tls.certificate"]
        self.assertIn("Accepted because its key is the pinned one", found["detail"])

    # ---- made and shown by OpenSSL ----------------------------------------------------------------------------------

    def run_here(self, command):
        subprocess.run(["/bin/sh", "-c", command], cwd=self.home.path, env={"PATH": "/usr/bin:/bin"}, check=True,
                       capture_output=True, timeout=harness.SECONDS_MAX)

    def by_openssl(self, lab, how, password, name):
        """The lab's client certificate in another form, and the wizard with it."""
        self.run_here(f"openssl pkcs12 -in {lab.tls_certificate} -passin pass:{lab.tls_certificate_password} -nodes "
                      f"-out naked.pem && {how}")
        forms = {**lab.ready, "tls_certificate": f"{self.home.path}/{name}"}
        lab.ready = forms
        return self.client_certificate(lab, password)

    def test_a_client_certificate_by_openssl(self):
        forms = {
            "new.p12": "openssl pkcs12 -export -in naked.pem -out new.p12 -passout pass:opens-it",
            "new.pem": "openssl pkcs8 -topk8 -in naked.pem -out key.pem -passout pass:opens-it && "
                       "openssl x509 -in naked.pem > new.pem && cat key.pem >> new.pem",
            "old.pem": "openssl ec -aes256 -in naked.pem -out old.pem -passout pass:opens-it && "
                       "openssl x509 -in naked.pem >> old.pem",
        }
        for name, how in forms.items():
            with self.subTest(name):
                result = self.by_openssl(self.lab(scenario="client-certificate"), how, "opens-it", name)
                self.assertStatus(result, 0)
                self.home.tenon("connections", "remove", "corp")

    def test_a_client_certificate_whose_key_lies_open_is_refused_with_the_command_that_closes_it(self):
        result = self.by_openssl(self.lab(scenario="client-certificate"), "true", "any", "naked.pem")
        self.assertStatus(result, 1)
        self.assertIn("not encrypted", result.err)
        self.assertIn("openssl pkcs12 -export -in FILE -out NEW.p12", re.sub(r"\s+", " ", result.err))

    @contextlib.contextmanager
    def openssl_server(self, *options):
        """openssl s_server on a free port, with a certificate of its own making: its address."""
        self.run_here("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out s.pem -days 5 "
                      "-subj /CN=localhost 2>/dev/null")
        port = servers.free_port()
        with subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-key", "s.key", "-cert", "s.pem", "-www",
                               *options], cwd=self.home.path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as server:
            try:
                for line in server.stdout:
                    if "ACCEPT" in line:
                        break
                yield f"https://localhost:{port}/EWS/Exchange.asmx"
            finally:
                server.terminate()

    def failed_at(self, server, **answers):
        sets = harness.sets(answers)
        self.home.tenon("wizard", "there", "--connector", "exchange-onprem", "--no-input", "--unverified", "--set",
                        f"server={server}", "--set", "admin=a@contoso.example", *sets, "--secret", "password=-", typed="x\n")
        result = self.home.tenon("verify", "there", "-o", "jsonl")
        return next(c for c in result.checks().values() if c["state"] == "fail")

    def test_a_server_of_openssl_that_speaks_old_versions(self):
        with self.openssl_server("-tls1_1", "-cipher", "ALL:@SECLEVEL=0") as server:
            self.said(self.failed_at(server), "tls.handshake", "The server's TLS is too old", "tls-too-old", "server")

    def test_a_certificate_that_has_a_subject_and_no_names(self):
        with self.openssl_server() as server:
            found = self.failed_at(server, ca_file=f"{self.home.path}/s.pem")
            self.said(found, "tls.certificate", "The certificate names no host", "certificate-without-names", "tls_name",
                      "only the subject CN=localhost", "--set tls_name=NAME")

    def test_a_server_of_openssl_that_wants_a_client_certificate(self):
        with self.openssl_server("-Verify", "1", "-verify_return_error") as server:
            found = self.failed_at(server, ca_file=f"{self.home.path}/s.pem", tls_name="localhost")
            self.said(found, "tls.handshake", "The server wants a client certificate", "client-certificate-wanted",
                      "tls_certificate")

    # ---- "trust this authority?" ------------------------------------------------------------------------------------

    def stored_answers(self, name="corp"):
        with open(f"{self.home.path}/config/tenon/connections/{name}.json", encoding="utf-8") as file:
            return json.load(file)["values"]

    def test_an_authority_is_trusted_by_an_answers_file(self):
        lab = self.lab(scenario="certificate-unknown-authority")
        path = f"{self.home.path}/answers"
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"server": lab.ews, "admin": lab.admin["user"], "auth": "basic", "tls.trust": "yes"}, file)
        result = self.home.tenon("wizard", "corp", "--connector", "exchange-onprem", "--no-input", "--answers", path,
                                 "--secret", "password=-", typed=lab.password + "\n")
        self.assertStatus(result, 0)
        kept = self.stored_answers()["ca_file"]
        self.assertTrue(kept.startswith("data:;base64,"), kept)
        self.assertIn(b"-----BEGIN CERTIFICATE-----", base64.b64decode(kept.split(",")[1]))
        self.assertStatus(self.home.tenon("verify", "corp"), 0)
        self.assertStatus(self.home.tenon("impersonate", "corp", lab.allowed[0]), 0)
        shown = self.home.tenon("connections", "show", "corp")
        self.assertIn("kept in the connection", shown.out)
        self.assertNotIn("base64", shown.out)

    def test_an_authority_is_added_to_those_that_were_given(self):
        lab, other = self.lab(scenario="certificate-unknown-authority"), self.lab()
        self.assertStatus(self.wizard(lab, ca_file=other.ca_file, **{"tls.trust": "yes"}), 0)
        kept = base64.b64decode(self.stored_answers()["ca_file"].split(",")[1]).decode()
        self.assertEqual(kept.count("-----BEGIN CERTIFICATE-----"), 2)
        with open(other.ca_file, encoding="ascii") as file:
            self.assertTrue(kept.startswith(file.read()))

    def test_a_certificate_signed_by_itself_is_trusted_by_its_key(self):
        lab = self.lab(scenario="self-signed")
        self.assertStatus(self.wizard(lab, **{"tls.trust": "yes"}), 0)
        self.assertRegex(self.stored_answers()["tls_pin"], r"^sha256//\S{43}=$")
        self.assertStatus(self.home.tenon("verify", "corp"), 0)

    def test_nothing_is_trusted_where_nobody_says_so(self):
        lab = self.lab(scenario="certificate-unknown-authority")
        for answers in ({}, {"tls.trust": "no"}):
            result = self.wizard(lab, **answers)
            self.assertStatus(result, 12 if answers else 4)
            self.assertIn("--set ca_file=FILE", re.sub(r"\s+", " ", result.err))
            self.assertEqual("tls.trust: an answer was needed" in result.err, not answers)
            self.assertEqual(self.home.stored(), [])

    def test_trust_is_not_asked_for_a_wrong_name_or_a_proxy(self):
        for scenario in ("certificate-wrong-name", "certificate-expired", "tls-intercepted"):
            result = self.wizard(self.lab(scenario=scenario), **{"tls.trust": "yes"})
            self.assertStatus(result, TLS)
            self.assertEqual(self.home.stored(), [])

    def test_the_wizard_asks_a_person_and_verifies_again(self):
        lab = self.lab(scenario="certificate-unknown-authority")
        terminal = Terminal(self, "wizard", "corp", "--connector", "exchange-onprem", "--set", f"server={lab.ews}", "--set",
                            f"admin={lab.admin['user']}", "--set", "auth=basic", "--set", f"mailbox={lab.allowed[0]}",
                            "--secret", f"password={self.home.secret(lab.password)}")
        terminal.through("Press Enter to verify")
        terminal.expect("Trust the authority CN=Fabrikam Issuing CA for this connection?")
        terminal.expect("CN=Fabrikam Root CA: not sent, and not known here")
        terminal.expect("SHA-256 of CN=Fabrikam Issuing CA: ")
        terminal.expect("yes or no: ")
        terminal.type("yes")
        terminal.expect("Impersonation")
        terminal.expect("What next? [f]: ")
        terminal.type("f")
        terminal.expect('Saved connection "corp"')
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(self.stored_answers()["ca_file"].startswith("data:;base64,"))

    def test_verify_asks_a_person_and_keeps_the_answer(self):
        lab = self.lab(scenario="self-signed")
        self.connect(lab)
        terminal = Terminal(self, "verify", "corp")
        terminal.expect("Accept the key of localhost")
        terminal.expect("[yes/no] > ")
        terminal.type("yes")
        terminal.expect("Impersonation role")
        terminal.expect("Passed")
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(terminal.text.count("On-premises Exchange"), 1)
        self.assertStatus(self.home.tenon("verify", "corp"), 0)


class Terminal:
    """The program on a terminal of its own, and a person who reads before typing."""

    def __init__(self, case, *args):
        try:
            self.ours, theirs = pty.openpty()
        except OSError as error:
            raise unittest.SkipTest(f"no pseudo-terminal here: {error}") from error
        self.text, self.read = "", 0
        self.process = subprocess.Popen(case.home.argv(*args), env={**case.home.env, "TERM": "xterm", "NO_COLOR": "1"},
                                        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        case.addCleanup(self.close)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.ours)

    def more(self):
        """One more piece of what is shown; False at its end."""
        ready, _, _ = select.select([self.ours], [], [], harness.SECONDS_MAX)
        if not ready:
            raise AssertionError("nothing more came:\n" + self.text)
        try:
            piece = os.read(self.ours, 65536)
        except OSError:
            return False
        # wrapped lines are one line to who looks for a sentence
        self.text = re.sub(r"\s+", " ", self.text + re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", piece.decode()))
        return bool(piece)

    def expect(self, words):
        while words not in self.text[self.read:]:
            if not self.more():
                raise AssertionError(f"{words!r} never came:\n{self.text}")
        self.read = self.text.index(words, self.read) + len(words)

    def through(self, words):
        """Enter at every prompt up to this one, and there too."""
        while words not in self.text[self.read:]:
            if self.text[self.read:].rstrip().endswith((":", "]")) and self.text[self.read:].strip():
                self.read = len(self.text)
                self.type("")
            if not self.more():
                raise AssertionError(f"{words!r} never came:\n{self.text}")
        self.expect(words)
        self.type("")

    def type(self, text):
        os.write(self.ours, (text + "\n").encode())

    def end(self):
        while self.more():
            pass
        return self.process.wait(harness.SECONDS_MAX)


harness.main()
