"""What KFP's launcher tells a program of its inputs and outputs, as JSON, and what the program tells of these."""

import json
import os
import re

from kfp_runtime import codec, references
from kfp_runtime.contract import ContractError, shown

_PLACEHOLDER = re.compile(r"\{\{\$([^{}]*)\}\}")
_MEMBER = re.compile(r"\.(inputs|outputs)\.(parameters|artifacts)\['([^']+)'\](?:\.(\w+)(?:\['([^']+)'\])?)?$")


class ExecutorInput:
    """The inputs and outputs of a run, for a program that follows the contract of KFP's executor."""

    def __init__(self, contract, artifacts, objects):
        self.contract = contract
        self.artifacts = artifacts
        self.objects = objects
        self.output_file = os.path.join(objects.root_folder, "executor_output.json")
        self.paths = {name: _empty(contract.work_path("paths", name)) for name in self._outputs("type")}
        self.parameters, self.inputs = {}, {}
        for name, port in contract.inputs.items():
            self._take(name, port, contract.text(name))
        self.outputs = {name: objects.output(name, port) for name, port in self._outputs("artifact").items()}

    def _outputs(self, kind):
        return {name: port for name, port in self.contract.outputs.items() if kind in port}

    def _take(self, name, port, text):
        if text is None or text == codec.ABSENT or ("artifact" in port and text == codec.NULL):
            if not port.get("optional") and port.get("type") != "TASK_CONFIG":
                raise ContractError('%s: no value for the required input "%s"' % (self.contract.function, name))
        elif "artifact" in port:
            found = self.artifacts.input(name, port, text)
            self.inputs[name] = [self.objects.input(each) for each in (found if isinstance(found, list) else [found])]
        else:
            self.parameters[name] = self._value(name, port["type"], text)

    def _value(self, name, type, text):
        try:
            value = codec.decode(text, "STRUCT" if type.startswith("TASK_") else type)
        except ValueError as error:
            message = '%s: input "%s": expected %s, got %s (%s)'
            raise ContractError(message % (self.contract.function, name, type, shown(text), error)) from None
        if type == "TASK_FINAL_STATUS" and value is not None:
            value = dict(value, error=value.get("error") or {})
            value["state"] = str(value.get("state") or "").upper()
            value.setdefault("pipelineJobResourceName", self.contract.run_name)
        return value

    def json(self):
        """The whole of it."""
        listed = lambda artifacts: {"artifacts": artifacts}  # noqa: E731
        value = {
            "inputs": {
                "parameterValues": self.parameters,
                "artifacts": {name: listed(each) for name, each in self.inputs.items()},
            },
            "outputs": {
                "parameters": {name: {"outputFile": path} for name, path in self.paths.items()},
                "artifacts": {name: listed([each]) for name, each in self.outputs.items()},
                "outputFile": self.output_file,
            },
        }
        return json.dumps(value)

    def replace(self, argument):
        """An argument, KFP's placeholders in it replaced. One that nobody knows stays, as it does in KFP."""

        def found(match):
            value = self._said(match.group(1))
            return match.group(0) if value is None else value

        return _PLACEHOLDER.sub(found, argument)

    def _said(self, what):
        if what == "":
            return self.json()
        if what == ".outputs.output_file":
            return self.output_file
        if what in _FACTS:
            return os.environ.get(_FACTS[what])
        match = _MEMBER.match(what)
        if not match:
            return None
        side, kind, name, field, member = match.groups()
        if kind == "parameters":
            if side == "outputs":
                return self.paths.get(name) if field == "output_file" else None
            return _text(self.parameters[name]) if field is None and name in self.parameters else None
        found = self.inputs.get(name) or [None] if side == "inputs" else [self.outputs.get(name)]
        return self._of_artifact(found[0], field, member)

    def _of_artifact(self, artifact, field, member):
        if artifact is None:
            return None
        if field == "uri":
            return artifact["uri"]
        if field == "path":
            return self.objects.path_of(artifact["uri"])
        if field == "metadata":
            return _text(artifact["metadata"].get(member) if member else artifact["metadata"])
        return None

    def result(self):
        """What the program wrote of its outputs: nothing where it wrote no such file."""
        try:
            with open(self.output_file, encoding="utf-8") as file:
                value = json.load(file)
            artifacts = {}
            for name, listed in (value.get("artifacts") or {}).items():
                found = listed.get("artifacts") or []
                if found and name in self.outputs:
                    artifacts[name] = {"uri": found[0].get("uri"), "metadata": dict(found[0].get("metadata") or {})}
                    artifacts[name]["path"] = found[0].get("custom_path") or found[0].get("customPath")
            return dict(value.get("parameterValues") or {}), artifacts
        except FileNotFoundError:
            return {}, {}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            message = "%s: what it wrote of its outputs cannot be read: %s"
            raise ContractError(message % (self.contract.function, error)) from None


_FACTS = {
    ".pipeline_job_name": "KFP_RUN_NAME",
    ".pipeline_job_resource_name": "KFP_RUN_NAME",
    ".pipeline_job_uuid": "KFP_RUN_ID",
    ".pipeline_job_schedule_time_utc": "KFP_SCHEDULED_TIME",
    ".pipeline_task_name": "KFP_TASK_NAME",
}


def _empty(path):
    """A path where nothing is: an earlier attempt's file must not be taken for this one's."""
    if os.path.isfile(path):
        os.remove(path)
    return path


def _text(value):
    """A value in the text of an argument."""
    if value is None:
        return ""
    return value if isinstance(value, str) else codec.canonical(value)
