# SPDX-License-Identifier: Apache-2.0
"""A forward proxy on loopback, with the manners of those in companies: CONNECT and absolute-form, by http or https, with
a sign-in, with rules of its own, or looking into TLS. It counts what comes, and connects to loopback only."""
import base64
import os
import select
import socket
import ssl
import threading

HEAD_MAX = 64 * 1024
CONNECTIONS_MAX = 256
SECONDS_IDLE = 60


class Proxy:
    """account: (user, password) for Basic; offers: schemes in its 407; says: (status line, headers) for each CONNECT;
    authority with tls: spoken to by https; authority with intercept: looks into TLS."""

    def __init__(self, account=None, offers=("Basic realm=\"proxy\"",), says=None, authority=None, tls=False,
                 intercept=False):
        self.account, self.offers, self.says, self.authority = account, offers, says, authority
        self.tls, self.intercept = tls, intercept
        self.lock = threading.Lock()
        self.connects = self.plain = self.with_account = 0
        self.seen = []  # heads that the proxy itself got
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://localhost:{self.port}"
        self.open = set()
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            open_now = list(self.open)
        for peer in open_now:
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.thread.join(10)

    def _accept(self):
        for _ in range(CONNECTIONS_MAX):
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            peer.settimeout(SECONDS_IDLE)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with self.lock:
            self.open.add(peer)
        try:
            with peer:
                stream = self.authority.context("localhost").wrap_socket(peer, server_side=True) if self.tls else peer
                while self._request(stream):
                    pass
        except (OSError, ValueError):
            pass
        finally:
            with self.lock:
                self.open.discard(peer)

    @staticmethod
    def _head(stream):
        head = b""
        while b"\r\n\r\n" not in head:
            chunk = stream.recv(1) if len(head) < HEAD_MAX else b""
            if not chunk:
                return None
            head += chunk
            if not head[:1].isalpha():  # a handshake, and no HTTP
                stream.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                return None
        return head.decode("latin-1")

    def _admits(self, head):
        given = [line.split(": ", 1)[1] for line in head.split("\r\n") if line.lower().startswith("proxy-authorization: ")]
        with self.lock:
            self.with_account += bool(given)
        if not self.account:
            return self.offers == ("Basic realm=\"proxy\"",)  # other offers: nobody has that account
        good = "Basic " + base64.b64encode(":".join(self.account).encode()).decode()
        return given == [good]

    @staticmethod
    def _say(stream, status, *headers, body=b"<html>proxy</html>"):
        lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
        stream.sendall("\r\n".join(lines).encode() + body)
        return True

    def _request(self, stream):
        head = self._head(stream)
        if head is None:
            return False
        with self.lock:
            self.seen.append(head)
        method, target, _ = head.split("\r\n")[0].split(" ", 2)
        if not self._admits(head):
            return self._say(stream, "407 Proxy Authentication Required",
                             *(f"Proxy-Authenticate: {offer}" for offer in self.offers))
        if self.says:
            return self._say(stream, self.says[0], *self.says[1])
        if method != "CONNECT":
            with self.lock:
                self.plain += 1
            return self._forward(stream, head, method, target)
        return self._connect(stream, target)

    def _dial(self, host, port):
        if host != "localhost" and not host.startswith("127."):
            raise OSError("not on loopback")
        return socket.create_connection(("127.0.0.1", port), timeout=SECONDS_IDLE)

    def _connect(self, stream, target):
        with self.lock:
            self.connects += 1
        host, _, port = target.rpartition(":")
        try:
            server = self._dial(host, int(port))
        except OSError:
            return self._say(stream, "502 Bad Gateway", "Server: corp-proxy/1.0", "Via: 1.1 corp-proxy")
        with server:
            stream.sendall(b"HTTP/1.1 200 Connection established\r\nX-Proxy-Line: yes\r\n\r\n")
            if self.intercept:
                stream = self.authority.context(host).wrap_socket(stream, server_side=True)
                blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
                server = blind.wrap_socket(server, server_hostname=host)
            relay(stream, server)
        return False

    def _forward(self, stream, head, method, target):
        rest = target.split("://", 1)[1]
        authority, _, path = rest.partition("/")
        host, _, port = authority.partition(":")
        lines = [line for line in head.split("\r\n")[1:-2] if not line.lower().startswith("proxy-")]
        with self._dial(host, int(port or 80)) as server:
            server.sendall("\r\n".join([f"{method} /{path} HTTP/1.1", *lines, "", ""]).encode("latin-1"))
            relay(stream, server)
        return False


def pending(stream):
    return isinstance(stream, ssl.SSLSocket) and stream.pending() > 0


def relay(one, other):
    """Bytes both ways until one side ends."""
    while True:
        ready = [s for s in (one, other) if pending(s)]
        if not ready:
            ready, _, _ = select.select([one, other], [], [], SECONDS_IDLE)
        if not ready:
            return
        for source in ready:
            chunk = source.recv(16384)
            if not chunk:
                return
            (other if source is one else one).sendall(chunk)


def both_authorities(path, *files):
    """One PEM file with all of these."""
    with open(path, "w") as out:
        for name in files:
            with open(name) as file:
                out.write(file.read() + os.linesep)
    return path
