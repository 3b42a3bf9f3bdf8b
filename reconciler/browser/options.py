"""How Chromium is started: what every one gets, and what only the local one can be given."""

from __future__ import annotations

from pathlib import Path

from selenium.webdriver import ChromeOptions

_FLAGS = (
    "--headless=new",
    "--disable-dev-shm-usage",  # containers give /dev/shm 64 MB, which a large page outgrows
    "--window-size=1600,2400",  # a tall window shows more cards of an endless page at once
    "--lang=en-US",  # titles follow the visitor's language
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PREFERENCES = {
    "intl.accept_languages": "en-US,en",
    "profile.managed_default_content_settings.images": 2,  # 2: none are loaded
    "webrtc.ip_handling_policy": "disable_non_proxied_udp",
}
_NOTHING_DIRECT = "<-loopback>"  # else addresses of this machine are reached without the proxy


def chromium_options() -> ChromeOptions:
    """The options of every Chromium, also of one in a Grid."""
    options = ChromeOptions()
    options.page_load_strategy = "eager"
    for flag in _FLAGS:
        options.add_argument(flag)
    options.add_experimental_option("prefs", _PREFERENCES)
    return options


def add_local_options(
    options: ChromeOptions, chromium: str, *, profile: Path, proxy: str, sandboxed: bool
) -> None:
    """Complete the options of a Chromium on this machine.

    ``profile``: the folder it may write to. ``proxy``: its only way to the network.
    """
    options.binary_location = chromium
    options.add_argument(f"--user-data-dir={profile}")
    options.add_argument(f"--proxy-server={proxy}")
    options.add_argument(f"--proxy-bypass-list={_NOTHING_DIRECT}")
    if not sandboxed:
        options.add_argument("--no-sandbox")
