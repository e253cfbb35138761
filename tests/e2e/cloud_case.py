# SPDX-License-Identifier: Apache-2.0
"""Connections to the lab's cloud: as an application, or as a person who signs in on another screen."""
import os
import pty
import re
import select
import subprocess
import time
import urllib.parse

import harness

APPLICATION, PERSON = "client-secret", "device-code"
AUTHORIZE = re.compile(r"https://\S+/oauth2/v2\.0/authorize\?\S+(?=\s)")
CODE = re.compile(r"\b([A-Z0-9]{9}|[A-Z0-9]{4}-[A-Z0-9]{4})\b")


class CloudCase(harness.TestCase):
    connector = None  # id; a test class says which
    url_key = None    # field that holds the service's address
    url_line = None   # ...and where it stands in the ready line

    def connect_cloud(self, lab, grant=APPLICATION, name="cloud", **answers):
        """A saved connection that was not verified: nothing was sent."""
        answers = {"admin": lab.admin["user"], "grant": grant, "tenant": lab.tenant, "client_id": lab.client_id,
                   "authority": lab.authority, self.url_key: lab.ready[self.url_line], "ca_file": lab.ca_file,
                   "mailbox": lab.allowed[0], **answers}
        secrets = {APPLICATION: {"client_secret": lab.client_secret},
                   "certificate": {"client_certificate_password": lab.client_certificate_password}}.get(grant, {})
        result = self.home.tenon("wizard", name, "--connector", self.connector, "--no-input", "--unverified",
                                 *harness.sets(answers), *self.secrets(secrets))
        self.assertEqual(self.home.tenon("connections", "show", name).status, 0, str(result))
        return result

    def by_the_clouds_names(self, lab):
        """Answers for connect_cloud: the clouds' own hosts, all of which lead to the lab."""
        return {"authority": None, self.url_key: None, "cloud": "global",
                "resolve": f"*:443=127.0.0.1:{urllib.parse.urlsplit(lab.ews).port}"}

    def tenant_is_found_in_another_cloud(self):
        lab = self.lab(scenario="tenant-elsewhere")
        self.connect_cloud(lab, **self.by_the_clouds_names(lab))
        token = self.home.tenon("verify", "cloud", "-o", "jsonl").checks()["auth.token"]
        self.assertEqual((token["data"]["verdict"], token["field"], token["data"]["answer"]),
                         ("tenant-elsewhere", "cloud", "gcc-high"), str(token))
        self.assertIn("Set `cloud` to gcc-high", token["remedy"])
        told = self.home.tenon("verify", "cloud")
        self.assertIn("(--set cloud=gcc-high)", told.out)
        self.assertIn("Next: tenon wizard cloud --set cloud=gcc-high\n", told.err)
        for cloud in ("gcc-high", "dod"):  # they share a login host, and nothing else
            with self.subTest(cloud):
                self.home.tenon("wizard", "cloud", "--no-input", "--unverified", "--set", f"cloud={cloud}")
                self.assertStatus(self.home.tenon("verify", "cloud", "-o", "jsonl"), 0)

    def tenant_of_no_cloud_is_called_so(self):
        lab = self.lab(scenario="tenant-unknown")
        self.connect_cloud(lab, **self.by_the_clouds_names(lab))
        token = self.home.tenon("verify", "cloud", "-o", "jsonl").checks()["auth.token"]
        self.assertEqual((token["data"]["verdict"], token["field"]), ("tenant-unknown", "tenant"), str(token))

    def tenant_is_looked_for_at_no_cloud_of_ones_own(self):
        lab = self.lab(scenario="tenant-elsewhere")
        self.connect_cloud(lab)
        token = self.home.tenon("verify", "cloud", "-o", "jsonl").checks()["auth.token"]
        self.assertEqual(token["data"]["verdict"], "token-tenant-unknown", str(token))

    def approve(self, lab, code, answer="yes"):
        lab.fetch(f"{lab.device}?{urllib.parse.urlencode({'user_code': code, 'answer': answer})}")

    def at_terminal(self, react, *args):
        """tenon at a terminal. react: gets what stands on the screen so far until it has done its part, which is True."""
        terminal, screen = pty.openpty()
        output = os.path.join(self.home.path, "output")
        with open(output, "wb") as out:
            process = self.home.start(*args, stdin=screen, stdout=out, stderr=screen)
        os.close(screen)
        seen, reacted, end = "", False, time.monotonic() + harness.SECONDS_MAX
        while process.poll() is None and time.monotonic() < end:
            if terminal in select.select([terminal], [], [], 0.1)[0]:
                try:
                    seen += os.read(terminal, 4096).decode("utf-8", "replace")
                except OSError:
                    break
            reacted = reacted or bool(react(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)))
        process.wait(harness.SECONDS_MAX)
        os.close(terminal)
        with open(output, encoding="utf-8") as file:
            done = subprocess.CompletedProcess(args, process.returncode, file.read(), seen)
        self.assertTrue(reacted, str(harness.Result(done)))
        return harness.Result(done)

    def signed_in(self, lab, *args, answer="yes"):
        """tenon at a terminal, where somebody reads the code and types it elsewhere."""
        def react(seen):
            code = CODE.search(seen)
            if code:
                self.approve(lab, code.group(1), answer)
            return code
        return self.at_terminal(react, *args)

    def in_browser(self, lab, *args):
        """tenon at a terminal, where somebody opens the page in a browser, which comes back to this machine."""
        def react(seen):
            url = AUTHORIZE.search(seen)
            if url:
                lab.fetch(url.group(0))
            return url
        return self.at_terminal(react, *args)

    def subjects(self, result):
        return {e["subject"]: e for e in result.events() if e["event"] == "check" and "subject" in e}
