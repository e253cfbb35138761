# SPDX-License-Identifier: Apache-2.0
"""Proxies that others wrote: tinyproxy and Squid, in the foreground with a private configuration each, on loopback.

    with proxies.Squid(tls=authority, rules="http_access deny all") as peer:
        peer.url            # https://localhost:PORT
"""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import servers

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
HELPERS = "/usr/lib/squid"
SERVANT = "proxy"  # whom Squid becomes when it is started by root
TRIES = 5  # a free port may be taken by somebody else before the proxy has it
READY_SECONDS = 20


def missing():
    """The Debian packages that are not here, or ""."""
    there = {"tinyproxy-bin": shutil.which("tinyproxy", path=PATH), "squid-openssl": shutil.which("squid", path=PATH)}
    return ", ".join(name for name, path in there.items() if not path)


class Foreground:
    """A program with a directory of its own, for the length of a with block."""

    scheme = "http"

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="tenon-proxies.")
        self.process = None
        self.port = 0

    @property
    def url(self):
        return f"{self.scheme}://localhost:{self.port}"

    def write(self, name, text):
        path = f"{self.directory}/{name}"
        with open(path, "w") as file:
            file.write(text)
        return path

    def __enter__(self):
        for _ in range(TRIES):
            self.port = servers.free_port()
            with open(f"{self.directory}/out", "w") as out:
                self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                                cwd=self.directory, env={"PATH": PATH})
            if self._ready():
                return self
            self.__exit__(keep=True)
        with open(f"{self.directory}/out") as out:
            raise RuntimeError(f"{self.command()[0]} does not start: {out.read()}")

    def _ready(self):
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def __exit__(self, *_, keep=False):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        if not keep:
            shutil.rmtree(self.directory, ignore_errors=True)


class Tinyproxy(Foreground):
    def __init__(self, account=None, forbids=None):
        super().__init__()
        self.account, self.forbids = account, forbids

    def command(self):
        lines = [f"Port {self.port}", "Listen 127.0.0.1", "Timeout 60", "MaxClients 64", "Allow 127.0.0.1",
                 f"LogFile \"{self.directory}/log\"", "LogLevel Connect"]
        if self.account:
            lines.append("BasicAuth {} {}".format(*self.account))
        if self.forbids:
            lines.append(f"Filter \"{self.write('filter', self.forbids)}\"")
        return ["tinyproxy", "-d", "-c", self.write("conf", "\n".join(lines) + "\n")]


class Squid(Foreground):
    """tls: (certificate, key) files; account: for Basic; ntlm: offers that and nothing else; rules: its http_access."""

    def __init__(self, account=None, tls=None, ntlm=False, rules="http_access allow all"):
        super().__init__()
        self.account, self.tls, self.ntlm, self.rules = account, tls, ntlm, rules
        self.scheme = "https" if tls else "http"
        self.certificate = [shutil.copy(path, self.directory) for path in tls or ()]

    def _sign_in(self):
        if self.ntlm:
            return [f"auth_param ntlm program {HELPERS}/ntlm_fake_auth", "acl known proxy_auth REQUIRED",
                    "http_access deny !known"]
        if not self.account:
            return []
        coded = subprocess.run(["openssl", "passwd", "-apr1", "-stdin"], input=self.account[1], capture_output=True,
                               text=True, check=True).stdout.strip()
        users = self.write("users", f"{self.account[0]}:{coded}\n")
        return [f"auth_param basic program {HELPERS}/basic_ncsa_auth {users}", "auth_param basic realm squid",
                "acl known proxy_auth REQUIRED", "http_access deny !known"]

    def command(self):
        listen = f"http_port 127.0.0.1:{self.port}"
        if self.tls:
            cert, key = self.certificate
            listen = f"https_port 127.0.0.1:{self.port} tls-cert={cert} tls-key={key}"
        conf = self.write("conf", "\n".join([
            listen, *self._sign_in(), self.rules, "http_access deny all", "cache deny all", "pinger_enable off",
            "visible_hostname localhost", "shutdown_lifetime 0 seconds", "dns_nameservers 127.0.0.1",
            f"pid_filename {self.directory}/pid", f"cache_log {self.directory}/cache.log",
            f"access_log stdio:{self.directory}/access.log", f"coredump_dir {self.directory}",
            f"cache_effective_user {SERVANT}" if os.geteuid() == 0 else ""]) + "\n")
        if os.geteuid() == 0:
            servant = pwd.getpwnam(SERVANT)
            for path in [self.directory, *(entry.path for entry in os.scandir(self.directory))]:
                os.chown(path, servant.pw_uid, servant.pw_gid)
        return ["squid", "-N", "-f", conf]
