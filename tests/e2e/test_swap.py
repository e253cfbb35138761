# SPDX-License-Identifier: Apache-2.0
"""From on-premises to the cloud, between its two connectors, and back: one connection, under its own name."""
import json
import os
import sys
import unittest
from urllib.parse import urlsplit

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import harness

ONPREM, EWS, GRAPH = "exchange-onprem", "office365-ews", "office365-graph"


class Swap(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.onprem, self.cloud = self.lab(), self.lab(scenario="cloud")
        self.connect(self.onprem, mailbox=self.onprem.allowed[0])

    def answers(self, lab, **answers):
        """What the cloud connectors need to find the lab, and its application."""
        answers = {"tenant": lab.tenant, "client_id": lab.client_id, "authority": lab.authority, "ca_file": lab.ca_file,
                   **answers}
        return harness.sets(answers)

    def swap(self, to, *args, lab=None, typed="", status=0):
        result = self.home.tenon("swap", "corp", "--to", to, "--no-input", *args, typed=typed)
        self.assertStatus(result, status)
        return result

    def to_ews(self, *args, lab=None, status=0, **answers):
        lab = lab or self.cloud
        return self.swap(EWS, *self.answers(lab, ews_url=lab.ews, **answers), "--secret", "client_secret=-", *args,
                         typed=lab.client_secret + "\n", status=status)

    def stored_connection(self):
        with open(f"{self.home.path}/config/tenon/connections/corp.json", encoding="utf-8") as file:
            return json.load(file)

    def test_swap__to_the_cloud_and_back_loses_nothing(self):
        before = self.stored_connection()
        report = json.loads(self.to_ews("-o", "json").out)
        self.assertEqual((report["before"]["outcome"], report["after"]["outcome"]), ("pass", "pass"))
        self.assertIn("admin", report["carried"])
        self.assertLessEqual({"server", "auth", "password"}, set(report["dropped"]))
        differences = {d["id"]: (d.get("before"), d.get("after")) for d in report["differences"]}
        self.assertEqual(differences["auth.token"], (None, "pass"))
        self.assertEqual(differences["auth.basic"], ("pass", None))
        self.assertNotIn("ews.endpoint", differences)
        self.assertStatus(self.home.tenon("verify", "corp"), 0)
        self.assertStatus(self.home.tenon("impersonate", "corp", self.cloud.allowed[1]), 0)
        self.swap(ONPREM)
        after = self.stored_connection()
        self.assertEqual(after["values"], before["values"])
        self.assertEqual(after["connector"], ONPREM)
        self.swap(EWS)
        self.assertEqual(self.stored_connection()["values"]["tenant"], self.cloud.tenant)

    def test_swap__from_ews_to_graph_and_back(self):
        plugins = json.loads(self.home.tenon("plugin", "list", "-o", "json").out)["plugins"]
        if GRAPH not in [p.get("id") for p in plugins]:
            raise unittest.SkipTest(f"{GRAPH} is not built")
        # By the clouds' own names, which lead to the lab: a token is for a service, not for an address.
        answers = {"tenant": self.cloud.tenant, "client_id": self.cloud.client_id, "ca_file": self.cloud.ca_file,
                   "resolve": f"*:443=127.0.0.1:{urlsplit(self.cloud.ews).port}"}
        self.swap(EWS, *harness.sets(answers),
                  "--secret", "client_secret=-", typed=self.cloud.client_secret + "\n")
        plan = json.loads(self.swap(GRAPH, "--dry-run", "-o", "json").out)
        self.assertEqual((plan["asked"], plan["retires"], plan["successor"]), ([], "2027-04-01", GRAPH))
        self.assertLessEqual({"admin", "tenant", "client_id", "client_secret", "mailbox"}, set(plan["carried"]))
        self.assertEqual(plan["dropped"], [])
        report = json.loads(self.swap(GRAPH, "-o", "json").out)
        self.assertEqual(report["after"]["outcome"], "pass")
        self.assertStatus(self.home.tenon("impersonate", "corp", self.cloud.allowed[1]), 0)
        self.assertNotIn("STOPS", self.home.tenon("connections", "list").out)
        self.swap(EWS)
        self.swap(ONPREM)
        self.assertStatus(self.home.tenon("verify", "corp"), 0)

    def test_swap__that_is_refused_leaves_the_connection_on_premises(self):
        before = dict(self.home.files())
        refused = self.lab(scenario="secret-expired")
        result = self.to_ews("-o", "json", lab=refused, status=16)
        report = json.loads(result.out)
        self.assertEqual((report["outcome"], report["cause"], report["swapped"]), ("fail", "auth", False))
        self.assertEqual(report["before"]["outcome"], "pass")
        self.assertIn("Nothing was swapped", result.err)
        self.assertEqual(self.stored_connection()["connector"], ONPREM)
        self.assertEqual({path: data for path, data in self.home.files() if "/connections/" in path and path.endswith("corp.json")},
                         {path: data for path, data in before.items() if "/connections/" in path and path.endswith("corp.json")})
        self.to_ews("--unverified", lab=refused, status=16)
        self.assertEqual(self.stored_connection()["connector"], EWS)

    def test_swap__does_not_need_the_old_server(self):
        self.onprem.process.terminate()
        self.onprem.process.wait(20)
        report = json.loads(self.to_ews("-o", "json").out)
        self.assertEqual((report["before"]["outcome"], report["swapped"]), ("fail", True))

    def test_dry_run__contacts_nobody(self):
        attempts = self.attempts(self.onprem), self.attempts(self.cloud)
        result = self.swap(EWS, "--dry-run", *self.answers(self.cloud))
        self.assertIn("kept aside  server", result.out)
        self.assertIn("client_secret", result.out)
        self.assertEqual((self.attempts(self.onprem), self.attempts(self.cloud)), attempts)
        self.assertEqual(self.stored_connection()["connector"], ONPREM)

    def test_swap__names_the_secret_that_is_missing(self):
        result = self.swap(EWS, *self.answers(self.cloud), status=4)
        self.assertIn("--secret client_secret=FILE", result.err)

    def test_swap__writes_no_secret_in_the_open(self):
        result = self.to_ews("--verbose")
        for path, data in self.home.files():
            if path.endswith("/secret"):
                continue
            self.assertNotIn(self.cloud.client_secret.encode(), data, path)
            self.assertNotIn(self.onprem.password.encode(), data, path)
        self.assertNotIn(self.cloud.client_secret, result.out + result.err)

    def test_list__says_when_ews_stops(self):
        self.to_ews()
        result = self.home.tenon("connections", "list")
        self.assertIn("STOPS", result.out)
        self.assertRegex(result.err, r"corp: office365-ews stop(s|ped) on 2027-04-01 \(\d+ days?( ago)?\)")
        shown = json.loads(self.home.tenon("connections", "list", "-o", "json").out)["connections"][0]
        self.assertEqual((shown["retires"], shown["successor"]), ("2027-04-01", GRAPH))


if __name__ == "__main__":
    harness.main()
