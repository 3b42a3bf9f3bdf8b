"""HTML from Jinja2 templates: the pages of ``run``, and a plan as one self-contained file."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reconciler.core.times import format_time
from reconciler.render import words
from reconciler.render.times import relative_time


def _moment(iso: str, now: datetime) -> dict[str, str]:
    """An ISO time as ``<time>`` needs it: for programs, for people, and in full."""
    at = datetime.fromisoformat(iso)
    return {"iso": iso, "relative": relative_time(at, now), "full": format_time(at)}


def _clean(value: object) -> object:
    """Foreign text without control characters and bidirectional overrides."""
    return words.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _with_code(text: str) -> Markup:
    """Advice with its commands and YAML in backticks, as HTML."""
    parts = words.clean(text).split("`")
    tags = ("{}", "<code>{}</code>")
    return Markup("").join(Markup(tags[index % 2]).format(part) for index, part in enumerate(parts))  # noqa: S704 - tags of ours, parts are escaped


_environment = Environment(
    loader=PackageLoader(__name__),
    autoescape=True,
    finalize=_clean,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {
    "title_text": words.title,
    "moment": _moment,
    "with_code": _with_code,
    "path": lambda text: quote(text, safe=""),
    "counted": words.counted,
    "number": lambda value: f"{value:,}",
}


def render(template: str, **values: object) -> str:
    """A page. Every value is foreign text: it is escaped and cannot become markup."""
    return _environment.get_template(template).render(values)


def static_file(name: str) -> bytes:
    """A stylesheet or script of the pages. Raises FileNotFoundError."""
    return files(__name__).joinpath("static", name).read_bytes()
