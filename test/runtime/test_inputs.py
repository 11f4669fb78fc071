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
            (LIST, "[null,1,[null]]", "[None, 1, [None]]"),
            (LIST, 'json:[null,"\\u0024"]', "[None, '$']"),
            (STRUCT, 'json:{"a":"\\u0024"}', "{'a': '$'}"),
            (STRUCT, '{"a":null,"b":[null]}', "{'a': None, 'b': [None]}"),
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

    def test_an_empty_list_needs_no_folder(self):
        for environment in [{}, {"KFP_FOLDER_x": "ns/run/rows"}]:
            for text in ["[]", "json:[]", "[[],[]]", '["json:"]']:
                with self.subTest(text, **environment):
                    result = self.succeed(ECHO, {"x": artifact(list=True)}, texts={"x": text}, environment=environment)
                    self.assertEqual(result.stdout, "[]\n")

    def test_a_list_may_carry_the_prefix_and_so_may_a_list_inside_of_it(self):
        first, second = reference("x/0", metadata={"price": "$"}), reference("x/1")
        inner = "[%s]" % second
        source = """
        def f(data):
            print([each.uri for each in data], data[0].metadata)
        """
        expected = "['artifact:///x/0', 'artifact:///x/1'] {'price': '$'}\n"
        whole, parts = "json:[%s,[%s]]" % (first, second), json.dumps([first, "json:" + inner])
        for text in [whole.replace("$", "\\u0024"), parts, "json:" + json.dumps([first, inner])]:
            with self.subTest(text):
                result = self.succeed(source, {"data": artifact(list=True)}, texts={"data": text})
                self.assertEqual(result.stdout, expected)

    def test_a_list_downloaded_as_one_folder_is_found_by_its_keys(self):
        self.place("data/7/rows", "a")
        self.place("data/with space/é.csv", "b")
        self.place("data/0/1/rows", "c")
        self.place("data/made/part", "d")
        source = """
        import os

        def f(data):
            for each in data:
                path = os.path.join(each.path, "part") if os.path.isdir(each.path) else each.path
                print(open(path).read(), each.uri, each.metadata)
        """
        keys = ["run/x/7/rows", "run/x/with space/é.csv", "run/x/0/1/rows", "run/x/made/"]
        first, second, third, fourth = (reference(key, metadata={"i": i}) for i, key in enumerate(keys))
        text = "[%s,null,[%s,[%s]],%s]" % (first, second, third, fourth)
        expected = "a run/x/7/rows {'i': 0}\nb run/x/with space/é.csv {'i': 1}\nc run/x/0/1/rows {'i': 2}\n"
        expected += "d run/x/made/ {'i': 3}\n"
        for folder in ["run/x", "run/x/"]:
            with self.subTest(folder):
                environment = {"KFP_FOLDER_data": folder, "KFP_URI_PREFIX": "", "PYTHONIOENCODING": "utf-8"}
                result = self.succeed(
                    source, {"data": artifact(list=True)}, texts={"data": text}, environment=environment
                )
                self.assertEqual(result.stdout, expected)

    def test_an_empty_folder_variable_is_none(self):
        self.place("x/0", "a")
        source = """
        def f(x):
            print(open(x[0].path).read())
        """
        result = self.succeed(
            source,
            {"x": artifact(list=True)},
            texts={"x": "[%s]" % reference("k")},
            environment={"KFP_FOLDER_x": ""},
        )
        self.assertEqual(result.stdout, "a\n")

    def test_an_element_outside_of_the_folder_is_refused(self):
        for key in ["run/y/0", "run/xy/0", "run/x", "run/x/", "x/0", "/run/x/0"]:
            with self.subTest(key):
                text = "[%s,%s]" % (reference("run/x/0"), reference(key))
                result = self.fail_with(
                    3, ECHO, {"x": artifact(list=True)}, texts={"x": text}, environment={"KFP_FOLDER_x": "run/x"}
                )
                self.assertEqual(
                    result.termination,
                    'ContractError: the input "x": the artifact %s is not in the folder that was downloaded, run/x'
                    % key,
                )

    def test_an_element_that_has_no_key_is_named_by_its_uri(self):
        text = "[%s]" % reference("", uri="gs://other/data")
        ports, environment = {"x": artifact(list=True)}, {"KFP_FOLDER_x": "run/x"}
        result = self.fail_with(3, ECHO, ports, texts={"x": text}, environment=environment)
        self.assertIn('the input "x": the artifact gs://other/data is not in the folder', result.termination)

    def test_a_key_never_climbs(self):
        for key in ["run/x/../secret", "run/x/a/../../../secret", "run/x/a/..", "run/x//etc/passwd", "run/x/./a"]:
            with self.subTest(key):
                text = "[%s]" % reference(key)
                result = self.fail_with(
                    3, ECHO, {"x": artifact(list=True)}, texts={"x": text}, environment={"KFP_FOLDER_x": "run/x"}
                )
                self.assertEqual(
                    result.termination, 'ContractError: the input "x": the key %s is not a plain path' % key
                )

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

    def test_what_is_no_list_of_references_is_refused(self):
        for text in ["", "plain", "{}", "json:{}", '[{"type":"system.Dataset"}]', '[{"key":1}]', "[1]", '["plain"]']:
            for environment in [{}, {"KFP_FOLDER_x": "run/x"}]:
                with self.subTest(text, **environment):
                    ports = {"x": artifact(list=True)}
                    result = self.fail_with(3, ECHO, ports, texts={"x": text}, environment=environment)
                    self.assertIn('the input "x" is not an artifact\'s reference', result.termination)


if __name__ == "__main__":
    unittest.main()
