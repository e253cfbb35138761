# SPDX-License-Identifier: Apache-2.0
"""Requests a second of python3-exchangelib doing what tenon does: a folder opened as somebody, the same connection kept.
Run as peer_exchangelib.py URL COUNT."""
import logging
import sys
import time

from exchangelib import BASIC, IMPERSONATION, Account, Build, Configuration, Credentials, Version
from exchangelib.properties import DistinguishedFolderId
from exchangelib.services import GetFolder

logging.disable(logging.CRITICAL)
URL, COUNT = sys.argv[1], int(sys.argv[2])
configuration = Configuration(service_endpoint=URL, credentials=Credentials('admin', 'a password'), auth_type=BASIC,
                              version=Version(Build(15, 2, 1544, 11)))


def opens(number):
    account = Account(f'someone{number:07d}@bench.example', config=configuration, autodiscover=False,
                      access_type=IMPERSONATION, locale='en_US', default_timezone=None)
    return list(GetFolder(account=account).call(folders=[DistinguishedFolderId(id='msgfolderroot')], additional_fields=[], shape='IdOnly'))


opens(0)
begun = time.monotonic()
for n in range(COUNT):
    opens(n)
print(COUNT / (time.monotonic() - begun))
