"""The validator of the servers: it refuses calls that do not match the OpenAPI file.

Its messages are those of express-openapi-validator in the recordings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from .answers import Call, RefusedError

_RESERVED = re.compile(r"[!$'()*+,;:@/\[\]]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Field:
    """What one parameter or one member of a body may be."""

    type: str = "string"
    enum: tuple[str, ...] = ()
    required: bool = False
    nullable: bool = False


NUMBER = Field("number")
STRING = Field()
BOOLEAN = Field("boolean")
SEASONS = Field("seasons")


@dataclass(frozen=True, slots=True)
class Problem:
    """A mismatch and its place."""

    path: str
    message: str
    code: str

    def as_json(self) -> dict[str, str]:
        """Show it as an entry of ``errors``."""
        return {
            "path": self.path,
            "message": self.message,
            "errorCode": f"{self.code}.openapi.validation",
        }


def read_query(raw: str, fields: Mapping[str, Field]) -> dict[str, str]:
    """Take a raw query string apart.

    Raises:
        RefusedError: an unknown, empty, missing, unencoded or ill-typed parameter.

    """
    given: dict[str, str] = {}
    for part in filter(None, raw.split("&")):
        name, _, value = part.partition("=")
        if name not in fields:
            _refuse_parameter(name, f"Unknown query parameter '{name}'")
        if not value:
            _refuse_parameter(name, f"Empty value found for query parameter '{name}'")
        if _RESERVED.search(value):
            _refuse_parameter(
                name,
                f"Parameter '{name}' must be url encoded. Its value may not contain reserved"
                " characters.",
            )
        given[name] = unquote(value)
    problems: list[Problem] = []
    for name, field in fields.items():
        problems += _check_text(f".query.{name}", given.get(name), field)
    _refuse(problems)
    return given


def check_path(values: Mapping[str, str], fields: Mapping[str, Field]) -> None:
    """Check the variable parts of a path.

    Raises:
        RefusedError: one of them does not fit.

    """
    problems: list[Problem] = []
    for name, field in fields.items():
        problems += _check_text(f".params.{name}", values.get(name), field)
    _refuse(problems)


def read_json(call: Call) -> object:
    """Decode the body of a call, if it says that it is JSON.

    Raises:
        RefusedError: it is not.

    """
    if media_type(call) != "application/json" or not call.body:
        return {}
    try:
        return json.loads(call.body)
    except ValueError:
        # The parser's message depends on the place of the error; this is the most common one.
        message = "Expected property name or '}' in JSON at position 1"
        raise RefusedError(400, message) from None


def media_type(call: Call) -> str | None:
    """The content type of a call, without its parameters."""
    value = call.headers.get("Content-Type")
    return value.split(";")[0].strip().lower() if value else None


def check_media_type(call: Call) -> None:
    """Require JSON.

    Raises:
        RefusedError: the body has another content type, or none.

    """
    if media_type(call) != "application/json":
        message = f"unsupported media type {media_type(call) or 'undefined'}"
        raise RefusedError(415, message, [{"path": call.path, "message": message}])


def check_body(body: object, fields: Mapping[str, Field]) -> None:
    """Check the members of a body; unknown ones pass, nothing is converted.

    Raises:
        RefusedError: something is missing or of another type.

    """
    if not isinstance(body, dict):
        _refuse([_type_problem(".body", "object")])
        return
    problems: list[Problem] = []
    for name, field in fields.items():
        path = f".body.{name}"
        if name not in body:
            problems += [_missing(path)] if field.required else []
        elif not (field.nullable and body[name] is None):
            problems += _check_value(path, body[name], field)
    _refuse(problems)


def _check_text(path: str, value: str | None, field: Field) -> list[Problem]:
    if value is None:
        return [_missing(path)] if field.required else []
    if field.type == "number" and not _NUMBER.fullmatch(value):
        return [_type_problem(path, "number")]
    return _check_enum(path, value, field)


def _check_value(path: str, value: object, field: Field) -> list[Problem]:
    if field.type == "seasons":
        return _check_seasons(path, value)
    fits = {
        "number": _is_number(value),
        "boolean": isinstance(value, bool),
        "string": isinstance(value, str),
    }[field.type]
    return ([] if fits else [_type_problem(path, field.type)]) + _check_enum(path, value, field)


def _check_seasons(path: str, value: object) -> list[Problem]:
    problems: list[Problem] = []
    if isinstance(value, list):
        for position, number in enumerate(value):
            problems += _check_season(f"{path}[{position}]", number)
    else:
        problems.append(_type_problem(path, "array"))
    if not problems or value == "all":
        return []
    if not isinstance(value, str):
        problems.append(_type_problem(path, "string"))
    problems += _check_enum(path, value, Field(enum=("all",)))
    return [*problems, Problem(path, "should match exactly one schema in oneOf", "oneOf")]


def _check_season(path: str, number: object) -> list[Problem]:
    if not isinstance(number, int | float) or isinstance(number, bool):
        return [_type_problem(path, "number")]
    return [Problem(path, "should be >= 0", "minimum")] if number < 0 else []


def _check_enum(path: str, value: object, field: Field) -> list[Problem]:
    if not field.enum or value in field.enum:
        return []
    allowed = ", ".join(field.enum)
    return [Problem(path, f"should be equal to one of the allowed values: {allowed}", "enum")]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _missing(path: str) -> Problem:
    name = path.rpartition(".")[2]
    return Problem(path, f"should have required property '{name}'", "required")


def _type_problem(path: str, wanted: str) -> Problem:
    return Problem(path, f"should be {wanted}", "type")


def _refuse(problems: list[Problem]) -> None:
    if problems:
        sentences = (f"request{_subject(problem)} {problem.message}" for problem in problems)
        errors = [problem.as_json() for problem in problems]
        raise RefusedError(400, ", ".join(sentences), errors)


def _subject(problem: Problem) -> str:
    return problem.path.rpartition(".")[0] if problem.code == "required" else problem.path


def _refuse_parameter(name: str, message: str) -> None:
    raise RefusedError(400, message, [{"path": f".query.{name}", "message": message}])
