"""Types of single values: each parses the file's text into a value, or raises ValueError.

No message quotes a URL or a key, not even as it is written: both may contain a secret.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, TypeVar, cast
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import BeforeValidator, SecretStr, ValidationInfo, WithJsonSchema

from reconciler.config.keys import TEXT, Form, or_variable, pattern
from reconciler.config.tree import Scalar
from reconciler.core import privacy
from reconciler.core.items import GRAMMAR, parse_item
from reconciler.core.model import Item, Kind, ListRef, MediaKey

DURATION = r"^([0-9]{1,9}[smhdw])+$"
_RATE = r"^[0-9]{1,6}(\.[0-9]{1,6})?/[smhd]$"
_LIST_NAME = r"^[A-Za-z0-9._-]{1,64}$"
_LISTEN = r"^([^\s/\[\]:@]*|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})$"
_HOST_NAME = r"^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$"
_IPV6_HOST = re.compile(r"\[[0-9A-Fa-f:.%\w-]+\](:[0-9]*)?")
_URL = or_variable(pattern("^https?://[^@?#]+$"))
_ITEM = pattern("^(imdb|tmdb|tvdb|trakt|title):")

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST = timedelta(days=365)
_FASTEST = 1000.0  # calls per second
_HIGHEST_PORT = 65535
_API = "/api/v1"  # the media servers' API base, which people paste along
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

T = TypeVar("T")


def match_text(value: Scalar, expression: str, noun: str, hint: str) -> re.Match[str]:
    """The match of the whole value. Raises ValueError: ``"soon" is not a duration; use 6h``."""
    if match := re.fullmatch(expression, value.text):
        return match
    raise ValueError(f"{value.quoted} is not {noun}; use {hint}")


def several(example: str, *, or_none: bool = False) -> BeforeValidator:
    """A list of values; empty only where that has a meaning."""

    def validate(value: object) -> object:
        if isinstance(value, Scalar | dict):
            raise ValueError(f"must be a list, such as {example}")  # noqa: TRY004 - pydantic collects ValueErrors only
        if value == () and not or_none:
            raise ValueError("is empty; remove the key to allow everything")
        return value

    return BeforeValidator(validate)


def parse_duration(value: Scalar, shortest: int = 1) -> timedelta:
    """``90m``, ``6h``, ``1h30m``; between ``shortest`` seconds and 365 days."""
    match_text(value, DURATION, "a duration", "a number and a unit, like 90m, 6h or 1d")
    parts = re.findall(r"(\d{1,9})([smhdw])", value.text)
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in parts)
    if not shortest <= seconds <= _LONGEST.total_seconds():
        raise ValueError(f"must be from {shortest}s to 365d")
    return timedelta(seconds=seconds)


Duration = Annotated[timedelta, Form(parse_duration, or_variable(pattern(DURATION)))]
DurationOrZero = Annotated[
    timedelta, Form(lambda value: parse_duration(value, 0), or_variable(pattern(DURATION)))
]


def _rate(value: Scalar) -> float:
    match_text(value, _RATE, "a rate", "calls per s, m, h or d, like 20/s")
    calls, _, unit = value.text.partition("/")
    per_second = float(calls) / _SECONDS[unit]
    if not 0 < per_second <= _FASTEST:
        raise ValueError("must be more than 0 and at most 1000/s")
    return per_second


Rate = Annotated[float, Form(_rate, or_variable(pattern(_RATE)))]  # in calls per second


def whole_number(low: int, high: int) -> Form:
    """The form of a whole number from ``low`` to ``high``."""

    def parse(value: Scalar) -> int:
        hint = f"a number from {low} to {high}"
        match_text(value, r"-?[0-9]{1,9}", "a whole number", hint)
        if not low <= int(value.text) <= high:
            raise ValueError(f"must be from {low} to {high}")
        return int(value.text)

    number = {"type": "integer", "minimum": low, "maximum": high}
    return Form(parse, or_variable(number, pattern("^[0-9]{1,9}$")))


Few = Annotated[int, whole_number(1, 32)]
Count = Annotated[int | None, whole_number(1, 100_000)]


def _yes_or_no(value: Scalar) -> bool:
    if value.text.lower() not in _BOOLEANS:
        raise ValueError(f"must be true or false, not {value.quoted}")
    return _BOOLEANS[value.text.lower()]


YesNo = Annotated[
    bool,
    Form(
        _yes_or_no,
        or_variable({"type": "boolean"}, {"enum": ["yes", "no", "on", "off", "true", "false"]}),
    ),
]


def _name_or_id(hint: str) -> Form:
    """The form of a name, or of an id where a number stands without quotes."""

    def parse(value: Scalar) -> int | str:
        if not value.text.strip():
            raise ValueError(f"is empty; {hint}")
        if value.plain and re.fullmatch(r"[0-9]{1,9}", value.text):
            return int(value.text)
        return value.text

    return Form(parse, {"type": ["integer", "string"], "minimum": 0, "minLength": 1})


OptionalRequester = Annotated[
    int | str | None,
    _name_or_id("use a name or an id, or remove the key to request as the API key's owner"),
]
_SERVICE_NAME = _name_or_id("use a name or an id, or remove the key")
ServiceName = Annotated[int | str, _SERVICE_NAME]
OptionalServiceName = Annotated[int | str | None, _SERVICE_NAME]


def _include_pattern(value: Scalar) -> str:
    """A path with or without wildcards. It is shown in errors, so it must not use variables."""
    if value.names:
        raise ValueError("variables are not supported in include; write the path itself")
    if not value.text:
        raise ValueError("is empty; use a path, like lists.d/*.yaml")
    return value.text


IncludePattern = Annotated[str, Form(_include_pattern, {"type": "string", "minLength": 1})]
OptionalText = Annotated[str | None, Form(lambda value: value.text or None, TEXT)]


def _secret(value: Scalar) -> SecretStr:
    """ASCII on one line, no spaces, since it travels in an HTTP header."""
    if not value.text:
        raise ValueError("is empty")
    if not (value.text.isascii() and value.text.isprintable()) or " " in value.text:
        raise ValueError(
            "contains a space or a character that is never part of a key; copy the key again"
        )
    return SecretStr(value.text)


Secret = Annotated[SecretStr, Form(_secret, TEXT)]
OptionalSecret = Annotated[
    SecretStr, Form(lambda value: _secret(value) if value.text else SecretStr(""), TEXT)
]


def _notification_url(value: Scalar) -> SecretStr:
    if not value.text.isprintable() or " " in value.text:
        raise ValueError("contains a space or an invalid character")
    if value.text and not re.match(r"[A-Za-z][A-Za-z0-9]*://.", value.text):
        raise ValueError("is not an address for apprise; use one like ntfy://ntfy.sh/TOPIC")
    return SecretStr(value.text)


NotificationUrl = Annotated[SecretStr, Form(_notification_url, TEXT)]  # may be empty


def _heartbeat_url(value: Scalar) -> SecretStr:
    parts = _split(value.text) if value.text else None
    if parts and not (parts.hostname and parts.scheme in {"http", "https"}):
        raise ValueError("is not an address; use one like https://HOST/PATH")
    return SecretStr(value.text)


HeartbeatUrl = Annotated[SecretStr, Form(_heartbeat_url, TEXT)]  # may be empty


def _normalized_url(text: str) -> str:
    """An address without user, query or fragment, its host in lower case, no ``/`` at its end."""
    parts = _split(text)
    if parts.scheme not in {"http", "https"}:
        raise ValueError("must begin with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("contains a user or password; remove them from the address")
    if not parts.hostname:
        raise ValueError("has no host; use http://HOST:PORT")
    if "?" in text or "#" in text:
        raise ValueError("contains a ? or #; remove it and everything after it")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _split(text: str) -> SplitResult:
    if not text:
        raise ValueError("is empty; use http://HOST:PORT")
    if not text.isprintable() or " " in text:
        raise ValueError("contains a space or an invalid character")
    try:
        parts = urlsplit(text)
        _ = parts.port  # reading it is what checks it
    except ValueError as error:
        raise ValueError("is not an address; use http://HOST:PORT") from error
    # urlsplit drops what is beside an IPv6 host
    if "[" in parts.netloc and not _IPV6_HOST.fullmatch(parts.netloc.rpartition("@")[2]):
        raise ValueError("is not an address; use http://HOST:PORT")
    return parts


def normalized_server_url(text: str) -> str:
    """A media server's address in the form of ``ServerConfig.url``. Raises ValueError."""
    return _normalized_url(text).removesuffix(_API).rstrip("/")


