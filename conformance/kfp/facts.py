"""facts.py FILE…: what compiled documents say, for each of them: tasks, edges, types, defaults, conditions, loops, outputs.

It is written from KFP's protocol alone: the documents are parsed with kfp.pipeline_spec, strictly, and nothing of ours is
asked. Prints {file: facts}; facts.ts makes the same of our graphs.

A task is named by the keys on its way from the root; the DAG that holds the branches of an If chain is left out, and what
goes through the inputs and outputs of groups is followed to where it comes from:

    ["parameter", PIPELINE, NAME]  of the pipeline that is called at this path; '' is the root
    ["output", TASK, NAME]         ["collected", LOOP, SOURCE]      ["one-of", SOURCE…]
    ["item", LOOP]                 ["field", SOURCE, KEY]           ["status", TASK]
    ["constant", VALUE]            ["text", PART…]                  ["list", SOURCE…]      ["dict", {KEY: SOURCE}]
    ["run", FACT]                  of the run, such as its name
"""

import json
import re
import sys

import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2

PLACEHOLDER = re.compile(r"\{\{\$\.inputs\.parameters\['([^']+)'\]\}\}|\{\{\$\.(workspace_path)\}\}")
RUN = {
    "{{$.pipeline_job_name}}": "name",
    "{{$.pipeline_job_resource_name}}": "name",
    "{{$.pipeline_job_uuid}}": "id",
    "{{$.pipeline_job_create_time_utc}}": "creationTime",
    "{{$.pipeline_job_schedule_time_utc}}": "scheduledTime",
}
TASK_NAME = "{{$.pipeline_task_name}}"
COMPLETED = "ALL_UPSTREAM_TASKS_COMPLETED"

# Inputs that the compiler makes for what a task is told; they are no inputs of the component.
INJECTED = {
    "base_image",
    "cpu_limit",
    "cpu_request",
    "memory_limit",
    "memory_request",
    "accelerator_type",
    "accelerator_count",
}
CHANNEL = "pipelinechannel--"


def read(file):
    """A document's PipelineSpec as plain data, after a strict parse."""
    with open(file) as opened:
        first = next(yaml.safe_load_all(opened))
    if first.get("kind") == "PipelineVersion":
        first = first["spec"]
    spec = first["pipelineSpec"] if "pipelineSpec" in first else first
    message = json_format.ParseDict(spec, pipeline_spec_pb2.PipelineSpec())
    json_format.ParseDict(spec.get("deploymentSpec", {}), pipeline_spec_pb2.PipelineDeploymentConfig())
    read = json_format.MessageToDict(message)
    # A job's values are what a run has that is told no others.
    for name, value in first.get("runtimeConfig", {}).get("parameterValues", {}).items():
        read["root"]["inputDefinitions"]["parameters"][name].update(defaultValue=value, isOptional=True)
    return read


class Scope:
    """A DAG as it is entered at one place: where its inputs come from, and what stands around it."""

    def __init__(self, path, dag, inputs, around=None, retries=0):
        self.path = path
        self.dag = dag
        self.inputs = inputs
        self.around = around
        self.retries = retries

    def input(self, name):
        """Where an input comes from. The SDK forgets to hand some on to inner groups: those of outer ones are meant then."""
        if name in self.inputs or not name.startswith(CHANNEL):
            return self.inputs.get(name)
        return self.around and self.around.input(name)

    def below(self, name):
        """The path of a task in it."""
        return f"{self.path}/{name}" if self.path else name


