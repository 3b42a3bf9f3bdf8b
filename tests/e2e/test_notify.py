"""``notify``: the real command, and a real service on 127.0.0.1 behind apprise."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS
from examples.sandbox.titles import Title
from tests.e2e.household import ALIEN, DUNE, HEAT, NOTHING_MORE, Household, numbers, until
from tests.e2e.receiver import TOKEN, Receiver
from tests.e2e.running import lists, running, write


@pytest.fixture
def receiver(house: Household) -> Iterator[Receiver]:
    house.secrets.append(TOKEN)
    with Receiver() as listening:
        house.env["NOTIFY_URL"] = listening.url
        yield listening


def wish(house: Household, *titles: Title, requester: str = "alice", **notify: object) -> None:
    """One list, and one address to tell."""
    (house.folder / "wishes.txt").write_text("".join(f"imdb:{t.imdb}\n" for t in titles))
    house.write(
        {"wishes": {"source": "file:wishes.txt", "requester": requester}},
        notify={"urls": ["${NOTIFY_URL}"], **notify},
    )


class TestApply:
    def test_what_was_done_is_told_in_one_message(
        self, house: Household, receiver: Receiver
    ) -> None:
        wish(house, DUNE, HEAT)

        assert house.run("apply", "--yes").code == 0

        (post,) = receiver.posts
        assert post["title"] == "listsync: 2 created"
        assert post["message"].splitlines() == [
            "Dune (2021): created, for wishes",
            "Heat (1995): created, for wishes",
        ]
        assert post["type"] == "success"

    def test_a_quiet_pass_is_silent(self, house: Household, receiver: Receiver) -> None:
        wish(house, DUNE)
        house.run("apply", "--yes")
        receiver.posts.clear()

        assert house.run("apply", "--yes").code == 0

        assert receiver.posts == []

    def test_a_plan_tells_nobody(self, house: Household, receiver: Receiver) -> None:
        wish(house, DUNE, requester="nobody")

        house.run("plan")

        assert receiver.posts == []

    def test_a_list_that_stalls_is_told_once_and_so_is_that_it_recovered(
        self, house: Household, receiver: Receiver
    ) -> None:
        wish(house, DUNE, requester="nobody", events=["stalled", "recovered"])
        codes = [house.run("apply", "--yes").code for _ in range(2)]
        assert (codes, receiver.titles()) == ([1, 1], ["listsync: wishes is stalled"])
        assert "nobody" in receiver.posts[0]["message"]

        wish(house, DUNE, events=["stalled", "recovered"])
        codes = [house.run("apply", "--yes").code for _ in range(2)]

        assert (codes, receiver.titles()[1:]) == ([0, 0], ["listsync: wishes has recovered"])

    @pytest.mark.parametrize(
        ("requester", "events"),
        [("alice", ["stalled", "recovered"]), ("nobody", ["applied", "recovered"])],
        ids=["applied is not", "stalled is not"],
    )
    def test_only_the_events_of_the_file_are_told(
        self, house: Household, receiver: Receiver, requester: str, events: list[str]
    ) -> None:
        wish(house, DUNE, requester=requester, events=events)

        house.run("apply", "--yes")

        assert receiver.posts == []

    def test_by_the_day_the_first_pass_of_a_day_tells_all_since_the_last(
        self, house: Household, receiver: Receiver
    ) -> None:
        wish(house, DUNE, digest="daily")
        house.run("apply", "--yes")
        wish(house, DUNE, HEAT, digest="daily")
        house.run("apply", "--yes")
        assert receiver.titles() == ["listsync: 1 created"]  # the first pass ever

        with sqlite3.connect(house.ledger) as ledger:  # a day goes by
            ledger.execute("UPDATE notifications SET at = '2026-01-01T00:00:00.000000+00:00'")
            ledger.execute("UPDATE intents SET at = '2026-01-01T12:00:00.000000+00:00'")
        house.run("apply", "--yes")
        house.run("apply", "--yes")

        assert receiver.titles()[1:] == ["listsync: 2 created"]

    def test_each_line_of_a_file_is_an_address(self, house: Household, receiver: Receiver) -> None:
        wish(house, DUNE)
        (house.folder / "urls").write_text(f"# phones\n{receiver.url}\n\n{receiver.url}/2\n")
        document = json.loads((house.folder / "listsync.yaml").read_text())
        document["notify"] = {"urls_file": "urls"}
        (house.folder / "listsync.yaml").write_text(json.dumps(document))

        house.run("apply", "--yes")

        assert receiver.titles() == ["listsync: 1 created"] * 2

    def test_a_scraped_title_calls_nobody(self, house: Household, receiver: Receiver) -> None:
        wish(house)
        nasty = "@everyone <@123> [free](https://evil.test)\u202e"
        rows = f'Const,Title,Title Type,Year,Position\n{DUNE.imdb},"{nasty}",Movie,2021,1\n'
        (house.folder / "wishes.csv").write_text(rows, encoding="utf-8")
        text = (house.folder / "listsync.yaml").read_text()
        (house.folder / "listsync.yaml").write_text(text.replace("wishes.txt", "wishes.csv"))

        house.run("apply", "--yes")

        (post,) = receiver.posts
        assert "everyone" in post["message"]
        assert not set("@<[") & set(post["message"])
        assert "https://" not in post["message"]


class TestTrouble:
    @pytest.mark.parametrize("status", [400, 500, 302])
    def test_a_service_that_refuses_changes_nothing_but_a_line_in_the_log(
        self, house: Household, receiver: Receiver, status: int
    ) -> None:
        wish(house, DUNE)
        receiver.status = status

        done = house.run("apply", "--yes", "-o", "json")

        assert (done.code, done.results()) == (0, ["created"])
        assert (len(receiver.posts), receiver.followed) == (1, [])
        assert "address 1 of notify.urls" in done.err

    def test_a_service_that_hangs_is_given_up(self, house: Household, receiver: Receiver) -> None:
        wish(house, DUNE)
        receiver.hangs = True
        began = time.monotonic()

        done = house.run("apply", "--yes", "-o", "json")

        assert (done.code, done.results()) == (0, ["created"])
        assert time.monotonic() - began < 25  # 12 s of patience, and a command on a busy machine
        assert "address 1 of notify.urls" in done.err

    def test_a_signal_does_not_wait_for_a_service(
        self, house: Household, receiver: Receiver
    ) -> None:
        wish(house, DUNE)
        receiver.hangs = True
        with house.started("apply", "--yes", "-o", "json") as process:
            until(lambda: receiver.posts)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            done = house.finish(process)

        assert (done.code, done.results()) == (143, ["created"])
        assert time.monotonic() - began < 10

    def test_of_two_services_the_broken_one_keeps_nothing_from_the_other(
        self, house: Household, receiver: Receiver
    ) -> None:
        wish(house, DUNE, urls=["json://127.0.0.1:9/closed", "${NOTIFY_URL}", "nonsense://x"])

        done = house.run("apply", "--yes")

        assert (done.code, len(receiver.posts)) == (0, 1)
        told = {word for word in ("address 1", "address 2", "address 3") if word in done.err}
        assert told == {"address 1", "address 3"}

    def test_without_apprise_the_pass_goes_on_and_says_what_to_install(
        self, house: Household, receiver: Receiver, tmp_path: Path
    ) -> None:
        hide_apprise(house, tmp_path)
        wish(house, DUNE)

        done = house.apart("apply", "--yes")
        checked, examined = house.apart("validate"), house.apart("doctor")

        assert (done.code, house.stored()) == (0, numbers([DUNE]))
        assert (checked.code, examined.code, receiver.posts) == (0, 1, [])
        for told in (done.err, checked.err, examined.out):
            assert "`pip install '.[notify]'` in a checkout" in told

    def test_a_file_called_apprise_beside_the_config_is_not_run(
        self, house: Household, receiver: Receiver
    ) -> None:
        wish(house, DUNE)
        (house.folder / "apprise.py").write_text("open('ran', 'w')")

        house.apart("apply", "--yes")

        assert not (house.folder / "ran").exists()
        assert len(receiver.posts) == 1


def hide_apprise(house: Household, folder: Path) -> None:
    """Have the command run where apprise is not installed."""
    (folder / "hiding").mkdir()
    (folder / "hiding" / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "known = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'apprise' else known(name, *more)\n"
    )
    house.env["PYTHONPATH"] += f"{os.pathsep}{folder / 'hiding'}"


class TestDoctor:
    @pytest.mark.parametrize(
        ("urls", "code", "told"),
        [
            (["${NOTIFY_URL}"], 0, "ok   notify: 1 URL that apprise understands"),
            (["${NOTIFY_URL}", "nonsense://x"], 1, "apprise does not understand number 2"),
        ],
        ids=["right", "wrong"],
    )
    def test_says_whether_addresses_are_understood_and_sends_nothing(
        self, house: Household, receiver: Receiver, urls: list[str], code: int, told: str
    ) -> None:
        wish(house, DUNE, urls=urls)

        done = house.run("doctor")

        assert (done.code, receiver.posts) == (code, [])
        assert told in done.out


def follow(
    house: Household,
    named: dict[str, Any],
    controller: Mapping[str, str] = NOTHING_MORE,
    **notify: object,
) -> None:
    """The file of a listsync that goes on."""
    write(house, named, notify={"urls": ["${NOTIFY_URL}"], **notify}, controller=dict(controller))


class TestRun:
    def test_a_turn_that_did_something_is_told_and_a_quiet_one_is_not(
        self, house: Household, receiver: Receiver
    ) -> None:
        named = lists(house, wishes=(DUNE,))
        named["wishes"]["interval"] = "1s"
        follow(house, named)
        with running(house) as run:
            until(lambda: run.turns("wishes") > 2)
            until(lambda: receiver.posts)
            lists(house, wishes=(DUNE, HEAT))
            until(lambda: len(receiver.posts) == 2)

        assert receiver.titles() == ["listsync: 1 created"] * 2

    def test_a_wrong_file_is_told_once(self, house: Household, receiver: Receiver) -> None:
        follow(house, lists(house, wishes=(DUNE,)), events=["config-invalid"])
        text = (house.folder / "listsync.yaml").read_text()
        with running(house) as run:
            until(run.is_ready)
            for wrong in ("lists: 1", "lists: 2", "lists: ["):
                (house.folder / "listsync.yaml").write_text(wrong)
                until(lambda: told_wrong(run.log()) >= 1)
            (house.folder / "listsync.yaml").write_text(text)
            until(lambda: run.whole("ConfigValid").get("status") == "True")
            until(lambda: receiver.posts)

        (post,) = receiver.posts
        assert post["title"] == "listsync: the config is invalid"
        assert "listsync.yaml:1:1" in post["message"]
        assert post["type"] == "failure"

    def test_a_change_that_widens_rights_is_told_with_when_it_takes_effect(
        self, house: Household, receiver: Receiver
    ) -> None:
        named = lists(house, wishes=(DUNE,))
        named["wishes"]["requester"] = "alice"
        follow(house, named, events=["rights-waiting"])
        with running(house) as run:
            until(lambda: run.turns("wishes"))
            del named["wishes"]["requester"]
            follow(house, named, events=["rights-waiting"])
            until(lambda: receiver.posts)
            (waiting,) = run.status()["waiting"]

        (post,) = receiver.posts
        assert post["title"] == "listsync: a config change that widens rights is waiting"
        assert "wishes: requester alice is removed" in post["message"]
        assert waiting["until"] in post["message"]
        assert post["type"] == "warning"

    def test_a_stalled_list_is_told_once_also_over_a_restart(
        self, house: Household, receiver: Receiver
    ) -> None:
        named = lists(house, wishes=(DUNE,))
        named["wishes"] |= {"requester": "nobody", "interval": "1s"}
        follow(house, named)
        for _ in range(2):
            with running(house) as run:
                until(lambda: run.turns("wishes") > 1)
        until(lambda: receiver.posts)
        named["wishes"]["requester"] = "alice"  # who may do more than a user that is not there
        follow(house, named, controller={"grace": "0s"})
        with running(house) as run:
            until(run.is_ready)
            until(lambda: len(receiver.posts) == 3)

        assert sorted(receiver.titles()) == [
            "listsync: 1 created",
            "listsync: wishes has recovered",
            "listsync: wishes is stalled",
        ]

    def test_a_service_that_hangs_holds_neither_turns_nor_the_end(
        self, house: Household, receiver: Receiver
    ) -> None:
        named = lists(house, wishes=(DUNE,), more=(ALIEN,), rest=tuple(FILMS[:3]))
        follow(house, named)
        receiver.hangs = True
        with running(house) as run:
            until(lambda: all(run.turns(name) for name in named))
            until(lambda: receiver.posts)
            assert TOKEN not in processes()
            assert TOKEN not in run.get("/status")[1] + run.get("/metrics")[1]
            began = time.monotonic()
            assert run.end(signal.SIGTERM).code == 143

        assert time.monotonic() - began < 10  # 2 s of patience, not 12, and the process's own end

    def test_another_address_is_used_from_the_next_turn_on_and_the_generation_stays(
        self, house: Household, receiver: Receiver
    ) -> None:
        (house.folder / "urls").write_text("json://127.0.0.1:9/closed\n")
        named = lists(house, wishes=(DUNE,))
        write(house, named, notify={"urls_file": "urls"})
        with running(house) as run:
            until(run.is_ready)
            generation = run.status()["generation"]
            (house.folder / "urls").write_text(receiver.url)
            until(lambda: any(line["event"] == "the file has changed" for line in run.log()))
            lists(house, wishes=(DUNE, HEAT))
            assert house.run("reconcile", "wishes").code == 0
            until(lambda: receiver.posts)
            assert run.status()["generation"] == generation

        assert receiver.titles() == ["listsync: 1 created"]


def processes() -> str:
    """The command lines of all processes, as anybody on the machine can read them."""
    said = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            said.append(path.read_text(errors="replace"))
    assert any("reconciler.notify.worker" in line for line in said)
    return "\n".join(said)


def told_wrong(log: list[dict[str, Any]]) -> int:
    return sum(line["event"].startswith("the file is wrong") for line in log)
