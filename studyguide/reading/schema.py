"""Make a JSON Schema of guide.toml, by which editors complete and check it: ``Key``s → schema.

It refuses what ``reading.config`` refuses, apart from mistakes that show only in two keys together, in the chapters, or in the host or
the path of an address.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from studyguide.limits import LIMITS
from studyguide.locale import LANGUAGES
from studyguide.model import Edition
from studyguide.reading.config import EDITIONS, FILE_NAME_KEYS, MAX_NUMBER
from studyguide.reading.keys import EXAM, Key

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Patterns for Python, JavaScript and Rust, which agree on ASCII only: what is beyond ASCII passes.
_PART_NAME = r"^[^\x00-@\[-^`{-\x7f][^\x00-,./;-@\[-^`{-\x7f]{0,499}$"
_EDITION_NAME = r"^(?!\.)[^\x00-\x1f!-,/:-@\[-^`{-\x7f]{1,100}$"
_FILE_NAME = r"^(?!\.)[^\x00-\x1f!-,/:-@\[-^`{-\x7f]{0,100}$"
_LANGUAGE_TAG = (
    r"^[A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
    r"(-[0-9A-WYZa-wyz](-[A-Za-z0-9]{2,8})+)*(-[Xx](-[A-Za-z0-9]{1,8})+)?$"
)
_COLOUR = "^(#[0-9A-Fa-f]{6})?$"
_ADDRESS = r"^\s*(https?://[^\s<>\"'\\?#@]+)?\s*$"
_ANY_TEXT = r"\S"
_FIRST_DATE = r"^[1-9][0-9]{3}-"  # as ``dates.FIRST_YEAR``
_TYPES = {str: "string", int: "integer", bool: "boolean", list: "array", float: "number", datetime.date: "string"}


def make_schema(keys: Sequence[Key], outputs: Iterable[str]) -> dict[str, Any]:
    """Return the schema, in draft 2020-12, of a guide.toml with these keys; ``outputs`` has the names of all forms of books."""
    heads = {key.name: key.description for key in keys if key.brackets}
    edition = _describe_table(keys, "editions.NAME")
    edition["properties"]["look"] = {"$ref": "#/$defs/look"}
    edition["allOf"] = [_limit_output(keys, output, is_default=False) for output in outputs]
    ignores = {"type": "array", "maxItems": LIMITS["ignores"].maximum, "items": {"$ref": "#/$defs/ignore"}}
    return {
        "$schema": _DIALECT,
        "title": "guide.toml",
        "description": "The settings of a study guide. Every key is optional.",
        **_describe_table(keys, ""),
        "properties": {
            **_describe_table(keys, "")["properties"],
            "look": {"description": heads["look"], "$ref": "#/$defs/look"},
            "parts": {"description": heads["parts"], **_describe_group("parts", _PART_NAME, {"$ref": "#/$defs/part"})},
            "editions": {
                "description": heads["editions"],
                **_describe_group("editions", _EDITION_NAME, _describe_edition(keys, Edition(""))),
                "properties": {each.name: _describe_edition(keys, each) for each in EDITIONS},
            },
            "ignore": {"description": heads["ignore"], **ignores},
        },
        "$defs": {
            "look": _describe_table(keys, "look"),
            "part": _describe_table(keys, "parts.NAME"),
            "edition": edition,
            "ignore": {**_describe_table(keys, "ignore"), "required": ["rule", "reason"]},
        },
    }


def _describe_group(limit: str, names: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of tables that authors name."""
    return {
        "type": "object",
        "propertyNames": {"pattern": names},
        "maxProperties": LIMITS[limit].maximum,
        "additionalProperties": table,
    }


def _describe_table(keys: Sequence[Key], table: str) -> dict[str, Any]:
    """Return the schema of one table."""
    own = (key for key in keys if key.table == table and not key.brackets and not key.outer)
    return {
        "type": "object",
        "properties": {key.name: _describe_key(key) for key in own},
        "additionalProperties": False,
        "maxProperties": LIMITS["keys"].maximum,
    }


def _describe_edition(keys: Sequence[Key], edition: Edition) -> dict[str, Any]:
    """Return the schema of an edition that is like this one where it says nothing else."""
    # Taplo 0.9.3 ignores what stands beside `$ref`, as drafts before 2019-09 did.
    return {"allOf": [{"$ref": "#/$defs/edition"}, _limit_output(keys, edition.output, is_default=True)]}


def _limit_output(keys: Sequence[Key], output: str, is_default: bool) -> dict[str, Any]:
    """Return the condition that an edition with this output, or without the key if that is its default, has no keys of others."""
    foreign = [key for key in keys if key.owners and EXAM not in key.owners and output not in key.owners]
    has_output: dict[str, Any] = {"required": ["output"]}
    condition = {"not": has_output} if is_default else {**has_output, "properties": {"output": {"const": output}}}
    return {"if": condition, "then": {"properties": {key.name: False for key in foreign}}}


def _describe_key(key: Key) -> dict[str, Any]:
    """Return the schema of the value of a key."""
    value = _describe_list(key) if key.value_type is list else _describe_value(key)
    if "if_true" in key.config_field.metadata:
        value = {"anyOf": [{"type": "boolean"}, value]}
    stated = {} if key.default is None else {"default": key.default}
    return {"description": key.description, **value, **stated}


def _describe_list(key: Key) -> dict[str, Any]:
    maximum = LIMITS["list"].maximum if key.maximum is None else key.maximum
    if key.inner:
        properties = {each.name: _describe_key(each) for each in key.inner}
        items: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        return {"type": "array", "minItems": 1, "maxItems": maximum, "items": items}
    return {"type": "array", "maxItems": maximum, "items": _describe_value(key)}


def _describe_value(key: Key) -> dict[str, Any]:
    """Return the schema of a value that is no list, or of the entries of one."""
    schema: dict[str, Any] = {"type": _TYPES[key.entry_type]}
    limit = key.config_field.metadata.get(
        "each", "" if key.value_type is list else key.config_field.metadata.get("limit", "")
    )
    if key.values:
        return {**schema, "enum": [*key.values]}
    if key.name == "language":
        return {"anyOf": [{"enum": [*LANGUAGES]}, {**schema, "pattern": _LANGUAGE_TAG, "maxLength": 100}]}
    if key.entry_type is datetime.date:
        return {**schema, "format": "date", "pattern": _FIRST_DATE}
    if "within" in key.config_field.metadata:
        low, high = key.config_field.metadata["within"]
        return {**schema, "minimum": low, "maximum": high}
    if key.config_field.metadata.get("colour"):
        return {**schema, "pattern": _COLOUR}
    if key.entry_type is int:
        return {**schema, "minimum": 0, "maximum": LIMITS[limit].maximum if limit else MAX_NUMBER}
    if key.entry_type is str:
        longest = LIMITS["setting" if limit == "setting" else "title"].maximum
        return {**schema, **dict(_find_pattern(key)), "maxLength": longest}
    return schema


def _find_pattern(key: Key) -> Iterator[tuple[str, str]]:
    """Yield the pattern of a text, if it has one, under its name in a schema."""
    if key.name in FILE_NAME_KEYS:
        yield "pattern", _FILE_NAME
    elif key.config_field.metadata.get("is_address"):
        yield "pattern", _ADDRESS
    elif key.value_type is list or key.name == "label" or (key.table == "ignore" and key.name != "where"):
        yield "pattern", _ANY_TEXT