class Facts:
    """Collects the facts of one document."""

    def __init__(self, spec):
        self.spec = spec
        self.components = spec.get("components", {})
        self.executors = spec.get("deploymentSpec", {}).get("executors", {})
        self.tasks = {}
        self.groups = {}
        self.pipelines = {}

    def all(self):
        """The facts of the document."""
        self.enter_pipeline("", self.spec["root"])
        return {
            "name": self.spec["pipelineInfo"]["name"],
            "pipelines": self.pipelines,
            "groups": self.groups,
            "tasks": self.tasks,
        }

    def enter_pipeline(self, path, component, retries=0):
        """Notes a pipeline that runs at a path, and all in it. Its tasks are retried as it is, but where they say so."""
        definitions = ports(component.get("inputDefinitions"))
        inputs = {name: ["parameter", path, name] for name in definitions}
        scope = Scope(path, component["dag"], inputs, retries=retries)
        self.pipelines[path] = {"inputs": definitions, "outputs": {}}
        self.enter(scope)
        names = output_names(component["dag"])
        self.pipelines[path]["outputs"] = {name: self.output(scope, name) for name in names}

    def enter(self, scope):
        """Notes all tasks of a DAG."""
        tasks = scope.dag.get("tasks", {})
        for name, task in tasks.items():
            component = self.components[task["componentRef"]["name"]]
            if "dag" in component and self.is_chain(component["dag"]):
                self.chain(scope, name, task, component)
            else:
                self.task(scope, name, task, component)

    def task(self, scope, name, task, component):
        """Notes a task of a DAG: a leaf, a group, or a pipeline that is called."""
        given = self.given(scope, task, scope.below(name))
        waits = self.waits(scope, task)
        leaf = "executorLabel" in component
        condition = task.get("triggerPolicy", {}).get("condition")
        iterator = task.get("parameterIterator") or task.get("artifactIterator")
        path = self.path(scope, name)
        retries = task.get("retryPolicy", {}).get("maxRetryCount", scope.retries)
        if condition:
            group = f"{path}-if" if leaf else path
            self.groups[group] = {"kind": "if", "branches": [[last(group), tree(condition, given)]], "waits": waits}
            path, waits = (f"{group}/{name}", []) if leaf else (path, waits)
        if iterator:
            group = f"{path}-loop" if leaf else path
            self.groups[group] = {
                "kind": "loop",
                "items": self.items(iterator["items"], given),
                "parallelism": task.get("iteratorPolicy", {}).get("parallelismLimit", 0),
                "waits": waits,
            }
            given = {**given, iterator["itemInput"]: ["item", group]}
            source = iterator["items"].get("inputParameter") or iterator["items"].get("inputArtifact")
            if leaf and source not in ports(component.get("inputDefinitions")):
                given.pop(source, None)
            path, waits = (f"{group}/{name}", []) if leaf else (path, waits)
        ends = task.get("triggerPolicy", {}).get("strategy") == COMPLETED
        if leaf:
            self.leaf(path, component, given, waits, ends, task, retries)
        elif condition or iterator or self.is_handler(scope, name, component):
            self.groups.setdefault(path, {"kind": "handler", "waits": waits})
            self.enter(Scope(path, component["dag"], given, scope, retries))
        else:
            definitions = ports(component.get("inputDefinitions"))
            inputs = {name: source for name, source in settled(given).items() if name in definitions}
            self.groups[path] = {"kind": "pipeline", "inputs": inputs, "waits": waits, "ends": ends}
            self.enter_pipeline(path, component, retries)

    def leaf(self, path, component, given, waits, ends, task, retries):
        """Notes a task that runs a component. Importers, and actions on the cluster, have no inputs of their own here."""
        executor = self.executors[component["executorLabel"]]
        image = executor.get("container", {}).get("image", "")
        kind = "importer" if "importer" in executor else "resource" if image.startswith("argostub/") else "container"
        definitions = ports(component.get("inputDefinitions")) if kind == "container" else {}
        own = {name for name in definitions if not self.is_injected(name, given)}
        self.tasks[path] = {
            "kind": kind,
            "inputs": {name: definitions[name] for name in sorted(own)},
            "outputs": ports(component.get("outputDefinitions")),
            "arguments": settled({name: given[name] for name in given if name in own}),
            "waits": waits,
            "ends": ends,
            "retries": retries if kind == "container" else 0,
        }

    @staticmethod
    def is_injected(name, given):
        """Whether an input is the compiler's, and not the component's own."""
        return name.startswith(CHANNEL) or (name in INJECTED and given.get(name, ["constant"])[0] != "constant")

    def is_chain(self, dag):
        """Whether a DAG is an If with its Elifs and Else: every task of it has a condition, and there are several."""
        tasks = list(dag.get("tasks", {}).values())
        conditions = [task.get("triggerPolicy", {}).get("condition", "") for task in tasks]
        return len(tasks) > 1 and all(conditions) and any(each.startswith("!(") for each in conditions)

    def path(self, scope, name):
        """The path of a task. An exit task stands in the handler whose it is."""
        waits = scope.dag.get("tasks", {})[name].get("dependentTasks", [])
        ends = scope.dag["tasks"][name].get("triggerPolicy", {}).get("strategy") == COMPLETED
        if ends and len(waits) == 1:
            handler = scope.dag["tasks"][waits[0]]
            if self.is_handler(scope, waits[0], self.components[handler["componentRef"]["name"]]):
                return f"{scope.below(waits[0])}/{name}"
        return scope.below(name)

    def is_handler(self, scope, name, component):
        """Whether a DAG task is an exit handler's: what runs after it, however it ended, and its inputs are all passed on."""
        inputs = ports(component.get("inputDefinitions"))
        waited = any(
            task.get("triggerPolicy", {}).get("strategy") == COMPLETED and task.get("dependentTasks") == [name]
            for task in scope.dag.get("tasks", {}).values()
        )
        return waited and name.startswith("exit-handler-") and all(each.startswith(CHANNEL) for each in inputs)

    def chain(self, scope, name, task, component):
        """Notes the branches of an If chain. Each but the first says that no earlier one was taken."""
        inner = Scope(scope.path, component["dag"], self.given(scope, task, ""), scope, scope.retries)
        branches = []
        for key, branch in component["dag"]["tasks"].items():
            given = self.given(inner, branch, "")
            parsed = tree(branch["triggerPolicy"]["condition"], given)
            parts = parsed[1:] if parsed[0] == "and" else [parsed]
            negated = [part for part in parts if part[0] == "not"]
            own = [part for part in parts if part[0] != "not"]
            branches.append((len(negated), key, own[0] if own else None))
        branches.sort(key=lambda branch: (branch[0], branch[2] is None))
        self.groups[scope.below(branches[0][1])] = {
            "kind": "if",
            "branches": [[key, condition] for _, key, condition in branches],
            "waits": self.waits(scope, task),
        }
        for key, branch in component["dag"]["tasks"].items():
            body = self.components[branch["componentRef"]["name"]]
            self.enter(Scope(scope.below(key), body["dag"], self.given(inner, branch, ""), inner, scope.retries))

    def waits(self, scope, task):
        """The siblings that a task waits for."""
        inputs = task.get("inputs", {})
        producers = [
            each["producerTask"]
            for kind in ("parameters", "artifacts")
            for spec in inputs.get(kind, {}).values()
            for each in (spec.get("taskOutputParameter"), spec.get("taskOutputArtifact"), spec.get("taskFinalStatus"))
            if each
        ]
        return sorted({self.sibling(scope, name) for name in [*task.get("dependentTasks", []), *producers]})

    def sibling(self, scope, name):
        """The path of a task that others of the same DAG wait for: of a chain, that of its first branch."""
        task = scope.dag["tasks"][name]
        component = self.components[task["componentRef"]["name"]]
        path = scope.below(name)
        if "dag" in component and self.is_chain(component["dag"]):
            branches = component["dag"]["tasks"]
            first = min(branches, key=lambda key: branches[key]["triggerPolicy"]["condition"].count("!("))
            return scope.below(first)
        leaf = "executorLabel" in component
        if leaf and task.get("triggerPolicy", {}).get("condition"):
            return f"{path}-if"
        if leaf and ("parameterIterator" in task or "artifactIterator" in task):
            return f"{path}-loop"
        return path

    def items(self, items, given):
        """What a loop iterates over."""
        if "raw" in items:
            return ["constant", json.loads(items["raw"])]
        return given[items.get("inputParameter") or items.get("inputArtifact")]

    def given(self, scope, task, path):
        """Where the inputs of a task come from."""
        inputs = task.get("inputs", {})
        sources = {name: self.parameter(scope, spec) for name, spec in inputs.get("parameters", {}).items()}
        for name, spec in inputs.get("artifacts", {}).items():
            if "componentInputArtifact" in spec:
                sources[name] = scope.input(spec["componentInputArtifact"])
            else:
                made = spec["taskOutputArtifact"]
                sources[name] = self.made(scope, made["producerTask"], made["outputArtifactKey"])
        return {name: filled(source, sources, path) for name, source in sources.items()}

    def parameter(self, scope, spec):
        """Where a parameter comes from. A constant may still hold placeholders."""
        if "componentInputParameter" in spec:
            source = scope.input(spec["componentInputParameter"])
        elif "taskOutputParameter" in spec:
            made = spec["taskOutputParameter"]
            source = self.made(scope, made["producerTask"], made["outputParameterKey"])
        elif "taskFinalStatus" in spec:
            source = ["status", self.sibling(scope, spec["taskFinalStatus"]["producerTask"])]
        else:
            source = ["raw", spec["runtimeValue"]["constant"]]
        selector = spec.get("parameterExpressionSelector")
        if selector:
            source = ["field", source, re.fullmatch(r'parseJson\(string_value\)\["(.+)"\]', selector)[1]]
        return source

    def made(self, scope, name, output):
        """Where an output of a task of this DAG comes from."""
        task = scope.dag["tasks"][name]
        component = self.components[task["componentRef"]["name"]]
        path = self.path(scope, name)
        leaf = "executorLabel" in component
        loops = "parameterIterator" in task or "artifactIterator" in task
        condition = "condition" in task.get("triggerPolicy", {})
        if leaf:
            group = f"{path}-if/{name}" if condition else path
            return (
                ["collected", f"{group}-loop", ["output", f"{group}-loop/{name}", output]]
                if loops
                else ["output", group, output]
            )
        chain = self.is_chain(component["dag"])
        if not (chain or loops or condition or self.is_handler(scope, name, component)):
            return ["output", path, output]
        given = self.given(scope, task, "")
        inside = Scope(scope.path if chain else path, component["dag"], given, scope)
        source = self.output(inside, output)
        return ["collected", path, source] if loops else source

    def output(self, scope, name):
        """Where an output of a DAG comes from."""
        outputs = scope.dag["outputs"]
        parameter = outputs.get("parameters", {}).get(name)
        if parameter is None:
            selectors = outputs["artifacts"][name]["artifactSelectors"]
        elif "valueFromOneof" in parameter:
            selectors = parameter["valueFromOneof"]["parameterSelectors"]
        else:
            selectors = [parameter["valueFromParameter"]]
        sources = [
            self.made(scope, each["producerSubtask"], each.get("outputParameterKey") or each["outputArtifactKey"])
            for each in selectors
        ]
        return sources[0] if len(sources) == 1 else ["one-of", *sources]


