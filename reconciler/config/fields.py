"""What the sections of the file are made of: their base, and the forms an editor accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, WithJsonSchema, model_validator
from pydantic.fields import FieldInfo

from reconciler.config import addresses, values
from reconciler.config.tree import Scalar

VARIABLE = {"type": "string", "pattern": r"\$\{"}


def schema(*forms: dict[str, object]) -> WithJsonSchema:
    """What an editor accepts for a value: these forms, or a variable."""
    return WithJsonSchema({"anyOf": [*forms, VARIABLE]})


def count(low: int, high: int) -> WithJsonSchema:
    """What an editor accepts for a whole number."""
    number = {"type": "integer", "minimum": low, "maximum": high}
    return schema(number, {"type": "string", "pattern": "^[0-9]{1,9}$"})


TEXT: dict[str, object] = {"type": "string"}  # which a variable is, too
URL: dict[str, object] = {"type": "string", "pattern": "^https?://[^@?#]+$"}
DURATION: dict[str, object] = {"type": "string", "pattern": values.DURATION}
RATE: dict[str, object] = {"type": "string", "pattern": values.RATE}
LISTEN: dict[str, object] = {"type": "string", "pattern": addresses.LISTEN.replace("?P<port>", "")}
HOST_NAME: dict[str, object] = {"type": "string", "pattern": addresses.HOST_NAME}
ITEM: dict[str, object] = {"type": "string", "pattern": "^(imdb|tmdb|tvdb|trakt|title):"}
TARGET: dict[str, object] = {"type": "string", "pattern": "^tmdb:(movie|tv):[1-9][0-9]*$"}
WORD: dict[str, object] = {"enum": ["yes", "no", "on", "off", "true", "false"]}
NUMBERS: dict[str, object] = {
    "type": "array",
    "minItems": 1,
    "items": {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 999}, VARIABLE]},
}
NAMED = WithJsonSchema({"type": ["integer", "string"], "minimum": 0, "minLength": 1})
FEW, MANY = 32, 100_000

Count = Annotated[int | None, values.written(values.whole(1, MANY)), count(1, MANY)]
Named = Annotated[int | str, values.written(values.named), NAMED]


@dataclass(frozen=True)
class FromFile:
    """Marks a key that is written as the path of a file and stands for what the file holds.

    ``not_text``: what is said of a file that holds no text.
    """

    not_text: str


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
        known = cls.known_keys()
        return {
            key: value
            for key, value in data.items()
            if not (isinstance(value, Scalar) and value.null and key in known)
        }
