"""What real Chromium makes of answers that are no list, and of sites that do not answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reconciler.core.model import Outcome, Snapshot
from reconciler.errors import BrowserError
from reconciler.sources import SiteSources, recognise
from reconciler.sources.browser import ChromiumBrowser
from reconciler.sources.scrape import Patience, Provider
from reconciler.sources.sessions import Lease, Sessions
from tests.browser.tiny_site import Answer, TinySite, imdb_page

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.browser

PATH = "/list/ls000001/"


@pytest.fixture(scope="module")
def sessions() -> Iterator[Sessions]:
    with Sessions(lambda: ChromiumBrowser(page_seconds=2)) as running:
        yield running


def fetch(sessions: Sessions, site: TinySite, source: str = "ls000001") -> Snapshot:
    patience = Patience(content=0.5, check=0.5)
    return SiteSources(
        sessions, {"imdb": Provider(site.url, via="browser")}, Path(), patience
    ).fetch(recognise(source))


@pytest.mark.parametrize(
    ("answer", "outcome", "says"),
    [
        (Answer(202), Outcome.BLOCKED, "202"),
        (Answer(403), Outcome.BLOCKED, "403"),
        (Answer(405), Outcome.BLOCKED, "405"),
        (Answer(429), Outcome.RATE_LIMITED, "429"),
        (Answer(500), Outcome.UNREACHABLE, "500"),
        (Answer(404), Outcome.MISSING, "404"),
        (Answer(204), Outcome.UNREACHABLE, "cut off"),
        (Answer(body=imdb_page(2, 1, 2)[:200], cut=True), Outcome.UNREACHABLE, "cut off"),
        (Answer(body="<p>x</p>", ends=False), Outcome.UNREACHABLE, "not there after 2 s"),
    ],
    ids=["202", "403", "405", "429", "500", "404", "204", "cut off", "never ends"],
)
def test_an_answer_without_a_list_is_read_as_what_it_is(
    sessions: Sessions, answer: Answer, outcome: Outcome, says: str
) -> None:
    good = "/list/ls000002/"
    with TinySite({PATH: answer, good: Answer(body=imdb_page(1, 1, 1))}) as site:
        # The page before has a list: none of it may be taken for this one's.
        assert fetch(sessions, site, "ls000002").outcome is Outcome.COMPLETE
        snapshot = fetch(sessions, site)
    assert (snapshot.outcome, snapshot.items) == (outcome, ())
    assert says in (snapshot.error or "")
    assert "\n" not in (snapshot.error or "")


@pytest.mark.parametrize(
    "script",
    ["while (true) {}", "setTimeout(() => { while (true) {} }, 200);"],
    ids=["at once", "after a moment"],
)
def test_a_page_whose_script_never_ends_takes_its_time_and_no_other_lists(
    sessions: Sessions, script: str
) -> None:
    good = "/list/ls000002/"
    pages = {
        PATH: Answer(body=f"<p>x</p><script>{script}</script>"),
        good: Answer(body=imdb_page(1, 1, 1)),
    }
    with TinySite(pages) as site:
        assert fetch(sessions, site).outcome is Outcome.UNREACHABLE
        assert fetch(sessions, site, "ls000002").outcome is Outcome.COMPLETE
    assert site.visits.count(PATH) == 1


def test_a_list_without_end_is_read_for_as_long_as_a_list_may_take(sessions: Sessions) -> None:
    class Endless(dict[str, Answer]):
        def get(self, path: str, _: object = None) -> Answer:
            number = int(path.partition("page=")[2] or 1)
            return Answer(body=imdb_page(10**9, number, number))

    with TinySite(Endless()) as site:
        providers = {"imdb": Provider(site.url, via="browser")}
        patience = Patience(content=0.5, check=0.5, whole=1.5)
        sources = SiteSources(sessions, providers, Path(), patience)
        snapshot = sources.fetch(recognise("ls000001"))
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert "the list was not read within 2 s" in (snapshot.error or "")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:{closed}/", "the connection was refused"),
        ("http://nowhere.invalid/", "the host name is not known"),
    ],
)
def test_a_page_that_cannot_be_reached_says_why(sessions: Sessions, url: str, says: str) -> None:
    with TinySite({}) as gone:
        port = gone.url.rpartition(":")[2]
    with Lease(sessions, 60) as browser, pytest.raises(BrowserError, match=says):
        browser.open(url.format(closed=port))


CARDS_ONLY_IN_VIEW = """
<main><section class="trakt-grid-list-container"><div class="trakt-list-items" role="list">
</div></section></main>
<script>
const view = new IntersectionObserver((seen) => seen.forEach(({target, isIntersecting}) => {
  target.innerHTML = isIntersecting
    ? `<div class="trakt-card"><a class="trakt-link" href="/movies/film-${target.id}-2001">
       <p class="trakt-card-title">Film ${target.id}</p></a></div>`
    : '';
}));
for (let number = 1; number <= 60; number += 1) {
  const place = document.createElement('div');
  place.id = number;
  place.style.height = '500px';
  document.querySelector('.trakt-list-items').append(place);
  view.observe(place);
}
</script>
"""


def test_cards_that_are_there_only_while_in_view_are_all_kept(sessions: Sessions) -> None:
    with TinySite({"/users/anna/lists/films": Answer(body=CARDS_ONLY_IN_VIEW)}) as site:
        sources = SiteSources(sessions, {"trakt": Provider(site.url)}, Path(), Patience(settle=0.3))
        snapshot = sources.fetch(recognise("trakt:anna/films"))
    assert snapshot.outcome is Outcome.UNVERIFIED
    assert [(item.title, item.year) for item in snapshot.items] == [
        (f"Film {number}", 2001) for number in range(1, 61)
    ]
