"""Runs that both kfp.local and our local runner make: pipelines of the other files, and some that only run here.

RUNS lists (pipeline, arguments). STATED lists (pipeline, arguments, outputs): kfp.local cannot run these, so what they give
by the rules of KFP's backend is stated here. SCRATCH in an argument stands for a folder of the run, with one file in it.
"""

from typing import Dict, List, NamedTuple, Optional

from artifacts import artifacts_by_path, returned_artifacts
from branches import chain_of_branches, one_of_artifacts, one_of_nested_groups
from exits import with_default
from kfp import dsl
from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output, PipelineTaskFinalStatus
from nesting import one_of_in_pipelines, three_deep
from parameters import optional_inputs, several_outputs, types_of_parameters
from python_components import embedded_artifacts, helpers_and_nasty_sources
from shared import add, flip, numbers, read_dataset, say, step, total, write_dataset

SCRATCH = "<scratch>"


@step()
def describe(value: float, exact: bool) -> NamedTuple("Described", [("text", str), ("rounded", int), ("table", dict)]):
    rounded = round(value)
    outputs = NamedTuple("Described", [("text", str), ("rounded", int), ("table", dict)])
    return outputs(f"{value!r}", rounded, {"exact": exact, "list": [value, None, "é"]})


@dsl.pipeline(name="run-with-values")
def run_with_values(value: float = 2.5, n: int = 3) -> NamedTuple("Outputs", [("text", str), ("table", dict)]):
    described = describe(value=value, exact=False)
    said = say(text=f"<{described.outputs['text']}> and {described.outputs['text']}!")
    add(a=described.outputs["rounded"], b=n)
    outputs = NamedTuple("Outputs", [("text", str), ("table", dict)])
    return outputs(said.output, described.outputs["table"])


@step()
def train(data: Input[Dataset], rate: float, model: Output[Model], metrics: Output[Metrics]) -> int:
    with open(data.path) as file:
        text = file.read()
    with open(model.path, "w") as file:
        file.write(text.upper())
    model.metadata["rate"] = rate
    model.framework = "none"
    metrics.log_metric("accuracy", 0.5)
    metrics.metadata["of"] = data.metadata["length"]
    return len(text)


@step()
def inspect(model: Input[Model], metrics: Input[Metrics], any: Input[Artifact]) -> Dict[str, str]:
    with open(model.path) as file:
        text = file.read()
    return {
        "text": text,
        "framework": model.framework,
        "rate": str(model.metadata["rate"]),
        "accuracy": str(metrics.metadata["accuracy"]),
        "same": str(any.uri == model.uri),
    }


@dsl.pipeline(name="run-with-artifacts")
def run_with_artifacts(text: str = "abc") -> NamedTuple("Outputs", [("table", dict), ("model", Model)]):
    data = write_dataset(text=text)
    trained = train(data=data.outputs["data"], rate=0.25)
    table = inspect(model=trained.outputs["model"], metrics=trained.outputs["metrics"], any=trained.outputs["model"])
    outputs = NamedTuple("Outputs", [("table", dict), ("model", Model)])
    return outputs(table.output, trained.outputs["model"])


@dsl.pipeline(name="run-with-branches")
def run_with_branches(heads: bool = True, limit: int = 2) -> str:
    coin = flip(heads=heads)
    with dsl.If(coin.output == "heads"):
        more = add(a=limit, b=1)
        with dsl.If(more.output > limit):
            first = say(text=f"{coin.output} is more")
        with dsl.Else():
            second = say(text="never")
        one = say(text=dsl.OneOf(first.output, second.output))
    with dsl.Else():
        other = say(text="tails")
    return dsl.OneOf(one.output, other.output)


@dsl.pipeline(name="run-with-loops")
def run_with_loops(
    items: List[int] = [3, 1, 2], prefix: str = "p"
) -> NamedTuple("Outputs", [("sum", int), ("texts", List[str])]):
    with dsl.ParallelFor(items, parallelism=2) as item:
        more = add(a=item, b=10)
        text = say(text=f"<{prefix}>")
    summed = total(values=dsl.Collected(more.output))
    outputs = NamedTuple("Outputs", [("sum", int), ("texts", List[str])])
    return outputs(summed.output, dsl.Collected(text.output))


