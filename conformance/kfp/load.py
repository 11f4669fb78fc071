"""load.py < {NAME: TEXT}: loads documents as kfp does: as a component, and strictly, field by field, with its protocol.

Prints how many it loaded. Exits with 1 where one is not accepted, and names it.
"""

import json
import sys
import warnings

import yaml
from google.protobuf import json_format
from kfp import components, dsl
from kfp.kubernetes import kubernetes_executor_config_pb2
from kfp.pipeline_spec import pipeline_spec_pb2


def load(text):
    """Loads a document."""
    spec, *platforms = yaml.safe_load_all(text)
    json_format.ParseDict(spec, pipeline_spec_pb2.PipelineSpec())
    json_format.ParseDict(spec.get("deploymentSpec", {}), pipeline_spec_pb2.PipelineDeploymentConfig())
    for platform in platforms:
        json_format.ParseDict(platform, pipeline_spec_pb2.PlatformSpec())
        executors = platform["platforms"].get("kubernetes", {}).get("deploymentSpec", {}).get("executors", {})
        for executor in executors.values():
            json_format.ParseDict(executor, kubernetes_executor_config_pb2.KubernetesExecutorConfig())
    loaded = components.load_component_from_text(text)
    if not isinstance(loaded, dsl.base_component.BaseComponent):
        raise ValueError(f"it is loaded as {type(loaded).__name__}")


def main():
    warnings.simplefilter("ignore")
    texts, refused = json.load(sys.stdin), []
    for name, text in texts.items():
        try:
            load(text)
        except Exception as error:
            refused.append(f"{name}: {type(error).__name__}: {str(error)[:500]}")
    print("\n".join(refused) if refused else f"{len(texts)} documents loaded by kfp")
    sys.exit(1 if refused else 0)


if __name__ == "__main__":
    main()
