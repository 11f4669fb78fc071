"""Names that mean something without a look at the user's file."""

from __future__ import annotations

import builtins
import typing

ARTIFACTS = (
    "Artifact",
    "ClassificationMetrics",
    "Dataset",
    "HTML",
    "Markdown",
    "Metrics",
    "Model",
    "SlicedClassificationMetrics",
)
"""Artifact classes of kfp.dsl; their schema titles are system.<name>."""

KFP_NAMES = frozenset(ARTIFACTS) | {
    "EmbeddedInput",
    "Input",
    "InputAnnotation",
    "InputPath",
    "Output",
    "OutputAnnotation",
    "OutputPath",
    "PipelineTaskFinalStatus",
    "TaskConfig",
    "component",
    "container_component",
    "get_uri",
    "notebook_component",
    "pipeline",
    "run_notebook",
}
"""What this parser knows of kfp.dsl."""

TYPING_NAMES = frozenset(typing.__all__) | {
    # newer than the oldest Python that runs this parser
    "Annotated",
    "Concatenate",
    "LiteralString",
    "Never",
    "NotRequired",
    "ParamSpec",
    "ReadOnly",
    "Required",
    "Self",
    "TypeAlias",
    "TypeGuard",
    "TypeIs",
    "TypeVarTuple",
    "Unpack",
    "override",
}

BUILTINS = frozenset(dir(builtins)) | {
    "BaseExceptionGroup",
    "EncodingWarning",
    "ExceptionGroup",
    "PythonFinalizationError",
    "aiter",
    "anext",
    # the site module's, which isolated mode leaves out
    "copyright",
    "credits",
    "exit",
    "help",
    "license",
    "quit",
}

LOWER_CASE_TYPING = {"cast", "final", "overload", "override"}
LOWER_CASE_TYPING |= {"get_args", "get_origin", "get_type_hints", "no_type_check"}

IN_THE_POD = (
    BUILTINS
    | {name for name in TYPING_NAMES if name[0].isupper()}
    | LOWER_CASE_TYPING
    | frozenset(ARTIFACTS)
    | {"Input", "InputPath", "Output", "OutputPath", "PipelineTaskFinalStatus"}
    | {"component", "container_component", "dsl", "get_uri", "kfp", "notebook_component", "pipeline", "run_notebook"}
    | {
        "PIPELINE_JOB_CREATE_TIME_UTC_PLACEHOLDER",
        "PIPELINE_JOB_ID_PLACEHOLDER",
        "PIPELINE_JOB_NAME_PLACEHOLDER",
        "PIPELINE_JOB_RESOURCE_NAME_PLACEHOLDER",
        "PIPELINE_JOB_SCHEDULE_TIME_UTC_PLACEHOLDER",
        "PIPELINE_ROOT_PLACEHOLDER",
        "PIPELINE_TASK_EXECUTOR_INPUT_PLACEHOLDER",
        "PIPELINE_TASK_EXECUTOR_OUTPUT_PATH_PLACEHOLDER",
        "PIPELINE_TASK_ID_PLACEHOLDER",
        "PIPELINE_TASK_NAME_PLACEHOLDER",
        "WORKSPACE_PATH_PLACEHOLDER",
    }
    | {"__annotations__", "__builtins__", "__class__", "__doc__", "__file__", "__name__"}
)
"""Names that the runtime in the pod provides without an import, as KFP's own executor does."""

PARAMETER_TYPES = {
    "builtins.str": "STRING",
    "typing.Text": "STRING",
    "builtins.int": "NUMBER_INTEGER",
    "builtins.float": "NUMBER_DOUBLE",
    "builtins.bool": "BOOLEAN",
    "builtins.list": "LIST",
    "typing.List": "LIST",
    "builtins.dict": "STRUCT",
    "typing.Dict": "STRUCT",
}

LEGACY_TYPES = {
    "integer": "NUMBER_INTEGER",
    "int": "NUMBER_INTEGER",
    "double": "NUMBER_DOUBLE",
    "float": "NUMBER_DOUBLE",
    "string": "STRING",
    "str": "STRING",
    "text": "STRING",
    "bool": "BOOLEAN",
    "boolean": "BOOLEAN",
    "dict": "STRUCT",
    "list": "LIST",
    "jsonobject": "STRUCT",
    "jsonarray": "LIST",
}
"""Type names in strings that KFP accepts, whatever their case."""

PYTHON_TYPES = {
    "STRING": (str,),
    "NUMBER_INTEGER": (int,),
    "NUMBER_DOUBLE": (int, float),
    "BOOLEAN": (bool,),
    "LIST": (list, tuple),
    "STRUCT": (dict,),
}
"""What a default of each parameter type may be."""

GOOGLE = "google_cloud_pipeline_components."


def canonical(name: str) -> str:
    """One dotted name for things that have several: ``kfp.v2.dsl.Input`` is ``kfp.dsl.Input``."""
    head, _, last = name.rpartition(".")
    if name == "kfp.v2.dsl" or (head == "kfp" and last == "v2"):
        return "kfp.dsl" if last == "dsl" else "kfp"
    if head.startswith("kfp.") and last in KFP_NAMES:
        return f"kfp.dsl.{last}"
    if head == "typing_extensions":
        return f"typing.{last}"
    return "typing" if name == "typing_extensions" else name
