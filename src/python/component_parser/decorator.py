"""The decorators of a component: which function has one, and what its options say."""

from __future__ import annotations

import ast

from .module import FUNCTIONS, Module, Unreadable
from .notebook import DEFAULT_PACKAGES, read_path

DEFAULT_IMAGE = "python:3.11"
"""KFP's own default."""

OPTIONS = {
    "base_image": "string",
    "target_image": "string",
    "packages_to_install": "strings",
    "pip_index_urls": "strings",
    "pip_trusted_hosts": "strings",
    "use_venv": "boolean",
    "additional_funcs": "functions",
    # without effect here: the runtime in the pod needs no kfp package, and no YAML file is written
    "install_kfp_package": "ignored",
    "kfp_package_path": "ignored",
    "output_component_file": "ignored",
    "embedded_artifact_path": "unsupported",
    "task_config_passthroughs": "unsupported",
}

NOT_OF_NOTEBOOKS = ("target_image", "additional_funcs", "embedded_artifact_path")
NOTEBOOK_OPTIONS = {name: kind for name, kind in OPTIONS.items() if name not in NOT_OF_NOTEBOOKS}
NOTEBOOK_OPTIONS["notebook_path"] = "path"

DECORATORS = {"kfp.dsl.component": OPTIONS, "kfp.dsl.notebook_component": NOTEBOOK_OPTIONS}
"""The decorators that make a function a component, with the options they take."""

UNSUPPORTED_MENDS = {
    "embedded_artifact_path": "put the files into an image of your own, or give them to the task as an artifact",
    "task_config_passthroughs": "give the function what it needs as parameters, and set the pod on the Task",
}

MEANINGS = {"string": "a string", "strings": "a list of strings", "boolean": "True or False"}


class ComponentCall:
    """One use of a component decorator."""

    def __init__(self, decorator: ast.AST, known: dict, keywords: list, positional: list) -> None:
        self.decorator = decorator
        self.known = known
        """The options that it takes."""
        self.keywords = keywords
        """Keyword arguments, those of functools.partial first."""
        self.positional = positional


def component_calls(module: Module, function: ast.AST) -> list:
    """The component decorators of a function."""
    calls = (component_call(module, decorator) for decorator in function.decorator_list)
    return [call for call in calls if call]


def component_call(module: Module, decorator: ast.AST) -> ComponentCall | None:
    """A decorator as a component decorator, where it is one: plain, called, or a functools.partial of it."""
    keywords: list = []
    positional: list = []
    target = decorator
    for _ in range(8):
        if isinstance(target, ast.Call):
            if module.qualified(target.func) == "functools.partial" and target.args:
                keywords, positional = target.keywords + keywords, target.args[1:] + positional
                target = target.args[0]
            else:
                keywords, positional = target.keywords + keywords, target.args + positional
                target = target.func
        elif module.qualified(target) in DECORATORS:
            return ComponentCall(decorator, DECORATORS[module.qualified(target)], keywords, positional)
        elif isinstance(target, ast.Name) and isinstance(module.values.get(target.id), ast.Call):
            target = module.values[target.id]
            if module.qualified(target.func) != "functools.partial":
                return None
        else:
            return None
    return None


def is_container_component(module: Module, function: ast.AST) -> bool:
    """Whether a function describes a container, which only running the file could read."""
    targets = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
    return any(module.qualified(target) == "kfp.dsl.container_component" for target in targets)


class Options:
    """What a decorator says, read and checked."""

    def __init__(self, known: dict) -> None:
        self.known = known
        self.values: dict = {}
        self.helpers: list = []
        """The functions of additional_funcs, in order."""
        self.notebook: tuple | None = None
        """The path of the notebook, from this file's folder, and the expression that gives it."""

    @property
    def has_notebook(self) -> bool:
        """Whether the component is one that runs a notebook."""
        return self.known is NOTEBOOK_OPTIONS

    @property
    def image(self) -> str:
        """The image that runs the function: target_image is an image that was built for it."""
        return self.values.get("target_image") or self.values.get("base_image") or DEFAULT_IMAGE

    @property
    def packages(self) -> list:
        """What to install. Nothing into a target_image: `kfp component build` has installed it there."""
        given = self.values.get("packages_to_install")
        if self.has_notebook and given is None:
            return list(DEFAULT_PACKAGES)
        return [] if self.values.get("target_image") else list(given or [])


