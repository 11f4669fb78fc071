"""Programs that stand for the function and follow the contract of KFP's executor."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest

from harness import BOOLEAN, DOUBLE, INTEGER, LIST, STRING, STRUCT, RuntimeTest, artifact, optional, read, reference


class ProgramTest(RuntimeTest):
    """A program is Python code here; `told` is the ExecutorInput and `tell` writes what it gives."""

    PRELUDE = """
import json, os, sys
told = json.loads(sys.argv[1])
def tell(**given):
    with open(told["outputs"]["outputFile"], "w") as file:
        json.dump(given, file)
def output(name):
    return told["outputs"]["artifacts"][name]["artifacts"][0]
def given(name):
    return [each for each in told["inputs"]["artifacts"][name]["artifacts"]]
"""

    def program(self, code, *arguments):
        """The argv of a program."""
        return [sys.executable, "-c", self.PRELUDE + code, "{{$}}"] + list(arguments)

    def run_program(self, code, *arguments, expected=0, argv=None, **more):
        """Runs a program; its exit code must be the expected one."""
        program = argv or self.program(code, *arguments)
        result = self.execute("def f(): pass", program=program, **more)
        self.assertEqual(result.code, expected, result.stdout + result.stderr)
        return result

    def seen(self, result):
        """What a program printed as JSON."""
        return json.loads(result.stdout)

    def test_it_is_told_its_inputs(self):
        self.place("rows", "1,2")
        self.place("parts/0", "a")
        self.place("parts/1", "b")
        result = self.run_program(
            "print(json.dumps(told['inputs'])); print(open(given('rows')[0]['uri']).read(), file=sys.stderr)",
            inputs={
                "s": STRING,
                "i": INTEGER,
                "d": DOUBLE,
                "b": BOOLEAN,
                "l": LIST,
                "m": STRUCT,
                "n": optional(STRING),
                "gone": optional(STRING),
                "status": {"type": "TASK_FINAL_STATUS"},
                "config": {"type": "TASK_CONFIG"},
                "rows": artifact(),
                "parts": artifact(list=True),
                "none": optional(artifact()),
                "far": artifact("Model", byReference=True),
            },
            texts={
                "s": 'json:"{\\u007bx}} \\u0024(Y)"',
                "i": "3",
                "d": "1.5",
                "b": "true",
                "l": '[1,"a"]',
                "m": '{"a":null}',
                "n": "json:null",
                "status": '{"state":"Failed","pipelineTaskName":"train"}',
                "config": '{"nodeSelector":{"gpu":"yes"}}',
                "rows": reference("k/rows", metadata={"n": 1}),
                "parts": "[%s,%s]" % (reference("k/0"), reference("k/1")),
                "none": "json:null",
                "far": reference("", "system.Model", uri="s3://b/far"),
            },
            environment={"KFP_RUN_NAME": "run-1"},
        )
        seen = self.seen(result)
        self.assertEqual(
            seen["parameterValues"],
            {
                "s": "{{x}} $(Y)",
                "i": 3,
                "d": 1.5,
                "b": True,
                "l": [1, "a"],
                "m": {"a": None},
                "n": None,
                "status": {
                    "state": "FAILED",
                    "pipelineTaskName": "train",
                    "pipelineJobResourceName": "run-1",
                    "error": {},
                },
                "config": {"nodeSelector": {"gpu": "yes"}},
            },
        )
        artifacts = seen["artifacts"]
        self.assertEqual(sorted(artifacts), ["far", "parts", "rows"])
        self.assertEqual(
            artifacts["rows"]["artifacts"],
            [
                {
                    "name": "rows",
                    "type": {"schemaTitle": "system.Dataset", "schemaVersion": "0.0.1"},
                    "uri": self.path("inputs", "rows"),
                    "metadata": {"n": 1},
                }
            ],
        )
        parts = [each["uri"] for each in artifacts["parts"]["artifacts"]]
        self.assertEqual(parts, [self.path("inputs", "parts", "0"), self.path("inputs", "parts", "1")])
        self.assertEqual(artifacts["far"]["artifacts"][0]["uri"], "s3://b/far")
        self.assertEqual(result.stderr, "1,2\n")

    def test_a_required_input_has_a_value(self):
        result = self.run_program("", inputs={"x": STRING}, texts={"x": "json:"}, expected=3)
        self.assertEqual(result.termination, 'ContractError: f: no value for the required input "x"')
        result = self.run_program("", inputs={"x": INTEGER}, texts={"x": "three"}, expected=3)
        self.assertIn('ContractError: f: input "x": expected NUMBER_INTEGER, got \'three\'', result.termination)

    def test_it_gives_its_outputs(self):
        result = self.run_program(
            """
