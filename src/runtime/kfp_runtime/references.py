"""References of artifacts: what an edge carries instead of the data."""

import json

from kfp_runtime import codec


class Reference:
    """Where an artifact is, what it is, and what is known of it."""

    def __init__(self, key, type, metadata, uri=None):
        self.key = key
        self.type = type
        self.metadata = metadata
        self.uri = uri


def read(text):
    """The reference in a text. Raises ValueError."""
    return _reference(json.loads(text))


def read_list(text):
    """(place in the list, such as `0` or `1/0`, reference) of each artifact in a text. Raises ValueError.

    What a loop did not produce keeps its place and is left out. Nested loops give nested lists, which are flattened.
    """
    value = _json(text)
    if not isinstance(value, list):
        raise ValueError("not a list of references")
    return list(_items(value, ""))


def _json(text):
    return json.loads(text[len(codec.PREFIX) :] if text.startswith(codec.PREFIX) else text)


def _items(values, outer):
    for index, value in enumerate(values):
        # Argo hands over objects where every iteration gave one, else texts.
        if isinstance(value, str):
            if value in (codec.ABSENT, codec.NULL, ""):
                continue
            value = _json(value)
        place = outer + str(index)
        if isinstance(value, list):
            yield from _items(value, place + "/")
        elif value is not None:
            yield place, _reference(value)


def _reference(value):
    if not isinstance(value, dict) or not (value.get("key") or value.get("uri")):
        raise ValueError("not an artifact's reference")
    if not isinstance(value.get("key") or "", str):
        raise ValueError("its key is not a text")
    metadata = value.get("metadata") or {}
    if isinstance(metadata, str):
        metadata = json.loads(metadata)
    return Reference(value.get("key") or "", value.get("type") or "", metadata, value.get("uri"))


def metadata_json(reference):
    """The metadata as canonical JSON. Raises ValueError where it cannot be JSON."""
    return codec.canonical(_finite(reference.metadata))


def write(reference):
    """The text of a reference. Raises ValueError where its metadata cannot be JSON.

    Metadata is JSON in a JSON string: Argo prints parsed JSON again, which would undo the escapes of user text that
    stands in it directly.
    """
    value = {
        "key": reference.key,
        "metadata": codec.escape(metadata_json(reference)),
        "type": reference.type,
    }
    if reference.uri is not None:
        value["uri"] = reference.uri
    return codec.escape(codec.canonical(value))


def _finite(value):
    """Metadata with the numbers that JSON lacks as the words NaN, Infinity and -Infinity: a loss may well be NaN."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if codec.is_scalar_like(value):
        value = value.item()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return codec.encode(value, "NUMBER_DOUBLE")
    return value
