# SPDX-License-Identifier: Apache-2.0
"""One Exchange in good order behind every odd way of carrying its answers that servers, proxies and load balancers have.

Each way is a class with what differs; the answers themselves stay the same, so that a client which fails here fails at
carrying and not at EWS."""
import contextlib
import gzip
import socket
import ssl
import time
import warnings

from exchange_old import Exchange2010
from peer import Close, http
from servers import authority

BUSY_EVERY = 10  # of Flapping: each so many-th request is refused
HUGE = 64 * 1024 * 1024  # bytes of an answer nobody should keep
LARGE = 300 * 1024  # bytes of an answer somebody might
XML = ("Content-Type", "text/xml; charset=utf-8")


class Plain(Exchange2010):
    """In good order: what every other differs from."""

    versions = Exchange2010.versions + ("Exchange2013", "Exchange2013_SP1", "Exchange2016")

    def envelope(self, name, inner):
        old = 'MajorVersion="14" MinorVersion="2" MajorBuildNumber="328" MinorBuildNumber="9" Version="Exchange2010_SP2"'
        new = 'MajorVersion="15" MinorVersion="2" MajorBuildNumber="2562" MinorBuildNumber="17" Version="V2017_07_11"'
        return super().envelope(name, inner).replace(old, new)

    def framed(self, status, body):
        data = self.encoded(body)
        return http(status, [XML, ("Content-Length", len(data)), ("X-FEServer", "EX01")], data)

    def encoded(self, body):
        return body.encode()

    def unauthorized(self):
        return http("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="localhost"'), ("Content-Length", 0)])


class Http10(Plain):
    """HTTP/1.0: no length, the end of the connection ends the body."""

    def framed(self, status, body):
        return http(status, [XML, ("Connection", "close")], body, version="HTTP/1.0")

    def unauthorized(self):
        return http("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="localhost"'), ("Connection", "close")],
                    version="HTTP/1.0")

    def answer(self, connection, request):
        super().answer(connection, request)
        raise Close


class ChunkedGzip(Plain):
    def framed(self, status, body):
        data = gzip.compress(body.encode())
        parts = [data[i:i + 100] for i in range(0, len(data), 100)]
        chunks = b"".join(b"%X;note=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nX-Trailer: 1\r\n\r\n"
        return http(status, [XML, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")], chunks)


class LowerCase(Plain):
    def framed(self, status, body):
        return http(status, [("content-type", "TEXT/XML"), ("content-length", len(body.encode()))], body)

    def unauthorized(self):
        return http("401 unauthorized", [("www-authenticate", 'basic REALM=localhost'), ("content-length", 0)])


class ManyChallenges(Plain):
    def unauthorized(self):
        return http("401 Unauthorized", [
            ("WWW-Authenticate", 'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="a@b, c@d", '
             'token_types="app_asserted_user_v1 service_asserted_app_v1", error="invalid_token",Negotiate,NTLM,'
             'Basic realm="mail, \\"inner\\" realm"'),
            ("WWW-Authenticate", "Negotiate, NTLM"), ("WWW-Authenticate", 'Basic Realm=""'),
            ("WWW-Authenticate", 'Basic Realm=""'), ("Content-Length", 0)])


class Continue(Plain):
    """A 100 and a 103 that nobody asked for, ahead of the answer."""

    def framed(self, status, body):
        return (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n" +
                super().framed(status, body))


class Bom(Plain):
    def encoded(self, body):
        return b"\xef\xbb\xbf" + body.encode()


class Utf16(Plain):
    def framed(self, status, body):
        data = body.replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16")
        return http(status, [("Content-Type", "text/xml; charset=utf-16"), ("Content-Length", len(data))], data)


class Padded(Plain):
    """The code with white space around it, as pretty-printing proxies leave it."""

    def encoded(self, body):
        return (body.replace("<m:ResponseCode>", "<m:ResponseCode>\r\n          ")
                .replace("</m:ResponseCode>", "\r\n        </m:ResponseCode>")
                .replace("</e:ResponseCode>", "\n  </e:ResponseCode>").encode())


class Large(Plain):
    def encoded(self, body):
        return body.replace("<s:Body", f"<!--{'x' * LARGE}--><s:Body", 1).encode()


class Huge(Plain):
    """Sixty-four mebibytes, chunk by chunk, until the client has enough."""

    def answer(self, connection, request):
        if not self.trusts(request):
            super().answer(connection, request)
            return
        connection.sendall(http("200 OK", [XML, ("Transfer-Encoding", "chunked")]))
        connection.sendall(b"%x\r\n%s\r\n" % (38, b'<?xml version="1.0" encoding="utf-8"?>'))
        chunk = b"%x\r\n%s\r\n" % (65536, b" " * 65536)
        for _ in range(HUGE // 65536):
            connection.sendall(chunk)
        connection.sendall(b"0\r\n\r\n")


class Half(Plain):
    """Half of what the length promises, then the end."""

    def framed(self, status, body):
        whole = super().framed(status, body)
        return whole[:-len(body) // 2]

    def answer(self, connection, request):
        super().answer(connection, request)
        if self.trusts(request):
            raise Close


class HalfChunk(Half):
    def framed(self, status, body):
        data = body.encode()
        return http(status, [XML, ("Transfer-Encoding", "chunked")],
                    b"%x\r\n%s" % (len(data), data[:len(data) // 2]))


class ClosesEvery(Plain):
    """Keeps a connection for three requests, and never says that it ends it."""

    def local_state(self, connection):
        self.served = {**getattr(self, "served", {}), connection: 0}

    def answer(self, connection, request):
        super().answer(connection, request)
        self.served[connection] += 1
        if self.served[connection] == 3:
            raise Close


class Bytes(Plain):
    """Each byte in a record of its own."""

    def answer(self, connection, request):
        super().answer(Slowly(connection, 0), request)


class Loris(Plain):
    """A byte, and half a second later the next."""

    def answer(self, connection, request):
        super().answer(Slowly(connection, 0.5) if self.trusts(request) else connection, request)


class Slowly:
    def __init__(self, connection, pause):
        self.connection, self.pause = connection, pause

    def sendall(self, data):
        for byte in data:
            self.connection.sendall(bytes([byte]))
            if self.pause:
                time.sleep(self.pause)


class Silent(Plain):
    """Takes the request and says nothing."""

    def answer(self, connection, request):
        self.stopped.wait(30)
        raise Close


class SilentLater(Plain):
    """Asks for a sign-in, and says nothing to who has one."""

    def answer(self, connection, request):
        if self.trusts(request):
            self.stopped.wait(30)
            raise Close
        super().answer(connection, request)


class NoChallenge(Plain):
    def unauthorized(self):
        return http("401 Unauthorized", [("Content-Length", 0)])

    def trusts(self, request):
        return False


class OnlyNegotiate(NoChallenge):
    def unauthorized(self):
        return http("401 Unauthorized", [("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", "NTLM"),
                                         ("Content-Length", 0)])


class Digest(NoChallenge):
    def unauthorized(self):
        return http("401 Unauthorized", [("WWW-Authenticate", 'Digest realm="x", nonce="1234", qop="auth"'),
                                         ("Content-Length", 0)])


class Flapping(Plain):
    """A load balancer with one server in ten that knows the account no more."""

    def trusts(self, request):
        good = super().trusts(request)
        if not good:
            return False
        with self.lock:
            self.seen = getattr(self, "seen", 0) + 1
            return self.seen % BUSY_EVERY != 0


class Fixed(Plain):
    """One answer to whoever is signed in."""

    fixed = b""

    def answer(self, connection, request):
        if not self.trusts(request):
            super().answer(connection, request)
        else:
            connection.sendall(self.fixed)


class Empty200(Fixed):
    fixed = http("200 OK", [XML, ("Content-Length", 0)])


class NoContent(Fixed):
    fixed = http("204 No Content", [])


class Empty500(Fixed):
    fixed = http("500 Internal Server Error", [("Content-Length", 0)])


class NotFound(Fixed):
    fixed = http("404 Not Found", [("Content-Type", "text/html"), ("Content-Length", 9)], "not here\n")


class Forbidden(Fixed):
    fixed = http("403 Forbidden", [("Content-Length", 0)])


class Unavailable(Fixed):
    fixed = http("503 Service Unavailable", [("Retry-After", "1"), ("Content-Length", 0)])


class BadGateway(Fixed):
    fixed = http("502 Bad Gateway", [("Content-Type", "text/html"), ("Server", "nginx"), ("Content-Length", 24)],
                 "<html>bad gateway</html>")


class LoginTimeout(Fixed):
    fixed = http("440 Login Timeout", [("Content-Type", "text/html"), ("Content-Length", 0)])


class TooLarge(Fixed):
    fixed = http("413 Request Entity Too Large", [("Content-Type", "text/html"), ("Content-Length", 0)])


class Json(Fixed):
    fixed = http("200 OK", [("Content-Type", "application/json"), ("Content-Length", 15)], '{"hello":"you"}')


class SignInPage(Fixed):
    """A single-sign-on proxy that answers 200 with its own page."""

    page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form method=post><input type=password></form>"
    fixed = http("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", len(page))], page)


class Dtd(Plain):
    def encoded(self, body):
        return body.replace("?>", '?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;&a;">]>', 1).encode()


class NulReference(Plain):
    """A character that XML does not have, as a real server once sent it."""

    def encoded(self, body):
        return body.replace("<m:ResponseMessages>", "<m:ResponseMessages><!-- --><m:X>&#x0;</m:X>", 1).encode()


class Garbage(Plain):
    def answer(self, connection, request):
        connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00SSH-2.0-OpenSSH_9.2\r\n\r\n")
        raise Close


class HeaderFlood(Plain):
    """Headers without end."""

    def answer(self, connection, request):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(200000):
            connection.sendall(b"X-Fill-%d: %s\r\n" % (number, b"y" * 1000))
        connection.sendall(b"Content-Length: 0\r\n\r\n")


class ManyHeaders(Plain):
    """A hundred of them, as behind a chain of proxies."""

    def framed(self, status, body):
        fill = [(f"X-Fill-{number}", "y" * 50) for number in range(100)]
        return http(status, [XML, *fill, ("Content-Length", len(body.encode()))], body)


class Redirects(Plain):
    """To a place of the test's choosing, whatever is asked."""

    def __init__(self, to="https://elsewhere.invalid/EWS/Exchange.asmx", status="302 Found"):
        super().__init__()
        self.to, self.status = to, status

    def answer(self, connection, request):
        connection.sendall(http(self.status, [("Location", self.to), ("Content-Length", 0)]))


class PlainHttp(Redirects):
    """Port 80: no TLS, and on to https."""

    scheme = "http"

    def context(self):
        return None


class NoTls(Plain):
    """https in the address, none on the port: a web server takes the handshake for a bad request."""

    def context(self):
        return None

    def converse(self, connection):
        connection.recv(65536)
        connection.sendall(http("400 Bad Request", [("Content-Length", 0), ("Connection", "close")]))


class HangsUp(Plain):
    def secure(self, connection):
        raise Close


class Resets(Plain):
    """Gone after the request, with a reset."""

    def answer(self, connection, request):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        raise Close

    def hang_up(self, connection):
        with contextlib.suppress(OSError):
            connection.close()


class NeverShakes(Plain):
    """Takes the connection, never the handshake."""

    def secure(self, connection):
        self.stopped.wait(30)
        raise Close


class Tls10(Plain):
    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
        context.load_cert_chain(*authority().certificate())
        return context


class SelfSigned(Plain):
    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority().certificate(self_signed=True))
        return context


class WrongHost(Plain):
    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority().certificate("DNS:mail.example.org,DNS:autodiscover.example.org"))
        return context


class ClientCertificate(Plain):
    """TLS 1.3 asks after the client thinks that all is well; TLS 1.2 within the handshake."""

    version = ssl.TLSVersion.TLSv1_3

    def context(self):
        context = super().context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority().ca_file)
        context.minimum_version = context.maximum_version = self.version
        return context


class ClientCertificate12(ClientCertificate):
    version = ssl.TLSVersion.TLSv1_2
