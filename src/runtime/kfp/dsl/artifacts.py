"""Artifact classes."""

import os

_MOUNTS = (("gs://", "/gcs/"), ("minio://", "/minio/"), ("s3://", "/s3/"))
"""Where KFP has the objects of a bucket on disk."""


class Artifact:
    """A file or folder in the artifact store, and what is known about it."""

    schema_title = "system.Artifact"
    schema_version = "0.0.1"

    def __init__(self, name=None, uri=None, metadata=None):
        self.name = name or ""
        self.uri = uri or ""
        self.metadata = metadata or {}
        self.custom_path = ""

    @property
    def path(self):
        """The local file or folder: of an input, where it is; of an output, where to write it."""
        return self.custom_path or places.path_of(self.uri)

    @path.setter
    def path(self, path):
        self.uri = path
        for scheme, mount in _MOUNTS:
            if path.startswith(mount):
                self.uri = scheme + path[len(mount) :]

    def set_path(self, path):
        """Takes the data of this artifact from another path."""
        self.custom_path = path


class Dataset(Artifact):
    """A data set."""

    schema_title = "system.Dataset"


class Model(Artifact):
    """A model."""

    schema_title = "system.Model"

    @property
    def framework(self):
        """The framework that the model is of, part of its metadata."""
        return self.metadata.get("framework", "")

    @framework.setter
    def framework(self, framework):
        self.metadata["framework"] = framework


class Metrics(Artifact):
    """Scalar metrics."""

    schema_title = "system.Metrics"

    def log_metric(self, metric, value):
        """Sets a metric."""
        self.metadata[metric] = value


class HTML(Artifact):
    """An HTML report."""

    schema_title = "system.HTML"


class Markdown(Artifact):
    """A Markdown report."""

    schema_title = "system.Markdown"


_SYSTEM = (
    "Artifact",
    "ClassificationMetrics",
    "Dataset",
    "HTML",
    "Markdown",
    "Metrics",
    "Model",
    "SlicedClassificationMetrics",
)
_classes = {}


def artifact_class(schema_title, name=None):
    """The class of a schema title. One that is not KFP's own gets a class of its own, named `name`."""
    namespace, _, short = schema_title.rpartition(".")
    if namespace == "system" and short in _SYSTEM:
        from kfp import dsl

        return getattr(dsl, short)
    if schema_title not in _classes:
        _classes[schema_title] = type(name or short or "Artifact", (Artifact,), {"schema_title": schema_title})
    return _classes[schema_title]


class Places:
    """Where the artifacts of this task are on disk."""

    def __init__(self):
        self.paths = {}
        """Paths of the task's artifacts, by URI."""
        self.elsewhere = set()
        """URIs of the task's artifacts that were not fetched."""
        self.root = ""
        """What the URIs of this task's outputs begin with."""
        self.folder = ""
        """The folder of the task's outputs."""

    def path_of(self, uri):
        """The local path of a URI."""
        if uri in self.elsewhere:
            raise RuntimeError("%s is not on disk: the task gets it by reference, to be read by its uri" % uri)
        if uri in self.paths:
            return self.paths[uri]
        if self.owns(uri):
            return os.path.join(self.folder, uri[len(self.root) :])
        for scheme, mount in _MOUNTS:
            if uri.startswith(scheme):
                return mount + uri[len(scheme) :]
        return uri

    def owns(self, uri):
        """Whether a URI was made by get_uri in this task."""
        return bool(self.root) and uri.startswith(self.root) and ".." not in uri[len(self.root) :].split("/")


places = Places()


def get_uri(suffix="Output"):
    """The URI below which this task may make an artifact: `Dataset(uri=dsl.get_uri())`, then write to its `.path`."""
    if os.path.isabs(suffix) or ".." in suffix.split("/"):
        raise ValueError("get_uri: %r does not stay in the task's folder" % suffix)
    if not places.root:
        import warnings

        warnings.warn(
            "get_uri: this component has no output artifact, so there is no URI", RuntimeWarning, stacklevel=2
        )
        return ""
    os.makedirs(os.path.dirname(os.path.join(places.folder, suffix)), exist_ok=True)
    return places.root + suffix
