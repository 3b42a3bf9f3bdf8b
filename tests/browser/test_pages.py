"""What real Chromium makes of answers that are no list, and of sites that do not answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import BrowserLease, Sessions
from reconciler.core.model import Outcome, Snapshot
from reconciler.errors import BrowserError
from reconciler.sources.context import Patience, Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.browser.processes import becomes_true
from tests.browser.tiny_site import Answer, TinySite, imdb_page

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
    ).fetch(recognize_list(source))


# Amazon's firewall names itself in a header, and sends either nothing or two kilobytes of script.
WAF = (("x-amzn-waf-action", "challenge"),)
WAF_PAGE = (
    "<!DOCTYPE html><title></title><script>window.awsWafCookieDomainList = [];</script>"
    '<script src="/made-up.token.awswaf.com/challenge.js"></script><noscript><h1>JavaScript is '
    "disabled</h1>Please verify that you're not a robot.</noscript>" + f"<!--{'x' * 1800}-->"
)
CLOUDFLARE = (("cf-mitigated", "challenge"),)
WAIT_PAGE = (
    "<!DOCTYPE html><title>Just a moment...</title><noscript>Enable JavaScript and cookies to "
    "continue</noscript><script>window._cf_chl_opt = {};</script>"
)


@pytest.mark.parametrize(
    ("answer", "outcome", "says"),
    [
        (Answer(202, headers=WAF), Outcome.BLOCKED, "202"),
        (Answer(202, WAF_PAGE, headers=WAF), Outcome.BLOCKED, "202"),
        (Answer(403), Outcome.BLOCKED, "403"),
        (Answer(403, WAF_PAGE, headers=WAF), Outcome.BLOCKED, "403"),
        (Answer(405, WAF_PAGE, headers=WAF), Outcome.BLOCKED, "405"),
        (Answer(200, WAF_PAGE, headers=WAF), Outcome.BLOCKED, "a bot check"),
        (Answer(403, WAIT_PAGE, headers=CLOUDFLARE), Outcome.BLOCKED, "403"),
        (Answer(503, WAIT_PAGE, headers=CLOUDFLARE), Outcome.BLOCKED, "503"),
        (Answer(429), Outcome.RATE_LIMITED, "429"),
        (Answer(500), Outcome.UNREACHABLE, "500"),
        (Answer(404), Outcome.MISSING, "404"),
        (Answer(204), Outcome.UNREACHABLE, "cut off"),
        (Answer(body=imdb_page(2, 1, 2)[:200], cut=True), Outcome.UNREACHABLE, "cut off"),
        (Answer(body="<p>x</p>", ends=False), Outcome.UNREACHABLE, "did not load within 2 s"),
    ],
    ids=[
        "Amazon's check, empty",
        "Amazon's check as 202",
        "403",
        "Amazon's check as 403",
        "Amazon's check as 405",
        "Amazon's check as 200",
        "Cloudflare's wait page",
        "Cloudflare's older wait page",
        "429",
        "500",
        "404",
        "204",
        "cut off",
        "never ends",
    ],
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


# Each tells with /left when the next list may come.
RELOADS_ITSELF = """
const again = sessionStorage.length;
sessionStorage.again = 1;
if (again) fetch('/left'); else setTimeout(() => location.reload(), 300);
"""
ANSWERS_SLOWLY = """
const parse = JSON.parse;
let asked = 0;
JSON.parse = (text) => {
  const until = performance.now() + (asked++ ? 1500 : 0);
  while (performance.now() < until);
  return parse(text);
};
fetch('/left');
"""


@pytest.mark.parametrize(
    "script", [RELOADS_ITSELF, ANSWERS_SLOWLY], ids=["reloads itself", "answers slowly"]
)
def test_a_page_that_stays_is_never_taken_for_the_next_one(sessions: Sessions, script: str) -> None:
    before = Answer(body=f"{imdb_page(1, 1, 1)}<script>{script}</script>")
    with TinySite({PATH: Answer(204), "/list/ls000002/": before}) as site:
        assert fetch(sessions, site, "ls000002").outcome is Outcome.COMPLETE
        assert becomes_true(lambda: "/left" in site.visits)
        snapshot = fetch(sessions, site)
    assert (snapshot.outcome, snapshot.items) == (Outcome.UNREACHABLE, ())


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
        snapshot = sources.fetch(recognize_list("ls000001"))
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert "the list was not read within 2 s" in (snapshot.error or "")


def test_a_page_that_is_too_large_is_not_taken_and_the_next_list_is_read(
    sessions: Sessions,
) -> None:
    """A list's JSON with 40 MB of something in the middle of what is read."""
    good = "/list/ls000002/"
    swollen = imdb_page(2, 1, 2).replace("Title 2", "x" * 40_000_000)
    with TinySite({PATH: Answer(body=swollen), good: Answer(body=imdb_page(1, 1, 1))}) as site:
        snapshot = fetch(sessions, site)
        assert fetch(sessions, site, "ls000002").outcome is Outcome.COMPLETE
    assert (snapshot.outcome, snapshot.items) == (Outcome.UNREACHABLE, ())
    assert "the page is too large to be read (40,0" in (snapshot.error or "")
    assert site.visits.count(PATH) == 1


# Each look at it brings another thousand cards.
GROWS_FOR_EVER = """
<main><section class="trakt-grid-list-container"><div class="trakt-list-items" role="list">
</div></section></main>
<script>
let shown = 0;
const grow = () => {
  const next = Array.from({length: 1000}, () => `<div class="trakt-card"><a class="trakt-link"
    href="/movies/film-${++shown}-2001"><p class="trakt-card-title">Film ${shown}</p></a></div>`);
  document.querySelector('.trakt-list-items').innerHTML = next.join('');
};
grow();
addEventListener('scroll', () => { scrollTo(0, 0); grow(); });
</script>
"""


@pytest.mark.parametrize(
    ("whole", "least", "says"),
    [
        (60, 20_000, "the page has more titles than listsync reads"),
        (1, 1, "was not read within 1 s"),
    ],
    ids=["in titles", "in time"],
)
def test_a_page_that_grows_for_ever_is_bounded(
    sessions: Sessions, whole: float, least: int, says: str
) -> None:
    with TinySite({"/users/anna/lists/films": Answer(body=GROWS_FOR_EVER)}) as site:
        patience = Patience(settle=0.3, whole=whole)
        sources = SiteSources(sessions, {"trakt": Provider(site.url)}, Path(), patience)
        snapshot = sources.fetch(recognize_list("trakt:anna/films"))
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert least <= len(snapshot.items) < 21_000
    assert says in (snapshot.error or "")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:{closed}/", "the connection was refused"),
        ("http://nowhere.invalid/", "the host name cannot be resolved"),
    ],
)
def test_a_page_that_cannot_be_reached_says_why(sessions: Sessions, url: str, says: str) -> None:
    with TinySite({}) as closed_site:
        port = closed_site.url.rpartition(":")[2]
    with BrowserLease(sessions, 60) as browser, pytest.raises(BrowserError, match=says):
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
        snapshot = sources.fetch(recognize_list("trakt:anna/films"))
    assert snapshot.outcome is Outcome.UNVERIFIED
    assert [(item.title, item.year) for item in snapshot.items] == [
        (f"Film {number}", 2001) for number in range(1, 61)
    ]
