"""Every trouble in which listsync advises a command or a line of YAML, and what each promises.

Advice is the text in backticks, or after `` · ``, when it begins with ``listsync`` or
is a key with its value. `CATALOG` has one row per trouble: a small world, the command that shows
it, and for each advice in its output what is true once the advice is followed.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import yaml

from examples.sandbox.catalogue import CATALOGUE
from examples.sandbox.known_titles import SHOWS
from examples.sandbox.media_server import Flavour, RequestStatus
from examples.sandbox.sites import SandboxSites
from examples.sandbox.titles import Season, Title
from reconciler.cli.moving.conversion import FORMS
from reconciler.config import json_schema
from reconciler.core.model import Done, Event, Notice, Op, PerformedAction, Result
from reconciler.ledger.lock import WriterLock
from reconciler.render.notification import TITLES, message
from tests.e2e.household import ALICE, ALIEN, DUNE, HEAT, JOKER, Finished, Household
from tests.e2e.original_listsync import write_database, write_env

SHOW = SHOWS[0]
SPECIALS = replace(
    SHOW, tmdb=999_001, imdb="tt9990001", title="Specials", seasons=(Season(0, "2001-01-01", 2),)
)
OTHERS = (HEAT, ALIEN, JOKER)
ASIDE = (SPECIALS,)  # beside the sandbox's catalogue
DUNE_KEY, SHOW_KEY = f"tmdb:movie:{DUNE.tmdb}", f"tmdb:tv:{SHOW.tmdb}"
LISTSYNC = re.compile(
    r"`(listsync [^`]+)`|(?:·|See:|more:|^#?) *(listsync [a-z][^·`\n]*?)(?=  |$)", re.MULTILINE
)
OPTION = re.compile(r"\badd (--[a-z-]+)")
ENTRY = re.compile(r"`(tmdb:(?:movie|tv):[0-9]+)`")
LINE = re.compile(r"`([a-z0-9_]+: [^`]+)`")


@dataclass
class World:
    """A household with what its troubles need beside it."""

    household: Household
    sites: SandboxSites
    elsewhere: str  # the address of another server like the household's
    patches: ExitStack  # what ends with this world

    def __post_init__(self) -> None:
        self.household.env["XDG_STATE_HOME"] = str(self.household.folder / "home")

    def run(self, *arguments: str) -> Finished:
        return self.household.run(*arguments)

    def later(self, **by: float) -> None:
        """From now on it is later, for listsync."""
        then = datetime.now(UTC) + timedelta(**by)
        clock = patch("reconciler.sync.clock.SystemClock.now", return_value=then)
        self.patches.enter_context(clock)

    def plan(self) -> list[str]:
        """What the plan does or says of each title: ``request``, ``handled``, …, sorted."""
        plan = self.run("plan", "-o", "json").document
        done = [row["op"] for row in plan["actions"]]
        return sorted([*done, *(row["reason"] for row in plan["verdicts"])])

    def file(self, **keys: object) -> None:
        """Write keys into listsync.yaml: those of a list into its lists, ``url`` into server."""
        file = self.household.folder / "listsync.yaml"
        document = json.loads(file.read_text())
        schema = json_schema()["properties"]
        for key, value in keys.items():
            if key in schema and isinstance(value, dict):
                document[key] = document.get(key, {}) | value
            elif key in schema and isinstance(value, list):
                document[key] = [*document.get(key, []), *value]
            elif key == "url":
                document["server"][key] = value
            else:
                for lst in document["lists"].values():
                    lst[key] = value
        file.write_text(json.dumps(document))

    def follow(self, advice: str, command: tuple[str, ...]) -> Finished:
        """Do what an advice says, as a person would."""
        if advice.startswith("--"):
            return self.run(*command, advice)
        if advice.startswith("listsync "):
            words = shlex.split(advice)[1:]
            return self.run(*words, *(["--yes"] if words == ["apply"] else []))
        if ENTRY.fullmatch(f"`{advice}`"):
            (self.household.folder / "own.txt").write_text(f"{advice}\n")
            self.file(lists={"own": {"source": "file:own.txt"}})
        else:
            self.file(**yaml.safe_load(advice))
        return self.run("validate")


Effect = Callable[[World, Finished], None]


def advice_in(text: str) -> list[str]:
    """Each advice in an output, once."""
    commands = [match[1] or match[2] for match in LISTSYNC.finditer(text)]
    lines = [match[1] for match in LINE.finditer(text)]
    return list(
        dict.fromkeys(
            [*map(str.strip, commands), *lines, *OPTION.findall(text), *ENTRY.findall(text)]
        )
    )


# --------------------------------------------------------------------------------------- promises


def plans(*words: str, code: int = 0) -> Effect:
    """The advice succeeds, and then this is planned."""

    def holds(world: World, done: Finished) -> None:
        assert done.code == code, done.out + done.err
        assert world.plan() == sorted(words)

    return holds


def shows(*texts: str, code: int = 0) -> Effect:
    """The advice ends with this code, and its output has these texts."""

    def holds(_: World, done: Finished) -> None:
        assert done.code == code, done.out + done.err
        assert [text for text in texts if text not in done.out + done.err] == []

    return holds


def stores(*numbers: int) -> Effect:
    """The advice has the server hold requests for exactly these titles."""

    def holds(world: World, done: Finished) -> None:
        assert done.code == 0, done.out + done.err
        assert world.household.stored() == list(numbers)

    return holds


def after_a_readd(*words: str) -> Effect:
    """The advice has this planned for Dune once it left its list and came back."""

    def holds(world: World, done: Finished) -> None:
        assert done.code == 0, done.out + done.err
        wishes = world.household.folder / "wishes.txt"
        content = wishes.read_text()
        for text in (content.replace(f"imdb:{DUNE.imdb}\n", ""), content):
            wishes.write_text(text)
            world.run("apply", "--yes")
        assert world.plan() == sorted([*words, *THERE])

    return holds


def keeps_its_request(world: World, done: Finished) -> None:
    """The request of a title that left its list stays."""
    assert done.code == 0
    assert world.run("apply", "--yes").code == 0
    assert DUNE.tmdb in world.household.stored()


# --------------------------------------------------------------------------------------- troubles


def among_others(world: World, **options: object) -> None:
    """Dune on a list with titles that are there: where most of a list goes at once, none counts."""
    world.household.wish([DUNE, *OTHERS], **options)
    world.household.server.state.seed(OTHERS)


def wish(*titles: Title, **options: object) -> Callable[[World], None]:
    return lambda world: world.household.wish(titles or (DUNE,), **options)


def after_a_plan(*titles: Title) -> Callable[[World], None]:
    """A list that was read."""

    def arrange(world: World) -> None:
        world.household.wish(titles)
        world.run("plan")

    return arrange


def rows(*lines: str) -> Callable[[World], None]:
    """A table of title, year and type, which was read."""

    def arrange(world: World) -> None:
        content = "\n".join(("title,year,type", *lines, ""))
        (world.household.folder / "wishes.csv").write_text(content)
        world.household.write({"wishes": {"source": "file:wishes.csv"}})
        world.run("plan")

    return arrange


def after_deletion(**options: object) -> Callable[[World], None]:
    """Dune was requested, and then deleted on the server."""

    def arrange(world: World) -> None:
        among_others(world, **options)
        assert world.run("apply", "--yes").code == 0
        world.household.server.state.reset()
        world.household.server.state.seed(OTHERS)
        world.run("plan")

    return arrange


def declined(**options: object) -> Callable[[World], None]:
    def arrange(world: World) -> None:
        among_others(world, **options)
        world.household.person("POST", "/request", {"mediaType": "movie", "mediaId": DUNE.tmdb})
        world.household.person("POST", "/request/1/decline")
        world.run("apply", "--yes")

    return arrange


def failed(world: World) -> None:
    world.household.wish([DUNE])
    world.household.person("POST", "/request", {"mediaType": "movie", "mediaId": DUNE.tmdb})
    world.household.server.state.requests[1].status = RequestStatus.FAILED
    world.run("plan")


def off_its_lists(prune: str) -> Callable[[World], None]:
    """Dune, requested here for alice and pending, has left its list for longer than prune_after."""
    options = {"requester": "alice", "prune": prune, "prune_after": "1d"}

    def arrange(world: World) -> None:
        among_others(world, **options)
        assert world.run("apply", "--yes").code == 0
        world.household.wish(OTHERS, **options)
        world.run("apply", "--yes")
        world.later(days=2)
        world.run("plan")

    return arrange


def adopted(world: World) -> None:
    world.household.wish([DUNE])
    assert world.run("adopt", "wishes").code == 0
    world.run("plan")


def adopted_and_gone(world: World) -> None:
    world.household.server.state.seed([DUNE], status=2)
    adopted(world)
    world.household.server.state.reset()
    world.run("plan")


def backing_off(world: World) -> None:
    refused(world)
    assert world.run("apply", "--yes").code == 1


def another_file(world: World) -> None:
    quiet(world)
    (world.household.folder / "others.txt").write_text(f"{DUNE_KEY}\n")


def original(world: World) -> None:
    """An original ListSync that has requested Dune, and whose one list the sandbox has."""
    quiet(world)
    key = world.household.server.api_key
    write_env(world.household.folder / "old/.env", OVERSEERR_API_KEY=key, STEVENLU_LISTS="stevenlu")
    items = [("Dune", "movie", DUNE.tmdb, None, "requested")]
    write_database(world.household.folder / "old/data/list_sync.db", items=items)
    world.patches.enter_context(patch.dict(FORMS, stevenlu="file:wishes.txt"))


def init_again(world: World) -> None:
    assert world.run("init").code == 0


def shows_message(event: Event) -> str:
    """What ``run`` sends about the list ``wishes``, or about a run with many actions."""
    deed = PerformedAction(
        Op.REQUEST, "Dune", 2021, None, is_4k=False, lists=("wishes",), done=Done(Result.CREATED)
    )
    return message(Notice(event, "wishes", "why", (deed,) * (TITLES + 1))).body


def awaiting_baseline(world: World) -> None:
    """``start: new-only`` on a list that was never read completely."""
    world.household.wish([DUNE], start="new-only")
    (world.household.folder / "wishes.txt").write_text(f"imdb:{DUNE.imdb}\nnonsense\n")
    world.run("plan")


def refused(world: World) -> None:
    """The server refused a request: a Plex watchlist has made one that is declined."""
    world.household.wish([SHOW], requester="alice")
    world.household.server.state.seed([SHOW], status=3, requested_by=ALICE)
    (made,) = world.household.server.state.requests.values()
    made.is_auto, made.seasons = True, made.seasons[:1]


def without_the_automatic_request(world: World, done: Finished) -> None:
    assert done.code == 0, done.err
    state = world.household.server.state
    (made,) = state.requests.values()
    state.remove_request(made)
    made.media.status = 1
    assert world.run("apply", "--yes", "-o", "json").results() == ["created"]


def episode(world: World) -> None:
    imdb = {"base_url": world.sites.imdb_url, "api_url": world.sites.imdb_api_url, "via": "api"}
    lists = {"odd": {"source": "imdb:ls000000012"}}
    world.household.write(lists, providers={"imdb": imdb})
    world.run("plan")


def wants_the_series(world: World, done: Finished) -> None:
    assert done.code == 0
    assert "tvEpisode" not in world.run("plan").out


def broken_file(world: World) -> None:
    world.household.wish([DUNE], top="many")


def broken_plan(world: World) -> None:
    world.household.wish([DUNE])
    (world.household.folder / "plan.json").write_text("{}")


def new_plan(world: World, done: Finished) -> None:
    assert done.code == 0
    assert world.run("apply", "./FILE", "--yes").code == 0
    assert world.household.stored() == [DUNE.tmdb]


def without_file(world: World) -> None:
    quiet(world)
    (world.household.folder / "listsync.yaml").unlink()


def locked(world: World) -> None:
    world.household.wish([DUNE])
    world.patches.enter_context(WriterLock(world.household.ledger.resolve()))


def bug(world: World) -> None:
    world.household.wish([DUNE])
    world.patches.enter_context(
        patch("reconciler.cli.doctor.run_checks", side_effect=ZeroDivisionError)
    )


def moved(world: World) -> None:
    world.household.wish([DUNE])
    world.household.server.faults.redirect_to = world.elsewhere


def many_filtered(world: World) -> None:
    world.household.wish([*SHOWS[:9], DUNE], filter={"types": ["movie"]})
    world.run("plan")


def quiet(world: World) -> None:
    world.household.wish([DUNE])
    world.run("plan")


def unread_exclude_list(world: World) -> None:
    quiet(world)
    (world.household.folder / "never.txt").write_text(f"imdb:{HEAT.imdb}\n")
    world.file(lists={"never": {"source": "file:never.txt", "role": "exclude"}})


def outside(world: World) -> None:
    """A list beside the config's folder."""
    world.household.write({"wishes": {"source": "file:../wishes.txt"}})


