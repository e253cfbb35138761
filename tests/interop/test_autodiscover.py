#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's Autodiscover and name server are held to a client that nobody here wrote: Debian's python3-exchangelib, by
POX and by SOAP, finds through them what tenon finds, and fails where it fails.

Run by Debian's python with TENON_LAB in the environment. Two things stand in for the system's: its resolver asks the
lab's name server, and connections to the standard ports go to the lab's."""
import os
import socket
import sys
import tempfile
import unittest

# exchangelib keeps what it found in a file there, and decides on its place when it is imported.
scratch = tempfile.TemporaryDirectory(prefix="tenon-exchangelib.")
tempfile.tempdir = scratch.name

try:
    import dns.resolver
    import exchangelib
    from exchangelib import errors
    from exchangelib.autodiscover.cache import autodiscover_cache
    from exchangelib.autodiscover.discovery.base import BaseAutodiscovery
    from exchangelib.autodiscover.discovery.pox import PoxAutodiscovery
    from exchangelib.autodiscover.discovery.soap import SoapAutodiscovery
except ImportError as error:
    print(f"skipped: {error.name} is not installed; ./dev test --interop installs it")
    sys.exit(77)

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e")]

import harness  # noqa: E402

EWS = "https://mail.contoso.example/EWS/Exchange.asmx"
look_up = socket.getaddrinfo


class Interop(unittest.TestCase):
    def setUp(self):
        autodiscover_cache.clear()
        self.addCleanup(setattr, socket, "getaddrinfo", look_up)

    def lab(self, scenario):
        lab = harness.Lab(scenario=scenario)
        lab.__enter__()
        self.addCleanup(lab.__exit__)
        os.environ["REQUESTS_CA_BUNDLE"] = lab.ca_file
        ports = {int(rule.split("=")[0][2:]): int(rule.split(":")[-1]) for rule in lab.resolve.split(",")}
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], int(lab.dns.split(":")[1])

        def resolve(host, port, *rest, **more):
            if str(host).endswith(".example"):
                try:
                    host = next(iter(resolver.resolve(f"{host}.", "A"))).to_text()
                except dns.exception.DNSException as error:
                    raise socket.gaierror(socket.EAI_NONAME, str(error)) from error
                port = ports.get(port, port)
            return look_up(host, port, *rest, **more)

        socket.getaddrinfo = resolve
        BaseAutodiscovery.DNS_RESOLVER_KWARGS = {"configure": False}
        BaseAutodiscovery.DNS_RESOLVER_ATTRS = {"nameservers": ["127.0.0.1"], "port": resolver.port, "timeout": 5}
        return lab

    def discover(self, lab, kind, password=None):
        user = lab.admin["user"]
        return kind(email=user, credentials=exchangelib.Credentials(user, password or lab.password)).discover()

    def finds(self, scenario, *kinds):
        lab = self.lab(scenario)
        for kind in kinds:
            with self.subTest(kind.__name__):
                autodiscover_cache.clear()
                response, protocol = self.discover(lab, kind)
                self.assertEqual(protocol.service_endpoint, EWS)
                self.assertEqual(response.autodiscover_smtp_address, lab.admin["user"])

    def test_plain__is_found_by_both_forms(self):
        self.finds("autodiscover-plain", PoxAutodiscovery, SoapAutodiscovery)

    def test_pox__is_found_where_there_is_nothing_else(self):
        self.finds("autodiscover-pox", PoxAutodiscovery)

    def test_srv__is_looked_up_and_followed(self):
        self.finds("autodiscover-srv", PoxAutodiscovery, SoapAutodiscovery)

    def test_http_redirect__is_followed(self):
        self.finds("autodiscover-http-redirect", PoxAutodiscovery)

    def test_redirect_address__begins_again(self):
        self.finds("autodiscover-redirect-address", PoxAutodiscovery, SoapAutodiscovery)

    def test_loop__is_noticed(self):
        lab = self.lab("autodiscover-loop")
        with self.assertRaises(errors.AutoDiscoverError):
            self.discover(lab, SoapAutodiscovery)

    def test_address_unknown__is_the_address_s_fault(self):
        lab = self.lab("autodiscover-address-unknown")
        for kind in (PoxAutodiscovery, SoapAutodiscovery):
            with self.subTest(kind.__name__), self.assertRaises((errors.ErrorNonExistentMailbox, errors.AutoDiscoverFailed)):
                autodiscover_cache.clear()
                self.discover(lab, kind)

    def test_stale_srv_and_web_site__lead_nowhere(self):
        for scenario in ("autodiscover-stale-srv", "autodiscover-web-site"):
            with self.subTest(scenario):
                lab = self.lab(scenario)
                with self.assertRaises(errors.AutoDiscoverFailed):
                    self.discover(lab, PoxAutodiscovery)


unittest.main(verbosity=2)
