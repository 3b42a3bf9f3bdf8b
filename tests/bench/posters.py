"""Letterboxd's pages in the browser, compared with a bare driver that returns their content."""

from __future__ import annotations

from math import ceil
from pathlib import Path

from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.bench.interface_site import LISTS
from tests.bench.interfaces import in_turns, listed, served
from tests.bench.promises import Reading, Sizes

PAGE = 100  # films
NAMES = (
    "return [...document.querySelectorAll('li.posteritem [data-item-name]')]"
    ".map(poster => poster.dataset.itemName);"
)


def measure(sizes: Sizes) -> dict[str, Reading]:
    """A list of some pages, read by a browser that runs already; medians of turns."""
    films, ref = sizes.posters, recognize_list(LISTS["letterboxd"])
    with served({"letterboxd": films}, sizes.latency) as site, ChromiumBrowser() as browser:
        url = f"{site.others}/letterboxd"
        providers = {"letterboxd": Provider(url, via="browser")}

        def ours() -> None:
            listed(SiteSources(Sessions(lambda: browser), providers, Path()), ref, films)

        def bare() -> None:
            # The driver as listsync starts it: the same flags, the same waiting for a page.
            driver = browser._started_driver()  # noqa: SLF001 - what lies below it is the bare thing
            for page in range(1, ceil(films / PAGE) + 1):
                driver.get(f"{url}/{ref.id}/" + (f"page/{page}/" if page > 1 else ""))
                driver.execute_script(NAMES)

        ours()  # the site makes its pages when first asked, and the browser may reach it then
        seconds = in_turns((ours, bare), sizes.source_rounds, sizes.source_seconds)
    return {"source letterboxd": Reading(films / seconds[0], films / seconds[1])}
