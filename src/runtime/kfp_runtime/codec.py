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
    escaped = escape(text)
    unsafe = isinstance(value, (list, tuple, dict)) and _holds_unsafe_integer(value)
    return PREFIX + escaped if unsafe or escaped != text else text


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
    """JSON in which Argo and Kubernetes find nothing to expand, and YAML no character that it cannot hold."""
    text = text.replace("{{", "{\\u007b").replace("$", "\\u0024")
    return text if text.isascii() and "\x7f" not in text else "".join([_escaped(c) for c in text])


def _escaped(character):
    code = ord(character)
    if code > 0xFFFF:
        code -= 0x10000
        return "\\u%04x\\u%04x" % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))
    return "\\u%04x" % code if _is_unsafe(code) else character


def _is_unsafe(code):
    """What YAML 1.1 refuses or takes for a line break, or Argo writes in Go's notation, which is not JSON's."""
    return 0x7F <= code <= 0x9F or code in (0x2028, 0x2029, 0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF or code > 0xFFFF


def _is_plain(value):
    # Argo cuts the line break off the end of what it reads from a file.
    if "{{" in value or "$" in value or value.startswith(("{", "[", PREFIX)) or value.endswith(("\n", "\r")):
        return False
    # Control characters but those that JSON and Go write alike: \b \t \n \f \r.
    return not any((c < " " and c not in "\b\t\n\f\r") or (c > "~" and _is_unsafe(ord(c))) for c in value)


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
    if not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return "".join(["\\u%04x" % ord(c) if "\ud800" <= c <= "\udfff" else c for c in text])


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
