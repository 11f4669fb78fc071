"""One component function: its interface and what ships."""

from __future__ import annotations

import ast
import math
import os

from .annotations import Annotation, AnnotationReader, Unsupported, is_none
from .body import check_body
from .decorator import ComponentCall, Options, read_options, warn_of_lost_decorators
from .docstring import Docstring, read_docstring
from .metrics import metric_names
from .module import Module, Unreadable
from .names import PYTHON_TYPES
from .notebook import check_runs
from .returns import SINGLE, read_returns

WITH_METRICS = ("system.Metrics", "system.ClassificationMetrics")
SAFE_INTEGER = 2**53


class Interface:
    """The ports of a function, as they are found."""

    def __init__(self, docstring: Docstring) -> None:
        self.docstring = docstring
        self.inputs: dict = {}
        self.outputs: dict = {}
        self.paths: list = []
        self.nullable: list = []
        self.defaults: dict = {}

    def add(self, name: str, annotation: Annotation, description: str) -> dict:
        """Adds a port and what is known about it."""
        port = dict(annotation.port)
        if description:
            port["description"] = description
        if annotation.path:
            self.paths.append(name)
        (self.outputs if annotation.output else self.inputs)[name] = port
        return port


def read_component(module: Module, function: ast.FunctionDef, call: ComponentCall) -> None:
    """Adds the component of a function to its module, unless something is wrong with it."""
    errors = module.error_count()
    if not function.name.isascii():
        message = f"the name {function.name} is not ASCII, and Kubernetes names are"
        module.report(function, "KFP1124", message, "use the letters a-z, digits and underscores")
    options = read_options(module, call)
    warn_of_lost_decorators(module, function, [call.decorator])
    for helper in options.helpers:
        warn_of_lost_decorators(module, helper, [])

    reader = AnnotationReader(module)
    interface = Interface(read_docstring(ast.get_docstring(function) or ""))
    read_parameters(module, reader, interface, function)
    read_outputs(module, reader, interface, function)
    for name, port in interface.outputs.items():
        names = metric_names(function, name) if port["type"] in WITH_METRICS else []
        if names:
            port["metrics"] = names
    check_body(module, function, options.helpers, reader.classes)
    check_runs(module, function, options.helpers + [function], options.has_notebook)
    if options.notebook:
        path, node = options.notebook
        path = os.path.join(os.path.dirname(module.path), path)
        module.notebooks.append({"function": function.name, "path": path, "at": module.place(node)})
    if module.error_count() == errors:
        module.components.append(definition(module, function, options, interface, reader.classes))


def read_parameters(module: Module, reader: AnnotationReader, interface: Interface, function: ast.FunctionDef) -> None:
    arguments = function.args
    for argument in getattr(arguments, "posonlyargs", []):
        message = f"the parameter {argument.arg} is positional-only, and parameters are given by name"
        module.report(argument, "KFP1112", message, "take the `/` away")
    for argument, stars in ((arguments.vararg, "*"), (arguments.kwarg, "**")):
        if argument:
            message = f"{stars}{argument.arg}: a component's parameters must all be named"
            mend = "name each parameter; a list or a dict holds any number of values"
            module.report(argument, "KFP1112", message, mend)
    none_given = [None] * (len(arguments.args) - len(arguments.defaults))
    pairs = list(zip(arguments.args, none_given + arguments.defaults))
    for argument, default in pairs + list(zip(arguments.kwonlyargs, arguments.kw_defaults)):
        try:
            read_parameter(module, reader, interface, argument, default)
        except Unsupported as error:
            module.report(error.node, error.code, f"parameter {argument.arg}: {error.message}", error.mend)


def read_parameter(
    module: Module, reader: AnnotationReader, interface: Interface, argument: ast.arg, default: ast.AST | None
) -> None:
    name = argument.arg
    if not name.isascii():
        raise Unsupported(argument, "the name is not ASCII", "use the letters a-z, digits and underscores", "KFP1124")
    if name == SINGLE:
        message = f"the name {SINGLE} is KFP's for the return value"
        raise Unsupported(argument, message, "give the parameter another name", "KFP1119")
    if argument.annotation is None:
        mend = "annotate it, such as `: str` or `: Input[Dataset]`"
        raise Unsupported(argument, "it has no type annotation", mend, "KFP1113")
    annotation = reader.read(argument.annotation)
    described = interface.docstring.parameters.get(name, "")
    if annotation.output:
        described = described or interface.docstring.returns.get(name, "")
    port = interface.add(name, annotation, described)
    if annotation.port["type"] == "TASK_FINAL_STATUS":
        port["optional"] = True  # the engine supplies it
    if annotation.nullable and not annotation.is_artifact:
        interface.nullable.append(name)
    if default is not None:
        read_default(module, interface, name, annotation, default)


