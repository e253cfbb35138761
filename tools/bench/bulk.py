# SPDX-License-Identifier: Apache-2.0
"""Many mailboxes: the rate beside those of others on the same endpoint, the rate against a slow server, the memory."""
import os
import re
import statistics
import subprocess
import time
from pathlib import Path

from machine import Lab, memory_kib

CONNECTIONS = 8
ROUNDS = 5
SUBJECTS = 30000      # of one round
SECONDS_WRK = 2       # of one round
LATENCY_MS = 50
MEMORY_SUBJECTS = (1, 20000, 1000000)
MEMORY_SECONDS = 75   # the largest run is ended then, and says how far it came
HEADERS = (             # what tenon sends, so that all send the same; bare_loop.c has them too
    ('Content-Type', 'text/xml; charset=utf-8'), ('Accept', 'text/xml'), ('return-client-request-id', 'true'),
    ('client-request-id', '01234567-89ab-4cde-8f01-23456789abcd'),
    ('X-AnchorMailbox', 'someone0000000@bench.example'), ('User-Agent', 'tenon/0.1.0'),
    ('Authorization', 'Basic YWRtaW5AYmVuY2guZXhhbXBsZTphIHBhc3N3b3Jk'), ('Accept-Encoding', 'gzip, deflate'),
)
HERE = Path(__file__).resolve().parent


def names(path, count):
    with open(path, 'w', encoding='ascii') as file:
        for start in range(0, count, 10000):
            file.writelines(f'someone{n:07d}@bench.example\n' for n in range(start, min(start + 10000, count)))
    return str(path)


def wrk(nginx):
    script = nginx.at / 'wrk.lua'
    script.write_text('wrk.method = "POST"\nwrk.body = io.open("' + str(nginx.request) + '"):read("*a")\n' +
                      ''.join(f'wrk.headers["{key}"] = "{value}"\n' for key, value in HEADERS), encoding='ascii')
    done = subprocess.run(['wrk', '-c', str(CONNECTIONS), '-t', '2', '-d', f'{SECONDS_WRK}s', '-s', script, nginx.url],
                          capture_output=True, text=True, check=True)
    return float(re.search(r'Requests/sec:\s*([\d.]+)', done.stdout).group(1))