@step()
def table() -> List[Dict[str, str]]:
    return [{"who": "Ada", "role": "author"}, {"who": "Alan", "role": "reader"}]


@dsl.pipeline(name="run-with-fields")
def run_with_fields(prefix: str = "p"):
    with dsl.ParallelFor(table().output) as row:
        say(text=row.who)
        say(text=row.role)
    with dsl.ParallelFor(["x", "y"]) as letter:
        say(text=letter)
    with dsl.ParallelFor(numbers(count=2).output) as number:
        add(a=number)


@step()
def count_all(values: List[str]) -> int:
    return len(values)


@dsl.pipeline(name="run-with-nested-loops")
def run_with_nested_loops(outer: List[str] = ["a", "b"], inner: List[int] = [1, 2]) -> int:
    with dsl.ParallelFor(outer) as letter:
        said = say(text=letter)
        with dsl.ParallelFor(inner) as number:
            more = add(a=number)
        total(values=dsl.Collected(more.output))
    return count_all(values=dsl.Collected(said.output)).output


@dsl.pipeline(name="run-with-outer-values")
def run_with_outer_values(
    outer: List[str] = ["a", "b"],
) -> NamedTuple("Outputs", [("Output", int), ("texts", List[str])]):
    with dsl.ParallelFor(outer) as letter:
        said = say(text=letter)
        with dsl.ParallelFor([1, 2]) as number:
            add(a=number)
            say(text=f"{letter}{number}{said.output}")
    counted = count_all(values=dsl.Collected(said.output))
    outputs = NamedTuple("Outputs", [("Output", int), ("texts", List[str])])
    return outputs(counted.output, dsl.Collected(said.output))


@dsl.pipeline(name="run-with-branches-in-loops")
def run_with_branches_in_loops():
    with dsl.ParallelFor([1, 2, 3]) as item:
        more = add(a=item)
        with dsl.If(more.output > 2):
            say(text="more")
        with dsl.Else():
            say(text="not more")


@step()
def fail_where(bad: bool) -> str:
    if bad:
        raise ValueError("it was told to fail")
    return "well"


@step()
def note(folder: str, text: str, status: PipelineTaskFinalStatus) -> str:
    with open(f"{folder}/note", "w") as file:
        file.write(text)
    return text


@dsl.pipeline(name="run-with-exit")
def run_with_exit(bad: bool, folder: str):
    with dsl.ExitHandler(note(folder=folder, text="over")):
        first = fail_where(bad=bad)
        say(text=first.output)
        say(text="beside")


@dsl.pipeline(name="run-that-fails")
def run_that_fails(bad: bool = True) -> str:
    first = say(text="first")
    second = fail_where(bad=bad).after(first)
    return say(text=second.output).output


@dsl.pipeline(name="run-that-fails-in-a-loop")
def run_that_fails_in_a_loop():
    with dsl.ParallelFor([False, True]) as bad:
        fail_where(bad=bad)


@dsl.pipeline(name="inner-that-fails")
def inner_that_fails(bad: bool) -> str:
    return say(text=fail_where(bad=bad).output).output


@dsl.pipeline(name="run-that-fails-inside")
def run_that_fails_inside(bad: bool = True):
    say(text=inner_that_fails(bad=bad).output)


@dsl.pipeline(name="run-that-ignores-failures")
def run_that_ignores_failures():
    failed = fail_where(bad=True)
    with_default(text="nevertheless", number=3).after(failed).ignore_upstream_failure()


@step()
def fail_at_first(folder: str, times: int) -> int:
    import os

    file = os.path.join(folder, "attempts")
    attempts = int(open(file).read()) if os.path.exists(file) else 0
    with open(file, "w") as out:
        out.write(str(attempts + 1))
    if attempts < times:
        raise RuntimeError(f"attempt {attempts + 1} fails")
    return attempts + 1