Url = Annotated[str, Form(lambda value: _normalized_url(value.text), _URL)]
ServerUrl = Annotated[str, Form(lambda value: normalized_server_url(value.text), _URL)]
OptionalUrl = Annotated[
    str | None,
    Form(
        lambda value: _normalized_url(value.text) if value.text else None,
        or_variable(_URL["anyOf"][0], {"const": ""}),
    ),
]


def _listen(value: Scalar) -> str:
    """``HOST:PORT``, ``[::1]:8099`` for IPv6; empty: nothing listens."""
    if not value.text:
        return ""
    match = match_text(
        value, _LISTEN, "an address to listen on", "HOST:PORT, or '' to turn the status page off"
    )
    if int(match[2]) > _HIGHEST_PORT:
        raise ValueError(f"the port must be at most {_HIGHEST_PORT}")
    return value.text


Listen = Annotated[str, Form(_listen, or_variable(pattern(_LISTEN), {"const": ""}))]


def _host_name(value: Scalar) -> str:
    match_text(value, _HOST_NAME, "a host name", "one like listsync.example.org")
    return value.text.lower()


HostName = Annotated[str, Form(_host_name, or_variable(pattern(_HOST_NAME)))]


def _source(value: object, info: ValidationInfo) -> object:
    """The list a text means, by the sites' own grammar (the validation context).

    That grammar's sentence may quote the text, so that it is not used for what a variable contains.
    """
    if not isinstance(value, Scalar):
        return value
    recognize_list = cast("Callable[[str], ListRef]", info.context)
    try:
        return _private(recognize_list(value.text), value, recognize_list)
    except ValueError as error:
        if value.text == value.source:
            raise
        raise ValueError(
            f"{value.quoted} is not a list; use a list's address, provider:id or file:PATH"
        ) from error


