# SPDX-License-Identifier: Apache-2.0
"""Measures the budgets as ratios in one run and prints them as a table. Never a test: a machine that does something else
meanwhile measures that too. Run as `python3 tools/bench BUILD [GROUP...]`."""
import os
import sys
import tempfile
import time
from pathlib import Path

import bulk
import small
from machine import Home, Nginx

COMPARE = {'>=': lambda a, b: a >= b, '<=': lambda a, b: a <= b, '<': lambda a, b: a < b}


def groups(nginx, home, build):
    return {
        'start': lambda: small.start(home, build),
        'worker': lambda: small.worker(home, build),
        'verify': lambda: small.verify(home, build),
        'latency': lambda: bulk.slow_server(nginx, home, build),
        'bulk': lambda: bulk.rates(nginx, home, build),
        'memory': lambda: bulk.memory(home),
    }


def show(row):
    what, ours, peer, value, sign, budget, *unit = row
    met = COMPARE[sign](value, budget)
    unit = ' ' + unit[0] if unit else ''
    print(f'{what:42} {ours:>12}  {peer:42} {value:8.3g} {sign} {budget:g}{unit:8} {"yes" if met else "NO"}', flush=True)
    return met


def main():
    build, wanted = Path(sys.argv[1]).resolve(), sys.argv[2:]
    begun, missed = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix='tenon-bench.') as at:
        os.mkdir(f'{at}/nginx')
        os.mkdir(f'{at}/home')
        home = Home(f'{at}/home', build)
        with Nginx(f'{at}/nginx') as nginx:
            every = groups(nginx, home, build)
            if unknown := set(wanted) - set(every):
                print(f'bench: no such group: {", ".join(sorted(unknown))}; there are {", ".join(every)}', file=sys.stderr)
                return 2
            home.connect('canned', nginx.url, 'admin@bench.example', 'a password', nginx.ca)
            print(f'{"what":42} {"ours":>12}  {"beside":42} {"ratio":>8}    budget     met', flush=True)
            for name in wanted or every:
                missed += sum(not show(row) for row in every[name]())
    print(f'{missed} missed, in {time.monotonic() - begun:.0f} s, load {os.getloadavg()[0]:.1f}')
    return 0


sys.exit(main())
