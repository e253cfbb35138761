# SPDX-License-Identifier: Apache-2.0
"""A connection without a server: what Autodiscover finds stands in the form, and what it does not find has its cause.
The lab answers DNS and stands in for every host; no file of the system is edited."""
import glob
import json

import harness

EWS = "https://mail.contoso.example/EWS/Exchange.asmx"
PASSED = ["net.resolve", "net.connect", "tls.handshake", "tls.certificate", "ews.endpoint", "auth.basic", "ews.version",
          "impersonate.role", "impersonate.mailbox"]


class Autodiscover(harness.TestCase):
    def answers(self, lab, **more):
        return {"server": None, "dns": lab.dns, "resolve": lab.resolve, "mailbox": lab.allowed[0], **more}

    def forget_server(self):
        """The stored connection as if nobody had filled the server in."""
        for path in glob.glob(f"{self.home.path}/config/tenon/connections/corp.json"):
            with open(path, encoding="utf-8") as file:
                document = json.load(file)
            text = json.dumps(document)
            self.assertIn(EWS, text)
            document["values"].pop("server")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(document, file)

    def find(self, scenario, how, **more):
        """Found, saved with its address, and found again by a connection that has none."""
        lab = self.lab(scenario=scenario)
        result = self.wizard(lab, **self.answers(lab, **more))
        self.assertStatus(result, 0)
        self.assertIn(EWS, self.home.tenon("connections", "show", "corp").out)
        self.forget_server()
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        if not more:
            self.assertStatus(result, 0)
            check = result.checks()["discover.autodiscover"]
            self.assertEqual((check["state"], check["detail"]), ("pass", f"{EWS}: {how}."))
            self.assertEqual(check["data"]["url"], EWS)
            self.assertEqual(list(result.checks())[1:], PASSED)
        self.home.tenon("connections", "remove", "corp")
        return result

    def fail(self, scenario, status, verdict, title, *said, password=None, **more):
        lab = self.lab(scenario=scenario)
        self.wizard(lab, password=password, unverified=True, **self.answers(lab, **more))
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, status)
        check = result.checks()["discover.autodiscover"]
        self.assertEqual((check["state"], check["title"], check["data"]["verdict"]), ("fail", title, verdict))
        self.assertTrue(check["remedy"])
        for words in said:
            self.assertIn(words, check["detail"] + check["remedy"])
        for other in PASSED:
            self.assertEqual((result.checks()[other]["state"], result.checks()[other]["because"]),
                             ("skip", "discover.autodiscover"))
        self.lab_now = lab
        return check

    def tries(self, check):
        return [check["data"][f"tried.{n}"] for n in range(1, 25) if f"tried.{n}" in check["data"]]

    # ---- found

    def test_soap__is_signed_in_to_at_the_host_that_asks(self):
        self.find("autodiscover-plain", "autodiscover.contoso.example said so (signed in, SOAP)")

    def test_pox__is_asked_where_there_is_no_soap(self):
        self.find("autodiscover-pox", "autodiscover.contoso.example said so (signed in, POX)")

    def test_ntlm__signs_in_to_autodiscover_as_to_ews(self):
        lab = self.lab(scenario="autodiscover-windows")
        self.assertStatus(self.wizard(lab, **self.answers(lab, auth="auto")), 0)
        self.forget_server()
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, 0)
        self.assertEqual(result.checks()["discover.autodiscover"]["detail"],
                         f"{EWS}: autodiscover.contoso.example said so (signed in, SOAP).")
        self.assertEqual(result.checks()["auth.ntlm"]["state"], "pass")
        self.home.tenon("connections", "remove", "corp")
        self.assertStatus(self.wizard(lab, password="wrong", **self.answers(lab, auth="auto")), 16)
        self.assertEqual(self.attempts(lab)["bad"], 1)

    def test_basic_that_is_not_offered__is_not_sent(self):
        check = self.fail("autodiscover-windows", 16, "discover-no-way", "Autodiscover wants a sign-in that is not to be had",
                          "it offers Negotiate, NTLM, and none of these can be used: nothing was sent")
        self.assertEqual(check["field"], "auth")
        self.assertEqual(self.attempts(self.lab_now)["refused"], 0)

    def test_json__finds_it_without_a_sign_in(self):
        self.find("plain", "autodiscover.contoso.example said so (autodiscover.DOMAIN, JSON)")

    def test_srv__leads_there_by_itself(self):
        self.find("autodiscover-srv", "mail.contoso.example said so (signed in, SOAP)")

    def test_http_redirect__leads_on_and_carries_nothing(self):
        self.find("autodiscover-http-redirect", "mail.contoso.example said so (signed in, SOAP)")

    def test_redirect_address__begins_again_with_the_other_address(self):
        self.find("autodiscover-redirect-address", "autodiscover.emea.contoso.example said so (signed in, SOAP), for "
                                                   "svc-tenon@emea.contoso.example")

    def test_busy__is_asked_again(self):
        result = self.find("autodiscover-busy", "autodiscover.contoso.example said so (signed in, SOAP)")
        self.assertEqual(result.status, 0)

    def test_another_domain__is_signed_in_to_after_a_yes(self):
        self.find("autodiscover-foreign-redirect", "", **{"discover.redirect": "yes"})

    def test_every_try__is_told_with_its_outcome(self):
        lab = self.lab(scenario="autodiscover-plain")
        self.assertStatus(self.wizard(lab, **self.answers(lab)), 0)
        self.forget_server()
        check = self.home.tenon("verify", "corp", "-o", "jsonl").checks()["discover.autodiscover"]
        tries = self.tries(check)
        port = lab.ews.split(":")[2].split("/")[0]
        where = "https://autodiscover.contoso.example/autodiscover/autodiscover"
        self.assertEqual(len(tries), 7)
        self.assertRegex(tries[0], r"_autodiscover\._tcp\.contoso\.example \(SRV record\): DNS: .*; dropped: there is none$")
        self.assertRegex(tries[1], r"https://contoso\.example/.*\(domain\): DNS: .*; dropped: there is no such host$")
        self.assertEqual(tries[3], f"{where}.xml (autodiscover.DOMAIN): 127.0.0.1:{port}, TLSv1.3, HTTP 401; Outlook would "
                                   "take this one")
        self.assertRegex(tries[4], r"JSON\): 127\.0\.0\.1:\d+, TLSv1\.3, HTTP 404; dropped: it has no anonymous answer$")
        self.assertRegex(tries[5], r"^http://.*HTTP 404; dropped: only a redirect counts without TLS$")
        self.assertEqual(tries[6], f"{where}.svc (signed in, SOAP): 127.0.0.1:{port}, TLSv1.3, HTTP 200")

    def test_other_hooks__search_too(self):
        lab = self.lab(scenario="autodiscover-plain")
        self.assertStatus(self.wizard(lab, **self.answers(lab)), 0)
        self.forget_server()
        self.assertStatus(self.home.tenon("impersonate", "corp", *lab.allowed[:5]), 0)
        self.assertStatus(self.home.tenon("browse", "corp", "user00001"), 0)

    # ---- not found

    def test_wrong_password__is_told_as_such_and_offered_once(self):
        lab = self.lab(scenario="autodiscover-plain")
        result = self.wizard(lab, password="not-the-password", **self.answers(lab))
        self.assertStatus(result, 16)
        self.assertIn("Autodiscover refused the password", result.err + result.out)
        self.assertEqual(self.attempts(lab)["bad"], 1)

    def test_wrong_password__tells_more_than_a_name_that_does_not_exist(self):
        check = self.fail("autodiscover-plain", 16, "discover-refused", "Autodiscover refused the password",
                          "asked for a sign-in (Basic)", "`username`", password="not-the-password")
        self.assertEqual((check["field"], check["cause"]), ("password", "auth"))

    def test_cloud__names_the_other_connector(self):
        for scenario in ("autodiscover-cloud", "autodiscover-cloud-exchanger"):
            with self.subTest(scenario):
                check = self.fail(scenario, 1, "discover-cloud", "The mailbox lives in Exchange Online", "office365-ews")
                asked = any("outlook.office365.com" in t for t in self.tries(check))
                self.assertEqual(asked, scenario == "autodiscover-cloud-exchanger")
                self.home.tenon("connections", "remove", "corp")

    def test_loop__ends(self):
        self.fail("autodiscover-loop", 1, "discover-loop", "Autodiscover goes round in circles",
                  "it sends back to https://autodiscover.contoso.example/autodiscover/autodiscover.xml")

    def test_failure__is_told_once_when_nobody_is_there(self):
        lab = self.lab(scenario="autodiscover-loop")
        result = self.wizard(lab, unverified=True, **self.answers(lab))
        self.assertStatus(result, 1)
        self.assertEqual(result.err.count("Autodiscover goes round in circles"), 1, str(result))

    def test_failure__is_told_in_short_where_the_server_is_asked_for(self):
        lab = self.lab(scenario="autodiscover-loop")
        sets = harness.sets({"admin": lab.admin["user"], "ca_file": lab.ca_file, "dns": lab.dns,
                            "resolve": lab.resolve})
        result = self.home.tenon("wizard", "corp", "--connector", "exchange-onprem", *sets, "--secret",
                                 f"password={self.home.secret(lab.password)}", typed="\n\n\n")
        self.assertIn("  ! Autodiscover goes round in circles\n", result.err)
        self.assertIn("name the server in the field `server`", result.err)
        self.assertNotIn("most likely", result.err)

    def test_stale_srv__is_named_with_its_port_and_host(self):
        self.fail("autodiscover-stale-srv", 1, "discover-stale-srv", "The SRV record of Autodiscover leads nowhere",
                  "port 444 at old.contoso.example")

    def test_web_site__is_no_autodiscover(self):
        check = self.fail("autodiscover-web-site", 1, "discover-nothing", "Autodiscover found no server", "`server`")
        self.assertTrue(any("HTTP 200; dropped: a web page" in t for t in self.tries(check)))
        self.assertFalse(any("outlook.office365.com" in t for t in self.tries(check)), "Microsoft is not asked")

    def test_address_unknown__is_the_administrator_s_field(self):
        check = self.fail("autodiscover-address-unknown", 1, "discover-unknown", "Autodiscover does not know the address",
                          "InvalidUser")
        self.assertEqual(check["field"], "admin")

    def test_certificate_of_another_name__is_sent_nothing(self):
        check = self.fail("autodiscover-certificate", 12, "discover-certificate-name",
                          "The host of Autodiscover has a certificate of another name", "localhost, mail.contoso.example")
        self.assertEqual(check["data"]["names"], "localhost, mail.contoso.example, 127.0.0.1")
        self.assertEqual(self.attempts(self.lab_now)["accepted"], 0)

    def test_unknown_authority__is_the_ca_file_s_field(self):
        lab = self.lab(scenario="autodiscover-plain")
        self.wizard(lab, unverified=True, **self.answers(lab, ca_file=None))
        check = self.home.tenon("verify", "corp", "-o", "jsonl").checks()["discover.autodiscover"]
        self.assertEqual((check["state"], check["cause"], check["field"]), ("fail", "tls", "ca_file"))

    def test_another_domain__is_sent_nothing_without_a_yes(self):
        lab = self.lab(scenario="autodiscover-foreign-redirect")
        self.wizard(lab, unverified=True, **self.answers(lab))
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertStatus(result, 1)
        self.assertIn("nobody was there: discover.redirect", result.err)
        check = result.checks()["discover.autodiscover"]
        self.assertEqual(check["data"]["verdict"], "discover-foreign")
        self.assertIn("autodiscover.fabrikam.example", check["detail"])
        self.assertEqual(self.attempts(lab)["accepted"], 0)

    def test_run_over_mailboxes__says_the_cause_of_each(self):
        lab = self.lab(scenario="autodiscover-web-site")
        self.wizard(lab, unverified=True, **self.answers(lab))
        result = self.home.tenon("impersonate", "corp", *lab.allowed[:3], "-o", "jsonl")
        self.assertStatus(result, 1)
        found = [e for e in result.events() if e["event"] == "check"]
        self.assertEqual([e["subject"] for e in found], lab.allowed[:3])
        self.assertEqual({e["title"] for e in found}, {"Autodiscover found no server"})

    def test_the_server_that_is_given__is_not_searched_for(self):
        lab = self.lab(scenario="autodiscover-web-site")
        result = self.wizard(lab, mailbox=lab.allowed[0])
        self.assertStatus(result, 0)
        result = self.home.tenon("verify", "corp", "-o", "jsonl")
        self.assertNotIn("discover.autodiscover", result.checks())


class Form(harness.TestCase):
    """The JSON face: the page after the credentials shows what was found."""

    def test_the_form_gets_the_url_found(self):
        lab = self.lab(scenario="autodiscover-plain")
        answers = {"admin": lab.admin["user"], "ca_file": lab.ca_file, "dns": lab.dns, "resolve": lab.resolve, "auth": "basic"}
        face = self.face("corp", "--connector", "exchange-onprem", *harness.sets(answers),
                         *self.secrets({"password": lab.password}))
        self.assertEqual(face.until("form")["title"], "Admin's credentials")
        face.send("next")
        form = face.until("form")
        self.assertEqual(form["title"], "Server connection")
        server = next(field for field in form["fields"] if field["key"] == "server")
        self.assertEqual((server["value"], server["mark"]), (EWS, "patched"))
        face.send("quit")
        face.end()


harness.main()
