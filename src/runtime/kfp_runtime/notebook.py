"""Runs the notebook that ships beside the component's text, in a kernel of this Python."""

import json
import keyword
import os

from kfp_runtime import codec
from kfp_runtime.contract import Contract, shown

_PARAMETERS = "parameters"
_INJECTED = "injected-parameters"


class NotebookError(RuntimeError):
    """A cell of the notebook failed, or its kernel did."""


def run(parameters):
    """Runs the component's notebook with parameters."""
    contract = Contract()
    notebook = _read(os.path.splitext(contract.source)[0] + ".ipynb")
    injected = _inject(notebook["cells"], parameters) if parameters else None
    try:
        from kfp_runtime.kernel import execute
    except ImportError as error:
        mend = "leave packages_to_install out, or put them there or into the image"
        raise ImportError("dsl.run_notebook needs nbclient and ipykernel (%s): %s" % (error, mend)) from None
    failure = execute(notebook, contract.work_path("notebook", ""))
    if failure is not None:
        raise NotebookError(_describe(failure, injected))


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        message = "dsl.run_notebook is for components decorated with @dsl.notebook_component: this one has no notebook"
        raise NotImplementedError(message) from None


def _inject(cells, parameters):
    """Puts a cell that sets the parameters where papermill does. Returns its index."""
    lines = ["%s = %s" % (_name(name), _literal(_plain(name, value))) for name, value in parameters.items()]
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": [_INJECTED]},
        "outputs": [],
        "source": "\n".join(lines),
    }
    tagged = (
        index + 1
        for index, each in enumerate(cells)
        if each["cell_type"] == "code" and _PARAMETERS in each["metadata"].get("tags", ())
    )
    place = next(tagged, 0)
    cells.insert(place, cell)
    return place


def _name(name):
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError("dsl.run_notebook: %s is not the name of a variable" % shown(name))
    return name


def _plain(name, value):
    """A value as JSON has it, as under KFP: a tuple is a list, and keys are strings."""
    try:
        return json.loads(json.dumps(value, default=_scalar))
    except (TypeError, ValueError, RecursionError) as error:
        message = "dsl.run_notebook: the parameter %s is not what JSON can hold: %s" % (name, error)
        if hasattr(value, "path"):
            message += "; give the notebook its path: %s=%s.path" % (name, name)
        raise TypeError(message) from None


def _scalar(value):
    if not codec.is_scalar_like(value):
        raise TypeError("it is a %s" % type(value).__name__)
    return value.item()


def _literal(value):
    """The Python expression of a value of JSON. Nothing in a text can end its literal."""
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(_literal, value))
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%r: %s" % (key, _literal(item)) for key, item in value.items())
    if isinstance(value, float) and value - value != 0:  # NaN and infinities have no literal
        return 'float("%r")' % value
    return repr(value)


def _describe(failure, injected):
    """What failed, with the cell's place among those of the notebook, from 1."""
    index, message = failure
    if index is None:
        return "the notebook's kernel did not start: " + message
    if index == injected:
        return "the cell of the parameters: " + message
    before = 0 if injected is None or index < injected else 1
    return "cell %d: %s" % (index + 1 - before, message)
