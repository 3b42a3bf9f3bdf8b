"""What the programs that listsync starts see of its environment."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from reconciler.core.privacy import child_environment
from reconciler.notify.apprise import AppriseNotifier


@pytest.mark.parametrize(
    "name",
    [
        *("PATH", "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ"),
        *("http_proxy", "HTTPS_PROXY", "no_proxy", "ALL_PROXY"),
        *("FONTCONFIG_FILE", "FONTCONFIG_PATH"),
        *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
    ],
)
def test_what_a_program_needs_is_passed_on(name: str) -> None:
    assert child_environment({name: "x"}) == {name: "x"}


@pytest.mark.parametrize(
    "name",
    [
        *("SEERR_API_KEY", "TRAKT_CLIENT_SECRET", "NTFY_URL", "AWS_SECRET_ACCESS_KEY"),
        *("LISTSYNC_CONFIG", "PYTHONPATH", "LD_PRELOAD", "PATHS", "MY_PATH", "HOMEPAGE_TOKEN"),
        *("LANG_KEY", "MY_HTTP_PROXY_PASSWORD", "http_proxy_password", "GH_TOKEN", "SUDO_USER"),
    ],
)
def test_all_else_stays_here(name: str) -> None:
    assert child_environment({name: "x", "PATH": "/bin"}) == {"PATH": "/bin"}


def test_what_sends_notifications_sees_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nenv >"{tmp_path}/seen"\necho "[0, true]"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("SEERR_API_KEY", "planted-key-of-the-server")

    assert AppriseNotifier().invalid_addresses([SecretStr("json://localhost")]) == ()
    variables = (tmp_path / "seen").read_text()
    assert "PATH=" in variables
    assert "planted-key" not in variables
