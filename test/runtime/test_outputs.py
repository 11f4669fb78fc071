"""From what a function returns and writes to texts and data."""

import json
import os
import unittest

from harness import BOOLEAN, DOUBLE, INTEGER, LIST, STRING, STRUCT, RuntimeTest, artifact, optional, reference


def returning(expression):
    """A component that returns an expression's value."""
    return "def f():\n    return %s\n" % expression


class ReturnTest(RuntimeTest):
    def test_one_value(self):
        for port, expression, expected in [
            (STRING, "'x'", "x"),
            (STRING, "'$' + '{' * 2", 'json:"\\u0024{\\u007b"'),
            (STRING, "''", ""),
            (INTEGER, "5", "5"),
            (INTEGER, "True", "1"),
            (INTEGER, "12345678901234567890", "12345678901234567890"),
            (DOUBLE, "1", "1"),
            (DOUBLE, "1.0", "1"),
            (DOUBLE, "1e21", "1e+21"),
            (DOUBLE, "float('nan')", "NaN"),
            (BOOLEAN, "False", "false"),
            (LIST, "[1, 'é', None]", '[1,"é",null]'),
            (STRUCT, "{'b': 1, 'a': '<'}", '{"a":"\\u003c","b":1}'),
        ]:
            with self.subTest(expression):
                self.assertEqual(self.succeed(returning(expression), {}, {"Output": port}).output(), expected)

    def test_a_value_of_another_type_names_everything(self):
        for port, expression, message in [
            (INTEGER, "3.0", "expected int, got float 3.0"),
            (INTEGER, "'1'", "expected int, got str '1'"),
            (DOUBLE, "'1'", "expected float, got str '1'"),
            (STRING, "1", "expected str, got int 1"),
            (BOOLEAN, "1", "expected bool, got int 1"),
            (LIST, "(1,)", "expected list, got tuple (1,)"),
            (STRUCT, "[]", "expected dict, got list []"),
        ]:
            with self.subTest(expression):
                result = self.fail_with(3, returning(expression), {}, {"Output": port})
                self.assertEqual(result.termination, 'ContractError: f: output "Output": ' + message)
                self.assertIsNone(result.output())

    def test_what_json_cannot_hold(self):
        result = self.fail_with(3, returning("[float('nan')]"), {}, {"Output": LIST})
        self.assertIn('f: output "Output" cannot be written: NaN cannot stand in a list or a dict', result.termination)

    def test_none_is_no_value_unless_the_output_is_optional(self):
        self.assertIsNone(self.succeed(returning("None"), {}, {"Output": INTEGER}).output())
        self.assertEqual(self.succeed(returning("None"), {}, {"Output": optional(INTEGER)}).output(), "json:null")

    def test_an_undeclared_value_is_dropped_with_a_warning(self):
        result = self.succeed(returning("1"))
        self.assertIn("f returned a value, but declares none", result.stderr)

    def test_a_scalar_of_numpy(self):
        source = """
        def f():
            class Scalar:
                shape = ()
                def item(self):
                    return 7
            return Scalar()
        """
        self.assertEqual(self.succeed(source, {}, {"Output": INTEGER}).output(), "7")


