"""Runs the same components through KFP's own executor, alone and as a program of our runtime, and through our runtime itself,
and compares what they leave behind.

    python3 conformance/runtime_differential.py PYTHON

PYTHON is a Python that has kfp 2.17.0 installed, and what its notebook components install; it runs both. Exits with 1
where they differ, but for these deliberate differences, each with its own case in DELIBERATE below:

- An explicit None is passed on: KFP leaves the argument out, so that the default applies; our texts have three states.
- Numbers have the declared type: KFP passes 3.0 of a whole number's double on to an `int`.
- SlicedClassificationMetrics works: KFP's raises AttributeError.
- A function that returns a value but declares none: KFP fails the task, we warn.
- A task that leaves with sys.exit(0) has its outputs written: KFP writes none.
- A scalar of numpy is the number it holds: KFP cannot write it.
"""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import textwrap

RUNTIME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src", "runtime", "launch.py")
PRELUDE = "import kfp\nfrom kfp import dsl\nfrom kfp.dsl import *\nfrom typing import *\n\n"

A_DATASET = {"artifact": "system.Dataset"}
INPUT_DATASET = {"type": "system.Dataset", "metadata": {"rows": 3}, "data": "1,2,3"}


def parameter(type):
    """A parameter's port."""
    return {"type": type}


INTEGER, DOUBLE, STRING = parameter("NUMBER_INTEGER"), parameter("NUMBER_DOUBLE"), parameter("STRING")
BOOLEAN, LIST, STRUCT = parameter("BOOLEAN"), parameter("LIST"), parameter("STRUCT")


def notebook(*cells, tags={}):
    """A notebook of these cells of code; `tags` has the tag of a cell by its place."""
    made = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {"tags": [tags[index]]} if index in tags else {},
            "outputs": [],
            "source": textwrap.dedent(cell),
        }
        for index, cell in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


class Case:
    """A component and its inputs. `inputs` are parameters, `artifacts` are input artifacts (or lists of them)."""

    def __init__(
        self,
        name,
        source,
        outputs,
        inputs=None,
        artifacts=None,
        optional=(),
        paths=(),
        fails=False,
        order=(),
        notebook=None,
    ):
        self.name = name
        self.source = textwrap.dedent(source).lstrip()
        self.outputs = outputs
        self.inputs = inputs or {}
        self.artifacts = artifacts or {}
        self.optional = optional
        self.paths = paths
        self.fails = fails
        self.order = order
        self.notebook = notebook


