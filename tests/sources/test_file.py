"""Files as lists: three sites' exports, and text with a title a line."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.core.model import Facts, Ids, Item, Kind, Outcome, Snapshot
from reconciler.sources.exports import reading
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.pages import FakeBrowser


@pytest.fixture
def fetch(tmp_path: Path) -> Callable[..., Snapshot]:
    """Write a file and read it as a list."""

    def write_and_read(content: str | bytes, name: str = "list.csv") -> Snapshot:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(data)
        return read(tmp_path, f"file:{name}")

    return write_and_read


def read(folder: Path, source: str) -> Snapshot:
    return SiteSources(FakeBrowser({}), {}, folder).fetch(recognize_list(source))


IMDB = "Position,Const,Title,Original Title,Title Type,Year\n"
AT = "https://www.imdb.com/title/"
ONLY_IDS = [
    Item(place, f"imdb:{imdb}", ids=Ids(imdb))
    for place, imdb in enumerate(("tt5753856", "tt0113277"), start=1)
]
DARK = Item(1, "Dark", 2017, Kind.TV, Ids(imdb="tt5753856"), "Dark")


@pytest.mark.parametrize(
    ("content", "items"),
    [
        (f"{IMDB}1,tt5753856,Dark,Dark,TV Series,2017\n", (DARK,)),
        (
            (
                "\ufeffConst,Title,Original Title,Title Type,Year\n"
                "tt5753856,Dark,Dark,TV Series,2017\n"
            ),
            (DARK,),
        ),
        (
            "YEAR;const;title;ORIGINAL TITLE;title type\r\n2017;tt5753856;Dark;Dark;TV Series",
            (DARK,),
        ),
        (f"{IMDB.replace(',', chr(9))}1\ttt5753856\tDark\tDark\ttvSeries\t2017\n", (DARK,)),
        (
            'Const,Title,Title Type,Year\ntt1,"A ""b"", c\nd",Movie,\n',
            (Item(1, 'A "b", c\nd', None, Kind.MOVIE),),
        ),
        (
            "Const,Title,Title Type\ntt0000001,Spiel,Videospiel\ntt0000002,Zelda,Video Game\n",
            (
                Item(1, "Spiel", ids=Ids(imdb="tt0000001")),
                Item(2, "Zelda", ids=Ids(imdb="tt0000002"), unsupported="videoGame"),
            ),
        ),
        (
            "Date,Name,Year,Letterboxd URI\n2026-01-01,Heat,1995,https://boxd.it/29Ec\n",
            (Item(1, "Heat", 1995, Kind.MOVIE, may_be_show=True),),
        ),
        (
            (
                "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n"
                '2026-01-01,Mine,,https://boxd.it/a,"Two\nlines"\n\n'
                "Position,Name,Year,URL,Description\n1,Heat,1995,https://boxd.it/29Ec,\n"
            ),
            (Item(1, "Heat", 1995, Kind.MOVIE, may_be_show=True),),
        ),
        (
            (
                "trakt_id,imdb_id,tmdb_id,tvdb_id,title,year,type\n"
                "1,tt0113277,949,,Heat,1995,movie\n2,,70523,334824,Dark,2017,show\n"
                "3,,,,Pilot,2008,episode\n"
            ),
            (
                Item(1, "Heat", 1995, Kind.MOVIE, Ids("tt0113277", 949)),
                Item(2, "Dark", 2017, Kind.TV, Ids(tmdb=70523, tvdb=334824)),
                Item(3, "Pilot", 2008, unsupported="episode"),
            ),
        ),
        (
            "listed_at,type,title,year,TMDB ID\n2026,movie,Heat,1995,949\n",
            (Item(1, "Heat", 1995, Kind.MOVIE, Ids(tmdb=949)),),
        ),
        ("imdb_id,title\ntt5753856\ntt0113277\n", (ONLY_IDS[0], ONLY_IDS[1])),
        ("imdb_id\ntt5753856\ntt0113277", (ONLY_IDS[0], ONLY_IDS[1])),
        (
            (
                "Position,Const,Erstellt,Geändert,Beschreibung,Titel,Originaltitel,URL,Titelart,"
                "IMDb-Bewertung,Laufzeit (Min.),Jahr,Genres,Stimmen,Startdatum,Regie\n"
                f"1,tt0113277,2026-01-07,2026-01-07,,1984,Heat,{AT}tt0113277/,Film,8.3,170,1995,"
                "Drama,1984,1995-12-15,Michael Mann\n"
                f"2,tt5753856,2026-01-07,2026-01-07,,Dark,Dark,{AT}tt5753856/,Fernsehserie,8.7,60,,"
                "Drama,2000,,\n"
            ),
            (
                Item(1, "1984", 1995, Kind.MOVIE, Ids("tt0113277"), "Heat", facts=Facts(8.3, 1984)),
                Item(2, "Dark", None, None, Ids("tt5753856"), "Dark", facts=Facts(8.7, 2000)),
            ),
        ),
        (
            (
                "Const,Bewertung,Datum,Titel,Adresse,Titelart,IMDb,Laufzeit,Jahr,Genres\n"
                f"tt0113277,9,2026-01-07,Heat,{AT}tt0113277/,Film,8.3,170,1995,Drama\n"
            ),
            (Item(1, "Heat", 1995, Kind.MOVIE, Ids("tt0113277"), facts=Facts(8.3)),),
        ),
        (
            f"Const,Titel,Adresse,a,b,c,d\ntt0113277,Heat,{AT}tt0113277/,Film,8.3,170,Drama\n",
            (Item(1, "imdb:tt0113277", ids=Ids("tt0113277")),),
        ),
    ],
    ids=[
        "IMDb",
        "with a byte order mark",
        "other order, case, separator and line ends",
        "tabs",
        "quotes and line ends in a title",
        "a translated type",
        "Letterboxd watchlist",
        "Letterboxd list",
        "Trakt",
        "another Trakt",
        "rows shorter than the header",
        "no line end after the last row",
        "IMDb in German",
        "IMDb's ratings in German, as they once were",
        "columns that are not arranged as IMDb's",
    ],
)
def test_an_export_is_read_by_its_columns(
    fetch: Callable[..., Snapshot], content: str, items: tuple[Item, ...]
) -> None:
    assert fetch(content) == Snapshot(Outcome.COMPLETE, "file", items, len(items))


@pytest.mark.parametrize("header", [IMDB, '"const","Title","Year"\r\n', "Const;Title;Year\n"])
@pytest.mark.parametrize("title", ["180° South", "Amélie", "BRONTË’S", "Ocean’s “€”"])
def test_an_export_of_imdb_may_be_in_windows_1252(
    fetch: Callable[..., Snapshot], header: str, title: str
) -> None:
    separator = ";" if ";" in header else ","
    names = [name.strip('"') for name in header.strip().replace(";", ",").split(",")]
    rows = [
        {"Position": place, "Const": imdb, "const": imdb, "Title": name}
        for place, (imdb, name) in {"1": ("tt0113277", title), "2": ("tt0110413", "Léon")}.items()
    ]
    lines = [separator.join(row.get(name, "") for name in names) for row in rows]
    snapshot = fetch((header + "\n".join(lines) + "\n").encode("cp1252"))
    assert snapshot.outcome is Outcome.COMPLETE
    assert [item.title for item in snapshot.items] == [title, "Léon"]


@pytest.mark.parametrize("lines", [0, 1, 40, 400, 3000])
@pytest.mark.parametrize(
    "line",
    ["", "words", "Position,Name,Year,URL,Description", '""quoted""', "x" * 200],
    ids=["empty", "words", "like the films' header", "quotes", "long"],
)
def test_the_description_of_a_letterboxd_list_may_have_any_length(
    fetch: Callable[..., Snapshot], lines: int, line: str
) -> None:
    description = "\n".join(["First", *[line] * lines])
    snapshot = fetch(
        "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n"
        f'2026-01-01,"Name, Year","Year,Name",https://boxd.it/a,"{description}"\n\n'
        "Position,Name,Year,URL,Description\n1,Heat,1995,https://boxd.it/29Ec,\n"
    )
    assert snapshot.outcome is Outcome.COMPLETE
    assert [(item.title, item.year) for item in snapshot.items] == [("Heat", 1995)]


def test_the_data_of_a_letterboxd_list_are_never_its_films(fetch: Callable[..., Snapshot]) -> None:
    snapshot = fetch(
        "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n"
        "2026-01-01,Name,Year,https://boxd.it/a,\n\n"
        "Position,Name,Year,URL,Description\n1,Heat,1995,https://boxd.it/29Ec,\n"
    )
    assert [(item.title, item.year) for item in snapshot.items] == [("Heat", 1995)]


@pytest.mark.parametrize(
    ("cells", "facts"),
    [
        ('8.3,"Crime, Drama",712345', Facts(8.3, 712345, ("Crime", "Drama"))),
        ("10,Drama,1", Facts(10.0, 1, ("Drama",))),
        (",,0", Facts(None, 0, None)),
        ("0.0,,", Facts()),
        ('"8,3",,viele', Facts()),
    ],
    ids=["all", "the best", "nobody has voted", "no rating", "words"],
)
def test_an_export_of_imdb_tells_what_filters_ask(
    fetch: Callable[..., Snapshot], cells: str, facts: Facts
) -> None:
    header = "Const,Title,IMDb Rating,Genres,Num Votes\n"
    (item,) = fetch(f"{header}tt0113277,Heat,{cells}\n").items
    assert item.facts == facts


IDS = [f"imdb:{imdb}" for imdb in ("tt0113277", "tt0111161")]


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        (f"{AT}tt0113277/\n{AT}tt0111161/?ref_=ttls_li_tt\n", IDS),
        (f'"{AT}tt0113277/"\r\n"{AT}tt0111161/"\r\n', IDS),
        (f"URL\n{AT}tt0113277/\n\n{AT}tt0111161/\n", IDS),
        (f"{AT}tt0113277/,\n{AT}tt0111161/,", IDS),
        ("m.imdb.com/title/tt0113277\nimdb.com/de/title/tt0111161/\n", IDS),
        ("tt0113277\ntt0111161\n", IDS),
        ("IMDB\nhttps://www.imdb.com/title/tt0113277/\nTT0111161\n", IDS),
        (
            "https://www.themoviedb.org/movie/949-heat\nhttps://www.themoviedb.org/tv/70523\n",
            ["tmdb:movie:949", "tmdb:tv:70523"],
        ),
        (
            "https://trakt.tv/movies/heat-1995\nhttps://app.trakt.tv/shows/dark?mode=show\n",
            ["trakt:movie:heat-1995", "trakt:show:dark"],
        ),
    ],
    ids=[
        "addresses",
        "in quotes",
        "with a header",
        "with an empty column",
        "other forms of IMDb's",
        "ids",
        "with IMDb's name as the header",
        "TMDB",
        "Trakt",
    ],
)
@pytest.mark.parametrize("name", ["list.csv", "list.tsv"])
def test_a_table_may_be_one_column_of_addresses(
    fetch: Callable[..., Snapshot], content: str, keys: list[str], name: str
) -> None:
    snapshot = fetch(content, name)
    assert snapshot.outcome is Outcome.COMPLETE
    assert [item.key for item in snapshot.items] == keys


def test_an_address_of_no_title_is_named_and_the_rest_is_kept(
    fetch: Callable[..., Snapshot],
) -> None:
    snapshot = fetch(f"{AT}tt0113277/\nhttps://www.imdb.com/name/nm0000158/\n")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, 1)
    assert "line 2" in (snapshot.error or "")


def test_positions_give_the_order_of_a_sorted_export(fetch: Callable[..., Snapshot]) -> None:
    snapshot = fetch(f"{IMDB}2,tt0000002,B,B,Movie,2000\n1,tt0000001,A,A,Movie,2000\n")
    assert [(item.position, item.title) for item in snapshot.items] == [(1, "A"), (2, "B")]


def test_text_has_a_title_a_line(fetch: Callable[..., Snapshot]) -> None:
    content = (
        "# comment\n#\n## more\n\n"
        "Heat (1995)\n"
        "#Alive (2020)\n"
        "tt0113277\n"
        "  https://www.imdb.com/de/title/tt0111161/?ref_=x \n"
        "tmdb:tv:1399\n"
        'title:"Dune (2021)"\n'
        "trakt:show:severance\n"
    )
    snapshot = fetch(content, "mine.txt")
    assert snapshot.outcome is Outcome.COMPLETE
    assert snapshot.declared_total == 7
    assert [item.key for item in snapshot.items] == [
        'title:"Heat (1995)"',
        'title:"#Alive (2020)"',
        "imdb:tt0113277",
        "imdb:tt0111161",
        "tmdb:tv:1399",
        'title:"Dune (2021)"',
        "trakt:show:severance",
    ]
    assert [item.position for item in snapshot.items] == list(range(1, 8))


@pytest.mark.parametrize(
    "line",
    ["Heat", "tmdb:949", "https://example.com/heat", "imdb:heat", "imdb"],
)
def test_a_bad_line_is_named_and_the_rest_is_kept(
    fetch: Callable[..., Snapshot], line: str
) -> None:
    snapshot = fetch(f"Heat (1995)\n{line}\nDune (2021)\n", "mine.txt")
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert [item.title for item in snapshot.items] == ["Heat", "Dune"]
    assert snapshot.declared_total == 3
    assert "line 2" in (snapshot.error or "")


@pytest.mark.parametrize(
    ("rows", "count", "says"),
    [
        ("1,tt0000001,A,A,Movie,2000\n2,,,,Movie,2000\n3,tt0000003,C,C,Movie,2000\n", 2, "line 3"),
        ('1,tt0000001,A,A,Movie,2000\n2,tt0000002,"B,B,Movie,2000\n', 1, "quotes"),
        (
            "1,tt0000001,A,A,Movie,2000\n2,tt3119",
            1,
            "line 3: the file ends in the middle of this row",
        ),
        (
            "1,tt0000001,A,A,Movie,2000\n2,tt3119318",
            1,
            "line 3: the file ends in the middle of this row",
        ),
        (
            "1,tt0000001,A,A,Movie,2000\n2,tt31193180,B",
            1,
            "line 3: the file ends in the middle of this row",
        ),
        ("1,tt0000001,A,A,Movie,2000\n2,tt3119\n", 1, "line 3: neither"),
    ],
    ids=[
        "a row without title and id",
        "a quote that is never closed",
        "the file is cut inside an id, which is too short then",
        "the file is cut inside an id, which is another id then",
        "the file is cut inside a title",
        "an id that is too short",
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_kept(
    fetch: Callable[..., Snapshot], rows: str, count: int, says: str
) -> None:
    snapshot = fetch(IMDB + rows)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, count)
    assert says in (snapshot.error or "")


@pytest.mark.parametrize(
    ("content", "name"),
    [("", "a.csv"), ("", "a.txt"), (IMDB, "a.csv"), ("# nothing\n\n", "a.txt"), ("\n \n", "a.csv")],
)
def test_a_file_without_titles_is_empty(
    fetch: Callable[..., Snapshot], content: str, name: str
) -> None:
    assert fetch(content, name) == Snapshot(Outcome.EMPTY, "file", (), 0)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("colour,price\nred,2\n", "'colour,price'; write a header with Const"),
        ("Name,Year\nAmélie,2001\n".encode("cp1252"), "line 2 is not UTF-8"),
        (f"{IMDB}1,tt1,Am\x81lie,,Movie,2001\n".encode("latin-1"), "nor Windows-1252; export"),
        (
            f"{IMDB}1,tt1,Amélie,,Movie,2001\n2,tt2,Léon,,Movie,1994\n".encode()
            + b"3,tt3,Am\xe9lie,,Movie,2001\n",
            "line 4 is not UTF-8",
        ),
        ("https://www.themoviedb.org/movie/0\n", "no known columns"),
        ("https://trakt.tv/movies/\u212a\n", "no known columns"),
        (IMDB.encode("utf-16"), "line 1 is not UTF-8"),
        ("Half \ud83d (1995)".encode("utf-8", "surrogatepass"), "line 1 is not UTF-8"),
    ],
    ids=[
        "no known columns",
        "another encoding",
        "an export of IMDb with a byte that no encoding has",
        "an export of IMDb in UTF-8 that was damaged",
        "an address of no title",
        "an address that only looks like a title's",
        "two bytes a letter",
        "half a character",
    ],
)
def test_what_cannot_be_understood_says_why(
    fetch: Callable[..., Snapshot], content: str | bytes, says: str
) -> None:
    snapshot = fetch(content)
    assert snapshot.outcome is Outcome.UNREACHABLE
    assert says in (snapshot.error or "")


def test_a_missing_file_is_missing_and_the_folder_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    snapshot = read(Path(), "file:nowhere.csv")
    assert snapshot.outcome is Outcome.MISSING
    assert str(tmp_path) in (snapshot.error or "")


def test_a_folder_is_not_a_list(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert read(tmp_path, "file:folder").outcome is Outcome.UNREACHABLE


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


@pytest.mark.timeout(10)
@pytest.mark.parametrize("make", [a_pipe, a_device, a_socket], ids=lambda make: make.__name__)
def test_what_is_no_file_is_refused_without_waiting_for_it(
    tmp_path: Path, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    make(Path("list.txt"))
    snapshot = read(tmp_path, "file:list.txt")
    assert (snapshot.outcome, snapshot.items) == (Outcome.UNREACHABLE, ())
    assert (snapshot.error or "").startswith("file:list.txt: ")
    assert "use a file" in (snapshot.error or "")


@pytest.mark.parametrize(("extra", "outcome"), [(0, Outcome.COMPLETE), (1, Outcome.UNREACHABLE)])
def test_a_file_that_no_list_is_as_large_as_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extra: int, outcome: Outcome
) -> None:
    monkeypatch.setattr(reading, "LARGEST", 40)
    (tmp_path / "list.txt").write_text("tt0111161\n".ljust(40 + extra, "\n"))
    snapshot = read(tmp_path, "file:list.txt")
    assert snapshot.outcome is outcome
    assert snapshot.error is None or "larger than" in snapshot.error


def test_a_path_through_a_file_is_not_readable(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    assert read(tmp_path, "file:plain/list.csv").outcome is Outcome.UNREACHABLE


@pytest.mark.parametrize("form", ["{path}", "//{path}", "~/list.txt"])
def test_a_path_may_be_absolute_or_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setitem(os.environ, "HOME", str(tmp_path))
    path = tmp_path / "list.txt"
    path.write_text("tt0113277\n")
    snapshot = read(Path("/nowhere"), f"file:{form.format(path=path)}")
    assert snapshot.outcome is Outcome.COMPLETE


def test_a_home_of_nobody_is_unreachable(tmp_path: Path) -> None:
    assert read(tmp_path, "file:~nobody-by-this-name/a").outcome is Outcome.UNREACHABLE


def test_an_export_of_people_holds_no_titles(fetch: Callable[..., Snapshot]) -> None:
    people = (
        "Position,Const,Created,Name,Known For,Birth Date\n1,nm0000158,2026-01-07,Tom Hanks,,\n"
    )
    snapshot = fetch(people)
    assert [(item.title, item.unsupported) for item in snapshot.items] == [("Tom Hanks", "person")]
