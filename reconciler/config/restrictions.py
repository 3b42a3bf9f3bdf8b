"""What the command line lets the config file use: servers, variables, and files outside its folder.

Without a restriction the file is trusted like code. With ``servers``, a key or a variable's value
is sent to no address that the file alone has chosen: such an address is the site's own, one of
``servers``, or the whole value of a variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from reconciler.config.models import File
from reconciler.config.own_files import OUTSIDE
from reconciler.config.problems import Problem
from reconciler.config.tree import Listing, Node, Scalar, Section
from reconciler.config.values import normalized_server_url
from reconciler.errors import UsageError

_ADDRESSES = {"base_url", "api_url"}
_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PROVIDER = re.compile(r"\s*[\w.-]+:(?!//)\s*")  # before the address of a list
_HARMLESS = frozenset(
    {"format", "overflow", "verify", "cto", "rto", "priority", "tags", "to", "cc"}
)
_MAY_READ = (
    "a parameter of this address could name a file; allow it with --allow-files, or put the whole "
    "address into a variable"
)
_ALONE = (
    "with --allow-server, an address must not mix a variable with other text; "
    "put the whole address into the variable"
)


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What the file may use; None: anything. ``servers`` are in comparable form."""

    servers: tuple[str, ...] | None = None
    variables: frozenset[str] | None = None
    allows_files: bool = False  # also outside the config's folder

    @property
    def confines_files(self) -> bool:
        """Whether the files that the file names must be in its folder."""
        return not self.allows_files and (self.servers, self.variables) != (None, None)

    def allows_server(self, url: str) -> bool:
        return self.servers is None or comparable(url) in self.servers


UNRESTRICTED = Restrictions()


def parse_restrictions(
    servers: Iterable[str] | None, variables: Iterable[str] | None, *, allows_files: bool
) -> Restrictions:
    """The restrictions of a command line. Raises UsageError for an invalid address or name."""
    names = None if variables is None else re.split(r"[,\s]+", ",".join(variables))
    for place, name in enumerate(names or (), start=1):
        if name and not _NAME.fullmatch(name):
            error = f"--allow-env: entry {place} is not the name of a variable"
            raise UsageError(error, hint="use only names, separated by commas: --allow-env A,B")
    return Restrictions(
        None if servers is None else tuple(_server(url) for url in servers if url),
        None if names is None else frozenset(filter(None, names)),
        allows_files,
    )


def _server(url: str) -> str:
    try:
        return comparable(normalized_server_url(url))
    except ValueError as error:
        hint = "use the server's address, such as http://seerr:5055"
        raise UsageError(f"--allow-server: the address {error}", hint=hint) from None


def comparable(url: str) -> str:
    """An address with its host in lower case and its port written out."""
    parts = urlsplit(url)
    port = _PORTS[parts.scheme] if parts.port is None else parts.port
    return f"{parts.scheme}://{parts.hostname}:{port}{parts.path}"


def violations(
    allowed: Restrictions, file: File, root: Section, is_outside: Callable[[str], bool]
) -> Iterator[Problem]:
    """Every place in the file that uses a server or a ledger that is not allowed.

    ``is_outside``: whether a path leads out of the file's folder.
    """
    if allowed.confines_files and file.ledger and is_outside(file.ledger):
        yield from root.problems_at(("ledger",), OUTSIDE)
    if allowed.confines_files:
        yield from _notification_violations(root)
    if allowed.servers is not None:
        yield from _server_violations(allowed, file, root)


def _notification_violations(root: Section) -> Iterator[Problem]:
    """Notification addresses with a parameter that may make apprise read a file.

    Which parameters name files differs by service (``template``, ``keyfile``, ``subfile``, …), so
    that only those are taken that cannot. An address that is a whole variable is not the file's.
    """
    for node in _elements(root.find("notify", "urls")):
        if not isinstance(node, Scalar) or (node.spans and not _mixes(node)):
            continue
        query = urlsplit(node.text).query if node.text else ""
        names = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
        if names - _HARMLESS:
            yield Problem(node.place, node.path, _MAY_READ)


def _server_violations(allowed: Restrictions, file: File, root: Section) -> Iterator[Problem]:
    if not allowed.allows_server(file.server.url):
        servers = ", ".join(allowed.servers or ()) or "none"
        message = f"this server is not allowed (allowed: {servers}); allow it with --allow-server"
        yield from root.problems_at(("server", "url"), message)
    sources = {name: root.find("lists", name, "source") for name in file.lists}
    from_variables = {
        file.lists[name].source.provider
        for name, node in sources.items()
        if isinstance(node, Scalar) and node.spans
    }
    for site, section in file.providers:
        keys = (value for _, value in section if isinstance(value, SecretStr))
        is_sent = site in from_variables or any(key.get_secret_value() for key in keys)
        for key in _ADDRESSES & section.known_keys().keys():
            way, url = ("providers", site, key), getattr(section, key)
            if is_sent and url != getattr(type(section)(), key):
                if not allowed.allows_server(url):
                    message = (
                        f"this server would receive a key for {site}; allow it with --allow-server"
                    )
                    yield from root.problems_at(way, message)
            elif _mixes(root.find(*way)):
                yield from root.problems_at(way, _ALONE)
    for node in (
        *(node for name, node in sources.items() if file.lists[name].source.address),
        *_elements(root.find("notify", "urls")),
        root.find("notify", "heartbeat"),
        root.find("browser", "remote_url"),
        root.find("controller", "listen"),
    ):
        if _mixes(node):
            yield Problem(node.place, node.path, _ALONE)


def _elements(node: Node | None) -> tuple[Node, ...]:
    return node.elements if isinstance(node, Listing) else ()


def _mixes(node: Node | None) -> TypeGuard[Scalar]:
    """Whether an address is made of a variable and of something else: its scheme or port apart."""
    if not isinstance(node, Scalar) or not node.spans:
        return False
    provider = _PROVIDER.match(node.text)
    start = provider.end() if provider else 0
    return node.spans != ((start, len(node.text)),)
