"""The environment that a component runs in, read once and checked."""

import json
import os


class ContractError(Exception):
    """What was promised was not kept: by the caller, or by user code towards its declared interface. Exit code 3."""


class InstallError(Exception):
    """A package could not be installed. Exit code 2."""


class ProgramError(Exception):
    """The program that stands for the function failed. Its exit code is the task's."""

    def __init__(self, code, message, reason):
        super().__init__(message)
        self.code = code
        self.reason = reason or message


class Contract:
    """Everything the environment says about this run."""

    def __init__(self):
        component = _variable("KFP_COMPONENT")
        if component is None:
            raise ContractError("KFP_COMPONENT is not set: it says what to run")
        try:
            self.component = json.loads(component)
            self.function = self.component["function"]
        except (ValueError, KeyError, TypeError) as error:
            raise ContractError("KFP_COMPONENT cannot be read: %r" % error) from None
        self.inputs = self.component.get("inputs") or {}
        self.outputs = self.component.get("outputs") or {}
        self.paths = self.component.get("paths") or []
        self.classes = self.component.get("classes") or {}
        self.source = _variable("KFP_SOURCE") or "/kfp/component/%s.py" % self.function
        self.inputs_folder = _variable("KFP_INPUTS_DIR") or "/kfp/inputs"
        self.work_folder = _variable("KFP_WORK_DIR") or "/kfp/work"
        prefix = _variable("KFP_URI_PREFIX")
        self.uri_prefix = "artifact:///" if prefix is None else prefix
        self.run_name = _variable("KFP_RUN_NAME") or ""
        self.task_name = _variable("KFP_TASK_NAME") or ""

    def text(self, name):
        """The text of an input, None where it is absent."""
        return _variable("KFP_INPUT_" + name)

    def key(self, name):
        """The storage key of an output artifact."""
        key = _variable("KFP_KEY_" + name)
        if not key:
            raise ContractError('the output "%s" has no storage key: KFP_KEY_%s is not set' % (name, name))
        return key

    def uri(self, name):
        """The URI of an output that is kept elsewhere than under its key in the pipeline's repository; else None."""
        return _variable("KFP_URI_" + name) or None

    def folder(self, name):
        """The storage key of the folder that holds all of a list of artifacts; None where each has its own place."""
        return (_variable("KFP_FOLDER_" + name) or "").rstrip("/") or None

    def work_path(self, *parts):
        """A path in the work folder; the folder that holds it exists."""
        path = os.path.join(self.work_folder, *parts)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        except OSError as error:
            raise ContractError("the work folder %s cannot be used: %s" % (self.work_folder, error)) from None
        return path

    def write(self, path, text):
        """Writes a text as it is."""
        with open(path, "w", encoding="utf-8", newline="", errors="surrogatepass") as file:
            file.write(text)


def shown(value):
    """A value as a message shows it, cut off where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def parameters_of(function):
    """The names of a function's parameters."""
    code = function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _variable(name):
    """An environment variable as UTF-8, whatever the locale."""
    value = os.environ.get(name)
    return None if value is None else os.fsencode(value).decode("utf-8", "replace")
