"""The outputs of a run: from what a function returned and wrote to texts."""

from kfp_runtime import codec, source
from kfp_runtime.contract import ContractError, parameters_of, shown

_ACCEPTED = {
    "STRING": (str,),
    "NUMBER_INTEGER": (int,),
    "NUMBER_DOUBLE": (float, int),
    "BOOLEAN": (bool,),
    "LIST": (list,),
    "STRUCT": (dict,),
}
"""What may be returned. A float may be given as an int and, as KFP has it, an int as a bool."""


class Outputs:
    """What a function gave."""

    def __init__(self, contract, log, artifacts, function):
        self.contract = contract
        self.log = log
        self.artifacts = artifacts
        self.function = function
        written = parameters_of(function)
        # A returned value may have the name of an input.
        self.returned = [name for name in contract.outputs if name not in written or name in contract.inputs]

    def arguments(self):
        """The arguments for outputs that the function writes itself."""
        return {
            name: self.artifacts.output(name, port) if "artifact" in port else self.contract.work_path("paths", name)
            for name, port in self.contract.outputs.items()
            if name not in self.returned
        }

    def write(self, value):
        """Writes the text of every output that has one. Nothing is written where one of them is wrong."""
        texts = self._texts(value)
        for name, text in texts.items():
            if text is not None:
                self.contract.write(self.contract.work_path("outputs", name), text)

    def _texts(self, value):
        if value is not None and not self.returned:
            self.log.warning("%s returned a value, but declares none: it is dropped" % self.contract.function)
        values = self._by_name(value) if self.returned else {}
        texts = {}
        for name, port in self.contract.outputs.items():
            if "artifact" in port:
                if name in self.returned:
                    self.artifacts.returned(name, port, values.get(name))
                texts[name] = self.artifacts.finish(name)
            elif name in self.returned:
                texts[name] = self._given(name, port, values.get(name))
            else:
                texts[name] = self._written(name, port["type"])
        return texts

    def _by_name(self, value):
        """The returned values by the names of their outputs."""
        fields = getattr(value, "_fields", None)
        if self.returned == ["Output"] and fields != ("Output",):
            return {"Output": value}
        if value is None:
            return {}
        if not isinstance(value, tuple):
            raise self._wrong("outputs " + ", ".join(self.returned), "a tuple", value)
        if fields is None:
            fields = self.returned if len(self.returned) == 1 else self._order()
        if len(value) != len(fields) or set(fields) != set(self.returned):
            expected = "%d values (%s)" % (len(self.returned), ", ".join(self.returned))
            raise self._wrong("return value", expected, value)
        return dict(zip(fields, value))

    def _order(self):
        """The order of the returned outputs, which their declaration, an object of JSON, may have lost."""
        fields = source.returned_fields(self.contract, self.function.__globals__)
        if fields is None:
            fields = [name for name in self.contract.component.get("order") or [] if name in self.returned]
        if not fields:
            message = "%s: returned a tuple, and nothing says which output is which: return a NamedTuple"
            raise ContractError(message % self.contract.function)
        return fields

    def _given(self, name, port, value):
        """The text of a returned parameter; None where there is none."""
        type = port["type"]
        if value is None:
            return codec.NULL if port.get("optional") else None
        if codec.is_scalar_like(value) and not isinstance(value, _ACCEPTED[type]):
            value = value.item()
        if not isinstance(value, _ACCEPTED[type]):
            raise self._wrong('output "%s"' % name, _ACCEPTED[type][0].__name__, value)
        return self._encode(name, type, value)

    def _written(self, name, type):
        """The text of a parameter that the function wrote to a path; None where it wrote none."""
        try:
            with open(self.contract.work_path("paths", name), encoding="utf-8", newline="") as file:
                text = file.read()
        except FileNotFoundError:
            self.log.warning('nothing was written to the output "%s": it has no value' % name, output=name)
            return None
        except (OSError, ValueError) as error:
            message = '%s: output "%s" cannot be read: %s'
            raise ContractError(message % (self.contract.function, name, error)) from None
        try:
            value = codec.parse(text, type)
        except ValueError:
            raise self._wrong('output "%s"' % name, _ACCEPTED[type][0].__name__, text) from None
        return self._encode(name, type, value)

    def _encode(self, name, type, value):
        try:
            if type in ("NUMBER_INTEGER", "NUMBER_DOUBLE"):
                value = _ACCEPTED[type][0](value)
            return codec.encode(value, type)
        except (ValueError, OverflowError) as error:
            message = '%s: output "%s" cannot be written: %s'
            raise ContractError(message % (self.contract.function, name, error)) from None

    def _wrong(self, what, expected, value):
        got = "%s %s" % (type(value).__name__, shown(value))
        return ContractError("%s: %s: expected %s, got %s" % (self.contract.function, what, expected, got))
