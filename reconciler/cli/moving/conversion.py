"""An installation of the original ListSync → a config file, its secrets, and a report of both."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from reconciler.cli import starter
from reconciler.cli.moving.original import Original, OriginalList
from reconciler.config.values import normalized_server_url
from reconciler.core.model import SITES, ListRef
from reconciler.errors import UsageError
from reconciler.render.words import clean, counted
from reconciler.sources.addresses import redact
from reconciler.sources.registry import objection, recognize_list

Note: TypeAlias = tuple[str, str]  # what of ListSync, and where it went or why it did not

# By ListSync's kind of list: the form of our source with its id.
FORMS = {
    "imdb": "imdb:{}",
    "trakt": "trakt:{}",
    "trakt_special": "trakt:{}",
    "letterboxd": "letterboxd:{}",
    "anilist": "anilist:{}",
    "mdblist": "mdblist:{}",
    "stevenlu": "stevenlu:movies",
    "tmdb": "https://www.themoviedb.org/list/{}",
    "tvdb": "https://thetvdb.com/lists/{}",
    "simkl": "simkl:{}",
}
_CHART = re.compile(r"(?P<chart>\w+):(?P<kind>movies?|shows?|tv)", re.IGNORECASE)
_WEBHOOK = re.compile(
    r"https://(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(\d+)/([\w-]+)/?"
)
_SITE_KEYS = {  # by site: the setting of ListSync, and ours
    "trakt": ("TRAKT_CLIENT_ID", "client_id"),
    "tmdb": ("TMDB_KEY", "api_key"),
    "tvdb": ("TVDB_KEY", "api_key"),
}
_OWN_SETTINGS = {"FRONTEND_DOMAIN", "BACKEND_DOMAIN", "NUXT_PUBLIC_API_URL", "ENCRYPTION_KEY"}
_SHORTEST_MINUTES = 5  # between two readings of a list
_LONGEST_MINUTES = 365 * 24 * 60
_OWNER = "1"  # the user who owns the API key
_SHOWN_TITLES = 10
_ADDED = ""  # the kind of a list that is not ListSync's


@dataclass(slots=True)
class Conversion:
    """A config file, what belongs to it, and what became of each part of ListSync."""

    server: str
    is_4k: bool
    text: str = ""
    secrets: dict[str, str] = field(default_factory=dict)  # by the name of their file
    variables: list[str] = field(default_factory=list)  # of secrets whose value is not known
    carried: list[Note] = field(default_factory=list)
    left: list[Note] = field(default_factory=list)


def convert(original: Original, server: str | None, lists: Sequence[str] = ()) -> Conversion:
    """The config file for an installation.

    ``server``: its address, if not ListSync's; ``lists``: more lists, as ``add`` takes them.
    Raises UsageError where no address is known, or no list can be read by listsync.
    """
    added = [OriginalList(_ADDED, text) for text, _ in starter.recognize_lists(lists)]
    original = replace(original, lists=(*original.lists, *added))
    try:
        url = normalized_server_url(server or original.settings.get("OVERSEERR_URL", ""))
    except ValueError as error:
        hint = "set it with --server URL; nothing was written"
        raise UsageError(f"the address of the server {error}", hint=hint) from error
    converter = _Converter(original, url)
    converter.convert()
    return converter.result


class _Converter:
    def __init__(self, original: Original, server: str) -> None:
        self._original = original
        self._settings = original.settings
        self.result = Conversion(server, self._settings.get("OVERSEERR_4K", "").lower() == "true")

    def convert(self) -> None:
        self._carry("server", self.result.server)
        key = self._secret(
            "API key", "OVERSEERR_API_KEY", "api_key", "SEERR_API_KEY", is_needed=True
        )
        defaults = self._defaults()
        needed: set[str] = set()  # sites whose keys lists need
        lists = self._lists(needed)
        providers = self._providers(needed)
        notify = self._notify()
        self._leave_the_rest()
        names = " and ".join(clean(file.name) for file in self._original.files)
        head = f"# Made by listsync from ListSync's {names}.\n"
        order = "# A title on several lists belongs to the first one.\n"
        sections = [
            ("", ["server:", f"  url: {starter.scalar(self.result.server)}", f"  {key}"]),
            ("", ["defaults:", *(f"  {line}" for line in defaults)]),
            ("", providers),
            ("", notify),
            (order, ["lists:", *lists]),
        ]
        for comment, lines in sections:
            if lines:
                head += f"\n{comment}" + "".join(f"{line}\n" for line in lines)
        if self.result.left:
            head += "\n# Not carried over:\n"
            head += "".join(
                f"#   {clean(subject)}: {clean(reason)}\n" for subject, reason in self.result.left
            )
        self.result.text = head

    def _carry(self, subject: str, result: str) -> None:
        self.result.carried.append((subject, result))

    def _leave(self, subject: str, reason: str) -> None:
        self.result.left.append((subject, reason))

    def _secret(
        self, subject: str, setting: str, key: str, variable: str, *, is_needed: bool
    ) -> str:
        """The line of a secret; empty if it is not needed and its value is unknown."""
        if value := self._settings.get(setting):
            name = variable.lower().replace("_", "-")
            self.result.secrets[name] = value
            self._carry(subject, f"in the file {name}")
            return f"{key}_file: {name}  # beside this file; only you can read it"
        is_encrypted = setting in self._original.encrypted
        if not is_needed:
            if is_encrypted:
                self._leave(subject, f"{setting} is encrypted, and no list needs it")
            return ""
        reason = "is encrypted" if is_encrypted else "is missing"
        self._leave(subject, f"{setting} {reason}; set the variable {variable} instead")
        self.result.variables.append(variable)
        return f"{key}: ${{{variable}}}"

    def _defaults(self) -> list[str]:
        lines = ["max_per_run: 10  # titles per list and run, at most; the others wait"]
        if interval := self._interval():
            lines.append(f"interval: {interval}  # SYNC_INTERVAL, in hours")
        if self.result.is_4k:
            self._carry("4K", "for all lists, and for the history")
            lines.append("4k: true  # OVERSEERR_4K")
        if user := self._user(self._settings.get("OVERSEERR_USER_ID", _OWNER)):
            self._carry("requester", user)
            lines.append(f"requester: {user}")
        return lines

    def _interval(self) -> str | None:
        text = self._settings.get("SYNC_INTERVAL")
        minutes = 0
        with suppress(ValueError, OverflowError):
            minutes = round(float(text or "0") * 60)
        if text and minutes <= 0:
            self._leave("interval", "not a number of hours; lists are read every 6 hours")
        if minutes <= 0:
            return None
        minutes = min(max(minutes, _SHORTEST_MINUTES), _LONGEST_MINUTES)
        interval = f"{minutes}m" if minutes % 60 else f"{minutes // 60}h"
        self._carry("interval", interval)
        return interval

    def _user(self, user: str) -> str:
        """A requester as the file has it, with the name in a comment; empty: the key's owner."""
        if user in {"", _OWNER}:
            return ""
        name = clean(self._original.users.get(user, ""))
        number = user if user.isdecimal() and user.isascii() else starter.scalar(clean(user))
        return f"{number}  # {name}" if name else number

    def _providers(self, needed: Collection[str]) -> list[str]:
        lines = []
        for site, (setting, key) in _SITE_KEYS.items():
            variable = f"{site}_{key}".upper()
            subject = f"{SITES[site]} {key.replace('_', ' ')}"
            is_needed = site in needed
            if line := self._secret(subject, setting, key, variable, is_needed=is_needed):
                lines += [f"  {site}:", f"    {line}"]
        return ["providers:", *lines] if lines else []

    def _notify(self) -> list[str]:
        subject, setting = "Discord webhook", "DISCORD_WEBHOOK_URL"
        value = self._settings.get(setting, "")
        if setting in self._original.encrypted:
            self._leave(subject, f"{setting} is encrypted; set notify.urls yourself")
        elif value and self._settings.get("DISCORD_ENABLED", "").lower() == "false":
            self._leave(subject, "was turned off")
        elif webhook := _WEBHOOK.fullmatch(value):
            self.result.secrets["discord-url"] = f"discord://{webhook[1]}/{webhook[2]}"
            self._carry(subject, "in the file discord-url, in apprise's format")
            return ["notify:", "  urls_file: discord-url  # the webhook; only you can read it"]
        elif value:
            self._leave(subject, f"{setting} is not the address of a webhook")
        return []

    def _lists(self, needed: set[str]) -> list[str]:
        """The lines of the lists; ``needed`` gets the sites whose keys they need."""
        names: dict[ListRef, str] = {}
        lines: list[str] = []
        for original in self._original.lists:
            ref = _recognize(original)
            label = f"{clean(original.kind)} {_shown_id(original, ref)}".strip()
            reason = ref if isinstance(ref, str) else self._obstacle(ref, needed)
            if isinstance(ref, str) or reason:
                self._leave(label, reason)
            elif ref in names:
                self._leave(label, f"is the same list as {names[ref]}")
            else:
                names[ref] = starter.name_list(ref, names.values())
                lines += ["", f"  {starter.scalar(names[ref])}:", *self._options(original, ref)]
                self._carry(label, f"the list {names[ref]}")
        if not lines:
            reasons = "\n".join(f"{subject}: {reason}" for subject, reason in self.result.left)
            message = f"no list can be carried over\n{reasons}"
            hint = "add a list that listsync can read with --list URL; nothing was written"
            raise UsageError(message, hint=hint)
        return lines[1:]

    def _obstacle(self, ref: ListRef, needed: set[str]) -> str:
        """Why a list cannot be read with the keys of ListSync; empty if it can."""
        settings = self._settings.keys() | self._original.encrypted
        try:
            keys = starter.required_keys([ref]).get(ref.provider, ())
        except UsageError as error:
            return error.message.removeprefix(f"{ref}: ")
        setting, our_key = _SITE_KEYS.get(ref.provider, ("", ""))
        if keys and (keys != (our_key,) or setting not in settings):
            return objection(ref, {}) or "needs a key"
        needed |= {ref.provider} if keys else set()
        return ""

    def _options(self, original: OriginalList, ref: ListRef) -> list[str]:
        if original.kind == _ADDED:
            return [f"    {option}" for option in starter.option_lines(original.id, ref)]
        options = [f"source: {starter.scalar(_address(original, ref))}"]
        if original.kind == "trakt_special":
            limit = self._settings.get("TRAKT_SPECIAL_ITEMS_LIMIT", "")
            options.append(f"top: {limit if re.fullmatch('[1-9][0-9]{0,4}', limit) else 20}")
        user = self._user(original.user)
        if user and original.user != self._settings.get("OVERSEERR_USER_ID"):
            options.append(f"requester: {user}")
        return [f"    {option}" for option in options]

    def _leave_the_rest(self) -> None:
        original = self._original
        if self._settings.get("AUTOMATED_MODE", "true").lower() == "false":
            self._leave(
                "AUTOMATED_MODE=false", "not needed: lists are read only when you run listsync"
            )
        if zone := self._settings.get("TZ"):
            self._leave(f"time zone {clean(zone)}", "not needed: times are in UTC")
        if own := len(_OWN_SETTINGS & self._settings.keys()):
            self._leave(counted(own, "other setting"), "for ListSync's web page")
        if not original.has_history:
            reason = "no list_sync.db: titles that were declined or deleted may be requested again"
            self._leave("history", reason)
        if original.unknown:
            shown = ", ".join(clean(title) for title in original.unknown[:_SHOWN_TITLES])
            more = len(original.unknown) - _SHOWN_TITLES
            shown += f" and {more:,} more" if more > 0 else ""
            self._leave("history", f"titles without a kind or a TMDB id: {shown}")
        if original.unrequested:
            count = counted(original.unrequested, "title")
            self._leave("history", f"{count} that ListSync did not find or could not request")


