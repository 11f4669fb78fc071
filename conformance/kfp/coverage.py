"""coverage.py [--table] FILE…: which of the things that a KFP document can say are said by which of these documents.

ROWS names them all. Exits with 1 where one of them is said by no document, and names it; --table prints every row with the
documents that say it.
"""

import json
import os
import re
import sys

import yaml


class Document:
    """A document, and its parts in lists that rows look through."""

    def __init__(self, file):
        self.name = os.path.basename(file)
        with open(file) as opened:
            self.text = opened.read()
        self.documents = list(yaml.safe_load_all(self.text))
        first = self.documents[0]
        around = first["spec"] if first.get("kind") == "PipelineVersion" else first
        self.spec = around.get("pipelineSpec", around)
        self.wrapped = "kind" in first and "resource" or ("pipelineSpec" in first and "job") or ""
        self.platform = around.get("platformSpec") or (self.documents[1] if len(self.documents) > 1 else {})
        self.root = self.spec["root"]
        self.components = list(self.spec.get("components", {}).values())
        every = [self.root, *self.components]
        self.dags = [each["dag"] for each in every if "dag" in each]
        self.tasks = [(name, task) for dag in self.dags for name, task in dag.get("tasks", {}).items()]
        self.executors = list(self.spec.get("deploymentSpec", {}).get("executors", {}).values())
        self.containers = [each["container"] for each in self.executors if "container" in each]
        self.importers = [each["importer"] for each in self.executors if "importer" in each]
        self.words = [word for each in self.containers for word in [*each.get("command", []), *each.get("args", [])]]
        self.sources = [word for word in self.words if "from kfp.dsl import *" in word]
        self.scripts = [word for word in self.words if "pip install" in word]
        self.parameters = {"in": self.ports(every, "inputDefinitions", "parameters")}
        self.parameters["out"] = self.ports(every, "outputDefinitions", "parameters")
        self.artifacts = {"in": self.ports(every, "inputDefinitions", "artifacts")}
        self.artifacts["out"] = self.ports(every, "outputDefinitions", "artifacts")
        kubernetes = self.platform.get("platforms", {}).get("kubernetes", {})
        self.pods = list(kubernetes.get("deploymentSpec", {}).get("executors", {}).values())
        self.config = kubernetes.get("pipelineConfig", {})
        self.arguments = [
            spec for _, task in self.tasks for spec in task.get("inputs", {}).get("parameters", {}).values()
        ]
        self.passed = [spec for _, task in self.tasks for spec in task.get("inputs", {}).get("artifacts", {}).values()]
        self.constants = [each["runtimeValue"]["constant"] for each in self.arguments if "runtimeValue" in each]
        self.triggers = [task["triggerPolicy"] for _, task in self.tasks if "triggerPolicy" in task]
        self.conditions = [each["condition"] for each in self.triggers if "condition" in each]
        self.given = [
            given
            for dag in self.dags
            for kind in ("parameters", "artifacts")
            for given in dag.get("outputs", {}).get(kind, {}).values()
        ]

    @staticmethod
    def ports(components, definitions, kind):
        return [port for each in components for port in each.get(definitions, {}).get(kind, {}).values()]

    def component(self, task):
        """The component of a task."""
        return self.spec["components"][task["componentRef"]["name"]]


def has(d, pattern):
    """Whether a word of a command or an argument holds a pattern."""
    return any(re.search(pattern, word) for word in d.words)


def source(pattern):
    """A row that looks for a pattern in the source of a Python component."""
    return lambda d: any(re.search(pattern, each) for each in d.sources)


def script(pattern):
    """A row that looks for a pattern in what installs packages."""
    return lambda d: any(re.search(pattern, each) for each in d.scripts)


def word(pattern):
    """A row that looks for a pattern in commands and arguments."""
    return lambda d: has(d, pattern)


def constant(kind, d):
    return any(type(each) is kind for each in d.constants)


def whole(name):
    """A row for a placeholder that is all of a constant."""
    return lambda d: "{{$." + name + "}}" in d.constants


def condition(pattern):
    """A row that looks for a pattern in conditions."""
    return lambda d: any(re.search(pattern, each) for each in d.conditions)


def pod(field):
    """A row for a setting of pods."""
    return lambda d: any(field in each for each in d.pods)


def pods(pattern):
    """A row that looks for a pattern in the settings of pods."""
    return lambda d: any(re.search(pattern, json.dumps(each)) for each in d.pods)


