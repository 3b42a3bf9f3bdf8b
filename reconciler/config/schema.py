"""A JSON Schema of the file for editors, made of the models that read it."""

from __future__ import annotations

from typing import Any, TypeAlias

from pydantic.json_schema import GenerateJsonSchema

from reconciler.config import models, providers
from reconciler.config.fields import Model
from reconciler.config.secret_files import SUFFIX, secret_keys

Schema: TypeAlias = dict[str, Any]  # JSON


class _Untitled(GenerateJsonSchema):
    """Pydantic's titles repeat the keys; an editor shows them in place of the description."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's hook
        return False


def json_schema() -> dict[str, Any]:
    """The file as people write it, in JSON Schema 2020-12, every key with a description."""
    schema = models.File.model_json_schema(schema_generator=_Untitled)
    sections: dict[str, Schema] = {**schema["$defs"], models.File.__name__: schema}
    for name, section in sections.items():
        section.pop("title", None)
        _finish(section)
        holder = getattr(models, name, getattr(providers, name, Model))
        _allow_files(section, secret_keys(holder))  # the others have none
    return {"$schema": _Untitled.schema_dialect, "title": "listsync.yaml", **schema}


def _finish(section: Schema) -> None:
    """Other names than a pattern's are wrong; an optional key may be null, as if left out."""
    for key, schema in section["properties"].items():
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        if key in section.get("required", ()):
            continue
        inherited = {
            word: schema.pop(word) for word in ("description", "default") if word in schema
        }
        forms = schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
        section["properties"][key] = {**inherited, "anyOf": [*forms, {"type": "null"}]}


def _allow_files(section: Schema, secrets: tuple[str, ...]) -> None:
    """A secret comes by itself or in a file; one that may be left out, in neither."""
    for secret in secrets:
        in_file = secret + SUFFIX
        description = f"A file that holds {secret}, instead of it; relative to this file."
        section["properties"][in_file] = {"type": "string", "description": description}
        if secret not in section.get("required", ()):
            section.setdefault("allOf", []).append({"not": {"required": [secret, in_file]}})
            continue
        section["required"] = [key for key in section["required"] if key != secret]
        section.setdefault("oneOf", []).extend({"required": [key]} for key in (secret, in_file))
