"""What the decorator of Python components can be told: packages, images, helpers, assets, notebooks, passthroughs."""

import json
import os
import tempfile

from kfp import dsl
from kfp.dsl import Artifact, Dataset, Output, TaskConfig, TaskConfigField, TaskConfigPassthrough
from shared import IMAGE, say, step


@dsl.component
def plain(text: str) -> str:
    """Says something.

    Args:
        text: What to say.

    Returns:
        What was said.
    """
    return text


@dsl.component(base_image=IMAGE, packages_to_install=["numpy==2.1.0", "pandas>=2,<3", "requests[socks]"])
def with_packages() -> str:
    import numpy

    return numpy.__version__


@dsl.component(base_image=IMAGE, packages_to_install=["numpy"], pip_index_urls=["https://pypi.example.com/simple"])
def with_an_index() -> str:
    return "one"


@dsl.component(
    base_image=IMAGE,
    packages_to_install=["numpy"],
    pip_index_urls=["https://pypi.example.com/simple", "https://other.example.com/simple"],
    pip_trusted_hosts=["pypi.example.com", "other.example.com:8080"],
)
def with_trusted_hosts() -> str:
    return "two"


@dsl.component(base_image=IMAGE, packages_to_install=["numpy"], use_venv=True)
def with_a_venv() -> str:
    return "three"


@dsl.component(
    base_image=IMAGE, kfp_package_path="git+https://github.com/kubeflow/pipelines.git@main#subdirectory=sdk/python"
)
def with_another_kfp() -> str:
    return "four"


@dsl.component(base_image=IMAGE, packages_to_install=["kfp-kubernetes==2.17.0"])
def with_kfp_among_the_packages() -> str:
    return "five"


@dsl.component(base_image=IMAGE, install_kfp_package=False, packages_to_install=["numpy"])
def without_kfp() -> str:
    return "six"


@dsl.pipeline(name="packages-of-components")
def packages_of_components():
    said = plain(text="x")
    with_packages().after(said)
    with_an_index()
    with_trusted_hosts()
    with_a_venv()
    with_another_kfp()
    with_kfp_among_the_packages()
    without_kfp()


@dsl.component(base_image=IMAGE, target_image="example.com/team/steps:1.0")
def containerized(text: str, data: Output[Dataset]) -> int:
    return len(text)


@dsl.pipeline(name="containerized-component")
def containerized_component(text: str = "abc"):
    containerized(text=text)


def _twice(x: int) -> int:
    return 2 * x


def _thrice(x: int) -> int:
    return _twice(x) + x


@step(additional_funcs=[_twice, _thrice])
def with_helpers(x: int) -> int:
    return _thrice(x)


@step()
def with_a_nasty_source(text: str = 'a "default"', x: float = float("1.5")) -> str:
    """Holds what a shell, a template or YAML could stumble over: it's $HOME, `id`, {{workflow.name}} and \\."""
    nasty = "{{=1+1}} {{inputs.parameters.text}} ${HOME} \\n \t 'single' \"double\" é"
    return f"{text} {x} {nasty} {'%s' % nasty}"


@step()
def with_a_placeholder_in_its_source(text: str = "x") -> str:
    return text + "{{$.inputs.parameters['text']}}"


@dsl.pipeline(name="helpers-and-nasty-sources")
def helpers_and_nasty_sources():
    with_helpers(x=2)
    with_a_nasty_source()


@dsl.pipeline(name="placeholder-in-a-source")
def placeholder_in_a_source():
    with_a_placeholder_in_its_source(text="y")


HERE = os.path.dirname(os.path.abspath(__file__))


@step(embedded_artifact_path=os.path.join(HERE, "assets", "words.txt"))
def with_a_file(words: dsl.EmbeddedInput[Dataset]) -> int:
    with open(words.path) as file:
        return len(file.read().split())


@step(embedded_artifact_path=os.path.join(HERE, "assets", "folder"))
def with_a_folder(folder: dsl.EmbeddedInput[Artifact], name: str = "first.txt") -> str:
    import os

    import helper

    with open(os.path.join(folder.path, name)) as file:
        return helper.shout(file.read())


@dsl.pipeline(name="embedded-artifacts")
def embedded_artifacts(name: str = "first.txt") -> str:
    with_a_file()
    return with_a_folder(name=name).output


def _cell(source, tags=()):
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": list(tags)},
        "outputs": [],
        "source": source,
    }


NOTEBOOK = {
    "cells": [
        _cell("text = 'nothing'\ntimes = 1\n", ["parameters"]),
        _cell("with open('said.txt', 'w') as file:\n    file.write(text * times)\n"),
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}

with tempfile.TemporaryDirectory() as _folder:
    _file = os.path.join(_folder, "say.ipynb")
    with open(_file, "w") as _out:
        json.dump(NOTEBOOK, _out)

    @dsl.notebook_component(notebook_path=_file, base_image=IMAGE)
    def say_in_a_notebook(text: str, times: int = 2) -> str:
        dsl.run_notebook(text=text, times=times)
        with open("said.txt") as file:
            return file.read()

    @dsl.notebook_component(notebook_path=_file, base_image=IMAGE, packages_to_install=[], install_kfp_package=False)
    def say_with_nothing_installed(text: str) -> str:
        dsl.run_notebook(text=text)
        with open("said.txt") as file:
            return file.read()


@dsl.pipeline(name="notebooks")
def notebooks(text: str = "ho") -> str:
    say(text=say_in_a_notebook(text=text).output)
    return say_with_nothing_installed(text=text).output


@dsl.component(
    base_image=IMAGE,
    task_config_passthroughs=[
        TaskConfigField.RESOURCES,
        TaskConfigField.KUBERNETES_AFFINITY,
        TaskConfigField.KUBERNETES_TOLERATIONS,
        TaskConfigField.KUBERNETES_NODE_SELECTOR,
        TaskConfigPassthrough(field=TaskConfigField.ENV, apply_to_task=True),
        TaskConfigPassthrough(field=TaskConfigField.KUBERNETES_VOLUMES, apply_to_task=True),
    ],
)
def with_passthroughs(nodes: int, config: TaskConfig) -> dict:
    return config.resources or {}


@dsl.component(base_image=IMAGE)
def with_a_task_config(config: TaskConfig) -> bool:
    return config.env is None


@dsl.pipeline(name="task-config-passthroughs")
def task_config_passthroughs(limit: str = "2"):
    from kfp import kubernetes

    task = with_passthroughs(nodes=2)
    task.set_cpu_limit(limit).set_memory_limit("4Gi").set_cpu_request("1").set_env_variable("MODE", "fast")
    kubernetes.add_toleration(task, key="gpu", operator="Exists", effect="NoSchedule")
    kubernetes.add_node_selector(task, label_key="pool", label_value="gpu")
    kubernetes.mount_pvc(task, pvc_name="shared", mount_path="/shared")
    with_a_task_config()


PIPELINES = [
    packages_of_components,
    containerized_component,
    helpers_and_nasty_sources,
    placeholder_in_a_source,
    embedded_artifacts,
    notebooks,
    task_config_passthroughs,
]
