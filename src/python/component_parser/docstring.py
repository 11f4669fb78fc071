"""Descriptions from docstrings in Google's, numpy's and Sphinx's styles."""

from __future__ import annotations

import re

from .names import ARTIFACTS

PARAMETER_SECTIONS = {"args", "arguments", "parameters", "params", "other parameters", "keyword args"}
RETURN_SECTIONS = {"returns", "return", "outputs"}
OTHER_SECTIONS = {
    "attributes",
    "example",
    "examples",
    "note",
    "notes",
    "raises",
    "references",
    "see also",
    "todo",
    "warning",
    "warnings",
    "warns",
    "yields",
}
SECTIONS = PARAMETER_SECTIONS | RETURN_SECTIONS | OTHER_SECTIONS
ENTRY = re.compile(r"^\*{0,2}(?P<name>\w+)\s*(?:\([^)]*\))?\s*:(?:\s+(?P<text>\S.*))?$")
NUMPY_ENTRY = re.compile(r"^\*{0,2}(?P<names>\w+(?:\s*,\s*\w+)*)\s*(?::.*)?$")
TYPES = "|".join((*ARTIFACTS, "str", "int", "float", "bool", "list", "dict", "List", "Dict", "NamedTuple"))
RETURN_TYPE = re.compile(r"^(?:%s)(?:\[[^\]]*\])?:\s+" % TYPES)
SPHINX_FIELD = re.compile(r"^:(?P<field>\w+)(?P<argument>[^:]*):\s*(?P<text>.*)$")


class Docstring:
    """What a docstring says."""

    def __init__(self) -> None:
        self.description = ""
        self.parameters: dict = {}
        self.returns: dict = {}
        """Descriptions of named outputs."""
        self.returned = ""
        """The text about the return value as a whole."""


def read_docstring(text: str) -> Docstring:
    """Reads a cleaned docstring (`ast.get_docstring`)."""
    result = Docstring()
    lead, sections = split(text.split("\n"))
    fields, lead = sphinx_fields(lead)
    result.description = "\n".join(lead).strip()
    for title, lines, numpy in sections:
        # a Sphinx field after a section belongs to no section
        more, lines = sphinx_fields(lines)
        fields += more
        entries = numpy_entries(lines) if numpy else google_entries(lines)
        if title in PARAMETER_SECTIONS:
            result.parameters.update(entries)
        elif title in RETURN_SECTIONS:
            result.returns.update(entries)
            result.returned = numpy_returned(lines) if numpy else google_returned(lines)
    for field, argument, body in fields:
        if field in ("param", "parameter", "arg", "argument", "key", "keyword") and argument:
            result.parameters[argument.split()[-1]] = body
        elif field in ("return", "returns"):
            result.returned = body
    return result


def split(lines: list) -> tuple:
    """Text before the first section, and the sections as (title, lines, whether it is numpy's style)."""
    lead: list = []
    sections: list = []
    current = lead
    index = 0
    while index < len(lines):
        line = lines[index]
        underlined = index + 1 < len(lines) and re.match(r"^-{3,}\s*$", lines[index + 1])
        google = re.match(r"^(?P<title>[A-Za-z ]+):(?P<rest>\s+\S.*)?\s*$", line)
        if underlined and line.strip().lower() in SECTIONS:
            current = []
            sections.append((line.strip().lower(), current, True))
            index += 1
        elif google and google["title"].lower() in (RETURN_SECTIONS if google["rest"] else SECTIONS):
            current = [google["rest"].strip()] if google["rest"] else []
            sections.append((google["title"].lower(), current, False))
        else:
            current.append(line)
        index += 1
    return lead, sections


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip())


def joined(lines: list) -> str:
    return " ".join(line.strip() for line in lines if line.strip())


def google_entries(lines: list) -> dict:
    """`name (type): text` entries; deeper lines continue the text."""
    entries: dict = {}
    indents = [indent_of(line) for line in lines if line.strip()]
    current = None
    for line in lines:
        if not line.strip():
            continue
        match = ENTRY.match(line.strip()) if indent_of(line) == min(indents) else None
        if match:
            current = match["name"]
            entries[current] = [match["text"] or ""]
        elif indent_of(line) == min(indents):
            current = None
        elif current:
            entries[current].append(line)
    return {name: joined(text) for name, text in entries.items()}


def google_returned(lines: list) -> str:
    """The text of a Returns section, without the type that may stand before it."""
    return RETURN_TYPE.sub("", joined(lines))


def numpy_entries(lines: list) -> dict:
    """`name : type` lines with indented text below them."""
    entries: dict = {}
    current: list = []
    for line in lines:
        match = NUMPY_ENTRY.match(line) if line.strip() and indent_of(line) == 0 else None
        if match:
            current = [name.strip() for name in match["names"].split(",")]
            for name in current:
                entries[name] = []
        elif line.strip():
            for name in current:
                entries[name].append(line)
    return {name: joined(text) for name, text in entries.items() if joined(text)}


def numpy_returned(lines: list) -> str:
    """The indented text of a numpy Returns section."""
    return joined([line for line in lines if indent_of(line) > 0]) or joined(lines)


def sphinx_fields(lines: list) -> tuple:
    """`:param name: text` fields as (field, argument, text), and the lines that belong to none."""
    fields: list = []
    rest: list = []
    current = None
    for line in lines:
        match = SPHINX_FIELD.match(line.strip())
        if match:
            current = [match["field"], match["argument"].strip(), [match["text"]]]
            fields.append(current)
        elif current is not None and line.strip() and indent_of(line) > 0:
            current[2].append(line)
        else:
            current = None
            rest.append(line)
    return [(field, argument, joined(text)) for field, argument, text in fields], rest