class TupleTest(RuntimeTest):
    outputs = {"total": INTEGER, "name": STRING}

    def outcome(self, source, **more):
        result = self.succeed(source, {}, more.pop("outputs", self.outputs), **more)
        return result.output("total"), result.output("name")

    def test_by_name(self):
        source = """
        def f() -> NamedTuple("Outputs", [("total", int), ("name", str)]):
            from collections import namedtuple
            return namedtuple("Other", ["name", "total"])("n", 1)
        """
        self.assertEqual(self.outcome(source), ("1", "n"))

    def test_by_place_in_the_declared_order(self):
        outputs = {"name": STRING, "total": INTEGER}
        source = "def f() -> Elsewhere:\n    return 1, 'n'\n"
        self.assertEqual(self.outcome(source, outputs=outputs, order=["total", "name"]), ("1", "n"))

    def test_without_an_order_nothing_is_guessed(self):
        result = self.fail_with(3, "def f() -> Elsewhere:\n    return 1, 'n'\n", {}, self.outputs)
        self.assertIn("nothing says which output is which", result.termination)

    def test_by_the_place_in_the_annotation_where_it_ships(self):
        source = """
        def f() -> NamedTuple("Outputs", [("total", int), ("name", str)]):
            return 1, "n"
        """
        self.assertEqual(self.outcome(source, outputs={"name": STRING, "total": INTEGER}), ("1", "n"))

    def test_a_single_field(self):
        source = """
        def f() -> NamedTuple("Outputs", [("total", int)]):
            return (1,)
        """
        self.assertEqual(self.succeed(source, {}, {"total": INTEGER}).output("total"), "1")

    def test_a_single_field_named_like_a_plain_return_value(self):
        source = """
        def f() -> NamedTuple("Outputs", [("Output", int)]):
            return NamedTuple("Outputs", [("Output", int)])(1)
        """
        self.assertEqual(self.succeed(source, {}, {"Output": INTEGER}).output(), "1")

    def test_artifacts_and_parameters(self):
        source = """
        def f(report: Output[Markdown]) -> NamedTuple("Outputs", [("total", int), ("data", Dataset)]):
            open(report.path, "w").write("# report")
            return 1, "text"
        """
        outputs = {"report": artifact("Markdown"), "total": INTEGER, "data": artifact()}
        result = self.succeed(source, {}, outputs)
        self.assertEqual(
            (result.output("total"), result.data("data"), result.data("report")), ("1", "text", "# report")
        )

    def test_the_wrong_number_or_kind_is_refused(self):
        for expression, message in [
            ("(1,)", "f: return value: expected 2 values (total, name), got tuple (1,)"),
            ("[1, 'n']", "f: outputs total, name: expected a tuple, got list [1, 'n']"),
        ]:
            result = self.fail_with(3, returning(expression), {}, self.outputs, order=list(self.outputs))
            self.assertIn(message, result.termination)
            self.assertIsNone(result.output("total"))


class OutputPathTest(RuntimeTest):
    def test_texts_are_read_by_type(self):
        source = """
        def f(s: OutputPath(str), i: OutputPath(int), d: OutputPath(float), b: OutputPath(bool), l: OutputPath(list)):
            for path, text in [(s, "a\\n{" + "{x}}"), (i, " 3\\n"), (d, "1.50\\n"), (b, "True"), (l, "[1, 2]\\n")]:
                with open(path, "w") as file:
                    file.write(text)
        """
        outputs = {"s": STRING, "i": INTEGER, "d": DOUBLE, "b": BOOLEAN, "l": LIST}
        result = self.succeed(source, {}, outputs, paths=list(outputs))
        texts = [result.output(name) for name in outputs]
        self.assertEqual(texts, ['json:"a\\n{\\u007bx}}"', "3", "1.5", "true", "[1,2]"])

    def test_no_file_is_no_value(self):
        result = self.succeed("def f(x):\n    pass\n", {}, {"x": STRING}, paths=["x"])
        self.assertIsNone(result.output("x"))
        self.assertIn('nothing was written to the output "x"', result.stderr)

    def test_a_text_of_another_type_is_refused_and_not_left_behind(self):
        source = """
        def f(x):
            open(x, "w").write("{" + "{workflow.uid}}")
        """
        result = self.fail_with(3, source, {}, {"x": INTEGER}, paths=["x"])
        self.assertIn("expected int, got str '{ {workflow.uid}}'", result.termination)
        self.assertIsNone(result.output("x"))

    def test_an_artifact(self):
        source = """
        def f(x: OutputPath("Dataset")):
            open(x, "w").write("data")
        """
        result = self.succeed(source, {}, {"x": artifact()}, paths=["x"])
        self.assertEqual(result.data("x"), "data")
        self.assertEqual(result.reference("x"), {"key": "ns/run/pod/x", "metadata": {}, "type": "system.Dataset"})


