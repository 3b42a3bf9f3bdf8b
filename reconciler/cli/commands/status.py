"""``status``: how the lists are, from a listsync that runs, else from the ledger."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import cast

from reconciler import wiring
from reconciler.cli.commands.selection import list_named, named_among
from reconciler.cli.commands.setting import Setting, print_json
from reconciler.config import Config, ControllerConfig
from reconciler.config.file import glimpse_of
from reconciler.controller.endpoint import get_local
from reconciler.core import conditions
from reconciler.core.model import WHOLE, Status, StatusSnapshot
from reconciler.core.rights_change import waiting_changes
from reconciler.errors import ConfigError, LedgerError
from reconciler.ledger import open_last_used
from reconciler.render.status import StatusDocument, place, status_document, status_text
from reconciler.sync.clock import SystemClock
from reconciler.sync.run_log import OK


def status(setting: Setting, name: str | None) -> int:
    """Print how the lists are. A wrong file hides nothing of it, and is the exit code.

    Raises ConfigError where nothing else is known, LedgerError.
    """
    try:
        config = setting.config()
    except ConfigError as error:
        told = _without_the_file(setting, error)
        _print(setting, _narrowed(told, name), in_detail=name is not None)
        sys.stderr.write("\n".join(error.problems) + "\n")
        return error.exit_code
    if name:
        list_named(config, name)
    told = _from_running(setting, config.controller.listen) or _from_ledger(setting, config)
    _print(setting, _narrowed(told, name), in_detail=name is not None)
    return OK


def _from_running(setting: Setting, listen: str) -> StatusDocument | None:
    """What a listsync that follows this file says: also what it could not write down."""
    with suppress(ValueError):
        told = json.loads(get_local(listen, "/status") or b"null")
        if isinstance(told, dict) and told.get("config") == place(setting.config_path):
            return cast("StatusDocument", told)
    return None


def _from_ledger(setting: Setting, config: Config) -> StatusDocument:
    with wiring.open_ledger(config, setting.ledger_path(config)) as ledger:
        reports, found, schedules = (
            ledger.cache.reports(),
            ledger.statuses.conditions(),
            ledger.statuses.schedules(),
        )
        waiting = waiting_changes(ledger.statuses.rights().waiting, config.controller.grace)
    sources = {lst.name: str(lst.source) for lst in config.lists}
    standing = StatusSnapshot(tuple(sources), config.generation, found, schedules, waiting)
    return status_document(setting.config_path, sources, reports, standing)


def _without_the_file(setting: Setting, error: ConfigError) -> StatusDocument:
    """The lists that were followed last. Raises ``error`` where none are known."""
    written = glimpse_of(setting.config_path, setting.restrictions)
    listen = written.get("controller.listen", ControllerConfig().listen)
    if told := _from_running(setting, listen):
        return told
    path = wiring.ledger_path(written.get("ledger"), setting.config_path, setting.ledger)
    now = SystemClock().now()
    try:
        with open_last_used(path) as ledger:
            if ledger is None:
                raise error
            reports, found, schedules = (
                ledger.cache.reports(),
                ledger.statuses.conditions(),
                ledger.statuses.schedules(),
            )
            waiting = waiting_changes(ledger.statuses.rights().waiting, None)
    except LedgerError:
        raise error from None
    whole = found.get(WHOLE, {})
    known = whole.get(conditions.CONFIG_VALID)
    generation = known.observed_generation if known else ""
    wrong = conditions.config(Status.FALSE, "Invalid", error.brief)
    found = {**found, WHOLE: conditions.update(whole, [wrong], generation, now)}
    sources = {
        name: reports[name].source if name in reports else "" for name in found if name != WHOLE
    }
    standing = StatusSnapshot(tuple(sources), generation, found, schedules, waiting)
    return status_document(setting.config_path, sources, reports, standing)


def _narrowed(told: StatusDocument, name: str | None) -> StatusDocument:
    """Only the list of this name. Raises UsageError where there is none."""
    if name is None:
        return told
    named_among([lst["name"] for lst in told["lists"]], name)
    return {**told, "lists": [lst for lst in told["lists"] if lst["name"] == name]}


def _print(setting: Setting, told: StatusDocument, *, in_detail: bool) -> None:
    if setting.output == "json":
        print_json(told)
    else:
        sys.stdout.write(status_text(told, in_detail=in_detail))
