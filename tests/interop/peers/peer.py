# SPDX-License-Identifier: Apache-2.0
"""What all peers share: a TLS socket, a reader of HTTP requests, and nothing of EWS.

The peers write their answers as bytes and do not use http.server: what makes one server differ from another is its
framing, the spelling of its headers and how it ends a connection, and a library would make them all alike."""
import base64
import contextlib
import socket
import ssl
import threading
import xml.etree.ElementTree as ElementTree

from servers import authority

HEAD_MAX = 64 * 1024  # bytes of a request's head
BODY_MAX = 4 * 1024 * 1024  # bytes of a request's body
SECONDS_IDLE = 60  # a client that sends nothing is let go
PASSWORD = "Peer-Pa55!word"
USER = "svc-tenon@example.com"


class Request:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = lines[0].split(" ", 2)
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()
        self.body = body

    @property
    def basic(self):
        """(user, password) of a Basic Authorization, else None."""
        scheme, _, rest = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        user, _, password = base64.b64decode(rest).decode("utf-8", "replace").partition(":")
        return user, password

    def tree(self):
        """The envelope without namespaces, as servers that do not know them see it; None when it is no XML."""
        try:
            root = ElementTree.fromstring(self.body)
        except ElementTree.ParseError:
            return None
        for element in root.iter():
            element.tag = element.tag.rsplit("}", 1)[-1]
        return root

    def operation(self):
        root = self.tree()
        body = root.find("Body") if root is not None else None
        return body[0] if body is not None and len(body) else None

    def connecting(self):
        """(kind, value) of the identity to act as, or None."""
        root = self.tree()
        found = root.find("Header/ExchangeImpersonation/ConnectingSID") if root is not None else None
        return (found[0].tag, (found[0].text or "").strip()) if found is not None and len(found) else None

    def asked_version(self):
        root = self.tree()
        found = root.find("Header/RequestServerVersion") if root is not None else None
        return found.get("Version") if found is not None else None


class Close(Exception):
    """Ends the connection, after whatever was sent."""


class Peer:
    """A server for the length of a with block. A subclass answers; what a test asks of a lab stands here too."""

    scheme = "https"
    path = "/EWS/Exchange.asmx"
    allowed = ["anna@example.com", "bert@example.com", "carla@example.com"]
    denied = ["denise@example.com", "dirk@example.com"]
    missing = ["nobody@example.com"]

    def __init__(self):
        self.requests, self.lock, self.open = [], threading.Lock(), set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.tls = self.context()
        self.stopped = threading.Event()

    # what a test needs, under the lab's names

    @property
    def ews(self):
        return f"{self.scheme}://localhost:{self.port}{self.path}"

    @property
    def ca_file(self):
        return authority().ca_file

    admin = {"user": USER, "password": PASSWORD}
    password = PASSWORD

    def offers(self):
        """How many requests carried a password."""
        with self.lock:
            return sum(1 for request in self.requests if "authorization" in request.headers)

    # life

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority().certificate())
        return context

    def __enter__(self):
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread: a descriptor in use must not be closed
        self.thread.join()
        self.listener.close()
        with self.lock:
            left = list(self.open)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self):
        while not self.stopped.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with self.lock:
            self.open.add(connection)
        raw = connection
        try:
            connection.settimeout(SECONDS_IDLE)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = self.secure(connection)
            self.converse(connection)
        except (OSError, Close, ValueError):
            pass
        finally:
            with self.lock:
                self.open.discard(raw)
            self.hang_up(connection)

    def secure(self, connection):
        if not self.tls:
            return connection
        spare = connection.dup()
        try:
            return self.tls.wrap_socket(connection, server_side=True)
        except ssl.SSLError:
            drain(spare)
            raise
        finally:
            spare.close()

    def hang_up(self, connection):
        """A close_notify and an orderly end."""
        with contextlib.suppress(OSError, ValueError):
            if isinstance(connection, ssl.SSLSocket):
                connection.settimeout(1)
                connection = connection.unwrap()
        with contextlib.suppress(OSError):
            connection.close()

    def converse(self, connection):
        self.local_state(connection)
        rest = b""
        while True:
            request, rest = self.read(connection, rest)
            if not request:
                return
            with self.lock:
                self.requests.append(request)
            self.answer(connection, request)

    def local_state(self, connection):
        """Once for each connection, before its first request."""

    def read(self, connection, rest):
        while b"\r\n\r\n" not in rest:
            more = connection.recv(65536)
            if not more or len(rest) > HEAD_MAX:
                return None, b""
            rest += more
        head, rest = rest.split(b"\r\n\r\n", 1)
        request = Request(head, b"")
        length = min(int(request.headers.get("content-length", 0)), BODY_MAX)
        if request.headers.get("expect", "").lower() == "100-continue":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(rest) < length:
            more = connection.recv(65536)
            if not more:
                return None, b""
            rest += more
        request.body = rest[:length]
        return request, rest[length:]

    def answer(self, connection, request):
        raise NotImplementedError

    def trusts(self, request):
        return request.basic == (USER, PASSWORD)


def drain(connection):
    """Lets the client read why it is refused: closing over unread bytes would be a reset, which overtakes the alert."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(1)
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass


def http(status, headers, body=b"", version="HTTP/1.1"):
    """An answer as bytes; a Content-Length stands only where the peer writes one."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"{version} {status}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
