#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The lab is held to a client that nobody here wrote: Debian's python3-exchangelib signs in to it, resolves names and
acts as other mailboxes. What this client cannot tell from Exchange, the lab does well enough.

Prints TAP; run as exchangelib_lab.py PATH-OF-TENON-LAB."""
import json
import os
import subprocess
import sys

try:
    from exchangelib import BASIC, IMPERSONATION, Account, Configuration, Credentials
    from exchangelib import errors
    from exchangelib.protocol import BaseProtocol, Protocol
except ImportError:
    print("1..0 # SKIP python3-exchangelib is not installed: ./dev test --interop installs it")
    sys.exit(0)


class Lab:
    """tenon-lab, for the length of a with block."""

    def __init__(self, program, *args):
        self.argv = [program, *args]

    def __enter__(self):
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        os.environ["REQUESTS_CA_BUNDLE"] = self.ready["ca_file"]
        return self.ready

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def configuration(ready, password=None):
    credentials = Credentials(ready["admin"]["user"], password or ready["admin"]["password"])
    return Configuration(service_endpoint=ready["ews"], credentials=credentials, auth_type=BASIC)


def account(ready, address, password=None):
    return Account(address, config=configuration(ready, password), autodiscover=False, access_type=IMPERSONATION)


def refused(kind, function):
    try:
        function()
    except kind:
        return True
    return False


def signs_in_and_learns_the_version(ready):
    return Protocol(config=configuration(ready)).version.build.major_version == 15


def is_told_that_the_password_is_wrong(ready):
    return refused(errors.UnauthorizedError, lambda: account(ready, ready["allowed"][0], "not it").inbox.id)


def resolves_a_name_to_its_mailbox(ready):
    wanted = ready["allowed"][0]
    found = Protocol(config=configuration(ready)).resolve_names([wanted])
    return any(mailbox.email_address.lower() == wanted.lower() for mailbox in found)


def opens_the_inbox_of_an_allowed_mailbox(ready):
    inbox = account(ready, ready["allowed"][0]).inbox
    return inbox.id is not None and inbox.total_count is not None


def is_refused_at_a_denied_mailbox(ready):
    return refused(errors.ErrorImpersonateUserDenied, lambda: account(ready, ready["denied"][0]).inbox.name)


def finds_no_mailbox_where_there_is_none(ready):
    return refused(errors.ErrorNonExistentMailbox, lambda: account(ready, ready["missing"][0]).inbox.name)


TESTS = [
    signs_in_and_learns_the_version,
    is_told_that_the_password_is_wrong,
    resolves_a_name_to_its_mailbox,
    opens_the_inbox_of_an_allowed_mailbox,
    is_refused_at_a_denied_mailbox,
    finds_no_mailbox_where_there_is_none,
]


def main():
    BaseProtocol.TIMEOUT = 20
    print(f"1..{len(TESTS)}")
    with Lab(sys.argv[1]) as ready:
        for number, test in enumerate(TESTS, 1):
            try:
                outcome = "ok" if test(ready) else "not ok"
            except Exception as error:  # every other exception is a failure, told with its text
                outcome = "not ok"
                print(f"# {type(error).__name__}: {error}")
            print(f"{outcome} {number} - exchangelib__{test.__name__}")


main()
