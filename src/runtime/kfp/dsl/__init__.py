"""kfp.dsl as a running component sees it. Each name is loaded when it is first used."""

_MODULES = {
    "artifacts": "Artifact Dataset HTML Markdown Metrics Model artifact_class get_uri",
    "classification": "ClassificationMetrics SlicedClassificationMetrics",
    "annotations": "EmbeddedInput Input InputPath Output OutputPath PipelineTaskFinalStatus TaskConfig "
    "component container_component notebook_component pipeline",
    "notebook": "run_notebook",
}
_PLACEHOLDERS = {
    "PIPELINE_JOB_CREATE_TIME_UTC": ".pipeline_job_create_time_utc",
    "PIPELINE_JOB_ID": ".pipeline_job_uuid",
    "PIPELINE_JOB_NAME": ".pipeline_job_name",
    "PIPELINE_JOB_RESOURCE_NAME": ".pipeline_job_resource_name",
    "PIPELINE_JOB_SCHEDULE_TIME_UTC": ".pipeline_job_schedule_time_utc",
    "PIPELINE_ROOT": ".pipeline_root",
    "PIPELINE_TASK_EXECUTOR_INPUT": "",
    "PIPELINE_TASK_EXECUTOR_OUTPUT_PATH": ".outputs.output_file",
    "PIPELINE_TASK_ID": ".pipeline_task_uuid",
    "PIPELINE_TASK_NAME": ".pipeline_task_name",
    "WORKSPACE_PATH": ".workspace_path",
}
_PLACEHOLDERS = {name + "_PLACEHOLDER": "{{$%s}}" % path for name, path in _PLACEHOLDERS.items()}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = sorted(set(_MODULE_OF) - {"artifact_class"}) + sorted(_PLACEHOLDERS)


def __getattr__(name):
    if name in _PLACEHOLDERS:
        value = _PLACEHOLDERS[name]
    elif name in _MODULE_OF:
        module = __import__("kfp.dsl." + _MODULE_OF[name], fromlist=[name])
        value = getattr(module, name)
    else:
        raise AttributeError("kfp.dsl.%s is not available in a running component" % name)
    globals()[name] = value
    return value