def read_default(module: Module, interface: Interface, name: str, annotation: Annotation, default: ast.AST) -> None:
    """Checks a default and marks its port as optional. The default itself stays in Python."""
    if annotation.is_artifact or annotation.output:
        if not is_none(default):
            message = f"parameter {name}: the default of an artifact can only be None"
            module.report(default, "KFP1117", message, "write `= None`, or no default")
        elif not annotation.output:
            interface.inputs[name]["optional"] = True
        return
    port = interface.inputs[name]
    port["optional"] = True
    if is_none(default):
        interface.defaults[name] = None
        if name not in interface.nullable:
            interface.nullable.append(name)
        return
    try:
        value = module.evaluate(default)
    except Unreadable:
        return  # an expression of builtins, such as float("inf"); names of the module are reported elsewhere
    types = PYTHON_TYPES.get(port["type"], ())
    if not isinstance(value, types) or (isinstance(value, bool) and port["type"] != "BOOLEAN"):
        message = f"parameter {name}: the default `{module.source_of(default)}` is not of its type"
        module.report(default, "KFP1118", message, "change the default or the annotation")
    elif "literals" in port and value not in port["literals"]:
        message = f"parameter {name}: the default `{module.source_of(default)}` is not one of its Literal's values"
        module.report(default, "KFP1118", message, "use one of the values, or add this one")
    elif is_json(value):
        interface.defaults[name] = value


def is_json(value) -> bool:
    """Whether JSON, as JavaScript reads it, can hold a value exactly."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) <= SAFE_INTEGER
    if isinstance(value, (list, tuple)):
        return all(is_json(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_json(item) for key, item in value.items())
    return value is None or isinstance(value, str)


def read_outputs(module: Module, reader: AnnotationReader, interface: Interface, function: ast.FunctionDef) -> None:
    try:
        returned = read_returns(reader, function.returns)
    except Unsupported as error:
        module.report(error.node, error.code, f"return value: {error.message}", error.mend)
        return
    for output in returned:
        if output.name in interface.outputs:
            message = f"the output {output.name} is both a parameter and returned, or returned twice"
            module.report(output.node, "KFP1120", message, "give each output a name of its own")
            continue
        if not output.name.isascii():
            message = f"the output {output.name} is not ASCII"
            module.report(output.node, "KFP1124", message, "use the letters a-z, digits and underscores")
        output.annotation.output = True
        docstring = interface.docstring
        whole = docstring.returned if output.name == SINGLE else ""
        interface.add(output.name, output.annotation, docstring.returns.get(output.name) or whole)


def definition(
    module: Module, function: ast.FunctionDef, options: Options, interface: Interface, classes: dict
) -> dict:
    """The component as JSON: a ComponentDefinition without its source, and where the source stands."""
    values = options.values
    implementation = {
        "kind": "python",
        "file": module.name,
        "function": function.name,
        "line": function.lineno,
        "image": options.image,
    }
    settings = {
        "packages": options.packages,
        "pipIndexUrls": list(values.get("pip_index_urls") or []),
        "pipTrustedHosts": list(values.get("pip_trusted_hosts") or []),
        "useVenv": bool(values.get("use_venv")),
        "paths": interface.paths,
        "classes": classes,
    }
    implementation.update({name: value for name, value in settings.items() if value})
    result = {
        "name": function.name,
        "inputs": interface.inputs,
        "outputs": interface.outputs,
        "implementation": implementation,
        "sources": [[shipped.lineno, shipped.end_lineno] for shipped in options.helpers + [function]],
        "defaults": interface.defaults,
        "nullable": interface.nullable,
    }
    if interface.docstring.description:
        result["description"] = interface.docstring.description
    return result
