"""Pipelines that the first kfp SDK of version 2 compiles: documents and commands as they were then."""

from typing import Dict, List, NamedTuple, Optional

from kfp import dsl
from kfp.dsl import Artifact, Dataset, Input, InputPath, Metrics, Model, Output, OutputPath


@dsl.component
def say(text: str = "hello") -> str:
    return text


@dsl.component(base_image="python:3.9-slim", packages_to_install=["numpy==1.26.4", "kfp-kubernetes"])
def add(a: int, b: int = 1) -> int:
    return a + b


@dsl.component(
    base_image="python:3.9-slim",
    packages_to_install=["numpy==1.26.4"],
    pip_index_urls=["https://pypi.example.com/simple", "https://other.example.com/simple"],
)
def several(n: int) -> NamedTuple("Several", [("half", float), ("words", List[str]), ("table", Dict[str, int])]):
    return (n / 2, ["a"] * n, {"n": n})


@dsl.component(base_image="python:3.9-slim", install_kfp_package=False)
def numbers(count: int) -> List[int]:
    return list(range(count))


@dsl.component
def write(
    text: str, data: Output[Dataset], model: Output[Model], metrics: Output[Metrics], path: OutputPath("Dataset")
):
    for each in (data.path, path):
        with open(each, "w") as file:
            file.write(text)
    metrics.log_metric("length", len(text))


@dsl.component
def read(data: Input[Artifact], path: InputPath("Dataset"), extra: Optional[str] = None) -> str:
    return open(path).read()


@dsl.component
def report(status: dsl.PipelineTaskFinalStatus, text: str = ""):
    print(status.state, text)


@dsl.component(target_image="example.com/steps:1")
def containerized(text: str) -> str:
    return text


@dsl.container_component
def echo(text: str, data: Input[Dataset], out: Output[Model], lines: OutputPath(int), name: str = "x"):
    return dsl.ContainerSpec(
        image="alpine:3.20",
        command=["sh", "-c", 'echo "$0" > "$1"'],
        args=[
            text,
            lines,
            data.path,
            out.uri,
            dsl.IfPresentPlaceholder(input_name="name", then=["--name", name], else_="none"),
            dsl.ConcatPlaceholder(["a", text, "b"]),
        ],
    )


@dsl.pipeline(name="plain-components", description="Components as they were.", pipeline_root="gs://bucket/root")
def plain_components(text: str = "x", n: int = 2):
    first = say(text=text).set_caching_options(False).set_display_name("First")
    added = add(a=n).after(first)
    several(n=added.output).set_retry(2, backoff_duration="30s", backoff_factor=2.0, backoff_max_duration="60s")
    made = write(text=f"{text} {first.output}")
    read(data=made.outputs["model"], path=made.outputs["path"])
    task = containerized(text=text).set_env_variable("A", "b")
    task.set_cpu_limit("1").set_memory_limit("1G").set_cpu_request("0.5").set_memory_request("512Mi")
    say(text="on a GPU").add_node_selector_constraint("nvidia.com/gpu").set_gpu_limit("1")
    done = echo(text=text, data=made.outputs["data"])
    imported = dsl.importer(
        artifact_uri="gs://bucket/data", artifact_class=Dataset, reimport=True, metadata={"owner": text}
    )
    echo(text="imported", data=imported.output).after(done)


@dsl.pipeline(name="plain-inner")
def plain_inner(text: str, n: int = 1) -> NamedTuple("Outputs", [("said", str), ("sum", int)]):
    outputs = NamedTuple("Outputs", [("said", str), ("sum", int)])
    return outputs(say(text=text).output, add(a=n).output)


@dsl.pipeline(name="plain-groups")
def plain_groups(text: str = "x", items: List[str] = ["a"], n: int = 3) -> str:
    with dsl.ExitHandler(report(text=text)):
        said = say(text=text)
        with dsl.Condition(said.output == "x", name="it-is-x"):
            with dsl.ParallelFor([{"a": "1", "b": "2"}, {"a": "3", "b": "4"}], parallelism=1) as item:
                say(text=item.a)
                say(text=item.b)
        with dsl.Condition(n > 2):
            add(a=n)
    with dsl.ParallelFor(items) as item:
        say(text=item)
    with dsl.ParallelFor(numbers(count=n).output) as number:
        plain_inner(text="in a loop", n=number)
    return plain_inner(text=text).outputs["said"]


PIPELINES = [plain_components, plain_groups]
