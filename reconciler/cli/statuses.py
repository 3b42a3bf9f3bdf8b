"""The status for ``status``: from a listsync that runs, or from the ledger."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import cast

from reconciler import wiring
from reconciler.cli.options import Settings
from reconciler.config import Config, ControllerConfig
from reconciler.config.file import salvage_config
from reconciler.controller.endpoint import get_local
from reconciler.core import conditions
from reconciler.core.model import WHOLE, Status, StatusSnapshot
from reconciler.core.rights_change import waiting_changes
from reconciler.errors import ConfigError, LedgerError
from reconciler.ledger import open_last_used
from reconciler.render.status import StatusDocument, place, status_document
from reconciler.sync.clock import SystemClock


def read_status(settings: Settings, config: Config) -> StatusDocument:
    """The status of the config's lists. Raises LedgerError."""
    if document := _ask_running(
        settings, config.controller.listen, config.controller.token.get_secret_value()
    ):
        return document
    with wiring.open_ledger(config, settings.ledger_path(config)) as ledger:
        statuses = ledger.statuses
        snapshot = StatusSnapshot(
            tuple(config.sources),
            config.generation,
            statuses.conditions(),
            statuses.schedules(),
            waiting_changes(statuses.rights().waiting, config.controller.grace),
        )
        reports = ledger.cache.reports()
        return status_document(settings.config_path, config.sources, reports, snapshot)


def read_last_status(settings: Settings, error: ConfigError) -> StatusDocument:
    """The status of the last valid config's lists. Raises ``error`` where none are known."""
    keys = salvage_config(settings.config_path, settings.restrictions)
    listen = keys.get("controller.listen", ControllerConfig().listen)
    if document := _ask_running(settings, listen):
        return document
    path = wiring.ledger_path(keys.get("ledger"), settings.config_path, settings.ledger)
    now = SystemClock().now()
    try:
        with open_last_used(path) as ledger:
            if ledger is None:
                raise error
            reports, by_list = ledger.cache.reports(), ledger.statuses.conditions()
            schedules = ledger.statuses.schedules()
            waiting = waiting_changes(ledger.statuses.rights().waiting, None)
    except LedgerError:
        raise error from None
    system = by_list.get(WHOLE, {})
    valid = system.get(conditions.CONFIG_VALID)
    generation = valid.observed_generation if valid else ""
    invalid = conditions.config(Status.FALSE, "Invalid", error.brief)
    by_list = {**by_list, WHOLE: conditions.update(system, [invalid], generation, now)}
    sources = {
        name: reports[name].source if name in reports else "" for name in by_list if name != WHOLE
    }
    snapshot = StatusSnapshot(tuple(sources), generation, by_list, schedules, waiting)
    return status_document(settings.config_path, sources, reports, snapshot)


def _ask_running(settings: Settings, listen: str, token: str = "") -> StatusDocument | None:
    """The status of a listsync that runs this config, with what it could not write yet."""
    with suppress(ValueError):
        document = json.loads(get_local(listen, "/status", token) or b"null")
        if isinstance(document, dict) and document.get("config") == place(settings.config_path):
            return cast("StatusDocument", document)
    return None
