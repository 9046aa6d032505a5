"""What of other unions a site depends on, though it carries none of it."""

from __future__ import annotations

from pathlib import Path

from site_builder import content_store
from site_builder.plan import plan
from site_builder.release.inputs import Inputs, foreign
from tests.builders import NOW, Network, to
from tests.examples import picture
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


def test_a_picture_counts_where_something_names_it(tmp_path: Path) -> None:
    network = Network()
    network.story("pingdu", "own", body="![图](media:pingdu/own.png)")
    network.story("shandong", "shared", share=to("descendants"), body="![图](media:shandong/all.png)")
    network.write(tmp_path)
    for name in ("pingdu/own", "shandong/all", "jiangsu/nobodys"):
        file = tmp_path / f"media/{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture())
        file.with_name(f"{file.name}.yaml").write_text("title: 图\n", "utf-8")

    def inputs() -> dict[str, str]:
        known = Inputs(content_store.read(tmp_path), THEMES)
        return {union: known.of(union, ()) for union in ("pingdu", "xuyi")}

    def after(name: str) -> list[str]:
        """The sites for which there is something to do when somebody else is said to have made a picture."""
        before = inputs()
        (tmp_path / f"media/{name}.png.yaml").write_text("title: 图\ncredit: 工会制图\n", "utf-8")
        now = inputs()
        return [union for union in now if now[union] != before[union]]

    assert after("jiangsu/nobodys") == []
    assert after("pingdu/own") == ["pingdu"]
    assert after("shandong/all") == ["pingdu", "xuyi"]


def test_what_a_union_says_on_its_own_site_counts_there_alone(tmp_path: Path) -> None:
    network = Network()

    def after(**said: str) -> list[str]:
        before = Inputs(network.write(tmp_path), THEMES)
        union = network.unions["shandong"]
        site = union.site.model_copy(update=said)
        network.unions["shandong"] = union.model_copy(update={"site": site})
        now = Inputs(network.write(tmp_path), THEMES)
        return [slug for slug in sorted(network.unions) if now.of(slug, ()) != before.of(slug, ())]

    assert after(slogan="另一句口号") == ["shandong"]
    assert after(base_url="https://elsewhere.example.org") == sorted(network.unions)
