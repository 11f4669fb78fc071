"""Runs components through launch.py, as a pod does."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
RUNTIME = os.path.join(HERE, "..", "..", "src", "runtime")
FIXTURES = os.path.join(HERE, "..", "fixtures")

INTEGER = {"type": "NUMBER_INTEGER"}
DOUBLE = {"type": "NUMBER_DOUBLE"}
STRING = {"type": "STRING"}
BOOLEAN = {"type": "BOOLEAN"}
LIST = {"type": "LIST"}
STRUCT = {"type": "STRUCT"}


def optional(port):
    """A port that may be left out."""
    return dict(port, optional=True)


def artifact(type="Dataset", **more):
    """A port of an artifact, or of a list of artifacts."""
    return dict({"artifact": "system." + type if "." not in type else type}, **more)


def reference(key, type="system.Dataset", metadata=None, **more):
    """The text of a reference."""
    return json.dumps(dict({"key": key, "type": type, "metadata": json.dumps(metadata or {})}, **more))


class Result:
    """What a run left behind."""

    def __init__(self, code, stdout, stderr, work, termination):
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.work = work
        self.termination = termination

    def output(self, name="Output"):
        """The text of an output, None where there is none."""
        return read(os.path.join(self.work, "outputs", name))

    def reference(self, name):
        """The reference of an output, with its metadata decoded."""
        found = json.loads(self.output(name))
        found["metadata"] = json.loads(found["metadata"])
        return found

    def data(self, *path):
        """The data of an output artifact."""
        return read(os.path.join(self.work, "artifacts", *path))

    def events(self):
        """The events of a run with KFP_LOG=json."""
        return [json.loads(line) for line in self.stderr.splitlines()]


class RuntimeTest(unittest.TestCase):
    """A test with a folder of its own and components to run in it."""

    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.work = self.path("work")
        os.mkdir(self.work)

    def path(self, *parts):
        """A path in the test's folder; the folder that holds it exists."""
        path = os.path.join(self.folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def place(self, name, text):
        """Puts the data of an input artifact where the engine would."""
        write(self.path("inputs", *name.split("/")), text)

    def command(self, source, inputs, outputs, texts, environment, component):
        """The command and environment of a run."""
        source = textwrap.dedent(source).lstrip("\n")
        function = component.pop("function", None) or source.rpartition("\ndef ")[2].partition("(")[0].replace(
            "def ", ""
        )
        path = self.path("component", function + ".py")
        write(path, source)
        spec = dict({"function": function, "inputs": inputs or {}, "outputs": outputs or {}}, **component)
        variables = {
            name: value for name, value in os.environ.items() if not name.startswith(("KFP_", "PYTHON", "PIP_"))
        }
        variables.update(
            KFP_COMPONENT=json.dumps(spec),
            KFP_SOURCE=path,
            KFP_INPUTS_DIR=self.path("inputs"),
            KFP_WORK_DIR=self.work,
            KFP_TERMINATION_LOG=self.path("termination"),
        )
        for name, port in (outputs or {}).items():
            if "artifact" in port:
                variables["KFP_KEY_" + name] = "ns/run/pod/" + name
        for name, text in (texts or {}).items():
            variables["KFP_INPUT_" + name] = text
        variables.update(environment or {})
        variables = {name: value for name, value in variables.items() if value is not None}
        return [sys.executable, os.path.join(RUNTIME, "launch.py")], variables

    def execute(self, source, inputs=None, outputs=None, texts=None, environment=None, **component):
        """Runs a component, whatever comes of it."""
        command, variables = self.command(source, inputs, outputs, texts, environment, component)
        done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        stdout, stderr = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        return Result(done.returncode, stdout, stderr, self.work, read(self.path("termination")))

    def succeed(self, *arguments, **more):
        """Runs a component that must succeed."""
        result = self.execute(*arguments, **more)
        self.assertEqual(result.code, 0, result.stderr)
        return result

    def fail_with(self, code, *arguments, **more):
        """Runs a component that must fail with an exit code."""
        result = self.execute(*arguments, **more)
        self.assertEqual(result.code, code, result.stdout + result.stderr)
        return result


def read(path):
    """A file's text, None where there is none."""
    if not os.path.isfile(path):
        return None
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def write(path, text):
    """Writes a file and the folders above it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