def groups(prefix):
    """A row for tasks that are DAGs whose name begins so."""
    return lambda d: any(name.startswith(prefix) and "dag" in d.component(task) for name, task in d.tasks)


def nested(d, depth=3):
    """Whether pipelines call pipelines to a depth."""

    def below(component):
        tasks = component.get("dag", {}).get("tasks", {})
        inner = [each for name, each in tasks.items() if "dag" in d.component(each)]
        called = [d.component(each) for each in inner]
        return 1 + max((below(each) for each in called), default=0)

    return below(d.root) >= depth


def twice(d):
    """Whether two tasks of one DAG have the same component."""
    for dag in d.dags:
        used = [task["componentRef"]["name"] for task in dag.get("tasks", {}).values()]
        if len(set(used)) < len(used):
            return True
    return False


def under(outer, inner):
    """A row for groups in groups, by what their names begin with; '' is a pipeline that is called."""

    def kind(d, name, task, prefix):
        if "dag" not in d.component(task):
            return False
        known = ("condition-", "for-loop-", "exit-handler-")
        return name.startswith(prefix) if prefix else not name.startswith(known)

    def row(d):
        return any(
            kind(d, name, task, outer) and kind(d, below, inside, inner)
            for name, task in d.tasks
            for below, inside in d.component(task).get("dag", {}).get("tasks", {}).items()
        )

    return row


def exits(d):
    """The exit tasks: they wait for a handler."""
    for name, task in d.tasks:
        waits = task.get("dependentTasks", [])
        if task.get("triggerPolicy", {}).get("strategy") and any(each.startswith("exit-handler-") for each in waits):
            yield name, task


def ignoring(d):
    """The tasks that go on where something before them failed, and are no exit tasks."""
    of_exits = [name for name, _ in exits(d)]
    return [task for name, task in d.tasks if task.get("triggerPolicy", {}).get("strategy") and name not in of_exits]


TYPES_IN = [
    "STRING",
    "NUMBER_INTEGER",
    "NUMBER_DOUBLE",
    "BOOLEAN",
    "LIST",
    "STRUCT",
    "TASK_FINAL_STATUS",
    "TASK_CONFIG",
]
TYPES_OUT = ["STRING", "NUMBER_INTEGER", "NUMBER_DOUBLE", "BOOLEAN", "LIST", "STRUCT"]
SYSTEM = [
    "Artifact",
    "Dataset",
    "Model",
    "Metrics",
    "ClassificationMetrics",
    "SlicedClassificationMetrics",
    "HTML",
    "Markdown",
]
KUBERNETES = [
    "secretAsEnv",
    "secretAsVolume",
    "configMapAsEnv",
    "configMapAsVolume",
    "pvcMount",
    "emptyDirMounts",
    "genericEphemeralVolume",
    "nodeSelector",
    "nodeAffinity",
    "podAffinity",
    "tolerations",
    "podMetadata",
    "fieldPathAsEnv",
    "imagePullSecret",
    "imagePullPolicy",
    "activeDeadlineSeconds",
    "securityContext",
    "enabledSharedMemory",
]
AMOUNTS = ["resourceCpuLimit", "resourceCpuRequest", "resourceMemoryLimit", "resourceMemoryRequest", "accelerator"]
PASSTHROUGHS = [
    "RESOURCES",
    "ENV",
    "KUBERNETES_AFFINITY",
    "KUBERNETES_TOLERATIONS",
    "KUBERNETES_NODE_SELECTOR",
    "KUBERNETES_VOLUMES",
]