CASES = [
    Case(
        "parameters of every type",
        """
        def f(s: str, i: int, d: float, b: bool, l: list, m: dict, n: Optional[str] = None, o: List[int] = [1]) -> str:
            return repr([s, i, d, b, l, m, n, o])
        """,
        {"Output": STRING},
        {
            "s": (STRING, 'it\'s "q" é\n{{x}} $(Y)'),
            "i": (INTEGER, 3),
            "d": (DOUBLE, 1.5),
            "b": (BOOLEAN, True),
            "l": (LIST, [1, "a", [None]]),
            "m": (STRUCT, {"a": {"b": [1.5]}}),
        },
        optional=("n", "o"),
    ),
    Case("float from int", "def f() -> float:\n    return 3\n", {"Output": DOUBLE}),
    Case("int from bool", "def f() -> int:\n    return True\n", {"Output": INTEGER}),
    Case("int from float", "def f() -> int:\n    return 3.0\n", {"Output": INTEGER}, fails=True),
    Case("int from str", "def f() -> int:\n    return '1'\n", {"Output": INTEGER}, fails=True),
    Case("list from tuple", "def f() -> list:\n    return (1,)\n", {"Output": LIST}, fails=True),
    Case("None", "def f() -> str:\n    return None\n", {"Output": STRING}),
    Case(
        "list and dict", "def f() -> Dict[str, Any]:\n    return {'b': [1, None, 'é'], 'a': {}}\n", {"Output": STRUCT}
    ),
    Case(
        "NamedTuple by name, with an artifact",
        """
        def f() -> NamedTuple("Outputs", [("total", int), ("name", str), ("data", Dataset)]):
            outputs = NamedTuple("Outputs", [("total", int), ("name", str), ("data", Dataset)])
            return outputs(name="n", total=1, data="raw")
        """,
        {"total": INTEGER, "name": STRING, "data": A_DATASET},
    ),
    Case(
        "NamedTuple by place",
        """
        def f() -> NamedTuple("Outputs", [("total", int), ("name", str)]):
            return (1, "n")
        """,
        {"name": STRING, "total": INTEGER},
    ),
    Case(
        "NamedTuple of the wrong length",
        """
        def f() -> NamedTuple("Outputs", [("total", int), ("name", str)]):
            return (1,)
        """,
        {"total": INTEGER, "name": STRING},
        fails=True,
    ),
    Case(
        "artifacts in and out",
        """
        def f(data: Input[Dataset], model: Output[Model], count: OutputPath(int), text: OutputPath(str)):
            with open(data.path) as source, open(model.path, "w") as target:
                target.write(source.read().upper() + repr(data.metadata) + type(data).__name__)
            model.framework = "torch"
            model.metadata["nested"] = {"a": [1, 2.5, "x", True, None]}
            with open(count, "w") as file:
                file.write(" 3\\n")
            with open(text, "w") as file:
                file.write(" 3\\n")
        """,
        {"model": {"artifact": "system.Model"}, "count": INTEGER, "text": STRING},
        artifacts={"data": INPUT_DATASET},
        paths=("count", "text"),
    ),
    Case(
        "the class is that of the artifact",
        """
        def f(a: Input[Artifact], b: Input[Dataset]) -> str:
            return type(a).__name__ + a.framework + type(b).__name__
        """,
        {"Output": STRING},
        artifacts={
            "a": {"type": "system.Model", "metadata": {"framework": "jax"}, "data": "", "declared": "system.Artifact"},
            "b": INPUT_DATASET,
        },
    ),
    Case(
        "a list of artifacts",
        """
        def f(data: Input[List[Dataset]]) -> str:
            return repr([(open(each.path).read(), each.metadata) for each in data])
        """,
        {"Output": STRING},
        artifacts={"data": [INPUT_DATASET, {"type": "system.Dataset", "metadata": {}, "data": "second"}]},
    ),
    Case(
        "an optional artifact that is absent",
        """
        def f(data: Optional[Input[Dataset]] = None) -> str:
            return repr(data)
        """,
        {"Output": STRING},
        artifacts={"data": None},
    ),
    Case(
        "InputPath and OutputPath of artifacts",
        """
        def f(data: InputPath("Dataset"), copy: OutputPath("Dataset")):
            with open(copy, "w") as file:
                file.write(open(data).read() * 2)
        """,
        {"copy": A_DATASET},
        artifacts={"data": INPUT_DATASET},
        paths=("data", "copy"),
    ),
    Case(
        "a folder",
        """
        def f(model: Output[Model]):
            import os
            os.makedirs(os.path.join(model.path, "a"))
            open(os.path.join(model.path, "a", "b"), "w").write("x")
        """,
        {"model": {"artifact": "system.Model"}},
    ),
    Case(
        "a returned artifact",
        """
        def f() -> Dataset:
            data = Dataset(uri=dsl.get_uri(), metadata={"rows": 1})
            open(data.path, "w").write("x")
            return data
        """,
        {"Output": A_DATASET},
    ),
    Case(
        "raw data for an artifact",
        "def f() -> Artifact:\n    return {'a': (1, 2)}\n",
        {"Output": {"artifact": "system.Artifact"}},
    ),
    Case(
        "metrics",
        """
        def f(m: Output[Metrics]):
            m.log_metric("accuracy", 0.9)
            m.log_metric("count", 3)
            open(m.path, "w").write("")
        """,
        {"m": {"artifact": "system.Metrics"}},
    ),
    Case(
        "classification metrics",
        """
        def f(m: Output[ClassificationMetrics]):
            m.log_confusion_matrix(["a", "b"], [[1, 2], [3, 4]])
            m.log_confusion_matrix_cell("a", "b", 9)
            m.log_roc_curve([0.0, 0.1], [0.5, 1.0], [0.9, 0.1])
            m.log_roc_data_point(fpr=1.0, tpr=1.0, threshold=0.0)
            open(m.path, "w").write("")
        """,
        {"m": {"artifact": "system.ClassificationMetrics"}},
    ),
    Case(
        "a confusion matrix row by row",
        """
        def f(m: Output[ClassificationMetrics]):
            m.set_confusion_matrix_categories(["a", "b"])
            m.log_confusion_matrix_row("b", [5, 6])
            open(m.path, "w").write("")
        """,
        {"m": {"artifact": "system.ClassificationMetrics"}},
    ),
    Case(
        "final status",
        """
        def f(status: PipelineTaskFinalStatus) -> str:
            s = status
            return repr([s.state, s.pipeline_job_resource_name, s.pipeline_task_name, s.error_code, s.error_message])
        """,
        {"Output": STRING},
        {
            "status": (
                parameter("TASK_FINAL_STATUS"),
                {
                    "state": "FAILED",
                    "pipelineTaskName": "train",
                    "pipelineJobResourceName": "run-1",
                    "error": {"code": 9, "message": "no luck"},
                },
            )
        },
    ),
    Case(
        "what was asked of the pod",
        """
        def f(config: dsl.TaskConfig) -> str:
            c = config
            return repr([c.affinity, c.tolerations, c.node_selector, c.env, c.volumes, c.volume_mounts, c.resources])
        """,
        {"Output": STRING},
        {
            "config": (
                parameter("TASK_CONFIG"),
                {"nodeSelector": {"gpu": "yes"}, "env": [{"name": "A", "value": "$(B)"}], "volumeMounts": []},
            )
        },
    ),
    Case(
        "an artifact from another path, and one that is an input",
        """
        def f(data: Input[Dataset], model: Output[Model]) -> Dataset:
            import tempfile
            path = tempfile.mkdtemp() + "/made"
            open(path, "w").write("made")
            model.set_path(path)
            model.metadata["at"] = "custom"
            return data
        """,
        {"model": {"artifact": "system.Model"}, "Output": A_DATASET},
        artifacts={"data": INPUT_DATASET},
    ),
    Case("an exception", "def f() -> str:\n    raise ValueError('no')\n", {"Output": STRING}, fails=True),
    Case(
        "a module around the function",
        """
        from collections import OrderedDict
        import json as reader
        LIMIT = 2

        def helper(text):
            return reader.dumps(OrderedDict(a=text, b=LIMIT))

        def f(data: dsl.Input[dsl.Dataset], text: str = helper("default")) -> str:
            return helper(text) + data.name.__class__.__name__
        """,
        {"Output": STRING},
        artifacts={"data": INPUT_DATASET},
    ),
    Case(
        "a task's configuration",
        """
        def f(config: dsl.TaskConfig) -> str:
            return repr([config.resources, config.node_selector, config.env, config.volume_mounts, config.affinity])
        """,
        {"Output": STRING},
        {
            "config": (
                parameter("TASK_CONFIG"),
                {
                    "resources": {"limits": {"cpu": "2"}},
                    "nodeSelector": {"pool": "gpu"},
                    "env": [{"name": "A", "value": "b"}],
                    "volumeMounts": [{"name": "v", "mountPath": "/v"}],
                },
            )
        },
    ),
    Case(
        "an empty configuration",
        """
        def f(config: TaskConfig) -> str:
            return repr([vars(config)[name] for name in sorted(vars(config))])
        """,
        {"Output": STRING},
        {"config": (parameter("TASK_CONFIG"), {})},
    ),
    Case(
        "an embedded file",
        """
        __KFP_EMBEDDED_ASSET_DIR = "/assets"
        __KFP_EMBEDDED_ASSET_FILE = "/assets/words.txt"

        def f(words: dsl.EmbeddedInput[Dataset], more: int = 3) -> str:
            return repr([type(words).__name__, words.path, words.uri, words.name, words.metadata, more])
        """,
        {"Output": STRING},
    ),
    Case(
        "an embedded folder",
        """
        __KFP_EMBEDDED_ASSET_DIR = "/assets"

        def f(folder: dsl.EmbeddedInput[Artifact]) -> str:
            return repr([type(folder).__name__, folder.path])
        """,
        {"Output": STRING},
    ),
    Case(
        "an embedded file that is not there",
        """
        def f(words: dsl.EmbeddedInput[Dataset]) -> str:
            return words.path
        """,
        {"Output": STRING},
        fails=True,
    ),
    Case(
        "bare names",
        """
        def f() -> str:
            names = [Artifact, HTML, Markdown, Model, dsl.Dataset, kfp.dsl.Metrics]
            return " ".join(each.schema_title for each in names) + str(Optional[int]) + dsl.PIPELINE_JOB_ID_PLACEHOLDER
        """,
        {"Output": STRING},
    ),
    Case(
        "a notebook with a cell for its parameters",
        """
        def f(s: str, i: int, d: float, m: dict, data: Input[Dataset], report: Output[HTML], text: OutputPath(str)):
            values = {"s": s, "i": i, "d": d, "m": m, "t": (1, (2,)), "n": None, "o": float("inf"), "k": {1: True}}
            dsl.run_notebook(data=data.path, report=report.path, text=text, **values)
            report.metadata["cells"] = 3
        """,
        {"report": {"artifact": "system.HTML"}, "text": STRING},
        {
            "s": (STRING, 'it\'s "q" é\n{{x}} $(Y) \\ %s\u2028'),
            "i": (INTEGER, 3),
            "d": (DOUBLE, 1.5),
            "m": (STRUCT, {"a": {"b": [1.5, "'"]}, "c": None}),
        },
        artifacts={"data": INPUT_DATASET},
        paths=("text",),
        notebook=notebook(
            "import os\nbefore = sorted(globals().keys() & {'s', 'n', 'only_here'})",
            "s, i, only_here = 'default', 0, 'kept'",
            """
            os.path.exists("scratch")
            open("scratch", "w").write("x")
            print(open("scratch").read())
            """,
            """
            with open(text, "w") as file:
                file.write(repr([before, s, i, d, m, t, n, o, k, only_here]))
            with open(report, "w") as file:
                file.write(open(data).read())
            report
            """,
            tags={1: "parameters"},
        ),
    ),
    Case(
        "a notebook without a cell for its parameters, run twice",
        """
        def f() -> str:
            import tempfile
            path = tempfile.mkdtemp() + "/seen"
            for number in (1, 2):
                dsl.run_notebook(path=path, number=number)
            return open(path).read()
        """,
        {"Output": STRING},
        notebook=notebook("before = number", "open(path, 'a').write(repr((before, number)))"),
    ),
    Case(
        "a notebook that needs no parameters",
        "def f() -> str:\n    dsl.run_notebook()\n    return 'done'\n",
        {"Output": STRING},
        notebook=notebook("1 + 1", "raise ValueError", "'more'", tags={1: "raises-exception"}),
    ),
    Case(
        "a cell that fails",
        "def f() -> str:\n    dsl.run_notebook(x=1)\n    return 'done'\n",
        {"Output": STRING},
        notebook=notebook("x", "raise ValueError('no rows')"),
        fails=True,
    ),
    Case(
        "a failure that the function handles",
        """
        def f() -> str:
            try:
                dsl.run_notebook()
            except RuntimeError as error:
                return str("no rows" in str(error))
        """,
        {"Output": STRING},
        notebook=notebook("raise ValueError('no rows')"),
    ),
    Case(
        "a parameter that is not JSON",
        "def f() -> str:\n    dsl.run_notebook(x={1})\n    return 'done'\n",
        {"Output": STRING},
        notebook=notebook("x"),
        fails=True,
    ),
    Case(
        "a component that has no notebook",
        """
        def f() -> str:
            try:
                dsl.run_notebook()
            except NotImplementedError:
                return "none"
        """,
        {"Output": STRING},
    ),
]

