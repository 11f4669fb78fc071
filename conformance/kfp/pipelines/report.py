"""An artifact class of the pipelines' author."""

from kfp import dsl


class Report(dsl.Artifact):
    """A report of several pages."""

    schema_title = "system.Report"
    schema_version = "1.2.0"
