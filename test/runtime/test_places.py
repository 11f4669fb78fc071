"""Artifacts that are not in the usual place."""

import os
import unittest

from harness import STRING, RuntimeTest, artifact, read, reference, write

READ = """
def f(x) -> str:
    with open(x.path) as file:
        return x.uri + " " + file.read()
"""
WRITE = """
def f(x) -> None:
    with open(x.path, "w") as file:
        file.write("data")
    x.metadata["n"] = 1
"""


class Places(RuntimeTest):
    def test_by_reference_there_is_no_path(self):
        source = """
            def f(x) -> str:
                try:
                    return x.path
                except RuntimeError as error:
                    return str(error)
        """
        expected = "s3://b/k is not on disk: the task gets it by reference, to be read by its uri"
        given = {
            "asked": (artifact(byReference=True), reference("k", uri="s3://b/k")),
            "imported": (artifact(), reference("", uri="s3://b/k")),
        }
        for port, text in given.values():
            result = self.succeed(source, {"x": port}, {"Output": STRING}, {"x": text})
            self.assertEqual(result.output(), expected)

    def test_by_reference_a_path_is_refused(self):
        ports = {"x": artifact(byReference=True)}
        result = self.fail_with(3, "def f(x): pass", ports, None, {"x": reference("k")}, paths=["x"])
        self.assertIn('the input "x" was not fetched, and the function takes a path: it is at artifact:///k', result.stderr)

    def test_fetched_from_the_web_it_has_a_path(self):
        self.place("x", "rows")
        texts = {"x": reference("", uri="https://example.com/x")}
        result = self.succeed(READ, {"x": artifact()}, {"Output": STRING}, texts)
        self.assertEqual(result.output(), "https://example.com/x rows")

    def test_an_output_in_another_store(self):
        places = {"KFP_KEY_x": "a/b", "KFP_URI_x": "s3://lake/a/b"}
        result = self.succeed(WRITE, None, {"x": artifact()}, None, places)
        expected = {"key": "a/b", "metadata": {"n": 1}, "type": "system.Dataset", "uri": "s3://lake/a/b"}
        self.assertEqual(result.reference("x"), expected)
        self.assertEqual(result.data("x"), "data")

    def test_an_output_on_a_volume_stays_there(self):
        volume = self.path("volume")
        os.mkdir(volume)
        places = {"KFP_KEY_x": "runs/1/x", "KFP_URI_x": "pvc://data/runs/1/x"}
        result = self.succeed(WRITE, None, {"x": artifact(volume=volume)}, None, places)
        self.assertEqual(read(os.path.join(volume, "runs", "1", "x")), "data")
        self.assertIsNone(result.data("x"))
        self.assertEqual(result.reference("x")["uri"], "pvc://data/runs/1/x")

    def test_an_input_on_a_volume_is_read_there(self):
        volume = self.path("volume")
        write(os.path.join(volume, "runs", "x"), "rows")
        ports, texts = {"x": artifact(volume=volume)}, {"x": reference("runs/x", uri="pvc://data/runs/x")}
        result = self.succeed(READ, ports, {"Output": STRING}, texts)
        self.assertEqual(result.output(), "pvc://data/runs/x rows")

    def test_a_key_never_leaves_the_volume(self):
        for key in ("../x", "/etc/passwd", "a/../../x"):
            texts = {"x": reference(key, uri="pvc://data/x")}
            result = self.fail_with(3, READ, {"x": artifact(volume="/data")}, {"Output": STRING}, texts)
            self.assertIn("is not a plain path on its volume", result.stderr)

    def test_what_was_not_fetched_is_passed_on(self):
        source = "def f(x): return x"
        texts = {"x": reference("", uri="hf://org/data", metadata={"rows": 3})}
        result = self.succeed(source, {"x": artifact()}, {"Output": artifact()}, texts)
        found = result.reference("Output")
        self.assertEqual((found["uri"], found["metadata"]), ("hf://org/data", {"rows": 3}))


if __name__ == "__main__":
    unittest.main()
