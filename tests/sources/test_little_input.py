"""A little that arrives never takes much memory: archives, JSON, feeds and declared totals."""

from __future__ import annotations

import resource
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from threading import Thread

import pytest

from reconciler.core.completeness import ListReading, Page, snapshot_of
from reconciler.core.model import LONGEST_FILE, LONGEST_LIST, LONGEST_TITLE, Ids, Item, Outcome
from reconciler.http.limits import LimitError, Limits
from reconciler.http.payload import (
    DEEPEST,
    LARGE,
    MOST_ENTRIES,
    check_xml,
    parse_json,
    turn_to_parse,
)
from reconciler.sources.exports.archives import unpack
from reconciler.sources.exports.reading import ListFile
from reconciler.sources.exports.table import MOST_LINES, Unreadable, split_lines
from reconciler.sources.failure import FetchFailure

GIGABYTE = 1 << 30


def archive(content: bytes, method: int) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as export:
        export.writestr("watchlist.csv", content)
    return file.getvalue()


# --------------------------------------------------------------------------------------- archives


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_file_that_is_stored_or_deflated_is_unpacked(method: int) -> None:
    file = ListFile("file:x.zip", archive(b"Title,Year\n", method), is_ours=True)
    assert unpack(file, "watchlist.csv") == replace(file, data=b"Title,Year\n")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(
            archive(b"T\n", zipfile.ZIP_BZIP2), "is compressed in an unsupported way", id="bzip2"
        ),
        pytest.param(
            archive(b"T\n", zipfile.ZIP_LZMA), "is compressed in an unsupported way", id="LZMA"
        ),
        pytest.param(
            archive(bytes(20 << 20), zipfile.ZIP_DEFLATED),
            "100 times its compressed size",
            id="ratio",
        ),
        pytest.param(
            archive(bytes(60 << 20), zipfile.ZIP_DEFLATED), "is larger than 50 MB", id="size"
        ),
    ],
)
def test_a_file_that_could_unpack_to_much_is_not_unpacked(data: bytes, says: str) -> None:
    failure = unpack(ListFile("file:x.zip", data, is_ours=True), "watchlist.csv")
    assert isinstance(failure, FetchFailure)
    assert failure.outcome is Outcome.UNREACHABLE
    assert says in failure.error


# ------------------------------------------------------------------------------------------- JSON


