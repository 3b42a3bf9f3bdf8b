"""A JSON Schema of the file for editors, made of the models that read it."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from reconciler.config import models, providers
from reconciler.config.keys import Model
from reconciler.config.secrets import SUFFIX, secret_keys

_ID = "https://raw.githubusercontent.com/OWNER/listsync/main/schema/listsync.schema.json"


class _Untitled(GenerateJsonSchema):
    """Pydantic's titles repeat the keys; an editor shows them in place of the description."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's hook
        return False


def json_schema() -> dict[str, Any]:
    """The file as people write it, in JSON Schema 2020-12, every key with a description."""
    schema = models.File.model_json_schema(schema_generator=_Untitled)
    for name, section in {**schema["$defs"], models.File.__name__: schema}.items():
        section.pop("title", None)
        _finish(section)
        _allow_files(section, getattr(models, name, getattr(providers, name, Model)))
    schema["required"].remove("lists")
    schema["anyOf"] = [{"required": ["lists"]}, {"required": ["include"]}]  # or both
    head = {"$schema": _Untitled.schema_dialect, "$id": _ID, "title": "listsync.yaml"}
    return {**head, **schema}


def _finish(section: dict[str, Any]) -> None:
    """Other names than a pattern's are wrong; an optional key may be null, as if left out."""
    for key, schema in section["properties"].items():
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        if key in section.get("required", ()):
            continue
        notes = {word: schema.pop(word) for word in ("description", "default") if word in schema}
        forms = schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
        section["properties"][key] = {**notes, "anyOf": [*forms, {"type": "null"}]}


def _allow_files(section: dict[str, Any], model: type[Model]) -> None:
    """A secret is set directly or by a file; an optional one may be left out."""
    for secret in secret_keys(model):
        in_file = secret + SUFFIX
        description = f"A file to read {secret} from, relative to the config file."
        section["properties"][in_file] = {"type": "string", "description": description}
        if secret not in section.get("required", ()):
            section.setdefault("allOf", []).append({"not": {"required": [secret, in_file]}})
            continue
        section["required"] = [key for key in section["required"] if key != secret]
        section.setdefault("oneOf", []).extend({"required": [key]} for key in (secret, in_file))
