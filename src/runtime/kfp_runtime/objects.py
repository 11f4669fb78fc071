"""Where a program finds artifacts that it knows by their URIs alone, as under KFP's launcher."""

import os


class Objects:
    """The artifacts of one run, as a program is told of them.

    A program takes a URI apart to find the data: `s3://bucket/key` is at `/s3/bucket/key`. Where the pod has such a folder, the
    data is put there; else the program is told a path instead of the URI, which it takes for one.
    """

    def __init__(self, contract, artifacts):
        self.contract = contract
        self.artifacts = artifacts
        self.mounts = contract.component.get("mounts") or {}
        """The folder that holds the objects of all buckets, by the scheme of their URIs."""
        self.buckets = {}
        self.uris = {}
        """URIs by what the program was told instead."""
        self.root_folder = contract.work_path("program", "root", "").rstrip("/")
        if artifacts:
            places = artifacts.dsl.places
            # Never the place of an output, which may be a file.
            root = self._mounted(places.root.rstrip("/") + ".root") if places.root else None
            if root:
                self.root_folder = root
                os.makedirs(root, exist_ok=True)
            places.root = (places.root.rstrip("/") + ".root" if root else self.root_folder) + "/"
            places.folder = self.root_folder

    def input(self, artifact):
        """What the program is told of an input."""
        places = self.artifacts.dsl.places
        told = artifact.uri
        if told not in places.elsewhere:
            path = os.path.abspath(places.path_of(told))
            mounted = self._mounted(told)
            if not mounted:
                told = path
            elif not os.path.lexists(mounted):
                os.symlink(path, mounted)
        return self._told(artifact, told)

    def output(self, name, port):
        """What the program is told of an output."""
        self.artifacts.output(name, port)
        artifact = self.artifacts.outputs[name]
        places = self.artifacts.dsl.places
        told = artifact.uri
        path = None if port.get("volume") else self._mounted(told)
        if path:
            places.paths[told] = path
        else:
            told = os.path.abspath(places.path_of(told))
        return self._told(artifact, told)

    def _told(self, artifact, told):
        self.uris[told] = artifact.uri
        type = {"schemaTitle": artifact.schema_title, "schemaVersion": artifact.schema_version}
        return {"name": artifact.name, "type": type, "uri": told, "metadata": artifact.metadata}

    def given(self, name, said):
        """Takes what the program says of an output."""
        artifact = self.artifacts.outputs[name]
        uri = said["uri"] or artifact.uri
        artifact.uri = self.uris.get(uri, uri)
        artifact.metadata = said["metadata"]
        artifact.custom_path = said["path"] or ""

    def path_of(self, told):
        """The path that a program makes of what it was told; None where there is nothing on disk."""
        scheme, found, rest = told.partition("://")
        if not found:
            return told
        if self.uris.get(told, told) in self.artifacts.dsl.places.elsewhere or scheme not in self.mounts:
            return None
        return self.mounts[scheme] + "/" + rest

    def _mounted(self, uri):
        """The path of a URI in the folder of its scheme, which can be written to; None where there is none."""
        scheme, _, rest = uri.partition("://")
        bucket, _, key = rest.partition("/")
        parts = [bucket] + key.rstrip("/").split("/")
        if scheme not in self.mounts or any(each in ("", ".", "..") for each in parts):
            return None
        if not self._has(scheme, bucket):
            return None
        path = self.mounts[scheme] + "/" + rest.rstrip("/")
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        except OSError:  # a file is in the way
            return None
        return path

    def _has(self, scheme, bucket):
        """Whether there is a folder for a bucket: in the work folder, so that what is in it can be moved without a copy."""
        link = os.path.join(self.mounts[scheme], bucket)
        if link not in self.buckets:
            folder = self.contract.work_path("program", "objects", scheme, bucket, "").rstrip("/")
            try:
                if os.path.islink(link):
                    os.remove(link)
                os.symlink(folder, link)
                self.buckets[link] = True
            except OSError:
                self.buckets[link] = False
        return self.buckets[link]

