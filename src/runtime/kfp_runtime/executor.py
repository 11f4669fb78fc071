"""Runs a component's function: texts in, texts out."""

import os

from kfp_runtime import source
from kfp_runtime.contract import ContractError
from kfp_runtime.inputs import Inputs
from kfp_runtime.outputs import Outputs


def execute(contract, log):
    """Loads and calls the function, and writes its outputs."""
    import kfp_component

    function = getattr(kfp_component, contract.function, None)
    if not hasattr(function, "__code__"):
        raise ContractError("%s has no function %s" % (contract.source, contract.function))
    log.show_records(source.used)
    artifacts = None
    if any("artifact" in port for ports in (contract.inputs, contract.outputs) for port in ports.values()):
        from kfp_runtime.artifacts import Artifacts

        artifacts = Artifacts(contract, log)
    outputs = Outputs(contract, log, artifacts, function)
    arguments = Inputs(contract, artifacts, function).arguments(outputs.arguments())
    try:
        value = function(**arguments)
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise
        value = None
    if is_chief():
        outputs.write(value)


def is_chief():
    """Whether this process gives the outputs: of a distributed training's replicas, as KFP has it, one does."""
    cluster = os.environ.get("CLUSTER_SPEC")
    if not cluster:
        return True
    import json

    return json.loads(cluster)["task"]["type"] in ("workerpool0", "chief", "master")
