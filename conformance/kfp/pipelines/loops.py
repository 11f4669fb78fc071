"""Loops: over constants, outputs and artifacts, fields of items, nesting, limits, and what is collected."""

from typing import Dict, List, NamedTuple

from kfp import dsl
from kfp.dsl import Artifact, Dataset, Input
from shared import add, echo, flip, numbers, read_dataset, say, settings, step, total, write_dataset


@step()
def people() -> List[Dict[str, str]]:
    return [{"who": "Ada", "role": "author"}, {"who": "Alan", "role": "reader"}]


@step()
def rows() -> List[List[int]]:
    return [[1, 2], [3]]


@step()
def join(texts: List[str]) -> str:
    return ",".join(texts)


@step()
def count_nested(values: List[List[int]]) -> int:
    return len(values)


@step()
def take(item: dict) -> str:
    return str(sorted(item))


@step()
def double(x: float) -> float:
    return 2 * x


@dsl.pipeline(name="static-loops")
def static_loops(prefix: str = "p"):
    with dsl.ParallelFor(["a", 'b"c', "{{d}}", "é"]) as text:
        say(text=text)
        say(text=f"{prefix}-{text}")
    with dsl.ParallelFor([1, 2, 3]) as number:
        add(a=number)
    with dsl.ParallelFor([0.5, 1.5]) as rate:
        double(x=rate)
    with dsl.ParallelFor([True, False]) as on:
        flip(heads=on)
    with dsl.ParallelFor([[1, 2], [3]]) as row:
        total(values=row)
    with dsl.ParallelFor(
        [{"who": "x", "size": 1, "deep": {"k": [1]}}, {"who": "y", "size": 2, "deep": {"k": []}}]
    ) as item:
        say(text=item.who)
        say(text=item.size)
        say(text=item.deep)
        take(item=item)


@dsl.pipeline(name="loops-over-values")
def loops_over_values(items: List[int] = [1, 2], texts: list = ["a"], table: List[dict] = [{"k": "v"}]):
    with dsl.ParallelFor(items) as item:
        add(a=item)
    with dsl.ParallelFor(texts) as text:
        say(text=text)
    with dsl.ParallelFor(numbers(count=3).output) as number:
        add(a=number, b=number)
    with dsl.ParallelFor(people().output) as person:
        first = say(text=person.who)
        say(text=person.role).after(first)
    with dsl.ParallelFor(table) as row:
        say(text=row.k)


@dsl.pipeline(name="limited-loops")
def limited_loops(items: List[str] = ["a", "b", "c"]):
    with dsl.ParallelFor(items, parallelism=2, name="two at a time") as item:
        say(text=item)
        with dsl.ParallelFor([1, 2, 3], parallelism=1) as number:
            add(a=number)
    with dsl.ParallelFor(["x"], parallelism=0) as item:
        say(text=item)


@dsl.pipeline(name="nested-loops")
def nested_loops(factor: int = 2, letters: List[str] = ["x", "y"]):
    with dsl.ParallelFor([{"who": "a", "sizes": [1, 2]}, {"who": "b", "sizes": [3]}]) as outer:
        before = say(text=outer.who)
        with dsl.ParallelFor(outer.sizes) as size:
            add(a=size, b=factor)
            say(text=f"{before.output} {size}")
        with dsl.ParallelFor(numbers(count=2).output) as number:
            add(a=number, b=factor)
            join(texts=letters)
            with dsl.ParallelFor(letters) as letter:
                say(text=f"{letter} {factor}")
                add(a=number, b=factor)


@dsl.pipeline(name="loops-over-rows")
def loops_over_rows():
    with dsl.ParallelFor(rows().output) as row:
        with dsl.ParallelFor(row) as number:
            add(a=number)


@dsl.pipeline(name="collected-parameters")
def collected_parameters(items: List[int] = [1, 2]) -> NamedTuple("Outputs", [("sum", int), ("texts", List[str])]):
    with dsl.ParallelFor(items) as item:
        more = add(a=item)
        text = say(text=f"n{item}")
    summed = total(values=dsl.Collected(more.output))
    join(texts=dsl.Collected(text.output))
    outputs = NamedTuple("Outputs", [("sum", int), ("texts", List[str])])
    return outputs(summed.output, dsl.Collected(text.output))