def nothing(_: World) -> None:
    """An empty folder."""


@dataclass(frozen=True)
class Trouble:
    """``promises``: each advice in the output of ``command``, and what following it makes true."""

    name: str
    arrange: Callable[[World], None]
    command: tuple[str, ...] | str  # or a text that is sent
    promises: Mapping[str, Effect]
    number: str = ""  # what a person finds at TMDB, and writes in place of N
    flavour: Flavour = "seerr"


FORGET = f"listsync forget {DUNE_KEY}"
DOON = 'title:"Doon (2021)"'
THERE = ["available"] * len(OTHERS)
FILMS_CALLED_DUNE = [film for film in CATALOGUE if (film.title, film.kind) == ("Dune", "movie")]
EXPLAIN = ("explain", "Dune")
IMPORT = ("import", "listsync", "old", "--server", "SERVER")
INIT = ("init", "file:wishes.txt", "-c", "mine.yaml", "--server", "SERVER")
CATALOG = [
    Trouble("a title to request", quiet, EXPLAIN, {
        "listsync apply": stores(DUNE.tmdb),
        f"exclude: [{DUNE_KEY}]": plans("excluded")}),
    Trouble("gone from the server", after_deletion(), EXPLAIN, {FORGET: plans("request", *THERE)}),
    Trouble("gone, and never again", after_deletion(rerequest="never"), EXPLAIN, {
        FORGET: plans("request", *THERE),
        "rerequest: on-readd": after_a_readd("processing")}),
    Trouble("declined, and never again", declined(rerequest="never"), EXPLAIN, {
        "rerequest: on-readd": after_a_readd("processing")}),
    Trouble("a failed request", failed, EXPLAIN, {
        "listsync apply": plans("processing"), "retry_failed: 0": plans("failed")}),
    Trouble("off its lists, to be canceled", off_its_lists("cancel-pending"), EXPLAIN, {
        "listsync apply": stores(), "prune: keep": keeps_its_request}),
    Trouble("off its lists, to be reported", off_its_lists("report"), EXPLAIN, {
        "prune: cancel-pending": plans("cancel", *THERE), "prune: keep": keeps_its_request}),
    Trouble("specials alone", after_a_plan(SPECIALS), ("explain", str(SPECIALS.imdb)), {
        "seasons: [0]": plans("request")}, flavour="overseerr"),
    Trouble("adopted", adopted, EXPLAIN, {f"{FORGET} --all": plans("request")}),
    Trouble("adopted, and forgotten in part", adopted, ("forget", DUNE_KEY), {
        f"{FORGET} --all": plans("request")}),
    Trouble("adopted, then gone", adopted_and_gone, ("forget", DUNE_KEY), {
        f"{FORGET} --all": plans("request")}),
    Trouble("new-only, never complete", awaiting_baseline, EXPLAIN, {
        "start: all": plans("request")}),
    Trouble("an episode", episode, ("explain", "Middle"), {"episodes: series": wants_the_series}),
    Trouble("not found", rows("Doon,2021,movie"), ("explain", "Doon"), {
        f"map: {{'{DOON}': tmdb:movie:N}}": plans("request")}, number=str(DUNE.tmdb)),
    Trouble("not found, of either kind", rows("Doon,2021,"), ("explain", "Doon"), {
        f"map: {{'{DOON}': tmdb:movie:N}}": plans("request"),
        f"map: {{'{DOON}': tmdb:tv:N}}": plans("request")}, number=str(SHOW.tmdb)),
    Trouble("two films of one name", rows("Dune,,"), EXPLAIN, {
        f"map: {{'title:\"Dune\"': tmdb:movie:{film.tmdb}}}": plans("request")
        for film in FILMS_CALLED_DUNE}),
    Trouble("a show, says the list, and it is a film", rows("Dune,2021,show"), EXPLAIN, {
        f"tmdb:movie:{film.tmdb}": plans("request", "type-mismatch")
        for film in FILMS_CALLED_DUNE}),
    Trouble("attention in a plan", rows("Doon,2021,movie"), ("plan",), {
        f"listsync explain '{DOON}'": shows("look the title up on TMDB")}),
    Trouble("refused for a Plex watchlist", refused, ("apply", "--yes"), {
        f"listsync forget {SHOW_KEY}": without_the_automatic_request}),
    Trouble("refused before", backing_off, ("explain", SHOW.title), {
        f"listsync history {SHOW_KEY}": shows("HTTP 409")}),
    Trouble("many filtered titles", many_filtered, ("plan",), {
        "listsync plan --all": shows(*(show.title for show in SHOWS[:9])),
        "listsync apply --expect PLAN --yes": stores(DUNE.tmdb)}),
    Trouble("a plan of one list", quiet, ("--ledger", "own.db", "plan", "wishes"), {
        "listsync apply wishes --ledger own.db --expect PLAN --yes": stores(DUNE.tmdb)}),
    Trouble("explained before it was read", wish(DUNE), EXPLAIN, {
        "listsync status": shows("not read yet"), "listsync plan": shows("Dune")}),
    Trouble("an exclude list that was never read", unread_exclude_list, EXPLAIN, {
        "listsync plan": shows("Plan ")}),
    Trouble("a broken file", broken_file, ("plan", "-o", "json"), {
        "listsync validate": shows("listsync.yaml:", "top", code=78)}),
    Trouble("a file outside", outside, ("validate", "--allow-env", "SEERR_API_KEY"), {
        "--allow-files": shows("ok")}),
    Trouble("an option that is none", nothing, ("plan", "--frobnicate"), {
        "listsync --help": shows("Usage: listsync")}),
    Trouble("apply asks nobody", quiet, ("apply",), {"--yes": stores(DUNE.tmdb)}),
    Trouble("no file", without_file, ("plan",), {
        "listsync init": shows("listsync.yaml written")}),
    Trouble("init over a file", init_again, ("init",), {"--force": shows("listsync.yaml written")}),
    Trouble("what to do after init", quiet, INIT, {
        "listsync validate -c mine.yaml": shows("ok"),
        "listsync doctor -c mine.yaml": shows("ok   server"),
        "listsync plan -c mine.yaml": shows("Plan ")}),
    Trouble("a first file", quiet, (*INIT[:2], "-c", "-", *INIT[4:]), {
        "listsync validate": shows("ok"),
        "listsync doctor": shows("ok   server"),
        "listsync plan": shows("Plan "),
        "listsync apply": stores(DUNE.tmdb)}),
    Trouble("what to do after add", another_file, ("add", "file:others.txt"), {
        "listsync plan others": shows("others")}),
    Trouble("what to do after import", original, (*IMPORT, "-c", "mine.yaml"), {
        f"{FORGET} -c mine.yaml": shows(f"forgot {DUNE_KEY}"),
        "listsync validate -c mine.yaml": shows("ok"),
        "listsync doctor -c mine.yaml": shows("ok   server"),
        "listsync plan -c mine.yaml": shows("No changes")}),
    Trouble("an id that is none", quiet, ("apply", "--yes", "--expect", "0"), {
        "listsync plan": shows("Plan ")}),
    Trouble("another plan than expected", quiet, ("apply", "--yes", "--expect", "0" * 8), {
        "listsync plan": shows("Plan ")}),
    Trouble("a saved plan that is none", broken_plan, ("apply", "plan.json", "--yes"), {
        "listsync plan --out FILE": new_plan}),
    Trouble("another one acts", locked, ("apply", "--yes"), {
        "listsync plan": shows("Plan "), "listsync status": shows("wishes")}),
    Trouble("a server that has moved", moved, ("plan",), {"url: ELSEWHERE": plans("request")}),
    Trouble("a bug", bug, ("doctor",), {"listsync version": shows("Python")}),
    Trouble("a list that stalls", quiet, shows_message(Event.STALLED), {
        "listsync status wishes": shows("wishes")}),
    Trouble("a file that is wrong", broken_file, shows_message(Event.CONFIG_INVALID), {
        "listsync validate": shows("top", code=78)}),
    Trouble("a change that waits", quiet, shows_message(Event.RIGHTS_WAITING), {
        "listsync status": shows("wishes")}),
    Trouble("a long digest", quiet, shows_message(Event.APPLIED), {
        "listsync history": shows("nothing has been requested")}),
]  # fmt: skip
