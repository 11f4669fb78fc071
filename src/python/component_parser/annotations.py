"""From an annotation to a port of the component's interface."""

from __future__ import annotations

import ast

from .module import AMBIGUOUS, Module, Unreadable, unwrap_index
from .names import ARTIFACTS, GOOGLE, LEGACY_TYPES, PARAMETER_TYPES

TYPES_MEND = "use str, int, float, bool, list, dict, a Literal, or an artifact such as Input[Dataset]"

MENDS = {
    "typing.Any": "name the type; `dict` and `list` hold anything that JSON can",
    "builtins.tuple": "use a list; NamedTuple is for several outputs",
    "typing.Tuple": "use a list; NamedTuple is for several outputs",
    "builtins.set": "use a list",
    "typing.Set": "use a list",
    "builtins.bytes": "pass an artifact, or text such as base64 in a str",
    "datetime.datetime": "pass text such as ISO 8601 in a str",
    "datetime.date": "pass text such as ISO 8601 in a str",
    "kfp.dsl.EmbeddedInput": "put the files into an image of your own, or take an Input artifact",
    "kfp.dsl.TaskConfig": "take what the function needs as parameters, and set the pod on the Task",
}


class Unsupported(Exception):
    """An annotation that is no port."""

    def __init__(self, node: ast.AST, message: str, mend: str = TYPES_MEND, code: str = "KFP1114") -> None:
        super().__init__(message)
        self.node = node
        self.message = message
        self.mend = mend
        self.code = code


class Annotation:
    """What an annotation says."""

    def __init__(self, port: dict) -> None:
        self.port = port
        self.output = False
        self.marked = False
        """Whether Input, Output, InputPath or OutputPath says the direction."""
        self.path = False
        """Whether the function gets a path instead of a value or an artifact."""
        self.nullable = False

    @property
    def is_artifact(self) -> bool:
        return self.port["kind"] == "artifact"


def parameter(type_: str) -> Annotation:
    return Annotation({"kind": "parameter", "type": type_})


