"""The component's text: reads it, and runs it with the names that KFP promises."""

import _ast
import builtins

from kfp_runtime.contract import Contract, ContractError

used = frozenset()
"""The names that the text uses, known once it ran."""

_TYPING_IN_LOWER_CASE = (
    "cast",
    "final",
    "get_args",
    "get_origin",
    "get_type_hints",
    "no_type_check",
    "overload",
    "override",
)


def execute(scope):
    """Runs the component's text in a module's namespace."""
    global used
    contract = Contract()
    code = compile(_without_annotations(_parse(contract.source)), contract.source, "exec", dont_inherit=True)
    used = frozenset(_names(code))
    scope.update(_predefined(used, contract.classes))
    scope["__file__"] = contract.source
    exec(code, scope)


def returned_fields(contract, scope):
    """The field names of the NamedTuple that the function is annotated to return; None where they cannot be known."""
    function = next(node for node in _functions(_parse(contract.source)) if node.name == contract.function)
    if function.returns is None:
        return None
    code = compile(_ast.Expression(function.returns), contract.source, "eval", dont_inherit=True)
    try:
        # The function's own annotation, never an input.
        annotation = eval(code, dict(_predefined(frozenset(_names(code)), {}), **scope))
    except Exception:  # a class of its module, which does not ship
        return None
    return getattr(annotation, "_fields", None)


def embedded(contract, scope):
    """The artifacts of files that are part of the text, by the parameters that take them: `EmbeddedInput[Dataset]`.

    KFP's compiler puts code before the function that unpacks the files and says where they are.
    """
    if "__KFP_EMBEDDED_ASSET_DIR" not in scope:
        return {}
    path = scope.get("__KFP_EMBEDDED_ASSET_FILE") or scope["__KFP_EMBEDDED_ASSET_DIR"]
    function = next(node for node in _functions(_parse(contract.source)) if node.name == contract.function)
    arguments = function.args
    found = {}
    for argument in arguments.posonlyargs + arguments.args + arguments.kwonlyargs:
        annotation = argument.annotation
        if isinstance(annotation, _ast.Subscript) and _last_name(annotation.value) == "EmbeddedInput":
            found[argument.arg] = _class_of(annotation.slice, scope)()
            found[argument.arg].path = path
    return found


def _class_of(annotation, scope):
    """The artifact class that an annotation names, which KFP knows or the text imports."""
    import kfp.dsl

    name = _last_name(getattr(annotation, "value", annotation) if type(annotation).__name__ == "Index" else annotation)
    known = scope.get(name) or getattr(kfp.dsl, name, None) if name in kfp.dsl.__all__ or name in scope else None
    return known if isinstance(known, type) and issubclass(known, kfp.dsl.Artifact) else kfp.dsl.Artifact


def _last_name(node):
    """The last part of a dotted name."""
    return getattr(node, "attr", None) or getattr(node, "id", "")


def _parse(path):
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise ContractError("the component's source cannot be read: %s" % error) from None
    return compile(text, path, "exec", _ast.PyCF_ONLY_AST, dont_inherit=True)


def _functions(tree):
    return [node for node in tree.body if isinstance(node, (_ast.FunctionDef, _ast.AsyncFunctionDef))]


def _without_annotations(tree):
    """The tree without its functions' annotations.

    The interface was read from them already. Here they could only fail: they may use names that do not ship, or syntax
    newer than the image's Python. Functions with decorators keep theirs.
    """
    for function in _functions(tree):
        if function.decorator_list:
            continue
        arguments = function.args
        for argument in (
            arguments.posonlyargs + arguments.args + arguments.kwonlyargs + [arguments.vararg, arguments.kwarg]
        ):
            if argument is not None:
                argument.annotation = None
        function.returns = None
    return tree


def _names(code):
    """Every name a code object uses, and the code inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            yield from _names(constant)


def _predefined(names, classes):
    """The names that exist without an import, as under KFP. Only those used are made: loading them takes time."""
    import kfp.dsl

    scope = {name: getattr(kfp.dsl, name) for name in names.intersection(kfp.dsl.__all__)}
    scope.update({"dsl": kfp.dsl, "kfp": kfp})
    for name in names.intersection(classes):
        scope[name] = kfp.dsl.artifact_class(classes[name], name)
    rest = names.difference(scope, dir(builtins))
    if any(name[:1].isupper() or name in _TYPING_IN_LOWER_CASE for name in rest):
        import typing

        scope.update({name: getattr(typing, name) for name in rest.intersection(typing.__all__)})
    return scope
