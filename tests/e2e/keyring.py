# SPDX-License-Identifier: Apache-2.0
"""A desktop's keyring for a test: gnome-keyring-daemon on a bus of its own, in a directory of its own."""
import os
import shutil
import signal
import subprocess
import time

import harness

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon", "secret-tool")
WAIT_S = 20

BUS = """<busconfig><type>session</type><listen>unix:path={path}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""


def missing():
    """The packages that are not here, or nothing."""
    return " ".join(p for p in PROGRAMS if not shutil.which(p, path="/usr/bin:/bin"))


class Desktop:
    """A session bus, and a keyring on it when one is wanted. Nothing of it is started by anybody but the test."""

    def __init__(self, path):
        self.path = os.path.join(path, "desktop")
        os.makedirs(f"{self.path}/run", mode=0o700)
        with open(f"{self.path}/bus.conf", "w", encoding="utf-8") as file:
            file.write(BUS.format(path=self.path))
        self.address = f"unix:path={self.path}/bus"
        self.env = {"PATH": "/usr/bin:/bin", "HOME": self.path, "XDG_RUNTIME_DIR": f"{self.path}/run", "LC_ALL": "C.UTF-8",
                    "XDG_DATA_HOME": f"{self.path}/data", "DBUS_SESSION_BUS_ADDRESS": self.address}
        self.bus = self.spawn("dbus-daemon", "--nofork", "--nopidfile", f"--config-file={self.path}/bus.conf")
        self.keyring = None
        self.until(lambda: os.path.exists(f"{self.path}/bus"))

    def spawn(self, *argv, **how):
        return subprocess.Popen(argv, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)

    def until(self, done):
        end = time.monotonic() + WAIT_S
        while not done():
            if time.monotonic() > end:
                raise AssertionError("the desktop did not start")
            time.sleep(0.02)

    def has_name(self, name):
        reply = subprocess.run(["dbus-send", "--session", "--dest=org.freedesktop.DBus", "--print-reply=literal", "/",
                                "org.freedesktop.DBus.NameHasOwner", f"string:{name}"], env=self.env, check=False,
                               capture_output=True, text=True)
        return "true" in reply.stdout

    def start(self, password="open"):
        """The keyring, with a collection "Login" that is open; password None: without any collection."""
        argv = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
        if password is not None:
            argv.append("--unlock")
        self.keyring = self.spawn(*argv, stdin=subprocess.PIPE)
        self.keyring.stdin.write((password or "").encode())
        self.keyring.stdin.close()
        self.until(lambda: self.has_name("org.freedesktop.secrets"))
        if password is not None:
            self.until(lambda: self.tool("store", "--label=ready", "ready", "1", typed="x").returncode == 0)

    def stop(self):
        self.keyring.kill()
        self.keyring.wait(WAIT_S)
        self.keyring = None

    def tool(self, *args, typed=None):
        return subprocess.run(["secret-tool", *args], env=self.env, input=typed, capture_output=True, text=True, check=False,
                              timeout=WAIT_S)

    def lock(self):
        service = "/org/freedesktop/secrets"
        done = subprocess.run(["dbus-send", "--session", "--dest=org.freedesktop.secrets", "--print-reply", service,
                               "org.freedesktop.Secret.Service.Lock", f"array:objpath:{service}/collection/login"],
                              env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def found(self, entry):
        """The secret under tenon's id of it, as somebody else reads it; None: there is none."""
        done = self.tool("lookup", "xdg:schema", "org.tenon.Connection", "id", entry)
        return done.stdout if done.returncode == 0 else None

    def entries(self):
        done = self.tool("search", "--all", "xdg:schema", "org.tenon.Connection")
        return [line.split(" = ")[1] for line in done.stdout.splitlines() if line.startswith("label = ")]

    def close(self):
        for process in (self.keyring, self.bus):
            if process:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait(WAIT_S)


class TestCase(harness.TestCase):
    """With a desktop, and programs staged in one directory as an installation has them."""

    def setUp(self):
        if missing():
            self.skipTest(f"not installed: {missing()}")
        super().setUp()
        stage = f"{self.home.path}/libexec"
        os.mkdir(stage)
        for program in os.environ["TENON_STAGE"].split(":"):
            shutil.copy2(program, stage)
        self.home.env["TENON_LIBEXEC"] = stage
        self.desktop = Desktop(self.home.path)
        self.addCleanup(self.desktop.close)
        self.home.env["DBUS_SESSION_BUS_ADDRESS"] = self.desktop.address
