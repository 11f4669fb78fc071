"""Runs a program instead of a function: one that follows the contract of KFP's executor."""

import os
import signal
import subprocess
import sys
import threading

from kfp_runtime import codec
from kfp_runtime.contract import ContractError, ProgramError
from kfp_runtime.executor import is_chief
from kfp_runtime.executor_input import ExecutorInput
from kfp_runtime.objects import Objects
from kfp_runtime.outputs import Outputs

_KEPT = 2048
"""How much of the end of stderr is kept: what went wrong stands there."""
_DRAIN_SECONDS = 1.0
"""How long output is awaited after the program's end: another process may hold it open."""


def run_program(contract, log):
    """Runs the program and writes its outputs."""
    contract.paths = []  # the program finds all of them by itself
    artifacts = None
    if any("artifact" in port for ports in (contract.inputs, contract.outputs) for port in ports.values()):
        from kfp_runtime.artifacts import Artifacts

        artifacts = Artifacts(contract, log)
    objects = Objects(contract, artifacts)
    told = ExecutorInput(contract, artifacts, objects)
    arguments = [told.replace(argument) for argument in contract.component["program"]]
    code, errors = _run(arguments, log)
    if code != 0:
        name = os.path.basename(arguments[0])
        raise ProgramError(code, "%s ended with exit code %d" % (name, code), errors)
    if is_chief():
        values, said = told.result()
        for name, each in said.items():
            objects.given(name, each)
        _ProgramOutputs(contract, log, artifacts).write(values)


def _run(arguments, log):
    """Runs a program to its end. Returns its exit code and the last line that it wrote to stderr."""
    pipe = subprocess.PIPE
    try:
        child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=pipe if log.json else None, stderr=pipe)
    except (OSError, ValueError) as error:
        raise ContractError("the program %s cannot be run: %s" % (os.path.basename(arguments[0]), error)) from None
    errors = _Copy(child.stderr, sys.stderr, log)
    copies = [errors] + ([_Copy(child.stdout, sys.stdout, log)] if log.json else [])
    try:
        code = child.wait()
    except BaseException:
        # The task is asked to stop, and so is the program. Whoever asked ends it where it does not.
        child.send_signal(signal.SIGTERM)
        child.wait()
        raise
    finally:
        for copy in copies:
            copy.join(_DRAIN_SECONDS)
    return code if code >= 0 else 128 - code, errors.last_line()


class _Copy(threading.Thread):
    """Hands on what a program prints: as it is, or line by line where the log is JSON."""

    def __init__(self, source, target, log):
        super().__init__(daemon=True)
        self.source = source
        self.target = target
        self.log = log
        self.end = b""
        self.start()

    def run(self):
        """Copies until the program closes its end."""
        if self.log.json:
            for line in self.source:
                self._keep(line)
                self.target.write(line.decode("utf-8", "replace"))
            return
        descriptor = self.target.fileno()
        for part in iter(lambda: os.read(self.source.fileno(), 1 << 16), b""):
            self._keep(part)
            while part:
                part = part[os.write(descriptor, part) :]

    def _keep(self, part):
        self.end = (self.end + part)[-_KEPT:]

    def last_line(self):
        """The last line that is not empty."""
        lines = [line for line in self.end.decode("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""


class _ProgramOutputs(Outputs):
    """What a program gave."""

    def __init__(self, contract, log, artifacts):
        self.contract = contract
        self.log = log
        self.artifacts = artifacts

    def _texts(self, value):
        texts = {}
        for name, port in self.contract.outputs.items():
            if "artifact" in port:
                texts[name] = self.artifacts.finish(name)
            elif value.get(name) is None:
                texts[name] = self._written(name, port["type"])
            else:
                texts[name] = self._given(name, port, _typed(value[name], port["type"]))
        return texts


def _typed(value, type):
    """A value of JSON, which has one kind of numbers, and which KFP takes for text where text is declared."""
    if type == "STRING" and not isinstance(value, str):
        return codec.canonical(value)
    if type == "NUMBER_INTEGER" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value
