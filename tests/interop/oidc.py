# SPDX-License-Identifier: Apache-2.0
"""oidc-provider (oidc/provider.mjs) as the login host, and a browser that signs in there by following its forms."""
import base64
import html.parser
import http.cookiejar
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from servers import authority

HERE = os.path.dirname(os.path.abspath(__file__))


def node():
    """The interpreter that oidc-provider runs on, with its packages; None: not installed."""
    where = os.environ.get("TENON_OIDC_PEER", "")
    if not os.path.isdir(f"{where}/node_modules/oidc-provider"):
        return None
    own = f"{where}/node_modules/.bin/node"
    return own if os.path.exists(own) else shutil.which("node")


class Provider:
    """For the length of a with block. settings: of provider.mjs."""

    def __init__(self, **settings):
        cert, key = authority().certificate()
        self.settings = {"tls": {"cert": cert, "key": key}, **settings}
        self.ca_file = authority().ca_file

    def __enter__(self):
        # Modules are found beside the program, so that it runs where its packages are.
        where = os.environ["TENON_OIDC_PEER"]
        self.process = subprocess.Popen([node(), f"{where}/provider.mjs"], stdin=-1, stdout=-1, stderr=subprocess.DEVNULL,
                                        text=True)
        self.process.stdin.write(json.dumps(self.settings) + "\n")
        self.process.stdin.flush()
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

    def counts(self):
        """Requests by path."""
        with opener().open(f"{self.url}/counts", timeout=30) as answer:
            return json.load(answer)

    def tokens(self):
        return self.counts().get(f"/{self.tenant}/oauth2/v2.0/token", 0)


def opener(*handlers):
    context = ssl.create_default_context(cafile=authority().ca_file)
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), *handlers)


class Form(html.parser.HTMLParser):
    """The first form of a page: where it goes, and what stands in it."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.open = None, {}, False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and self.action is None:
            self.action, self.open = attributes.get("action"), True
        elif tag == "input" and self.open and attributes.get("name"):
            self.fields[attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag):
        self.open = self.open and tag != "form"


class Browser:
    """Follows redirects and fills in forms, as the person of that name, until nothing is left to fill in."""

    def __init__(self, login="megan"):
        self.login = login
        self.opener = opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.url = self.page = None

    def go(self, url, fields=None):
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(url, data, timeout=30) as answer:
                self.url, self.page = answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            self.url, self.page = error.url, error.read().decode()

    def submit(self, **fields):
        form = Form(self.page)
        assert form.action is not None, self.page
        self.go(urllib.parse.urljoin(self.url, form.action), {**form.fields, **fields})

    def sign_in(self):
        while (form := Form(self.page)).action is not None and "/interaction/" in form.action:
            self.submit(**({"login": self.login, "password": "any"} if form.fields.get("prompt") == "login" else {}))

    def approve(self, url, code):
        """A device's code, typed into the page that the program named."""
        self.go(url)
        self.submit(user_code=code)
        self.submit(confirm="yes")
        self.sign_in()

    def decline(self, url, code):
        self.go(url)
        self.submit(user_code=code)
        self.submit(abort="yes")

    def abort(self):
        """Takes the link by which a form is left."""
        link = next(part.split('"')[0] for part in self.page.split('href="') if "/abort" in part.split('"')[0])
        self.go(urllib.parse.urljoin(self.url, link))

    def visit(self, url):
        self.go(url)
        self.sign_in()


def certificate(directory, password):
    """An RSA key with its certificate: the PEM with the key encrypted, and the public key as a JWK."""
    with tempfile.TemporaryDirectory() as scratch:
        key, cert = f"{scratch}/key.pem", f"{scratch}/cert.pem"

        def run(*argv, **how):
            return subprocess.run(argv, check=True, capture_output=True, **how).stdout

        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-subj", "/CN=app", "-days", "30")
        locked = run("openssl", "pkcs8", "-topk8", "-in", key, "-v2", "aes-256-cbc", "-passout", "stdin", input=password.encode())
        modulus = run("openssl", "rsa", "-in", key, "-noout", "-modulus").decode().strip().split("=")[1]
        path = os.path.join(directory, "app.pem")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(locked)
            with open(cert, "rb") as public:
                file.write(public.read())
    n = base64.urlsafe_b64encode(bytes.fromhex(modulus)).rstrip(b"=").decode()
    return path, {"kty": "RSA", "n": n, "e": "AQAB"}
