#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real KDC (MIT krb5) for tests: the realm CONTOSO.EXAMPLE on a loopback port, in a directory that is gone afterwards.

In Python:

    with kdc.Kdc(password="...") as realm:
        os.environ.update(realm.env)        # KRB5_CONFIG; without it a program sees the machine's own Kerberos
        cache = realm.kinit()               # "FILE:..." with a ticket of svc-tenon
        realm.keytab                        # of HTTP/localhost, HTTP/mail.contoso.example: tenon-lab --keytab

As a program, for tests in other languages: `kdc.py [DIR]` makes the realm in DIR (a new directory, or one of its own that
it removes), prints one line of JSON when it can be asked, and ends at the end of its standard input:

    {"event": "ready", "realm": ..., "port": ..., "directory": ..., "krb5_config": ..., "user": "svc-tenon", "principal": ...,
     "password": ..., "password_file": ..., "keytab": ..., "client_keytab": ..., "ticket_cache": ..., "others": {...}}

The password is the one that `tenon-lab --password-file` takes, so that one account works for Kerberos and for NTLM."""
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

REALM = "CONTOSO.EXAMPLE"
USER = "svc-tenon"
HOSTS = ("localhost", "mail.contoso.example", "autodiscover.contoso.example", "exch01.contoso.example")
# Accounts that get no ticket, and the error code of RFC 4120 section 7.5.9 that says why.
OTHERS = {"svc-locked": "-allow_tix", "svc-expired": '-pwexpire "2001-01-01 00:00:00 UTC"'}  # 18, 23
TRIES = 5  # a free port may be taken by somebody else before the KDC has it
READY_SECONDS = 20
COMMAND_SECONDS = 60
PATH = "/usr/sbin:/usr/bin:/sbin:/bin:" + os.environ.get("PATH", "")


def program(name):
    return shutil.which(name, path=PATH)


def available():
    """Whether this machine has what it takes (Debian: krb5-kdc, krb5-admin-server, krb5-user)."""
    return all(program(name) for name in ("krb5kdc", "kdb5_util", "kadmin.local", "kinit"))


def free_port():
    """One that nobody has, in TCP and in UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            return tcp.getsockname()[1]


class Kdc:
    """The realm for the length of a with block."""

    def __init__(self, directory=None, password=None):
        self.own = directory is None
        self.directory = os.path.abspath(directory) if directory else tempfile.mkdtemp(prefix="tenon-kdc.")
        self.password = password or secrets.token_urlsafe(15)
        self.realm, self.user = REALM, USER
        self.principal = f"{USER}@{REALM}"
        self.krb5_config = self.path("krb5.conf")
        self.keytab = self.path("http.keytab")
        self.client_keytab = self.path("client.keytab")
        self.password_file = self.path("password")
        self.process = None
        # KRB5CCNAME points nowhere: a ticket of whoever runs the tests must not make them pass.
        self.env = {"KRB5_CONFIG": self.krb5_config, "KRB5CCNAME": "FILE:" + self.path("no-cache")}
        self.admin_env = {**self.env, "KRB5_KDC_PROFILE": self.path("kdc.conf"), "PATH": PATH, "LC_ALL": "C"}

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(text)

    def configure(self, port):
        self.port = port
        self.write("krb5.conf", f"""[libdefaults]
  default_realm = {REALM}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  default_rcache_name = file2:{self.path("rcache")}
[realms]
  {REALM} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  localhost = {REALM}
  contoso.example = {REALM}
  .contoso.example = {REALM}
""")
        self.write("kdc.conf", f"""[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {REALM} = {{
    database_name = {self.path("principal")}
    key_stash_file = {self.path("stash")}
    acl_file = {self.path("acl")}
    max_life = 10h
    max_renewable_life = 1d
    default_principal_flags = +preauth
  }}
[logging]
  kdc = FILE:{self.path("kdc.log")}
  default = FILE:{self.path("kdc.log")}
""")

    def run(self, name, *args, typed=""):
        """One of the administrator's programs; passwords go by its standard input."""
        done = subprocess.run([program(name), *args], env=self.admin_env, input=typed, text=True, capture_output=True,
                              timeout=COMMAND_SECONDS, start_new_session=True)
        if done.returncode != 0:
            raise RuntimeError(f"{name} {' '.join(args)}: {done.stderr or done.stdout}")
        return done.stdout

    def populate(self):
        master = secrets.token_urlsafe(24)
        self.run("kdb5_util", "create", "-s", "-r", REALM, typed=f"{master}\n{master}\n")
        services = " ".join(f"HTTP/{host}" for host in HOSTS)
        lines = [f'addprinc -pw "{self.password}" {USER}']
        lines += [f"addprinc -randkey HTTP/{host}" for host in HOSTS]
        lines += [f'addprinc {flags} -pw "{self.password}" {name}' for name, flags in OTHERS.items()]
        lines += [f"ktadd -q -k {self.keytab} {services}", f"ktadd -q -k {self.client_keytab} -norandkey {USER}"]
        self.run("kadmin.local", "-r", REALM, typed="\n".join(lines) + "\n")
        for file in (self.keytab, self.client_keytab):
            if not os.path.exists(file):
                raise RuntimeError(f"kadmin.local made no {file}")
        self.write("password", self.password + "\n")

    def answers(self):
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def serve(self):
        """Starts krb5kdc on the port. False: it ended, the port is somebody else's."""
        # setpriv: it ends with whoever started it, also when that was killed.
        argv = [program("setpriv"), "--pdeathsig", "TERM", program("krb5kdc"), "-n", "-r", REALM]
        self.process = subprocess.Popen(argv, env=self.admin_env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        until = time.monotonic() + READY_SECONDS
        while self.process.poll() is None:
            if self.answers():
                return True
            if time.monotonic() > until:
                break
            time.sleep(0.02)
        self.stop()
        return False

    def start(self):
        os.makedirs(self.directory, mode=0o700, exist_ok=True)
        self.configure(free_port())
        self.populate()
        for _ in range(TRIES):
            if self.serve():
                return self
            self.configure(free_port())
        raise RuntimeError("krb5kdc does not start: " + self.log()[-2000:])

    def stop(self):
        """Ends the KDC alone; the files stay, as when the KDC of a realm is down."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def log(self):
        """What the KDC wrote: each request with its outcome."""
        try:
            with open(self.path("kdc.log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def kinit(self, cache=None, *options):
        """A ticket of the user by the client keytab; returns the cache's name."""
        cache = "FILE:" + (cache or self.path("ticket"))
        self.run("kinit", "-c", cache, "-k", "-t", self.client_keytab, *options, self.principal)
        return cache

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.stop()
        if self.own:
            shutil.rmtree(self.directory, ignore_errors=True)

    def ready(self):
        return {"event": "ready", "realm": REALM, "port": self.port, "directory": self.directory,
                "krb5_config": self.krb5_config, "user": USER, "principal": self.principal, "password": self.password,
                "password_file": self.password_file, "keytab": self.keytab, "client_keytab": self.client_keytab,
                "ticket_cache": self.kinit(), "others": {"locked": "svc-locked", "expired": "svc-expired"}}


def main():
    if len(sys.argv) > 2 or not available():
        print("usage: kdc.py [DIR]" if len(sys.argv) > 2 else "kdc.py: krb5-kdc, krb5-admin-server and krb5-user are needed",
              file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Kdc(sys.argv[1] if len(sys.argv) == 2 else None) as realm:
        print(json.dumps(realm.ready()), flush=True)
        while sys.stdin.buffer.read(4096):
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
