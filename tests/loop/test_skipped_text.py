"""The skipped entries of a list are counted by kind, in every form of the plan."""

from __future__ import annotations

from reconciler.core.model import Item
from reconciler.render.layout import text_of
from reconciler.render.markdown import plan_markdown
from reconciler.render.text import plan_lines
from tests.loop.test_prune_text import document_of
from tests.loop.world import World


def test_skipped_entries_are_counted_by_what_they_are(world: World) -> None:
    kinds = ("unknown", "videoGame", "unknown", "unknown")
    world.follow(*(Item(place, "", unsupported=kind) for place, kind in enumerate(kinds, start=1)))
    document = document_of(world.look())
    everything = text_of(plan_lines(document, shows_all=True))
    for text in (everything, plan_markdown(document)):
        assert "4 unsupported-kind (3 unknown, 1 videoGame)" in text