class ArtifactTest(RuntimeTest):
    def model(self, body, inputs=None, texts=None, port=None, **more):
        source = "def f(%s):\n" % ", ".join(["model"] + list(inputs or {}))
        source += "".join("    %s\n" % line for line in body.strip().splitlines())
        return self.succeed(source, inputs, {"model": port or artifact("Model")}, texts, **more)

    def test_a_file_with_metadata(self):
        result = self.model(
            "open(model.path, 'w').write('weights')\nmodel.framework = 'torch'\nmodel.metadata['n'] = [1]"
        )
        self.assertEqual(result.data("model"), "weights")
        expected = {"key": "ns/run/pod/model", "metadata": {"framework": "torch", "n": [1]}, "type": "system.Model"}
        self.assertEqual(result.reference("model"), expected)

    def test_the_reference_holds_nothing_to_expand(self):
        body = "model.metadata['odd'] = '{' + '{workflow.uid}}' + chr(36) + '(HOME) <&>'"
        result = self.model(body)
        text = '{"key":"ns/run/pod/model","metadata":"{\\"odd\\":\\"{\\\\u007bworkflow.uid}}\\\\u0024(HOME) \\\\u003c\\\\u0026\\\\u003e\\"}","type":"system.Model"}'
        self.assertEqual(result.output("model"), text)
        # what Argo prints after it parsed the text
        self.assertNotIn("{{", json.dumps(json.loads(result.output("model"))))

    def test_a_folder(self):
        result = self.model("import os\nos.makedirs(model.path + '/a')\nopen(model.path + '/a/b', 'w').write('x')")
        self.assertEqual(result.data("model", "a", "b"), "x")

    def test_nothing_written_is_an_empty_file_and_a_warning(self):
        result = self.model("pass")
        self.assertEqual(result.data("model"), "")
        self.assertIn('nothing was written to the output "model"', result.stderr)

    def test_metadata_alone_is_the_data(self):
        result = self.model("model.metadata['a'] = '<1>'\nmodel.metadata['loss'] = float('nan')")
        self.assertEqual(json.loads(result.data("model")), {"a": "<1>", "loss": "NaN"})
        self.assertEqual(result.stderr, "")

    def test_a_foreign_uri_stays_in_the_reference(self):
        result = self.model("model.uri = 'gs://bucket/model'\nprint(model.path)")
        self.assertEqual(result.stdout, "/gcs/bucket/model\n")
        self.assertEqual(result.reference("model")["uri"], "gs://bucket/model")
        self.assertEqual(result.reference("model")["key"], "ns/run/pod/model")

    def test_another_tasks_artifact_is_named_not_copied(self):
        result = self.model("model.uri = 'artifact:///ns/run/other/model'")
        self.assertEqual(result.reference("model")["key"], "ns/run/other/model")
        self.assertNotIn("uri", result.reference("model"))

    def test_set_path_takes_files_and_folders_from_elsewhere(self):
        os.makedirs(self.path("elsewhere", "sub"))
        open(self.path("elsewhere", "sub", "x"), "w").close()
        result = self.model("model.set_path(%r)\nprint(model.path)" % self.path("elsewhere"))
        self.assertEqual(result.stdout.strip(), self.path("elsewhere"))
        self.assertEqual(result.data("model", "sub", "x"), "")
        self.assertTrue(os.path.exists(self.path("elsewhere", "sub", "x")))
        self.assertNotIn("uri", result.reference("model"))

    def test_custom_path_may_be_inside_the_output(self):
        body = "import os\nos.makedirs(model.path + '/a/b')\nopen(model.path + '/a/b/c', 'w').write('x')\nmodel.custom_path = model.path + '/a'"
        self.assertEqual(self.model(body).data("model", "b", "c"), "x")

    def test_custom_path_must_not_hold_the_output(self):
        result = self.fail_with(
            3, "def f(model):\n    model.set_path(%r)\n" % self.work, {}, {"model": artifact("Model")}
        )
        self.assertIn("holds the output's own path", result.termination)

    def test_two_outputs_may_share_their_data(self):
        source = """
        def f(a, b):
            open(a.path, "w").write("x")
            b.set_path(a.path)
        """
        result = self.succeed(source, {}, {"a": artifact(), "b": artifact()})
        self.assertEqual((result.data("a"), result.data("b")), ("x", "x"))

    def test_a_path_that_is_assigned(self):
        result = self.model("model.path = %r\nopen(model.path, 'w').write('x')" % self.path("there"))
        self.assertEqual(result.data("model"), "x")
        self.assertNotIn("uri", result.reference("model"))

    def test_metadata_that_json_lacks(self):
        result = self.model("model.metadata.update(loss=float('nan'), bounds=[float('inf'), -float('inf')])")
        self.assertEqual(result.reference("model")["metadata"], {"loss": "NaN", "bounds": ["Infinity", "-Infinity"]})
        source = "def f(model):\n    model.metadata['when'] = object()\n"
        failed = self.fail_with(3, source, {}, {"model": artifact("Model")})
        self.assertIn(
            'the metadata of the output "model" cannot be written: JSON cannot hold a object', failed.termination
        )

    def test_a_missing_key_is_named(self):
        result = self.fail_with(3, "def f(m):\n    pass\n", {}, {"m": artifact()}, environment={"KFP_KEY_m": None})
        self.assertIn('the output "m" has no storage key', result.termination)

    def test_an_input_taken_over_is_copied(self):
        self.place("data", "content")
        result = self.model("model.uri = data.uri", {"data": artifact()}, {"data": reference("a/b")})
        self.assertEqual((result.data("model"), result.reference("model")["key"]), ("content", "ns/run/pod/model"))

    def test_metrics_in_a_file(self):
        body = "import json\njson.dump({'accuracy': 0.9, 'name': 'x', 'rows': [1], 'loss': 2}, open(model.path, 'w'))\nmodel.log_metric('loss', 1)"
        metadata = self.model(body, port=artifact("Metrics")).reference("model")["metadata"]
        self.assertEqual(metadata, {"accuracy": 0.9, "name": "x", "loss": 1})

    def test_a_metrics_file_that_is_no_json_object_is_data(self):
        for text in ["{broken", "[1]", ""]:
            result = self.model("open(model.path, 'w').write(%r)" % text, port=artifact("Metrics"))
            self.assertEqual((result.reference("model")["metadata"], result.data("model")), ({}, text))


