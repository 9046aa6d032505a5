"""What of other unions a site depends on, though it carries none of it."""

from __future__ import annotations

from pathlib import Path

from site_builder.plan import plan
from site_builder.release.inputs import Inputs, foreign
from tests.builders import NOW, Network, to
from tests.site_builder.conftest import THEMES


def test_what_a_union_filled_in_links_to_counts(tmp_path: Path) -> None:
    """A record that nobody shares has an address, which a text filled in for another record says."""
    network = Network()
    far = network.story("jiangsu", "far")
    shared = network.story("acftu", "shared", share=to("descendants", mode="offer", slots=("intro",)))
    network.adopt("pingdu", shared, "take", intro=f"[见此](record:{far.id})")
    before = network.write(tmp_path)
    away = foreign(before, plan(before, "pingdu", NOW))
    assert str(far.id) in away
    network.change(far, published="2025-03-03T09:00:00+08:00")
    after = network.write(tmp_path)
    assert Inputs(after, THEMES).of("pingdu", away) != Inputs(before, THEMES).of("pingdu", away)
    assert Inputs(after, THEMES).of("xuyi", ()) == Inputs(before, THEMES).of("xuyi", ())
