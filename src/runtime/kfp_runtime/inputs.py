"""The inputs of a run: from texts to arguments."""

from kfp_runtime import codec, source
from kfp_runtime.contract import ContractError, parameters_of, shown

_TAKES_ANY_KEYWORD = 0x08


class Inputs:
    """What a function is called with."""

    def __init__(self, contract, artifacts, function):
        self.contract = contract
        self.artifacts = artifacts
        self.scope = function.__globals__
        code = function.__code__
        self.parameters = parameters_of(function)
        positional = self.parameters[: code.co_argcount]
        self.defaulted = set(positional[len(positional) - len(function.__defaults__ or ()) :])
        self.defaulted.update(function.__kwdefaults__ or ())
        self.takes_any = bool(code.co_flags & _TAKES_ANY_KEYWORD)

    def arguments(self, outputs):
        """All arguments, those for outputs given. An absent input is left out where Python has a default."""
        arguments, missing = dict(outputs), []
        for name, port in self.contract.inputs.items():
            if name not in self.parameters and not self.takes_any:
                message = "%s has no parameter %s: its source is not the one its interface was read from"
                raise ContractError(message % (self.contract.function, name))
            text = self.contract.text(name)
            if text is not None and text != codec.ABSENT:
                arguments[name] = self._value(name, port, text)
            elif port.get("type") == "TASK_CONFIG":
                arguments[name] = self._value(name, port, "{}")
            elif name in self.defaulted:
                continue
            elif port.get("optional"):
                arguments[name] = None
            else:
                missing.append(name)
        arguments.update(source.embedded(self.contract, self.scope))
        undeclared = set(self.parameters).difference(arguments, self.defaulted, missing)
        missing += sorted(undeclared)
        if missing:
            names = ", ".join('"%s"' % name for name in missing)
            what = "inputs" if len(missing) > 1 else "input"
            raise ContractError("%s: no value for the required %s %s" % (self.contract.function, what, names))
        return arguments

    def _value(self, name, port, text):
        if "artifact" in port:
            return None if text == codec.NULL else self.artifacts.input(name, port, text)
        type = port["type"]
        try:
            value = codec.decode(text, "STRUCT" if type in ("TASK_FINAL_STATUS", "TASK_CONFIG") else type)
        except ValueError as error:
            message = '%s: input "%s": expected %s, got %s (%s)'
            raise ContractError(message % (self.contract.function, name, type, shown(text), error)) from None
        if value is None:
            return None
        if type == "TASK_FINAL_STATUS":
            return self._final_status(value)
        if type == "TASK_CONFIG":
            return _task_config(value)
        if name in self.contract.paths:
            path = self.contract.work_path("paths", name)
            self.contract.write(path, value if isinstance(value, str) else codec.canonical(value))
            return path
        return value

    def _final_status(self, value):
        from kfp.dsl import PipelineTaskFinalStatus

        error = value.get("error") or {}
        state = str(value.get("state") or "").upper()
        return PipelineTaskFinalStatus(
            state="FAILED" if state == "ERROR" else state,
            pipeline_job_resource_name=value.get("pipelineJobResourceName") or self.contract.run_name,
            pipeline_task_name=value.get("pipelineTaskName") or "",
            error_code=error.get("code"),
            error_message=error.get("message"),
        )


def _task_config(value):
    from kfp.dsl import TaskConfig

    return TaskConfig(
        affinity=value.get("affinity"),
        tolerations=value.get("tolerations"),
        node_selector=value.get("nodeSelector"),
        env=value.get("env"),
        volumes=value.get("volumes"),
        volume_mounts=value.get("volumeMounts"),
        resources=value.get("resources"),
    )
