# SPDX-License-Identifier: Apache-2.0
"""The program's wizard, run three ways: by answers alone, by JSON lines, on a terminal of the test's own.

A test program is run as `test_NAME.py MODE`, where MODE is worker or in-process; meson gives the paths of the built
programs in TENON, TENON_LIBEXEC and TENON_PLUGIN_PATH."""
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from harness import Face  # noqa: E402

SECONDS_MAX = 60  # of one expectation: a hang must end
HOOK_COMMANDS = ("wizard", "swap", "verify", "impersonate", "browse", "configure")
mode = "worker"


class Home:
    """A person's directories."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="tenon-wizard.")
        keep = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "TENON_LIBEXEC", "TENON_PLUGIN_PATH")
        self.env = {
            "HOME": self.path,
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            "XDG_CONFIG_HOME": f"{self.path}/config",
            "XDG_DATA_HOME": f"{self.path}/data",
            "XDG_STATE_HOME": f"{self.path}/state",
            **{key: os.environ[key] for key in keep if key in os.environ},
        }

    def close(self):
        shutil.rmtree(self.path)

    def argv(self, *args):
        extra = ["--in-process"] if mode == "in-process" and args[0] in HOOK_COMMANDS else []
        return [os.environ["TENON"], *args, *extra]

    def run(self, *args, typed=""):
        return subprocess.run(self.argv(*args), env=self.env, text=True, input=typed, capture_output=True,
                              timeout=SECONDS_MAX, check=False)

    def start(self, *args):
        return subprocess.Popen(self.argv(*args), env=self.env, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def file(self, name, text, access=0o600):
        path = f"{self.path}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, access)
        return path

    def stored(self, name):
        with open(f"{self.path}/config/tenon/connections/{name}.json", encoding="utf-8") as file:
            return json.load(file)

    def all_bytes(self):
        for directory, _, names in os.walk(self.path):
            for name in names:
                with open(os.path.join(directory, name), "rb") as file:
                    yield os.path.join(directory, name), file.read()


class Lines(Face):
    """The wizard by its JSON face."""

    def __init__(self, home, *args):
        super().__init__(home.argv("wizard", "--face", "json", *args), home.env)


class Terminal:
    """A terminal of 100 columns with the wizard, or another command, on it."""

    def __init__(self, home, *args, command="wizard", **env):
        self.text, self.at = "", 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(os.environ["TENON"], home.argv(command, *args), {**home.env, **env})
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        self.status = None

    def _read(self, until):
        if time.monotonic() > until:
            raise AssertionError(f"not seen in time; the terminal has:\n{self.text}")
        if not select.select([self.fd], [], [], 0.2)[0]:
            return
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        if not data:
            raise EOFError(self.text)
        self.text += data.decode(errors="replace").replace("\r\n", "\n")

    def expect(self, text):
        """Waits until the text stands behind what was expected before; gives what lies between."""
        until = time.monotonic() + SECONDS_MAX
        while (found := self.text.find(text, self.at)) < 0:
            try:
                self._read(until)
            except EOFError as error:
                raise AssertionError(f"{text!r} did not come; the terminal has:\n{self.text}") from error
        between = self.text[self.at:found]
        self.at = found + len(text)
        return between

    def type(self, line):
        os.write(self.fd, (line + "\n").encode())

    def answer(self, question, line):
        self.expect(question)
        self.type(line)

    def hidden(self, question, line):
        """Answers a question that must not echo; the terminal has to be quiet before anything is typed."""
        self.expect(question)
        until = time.monotonic() + SECONDS_MAX
        while termios.tcgetattr(self.fd)[3] & termios.ECHO:
            if time.monotonic() > until:
                raise AssertionError("the terminal echoes a secret")
            time.sleep(0.01)
        self.type(line)

    def interrupt(self):
        os.write(self.fd, b"\x03")

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def end(self):
        """Reads to the end; the exit status."""
        until = time.monotonic() + SECONDS_MAX
        try:
            while True:
                self._read(until)
        except EOFError:
            pass
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status

    def plain(self):
        return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", self.text)

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


class TestCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)

    def lines(self, *args):
        lines = Lines(self.home, *args)
        self.addCleanup(lambda: (lines.watchdog.cancel(), lines.process.kill(), lines.process.wait(), lines.process.stdin.close(),
                                 lines.process.stdout.close(), lines.process.stderr.close()))
        return lines

    def terminal(self, *args, **how):
        terminal = Terminal(self.home, *args, **how)
        self.addCleanup(terminal.close)
        return terminal


def main():
    global mode
    mode = sys.argv.pop(1)
    unittest.main()
