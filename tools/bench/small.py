# SPDX-License-Identifier: Apache-2.0
"""What a person waits for: a verification, the start of the program, a worker, one check."""
import re
import statistics
import subprocess
import time

from machine import Lab

LATENCY_MS = 50
ROUNDS = 9


def verify_once(home):
    """Milliseconds until the result is out, and the log; what follows is kept on disk while the person reads."""
    begun = time.monotonic()
    with home.start('verify', 'corp', '-o', 'jsonl', '--verbose', stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True) as run:
        took = None
        for line in run.stdout:
            if '"event":"result"' in line:
                took = (time.monotonic() - begun) * 1e3
        return took, run.stderr.read()


def verify(home, build):
    """The round trips are those the log tells, one after the other; nothing but them may take long."""
    with Lab(str(build / 'sdk/lab/tenon-lab'), '--latency', str(LATENCY_MS)) as lab:
        home.connect('corp', lab.ews, lab.admin['user'], lab.admin['password'], lab.ca_file)
        runs = [verify_once(home) for _ in range(ROUNDS)]
    chain = len(re.findall(r'^\S+: http \S+: ', runs[-1][1], re.MULTILINE)) * LATENCY_MS
    ours = statistics.median(took for took, _ in runs)
    yield f'verify, {chain // LATENCY_MS} round trips', f'{ours:.0f} ms', f'{chain} ms of waiting', ours / chain, '<=', 1.1


def start(home, build):
    tools = build / 'tools/bench'
    done = subprocess.run([tools / 'start', '400', tools / 'empty', '--', home.program, '--version', '--', home.program,
                           'connections', 'list'], env=home.env, text=True, capture_output=True, check=True)
    empty, *ours = (float(ms) for ms in done.stdout.split())
    for what, ms in zip(('tenon --version', 'tenon connections list'), ours):
        yield what, f'{ms:.2f} ms', f'empty program {empty:.2f} ms', ms - empty, '<=', 2, 'ms more'


def worker(home, build):
    tools = build / 'tools/bench'
    plugin = build / 'plugins/exchange-onprem/exchange-onprem.so#exchange-onprem'
    libexec = home.env['TENON_LIBEXEC']
    done = subprocess.run([tools / 'wire', 'ready', libexec, plugin, '60', tools / 'empty-linked'], text=True,
                          capture_output=True, check=True)
    empty, ours = (float(ms) for ms in done.stdout.split())
    yield 'a worker until ready', f'{ours:.2f} ms', f'empty program, same libraries {empty:.2f} ms', ours / empty, '<=', 1.5
    took = [float(subprocess.run([tools / 'wire', 'checks', libexec, f'{tools}/chatty.so#chatty', '30000'], text=True,
                                 capture_output=True, check=True).stdout) for _ in range(ROUNDS)]
    ours = statistics.median(took)
    yield 'a subject and its check across the wire', f'{ours:.1f} us', '-', ours, '<=', 60, 'us'
