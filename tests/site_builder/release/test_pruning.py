"""Old releases go in turns, so that a change to a network does not remove those of all its sites at once."""

from __future__ import annotations

from pathlib import Path

from site_builder.release import pruning, switch
from site_builder.release.report import Places
from tests.site_builder.release.test_switch import release


def test_releases_gather_within_bounds_and_go_in_turns(tmp_path: Path) -> None:
    places = Places(tmp_path / "content", tmp_path, tmp_path / "output", tmp_path / "themes")
    counts, turns = [], 0
    for number in range(40):
        live = release(places.output, str(number))
        switch.switch(places.output, "zgh", live)
        turns += pruning.prune(places, "zgh")
        counts.append(len(switch.releases(places.output, "zgh")))
        assert switch.live(places.output, "zgh") == live
    assert pruning.KEEP <= min(counts[pruning.KEEP :]) <= max(counts) <= pruning.MOST
    assert 2 <= turns < 40 // 2, "neither never nor each time"


def test_parts_of_search_go_with_the_releases_that_had_them(tmp_path: Path) -> None:
    places = Places(tmp_path / "content", tmp_path, tmp_path / "output", tmp_path / "themes")
    manifests = places.output / "manifests" / "zgh"
    manifests.mkdir(parents=True)
    (manifests / "1.trees").write_text('{"search/1": "needed"}')
    for name in (
        "needed",
        "left",
        "records/zgh/told",
        "records/gone/told",
        "records/-zgh/told",
        "records/-gone/told",
    ):
        path = places.search_parts / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    pruning.tidy_store(places)
    left = {
        str(path.relative_to(places.search_parts))
        for path in places.search_parts.rglob("*")
        if path.is_file()
    }
    assert left == {"needed", "records/zgh/told", "records/-zgh/told"}
