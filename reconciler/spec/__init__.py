"""YAML text → Spec: models, loading with line numbers, ``${ENV}``, ``*_file``, JSON Schema."""

from reconciler.spec.glimpse import glimpse
from reconciler.spec.loading import load, with_generation
from reconciler.spec.models import (
    BrowserSpec,
    ControllerSpec,
    ListSpec,
    ServerSpec,
    Spec,
)
from reconciler.spec.names import list_names
from reconciler.spec.providers import ImdbSpec, ProvidersSpec, TraktSpec
from reconciler.spec.rights import file_rights, restored_exclusions, restored_list
from reconciler.spec.schema import json_schema
from reconciler.spec.syntax import decode

__all__ = [
    "BrowserSpec",
    "ControllerSpec",
    "ImdbSpec",
    "ListSpec",
    "ProvidersSpec",
    "ServerSpec",
    "Spec",
    "TraktSpec",
    "decode",
    "file_rights",
    "glimpse",
    "json_schema",
    "list_names",
    "load",
    "restored_exclusions",
    "restored_list",
    "with_generation",
]
