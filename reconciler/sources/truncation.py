"""Detecting answers and files that were cut off."""

from __future__ import annotations

import json
import re
from xml.etree.ElementTree import ParseError

CUT_OFF = "cut off in the middle"

# What may be left of a word, a number or an escape where JSON ends within it.
_BEGUN = re.compile(r"[\\\w.+-]{0,7}", re.ASCII)
# What may stand before a feed's root element, and how the beginning of one may look.
_BEFORE_ROOT = re.compile(r"(<\?[^>]{0,1000}\?>|<!--[^>]{0,1000}-->)\s*")
_STARTS = ("<rss", "<?xml", "<!--")
_PROLOG = 10_000  # bytes that are looked at

# Expat's errors at the end of a text: no element, or an open tag, character or CDATA section.
_XML_ENDS = {3, 5, 6, 20}


def is_cut_json(content: bytes) -> bool:
    """Whether this began as a list or an object of JSON and ends before its end."""
    text = content.decode("utf-8", "ignore").strip("\ufeff \t\r\n")
    if not text.startswith(("[", "{")):
        return False
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        unclosed = error.msg.startswith("Unterminated string")
        return unclosed or _BEGUN.fullmatch(text, error.pos) is not None
    except (ValueError, RecursionError):
        return False
    return False


def is_cut_feed(content: bytes, error: ParseError) -> bool:
    """Whether this began as a feed and ends before its end. ``error``: the parser's."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = content[:_PROLOG].decode(encoding, "ignore").lstrip()
    while prolog := _BEFORE_ROOT.match(text):
        text = text[prolog.end() :]
    begun = text.startswith(("<?", "<!--")) or any(start.startswith(text) for start in _STARTS)
    return error.code in _XML_ENDS and (begun or re.match(r"<rss[\s>]", text) is not None)
