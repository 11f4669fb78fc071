"""Artifacts of a task: what user code gets, and what becomes of it."""

import os

from kfp_runtime import references
from kfp_runtime.contract import ContractError
from kfp_runtime.references import Reference

_METRICS_FILE_LIMIT = 1 << 20


class Artifacts:
    """The input and output artifacts of one run."""

    def __init__(self, contract, log):
        self.contract = contract
        self.log = log
        self.outputs = {}
        """Output artifacts, by name."""
        from kfp.dsl import artifacts

        self.dsl = artifacts
        keys = [contract.key(name) for name, port in contract.outputs.items() if "artifact" in port]
        if keys:
            artifacts.places.root = contract.uri_prefix + keys[0] + "/"
            artifacts.places.folder = os.path.join(contract.work_folder, "artifacts")

    def input(self, name, port, text):
        """The artifact, list of artifacts or path that the function gets for an input."""
        path = os.path.join(self.contract.inputs_folder, name)
        try:
            if not port.get("list"):
                return self._input(name, port, references.read(text), path)
            folder = self.contract.folder(name)
            return [
                self._input(name, port, reference, os.path.join(path, *_place_of(name, reference, folder, index)))
                for index, reference in references.read_list(text)
            ]
        except ValueError as error:
            raise ContractError('the input "%s" is not an artifact\'s reference: %s' % (name, error)) from None

    def _input(self, name, port, reference, path):
        if name in self.contract.paths:
            return path
        uri = reference.uri or self.contract.uri_prefix + reference.key
        self.dsl.places.paths[uri] = path
        known = reference.type not in ("", "system.Artifact")
        return self._make(name, reference.type if known else port["artifact"], uri, reference.metadata)

    def output(self, name, port):
        """The artifact or path that the function gets for an output."""
        path = self.contract.work_path("artifacts", name)
        uri = self.contract.uri_prefix + self.contract.key(name)
        self.dsl.places.paths[uri] = path
        self.outputs[name] = self._make(name, port["artifact"], uri, {})
        return path if name in self.contract.paths else self.outputs[name]

    def _make(self, name, type, uri, metadata):
        names = {title: each for each, title in self.contract.classes.items()}
        return self.dsl.artifact_class(type, names.get(type))(name=name, uri=uri, metadata=metadata)

    def returned(self, name, port, value):
        """Takes what the function returned for an output artifact: an artifact, or data that is written as text."""
        self.output(name, port)
        if isinstance(value, self.dsl.Artifact):
            self.outputs[name] = value
        elif value is not None:
            with open(self.contract.work_path("artifacts", name), "w", encoding="utf-8", newline="") as file:
                file.write(str(value))

    def finish(self, name):
        """Puts the data of an output where the engine takes it from. Returns the text of its reference."""
        artifact = self.outputs[name]
        target = self.contract.work_path("artifacts", name)
        reference = Reference(self.contract.key(name), self.contract.outputs[name]["artifact"], artifact.metadata or {})
        prefix, uri = self.contract.uri_prefix, artifact.uri
        stored = bool(prefix) and uri.startswith(prefix)
        if stored and uri not in self.dsl.places.paths and not self.dsl.places.owns(uri):
            reference.key = uri[len(prefix) :]  # another task's: it stays where it is
            if "{{" in reference.key:
                raise ContractError('the URI of the output "%s" holds "{{", which Argo would expand' % name)
        else:
            reference.uri = uri if "://" in uri and not stored else None
            _place(artifact.path or target, os.path.abspath(target))
            self._check(name, reference, target)
        try:
            text = references.write(reference)
        except ValueError as error:
            raise ContractError('the metadata of the output "%s" cannot be written: %s' % (name, error)) from None
        if not os.path.lexists(target):
            # The engine fails a task that lacks a declared artifact. Metrics alone are what a person finds in its file.
            with open(target, "w", encoding="utf-8", newline="") as file:
                file.write(references.metadata_json(reference) if reference.metadata else "")
        return text

    def _check(self, name, reference, target):
        if reference.type == "system.Metrics" and os.path.isfile(target):
            reference.metadata = dict(self._metrics_in(name, target), **reference.metadata)
        if not os.path.lexists(target) and not reference.metadata and reference.uri is None:
            self.log.warning('nothing was written to the output "%s": it is an empty file' % name, output=name)

    def _metrics_in(self, name, path):
        """The scalars of a JSON object in a metrics file."""
        import json

        try:
            if os.path.getsize(path) > _METRICS_FILE_LIMIT:
                raise ValueError("larger than %d bytes" % _METRICS_FILE_LIMIT)
            with open(path, encoding="utf-8") as file:
                value = json.load(file)
            if not isinstance(value, dict):
                raise ValueError("not a JSON object")
        except (OSError, ValueError, RecursionError) as error:
            self.log.info('the file of the output "%s" holds no metrics: %s' % (name, error), output=name)
            return {}
        return {key: item for key, item in value.items() if isinstance(item, (str, int, float))}


def _place_of(name, reference, folder, index):
    """Where an element of a list is below the list's own place, as the names of a path.

    An engine that downloads one folder for the whole list keeps the elements' names in it.
    """
    if folder is None:
        return index.split("/")
    key = reference.key.rstrip("/")
    if not key.startswith(folder + "/"):
        message = 'the input "%s": the artifact %s is not in the folder that was downloaded, %s'
        raise ContractError(message % (name, reference.key or reference.uri, folder))
    names = key[len(folder) + 1 :].split("/")
    if any(each in ("", ".", "..") for each in names):
        raise ContractError('the input "%s": the key %s is not a plain path' % (name, reference.key))
    return names


def _place(source, target):
    """Puts the data of one path at another; nothing where there is none. The source stays: it may be an input."""
    source = os.path.abspath(source)
    if source == target or not os.path.exists(source):
        return
    if target.startswith(os.path.join(source, "")):
        raise ContractError("set_path: %s holds the output's own path" % source)
    import shutil

    # Made beside the target first: the source may be inside of it.
    made = target + ".new"
    if os.path.isdir(source):
        shutil.copytree(source, made, copy_function=_link)
    else:
        _link(source, made)
    if os.path.isdir(target):
        shutil.rmtree(target)
    os.replace(made, target)


def _link(source, target):
    """Gives a file a second name where the file system can, else copies it."""
    try:
        os.link(os.path.realpath(source), target)
    except OSError:
        import shutil

        shutil.copyfile(source, target)
