"""The environment of the programs that listsync starts: the browser, and who sends notifications.

Keys and tokens are often environment variables. A browser that runs the scripts of foreign pages,
and a library with a hundred services, get none of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PASSED_ON = re.compile(
    r"PATH|HOME|LANG|LANGUAGE|LC_[A-Z]+|TMPDIR|TZ"
    r"|FONTCONFIG_(PATH|FILE)"
    r"|(?i:https?_proxy|all_proxy|no_proxy)"
    r"|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE"  # where trusted certificates are
)


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a started program may see: paths, language, proxies, fonts, trust."""
    return {name: value for name, value in environment.items() if _PASSED_ON.fullmatch(name)}
