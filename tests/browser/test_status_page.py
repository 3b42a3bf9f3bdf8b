"""The status page in Chromium: light and dark, narrow and wide, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from reconciler.browser.driver import find_chromium, find_driver
from reconciler.render.html.plan_page import plan_html
from tests.edges.status_service import NAMES, FakeService, serving
from tests.edges.test_plan_page import ASKS, IS_THERE, WAITS, document, item, request

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / ".venv/axe/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def households() -> Iterator[dict[str, str]]:
    """Addresses of the pages, by household."""
    services = {
        "no lists": FakeService(0),
        "3 lists": FakeService(3),
        "60 lists": FakeService(60),
        "5,000 titles": FakeService(1, 5000),
        "broken": FakeService(3, problems=("listsync.yaml:3:5: error",), is_lost=True),
    }
    with ExitStack() as stack:
        yield {
            name: f"http://127.0.0.1:{stack.enter_context(serving(service)).port}"
            for name, service in services.items()
        }


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = find_chromium()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options, webdriver.ChromeService(find_driver())) as running:
        yield running


def emulate(driver: webdriver.Chrome, *, width: int, scheme: str, scripts: bool = True) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})


PAGES = [
    ("no lists", "/"),
    ("3 lists", "/"),
    ("60 lists", "/"),
    ("3 lists", "/lists/list-0"),
    ("5,000 titles", "/lists/list-0"),
    ("3 lists", "/titles/tmdb%3Amovie%3A2"),
    ("3 lists", "/runs"),
    ("no lists", "/runs"),
    ("3 lists", "/config"),
    ("3 lists", "/lists/unknown"),
    ("broken", "/"),
    ("broken", "/lists/list-0"),
]


VIEWS = [(390, "light"), (390, "dark"), (1400, "light"), (1400, "dark")]
RUN_AXE = """
const done = arguments[0];
axe.run({exclude: [['tbody tr:nth-child(n+31)']]}).then(result => done(result.violations.map(
  violation => [violation.id, violation.nodes.slice(0, 3).map(node => node.html)])));
"""


@pytest.mark.parametrize(("household", "path"), PAGES, ids=[f"{h} {p}" for h, p in PAGES])
def test_a_page_fits_every_screen_and_is_accessible(
    driver: webdriver.Chrome, households: dict[str, str], household: str, path: str
) -> None:
    console(driver)  # of the page before
    is_long = household in {"60 lists", "5,000 titles"}
    check_views(driver, households[household] + path, is_long=is_long)
    is_404 = path.endswith("unknown")
    assert [text for text in console(driver) if not (is_404 and "404" in text)] == []


def test_the_file_of_a_plan_fits_every_screen_and_is_accessible(
    driver: webdriver.Chrome, tmp_path: Path
) -> None:
    console(driver)
    rows = [replace(WAITS, item=item(name)) for name in NAMES]
    page = plan_html(document(request(NAMES[1]), ASKS, IS_THERE, *rows))
    (tmp_path / "plan.html").write_text(page, encoding="utf-8")
    check_views(driver, (tmp_path / "plan.html").as_uri())
    assert console(driver) == []


def check_views(driver: webdriver.Chrome, url: str, *, is_long: bool = False) -> None:
    """No view of a page scrolls sideways or is hard to read.

    axe takes seconds for a long page: it checks 30 rows of each table, which have every combination
    of names and states, and two of the views of a page that is long all the same.
    """
    emulate(driver, width=1400, scheme="light")
    driver.get(url)
    driver.execute_script(AXE.read_text())
    for width, scheme in VIEWS:
        emulate(driver, width=width, scheme=scheme)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        if not is_long or (width, scheme) in VIEWS[::3]:
            assert driver.execute_async_script(RUN_AXE) == []


def console(driver: webdriver.Chrome) -> list[str]:
    """The errors in the browser's console since the last look."""
    entries: list[dict[str, str]] = driver.get_log("browser")  # type: ignore[no-untyped-call]
    return [row["message"] for row in entries if row["level"] == "SEVERE"]


def test_titles_are_filtered_without_loading_the_page_again(
    driver: webdriver.Chrome, households: dict[str, str]
) -> None:
    emulate(driver, width=1400, scheme="light")
    driver.get(f"{households['3 lists']}/lists/list-0")
    driver.execute_script("window.same = true")
    driver.find_element(By.NAME, "q").send_keys("dune")
    WebDriverWait(driver, 10).until(lambda d: len(rows(d)) == 1)
    assert rows(driver)[0].startswith("1 Dune: Part Two")
    assert driver.execute_script("return window.same")
    assert arrives(driver, "?q=dune&verdict=")


def rows(driver: webdriver.Chrome) -> list[str]:
    script = "return [...document.querySelectorAll('#titles tbody tr')].map(row => row.innerText)"
    return [" ".join(text.split()) for text in driver.execute_script(script)]


def test_without_scripts_the_filter_is_a_form_and_every_page_is_reachable(
    driver: webdriver.Chrome, households: dict[str, str]
) -> None:
    emulate(driver, width=1400, scheme="light", scripts=False)
    try:
        driver.get(households["3 lists"] + "/")
        driver.find_element(By.LINK_TEXT, "list-1").click()
        driver.find_element(By.NAME, "q").send_keys("dune")
        driver.find_element(By.CSS_SELECTOR, "form button").click()
        assert arrives(driver, "?q=dune&verdict=")
        links = driver.find_elements(By.CSS_SELECTOR, "#titles td.name a")
        assert [link.text for link in links] == ["Dune: Part Two"]
        links[0].click()
        assert arrives(driver, f"/titles/{quote('tmdb:movie:1', safe='')}")
        for name, path in [("Runs", "/runs"), ("Config", "/config"), ("Lists", "/")]:
            driver.find_element(By.LINK_TEXT, name).click()
            assert arrives(driver, path)
            assert driver.find_element(By.CSS_SELECTOR, "[aria-current]").text == name
    finally:
        emulate(driver, width=1400, scheme="light")


def arrives(driver: webdriver.Chrome, ending: str) -> bool:
    """Whether the browser comes to an address that ends so."""
    return WebDriverWait(driver, 10).until(lambda d: d.current_url.endswith(ending))


@pytest.mark.parametrize("path", ["/", "/lists/list-0", "/titles/tmdb%3Amovie%3A1"])
def test_five_thousand_titles_are_shown_in_time(
    driver: webdriver.Chrome, households: dict[str, str], path: str
) -> None:
    """A page of a household with a long list beside one without anything: what the titles cost."""
    emulate(driver, width=1400, scheme="light")
    bare_first_byte, bare_page = quickest(driver, households["5,000 titles"] + "/healthz")
    first_byte, page = quickest(driver, households["5,000 titles"] + path)
    assert first_byte - bare_first_byte < 100
    assert page - bare_page < 1000


def quickest(driver: webdriver.Chrome, url: str) -> tuple[float, float]:
    """Milliseconds to the first byte and to the whole page, of the quickest of five loads."""
    script = (
        "const [load] = performance.getEntriesByType('navigation');"
        "return [load.responseStart - load.requestStart, load.duration]"
    )
    loads = []
    for _ in range(5):
        driver.get(url)
        loads.append(tuple(driver.execute_script(script)))
    first_byte, page = min(loads)
    return first_byte, page