@dsl.pipeline(name="run-with-retries")
def run_with_retries(folder: str, times: int = 2) -> int:
    tried = fail_at_first(folder=folder, times=times).set_retry(2, backoff_duration="0s")
    return add(a=tried.output).output


@step()
def environment() -> str:
    import os

    return f"{os.environ['MODE']}|{os.environ['TEXT']}"


@dsl.pipeline(name="run-with-environment")
def run_with_environment() -> str:
    task = environment().set_env_variable("MODE", "fast").set_env_variable("TEXT", "it's ${HOME} $(id)")
    return task.output


@dsl.pipeline(name="several-texts")
def several_texts(texts: List[str]) -> List[Dataset]:
    with dsl.ParallelFor(texts) as text:
        made = write_dataset(text=text)
    return dsl.Collected(made.outputs["data"])


@dsl.pipeline(name="run-over-artifacts")
def run_over_artifacts(texts: List[str] = ["a", "bc"]):
    made = several_texts(texts=texts)
    with dsl.ParallelFor(made.output) as each:
        read_dataset(data=each)


@step()
def look(data: Input[Dataset]) -> str:
    return f"{data.metadata['owner']} {data.metadata['fixed']} {data.uri.split('/')[-1]}"


@dsl.pipeline(name="run-with-an-importer")
def run_with_an_importer(uri: str, owner: str = "us") -> str:
    imported = dsl.importer(artifact_uri=uri, artifact_class=Dataset, metadata={"owner": owner, "fixed": "x"})
    return look(data=imported.output).output


@step()
def maybe(data: Optional[Input[Dataset]] = None, text: Optional[str] = None) -> str:
    return f"{data is None} {text!r}"


@dsl.pipeline(name="run-with-optional-inputs")
def run_with_optional_inputs(text: str = "said"):
    maybe()
    maybe(text=text)
    maybe(data=write_dataset(text="x").outputs["data"], text="given")


@dsl.pipeline(name="innermost-run")
def innermost_run(text: str, n: int = 1) -> NamedTuple("Outputs", [("said", str), ("sum", int)]):
    outputs = NamedTuple("Outputs", [("said", str), ("sum", int)])
    return outputs(say(text=text).output, add(a=n, b=2).output)


@dsl.pipeline(name="middle-run")
def middle_run(text: str, data: Input[Dataset]) -> NamedTuple("Outputs", [("sum", int), ("data", Dataset)]):
    first = innermost_run(text=text)
    second = innermost_run(text=first.outputs["said"], n=first.outputs["sum"])
    copied = write_dataset(text=read_dataset(data=data).output)
    outputs = NamedTuple("Outputs", [("sum", int), ("data", Dataset)])
    return outputs(second.outputs["sum"], copied.outputs["data"])


@dsl.pipeline(name="run-with-pipelines")
def run_with_pipelines(
    text: str = "x", items: List[int] = [1, 2]
) -> NamedTuple("Outputs", [("sum", int), ("data", Dataset)]):
    called = middle_run(text=text, data=write_dataset(text=text).outputs["data"])
    with dsl.ParallelFor(items) as item:
        each = innermost_run(text="in a loop", n=item)
        with dsl.If(add(a=each.outputs["sum"]).output > 4):
            innermost_run(text="in a branch")
    summed = total(values=dsl.Collected(each.outputs["sum"]))
    add(a=summed.output)
    outputs = NamedTuple("Outputs", [("sum", int), ("data", Dataset)])
    return outputs(called.outputs["sum"], called.outputs["data"])


@dsl.pipeline(name="run-with-chosen-artifacts")
def run_with_chosen_artifacts(heads: bool = True) -> str:
    coin = flip(heads=heads)
    with dsl.If(coin.output == "heads"):
        first = write_dataset(text="h")
    with dsl.Else():
        second = write_dataset(text="t")
    return read_dataset(data=dsl.OneOf(first.outputs["data"], second.outputs["data"])).output


