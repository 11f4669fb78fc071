"""What a document says of itself: names, descriptions, its root, its own settings."""

from kfp import dsl
from shared import add, say


@dsl.pipeline(
    name="described",
    description='A pipeline that says a lot of itself.\nOn two lines: it\'s "quoted".',
    display_name="Described, at length",
    pipeline_root="s3://bucket/root?region=eu-central-1&endpoint=s3.example.com",
)
def described(text: str = "x", n: int = 3) -> int:
    """Says and adds.

    Args:
        text: What is said.
        n: What is added to.

    Returns:
        The sum.
    """
    say(text=text)
    return add(a=n).output


@dsl.pipeline(
    name="limits-of-a-run",
    pipeline_config=dsl.PipelineConfig(
        ttl_seconds_after_finished=3600,
        ttl_seconds_after_success=60,
        ttl_seconds_after_failure=86400,
        active_deadline_seconds=7200,
    ),
)
def limits_of_a_run():
    say(text="x")


@dsl.pipeline(
    name="workspace",
    pipeline_config=dsl.PipelineConfig(workspace=dsl.WorkspaceConfig(size="250Mi"), ttl_seconds_after_finished=10),
)
def workspace():
    first = say(text=dsl.WORKSPACE_PATH_PLACEHOLDER)
    say(text=dsl.WORKSPACE_PATH_PLACEHOLDER + "/part").after(first)


@dsl.pipeline
def name_of_the_function():
    say(text="alone")


PIPELINES = [described, limits_of_a_run, workspace, name_of_the_function]
