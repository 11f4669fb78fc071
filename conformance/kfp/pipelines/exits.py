"""What runs after a failure: exit handlers, final status, and tasks that ignore what failed before them."""

from kfp import dsl
from kfp.dsl import PipelineTaskFinalStatus
from shared import add, say, step


@step()
def fail(message: str):
    raise ValueError(message)


@step()
def report(message: str, status: PipelineTaskFinalStatus):
    print(message, status.state, status.pipeline_task_name, status.error_code, status.error_message)


@step()
def status_alone(status: PipelineTaskFinalStatus) -> str:
    return status.state


@dsl.pipeline(name="exit-handler")
def exit_handler(message: str = "bye"):
    last = report(message=message)
    with dsl.ExitHandler(last):
        said = say(text="working")
        fail(message=said.output)


@dsl.pipeline(name="several-exit-handlers")
def several_exit_handlers(message: str = "bye"):
    before = say(text="before")
    with dsl.ExitHandler(say(text="first is over"), name="first scope"):
        inside = say(text=before.output)
        with dsl.ParallelFor([1, 2]) as item:
            add(a=item)
        with dsl.If(inside.output == "before"):
            fail(message=message)
    with dsl.ExitHandler(report(message=message)):
        say(text=f"second {message}")
    say(text="beside")


@step()
def look_at(status: dict) -> str:
    return str(status)


@dsl.pipeline(name="cleaning-up")
def cleaning_up(name: str, status: PipelineTaskFinalStatus):
    say(text=name)
    look_at(status=status)


@dsl.pipeline(name="pipeline-as-exit-task")
def pipeline_as_exit_task(name: str = "it"):
    with dsl.ExitHandler(cleaning_up(name=name)):
        fail(message=name)


@dsl.pipeline(name="plain-cleaning-up")
def plain_cleaning_up(name: str):
    first = say(text=name)
    say(text=first.output)


@dsl.pipeline(name="plain-pipeline-as-exit-task")
def plain_pipeline_as_exit_task(name: str = "it"):
    with dsl.ExitHandler(plain_cleaning_up(name=name).set_display_name("Clean up")):
        say(text=name)


@step()
def with_default(text: str = "nothing came", number: int = 0) -> str:
    return f"{text} {number}"


@dsl.pipeline(name="ignoring-failures")
def ignoring_failures(text: str = "x"):
    failing = fail(message=text)
    said = say(text=text)
    with_default(text=said.output, number=add(a=1).output).ignore_upstream_failure()
    with_default(text="given", number=1).after(failing).ignore_upstream_failure()
    last = status_alone().after(failing).ignore_upstream_failure()
    say(text=last.output)


@dsl.pipeline(name="inner-with-exit")
def inner_with_exit(name: str):
    with dsl.ExitHandler(report(message=name)):
        say(text=name)


@dsl.pipeline(name="after-an-exit-handler")
def after_an_exit_handler(name: str = "n"):
    with dsl.ExitHandler(say(text="over")) as scope:
        say(text=name)
    say(text="after the scope").after(scope)
    inner_with_exit(name=name)


PIPELINES = [
    exit_handler,
    several_exit_handlers,
    pipeline_as_exit_task,
    plain_pipeline_as_exit_task,
    ignoring_failures,
    after_an_exit_handler,
]
