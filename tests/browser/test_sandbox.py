"""Chromium's sandbox: on wherever the system allows it, and off with a reason elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from reconciler.browser.driver import AS_ROOT, NOT_ALLOWED, sandbox_obstacle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else"),
    pytest.mark.skipif(
        not all(map(shutil.which, ("setpriv", "unshare"))), reason="needs setpriv and unshare"
    ),
]

ORDINARY = ("setpriv", "--reuid=1000", "--regid=1000", "--clear-groups")
# Linux refuses namespaces in a changed root, as many containers do by a rule of their own.
REFUSED = (
    *("unshare", "--mount", "sh", "-c", 'mount --rbind / /mnt && exec chroot /mnt "$@"', "sh"),
    *ORDINARY,
)
# Chromium's own page says what each of its processes is kept in.
LOOK = """
import json
from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.driver import find_chromium, sandbox_obstacle

with ChromiumBrowser() as browser:
    page = browser.open("chrome://sandbox")
    shown = page.wait_for("return document.body.innerText.includes('sandboxed') "
        "&& document.body.innerText;", 5)
print(json.dumps([sandbox_obstacle(find_chromium()), shown]))
"""


def look(before: tuple[str, ...]) -> list[str | None]:
    """What a listsync that is started this way says of the sandbox, and what Chromium does."""
    env = {**os.environ, "HOME": "/nonexistent", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [*before, sys.executable, "-c", LOOK],
        env=env,
        cwd="/",
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    answer: list[str | None] = json.loads(done.stdout)
    return answer


def test_chromium_is_sandboxed_for_an_ordinary_user() -> None:
    obstacle, shown = look(ORDINARY)
    assert obstacle is None
    assert "You are adequately sandboxed." in str(shown)


def test_chromium_is_not_sandboxed_where_namespaces_are_refused_and_says_why() -> None:
    obstacle, shown = look(REFUSED)
    assert obstacle == NOT_ALLOWED
    assert "You are NOT adequately sandboxed." in str(shown)


def test_chromium_has_no_sandbox_for_root() -> None:
    assert sandbox_obstacle("chromium") == AS_ROOT