ROWS = {
    # The document.
    "the schema's version 2.1.0": lambda d: d.spec["schemaVersion"] == "2.1.0",
    "the JSON form": lambda d: d.name.endswith(".json"),
    "a second document, for the platform": lambda d: len(d.documents) > 1,
    "another platform": lambda d: len(d.platform.get("platforms", {})) > 1,
    "the form of a PipelineJob": lambda d: d.wrapped == "job",
    "the form of a PipelineVersion": lambda d: d.wrapped == "resource",
    "the pipeline's description": lambda d: "description" in d.spec["pipelineInfo"],
    "the pipeline's display name": lambda d: "displayName" in d.spec["pipelineInfo"],
    "the pipeline's root": lambda d: "defaultPipelineRoot" in d.spec,
    "defaults of the pipeline's parameters": lambda d: any(
        "defaultValue" in each for each in Document.ports([d.root], "inputDefinitions", "parameters")
    ),
    "artifacts that the pipeline takes": lambda d: d.root.get("inputDefinitions", {}).get("artifacts"),
    "the pipeline's outputs": lambda d: d.root.get("outputDefinitions"),
    "descriptions of parameters": lambda d: any(
        "description" in each for each in d.parameters["in"] + d.parameters["out"]
    ),
    "descriptions of artifacts": lambda d: any(
        "description" in each for each in d.artifacts["in"] + d.artifacts["out"]
    ),
    "singlePlatformSpecs": lambda d: any("singlePlatformSpecs" in each for each in d.components),
    "macros of KFP's server": lambda d: "[[CurrentTime" in d.text and "[[RunUUID]]" in d.text,
    # Types.
    **{
        f"inputs of type {each}": lambda d, each=each: any(p["parameterType"] == each for p in d.parameters["in"])
        for each in TYPES_IN
    },
    **{
        f"outputs of type {each}": lambda d, each=each: any(p["parameterType"] == each for p in d.parameters["out"])
        for each in TYPES_OUT
    },
    "optional parameters": lambda d: any(each.get("isOptional") for each in d.parameters["in"]),
    "optional parameters without a default": lambda d: any(
        each.get("isOptional") and "defaultValue" not in each for each in d.parameters["in"]
    ),
    "defaults of components": lambda d: any(
        "defaultValue" in p for p in Document.ports(d.components, "inputDefinitions", "parameters")
    ),
    "literals": lambda d: any("literals" in each for each in d.parameters["in"]),
    "lists of artifacts as inputs": lambda d: any(each.get("isArtifactList") for each in d.artifacts["in"]),
    "lists of artifacts as outputs": lambda d: any(each.get("isArtifactList") for each in d.artifacts["out"]),
    "optional artifacts": lambda d: any(each.get("isOptional") for each in d.artifacts["in"]),
    "instanceSchema": lambda d: any("instanceSchema" in each["artifactType"] for each in d.artifacts["out"]),
    "metadata of declared outputs": lambda d: any("metadata" in each for each in d.artifacts["out"]),
    "another schema version": lambda d: any(
        each["artifactType"].get("schemaVersion", "0.0.1") != "0.0.1" for each in d.artifacts["out"]
    ),
    **{
        f"artifacts of system.{each}": lambda d, each=each: any(
            a["artifactType"].get("schemaTitle") == f"system.{each}" for a in d.artifacts["out"]
        )
        for each in SYSTEM
    },
    "artifacts of google.*": lambda d: any(
        each["artifactType"].get("schemaTitle", "").startswith("google.") for each in d.artifacts["out"]
    ),
    # DAGs.
    "loops": groups("for-loop-"),
    "conditions": groups("condition-"),
    "chains of conditions": groups("condition-branches-"),
    "exit handlers": groups("exit-handler-"),
    "a pipeline that is called": lambda d: any(
        "dag" in d.component(task) and not name.startswith(("for-loop-", "condition-", "exit-handler-"))
        for name, task in d.tasks
    ),
    "pipelines three deep": nested,
    "a pipeline in a loop": under("for-loop-", ""),
    "a pipeline in a condition": under("condition-", ""),
    "a loop in a pipeline": under("", "for-loop-"),
    "a condition in a pipeline": under("", "condition-"),
    "an exit handler in a pipeline": under("", "exit-handler-"),
    "a loop in a loop": under("for-loop-", "for-loop-"),
    "a condition in a loop": under("for-loop-", "condition-"),
    "a loop in a condition": under("condition-", "for-loop-"),
    "a condition in a condition": under("condition-", "condition-"),
    "a loop in an exit handler": under("exit-handler-", "for-loop-"),
    "a condition in an exit handler": under("exit-handler-", "condition-"),
    "one component of two tasks": twice,
    "valueFromParameter": lambda d: any("valueFromParameter" in each for each in d.given),
    "valueFromOneof": lambda d: any("valueFromOneof" in each for each in d.given),
    "one artifact selector": lambda d: any(len(each.get("artifactSelectors", [])) == 1 for each in d.given),
    "several artifact selectors": lambda d: any(len(each.get("artifactSelectors", [])) > 1 for each in d.given),
    "dependentTasks": lambda d: any("dependentTasks" in task for _, task in d.tasks),
    "a condition of a leaf": lambda d: any(
        "condition" in t.get("triggerPolicy", {}) and "executorLabel" in d.component(t) for _, t in d.tasks
    ),
    "an iterator of a leaf": lambda d: any(
        "parameterIterator" in t and "executorLabel" in d.component(t) for _, t in d.tasks
    ),
    "an artifact iterator of a leaf": lambda d: any(
        "artifactIterator" in t and "executorLabel" in d.component(t) for _, t in d.tasks
    ),
    "a loop over constants": lambda d: any(
        "raw" in t.get("parameterIterator", {}).get("items", {}) for _, t in d.tasks
    ),
    "a loop over a value": lambda d: any(
        "inputParameter" in t.get("parameterIterator", {}).get("items", {}) for _, t in d.tasks
    ),
    "a loop over artifacts": lambda d: any("artifactIterator" in t and "dag" in d.component(t) for _, t in d.tasks),
    "a limit of iterations": lambda d: any(t.get("iteratorPolicy", {}).get("parallelismLimit") for _, t in d.tasks),
    "fields of items": lambda d: any("parameterExpressionSelector" in each for each in d.arguments),
    "what is collected": lambda d: any(
        port.get("isArtifactList") or port.get("parameterType") == "LIST"
        for name, t in d.tasks
        if name.startswith("for-loop-")
        for kind in ("parameters", "artifacts")
        for port in d.component(t).get("outputDefinitions", {}).get(kind, {}).values()
    ),
    "an exit task": lambda d: any(True for _ in exits(d)),
    "several exit tasks": lambda d: len(list(exits(d))) > 1,
    "an exit task that is a pipeline": lambda d: any("dag" in d.component(t) for _, t in exits(d)),
    "a task that ignores failures": lambda d: ignoring(d),
    "all fields of retryPolicy": lambda d: any(len(t.get("retryPolicy", {})) == 4 for _, t in d.tasks),
    "retryPolicy of a DAG": lambda d: any("retryPolicy" in t and "dag" in d.component(t) for _, t in d.tasks),
    "caching": lambda d: any(t.get("cachingOptions", {}).get("enableCache") for _, t in d.tasks),
    "no caching": lambda d: any(t.get("cachingOptions") == {} for _, t in d.tasks),
    "a cache key": lambda d: any("cacheKey" in t.get("cachingOptions", {}) for _, t in d.tasks),
    "display names of tasks": lambda d: any(
        t["taskInfo"]["name"] != name for name, t in d.tasks if "dag" not in d.component(t)
    ),
    # Conditions.
    **{f"the operator {each}": condition(rf"(?<![<>=!]){each}(?!=)") for each in ["==", "!=", "<", "<=", ">", ">="]},
    "a negation": condition(r"!\("),
    "a conjunction": condition("&&"),
    "int()": condition(r"\bint\("),
    "double()": condition(r"\bdouble\("),
    "two run-time operands": condition(r"inputs\.parameter_values.*inputs\.parameter_values"),
    "an operand that is text": condition(r"'\]\)* [!=]= '"),
    "an operand that is a boolean": condition(r"== (true|false)"),
    "an operand that is a double": condition(r"\d\.\d"),
    # Arguments of tasks.
    **{
        f"an argument of {each}": lambda d, each=each: any(each in argument for argument in d.arguments)
        for each in ["componentInputParameter", "taskOutputParameter", "runtimeValue", "taskFinalStatus"]
    },
    **{
        f"an argument of {each}": lambda d, each=each: any(each in argument for argument in d.passed)
        for each in ["taskOutputArtifact", "componentInputArtifact"]
    },
    **{
        f"a constant {each.__name__}": lambda d, each=each: constant(each, d) for each in [str, float, list, bool, dict]
    },
    "a placeholder in a constant text": lambda d: any(
        isinstance(each, str) and re.search(r"[^}]\{\{\$\.inputs|\}\}[^{]", each) for each in d.constants
    ),
    "a placeholder that is a constant text": lambda d: any(
        isinstance(each, str) and re.fullmatch(r"\{\{\$\.inputs\.parameters\['[^']+'\]\}\}", each)
        for each in d.constants
    ),
    "a placeholder in a constant list": lambda d: any(
        isinstance(each, list) and "{{$.inputs" in str(each) for each in d.constants
    ),
    "a placeholder in a constant dict": lambda d: any(
        isinstance(each, dict) and "{{$.inputs" in str(each) for each in d.constants
    ),
    **{
        f"the constant {each}": whole(each)
        for each in [
            "pipeline_job_name",
            "pipeline_job_resource_name",
            "pipeline_job_uuid",
            "pipeline_task_name",
            "pipeline_task_uuid",
            "pipeline_job_create_time_utc",
            "pipeline_job_schedule_time_utc",
            "pipeline_root",
            "workspace_path",
            "outputs.output_file",
        ]
    },
    "the executor's input as a constant": lambda d: "{{$}}" in d.constants,
    "a run's fact in a longer constant": lambda d: any("-{{$.pipeline_job_name}}" in str(each) for each in d.constants),
    "the workspace in a longer constant": lambda d: any("{{$.workspace_path}}/" in str(each) for each in d.constants),
    # Executors.
    "lightweight Python": lambda d: d.sources,
    "containerized Python": lambda d: any(
        "--executor_input" in c.get("args", []) and not any("ephemeral" in w for w in c["command"])
        for c in d.containers
    ),
    "a notebook": source("run_notebook"),
    "an embedded file": source("__KFP_EMBEDDED_ASSET_FILE = .*words.txt"),
    "an embedded folder": source(r"(?s)__KFP_EMBEDDED_ARCHIVE_B64.*def with_a_folder"),
    "helper functions": source(r"(?s)def _twice.*def _thrice.*def with_helpers"),
    "InputPath and OutputPath": source(r"InputPath\(.*OutputPath\("),
    "a returned artifact": source("-> Dataset"),
    "a returned NamedTuple": source("-> NamedTuple"),
    "a class of artifacts of their own": source("import Report"),
    "packages": script("numpy"),
    "an index of packages": script("--index-url"),
    "further indexes": script("--extra-index-url"),
    "trusted hosts": script("--trusted-host other.example.com:8080"),
    "a virtual environment": script("-m venv"),
    "another kfp": script("git\\+https"),
    "no kfp": lambda d: any(each and "kfp==" not in each for each in d.scripts) or (d.sources and not d.scripts),
    "taskConfigPassthroughs": lambda d: any("taskConfigPassthroughs" in each for each in d.components),
    **{
        f"the passthrough {each}": lambda d, each=each: any(
            p["field"] == each for c in d.components for p in c.get("taskConfigPassthroughs", [])
        )
        for each in PASSTHROUGHS
    },
    "a passthrough that the task keeps": lambda d: any(
        p.get("applyToTask") for c in d.components for p in c.get("taskConfigPassthroughs", [])
    ),
    "a container component": lambda d: any("--executor_input" not in c.get("args", []) for c in d.containers),
    "a container without a command": lambda d: any("command" not in c and "args" in c for c in d.containers),
    "an image alone": lambda d: any(set(c) == {"image"} for c in d.containers),
    "env": lambda d: any("env" in c for c in d.containers),
    "a debug pause": lambda d: any("DEBUG_PAUSE" in str(c.get("env")) for c in d.containers),
    **{
        f"resources.{each}": lambda d, each=each: any(each in c.get("resources", {}) for c in d.containers)
        for each in AMOUNTS
    },
    "amounts by placeholders": lambda d: any("{{$" in str(c.get("resources")) for c in d.containers),
    "the image by a placeholder": lambda d: any("{{$" in c["image"] for c in d.containers),
    "lifecycle": lambda d: any("lifecycle" in c for c in d.containers),
    **{
        f"the placeholder {name}": word(pattern)
        for name, pattern in {
            "inputs.parameters": r"^\{\{\$\.inputs\.parameters\['\w+'\]\}\}$",
            "inputs.parameters in a text": r"^--\w+=\{\{\$\.inputs\.parameters\['\w+'\]\}\}",
            "outputs.parameters.output_file": r"\{\{\$\.outputs\.parameters\['\w+'\]\.output_file\}\}",
            "outputs.artifacts.uri": r"\{\{\$\.outputs\.artifacts\['\w+'\]\.uri\}\}",
            "outputs.artifacts.path": r"\{\{\$\.outputs\.artifacts\['\w+'\]\.path\}\}",
            "outputs.artifacts.metadata": r"\{\{\$\.outputs\.artifacts\['\w+'\]\.metadata\}\}",
            "inputs.artifacts.path": r"\{\{\$\.inputs\.artifacts\['\w+'\]\.path\}\}",
            "inputs.artifacts.uri": r"\{\{\$\.inputs\.artifacts\['\w+'\]\.uri\}\}",
            "inputs.artifacts.metadata": r"\{\{\$\.inputs\.artifacts\['\w+'\]\.metadata\}\}",
            "inputs.artifacts.metadata[]": r"\{\{\$\.inputs\.artifacts\['\w+'\]\.metadata\['\w+'\]\}\}",
            "inputs.artifacts": r"\{\{\$\.inputs\.artifacts\['\w+'\]\}\}",
            "IfPresent": r'^\{"IfPresent"',
            "IfPresent with an Else": r'^\{"IfPresent".*"Else"',
            "Concat": r'^\{"Concat"',
            "IfPresent in Concat": r'^\{"Concat".*"IfPresent"',
            "Concat in IfPresent": r'^\{"IfPresent".*"Concat"',
            "IfPresent in IfPresent": r'^\{"IfPresent".*"IfPresent"',
            "Concat in Concat": r'^\{"Concat".*"Concat"',
        }.items()
    },
    "the executor's input in a container": lambda d: any(
        "{{$}}" in c.get("args", []) and "--executor_input" not in c["args"] for c in d.containers
    ),
    "an importer of a constant": lambda d: any("constant" in each["artifactUri"] for each in d.importers),
    "an importer of a value": lambda d: any(
        each["artifactUri"].get("runtimeParameter") == "uri" for each in d.importers
    ),
    "an importer whose input has another name": lambda d: any(
        each["artifactUri"].get("runtimeParameter", "uri") != "uri" for each in d.importers
    ),
    "an importer's metadata": lambda d: any("metadata" in each for each in d.importers),
    "placeholders in an importer's metadata": lambda d: any("{{$" in str(each.get("metadata")) for each in d.importers),
    "a placeholder in a key of an importer's metadata": lambda d: any(
        "{{$" in key for each in d.importers for key in each.get("metadata", {})
    ),
    "reimport": lambda d: any(each.get("reimport") for each in d.importers),
    "downloadToWorkspace": lambda d: any(each.get("downloadToWorkspace") for each in d.importers),
    "an importer of oci://": lambda d: any(
        each["artifactUri"].get("constant", "").startswith("oci:") for each in d.importers
    ),
    "argostub/createpvc": lambda d: any(c["image"] == "argostub/createpvc" for c in d.containers),
    "argostub/deletepvc": lambda d: any(c["image"] == "argostub/deletepvc" for c in d.containers),
    # Kubernetes.
    **{f"pods: {each}": pod(each) for each in KUBERNETES},
    "pods: a value of a task": pods("NameParameter.*taskOutputParameter"),
    "pods: a value of a parameter": pods("NameParameter.*componentInputParameter"),
    "pods: JSON of a parameter": pods("Json.*componentInputParameter"),
    "pods: JSON of a task": pods("Json.*taskOutputParameter"),
    "pods: a sub-path": pods('"subPath"'),
    "pods: optional": pods('"optional": true'),
    "pods: a preferred node affinity": pods('"weight"'),
    "pods: fields of nodes": pods('"matchFields"'),
    "workspace": lambda d: "workspace" in d.config,
    "workspace with a patch": lambda d: d.config.get("workspace", {}).get("kubernetes", {}).get("pvcSpecPatch"),
    "resourceTtlOnCompletion": lambda d: "resourceTtlOnCompletion" in d.config,
    "resourceTtlOnSuccess": lambda d: "resourceTtlOnSuccess" in d.config,
    "resourceTtlOnFailure": lambda d: "resourceTtlOnFailure" in d.config,
    "activeDeadlineSeconds of the run": lambda d: "activeDeadlineSeconds" in d.config,
}


def main(arguments):
    documents = [Document(file) for file in arguments if file != "--table"]
    table = {row: [d.name for d in documents if says(d)] for row, says in ROWS.items()}
    if "--table" in arguments:
        for row, names in table.items():
            print(f"{row}: {', '.join(names)}")
    missing = [row for row, names in table.items() if not names]
    if missing:
        print("no document has " + "; ".join(missing))
        sys.exit(1)
    print(f"{len(ROWS)} features in {len(documents)} documents")


if __name__ == "__main__":
    main(sys.argv[1:])
