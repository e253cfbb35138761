# SPDX-License-Identifier: Apache-2.0
"""The smallest connector through the real program, in a worker and in the process."""
import contextlib
import http.server
import os
import sys
import threading

sys.path.insert(0, os.environ["TENON_HARNESS"])
import harness  # noqa: E402


class Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def web_server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


class Example1(harness.TestCase):
    def wizard(self, address, url):
        return self.home.tenon("wizard", "ex", "--connector", "example1", "--set", f"address={address}", "--set",
                               f"url={url}", "--no-input")

    def test_plugin_info__shows_the_note_and_the_form(self):
        result = self.home.tenon("plugin", "info", os.environ["EXAMPLE1"])
        self.assertEqual(result.status, 0, str(result))
        for word in ("Example 1", "example/1", "source, target", "address", "text, required", "url, required"):
            self.assertIn(word, result.out)

    def test_plugin_info__takes_a_file_of_the_current_directory(self):
        folder, name = os.path.split(os.environ["EXAMPLE1"])
        result = self.home.tenon("plugin", "info", name, cwd=folder)
        self.assertEqual(result.status, 0, str(result))
        self.assertIn("Example 1", result.out)

    def test_wizard__of_a_refused_plugin_says_where_the_reason_stands(self):
        folder = f"{self.home.path}/plugins"
        os.mkdir(folder)
        with open(f"{folder}/mine.so", "w") as file:
            file.write("no plugin")
        result = self.home.tenon("wizard", "ex", "--connector", "mine", "--no-input", "--plugin-dir", folder)
        self.assertEqual(result.status, 3, str(result))
        self.assertIn("refused and why: tenon plugin list", result.err)
        self.assertIn("Refused (TR-", self.home.tenon("plugin", "list", "--plugin-dir", folder).err)

    def test_wizard__saves_what_verify_then_passes_and_later_fails(self):
        with web_server() as url:
            result = self.wizard("anna@example.com", url)
            self.assertEqual(result.status, 0, str(result))
            result = self.home.tenon("verify", "ex", "-o", "jsonl")
            self.assertEqual(result.status, 0, str(result))
            self.assertEqual({id: c["state"] for id, c in result.checks().items()},
                             {"example1.address": "pass", "example1.server": "pass"})
            self.assertIn("HTTP status 204", result.checks()["example1.server"]["detail"])
        result = self.home.tenon("verify", "ex", "-o", "jsonl")
        self.assertEqual(result.status, 10, str(result))
        server = result.checks()["example1.server"]
        self.assertEqual((server["state"], server["cause"], server["field"]), ("fail", "network", "url"))
        self.assertTrue(server["remedy"])

    def test_wizard__saves_nothing_when_the_address_is_none(self):
        with web_server() as url:
            result = self.wizard("anna", url)
        self.assertEqual(result.status, 1, str(result))
        self.assertIn("like anna@example.com", result.out + result.err)
        self.assertEqual(self.home.stored(), [])


if __name__ == "__main__":
    harness.main()
