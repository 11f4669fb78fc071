"""The names of metrics that a component writes, where the source says them."""

from __future__ import annotations

import ast

from .module import unwrap_index


def metric_names(function: ast.AST, output: str) -> list:
    """Names in ``<output>.log_metric("name", ...)`` and ``<output>.metadata["name"] = ...``, in source order."""
    found = []
    for node in ast.walk(function):
        name = None
        if isinstance(node, ast.Call) and is_member(node.func, output, "log_metric"):
            name = metric_argument(node)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            name = unwrap_index(node.slice) if is_member(node.value, output, "metadata") else None
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            found.append((name.lineno, name.col_offset, name.value))
    return list(dict.fromkeys(name for _, _, name in sorted(found)))


def is_member(node: ast.AST, owner: str, member: str) -> bool:
    """Whether a node is ``owner.member``."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == member
        and isinstance(node.value, ast.Name)
        and node.value.id == owner
    )


def metric_argument(call: ast.Call) -> ast.AST | None:
    if call.args:
        return call.args[0]
    return next((keyword.value for keyword in call.keywords if keyword.arg == "metric"), None)
