"""The pictures in docs/images: ``make screenshots`` takes them of the demo's household in Chromium.

A plan before anything is requested, then the status page after three runs of growing lists.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from urllib.error import URLError
from urllib.request import urlopen

from selenium import webdriver

from examples.sandbox.demo import CONFIG, Demo, add_status_page, demo
from examples.sandbox.sites_lists import SiteList
from reconciler.browser.driver import find_chromium, find_driver
from tests.project.places import DOCS, ROOT

IMAGES = DOCS / "images"
WIDTH, SCALE = 1100, 2
COLORS = "64"
GROWING = {"shelf": "imdb:ls000000260", "family-night": "trakt:anna/family-night"}
_PATIENCE = 120  # seconds for the lists to be read


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(exist_ok=True)
    with demo() as world, _chromium() as driver:
        every = world.sites.imdb.lists | world.sites.trakt.lists
        whole = {key: every[key] for key in GROWING.values()}
        _set_lists(world, whole, missing=4)
        _listsync(world, "plan", "--out", "plan.html")
        _take(driver, (world.folder / "plan.html").as_uri(), "plan")
        url = add_status_page(world.folder / CONFIG.name)
        with _running(world):
            runs = _wait(url, {})
            for missing in (2, 0):
                _set_lists(world, whole, missing=missing)
                for name in GROWING:
                    _listsync(world, "reconcile", name)
                runs = _wait(url, {name: runs[name] for name in GROWING})
            _take(driver, url, "overview", height=1220)
            _take(driver, f"{url}lists/family-night", "list")


def _listsync(world: Demo, *arguments: str) -> None:
    subprocess.run(  # noqa: S603 - the project's own command
        [sys.executable, "-m", "reconciler", *arguments],
        cwd=world.folder,
        env=world.environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


@contextmanager
def _running(world: Demo) -> Iterator[None]:
    environment = world.environment | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "reconciler", "run"]
    with subprocess.Popen(command, cwd=world.folder, env=environment) as process:  # noqa: S603
        try:
            yield
        finally:
            process.terminate()


def _set_lists(world: Demo, whole: Mapping[str, SiteList], *, missing: int) -> None:
    """Have the lists without so many of their last titles."""
    for key, content in whole.items():
        site = world.sites.imdb if key.startswith("imdb") else world.sites.trakt
        site.lists[key] = replace(content, rows=content.rows[: len(content.rows) - missing])


def _wait(url: str, before: dict[str, str]) -> dict[str, str]:
    """When each list was read, once each was, and after ``before``."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        time.sleep(0.5)
        try:
            with urlopen(f"{url}status", timeout=10) as answer:  # noqa: S310 - our own
                lists = json.load(answer)["lists"]
        except URLError:
            continue
        runs = {row["name"]: row["at"] for row in lists}
        if all(runs.values()) and all(runs[name] > at for name, at in before.items()):
            return runs
    sys.exit("the lists were not read in time")


@contextmanager
def _chromium() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = find_chromium()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    with webdriver.Chrome(options, webdriver.ChromeService(find_driver())) as driver:
        yield driver


def _take(driver: webdriver.Chrome, url: str, name: str, *, height: int = 860) -> None:
    """A picture in light and one in dark, each of a few colors, which keeps it small."""
    for scheme in ("light", "dark"):
        size = {"width": WIDTH, "height": height, "deviceScaleFactor": SCALE, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        driver.get(url)
        picture = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
        path = IMAGES / f"{name}-{scheme}.png"
        path.write_bytes(base64.b64decode(picture["data"]))
        if tool := shutil.which("pngquant"):
            subprocess.run([tool, "--force", "--ext", ".png", COLORS, path], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
