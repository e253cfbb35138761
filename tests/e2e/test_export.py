# SPDX-License-Identifier: Apache-2.0
"""Connections that travel: exported here, imported in another home, and used there."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import harness


class Export(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.there = harness.Home()
        self.addCleanup(self.there.close)

    def file(self, text, name="export.json"):
        path = f"{self.there.path}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def export(self, *args, status=0):
        result = self.home.tenon("connections", "export", *args)
        self.assertStatus(result, status)
        return result

    def shown(self, home, name="corp"):
        return json.loads(home.tenon("connections", "show", name, "-o", "json").out)

    def passphrase(self, home, text="open sesame"):
        return home.secret(text, name="passphrase")

    def test_export__without_secrets_names_what_it_leaves_out(self):
        lab = self.lab()
        self.connect(lab)
        result = self.export("corp")
        self.assertNotIn(lab.password, result.out)
        self.assertIn("password", result.err)
        document = json.loads(result.out)
        self.assertEqual(document["tenon_export"], 1)
        item = document["connections"][0]
        self.assertEqual((item["name"], item["connector"]), ("corp", "exchange-onprem"))
        self.assertEqual(item["values"]["server"], lab.ews)
        self.assertEqual(item["secrets"], {"password": {}})
        self.assertIn("bytes", item["files"]["ca_file"])
        self.assertNotIn("ca_file", item["values"])

    def test_import__asks_for_the_secrets_that_did_not_come(self):
        lab = self.lab()
        self.connect(lab)
        path = self.file(self.export("corp").out)
        result = self.there.tenon("connections", "import", path)
        self.assertStatus(result, 0)
        self.assertIn("password", result.err)
        self.assertIn("tenon wizard corp", result.err)
        result = self.there.tenon("wizard", "corp", "--no-input", "--secret", "password=-", typed=lab.password + "\n")
        self.assertStatus(result, 0)
        self.assertStatus(self.there.tenon("verify", "corp"), 0)

    def test_sealed_export__works_at_once_where_it_is_imported(self):
        lab = self.lab()
        self.connect(lab)
        result = self.export("corp", "--secrets", "--passphrase-file", self.passphrase(self.home))
        self.assertNotIn(lab.password, result.out)
        self.assertNotIn(lab.ews, result.out)
        path = self.file(result.out)
        result = self.there.tenon("connections", "import", path, "--passphrase-file", self.passphrase(self.there))
        self.assertStatus(result, 0)
        self.assertIn("tenon verify corp", result.err)
        self.assertStatus(self.there.tenon("verify", "corp"), 0)
        for name, content in self.there.files():
            self.assertNotIn(lab.password.encode(), content, name)

    def test_sealed_import__with_another_passphrase_is_refused(self):
        lab = self.lab()
        self.connect(lab)
        path = self.file(self.export("corp", "--secrets", "--passphrase-file", self.passphrase(self.home)).out)
        result = self.there.tenon("connections", "import", path, "--passphrase-file", self.passphrase(self.there, "wrong"))
        self.assertStatus(result, 2)
        self.assertIn("passphrase does not open it", result.err)
        self.assertEqual(self.there.stored(), [])

    def test_import__with_a_passphrase_takes_nothing_unsealed(self):
        lab = self.lab()
        self.connect(lab)
        path = self.file(self.export("corp").out)
        result = self.there.tenon("connections", "import", path, "--passphrase-file", self.passphrase(self.there))
        self.assertStatus(result, 2)
        self.assertIn("not sealed", result.err)
        self.assertStatus(self.there.tenon("connections", "import", path), 0)

    def test_passphrase__is_never_asked_of_nobody(self):
        lab = self.lab()
        self.connect(lab)
        result = self.export("corp", "--secrets", status=4)
        self.assertIn("--passphrase-file", result.err)
        self.assertEqual(result.out, "")
        path = self.file(self.export("corp", "--secrets", "--passphrase-file", self.passphrase(self.home)).out)
        result = self.there.tenon("connections", "import", path)
        self.assertStatus(result, 4)
        self.assertIn("--passphrase-file", result.err)

    def test_passphrase_file__that_others_may_read_is_refused(self):
        lab = self.lab()
        self.connect(lab)
        path = self.passphrase(self.home)
        os.chmod(path, 0o644)
        result = self.export("corp", "--secrets", "--passphrase-file", path, status=2)
        self.assertIn("chmod 600", result.err)

    def test_import__over_a_connection_of_that_name_is_refused_before_anything_is_written(self):
        lab = self.lab()
        self.connect(lab, name="alpha")
        self.connect(lab, name="beta")
        path = self.file(self.export("alpha", "beta").out)
        self.assertStatus(self.there.tenon("connections", "import", self.file(self.export("beta").out, "beta.json")), 0)
        before = dict(self.there.files())
        result = self.there.tenon("connections", "import", path)
        self.assertStatus(result, 2)
        self.assertIn("--replace", result.err)
        self.assertEqual(dict(self.there.files()), before)
        self.assertStatus(self.there.tenon("connections", "import", path, "--replace"), 0)
        self.assertEqual(self.there.stored(), ["alpha", "beta"])

    def test_import__under_another_name(self):
        lab = self.lab()
        self.connect(lab)
        path = self.file(self.export("corp").out)
        self.assertStatus(self.home.tenon("connections", "import", path, "--as", "berlin"), 0)
        self.assertEqual(self.home.stored(), ["berlin", "corp"])
        self.assertStatus(self.home.tenon("connections", "import", path, "--as", "Bad Name"), 2)

    def test_replaced_connection__keeps_no_secret_of_the_old_one(self):
        lab = self.lab()
        self.connect(lab)
        document = json.loads(self.export("corp").out)
        document["connections"][0]["values"]["server"] = "https://elsewhere.example/EWS/Exchange.asmx"
        result = self.home.tenon("connections", "import", self.file(json.dumps(document)), "--replace")
        self.assertStatus(result, 0)
        self.assertEqual(self.shown(self.home)["secrets"], [])
        vault = f"{self.home.path}/data/tenon/vault"
        self.assertEqual([f for f in os.listdir(vault) if f.endswith(".sealed")], [])

    def test_files__come_along_and_go_with_their_connection(self):
        lab = self.lab()
        self.connect(lab)
        path = self.file(self.export("corp").out)
        self.assertStatus(self.there.tenon("connections", "import", path), 0)
        copy = self.shown(self.there)["values"]["ca_file"]
        with open(copy, "rb") as here, open(lab.ca_file, "rb") as there:
            self.assertEqual(here.read(), there.read())
        self.assertEqual(os.stat(copy).st_mode & 0o777, 0o600)
        self.assertTrue(copy.startswith(f"{self.there.path}/config/tenon/files/"))
        self.assertStatus(self.there.tenon("connections", "remove", "corp"), 0)
        self.assertFalse(os.path.exists(copy))

    def test_file__with_a_private_key_goes_sealed_or_not_at_all(self):
        lab = self.lab()
        with open(lab.ca_file, encoding="utf-8") as file:
            mixed = self.home.secret(file.read() + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "mixed.pem")
        self.connect(lab, ca_file=mixed)
        result = self.export("corp")
        self.assertEqual(json.loads(result.out)["connections"][0]["files"]["ca_file"], {"name": "mixed.pem", "secret": True})
        self.assertIn("ca_file", result.err)

    def test_file__that_is_gone_is_named_and_nothing_is_exported(self):
        lab = self.lab()
        path = self.home.secret("x", "gone.pem")
        self.connect(lab, ca_file=path)
        os.unlink(path)
        result = self.export("corp", status=3)
        self.assertIn(path, result.err)
        self.assertEqual(result.out, "")

    def test_unknown_connector__is_imported_with_a_warning(self):
        text = '{"tenon_export":1,"connections":[{"name":"far","connector":"not-here","values":{"server":"x"}}]}'
        result = self.there.tenon("connections", "import", self.file(text))
        self.assertStatus(result, 0)
        self.assertIn("not-here", result.err)
        self.assertEqual(self.there.stored(), ["far"])
        result = self.there.tenon("connections", "export", "far")
        self.assertStatus(result, 0)
        self.assertIn("not-here", result.err)

    def test_import__of_what_is_no_export_says_why(self):
        for text in ("", "no json", "{}", '{"tenon_export":1,"connections":[]}'):
            result = self.there.tenon("connections", "import", self.file(text))
            self.assertStatus(result, 2)
            self.assertIn("is not imported", result.err)
        result = self.there.tenon("connections", "import", "/nonexistent")
        self.assertStatus(result, 2)
        self.assertIn("/nonexistent", result.err)

    def test_import__reads_standard_input(self):
        lab = self.lab()
        self.connect(lab)
        result = self.there.tenon("connections", "import", "-", typed=self.export("--all").out)
        self.assertStatus(result, 0)
        self.assertEqual(self.there.stored(), ["corp"])

    def test_usage__is_checked(self):
        for args in (("export",), ("export", "a", "--all"), ("export", "a", "--passphrase-file", "x"), ("import",),
                     ("import", "a", "b")):
            self.assertStatus(self.home.tenon("connections", *args), 2)


harness.main()
