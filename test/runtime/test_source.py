"""What user code finds around it."""

import sys
import unittest

from harness import INTEGER, STRING, RuntimeTest, artifact


class NamesTest(RuntimeTest):
    def test_kfp_and_typing_need_no_import(self):
        source = """
        def helper(values: List[Elsewhere]) -> Dict[str, t.Any]:
            return {"sum": sum(values)}

        def f(a: "int", m: Output[Metrics]) -> NamedTuple("Outputs", [("x", int)]):
            m.log_metric("n", 1)
            kind = Optional[List[int]]
            print(kfp.__version__, dsl.Dataset is Dataset, cast(int, 3), helper([a, 2]), kind)
            return NamedTuple("Outputs", [("x", int)])(4)
        """
        result = self.succeed(source, {"a": INTEGER}, {"m": artifact("Metrics"), "x": INTEGER}, {"a": "1"})
        self.assertEqual(
            result.stdout,
            "2.17.0 True 3 {'sum': 3} %s\n" % str(__import__("typing").Optional[__import__("typing").List[int]]),
        )
        self.assertEqual(result.output("x"), "4")

    def test_imports_as_users_write_them(self):
        source = """
        def f():
            from kfp import dsl
            from kfp.dsl import Input, Output, Model, component
            import kfp.dsl as other
            import kfp
            from typing import NamedTuple

            @component(base_image="x")
            def nested(m: Input[Model], n: Output[Model]):
                return m

            assert dsl is other is kfp.dsl and Model is dsl.Model
            print(nested(1, 2), dsl.component(nested) is nested, dsl.PIPELINE_JOB_NAME_PLACEHOLDER)
        """
        self.assertEqual(self.succeed(source).stdout, "1 True {{$.pipeline_job_name}}\n")

    def test_a_star_import_brings_what_kfp_brings(self):
        source = """
        def f():
            scope = {}
            exec("from kfp.dsl import *", scope)
            print(all(name in scope for name in ["Artifact", "ClassificationMetrics", "HTML", "Input", "InputPath", "get_uri"]))
        """
        self.assertEqual(self.succeed(source).stdout, "True\n")

    def test_what_belongs_to_pipelines_is_explained(self):
        for expression in ["dsl.ParallelFor", "kfp.Client"]:
            result = self.fail_with(1, "def f():\n    %s\n" % expression)
            module, _, name = expression.rpartition(".")
            self.assertIn("%s is not available in a running component" % name, result.termination)

    def test_annotations_may_name_what_does_not_exist(self):
        source = """
        def f(a: np.ndarray, b: Literal["x"] | None = None, *rest: Foo, c: VertexModel = 1, **more: Bar) -> Baz[int]:
            print(a)
        """
        self.assertEqual(self.succeed(source, {"a": STRING}, texts={"a": "1"}).stdout, "1\n")

    def test_declared_classes_can_be_used(self):
        source = """
        def f() -> VertexModel:
            return VertexModel(uri=dsl.get_uri(), metadata={"resourceName": "r"})
        """
        classes = {"VertexModel": "google.VertexModel"}
        result = self.succeed(source, {}, {"Output": artifact("google.VertexModel")}, classes=classes)
        self.assertEqual(result.reference("Output")["metadata"], {"resourceName": "r"})

    def test_the_module_is_found_by_other_processes(self):
        source = """
        def double(x):
            return 2 * x

        def f() -> int:
            import multiprocessing
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                return pool.map(double, [21])[0]
        """
        self.assertEqual(self.succeed(source, {}, {"Output": INTEGER}, function="f").output(), "42")

    def test_the_source_can_be_inspected(self):
        source = """
        def f():
            import inspect
            print(inspect.getsource(f).splitlines()[0])
        """
        self.assertEqual(self.succeed(source).stdout, "def f():\n")

    def test_a_function_may_be_named_like_a_module(self):
        source = """
        def statistics():
            import random, statistics
            print(statistics.mean([1, 3]))
        """
        self.assertEqual(self.succeed(source).stdout.strip(), "2")

    def test_python_may_be_told_not_to_look_beside_the_script(self):
        if sys.version_info >= (3, 11):
            self.succeed("def f():\n    dsl.Model\n", environment={"PYTHONSAFEPATH": "1"})


