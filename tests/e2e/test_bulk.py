# SPDX-License-Identifier: Apache-2.0
"""Twenty thousand subjects: each is reported once, and memory stays flat."""
import json
import os
import subprocess
import time

import harness

SUBJECTS = 20000
GROWTH_MAX = 8 * 1024  # KiB between a tenth of the run and its end
MEMORY_MAX = 96 * 1024  # KiB, host and worker together, with the libraries they share counted twice


def family(pid):
    """The process and its children."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = [int(child) for child in file.read().split()]
    except OSError:
        children = []
    return [pid, *(p for child in children for p in family(child))]


def resident(pid):
    total = 0
    for member in family(pid):
        try:
            with open(f"/proc/{member}/statm") as file:
                total += int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024
        except OSError:
            pass
    return total


class Bulk(harness.TestCase):
    def test_twenty_thousand__are_all_reported_and_memory_is_flat(self):
        lab = self.lab("--mailboxes", str(SUBJECTS))
        self.assertStatus(self.wizard(lab), 0)
        samples, subjects = [], []
        with self.home.start("impersonate", "corp", "--from", lab.mailboxes_file, "-o", "jsonl", "--jobs", "8",
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
            for line in run.stdout:
                event = json.loads(line)
                if event["event"] == "check":
                    self.assertEqual(event["data"]["verdict"], "ok")
                    subjects.append(event["subject"])
                    if len(subjects) % (SUBJECTS // 20) == 0:
                        samples.append(resident(run.pid))
        self.assertEqual(run.returncode, 0)
        with open(lab.mailboxes_file) as file:
            self.assertEqual(sorted(subjects), sorted(file.read().split()))
        if "ASAN_OPTIONS" not in os.environ:
            self.assertLess(max(samples[2:]) - samples[1], GROWTH_MAX, samples)
            self.assertLess(max(samples), MEMORY_MAX, samples)

    def test_blocked_output__stops_the_run_and_loses_nothing(self):
        lab = self.lab("--mailboxes", "3000")
        self.assertStatus(self.wizard(lab), 0)
        with self.home.start("impersonate", "corp", "--from", lab.mailboxes_file, "-o", "jsonl",
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
            time.sleep(1.5)  # nobody reads: the pipe fills, and the grants stop
            self.assertIsNone(run.poll())
            checks = [json.loads(line) for line in run.stdout]
        self.assertEqual(len([c for c in checks if c["event"] == "check"]), 3000)

    def test_refused_password__ends_a_bulk_run_after_one_attempt(self):
        lab = self.lab("--mailboxes", "500")
        self.assertStatus(self.wizard(lab), 0)
        self.wizard(lab, password="another", unverified=True)
        result = self.home.tenon("impersonate", "corp", "--from", lab.mailboxes_file, "-o", "jsonl")
        self.assertStatus(result, 16)
        checks = [e for e in result.events() if e["event"] == "check"]
        self.assertEqual(len(checks), 500)
        self.assertTrue(all(c["cause"] == "auth" for c in checks))


harness.main()