os.makedirs(output("model")["uri"])
open(output("model")["uri"] + "/weights", "w").write("w")
open(told["outputs"]["parameters"]["count"]["outputFile"], "w").write(" 7\\n")
open(told["outputs"]["parameters"]["text"]["outputFile"], "w").write("lost")
other = os.path.join(os.path.dirname(told["outputs"]["outputFile"]), "made")
open(other, "w").write("made")
open(sys.argv[2], "w").write("custom")
model = dict(output("model"), metadata={"framework": "torch", "loss": float("nan")})
tell(parameterValues={"text": "kept $(X)", "whole": 3.0, "any": {"b": 1, "a": [True]}}, artifacts={
    "model": {"artifacts": [model]},
    "data": {"artifacts": [{"name": "", "uri": other, "metadata": {}}]},
    "custom": {"artifacts": [dict(output("custom"), custom_path=sys.argv[2])]},
    "far": {"artifacts": [{"uri": "https://example.com/far", "metadata": {}}]},
})
""",
            self.path("elsewhere"),
            outputs={
                "model": artifact("Model"),
                "data": artifact(),
                "custom": artifact(),
                "far": artifact(),
                "count": INTEGER,
                "text": STRING,
                "whole": INTEGER,
                "any": STRING,
                "nothing": STRING,
            },
        )
        self.assertEqual(result.data("model", "weights"), "w")
        self.assertEqual(result.reference("model")["metadata"], {"framework": "torch", "loss": "NaN"})
        self.assertEqual([result.data("data"), result.data("custom")], ["made", "custom"])
        self.assertEqual(result.reference("data")["key"], "ns/run/pod/data")
        self.assertNotIn("uri", result.reference("data"))
        self.assertEqual(result.reference("far")["uri"], "https://example.com/far")
        self.assertEqual([result.output(name) for name in ("count", "whole")], ["7", "3"])
        self.assertEqual(result.output("text"), 'json:"kept \\u0024(X)"')
        self.assertEqual(result.output("any"), 'json:"{\\"a\\":[true],\\"b\\":1}"')
        self.assertIsNone(result.output("nothing"))
        self.assertIn('nothing was written to the output "nothing"', result.stderr)

    def test_an_input_that_it_gives_is_copied(self):
        self.place("rows", "1,2")
        result = self.run_program(
            "tell(artifacts={'copy': {'artifacts': given('rows')}})",
            inputs={"rows": artifact()},
            texts={"rows": reference("k/rows", metadata={"n": 1})},
            outputs={"copy": artifact()},
        )
        self.assertEqual(result.data("copy"), "1,2")
        self.assertEqual(result.reference("copy")["metadata"], {"n": 1})

    def test_outputs_of_the_wrong_type_are_refused(self):
        code = "tell(parameterValues={'x': 'three'})"
        result = self.run_program(code, outputs={"x": INTEGER}, expected=3)
        self.assertEqual(result.termination, 'ContractError: f: output "x": expected int, got str \'three\'')
        for text in ("{", "[1]", '{"artifacts": {"x": [1]}}', '{"parameterValues": [1]}'):
            code = "open(told['outputs']['outputFile'], 'w').write(%r)" % text
            result = self.run_program(code, outputs={"x": artifact()}, expected=3)
            self.assertIn("ContractError: f: what it wrote of its outputs cannot be read", result.termination)

    def test_buckets_are_where_kfp_has_them(self):
        self.place("rows", "1,2")
        mount = self.path("s3", "")
        environment = {"KFP_URI_PREFIX": "s3://b/"}
        code = """
