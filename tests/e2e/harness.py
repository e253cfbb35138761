# SPDX-License-Identifier: Apache-2.0
"""The real program against the real lab, each test with a home of its own.

A test program is run as `test_NAME.py MODE`, where MODE is worker or in-process; meson gives the paths of the built
programs in TENON, TENON_LAB, TENON_LIBEXEC and TENON_PLUGIN_PATH."""
import contextlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

SECONDS_MAX = 120  # of one command: a hang must end
MODES = ("worker", "in-process")
NO_REALM = """[libdefaults]
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
"""


class Lab:
    """tenon-lab for the length of a with block: its ready line by attribute, the password in a file."""

    def __init__(self, *args, scenario=None):
        self.argv = [os.environ["TENON_LAB"], *args]
        if scenario:
            self.argv += ["--scenario", scenario]

    def __enter__(self):
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(20)

    def __getattr__(self, name):
        try:
            return self.ready[name]
        except KeyError as error:
            raise AttributeError(name) from error

    @property
    def password(self):
        return self.ready["admin"]["password"]

    def fetch(self, url):
        """A page of the lab, as a browser gets it: redirects are followed."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(
            context=ssl.create_default_context(cafile=self.ca_file)))
        with opener.open(url, timeout=30) as answer:
            return answer.read()

    @contextlib.contextmanager
    def silent(self):
        """Accepts connections and says nothing, for the length of a with block."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


class Result:
    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    def events(self):
        """The lines of -o jsonl."""
        return [json.loads(line) for line in self.out.splitlines()]

    def checks(self):
        return {event["id"]: event for event in self.events() if event["event"] == "check"}

    def __str__(self):
        return f"status {self.status}\nstdout:\n{self.out}\nstderr:\n{self.err}"


class Face:
    """The JSON face: events in, views out."""

    def __init__(self, argv, env):
        self.views, self.events = [], []
        self.process = subprocess.Popen(argv, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.watchdog = threading.Timer(SECONDS_MAX, self.process.kill)
        self.watchdog.daemon = True
        self.watchdog.start()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise EOFError(self.process.stderr.read())
        self.views.append(json.loads(line))
        return self.views[-1]

    def send(self, event, **members):
        self.events.append({"event": event, **members})
        self.process.stdin.write(json.dumps(self.events[-1]) + "\n")
        self.process.stdin.flush()

    def until(self, *kinds):
        while True:
            view = self.read()
            if view.get("view") in kinds:
                return view

    def settled(self):
        """The next view in which nothing runs."""
        while True:
            view = self.read()
            if view.get("view") not in ("busy", "ask"):
                return view

    def do(self, event, **members):
        self.send(event, **members)
        return self.settled()

    def end(self):
        """Closes standard input; the exit status."""
        self.process.stdin.close()
        for line in self.process.stdout:
            self.views.append(json.loads(line))
        self.process.stdout.close()
        status = self.process.wait(SECONDS_MAX)
        self.err = self.process.stderr.read()
        self.process.stderr.close()
        return status

    def close(self):
        """Wherever it stands."""
        self.watchdog.cancel()
        self.process.kill()
        self.process.wait(SECONDS_MAX)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                stream.close()


def sets(answers):
    """--set KEY=VALUE of each answer that there is."""
    return [part for key, value in answers.items() if value is not None for part in ("--set", f"{key}={value}")]


class Home:
    """A person's directories, and tenon run in them."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="tenon-e2e.")
        self.env = {
            "HOME": self.path,
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "XDG_CONFIG_HOME": f"{self.path}/config",
            "XDG_DATA_HOME": f"{self.path}/data",
            "XDG_STATE_HOME": f"{self.path}/state",
            # No realm, and no ticket: what this machine has of Kerberos neither helps a test nor makes it wait for DNS.
            "KRB5_CONFIG": self.file("no-krb5.conf", NO_REALM),
            "KRB5CCNAME": f"FILE:{self.path}/no-tickets",
            "TENON_LIBEXEC": os.environ["TENON_LIBEXEC"],
            "TENON_PLUGIN_PATH": os.environ["TENON_PLUGIN_PATH"],
            # a sanitizer's options, where the build has one
            **{key: os.environ[key] for key in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS") if key in os.environ},
        }

    def close(self):
        shutil.rmtree(self.path)

    def argv(self, *args):
        extra = ["--in-process"] if mode == "in-process" and args[0] in HOOK_COMMANDS else []
        return [os.environ["TENON"], *args, *extra]

    def start(self, *args, **how):
        return subprocess.Popen(self.argv(*args), env=self.env, text=True, **how)

    def tenon(self, *args, typed="", cwd=None):
        return Result(subprocess.run(self.argv(*args), env=self.env, text=True, input=typed, capture_output=True,
                                     timeout=SECONDS_MAX, cwd=cwd))

    def file(self, name, text):
        path = f"{self.path}/{name}"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def secret(self, text, name="secret"):
        return self.file(name, text + "\n")

    def stored(self):
        """The names of the connections in the store."""
        return [c["name"] for c in json.loads(self.tenon("connections", "list", "-o", "json").out)["connections"]]

    def files(self):
        """Every file of this home with its bytes."""
        for directory, _, names in os.walk(self.path):
            for name in names:
                with open(os.path.join(directory, name), "rb") as file:
                    yield os.path.join(directory, name), file.read()


HOOK_COMMANDS = {"wizard", "swap", "verify", "impersonate", "browse", "configure"}
mode = "worker"


class TestCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)

    def lab(self, *args, scenario=None):
        lab = Lab(*args, scenario=scenario)
        lab.__enter__()
        self.addCleanup(lab.__exit__)
        return lab

    def attempts(self, lab):
        """How many sign-ins the lab accepted and refused."""
        return json.loads(lab.fetch(lab.ews.replace("/EWS/Exchange.asmx", "/lab/attempts")))

    def wizard(self, lab, name="corp", password=None, secrets=None, **answers):
        """The wizard with everything answered; answers override the lab's. secrets: further ones, by key."""
        answers = {"server": lab.ews, "admin": lab.admin["user"], "ca_file": lab.ca_file, "auth": "basic", **answers}
        unverified = ["--unverified"] if answers.pop("unverified", False) else []
        return self.home.tenon("wizard", name, "--connector", "exchange-onprem", "--no-input", *sets(answers),
                               *self.secrets(secrets or {}), *unverified, "--secret", "password=-",
                               typed=(password or lab.password) + "\n")

    def secrets(self, texts):
        """--secret KEY=FILE of each."""
        return [part for key, text in texts.items() for part in ("--secret", f"{key}={self.home.secret(text, key)}")]

    def face(self, *args):
        """The wizard by its JSON face."""
        face = Face(self.home.argv("wizard", "--face", "json", *args), self.home.env)
        self.addCleanup(face.close)
        return face

    def connect(self, lab, **how):
        """A saved connection to that lab, whatever its scenario does to the verification."""
        result = self.wizard(lab, unverified=True, **how)
        self.assertTrue(self.home.tenon("connections", "show", how.get("name", "corp")).status == 0, str(result))
        return result

    def assertStatus(self, result, status):
        self.assertEqual(result.status, status, str(result))


def main():
    global mode
    if len(sys.argv) > 1 and sys.argv[1] in MODES:
        mode = sys.argv.pop(1)
    unittest.main(module="__main__", verbosity=2)
