# SPDX-License-Identifier: Apache-2.0
"""As somebody outside has it: what `meson install` puts into an empty directory, a compiler, and nothing of the source
tree. The commands are those that the examples' READMEs give, word for word."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.environ["TENON_HARNESS"])
import harness  # noqa: E402

SOURCE = pathlib.Path(os.environ["TENON_SOURCE"])
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fPIC", "-shared", "-Wl,-z,defs"]
work = installed = None


def setUpModule():
    global work, installed
    # not under the home of a test, and not where others may write: the trust check looks at every directory above
    work = pathlib.Path(tempfile.mkdtemp(prefix="tenon-outsider."))
    done = subprocess.run(["meson", "install", "--no-rebuild", "--quiet", "-C",
                           os.environ["TENON_BUILD"], "--destdir", str(work / "root")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    installed = work / "root" / os.environ["TENON_PREFIX"].lstrip("/")


def tearDownModule():
    shutil.rmtree(work)


def shell(command, folder):
    pc = next(installed.rglob("tenon-plugin.pc")).parent
    env = {**os.environ, "PKG_CONFIG_PATH": str(pc), "PKG_CONFIG_SYSROOT_DIR": str(work / "root")}
    return subprocess.run(command, shell=True, cwd=folder, env=env, capture_output=True, text=True)


def readme_command(example, start):
    text = (SOURCE / "sdk" / "examples" / example / "README.md").read_text()
    return re.search(rf"^    ({re.escape(start)} .*)$", text, re.M).group(1)


class Outsider(harness.TestCase):
    def setUp(self):
        super().setUp()
        libexec = next(installed.rglob("tenon-worker")).parent
        plugins = next(installed.rglob("exchange-onprem.so")).parent
        os.environ["TENON"] = str(next((installed / "bin").glob("tenon")))
        self.home.env |= {"TENON_LIBEXEC": str(libexec), "TENON_PLUGIN_PATH": str(plugins)}
        self.own = pathlib.Path(self.home.env["XDG_DATA_HOME"]) / "tenon" / "plugins"
        self.own.mkdir(parents=True, mode=0o755)
        self.folder = pathlib.Path(self.home.path) / "mine"
        self.folder.mkdir()

    def compile(self, compiler, source, *flags):
        shutil.copy(source, self.folder)
        name = f"{pathlib.Path(source).stem}.so"
        done = subprocess.run([compiler, *flags, *STRICT, "-I", str(installed / "include"), "-o",
                               str(self.own / name), pathlib.Path(source).name], cwd=self.folder, capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.own / name

    def assertWorks(self, id, *sets):
        result = self.home.tenon("wizard", "out", "--connector", id, *sets, "--no-input", "--unverified")
        self.assertStatus(result, 0 if id == "cxx" else 10)
        result = self.home.tenon("verify", "out", "-o", "jsonl")
        self.assertNotIn("plugin.", str(sorted(result.checks())), str(result))
        self.assertTrue(result.checks(), str(result))

    def test_installed_tree__has_a_program_that_finds_its_plugins(self):
        result = self.home.tenon("plugin", "list")
        self.assertStatus(result, 0)
        self.assertIn("exchange-onprem", result.out)
        self.assertNotIn("Refused", result.err)
        self.assertStatus(self.home.tenon("plugin", "info", "exchange-onprem"), 0)
        self.assertStatus(self.home.tenon("lab", "--list"), 0)

    def test_example1__compiles_as_its_readme_says_and_is_found_among_ones_own_plugins(self):
        shutil.copy(SOURCE / "sdk/examples/example1/example1.c", self.folder)
        done = shell(readme_command("example1", "cc"), self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        shutil.move(self.folder / "example1.so", self.own)
        self.assertWorks("example1", "--set", "address=a@b.example", "--set", "url=http://127.0.0.1:1/")

    def test_example1__compiles_without_a_warning_as_strict_c11_and_c17(self):
        for compiler in filter(shutil.which, ("cc", "clang")):
            for standard in ("c11", "c17"):
                with self.subTest(compiler=compiler, standard=standard):
                    self.compile(compiler, SOURCE / "sdk/examples/example1/example1.c", f"-std={standard}")
        self.assertStatus(self.home.tenon("plugin", "info", "example1"), 0)

    def test_connector_in_cxx__compiles_without_a_warning_as_strict_cxx17_and_works(self):
        for compiler in filter(shutil.which, ("g++", "clang++")):
            with self.subTest(compiler=compiler):
                self.compile(compiler, SOURCE / "tests/examples/plugin.cc", "-std=c++17")
                self.assertWorks("cxx")

    def test_embed1__compiles_as_its_readme_says_and_verifies(self):
        example1 = self.compile("cc", SOURCE / "sdk/examples/example1/example1.c", "-std=c11")
        shutil.copy(SOURCE / "sdk/examples/embed1/embed1.c", self.folder)
        done = shell(readme_command("embed1", "cc") + " -Werror -Wpedantic", self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        env = {**self.home.env, "EMBED1_LIBEXEC": self.home.env["TENON_LIBEXEC"], "EMBED1_PLUGINS": str(example1.parent),
               "LD_LIBRARY_PATH": str(next(installed.rglob("libtenon.so")).parent)}
        run = lambda *args: subprocess.run([self.folder / "embed1", *args], env=env, capture_output=True, text=True,
                                           timeout=harness.SECONDS_MAX)
        self.assertIn("example1: The smallest connector", run().stdout)
        done = run("example1", "address=a@b.example", "url=http://127.0.0.1:1/")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("pass example1.address", done.stdout)
        self.assertIn("fail example1.server", done.stdout)
        self.assertIn("what to do", done.stdout)


if __name__ == "__main__":
    harness.main()