DELIBERATE = [
    Case(
        "an explicit None",
        "def f(x: Optional[str] = 'default') -> str:\n    return repr(x)\n",
        {"Output": STRING},
        {"x": (STRING, None)},
    ),
    Case("the declared type", "def f(x: int) -> str:\n    return repr(x)\n", {"Output": STRING}, {"x": (INTEGER, 3.0)}),
    Case(
        "sliced metrics",
        "def f(m: Output[SlicedClassificationMetrics]):\n    m.log_roc_reading('x', 0.5, 0.7, 0.2)\n",
        {"m": {"artifact": "system.SlicedClassificationMetrics"}},
    ),
    Case("an undeclared return value", "def f():\n    return 1\n", {}),
    Case(
        "leaving with zero",
        "def f(m: Output[Model]):\n    open(m.path, 'w').write('x')\n    raise SystemExit(0)\n",
        {"m": {"artifact": "system.Model"}},
    ),
    Case(
        "a scalar of numpy",
        """
        def f() -> int:
            class Scalar:
                shape = ()
                def item(self):
                    return 7
            return Scalar()
        """,
        {"Output": INTEGER},
    ),
]

DIFFERENT_AS_A_PROGRAM = ("the declared type", "leaving with zero")
"""The runtime gives a program numbers of the declared type, and writes the outputs of one that ends with zero."""


