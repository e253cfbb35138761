# SPDX-License-Identifier: Apache-2.0
"""tenon doctor where nothing is configured and where everything is broken: each section stands, none ends the others."""
import json
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import harness

GOOD_KRB5 = """[libdefaults]
 default_realm = CORP.EXAMPLE
 rdns = false
 dns_canonicalize_hostname = false
[domain_realm]
 .corp.example = AD.CORP.EXAMPLE
"""


class Doctor(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.krb5(GOOD_KRB5)

    def krb5(self, text):
        self.home.env["KRB5_CONFIG"] = self.home.file("krb5.conf", text)

    def doctor(self, *args, status=0):
        result = self.home.tenon("doctor", *args, "-o", "jsonl")
        self.assertStatus(result, status)
        self.assertEqual(result.events()[-1]["event"], "result")
        return result

    def rows(self, *args, status=0):
        return self.doctor(*args, status=status).checks()

    def libexec(self):
        """A directory of helpers of its own, empty."""
        path = f"{self.home.path}/libexec"
        os.mkdir(path)
        self.home.env["TENON_LIBEXEC"] = path
        return path

    def script(self, text):
        path = f"{self.libexec()}/tenon-worker"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def test_libraries__are_named_with_their_versions(self):
        rows = self.rows()
        for word in ("libcurl 7", "OpenSSL 3", "c-ares 1", "MIT Kerberos 1"):
            self.assertIn(word.split()[0], rows["doctor.libraries"]["detail"])
        self.assertRegex(rows["doctor.libraries"]["detail"], r"libcurl \d+\.\d+.* OpenSSL \d.* c-ares \d.* MIT Kerberos \d")
        self.assertEqual(rows["doctor.kerberos"]["state"], "pass")
        self.assertEqual(rows["doctor.bindings"]["state"], "pass")
        self.assertRegex(rows["doctor.authorities"]["detail"], r"\d+ in /")

    def test_json__is_one_object_with_the_same_rows(self):
        report = json.loads(self.home.tenon("doctor", "-o", "json").out)
        self.assertIn("doctor.libraries", [check["id"] for check in report["checks"]])

    def test_host__shows_the_service_and_the_realm_that_the_configuration_maps(self):
        rows = self.rows("mail.corp.example")
        self.assertIn("HTTP/mail.corp.example@AD.CORP.EXAMPLE", rows["doctor.spn"]["detail"])
        self.assertIn("krb5.conf", rows["doctor.spn"]["detail"])
        self.assertEqual(rows["doctor.krb5_names"]["state"], "pass")

    def test_default_realm__of_the_example_is_said_to_be_none(self):
        self.assertEqual(self.rows()["doctor.krb5"]["detail"].split(", ")[-1], "default realm CORP.EXAMPLE")
        self.krb5("[libdefaults]\n default_realm = ATHENA.MIT.EDU\n")
        self.assertIn("ATHENA.MIT.EDU: the example", self.rows()["doctor.krb5"]["detail"])

    def test_client_keytab__that_is_not_there_is_none(self):
        row = self.rows()["doctor.keytab"]
        self.assertEqual((row["state"], row["detail"].split()[0]), ("skip", "none"))

    def test_host__without_a_mapping_has_its_realm_guessed(self):
        self.krb5("[libdefaults]\n default_realm = CORP.EXAMPLE\n")
        rows = self.rows("mail.fabrikam.example")
        self.assertIn("guessed", rows["doctor.spn"]["detail"])
        self.assertEqual(rows["doctor.krb5_names"]["state"], "warn")
        self.assertIn("rdns = false", rows["doctor.krb5_names"]["remedy"])

    def test_connection__shows_its_host_and_its_principal(self):
        lab = self.lab()
        self.connect(lab, server="https://mail.corp.example/EWS/Exchange.asmx", admin="svc@corp.example")
        rows = self.rows("corp")
        self.assertIn("HTTP/mail.corp.example@", rows["doctor.spn"]["detail"])
        self.assertEqual(rows["doctor.principal"]["detail"], "svc@CORP.EXAMPLE")
        self.assertIn("directly", rows["doctor.route"]["detail"])

    def test_argument__that_names_nothing_is_usage(self):
        self.assertStatus(self.home.tenon("doctor", "nothing"), 2)
        self.assertStatus(self.home.tenon("doctor", "bad host.example"), 2)
        self.assertStatus(self.home.tenon("doctor", "a.example", "b.example"), 2)

    def test_proxy_variables__are_masked_and_the_one_that_counts_is_said(self):
        self.home.env |= {"https_proxy": "http://anna:hunter22@one.example:3128", "HTTPS_PROXY": "http://two.example",
                          "HTTP_PROXY": "http://three.example", "NO_PROXY": "intern.example"}
        result = self.doctor("mail.corp.example")
        self.assertNotIn("hunter22", result.out + result.err)
        rows = {e["title"]: e["detail"] for e in result.events() if e.get("id") == "doctor.proxy"}
        self.assertIn("counts for https", rows["https_proxy"])
        self.assertIn("does not count", rows["HTTPS_PROXY"])
        self.assertIn("not looked at", rows["HTTP_PROXY"])
        self.assertIn("by the proxy http://anna:...@one.example:3128", result.checks()["doctor.route"]["detail"])
        self.assertIn("NO_PROXY names it", self.rows("mail.intern.example")["doctor.route"]["detail"])

    def test_kerberos_configuration__that_is_garbage_is_named(self):
        self.krb5("[libdefaults\n default_realm\n}}}\n")
        rows = self.rows(status=3)
        self.assertEqual(rows["doctor.krb5"]["state"], "fail")
        self.assertIn(self.home.env["KRB5_CONFIG"], rows["doctor.krb5"]["detail"])
        self.assertIn("doctor.authorities", rows)
        self.assertIn("doctor.proxy", rows)

    def test_ticket_cache__that_leads_nowhere_is_no_failure(self):
        for name in ("FILE:/nonexistent/cache", "DIR:/nonexistent", "NONSENSE:x"):
            self.home.env["KRB5CCNAME"] = name
            self.assertEqual(self.rows()["doctor.tickets"]["state"], "skip")

    def test_worker__that_is_missing_is_one_failure(self):
        self.libexec()
        rows = self.rows(status=3)
        self.assertEqual(rows["doctor.worker"]["state"], "fail")
        self.assertEqual(rows["doctor.libraries"]["state"], "skip")
        self.assertIn("doctor.vault", rows)

    def test_worker__that_cannot_tell_is_one_failure(self):
        for text in ("#!/bin/sh\necho '{'\n", "#!/bin/sh\nexit 1\n", "#!/bin/sh\nhead -c 400000 /dev/zero\n",
                     "#!/nonexistent\n"):
            self.script(text)
            rows = self.rows(status=3)
            self.assertEqual(rows["doctor.libraries"]["state"], "fail", text)
            self.assertIn("doctor.proxy", rows)
            shutil.rmtree(self.home.env["TENON_LIBEXEC"])

    def test_worker__that_hangs_is_not_waited_for_for_ever(self):
        self.script("#!/bin/sh\nexec sleep 60\n")
        rows = self.rows(status=3)
        self.assertIn("no answer in time", rows["doctor.libraries"]["detail"])

    def test_directories__that_are_files_are_each_named(self):
        for name in ("config", "data", "state"):
            with open(f"{self.home.path}/{name}", "w", encoding="utf-8"):
                pass
        rows = self.rows(status=3)
        for name in ("doctor.config_dir", "doctor.data_dir", "doctor.state_dir"):
            self.assertEqual(rows[name]["state"], "fail")
        self.assertIn("doctor.libraries", rows)

    def test_store__that_others_may_write_is_a_failure_with_the_command(self):
        lab = self.lab()
        self.connect(lab)
        os.chmod(f"{self.home.path}/config/tenon/connections", 0o777)
        rows = self.rows(status=3)
        self.assertEqual(rows["doctor.store"]["state"], "fail")
        self.assertIn("chmod go-w", rows["doctor.store"]["remedy"])
        self.assertStatus(self.home.tenon("verify", "corp"), 3)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give a file away")
    def test_connection__of_another_user_is_a_failure_that_speaks_of_sudo(self):
        lab = self.lab()
        self.connect(lab)
        os.chown(f"{self.home.path}/config/tenon/connections/corp.json", 12345, -1)
        result = self.doctor(status=3)
        self.assertIn("without sudo", result.checks()["doctor.connection"]["remedy"])
        self.assertIn("without sudo", self.home.tenon("verify", "corp").err)

    def test_home__unset_leaves_the_rest_standing(self):
        for name in ("HOME", "LC_ALL", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            del self.home.env[name]
        result = self.home.tenon("doctor")
        self.assertIn("Libraries", result.out)
        self.assertIn("Passed" if result.status == 0 else "Failed", result.out)

    def test_choice_of_a_vault__that_is_damaged_is_a_failure(self):
        os.makedirs(f"{self.home.path}/config/tenon")
        with open(f"{self.home.path}/config/tenon/vault.json", "w", encoding="utf-8") as file:
            file.write("{")
        rows = self.rows(status=3)
        self.assertEqual(rows["doctor.vault"]["state"], "fail")
        self.assertIn("tenon vault use auto", rows["doctor.vault"]["remedy"])

    def test_vaults__are_both_shown(self):
        rows = [e for e in self.doctor().events() if e.get("id") == "doctor.vault"]
        self.assertEqual([r["state"] for r in rows], ["skip", "pass"])
        self.assertEqual(rows[0]["detail"], "Secret Service, no session bus")
        self.assertIn("new secrets go here", rows[1]["detail"])

    def test_sandbox__is_told_for_a_worker_and_none_in_process(self):
        self.assertIn("no_new_privs", self.rows()["doctor.sandbox"]["detail"])
        result = self.home.tenon("doctor", "--in-process", "-o", "jsonl")
        self.assertIn("none", result.checks()["doctor.sandbox"]["detail"])


harness.main()
