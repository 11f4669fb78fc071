"""local_kfp.py FOLDER < RUNS.json: runs compiled pipelines with kfp.local and prints what came of each.

RUNS.json is a list of {"document", "arguments", "scratch"}; the answer is a list of {"status", "outputs", "tasks"}: what
our own `run --output json` prints. `tasks` has one entry for each execution, by its path; loops have an index: `for-loop-1[0]/say`.
FOLDER is where artifacts go. No virtual environments are made: the components find kfp in this Python.
"""

import contextlib
import io as text_io
import json
import os
import sys
import threading
import traceback
import warnings
from concurrent.futures import ProcessPoolExecutor

import yaml
from google.protobuf import json_format
from kfp import dsl, local
from kfp.local import io, pipeline_orchestrator
from kfp.local.orchestrator import enhanced_dag_orchestrator, task_executor
from kfp.pipeline_spec import pipeline_spec_pb2

WORKERS = 2
ITERATION = "-iteration-"
COMPLETED = pipeline_spec_pb2.PipelineTaskSpec.TriggerPolicy.ALL_UPSTREAM_TASKS_COMPLETED


class Record:
    """What became of each task of one run. kfp.local tells the outputs of the pipeline alone, so its steps are watched."""

    def __init__(self):
        self.tasks = {}
        self.here = threading.local()

    def watch(self):
        """Makes kfp.local note each task that it runs here, until the process ends."""
        run_task = enhanced_dag_orchestrator.execute_task
        run_leaf = task_executor.execute_single_task
        make_store = io.IOStore.__init__

        def store(this, *args, **kwargs):
            make_store(this, *args, **kwargs)
            this.path = getattr(self.here, "path", "")

        def task(**kwargs):
            outside = getattr(self.here, "path", "")
            self.here.path = f"{kwargs['io_store'].path}/{kwargs['task_name']}"
            try:
                return run_task(**kwargs)
            finally:
                self.here.path = outside

        def leaf(**kwargs):
            handler = handler_of(kwargs["task_spec"])
            path = indexed(f"{kwargs['io_store'].path}{handler}/{kwargs['task_name']}".lstrip("/"))
            self.tasks[path] = {"status": "failed", "outputs": {}}
            outputs, status = run_leaf(**kwargs)
            if status.name == "SUCCESS":
                self.tasks[path] = {"status": "succeeded", "outputs": plain(outputs)}
            return outputs, status

        io.IOStore.__init__ = store
        enhanced_dag_orchestrator.execute_task = task
        task_executor.execute_single_task = leaf


def handler_of(task):
    """The handler whose exit task this is: the task stands in it here."""
    waits = list(task.dependent_tasks)
    ends = task.trigger_policy.strategy == COMPLETED
    return f"/{waits[0]}" if ends and len(waits) == 1 and waits[0].startswith("exit-handler-") else ""


def indexed(path):
    """A path whose iterations are indices."""
    steps = (step.rsplit(ITERATION, 1) if ITERATION in step else [step] for step in path.split("/"))
    return "/".join(step[0] if len(step) == 1 else f"{step[0]}[{step[1]}]" for step in steps)


def plain(value):
    """A value as JSON; an artifact is its type, metadata and content, where it has one."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dsl.Artifact):
        shown = {"type": value.schema_title, "metadata": value.metadata}
        if os.path.isfile(value.path):
            with open(value.path) as file:
                shown["content"] = file.read()
        return shown
    return value


def run(folder, request):
    """Runs one document."""
    warnings.simplefilter("ignore")
    with open(request["document"]) as file:
        spec = json_format.ParseDict(next(yaml.safe_load_all(file)), pipeline_spec_pb2.PipelineSpec())
    record = Record()
    record.watch()
    local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root=folder, raise_on_error=True)
    said = text_io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            outputs = pipeline_orchestrator.run_local_pipeline(spec, request["arguments"])
            status = "succeeded"
        except RuntimeError:
            outputs, status = {}, "failed"
        except Exception:
            return {"status": "broken", "why": traceback.format_exc(), "outputs": {}, "tasks": record.tasks}
    return {"status": status, "outputs": plain(outputs), "tasks": record.tasks, "said": said.getvalue()[-3000:]}


def main(folder):
    requests = json.load(sys.stdin)
    # Each run has a process of its own: kfp.local's configuration is the process's.
    with ProcessPoolExecutor(WORKERS, max_tasks_per_child=1) as pool:
        futures = [
            pool.submit(run, os.path.join(folder, str(index)), request) for index, request in enumerate(requests)
        ]
        print(json.dumps([future.result() for future in futures]))


if __name__ == "__main__":
    main(sys.argv[1])