@pytest.mark.parametrize("kind", [str, str.encode], ids=["text", "bytes"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"[{'[],' * MOST_ENTRIES}[]]", id="arrays"),
        pytest.param(f"[{'{},' * MOST_ENTRIES}[]]", id="objects"),
        pytest.param(f"[{'1,' * 4_000_001}1]", id="numbers"),
        pytest.param(f"[[], [{'1,' * LONGEST_FILE}1]]", id="a long array"),
        pytest.param("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), id="nested arrays"),
        pytest.param('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1), id="nested objects"),
    ],
)
def test_json_that_would_take_much_is_not_read(
    content: str, kind: Callable[[str], str | bytes]
) -> None:
    with pytest.raises(LimitError):
        parse_json(kind(content))


def test_json_within_the_limits_is_read() -> None:
    nested = parse_json("[" * DEEPEST + "]" * DEEPEST)
    assert isinstance(nested, list)
    assert parse_json('[{"a": {}}, [], "[[[", 1.5, null]') == [{"a": {}}, [], "[[[", 1.5, None]


@pytest.mark.parametrize("content", ["", "[", "nope", "[" * 100_000, "1" * 5000], ids=range(5))
def test_what_is_no_json_has_no_value(content: str) -> None:
    assert parse_json(content) is None


# ------------------------------------------------------------------------------------------ totals


def test_a_total_that_no_list_has_is_only_compared() -> None:
    items = (Item(1, "Dune", 2021, None, Ids()),)
    chart = snapshot_of(Page(items, 10**8, ranked=True), "api")
    assert (chart.outcome, len(chart.items)) == (Outcome.INCOMPLETE, 1)
    reading = ListReading("api")
    reading.add(Page(items, 10**18))
    assert reading.snapshot().outcome is Outcome.INCOMPLETE


# ---------------------------------------------------------------------------------- long lists


def films(number: int) -> tuple[Item, ...]:
    return tuple(Item(0, f"Film {n}") for n in range(number))


def test_a_list_of_a_site_is_read_to_its_twenty_thousandth_entry() -> None:
    reading = ListReading("api")
    for page in range(3):
        items = films(LONGEST_LIST // 2)
        reading.add(Page(tuple(replace(item, title=f"{page} {item.title}") for item in items)))
        assert reading.finished == (page == 2)
    snapshot = reading.snapshot()
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, 20_000)
    assert "only the first 20,000 entries of a list are read" in str(snapshot.error)


def test_only_the_beginning_of_a_title_is_kept() -> None:
    long = "x" * (LONGEST_TITLE + 1)
    (item,) = snapshot_of(Page((Item(1, long, original_title=long),)), "api").items
    assert (len(item.title), len(item.original_title or "")) == (LONGEST_TITLE, LONGEST_TITLE)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_a_file_of_too_many_lines_is_not_read(end: str) -> None:
    assert split_lines(end * MOST_LINES) == [""] * (MOST_LINES + 1)
    too_many = split_lines(end * (MOST_LINES + 1))
    assert isinstance(too_many, Unreadable)
    assert too_many.describe(quoting=True) == "it has more than 200,000 lines; split the file"


def test_large_documents_wait_for_each_other_within_the_deadline_and_small_ones_never() -> None:
    waited: list[str] = []

    def wait() -> None:
        with Limits(0.05), turn_to_parse(LARGE):
            waited.append("small")
        late = pytest.raises(LimitError, match="not complete after")
        with late, Limits(0.05), turn_to_parse(LARGE + 1):
            waited.append("large")

    with turn_to_parse(LARGE + 1), turn_to_parse(LARGE + 1):  # one reading may take both turns
        other = Thread(target=wait)
        other.start()
        other.join()
    assert waited == ["small"]
    with turn_to_parse(LARGE + 1):
        pass


# ---------------------------------------------------------------------------------- peak of memory

READ_CHART = """
    from reconciler.core.completeness import Page, snapshot_of
    from reconciler.core.model import Ids, Item
    snapshot_of(Page((Item(1, "Dune", 2021, None, Ids()),), 10**8, ranked=True), "api")
"""
READ_JSON = """
    from reconciler.http.limits import LimitError
    from reconciler.http.payload import parse_json
    try:
        parse_json({content})
    except LimitError:
        pass
"""
READ_FEED = """
    from reconciler.sources.feeds import parse
    from reconciler.http.client import Response
    entry = b"<item><title>A title (2021)</title><guid>imdb://tt1160419</guid></item>"
    content = b"<rss><channel>" + {entry} + b"</channel></rss>"
    parse(Response("http://feed.test", 200, content=content), None)
"""


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(READ_CHART, id="a chart that declares a total of 10^8"),
        pytest.param(
            READ_JSON.format(content="b'[' + b'[],' * 20_000_000 + b'[]]'"), id="60 MB of []"
        ),
        pytest.param(
            READ_JSON.format(content="b'[' + b'1,' * 30_000_000 + b'1]'"), id="60 MB of 1"
        ),
        pytest.param(READ_FEED.format(entry="entry * 750_000"), id="a feed of 56 MB"),
        pytest.param(
            READ_FEED.format(entry="b'<a/>' * 16_000_000"), id="a feed of 16 million elements"
        ),
        pytest.param(
            READ_FEED.format(
                entry="b'<a ' + b' '.join(b'a%d=\"\"' % n for n in range(5_000_000)) + b'/>'"
            ),
            id="a feed of 5 million attributes",
        ),
    ],
)
def test_it_is_refused_before_it_takes_a_gigabyte(program: str) -> None:
    done = subprocess.run(  # noqa: S603 - Python, with a program of this file
        [sys.executable, "-c", textwrap.dedent(program)],
        preexec_fn=limit_memory,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTE, GIGABYTE))


def test_a_document_of_many_elements_is_not_parsed() -> None:
    with pytest.raises(LimitError):
        check_xml(b"<a/>" * (2 * MOST_ENTRIES + 2))
