"""The notifications of ``run``, run by run."""

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


def notifications(world: World) -> list[str]:
    """The notifications since the last look."""
    messages, world.mailbox.messages = world.mailbox.messages, []
    return [message.title.removeprefix("listsync: ") for message in messages]


def test_an_unreachable_list_that_was_stalled_neither_recovers_nor_stalls_again(
    world: World, tmp_path: Path
) -> None:
    follow(world)
    world.lists.fail(LIST, Outcome.PRIVATE)
    by_look = []
    with served(world, tmp_path) as service:
        for outcome in (Outcome.PRIVATE, Outcome.UNREACHABLE, Outcome.PRIVATE, Outcome.COMPLETE):
            world.lists.hold(LIST, [], outcome)
            pass_time(world, service, hours=9)
            by_look.append(notifications(world))

    assert by_look == [["wishes is stalled"], [], [], ["wishes has recovered"]]


def test_a_daily_digest_follows_the_end_of_a_day_with_actions_and_no_other(
    world: World, tmp_path: Path
) -> None:
    follow(world, digest="daily")
    by_look = []
    with served(world, tmp_path) as service:
        for films in ((FILMS[0],), (FILMS[0], FILMS[1]), (FILMS[0], FILMS[1])):
            world.lists.hold(LIST, [by_tmdb(film) for film in films])
            pass_time(world, service, hours=2)
            by_look.append(notifications(world))  # noon is long past, midnight is not
        for _ in range(3):
            pass_time(world, service, days=1)
            by_look.append(notifications(world))

    assert by_look == [["1 created"], [], [], ["1 created"], [], []]


def test_without_an_address_in_the_file_nothing_is_sent(world: World, tmp_path: Path) -> None:
    follow(world, urls=[])
    world.lists.hold(LIST, [by_tmdb(FILMS[0])])
    with served(world, tmp_path) as service:
        pass_time(world, service, hours=1)

    assert (notifications(world), world.requested()) == ([], [FILMS[0].tmdb])


def test_a_list_that_stalled_before_an_address_was_in_the_file_is_notified(
    world: World, tmp_path: Path
) -> None:
    follow(world, urls=[])
    world.lists.fail(LIST, Outcome.PRIVATE)
    with served(world, tmp_path) as service:
        pass_time(world, service, hours=1)
        follow(world)
        service.reload()
        pass_time(world, service, hours=9)

    assert notifications(world) == ["wishes is stalled"]