class ReturnedArtifactTest(RuntimeTest):
    def test_an_instance(self):
        source = """
        def f() -> Dataset:
            data = Dataset(uri=dsl.get_uri(), metadata={"rows": 1})
            open(data.path, "w").write("x")
            return data
        """
        result = self.succeed(source, {}, {"Output": artifact()})
        self.assertEqual(result.data("Output"), "x")
        self.assertEqual(
            result.reference("Output"), {"key": "ns/run/pod/Output", "metadata": {"rows": 1}, "type": "system.Dataset"}
        )

    def test_an_instance_below_another_suffix(self):
        source = """
        def f():
            data = Dataset(uri=dsl.get_uri("some/where"), metadata={"rows": 1})
            open(data.path, "w").write("x")
            return data
        """
        result = self.succeed(source, {}, {"Output": artifact()})
        self.assertEqual(result.data("Output"), "x")
        self.assertEqual(result.data("some", "where"), "x")
        self.assertEqual(result.reference("Output")["key"], "ns/run/pod/Output")
        self.assertNotIn("uri", result.reference("Output"))

    def test_an_input(self):
        os.makedirs(self.path("inputs", "data"))
        self.place("data/part", "content")
        source = """
        def f(data):
            return data
        """
        result = self.succeed(
            source, {"data": artifact()}, {"Output": artifact()}, {"data": reference("a/b", metadata={"m": 1})}
        )
        self.assertEqual(result.data("Output", "part"), "content")
        self.assertEqual(result.reference("Output")["metadata"], {"m": 1})

    def test_raw_data(self):
        for expression, text in [("'text'", "text"), ("{'a': 1}", "{'a': 1}"), ("(1, 2)", "(1, 2)"), ("0", "0")]:
            self.assertEqual(self.succeed(returning(expression), {}, {"Output": artifact()}).data("Output"), text)

    def test_none(self):
        result = self.succeed(returning("None"), {}, {"Output": artifact()})
        self.assertEqual(result.data("Output"), "")
        self.assertIn("nothing was written", result.stderr)


if __name__ == "__main__":
    unittest.main()