@dsl.pipeline(name="collected-of-nested-loops")
def collected_of_nested_loops() -> List[List[int]]:
    with dsl.ParallelFor([1, 2]) as outer:
        with dsl.ParallelFor([10, 20]) as inner:
            more = add(a=outer, b=inner)
        total(values=dsl.Collected(more.output))
    count_nested(values=dsl.Collected(more.output))
    return dsl.Collected(more.output)


@step()
def count(many: Input[List[Dataset]]) -> int:
    return len(many)


@dsl.pipeline(name="collected-artifacts")
def collected_artifacts() -> List[Dataset]:
    with dsl.ParallelFor([1, 2], name="outer") as outer:
        with dsl.ParallelFor(["a", "b"]) as inner:
            made = write_dataset(text=f"{outer}{inner}")
        count(many=dsl.Collected(made.outputs["data"]))
    count(many=dsl.Collected(made.outputs["data"]))
    return dsl.Collected(made.outputs["data"])


@dsl.pipeline(name="several-datasets")
def several_datasets(texts: List[str]) -> List[Dataset]:
    with dsl.ParallelFor(texts) as text:
        made = write_dataset(text=text)
    return dsl.Collected(made.outputs["data"])


@dsl.pipeline(name="loop-over-artifacts")
def loop_over_artifacts():
    made = several_datasets(texts=["a", "b"])
    with dsl.ParallelFor(made.output) as each:
        read_dataset(data=each)
        with dsl.ParallelFor([1, 2]) as number:
            read_dataset(data=each)
            add(a=number)


@step()
def read_any(data: Input[Artifact]) -> str:
    return data.uri


@dsl.pipeline(name="loop-over-artifacts-of-a-pipeline")
def loop_over_artifacts_of_a_pipeline(many: Input[List[Artifact]]):
    with dsl.ParallelFor(many) as each:
        read_any(data=each)


@dsl.pipeline(name="branches-in-loops")
def branches_in_loops(limit: int = 2):
    with dsl.ParallelFor([1, 2, 3]) as item:
        more = add(a=item)
        with dsl.If(more.output > limit):
            say(text=f"{item} is more")
        with dsl.Else():
            echo(text=f"{item} is less")
    with dsl.If(limit == 2):
        with dsl.ParallelFor([{"n": "1"}, {"n": "2"}]) as item:
            inner = add(a=add(a=limit).after(say(text=item.n)).output, b=limit)
            with dsl.If(inner.output == 3):
                add(a=inner.output)
        total(values=dsl.Collected(inner.output))


@dsl.pipeline(name="order-around-loops")
def order_around_loops():
    first = say(text="first")
    with dsl.ParallelFor(["a"]) as item:
        inside = say(text=item).after(first)
    last = say(text="last").after(inside)
    take(item=settings().after(last).output)


@dsl.pipeline(name="fields-in-texts")
def fields_in_texts() -> List[str]:
    with dsl.ParallelFor(people().output) as person:
        said = say(text=f"{person.role}!")
    return dsl.Collected(said.output)


@dsl.pipeline(name="outer-fields-in-texts")
def outer_fields_in_texts() -> List[str]:
    with dsl.ParallelFor([{"who": "a"}, {"who": "b"}]) as outer:
        with dsl.ParallelFor([1, 2]) as number:
            said = say(text=f"{outer.who} {number}")
    return dsl.Collected(said.output)


# The SDK takes the field for an output of the task, and forgets to hand it on: KFP can run neither.
MENDED = [fields_in_texts, outer_fields_in_texts]
STATED = [
    (fields_in_texts, {}, {"Output": ["author!", "reader!"]}),
    (outer_fields_in_texts, {}, {"Output": ["a 1", "a 2", "b 1", "b 2"]}),
]

PIPELINES = [
    static_loops,
    loops_over_values,
    limited_loops,
    nested_loops,
    loops_over_rows,
    collected_parameters,
    collected_of_nested_loops,
    collected_artifacts,
    loop_over_artifacts,
    loop_over_artifacts_of_a_pipeline,
    branches_in_loops,
    order_around_loops,
]
