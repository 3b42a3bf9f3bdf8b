"""A key of the file, defined once: its type, its built-in value, its help.

Types parse the file's values, and define the JSON Schema that editors use.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from reconciler.config.problems import Place, suggest
from reconciler.config.tree import Scalar

VARIABLE = {"type": "string", "pattern": r"\$\{"}
TEXT = {"type": "string"}  # also matches a variable


@dataclass(frozen=True, eq=False)
class Form:
    """Marks a type: ``parse`` reads its values from the file, ``schema`` is what editors accept.

    ``parse`` raises ValueError with a sentence. Values made in Python are not parsed.
    """

    parse: Callable[[Scalar], object]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._validate, handler(source))

    def __get_pydantic_json_schema__(self, _schema: object, _handler: object) -> dict[str, Any]:
        return {**self.schema}

    def _validate(self, value: object) -> object:
        if isinstance(value, Scalar):
            return self.parse(value)
        if isinstance(value, dict | tuple):
            raise ValueError("must be a single value, not a list or a mapping")  # noqa: TRY004 - pydantic collects ValueErrors only
        return value


def or_variable(*schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a value of one of these schemas, or a variable."""
    return {"anyOf": [*schemas, VARIABLE]}


def pattern(expression: str) -> dict[str, Any]:
    """The JSON Schema of a text that matches a regular expression."""
    return {"type": "string", "pattern": expression}


class _OneOf:
    """The form of an enum's words, or of those of ``Literal[…] | None``: an empty text is None."""

    def __get_pydantic_core_schema__(
        self,
        source: Any,  # noqa: ANN401 - any type
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        is_enum = inspect.isclass(source)
        words = [str(word) for word in (source if is_enum else get_args(get_args(source)[0]))]

        def parse(value: Scalar) -> object:
            if not value.text and not is_enum:
                return None
            if value.text not in words:
                hint = suggest(value.source, words) or f"; use {' or '.join(words)}"
                raise ValueError(f"{value.quoted} is not a valid value{hint}")
            return source(value.text) if is_enum else value.text

        form = Form(parse, or_variable({"enum": words}))
        return handler.generate_schema(Annotated[source, form])


W = TypeVar("W")
Choice: TypeAlias = Annotated[W, _OneOf()]


@dataclass(frozen=True)
class FromFile:
    """Marks a key that is written as a file's path and means the file's content.

    ``not_text``: the error for a file that is not text.
    """

    not_text: str


def key(
    default: Any = ...,  # noqa: ANN401 - as the type
    *,
    help: str,  # noqa: A002 - what it is
    alias: str | None = None,
    schema: dict[str, Any] | None = None,
) -> Any:  # noqa: ANN401 - as pydantic's Field
    """A key of a section. ``alias``: its name in the file, where Python does not allow it.

    ``default``: without one the key is required; a text is parsed as if the file had it.
    ``schema``: what else its JSON Schema has.
    """
    is_text = isinstance(default, str)
    value: Any = Scalar("", Place(), Place(), default, default, plain=False) if is_text else default
    return Field(
        value,
        validate_default=is_text,
        validation_alias=alias,
        description=help,
        json_schema_extra={"default": default or None} if is_text else schema,
    )


class Model(BaseModel):
    """What all sections of the file have in common."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_by_alias=True,
        validate_by_name=True,
        hide_input_in_errors=True,
    )

    @classmethod
    def known_keys(cls) -> dict[str, FieldInfo]:
        """The section's keys as the file writes them."""
        return {str(info.validation_alias or name): info for name, info in cls.model_fields.items()}

    @model_validator(mode="before")
    @classmethod
    def _null_is_default(cls, data: object) -> object:
        """``key: null`` asks for the built-in default."""
        if not isinstance(data, dict):
            return data
        keys = cls.known_keys()
        return {
            key: value
            for key, value in data.items()
            if not (isinstance(value, Scalar) and value.null and key in keys)
        }
