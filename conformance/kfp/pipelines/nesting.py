"""Pipelines in pipelines: their inputs and outputs, in loops and branches, several deep, loaded from YAML."""

import os
import tempfile
from typing import List, NamedTuple, Optional

from kfp import compiler, components, dsl
from kfp.dsl import Dataset, Input
from shared import add, echo, read_dataset, say, step, write_dataset


@dsl.pipeline(name="innermost", description="Says and adds.")
def innermost(text: str, n: int = 1) -> NamedTuple("Outputs", [("said", str), ("sum", int)]):
    outputs = NamedTuple("Outputs", [("said", str), ("sum", int)])
    return outputs(say(text=text).output, add(a=n).output)


@step()
def show(n: Optional[int] = None) -> str:
    return repr(n)


@dsl.pipeline(name="middle")
def middle(
    text: str, data: Input[Dataset], n: Optional[int] = None
) -> NamedTuple("Outputs", [("said", str), ("data", Dataset)]):
    first = innermost(text=text, n=3)
    show(n=n)
    second = innermost(text=f"{first.outputs['said']} again")
    add(a=second.outputs["sum"], b=first.outputs["sum"])
    copied = write_dataset(text=read_dataset(data=data).output)
    outputs = NamedTuple("Outputs", [("said", str), ("data", Dataset)])
    return outputs(second.outputs["said"], copied.outputs["data"])


@dsl.pipeline(name="three-deep")
def three_deep(text: str = "x") -> NamedTuple("Outputs", [("said", str), ("data", Dataset)]):
    made = write_dataset(text=text)
    called = middle(text=text, data=made.outputs["data"], n=4)
    again = middle(text=called.outputs["said"], data=called.outputs["data"]).set_display_name("Once more")
    outputs = NamedTuple("Outputs", [("said", str), ("data", Dataset)])
    return outputs(again.outputs["said"], again.outputs["data"])


@step()
def sums(values: List[int]) -> int:
    return sum(values)


@dsl.pipeline(name="pipelines-in-groups")
def pipelines_in_groups(n: int = 2) -> int:
    with dsl.ParallelFor([1, 2, 3]) as item:
        called = innermost(text=f"item {item}", n=item)
        echo(text=called.outputs["said"])
    summed = sums(values=dsl.Collected(called.outputs["sum"]))
    with dsl.If(n > 1):
        innermost(text="many", n=summed.output)
    with dsl.Else():
        innermost(text="one")
    return summed.output


@dsl.pipeline(name="inner-with-groups")
def inner_with_groups(items: List[str], limit: int) -> List[str]:
    with dsl.ParallelFor(items) as item:
        said = say(text=item)
        with dsl.If(limit > 2):
            add(a=limit)
    return dsl.Collected(said.output)


@dsl.pipeline(name="groups-in-pipelines-in-groups")
def groups_in_pipelines_in_groups(limit: int = 3):
    with dsl.ParallelFor([["a", "b"], ["c"]]) as row:
        called = inner_with_groups(items=row, limit=limit)
        with dsl.ParallelFor(called.output) as text:
            say(text=text)


@dsl.pipeline(name="choosing")
def choosing(coin: str) -> str:
    with dsl.If(coin == "heads"):
        first = say(text="heads")
    with dsl.Else():
        second = say(text="tails")
    return dsl.OneOf(first.output, second.output)


@dsl.pipeline(name="one-of-in-pipelines")
def one_of_in_pipelines(coin: str = "heads", n: int = 1) -> str:
    with dsl.If(n == 1):
        one = choosing(coin=coin)
    with dsl.Else():
        other = choosing(coin="tails")
    return dsl.OneOf(one.output, other.output)


def _loaded():
    """The innermost pipeline, written and read again."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "innermost.yaml")
        compiler.Compiler().compile(innermost, file)
        return components.load_component_from_file(file)


LOADED = _loaded()


@dsl.pipeline(name="loads-a-compiled-pipeline")
def loads_a_compiled_pipeline(text: str = "x") -> str:
    return LOADED(text=text, n=2).outputs["said"]


PIPELINES = [
    three_deep,
    pipelines_in_groups,
    groups_in_pipelines_in_groups,
    one_of_in_pipelines,
    loads_a_compiled_pipeline,
]
