"""Packages, installed from a folder: no network."""

import importlib.util
import os
import unittest
import zipfile

from harness import STRING, RuntimeTest

PIP = importlib.util.find_spec("pip") is not None
USE = """
def f() -> str:
    import os, demo_pkg, shutil, subprocess
    print(subprocess.run(["demo-tool"], stdout=subprocess.PIPE).stdout.decode().strip())
    return demo_pkg.__file__ + " " + demo_pkg.VERSION
"""


def wheel(folder, version):
    """Writes a wheel of demo-pkg."""
    info = "demo_pkg-%s.dist-info/" % version
    files = {
        "demo_pkg.py": "VERSION = %r\ndef main():\n    print('tool', VERSION)\n" % version,
        info + "METADATA": "Metadata-Version: 2.1\nName: demo-pkg\nVersion: %s\n" % version,
        info + "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        info + "entry_points.txt": "[console_scripts]\ndemo-tool = demo_pkg:main\n",
    }
    record = "".join("%s,,\n" % name for name in list(files) + [info + "RECORD"])
    with zipfile.ZipFile(os.path.join(folder, "demo_pkg-%s-py3-none-any.whl" % version), "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(info + "RECORD", record)


@unittest.skipUnless(PIP, "this Python has no pip")
class InstallTest(RuntimeTest):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("wheels"))
        wheel(self.path("wheels"), "1.0")
        self.environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.path("wheels")}

    def test_into_the_work_folder(self):
        result = self.succeed(USE, {}, {"Output": STRING}, environment=self.environment, packages=["demo-pkg==1.0"])
        self.assertTrue(result.output().startswith(self.path("work", "site")), result.output())
        self.assertTrue(result.output().endswith(" 1.0"))
        self.assertEqual((result.stdout, result.stderr), ("tool 1.0\n", ""))

    def test_into_a_virtual_environment(self):
        source = USE.replace("return ", "import sys\n    assert sys.prefix != sys.base_prefix\n    return ")
        result = self.succeed(
            source, {}, {"Output": STRING}, environment=self.environment, packages=["demo-pkg"], useVenv=True
        )
        self.assertTrue(result.output().startswith(self.path("work", "venv")), result.output())

    def test_a_package_that_cannot_be_installed_is_named(self):
        environment = dict(self.environment, KFP_LOG="json")
        result = self.fail_with(
            2, USE, {}, {"Output": STRING}, environment=environment, packages=["demo-pkg==9", "other"]
        )
        self.assertTrue(
            result.termination.startswith("InstallError: pip could not install demo-pkg==9, other"), result.termination
        )
        self.assertIn("No matching distribution", result.termination)
        self.assertEqual([event["event"] for event in result.events()], ["install", "end"])


class RequestTest(RuntimeTest):
    """What needs no pip that works: a program in its place shows what it is given."""

    def setUp(self):
        super().setUp()
        with open(self.path("fake", "pip", "__main__.py"), "w") as file:
            file.write(
                "import json, os, sys\n"
                "print(json.dumps([sys.argv[1:], {k: v for k, v in os.environ.items() if k.startswith('PIP_')}]))\n"
                "print('Looking in indexes: https://user:secret@example.com/simple')\n"
                "sys.exit(1)\n"
            )
        with open(self.path("fake", "pip", "__init__.py"), "w"):
            pass

    def asked(self, environment=None, **component):
        environment = dict({"PYTHONPATH": self.path("fake")}, **(environment or {}))
        result = self.fail_with(2, "def f():\n    pass\n", environment=environment, **component)
        return result, __import__("json").loads(result.stderr.splitlines()[1])

    def test_each_requirement_is_one_argument(self):
        packages = ["a; python_version > '3'", "b @ file:///x y", "$(id)"]
        _, (arguments, _) = self.asked(packages=packages)
        self.assertEqual(arguments[arguments.index("--") + 1 :], packages)

    def test_options_are_refused(self):
        for package in ("--index-url=http://evil", " -r x", "-e.", ""):
            result = self.fail_with(2, "def f():\n    pass\n", packages=["fine", package])
            self.assertIn("%r is not a package" % package, result.termination)

    def test_indexes_and_hosts(self):
        urls = ["https://user:pass@one.example/simple", "https://two.example", "https://three.example"]
        environment = {"PIP_TARGET": "/x", "PIP_USER": "1"}
        result, (arguments, variables) = self.asked(
            environment, packages=["a"], pipIndexUrls=urls, pipTrustedHosts=["one.example", "two"]
        )
        self.assertNotIn("example", " ".join(arguments))
        self.assertEqual(variables["PIP_EXTRA_INDEX_URL"], "https://two.example https://three.example")
        self.assertEqual(variables["PIP_TRUSTED_HOST"], "one.example two")
        self.assertNotIn("PIP_TARGET", variables)
        for text in (result.stdout, result.stderr, result.termination):
            self.assertNotIn("pass@", text)
            self.assertNotIn("secret", text)
        self.assertEqual(variables["PIP_INDEX_URL"], "https://****@one.example/simple")

    def test_credentials_in_a_requirement_are_masked_everywhere(self):
        for form in ("json", "debug", ""):
            environment = {"PYTHONPATH": self.path("fake"), "KFP_LOG": form}
            result = self.fail_with(
                2, "def f():\n    pass\n", environment=environment, packages=["x @ https://user:hush@example.com/x.whl"]
            )
            self.assertNotIn("hush", result.termination)
            if form != "debug":  # there pip's own output is streamed; pip masks
                self.assertNotIn("hush", result.stderr)

    def test_packages_that_are_there_already(self):
        self.succeed("def f():\n    pass\n", environment={"KFP_SKIP_INSTALL": "1"}, packages=["a"], useVenv=True)

    def test_an_image_without_pip(self):
        with open(self.path("none", "pip.py"), "w") as file:
            file.write("raise ImportError\n")
        with open(self.path("none", "ensurepip.py"), "w") as file:
            file.write("raise SystemExit('ensurepip is disabled')\n")
        with open(self.path("none", "sitecustomize.py"), "w") as file:
            file.write(
                "import importlib.util as u\nfind = u.find_spec\nu.find_spec = lambda name, *a: None if name == 'pip' else find(name, *a)\n"
            )
        result = self.fail_with(
            2, "def f():\n    pass\n", environment={"PYTHONPATH": self.path("none")}, packages=["a"]
        )
        self.assertIn("the image has no pip, which is needed for a\nensurepip is disabled", result.termination)


if __name__ == "__main__":
    unittest.main()