def read_options(module: Module, call: ComponentCall) -> Options:
    """Reads the options of a component decorator; what cannot be read is reported."""
    options = Options(call.known)
    for argument in call.positional:
        message = f"the component decorator of {module.function} takes no positional options"
        module.report(argument, "KFP1132", message, "name the option, such as base_image=...")
    given: dict = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            given[keyword.arg] = keyword.value
            continue
        if not isinstance(keyword.value, ast.Dict) and not isinstance(module_value(module, keyword.value), ast.Dict):
            unreadable(module, "**", Unreadable(keyword.value, "is known only when the file runs"))
            continue
        literal = keyword.value if isinstance(keyword.value, ast.Dict) else module_value(module, keyword.value)
        for key, value in zip(literal.keys, literal.values):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                given[key.value] = value
            else:
                unreadable(module, "**", Unreadable(key or value, "is not a plain option name"))
    for name, value in given.items():
        read_option(module, options, name, value)
    if options.has_notebook and "notebook_path" not in given:
        message = f"the component decorator of {module.function} names no notebook"
        module.report(call.decorator, "KFP1150", message, 'add notebook_path="name.ipynb", from this file\'s folder')
    return options


def module_value(module: Module, node: ast.AST):
    """The expression assigned to a name of the module."""
    return module.values.get(node.id) if isinstance(node, ast.Name) else None


def read_option(module: Module, options: Options, name: str, value: ast.AST) -> None:
    kind = options.known.get(name)
    if kind is None:
        useful = (each for each, kind in options.known.items() if kind not in ("ignored", "unsupported"))
        known = ", ".join(sorted(useful))
        message = f"the component decorator of {module.function} has no option {name}"
        module.report(value, "KFP1130", message, f"options are {known}")
    elif kind == "functions":
        options.helpers = read_helpers(module, value)
    elif kind == "unsupported":
        if not (isinstance(value, ast.Constant) and value.value is None):
            message = f"the option {name} of {module.function} is not supported"
            module.report(value, "KFP1131", message, UNSUPPORTED_MENDS[name])
    elif kind == "path":
        try:
            options.notebook = read_path(module, value), value
        except Unreadable as error:
            unreadable(module, name, error)
    elif kind != "ignored":
        try:
            options.values[name] = module.evaluate(value)
        except Unreadable as error:
            unreadable(module, name, error)
            return
        if not well_typed(options.values[name], kind):
            wrong = options.values.pop(name)
            message = f"the option {name} of {module.function} must be {MEANINGS[kind]}, but is {wrong!r}"
            module.report(value, "KFP1133", message, f"give {MEANINGS[kind]}")


def well_typed(value, kind: str) -> bool:
    if value is None:
        return True
    if kind == "strings":
        return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)
    return isinstance(value, {"string": str, "boolean": bool}[kind])


def unreadable(module: Module, option: str, error: Unreadable) -> None:
    shown = module.source_of(error.node)
    message = f"the option {option} of {module.function} cannot be read: `{shown}` {error.reason}"
    mend = "write a constant here or at the top of the file; what differs by environment belongs in TypeScript"
    module.report(error.node, "KFP1132", message, mend)


def read_helpers(module: Module, value: ast.AST) -> list:
    """The functions that additional_funcs names."""
    literal = module_value(module, value) or value
    if isinstance(literal, ast.Constant) and literal.value is None:
        return []
    if not isinstance(literal, (ast.List, ast.Tuple)):
        unreadable(module, "additional_funcs", Unreadable(value, "is not a list of functions"))
        return []
    helpers = []
    for item in literal.elts:
        functions = module.functions.get(item.id, []) if isinstance(item, ast.Name) else []
        if len(functions) == 1:
            helpers.append(functions[0])
            continue
        shown = module.source_of(item)
        why = "is defined more than once" if functions else "is not a function of this file"
        message = f"additional_funcs: `{shown}` {why}, so its source cannot ship"
        module.report(item, "KFP1134", message, "list functions that this file defines, once, with `def`")
    return helpers


def warn_of_lost_decorators(module: Module, function: ast.AST, known: list) -> None:
    """Only the text from `def` on ships: says which decorators do not."""
    assert isinstance(function, FUNCTIONS)
    for decorator in function.decorator_list:
        if decorator not in known:
            shown = module.source_of(decorator)
            message = f"the decorator @{shown} of {function.name} does not ship: it has no effect in the pod"
            mend = "apply it inside the function"
            module.report(decorator, "KFP1135", message, mend, severity="warning")
