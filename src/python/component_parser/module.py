"""What the names of a module stand for, and the values of its constants, without running it."""

from __future__ import annotations

import ast
import operator

from .names import KFP_NAMES, TYPING_NAMES, BUILTINS, canonical

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
AMBIGUOUS = object()
"""The value of a name that is assigned more than once, or only under a condition."""

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


class Unreadable(Exception):
    """An expression whose value is known only by running the file."""

    def __init__(self, node: ast.AST, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason


class Module:
    """One Python file: what its names are bound to, and what is wrong in it."""

    def __init__(self, path: str, name: str, text: str, tree: ast.Module) -> None:
        self.path = path
        self.name = name
        self.text = text
        self.lines = text.split("\n")
        self.tree = tree
        self.components: list = []
        self.notebooks: list = []
        """The notebooks of components: whose, where, and where that stands in this file."""
        self.diagnostics: list = []
        self.function: str | None = None
        """The component being read: diagnostics carry its name."""
        self.imports: dict = {}
        """Name → dotted name of what is imported."""
        self.stars: list = []
        """Modules of which everything is imported."""
        self.functions: dict = {}
        """Name → its definitions."""
        self.classes: dict = {}
        self.values: dict = {}
        """Name → the expression assigned to it, or AMBIGUOUS."""
        self.bound_lines: dict = {}
        """Name → the line that binds it, for everything bound at module level."""
        self._collect(tree.body, conditional=False)

    # Names

    def qualified(self, node: ast.AST) -> str | None:
        """The dotted name that a name or an attribute stands for, such as ``kfp.dsl.Input``."""
        if isinstance(node, ast.Attribute):
            base = self.qualified(node.value)
            return canonical(f"{base}.{node.attr}") if base else None
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.imports:
            return self.imports[node.id]
        if node.id in self.bound_lines:
            return None
        for star in self.stars:
            if (star == "kfp.dsl" and node.id in KFP_NAMES) or (star == "typing" and node.id in TYPING_NAMES):
                return f"{star}.{node.id}"
        return f"builtins.{node.id}" if node.id in BUILTINS else None

    def _collect(self, statements: list, conditional: bool) -> None:
        for statement in statements:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                self._collect_import(statement)
            elif isinstance(statement, FUNCTIONS):
                self.functions.setdefault(statement.name, []).append(statement)
                self._bind(statement.name, statement)
            elif isinstance(statement, ast.ClassDef):
                self.classes[statement.name] = statement
                self._bind(statement.name, statement)
            else:
                self._collect_assignments(statement, conditional)
                for block in ("body", "orelse", "finalbody"):
                    self._collect(getattr(statement, block, []), conditional=True)
                for handler in getattr(statement, "handlers", []) + getattr(statement, "cases", []):
                    self._collect(handler.body, conditional=True)

    def _collect_import(self, statement: ast.AST) -> None:
        prefix = ""
        if isinstance(statement, ast.ImportFrom):
            prefix = "." * statement.level + (statement.module or "") + "."
        for alias in statement.names:
            if alias.name == "*":
                self.stars.append(canonical(prefix[:-1]))
                continue
            # `import a.b` binds `a`; `import a.b as c` binds `c` to a.b
            whole = prefix or alias.asname
            bound = alias.asname or (alias.name if prefix else alias.name.split(".")[0])
            target = prefix + alias.name if whole else alias.name.split(".")[0]
            self.imports.setdefault(bound, canonical(target))
            self._bind(bound, statement)

    def _collect_assignments(self, statement: ast.AST, conditional: bool) -> None:
        value = getattr(statement, "value", None)
        plain = isinstance(statement, (ast.Assign, ast.AnnAssign)) and not conditional
        alias = statement.name if type(statement).__name__ == "TypeAlias" else None  # `type X = ...`, Python 3.12
        targets = getattr(statement, "targets", None) or [getattr(statement, "target", alias)]
        for target in targets:
            if isinstance(target, ast.Name) and plain and value is not None and target.id not in self.values:
                self.values[target.id] = value
                self._bind(target.id, statement)
                continue
            for node in ast.walk(target) if target is not None else ():
                if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                    self.values[node.id] = AMBIGUOUS
                    self._bind(node.id, statement)
        for item in getattr(statement, "items", []):  # with ... as name
            for node in ast.walk(item.optional_vars) if item.optional_vars else ():
                if isinstance(node, ast.Name):
                    self.values[node.id] = AMBIGUOUS
                    self._bind(node.id, statement)

    def _bind(self, name: str, node: ast.AST) -> None:
        self.bound_lines.setdefault(name, node.lineno)

    # Values

    def evaluate(self, node: ast.AST, using: tuple = ()):
        """The value of an expression of constants. Raises Unreadable for everything else."""
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, bool, type(None))):
            return node.value
        if isinstance(node, ast.JoinedStr):
            return "".join(self._formatted(part, using) for part in node.values)
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return self._operate(node, self.evaluate(node.left, using), self.evaluate(node.right, using))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            operand = self.evaluate(node.operand, using)
            if isinstance(operand, (int, float)):
                return -operand if isinstance(node.op, ast.USub) else operand
        if isinstance(node, (ast.List, ast.Tuple)):
            items = self._items(node.elts, using)
            return items if isinstance(node, ast.List) else tuple(items)
        if isinstance(node, ast.Dict):
            return self._dict(node, using)
        if isinstance(node, ast.Name):
            return self._constant(node, using)
        if isinstance(node, ast.Subscript):
            container, key = self.evaluate(node.value, using), self.evaluate(unwrap_index(node.slice), using)
            try:
                return container[key]
            except (TypeError, LookupError) as error:
                raise Unreadable(node, f"has no such item: {error}") from None
        raise Unreadable(node, "is known only when the file runs")

    def _constant(self, node: ast.Name, using: tuple):
        value = self.values.get(node.id)
        if value is AMBIGUOUS:
            raise Unreadable(node, "is assigned more than once, or in a block")
        if value is not None and node.id not in using:
            return self.evaluate(value, using + (node.id,))
        if node.id in self.imports:
            raise Unreadable(node, "is imported, so it is known only when the file runs")
        raise Unreadable(node, "is known only when the file runs")

    def _items(self, nodes: list, using: tuple) -> list:
        items: list = []
        for node in nodes:
            if not isinstance(node, ast.Starred):
                items.append(self.evaluate(node, using))
                continue
            inner = self.evaluate(node.value, using)
            if not isinstance(inner, (list, tuple)):
                raise Unreadable(node, "is not a list")
            items.extend(inner)
        return items

    def _dict(self, node: ast.Dict, using: tuple) -> dict:
        result: dict = {}
        for key, value in zip(node.keys, node.values):
            inner = self.evaluate(value, using)
            if key is not None:
                result[self._key(key, using)] = inner
            elif isinstance(inner, dict):
                result.update(inner)
            else:
                raise Unreadable(value, "is not a dict")
        return result

    def _key(self, node: ast.AST, using: tuple):
        key = self.evaluate(node, using)
        if isinstance(key, (list, dict)):
            raise Unreadable(node, "cannot be a key")
        return key

    def _formatted(self, part: ast.AST, using: tuple) -> str:
        if not isinstance(part, ast.FormattedValue):
            return self.evaluate(part, using)
        value = self.evaluate(part.value, using)
        value = {114: repr, 115: str, 97: ascii}.get(part.conversion, lambda plain: plain)(value)
        try:
            return format(value, self.evaluate(part.format_spec, using) if part.format_spec else "")
        except (TypeError, ValueError) as error:
            raise Unreadable(part.value, f"cannot be formatted: {error}") from None

    @staticmethod
    def _operate(node: ast.BinOp, left, right):
        both_numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        joined = isinstance(node.op, ast.Add) and type(left) is type(right) and isinstance(left, (str, list, tuple))
        if not (both_numbers or joined or (isinstance(node.op, ast.Mod) and isinstance(left, str))):
            raise Unreadable(node, "is known only when the file runs")
        try:
            return OPERATORS[type(node.op)](left, right)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise Unreadable(node, f"cannot be computed: {error}") from None

    # Reports

    def source_of(self, node: ast.AST) -> str:
        """An expression as the user wrote it, on one line, not too long."""
        text = getattr(node, "shown_as", None) or ast.get_source_segment(self.text, node) or ""
        text = " ".join(text.split())
        return text if len(text) <= 60 else text[:57] + "..."

    def column(self, node: ast.AST) -> int:
        """The 1-based column in characters; ast counts bytes."""
        line = self.lines[node.lineno - 1].encode("utf-8")
        return len(line[: node.col_offset].decode("utf-8", "ignore")) + 1

    def place(self, node: ast.AST) -> str:
        """Where a node is, as diagnostics say it."""
        return f"{self.name}:{node.lineno}:{self.column(node)}"

    def report(self, node: ast.AST, code: str, message: str, mend: str, severity: str | None = None) -> None:
        """Adds a diagnostic at a node."""
        diagnostic = {"code": code, "at": self.place(node), "message": message, "mend": mend}
        if severity:
            diagnostic["severity"] = severity
        if self.function:
            diagnostic["function"] = self.function
        self.diagnostics.append((node.lineno, self.column(node), len(self.diagnostics), diagnostic))

    def error_count(self) -> int:
        """How many errors there are so far."""
        return sum(1 for *_, diagnostic in self.diagnostics if "severity" not in diagnostic)

    def sorted_diagnostics(self) -> list:
        """All diagnostics, by place."""
        return [diagnostic for *_, diagnostic in sorted(self.diagnostics, key=lambda item: item[:3])]


def unwrap_index(node: ast.AST) -> ast.AST:
    """What stands between the brackets of a subscript; Python 3.8 wraps it in an Index."""
    return node.value if type(node).__name__ == "Index" else node
