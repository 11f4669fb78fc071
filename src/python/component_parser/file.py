"""A whole Python file: text, syntax tree, components."""

from __future__ import annotations

import ast
import hashlib
import sys
import warnings

from .component import read_component
from .decorator import component_calls, is_container_component
from .module import Module

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def normalise(data: bytes) -> str:
    """The text of a file with line feeds only, so that one file has one digest on every system."""
    text = data.decode("utf-8")
    text = text[1:] if text.startswith("\ufeff") else text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_file(path: str, name: str) -> dict:
    """Components and diagnostics of one file."""
    result = {"name": name, "components": [], "diagnostics": []}

    def fail(code: str, at: str, message: str, mend: str) -> dict:
        result["diagnostics"].append({"code": code, "at": at, "message": message, "mend": mend})
        return result

    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return fail("KFP1102", name, f"cannot read {name}: {reason}", "give the path of a Python file, from here")
    try:
        text = normalise(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return fail("KFP1103", f"{name}:{line}", f"{name} is not UTF-8", "save it as UTF-8")
    result["digest"] = "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()

    version = "%d.%d.%d" % sys.version_info[:3]
    mend = f"it was read by Python {version}; CDK8S_KFP_PYTHON names another interpreter if the file needs a newer one"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in a string is the user's business
            tree = ast.parse(text, filename=name)
    except SyntaxError as error:
        at = f"{name}:{error.lineno or 1}:{error.offset or 1}"
        return fail("KFP1104", at, f"{name} is not valid Python: {error.msg}", mend)
    except (ValueError, RecursionError, MemoryError) as error:
        return fail("KFP1104", name, f"{name} is not valid Python: {error}", mend)

    module = Module(path, name, text, tree)
    read_components(module)
    result["components"] = module.components
    result["notebooks"] = module.notebooks
    result["diagnostics"] = module.sorted_diagnostics()
    return result


def read_components(module: Module) -> None:
    """Reads every component function of a module, in source order."""
    at_module_level = {id(node) for nodes in module.functions.values() for node in nodes}
    seen = {}
    for node in functions_in(module.tree):
        calls = component_calls(module, node)
        if not calls:
            warn_of_unread(module, node)
            continue
        module.function = node.name
        if len(calls) > 1:
            module.report(node, "KFP1137", f"{node.name} has the component decorator twice", "keep one of them")
        elif id(node) not in at_module_level:
            message = f"{node.name} is defined inside a function or a class: only a module's functions are components"
            module.report(node, "KFP1110", message, "move it to the top of the module")
        elif isinstance(node, ast.AsyncFunctionDef):
            message = f"{node.name} is an async function: nothing in the pod would await it"
            module.report(node, "KFP1110", message, "write `def`, and asyncio.run(...) inside it")
        elif len(module.functions[node.name]) > 1:
            if node.name not in seen:
                lines = ", ".join(str(other.lineno) for other in module.functions[node.name])
                message = f"{node.name} is defined more than once, at lines {lines}"
                module.report(node, "KFP1111", message, "give each function a name of its own")
        else:
            read_component(module, node, calls[0])
        seen[node.name] = node
        module.function = None


def functions_in(tree: ast.AST):
    """Every function below a node, in source order."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))


def warn_of_unread(module: Module, node: ast.AST) -> None:
    """Says which functions of the file are KFP components of a kind that cannot be read without running them."""
    if is_container_component(module, node):
        module.report(
            node,
            "KFP1136",
            f"{node.name} is a container component, which only running the file could read; it is left out",
            "declare it in TypeScript as a ContainerComponent",
            severity="warning",
        )
