"""Container components: every placeholder, Concat and IfPresent, components of version 1, images alone."""

from typing import List, Optional

from kfp import components, dsl
from kfp.dsl import (
    Artifact,
    ConcatPlaceholder,
    ContainerSpec,
    Dataset,
    IfPresentPlaceholder,
    Input,
    Model,
    Output,
    OutputPath,
)
from shared import IMAGE, say, step, write_dataset


@dsl.container_component
def nothing_in_nor_out():
    return ContainerSpec(image="alpine:3.20", command=["true"])


@dsl.container_component
def image_alone():
    return ContainerSpec(image="hello-world:latest")


@dsl.container_component
def arguments_alone(text: str):
    return ContainerSpec(image="docker/whalesay:latest", args=["cowsay", text])


@dsl.container_component
def all_kinds(
    text: str,
    count: int,
    rate: float,
    on: bool,
    items: list,
    table: dict,
    data: Input[Dataset],
    model: Output[Model],
    size: OutputPath(int),
    words: OutputPath(list),
    raw: Output[Dataset],
    greeting: str = "hello",
):
    return ContainerSpec(
        image="alpine:3.20",
        command=["sh", "-c", 'printf "%s\\n" "$@" > "$0"', model.path],
        args=[
            text,
            f"--count={count}",
            "--rate",
            rate,
            "--on",
            on,
            items,
            f"table: {table}!",
            "--from",
            data.path,
            data.uri,
            data.metadata["length"],
            data.metadata,
            "--to",
            model.uri,
            f"{model.path}/weights",
            model.metadata,
            size,
            words,
            raw.path,
            greeting,
            dsl.PIPELINE_TASK_EXECUTOR_INPUT_PLACEHOLDER,
            "'; rm -rf / #",
            "$(date) `id` {{workflow.name}} {{=1+1}}",
        ],
    )


@dsl.pipeline(name="placeholders-of-containers")
def placeholders_of_containers(text: str = "it's"):
    nothing_in_nor_out()
    image_alone()
    arguments_alone(text=text)
    data = write_dataset(text=text)
    done = all_kinds(
        text=text,
        count=3,
        rate=0.25,
        on=False,
        items=[1, "a"],
        table={"k": [1]},
        data=data.outputs["data"],
        greeting="hi",
    )
    all_kinds(text="plain", count=1, rate=1.0, on=True, items=done.outputs["words"], table={}, data=done.outputs["raw"])


@dsl.container_component
def list_of_artifacts(many: Input[List[Artifact]]):
    return ContainerSpec(image="alpine:3.20", command=["echo"], args=[many])


@dsl.pipeline(name="list-of-artifacts-in-a-container")
def list_of_artifacts_in_a_container():
    with dsl.ParallelFor(["a", "b"]) as text:
        made = write_dataset(text=text)
    list_of_artifacts(many=dsl.Collected(made.outputs["data"]))


@dsl.container_component
def put_together(first: str, second: int, data: Input[Artifact], out: OutputPath(str)):
    return ContainerSpec(
        image="alpine:3.20",
        command=["sh", "-c", 'echo "$0" > "$1"'],
        args=[
            ConcatPlaceholder(["gs://", first, "/", second, "/", data.uri]),
            ConcatPlaceholder(["{", ConcatPlaceholder(['"a": "', first, '"']), ', "b": ', second, "}"]),
            out,
        ],
    )


@dsl.pipeline(name="concat-placeholders")
def concat_placeholders(first: str = "bucket", second: int = 4):
    data = write_dataset(text=first)
    say(text=put_together(first=first, second=second, data=data.outputs["data"]).output)


@dsl.container_component
def if_present(
    name: Optional[str] = None,
    age: Optional[int] = None,
    items: Optional[list] = None,
    data: Optional[Input[Dataset]] = None,
):
    return ContainerSpec(
        image="alpine:3.20",
        command=["echo", IfPresentPlaceholder(input_name="age", then="old", else_="young")],
        args=[
            IfPresentPlaceholder(input_name="name", then=["--name", name], else_=["--anonymous"]),
            IfPresentPlaceholder(input_name="items", then=["--items", items]),
            IfPresentPlaceholder(input_name="data", then=["--data", "given"], else_="none"),
            ConcatPlaceholder(
                ["who=", IfPresentPlaceholder(input_name="name", then=ConcatPlaceholder([name, "!"]), else_="?")]
            ),
            IfPresentPlaceholder(
                input_name="name",
                then=[
                    "--both",
                    IfPresentPlaceholder(input_name="age", then=[ConcatPlaceholder([name, "-", age])], else_="x"),
                ],
                else_=[ConcatPlaceholder(["no", "body"])],
            ),
        ],
    )


@dsl.pipeline(name="if-present-placeholders")
def if_present_placeholders(name: Optional[str] = None, age: int = 3):
    if_present()
    if_present(name="Ada", age=36, items=["a"])
    if_present(name=name, age=age, data=write_dataset(text="x").outputs["data"])


OF_VERSION_1 = components.load_component_from_text("""
name: Count lines
description: Counts the lines of a file
metadata:
  annotations: {author: nobody}
inputs:
- {name: Input file, description: What to count}
- {name: Limit, type: Integer, default: '100', optional: true}
- {name: Pattern, type: String, optional: true}
- {name: Options, type: JsonObject, default: '{"a": 1}'}
- {name: Ratio, type: Float, default: '0.5'}
- {name: Strict, type: Boolean, default: 'True'}
- {name: Words, type: JsonArray, default: '["x"]'}
outputs:
- {name: Lines, type: Integer, description: How many}
- {name: Matches}
implementation:
  container:
    image: alpine:3.20
    command:
    - sh
    - -c
    - wc -l < "$0" > "$1"
    - {inputPath: Input file}
    - {outputPath: Lines}
    args:
    - --limit
    - {inputValue: Limit}
    - if:
        cond: {isPresent: Pattern}
        then: [--pattern, {inputValue: Pattern}]
        else: [--all]
    - concat: [--ratio=, {inputValue: Ratio}]
    - --strict
    - {inputValue: Strict}
    - {inputValue: Options}
    - {inputValue: Words}
    - {outputPath: Matches}
    - {inputUri: Input file}
    - {outputUri: Matches}
    env: {MODE: fast}
""")


@dsl.pipeline(name="component-of-version-one")
def component_of_version_one(text: str = "one two"):
    counted = OF_VERSION_1(input_file=write_dataset(text=text).outputs["data"], limit=10)
    again = OF_VERSION_1(input_file=counted.outputs["matches"], limit=counted.outputs["lines"], pattern="t")
    again.set_display_name("Count again")


@step()
def pick_image(fast: bool) -> str:
    return "python:3.12-slim" if fast else "python:3.11-slim"


@dsl.pipeline(name="image-known-at-run-time")
def image_known_at_run_time(image: str = "python:3.11-slim"):
    say(text="by a parameter").set_container_image(image)
    say(text="by an output").set_container_image(pick_image(fast=True).output)
    say(text="by a constant").set_container_image(IMAGE)
    say(text="put together").set_container_image(f"example.com/{image}")
    nothing_in_nor_out().set_container_image(image)


PIPELINES = [
    placeholders_of_containers,
    list_of_artifacts_in_a_container,
    concat_placeholders,
    if_present_placeholders,
    component_of_version_one,
    image_known_at_run_time,
]
