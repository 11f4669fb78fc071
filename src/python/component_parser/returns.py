"""The outputs that a function returns."""

from __future__ import annotations

import ast

from .annotations import Annotation, AnnotationReader, Unsupported, is_none, list_output, parse_forward
from .module import AMBIGUOUS, Module, unwrap_index

SINGLE = "Output"
"""KFP's name for the output of a function that returns one value."""


class Return:
    """One returned output."""

    def __init__(self, name: str, node: ast.AST, annotation: Annotation) -> None:
        self.name = name
        self.node = node
        self.annotation = annotation


def read_returns(reader: AnnotationReader, node: ast.AST | None) -> list:
    """The outputs of a return annotation. Raises Unsupported."""
    if node is None or is_none(node):
        return []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        inner = parse_forward(node)
        if inner is None:
            raise Unsupported(node, f"the annotation {node.value!r} is not a Python expression")
        return read_returns(reader, inner)
    if isinstance(node, ast.Dict):
        message = "outputs as a dict are KFP's old form"
        raise Unsupported(node, message, "return a NamedTuple with one field for each output")
    fields = named_tuple_fields(reader.module, node)
    if fields is None:
        return [read_output(reader, SINGLE, node)]
    return [read_output(reader, name, annotation) for name, annotation in fields]


def read_output(reader: AnnotationReader, name: str, node: ast.AST) -> Return:
    annotation = reader.read(node)
    if annotation.port["kind"] == "artifact" and annotation.port.get("list"):
        raise list_output(node, reader.shown(node))
    if annotation.marked or annotation.port["type"] == "TASK_FINAL_STATUS":
        raise Unsupported(node, f"`{reader.shown(node)}` cannot be returned", "return the plain type or artifact class")
    if annotation.nullable:
        message = f"`{reader.shown(node)}`: an output always has a value"
        raise Unsupported(node, message, "take the Optional away, and return a value that means nothing, such as ''")
    return Return(name, node, annotation)


def named_tuple_fields(module: Module, node: ast.AST) -> list | None:
    """The (name, annotation) fields of a NamedTuple, written in place or named; None where it is not one."""
    if isinstance(node, ast.Call) and module.qualified(node.func) == "typing.NamedTuple":
        return functional_fields(module, node)
    if not isinstance(node, ast.Name):
        return None
    value = module.values.get(node.id)
    if isinstance(value, ast.Call):
        if module.qualified(value.func) == "collections.namedtuple":
            message = f"`{node.id}` is a collections.namedtuple, whose fields have no types"
            raise Unsupported(node, message, "write typing.NamedTuple")
        return named_tuple_fields(module, value)
    definition = module.classes.get(node.id)
    if definition is None or "typing.NamedTuple" not in [module.qualified(base) for base in definition.bases]:
        return None
    return [
        (statement.target.id, statement.annotation)
        for statement in definition.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]


def functional_fields(module: Module, call: ast.Call) -> list:
    """The fields of `NamedTuple("X", [("a", int)])` or `NamedTuple("X", a=int)`."""
    if len(call.args) < 2:
        fields = [keyword for keyword in call.keywords if keyword.arg not in (None, "fields", "typename")]
        return [(keyword.arg, keyword.value) for keyword in fields]
    listed = call.args[1]
    if isinstance(listed, ast.Name) and module.values.get(listed.id) not in (None, AMBIGUOUS):
        listed = module.values[listed.id]
    fields = []
    for item in getattr(listed, "elts", [listed]):
        pair = getattr(unwrap_index(item), "elts", [])
        if len(pair) != 2 or not isinstance(pair[0], ast.Constant) or not isinstance(pair[0].value, str):
            message = f"`{module.source_of(item)}` is not a field of a NamedTuple"
            raise Unsupported(item, message, 'write ("name", type) for each field')
        fields.append((pair[0].value, pair[1]))
    return fields