mount = sys.argv[2]
path = lambda uri: mount + uri[len("s3://"):]
print(json.dumps([given("rows")[0]["uri"], output("model")["uri"], open(path(given("rows")[0]["uri"])).read()]))
open(path(output("model")["uri"]), "w").write("m")
root = os.path.dirname(told["outputs"]["outputFile"])
assert root.startswith(mount), root
open(root + "/sub", "w").write("returned")
tell(artifacts={"made": {"artifacts": [{"uri": "s3://" + root[len(mount):] + "/sub", "metadata": {}}]}})
"""
        result = self.run_program(
            code,
            mount,
            mounts={"s3": mount.rstrip("/")},
            inputs={"rows": artifact()},
            texts={"rows": reference("k/rows")},
            outputs={"model": artifact("Model"), "made": artifact()},
            environment=environment,
        )
        self.assertEqual(self.seen(result), ["s3://b/k/rows", "s3://b/ns/run/pod/model", "1,2"])
        self.assertEqual([result.data("model"), result.data("made")], ["m", "returned"])
        self.assertEqual(result.reference("made")["key"], "ns/run/pod/made")
        # Nothing was copied: the data has two names.
        self.assertEqual(os.stat(os.path.join(result.work, "artifacts", "model")).st_nlink, 2)
        # A key that would leave the bucket is told as a path.
        result = self.run_program(
            "print(json.dumps(given('rows')[0]['uri']))",
            mounts={"s3": mount.rstrip("/")},
            inputs={"rows": artifact()},
            texts={"rows": reference("../../etc")},
            environment=environment,
        )
        self.assertEqual(self.seen(result), self.path("inputs", "rows"))

    def test_placeholders_are_replaced(self):
        self.place("rows", "1,2")
        arguments = [
            "--s={{$.inputs.parameters['s']}}!",
            "{{$.inputs.parameters['l']}}",
            "{{$.inputs.artifacts['rows'].path}}",
            "{{$.inputs.artifacts['rows'].uri}}",
            "{{$.inputs.artifacts['rows'].metadata['n']}}{{$.inputs.artifacts['rows'].metadata}}",
            "{{$.outputs.parameters['x'].output_file}}",
            "{{$.outputs.artifacts['model'].path}}",
            "{{$.outputs.output_file}}",
            "{{$.pipeline_job_name}} {{$.pipeline_job_uuid}} {{$.pipeline_task_name}}",
            "{{$.inputs.parameters['other']}} {{$.pipeline_root}} {{$.inputs.artifacts['far'].path}}",
        ]
        result = self.run_program(
            "",
            argv=[sys.executable, "-c", "import json, sys; print(json.dumps(sys.argv[1:]))"] + arguments,
            inputs={"s": STRING, "l": LIST, "rows": artifact(), "far": artifact(byReference=True)},
            texts={
                "s": "{{$.pipeline_job_name}}",
                "l": "[1]",
                "rows": reference("k/rows", metadata={"n": 1.5}),
                "far": reference("", uri="s3://b/x"),
            },
            outputs={"x": STRING, "model": artifact()},
            environment={"KFP_RUN_NAME": "run", "KFP_RUN_ID": "id", "KFP_TASK_NAME": "task"},
        )
        self.assertEqual(
            self.seen(result),
            [
                # What a value says is never looked through.
                "--s={{$.pipeline_job_name}}!",
                "[1]",
                self.path("inputs", "rows"),
                self.path("inputs", "rows"),
                '1.5{"n":1.5}',
                os.path.join(self.work, "paths", "x"),
                os.path.join(self.work, "artifacts", "model"),
                os.path.join(self.work, "program", "root", "executor_output.json"),
                "run id task",
                arguments[-1],
            ],
        )

    def test_its_exit_code_is_the_tasks(self):
        code = "print('before'); print('warning', file=sys.stderr); sys.stderr.write('ValueError: no {{rows}}\\n\\n'); sys.exit(42)"
        result = self.run_program(code, outputs={"x": artifact()}, expected=42)
        self.assertEqual(result.stdout, "before\n")
        name = os.path.basename(sys.executable)
        self.assertEqual(result.stderr, "warning\nValueError: no {{rows}}\n\nkfp: %s ended with exit code 42\n" % name)
        self.assertEqual(result.termination, "ValueError: no { {rows}}")
        self.assertIsNone(result.output("x"))
        silent = self.run_program("os.kill(os.getpid(), 9)", expected=137)
        self.assertEqual(silent.termination, "%s ended with exit code 137" % name)

    def test_a_program_that_is_not_there_breaks_the_contract(self):
        result = self.run_program("", argv=["/no/such/program", "x"], expected=3)
        self.assertEqual(
            result.termination,
            "ContractError: the program program cannot be run: [Errno 2] No such file or directory: '/no/such/program'",
        )

    def test_each_line_is_json_where_the_log_is(self):
        code = "print('said'); print(json.dumps({'own': 1})); sys.stdout.flush(); sys.stderr.write('no end')"
        result = self.run_program(code, environment={"KFP_LOG": "json", "KFP_TASK_NAME": "t"})
        said, own = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([said["message"], said["logger"], said["task"]], ["said", "stdout", "t"])
        self.assertEqual(own, {"own": 1, "task": "t"})
        events = result.events()
        self.assertEqual([each["message"] for each in events], ["started f", "no end", "finished f"])

    def test_it_is_stopped_with_the_task(self):
        code = """