def _private(ref: ListRef, value: Scalar, recognize_list: Callable[[str], ListRef]) -> ListRef:
    """A list whose id shows nothing of what variables contain, where its id is an address."""
    if not (ref.address and value.spans):
        return ref
    text, hidden = privacy.veil_spans(value.text, value.spans)
    has_provider = text.lower().startswith(f"{ref.provider}:")
    try:
        list_id = recognize_list(text if has_provider else f"{ref.provider}:{text}").id
    except ValueError:
        list_id = privacy.veil(ref.address, secret=True)
    return replace(ref, id=list_id, secrets=(*ref.secrets, *hidden, *map(unquote, hidden)))


Source = Annotated[ListRef, BeforeValidator(_source), WithJsonSchema(TEXT)]


def _list_name(name: str) -> str:
    if not re.fullmatch(_LIST_NAME, name):
        raise ValueError("a list name must be 1 to 64 letters, digits, - _ or .")
    return name


ListName = Annotated[str, BeforeValidator(_list_name), WithJsonSchema(pattern(_LIST_NAME))]
OptionalListName = Annotated[
    str | None,
    Form(
        lambda value: _list_name(value.text) if value.text else None,
        or_variable(pattern(_LIST_NAME), {"const": ""}),
    ),
]


def _parse_item(parse: Callable[[str], T], text: str, shown: str) -> T:
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{shown} is not an item; use {GRAMMAR}") from error


def map_key(key: str) -> str:
    """An item of the one grammar, in its canonical form."""
    return _parse_item(lambda text: parse_item(text).key, key, "the key")


def _media_key(value: Scalar) -> MediaKey:
    expression = r"tmdb:(movie|tv):([1-9][0-9]{0,9})"
    match = match_text(value, expression, "a TMDB title", "tmdb:movie:N or tmdb:tv:N")
    return MediaKey(Kind(match[1]), int(match[2]))


Exclusion = Annotated[
    Item,
    Form(lambda value: _parse_item(parse_item, value.text, value.quoted), or_variable(_ITEM)),
]
MapKey = Annotated[str, BeforeValidator(map_key), WithJsonSchema(_ITEM)]
MapTarget = Annotated[
    MediaKey, Form(_media_key, or_variable(pattern("^tmdb:(movie|tv):[1-9][0-9]*$")))
]

_PEM_CERTIFICATE = r"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----"
_PEM_KEYS = tuple(
    f"{kind}{half} KEY"
    for half in ("PRIVATE", "PUBLIC")
    for kind in ("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ")
)
# Other labels are not shown: the file may be any file, and is not quoted.
_PEM_LABELS = {
    *_PEM_KEYS, "CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7", "CERTIFICATE REQUEST", "X509 CRL"
}  # fmt: skip
CONVERT = "convert one in DER form with: openssl x509 -inform der -in FILE -out FILE.pem"


def _certificates(value: Scalar) -> str | None:
    """The certificates of a PEM file, without its other content; None for an empty text."""
    if not value.text:
        return None
    certificates = "\n".join(re.findall(_PEM_CERTIFICATE, value.text))
    if not certificates:
        raise ValueError(f"the file contains {_describe_pem(value.text)}")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificates)
    except (ssl.SSLError, ValueError) as error:
        raise ValueError("the file contains a damaged certificate; copy the file again") from error
    return certificates


def _describe_pem(text: str) -> str:
    """What is in a text without a whole certificate, and what to do about it."""
    labels = re.findall(r"-----BEGIN ([A-Z0-9 ]+)-----", text)
    labels = [label for label in labels if label in _PEM_LABELS]
    if "CERTIFICATE" in labels:
        return "a certificate that is cut off; copy the file again"
    if "TRUSTED CERTIFICATE" in labels:
        form = "OpenSSL's TRUSTED form"
        return f"a certificate in {form}; convert it with: openssl x509 -in FILE -out FILE.pem"
    if "PKCS7" in labels:
        to_pem = "openssl pkcs7 -print_certs -in FILE -out FILE.pem"
        return f"certificates in PKCS #7 form; convert them with: {to_pem}"
    name_the_ca = "use the PEM file with the CA's certificate (BEGIN CERTIFICATE)"
    if labels:
        kinds = " and ".join(dict.fromkeys(label.lower() for label in labels))
        return f"no certificate, only: {kinds}; {name_the_ca}"
    return f"no certificate in PEM form, only other text; {name_the_ca}"


Certificates = Annotated[str | None, Form(_certificates, TEXT)]
