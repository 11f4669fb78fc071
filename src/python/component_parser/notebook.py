"""Notebook components: where their notebook is, and whether their function runs it. TypeScript reads the notebook."""

from __future__ import annotations

import ast
import os

from .module import AMBIGUOUS, Module, Unreadable

DEFAULT_PACKAGES = ("nbclient>=0.10,<1", "ipykernel>=6,<7", "jupyter_client>=7,<9")
"""What KFP installs where packages_to_install is left out."""

RUN = "kfp.dsl.run_notebook"

JOINING = {"os.path.join", "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath"}
SAME_PATH = {"builtins.str", "os.fspath", "os.path.abspath", "os.path.normpath", "os.path.realpath"}
SAME_PATH_METHODS = {"absolute", "as_posix", "resolve"}


def read_path(module: Module, node: ast.AST, using: tuple = ()) -> str:
    """The path that an expression gives. Raises Unreadable.

    Besides constants it may be what finds a file beside this one, in KFP as here: `__file__`, with os.path or pathlib.
    """

    def read(part: ast.AST) -> str:
        return read_path(module, part, using)

    if isinstance(node, ast.Name):
        value = module.values.get(node.id)
        if node.id == "__file__" and node.id not in module.bound_lines:
            return module.path
        if value is not None and value is not AMBIGUOUS and node.id not in using:
            return read_path(module, value, using + (node.id,))
    elif isinstance(node, ast.Call) and not node.keywords:
        name = module.qualified(node.func) or ""
        if name in JOINING and node.args:
            return os.path.join(*map(read, node.args))
        if name in SAME_PATH and len(node.args) == 1:
            return read(node.args[0])
        if name == "os.path.dirname" and len(node.args) == 1:
            return os.path.dirname(read(node.args[0]))
        if isinstance(node.func, ast.Attribute) and not name:
            return read_method(node, read)
    elif isinstance(node, ast.Attribute) and node.attr == "parent":
        return os.path.dirname(read(node.value))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return os.path.join(read(node.left), read(node.right))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return read(node.left) + read(node.right)
    elif isinstance(node, ast.JoinedStr):
        return "".join(read(part) for part in node.values)
    elif isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
        return read(node.value)
    return text_of(module, node)


def read_method(node: ast.Call, read) -> str:
    """What a method of pathlib's paths gives."""
    method, arguments = node.func.attr, node.args
    if method in SAME_PATH_METHODS and not arguments:
        return read(node.func.value)
    if method == "joinpath":
        return os.path.join(read(node.func.value), *map(read, arguments))
    if method == "with_name" and len(arguments) == 1:
        return os.path.join(os.path.dirname(read(node.func.value)), read(arguments[0]))
    raise Unreadable(node, "is known only when the file runs")


def text_of(module: Module, node: ast.AST) -> str:
    value = module.evaluate(node)
    if not isinstance(value, str):
        raise Unreadable(node, "is not a path")
    return value


def check_runs(module: Module, function: ast.FunctionDef, shipped: list, notebook: bool) -> None:
    """Reports a notebook that nothing runs, and a function that would run one without having it."""
    nodes = [node for each in shipped for node in ast.walk(each)]
    if not notebook:
        for node in nodes:
            if isinstance(node, (ast.Attribute, ast.Name)) and module.qualified(node) == RUN:
                message = f"{function.name} calls dsl.run_notebook and has no notebook"
                mend = "decorate it with @dsl.notebook_component(notebook_path=...)"
                module.report(node, "KFP1153", message, mend)
                return
    elif not any("run_notebook" in named(node) for node in nodes):
        message = f"{function.name} never calls dsl.run_notebook, so its notebook does not run"
        mend = "call it with the notebook's parameters by name: dsl.run_notebook(rows=rows)"
        module.report(function, "KFP1154", message, mend, severity="warning")


def named(node: ast.AST) -> tuple:
    """The names in a node itself: of a variable, an attribute, an import."""
    return tuple(getattr(node, field, None) for field in ("id", "attr", "name"))
