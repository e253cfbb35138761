# SPDX-License-Identifier: Apache-2.0
"""Apache with mod_auth_gssapi in front of an EWS: a server that signs people in by Kerberos and NTLM and that nobody here
wrote. The answers behind it are those of peers/odd.py.

    with kdc.Kdc() as realm, apache.Apache(realm) as server:
        server.ews, server.ca_file          # https://localhost:PORT/EWS/Exchange.asmx

It runs in the foreground with a private configuration; nothing of the machine's own Apache is read."""
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), os.path.join(HERE, "peers")]

import odd  # noqa: E402
from servers import authority, free_port  # noqa: E402

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
MODULES = "/usr/lib/apache2/modules"
NEEDED = ("mpm_event", "authn_core", "authz_core", "authz_user", "auth_gssapi", "ssl", "proxy", "proxy_http")
SERVANT = "www-data"  # whom Apache becomes when it is started by root
TRIES = 5  # a free port may be taken by somebody else before Apache has it
READY_SECONDS = 20


def available():
    """Whether this machine has it (Debian: apache2, libapache2-mod-auth-gssapi)."""
    return shutil.which("apache2", path=PATH) is not None and os.path.exists(f"{MODULES}/mod_auth_gssapi.so")


class Behind(odd.Plain):
    """The EWS behind Apache: plain HTTP, and everybody who comes is signed in already."""

    scheme = "http"

    def context(self):
        return None

    def trusts(self, request):
        return True


class Apache:
    """The server for the length of a with block.

    realm: a kdc.Kdc. mechanisms: of krb5 and ntlmssp, what Negotiate may carry. bound: whether a sign-in holds for the
    connection, as in IIS; otherwise each request signs in."""

    allowed, denied, missing = odd.Plain.allowed, odd.Plain.denied, odd.Plain.missing

    def __init__(self, realm, mechanisms=("krb5",), bound=True, users=()):
        self.realm, self.mechanisms, self.bound, self.users = realm, mechanisms, bound, users
        self.directory = tempfile.mkdtemp(prefix="tenon-apache.")
        self.process = None
        self.behind = Behind()
        self.password = realm.password
        self.admin = {"user": realm.principal, "password": realm.password}

    @property
    def ews(self):
        return f"https://localhost:{self.port}/EWS/Exchange.asmx"

    @property
    def ca_file(self):
        return authority().ca_file

    def path(self, name):
        return os.path.join(self.directory, name)

    # What Apache's children read belongs to them: they are another user where the tests run as root.

    def give(self, path):
        if os.geteuid() == 0:
            os.chown(path, pwd.getpwnam(SERVANT).pw_uid, grp.getgrnam(SERVANT).gr_gid)

    def write(self, name, text):
        with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(text)
        self.give(self.path(name))

    def copy(self, source, name):
        shutil.copyfile(source, self.path(name))
        os.chmod(self.path(name), 0o600)
        self.give(self.path(name))

    def prepare(self):
        self.give(self.directory)
        self.copy(self.realm.keytab, "keytab")
        self.copy(self.realm.krb5_config, "krb5.conf")
        self.write("users", "".join(f"{domain}:{user}:{self.password}\n" for domain, user in self.users))

    def configure(self):
        self.port = free_port()
        certificate, key = authority().certificate()
        loaded = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in NEEDED)
        allowed = "\n".join(f"  GssapiAllowedMech {name}" for name in self.mechanisms)
        servant = f"User {SERVANT}\nGroup {SERVANT}" if os.geteuid() == 0 else ""
        self.write("apache.conf", f"""ServerRoot {self.directory}
ServerName localhost
PidFile {self.path("pid")}
DefaultRuntimeDir {self.directory}
Mutex file:{self.directory} default
ErrorLog {self.path("error.log")}
LogLevel info
Listen 127.0.0.1:{self.port}
{loaded}
{servant}
StartServers 1
ServerLimit 2
MaxRequestWorkers 50
KeepAlive On
MaxKeepAliveRequests 0
SSLEngine on
SSLCertificateFile {certificate}
SSLCertificateKeyFile {key}
SSLSessionCache none
ProxyPass /EWS/ http://127.0.0.1:{self.behind.port}/EWS/
<Location /EWS/>
  AuthType GSSAPI
  AuthName EWS
  GssapiSSLonly On
  GssapiAcceptorName HTTP@localhost
  GssapiCredStore keytab:{self.path("keytab")}
  GssapiConnectionBound {"On" if self.bound else "Off"}
{allowed}
  Require valid-user
</Location>
""")

    def answers(self):
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def serve(self):
        """False: it ended, the port is somebody else's."""
        self.configure()
        env = {"PATH": PATH, "LC_ALL": "C", "KRB5_CONFIG": self.path("krb5.conf"), "NTLM_USER_FILE": self.path("users"),
               "KRB5RCACHENAME": "file2:" + self.path("replays"), "NETBIOS_COMPUTER_NAME": "WEB01",
               "NETBIOS_DOMAIN_NAME": "CONTOSO"}
        argv = ["setpriv", "--pdeathsig", "TERM", "apache2", "-DFOREGROUND", "-f", self.path("apache.conf")]
        # A session of its own: Apache signals its process group when it ends.
        self.process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True, start_new_session=True)
        until = time.monotonic() + READY_SECONDS
        while self.process.poll() is None and time.monotonic() < until:
            if self.answers():
                return True
            time.sleep(0.02)
        self.stop()
        return False

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        self.said = self.process.stderr.read()
        self.process.stderr.close()
        self.process = None

    def log(self):
        try:
            with open(self.path("error.log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def __enter__(self):
        self.behind.__enter__()
        try:
            self.prepare()
            for _ in range(TRIES):
                if self.serve():
                    return self
            raise RuntimeError(f"apache2 does not start: {self.said}{self.log()[-2000:]}")
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.stop()
        self.behind.__exit__()
        shutil.rmtree(self.directory, ignore_errors=True)