def _address(original: OriginalList, ref: ListRef) -> str:
    """The address of a list, or its id if the address contains a key."""
    is_harmless = "://" in original.id and not set("?@#") & set(original.id)
    return original.id if is_harmless else str(ref)


def _shown_id(original: OriginalList, ref: ListRef | str) -> str:
    """The id of a list for a report, without anything that may be a key."""
    if isinstance(ref, str):
        return redact(original.id)
    return _address(original, ref) if "://" in original.id else original.id


def _recognize(original: OriginalList) -> ListRef | str:
    """Our list, or why it cannot be carried over."""
    if original.kind == _ADDED:
        return recognize_list(original.id)
    if original.kind == "collections":
        return "a collection of ListSync's own; write a TMDB collection as tmdb:collection/NUMBER"
    form = FORMS.get(original.kind)
    if form is None:
        return "an unknown kind of list"
    entry = original.id
    if original.kind == "trakt_special" and (chart := _CHART.fullmatch(entry)):
        kind = "movies" if chart["kind"].lower().startswith("movie") else "shows"
        entry = f"{kind}/{chart['chart'].lower()}"
    elif original.kind == "trakt" and entry.isdigit():
        entry = f"lists/{entry}"
    elif original.kind == "anilist":
        entry = entry.replace("/animelist", "") if "://" not in entry else entry
    text = f"{original.kind.partition('_')[0]}:{entry}" if "://" in entry else form.format(entry)
    try:
        ref = recognize_list(text)
    except ValueError as error:
        return str(error)
    if original.kind == "trakt_special" and not ref.chart:
        return "not a Trakt chart that listsync reads"  # but the list of a user called "movies"
    return ref
