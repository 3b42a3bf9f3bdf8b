"""``notify``: the real command, and a real service on 127.0.0.1 behind apprise."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS
from examples.sandbox.titles import Title
from tests.e2e.household import ALIEN, DUNE, HEAT, NOTHING_MORE, Household, numbers, until
from tests.e2e.receiver import TOKEN, Receiver
from tests.e2e.running import lists, running, write


@pytest.fixture
def receiver(household: Household) -> Iterator[Receiver]:
    household.secrets.append(TOKEN)
    with Receiver() as listening:
        household.env["NOTIFY_URL"] = listening.url
        yield listening


def wish(household: Household, *titles: Title, requester: str = "alice", **notify: object) -> None:
    """One list, and one address to notify."""
    (household.folder / "wishes.txt").write_text("".join(f"imdb:{t.imdb}\n" for t in titles))
    household.write(
        {"wishes": {"source": "file:wishes.txt", "requester": requester}},
        notify={"urls": ["${NOTIFY_URL}"], **notify},
    )


class TestApply:
    def test_what_was_done_is_sent_in_one_message(
        self, household: Household, receiver: Receiver
    ) -> None:
        wish(household, DUNE, HEAT)

        assert household.run("apply", "--yes").code == 0

        (post,) = receiver.posts
        assert post["title"] == "listsync: 2 created"
        assert post["message"].splitlines() == [
            "Dune (2021): created, for wishes",
            "Heat (1995): created, for wishes",
        ]
        assert post["type"] == "success"

    def test_a_quiet_run_is_silent(self, household: Household, receiver: Receiver) -> None:
        wish(household, DUNE)
        household.run("apply", "--yes")
        receiver.posts.clear()

        assert household.run("apply", "--yes").code == 0

        assert receiver.posts == []

    def test_a_plan_tells_nobody(self, household: Household, receiver: Receiver) -> None:
        wish(household, DUNE, requester="nobody")

        household.run("plan")

        assert receiver.posts == []

    def test_a_stall_and_a_recovery_are_each_sent_once(
        self, household: Household, receiver: Receiver
    ) -> None:
        wish(household, DUNE, requester="nobody", events=["stalled", "recovered"])
        codes = [household.run("apply", "--yes").code for _ in range(2)]
        assert (codes, receiver.titles()) == ([1, 1], ["listsync: wishes is stalled"])
        assert "nobody" in receiver.posts[0]["message"]

        wish(household, DUNE, events=["stalled", "recovered"])
        codes = [household.run("apply", "--yes").code for _ in range(2)]

        assert (codes, receiver.titles()[1:]) == ([0, 0], ["listsync: wishes has recovered"])

    @pytest.mark.parametrize(
        ("requester", "events"),
        [("alice", ["stalled", "recovered"]), ("nobody", ["applied", "recovered"])],
        ids=["applied is not", "stalled is not"],
    )
    def test_only_the_events_of_the_config_are_sent(
        self, household: Household, receiver: Receiver, requester: str, events: list[str]
    ) -> None:
        wish(household, DUNE, requester=requester, events=events)

        household.run("apply", "--yes")

        assert receiver.posts == []

    def test_by_the_day_the_first_run_of_a_day_tells_all_since_the_last(
        self, household: Household, receiver: Receiver
    ) -> None:
        wish(household, DUNE, digest="daily")
        household.run("apply", "--yes")
        wish(household, DUNE, HEAT, digest="daily")
        household.run("apply", "--yes")
        assert receiver.titles() == ["listsync: 1 created"]  # the first run ever

        with closing(sqlite3.connect(household.ledger)) as ledger, ledger:  # a day goes by
            ledger.execute("UPDATE notifications SET at = '2026-01-01T00:00:00.000000+00:00'")
            ledger.execute("UPDATE intents SET at = '2026-01-01T12:00:00.000000+00:00'")
        household.run("apply", "--yes")
        household.run("apply", "--yes")

        assert receiver.titles()[1:] == ["listsync: 2 created"]

    def test_each_line_of_a_file_is_an_address(
        self, household: Household, receiver: Receiver
    ) -> None:
        wish(household, DUNE)
        (household.folder / "urls").write_text(f"# phones\n{receiver.url}\n\n{receiver.url}/2\n")
        document = json.loads((household.folder / "listsync.yaml").read_text())
        document["notify"] = {"urls_file": "urls"}
        (household.folder / "listsync.yaml").write_text(json.dumps(document))

        household.run("apply", "--yes")

        assert receiver.titles() == ["listsync: 1 created"] * 2

    def test_a_scraped_title_calls_nobody(self, household: Household, receiver: Receiver) -> None:
        wish(household)
        nasty = "@everyone <@123> [free](https://evil.test)\u202e"
        rows = f'Const,Title,Title Type,Year,Position\n{DUNE.imdb},"{nasty}",Movie,2021,1\n'
        (household.folder / "wishes.csv").write_text(rows, encoding="utf-8")
        text = (household.folder / "listsync.yaml").read_text()
        (household.folder / "listsync.yaml").write_text(text.replace("wishes.txt", "wishes.csv"))

        household.run("apply", "--yes")

        (post,) = receiver.posts
        assert "everyone" in post["message"]
        assert not set("@<[") & set(post["message"])
        assert "https://" not in post["message"]


class TestHeartbeat:
    def test_apply_calls_it_after_a_good_run_and_after_no_other(
        self, household: Household, receiver: Receiver
    ) -> None:
        (household.folder / "heartbeat").write_text(receiver.heartbeat)
        codes = []
        for requester in ("alice", "nobody"):
            wish(household, DUNE, requester=requester, heartbeat_file="heartbeat")
            codes.append(household.run("apply", "--yes").code)
            household.run("plan")

        assert (codes, receiver.beats) == ([0, 1], [f"/beat/{TOKEN}?status=up"])

    def test_run_calls_it_after_each_run_of_a_list_that_is_ready(
        self, household: Household, receiver: Receiver
    ) -> None:
        both = lists(household, wishes=(DUNE,), more=(HEAT,))
        both["more"]["requester"] = "nobody"
        household.env["HEARTBEAT"] = receiver.heartbeat
        write(household, both, notify={"heartbeat": "${HEARTBEAT}"})
        with running(household) as run:
            until(lambda: run.run_count("wishes") == run.run_count("more") == 1)
            until(lambda: receiver.beats)

        assert receiver.beats == [f"/beat/{TOKEN}?status=up"]


class TestTrouble:
    @pytest.mark.parametrize("status", [400, 500, 302])
    def test_a_service_that_refuses_changes_nothing_but_a_line_in_the_log(
        self, household: Household, receiver: Receiver, status: int
    ) -> None:
        wish(household, DUNE)
        receiver.status = status

        done = household.run("apply", "--yes", "-o", "json")

        assert (done.code, done.results()) == (0, ["created"])
        assert (len(receiver.posts), receiver.followed) == (1, [])
        assert "address 1 of notify.urls" in done.err

    def test_a_service_that_hangs_is_given_up(
        self, household: Household, receiver: Receiver
    ) -> None:
        wish(household, DUNE)
        receiver.hangs = True
        began = time.monotonic()

        done = household.run("apply", "--yes", "-o", "json")

        assert (done.code, done.results()) == (0, ["created"])
        assert time.monotonic() - began < 25  # 12 s of patience, and a command on a busy machine
        assert "address 1 of notify.urls" in done.err

    def test_a_signal_does_not_wait_for_a_service(
        self, household: Household, receiver: Receiver
    ) -> None:
        wish(household, DUNE)
        receiver.hangs = True
        with household.started("apply", "--yes", "-o", "json") as process:
            until(lambda: receiver.posts)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            done = household.finish(process)

        assert (done.code, done.results()) == (143, ["created"])
        assert time.monotonic() - began < 10

    def test_of_two_services_the_broken_one_keeps_nothing_from_the_other(
        self, household: Household, receiver: Receiver
    ) -> None:
        wish(household, DUNE, urls=["json://127.0.0.1:9/closed", "${NOTIFY_URL}", "nonsense://x"])

        done = household.run("apply", "--yes")

        assert (done.code, len(receiver.posts)) == (0, 1)
        output = {word for word in ("address 1", "address 2", "address 3") if word in done.err}
        assert output == {"address 1", "address 3"}

    def test_without_apprise_the_run_goes_on_and_says_what_to_install(
        self, household: Household, receiver: Receiver, tmp_path: Path
    ) -> None:
        hide_apprise(household, tmp_path)
        wish(household, DUNE)

        done = household.apart("apply", "--yes")
        checked, examined = household.apart("validate"), household.apart("doctor")

        assert (done.code, household.stored()) == (0, numbers([DUNE]))
        assert (checked.code, examined.code, receiver.posts) == (0, 1, [])
        for result in (done.err, checked.err, examined.out):
            assert "`pip install '.[notify]'` in a checkout" in result

    def test_a_file_called_apprise_beside_the_config_is_not_run(
        self, household: Household, receiver: Receiver
    ) -> None:
        wish(household, DUNE)
        (household.folder / "apprise.py").write_text("open('ran', 'w')")

        household.apart("apply", "--yes")

        assert not (household.folder / "ran").exists()
        assert len(receiver.posts) == 1


def hide_apprise(household: Household, folder: Path) -> None:
    """Have the command run where apprise is not installed."""
    (folder / "hiding").mkdir()
    (folder / "hiding" / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "known = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'apprise' else known(name, *more)\n"
    )
    household.env["PYTHONPATH"] += f"{os.pathsep}{folder / 'hiding'}"


class TestDoctor:
    @pytest.mark.parametrize(
        ("urls", "code", "result"),
        [
            (["${NOTIFY_URL}"], 0, "ok   notify: 1 URL that apprise recognizes"),
            (["${NOTIFY_URL}", "nonsense://x"], 1, "apprise does not recognize entry 2"),
        ],
        ids=["right", "wrong"],
    )
    def test_says_whether_addresses_are_understood_and_sends_nothing(
        self, household: Household, receiver: Receiver, urls: list[str], code: int, result: str
    ) -> None:
        wish(household, DUNE, urls=urls)

        done = household.run("doctor")

        assert (done.code, receiver.posts) == (code, [])
        assert result in done.out


def follow(
    household: Household,
    lists_by_name: dict[str, Any],
    controller: Mapping[str, str] = NOTHING_MORE,
    **notify: object,
) -> None:
    """The config of a listsync that keeps running."""
    write(
        household,
        lists_by_name,
        notify={"urls": ["${NOTIFY_URL}"], **notify},
        controller=dict(controller),
    )


class TestRun:
    def test_a_run_that_did_something_is_reported_and_a_quiet_one_is_not(
        self, household: Household, receiver: Receiver
    ) -> None:
        lists_by_name = lists(household, wishes=(DUNE,))
        lists_by_name["wishes"]["interval"] = "1s"
        follow(household, lists_by_name)
        with running(household) as run:
            until(lambda: run.run_count("wishes") > 2)
            until(lambda: receiver.posts)
            lists(household, wishes=(DUNE, HEAT))
            until(lambda: len(receiver.posts) == 2)

        assert receiver.titles() == ["listsync: 1 created"] * 2

    def test_an_invalid_config_is_reported_once(
        self, household: Household, receiver: Receiver
    ) -> None:
        follow(household, lists(household, wishes=(DUNE,)), events=["config-invalid"])
        text = (household.folder / "listsync.yaml").read_text()
        with running(household) as run:
            until(run.is_ready)
            for invalid in ("lists: 1", "lists: 2", "lists: ["):
                (household.folder / "listsync.yaml").write_text(invalid)
                until(lambda: invalid_reports(run.log()) >= 1)
            (household.folder / "listsync.yaml").write_text(text)
            until(lambda: run.global_condition("ConfigValid").get("status") == "True")
            until(lambda: receiver.posts)

        (post,) = receiver.posts
        assert post["title"] == "listsync: the config is invalid"
        assert "listsync.yaml:1:1" in post["message"]
        assert post["type"] == "failure"

    def test_a_change_that_gives_more_permissions_is_reported_with_when_it_takes_effect(
        self, household: Household, receiver: Receiver
    ) -> None:
        lists_by_name = lists(household, wishes=(DUNE,))
        lists_by_name["wishes"]["requester"] = "alice"
        follow(household, lists_by_name, events=["rights-waiting"])
        with running(household) as run:
            until(lambda: run.run_count("wishes"))
            del lists_by_name["wishes"]["requester"]
            follow(household, lists_by_name, events=["rights-waiting"])
            until(lambda: receiver.posts)
            (waiting,) = run.status()["waiting"]

        (post,) = receiver.posts
        assert (
            post["title"]
            == "listsync: a config change that gives listsync more permissions is waiting"
        )
        assert "wishes: requester alice is removed" in post["message"]
        assert waiting["until"] in post["message"]
        assert post["type"] == "warning"

    def test_a_stalled_list_is_reported_once_also_over_a_restart(
        self, household: Household, receiver: Receiver
    ) -> None:
        lists_by_name = lists(household, wishes=(DUNE,))
        lists_by_name["wishes"] |= {"requester": "nobody", "interval": "1s"}
        follow(household, lists_by_name)
        for _ in range(2):
            with running(household) as run:
                until(lambda: run.run_count("wishes") > 1)
        until(lambda: receiver.posts)
        lists_by_name["wishes"]["requester"] = (
            "alice"  # who may do more than a user that is not there
        )
        follow(household, lists_by_name, controller={"grace": "0s"})
        with running(household) as run:
            until(run.is_ready)
            until(lambda: len(receiver.posts) == 3)

        assert sorted(receiver.titles()) == [
            "listsync: 1 created",
            "listsync: wishes has recovered",
            "listsync: wishes is stalled",
        ]

    def test_a_service_that_hangs_holds_neither_runs_nor_the_end(
        self, household: Household, receiver: Receiver
    ) -> None:
        lists_by_name = lists(household, wishes=(DUNE,), more=(ALIEN,), rest=tuple(FILMS[:3]))
        follow(household, lists_by_name)
        receiver.hangs = True
        with running(household) as run:
            until(lambda: all(run.run_count(name) for name in lists_by_name))
            until(lambda: receiver.posts)
            assert TOKEN not in processes()
            assert TOKEN not in run.get("/status")[1] + run.get("/metrics")[1]
            began = time.monotonic()
            assert run.end(signal.SIGTERM).code == 143

        assert time.monotonic() - began < 10  # 2 s of patience, not 12, and the process's own end

    def test_another_address_is_used_from_the_next_run_on_and_the_generation_stays(
        self, household: Household, receiver: Receiver
    ) -> None:
        (household.folder / "urls").write_text("json://127.0.0.1:9/closed\n")
        lists_by_name = lists(household, wishes=(DUNE,))
        write(household, lists_by_name, notify={"urls_file": "urls"})
        with running(household) as run:
            until(run.is_ready)
            generation = run.status()["generation"]
            (household.folder / "urls").write_text(receiver.url)
            until(lambda: any(line["event"] == "the config has changed" for line in run.log()))
            lists(household, wishes=(DUNE, HEAT))
            assert household.run("reconcile", "wishes").code == 0
            until(lambda: receiver.posts)
            assert run.status()["generation"] == generation

        assert receiver.titles() == ["listsync: 1 created"]


def processes() -> str:
    """The command lines of all processes, as anybody on the machine can read them."""
    text = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            text.append(path.read_text(errors="replace"))
    assert any("reconciler.notify.worker" in line for line in text)
    return "\n".join(text)


def invalid_reports(log: list[dict[str, Any]]) -> int:
    return sum(line["event"].startswith("the config is invalid") for line in log)