def encode(value):
    """A parameter's text, written here once more so that an error in the runtime's own codec shows."""
    if value is None:
        return "json:null"
    return "json:" + json.dumps(value).replace("{{", "{\\u007b").replace("$", "\\u0024")


def decode(text, type):
    """A parameter's value from a text that the runtime wrote."""
    if type == "STRING" and not text.startswith("json:"):
        return text
    return json.loads(text[5:] if text.startswith("json:") else text)


def parse(text, type):
    """A parameter's value from a file that user code wrote, as KFP's launcher reads it."""
    if type == "STRING":
        return text
    return {"NUMBER_INTEGER": int, "NUMBER_DOUBLE": float}.get(type, json.loads)(text.strip())


def files_below(path):
    """The contents of a file or folder: text by relative path. An empty file counts as none."""
    if os.path.isfile(path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        return {"": text} if text else {}
    found = {}
    for folder, _, names in os.walk(path):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found[os.path.relpath(os.path.join(folder, name), path)] = file.read()
    return found


def write(path, text):
    """Writes a file and the folders above it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def as_list(value):
    """The artifacts of an input: none, one, or a list."""
    return [] if value is None else value if isinstance(value, list) else [value]


def run(command, environment):
    """Runs a command; gives whether it succeeded, and what it printed."""
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return done.returncode == 0, done.stdout.decode("utf-8", "replace")


def with_notebook(text):
    """What KFP puts before a function that has a notebook: the helper that it takes from its own template."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("f.ipynb")
        member.size = len(text.encode("utf-8"))
        archive.addfile(member, io.BytesIO(text.encode("utf-8")))
    encoded = base64.b64encode(packed.getvalue()).decode("ascii")
    template = "from kfp.dsl.templates.notebook_executor import get_notebook_executor_source\n"
    return template + "exec(get_notebook_executor_source(%r, 'f.ipynb'))\n\n" % encoded


def executor(case, python, folder, executor_input):
    """The command that runs a case by KFP's executor."""
    source = os.path.join(folder, "component.py")
    write(source, PRELUDE + (with_notebook(case.notebook) if case.notebook else "") + case.source)
    command = [python, "-m", "kfp.dsl.executor_main", "--component_module_path", source]
    return command + ["--executor_input", executor_input, "--function_to_execute", "f"]


def by_kfp(case, python, folder):
    """The outcome of a case under KFP's executor."""
    task = os.path.join(folder, "task")
    artifacts, outputs = {}, {}
    for name, value in case.artifacts.items():
        listed = []
        for index, each in enumerate(as_list(value)):
            path = os.path.join(folder, "in", name, str(index))
            write(path, each["data"])
            listed.append(
                {"name": "1", "uri": path, "metadata": each["metadata"], "type": {"schemaTitle": each["type"]}}
            )
        if listed:
            artifacts[name] = {"artifacts": listed}
    parameters = {}
    for name, port in case.outputs.items():
        if "artifact" in port:
            made = {
                "name": name,
                "uri": os.path.join(task, name),
                "metadata": {},
                "type": {"schemaTitle": port["artifact"]},
            }
            outputs[name] = {"artifacts": [made]}
        else:
            parameters[name] = {"outputFile": os.path.join(folder, "parameters", name)}
    executor_input = {
        "inputs": {
            "parameterValues": {name: value for name, (_, value) in case.inputs.items()},
            "artifacts": artifacts,
        },
        "outputs": {
            "parameters": parameters,
            "artifacts": outputs,
            "outputFile": os.path.join(task, "output_metadata.json"),
        },
    }
    command = executor(case, python, folder, json.dumps(executor_input))
    succeeded, printed = run(command, dict(os.environ, _KFP_RUNTIME="true"))
    if not succeeded:
        return {"succeeded": False}, printed
    written = {}
    if os.path.exists(os.path.join(task, "output_metadata.json")):
        with open(os.path.join(task, "output_metadata.json"), encoding="utf-8") as file:
            written = json.load(file)
    values = {}
    for name, port in case.outputs.items():
        file = os.path.join(folder, "parameters", name)
        if "artifact" in port:
            found = written.get("artifacts", {}).get(name, {"artifacts": [{"metadata": None}]})["artifacts"][0]
            path = found.get("custom_path") or found.get("uri") or os.path.join(task, name)
            values[name] = {"metadata": found["metadata"], "files": files_below(path)}
        elif name in written.get("parameterValues", {}):
            values[name] = written["parameterValues"][name]
        elif os.path.exists(file):
            with open(file, encoding="utf-8") as text:
                values[name] = parse(text.read(), port["type"])
    return {"succeeded": True, "outputs": values}, printed


def by_program(case, python, folder):
    """The outcome of a case under KFP's executor, which our runtime runs as its program."""
    return by_us(case, python, folder, executor(case, python, folder, "{{$}}"))


def by_us(case, python, folder, program=None):
    """The outcome of a case under our runtime."""
    source = os.path.join(folder, "f.py")
    write(source, case.source)
    if case.notebook:
        write(os.path.join(folder, "f.ipynb"), case.notebook)
    inputs = {name: dict(port, optional=value is None) for name, (port, value) in case.inputs.items()}
    inputs.update({name: dict(STRING, optional=True) for name in case.optional})
    environment = dict(os.environ, KFP_SOURCE=source, KFP_WORK_DIR=os.path.join(folder, "work"))
    environment["KFP_INPUTS_DIR"] = os.path.join(folder, "inputs")
    environment["KFP_TERMINATION_LOG"] = os.path.join(folder, "termination")
    for name, (_, value) in case.inputs.items():
        environment["KFP_INPUT_" + name] = encode(value)
    for name, value in case.artifacts.items():
        inputs[name] = {
            "artifact": (as_list(value) or [INPUT_DATASET])[0].get("declared", "system.Dataset"),
            "optional": value is None,
        }
        references = []
        for index, each in enumerate(as_list(value)):
            parts = [str(index)] if isinstance(value, list) else []
            write(os.path.join(folder, "inputs", name, *parts), each["data"])
            references.append(
                {"key": "%s/%d" % (name, index), "type": each["type"], "metadata": json.dumps(each["metadata"])}
            )
        if isinstance(value, list):
            inputs[name]["list"] = True
        if value is not None:
            environment["KFP_INPUT_" + name] = json.dumps(references if isinstance(value, list) else references[0])
    for name, port in case.outputs.items():
        if "artifact" in port:
            environment["KFP_KEY_" + name] = "ns/run/pod/" + name
    component = {"function": "f", "inputs": inputs, "outputs": case.outputs, "paths": list(case.paths)}
    if program:
        component["program"] = program
        environment["_KFP_RUNTIME"] = "true"
    environment["KFP_COMPONENT"] = json.dumps(component, sort_keys=True)
    succeeded, printed = run([python, RUNTIME], environment)
    if not succeeded:
        return {"succeeded": False}, printed
    values = {}
    for name, port in case.outputs.items():
        path = os.path.join(folder, "work", "outputs", name)
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if "artifact" in port:
            metadata = json.loads(json.loads(text)["metadata"])
            values[name] = {"metadata": metadata, "files": files_below(os.path.join(folder, "work", "artifacts", name))}
        else:
            values[name] = decode(text, port["type"])
    return {"succeeded": True, "outputs": values}, printed


def outcome(executor, case, python):
    """What a case leaves behind, and what it printed, in a folder of its own."""
    folder = tempfile.mkdtemp()
    try:
        return executor(case, python, folder)
    finally:
        shutil.rmtree(folder)


def main(python):
    """Compares every case. Returns the exit code."""
    failures = 0
    for case in CASES + DELIBERATE:
        kfp, kfp_printed = outcome(by_kfp, case, python)
        ours, our_printed = outcome(by_us, case, python)
        program, program_printed = outcome(by_program, case, python)
        deliberate = case in DELIBERATE
        good = (
            (kfp != ours and ours["succeeded"]) if deliberate else (kfp == ours and kfp["succeeded"] is not case.fails)
        )
        if good and program != kfp and case.name not in DIFFERENT_AS_A_PROGRAM:
            good, ours, our_printed = False, program, program_printed
        print(
            "%s  %s%s"
            % ("ok  " if good else "FAIL", case.name, " (differs, on purpose)" if deliberate and good else "")
        )
        if not good:
            failures += 1
            print("  KFP:  %s\n  ours: %s\n" % (kfp, ours))
            print(textwrap.indent(kfp_printed[-1500:] + "\n---\n" + our_printed[-1500:], "    "))
    print("%d cases, %d wrong" % (len(CASES + DELIBERATE), failures))
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: runtime_differential.py PYTHON")
    sys.exit(main(sys.argv[1]))
