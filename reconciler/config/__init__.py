"""YAML text → Config: models, loading with line numbers, ``${ENV}``, ``*_file``, JSON Schema."""

from reconciler.config.effective import effective_settings
from reconciler.config.file import list_names, salvage_values
from reconciler.config.lists import ListConfig
from reconciler.config.loading import load, with_generation
from reconciler.config.models import (
    BrowserConfig,
    Config,
    ControllerConfig,
    ServerConfig,
)
from reconciler.config.providers import ImdbConfig, ProvidersConfig, TraktConfig
from reconciler.config.restrictions import UNRESTRICTED, Restrictions, parse_restrictions
from reconciler.config.rights import file_rights, restored_exclusions, restored_list
from reconciler.config.schema import json_schema
from reconciler.config.settings import Origin, Setting
from reconciler.config.syntax import decode

__all__ = [
    "UNRESTRICTED",
    "BrowserConfig",
    "Config",
    "ControllerConfig",
    "ImdbConfig",
    "ListConfig",
    "Origin",
    "ProvidersConfig",
    "Restrictions",
    "ServerConfig",
    "Setting",
    "TraktConfig",
    "decode",
    "effective_settings",
    "file_rights",
    "json_schema",
    "list_names",
    "load",
    "parse_restrictions",
    "restored_exclusions",
    "restored_list",
    "salvage_values",
    "with_generation",
]
