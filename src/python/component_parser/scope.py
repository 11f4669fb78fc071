"""Which names a function takes from outside itself: Python's scoping rules on a syntax tree."""

from __future__ import annotations

import ast
from typing import Callable


class Scope:
    """A scope and the names bound in it."""

    def __init__(self, parent: Scope | None, kind: str) -> None:
        self.parent = parent
        self.kind = kind  # 'module', 'function', 'class' or 'comprehension'
        self.bound: set = set()
        self.globals: set = set()
        self.nonlocals: set = set()
        self.uses: list = []

    def takes_from_module(self, name: str) -> bool:
        """Whether a name used in this scope is looked up in the module."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "module":
            visible = scope is self or scope.kind != "class"  # a class's names are invisible to its methods
            if visible and name in scope.globals:
                return True
            if visible and name in scope.bound and name not in scope.nonlocals:
                return False
            scope = scope.parent
        return True


class ScopeBuilder(ast.NodeVisitor):
    """Builds the scopes of a function.

    Python evaluates the annotations of functions and classes inside it, and never those of its local variables.
    """

    def __init__(self) -> None:
        self.scope = Scope(None, "module")
        self.scopes = [self.scope]

    def inside(self, kind: str, nodes: list, names=()) -> None:
        """Visits nodes in a new scope in which names are bound."""
        outer = self.scope
        self.scope = Scope(outer, kind)
        self.scopes.append(self.scope)
        self.scope.bound.update(names)
        for node in nodes:
            self.visit(node)
        self.scope = outer

    def bind(self, name: str | None) -> None:
        if name:
            self.scope.bound.add(name)

    def visit_all(self, nodes: list) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.scope.uses.append(node)
        else:
            self.bind(node.id)

    def function_body(self, node: ast.AST, body: list) -> None:
        """Enters the body of a function or lambda, where its arguments are bound."""
        self.inside("function", body, [argument.arg for argument in arguments_of(node)])

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.bind(node.name)
        self.visit_all(node.decorator_list + node.args.defaults + node.args.kw_defaults)

        def visit_rest() -> None:
            self.visit_all([argument.annotation for argument in arguments_of(node)] + [node.returns])
            self.function_body(node, node.body)

        self.with_type_parameters(node, visit_rest)

    def with_type_parameters(self, node: ast.AST, visit_rest: Callable) -> None:
        """Visits the rest of a definition where its type parameters are visible (Python 3.12)."""
        parameters = [parameter.name for parameter in getattr(node, "type_params", [])]
        outer = self.scope
        if parameters:
            self.scope = Scope(outer, "function")
            self.scopes.append(self.scope)
            self.scope.bound.update(parameters)
        visit_rest()
        self.scope = outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit_all(node.args.defaults + node.args.kw_defaults)
        self.function_body(node, [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bind(node.name)
        self.visit_all(node.decorator_list)

        def visit_rest() -> None:
            self.visit_all(node.bases + [keyword.value for keyword in node.keywords])
            self.inside("class", node.body, ["__module__", "__qualname__"])

        self.with_type_parameters(node, visit_rest)

    def comprehension(self, node: ast.AST, elements: list) -> None:
        first, *others = node.generators
        self.visit(first.iter)  # evaluated outside
        inner = [first.target] + first.ifs
        for generator in others:
            inner += [generator.target, generator.iter] + generator.ifs
        self.inside("comprehension", inner + elements)

    def visit_ListComp(self, node: ast.AST) -> None:
        self.comprehension(node, [node.elt])

    visit_SetComp = visit_ListComp
    visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self.comprehension(node, [node.key, node.value])

    def visit_NamedExpr(self, node: ast.AST) -> None:
        self.visit(node.value)
        scope = self.scope
        while scope.kind == "comprehension":  # `:=` binds outside of comprehensions
            scope = scope.parent
        scope.bound.add(node.target.id)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit_all([node.target, node.value])
        if self.scope.kind == "class":
            self.visit(node.annotation)

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.globals.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.nonlocals.update(node.names)

    def visit_Import(self, node: ast.AST) -> None:
        for alias in node.names:
            self.bind(alias.asname or alias.name.split(".")[0])

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.bind(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.AST) -> None:
        self.bind(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.AST) -> None:
        self.bind(node.rest)
        self.generic_visit(node)

    def visit_TypeAlias(self, node: ast.AST) -> None:
        self.visit(node.name)
        self.with_type_parameters(node, lambda: self.visit(node.value))


def arguments_of(node: ast.AST) -> list:
    """All arguments of a function or lambda."""
    arguments = node.args
    every = arguments.posonlyargs + arguments.args + arguments.kwonlyargs + [arguments.vararg, arguments.kwarg]
    return [argument for argument in every if argument]


def outer_names(function: ast.AST) -> list:
    """The uses, in source order, of names that a function's body takes from its module."""
    builder = ScopeBuilder()
    builder.function_body(function, function.body)
    # what the function itself puts into the module by `global x; x = ...` is there when it reads it
    own = {name for scope in builder.scopes for name in scope.globals & scope.bound}
    uses = [
        use
        for scope in builder.scopes
        for use in scope.uses
        if scope.takes_from_module(use.id) and use.id not in own and use.id != function.name
    ]
    return sorted(uses, key=lambda use: (use.lineno, use.col_offset))


def names_in(expressions: list) -> list:
    """The uses of names that expressions standing in the module itself, such as defaults, take from it."""
    builder = ScopeBuilder()
    builder.visit_all(expressions)
    return [use for scope in builder.scopes for use in scope.uses if scope.takes_from_module(use.id)]
