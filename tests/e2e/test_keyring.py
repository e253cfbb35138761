# SPDX-License-Identifier: Apache-2.0
"""Secrets in the desktop's Secret Service: a real keyring on a bus of its own, and a second reader of it."""
import json
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import harness
import keyring


class Keyring(keyring.TestCase):
    def connection(self, name="corp"):
        with open(f"{self.home.path}/config/tenon/connections/{name}.json", encoding="utf-8") as file:
            return json.load(file)

    def entry(self, name="corp", key="password"):
        return self.connection(name)["values"][key]["secret"]

    def sealed(self):
        path = f"{self.home.path}/data/tenon/vault"
        return [f for f in os.listdir(path) if f.endswith(".sealed")] if os.path.isdir(path) else []

    def place(self, name="corp"):
        shown = json.loads(self.home.tenon("connections", "show", name, "-o", "json").out)
        return shown["secret_places"]["password"]

    def without_desktop(self):
        del self.home.env["DBUS_SESSION_BUS_ADDRESS"]

    def test_wizard__saves_into_the_desktops_keyring_and_says_so(self):
        lab = self.lab()
        self.desktop.start()
        result = self.wizard(lab)
        self.assertStatus(result, 0)
        self.assertIn("Secret Service", result.out + result.err)
        self.assertIn("Login", result.out + result.err)
        self.assertEqual(self.desktop.found(self.entry()), lab.password)
        self.assertEqual(self.desktop.entries(), ["tenon corp: password"])
        self.assertEqual(self.sealed(), [])
        self.assertStatus(self.home.tenon("verify", "corp"), 0)
        self.assertEqual(self.place()["state"], "set")
        self.assertEqual(self.place()["vault"], "secret-service")

    def test_secret__survives_any_character(self):
        lab = self.lab()
        self.desktop.start()
        odd = "a b\t\"'\\é" + "x" * 5000
        self.connect(lab, password=odd)
        self.assertEqual(self.desktop.found(self.entry()), odd)

    def test_remove__takes_the_entry_away(self):
        lab = self.lab()
        self.desktop.start()
        self.connect(lab)
        self.assertStatus(self.home.tenon("connections", "remove", "corp"), 0)
        self.assertEqual(self.desktop.entries(), [])

    def test_remove__says_when_the_keyring_still_has_the_entry_and_takes_it_later(self):
        lab = self.lab()
        self.desktop.start()
        self.connect(lab)
        self.desktop.lock()
        result = self.home.tenon("connections", "remove", "corp")
        self.assertStatus(result, 0)
        self.assertIn("1 secret could not be removed now", result.err)
        self.assertEqual(len(self.desktop.entries()), 1)
        self.desktop.stop()
        self.desktop.start()
        self.connect(lab, name="next")
        self.assertEqual(self.desktop.entries(), ["tenon next: password"])

    def test_replaced_secret__leaves_no_old_entry(self):
        lab = self.lab()
        self.desktop.start()
        self.connect(lab, password="old-password")
        old = self.entry()
        result = self.home.tenon("wizard", "corp", "--no-input", "--secret", "password=-", typed=lab.password + "\n")
        self.assertStatus(result, 0)
        self.assertNotEqual(self.entry(), old)
        self.assertIsNone(self.desktop.found(old))
        self.assertEqual(len(self.desktop.entries()), 1)

    def test_bus_without_keyring__falls_to_the_sealed_file(self):
        lab = self.lab()
        result = self.wizard(lab)
        self.assertStatus(result, 0)
        self.assertIn("sealed file", result.out + result.err)
        self.assertEqual(len(self.sealed()), 1)

    def test_keyring_without_collection__falls_to_the_sealed_file(self):
        lab = self.lab()
        self.desktop.start(password=None)
        self.assertStatus(self.wizard(lab), 0)
        self.assertEqual(len(self.sealed()), 1)
        shown = json.loads(self.home.tenon("vault", "show", "-o", "json").out)["vaults"]
        self.assertIn("has no keyring yet", shown[0]["why"])

    def test_locked_keyring__is_an_error_with_remedies_where_nobody_is_there(self):
        lab = self.lab()
        self.desktop.start()
        self.connect(lab)
        self.desktop.lock()
        result = self.home.tenon("verify", "corp")
        self.assertStatus(result, 3)
        self.assertIn("nobody was there to unlock it", result.err)
        self.assertIn("tenon vault use sealed", result.err)
        self.assertEqual(self.place()["state"], "set")
        result = self.wizard(lab, name="second")
        self.assertNotEqual(result.status, 0)
        self.assertIn("nobody was there to unlock it", " ".join((result.out + result.err).split()))
        self.assertEqual(self.home.stored(), ["corp"])

    def test_no_bus__names_the_vault_that_cannot_be_reached(self):
        lab = self.lab()
        self.desktop.start()
        self.connect(lab)
        self.without_desktop()
        result = self.home.tenon("verify", "corp")
        self.assertStatus(result, 3)
        self.assertIn("no session bus", result.err)
        self.assertEqual(self.place()["state"], "not known")
        self.assertEqual(self.place()["vault"], "secret-service")

    def test_keyring__that_was_started_anew_is_found_again(self):
        lab = self.lab()
        self.desktop.start()
        self.connect(lab)
        self.desktop.stop()
        result = self.home.tenon("verify", "corp")
        self.assertStatus(result, 3)
        self.assertIn("keeps secrets", result.err)
        self.desktop.start()
        self.assertStatus(self.home.tenon("verify", "corp"), 0)

    def test_entry__that_is_gone_is_missing(self):
        lab = self.lab()
        self.desktop.start()
        self.connect(lab)
        self.desktop.tool("clear", "id", self.entry())
        self.assertEqual(self.place()["state"], "missing")
        result = self.home.tenon("connections", "show", "corp")
        self.assertStatus(result, 0)
        self.assertIn("tenon wizard", result.out)
        result = self.home.tenon("verify", "corp")
        self.assertStatus(result, 3)
        self.assertIn("has no entry", result.err)

    def test_keyring__that_hangs_is_waited_for_once_and_not_for_ever(self):
        lab = self.lab()
        self.desktop.start()
        self.connect(lab)
        self.desktop.keyring.send_signal(signal.SIGSTOP)
        result = self.home.tenon("verify", "corp")
        self.assertStatus(result, 3)
        self.assertIn("did not answer in time", result.err)

    def test_use__chooses_where_new_secrets_go_and_moves_on_demand(self):
        lab = self.lab()
        self.desktop.start()
        self.connect(lab, name="first")
        result = self.home.tenon("vault", "use", "sealed")
        self.assertStatus(result, 0)
        self.assertIn("1 stored before", result.err)
        self.connect(lab, name="second")
        self.assertEqual((self.place("first")["vault"], self.place("second")["vault"]), ("secret-service", "sealed"))
        self.assertStatus(self.home.tenon("verify", "first"), 0)
        result = self.home.tenon("vault", "use", "sealed", "--move")
        self.assertStatus(result, 0)
        self.assertIn("1 secret was moved", result.err)
        self.assertEqual(self.desktop.entries(), [])
        self.without_desktop()
        self.assertStatus(self.home.tenon("verify", "first"), 0)

    def test_move__into_the_keyring_leaves_no_sealed_entry(self):
        lab = self.lab()
        self.connect(lab)
        self.assertEqual(len(self.sealed()), 1)
        self.desktop.start()
        self.assertStatus(self.home.tenon("vault", "use", "secret-service", "--move"), 0)
        self.assertEqual(self.sealed(), [])
        self.assertEqual(self.desktop.found(self.entry()), lab.password)
        self.assertStatus(self.home.tenon("verify", "corp"), 0)

    def test_stored_connection__keeps_its_vault_when_its_secret_is_replaced(self):
        lab = self.lab()
        self.connect(lab)  # no keyring yet: sealed
        self.desktop.start()
        result = self.home.tenon("wizard", "corp", "--no-input", "--secret", "password=-", typed=lab.password + "\n")
        self.assertStatus(result, 0)
        self.assertEqual(self.place()["vault"], "sealed")

    def test_use__refuses_a_vault_that_is_not_there(self):
        self.without_desktop()
        result = self.home.tenon("vault", "use", "secret-service")
        self.assertStatus(result, 3)
        self.assertIn("no session bus", result.err)
        self.assertStatus(self.home.tenon("vault", "use", "safe"), 2)

    def test_vault__shows_both_and_which_takes_new_secrets(self):
        self.desktop.start()
        shown = json.loads(self.home.tenon("vault", "show", "-o", "json").out)["vaults"]
        self.assertEqual([(v["vault"], v["state"], v["new_secrets"]) for v in shown],
                         [("secret-service", "ready", True), ("sealed", "ready", False)])
        self.without_desktop()
        shown = json.loads(self.home.tenon("vault", "show", "-o", "json").out)["vaults"]
        self.assertEqual([(v["vault"], v["state"], v["new_secrets"]) for v in shown],
                         [("secret-service", "unusable", False), ("sealed", "ready", True)])

    def test_doctor__says_where_secrets_go(self):
        self.desktop.start()
        result = self.home.tenon("doctor", "-o", "jsonl")
        rows = [event for event in result.events() if event.get("id") == "doctor.vault"]
        self.assertIn("Login", rows[0]["detail"])
        self.assertEqual(["new secrets go here" in row["detail"] for row in rows], [True, False])


harness.main()
