"""Loading a text with an environment, files and a grammar of lists made for these tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from reconciler.config import Config, load
from reconciler.core.model import ListRef
from reconciler.errors import ConfigError


def recognize_list(text: str) -> ListRef:
    """Take ``provider:id``, an address or a bare id, as the sites do."""
    if match := re.fullmatch(
        r"(imdb|trakt|file|mdblist|stevenlu|json|tmdb|anilist|rss|simkl|tvdb|letterboxd):(.+)", text
    ):
        return ListRef(match[1], match[2])
    if match := re.fullmatch(r"https://(?:www\.)?(imdb|trakt)\.(?:com|tv)/(.+)", text):
        return ListRef(match[1], match[2])
    if re.fullmatch(r"(ls|ur)\d+", text):
        return ListRef("imdb", text)
    raise ValueError(f"{text!r} is no list; paste its address")


def load_text(
    text: str, env: Mapping[str, str] | None = None, files: Mapping[str, str] | None = None
) -> Config:
    def read(path: str) -> str:
        if files and path in files:
            return files[path]
        raise FileNotFoundError(2, "No such file or directory", path)

    return load(
        text,
        name="listsync.yaml",
        env={"KEY": "the-key"} if env is None else env,
        read=read,
        recognize_list=recognize_list,
    )


@pytest.fixture(scope="session")
def read_config() -> Callable[..., Config]:
    return load_text


@pytest.fixture(scope="session")
def problems_of() -> Callable[..., list[str]]:
    def problems(*args: object, **kwargs: object) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load_text(*args, **kwargs)  # type: ignore[arg-type]
        return list(caught.value.problems)

    return problems
