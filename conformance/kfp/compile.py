"""compile.py FOLDER [PIPELINES]: compiles every pipeline of pipelines/ with the kfp SDK, each into a file of its own.

A file has the pipeline's name. Prints what there is, as JSON: the documents' files; further forms of documents, by the file
that says the same; what the SDK compiles so that KFP cannot run it, and the import understands (MENDED of a module); and the
runs that RUNS and STATED ask for.
"""

import contextlib
import importlib
import io
import json
import os
import sys
import tarfile
import warnings
import zipfile

from kfp import compiler

HERE = os.path.dirname(os.path.abspath(__file__))

# The SDK writes JSON where there are no settings of Kubernetes, and the other forms of everything.
IN_JSON = ["types-of-parameters", "nested-loops"]
IN_ALL_FORMS = ["volumes"]


def modules(folder):
    """Every module of a folder that names pipelines in PIPELINES."""
    sys.path.insert(0, folder)
    names = sorted(name[:-3] for name in os.listdir(folder) if name.endswith(".py"))
    loaded = [importlib.import_module(name) for name in names]
    return [module for module in loaded if hasattr(module, "PIPELINES")]


class Compilation:
    """Compiles pipelines into a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.documents = []
        self.forms = {}
        self.mended = []
        self.runs = []

    def take(self, module):
        """Compiles all pipelines of a module."""
        for pipeline in module.PIPELINES:
            self.documents.append(self.compile(pipeline))
            if pipeline.name in IN_JSON:
                self.documents.append(self.compile(pipeline, "json"))
            if pipeline.name in IN_ALL_FORMS:
                self.add_forms(pipeline)
        self.mended += [self.compile(pipeline) for pipeline in getattr(module, "MENDED", [])]
        for pipeline, arguments in getattr(module, "RUNS", []):
            self.runs.append({"document": self.file(pipeline), "arguments": arguments})
        for pipeline, arguments, outputs in getattr(module, "STATED", []):
            self.runs.append({"document": self.file(pipeline), "arguments": arguments, "outputs": outputs})

    def compile(self, pipeline, ending="yaml"):
        """Compiles a pipeline, and gives its file."""
        file = self.file(pipeline, ending)
        if os.path.exists(file):
            raise ValueError(f"two pipelines are named {pipeline.name}")
        compiler.Compiler().compile(pipeline, file)
        return file

    def file(self, pipeline, ending="yaml"):
        """The file of a pipeline."""
        return os.path.join(self.folder, f"{pipeline.name}.{ending}")

    def add_forms(self, pipeline):
        """A document in archives, and as resources of KFP's Kubernetes-native mode."""
        from kfp.compiler.compiler_utils import KubernetesManifestOptions

        file = self.file(pipeline)
        packed, compressed, resources = (self.file(pipeline, each) for each in ("zip", "tar.gz", "resources.yaml"))
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(file, "pipeline.yaml")
        with tarfile.open(compressed, "w:gz") as archive:
            archive.add(file, "pipeline.yaml")
        options = KubernetesManifestOptions(pipeline_version_name="v1", namespace="ml", include_pipeline_manifest=True)
        compiler.Compiler().compile(
            pipeline, resources, kubernetes_manifest_format=True, kubernetes_manifest_options=options
        )
        self.forms.update({packed: file, compressed: file, resources: file})


def main(folder, pipelines="pipelines"):
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    os.makedirs(folder, exist_ok=True)
    for left in os.listdir(folder):
        os.remove(os.path.join(folder, left))
    compilation = Compilation(folder)
    with contextlib.redirect_stdout(io.StringIO()):
        for module in modules(os.path.join(HERE, pipelines)):
            compilation.take(module)
    keys = ["documents", "forms", "mended", "runs"]
    print(json.dumps({key: getattr(compilation, key) for key in keys}))


if __name__ == "__main__":
    main(*sys.argv[1:])
