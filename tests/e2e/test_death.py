# SPDX-License-Identifier: Apache-2.0
"""Killing host or worker at any moment leaves no half-written connection and no orphan."""
import json
import os
import signal
import subprocess
import time

import harness

KILLS = 30
INTERRUPTS = 12


def descendants(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = [int(child) for child in file.read().split()]
    except OSError:
        return []
    return children + [p for child in children for p in descendants(child)]


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def catches(pid, number):
    with open(f"/proc/{pid}/status") as file:
        caught = next(int(line.split()[1], 16) for line in file if line.startswith("SigCgt:"))
    return bool(caught >> (number - 1) & 1)


def gone_within(pids, seconds):
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(alive(pid) for pid in pids)


class Death(harness.TestCase):
    def until(self, true, what, pause=0.01):
        deadline = time.monotonic() + 20
        while not true():
            self.assertLess(time.monotonic(), deadline, "waited in vain for " + what)
            time.sleep(pause)

    def start_wizard(self, lab):
        run = self.home.start("wizard", "corp", "--connector", "exchange-onprem", "--no-input", "--set",
                              f"server={lab.ews}", "--set", f"admin={lab.admin['user']}", "--set",
                              f"ca_file={lab.ca_file}", "--set", "auth=basic", "--secret", "password=-",
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run.stdin.write(lab.password + "\n")
        run.stdin.close()
        return run

    def test_killed_wizard__leaves_the_old_state_or_the_new_one_and_no_orphan(self):
        lab = self.lab()
        whole = self.start_wizard(lab)
        start = time.monotonic()
        whole.wait(harness.SECONDS_MAX)
        length = time.monotonic() - start
        self.home.tenon("connections", "remove", "corp")
        for number in range(KILLS):
            run = self.start_wizard(lab)
            time.sleep(length * (number + 1) / KILLS)
            workers = descendants(run.pid)
            run.send_signal(signal.SIGKILL)
            run.wait()
            self.assertTrue(gone_within(workers, 10), workers)
            names = self.home.stored()
            self.assertIn(names, ([], ["corp"]))
            if names:
                self.assertStatus(self.home.tenon("verify", "corp"), 0)

    def test_killed_worker__is_one_finding_with_the_plugins_name(self):
        if harness.mode != "worker":
            self.skipTest("there is no worker in the process")
        lab = self.lab()
        self.assertStatus(self.wizard(lab), 0)
        with lab.silent(), self.home.start("verify", "corp", "-o", "jsonl", stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL) as run:
            self.until(lambda: descendants(run.pid), "a worker")
            time.sleep(0.2)  # loading or verifying: the finding is the same
            for worker in descendants(run.pid):
                os.kill(worker, signal.SIGKILL)
            events = [json.loads(line) for line in run.stdout]
        self.assertEqual(run.returncode, 19)
        crashed = [e for e in events if e.get("id") == "plugin.crashed"]
        self.assertEqual(len(crashed), 1, events)
        self.assertIn("exchange-onprem", json.dumps(crashed[0]))
        self.assertIn("SIGKILL", json.dumps(crashed[0]))

    def interrupt(self, lab, delay, *command):
        with lab.silent(), self.home.start(*command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL) as run:
            self.until(lambda: catches(run.pid, signal.SIGINT), "a handler of SIGINT")
            time.sleep(delay)
            run.send_signal(signal.SIGINT)
            start = time.monotonic()
            run.wait(20)
            self.assertLess(time.monotonic() - start, 10, f"{command}, after {delay} s")
        self.assertEqual(run.returncode, 5, f"{command}, after {delay} s")

    def test_interrupt__ends_the_run_as_cancelled_at_any_moment(self):
        lab = self.lab()
        self.assertStatus(self.wizard(lab), 0)
        for number in range(INTERRUPTS):
            self.interrupt(lab, number * 0.003, "verify", "corp")
            self.interrupt(lab, number * 0.003, "wizard", "corp", "--no-input")

    def test_interrupt__while_the_plugin_is_loaded_is_not_lost(self):
        if harness.mode != "worker":
            self.skipTest("a thread cannot be seen to be loaded")
        lab = self.lab()
        self.assertStatus(self.wizard(lab), 0)
        for moment in range(6):
            with lab.silent(), self.home.start("verify", "corp", stdout=subprocess.DEVNULL,
                                               stderr=subprocess.DEVNULL) as run:
                self.until(lambda: descendants(run.pid), "a worker", pause=0)
                time.sleep(moment * 0.001)
                # While the program stands still the plugin says that it is ready, and the interrupt comes: it sees both
                # at once.
                run.send_signal(signal.SIGSTOP)
                time.sleep(0.2)
                run.send_signal(signal.SIGINT)
                run.send_signal(signal.SIGCONT)
                start = time.monotonic()
                run.wait(20)
                self.assertLess(time.monotonic() - start, 10, moment)
            self.assertEqual(run.returncode, 5, moment)


harness.main()
