"""What a task can be told: caching, resources, accelerators, retries, environment, names, order, a pause."""

from kfp import dsl
from shared import add, echo, say, step


@dsl.pipeline(name="caching")
def caching(text: str = "x"):
    say(text=text)
    say(text=text).set_caching_options(False)
    say(text=text).set_caching_options(True)
    say(text=text).set_caching_options(enable_caching=True, cache_key="a key of its own")
    with dsl.ParallelFor([1, 2]) as item:
        add(a=item).set_caching_options(False)


@step()
def cpu() -> str:
    return "500m"


@dsl.pipeline(name="resources")
def resources(memory: str = "2Gi", accelerators: str = "1", kind: str = "nvidia.com/gpu"):
    all_of_them = say(text="all")
    all_of_them.set_cpu_request("250m").set_cpu_limit("1.5").set_memory_request("512Mi").set_memory_limit("1G")
    all_of_them.set_accelerator_type("nvidia.com/gpu").set_accelerator_limit(2)
    say(text="old words").add_node_selector_constraint("amd.com/gpu").set_gpu_limit("1")
    by_parameter = say(text="by parameter")
    by_parameter.set_cpu_request(cpu().output).set_cpu_limit(cpu().output)
    by_parameter.set_memory_request(memory).set_memory_limit(memory)
    by_parameter.set_accelerator_type(kind).set_accelerator_limit(accelerators)
    echo(text="a container").set_memory_limit(memory).set_cpu_limit("2")
    with dsl.ParallelFor(["1Gi", "2Gi"]) as size:
        say(text="in a loop").set_memory_limit(size)


@dsl.pipeline(name="inner-with-retries")
def inner_with_retries(text: str):
    say(text=text)
    say(text=text).set_retry(5)


@dsl.pipeline(name="retries")
def retries(text: str = "x"):
    say(text=text).set_retry(3)
    say(text=text).set_retry(2, backoff_duration="30s", backoff_factor=1.5, backoff_max_duration="600s")
    say(text=text).set_retry(num_retries=1, backoff_duration="0s")
    inner_with_retries(text=text).set_retry(4, backoff_duration="10s")
    with dsl.ParallelFor([1]) as item:
        add(a=item).set_retry(1)


@dsl.pipeline(name="environment-and-names")
def environment_and_names(text: str = "x"):
    task = say(text=text).set_env_variable("MODE", "fast").set_env_variable("TEXT", "it's ${HOME} {{workflow.name}}\n")
    task.set_display_name("Say: it's “this”")
    again = say(text=task.output).set_display_name("say-2").set_env_variable("EMPTY", "")
    echo(text=text).after(task, again).set_env_variable("A", "1")
    say(text="paused").set_debug_pause(before=True, after=True, on_error=True)


@dsl.pipeline(name="order")
def order():
    first = say(text="1")
    second = say(text="2").after(first)
    third = echo(text="3").after(first, second)
    add(a=1).after(third).after(first)
    say(text=first.output).after(first)


PIPELINES = [caching, resources, retries, environment_and_names, order]