class GetUriTest(RuntimeTest):
    def test_below_the_tasks_own_prefix(self):
        source = """
        def f(a, b):
            print(dsl.get_uri(), dsl.get_uri("x/y"), Artifact(uri=dsl.get_uri("x")).path)
        """
        result = self.succeed(source, {}, {"a": artifact(), "b": artifact()}, environment={"KFP_URI_PREFIX": "s3://b/"})
        path = self.path("work", "artifacts", "x")
        self.assertEqual(result.stdout, "s3://b/ns/run/pod/a/Output s3://b/ns/run/pod/a/x/y %s\n" % path)

    def test_does_not_leave_the_folder(self):
        for suffix in ["../x", "a/../../x", "/etc/x"]:
            result = self.fail_with(1, "def f(a):\n    dsl.get_uri(%r)\n" % suffix, {}, {"a": artifact()})
            self.assertIn("does not stay in the task's folder", result.termination)

    def test_a_uri_that_climbs_is_no_path_of_the_task(self):
        source = """
        def f(a):
            print(Artifact(uri=dsl.get_uri("x") + "/../../../etc").path)
        """
        result = self.succeed(source, {}, {"a": artifact()})
        self.assertEqual(result.stdout, "artifact:///ns/run/pod/a/x/../../../etc\n")

    def test_without_outputs_there_is_none(self):
        result = self.succeed("def f():\n    print(repr(dsl.get_uri()))\n")
        self.assertEqual(result.stdout, "''\n")
        self.assertIn("no output artifact", result.stderr)


class MetricsTest(RuntimeTest):
    def metadata(self, type, body):
        source = "def f(m):\n" + "".join("    %s\n" % line for line in body)
        return self.succeed(source, {}, {"m": artifact(type)}).reference("m")["metadata"]

    def test_confusion_matrix(self):
        expected = {
            "confusionMatrix": {
                "annotationSpecs": [{"displayName": "a"}, {"displayName": "b"}],
                "rows": [{"row": [1, 2]}, {"row": [0, 9]}],
            }
        }
        whole = ["m.log_confusion_matrix(['a', 'b'], [[1, 2], [0, 9]])"]
        parts = [
            "m.set_confusion_matrix_categories(['a', 'b'])",
            "m.log_confusion_matrix_row('a', [1, 2])",
            "m.log_confusion_matrix_cell('b', 'b', 9)",
        ]
        for body in (whole, parts):
            self.assertEqual(self.metadata("ClassificationMetrics", body), expected)

    def test_roc_curve(self):
        body = [
            "m.log_roc_curve([0.0, 0.1], [0.5, 1.0], [0.9, 0.1])",
            "m.log_roc_data_point(fpr=1, tpr=1, threshold=0)",
        ]
        expected = [
            {"confidenceThreshold": 0.9, "recall": 0.5, "falsePositiveRate": 0},
            {"confidenceThreshold": 0.1, "recall": 1, "falsePositiveRate": 0.1},
            {"confidenceThreshold": 0, "recall": 1, "falsePositiveRate": 1},
        ]
        self.assertEqual(self.metadata("ClassificationMetrics", body), {"confidenceMetrics": expected})

    def test_slices(self):
        body = [
            "m.log_roc_reading('x', 0.5, 0.7, 0.2)",
            "m.load_roc_readings('x', [[0.4, 0.8, 0.3]])",
            "m.load_confusion_matrix('y', ['a'], [[3]])",
            "m.set_confusion_matrix_categories('x', ['a', 'b'])",
            "m.log_confusion_matrix_row('x', 'a', [1, 2])",
            "m.log_confusion_matrix_cell('x', 'b', 'a', 4)",
        ]
        matrix = {
            "annotationSpecs": [{"displayName": "a"}, {"displayName": "b"}],
            "rows": [{"row": [1, 2]}, {"row": [4, 0]}],
        }
        readings = [
            {"confidenceThreshold": 0.5, "recall": 0.7, "falsePositiveRate": 0.2},
            {"confidenceThreshold": 0.4, "recall": 0.8, "falsePositiveRate": 0.3},
        ]
        small = {"confusionMatrix": {"annotationSpecs": [{"displayName": "a"}], "rows": [{"row": [3]}]}}
        expected = [
            {"slice": "x", "sliceClassificationMetrics": {"confidenceMetrics": readings, "confusionMatrix": matrix}},
            {"slice": "y", "sliceClassificationMetrics": small},
        ]
        self.assertEqual(self.metadata("SlicedClassificationMetrics", body), {"evaluationSlices": expected})

    def test_mistakes_are_errors(self):
        for line in [
            "m.log_confusion_matrix(['a', 'b'], [[1, 2]])",
            "m.log_confusion_matrix(['a', 'b'], [[1, 2], [3]])",
            "m.log_confusion_matrix_row('a', [1])",
            "m.set_confusion_matrix_categories(['a']); m.log_confusion_matrix_row('b', [1])",
            "m.set_confusion_matrix_categories(['a']); m.log_confusion_matrix_row('a', [1, 2])",
            "m.set_confusion_matrix_categories(['a']); m.log_confusion_matrix_cell('a', 'b', 1)",
            "m.log_roc_curve([1], [1, 2], [1])",
        ]:
            with self.subTest(line):
                result = self.fail_with(1, "def f(m):\n    %s\n" % line, {}, {"m": artifact("ClassificationMetrics")})
                self.assertTrue(result.termination.startswith("ValueError: "), result.termination)


if __name__ == "__main__":
    unittest.main()
