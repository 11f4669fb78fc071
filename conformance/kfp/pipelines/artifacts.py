"""Artifacts: every class of them, lists, paths, metadata, optional ones, those of google, and a pipeline's own."""

from typing import List, NamedTuple, Optional

from kfp import dsl
from kfp.dsl import (
    HTML,
    Artifact,
    ClassificationMetrics,
    Dataset,
    Input,
    InputPath,
    Markdown,
    Metrics,
    Model,
    Output,
    OutputPath,
    SlicedClassificationMetrics,
)
from google_types import VertexDataset, VertexModel
from report import Report
from shared import read_dataset, say, step, write_dataset


@step()
def every_class(
    artifact: Output[Artifact],
    dataset: Output[Dataset],
    model: Output[Model],
    metrics: Output[Metrics],
    classification: Output[ClassificationMetrics],
    sliced: Output[SlicedClassificationMetrics],
    html: Output[HTML],
    markdown: Output[Markdown],
):
    for each in (artifact, dataset, html, markdown):
        with open(each.path, "w") as file:
            file.write(each.name)
    model.framework = "none"
    metrics.log_metric("accuracy", 0.9)
    classification.log_confusion_matrix(["a", "b"], [[1, 2], [3, 4]])


TAKEN = ["artifact", "dataset", "model", "metrics", "classification", "sliced", "html", "markdown"]


@step()
def take_every_class(
    artifact: Input[Artifact],
    dataset: Input[Dataset],
    model: Input[Model],
    metrics: Input[Metrics],
    classification: Input[ClassificationMetrics],
    sliced: Input[SlicedClassificationMetrics],
    html: Input[HTML],
    markdown: Input[Markdown],
) -> dict:
    return metrics.metadata


@dsl.pipeline(name="classes-of-artifacts")
def classes_of_artifacts() -> dict:
    made = every_class()
    return take_every_class(**{name: made.outputs[name] for name in TAKEN}).output


@step()
def by_path(source: InputPath("Dataset"), number: OutputPath(int), copy: OutputPath("Dataset"), raw: OutputPath()):
    with open(source) as file:
        text = file.read()
    with open(number, "w") as file:
        file.write(str(len(text)))
    for path in (copy, raw):
        with open(path, "w") as file:
            file.write(text)


@step()
def of_any(raw: InputPath(), length: int) -> int:
    with open(raw) as file:
        return len(file.read()) - length


@dsl.pipeline(name="artifacts-by-path")
def artifacts_by_path(text: str = "abc") -> int:
    made = write_dataset(text=text)
    copied = by_path(source=made.outputs["data"])
    read_dataset(data=copied.outputs["copy"])
    return of_any(raw=copied.outputs["raw"], length=copied.outputs["number"]).output


@step()
def return_dataset(text: str) -> Dataset:
    data = Dataset(uri=dsl.get_uri("part"), metadata={"text": text})
    with open(data.path, "w") as file:
        file.write(text)
    return data


@step()
def return_both(text: str) -> NamedTuple("Both", [("data", Dataset), ("size", int)]):
    data = Dataset(uri=dsl.get_uri())
    with open(data.path, "w") as file:
        file.write(text)
    return NamedTuple("Both", [("data", Dataset), ("size", int)])(data, len(text))


@dsl.pipeline(name="returned-artifacts")
def returned_artifacts(text: str = "abc") -> NamedTuple("Outputs", [("data", Dataset), ("size", int)]):
    read_dataset(data=return_dataset(text=text).output)
    both = return_both(text=text)
    return NamedTuple("Outputs", [("data", Dataset), ("size", int)])(both.outputs["data"], both.outputs["size"])


@step()
def maybe_given(data: Optional[Input[Dataset]] = None, model: Optional[Input[Model]] = None) -> bool:
    return data is None and model is None


@dsl.pipeline(name="optional-artifacts")
def optional_artifacts(text: str = "abc"):
    maybe_given()
    maybe_given(data=write_dataset(text=text).outputs["data"])


@step()
def count_all(many: Input[List[Dataset]]) -> int:
    return len(many)


@dsl.pipeline(name="inner-with-artifacts")
def inner_with_artifacts(
    data: Input[Dataset], many: Input[List[Dataset]], model: Optional[Input[Model]] = None
) -> Dataset:
    count_all(many=many)
    maybe_given(data=data, model=model)
    return write_dataset(text=read_dataset(data=data).output).outputs["data"]


@step()
def read_all(many: List[Dataset]) -> List[str]:
    return [open(each.path).read() for each in many]


@dsl.pipeline(name="artifact-inputs-of-a-pipeline")
def artifact_inputs_of_a_pipeline(data: Input[Dataset], many: Input[List[Dataset]]) -> Dataset:
    return inner_with_artifacts(data=data, many=many).output


@dsl.pipeline(name="lists-of-artifacts")
def lists_of_artifacts(texts: List[str] = ["a", "b"]) -> List[Dataset]:
    with dsl.ParallelFor(texts) as text:
        made = write_dataset(text=text)
    read_all(many=dsl.Collected(made.outputs["data"]))
    return dsl.Collected(made.outputs["data"])


@step()
def make_report(report: Output[Report]):
    report.metadata["pages"] = 3


@step()
def print_report(report: Input[Report]) -> int:
    return report.metadata["pages"]


@dsl.pipeline(name="artifact-class-of-our-own")
def artifact_class_of_our_own() -> int:
    return print_report(report=make_report().outputs["report"]).output


@dsl.container_component
def train(data: Input[VertexDataset], model: Output[VertexModel], note: dsl.OutputPath(str)):
    return dsl.ContainerSpec(
        image="example.com/train:1", command=["train"], args=[data.uri, data.metadata["resourceName"], model.uri, note]
    )


@step()
def take_any(model: Input[Artifact]) -> str:
    return model.uri


@dsl.pipeline(name="types-of-google")
def types_of_google(project: str = "p"):
    data = dsl.importer(
        artifact_uri="https://example.com/v1/projects/p/datasets/1",
        artifact_class=VertexDataset,
        metadata={"resourceName": "projects/p/datasets/1"},
    )
    trained = train(data=data.output)
    say(text=trained.outputs["note"])
    take_any(model=trained.outputs["model"])


PIPELINES = [
    classes_of_artifacts,
    artifacts_by_path,
    returned_artifacts,
    optional_artifacts,
    artifact_inputs_of_a_pipeline,
    lists_of_artifacts,
    artifact_class_of_our_own,
    types_of_google,
]