@step()
def read_all(many: Input[List[Dataset]]) -> List[str]:
    return [open(each.path).read() for each in many]


@dsl.pipeline(name="run-with-collected-artifacts")
def run_with_collected_artifacts(texts: List[str] = ["a", "bc", "d"]) -> List[str]:
    with dsl.ParallelFor(texts) as text:
        made = write_dataset(text=text)
    return read_all(many=dsl.Collected(made.outputs["data"])).output


PIPELINES = [
    run_with_values,
    run_with_artifacts,
    run_with_branches,
    run_with_loops,
    run_with_fields,
    run_with_nested_loops,
    run_with_outer_values,
    run_with_branches_in_loops,
    run_with_exit,
    run_that_fails,
    run_that_fails_in_a_loop,
    run_that_fails_inside,
    run_that_ignores_failures,
    run_with_retries,
    run_with_environment,
    run_over_artifacts,
    run_with_an_importer,
    run_with_optional_inputs,
    run_with_pipelines,
    run_with_chosen_artifacts,
    run_with_collected_artifacts,
]

RUNS = [
    (run_with_values, {}),
    (run_with_values, {"value": 1e-7, "n": -1}),
    (run_with_artifacts, {"text": "it's é\n"}),
    (run_with_branches, {}),
    (run_with_branches, {"heads": False}),
    (run_with_loops, {}),
    (run_with_loops, {"items": [5]}),
    (run_with_fields, {}),
    (run_with_nested_loops, {}),
    (run_with_branches_in_loops, {}),
    (run_with_exit, {"bad": False, "folder": SCRATCH}),
    (run_with_exit, {"bad": True, "folder": SCRATCH}),
    (run_that_fails, {}),
    (run_that_fails, {"bad": False}),
    (run_that_fails_in_a_loop, {}),
    (run_that_fails_inside, {}),
    (run_that_ignores_failures, {}),
    (run_with_retries, {"folder": SCRATCH}),
    (run_with_retries, {"folder": SCRATCH, "times": 5}),
    (run_with_environment, {}),
    (run_over_artifacts, {}),
    (run_with_an_importer, {"uri": f"{SCRATCH}/imported.txt"}),
    (run_with_optional_inputs, {}),
    (run_with_pipelines, {}),
    (run_with_pipelines, {"text": "é", "items": [5]}),
    (run_with_collected_artifacts, {}),
    (types_of_parameters, {}),
    (several_outputs, {"n": 4}),
    (artifacts_by_path, {}),
    (returned_artifacts, {}),
    (optional_inputs, {"given": "x", "count": 2, "items": ["a"]}),
    (chain_of_branches, {"n": 11}),
    (chain_of_branches, {"n": 6}),
    (chain_of_branches, {"n": 0}),
    (one_of_nested_groups, {}),
    (one_of_nested_groups, {"n": 0}),
    (one_of_nested_groups, {"coin": "tails"}),
    (one_of_in_pipelines, {"n": 2}),
    (embedded_artifacts, {}),
    (helpers_and_nasty_sources, {}),
]

STATED = [
    # OneOf of artifacts.
    (run_with_chosen_artifacts, {}, {"Output": "h"}),
    (run_with_chosen_artifacts, {"heads": False}, {"Output": "t"}),
    (one_of_artifacts, {}, {"text": "heads"}),
    (one_of_artifacts, {"coin": "tails"}, {"text": "tails"}),
    # Values of an outer loop in an inner one, and constants there.
    (run_with_outer_values, {}, {"Output": 2, "texts": ["a", "b"]}),
    # Parameters that are absent: the components' own defaults apply.
    (optional_inputs, {}, {"Output": "['yes', None, None, 5, False, None, None, None]"}),
    # Whole numbers in texts.
    (chain_of_branches, {"n": 3}, {"Output": "low 3"}),
    # Outputs of called pipelines in texts.
    (three_deep, {}, {"said": "x again again"}),
]
