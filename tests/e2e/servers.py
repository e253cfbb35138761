# SPDX-License-Identifier: Apache-2.0
"""What the tests' own servers have in common: a port that nobody has, an authority and the certificates it signs."""
import atexit
import functools
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading


def free_port():
    """Closed now; somebody else may have it by the time it is bound."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Authority:
    """A CA and its certificates, each made when first asked for, in a directory that ends with the program."""

    def __init__(self, name):
        self.path = tempfile.mkdtemp(prefix="tenon-authority.")
        atexit.register(shutil.rmtree, self.path, True)
        self.lock = threading.Lock()
        self.made = {}
        self.ca_file, self.ca_key = self._signed_by_itself("ca", f"/CN={name}", "basicConstraints=critical,CA:TRUE")

    def _openssl(self, *args):
        subprocess.run(["openssl", *args], check=True, capture_output=True)

    def _files(self, stem, *kinds):
        return [os.path.join(self.path, f"{stem}.{kind}") for kind in kinds]

    def _new_key(self, key, subject):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-subj", subject]

    def _signed_by_itself(self, stem, subject, extension):
        certificate, key = self._files(stem, "pem", "key")
        self._openssl("req", "-x509", *self._new_key(key, subject), "-days", "30", "-addext", extension, "-out", certificate)
        return certificate, key

    def _signed(self, stem, subject, names):
        certificate, key, request, extensions = self._files(stem, "pem", "key", "csr", "ext")
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n")
        self._openssl("req", *self._new_key(key, subject), "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.ca_file, "-CAkey", self.ca_key, "-CAcreateserial", "-days",
                      "20", "-extfile", extensions, "-out", certificate)
        return certificate, key

    def certificate(self, names="DNS:localhost,IP:127.0.0.1", self_signed=False):
        """The files of certificate and key for these names (as subjectAltName writes them)."""
        with self.lock:
            if (names, self_signed) not in self.made:
                stem, subject = f"server{len(self.made)}", "/CN=" + names.split(",")[0].split(":")[1]
                self.made[names, self_signed] = (self._signed_by_itself(stem, subject, f"subjectAltName={names}")
                                                 if self_signed else self._signed(stem, subject, names))
            return self.made[names, self_signed]

    def context(self, host):
        """A server's TLS for one host name or IPv4 address."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate(f"{'IP' if host.replace('.', '').isdigit() else 'DNS'}:{host}"))
        return context


@functools.cache
def authority(name="Tests' own CA"):
    """The one of this name that a test program's servers share."""
    return Authority(name)
