"""Parameters: their types, their defaults, what is optional, constants, texts put together, NamedTuples."""

from typing import Dict, List, NamedTuple, Optional

from kfp import dsl
from shared import add, say, step


@step()
def every_type(s: str, i: int, f: float, b: bool, l: list, d: dict) -> dict:
    return {"s": s, "i": i, "f": f, "b": b, "l": l, "d": d}


@step()
def give_string() -> str:
    return "text"


@step()
def give_integer() -> int:
    return 7


@step()
def give_double() -> float:
    return 2.5


@step()
def give_boolean() -> bool:
    return True


@step()
def give_list() -> List[Dict[str, int]]:
    return [{"a": 1}, {"a": 2}]


@step()
def give_struct() -> Dict[str, List[int]]:
    return {"a": [1, 2]}


@dsl.pipeline(name="types-of-parameters")
def types_of_parameters(
    s: str = "text", i: int = 3, f: float = 1.5, b: bool = True, l: list = [1, "two", [3]], d: dict = {"k": {"n": 1}}
) -> dict:
    """Passes a parameter of each type on, and takes one of each type.

    Args:
        s: A text.
        i: A whole number.
        d: Settings.

    Returns:
        What was passed.
    """
    every_type(s=s, i=i, f=f, b=b, l=l, d=d)
    return every_type(
        s=give_string().output,
        i=give_integer().output,
        f=give_double().output,
        b=give_boolean().output,
        l=give_list().output,
        d=give_struct().output,
    ).output


@dsl.pipeline(name="constants-of-every-type")
def constants_of_every_type():
    every_type(s="", i=0, f=0.5, b=False, l=[], d={})
    every_type(
        s='it\'s "quoted"\nand {{braces}} ${x} é 日本',
        i=-9007199254740991,
        f=1e-7,
        b=True,
        l=[1, 2.5, "three", False, [4], {"five": 5}],
        d={"a": {"b": [1, {"c": "d"}]}, "with space": [], "dots.in.it": True},
    )
    every_type(s="007", i=10, f=3.0, b=True, l=["[]", "null"], d={"1": "true"})


@step()
def three_states(
    required: Optional[str],
    absent: Optional[str] = None,
    none: Optional[str] = None,
    defaulted: Optional[int] = 5,
    flag: bool = False,
    items: Optional[List[str]] = None,
    table: Optional[dict] = None,
    rate: Optional[float] = None,
) -> str:
    return repr([required, absent, none, defaulted, flag, items, table, rate])


@dsl.pipeline(name="optional-inputs")
def optional_inputs(given: Optional[str] = None, count: Optional[int] = None, items: Optional[List[str]] = None) -> str:
    three_states(required="yes")
    three_states(required="yes", absent="no", defaulted=1, flag=True, items=["a"], table={"a": "b"}, rate=0.5)
    return three_states(required="yes", none=given, defaulted=count, items=items).output


@step()
def many(items: List[str], table: dict) -> int:
    return len(items) + len(table)


@dsl.pipeline(name="texts-put-together")
def texts_put_together(name: str = "you", count: int = 2):
    first = say(text=f"hello {name}")
    second = say(text=f"{name} has {count} of {first.output}, {{not a field}}")
    many(items=[f"a {name}", "plain", first.output], table={"key": name, f"{name}": "value", "deep": {"n": [count]}})
    say(text=f"{second.output}{second.output}")


@step()
def several(n: int) -> NamedTuple("Several", [("half", float), ("double", int), ("words", list), ("even", bool)]):
    from collections import namedtuple

    return namedtuple("Several", ["half", "double", "words", "even"])(n / 2, n * 2, ["a"] * n, n % 2 == 0)


@dsl.pipeline(name="several-outputs")
def several_outputs(n: int = 3) -> NamedTuple("Outputs", [("doubled", int), ("halved", float), ("words", list)]):
    task = several(n=n)
    doubled = add(a=task.outputs["double"])
    outputs = NamedTuple("Outputs", [("doubled", int), ("halved", float), ("words", list)])
    return outputs(doubled.output, task.outputs["half"], task.outputs["words"])


@dsl.pipeline(name="every-placeholder")
def every_placeholder():
    say(text=dsl.PIPELINE_JOB_NAME_PLACEHOLDER)
    say(text=dsl.PIPELINE_JOB_RESOURCE_NAME_PLACEHOLDER)
    say(text=dsl.PIPELINE_JOB_ID_PLACEHOLDER)
    say(text=dsl.PIPELINE_TASK_NAME_PLACEHOLDER)
    say(text=dsl.PIPELINE_TASK_ID_PLACEHOLDER)
    say(text=dsl.PIPELINE_JOB_CREATE_TIME_UTC_PLACEHOLDER)
    say(text=dsl.PIPELINE_JOB_SCHEDULE_TIME_UTC_PLACEHOLDER)
    say(text=dsl.PIPELINE_ROOT_PLACEHOLDER)
    say(text=dsl.PIPELINE_TASK_EXECUTOR_OUTPUT_PATH_PLACEHOLDER)
    say(text=dsl.PIPELINE_TASK_EXECUTOR_INPUT_PLACEHOLDER)
    say(text=f"run-{dsl.PIPELINE_JOB_NAME_PLACEHOLDER}")
    many(items=[dsl.PIPELINE_JOB_ID_PLACEHOLDER], table={"task": dsl.PIPELINE_TASK_NAME_PLACEHOLDER})


@dsl.pipeline(name="run-time-macros")
def run_time_macros(when: str = "[[CurrentTime.2006-01-02]]", run: str = "[[RunUUID]]", nth: str = "[[Index]]"):
    say(text=f"{when} {run} {nth} [[ScheduledTime]]")


PIPELINES = [
    types_of_parameters,
    constants_of_every_type,
    optional_inputs,
    texts_put_together,
    several_outputs,
    every_placeholder,
    run_time_macros,
]
