"""Sources of other distributions: found, used, and kept from breaking the others."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests_mock
import structlog

from reconciler import wiring
from reconciler.core.model import Ids, Item, Kind, Outcome, Snapshot
from reconciler.logs import Logger
from reconciler.sources import plugins
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, objection, recognize_list
from reconciler.wiring import read_config
from tests.browser.tiny_site import Answer, TinySite
from tests.sources.pages import NO_PATIENCE, FakeBrowser

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "internals" / "adding-a-source.md").read_text(encoding="utf-8")
SITE = "http://site.test"


def block(language: str, nth: int = 0) -> str:
    blocks = list(re.finditer(rf"```{language}\n(.*?)```", PAGE, re.DOTALL))
    return blocks[nth][1]


@pytest.fixture(scope="module", name="built")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's plugin, built and installed."""
    folder, target = (tmp_path_factory.mktemp(name) for name in ("plugin", "installed"))
    (folder / "pyproject.toml").write_text(block("toml"), encoding="utf-8")
    (folder / "listsync_shelf.py").write_text(block("python"), encoding="utf-8")
    words = ["install", "-q", "--no-deps", "--no-index", "--no-build-isolation", "--target"]
    result = subprocess.run(  # noqa: S603 - pip of this very environment
        [sys.executable, "-m", "pip", *words, str(target), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return target


def read(source: str) -> Snapshot:
    ref = recognize_list(source)
    providers = {ref.provider: Provider(SITE)}
    return SiteSources(FakeBrowser({}), providers, Path(), NO_PATIENCE).fetch(ref)


def test_the_plugin_of_the_page_reads_a_list_page_by_page(
    built: Path, monkeypatch: pytest.MonkeyPatch, requests_mock: requests_mock.Mocker
) -> None:
    monkeypatch.syspath_prepend(built)
    rows = [
        {"title": "Dune", "year": 2021, "type": "film", "imdb": "tt1160419"},
        {"title": "Myst", "type": "video game"},
    ]
    onward = f"{SITE}/api/lists/12?page=2"
    pages = [{"titles": rows[:1], "total": 2, "next": onward}, {"titles": rows[1:], "total": 2}]
    requests_mock.get(f"{SITE}/api/lists/12", [{"json": page} for page in pages])
    snapshot = read("https://shelf.example/lists/12/")
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.COMPLETE, 2)
    assert snapshot.items == (
        Item(1, "Dune", 2021, Kind.MOVIE, Ids(imdb="tt1160419")),
        Item(2, "Myst", unsupported="videoGame"),
    )
    assert str(recognize_list("shelf:12")) == "shelf:12"
    with pytest.raises(ValueError, match=r"paste its address, shelf\.example/lists/NUMBER"):
        recognize_list("shelf:night")


def test_the_command_line_reads_the_list_that_the_page_tries(built: Path, tmp_path: Path) -> None:
    file = tmp_path / "listsync.yaml"
    server = "server: {url: 'http://seerr:5055', api_key: k}\n"
    file.write_text(server + "lists: {a: {source: 'shelf:12'}}\n", encoding="utf-8")
    example = re.search(r"echo '(.*)' > site/(\S+)", PAGE)
    assert example is not None
    with TinySite({f"/{example[2]}": Answer(body=example[1])}) as site:
        words = [sys.executable, "-m", "reconciler", "fetch", "a", "-c", str(file)]
        environment = {"PYTHONPATH": f"{built}:{ROOT}", "LISTSYNC_SHELF_URL": site.url}
        result = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - listsync itself
    assert (result.returncode, "Dune (2021)" in result.stdout) == (0, True), result.stderr


@pytest.fixture(name="bring")
def _bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Install a plugin of one module, by its metadata alone."""

    def install(name: str, code: str) -> None:
        module = f"plugin_{name}_{tmp_path.name.replace('-', '_')}"
        (tmp_path / f"{module}.py").write_text(code, encoding="utf-8")
        info = tmp_path / f"listsync_{name}-1.0.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: listsync-{name}\nVersion: 1.0\n"
        (info / "METADATA").write_text(metadata, encoding="utf-8")
        points = f"[listsync.sources]\n{name} = {module}\n"
        (info / "entry_points.txt").write_text(points, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)

    return install


JUDGING = """
from reconciler.core.model import Item, ListRef, Outcome, Snapshot
HOSTS, FORMS = frozenset({"judges.example"}), "judges:1"
def parse_id(text):
    return ListRef("judges", text)
parse_url = parse_id
def fetch(ref, reach):
    items = Item(1, "Dune", 2021), Item(2, "" if ref.id == "garbled" else "Alien")
    return Snapshot(Outcome.COMPLETE, "api", items, 2)
"""


def test_a_plugin_that_judges_its_list_itself_calls_none_complete_with_an_unreadable_entry(
    bring: Callable[[str, str], None],
) -> None:
    bring("judges", JUDGING)
    good, garbled = read("judges:1"), read("judges:garbled")
    assert (good.outcome, good.declared_total) == (Outcome.COMPLETE, 2)
    assert garbled.outcome is Outcome.INCOMPLETE
    assert "1 of 2 entries cannot be read" in str(garbled.error)


BROKEN = {
    "import": "import no_such_module",
    "syntax": "def",
    "raises": "raise RuntimeError('secret-key')",
    "exit": "raise SystemExit(0)",
    "nothing": "HOSTS = frozenset()",
}


@pytest.mark.parametrize(("name", "code"), BROKEN.items(), ids=BROKEN)
def test_an_error_of_loading_names_the_distribution_and_breaks_no_other(
    bring: Callable[[str, str], None], name: str, code: str
) -> None:
    bring(name, code)
    with pytest.raises(ValueError, match=f"the source {name} of listsync-{name} cannot") as refusal:
        recognize_list(f"{name}:1")
    assert "secret-key" not in str(refusal.value)
    assert str(recognize_list("imdb:top")) == "imdb:top"
    with pytest.raises(ValueError, match=f"is not a list on a known site.*listsync-{name}"):
        recognize_list("https://nowhere.example/list")


WORKING = """
import sys
from reconciler.core.model import ListRef
HOSTS, FORMS = frozenset({"works.example", "www.imdb.com"}), "works:1"
def parse_id(text):
    if text == "fails":
        raise KeyError("secret-key")
    if text == "exits":
        sys.exit(0)
    return None if text == "none" else ListRef("works", text)
def parse_url(url):
    return parse_id("url")
class OwnError(Exception):
    pass
def objection(ref, provider):
    return "set WORKS_KEY" if ref.id == "locked" else None
def fetch(ref, reach):
    if ref.id == "leaves":
        sys.exit("secret-key")
    if ref.id == "own":
        raise OwnError("secret-key")
    return None if ref.id == "silent" else 1 // 0
"""


def test_what_fails_in_a_plugin_is_a_sentence_or_an_outcome(
    bring: Callable[[str, str], None],
) -> None:
    bring("works", WORKING)
    for text in ("works:fails", "works:exits", "works:none"):
        with pytest.raises(ValueError, match="listsync-works") as refusal:
            recognize_list(text)
        assert "secret-key" not in str(refusal.value)
    for text in ("works:silent", "works:divides", "works:leaves", "works:own"):
        snapshot = read(text)
        assert snapshot.outcome is Outcome.UNREACHABLE
        assert "listsync-works" in str(snapshot.error)
        assert "secret-key" not in str(snapshot.error)


def test_a_plugin_may_object_and_never_takes_listsyncs_own_hosts(
    bring: Callable[[str, str], None],
) -> None:
    bring("works", WORKING)
    assert objection(recognize_list("works:locked"), {}) == "set WORKS_KEY"
    assert objection(recognize_list("works:open"), {}) is None
    assert str(recognize_list("https://works.example/x")) == "works:url"
    assert recognize_list("https://www.imdb.com/list/ls004610270/").provider == "imdb"


def test_a_plugins_key_comes_from_the_environment_and_is_shown_nowhere(
    bring: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    requests_mock: requests_mock.Mocker,
) -> None:
    bring("shelf", block("python") + block("python", 1))
    listed = f"{SITE}/api/lists/12"
    requests_mock.get(listed, json={"titles": []})
    ref = recognize_list("shelf:12")
    assert "set LISTSYNC_SHELF_KEY in the environment" in str(objection(ref, {}))

    monkeypatch.setenv("LISTSYNC_SHELF_KEY", "hunter2-hunter2")
    assert objection(ref, {}) is None
    provider = replace(plugins.settings_of("shelf"), base_url=SITE)
    sources = SiteSources(FakeBrowser({}), {"shelf": provider}, Path(), NO_PATIENCE)
    assert sources.fetch(ref).outcome is Outcome.EMPTY
    assert requests_mock.request_history[0].headers["Authorization"] == "Bearer hunter2-hunter2"

    requests_mock.get(listed, status_code=403)
    snapshot = sources.fetch(ref)
    assert (snapshot.outcome, "LISTSYNC_SHELF_KEY" in str(snapshot.error)) == (
        Outcome.BLOCKED,
        True,
    )
    assert "hunter2" not in repr((snapshot, provider))


@pytest.fixture(name="_logs")
def _as_they_were() -> Iterator[None]:
    configured = structlog.get_config()
    yield
    structlog.configure(**configured)


@pytest.mark.usefixtures("_logs")
def test_a_plugins_key_is_hidden_in_the_logs(
    bring: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bring("works", WORKING)
    monkeypatch.setenv("LISTSYNC_WORKS_KEY", "hunter2-hunter2")
    file = tmp_path / "listsync.yaml"
    server = "server: {url: 'http://seerr:5055', api_key: made-up}\n"
    file.write_text(server + "lists: {a: {source: 'works:12'}}\n", encoding="utf-8")
    wiring.configure_logs(read_config(file), logging.INFO)
    Logger().info("asked", url="http://works.example/?key=hunter2-hunter2")
    output = capsys.readouterr().err
    assert ("asked" in output, "hunter2" in output) == (True, False)