def output_names(dag):
    """The names of a DAG's outputs."""
    outputs = dag.get("outputs", {})
    return [*outputs.get("parameters", {}), *outputs.get("artifacts", {})]


def last(path):
    """The last key of a path."""
    return path.split("/")[-1]


def ports(definitions):
    """The ports of a component or a pipeline: their types, and what is used where nothing is given."""
    definitions = definitions or {}
    found = {}
    for name, spec in definitions.get("parameters", {}).items():
        found[name] = {"type": spec["parameterType"]}
        if spec.get("isOptional"):
            found[name]["optional"] = True
        if "defaultValue" in spec:
            found[name].update(default=spec["defaultValue"], optional=True)
        if "literals" in spec:
            found[name]["literals"] = spec["literals"]
    for name, spec in definitions.get("artifacts", {}).items():
        kind = (
            spec["artifactType"].get("schemaTitle") or yaml.safe_load(spec["artifactType"]["instanceSchema"])["title"]
        )
        found[name] = {"type": f"{kind}[]" if spec.get("isArtifactList") else kind}
        if spec.get("isOptional"):
            found[name]["optional"] = True
    return found


def settled(sources):
    """Sources of inputs, without those that nothing gives."""
    return {name: source for name, source in sources.items() if source is not None}


def filled(source, inputs, path):
    """A source in which constants are resolved: placeholders of inputs among them are what the inputs are."""
    if source is None:
        return None
    if source[0] == "field":
        return ["field", filled(source[1], inputs, path), source[2]]
    return filled_value(source[1], inputs, path) if source[0] == "raw" else source


