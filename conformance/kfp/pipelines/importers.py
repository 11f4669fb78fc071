"""Importers: what they import, from where, with which metadata, again or not, and into the workspace."""

from kfp import dsl
from kfp.dsl import Artifact, Dataset, Input, Model
from shared import read_dataset, say, step


@step()
def use(model: Input[Model], data: Input[Dataset]) -> str:
    return f"{model.uri} {data.uri}"


@step()
def where() -> str:
    return "gs://bucket/data.csv"


@dsl.pipeline(name="importers")
def importers(uri: str = "s3://bucket/data.csv", owner: str = "us", version: int = 2):
    constant = dsl.importer(artifact_uri="gs://bucket/model", artifact_class=Model)
    by_parameter = dsl.importer(
        artifact_uri=uri,
        artifact_class=Dataset,
        reimport=True,
        metadata={
            "owner": owner,
            "version": version,
            "plain": "text",
            "list": ["a", owner, {"deep": owner}],
            "table": {"nested": {"on": True}},
            "rate": 0.5,
            f"{owner}-key": "value",
            "text": f"of {owner}, version {version}",
        },
    )
    use(model=constant.output, data=by_parameter.output)
    by_output = dsl.importer(artifact_uri=where().output, artifact_class=Dataset, metadata={"at": where().output})
    read_dataset(data=by_output.outputs["artifact"])
    dsl.importer(artifact_uri="oci://registry.example.com/models/m:1", artifact_class=Model).set_display_name(
        "A model car"
    )
    dsl.importer(artifact_uri="https://example.com/a b", artifact_class=Artifact, reimport=False)


@dsl.pipeline(name="importers-in-groups")
def importers_in_groups(uri: str = "gs://bucket/data.csv"):
    with dsl.ParallelFor(["gs://bucket/a", "gs://bucket/b"]) as each:
        read_dataset(data=dsl.importer(artifact_uri=each, artifact_class=Dataset).output)
    with dsl.If(uri != ""):
        read_dataset(data=dsl.importer(artifact_uri=uri, artifact_class=Dataset, metadata={"from": uri}).output)


@dsl.pipeline(
    name="importer-into-the-workspace",
    pipeline_config=dsl.PipelineConfig(
        workspace=dsl.WorkspaceConfig(
            size="5Gi",
            kubernetes=dsl.KubernetesWorkspaceConfig(
                pvcSpecPatch={"accessModes": ["ReadWriteMany"], "storageClassName": "standard"}
            ),
        )
    ),
)
def importer_into_the_workspace(uri: str = "s3://bucket/data"):
    imported = dsl.importer(artifact_uri=uri, artifact_class=Dataset, download_to_workspace=True)
    read_dataset(data=imported.output)
    say(text=dsl.WORKSPACE_PATH_PLACEHOLDER)
    say(text=f"{dsl.WORKSPACE_PATH_PLACEHOLDER}/folder/{uri}")


PIPELINES = [importers, importers_in_groups, importer_into_the_workspace]