class AnnotationReader:
    """Reads annotations of one module, and remembers the Google classes it met."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.classes: dict = {}

    def read(self, node: ast.AST, depth: int = 0) -> Annotation:
        """Raises Unsupported where the annotation is no port."""
        if depth > 20:
            raise Unsupported(node, f"the annotation `{self.shown(node)}` refers to itself")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.read_string(node, depth)
        if isinstance(node, ast.Subscript):
            return self.read_subscript(node, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self.read_union(node, alternatives(node), depth)
        if isinstance(node, ast.Call):
            return self.read_path(node)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self.read_name(node, depth)
        raise self.unsupported(node)

    def read_string(self, node: ast.Constant, depth: int) -> Annotation:
        expression = parse_forward(node)
        if expression is None:
            raise Unsupported(node, f"the annotation {node.value!r} is not a Python expression")
        legacy = LEGACY_TYPES.get(node.value.strip().lower())
        if legacy and not self.module.qualified(expression):
            return parameter(legacy)
        return self.read(expression, depth + 1)

    def read_name(self, node: ast.AST, depth: int) -> Annotation:
        name = self.module.qualified(node)
        if name in PARAMETER_TYPES:
            return parameter(PARAMETER_TYPES[name])
        if name == "kfp.dsl.PipelineTaskFinalStatus":
            return parameter("TASK_FINAL_STATUS")
        title = self.artifact_title(node)
        if title:
            return Annotation({"kind": "artifact", "type": title})
        if isinstance(node, ast.Name) and name is None:
            value = self.module.values.get(node.id)
            if value is not None and value is not AMBIGUOUS:  # an alias: `Data = Input[Dataset]`
                return self.read(value, depth + 1)
            if node.id in self.module.classes:
                raise self.unsupported_class(node)
            if node.id not in self.module.bound_lines and not self.module.stars:
                message = f"the annotation `{node.id}` is a name that this file neither defines nor imports"
                raise Unsupported(node, message, "import it, such as `from kfp.dsl import Dataset, Input`", "KFP1115")
        raise self.unsupported(node)

    def artifact_title(self, node: ast.AST) -> str | None:
        """The schema title of an artifact class of kfp.dsl or google_cloud_pipeline_components."""
        name = self.module.qualified(node) or ""
        head, _, last = name.rpartition(".")
        if head == "kfp.dsl" and last in ARTIFACTS:
            return f"system.{last}"
        if name.startswith(GOOGLE) and last.lstrip("_")[:1].isupper():
            title = "google." + last.lstrip("_")
            self.classes[node.id if isinstance(node, ast.Name) else node.attr] = title
            return title
        return None

    def read_subscript(self, node: ast.Subscript, depth: int) -> Annotation:
        name = self.module.qualified(node.value)
        inner = unwrap_index(node.slice)
        items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name == "typing.Optional":
            return self.nullable(node, self.read(inner, depth + 1))
        if name == "typing.Union":
            return self.read_union(node, items, depth)
        if name in ("kfp.dsl.Input", "kfp.dsl.Output"):
            return self.read_marked(node, inner, name == "kfp.dsl.Output", depth)
        if name == "typing.Annotated":
            return self.read_annotated(node, items, depth)
        if name == "typing.Literal":
            return self.read_literal(node, items)
        if PARAMETER_TYPES.get(name) == "LIST":
            return self.read_list(node, inner, depth)
        if PARAMETER_TYPES.get(name) == "STRUCT":
            return parameter("STRUCT")
        raise self.unsupported(node.value if name in MENDS else node)

    def read_union(self, node: ast.AST, items: list, depth: int) -> Annotation:
        others = [item for item in items if not is_none(item)]
        if len(others) == 1 and len(items) > 1:
            return self.nullable(node, self.read(others[0], depth + 1))
        raise Unsupported(node, f"`{self.shown(node)}` is a union, and a port has one type", "choose one of its types")

    def nullable(self, node: ast.AST, annotation: Annotation) -> Annotation:
        if annotation.output:
            raise Unsupported(node, f"`{self.shown(node)}`: an output cannot be optional", "take the Optional away")
        annotation.nullable = True
        return annotation

    def read_marked(self, node: ast.AST, inner: ast.AST, output: bool, depth: int) -> Annotation:
        annotation = self.read(inner, depth + 1)
        marker = "Output" if output else "Input"
        if not annotation.is_artifact or annotation.marked or annotation.nullable:
            mend = f"write `{self.shown(inner)}` without {marker}"
            if annotation.nullable:
                mend = f"write Optional[{marker}[...]]"
            elif output and not annotation.is_artifact:
                mend = f"return it, or write OutputPath({self.shown(inner)})"
            raise Unsupported(node, f"`{self.shown(node)}`: {marker} is for artifacts", mend)
        if output and annotation.port.get("list"):
            raise list_output(node, self.shown(node))
        annotation.output = output
        annotation.marked = True
        return annotation

    def read_annotated(self, node: ast.AST, items: list, depth: int) -> Annotation:
        names = [self.module.qualified(item) for item in items[1:]]
        for name, output in (("kfp.dsl.InputAnnotation", False), ("kfp.dsl.OutputAnnotation", True)):
            if name in names:
                return self.read_marked(node, items[0], output, depth)
        return self.read(items[0], depth + 1)

    def read_literal(self, node: ast.AST, items: list) -> Annotation:
        values = [self.literal_value(item) for item in items if not is_none(item)]
        types = {str: "STRING", int: "NUMBER_INTEGER", bool: "BOOLEAN"}
        kinds = {type(value) for value in values}
        if len(kinds) != 1 or not kinds <= set(types):
            message = f"`{self.shown(node)}`: the values of a Literal must all be strings, all integers or all booleans"
            raise Unsupported(node, message, "use values of one type", "KFP1121")
        annotation = parameter(types[kinds.pop()])
        annotation.port["literals"] = list(dict.fromkeys(values))
        annotation.nullable = any(is_none(item) for item in items)
        return annotation

    def literal_value(self, node: ast.AST):
        try:
            return self.module.evaluate(node)
        except Unreadable:
            return None

    def read_list(self, node: ast.AST, inner: ast.AST, depth: int) -> Annotation:
        annotation = parameter("LIST")
        try:
            element = self.read(inner, depth + 1)
        except Unsupported:
            return annotation  # KFP drops the types of elements, so whatever stands there is a list
        if element.marked:
            raise Unsupported(node, f"`{self.shown(node)}`: the list goes inside", "write Input[List[...]]")
        if element.is_artifact:
            if element.port.get("list"):
                raise self.unsupported(node)
            element.port["list"] = True
            return element
        if not element.nullable:
            annotation.port["element"] = {key: element.port[key] for key in ("type", "element") if key in element.port}
        return annotation

    def read_path(self, node: ast.Call) -> Annotation:
        """`InputPath(T)` and `OutputPath(T)`: T is a class, its name as a string, or nothing."""
        name = self.module.qualified(node.func)
        if name not in ("kfp.dsl.InputPath", "kfp.dsl.OutputPath"):
            raise self.unsupported(node)
        given = node.args + [keyword.value for keyword in node.keywords]
        annotation = self.read_path_type(given[0]) if given and not is_none(given[0]) else artifact_of("Artifact")
        annotation.output = name == "kfp.dsl.OutputPath"
        annotation.marked = annotation.path = True
        if annotation.port.get("list") or annotation.nullable or annotation.port["type"] == "TASK_FINAL_STATUS":
            raise self.unsupported(node)
        if not annotation.output and not annotation.is_artifact:
            message = f"`{self.shown(node)}`: only artifacts come as a path; KFP's executor fails on this too"
            raise Unsupported(node, message, f"write `{self.shown(given[0])}`, or InputPath('Dataset')", "KFP1122")
        return annotation

    def read_path_type(self, node: ast.AST) -> Annotation:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            short = node.value.strip().split("[")[0].replace("typing.", "").lower()
            if short in LEGACY_TYPES:
                return parameter(LEGACY_TYPES[short])
            titles = {artifact.lower(): artifact for artifact in ARTIFACTS}
            return artifact_of(titles.get(node.value.lower(), "Artifact"))  # KFP takes unknown names as Artifact
        return self.read(node)

    # Messages

    def shown(self, node: ast.AST) -> str:
        return self.module.source_of(node)

    def unsupported(self, node: ast.AST) -> Unsupported:
        name = self.module.qualified(node.value if isinstance(node, ast.Subscript) else node) or ""
        code = "KFP1123" if name in ("kfp.dsl.EmbeddedInput", "kfp.dsl.TaskConfig") else "KFP1114"
        if name == "kfp.dsl.Input" or name == "kfp.dsl.Output":
            message = f"`{self.shown(node)}` does not say of what"
            return Unsupported(node, message, "write Input[Dataset], Output[Model], ...")
        mend = MENDS.get(name) or MENDS.get(name.replace("typing.", "builtins.").lower(), TYPES_MEND)
        return Unsupported(node, f"`{self.shown(node)}` is not a type that a component can take or give", mend, code)

    def unsupported_class(self, node: ast.Name) -> Unsupported:
        bases = [self.module.qualified(base) or "" for base in self.module.classes[node.id].bases]
        if any(base.startswith("kfp.dsl.") for base in bases):
            message = f"`{node.id}` is an artifact class of this file, which would not exist in the pod"
            return Unsupported(node, message, "use Artifact or one of KFP's own artifact classes")
        if any(base.startswith("pydantic.") for base in bases):
            message = f"`{node.id}` is a pydantic model of this file, which would not exist in the pod"
            return Unsupported(node, message, "take a dict, and validate it inside the function")
        return Unsupported(node, f"`{node.id}` is a class of this file, not a type that a component can take or give")


def artifact_of(class_name: str) -> Annotation:
    return Annotation({"kind": "artifact", "type": f"system.{class_name}"})


def list_output(node: ast.AST, shown: str) -> Unsupported:
    message = f"`{shown}`: a component cannot give a list of artifacts, only a loop can"
    return Unsupported(node, message, "give one artifact that holds a folder", "KFP1116")


def is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def alternatives(node: ast.AST) -> list:
    """The operands of `A | B | C`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return alternatives(node.left) + alternatives(node.right)
    return [node]


def parse_forward(node: ast.Constant) -> ast.AST | None:
    """A string annotation as an expression; all of it stands where the string stands."""
    try:
        expression = ast.parse(node.value.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    for part in ast.walk(expression):
        shown = ast.get_source_segment(node.value.strip(), part) if hasattr(part, "lineno") else None
        ast.copy_location(part, node)
        part.shown_as = shown
    return expression