import signal, time
def stop(*_):
    os.write(1, b"stopping\\n")  # print may be at it still, and does not do it twice at once
    sys.exit(5)
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
time.sleep(60)
"""
        command, variables = self.command(
            "def f(): pass", {}, {}, {}, {"KFP_LOG": ""}, {"program": self.program(code)}
        )
        process = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        started = time.time()
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
        self.assertEqual([process.returncode, rest], [143, b"stopping\n"])
        self.assertLess(time.time() - started, 10)
        self.assertEqual(read(self.path("termination")), "Terminated: the task was asked to stop")

    def test_a_process_that_stays_behind_is_not_awaited(self):
        code = "import subprocess; subprocess.Popen(['sleep', '20']); print('done')"
        started = time.time()
        command, variables = self.command("def f(): pass", {}, {}, {}, {}, {"program": self.program(code)})
        with open(os.devnull, "w") as nothing:
            done = subprocess.run(command, env=variables, stdout=nothing, stderr=nothing, timeout=15)
        self.assertEqual(done.returncode, 0)
        self.assertLess(time.time() - started, 10)

    def test_of_several_replicas_one_gives_the_outputs(self):
        cluster = {"task": {"type": "worker", "index": 1}}
        result = self.run_program(
            "", outputs={"x": artifact()}, environment={"CLUSTER_SPEC": json.dumps(cluster)}
        )
        self.assertIsNone(result.output("x"))

    def test_packages_are_its_own_affair_and_it_has_a_home(self):
        result = self.run_program(
            "print(os.access(os.environ['HOME'], os.W_OK), 'PYTHONPATH' in os.environ)",
            packages=["-nothing"],
            environment={"HOME": "/nonexistent"},
        )
        self.assertEqual(result.stdout, "True False\n")


class TaskConfigTest(RuntimeTest):
    def test_a_function_is_told_what_was_asked_of_its_pod(self):
        source = """
        def f(config: dsl.TaskConfig) -> str:
            assert isinstance(config, dsl.TaskConfig)
            return repr(config)
        """
        port = {"config": {"type": "TASK_CONFIG"}}
        text = '{"env":[{"name":"A","value":"b"}],"nodeSelector":{"gpu":"yes"},"resources":{},"volumeMounts":[]}'
        result = self.succeed(source, port, {"Output": STRING}, {"config": text})
        expected = (
            "TaskConfig(affinity=None, tolerations=None, node_selector={'gpu': 'yes'}, "
            "env=[{'name': 'A', 'value': 'b'}], volumes=None, volume_mounts=[], resources={})"
        )
        self.assertEqual(result.output(), expected)
        empty = self.succeed(source, port, {"Output": STRING})
        self.assertEqual(empty.output(), self.succeed(source, port, {"Output": STRING}, {"config": "{}"}).output())


if __name__ == "__main__":
    unittest.main()