def filled_value(value, inputs, path):
    """A constant as a source."""
    if isinstance(value, str):
        return filled_text(value, inputs, path)
    if isinstance(value, list):
        members = [filled_value(each, inputs, path) for each in value]
        return ["constant", [each[1] for each in members]] if is_constant(members) else ["list", *members]
    if isinstance(value, dict):
        members = {key: filled_value(each, inputs, path) for key, each in value.items()}
        if not is_constant(members.values()):
            return ["dict", members]
        return ["constant", {key: each[1] for key, each in members.items()}]
    return ["constant", value]


def is_constant(members):
    """Whether nothing among some sources is known at run time only."""
    return all(member[0] == "constant" for member in members)


def filled_text(text, inputs, path):
    """A constant text as a source."""
    if text in RUN:
        return ["run", RUN[text]]
    if text == TASK_NAME:
        return ["constant", last(path)]
    parts, end = [], 0
    for match in PLACEHOLDER.finditer(text):
        parts += [text[end : match.start()], ["run", "workspacePath"] if match[2] else inputs.get(match[1]) or match[0]]
        end = match.end()
    parts = [part for part in [*parts, text[end:]] if part != ""]
    if all(isinstance(part, str) for part in parts):
        return ["constant", text]
    return parts[0] if len(parts) == 1 else ["text", *parts]


