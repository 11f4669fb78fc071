"""Conditions: every operator and type of operand, chains, nesting, and OneOf of what branches make."""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import Artifact, Dataset, Input, Model, Output
from shared import add, flip, read_dataset, say, step, write_dataset


@step()
def give_number() -> float:
    return 0.75


@step()
def is_ready() -> bool:
    return True


@dsl.pipeline(name="every-operator")
def every_operator(name: str = "a", count: int = 3, rate: float = 0.5, on: bool = True):
    with dsl.If(name == "a"):
        say(text="equal")
    with dsl.If(name != "it is not"):
        say(text="unequal")
    with dsl.If(count < 4):
        say(text="less")
    with dsl.If(count <= 4):
        say(text="at most")
    with dsl.If(count > -4):
        say(text="more")
    with dsl.If(count >= 4):
        say(text="at least")
    with dsl.If(on == True):  # noqa: E712
        say(text="on")
    with dsl.If(on != False, name="is-on"):  # noqa: E712
        say(text="not off")
    with dsl.If(rate > 0.25):
        say(text="a double")
    with dsl.If(rate == 1.0):
        say(text="a whole double")
    with dsl.If("a" == name):
        say(text="turned round")


@dsl.pipeline(name="operands-of-every-type")
def operands_of_every_type(name: str = "heads", count: int = 3, rate: float = 0.5):
    coin = flip()
    with dsl.If(coin.output == name):
        say(text="two texts")
    with dsl.If(add(a=count).output > count):
        say(text="two whole numbers")
    with dsl.If(give_number().output >= rate):
        say(text="two doubles")
    with dsl.If(add(a=1).output < rate):
        say(text="a whole number and a double")
    with dsl.If(is_ready().output == True):  # noqa: E712
        say(text="a boolean")
    with dsl.If(add(a=2).output == 2.5):
        say(text="a whole number and a constant double")
    with dsl.If(coin.output == ""):
        say(text="nothing")


@dsl.pipeline(name="chain-of-branches")
def chain_of_branches(n: int = 5) -> str:
    with dsl.If(n > 10, name="big"):
        high = say(text="high")
    with dsl.Elif(n > 5):
        middle = say(text="middle")
    with dsl.Elif(n > 1, name="small"):
        low = say(text=f"low {n}")
    with dsl.Else():
        none = say(text="none")
    chosen = dsl.OneOf(high.output, middle.output, low.output, none.output)
    say(text=chosen)
    return chosen


@dsl.pipeline(name="branches-without-else")
def branches_without_else(name: str = "a"):
    with dsl.If(name == "a"):
        first = say(text="a")
        say(text=first.output)
    with dsl.Elif(name == "b"):
        say(text="b").after(say(text="before b"))


@dsl.pipeline(name="nested-branches")
def nested_branches(n: int = 5, coin: str = "heads"):
    number = add(a=n)
    with dsl.If(coin == "heads"):
        inner = add(a=number.output)
        with dsl.If(inner.output > n):
            deep = say(text=f"{inner.output} of {n}")
            with dsl.If(deep.output != "x"):
                say(text=deep.output)
        with dsl.Else():
            say(text="small")
    with dsl.Else():
        with dsl.If(number.output == 6):
            say(text="six")


@step()
def train(data: Input[Dataset], model: Output[Model]):
    with open(model.path, "w") as file:
        file.write("model of " + open(data.path).read())


@step()
def show(model: Input[Artifact]) -> str:
    with open(model.path) as file:
        return file.read()


@dsl.pipeline(name="one-of-artifacts")
def one_of_artifacts(coin: str = "heads") -> NamedTuple("Outputs", [("data", Dataset), ("text", str)]):
    data = write_dataset(text="x")
    with dsl.If(coin == "heads"):
        first = write_dataset(text="heads")
        said = say(text="heads")
    with dsl.Else():
        train(data=data.outputs["data"])
        third = write_dataset(text="tails")
        also = say(text="tails")
    show(model=dsl.OneOf(first.outputs["data"], third.outputs["data"]))
    outputs = NamedTuple("Outputs", [("data", Dataset), ("text", str)])
    return outputs(dsl.OneOf(first.outputs["data"], third.outputs["data"]), dsl.OneOf(said.output, also.output))


@dsl.pipeline(name="one-of-nested-groups")
def one_of_nested_groups(coin: str = "heads", n: int = 2) -> str:
    with dsl.If(coin == "heads"):
        with dsl.If(n > 1):
            a = say(text="many heads")
        with dsl.Else():
            b = say(text="one head")
        first = say(text=dsl.OneOf(a.output, b.output))
    with dsl.Else():
        second = say(text="tails")
    return dsl.OneOf(first.output, second.output)


@dsl.pipeline(name="old-condition")
def old_condition(text: str = "go"):
    with dsl.Condition(text == "go", name="go-on"):
        say(text=text)


@dsl.pipeline(name="after-a-branch")
def after_a_branch(n: int = 1):
    with dsl.If(n == 1):
        inside = say(text="inside")
        second = say(text="second").after(inside)
        read_dataset(data=write_dataset(text=second.output).outputs["data"])
    say(text="beside")


@dsl.pipeline(name="conditions-on-items")
def conditions_on_items(names: list = ["a", "b"]):
    with dsl.ParallelFor([{"who": "Ada", "size": 1}, {"who": "Alan", "size": 2}]) as item:
        with dsl.If(item.who == "Ada"):
            say(text="it is her")
        with dsl.If(item.size == "2"):
            say(text="two")
    with dsl.ParallelFor(names) as name:
        with dsl.If(name != "b"):
            say(text=name)
        with dsl.Else():
            say(text="b")
    with dsl.ParallelFor([1, 2]) as number:
        with dsl.If(number > 1):
            add(a=number)


PIPELINES = [
    conditions_on_items,
    every_operator,
    operands_of_every_type,
    chain_of_branches,
    branches_without_else,
    nested_branches,
    one_of_artifacts,
    one_of_nested_groups,
    old_condition,
    after_a_branch,
]
