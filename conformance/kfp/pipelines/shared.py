"""What the pipelines of this corpus share: a decorator, and a few components that several of them use."""

import functools
from typing import Dict, List

from kfp import dsl
from kfp.dsl import Dataset, Input, Output

IMAGE = "python:3.11-slim"

# A Python component that installs nothing, so that it runs wherever kfp is installed already.
step = functools.partial(dsl.component, base_image=IMAGE, install_kfp_package=False)


@step()
def say(text: str) -> str:
    return text


@step()
def add(a: int, b: int = 1) -> int:
    return a + b


@step()
def flip(heads: bool = True) -> str:
    return "heads" if heads else "tails"


@step()
def numbers(count: int) -> List[int]:
    return list(range(count))


@step()
def total(values: List[int]) -> int:
    return int(sum(values))


@step()
def settings() -> Dict[str, str]:
    return {"name": "first", "size": "large"}


@step()
def write_dataset(text: str, data: Output[Dataset]):
    with open(data.path, "w") as file:
        file.write(text)
    data.metadata["length"] = len(text)


@step()
def read_dataset(data: Input[Dataset]) -> str:
    with open(data.path) as file:
        return file.read()


@dsl.container_component
def echo(text: str):
    return dsl.ContainerSpec(image="alpine:3.20", command=["echo"], args=[text])