TOKEN = re.compile(
    r"""\s*(inputs\.parameter_values\['([^']+)'\]|'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(true|false)|"""
    r"""(int|double)\(|(&&|\|\||==|!=|<=|>=|<|>|!|\(|\)))"""
)


def tree(text, given):
    """A condition as a tree over sources: the casts of numbers are left out, types say as much."""
    tokens, at = [], 0
    while at < len(text.rstrip()):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"a condition that nobody knows: {text}")
        tokens.append(match)
        at = match.end()
    tree_, rest = either(tokens, given)
    if rest:
        raise ValueError(f"a condition goes on: {text}")
    return tree_


def either(tokens, given):
    return joined(tokens, given, "||", "or", both)


def both(tokens, given):
    return joined(tokens, given, "&&", "and", compared)


def joined(tokens, given, sign, kind, operand):
    first, tokens = operand(tokens, given)
    operands = [first]
    while tokens and tokens[0][1] == sign:
        following, tokens = operand(tokens[1:], given)
        operands.append(following)
    return (first if len(operands) == 1 else [kind, *operands]), tokens


def compared(tokens, given):
    left, tokens = single(tokens, given)
    if tokens and tokens[0][1] in ("==", "!=", "<", "<=", ">", ">="):
        operator = tokens[0][1]
        right, tokens = single(tokens[1:], given)
        return [operator, left, right], tokens
    return left, tokens


def single(tokens, given):
    match, tokens = tokens[0], tokens[1:]
    if match[1] == "!":
        operand, tokens = single(tokens, given)
        return ["not", operand], tokens
    if match[1] == "(" or match[6]:
        inner, tokens = either(tokens, given)
        if not tokens or tokens[0][1] != ")":
            raise ValueError("a bracket is not closed")
        return inner, tokens[1:]
    if match[2] is not None:
        return given[match[2]], tokens
    if match[3] is not None:
        return ["constant", re.sub(r"\\(.)", r"\1", match[3])], tokens
    if match[4] is not None:
        return ["constant", float(match[4])], tokens
    return ["constant", match[5] == "true"], tokens


if __name__ == "__main__":
    print(json.dumps({file: Facts(read(file)).all() for file in sys.argv[1:]}))
