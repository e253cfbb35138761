# SPDX-License-Identifier: Apache-2.0
"""No secret in arguments, environment, files or output, in any of the forms it might take."""
import base64
import os
import subprocess
import time
from urllib.parse import quote

import harness

PASSWORD = "Pa55 w<o>rd & \"quote\"/é"


def forms(user, secret):
    raw = secret.encode()
    yield raw
    yield base64.b64encode(raw).rstrip(b"=")
    yield base64.b64encode(f"{user}:{secret}".encode()).rstrip(b"=")
    yield base64.b64encode(secret.encode("utf-16-le")).rstrip(b"=")
    yield quote(secret).encode()


def tree(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = [int(child) for child in file.read().split()]
    except OSError:
        children = []
    return [pid, *(p for child in children for p in tree(child))]


class Secrets(harness.TestCase):
    def hidden(self, user, secret, where, content):
        for form in forms(user, secret):
            self.assertNotIn(form, content, f"the password stands in {where}")

    def test_password__is_in_no_file_and_no_output(self):
        lab = self.lab()
        user, secret = lab.admin["user"], lab.password
        done = [self.wizard(lab), self.home.tenon("verify", "corp", "-o", "json"), self.home.tenon("verify", "corp"),
                self.home.tenon("connections", "show", "corp"), self.home.tenon("doctor")]
        for result in done:
            self.hidden(user, secret, "the output", (result.out + result.err).encode())
        for path, content in self.home.files():
            self.hidden(user, secret, path, content)

    def test_refused_password__is_in_no_file_and_no_output(self):
        lab = self.lab()
        result = self.wizard(lab, password=PASSWORD, unverified=True)
        self.hidden(lab.admin["user"], PASSWORD, "the output", (result.out + result.err).encode())
        for path, content in self.home.files():
            self.hidden(lab.admin["user"], PASSWORD, path, content)

    def test_password__is_in_no_argument_and_no_environment_while_it_runs(self):
        lab = self.lab("--latency", "300")
        self.connect(lab)
        with self.home.start("verify", "corp", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            seen = 0
            while run.poll() is None:
                for pid in tree(run.pid):
                    for name in ("cmdline", "environ"):
                        try:
                            with open(f"/proc/{pid}/{name}", "rb") as file:
                                self.hidden(lab.admin["user"], lab.password, name, file.read())
                                seen += 1
                        except OSError:
                            pass
                time.sleep(0.05)
        self.assertGreater(seen, 2)

    def test_secret_file__that_others_may_read_is_refused(self):
        lab = self.lab()
        path = self.home.secret(lab.password)
        os.chmod(path, 0o644)
        result = self.home.tenon("wizard", "corp", "--connector", "exchange-onprem", "--no-input", "--set",
                                 f"server={lab.ews}", "--set", f"admin={lab.admin['user']}", "--secret",
                                 f"password={path}")
        self.assertNotEqual(result.status, 0)
        self.assertIn("chmod", result.err)

    def test_secret__in_set_is_refused_without_being_repeated(self):
        result = self.home.tenon("wizard", "corp", "--connector", "exchange-onprem", "--no-input", "--set",
                                 "password=hunter2hunter2")
        self.assertStatus(result, 2)
        self.assertNotIn("hunter2", result.out + result.err)
        self.assertIn("--secret", result.err)


harness.main()
