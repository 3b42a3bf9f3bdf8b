"""Whom ``run`` tells what, turn by turn."""

from __future__ import annotations

from pathlib import Path

from examples.sandbox.known_titles import FILMS
from reconciler.core.model import Outcome
from tests.loop.serving import pass_time, served
from tests.loop.world import World, by_tmdb

LIST = "imdb:ls000000001"
NTFY = "ntfy://ntfy.test/topic"


def follow(world: World, **notify: object) -> None:
    """One list, read every hour."""
    section = {"notify": {"urls": [NTFY], **notify}} if notify.get("urls") != [] else {}
    world.write({"wishes": {"source": LIST, "interval": "1h", "retry_interval": "1h"}}, **section)


def told(world: World) -> list[str]:
    """What was told since the last look."""
    messages, world.mailbox.messages = world.mailbox.messages, []
    return [message.title.removeprefix("listsync: ") for message in messages]


def test_what_is_out_of_reach_after_it_stalled_has_neither_recovered_nor_stalled_anew(
    world: World, tmp_path: Path
) -> None:
    follow(world)
    world.lists.fail(LIST, Outcome.PRIVATE)
    heard = []
    with served(world, tmp_path) as service:
        for outcome in (Outcome.PRIVATE, Outcome.UNREACHABLE, Outcome.PRIVATE, Outcome.COMPLETE):
            world.lists.hold(LIST, [], outcome)
            pass_time(world, service, hours=9)
            heard.append(told(world))

    assert heard == [["wishes is stalled"], [], [], ["wishes has recovered"]]


def test_by_the_day_a_quiet_day_is_silent_and_a_full_one_is_told_after_its_end(
    world: World, tmp_path: Path
) -> None:
    follow(world, digest="daily")
    heard = []
    with served(world, tmp_path) as service:
        for films in ((FILMS[0],), (FILMS[0], FILMS[1]), (FILMS[0], FILMS[1])):
            world.lists.hold(LIST, [by_tmdb(film) for film in films])
            pass_time(world, service, hours=2)
            heard.append(told(world))  # noon is long past, midnight is not
        for _ in range(3):
            pass_time(world, service, days=1)
            heard.append(told(world))

    assert heard == [["1 created"], [], [], ["1 created"], [], []]


def test_who_is_not_told_by_the_file_is_not_told(world: World, tmp_path: Path) -> None:
    follow(world, urls=[])
    world.lists.hold(LIST, [by_tmdb(FILMS[0])])
    with served(world, tmp_path) as service:
        pass_time(world, service, hours=1)

    assert (told(world), world.requested()) == ([], [FILMS[0].tmdb])


def test_a_list_that_was_stalled_before_anybody_was_named_is_told(
    world: World, tmp_path: Path
) -> None:
    follow(world, urls=[])
    world.lists.fail(LIST, Outcome.PRIVATE)
    with served(world, tmp_path) as service:
        pass_time(world, service, hours=1)
        follow(world)
        service.reload()
        pass_time(world, service, hours=9)

    assert told(world) == ["wishes is stalled"]
