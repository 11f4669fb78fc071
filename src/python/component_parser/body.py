"""A function's text ships alone: what it takes from its module does not exist in the pod."""

from __future__ import annotations

import ast

from .module import Module
from .names import IN_THE_POD
from .scope import names_in, outer_names


def check_body(module: Module, function: ast.FunctionDef, helpers: list, classes: dict) -> None:
    """Reports what would be different in the pod; each name once for each function that ships."""
    shipped = helpers + [function]
    check_strings(module, shipped)
    present = IN_THE_POD | {each.name for each in shipped} | set(classes)
    for each in shipped:
        where = each.name if each is function else f"{each.name}, a helper of {function.name},"
        defaults = names_in(each.args.defaults + [default for default in each.args.kw_defaults if default])
        for use in first_of_each(defaults, present):
            message = f"the default in {where} uses `{use.id}`, which does not exist in the pod: the text ships alone"
            mend = "write the value itself, or default to None and choose inside the function"
            module.report(use, "KFP1143", message, mend)
        for use in first_of_each(outer_names(each), present):
            report_use(module, use, where, function)


def check_strings(module: Module, shipped: list) -> None:
    """Reports strings that taking the indentation away would change."""
    for function in shipped:
        if function.col_offset == 0:
            continue
        docstrings = {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Expr)}
        for node in ast.walk(function):
            text = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
            if text and node.end_lineno > node.lineno and id(node) not in docstrings:
                message = f"{function.name} is indented, and a string in it has several lines: shipping would change it"
                module.report(node, "KFP1144", message, "move the function to the top level of the file")


def first_of_each(uses: list, present) -> list:
    """The first use of each name that is not present in the pod."""
    first: dict = {}
    for use in uses:
        if use.id not in present:
            first.setdefault(use.id, use)
    return list(first.values())


def report_use(module: Module, use: ast.Name, where: str, function: ast.FunctionDef) -> None:
    line = module.bound_lines.get(use.id)
    if use.id in module.imports:
        message = f"{where} uses `{use.id}`, imported at line {line}, but the function's text ships alone"
        module.report(use, "KFP1141", message, "import it inside the function")
    elif use.id in module.functions:
        message = f"{where} uses the function `{use.id}` of line {line}, but the function's text ships alone"
        mend = f"add it to the decorator: additional_funcs=[{use.id}]"
        module.report(use, "KFP1140", message, mend)
    elif line:
        message = f"{where} uses `{use.id}` of line {line}, but the function's text ships alone"
        mend = "define it inside the function, or make it a parameter"
        module.report(use, "KFP1140", message, mend)
    else:
        message = f"{where} uses `{use.id}`, which is defined nowhere"
        if module.stars:
            message += f" in the function; `from {module.stars[0]} import *` does not ship"
        module.report(use, "KFP1142", message, "import or define it inside the function")