def bare(nginx, build):
    done = subprocess.run([build / 'tools/bench/bare-loop', nginx.url, nginx.ca, nginx.request, str(CONNECTIONS),
                           str(SUBJECTS)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def tenon(home, connection, subjects, count, jobs):
    """Subjects a second, from the start of the program to its end; every one must have been a pass."""
    out = home.at / 'out.jsonl'
    with open(out, 'wb') as file:
        begun = time.monotonic()
        run = home.start('impersonate', connection, '--from', subjects, '-o', 'jsonl', '--jobs', str(jobs), stdout=file,
                         stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        status = run.wait()
        took = time.monotonic() - begun
    with open(out, 'rb') as file:
        passed = sum(b'"state":"pass"' in line for line in file)
    if status != 0 or passed != count:
        raise RuntimeError(f'tenon impersonate ended with {status} and {passed} of {count} passed')
    return count / took


def exchangelib(nginx):
    done = subprocess.run(['/usr/bin/python3', '-B', HERE / 'peer_exchangelib.py', nginx.url, '300'], text=True,
                          capture_output=True, env={**os.environ, 'REQUESTS_CA_BUNDLE': str(nginx.ca)}, check=False)
    if done.returncode != 0:
        return None
    return float(done.stdout)


def rates(nginx, home, build):
    """Medians of ratios, each of one round in which all ran one after the other."""
    subjects = names(nginx.at / 'subjects', SUBJECTS)
    tenon(home, 'canned', subjects, SUBJECTS, CONNECTIONS)
    rounds = []
    for _ in range(ROUNDS):
        rounds.append((wrk(nginx), tenon(home, 'canned', subjects, SUBJECTS, CONNECTIONS), bare(nginx, build)))
    ours = statistics.median(r[1] for r in rounds)
    what = f'bulk impersonation, {CONNECTIONS} connections'
    yield (what, f'{ours:,.0f}/s', f'wrk {statistics.median(r[0] for r in rounds):,.0f}/s',
           statistics.median(r[1] / r[0] for r in rounds), '>=', 0.35)
    yield ('', f'{ours:,.0f}/s', f'bare libcurl {statistics.median(r[2] for r in rounds):,.0f}/s',
           statistics.median(r[1] / r[2] for r in rounds), '>=', 0.7)
    peer = exchangelib(nginx)
    if peer:
        yield ('', f'{ours:,.0f}/s', f'exchangelib {peer:,.0f}/s', ours / peer, '>=', 50)


def bare_seconds(lab, request, jobs, count, build):
    begun = time.monotonic()
    subprocess.run([build / 'tools/bench/bare-loop', lab.ews, lab.ca_file, request, str(jobs), str(count)],
                   capture_output=True, check=True)
    return time.monotonic() - begun


def slow_server(nginx, home, build):
    """The start of a program is no part of this: two runs of each are subtracted. A lab's 50 ms are 51, which a bare
    libcurl loop shows beside us: nobody is faster than its server."""
    with Lab(str(build / 'sdk/lab/tenon-lab'), '--mailboxes', '12800', '--latency', str(LATENCY_MS)) as lab:
        home.connect('slow', lab.ews, lab.admin['user'], lab.admin['password'], lab.ca_file)
        people = Path(lab.mailboxes_file).read_text(encoding='utf-8').split()
        for jobs in (16, 64):
            few, many = 2 * jobs, 62 * jobs
            ours, bare_loop = [], []
            for count in (few, many):
                (home.at / 'people').write_text(''.join(f'{p}\n' for p in people[:count]), encoding='utf-8')
                ours.append(count / tenon(home, 'slow', str(home.at / 'people'), count, jobs))
                bare_loop.append(bare_seconds(lab, nginx.request, jobs, count, build))
            rate, best = ((many - few) / (took[1] - took[0]) for took in (ours, bare_loop))
            ideal = jobs / LATENCY_MS * 1e3
            what = f'a server of {LATENCY_MS} ms, {jobs} in flight'
            yield what, f'{rate:,.0f}/s', f'{ideal:,.0f}/s possible', rate / ideal, '>=', 0.98
            yield '', f'{rate:,.0f}/s', f'bare libcurl {best:,.0f}/s', rate / best, '>=', 0.98


def memory_of(home, subjects):
    """The most it took, at any of the looks at it, and how many subjects were through by the end."""
    until = time.monotonic() + MEMORY_SECONDS
    out = home.at / 'out.jsonl'
    most = 0
    with open(out, 'wb') as file:
        run = home.start('impersonate', 'canned', '--from', '-', '-o', 'jsonl', '--jobs', str(CONNECTIONS), stdout=file,
                         stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        with open(subjects, 'rb') as source:
            while run.poll() is None and time.monotonic() < until:
                chunk = source.read(65536)
                if not chunk and most:
                    break
                run.stdin.write(chunk)
                run.stdin.flush()
                if not chunk or source.tell() % (1 << 20) == 65536:
                    wait_for(out, 1)
                    most = max(most, memory_kib(run.pid))
        most = max(most, memory_kib(run.pid))
        run.stdin.close()
        run.wait()
    with open(out, 'rb') as file:
        return most, sum(b'"state":"pass"' in line for line in file)


def wait_for(path, size):
    until = time.monotonic() + 10
    while os.path.getsize(path) < size and time.monotonic() < until:
        time.sleep(0.02)


def memory(home):
    first = None
    for count in MEMORY_SUBJECTS:
        most, passed = memory_of(home, names(home.at / 'subjects', count))
        first = first or most
        yield (f'memory, host and worker, {passed:,} subjects', f'{most / 1024:.1f} MiB', f'{first / 1024:.1f} MiB for one',
               most / 1024, '<', 24)
    yield ('memory, growth from one to the most', f'{(most - first) / 1024:.1f} MiB', '-', most / first, '<=', 1.25)
