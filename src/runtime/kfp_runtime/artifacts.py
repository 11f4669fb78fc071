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
        if port.get("volume"):
            path = self._mounted(name, port, reference.key)
        uri = reference.uri or self.contract.uri_prefix + reference.key
        absent = port.get("byReference") or not (reference.key or os.path.lexists(path))
        if name in self.contract.paths:
            if absent:
                raise ContractError('the input "%s" was not fetched, and the function takes a path: it is at %s' % (name, uri))
            return path
        if absent:
            self.dsl.places.elsewhere.add(uri)
        else:
            self.dsl.places.paths[uri] = path
        known = reference.type not in ("", "system.Artifact")
        return self._make(name, reference.type if known else port["artifact"], uri, reference.metadata)

    def _mounted(self, name, port, key):
        """Where an artifact is on a volume that the task mounts."""
        if os.path.isabs(key) or any(each in ("", ".", "..") for each in key.rstrip("/").split("/")):
            raise ContractError('the artifact "%s": %s is not a plain path on its volume' % (name, key))
        return os.path.join(port["volume"], key)

    def _target(self, name):
        """Where the data of an output has to be when the task ends."""
        port = self.contract.outputs[name]
        if not port.get("volume"):
            return self.contract.work_path("artifacts", name)
        path = self._mounted(name, port, self.contract.key(name))
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        except OSError as error:
            raise ContractError('the output "%s" cannot be written to its volume: %s' % (name, error)) from None
        return path

    def output(self, name, port):
        """The artifact or path that the function gets for an output."""
        path = self._target(name)
        uri = self.contract.uri(name) or self.contract.uri_prefix + self.contract.key(name)
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
            with open(self._target(name), "w", encoding="utf-8", newline="") as file:
                file.write(str(value))

    def finish(self, name):
        """Puts the data of an output where the engine takes it from. Returns the text of its reference."""
        artifact = self.outputs[name]
        target = self._target(name)
        reference = Reference(self.contract.key(name), self.contract.outputs[name]["artifact"], artifact.metadata or {})
        prefix, uri = self.contract.uri_prefix, artifact.uri
        stored = bool(prefix) and uri.startswith(prefix)
        if stored and uri not in self.dsl.places.paths and not self.dsl.places.owns(uri):
            reference.key = uri[len(prefix) :]  # another task's: it stays where it is
            if "{{" in reference.key:
                raise ContractError('the URI of the output "%s" holds "{{", which Argo would expand' % name)
        else:
            own = self.contract.uri(name)
            reference.uri = own if stored else uri if "://" in uri else own
            if artifact.custom_path or uri not in self.dsl.places.elsewhere:
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
        if not os.path.lexists(target) and not reference.metadata and reference.uri in (None, self.contract.uri(name)):
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
