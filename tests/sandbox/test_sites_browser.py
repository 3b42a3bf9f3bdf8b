"""What the sandbox's sites do once their scripts run, seen by real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.support.ui import WebDriverWait

from examples.sandbox.sites import SandboxSites

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

pytestmark = pytest.mark.browser

ROWS = "return document.querySelectorAll('li.ipc-metadata-list-summary-item').length"
HAS_DATA = "return document.getElementById('__NEXT_DATA__') !== null"


@pytest.fixture(scope="module")
def sites() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    assert CHROMIUM, "needs chromium on the PATH"
    assert DRIVER, "needs chromedriver on the PATH"
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    options.page_load_strategy = "eager"
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1280,900"):
        options.add_argument(argument)
    driver = Chrome(options=options, service=ChromeService(DRIVER))
    yield driver
    driver.quit()


def until(browser: Chrome, script: str, expected: object, seconds: float = 10) -> object:
    """Run the script until it returns what is wanted, and return its last answer."""
    last: list[object] = [None]

    def look(driver: Chrome) -> bool:
        last[0] = driver.execute_script(script)
        return last[0] == expected

    WebDriverWait(browser, seconds, poll_frequency=0.05).until(look)
    return last[0]


def test_a_chart_attaches_its_other_rows_by_itself(browser: Chrome, sites: SandboxSites) -> None:
    browser.get(f"{sites.imdb_url}/chart/top/")
    assert browser.execute_script(ROWS) == 25
    assert until(browser, ROWS, 250) == 250


def test_a_list_attaches_its_other_rows_when_scrolled(browser: Chrome, sites: SandboxSites) -> None:
    browser.get(f"{sites.imdb_url}/list/ls000000260/")
    assert browser.execute_script(ROWS) == 25
    to_the_end = "scrollTo(0, document.body.scrollHeight);" + ROWS
    assert until(browser, to_the_end, 250) == 250


@pytest.mark.parametrize(
    "address",
    ["/list/ls000000007/", "/list/ls000000008/", "/list/ls000000010/"],
    ids=["a challenge that passes", "a consent layer", "an image that never comes"],
)
def test_the_data_arrives_in_spite_of(browser: Chrome, sites: SandboxSites, address: str) -> None:
    browser.get(sites.imdb_url + address)
    assert until(browser, HAS_DATA, expected=True)


def test_the_consent_layer_leaves_when_answered(browser: Chrome, sites: SandboxSites) -> None:
    browser.get(f"{sites.imdb_url}/list/ls000000008/")
    browser.find_element("css selector", "[data-testid='reject-button']").click()
    assert browser.find_elements("css selector", "[role='dialog']") == []


def test_cards_are_mounted_only_near_the_view(browser: Chrome, sites: SandboxSites) -> None:
    browser.get(f"{sites.trakt_url}/users/anna/lists/big-shelf")
    places = "return document.querySelectorAll('[role=listitem]').length"
    until(browser, places, 100)
    cards = "return document.querySelectorAll('.trakt-card').length > 0"
    until(browser, cards, expected=True)
    mounted = browser.find_elements("css selector", ".trakt-card")
    assert 5 <= len(mounted) < 100


def test_scrolling_meets_every_card_of_a_list(browser: Chrome, sites: SandboxSites) -> None:
    browser.get(f"{sites.trakt_url}/users/anna/lists/big-shelf")
    expected = len(sites.lists["trakt:anna/big-shelf"])
    collect = """
        window.seen ??= new Set();
        const cards = ".trakt-grid-list-container .trakt-list-items[role=list] .trakt-card";
        for (const link of document.querySelectorAll(`${cards} a.trakt-link`))
          window.seen.add(link.getAttribute("href"));
        scrollBy(0, innerHeight);
        return window.seen.size;
    """
    assert until(browser, collect, expected, seconds=30) == expected


@pytest.mark.parametrize(
    ("slug", "text"),
    [
        ("private", "This list is private"),
        ("missing", "404"),
        ("nothing-yet", "Nothing here yet"),
    ],
)
def test_the_app_says_why_there_is_nothing(
    browser: Chrome, sites: SandboxSites, slug: str, text: str
) -> None:
    browser.get(f"{sites.trakt_url}/users/anna/lists/{slug}")
    assert until(browser, f"return document.body.innerText.includes('{text}')", expected=True)


def test_a_list_that_stops_half_way_keeps_its_first_hundred(
    browser: Chrome, sites: SandboxSites
) -> None:
    browser.get(f"{sites.trakt_url}/users/anna/lists/stops-half-way")
    places = "scrollBy(0, 9999); return document.querySelectorAll('[role=listitem]').length"
    assert until(browser, places, 100) == 100
    next_page = "/sandbox/app-data/users/anna/lists/stops-half-way?page=2"
    WebDriverWait(browser, 10, poll_frequency=0.05).until(lambda _: next_page in sites.trakt.visits)
    assert browser.execute_script(places) == 100
