"""Texts of parameters, as they stand in workflows and environment variables (docs/runtime-contract.md)."""

import json

PREFIX = "json:"
ABSENT = PREFIX
NULL = PREFIX + "null"
SAFE_INTEGER = 2**53

_ESCAPES = {ord(character): "\\u%04x" % ord(character) for character in "<>&\u2028\u2029"}
_quote = json.JSONEncoder(ensure_ascii=False).encode
_TRUE = ("true", "True", "TRUE", "t", "T", "1")
_FALSE = ("false", "False", "FALSE", "f", "F", "0")


def encode(value, type):
    """The text of a parameter's value. Raises ValueError where it has none."""
    if value is None:
        return NULL
    if type == "STRING":
        return value if _is_plain(value) else PREFIX + escape(canonical(value))
    text = _number(value) if isinstance(value, float) else canonical(value)
    if "{{" in text or "$" in text or (isinstance(value, (list, tuple, dict)) and _holds_unsafe_integer(value)):
        return PREFIX + escape(text)
    return text


def decode(text, type):
    """The value of a text that is not ABSENT. Raises ValueError where the text has no value of that type."""
    prefixed = text.startswith(PREFIX)
    if type == "STRING":
        value = json.loads(text[len(PREFIX) :]) if prefixed else text
        return value if value is None or isinstance(value, str) else canonical(value)
    text = text[len(PREFIX) :] if prefixed else text
    return None if text == "null" else parse(text, type)


def parse(text, type):
    """The value of a text that a person or a program wrote by hand, by its type. Raises ValueError."""
    if type == "STRING":
        return text
    text = text.strip()
    if type == "NUMBER_INTEGER":
        return _integer(text)
    if type == "NUMBER_DOUBLE":
        return _float(text)
    if type == "BOOLEAN":
        if text not in _TRUE + _FALSE:
            raise ValueError("neither true nor false")
        return text in _TRUE
    value = json.loads(text)
    if not isinstance(value, list if type == "LIST" else dict):
        raise ValueError("not a JSON %s" % ("list" if type == "LIST" else "object"))
    return value


def canonical(value):
    """JSON as Go's encoding/json prints it, with ECMAScript's numbers. Raises ValueError for what JSON cannot hold."""
    try:
        return _print(value)
    except RecursionError:
        raise ValueError("nested too deeply, or in itself") from None


def escape(text):
    """JSON in which neither Argo nor Kubernetes finds anything to expand."""
    return text.replace("{{", "{\\u007b").replace("$", "\\u0024")


def _is_plain(value):
    if "{{" in value or "$" in value or "\0" in value or value.startswith(("{", "[", PREFIX)):
        return False
    return _is_unicode(value)


def _print(value):
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("%s cannot stand in a list or a dict" % _number(value))
        return _number(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_print(item) for item in value]) + "]"
    if isinstance(value, dict):
        members = {_key(key): item for key, item in value.items()}
        return "{" + ",".join([_string(key) + ":" + _print(members[key]) for key in sorted(members)]) + "}"
    if is_scalar_like(value):
        return _print(value.item())
    raise ValueError("JSON cannot hold a %s" % type(value).__name__)


def is_scalar_like(value):
    """Whether a value wraps one Python number, as numpy's scalars do."""
    return getattr(value, "shape", None) == () and hasattr(value, "item")


def _key(key):
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, (bool, int, float)):
        return _number(key) if isinstance(key, float) else _print(key)
    raise ValueError("JSON cannot hold a %s as a key" % type(key).__name__)


def _string(value):
    text = _quote(value).translate(_ESCAPES)
    if _is_unicode(text):
        return text
    return "".join(["\\u%04x" % ord(c) if "\ud800" <= c <= "\udfff" else c for c in text])


def _is_unicode(value):
    """Whether a string can be written as UTF-8: whether it holds no lone surrogate."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(value):
    """A float as ECMAScript prints it. Both print the shortest digits; only their layout differs."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    mantissa, _, exponent = float.__repr__(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(digits) - len(fraction) + int(exponent or 0)
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + "e%+d" % (point - 1)
    return ("-" if value < 0 else "") + text


def _holds_unsafe_integer(value):
    """Whether a number inside is printed as an integer that a double may not hold: Argo would round it."""
    if isinstance(value, dict):
        return any(_holds_unsafe_integer(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_holds_unsafe_integer(item) for item in value)
    if isinstance(value, float):
        return SAFE_INTEGER < abs(value) < 1e21
    return isinstance(value, int) and abs(value) > SAFE_INTEGER


def _integer(text):
    try:
        return int(text) if "_" not in text else int("")
    except ValueError:
        value = _float(text)
    if value != value or value in (float("inf"), float("-inf")) or value != int(value):
        raise ValueError("not a whole number")
    return int(value)


def _float(text):
    try:
        return float(text if "_" not in text else "")
    except ValueError:
        raise ValueError("not a number") from None
