"""Reading a long IMDb list, beside a bare driver on the same pages that parses their JSON."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from math import ceil
from pathlib import Path
from statistics import median

from examples.sandbox.sites_lists import IMDB_PAGE_SIZE
from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.bench.promises import Reading, Sizes
from tests.bench.site import path_of

# What a script of one's own would do at the least: parse in the page, and bring the titles home.
SCRAPE = """
const {props} = JSON.parse(document.getElementById('__NEXT_DATA__').textContent);
return props.pageProps.mainColumnData.list.titleListItemSearch.edges.map(({listItem}) => [
  listItem.id, listItem.titleText.text, listItem.releaseYear.year, listItem.titleType.id]);
"""


def measure(sizes: Sizes) -> dict[str, Reading]:
    """A process for each list, that reads with a browser which runs already."""
    command = (sys.executable, "-m", "tests.bench.site", *map(str, sizes.lists))
    readings = {}
    with subprocess.Popen(  # noqa: S603 - this package's own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as site:
        assert site.stdin
        assert site.stdout
        url = site.stdout.readline().strip()
        for name, titles, rounds in zip(
            ("short", "long"), sizes.lists, sizes.list_rounds, strict=True
        ):
            read = _in_a_process(url, titles, rounds)
            readings[f"{name} list"] = Reading(read["listsync"], read["bare"])
            readings[f"{name} memory"] = Reading(read["megabytes"])
        site.stdin.close()
    return readings


def _in_a_process(url: str, titles: int, rounds: int) -> dict[str, float]:
    command = (sys.executable, "-m", "tests.bench.scraping", url, str(titles), str(rounds))
    process = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - this module
    read: dict[str, float] = json.loads(process.stdout)
    return read


def _listsync(browser: ChromiumBrowser, url: str, titles: int) -> int:
    sources = SiteSources(Sessions(lambda: browser), {"imdb": Provider(url)}, Path())
    return len(sources.fetch(recognize_list(path_of(titles).split("/")[2])).items)


def _bare(browser: ChromiumBrowser, url: str, titles: int) -> int:
    # The driver as listsync starts it: the same flags, the same waiting for a page.
    driver = browser._started_driver()  # noqa: SLF001 - what lies below it is the bare thing
    number = 0
    for page in range(1, ceil(titles / IMDB_PAGE_SIZE) + 1):
        driver.get(f"{url}{path_of(titles)}" + (f"?page={page}" if page > 1 else ""))
        number += len(driver.execute_script(SCRAPE))
    return number


READERS = {"listsync": _listsync, "bare": _bare}


def main(url: str, titles: int, rounds: int) -> None:
    """Read a list with both readers alternately, and print the median times and the peak memory."""
    seconds: dict[str, list[float]] = {name: [] for name in READERS}
    with ChromiumBrowser() as browser:
        # The site makes its pages when first asked, and the browser may reach it then.
        _listsync(browser, url, titles)
        for _ in range(rounds):
            for name, read in READERS.items():
                began = time.perf_counter()
                number = read(browser, url, titles)
                seconds[name].append(time.perf_counter() - began)
                if number != titles:
                    raise SystemExit(f"{name} found {number} of {titles} titles")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    medians = {name: median(times) for name, times in seconds.items()}
    sys.stdout.write(json.dumps({**medians, "megabytes": peak}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
