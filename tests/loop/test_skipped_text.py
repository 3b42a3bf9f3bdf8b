"""What is skipped of a list is counted by what it is, in every form of the plan."""

from __future__ import annotations

from reconciler.core.model import Item
from reconciler.render.markdown import plan_markdown
from reconciler.render.text import plan_text
from tests.loop.test_prune_text import document_of
from tests.loop.world import World


def test_skipped_entries_are_counted_by_what_they_are(world: World) -> None:
    kinds = ("unknown", "videoGame", "unknown", "unknown")
    world.follow(*(Item(place, "", unsupported=kind) for place, kind in enumerate(kinds, start=1)))
    document = document_of(world.look())
    for form in (plan_text, plan_markdown):
        assert "4 unsupported-kind (3 unknown, 1 videoGame)" in form(document)
