"""From texts to arguments."""

import json
import unittest

from harness import BOOLEAN, DOUBLE, INTEGER, LIST, STRING, STRUCT, RuntimeTest, artifact, optional, reference

ECHO = """
def echo(x):
    print(repr(x))
"""


class ParameterTest(RuntimeTest):
    def printed(self, port, text, source=ECHO, **more):
        return self.succeed(source, {"x": port}, texts={"x": text}, **more).stdout.strip()

    def test_values_have_the_declared_type(self):
        for port, text, expected in [
            (STRING, "5", "'5'"),
            (STRING, "null", "'null'"),
            (STRING, "", "''"),
            (STRING, 'json:"a {\\u007bb}} \\u0024"', "'a {{b}} $'"),
            (INTEGER, "5", "5"),
            (INTEGER, "5.0", "5"),
            (DOUBLE, "5", "5.0"),
            (DOUBLE, "NaN", "nan"),
            (BOOLEAN, "true", "True"),
            (LIST, '["a",1]', "['a', 1]"),
            (STRUCT, 'json:{"a":"\\u0024"}', "{'a': '$'}"),
        ]:
            with self.subTest(text):
                self.assertEqual(self.printed(port, text), expected)

    def test_text_is_utf8_in_every_locale(self):
        environment = {"LC_ALL": "C", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        self.assertEqual(self.printed(STRING, "é😀", environment=environment), "'é😀'")

    def test_three_states(self):
        source = """
        def f(x="default"):
            print(repr(x))
        """
        for texts, expected in [
            ({}, "'default'"),
            ({"x": "json:"}, "'default'"),
            ({"x": "json:null"}, "None"),
            ({"x": ""}, "''"),
        ]:
            with self.subTest(texts):
                self.assertEqual(self.succeed(source, {"x": optional(STRING)}, texts=texts).stdout.strip(), expected)

    def test_an_optional_input_without_a_default_is_none(self):
        self.assertEqual(self.succeed(ECHO, {"x": optional(STRING)}).stdout.strip(), "None")

    def test_a_keyword_only_default_counts(self):
        source = """
        def f(x, *, y=3):
            print(x, y)
        """
        self.assertEqual(self.succeed(source, {"x": INTEGER, "y": optional(INTEGER)}, texts={"x": "1"}).stdout, "1 3\n")

    def test_missing_inputs_are_named(self):
        source = """
        def train(a, b, c=1):
            pass
        """
        result = self.fail_with(3, source, {"a": STRING, "b": INTEGER, "c": optional(INTEGER)}, texts={"a": "json:"})
        self.assertIn('train: no value for the required inputs "a", "b"', result.stderr)
        self.assertEqual(result.termination, 'ContractError: train: no value for the required inputs "a", "b"')
        self.assertNotIn("Traceback", result.stderr)

    def test_a_value_of_another_type_is_named(self):
        result = self.fail_with(3, ECHO, {"x": INTEGER}, texts={"x": "ten"})
        self.assertIn("echo: input \"x\": expected NUMBER_INTEGER, got 'ten'", result.termination)

    def test_an_input_that_the_source_lacks(self):
        result = self.fail_with(3, ECHO, {"x": STRING, "y": STRING}, texts={"x": "1", "y": "2"})
        self.assertIn("echo has no parameter y", result.termination)

    def test_an_input_may_be_named_like_a_folder(self):
        source = """
        def f(DIR):
            print(DIR)
        """
        self.assertEqual(self.succeed(source, {"DIR": STRING}, texts={"DIR": "x"}).stdout, "x\n")

    def test_a_parameter_as_a_path(self):
        source = """
        def f(s, l):
            print(open(s).read(), open(l).read())
        """
        texts = {"s": 'json:"\\u0024"', "l": "[1.0, 2]"}
        result = self.succeed(source, {"s": STRING, "l": LIST}, texts=texts, paths=["s", "l"])
        self.assertEqual(result.stdout, "$ [1,2]\n")

    def test_final_status(self):
        source = """
        def f(status: PipelineTaskFinalStatus):
            s = status
            print(s.state, s.pipeline_job_resource_name, s.pipeline_task_name, s.error_code, s.error_message)
        """
        ports = {"status": {"type": "TASK_FINAL_STATUS"}}
        failed = {"state": "Error", "pipelineTaskName": "train", "error": {"code": 1, "message": "ValueError: x"}}
        result = self.succeed(
            source, ports, texts={"status": json.dumps(failed)}, environment={"KFP_RUN_NAME": "run-1"}
        )
        self.assertEqual(result.stdout, "FAILED run-1 train 1 ValueError: x\n")
        result = self.succeed(source, ports, texts={"status": '{"state":"Succeeded"}'})
        self.assertEqual(result.stdout, "SUCCEEDED   None None\n")


class ArtifactTest(RuntimeTest):
    def test_an_artifact_has_path_uri_name_and_metadata(self):
        self.place("data", "content")
        source = """
        def f(data):
            print(open(data.path).read(), data.uri, data.name, data.metadata, type(data).__name__, data.schema_title)
        """
        texts = {"data": reference("a/b", metadata={"rows": 3})}
        result = self.succeed(source, {"data": artifact()}, texts=texts)
        self.assertEqual(result.stdout, "content artifact:///a/b data {'rows': 3} Dataset system.Dataset\n")

    def test_the_reference_decides_the_class(self):
        source = """
        def f(a, b, c):
            print(type(a).__name__, type(b).__name__, type(c).__name__, isinstance(c, Artifact), c.schema_title)
        """
        texts = {
            "a": reference("k1", "system.Model"),
            "b": reference("k2", ""),
            "c": reference("k3", "google.VertexModel"),
        }
        ports = {"a": artifact("Artifact"), "b": artifact("Metrics"), "c": artifact("Artifact")}
        result = self.succeed(source, ports, texts=texts, classes={"VertexModel": "google.VertexModel"})
        self.assertEqual(result.stdout, "Model Metrics VertexModel True google.VertexModel\n")

    def test_the_declared_class_stays_where_the_reference_is_generic(self):
        source = """
        def f(a):
            print(a.framework)
        """
        texts = {"a": reference("k", "system.Artifact", {"framework": "torch"})}
        self.assertEqual(self.succeed(source, {"a": artifact("Model")}, texts=texts).stdout, "torch\n")

    def test_uri_prefix_and_own_uri(self):
        source = """
        def f(a, b):
            print(a.uri, b.uri)
        """
        texts = {"a": reference("k"), "b": reference("k", uri="gs://other/x")}
        result = self.succeed(
            source, {"a": artifact(), "b": artifact()}, texts=texts, environment={"KFP_URI_PREFIX": "s3://bucket/"}
        )
        self.assertEqual(result.stdout, "s3://bucket/k gs://other/x\n")

    def test_a_list_keeps_the_places_of_what_was_not_produced(self):
        for index, text in enumerate("abcd"):
            self.place("data/%d" % index, text)
        source = """
        def f(data):
            print([open(each.path).read() for each in data], [each.metadata for each in data])
        """
        first, third = reference("r/0", metadata={"i": 0}), reference("r/2", metadata={"i": 2})
        for text in ["[%s,null,%s]" % (first, third), json.dumps([first, "json:", third])]:
            result = self.succeed(source, {"data": artifact(list=True)}, texts={"data": text})
            self.assertEqual(result.stdout, "['a', 'c'] [{'i': 0}, {'i': 2}]\n")

    def test_a_list_of_lists_is_flat(self):
        self.place("data/0/0", "a")
        self.place("data/1/0", "b")
        self.place("data/1/1", "c")
        source = """
        def f(data):
            print([open(each.path).read() for each in data])
        """
        text = "[[%s],[%s,%s],[]]" % tuple(reference(key) for key in ("x/0/0", "x/1/0", "x/1/1"))
        self.assertEqual(
            self.succeed(source, {"data": artifact(list=True)}, texts={"data": text}).stdout, "['a', 'b', 'c']\n"
        )

    def test_an_empty_list(self):
        self.assertEqual(self.succeed(ECHO, {"x": artifact(list=True)}, texts={"x": "[]"}).stdout, "[]\n")

    def test_an_absent_artifact_is_none_whatever_is_on_disk(self):
        self.place("x/rest", "")
        for texts in [{}, {"x": "json:"}, {"x": "json:null"}]:
            self.assertEqual(self.succeed(ECHO, {"x": artifact(optional=True)}, texts=texts).stdout, "None\n")

    def test_input_path(self):
        self.place("x", "content")
        source = """
        def f(x: InputPath('Dataset')):
            print(open(x).read())
        """
        self.assertEqual(
            self.succeed(source, {"x": artifact()}, texts={"x": reference("k")}, paths=["x"]).stdout, "content\n"
        )

    def test_what_is_no_reference_is_refused(self):
        for text in ["", "plain", "[]", '{"type":"system.Dataset"}']:
            with self.subTest(text):
                result = self.fail_with(3, ECHO, {"x": artifact()}, texts={"x": text})
                self.assertIn('the input "x" is not an artifact\'s reference', result.termination)


if __name__ == "__main__":
    unittest.main()
