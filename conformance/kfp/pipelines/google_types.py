"""Artifact classes with the titles that Google's pipeline components use."""

from kfp import dsl


class VertexDataset(dsl.Artifact):
    """A dataset that Vertex AI holds."""

    schema_title = "google.VertexDataset"
    schema_version = "0.0.1"


class VertexModel(dsl.Artifact):
    """A model that Vertex AI holds."""

    schema_title = "google.VertexModel"
    schema_version = "0.0.1"
